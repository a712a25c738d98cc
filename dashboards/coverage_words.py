"""The coverage page in words: its finding, what it is of, its legends, tables and methods."""

import pandas as pd

from dashboards import data, map_places, map_values, map_words, wording
from dashboards.coverage_question import BEDS, HOT_SPOTS, REACH, Choice
from dashboards.data import served
from dashboards.data.served import ANY_KIND
from dashboards.language import current_language, mark
from dashboards.language import gettext as _
from geo.accessibility import ENHANCED, THREE_STEP, TWO_STEP
from geo.hot_spots import COLD, FEWEST_UNITS, HIGH_OUTLIER, HOT, LOCAL_MORAN, LOW_OUTLIER, NOT_SIGNIFICANT, NOT_TESTED

LAYER_WORDS = {
    REACH: mark("Service coverage"),
    ENHANCED: mark("Access score, E2SFCA"),
    TWO_STEP: mark("Access score, 2SFCA"),
    THREE_STEP: mark("Access score, 3SFCA"),
    HOT_SPOTS: mark("Hot spots of an indicator"),
}
SPOT_WORDS = {
    HOT: mark("High among high"),
    COLD: mark("Low among low"),
    HIGH_OUTLIER: mark("High among low (outlier)"),
    LOW_OUTLIER: mark("Low among high (outlier)"),
    NOT_SIGNIFICANT: mark("No different from chance"),
    NOT_TESTED: mark("Not tested"),
}
TYPE_WORDS = {
    ANY_KIND: mark("Facilities of any type"),
    served.PRIMARY: mark("Township hospitals and community health centres"),
}
MIXED = "mixed"


def kind_words(choice: Choice) -> str:
    """The chosen facilities in words: "central township hospital with a Chinese or Mongolian medicine hall"."""
    kind = choice.kind
    words = map_places.FACILITY_TYPES.get(kind.facility_type, (kind.facility_type,))
    named = _(TYPE_WORDS.get(kind.facility_type, words[0]))
    extra = [] if kind.grade == ANY_KIND else [grade_words(kind.grade)]
    if kind.service != ANY_KIND:
        extra.append(service_words(kind.service))
    return (
        f"{named}（{'、'.join(extra)}）"
        if current_language() == "zh" and extra
        else named + (f" ({', '.join(extra)})" if extra else "")
    )


def grade_words(grade: str) -> str:
    """A grade as the reader says it; one nobody has named as the data writes it."""
    return map_places.grade_words(grade)


def service_words(service: str) -> str:
    """A service as the reader says it; one nobody has named as the data writes it."""
    return _(map_places.SERVICES[service]) if service in map_places.SERVICES else service


def reach_words(reach) -> str:
    """30 km; 15 min at 40 km/h (10 km, straight line); 30 min by road."""
    if reach.by_road:
        return _("{minutes} min by road", minutes=wording.number(reach.minutes))
    km = wording.number(reach.radius_m / 1000, 0 if reach.radius_m % 1000 == 0 else 2)
    if not reach.minutes:
        return _("{km} km", km=km)
    values = {"minutes": wording.number(reach.minutes), "speed": wording.number(reach.speed_kmh), "km": km}
    return _("{minutes} min at {speed} km/h ({km} km in a straight line)", **values)


def short_reach(reach) -> str:
    """The reach for a sentence: 30 km; 15 minutes (straight line)."""
    if reach.by_road:
        return _("{minutes} minutes by road", minutes=wording.number(reach.minutes))
    if not reach.minutes:
        return reach_words(reach)
    return _("{minutes} minutes (straight-line estimate)", minutes=wording.number(reach.minutes))


def supply_words(choice: Choice) -> str:
    """What an access score counts."""
    return _("beds") if choice.supply == BEDS else _("health workers")


def percent(share: float | None) -> str:
    """A share (0 to 1) in percent, one decimal; not rounded up to all of them."""
    if wording.is_missing(share):
        return wording.MISSING
    shown = min(100 * share, 99.9) if share < 1 else 100.0
    return wording.value(shown, "percent", 1)


def finding(answer) -> str:
    """The title: what the map shows, as a sentence."""
    choice = answer.choice
    if choice.layer == HOT_SPOTS:
        return _spots_finding(answer)
    return _score_finding(answer) if choice.is_access else _reach_finding(answer)


def _reach_finding(answer) -> str:
    whole, rows = answer.found.whole, answer.places
    left = int(rows["state"].isin([served.UNCOVERED, served.OUT_OF_REACH]).sum())
    words = {
        "reach": short_reach(answer.choice.reach),
        "share": percent(whole["people_share"]),
        "kind": kind_words(answer.choice),
        "left": wording.number(left),
        "all": wording.number(len(rows)),
    }
    if served.facilities_of(answer.choice.kind).empty:
        return _("No open facility of this kind: {kind}", **words)
    if answer.choice.reach.by_road or answer.choice.basis == served.VILLAGES:
        words["places"] = places_word(answer.choice)
        if not left:
            return _("All {all} {places} are within {reach}: {kind}", **words)
        return _("{share} of people live within {reach}, {left} of {all} {places} do not: {kind}", **words)
    if not left:
        return _("All {all} townships are within {reach}: {kind}", **words)
    return _("{share} of people live within {reach}, {left} of {all} townships lie beyond: {kind}", **words)


def places_word(choice: Choice) -> str:
    """What people are counted at."""
    return _("villages and seats") if choice.basis == served.VILLAGES else _("townships")


def _score_finding(answer) -> str:
    rows = answer.rows
    out = rows["state"].eq(served.OUT_OF_REACH)
    people = rows["people"].fillna(0)
    words = {
        "supply": supply_words(answer.choice),
        "out": wording.number(int(out.sum())),
        "all": wording.number(len(rows)),
        "share": percent(people[out].sum() / people.sum() if people.sum() else None),
        "km": wording.number(answer.choice.reach.radius_m / 1000, 0 if answer.choice.reach.radius_m % 1000 == 0 else 2),
    }
    reached = rows.loc[rows["value"] > 0, "value"]
    if reached.empty:
        return _("No township reaches any of these facilities within {km} km", **words)
    words |= {"low": wording.number(reached.min(), 2), "high": wording.number(reached.max(), 2)}
    if not out.any():
        return _("From {low} to {high} {supply} in reach for 1,000 people", **words)
    return _(
        "{out} of {all} townships ({share} of people) reach none within {km} km; elsewhere {low} to {high} {supply} per 1,000",
        **words,
    )


def _spots_finding(answer) -> str:
    choice, found = answer.choice, answer.found
    if choice.indicator is None or found is None:
        return _("No indicator is reported by township")
    words = {
        "indicator": data.name(choice.indicator),
        "period": wording.period(choice.period),
        "units": wording.number(found.units),
        "fewest": FEWEST_UNITS,
        "level": map_words.level_word(choice.level),
    }
    if found.refused == "too_few":
        return _(
            "No hot-spot map: {units} {level} are too few, {fewest} are needed to tell a pattern from chance", **words
        )
    if found.refused:
        return _("No hot-spot map: all figures are equal. {indicator}, {period}", **words)
    kinds = found.shapes["kind"].value_counts()
    words |= {"hot": int(kinds.get(HOT, 0)), "cold": int(kinds.get(COLD, 0))}
    words["outliers"] = int(kinds.get(HIGH_OUTLIER, 0) + kinds.get(LOW_OUTLIER, 0))
    if not (words["hot"] or words["cold"] or words["outliers"]):
        return _("No pattern beyond chance among {units} cells: {indicator}, {period}", **words)
    if choice.test == LOCAL_MORAN:
        return _("{hot} high and {cold} low clusters, {outliers} outliers: {indicator}, {period}", **words)
    return _("{hot} hot and {cold} cold spots among {units} cells: {indicator}, {period}", **words)


def subline(answer) -> list[str]:
    """Plan's place, facilities and rule, the model of where people live, whose population."""
    choice = answer.choice
    place = data.area(choice.place)
    parts = [data.name(place) if place else ""]
    if choice.layer == HOT_SPOTS:
        parts += [
            data.name(choice.plan),
            _("neighbours share an edge or a corner"),
            _("expected share of false flags 5 %"),
        ]
        return [part for part in parts if part]
    border = (
        _("own district's facilities only")
        if choice.own_district and choice.layer == REACH
        else _("facilities across borders count")
    )
    count = len(served.facilities_of(choice.kind))
    parts += [_("{count} facilities", count=wording.number(count)), border, where_people_stand(answer)]
    if choice.reach.by_road:
        parts.append(network_words(served.road_network()))
    return [part for part in [*parts, population_note(answer.places)] if part]


def where_people_stand(answer) -> str:
    """At how many villages and seats people are counted."""
    if answer.choice.basis == served.SEATS:
        return _("people counted at their township's seat")
    villages = int(answer.places["level"].eq("village").sum())
    counts = {"villages": wording.number(villages), "seats": wording.number(len(answer.places) - villages)}
    return _("people counted at {villages} villages, elsewhere at {seats} township seats", **counts)


def network_words(record) -> str:
    """The road network in force: its source, length and day."""
    words = {
        "source": record.about["source"],
        "km": wording.number(record.about["length_km"]),
        "day": wording.day(record.received_at),
    }
    if record.is_demo:
        return _("SYNTHETIC road network ({km} km), no real roads", **words)
    return _("road network: {source}, {km} km, of {day}", **words)


def population_note(rows: pd.DataFrame) -> str:
    """Whose population it is and of which year, in the data's own words; a synthetic one says so itself."""
    years = rows["people_year"].dropna()
    if years.empty:
        return _("no population by township")
    synthetic = data.is_demo() and rows["people_source"].fillna("").str.contains("演示").any()
    year = int(years.max())
    if synthetic:
        return _("synthetic population, {year}: no statistic", year=year)
    return _("population {year}", year=year)


def reach_entries(choice: Choice) -> list[map_values.Entry]:
    """Within reach, beyond it, no facility to go to, no seat: colour, pattern and sign each of its own."""
    reach = short_reach(choice.reach)
    return [
        map_values.Entry(served.COVERED, _("Within {reach}", reach=reach), "#2f6fad", "#5898c8", "", "✓"),
        map_values.Entry(
            MIXED,
            _("Part of the cell's people within {reach}", reach=reach),
            "#5b8fbf",
            "#89bae0",
            "dots",
            "◐",
            is_special=True,
        ),
        map_values.Entry(served.UNCOVERED, _("Beyond {reach}", reach=reach), "#c2410c", "#ff8a5b", "hatch", "▲"),
        map_values.Entry(
            served.OUT_OF_REACH,
            _("Cannot be reached by road") if choice.reach.by_road else _("No facility it may go to"),
            *map_values.SPECIAL["out_of_reach"],
            "",
            "✕",
            is_special=True,
        ),
        map_values.Entry(served.NOT_LOCATED, _("No seat known"), *map_values.SPECIAL["missing"], "", is_special=True),
    ]


def score_states() -> dict[str, str]:
    """The special classes of an access score."""
    return {served.OUT_OF_REACH: _("0: out of reach"), served.NOT_LOCATED: _("No seat known")}


def in_reach() -> str:
    return _("In reach")


def spot_entries(choice: Choice) -> list[map_values.Entry]:
    """The kinds of hot_spots; outliers only where the test names them."""
    looks = {
        HOT: ("#b2182b", "#ef8a62", "", "▲"),
        COLD: ("#2166ac", "#67a9cf", "", "▼"),
        HIGH_OUTLIER: ("#b2182b", "#ef8a62", "hatch", "△"),
        LOW_OUTLIER: ("#2166ac", "#67a9cf", "hatch", "▽"),
        NOT_SIGNIFICANT: ("#e6eaee", "#2a343e", "", "·"),
        NOT_TESTED: (*map_values.SPECIAL["missing"], "", ""),
    }
    special = (HIGH_OUTLIER, LOW_OUTLIER, NOT_TESTED) if choice.test != LOCAL_MORAN else (NOT_TESTED,)
    return [
        map_values.Entry(kind, _(word), *looks[kind][:2], looks[kind][2], looks[kind][3], is_special=kind in special)
        for kind, word in SPOT_WORDS.items()
    ]


def caption(answer) -> str:
    """What the map is of: the facilities, or the indicator."""
    choice = answer.choice
    if choice.layer == HOT_SPOTS:
        return data.name(choice.indicator) if choice.indicator is not None else ""
    return f"{_(LAYER_WORDS[choice.layer])} · {kind_words(choice)}"


def legend_title(answer) -> str:
    """What the classes are of."""
    choice = answer.choice
    if choice.layer == HOT_SPOTS:
        return _("Figures with their neighbours")
    if choice.is_access:
        return _("{supply} per 1,000 people", supply=supply_words(choice))
    if choice.reach.by_road:
        return _("Minutes by road to the nearest facility")
    return (
        _("Village or seat to nearest facility") if choice.basis == served.VILLAGES else _("Seat to nearest facility")
    )


def method(answer) -> list[str]:
    """How the figures were made, and what they cannot say."""
    choice = answer.choice
    if choice.layer == HOT_SPOTS:
        lines = [
            _("Hot spots: Getis-Ord Gi* of each cell with its neighbours (Ord and Getis 1995)."),
            _("Clusters and outliers: local Moran's I with 9,999 permutations (Anselin 1995)."),
            _(
                "Two-sided p, and the Benjamini-Hochberg guard over all cells: without it one cell in twenty of pure noise would be flagged."
            ),
            _("Under {fewest} units nothing is tested.", fewest=FEWEST_UNITS),
        ]
        if answer.found is not None and answer.found.whole is not None:
            whole = answer.found.whole
            said = {"i": wording.number(whole.i, 3), "expected": wording.number(whole.expected, 3)}
            lines.insert(0, _("Moran's I {i} (without a pattern {expected}), p = {p}.", **said, p=f"{whole.p:.3g}"))
        return lines
    if choice.reach.by_road:
        return _road_method(choice)
    lines = [_("Distance along the WGS-84 ellipsoid from the township's seat; circles are drawn the same way.")]
    if choice.basis == served.VILLAGES:
        lines = [
            _("Distance along the WGS-84 ellipsoid from the village; circles are drawn the same way."),
            villages_method(),
        ]
    if choice.is_access:
        lines.append(_("Bands: {bands}; upper limits belong to their band.", bands=band_words(choice)))
        lines.append(
            _(
                "Supply is divided among all who can reach it, then added up for each place: 2SFCA Luo and Wang 2003, E2SFCA Luo and Qi 2009, 3SFCA Wan and others 2012."
            )
        )
        if answer.found.without_supply:
            lines.append(
                _(
                    "{count} facilities do not say how much they have and are left out.",
                    count=answer.found.without_supply,
                )
            )
        return lines
    if choice.reach.minutes:
        lines.append(_("Minutes are a straight-line estimate at the stated speed, no travel time."))
    lines.append(
        _(
            "A circle that crosses a district's border serves both sides unless the district's own facilities are chosen."
        )
    )
    return lines


def villages_method() -> str:
    """How people are spread over villages, and what the map shows of them."""
    return _(
        "People stand at their village where villages are located, else at their township's seat; a township's colour says whether all, some or none of its people are within reach."
    )


def _road_method(choice: Choice) -> list[str]:
    record = served.road_network()
    about, speeds = record.about, record.about["speeds"]
    lines = [
        _(
            "Minutes of the quickest way over the road network that was brought; straight to the nearest road for at most {snap} km at {off} km/h.",
            snap=f"{served.SNAP_M / 1000:g}",
            off=f"{served.OFF_ROAD_KMH:g}",
        ),
        _(
            "{lines} roads of {slowest} to {fastest} km/h: {own} with their own speed, {assumed} with the assumed speed of their class. No waiting, weather or snow.",
            lines=wording.number(about["lines"]),
            slowest=f"{about['slowest_kmh']:g}",
            fastest=f"{about['fastest_kmh']:g}",
            own=wording.number(speeds.get("own", 0)),
            assumed=wording.number(speeds.get("by_class", 0) + speeds.get("stated", 0)),
        ),
        _(
            "Cannot be reached: no road within {snap} km, or the roads there lead to no such facility. The network is in {parts} parts; the largest has {share} of its length.",
            snap=f"{served.SNAP_M / 1000:g}",
            parts=wording.number(about["parts"]),
            share=percent(about["largest_share"]),
        ),
    ]
    if record.is_demo:
        lines.insert(0, _("The roads are synthetic: drawn between neighbouring seats, for showing how the page works."))
    return [*lines, villages_method()] if choice.basis == served.VILLAGES else lines


def band_words(choice: Choice) -> str:
    """The bands of an access score with their weights."""
    bands = choice.bands_km if choice.layer != TWO_STEP else ((choice.bands_km[-1][0], 1.0),)
    parts = [_("to {km} km weight {weight}", km=f"{limit:g}", weight=f"{weight:g}") for limit, weight in bands]
    return wording.joined(parts)
