"""The tables of the coverage page: townships, districts, flagged cells."""

import pandas as pd

from dashboards import components, coverage_words, data, wording
from dashboards.coverage_question import HOT_SPOTS
from dashboards.data import served
from dashboards.language import gettext as _
from dashboards.language import pick
from geo.hot_spots import NOT_SIGNIFICANT, NOT_TESTED

NAME = "KangtuName"  # assets/table_names.js


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
        if only_left_out:
            rows = rows[rows["state"].isin([served.UNCOVERED, served.OUT_OF_REACH])]
        rows = rows.sort_values(["people", "distance_m"], ascending=[False, False])
    columns = {
        "area_id": rows["area_id"],
        "area": [place_name(row) for row in rows.to_dict("records")],
        "district": [pick(row["county_zh"], row["county_en"]) for row in rows.to_dict("records")],
        "people": rows["people"],
        "note": [_("approximate seat") if rough else "" for rough in rows["is_rough"]],
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
    return pd.DataFrame(columns)


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
    return _("Townships left out, most people first") if len(rows) else _("No township is left out")


def district_table(answer):
    """People, townships and area within reach, by district."""
    areas = data.areas()
    heads = [
        _("District"),
        _("People"),
        _("of people within reach"),
        _("Townships"),
        _("of townships"),
        _("of the area"),
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
                coverage_words.percent(row.get("area_share")),
            ]
        )
    return components.simple_table(heads, lines, caption=_("By district"), numbers=(1, 2, 3, 4, 5))
