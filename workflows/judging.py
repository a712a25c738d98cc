"""judge: read what is known, forecast, judge every target of a plan, store the run."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Engine

from data_access import areas, forecast_runs, indicators, judgements, observations, plans, schema, submissions
from data_access.engine import make_engine, writing
from data_access.errors import InputError
from models.adjusting import put_in_force
from models.forecast_pools import fan_frame, forecast_pool, pools_of
from models.intervals import LEVELS, QUANTILE_COLUMNS
from models.judging import forecast_history, forecast_years, judge
from models.rollups import status_counts, top_of
from models.series import time_of
from workflows.adjustments_in_force import adjustments_in_force, fans_of, told_of
from workflows.forecasting import run_forecasts
from workflows.plan_scope import breaks as _breaks
from workflows.plan_scope import plan_and_places as _plan_and_places
from workflows.plan_scope import plans_with_area

METHOD = 8  # grows whenever the same figures would get other marks, so that old runs are not taken for current
STORED_QUANTILES = {
    column: f"q{round(level * 1000):03d}" for column, level in zip(QUANTILE_COLUMNS, LEVELS, strict=True)
}
Progress = Callable[[float, str], None]


def add_arguments(command: str, parser: ArgumentParser) -> None:
    """Which plan, which area, as of which day."""
    parser.add_argument("--plan", help="plan_id; without it every plan whose area is in the register")
    parser.add_argument("--area", help="only the marks of this area and the areas below it")
    parser.add_argument("--as-of", type=day_of, help="YYYY-MM-DD, or a year; today unless given")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout, nothing else")


def day_of(text: str) -> date:
    """The day an argument names; a year is its last day. argparse says usage and exits 2 on ValueError."""
    day = date(int(text), 12, 31) if len(text) == 4 and text.isdecimal() else date.fromisoformat(text)
    if not 1900 <= day.year <= 2200:
        raise ValueError(f"{text} is no day of a plan")
    return day


def run(command: str, arguments: Namespace, settings) -> None:
    """Judge and print: a JSON document, or the counts of every status and what lies furthest behind."""
    engine = make_engine(settings.database_url)
    if not schema.is_current(engine):
        raise InputError("数据库尚未建立或版本过旧。请先运行 manage.py init-db（或 manage.py migrate）。")
    as_of = arguments.as_of or submissions.office_today()
    chosen = [arguments.plan] if arguments.plan else plans_with_area(engine)
    if not chosen:
        raise InputError("没有可评判的方案：区划表里还没有任何方案所在的地区。请先导入区划和方案（load-plans）。")
    documents = [_document(engine, plan_id, as_of, arguments.area) for plan_id in chosen]
    if arguments.json:
        print(json.dumps(documents[0] if arguments.plan else {"plans": documents}, ensure_ascii=False, indent=1))
        return
    for document in documents:
        _print_summary(document)


def judge_plan(engine: Engine, plan_id: str, *, as_of: date, progress: Progress | None = None) -> dict[str, Any]:
    """Judge one plan as of a day, on the figures and the target versions known by then; store the run.

    progress: told the share done (0 to 1) and what is being done. Returns run_id, plan_id, area_id, as_of, is_new:
    False where nothing had changed since the newest run as of that day, whose id is then given.
    Raises InputError for a plan or an area that is not in the store.
    """
    tell = progress or (lambda share, doing: None)
    plan, places = _plan_and_places(engine, plan_id, as_of)
    adjusted = adjustments_in_force(engine, plan_id, places.area_id, as_of)
    state = {
        "last_submission_id": submissions.newest_submission_id(engine),
        "pack_hash": None if pd.isna(plan.pack_hash) else str(plan.pack_hash),
        "parameters": {"method": METHOD, "breaks": _breaks(engine), "adjustments": told_of(adjusted)},
    }
    facts = {"plan_id": plan_id, "area_id": str(plan.area_id), "as_of": as_of.isoformat()}
    newest = judgements.read_newest_run(engine, plan_id, as_of=as_of)
    if newest and all(newest[key] == value for key, value in state.items()):
        return {"run_id": int(newest["run_id"]), **facts, "is_new": False}
    marks, fans = _judged(engine, plan_id, places, as_of, adjusted, tell)
    tell(0.9, "保存评判结果")
    with writing(engine) as connection:
        run_id = judgements.start_run(connection, plan_id, as_of=as_of, **state)
        judgements.write_marks(connection, run_id, marks)
        judgements.write_forecasts(connection, run_id, fans)
        judgements.finish_run(connection, run_id)
    tell(1.0, "完成")
    return {"run_id": int(run_id), **facts, "is_new": True}


def _judged(
    engine: Engine, plan_id: str, places: pd.DataFrame, as_of: date, adjusted: pd.DataFrame, tell: Progress
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The marks, and the forecasts they rest on: the model's of every series, and beside it what was adjusted."""
    tell(0.05, "读取目标与数据")
    targets = plans.read_targets(engine, plan_id, on=as_of)
    registered = indicators.read_indicators(engine)
    wanted = pd.concat([targets.indicator_id, targets.benchmark_indicator_id.dropna()]).unique().tolist()
    figures = observations.read_observations(engine, wanted, known_on=as_of)
    compared_with = targets.benchmark_area_id.dropna().unique().tolist()
    figures = figures[figures.area_id.isin([*places.area_id, *compared_with])].reset_index(drop=True)
    model = _fans_of_the_day(engine, plan_id, as_of, tell)
    fans = put_in_force(model, fans_of(adjusted))
    is_adjusted = fans.version == "adjusted"
    tell(0.5, "评判")
    try:
        marks = judge(
            targets,
            figures,
            places,
            as_of=as_of,
            forecasts=fans,
            indicators=registered,
            model_forecasts=model if is_adjusted.any() else None,
        )
    except ValueError as error:
        raise InputError(f"方案 {plan_id} 无法评判：{error}") from error
    both = pd.concat([model.assign(version=judgements.MODEL), fans[is_adjusted]], ignore_index=True)
    return marks, both.rename(columns=STORED_QUANTILES)


def _fans_of_the_day(engine: Engine, plan_id: str, as_of: date, tell: Progress) -> pd.DataFrame:
    """A plan's forecasts from the run of the day, made or brought up to date first: columns as forecast gives them."""
    made = run_forecasts(
        engine, as_of=as_of, plan_ids=[plan_id], progress=lambda share, doing: tell(0.2 + 0.3 * share, doing)
    )
    fans = forecast_runs.read_fans(engine, made["run_id"], plan_id=plan_id)
    return fans.rename(columns={stored: column for column, stored in STORED_QUANTILES.items()})


def forecast(
    targets: pd.DataFrame, figures: pd.DataFrame, places: pd.DataFrame, registered: pd.DataFrame | None, as_of: date
) -> pd.DataFrame:
    """Forecasts of every series for each year up to the plan's last, kept nowhere: indicator_id, area_id, time, mean,
    quantiles.

    Arguments as for models.judging.judge. Series of fewer than three points are not forecast.
    """
    history = forecast_history(targets, figures, places, registered, as_of, parts_of_years=True)
    years = forecast_years(targets, as_of)
    if not len(history) or not len(years):
        return pd.DataFrame(columns=["indicator_id", "area_id", "time", "mean", *QUANTILE_COLUMNS])
    try:
        pools = list(pools_of(history, int(years.year.max())))
        return pd.concat([fan_frame(pool, forecast_pool(pool)) for pool in pools], ignore_index=True)
    except ValueError as error:
        raise InputError(f"无法预测：{error}") from error


def _document(engine: Engine, plan_id: str, as_of: date, area_id: str | None) -> dict[str, Any]:
    """What --json prints for one plan: the run's facts, counts by status, roll-ups, the marks."""
    facts = judge_plan(engine, plan_id, as_of=as_of)
    marks = judgements.read_marks(engine, facts["run_id"])
    if area_id:
        below = areas.read_descendants(engine, area_id).area_id
        if not len(below):
            raise InputError(f"区划表中没有代码为 {area_id} 的地区。请核对代码。")
        marks = marks[marks.area_id.isin(below)]
    counts = marks.status.value_counts()
    return {
        **facts,
        "came_later": figures_that_came_later(engine, plan_id, as_of),
        "counts": {str(status): int(n) for status, n in counts.items()},
        "rollups": roll_up_marks(engine, plan_id, marks, area_id or facts["area_id"]),
        "marks": _records(marks),
    }


def figures_that_came_later(engine: Engine, plan_id: str, as_of: date) -> int:
    """How many figures of periods up to the day a review as of it may not use, because they were reported afterwards."""
    if as_of >= submissions.office_today():
        return 0
    wanted = plans.read_targets(engine, plan_id, on=as_of).indicator_id.unique().tolist()
    keys = ["indicator_id", "area_id", "period"]
    now, then = (observations.read_observations(engine, wanted, known_on=day)[[*keys, "time"]] for day in (None, as_of))
    past = now[now.time <= time_of(as_of)]
    return len(past) - len(past.merge(then[keys], on=keys))


def roll_up_marks(engine: Engine, plan_id: str, marks: pd.DataFrame, area_id: str) -> dict[str, Any]:
    """How many marks stand where: of the area (plan), its marks by action, and all marks by area. Counts only.

    area_id: the plan's area, or the one asked for. Each count has total, failing and the statuses. Actions: the plan's
    chapters, whose parts are counted with them, in the document's order.
    """
    own = marks[marks.area_id == area_id]
    chapters = plans.read_actions(engine, plan_id).set_index("action_id")
    by_action = status_counts(own.action_id.map(top_of(chapters.parent_action_id)), own.status)
    by_action = by_action.join(chapters[["title_zh", "title_en", "sort_order"]]).sort_values("sort_order")
    by_area = status_counts(marks.area_id, marks.status)
    by_area = by_area.join(areas.read_areas(engine).set_index("area_id")[["level", "parent_id", "name_zh", "name_en"]])
    whole = status_counts(own.area_id, own.status)
    return {
        "plan": {"area_id": area_id, **(_records(whole)[0] if len(whole) else {"total": 0})},
        "actions": _records(by_action.drop(columns="sort_order").rename_axis("action_id").reset_index()),
        "areas": _records(by_area.rename_axis("area_id").reset_index()),
    }


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON has them: missing is null."""
    plain = frame.astype(object).where(frame.notna(), None)
    return [
        {key: value.item() if isinstance(value, np.generic) else value for key, value in row.items()}
        for row in plain.to_dict("records")
    ]


def _print_summary(document: dict[str, Any]) -> None:
    state = "新评判" if document["is_new"] else "数据未变，沿用上次评判"
    print(f"{document['plan_id']} 截至 {document['as_of']}：第 {document['run_id']} 次评判（{state}）")
    print("  " + ",".join(f"{status} {n}" for status, n in document["counts"].items()))
    own = [mark for mark in document["marks"] if mark["area_id"] == document["area_id"]]
    for mark in own:
        if mark["status"] in ("behind", "reversing"):
            print("  " + mark["sentence_zh"])
    if document["came_later"]:
        print(
            f"  另有 {document['came_later']:,} 条 {document['as_of']} 及以前时期的数据是在该日之后才报送的，"
            "按“只用当时已报数据”的规则未采用；要用上它们，请以今天为研判日（去掉 --as-of）。"
        )
