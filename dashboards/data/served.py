"""Whom facilities serve: people at their villages or townships' seats, the facilities of a kind, roads, and what
workflows.coverage makes of them.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from dashboards.access import current_user
from dashboards.data.registers import areas, facilities, persons
from dashboards.data.store import _store, cached, data_folder, engine
from data_access import areas as stored_areas
from data_access import jobs as stored_jobs
from data_access import observations
from geo.network import NO_ROAD
from workflows import coverage, road_times, roads
from workflows.coverage import COVERED, NOT_LOCATED, OUT_OF_REACH, UNCOVERED, Coverage, HotSpots, Scores
from workflows.jobs import Jobs
from workflows.road_times import OFF_ROAD_KMH, SNAP_M
from workflows.roads import RoadRecord

__all__ = [
    "COVERED",
    "NOT_LOCATED",
    "NO_ROAD",
    "OFF_ROAD_KMH",
    "OUT_OF_REACH",
    "SNAP_M",
    "UNCOVERED",
    "Coverage",
    "HotSpots",
    "RoadRecord",
    "Scores",
]

ANY_KIND = "all"
PRIMARY = "primary"  # township hospitals and community health centres: what a township has of its own
GROUPS = {PRIMARY: ("township_hospital", "community_health_centre")}
ROUGH_KM = 0.5  # a seat known no better than this is drawn as 示意
SERVICE_SEPARATOR = ";"
SEATS, VILLAGES = "seats", "villages"  # where people stand
MOST_ASKED = 200  # townships asked whether an indicator is reported by townships


@dataclass(frozen=True)
class Kind:
    """Which facilities are meant; ANY_KIND for any type, grade or service. A type can be one of GROUPS."""

    facility_type: str = ANY_KIND
    grade: str = ANY_KIND
    service: str = ANY_KIND


@cached
def townships_in(place: str) -> pd.DataFrame:
    """The townships in a place: area_id, names, county_id and its names, people (newest, NaN), seats, is_rough.

    Development zones and townships that are no more are not among them.
    """
    everywhere = areas()
    found = everywhere[everywhere["level"].eq("township") & everywhere["is_unit"] & everywhere["valid_to"].isna()]
    counties = county_of()
    # as text also where no township lies in a county: an empty column of numbers joins no names
    found = found.assign(county_id=found["area_id"].map(counties).astype("str"))
    parents = everywhere["parent_id"].to_dict()
    is_inside = [place in above(area_id, parents) for area_id in found["area_id"]]
    # a bare list would choose columns where there are no townships
    found = found[pd.Series(is_inside, index=found.index, dtype=bool)]
    people = persons().sort_values("year").drop_duplicates("area_id", keep="last").set_index("area_id")
    names = everywhere[["name_zh", "name_en"]].rename(columns={"name_zh": "county_zh", "name_en": "county_en"})
    is_rough = found["seat_precision_km"].fillna(0).gt(ROUGH_KM) | found["seat_source"].fillna("").str.contains(
        "示意|近似"
    )
    columns = ["area_id", "name_zh", "name_en", "county_id", "seat_lon", "seat_lat", "seat_source"]
    found = found[columns].assign(
        people=found["area_id"].map(people["persons"]),
        people_source=found["area_id"].map(people["source"]),
        people_year=found["area_id"].map(people["year"]),
        is_rough=is_rough,
    )
    return found.join(names, on="county_id").reset_index(drop=True)


@cached
def has_villages(place: str) -> bool:
    """Whether any village of a place is located."""
    villages = _villages_in(place)
    return bool((villages["seat_lon"].notna() & villages["seat_lat"].notna()).any())


@cached
def _villages_in(place: str) -> pd.DataFrame:
    """The villages that are, of the townships in a place: as townships_in, with township_id."""
    everywhere, townships = areas(), townships_in(place)
    is_here = everywhere["level"].eq("village") & everywhere["parent_id"].isin(townships["area_id"])
    found = everywhere[is_here & everywhere["is_unit"] & everywhere["valid_to"].isna()]
    if found.empty:
        return townships.head(0).assign(township_id=pd.Series(dtype="str"))
    people = persons()
    people = people[people["area_id"].isin(found["area_id"])].sort_values("year")
    people = people.drop_duplicates("area_id", keep="last").set_index("area_id")
    source = found["seat_source"].fillna("")
    found = found[["area_id", "name_zh", "name_en", "parent_id", "seat_lon", "seat_lat", "seat_source"]].assign(
        is_rough=found["seat_precision_km"].fillna(0).gt(ROUGH_KM) | source.str.contains("示意|近似"),
        people=found["area_id"].map(people["persons"]),
        people_source=found["area_id"].map(people["source"]),
        people_year=found["area_id"].map(people["year"]),
    )
    above_them = townships.set_index("area_id")[["county_id", "county_zh", "county_en"]]
    found = found.rename(columns={"parent_id": "township_id"}).join(above_them, on="township_id")
    return found.reset_index(drop=True)


@cached
def places_in(place: str, basis: str) -> pd.DataFrame:
    """Where the people of a place stand: as townships_in, with level (township, village) and township_id.

    basis: SEATS; or VILLAGES: at the villages of a township that are located. What the township counts beyond them stands
    at its seat where some of its villages are not located or have no people, so that nobody is lost or counted twice.
    """
    townships = townships_in(place)
    townships = townships.assign(level="township", township_id=townships["area_id"])
    villages = _villages_in(place)
    is_placed = villages["seat_lon"].notna() & villages["seat_lat"].notna()
    if basis == SEATS or not is_placed.any():
        return townships
    placed = villages[is_placed].assign(level="village")
    at_villages = placed.groupby("township_id")["people"].sum()
    is_known = is_placed & villages["people"].notna()
    complete = set(villages["township_id"]) - set(villages.loc[~is_known, "township_id"])
    left = townships["people"] - townships["area_id"].map(at_villages).fillna(0)
    has_rest = ~townships["area_id"].isin(complete) & ~(left <= 0)
    return pd.concat([placed, townships[has_rest].assign(people=left[has_rest])], ignore_index=True)


def above(area_id: str, parents: dict[str, str]) -> set[str]:
    """The areas an area lies in; parents: of every area."""
    found: set[str] = set()
    parent = parents.get(area_id)
    while isinstance(parent, str) and parent not in found:
        found.add(parent)
        parent = parents.get(parent)
    return found


@cached
def county_of() -> dict[str, str]:
    """area_id -> the county it is or lies in; areas above counties are not in it."""
    everywhere = areas()
    levels, parents = everywhere["level"].to_dict(), everywhere["parent_id"].to_dict()
    found = {}
    for area_id in everywhere.index:
        for code in (area_id, *above(area_id, parents)):
            if levels.get(code) == "county":
                found[area_id] = code
    return found


@cached
def open_facilities() -> pd.DataFrame:
    """Facilities that are open, with county_id; those nobody has located have NaN coordinates."""
    found = facilities()
    found = found[found["closed"].isna()]
    return found.assign(county_id=found["area_id"].map(county_of())).reset_index(drop=True)


@cached
def facilities_of(kind: Kind) -> pd.DataFrame:
    """The open facilities of a kind, located or not."""
    found = open_facilities()
    if kind.facility_type != ANY_KIND:
        found = found[found["facility_type"].isin(GROUPS.get(kind.facility_type, (kind.facility_type,)))]
    if kind.grade != ANY_KIND:
        found = found[found["grade"].eq(kind.grade)]
    if kind.service != ANY_KIND:
        found = found[has_service(found["services"], kind.service)]
    return found.reset_index(drop=True)


def has_service(services: pd.Series, service: str) -> pd.Series:
    """Whether each list of services ("a;b") names one."""
    return (SERVICE_SEPARATOR + services.fillna("") + SERVICE_SEPARATOR).str.contains(
        SERVICE_SEPARATOR + service + SERVICE_SEPARATOR, regex=False
    )


def services_there() -> list[str]:
    """The services that any open facility names, in order."""
    listed = open_facilities()["services"].dropna().str.split(SERVICE_SEPARATOR)
    return sorted({service for services in listed for service in services if service})


@cached
def service_coverage(place: str, kind: Kind, radius_m: float, own_district: bool, basis: str = SEATS) -> Coverage:
    """Whom the facilities of a kind reach (workflows.coverage.Coverage); basis: of places_in."""
    located = _located(facilities_of(kind))
    return coverage.service_coverage(places_in(place, basis), located, counties_in(place), radius_m, own_district)


class NotYet(Exception):
    """Minutes by road are being worked out by a job. name: of the question; job_id: of the asker's own job."""

    def __init__(self, name: str, job_id: str):
        super().__init__(name)
        self.name, self.job_id = name, job_id


@cached
def road_network() -> RoadRecord | None:
    """The road network in force; None where nobody has brought one."""
    return roads.network_in_force(engine(), data_folder())


def road_coverage(place: str, kind: Kind, minutes: float, own_district: bool, basis: str) -> Coverage:
    """Whom the facilities of a kind reach by road. Raises NotYet where a job is at it, LookupError without a network."""
    record = road_network()
    if record is None:
        raise LookupError("no road network")
    places, located = places_in(place, basis), _located(facilities_of(kind))
    times = road_times.ask_times(record, coverage.road_question(places, located, own_district), data_folder())
    if isinstance(times, str):
        raise NotYet(times, _road_job(record, times))
    return coverage.road_coverage(places, located, times, minutes)


def _road_job(record: RoadRecord, name: str) -> str:
    """The asker's job for a question: the one that is at it, or a new one."""
    user, asked = current_user(), _store.setdefault("road_jobs", {})
    job_id = asked.get((user.name, name))
    job = stored_jobs.read_job(engine(), job_id, owner=user.name) if job_id else None
    if job is None or job["state"] not in ("queued", "running"):
        given = {"network": record.network_hash, "name": name}
        asked[user.name, name] = Jobs(engine(), _store["settings"]).submit("road_times", user.name, user.scope, given)
    return asked[user.name, name]


def road_job(job_id: str) -> dict | None:
    """State, progress and message of the reader's own job; None where there is none."""
    return stored_jobs.read_job(engine(), job_id, owner=current_user().name)


def _located(found: pd.DataFrame) -> pd.DataFrame:
    return found[found["lon"].notna() & found["lat"].notna()].reset_index(drop=True)


@cached
def counties_in(place: str) -> gpd.GeoDataFrame:
    """Outlines of the counties with townships in a place: area_id, geometry; those nobody has are missing."""
    codes = sorted(townships_in(place)["county_id"].dropna().unique())
    if not codes:
        return gpd.GeoDataFrame({"area_id": []}, geometry=[], crs="EPSG:4490")
    shapes = stored_areas.read_boundaries(engine(), codes)
    return shapes.drop_duplicates("area_id", keep="last")[["area_id", "geometry"]].reset_index(drop=True)


@cached
def access_scores(place: str, kind: Kind, measure: str, method: str, bands_km: tuple) -> Scores:
    """Supply per person of each township; measure: staff or beds (workflows.coverage.Scores)."""
    located = _located(facilities_of(kind))
    supply = pd.to_numeric(located[measure], errors="coerce").astype("float64")
    return coverage.access_scores(townships_in(place), located, supply, method, list(bands_km))


@cached
def reported_by_townships(place: str, indicator_ids: tuple[str, ...]) -> list[str]:
    """Those of some indicators that townships of a place report, in their order; of many townships an even sample is asked."""
    townships = townships_in(place)["area_id"].tolist()
    sample = townships[:: max(1, len(townships) // MOST_ASKED)]
    known = observations.read_observations(engine(), list(indicator_ids), sample)
    reported = set(known.loc[known["value"].notna(), "indicator_id"].unique())
    return [name for name in indicator_ids if name in reported]


@cached
def hot_spots(area_ids: tuple[str, ...], values: tuple[float, ...], method: str) -> HotSpots:
    """Hot spots of one figure by shape; area_ids: of the map's shapes, whose stored outlines say who is whose neighbour."""
    shapes = stored_areas.read_boundaries(engine(), list(area_ids)).drop_duplicates("area_id", keep="last")
    polygons = dict(zip(shapes["area_id"], shapes["geometry"], strict=True))
    return coverage.hot_spots(pd.Series(np.array(values, dtype=float), index=list(area_ids)), polygons, method)
