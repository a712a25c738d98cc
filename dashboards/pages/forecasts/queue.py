"""The analysts' queue: marks whose status and forecast contradict each other, both side by side, biggest first."""

import pandas as pd
from dash import html

from dashboards import adjusted, adjustment_words, components, data, queue_orders, wording
from dashboards.access import register_page
from dashboards.components import ANY, STATUSES, choice
from dashboards.language import current_language, mark, ngettext
from dashboards.language import gettext as _
from dashboards.to_workbench import link_of, states_shown
from dashboards.trajectories import VALUE_RULES
from models.study import MAY_MEET, MAY_MISS

PATH, INDICATOR = "/queue", "/indicator"
SHOWN_AT_FIRST, MOST_ROWS = 15, 200
ORDERS = data.ORDERS
KINDS = {
    MAY_MISS: mark("Fine now, likely to miss"),
    MAY_MEET: mark("Behind now, likely to meet"),
}


def layout(**query):
    """?plan=&area=&action=&kind=&sort=&as_of=&show=all; an area brings all below it, none is the plan's whole area.

    sort: changed or missed (data.ORDERS) for the newest review's list in another order, by other marks.
    """
    plan = data.plan(query.get("plan"))
    if plan is None:
        return components.nothing_judged()
    review = data.review(plan["plan_id"], query.get("as_of"))
    if review is None:
        return components.no_review(plan, query["as_of"], PATH, query)
    place = data.place(plan["plan_id"], query.get("area"))
    if order_of(query) != ORDERS[0] and review.as_of is None:
        return in_order(plan, place, query)
    rows = selected(plan, review, query)
    shown = rows.head(MOST_ROWS if query.get("show") == "all" else SHOWN_AT_FIRST)
    shown = data.queue_told(shown, plan["plan_id"], review.as_of)
    return components.page(
        title(rows, place),
        subline=data.subline(plan["plan_id"], place["area_id"], review.as_of),
        controls=controls(plan, query) + components.review_choice(plan, review),
        children=[
            components.review_notice(review, PATH, query),
            queue_table(shown, plan, query) if len(rows) else nothing_to_study(query),
            how_many(shown, rows, query),
            components.download_bar("queue", **query),
        ],
        method=[
            _(
                "For study: on course or achieved with a chance of missing above two thirds, or behind or reversing below one third."
            ),
            _("Order: the chance that the status is contradicted, then the number of people."),
            _(
                "Small number: fewer than 20 events behind the figure. Unstable: its sampling error is larger than the dead band."
            ),
            _("Forecast: median and 80 % interval for the goal's year, in the indicator's unit."),
        ],
    )


def order_of(query: dict) -> str:
    return query["sort"] if query.get("sort") in ORDERS else ORDERS[0]


def in_order(plan: dict, place: dict, query: dict) -> html.Main:
    """The list by the biggest change or the least foreseen figure."""
    order = order_of(query)
    rows = narrowed(data.ordered(plan["plan_id"], order), plan, query)
    shown = rows.head(MOST_ROWS if query.get("show") == "all" else SHOWN_AT_FIRST)
    states = data.adjustment_states()
    return components.page(
        queue_orders.title(rows, order, place),
        subline=data.subline(plan["plan_id"], place["area_id"]),
        controls=controls(plan, query),
        children=[
            queue_orders.table(shown, plan, order, states) if len(rows) else queue_orders.nothing(order),
            how_many(shown, rows, query),
            components.download_bar("queue", **query),
        ],
        method=queue_orders.method(order),
    )


def selected(plan: dict, review: data.Review, query: dict) -> pd.DataFrame:
    """The rows of the queue the address asks for."""
    rows = narrowed(data.queue(plan["plan_id"], review.as_of), plan, query)
    return rows[rows["contradiction"] == query["kind"]] if query.get("kind") in KINDS else rows


def narrowed(rows: pd.DataFrame, plan: dict, query: dict) -> pd.DataFrame:
    """The rows of the area and the action the address asks for."""
    if query.get("area", ANY) != ANY:
        asked = data.place(plan["plan_id"], query["area"])["area_id"]
        rows = rows[[any(step["area_id"] == asked for step in data.trail(area)) for area in rows["area_id"]]]
    action = query.get("action", ANY)
    if action != ANY:
        rows = rows[rows["action_id"].map(data.top_actions(plan["plan_id"])).eq(action) | rows["action_id"].eq(action)]
    return rows


def title(rows: pd.DataFrame, place: dict) -> str:
    """The finding in words."""
    if rows.empty:
        return _("No mark needs study in {place}", place=data.name(place))
    return ngettext(
        "{number} mark needs study in {place}: status and forecast disagree",
        "{number} marks need study in {place}: status and forecast disagree",
        len(rows),
        place=data.name(place),
    )


def controls(plan: dict, query: dict) -> list:
    """Plan, area, action, and which contradiction."""
    home = data.place(plan["plan_id"], None)
    plan_choice, _plain_area_choice = components.plan_and_area(plan, home)
    places = data.units_below(home["area_id"]).to_dict("records")
    areas = [{"value": ANY, "label": _("all of {place}", place=data.name(home))}]
    areas += [{"value": row["area_id"], "label": data.name(row)} for row in places]
    actions = data.actions(plan["plan_id"])
    chapters = actions[actions.index.isin(data.top_actions(plan["plan_id"]))].to_dict("records")
    area = query.get("area")
    return [
        plan_choice,
        choice("area", _("Area"), areas, area if area in {row["area_id"] for row in places} else ANY),
        choice(
            "action",
            _("Action"),
            [{"value": ANY, "label": _("All actions")}]
            + [{"value": row["action_id"], "label": data.name(row, "title")} for row in chapters],
            query.get("action") or ANY,
        ),
        choice(
            "sort",
            _("Order by"),
            [
                {"value": ANY if order == ORDERS[0] else order, "label": _(adjustment_words.ORDERS[order])}
                for order in ORDERS
            ],
            ANY if order_of(query) == ORDERS[0] else order_of(query),
        ),
        *contradiction_choice(query),
    ]


def contradiction_choice(query: dict) -> list:
    """Which contradiction; of the other orders there is none."""
    if order_of(query) != ORDERS[0]:
        return []
    return [
        choice(
            "kind",
            _("Contradiction"),
            [{"value": ANY, "label": _("Both kinds")}]
            + [{"value": kind, "label": _(word)} for kind, word in KINDS.items()],
            query["kind"] if query.get("kind") in KINDS else ANY,
        ),
    ]


def queue_table(rows: pd.DataFrame, plan: dict, query: dict) -> html.Div:
    """One body a mark: both marks side by side, and under them why they disagree."""
    heads = [
        _("Target"),
        _("Area"),
        _("By the rule"),
        _("By the forecast"),
        _("Goal"),
        _("Recent trend"),
        _("Figure's strength"),
    ]
    known = adjusted.of_series(plan["plan_id"], data.review(plan["plan_id"], query.get("as_of")).as_of)
    states, bodies = data.adjustment_states(), []
    for row in rows.to_dict("records"):
        name, *cells = queue_cells(row, plan, query, known)
        labelled = [html.Td(cell, **{"data-label": head}) for cell, head in zip(cells, heads[1:], strict=True)]
        parts = [reason(row), link_of(row, plan["plan_id"]), *states_shown(row, states)]
        spaced = [piece for part in parts if part is not None for piece in (" ", part)][1:]
        why = html.Td(spaced, colSpan=len(heads), className="kt-why")
        bodies.append(html.Tbody([html.Tr([html.Th(name, scope="row"), *labelled]), html.Tr(why)]))
    head = html.Thead(html.Tr([html.Th(text, scope="col") for text in heads]))
    caption = html.Caption(_("Marks that need study"), className="visually-hidden")
    table = html.Table([caption, head, *bodies], className="kt-simple kt-flags kt-stacked")
    return html.Div(
        table, className="kt-scroll", tabIndex=0, role="region", **{"aria-label": _("Marks that need study")}
    )


def queue_cells(row: dict, plan: dict, query: dict, known: dict) -> list:
    """The cells of one mark's first row, in the order of the heads."""
    state = {"plan": plan["plan_id"], "area": row["area_id"], "as_of": query.get("as_of")}
    name = components.data_name(row["target_name_zh"], row["target_name_en"])
    year = "" if wording.is_missing(row["final_year"]) else str(int(row["final_year"]))
    figure = [wording.value(row["observed"], row["unit"], decimals(row)), " ", wording.period(row["period"])]
    return [
        components.link(name, INDICATOR, **state, indicator=row["indicator_id"], target=row["target_id"]),
        components.data_name(row["area_name_zh"], row["area_name_en"]),
        html.Div([components.status_mark(row["status"]), html.Div(figure, className="kt-muted")]),
        html.Div([adjusted.chance(row, known), *forecast_lines(row)]),
        html.Div(
            [wording.goal(row["comparator"], row["final_value"], row["unit"]), html.Div(year, className="kt-muted")]
        ),
        components.trend_mark(row["trend"]),
        html.Div([html.Div(word) for word in strength(row)] or wording.MISSING),
    ]


def decimals(row: dict) -> int:
    return 1 if wording.is_missing(row["decimals"]) else int(row["decimals"])


def forecast_lines(row: dict) -> list:
    """Median and interval, for a goal that is the indicator's own value; of both versions where one is adjusted."""
    if row["rule"] not in VALUE_RULES:
        return []
    if wording.is_missing(row["q500_adjusted"]):
        return [] if wording.is_missing(row["q500"]) else [html.Div(forecast_words(row), className="kt-muted")]
    versions = ((components.ADJUSTED, "_adjusted"), (components.MODEL, ""))
    return [
        html.Div([components.version_mark(version), " ", forecast_words(row, ending)], className="kt-muted")
        for version, ending in versions
    ]


def forecast_words(row: dict, ending: str = "") -> str:
    """ "62.7 % (58.5 to 66.8)"; ending: of the row's columns for one version."""
    places = decimals(row)
    return _(
        "{value} ({low} to {high})",
        value=wording.value(row[f"q500{ending}"], row["unit"], places),
        low=wording.number(row[f"q100{ending}"], places),
        high=wording.number(row[f"q900{ending}"], places),
    )


def adjusted_columns(rows: pd.DataFrame) -> dict:
    """What a download says of adjusted forecasts; nothing where there are none."""
    if rows["q500_adjusted"].isna().all():
        return {}
    heads = (_("Adjusted median"), _("Adjusted, 80 % from"), _("Adjusted, 80 % to"))
    names = ("q500_adjusted", "q100_adjusted", "q900_adjusted")
    return {head: rows[name].to_numpy() for head, name in zip(heads, names, strict=True)}


def strength(row: dict) -> list[str]:
    """What makes the figure weak evidence; nothing where nothing does."""
    weak = []
    if row["is_noisy"]:
        weak.append(_("unstable"))
    if row["is_small"]:
        weak.append(_("small number"))
    if row["p_miss_basis"] == "reference":
        weak.append(_("few figures"))
    if row["figure_status"] == "provisional":
        weak.append(_("provisional"))
    return weak


def reason(row: dict) -> str:
    """Why the two marks disagree, from the same numbers."""
    if "each_unit" in str(row["reason"]).split(";"):
        return _("Every unit must pass: the chance of missing is that any one of them misses.")
    if row["rule"] == "trend":
        if row["contradiction"] == MAY_MISS:
            return _("Has gone the plan's way, but the forecast does not end better than the start.")
        return _("Has not gone the plan's way of late, but the forecast ends better than the start.")
    paces = {
        "seen": wording.change(row["pace_seen"], row["unit"], decimals(row)),
        "needed": wording.change(row["pace_needed"], row["unit"], decimals(row)),
    }
    has_paces = not (wording.is_missing(row["pace_seen"]) or wording.is_missing(row["pace_needed"]))
    if row["contradiction"] == MAY_MISS:
        if has_paces and row["pace_seen"] < row["pace_needed"]:
            return _(
                "Keeps to the path today, but {needed} a year are needed from now on and {seen} a year were seen (plus is towards the goal).",
                **paces,
            )
        if row["status"] == "achieved":
            return _("Meets the next milestone already, but the forecast does not hold it to the last one.")
        return _("Keeps to the path today, but the forecast falls short of the goal by its year.")
    if has_paces and row["pace_seen"] >= row["pace_needed"]:
        return _(
            "Short of the path today, but {seen} a year were seen and {needed} a year are enough from now on (plus is towards the goal).",
            **paces,
        )
    return _("Short of the path today, but the forecast reaches the goal by its year.")


def how_many(shown: pd.DataFrame, rows: pd.DataFrame, query: dict) -> html.P | None:
    """How many of the rows are shown, and the way to the others."""
    if len(shown) == len(rows):
        return None
    said = _("The first {shown} of {total}.", shown=len(shown), total=len(rows))
    if query.get("show") == "all":
        return html.P([said, " ", _("The download has all.")], className="kt-source")
    more = components.link(_("Show all {total}", total=len(rows)), PATH, **{**query, "show": "all"})
    return html.P([said, " ", more], className="kt-source")


def nothing_to_study(query: dict) -> html.Div:
    """Status and forecast agree everywhere, or a filter leaves nothing."""
    whole = components.link(_("Show the whole queue"), PATH, plan=query.get("plan"), as_of=query.get("as_of"))
    narrowed = any(query.get(key, ANY) != ANY for key in ("area", "action", "kind"))
    return components.empty(
        _("Status and forecast agree on every mark of this choice"),
        _("Marks whose forecast is withheld (fewer than three figures, or too few cases) cannot disagree."),
        action=whole if narrowed else None,
    )


@components.exporter("queue")
def export(query: dict) -> components.Export:
    """All rows of the address, not only those shown."""
    plan = data.plan(query.get("plan"))
    review = components.review_of_file(plan, query)
    place = data.place(plan["plan_id"], query.get("area"))
    about = {_("Plan"): data.name(plan), _("Area"): data.name(place), _("Judged as of"): wording.day(review.day)}
    if (order := order_of(query)) != ORDERS[0] and review.as_of is None:
        rows = narrowed(data.ordered(plan["plan_id"], order), plan, query)
        return components.Export(queue_orders.export_frame(rows, order), queue_orders.title(rows, order, place), about)
    rows = data.queue_told(selected(plan, review, query), plan["plan_id"], review.as_of)
    rows = data.with_sentences(rows, plan["plan_id"], review.as_of)
    records = rows.to_dict("records")
    words = {status: _(word) for status, (word, _meaning) in STATUSES.items()}
    frame = pd.DataFrame(
        {
            _("Action"): [data.name(row, "action_title") for row in records],
            _("Target"): [data.name(row, "target_name") for row in records],
            _("Area code"): rows["area_id"].to_numpy(),
            _("Area"): [data.name(row, "area_name") for row in records],
            _("Contradiction"): [_(KINDS[kind]) for kind in rows["contradiction"]],
            _("Status"): rows["status"].map(words).to_numpy(),
            _("Chance of missing"): rows["p_miss"].to_numpy(),
            **adjusted.columns(rows, adjusted.of_series(plan["plan_id"], review.as_of)),
            _("Period"): rows["period"].to_numpy(),
            _("Figure"): rows["observed"].to_numpy(),
            _("Unit"): [wording.unit_name(unit) for unit in rows["unit"]],
            _("Path"): rows["path_value"].to_numpy(),
            _("Gap"): rows["gap"].to_numpy(),
            _("Goal"): rows["final_value"].to_numpy(),
            _("Goal's year"): rows["final_year"].to_numpy(),
            _("Forecast median"): rows["q500"].to_numpy(),
            _("80 % from"): rows["q100"].to_numpy(),
            _("80 % to"): rows["q900"].to_numpy(),
            **adjusted_columns(rows),
            _("Pace needed a year"): rows["pace_needed"].to_numpy(),
            _("Pace seen a year"): rows["pace_seen"].to_numpy(),
            _("Figure's strength"): [wording.joined(strength(row)) for row in records],
            _("Reason"): [reason(row) for row in records],
            _("Why"): rows["sentence_zh" if current_language() == "zh" else "sentence_en"].to_numpy(),
        }
    )
    return components.Export(frame, title(rows, place), about)


register_page(
    __name__,
    path=PATH,
    name=mark("For study"),
    section=mark("Forecasts"),
    permission="see figures",
    layout=layout,
    order=60,
)
