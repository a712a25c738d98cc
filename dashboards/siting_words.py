"""What the siting page says: models, finding, verdict of the solver, tables."""

import pandas as pd
from dash import html

from dashboards import components, data, wording
from dashboards.data import sited
from dashboards.data.sited import LSCP, MCLP, P_CENTER, P_MEDIAN, Sited
from dashboards.language import gettext as _
from dashboards.language import mark, pick

MODELS = {
    MCLP: (mark("Reach most people"), mark("maximal coverage, MCLP")),
    LSCP: (mark("Reach every place with fewest sites"), mark("full coverage, LSCP")),
    P_MEDIAN: (mark("Shortest way on average"), mark("p-median")),
    P_CENTER: (mark("Shortest longest way"), mark("p-center")),
}
STANDING = {
    sited.NONE: mark("None: all sites are chosen anew"),
    sited.CENTRAL: mark("Central township hospitals"),
    "township_hospital": mark("Township hospitals"),
    "hospital": mark("Hospitals"),
    "community_health_centre": mark("Community health centres"),
    "maternal_child_centre": mark("Maternal and child health centres"),
}
CANDIDATES = {
    sited.SEATS: mark("Seats of towns and sumu"),
    **{k: v for k, v in STANDING.items() if "_" in k or k == "hospital"},
}
NAME_SHOWN = "siting-name-shown"
STEPS = {
    "queued": mark("Waiting for a worker"),
    "search": mark("Looking for good sites"),
    "bound": mark("Working out what cannot be beaten"),
    "proof": mark("Proving"),
    "curve": mark("Working out what further sites add"),
}


def group_name(group_id: str) -> str:
    """Whom is counted; a group nobody has named shows as the data writes it."""
    if group_id == "all":
        return _("Everybody")
    chinese, english = sited.groups().get(group_id, (None, None))
    return _("Eligible: {programme}", programme=pick(chinese, english)) if chinese else group_id


def percent(share: float | None) -> str:
    return wording.MISSING if share is None else wording.value(100 * share, "percent", 1)


def km(metres: float | None) -> str:
    if metres is None:
        return wording.MISSING
    return _("{km} km", km=wording.number(metres / 1000, 0 if metres % 1000 == 0 else 1))


def finding(found: Sited) -> str:
    """The title: the answer in one sentence."""
    result = found.result
    if result is None:
        return _("Where would the next sites reach most?")
    words = {"sites": result["p"], "share": percent(result["people_share"]), "radius": km(result["radius_m"])}
    if result["model"] == MCLP:
        return _("{sites} sites reach {share} of people within {radius}", **words)
    if result["model"] == LSCP:
        return _("{sites} sites are enough to reach every place within {radius}", **words)
    if result["model"] == P_MEDIAN:
        return _("With {sites} sites the way is {mean} on average", **words, mean=km(result["mean_m"]))
    return _("With {sites} sites nobody has further than {longest}", **words, longest=km(result["max_m"]))


def subline(found: Sited) -> list:
    """Place, whom, since when, who kept it."""
    place = data.area(found.asked["area_id"])
    result = found.result or {}
    year = result.get("population_year")
    group = found.asked.get("group_id", "all")
    parts = [
        components.data_name(place["name_zh"], place["name_en"]) if place else None,
        html.Span(components.mark_chinese(found.name), id=NAME_SHOWN) if found.name else None,
        _("saved by {who} on {day}", who=found.made_by, day=wording.day(found.made_at)) if found.made_at else None,
        _("taken out of the list") if found.is_removed else None,
        group_name(group) if group != "all" else None,
        _("figures of {year}, synthetic by township", year=year) if year and data.is_demo() else None,
        _("figures of {year}", year=year) if year and not data.is_demo() else None,
        _("{count} townships left out: no seat or no population", count=result["left_out"])
        if result.get("left_out")
        else None,
    ]
    return parts


def verdict(result: dict) -> tuple[str, str]:
    """(the word, the numbers) of how good the answer is known to be: optimal only where it was proven."""
    value, bound = amount(result, result["value"]), amount(result, result["bound"])
    if result["proven"]:
        return _("Optimal, proven"), _("value {value} = bound {bound}", value=value, bound=bound)
    gap = percent(result["gap"])
    return _("Not proven optimal"), _("value {value}, bound {bound}, gap {gap}", value=value, bound=bound, gap=gap)


def progress(message: str | None, model: str) -> str:
    """What a job that is under way is at, and what it knows: its message is "step value bound", - for not known."""
    step, value, bound = [*(message or "queued").split(" "), "-", "-"][:3]
    parts = [_(STEPS.get(step, STEPS["search"])) + "…"]
    numbers = [None if text == "-" else float(text) for text in (value, bound)]
    if numbers[0] is not None and model != P_MEDIAN:  # of that model the sum alone says nothing
        parts.append(_("best so far: {amount}", amount=amount({"model": model}, numbers[0])))
    if None not in numbers and numbers[0]:
        gap = abs(numbers[0] - numbers[1]) / abs(numbers[0])
        parts.append(_("at most {gap} from the best there can be", gap=percent(gap)))
    return " · ".join(parts)


def amount(result: dict, number: float) -> str:
    """A value or bound in the model's unit."""
    if result["model"] == P_CENTER:
        return km(number)
    if result["model"] == P_MEDIAN:
        return _("{mean} on average", mean=km(number / result["people"] if result["people"] else None))
    if result["model"] == LSCP:
        return _("{count} sites", count=wording.number(number))
    return _("{count} people", count=wording.number(number))


def has_villages(result: dict) -> bool:
    """Whether any people stand at villages. Answers saved before villages were known say no level."""
    return any(place.get("level") == sited.VILLAGE for place in result["demand"])


def place_words(result: dict) -> tuple[str, str, str]:
    """What a place within the radius, one beyond it and one without a radius are called."""
    if has_villages(result):
        return _("Village or township within reach"), _("Village or township out of reach"), _("Village or township")
    return _("Township within reach"), _("Township out of reach"), _("Township")


def left_over(result: dict) -> str:
    """How many places are out of reach, of how many."""
    counts = {"left_out": sum(place["covered"] is False for place in result["demand"]), "places": result["places"]}
    if has_villages(result):
        return _("{left_out} of {places} villages and townships out of reach", **counts)
    return _("{left_out} of {places} townships out of reach", **counts)


def site_name(site: dict) -> str:
    return pick(site["name_zh"], site["name_en"])


def kind_of(site: dict) -> str:
    """Whether a chosen site stands already, was locked, was added by hand, or is the model's."""
    if site["is_standing"]:
        return _("stands already")
    if site["is_added"] and not site["is_locked"]:
        return _("added by hand")
    return _("locked") if site["is_locked"] else _("new")


def gain_rows(result: dict) -> pd.DataFrame:
    """What the best choice of each number of sites gives, and what it adds to the one before."""
    people, rows, before = result["people"], [], None
    for point in result["curve"]:
        reached = None if point["people_share"] is None else people * point["people_share"]
        rows.append(
            {
                "p": point["p"],
                "is_shown": _("shown on the map") if point["p"] == result["p"] else "",
                "people": reached,
                "people_more": None if reached is None or before is None else reached - before,
                "share": None if point["people_share"] is None else 100 * point["people_share"],
                "mean_km": None if point["mean_m"] is None else point["mean_m"] / 1000,
                "max_km": None if point["max_m"] is None else point["max_m"] / 1000,
                "proven": _("proven") if point["proven"] else _("not proven"),
            }
        )
        before = reached
    return pd.DataFrame(
        rows, columns=["p", "is_shown", "people", "people_more", "share", "mean_km", "max_km", "proven"]
    )


def gain_columns(result: dict) -> list[dict]:
    """The columns of gain_rows(), those of people only where there is a radius."""
    column = components.column
    columns = [column("p", _("Sites in all"), number=True, decimals=0, width=110)]
    if result["radius_m"] is not None:
        columns.append(column("people", _("People within reach"), number=True, decimals=0))
        columns.append(column("people_more", _("More than with one site less"), number=True, decimals=0))
        columns.append(column("share", _("People reached (%)"), number=True, decimals=1))
    columns.append(column("mean_km", _("Way on average (km)"), number=True, decimals=1))
    columns.append(column("max_km", _("Longest way (km)"), number=True, decimals=1))
    columns.append(column("proven", _("How good")))
    return [*columns, column("is_shown", _("Note"))]


def site_rows(result: dict) -> pd.DataFrame:
    """The chosen sites in the order of what each adds."""
    return pd.DataFrame(
        [
            {
                "number": number,
                "name": site_name(site) + (_(" (illustrative)") if site["is_rough"] else ""),
                "kind": kind_of(site),
                "people_added": site["people_added"],
                "share_after": None if site["share_after"] is None else 100 * site["share_after"],
                "mean_after": None if site["mean_after"] is None else site["mean_after"] / 1000,
                "lon": round(site["lon"], 5),
                "lat": round(site["lat"], 5),
            }
            for number, site in enumerate(result["chosen"], start=1)
        ]
    )


def site_columns(result: dict) -> list[dict]:
    """The columns of site_rows()."""
    column = components.column
    columns = [
        column("name", _("Site"), width=220, cellRenderer="KangtuName"),
        column("number", _("Order"), number=True, decimals=0, width=80),
    ]
    columns.append(column("kind", _("Kind"), width=120))
    if result["radius_m"] is not None:
        columns.append(column("people_added", _("People added"), number=True, decimals=0))
        columns.append(column("share_after", _("People reached so far (%)"), number=True, decimals=1))
    columns.append(column("mean_after", _("Way on average so far (km)"), number=True, decimals=1))
    return columns


def place_rows(result: dict, *, only_uncovered: bool = False) -> pd.DataFrame:
    """The townships, largest first; only_uncovered: those beyond the radius."""
    names = {site["site_id"]: site_name(site) for site in result["chosen"]}
    words = {True: _("within reach"), False: _("out of reach"), None: wording.MISSING}
    rows = [
        {
            "area_id": place["area_id"],
            "place": pick(place["name_zh"], place["name_en"]) + (_(" (illustrative)") if place["is_rough"] else ""),
            "people": place["people"],
            "covered": words[place["covered"]],
            "nearest": names.get(place["nearest"]),
            "km": None if place["distance_m"] is None else place["distance_m"] / 1000,
        }
        for place in sorted(result["demand"], key=lambda place: (-place["people"], place["area_id"]))
        if not only_uncovered or place["covered"] is False
    ]
    return pd.DataFrame(rows, columns=["area_id", "place", "people", "covered", "nearest", "km"])


def place_columns(result: dict) -> list[dict]:
    """The columns of place_rows()."""
    column = components.column
    return [
        column("place", place_words(result)[2], width=220, cellRenderer="KangtuName"),
        column("people", _("People"), number=True, decimals=0),
        column("covered", _("Within the radius")),
        column("nearest", _("Nearest chosen site"), cellRenderer="KangtuName"),
        column("km", _("Distance (km)"), number=True, decimals=1),
    ]


def method(found: Sited) -> list[str]:
    """What the answer rests on."""
    lines = [
        _(
            "Distances are straight lines along the ground (geodesic, WGS-84); a township counts as a whole at its seat. The number of sites includes those that stand and stay."
        ),
        _(
            "“Optimal” is said only where the value meets the bound, which no choice of sites can beat; otherwise the gap is shown. Several choices may be equally good; the same question always gets the same one."
        ),
    ]
    if found.result and has_villages(found.result):
        lines.append(
            _(
                "People stand at villages where coordinates and people of villages are known; what a township counts beyond its known villages stands at its seat."
            )
        )
    if found.result and any(place["is_rough"] for place in found.result["demand"]):
        lines.append(_("示意: seats marked illustrative are approximate; do not read parcels or roads from them."))
    if data.is_demo():
        lines.append(_("Facilities and the split of people by township are synthetic demo data."))
    return lines
