"""What the coverage page is asked for: which facilities, how far they reach, which layer of answers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from dashboards import data, map_question
from dashboards.data import served
from dashboards.data.served import ANY_KIND, Kind
from geo.accessibility import ENHANCED, METHODS, THREE_STEP, TWO_STEP, thirds
from geo.coverage import straight_line_radius_m
from geo.hot_spots import GI_STAR, LOCAL_MORAN

REACH, HOT_SPOTS = "reach", "hotspots"
LAYERS = (REACH, ENHANCED, TWO_STEP, THREE_STEP, HOT_SPOTS)
ACROSS, OWN = "across", "own"
LEFT_OUT, EVERYTHING = "left", "all"  # which places the table lists
STAFF, BEDS = "staff", "beds"
# The plan's rule: 25 central township hospitals on the steppe, each serving 30 km round.
DEFAULT_TYPE, DEFAULT_GRADE, DEFAULT_REACH = "township_hospital", "中心卫生院", "30km"
REACHES = (
    "5km",
    "10km",
    "15km",
    "20km",
    "30km",
    "50km",
    "10min5",
    "15min5",
    "10min40",
    "15min40",
    "30min40",
    "60min40",
)
ROAD_REACHES = ("10road", "15road", "30road", "45road", "60road", "90road", "120road")
KILOMETRES, MINUTES = re.compile(r"(\d{1,3}(?:\.\d)?)km"), re.compile(r"(\d{1,3})min(\d{1,3})")
ROAD_MINUTES = re.compile(r"(\d{1,3})road")
LARGEST_RADIUS_M = 300_000
TOWNSHIP, COUNTY = "township", "county"
MOST_PERMUTED = 2000  # townships: of more, the permutations of local Moran take longer than a page may


@dataclass(frozen=True)
class Reach:
    """How far a facility serves. minutes, speed_kmh: 0 where kilometres were asked for; radius_m: 0 where by_road."""

    key: str
    radius_m: float
    minutes: float = 0
    speed_kmh: float = 0
    by_road: bool = False


@dataclass(frozen=True)
class Choice:
    """What is shown. basis: where people stand, served.VILLAGES or SEATS (scores: always seats). listed: LEFT_OUT or
    EVERYTHING, and which page of it. indicator, level, period, test: of hot spots only (indicator None without figures).
    """

    plan: dict
    place: str
    layer: str
    kind: Kind
    reach: Reach
    own_district: bool
    basis: str
    listed: str
    page: int
    supply: str
    indicator: dict | None
    level: str
    period: str
    test: str

    @property
    def is_access(self) -> bool:
        return self.layer in METHODS

    @property
    def bands_km(self) -> tuple[tuple[float, float], ...]:
        """The bands of an access score: thirds of the radius."""
        return tuple(thirds(self.reach.radius_m / 1000))


def choose(state: Mapping[str, str]) -> Choice | None:
    """The choice an address stands for; what it leaves out, or what is not there, has its default. None: no plan."""
    plan = data.plan(state.get("plan"))
    if plan is None:
        return None
    place = data.place(plan["plan_id"], None)["area_id"]
    layer = state.get("layer") if state.get("layer") in LAYERS else REACH
    # which indicators townships report takes reading them all: asked of hot spots only
    of_figures = layer == HOT_SPOTS
    by_villages = layer == REACH and state.get("places") != served.SEATS and served.has_villages(place)
    indicator, level, period = _figures(state, plan["plan_id"], place) if of_figures else (None, TOWNSHIP, "")
    return Choice(
        plan=plan,
        place=place,
        layer=layer,
        kind=kind_of(state),
        reach=reach_of(state.get("reach"), by_road=layer == REACH and served.road_network() is not None),
        own_district=state.get("border") == OWN,
        basis=served.VILLAGES if by_villages else served.SEATS,
        listed=EVERYTHING if state.get("listed") == EVERYTHING else LEFT_OUT,
        page=int(state["page"]) if re.fullmatch(r"[1-9]\d{0,5}", state.get("page") or "") else 1,
        supply=BEDS if state.get("supply") == BEDS else STAFF,
        indicator=indicator,
        level=level,
        period=period,
        test=LOCAL_MORAN if state.get("test") == LOCAL_MORAN and permutes(place) else GI_STAR,
    )


def permutes(place: str) -> bool:
    """Whether the place is small enough for a test by permutation."""
    return len(served.townships_in(place)) <= MOST_PERMUTED


def kind_of(state: Mapping[str, str]) -> Kind:
    """The facilities an address means; a grade or service that none of them has is left out."""
    there = served.open_facilities()
    types = set(there["facility_type"])
    asked = state.get("type")
    facility_type = (
        asked
        if asked in types or asked in (ANY_KIND, *served.GROUPS)
        else DEFAULT_TYPE
        if DEFAULT_TYPE in types
        else ANY_KIND
    )
    grade = state.get("grade") or (DEFAULT_GRADE if not asked else ANY_KIND)
    service = state.get("service") or ANY_KIND
    return Kind(
        facility_type,
        grade if grade in grades_of(facility_type) else ANY_KIND,
        service if service in served.services_there() else ANY_KIND,
    )


def grades_of(facility_type: str) -> list[str]:
    """The grades that facilities of a type have, in order."""
    return sorted(served.facilities_of(Kind(facility_type))["grade"].dropna().unique())


def reach_of(text: str | None, *, by_road: bool = False) -> Reach:
    """A reach as an address writes it: 30km, 15min40 (minutes at km/h, straight), with by_road 30road (minutes by road);
    the plan's 30 km for anything else.
    """
    text = text or DEFAULT_REACH
    if by_road and (found := ROAD_MINUTES.fullmatch(text)) and int(found[1]):
        return Reach(text, 0.0, minutes=float(found[1]), by_road=True)
    if found := KILOMETRES.fullmatch(text):
        radius = float(found[1]) * 1000
        if 0 < radius <= LARGEST_RADIUS_M:
            return Reach(text, radius)
    if found := MINUTES.fullmatch(text):
        minutes, speed = float(found[1]), float(found[2])
        if minutes and speed and straight_line_radius_m(minutes, speed) <= LARGEST_RADIUS_M:
            return Reach(text, straight_line_radius_m(minutes, speed), minutes, speed)
    return Reach(DEFAULT_REACH, 30_000.0)


def _figures(state: Mapping[str, str], plan_id: str, place: str) -> tuple[dict | None, str, str]:
    """(indicator, level, period) of the hot spots; the first indicator that townships report."""
    offered = indicators_of(plan_id, place)
    if not offered:
        return None, TOWNSHIP, ""
    indicator_id = state.get("indicator") if state.get("indicator") in offered else offered[0]
    levels = map_question.reported_levels(indicator_id, place)
    level = state.get("level") if state.get("level") in levels else TOWNSHIP
    years = map_question.map_years(indicator_id, level, place)
    indicator = data.indicator(indicator_id)
    period = (
        state.get("period") if state.get("period") in years.periods else map_question.default_period(indicator, years)
    )
    return indicator, level, period


def indicators_of(plan_id: str, place: str) -> list[str]:
    """The plan's indicators that townships of the place report, in the plan's order."""
    return served.reported_by_townships(place, tuple(map_question.map_indicators(plan_id).index))
