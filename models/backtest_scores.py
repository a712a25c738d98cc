"""How good replayed forecasts were: error, intervals, probabilities, and which indicators do better without a forecast.

Every mean over several indicators is a mean of the indicators' means, so that one with many areas does not drown the
others. Sources: MASE: Hyndman and Koehler (2006); CRPS by pinball losses, Brier score and reliability: Gneiting and
Raftery (2007), Murphy (1973).
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.backtest import LAST_COLUMNS, MILESTONE, OWN_PATH
from models.intervals import LEVELS, QUANTILE_COLUMNS

LENGTHS = {"3-4": (3, 4), "5-7": (5, 7), "8-11": (8, 11), "12+": (12, np.inf)}  # figures known at the origin
SIZES = {"<1000": (0, 1e3), "1000-9999": (1e3, 1e4), "10000-99999": (1e4, 1e5), "100000+": (1e5, np.inf)}  # people
SIZE_UNKNOWN = "unknown"

USE, EVEN, LAST_VALUE, TOO_FEW = "use", "even", "last_value", "too_few"
# The rule: an indicator whose forecasts' error (sCRPS) is clearly larger than the last value's, and at most origins, is
# forecast by its last value; it takes so many forecasts from so many origins to say anything. Between the two ratios
# nothing is clear, and what is in use stays in use: a method that changes with every report explains nothing.
RULE = {
    "measure": "scrps_ratio", "switched_off_above": 1.05, "taken_up_below": 0.97, "worse_at_origins": 0.6,
    "fewest_forecasts": 30, "fewest_origins": 3,
}  # fmt: skip
VERDICTS = {
    USE: ("预测优于最近值，可以采用", "the forecast beats the last value: use it"),
    EVEN: (
        "预测与最近值不相上下，沿用现行方法",
        "the forecast is about as good as the last value: what is in use stays",
    ),
    LAST_VALUE: (
        "预测不如最近值，应停用，直接看最近值",
        "the forecast does worse than the last value: to be switched off, read the last value",
    ),
    TOO_FEW: ("可检验的预测太少，不下结论", "too few forecasts to say"),
}
SCORES = [
    "forecasts", "series", "origins", "mase", "mase_last", "scrps", "scrps_last", "scrps_ratio", "cov80", "cov95", "bias",
]  # fmt: skip
OF_PROBABILITY = [
    "forecasts", "missed_share", "p_mean", "brier", "brier_distance", "brier_rate", "skill_distance", "skill_rate", "ece",
]  # fmt: skip
ERRORS = [
    "series_id", "indicator_id", "area_id", "origin", "horizon", "mase", "mase_last", "scrps", "scrps_last", "in80",
    "in95", "bias", "length_class", "size_class", "against", "p_miss", "p_distance", "missed",
]  # fmt: skip
MOST_RATIO = 100.0  # a ratio beyond a hundredfold, either way, counts as a hundredfold in the mean over indicators
ALL = "all"
BINS = np.arange(1, 10)  # tenths: 10 % takes in what was said from 5 to 15 %
Z_95 = 1.959964


def with_errors(replayed: pd.DataFrame) -> pd.DataFrame:
    """The rows of models.backtest.replay with their errors and classes.

    mase, scrps (and mase_last, scrps_last of the last value): absolute error of the median, and twice the mean pinball
    loss over the quantiles, over the scale; NaN where the scale is. in80, in95: whether the figure fell into the interval.
    bias: positive where the forecast was rosier than what came. length_class, size_class: keys of LENGTHS and SIZES.
    """
    actual, scale = replayed["actual"].to_numpy(float), replayed["scale"].to_numpy(float)
    ours, last = replayed[QUANTILE_COLUMNS].to_numpy(float), replayed[LAST_COLUMNS].to_numpy(float)
    slack = 1e-9 * np.maximum(np.abs(actual), 1.0)
    rosy = np.where(replayed["is_up"].astype(bool), 1.0, -1.0)
    return replayed.assign(
        mase=np.abs(actual - ours[:, 3]) / scale,
        mase_last=np.abs(actual - replayed["last"].to_numpy(float)) / scale,
        scrps=crps(actual, ours) / scale,
        scrps_last=crps(actual, last) / scale,
        in80=((actual >= ours[:, 1] - slack) & (actual <= ours[:, 5] + slack)).astype(float),
        in95=((actual >= ours[:, 0] - slack) & (actual <= ours[:, 6] + slack)).astype(float),
        bias=rosy * (ours[:, 3] - actual) / scale,
        length_class=_classes(replayed["length"], LENGTHS, closed=True),
        size_class=_classes(replayed["size"], SIZES, closed=False),
    )


def crps(actual: np.ndarray, quantiles: np.ndarray) -> np.ndarray:
    """Twice the mean pinball loss over the levels of LEVELS: (n,), (n, 7) -> (n,)."""
    miss = actual[:, None] - quantiles
    return 2 * np.maximum(LEVELS * miss, (LEVELS - 1) * miss).mean(axis=1)


def _classes(values: pd.Series, classes: dict, *, closed: bool) -> np.ndarray:
    """The class of each value; SIZE_UNKNOWN where it is missing."""
    values = values.to_numpy(float)
    inside = [(values >= low) & ((values <= high) if closed else (values < high)) for low, high in classes.values()]
    return np.select(inside, list(classes), SIZE_UNKNOWN)


def scores(errors: pd.DataFrame, by: str | None = None) -> pd.DataFrame:
    """SCORES of each value of a column (None: one row for all), indexed by it, in rising order.

    errors: of with_errors. scrps_ratio: our sCRPS over the last value's, below 1 where the forecast is better: the
    geometric mean over indicators, NaN where nothing had ever moved (both are right).
    """
    errors = errors.assign(_all=ALL)
    by = by or "_all"
    keys = [by] if by == "indicator_id" else [by, "indicator_id"]
    measured = ["mase", "mase_last", "scrps", "scrps_last", "in80", "in95", "bias"]
    means = errors.groupby(keys)[measured].mean()
    ratio = means["scrps"] / means["scrps_last"].where(means["scrps_last"] > 0)
    if by != "indicator_id":
        of_indicator = np.log(ratio.clip(1 / MOST_RATIO, MOST_RATIO))
        means, ratio = means.groupby(level=0).mean(), np.exp(of_indicator.groupby(level=0).mean())
    groups = errors.groupby(by)
    counts = pd.DataFrame(
        {"forecasts": groups.size(), "series": groups["series_id"].nunique(), "origins": groups["origin"].nunique()}
    )
    found = counts.join(means).rename(columns={"in80": "cov80", "in95": "cov95"})
    return found.assign(scrps_ratio=ratio)[SCORES]


def worse_origins(errors: pd.DataFrame) -> pd.Series:
    """By indicator: the share of origins at which the forecasts' mean sCRPS was larger than the last value's."""
    at = errors.groupby(["indicator_id", "origin"])[["scrps", "scrps_last"]].mean().dropna()
    return (at["scrps"] > at["scrps_last"]).groupby(level=0).mean()


def verdicts(by_indicator: pd.DataFrame) -> pd.Series:
    """USE, EVEN, LAST_VALUE (switched off) or TOO_FEW for each row of scores(errors, "indicator_id") with worse_origins."""
    few = (by_indicator["forecasts"] < RULE["fewest_forecasts"]) | (by_indicator["origins"] < RULE["fewest_origins"])
    ratio = by_indicator["scrps_ratio"]
    worse = (ratio > RULE["switched_off_above"]) & (by_indicator["worse_origins"] >= RULE["worse_at_origins"])
    said = np.select([few | ratio.isna(), worse, ratio < 1.0], [TOO_FEW, LAST_VALUE, USE], EVEN)
    return pd.Series(said, index=by_indicator.index, name="verdict")


def left_to_last_value(by_indicator: pd.DataFrame, before: Collection[str] = ()) -> list[str]:
    """The indicators to forecast by their last value from now on; before: those that were until now.

    One goes by the verdict LAST_VALUE, and comes back only once its forecasts are better by the margin of RULE.
    """
    said = verdicts(by_indicator)
    stays = by_indicator.index.isin(list(before)) & ~(by_indicator["scrps_ratio"] < RULE["taken_up_below"])
    return sorted(by_indicator.index[said.eq(LAST_VALUE) | stays])


def probability_scores(errors: pd.DataFrame, by: str | None = None) -> pd.DataFrame:
    """OF_PROBABILITY of each value of a column (None: one row for all), indexed by it.

    brier_distance: of the probability that knows only how far the line is today; brier_rate: of always saying the share
    that missed, at each horizon and for each kind of target, which nobody knew beforehand. skill: 1 - Brier over theirs;
    above 0 is better, NaN where theirs is 0. ece: mean distance of what was said from what came, bin by bin.
    """
    known = errors[errors["p_miss"].notna()].assign(_all=ALL)
    missed = known["missed"].astype(float)
    rate = missed.groupby([known["against"], known["horizon"]]).transform("mean")
    squares = known.assign(
        missed_share=missed,
        p_mean=known["p_miss"],
        brier=(known["p_miss"] - missed) ** 2,
        brier_distance=(known["p_distance"] - missed) ** 2,
        brier_rate=(rate - missed) ** 2,
    )
    groups = squares.groupby(by or "_all")
    found = groups[["missed_share", "p_mean", "brier", "brier_distance", "brier_rate"]].mean()
    for peer in ("distance", "rate"):
        theirs = found[f"brier_{peer}"].where(found[f"brier_{peer}"] > 0)
        found[f"skill_{peer}"] = 1 - found["brier"] / theirs
    ece = {key: calibration_error(calibration(group)) for key, group in groups}
    return found.assign(forecasts=groups.size(), ece=pd.Series(ece, dtype=float))[OF_PROBABILITY]


def calibration(errors: pd.DataFrame) -> pd.DataFrame:
    """What was said against what came, indexed by said (0.1 to 0.9): forecasts, missed, p_mean, share, low, high.

    said: the nearest tenth. share: of the forecasts that missed, with its 95 % interval (Wilson 1927), which would hold
    if the forecasts were independent. A tenth that nobody said has 0 forecasts and no share.
    """
    known = errors[errors["p_miss"].notna()]
    tenth = np.clip(np.floor(10 * known["p_miss"].to_numpy(float) + 0.5), 1, 9).astype(int)
    count = np.bincount(tenth, minlength=10)[1:]
    missed = np.bincount(tenth, known["missed"].to_numpy(float), 10)[1:]
    said = np.bincount(tenth, known["p_miss"].to_numpy(float), 10)[1:]
    n = np.where(count > 0, count, np.nan)
    share, spread = missed / n, Z_95**2 / n
    centre = (share + spread / 2) / (1 + spread)
    half = np.sqrt(spread * (share * (1 - share) + spread / 4)) / (1 + spread)
    table = {"forecasts": count, "missed": missed.astype(int), "p_mean": said / n, "share": share}
    return pd.DataFrame({**table, "low": centre - half, "high": centre + half}, index=pd.Index(BINS / 10, name="said"))


def calibration_error(table: pd.DataFrame) -> float:
    """Mean distance of what was said from what came, by the number of forecasts; NaN without any."""
    there = table[table["forecasts"] > 0]
    if there.empty:
        return float("nan")
    return float(np.average((there["p_mean"] - there["share"]).abs(), weights=there["forecasts"]))


@dataclass(frozen=True)
class Summary:
    """What a replay comes to. overall (one row), by_*: scores (by_* also skill_distance and ece of the chances,
    by_indicator worse_origins and verdict). calibration, probability: ALL, MILESTONE
    and OWN_PATH, the latter as the rows of probability_scores. probability_by_horizon: of all kinds together.
    first, last: the first and the last origin; 0 without any forecast.
    """

    overall: pd.DataFrame
    by_indicator: pd.DataFrame
    by_horizon: pd.DataFrame
    by_length: pd.DataFrame
    by_size: pd.DataFrame
    probability: pd.DataFrame
    probability_by_horizon: pd.DataFrame
    calibration: dict[str, pd.DataFrame]
    first: int
    last: int


def summary(replayed: pd.DataFrame) -> Summary | None:
    """Everything the rows of models.backtest.replay tell; None without rows."""
    return None if replayed.empty else summary_of_errors(with_errors(replayed))


def summary_of_errors(errors: pd.DataFrame) -> Summary | None:
    """The same of rows with their errors (with_errors; ERRORS are enough), as they may have been kept."""
    if errors.empty:
        return None
    by_indicator = scores(errors, "indicator_id").assign(worse_origins=worse_origins(errors))
    kinds = {ALL: errors, **{kind: errors[errors["against"] == kind] for kind in (MILESTONE, OWN_PATH)}}
    return Summary(
        overall=scores(errors),
        by_indicator=_with_skill(by_indicator.assign(verdict=verdicts(by_indicator)), errors, "indicator_id"),
        by_horizon=_with_skill(scores(errors, "horizon"), errors, "horizon"),
        by_length=_in_order(_with_skill(scores(errors, "length_class"), errors, "length_class"), LENGTHS),
        by_size=_in_order(_with_skill(scores(errors, "size_class"), errors, "size_class"), [*SIZES, SIZE_UNKNOWN]),
        probability=pd.concat([probability_scores(errors), probability_scores(errors, "against")]),
        probability_by_horizon=probability_scores(errors, "horizon"),
        calibration={kind: calibration(rows) for kind, rows in kinds.items()},
        first=int(errors["origin"].min()),
        last=int(errors["origin"].max()),
    )


def _with_skill(table: pd.DataFrame, errors: pd.DataFrame, by: str) -> pd.DataFrame:
    """The scores and, of the chances of missing, skill_distance and ece (probability_scores); NaN where none was made."""
    return table.join(probability_scores(errors, by)[["skill_distance", "ece"]])


def _in_order(table: pd.DataFrame, classes) -> pd.DataFrame:
    return table.loc[[name for name in classes if name in table.index]]


def telling_bin(table: pd.DataFrame, *, asked: float = 0.7, fewest: int = 10) -> float | None:
    """The tenth to speak of: 70 % where so many forecasts said so, else what most forecasts said; None without any.

    table: of calibration. Always the same question, so that the sentence is not picked for how well it sounds.
    """
    at = table.index[np.isclose(table.index, asked)][0]
    if table["forecasts"][at] >= fewest:
        return float(at)
    return float(table["forecasts"].idxmax()) if table["forecasts"].sum() else None
