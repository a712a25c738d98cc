"""What an adjustment would do to one series' forecast, before anything is stored: both fans and what each means.

Fans here have the store's columns: time, mean, q025 ... q975. Parameters by kind:
    typed         {"medians": {"2028": 61.5, "2030": 70}}
    growth        {"rate": 2.0, "unit": "percent"|"points", "towards_goal": true}   a year, from the last figure on
    hold          {}
    policy        {"begins": 2027, "share": 0.5}   of the gap to the target's milestone; also goal, goal_time (filled in)
    best_quarter  {}   also pace (filled in)
    parent        {}   also parent_id (filled in)
    shock         {"years": {"2020": 0}}   weight of a year's figure: 0 is cut, 0.5 counts half
    member        {"member": "last_value"|"pooled_trend"|"convergence"|"memory"}
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Engine

from data_access import indicators, judgements, observations, plans
from data_access.errors import InputError
from models import adjusting
from models.flags import peer_pace
from models.forecasting import MEMBERS, Forecaster
from models.judging import decimals_shown, forecast_history
from models.probability import POINTS_FOR_REFERENCE, probability_of_missing
from models.rates import ADDITIVE_UNITS
from models.targets import read_targets_frame
from workflows.judging import STORED_QUANTILES
from workflows.plan_scope import plan_and_places

FAN = ["time", "mean", *STORED_QUANTILES.values()]
MODEL_COLUMNS = {stored: column for column, stored in STORED_QUANTILES.items()}
SAME = 1e-6
UNITS_OF_GROWTH = ("percent", "points")
# What models.adjusting refuses, in the analyst's words.
REFUSALS = {
    "no_history": "该序列没有数据，无从研判。",
    "no_forecast": "模型没有最新数据之后的预测，请先重新评判。",
    "figure_beyond": "已报数值 {value:g} 超出指标界限 {bound:g}，请先更正数据。",
    "below_bound": "{time:.0f} 年的 {value:g} 低于该指标的下限 {bound:g}，请改为不低于 {bound:g} 的数。",
    "above_bound": "{time:.0f} 年的 {value:g} 高于该指标的上限 {bound:g}，请改为不高于 {bound:g} 的数。",
    "no_number": "填写的数不是有效数字，请重新填写。",
    "nothing_stated": "没有填写任何年份的预测值，请至少填写一年。",
    "stated_twice": "{time:.0f} 年填写了两次，请只留一个数。",
    "no_such_time": "{time:.0f} 年不在预测范围（{first:.0f}—{last:.0f} 年）内，请改填其中的年份。",
    "bad_rate": "年增长率 {rate:g} % 不成立，请填写大于 -100 的数。",
    "bad_share": "比例 {share:g} 不成立，请填写大于 0、不超过 1 的数。",
    "milestone_outside": "目标年份 {time:.0f} 不在预测范围（{first:.0f}—{last:.0f} 年）内。",
    "bad_beginning": "政策开始的年份须不早于最新数据（{first:.0f} 年）且早于目标年份（{last:.0f} 年）。",
    "no_gap": "模型预测到 {time:.0f} 年为 {expected:g}，已达到目标 {goal:g}，没有差距可缩小。",
    "no_best_quarter": "同类地区中有增速可比的太少，没有“前四分之一”可言，请改用其他方式。",
    "parent_too_short": "上级地区的数据和预测不能覆盖 {first:.0f}—{last:.0f} 年，不能照它推算。",
    "other_too_short": "所选方法缺少模型预测的部分年份，不能采用。",
}


@dataclass(frozen=True)
class Material:
    """What the adjustments of one plan's series start from, read once for one indicator or for many.

    run: data_access.judgements.RUNS. targets: data_access.plans.TARGETS. pool: what the forecasts rest on
    (models.judging.forecast_history). fans: the model's, data_access.judgements.FORECASTS. marks: of the run.
    ways: target_id -> which way it points (+1, -1, 0), and by how much less than the goal rounds to it, as judging
    has it. parents: area_id -> parent_id.
    """

    plan_id: str
    run: dict[str, Any]
    targets: pd.DataFrame
    pool: pd.DataFrame
    fans: pd.DataFrame
    marks: pd.DataFrame
    ways: dict[str, tuple[int, float]]
    parents: dict[str, str]


@dataclass(frozen=True)
class Preview:
    """Both versions of one series' forecast.

    history: time, value. model, adjusted: FAN columns. parameters: as asked, with what the kind filled in. goal_time,
    goal_value, comparator: of the target's last dated milestone; NaN and "" where it states none. p_miss_model: as
    judged, NaN where withheld; p_miss_adjusted: NaN there, and where only judging anew can tell it (rules that combine
    several values or areas).
    """

    plan_id: str
    run_id: int
    indicator_id: str
    area_id: str
    target_id: str | None
    kind: str
    parameters: dict[str, Any]
    history: pd.DataFrame
    model: pd.DataFrame
    adjusted: pd.DataFrame
    goal_time: float
    goal_value: float
    comparator: str
    p_miss_model: float
    p_miss_adjusted: float


def read_material(engine: Engine, plan_id: str, indicator_ids: list[str] | None = None) -> Material:
    """Read what adjustments of these indicators start from (None: all of the plan), as its newest review knew them.

    Raises InputError for a plan that is not in the store or was never judged.
    """
    run = judgements.read_newest_run(engine, plan_id)
    if run is None:
        raise InputError(
            f"方案 {plan_id} 还没有评判过，没有可研判的预测。请先评判（manage.py judge --plan {plan_id}）。"
        )
    _plan, places = plan_and_places(engine, plan_id, run["as_of"])
    targets = plans.read_targets(engine, plan_id, on=run["as_of"])
    if indicator_ids is not None:
        targets = targets[targets["indicator_id"].isin(indicator_ids)].reset_index(drop=True)
    wanted = targets["indicator_id"].unique().tolist()
    if not wanted:
        raise InputError(f"方案 {plan_id} 没有用到所选指标。请核对指标编号。")
    only = wanted[0] if len(wanted) == 1 else None
    registered = indicators.read_indicators(engine)
    figures = observations.read_observations(engine, wanted, known_on=run["as_of"])
    figures = figures[figures["area_id"].isin(places["area_id"])].reset_index(drop=True)
    pool = forecast_history(targets, figures, places, registered, run["as_of"], parts_of_years=True)
    fans = judgements.read_forecasts(engine, run["run_id"], indicator_id=only)
    marks = judgements.read_marks(engine, run["run_id"], indicator_id=only)
    return Material(
        plan_id,
        run,
        targets,
        pool,
        fans[fans["indicator_id"].isin(wanted)],
        marks[marks["indicator_id"].isin(wanted)],
        _ways(targets, registered),
        dict(zip(places["area_id"], places["parent_id"], strict=True)),
    )


def preview(
    engine: Engine,
    plan_id: str,
    indicator_id: str,
    area_id: str,
    kind: str,
    parameters: Mapping[str, Any],
    *,
    target_id: str | None = None,
    material: Material | None = None,
) -> Preview:
    """Both versions of one series' forecast under an adjustment; nothing is stored.

    parameters: as the module says, numbers or their text. target_id: whose milestone is looked at; None: the first
    with one. material: of read_material, where the caller keeps it. Raises InputError for what cannot be done.
    """
    if kind not in adjusting.KINDS:
        raise InputError(f"没有“{kind}”这种研判方式。可用：{'、'.join(adjusting.KINDS)}。")
    material = material or read_material(engine, plan_id, [indicator_id])
    mark = _mark_of(material, indicator_id, area_id, target_id)
    start = _start_of(material, mark, indicator_id, area_id)
    filled, adjusted = _adjusted(material, start, mark, kind, dict(parameters))
    p_model, p_adjusted = _p_miss(material, mark, start, adjusted)
    return Preview(
        plan_id=plan_id,
        run_id=int(material.run["run_id"]),
        indicator_id=indicator_id,
        area_id=area_id,
        target_id=mark.get("target_id"),
        kind=kind,
        parameters=filled,
        history=start.history,
        model=start.fan.rename(columns=STORED_QUANTILES),
        adjusted=adjusted.rename(columns=STORED_QUANTILES),
        goal_time=_number(mark.get("final_year")),
        goal_value=_number(mark.get("final_value")),
        comparator=mark.get("comparator") or "",
        p_miss_model=p_model,
        p_miss_adjusted=p_adjusted,
    )


def _mark_of(material: Material, indicator_id: str, area_id: str, target_id: str | None) -> dict[str, Any]:
    """The mark of the run that the adjustment is looked at through."""
    marks = material.marks[(material.marks["indicator_id"] == indicator_id) & (material.marks["area_id"] == area_id)]
    if target_id is not None:
        marks = marks[marks["target_id"] == target_id]
    if marks.empty:
        raise InputError(
            f"方案 {material.plan_id} 最近一次评判里没有指标 {indicator_id} 在地区 {area_id} 的结果。请核对。"
        )
    rank = marks["final_value"].isna().astype(int) + marks["p_miss"].isna().astype(int)
    return marks.assign(_rank=rank).sort_values(["_rank", "target_id"], kind="stable").iloc[0].to_dict()


def _start_of(material: Material, mark: Mapping[str, Any], indicator_id: str, area_id: str) -> adjusting.Start:
    history, fan = _history_of(material, indicator_id, area_id), _fan_of(material, indicator_id, area_id)
    if fan.empty or history.empty:
        raise InputError(
            f"指标 {indicator_id} 在地区 {area_id} 没有模型预测（数据不足 {POINTS_FOR_REFERENCE} 年，或例数太少），不能研判。"
        )
    side = material.ways[mark["target_id"]][0]
    lower, upper = history["lower_bound"].iloc[0], history["upper_bound"].iloc[0]
    return _said_in_chinese(lambda: adjusting.start_of(fan, history, lower, upper, side))


def _history_of(material: Material, indicator_id: str, area_id: str) -> pd.DataFrame:
    points = points_of(material.pool)
    return points[(points["indicator_id"] == indicator_id) & (points["area_id"] == area_id)]


def points_of(pool: pd.DataFrame) -> pd.DataFrame:
    """The figures of the series of a pool, without those of a year under way."""
    return pool[pool["part_of_year"].isna()] if "part_of_year" in pool else pool


def _fan_of(material: Material, indicator_id: str, area_id: str) -> pd.DataFrame:
    fans = material.fans
    own = fans[(fans["indicator_id"] == indicator_id) & (fans["area_id"] == area_id)]
    return own[FAN].rename(columns=MODEL_COLUMNS)


def _ways(rows: pd.DataFrame, registered: pd.DataFrame) -> dict[str, tuple[int, float]]:
    if rows.empty:
        return {}
    targets = read_targets_frame(rows)
    frame = targets.frame
    decimals = pd.Series(decimals_shown(targets, registered)).groupby(frame["indicator_id"]).transform("max")
    unit = frame["indicator_id"].map(registered.set_index("indicator_id")["unit"]).fillna(frame["unit"])
    rounding = np.where(unit.isin(ADDITIVE_UNITS) & (decimals == 0), 0.0, 10.0**-decimals)
    half = np.where(targets.strict, 0.0, targets.side * rounding / 2)
    return dict(zip(frame["target_id"], zip(targets.side.tolist(), half.tolist(), strict=True), strict=True))


def _p_miss(material: Material, mark, start: adjusting.Start, adjusted: pd.DataFrame) -> tuple[float, float]:
    """p_miss by the model as the mark has it, and by the adjusted fan at the last milestone; NaN where withheld."""
    told, goal, when = (_number(mark.get(name)) for name in ("p_miss_model", "final_value", "final_year"))
    at = np.flatnonzero(np.isclose(start.fan["time"], when)) if np.isfinite(when) else []
    if not len(at) or not np.isfinite(goal) or not np.isfinite(told):
        return told, np.nan
    value = goal - material.ways[mark["target_id"]][1]
    versions = pd.concat([start.fan.iloc[at], adjusted.iloc[at]])
    model, changed = probability_of_missing(versions, mark["comparator"], value)
    # a rule that combines several values is not read off one: its probability waits for the judging
    return told, float(changed) if abs(model - told) < SAME else np.nan


def _adjusted(
    material: Material, start: adjusting.Start, mark: Mapping[str, Any], kind: str, asked: dict[str, Any]
) -> tuple[dict[str, Any], pd.DataFrame]:
    """The parameters as they stand, and the adjusted fan."""
    filled = _FILL.get(kind, lambda _material, _start, _mark, given: given)(material, start, mark, asked)
    return filled, _said_in_chinese(lambda: _APPLY[kind](material, start, mark, filled))


def _said_in_chinese(attempt: Callable):
    try:
        return attempt()
    except adjusting.NotAdjustable as error:
        raise InputError(REFUSALS[error.slug].format(**error.facts)) from error


def _fill_typed(_material, _start, _mark, asked: dict) -> dict:
    medians = asked.get("medians")
    if not isinstance(medians, Mapping) or not medians:
        raise InputError(REFUSALS["nothing_stated"])
    years = {_asked_number(year, "年份"): _asked_number(value, f"{year} 年的预测值") for year, value in medians.items()}
    return {"medians": {f"{year:g}": value for year, value in sorted(years.items())}}


def _fill_growth(_material, _start, _mark, asked: dict) -> dict:
    unit = asked.get("unit", "percent")
    if unit not in UNITS_OF_GROWTH:
        raise InputError(f"增长的单位“{unit}”不认识，请用 percent（%/年）或 points（指标单位/年）。")
    rate = _asked_number(asked.get("rate"), "年增长")
    return {"rate": rate, "unit": unit, "towards_goal": bool(asked.get("towards_goal", False))}


def _fill_policy(_material, start, mark, asked: dict) -> dict:
    goal, when = _number(mark.get("final_value")), _number(mark.get("final_year"))
    if not (np.isfinite(goal) and np.isfinite(when)):
        raise InputError("该目标没有写明年份和数值，谈不上缩小与目标的差距。请改用其他方式，或另选目标。")
    begins = _asked_number(asked.get("begins"), "政策开始的年份")
    share = _asked_number(asked.get("share"), "缩小差距的比例")
    return {"begins": begins, "share": share, "goal": goal, "goal_time": when}


def _fill_best_quarter(material, start, mark, asked: dict) -> dict:
    marks = material.marks[material.marks["target_id"] == mark["target_id"]]
    pace = peer_pace(marks)[(marks["area_id"] == mark["area_id"]).to_numpy()]
    return {"pace": _number(pace.iloc[0] if len(pace) else None)}


def _fill_parent(material, start, mark, asked: dict) -> dict:
    parent = material.parents.get(mark["area_id"])
    if not isinstance(parent, str) or _fan_of(material, mark["indicator_id"], parent).empty:
        raise InputError("上级地区没有该指标的预测，不能照它推算。请改用其他方式。")
    return {"parent_id": parent}


def _fill_shock(_material, start, _mark, asked: dict) -> dict:
    years = asked.get("years")
    if not isinstance(years, Mapping) or not years:
        raise InputError("没有选择要剔除或降低权重的年份，请至少选一年。")
    weights = {_asked_number(year, "年份"): _asked_number(weight, f"{year} 年的权重") for year, weight in years.items()}
    for year, weight in weights.items():
        if not 0 <= weight < 1:
            raise InputError(f"{year:g} 年的权重 {weight:g} 不成立：0 为剔除，0 到 1 之间为降低权重。")
        if not np.isclose(start.history["time"], year).any():
            raise InputError(f"{year:g} 年没有数据，无从剔除。请从已有数据的年份中选择。")
    if len(start.history) - sum(weight == 0 for weight in weights.values()) < POINTS_FOR_REFERENCE:
        raise InputError(f"剔除之后剩下的数据不足 {POINTS_FOR_REFERENCE} 年，无法再作预测。请少剔除几年。")
    return {"years": {f"{year:g}": weight for year, weight in sorted(weights.items())}}


def _fill_member(_material, _start, _mark, asked: dict) -> dict:
    if asked.get("member") not in MEMBERS:
        raise InputError(f"没有“{asked.get('member')}”这种方法。可用：{'、'.join(MEMBERS)}。")
    return {"member": asked["member"]}


_FILL = {
    "typed": _fill_typed,
    "growth": _fill_growth,
    "hold": lambda *_given: {},
    "policy": _fill_policy,
    "best_quarter": _fill_best_quarter,
    "parent": _fill_parent,
    "shock": _fill_shock,
    "member": _fill_member,
}


def _typed(_material, start, _mark, filled: dict) -> pd.DataFrame:
    medians = filled["medians"]
    return adjusting.typed(
        start, pd.DataFrame({"time": [float(year) for year in medians], "value": list(medians.values())})
    )


def _growth(_material, start, _mark, filled: dict) -> pd.DataFrame:
    is_percent = filled["unit"] == "percent"
    return adjusting.growth(start, filled["rate"], is_percent=is_percent, towards_goal=filled["towards_goal"])


def _parent(material, start, mark, filled: dict) -> pd.DataFrame:
    past = _history_of(material, mark["indicator_id"], filled["parent_id"])[["time", "value"]]
    ahead = _fan_of(material, mark["indicator_id"], filled["parent_id"]).rename(columns={"q0.5": "value"})
    ahead = ahead[ahead["time"] > past["time"].max()][["time", "value"]]
    return adjusting.follow(start, pd.concat([past, ahead]))


def _shock(material, start, mark, filled: dict) -> pd.DataFrame:
    pool = material.pool[material.pool["indicator_id"] == mark["indicator_id"]]
    own = (pool["area_id"] == mark["area_id"]).to_numpy()
    weight = np.ones(len(pool))
    for year, given in filled["years"].items():
        weight = np.where(own & np.isclose(pool["time"], float(year)), given, weight)
    series_id = pool["series_id"][own].iloc[0]
    requests = pd.DataFrame({"series_id": series_id, "time": start.fan["time"]})
    try:
        refit = Forecaster().fit(pool.assign(weight=weight)).predict(requests)
    except ValueError as error:
        raise InputError(f"剔除之后无法预测：{error}") from error
    return adjusting.blend(start, refit)


def _member(material, start, mark, filled: dict) -> pd.DataFrame:
    pool = material.pool[material.pool["indicator_id"] == mark["indicator_id"]]
    series_id = pool.loc[pool["area_id"] == mark["area_id"], "series_id"].iloc[0]
    requests = pd.DataFrame({"series_id": series_id, "time": start.fan["time"]})
    median = Forecaster().fit(pool).members(requests)[filled["member"]]
    return adjusting.with_medians(start, start.forward(median))


_APPLY = {
    "typed": _typed,
    "growth": _growth,
    "hold": lambda _material, start, _mark, _filled: adjusting.hold(start),
    "policy": lambda _material, start, _mark, filled: adjusting.policy(start, **filled),
    "best_quarter": lambda _material, start, _mark, filled: adjusting.best_quarter(start, filled["pace"]),
    "parent": _parent,
    "shock": _shock,
    "member": _member,
}


def _asked_number(given: Any, what: str) -> float:
    try:
        number = float(given)
    except (TypeError, ValueError):
        number = np.nan
    if not np.isfinite(number):
        raise InputError(f"{what}“{'' if given is None else given}”不是数字，请填写数字。")
    return number


def _number(value: Any) -> float:
    return np.nan if value is None or pd.isna(value) else float(value)
