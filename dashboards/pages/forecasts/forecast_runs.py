"""Runs of forecasts: when the forecasts were last made, and what moved since the run before, by how much, and why."""

import numpy as np
import pandas as pd
from dash import html

from dashboards import components, data, wording
from dashboards.access import register_page
from dashboards.forecast_run_words import REASONS, changed_figure, method, reason_words, title
from dashboards.language import gettext as _
from dashboards.language import mark
from models.wording import in_fives

PATH, WORKBENCH = "/forecast-runs", "/workbench"
MOVES, RUNS, INDICATORS = "forecast-runs-moves", "forecast-runs-list", "forecast-runs-indicators"
MOST_ROWS = 500  # in the browser; the download has all that are kept
HASH_SHOWN = 12
NO_BREAK = "\u00a0"


def layout(**query):
    """?plan=&run=&before=: two runs of a plan; without them the latest day's and the one before it."""
    plan = data.plan(query.get("plan"))
    if plan is None:
        return components.nothing_judged()
    runs = data.forecast_runs(plan["plan_id"])
    if runs.empty:
        return components.page(
            _("No run of forecasts yet"),
            controls=controls(plan, runs, None, None),
            children=[
                components.empty(
                    _("Nothing of this plan has been forecast"),
                    _("Judging the plan makes its forecasts; or run “python manage.py forecast” for every series."),
                )
            ],
        )
    run, before = chosen(runs, query)
    changes = None if before is None else compared(plan, run, before)
    return components.page(
        title(changes, before),
        subline=subline(plan, run),
        controls=controls(plan, runs, run, before),
        children=[summary(run, changes), *([first_run()] if changes is None else moved(plan, changes, run, before))],
        table=list_of_runs(runs),
        method=method(),
    )


def chosen(runs: pd.DataFrame, query: dict) -> tuple[dict, dict | None]:
    """The run asked for (else the latest) and what it is compared with (else the one before it); None: there is none."""
    records = runs.to_dict("records")
    place = next((n for n, row in enumerate(records) if str(row["run_id"]) == query.get("run")), 0)
    others = [row for row in records if row["run_id"] != records[place]["run_id"]]
    asked = next((row for row in others if str(row["run_id"]) == query.get("before")), None)
    earlier = records[place + 1] if place + 1 < len(records) else None
    return records[place], asked or earlier


def compared(plan: dict, run: dict, before: dict):
    return data.forecast_changes(
        plan["plan_id"], int(before["run_id"]), int(run["run_id"]), max(run["as_of"], before["as_of"]).date()
    )


def controls(plan: dict, runs: pd.DataFrame, run: dict | None, before: dict | None) -> list:
    """Which plan, which run, and the run it is compared with."""
    plan_choice, _area = components.plan_and_area(plan, data.place(plan["plan_id"], None))
    if run is None:
        return [plan_choice]
    options = [{"value": str(row["run_id"]), "label": run_words(row)} for row in runs.to_dict("records")]
    choices = [plan_choice, components.choice("run", _("Run"), options, str(run["run_id"]))]
    if before is not None:
        others = [option for option in options if option["value"] != str(run["run_id"])]
        choices.append(components.choice("before", _("Compared with the run of"), others, str(before["run_id"])))
    return choices


def run_words(run: dict) -> str:
    return _("{day} (run {number})", day=wording.day(run["as_of"]), number=run["run_id"])


def subline(plan: dict, run: dict) -> list:
    made = _("made {when}", when=moment(run["finished_at"]))
    figures = _("figures known by {day}", day=wording.day(run["as_of"]))
    return [components.data_name(plan["name_zh"], plan["name_en"]), run_words(run), figures, made]


def moment(when: pd.Timestamp) -> str:
    """Minute by the bureau's clock."""
    return f"{when.tz_convert('Asia/Shanghai'):%Y-%m-%d %H:%M}"


def summary(run: dict, changes) -> html.Div:
    """What the run took, and how far forecasts moved."""
    cards = [
        components.card(wording.number(run["series"]), _("series forecast")),
        components.card(
            f"{wording.number(run['pools_made'])}{NO_BREAK}/{NO_BREAK}{wording.number(run['pools'])}",
            _("indicators forecast anew"),
            note=_("the others' figures had not changed") if run["pools_made"] < run["pools"] else None,
        ),
    ]
    if changes is not None:
        largest = changes.by_why["largest"].max() if len(changes.by_why) else None
        cards.append(
            components.card(wording.number(largest, 2), _("largest move"), note=_("in widths of the 80 % interval"))
        )
        cards.append(
            components.card(
                wording.number(changes.unchanged),
                _("series as before"),
                note=_("{new} new, {gone} gone", new=changes.appeared, gone=changes.gone),
            )
        )
    return components.cards(cards)


def first_run() -> html.Div:
    return components.empty(
        _("This is the first run: there is nothing to compare it with"),
        _("When figures have come in, the next run says what moved."),
    )


def moved(plan: dict, changes, run: dict, before: dict) -> list:
    """Why forecasts moved, and the largest moves."""
    if changes.moved.empty:
        return [components.empty(_("No forecast moved"), _("What changed between the runs moved no median."))]
    state = {"plan": plan["plan_id"], "run": run["run_id"], "before": before["run_id"]}
    caption = _("The largest moves")
    return [
        components.section(_("Why they moved"), reasons_table(changes)),
        components.section(
            caption,
            [
                components.table(MOVES, rows_of(changes.moved.head(MOST_ROWS)), columns(), label=caption),
                components.source_line(shown(changes)),
                components.download_bar("forecast-moves", **state),
            ],
        ),
        components.section(_("By indicator"), by_indicator(changes)),
    ]


def shown(changes) -> str:
    total = int(changes.by_why["moved"].sum())
    return _("The {shown} largest of {total}.", shown=min(len(changes.moved), MOST_ROWS), total=wording.number(total))


def reasons_table(changes) -> html.Div:
    heads = [
        _("Why it moved"),
        _("Series"),
        _("of these moved"),
        _("Largest move"),
        _("Mean change of chance"),
    ]
    rows = [
        [
            reason_words(why),
            wording.number(row["series"]),
            wording.number(row["moved"]),
            wording.number(row["largest"], 2),
            points(row["p_change"]),
        ]
        for why, row in changes.by_why.reindex([why for why in REASONS if why in changes.by_why.index]).iterrows()
    ]
    rows += not_compared(changes)
    return components.simple_table(
        heads, rows, caption=_("Why they moved"), numbers=(1, 2, 3, 4), className="kt-stacked"
    )


def not_compared(changes) -> list[list[str]]:
    """The run's other series, so that the counts add up to all of it; groups without any are left out."""
    groups = (
        (_("No figure changed: the forecast of the run before"), changes.unchanged),
        (_("New in this run"), changes.appeared),
        (_("Last milestone's year is over: nothing to compare"), changes.past),
        (_("The plan gives no year: nothing to compare"), changes.undated),
    )
    rows = [[words, wording.number(count), *[wording.MISSING] * 3] for words, count in groups if count]
    moved = int(changes.by_why["moved"].sum())
    every = int(changes.by_why["series"].sum()) + sum(count for _words, count in groups)
    return [*rows, [html.Strong(_("All series")), wording.number(every), wording.number(moved), *[wording.MISSING] * 2]]


def points(share: float) -> str:
    """A change of a chance: "+4.9 points"."""
    return wording.MISSING if wording.is_missing(share) else wording.change(100 * share, "percent", 1)


def rows_of(moves: pd.DataFrame) -> pd.DataFrame:
    """The moves with names, in the fields of columns()."""
    known = data.indicators().reindex(moves["indicator_id"])
    places = data.areas().reindex(moves["area_id"])
    units = known["unit"].fillna("").tolist()
    decimals = known["decimals"].fillna(1).astype(int).tolist()
    figures = {
        name: [
            wording.value(value, unit, places_)
            for value, unit, places_ in zip(moves[name], units, decimals, strict=True)
        ]
        for name in ("before", "after")
    }
    changed = [
        changed_figure(row, unit, places_)
        for row, unit, places_ in zip(moves.to_dict("records"), units, decimals, strict=True)
    ]
    return pd.DataFrame(
        {
            "area": [
                data.name(row) or code for row, code in zip(places.to_dict("records"), moves["area_id"], strict=True)
            ],
            "indicator": [data.name(row) for row in known.to_dict("records")],
            "year": moves["time"].astype(int).to_numpy(),
            **figures,
            "shift": moves["shift"].to_numpy(),
            "p_before": rounded(moves["p_before"]),
            "p_after": rounded(moves["p_after"]),
            "why": [reason_words(why) for why in moves["why"]],
            "figure": changed,
        }
    )


def rounded(chances: pd.Series) -> np.ndarray:
    """Chances in percent, no finer than they are told elsewhere."""
    return (100 * in_fives(chances)).round().clip(5, 95)


def columns() -> list[dict]:
    return [
        components.column("area", _("Area")),
        components.column("indicator", _("Indicator"), minWidth=220),
        components.column("year", _("Year"), width=84),
        components.column("before", _("Median before"), cellClass="kt-number", type="rightAligned"),
        components.column("after", _("Median now"), cellClass="kt-number", type="rightAligned"),
        components.column("shift", _("Move (80 % intervals)"), number=True, decimals=2),
        components.column("p_before", _("Chance of missing before (%)"), number=True, decimals=0),
        components.column("p_after", _("Chance of missing now (%)"), number=True, decimals=0),
        components.column("why", _("Why it moved"), minWidth=130),
        components.column("figure", _("Figure that changed"), minWidth=190),
    ]


def by_indicator(changes) -> html.Div:
    found = changes.by_indicator.query("moved > 0").sort_values("largest", ascending=False)
    known = data.indicators().reindex(found.index)
    rows = found.assign(indicator=[data.name(row) for row in known.to_dict("records")])
    rows = rows.assign(p_change=100 * rows["p_change"])
    heads = [
        components.column("indicator", _("Indicator"), width=300),
        components.column("series", _("Series"), number=True, decimals=0),
        components.column("moved", _("of these moved"), number=True, decimals=0),
        components.column("largest", _("Largest move"), number=True, decimals=2),
        components.column("p_change", _("Mean change of chance (points)"), number=True, decimals=1),
    ]
    return components.table(INDICATORS, rows, heads, label=_("By indicator"))


def list_of_runs(runs: pd.DataFrame) -> list:
    rows = pd.DataFrame(
        {
            "number": runs["run_id"],
            "day": [wording.day(day) for day in runs["as_of"]],
            "made": [moment(when) for when in runs["finished_at"]],
            "series": runs["series"],
            "pools": runs["pools"],
            "made_anew": runs["pools_made"],
            "version": runs["method"],
            "hash": runs["inputs_hash"].str[:HASH_SHOWN],
        }
    )
    heads = [
        components.column("number", _("Run"), number=True, decimals=0, width=80),
        components.column("day", _("As of")),
        components.column("made", _("Made (Beijing time)")),
        components.column("series", _("Series"), number=True, decimals=0),
        components.column("pools", _("Indicators"), number=True, decimals=0),
        components.column("made_anew", _("Forecast anew"), number=True, decimals=0),
        components.column("version", _("Method version"), number=True, decimals=0),
        components.column("hash", _("Hash of the inputs")),
    ]
    heading = _("All runs")
    return [html.H2(heading), components.table(RUNS, rows, heads, label=heading)]


@components.exporter("forecast-moves")
def export(query: dict) -> components.Export:
    """The largest moves between two runs, as many as are kept (10,000)."""
    plan = data.plan(query.get("plan"))
    runs = data.forecast_runs(plan["plan_id"])
    run, before = (None, None) if runs.empty else chosen(runs, query)
    if before is None:
        return components.Export(pd.DataFrame({_("Indicator"): []}), _("No run of forecasts yet"), {})
    changes = compared(plan, run, before)
    moves, said = changes.moved, rows_of(changes.moved)
    frame = pd.DataFrame(
        {
            _("Indicator"): said["indicator"],
            _("Indicator code"): moves["indicator_id"],
            _("Area"): said["area"],
            _("Area code"): moves["area_id"],
            _("Year"): said["year"],
            _("Median before"): moves["before"],
            _("80 % from"): moves["low"],
            _("80 % to"): moves["high"],
            _("Median now"): moves["after"],
            _("Move (80 % intervals)"): moves["shift"],
            _("Chance of missing before"): moves["p_before"],
            _("Chance of missing now"): moves["p_after"],
            _("Why it moved"): said["why"],
            _("Figure that changed"): said["figure"],
        }
    )
    about = {_("Plan"): data.name(plan), _("Run"): run_words(run), _("Compared with the run of"): run_words(before)}
    return components.Export(frame, title(changes, before), about | {_("Method"): " ".join(method())})


register_page(
    __name__,
    path=PATH,
    name=mark("Forecast runs"),
    section=mark("Forecasts"),
    permission="see figures",
    layout=layout,
    order=66,
)
