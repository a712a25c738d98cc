"""Forecasts made again from what was known at the end of past years, beside what then came (rolling origin).

Nothing of the years after an origin reaches the forecast made there: the forecaster is fitted anew on the figures up to
it. The figures are those in force now, corrections included, so the replay is a little kinder than the past was.
Source of the design: Tashman (2000), Out-of-sample tests of forecasting accuracy, Int. J. Forecasting 16, 437-450.
"""

import numpy as np
import pandas as pd
from scipy.special import ndtri

from models.forecasting import Forecaster
from models.intervals import LEVELS, QUANTILE_COLUMNS
from models.pairs import WHOLE, make_pairs
from models.panel import group_median
from models.probability import POINTS_FOR_REFERENCE, probability_of_missing
from models.series import TIME_STEP
from models.targets import read_targets_frame

HORIZONS = (1, 2, 3, 4, 5)
# The last value: a random walk, as wide as the series' past yearly steps, but at least a quarter of its peers' usual one.
LAST_COLUMNS = [f"last_{column}" for column in QUANTILE_COLUMNS]
LEAST_SHARE_OF_STEP = 0.25
POINTS_OF_BASELINE, IMPROVING_PEERS = 3, 3
MILESTONE, OWN_PATH = "milestone", "own_path"
REPLAYED = [
    "series_id", "indicator_id", "area_id", "origin", "horizon", "length", "size", "is_up", "actual", "last", "scale",
    *QUANTILE_COLUMNS, *LAST_COLUMNS, "against", "comparator", "target", "p_miss", "p_distance", "missed",
]  # fmt: skip


def replay(
    history: pd.DataFrame, milestones: pd.DataFrame | None = None, *, horizons: tuple[int, ...] = HORIZONS
) -> pd.DataFrame:
    """One row per series, past origin and horizon with a figure to hold it against: the columns of REPLAYED.

    history: of models.forecasting; optionally size (people behind each row's figure). Figures of part years are left out.
    milestones: MILESTONES columns; None: everything is held against its own path (see own_path).
    A series takes part at an origin for which it has a figure, and with at least POINTS_FOR_REFERENCE figures up to it.
    scale: the series' mean yearly change before the origin, at least a quarter of its indicator's median; NaN where
    nothing of the indicator had ever moved. p_miss: the forecast's probability of missing the target; p_distance: the
    last value's, which knows only how far the line is today. missed: whether the target was missed.
    """
    yearly = history[np.abs(history["time"] - np.round(history["time"])) < TIME_STEP]
    yearly = yearly[yearly["value"].notna()].sort_values(["series_id", "time"], kind="stable").reset_index(drop=True)
    yearly = yearly.assign(time=np.round(yearly["time"]), known=yearly.groupby("series_id").cumcount() + 1)
    origins = np.sort(yearly["time"][yearly["known"] >= POINTS_FOR_REFERENCE].unique())[:-1]
    made = [_forecasts_at(yearly, origin, horizons) for origin in origins]
    made = [frame for frame in made if len(frame)]
    if not made:
        return pd.DataFrame(columns=REPLAYED)
    return _with_probabilities(pd.concat(made, ignore_index=True), milestones)[REPLAYED]


def _forecasts_at(yearly: pd.DataFrame, origin: float, horizons: tuple[int, ...]) -> pd.DataFrame:
    """The forecasts made at the end of one year, with the figures that came and each area's own path."""
    known = yearly[yearly["time"] <= origin]
    start = known[(known["time"] == origin) & (known["known"] >= POINTS_FOR_REFERENCE)].set_index("series_id")
    later = yearly[yearly["time"].isin(origin + np.array(horizons)) & yearly["series_id"].isin(start.index)]
    if later.empty:
        return pd.DataFrame()
    fitted = Forecaster().fit(known)
    series = fitted.panel_.series_ids.get_indexer(later["series_id"])
    horizon = later["time"].to_numpy() - origin
    at = start.loc[later["series_id"]]
    is_up = later["direction"].eq("up").to_numpy()
    mean_step, root_step = (step[series] for step in usual_steps(fitted.panel_))
    frame = pd.DataFrame(
        {
            "series_id": later["series_id"].to_numpy(),
            "indicator_id": later["indicator_id"].to_numpy(),
            "area_id": later["area_id"].to_numpy(),
            "origin": int(origin),
            "horizon": horizon.astype(int),
            "length": at["known"].to_numpy(int),
            "size": at["size"].to_numpy(float) if "size" in at else np.nan,
            "is_up": is_up,
            "actual": later["value"].to_numpy(float),
            "last": at["value"].to_numpy(float),
            "scale": np.where(mean_step > 0, mean_step, np.nan),
            "lower": fitted.panel_.lower[series],
            "upper": fitted.panel_.upper[series],
            "own_path": own_path(fitted, series, horizon, is_up),
        }
    )
    frame[QUANTILE_COLUMNS] = fitted.predict(later[["series_id", "time"]])[QUANTILE_COLUMNS].to_numpy()
    spread = root_step * np.sqrt(horizon)
    frame[LAST_COLUMNS] = frame["last"].to_numpy()[:, None] + spread[:, None] * ndtri(LEVELS)
    return frame


def usual_steps(panel) -> tuple[np.ndarray, np.ndarray]:
    """Mean absolute yearly change, and root mean square of the yearly steps, of each series: (series,) arrays.

    Neither is less than LEAST_SHARE_OF_STEP of the indicator's median. Steps over several years count by the year, and
    in the mean square by the root of their length, as a random walk's do.
    """
    same = panel.series_of_row[1:] == panel.series_of_row[:-1]
    series = panel.series_of_row[1:][same]
    years = (np.diff(panel.time_of_row)[same]) / panel.steps_per_year[series]
    change = np.diff(panel.value_of_row)[same]
    n, count = len(panel.series_ids), np.maximum(np.bincount(series, minlength=len(panel.series_ids)), 1)
    mean = np.bincount(series, np.abs(change) / years, n) / count
    root = np.sqrt(np.bincount(series, change**2 / years, n) / count)
    floored = []
    for step in (mean, root):
        usual = group_median(step, panel.indicator, len(panel.indicator_ids))[panel.indicator]
        floored.append(np.maximum(step, LEAST_SHARE_OF_STEP * usual))
    return floored[0], floored[1]


def own_path(fitted: Forecaster, series: np.ndarray, horizon: np.ndarray, is_up: np.ndarray) -> np.ndarray:
    """A target of an area's own: its last three figures' mean, moved on at the pace of the median improving peer.

    On the transformed scale, where the bounds hold. Fewer than three improving peers: the mean is to be held. Who will
    keep such a path is much harder to tell than who will pass one line common to all.
    """
    panel = fitted.panel_
    back = np.arange(POINTS_OF_BASELINE)
    rows = np.maximum(panel.last[:, None] - back, panel.first[:, None])
    there = panel.last[:, None] - back >= panel.first[:, None]
    baseline = (fitted.z_[rows] * there).sum(axis=1) / there.sum(axis=1)
    sign = np.zeros(len(panel.series_ids))
    sign[series] = np.where(is_up, 1.0, -1.0)
    improving = np.where(sign * fitted.pace_.own[panel.last] > 0, np.abs(fitted.pace_.own[panel.last]), np.nan)
    n = len(panel.indicator_ids)
    enough = np.bincount(panel.indicator, np.isfinite(improving), n) >= IMPROVING_PEERS
    pace = np.where(enough, np.nan_to_num(group_median(improving, panel.indicator, n)), 0.0)[panel.indicator]
    moved = baseline[series] + sign[series] * pace[series] * horizon * panel.steps_per_year[series]
    return fitted.scale_.backward(moved, series)


def milestones_of(targets: pd.DataFrame, areas: pd.DataFrame, history: pd.DataFrame) -> pd.DataFrame:
    """The dated values each area is held to, as judging holds it: indicator_id, area_id, year, comparator, value.

    targets: milestone rows (data_access.plans.read_targets); areas: as for models.judging.judge; history: whose series
    are asked for. Of two milestones for one year the plan's first. Changes and trends are no values and left out.
    """
    if "is_former" in areas:  # merged into others: nothing is asked of them any more
        areas = areas[~areas["is_former"].astype(bool)]
    demanded = read_targets_frame(targets)
    observed = pd.MultiIndex.from_frame(history[["indicator_id", "area_id"]].drop_duplicates())
    pairs = make_pairs(demanded, areas, observed)
    usable = (demanded.kind == "bound") & (demanded.side != 0) & (demanded.blocked == "")
    kept = usable[pairs.target] & (pairs.role != WHOLE)
    m, area = pairs.target[kept], pairs.area_id[kept]
    nth, order = np.nonzero(np.isfinite(demanded.milestone_time[m]) & np.isfinite(demanded.milestone_value[m]))
    comparators = np.array([["<=", "<"], [">=", ">"]], dtype=object)
    side, strict = (demanded.side > 0).astype(int), demanded.strict.astype(int)
    frame = pd.DataFrame(
        {
            "indicator_id": demanded.frame["indicator_id"].to_numpy(dtype=object)[m[nth]],
            "area_id": area[nth],
            "year": demanded.milestone_time[m[nth], order].astype(int),
            "comparator": comparators[side, strict][m[nth]],
            "value": demanded.milestone_value[m[nth], order],
        }
    )
    return frame.drop_duplicates(["indicator_id", "area_id", "year"]).reset_index(drop=True)


def _with_probabilities(frame: pd.DataFrame, milestones: pd.DataFrame | None) -> pd.DataFrame:
    """The target of every forecast, both probabilities of missing it, and whether it was missed."""
    key = ["indicator_id", "area_id", "year"]
    frame = frame.assign(year=frame["origin"] + frame["horizon"], comparator=None, value=np.nan)
    if milestones is not None and len(milestones):
        frame = frame.drop(columns=["comparator", "value"]).merge(milestones, on=key, how="left")
    dated = frame["value"].notna().to_numpy()
    own = np.where(frame["is_up"], ">=", "<=")
    comparator = np.where(dated, frame["comparator"].to_numpy(dtype=object), own.astype(object))
    target = np.where(dated, frame["value"].to_numpy(float), frame["own_path"].to_numpy(float))
    last = frame[LAST_COLUMNS].set_axis(QUANTILE_COLUMNS, axis=1)
    within = {"lower": frame["lower"].fillna(-np.inf), "upper": frame["upper"].fillna(np.inf)}
    frame = frame.assign(
        against=np.where(dated, MILESTONE, OWN_PATH),
        comparator=comparator,
        target=target,
        p_miss=probability_of_missing(frame, comparator, target),
        p_distance=probability_of_missing(last, comparator, target),
        missed=is_missed(frame["actual"].to_numpy(float), comparator, target),
    )
    frame[LAST_COLUMNS] = frame[LAST_COLUMNS].clip(within["lower"], within["upper"], axis=0)
    return frame


def is_missed(actual: np.ndarray, comparator: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Whether each figure misses its target; a figure within rounding of the target stands on it."""
    equal = np.isclose(actual, target, rtol=1e-9, atol=1e-12)
    short = np.where(np.isin(comparator, [">=", ">"]), actual < target, actual > target)
    return np.where(equal, np.isin(comparator, [">", "<"]), short)
