"""manage.py forecast, and the job that pages ask for: a run of forecasts, told in a few lines or as JSON."""

import json
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from datetime import date
from typing import Any

from data_access import forecast_runs, schema, submissions
from data_access.engine import make_engine
from data_access.errors import InputError
from workflows.forecasting import run_forecasts
from workflows.jobs import JobContext
from workflows.judging import day_of

TELL_EVERY_S = 1.0


def add_arguments(command: str, parser: ArgumentParser) -> None:
    """Which plans, as of which day, where."""
    parser.add_argument(
        "--plan", action="append", help="plan_id, may be repeated; without it every series in the store"
    )
    parser.add_argument("--as-of", type=day_of, help="YYYY-MM-DD, or a year; today unless given")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="Dask scheduler, tcp://host:port; in-process without it")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout, nothing else")


def run(command: str, arguments: Namespace, settings) -> None:
    """Forecast and print what came of it. Progress goes to stderr; Ctrl-C keeps what is done."""
    engine = make_engine(settings.database_url)
    if not schema.is_current(engine):
        raise InputError("数据库尚未建立或版本过旧。请先运行 manage.py init-db（或 manage.py migrate）。")
    as_of = arguments.as_of or submissions.office_today()
    started = time.monotonic()
    try:
        made = run_forecasts(
            engine, as_of=as_of, plan_ids=arguments.plan, scheduler=arguments.scheduler, progress=_teller()
        )
    except KeyboardInterrupt:
        raise InputError("预测已中断，做完的部分已保存。再次运行同一命令会接着做。") from None
    if made["run_id"] is None:
        raise InputError(
            f"截至 {as_of} 没有可预测的序列：每个序列至少要有三个时期的数据。请先导入数据（manage.py import）。"
        )
    made |= {"seconds": round(time.monotonic() - started, 1), "plans": plans_of(engine, made["run_id"])}
    print(json.dumps(made, ensure_ascii=False, indent=1) if arguments.json else _summary(made))


def _teller() -> Callable[[float, str], None]:
    """Says how far the run is, once a second."""
    said_at = float("-inf")

    def tell(share: float, doing: str) -> None:
        nonlocal said_at
        if time.monotonic() - said_at >= TELL_EVERY_S or share >= 1:
            said_at = time.monotonic()
            print(f"{share:4.0%} {doing}", file=sys.stderr, flush=True)

    return tell


def plans_of(engine, run_id: int) -> list[dict[str, Any]]:
    """By plan (empty: what no plan asks for) how many pools and series a run has."""
    pools = forecast_runs.read_pools(engine, run_id).dropna(subset="block_id")
    by_plan = pools.groupby("plan_id").agg(pools=("series", "size"), series=("series", "sum"))
    return [
        {"plan_id": plan_id, "pools": int(row.pools), "series": int(row.series)} for plan_id, row in by_plan.iterrows()
    ]


def _summary(made: dict[str, Any]) -> str:
    state = f"新预测 {made['pools_made']} 组，其余沿用" if made["is_new"] else "数据未变，沿用上次预测"
    lines = [
        f"截至 {made['as_of']}：第 {made['run_id']} 次预测，{made['series']:,} 个序列，{made['pools']} 组（{state}）"
    ]
    lines += [
        f"  {one['plan_id'] or '未列入方案'}：{one['series']:,} 个序列，{one['pools']} 组" for one in made["plans"]
    ]
    return "\n".join(lines) + f"\n  用时 {made['seconds']} 秒"


def run_forecast_job(context: JobContext) -> dict[str, Any]:
    """parameters: as_of (YYYY-MM-DD) and, for some plans only, plan_ids. Gives what run_forecasts gives."""
    as_of = date.fromisoformat(context.parameters["as_of"])
    plan_ids = context.parameters.get("plan_ids")
    return run_forecasts(context.engine, as_of=as_of, plan_ids=plan_ids, progress=context.progress.report)
