"""The tables of the coverage page: places, districts, flagged cells."""

import pandas as pd
from dash import html

from dashboards import components, coverage_words, data, wording
from dashboards.components.controls import address
from dashboards.coverage_question import EVERYTHING, HOT_SPOTS
from dashboards.data import served
from dashboards.language import gettext as _
from dashboards.language import pick
from geo.hot_spots import NOT_SIGNIFICANT, NOT_TESTED

NAME = "KangtuName"  # assets/table_names.js
ROWS_A_PAGE = 20
LEFT = [served.UNCOVERED, served.OUT_OF_REACH]


def place_name(row) -> str:
    return pick(row["name_zh"], row["name_en"])


def table_columns(answer) -> list[dict]:
    """The columns of the table under the map."""
    choice, number = answer.choice, {"number": True, "width": 140}
    area = components.column("area", _("Area"), width=190, cellRenderer=NAME)
    if choice.layer == HOT_SPOTS:
        decimals = int(choice.indicator["decimals"]) if choice.indicator is not None else 1
        unit = wording.unit_name(choice.indicator["unit"]) if choice.indicator is not None else ""
        return [
            area,
            components.column("kind_word", _("Kind")),
            components.column("value", f"{_('Figure')} ({unit})", decimals=decimals, **number),
            components.column("statistic", _("Statistic"), decimals=2, **number),
            components.column("p", _("p, two-sided"), decimals=4, **number),
            components.column("q", _("q with the guard"), decimals=4, **number),
        ]
    columns = [area, components.column("district", _("Lies in"), width=170, cellRenderer=NAME)]
    columns.append(components.column("people", _("People"), decimals=0, **number))
    if choice.is_access:
        columns.append(components.column("value", coverage_words.legend_title(answer), decimals=2, **number))
        columns.append(components.column("in_reach", _("Facilities in reach"), decimals=0, **number))
    else:
        columns.append(components.column("nearest", _("Nearest facility"), width=240, cellRenderer=NAME))
        if choice.reach.by_road:
            columns.append(components.column("minutes", _("Minutes by road"), decimals=0, **number))
        columns.append(components.column("km", _("Distance (km)"), decimals=1, **number))
        columns.append(components.column("state_word", _("State")))
    return [*columns, components.column("note", _("Note"))]


def table_rows(answer, *, only_left_out: bool) -> pd.DataFrame:
    """The rows of the table; only_left_out: those beyond reach (or out of it), most people first."""
    choice, rows = answer.choice, answer.rows
    if choice.layer == HOT_SPOTS:
        return _spot_rows(rows)
    if choice.is_access:
        rows = rows.sort_values(["value", "people"], ascending=[True, False])
    else:
        rows = listed_places(answer, only_left_out=only_left_out)
    columns = {
        "area_id": rows["area_id"],
        "area": [place_name(row) for row in rows.to_dict("records")],
        "district": [pick(row["county_zh"], row["county_en"]) for row in rows.to_dict("records")],
        "people": rows["people"],
        "note": [_note(row) for row in rows.to_dict("records")],
    }
    if choice.is_access:
        columns |= {"value": rows["value"], "in_reach": rows["in_reach"]}
    else:
        facilities = served.facilities_of(choice.kind).set_index("facility_id")
        names = [pick(zh, en) for zh, en in zip(facilities["name_zh"], facilities["name_en"], strict=True)]
        named = dict(zip(facilities.index, names, strict=True))
        words = {entry.key: entry.label for entry in answer.entries}
        columns |= {
            "nearest": rows["nearest_id"].map(named).fillna(""),
            "km": rows["distance_m"] / 1000,
            "state_word": rows["state"].map(words),
        }
        if choice.reach.by_road:
            columns["minutes"] = rows["minutes"]
    return pd.DataFrame(columns)


def listed_places(answer, *, only_left_out: bool) -> pd.DataFrame:
    """The places, most people first; of equally many the farthest."""
    places = answer.places
    if only_left_out:
        places = places[places["state"].isin(LEFT)]
    return places.sort_values(["people", "distance_m"], ascending=[False, False], kind="stable")


def _note(row: dict) -> str:
    """That a place is only roughly there, and why no road leads on from it."""
    parts = (
        [_("approximate seat") if row.get("level") != "village" else _("approximate position")]
        if row["is_rough"]
        else []
    )
    if row.get("road_state") and row["state"] == served.OUT_OF_REACH:
        parts.append(
            _("no road near") if row["road_state"] == served.NO_ROAD else _("its roads lead to no such facility")
        )
    return " · ".join(parts)


def places_table(answer, state: dict[str, str], path: str) -> list:
    """One page of places, and the ways to the others: the server sends no more. state: of the address, which the links keep."""
    choice = answer.choice
    only_left_out = choice.listed != EVERYTHING
    listed = listed_places(answer, only_left_out=only_left_out)
    pages = max(1, -(-len(listed) // ROWS_A_PAGE))
    page = min(choice.page, pages)
    shown = listed.iloc[(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE]
    parts = [html.H2(table_title(answer, listed), className="h5")]
    if shown.empty:
        return parts
    facilities = served.facilities_of(choice.kind).set_index("facility_id")
    words = {entry.key: entry.label for entry in answer.entries}
    lines = [_line(row, facilities, words, choice) for row in shown.to_dict("records")]
    heads = [_("Place"), _("Lies in"), _("People"), _("Nearest facility")]
    heads += [*([_("Minutes by road")] if choice.reach.by_road else []), _("Distance (km)"), _("State"), _("Note")]
    numbers = (2, 4, 5) if choice.reach.by_road else (2, 4)
    parts.append(
        components.simple_table(
            heads, lines, caption=coverage_words.finding(answer), numbers=numbers, className="kt-stacked"
        )
    )
    return [*parts, _pager(page, pages, state, path)]


def _line(row: dict, facilities: pd.DataFrame, words: dict[str, str], choice) -> list:
    nearest = facilities.loc[row["nearest_id"]] if row["nearest_id"] in facilities.index else None
    by_road = [wording.number(row["minutes"])] if choice.reach.by_road else []
    return [
        components.data_name(row["name_zh"], row["name_en"]),
        components.data_name(row["county_zh"], row["county_en"]),
        wording.number(row["people"]),
        wording.MISSING if nearest is None else components.data_name(nearest["name_zh"], nearest["name_en"]),
        *by_road,
        wording.number(row["distance_m"] / 1000, 1),
        words[row["state"]],
        _note(row),
    ]


def _pager(page: int, pages: int, state: dict[str, str], path: str) -> html.P | None:
    if pages == 1:
        return None
    kept = {key: value for key, value in state.items() if key != "page"}
    ways = [
        html.A(said, href=address(path, **kept, page=str(to)))
        for said, to in ((_("Previous page"), page - 1), (_("Next page"), page + 1))
        if 1 <= to <= pages
    ]
    where = html.Span(_("page {page} of {pages}", page=page, pages=pages))
    spaced = [part for way in ways for part in (way, " · ")]
    return html.P([*spaced, where], className="kt-source")


def _spot_rows(rows: pd.DataFrame) -> pd.DataFrame:
    flagged = ~rows["kind"].isin([NOT_SIGNIFICANT, NOT_TESTED])
    rows = rows.assign(is_flagged=flagged).sort_values(["is_flagged", "q"], ascending=[False, True])
    return pd.DataFrame(
        {
            "area_id": rows["area_id"],
            "area": [place_name(row) for row in rows.to_dict("records")],
            "kind_word": [_(coverage_words.SPOT_WORDS[kind]) for kind in rows["kind"]],
            "value": rows["value"],
            "statistic": rows["statistic"],
            "p": rows["p"],
            "q": rows["q"],
        }
    )


def table_title(answer, rows: pd.DataFrame) -> str:
    """Over the table of places."""
    if answer.choice.layer == HOT_SPOTS:
        return _("Cells, flagged ones first")
    if answer.choice.is_access:
        return _("Townships, lowest score first")
    if answer.choice.listed == EVERYTHING:
        return _("All {count} places, most people first", count=wording.number(len(rows)))
    if not len(rows):
        return _("No place is left out")
    return _("{count} places left out, most people first", count=wording.number(len(rows)))


def district_table(answer):
    """People, places and area within reach, by district."""
    areas, by_road = data.areas(), answer.choice.reach.by_road
    heads = [
        _("District"),
        _("People"),
        _("of people within reach"),
        _("Places"),
        _("of places"),
        *([] if by_road else [_("of the area")]),
    ]
    lines = []
    for code, row in answer.found.districts.iterrows():
        district = areas.loc[code] if code in areas.index else None
        name = code if district is None else components.data_name(district["name_zh"], district["name_en"])
        lines.append(
            [
                name,
                wording.number(row["people"]),
                coverage_words.percent(row["people_share"]),
                _(
                    "{covered} of {all}",
                    covered=wording.number(row["places_covered"]),
                    all=wording.number(row["places"]),
                ),
                coverage_words.percent(row["places_share"]),
                *([] if by_road else [coverage_words.percent(row.get("area_share"))]),
            ]
        )
    return components.simple_table(heads, lines, caption=_("By district"), numbers=(1, 2, 3, 4, 5)[: len(heads) - 1])
