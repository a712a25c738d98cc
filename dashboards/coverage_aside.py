"""Beside the coverage map: the shares, the largest places left out, and what is known of the chosen township."""

from dash import html

from dashboards import components, coverage_tables, coverage_words, wording
from dashboards.coverage_question import HOT_SPOTS
from dashboards.data import served
from dashboards.language import gettext as _

MOST_LISTED = 8


def aside(answer, area_id: str | None) -> list:
    """The chosen township where there is one, else the whole place."""
    chosen = answer.rows[answer.rows["area_id"].eq(area_id)] if area_id else answer.rows.head(0)
    if len(chosen):
        return _township(answer, chosen.iloc[0].to_dict())
    if answer.choice.layer == HOT_SPOTS:
        return _spots(answer)
    return _scores(answer) if answer.choice.is_access else _shares(answer)


def _shares(answer) -> list:
    whole = answer.found.whole
    cards = [
        components.card(coverage_words.percent(whole["people_share"]), _("of people")),
        components.card(
            coverage_words.percent(whole["places_share"]),
            _("of {places}", places=coverage_words.places_word(answer.choice)),
        ),
        _third_card(answer),
    ]
    left = answer.places[answer.places["state"].isin([served.UNCOVERED, served.OUT_OF_REACH])]
    heading = _("Within {reach}", reach=coverage_words.short_reach(answer.choice.reach))
    return [
        html.H2(heading),
        html.Div(cards, className="coverage-shares"),
        *_listed(answer, left.sort_values(["people", "distance_m"], ascending=[False, False])),
    ]


def _third_card(answer) -> html.Div:
    """The share of the area; by road, which has no circle, how many places no road leads from."""
    if not answer.choice.reach.by_road:
        return components.card(coverage_words.percent(answer.found.whole.get("area_share")), _("of the area"))
    out = int(answer.places["state"].eq(served.OUT_OF_REACH).sum())
    return components.card(wording.number(out), _("cannot be reached by road"))


def _listed(answer, left) -> list:
    if left.empty:
        return [html.P(_("No place is left out."), className="kt-muted")]
    facilities = served.facilities_of(answer.choice.kind).set_index("facility_id")
    lines = [_line(row, facilities) for row in left.head(MOST_LISTED).to_dict("records")]
    return [
        html.H3(_("Left out, most people first"), className="h6"),
        html.Ol(lines, className="coverage-left-out"),
        html.P(_("All of them stand in the table below."), className="kt-muted") if len(left) > MOST_LISTED else None,
    ]


def _line(row: dict, facilities) -> html.Li:
    return html.Li(
        [
            components.data_name(row["name_zh"], row["name_en"]),
            html.Span(wording.value(row["people"], "persons", 0)),
            html.Small(nearest_words(row, facilities)),
        ]
    )


def nearest_words(row: dict, facilities) -> list:
    """The nearest facility and how far it is; that there is none to go to."""
    if row["nearest_id"] not in facilities.index:
        return [no_way_words(row)]
    facility = facilities.loc[row["nearest_id"]]
    if not wording.is_missing(row.get("minutes")):
        said = _("{minutes} min by road to {name}", minutes=wording.number(row["minutes"], 0), name="\n")
        before, after = said.split("\n")
        return [before, components.data_name(facility["name_zh"], facility["name_en"]), after]
    before, after = _("{km} km to {name}", km=wording.number(row["distance_m"] / 1000, 1), name="\n").split("\n")
    return [before, components.data_name(facility["name_zh"], facility["name_en"]), after]


def no_way_words(row: dict) -> str:
    """Why a place goes to no facility."""
    if row.get("road_state"):
        return _("no road near") if row["road_state"] == served.NO_ROAD else _("its roads lead to no such facility")
    return _("no facility it may go to")


def _scores(answer) -> list:
    found, rows = answer.found, answer.rows
    out = rows[rows["state"].eq(served.OUT_OF_REACH)].sort_values("people", ascending=False)
    people = rows["people"].fillna(0).sum()
    mean = (rows["people"].fillna(0) * rows["value"].fillna(0)).sum() / people if people else None
    cards = [
        components.card(wording.number(mean, 2), _("per 1,000 people")),
        components.card(
            coverage_words.percent(out["people"].sum() / people if people else None), _("of people out of reach")
        ),
        components.card(wording.number(found.served_supply), coverage_words.supply_words(answer.choice)),
    ]
    lines = [
        html.Li(
            [
                components.data_name(row["name_zh"], row["name_en"]),
                html.Span(wording.value(row["people"], "persons", 0)),
            ]
        )
        for row in out.head(MOST_LISTED).to_dict("records")
    ]
    heading = html.H3(_("Out of reach (score 0), most people first"), className="h6") if lines else None
    return [
        html.H2(_("Access")),
        html.Div(cards, className="coverage-shares"),
        html.P(coverage_words.band_words(answer.choice), className="kt-muted"),
        heading,
        html.Ol(lines, className="coverage-left-out") if lines else None,
    ]


def _spots(answer) -> list:
    if answer.found is None or answer.found.refused:
        return [
            html.P(
                _("Choose townships as the level: a handful of districts cannot show a pattern."), className="kt-muted"
            )
        ]
    rows = coverage_tables.table_rows(answer, only_left_out=False)
    flagged = rows[~rows["kind_word"].isin([_("No different from chance"), _("Not tested")])]
    unguarded = int((answer.rows["p"] < 0.05).sum())
    decimals = int(answer.choice.indicator["decimals"])
    lines = [
        html.Li(
            [
                components.mark_chinese(row["area"]),
                html.Span(wording.value(row["value"], answer.choice.indicator["unit"], decimals)),
                html.Small(f"{row['kind_word']} · q = {row['q']:.3f}"),
            ]
        )
        for row in flagged.head(MOST_LISTED).to_dict("records")
    ]
    said = _("Without the guard {count} cells would be called significant.", count=unguarded)
    return [
        html.H2(_("Flagged cells")),
        html.Ol(lines, className="coverage-left-out") if lines else html.P(_("None."), className="kt-muted"),
        html.P(said, className="kt-muted"),
    ]


def _township(answer, row: dict) -> list:
    choice = answer.choice
    parts = [html.H2(components.data_name(row["name_zh"], row["name_en"]))]
    if choice.layer == HOT_SPOTS:
        unit, decimals = choice.indicator["unit"], int(choice.indicator["decimals"])
        parts.append(html.P(wording.value(row["value"], unit, decimals), className="map-aside-figure"))
        parts.append(html.P(_(coverage_words.SPOT_WORDS[row["kind"]])))
        return parts
    parts.append(html.P(wording.value(row["people"], "persons", 0)))
    if choice.is_access:
        parts.append(html.P(wording.number(row["value"], 2), className="map-aside-figure"))
        parts.append(html.P(coverage_words.legend_title(answer), className="kt-muted"))
    else:
        words = {entry.key: entry.label for entry in answer.entries}
        parts.append(html.P(words[row["state"]], className="map-aside-figure"))
        parts.append(html.P(nearest_words(row, served.facilities_of(choice.kind).set_index("facility_id"))))
    if row["is_rough"]:
        parts.append(html.P(_("approximate seat"), className="kt-muted"))
    return parts
