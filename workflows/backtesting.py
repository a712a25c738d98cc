"""backtest: make past years' forecasts again from what was known then, and say how good they were."""

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Engine

from data_access import indicators, observations, plans, population, schema, submissions
from data_access.engine import make_engine
from data_access.errors import InputError
from models import backtest_scores as scoring
from models.backtest import milestones_of, replay
from models.judging import forecast_history
from workflows.plan_scope import plan_and_places, plans_with_area

Progress = Callable[[float, str], None]
FIGURES_OF_A_SERIES = 50  # generously: what a series has is cut down after reading, in whole areas


def add_arguments(command: str, parser: ArgumentParser) -> None:
    """Which plan, as of which day."""
    parser.add_argument("--plan", help="plan_id; without it every plan whose area is in the register")
    parser.add_argument(
        "--as-of", type=date.fromisoformat, help="YYYY-MM-DD: figures known by then; today unless given"
    )
    parser.add_argument("--most-series", type=int, help="replay no more series than these (whole areas are drawn)")
    parser.add_argument("--keep", action="store_true", help="keep it for the site's page, which makes none by itself")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout, nothing else")


def run(command: str, arguments: Namespace, settings) -> None:
    """Replay and print: a JSON document, or the findings in a few lines. Progress goes to stderr."""
    engine = make_engine(settings.database_url)
    if not schema.is_current(engine):
        raise InputError("数据库尚未建立或版本过旧。请先运行 manage.py init-db（或 manage.py migrate）。")
    if arguments.most_series is not None and arguments.most_series < 1:
        raise InputError("--most-series 须为 1 或更大的整数。")
    as_of = arguments.as_of or submissions.office_today()
    chosen = [arguments.plan] if arguments.plan else plans_with_area(engine)
    if not chosen:
        raise InputError("没有可检验的方案：区划表里还没有任何方案所在的地区。请先导入区划和方案（load-plans）。")
    documents = []
    for plan_id in chosen:
        if arguments.keep:
            from workflows.backtest_job import keep_backtest  # it imports this module

            keep_backtest(engine, plan_id, as_of=as_of, progress=_tell)
        replayed = replay_plan(engine, plan_id, as_of=as_of, most_series=arguments.most_series, progress=_tell)
        documents.append(document(plan_id, as_of, replayed))
    if arguments.json:
        print(json.dumps(documents[0] if arguments.plan else {"plans": documents}, ensure_ascii=False, indent=1))
        return
    for one in documents:
        _print_summary(one)


def _tell(share: float, doing: str) -> None:
    print(f"{share:4.0%} {doing}", file=sys.stderr, flush=True)


def replay_plan(
    engine: Engine, plan_id: str, *, as_of: date, most_series: int | None = None, progress: Progress | None = None
) -> pd.DataFrame:
    """The forecasts of a plan's past years with what came: models.backtest.REPLAYED. Stores nothing.

    most_series: of more series only those of every n-th area by code are replayed, the plan's own area always.
    progress: told the share done (0 to 1) and what is being done.
    Raises InputError for a plan or an area that is not in the store, and for figures that cannot be forecast.
    """
    tell = progress or (lambda share, doing: None)
    tell(0.0, f"{plan_id}：读取目标与数据")
    plan, places = plan_and_places(engine, plan_id, as_of)
    targets = plans.read_targets(engine, plan_id, on=as_of)
    wanted = targets["indicator_id"].unique().tolist()
    chosen = _areas_to_read(engine, wanted, places, str(plan["area_id"]), as_of, most_series)
    figures = observations.read_observations(engine, wanted, chosen, known_on=as_of)
    figures = figures[figures["area_id"].isin(places["area_id"])].reset_index(drop=True)
    history = forecast_history(targets, figures, places, indicators.read_indicators(engine), as_of)
    history = drawn(history, str(plan["area_id"]), most_series)
    history = history.assign(size=sizes(history, population.read_population(engine)))
    tell(0.3, f"{plan_id}：重做以往各年的预测")
    try:
        replayed = replay(history, milestones_of(targets, places, history))
    except ValueError as error:
        raise InputError(f"方案 {plan_id} 的数据无法预测：{error}") from error
    tell(1.0, f"{plan_id}：已检验 {len(replayed):,} 个预测")
    return replayed


def _areas_to_read(engine, indicator_ids, places, home: str, as_of: date, most_series: int | None) -> list[str] | None:
    """None: all; of a store with far more figures than most_series needs, every n-th area and the plan's own."""
    if most_series is None:
        return None
    with engine.connect() as connection:
        last = submissions.last_submission_by(connection, as_of)
    figures = sum(observations.count_figures(engine, last_submission_id=last, indicator_ids=indicator_ids).values())
    every = figures // (most_series * FIGURES_OF_A_SERIES)
    return None if every < 2 else sorted({home, *np.sort(places["area_id"].unique())[::every]})


def drawn(history: pd.DataFrame, home: str, most_series: int | None) -> pd.DataFrame:
    """The history of every n-th area by code and of the plan's own area, so that about most_series series are left."""
    n_series = history["series_id"].nunique()
    if most_series is None or n_series <= most_series:
        return history
    every = int(np.ceil(n_series / max(most_series, 1)))
    chosen = {home, *np.sort(history["area_id"].unique())[::every]}
    return history[history["area_id"].isin(chosen)].reset_index(drop=True)


def sizes(history: pd.DataFrame, persons: pd.DataFrame) -> np.ndarray:
    """How many people stand behind each row: its denominator, else the area's newest population; NaN where neither."""
    newest = persons.sort_values("year").drop_duplicates("area_id", keep="last").set_index("area_id")["persons"]
    denominator = history["denominator"].to_numpy(float)
    return np.where(denominator > 0, denominator, history["area_id"].map(newest).to_numpy(float))


def document(plan_id: str, as_of: date, replayed: pd.DataFrame) -> dict[str, Any]:
    """What --json prints for one plan. Numbers are plain, missing is null; the rule and the verdicts come with words."""
    facts = {"plan_id": plan_id, "as_of": as_of.isoformat(), "forecasts": len(replayed)}
    found = scoring.summary(replayed)
    rule = {**scoring.RULE, "verdicts": {key: {"zh": zh, "en": en} for key, (zh, en) in scoring.VERDICTS.items()}}
    if found is None:
        return {**facts, "rule": rule, "finding_zh": "还没有可检验的预测：每个序列至少要有四个年度的数据。"}
    return {
        **facts,
        "first_origin": found.first,
        "last_origin": found.last,
        "finding_zh": finding(found),
        "overall": _plain(found.overall)[0],
        "by_indicator": _records(found.by_indicator),
        "by_horizon": _records(found.by_horizon),
        "by_length": _records(found.by_length),
        "by_size": _records(found.by_size),
        "probability": _records(found.probability.rename_axis("against")),
        "probability_by_horizon": _records(found.probability_by_horizon),
        "calibration": {kind: _records(table) for kind, table in found.calibration.items()},
        "rule": rule,
    }


def finding(found: scoring.Summary) -> str:
    """What may be concluded, in two sentences."""
    said = scoring.telling_bin(found.calibration[scoring.ALL])
    of_indicators = found.by_indicator["verdict"].value_counts()
    words = f"{len(found.by_indicator)} 项指标中，{of_indicators.get(scoring.USE, 0)} 项预测优于最近值，"
    words += f"{of_indicators.get(scoring.LAST_VALUE, 0)} 项不如最近值。"
    if said is None:
        return words
    row = found.calibration[scoring.ALL].loc[said]
    return f"{int(row.forecasts):,} 个预测说约 {said:.0%} 会落空，结果 {int(row.missed):,} 个落空。{words}"


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return _plain(table.reset_index())


def _plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON has them: figures to six digits, missing is null."""
    return [{key: _cell(value) for key, value in row.items()} for row in frame.astype(object).to_dict(orient="records")]


def _cell(value):
    if isinstance(value, float | np.floating):
        return float(f"{value:.6g}") if np.isfinite(value) else None
    return value.item() if isinstance(value, np.generic) else value


def _print_summary(one: dict[str, Any]) -> None:
    print(f"{one['plan_id']} 截至 {one['as_of']}：检验 {one['forecasts']:,} 个预测")
    print("  " + one["finding_zh"])
    for row in one.get("by_indicator", []):
        if row["verdict"] == scoring.LAST_VALUE:
            print(f"  停用 {row['indicator_id']}：误差为最近值的 {row['scrps_ratio']:.2f} 倍")
