"""Assessment 考核: marks by a scheme's own rules, with the arithmetic kept, and how far the ranks can be trusted.

Apart from judgement and forecasts: a scheme decides about people's careers, and only its own rules and reported figures
enter. Missing is not nought: an area that lacks a figure is not ranked until it has reported.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

REACH, SHARE, DEDUCT, VETO = "reach", "share", "deduct", "veto"
RULES = (REACH, SHARE, DEDUCT, VETO)
SIDES = {">=": 1, "<=": -1}
SCORED = ["area_id", "item_id", "value", "error", "period", "status", "met", "part", "marks", "full_marks"]
TOTALS = ["area_id", "group", "marks", "full_marks", "missing", "vetoes", "is_provisional", "rank"]
EPSILON = 1e-9
INNER = (0.05, 0.95)  # of the draws: the range of ranks said


@dataclass(frozen=True)
class Scheme:
    """The items of a scheme as arrays over I items.

    items: frame item_id, indicator_id, rule (of RULES), full_marks, comparator (>= or <=), goal, start
    (share: no marks at it), step and marks_per_step (deduct: so many marks off for each step short).
    """

    items: pd.DataFrame

    @property
    def side(self) -> np.ndarray:
        return self.items.comparator.map(SIDES).to_numpy(dtype=float)

    def number(self, column: str) -> np.ndarray:
        return self.items[column].to_numpy(dtype=float)

    @property
    def is_veto(self) -> np.ndarray:
        return (self.items.rule == VETO).to_numpy()


def find_contradictions(items: pd.DataFrame) -> pd.DataFrame:
    """Items that cannot mean what they say: index of items, column, rule (slug), what and mend in Chinese."""
    numbers = {
        name: pd.to_numeric(items[name], errors="coerce")
        for name in ("full_marks", "goal", "start", "step", "marks_per_step")
    }
    side = items.comparator.map(SIDES)
    way = side * (numbers["goal"] - numbers["start"])
    deduct = items.rule == DEDUCT
    found = [
        (items.item_id.duplicated() & items.item_id.notna(), "item_id", "item_twice", "考核项编号重复", "请改为不同的编号"),
        (~items.rule.isin(RULES), "rule", "unknown_rule", "计分规则不认识", "请改为：" + "、".join(RULES)),
        (side.isna(), "comparator", "unknown_comparator", "比较方式不认识", "请填写 >= 或 <="),
        (numbers["goal"].isna(), "goal", "no_goal", "没有目标值", "请填写目标值"),
        ((items.rule != VETO) & ~(numbers["full_marks"] > 0), "full_marks", "no_marks", "满分须大于 0", "请填写满分"),
        ((items.rule == VETO) & (numbers["full_marks"].fillna(0) != 0), "full_marks", "marks_of_veto", "否决项不计分", "满分请留空或填 0"),
        ((items.rule == SHARE) & ~(way > 0), "start", "start_beyond_goal", "起点须在目标的不达标一侧", "请核对起点值和目标值"),
        (deduct & ~((numbers["step"] > 0) & (numbers["marks_per_step"] > 0)), "step", "no_step", "扣分项须有大于 0 的每档幅度和每档扣分", "请填写 step 和 marks_per_step"),
    ]  # fmt: skip
    rows = [
        pd.DataFrame({"column": column, "rule": rule, "what": what, "mend": mend}, index=items.index[wrong.fillna(True).astype(bool)])
        for wrong, column, rule, what, mend in found
    ]  # fmt: skip
    return pd.concat(rows).sort_index(kind="stable")


def parts_earned(scheme: Scheme, values: np.ndarray) -> np.ndarray:
    """The part of each item's full marks, 0 to 1, that values earn: (..., I) in and out, NaN stays NaN.

    reach: all or nothing. share: of the change from start to goal. deduct: full less marks_per_step for each step short,
    parts of a step counted, not below nothing. veto: 1 where it holds, 0 where not (it carries no marks).
    """
    values = np.asarray(values, dtype=float)
    ahead = scheme.side * (values - scheme.number("goal"))
    met = ahead >= -EPSILON
    with np.errstate(invalid="ignore", divide="ignore"):
        of_change = np.clip((values - scheme.number("start")) / (scheme.number("goal") - scheme.number("start")), 0, 1)
        off = (
            scheme.number("marks_per_step")
            * np.maximum(-ahead, 0)
            / scheme.number("step")
            / scheme.number("full_marks")
        )
    rule = scheme.items.rule.to_numpy(dtype=object)
    part = np.select([rule == SHARE, rule == DEDUCT], [of_change, np.clip(1 - off, 0, 1)], met.astype(float))
    part = np.where(met, 1.0, part)
    return np.where(np.isfinite(values), part, np.nan)


def score(scheme: Scheme, figures: pd.DataFrame, area_ids: list[str]) -> pd.DataFrame:
    """Every item of every area: SCORED, areas in the order given, items in the scheme's. No marks where nothing came.

    figures: area_id, indicator_id, period, value, status and, where known, error: one a place and indicator.
    """
    items = scheme.items
    places = pd.MultiIndex.from_product([area_ids, items.item_id], names=["area_id", "item_id"]).to_frame(index=False)
    frame = places.merge(items[["item_id", "indicator_id", "full_marks"]], on="item_id").merge(
        figures[["area_id", "indicator_id", "period", "value", "status", "error"]], on=["area_id", "indicator_id"], how="left"
    )  # fmt: skip
    values = frame.value.to_numpy(dtype=float).reshape(len(area_ids), len(items))
    part = parts_earned(scheme, values)
    ahead = scheme.side * (values - scheme.number("goal"))
    full = np.nan_to_num(frame.full_marks.to_numpy(dtype=float))
    met = pd.array((ahead >= -EPSILON).ravel(), dtype="boolean")
    met[np.isnan(values).ravel()] = pd.NA
    frame = frame.assign(part=part.ravel(), met=met, full_marks=full)
    return frame.assign(marks=frame.part * full)[SCORED]


def totals(scheme: Scheme, scored: pd.DataFrame, groups: dict[str, str]) -> pd.DataFrame:
    """One row an area: TOTALS. rank within its group, ties share the better one; none where a figure is missing or a
    veto fell. marks: of the items reported; full_marks: what those could have earned."""
    veto = scored.item_id.isin(scheme.items.item_id[scheme.is_veto])
    reported = scored.value.notna()
    frame = scored.assign(
        reported_full=scored.full_marks.where(reported, 0.0),
        is_missing=~reported,
        fell=veto & (scored.met == False),  # noqa: E712 - a nullable boolean: missing is neither
        provisional=scored.status == "provisional",
    )
    sums = frame.groupby("area_id", sort=False).agg(
        marks=("marks", "sum"),
        full_marks=("reported_full", "sum"),
        missing=("is_missing", "sum"),
        vetoes=("fell", "sum"),
        is_provisional=("provisional", "any"),
    )
    sums = sums.assign(group=[groups.get(area, "") for area in sums.index])
    ranked = (sums.missing == 0) & (sums.vetoes == 0)
    rank = sums.marks.where(ranked).round(6).groupby(sums.group).rank(ascending=False, method="min")
    return sums.assign(rank=rank).reset_index()[TOTALS]


def ranks_under_other_weights(
    scheme: Scheme, scored: pd.DataFrame, groups: dict[str, str], *, seed: int, draws: int = 2000, spread: float = 0.25
) -> pd.DataFrame:
    """area_id, low, high, same: the range nine in ten draws of the weights leave each rank in, and how often it is kept.

    Weights are drawn from a Dirichlet around the scheme's own, whose typical item varies by `spread` of itself.
    Areas that are not ranked stay NaN.
    """
    carrying = ~scheme.is_veto
    weights = scheme.number("full_marks")[carrying] / np.nansum(scheme.number("full_marks")[carrying])
    # A component's relative variance is (1 - w) / (w (a + 1)): a such that the mean item has the spread asked for.
    mean = weights.mean()
    concentration = max((1 - mean) / (mean * spread**2) - 1, 1.0)
    drawn = np.random.default_rng(seed).dirichlet(concentration * weights, size=draws)
    parts = _matrix(scheme, scored, "part")[:, carrying]
    return _ranges(scheme, scored, groups, drawn @ np.nan_to_num(parts).T)


def ranks_without_each_item(scheme: Scheme, scored: pd.DataFrame, groups: dict[str, str]) -> pd.DataFrame:
    """area_id, low, high, same: best and worst rank when each item in turn is left out, and how often it is kept."""
    carrying = np.flatnonzero(~scheme.is_veto)
    marks = np.nan_to_num(_matrix(scheme, scored, "marks")[:, carrying])
    without = marks.sum(1)[None, :] - marks.T
    return _ranges(scheme, scored, groups, without, inner=(0.0, 1.0))


def ranks_under_noise(
    scheme: Scheme, scored: pd.DataFrame, groups: dict[str, str], *, seed: int, draws: int = 2000
) -> pd.DataFrame:
    """area_id, low, high, same: the same where each figure is drawn anew from its sampling error (normal; none known:
    as reported), and scored again."""
    values, error = _matrix(scheme, scored, "value"), np.nan_to_num(_matrix(scheme, scored, "error"))
    noise = np.random.default_rng(seed).standard_normal((draws, *values.shape))
    parts = parts_earned(scheme, values + noise * error)
    full = np.nan_to_num(scheme.number("full_marks"))
    return _ranges(scheme, scored, groups, np.nan_to_num(parts) @ full)


def _matrix(scheme: Scheme, scored: pd.DataFrame, column: str) -> np.ndarray:
    """(areas, items), as score() ordered them."""
    return scored[column].to_numpy(dtype=float).reshape(-1, len(scheme.items))


def _ranges(scheme, scored, groups, drawn: np.ndarray, inner: tuple[float, float] = INNER) -> pd.DataFrame:
    """Ranks of (draws, areas) totals within their groups, among those the scheme ranks, against the scheme's own rank."""
    own = totals(scheme, scored, groups)
    low, high, same = (np.full(len(own), np.nan) for _n in range(3))
    for _group, rows in own[own["rank"].notna()].groupby("group"):
        at = rows.index.to_numpy()
        score_of = drawn[:, at].round(9)
        ranks = _ranks(score_of)
        low[at], high[at] = (
            np.quantile(ranks, inner[0], axis=0, method="lower"),
            np.quantile(ranks, inner[1], axis=0, method="higher"),
        )
        same[at] = (ranks == rows["rank"].to_numpy()).mean(0)
    return pd.DataFrame({"area_id": own.area_id, "low": low, "high": high, "same": same})


def _ranks(scores: np.ndarray) -> np.ndarray:
    """The place of each score in its row, 1 the highest; equal ones share the best of their places.

    As scipy.stats.rankdata(-scores, "min", axis=1), for which the site would load all of scipy.stats at its start.
    """
    order = np.argsort(-scores, axis=1, kind="stable")
    ordered = np.take_along_axis(scores, order, axis=1)
    places = np.arange(1, scores.shape[1] + 1) * np.ones_like(scores, dtype=int)
    places[:, 1:][ordered[:, 1:] == ordered[:, :-1]] = 0
    found = np.empty_like(places)
    np.put_along_axis(found, order, np.maximum.accumulate(places, axis=1), axis=1)
    return found
