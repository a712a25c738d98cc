"""An analyst's change to one series' forecast: the model's fan moved to where the analyst says, no narrower than it was.

Everything happens on the scale the forecast was made on (models.transform): the medians are moved there and the model's
distances of the other quantiles from its median are kept, so that bounds hold and quantiles never cross by construction.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.forecasting import MEAN_WEIGHTS
from models.intervals import QUANTILE_COLUMNS
from models.transform import OFFSET_FLOOR_SHARE, OFFSET_SHARE, Scale

KINDS = ("typed", "growth", "hold", "policy", "best_quarter", "parent", "shock", "member")
FAN = ["time", "mean", *QUANTILE_COLUMNS]
MEDIAN = QUANTILE_COLUMNS.index("q0.5")
ONLY = np.array([0])  # the one series of a Scale made here
SLACK = 1e-9


REFUSALS = {
    "no_history": "the series has no figures; there is nothing to adjust from.",
    "no_forecast": "the model has no forecast after the last figure; make one first.",
    "figure_beyond": "the figure {value:g} lies beyond the bound {bound:g}; correct it first.",
    "below_bound": "{value:g} at {time:g} lies below the lower bound {bound:g}; stay within it.",
    "above_bound": "{value:g} at {time:g} lies above the upper bound {bound:g}; stay within it.",
    "no_number": "a value is no number.",
    "nothing_stated": "no median is stated; give a year and a value.",
    "stated_twice": "{time:g} is stated twice; give it one value.",
    "no_such_time": "{time:g} is no time of the forecast ({first:g} to {last:g}).",
    "bad_rate": "{rate:g} % a year leaves nothing after a year; state a rate above -100 %.",
    "bad_share": "a share of {share:g} cannot be taken; state one above 0 and up to 1.",
    "milestone_outside": "the milestone {time:g} lies outside the forecast ({first:g} to {last:g}).",
    "bad_beginning": "begin at the last figure ({first:g}) or later and before the milestone ({last:g}).",
    "no_gap": "the model reaches {goal:g} by {time:g} already ({expected:g}): there is no gap to close.",
    "no_best_quarter": "too few peers with a known pace; there is no best quarter to speak of.",
    "parent_too_short": "the parent's path does not reach from {first:g} to {last:g}.",
    "other_too_short": "the other forecast lacks years of the model's; nothing can be taken from it.",
}


class NotAdjustable(ValueError):
    """What was asked for cannot be done. slug: a key of REFUSALS; facts: the numbers its sentence names."""

    def __init__(self, slug: str, **facts: float):
        super().__init__(REFUSALS[slug].format(**facts))
        self.slug, self.facts = slug, facts


@dataclass(frozen=True)
class Start:
    """What an adjustment starts from.

    fan: the model's forecast, FAN columns, rising times, all after the last figure. history: time, value, rising times,
    nothing missing. lower, upper: the indicator's bounds, NaN where there is none. side: +1 where more is better, -1
    where less is, 0 where a level is to be held.
    """

    fan: pd.DataFrame
    history: pd.DataFrame
    lower: float
    upper: float
    side: int
    scale: Scale

    @property
    def last_time(self) -> float:
        """When the newest figure stands."""
        return float(self.history["time"].iloc[-1])

    @property
    def last_value(self) -> float:
        """The newest figure."""
        return float(self.history["value"].iloc[-1])

    def forward(self, value) -> np.ndarray:
        """Values of the series on the transformed scale."""
        return self.scale.forward(np.asarray(value, dtype=float), ONLY)

    def backward(self, z) -> np.ndarray:
        """The inverse of forward, never outside the bounds."""
        return self.scale.backward(np.asarray(z, dtype=float), ONLY)


def start_of(fan: pd.DataFrame, history: pd.DataFrame, lower: float, upper: float, side: int) -> Start:
    """A Start on the scale of the series' own figures.

    fan: FAN columns; history: time, value. Any order; rows without a value are left out. lower, upper: NaN for none.
    Raises ValueError for a fan or a history without rows, a forecast of a time that has its figure, a figure outside its
    bounds.
    """
    history = history[["time", "value"]].dropna().sort_values("time", ignore_index=True).astype(float)
    fan = fan[FAN].sort_values("time", ignore_index=True).astype(float)
    if history.empty:
        raise NotAdjustable("no_history")
    fan = fan[fan["time"] > history["time"].iloc[-1] + SLACK].reset_index(drop=True)
    if fan.empty:
        raise NotAdjustable("no_forecast")
    lower, upper = (float("nan") if bound is None else float(bound) for bound in (lower, upper))
    value = history["value"].to_numpy()
    for bound, beyond in ((lower, value < lower - SLACK), (upper, value > upper + SLACK)):
        if beyond.any():
            raise NotAdjustable("figure_beyond", value=value[beyond][0], bound=bound)
    return Start(fan, history, lower, upper, int(side), scale_of_series(value, lower, upper))


def scale_of_series(value: np.ndarray, lower: float, upper: float) -> Scale:
    """The scale of one series by its own figures, as models.transform.scale_of has it for a panel."""

    def offset(distance: np.ndarray) -> float:
        positive = distance[distance > 0]
        between = upper - lower if np.isfinite(upper - lower) else 1.0
        usual = np.median(positive) if len(positive) else between
        return max(OFFSET_SHARE * float(np.median(distance)), OFFSET_FLOOR_SHARE * float(usual))

    offsets = [offset(value - lower) if np.isfinite(lower) else np.nan]
    offsets.append(offset(upper - value) if np.isfinite(upper) else np.nan)
    return Scale(*(np.array([number]) for number in (lower, upper, *offsets)))


def typed(start: Start, medians: pd.DataFrame) -> pd.DataFrame:
    """Medians stated at some times of the fan (columns time, value; unit of the indicator).

    Between the last figure and the stated ones: straight on the transformed scale. After the last stated one: the
    model's own damped pace. ValueError for a time the fan has not, a time stated twice, a value beyond a bound.
    """
    medians = medians.astype(float).sort_values("time", ignore_index=True)
    if medians.empty or medians.isna().any(axis=None):
        raise NotAdjustable("nothing_stated")
    times, stated = start.fan["time"].to_numpy(), medians["time"].to_numpy()
    if (np.diff(stated) < SLACK).any():
        raise NotAdjustable("stated_twice", time=stated[1:][np.diff(stated) < SLACK][0])
    strange = stated[[not np.isclose(times, time).any() for time in stated]]
    if len(strange):
        raise NotAdjustable("no_such_time", time=strange[0], first=times[0], last=times[-1])
    value = medians["value"].to_numpy()
    _refuse_beyond(start, stated, value)
    model = _model_z(start)[:, MEDIAN]
    knots = np.concatenate([[start.last_time], stated])
    z = np.interp(times, knots, np.concatenate([start.forward([start.last_value]), start.forward(value)]))
    after = times > stated[-1] + SLACK
    last = np.flatnonzero(np.isclose(times, stated[-1]))[0]
    return with_medians(start, np.where(after, z + model - model[last], z))


def growth(start: Start, rate: float, *, is_percent: bool, towards_goal: bool = False) -> pd.DataFrame:
    """From the last figure on so much a year: percent of the year before, or points of the indicator's unit.

    towards_goal: a positive rate leads towards the goal, whichever way that is; else upwards. ValueError where the
    rate leads beyond a bound, naming the first time that would.
    """
    if not np.isfinite(rate):
        raise NotAdjustable("no_number")
    if towards_goal and start.side < 0:
        rate = -rate
    if is_percent and rate <= -100:
        raise NotAdjustable("bad_rate", rate=rate)
    times = start.fan["time"].to_numpy()
    years = times - start.last_time
    value = start.last_value * (1 + rate / 100) ** years if is_percent else start.last_value + rate * years
    _refuse_beyond(start, times, value)
    return with_medians(start, start.forward(value))


def hold(start: Start) -> pd.DataFrame:
    """Everything stays at the last figure."""
    return with_medians(start, np.repeat(start.forward([start.last_value]), len(start.fan)))


def policy(start: Start, *, begins: float, share: float, goal: float, goal_time: float) -> pd.DataFrame:
    """A policy that begins at a time and by the milestone closes a share of the gap the model leaves to the goal.

    The share is of the gap in the indicator's unit, between the model's median at goal_time and goal; the shift grows
    evenly from `begins` to goal_time on the transformed scale and stays. Before `begins` nothing changes.
    ValueError: share not above 0 and up to 1; begins not before goal_time; goal_time outside the forecast; goal beyond a
    bound; no gap, because the model's median reaches the goal.
    """
    if not 0 < share <= 1:
        raise NotAdjustable("bad_share", share=share)
    times = start.fan["time"].to_numpy()
    if not times[0] - SLACK <= goal_time <= times[-1] + SLACK:
        raise NotAdjustable("milestone_outside", time=goal_time, first=times[0], last=times[-1])
    if not start.last_time <= begins < goal_time:
        raise NotAdjustable("bad_beginning", first=start.last_time, last=goal_time)
    _refuse_beyond(start, np.array([goal_time]), np.array([goal]))
    model = _model_z(start)[:, MEDIAN]
    expected = float(np.interp(goal_time, times, start.fan["q0.5"]))
    side = start.side or np.sign(goal - expected)
    if side * (goal - expected) <= 0:
        raise NotAdjustable("no_gap", goal=goal, time=goal_time, expected=expected)
    shift = start.forward([expected + share * (goal - expected)])[0] - start.forward([expected])[0]
    return with_medians(start, model + shift * np.clip((times - begins) / (goal_time - begins), 0, 1))


def best_quarter(start: Start, pace: float) -> pd.DataFrame:
    """The pace of the best quarter of the peers (unit a year, positive towards the goal), from the last figure on.

    The pace is taken as it is at the last figure and kept on the transformed scale: near a bound it slows by itself.
    """
    if not np.isfinite(pace):
        raise NotAdjustable("no_best_quarter")
    a_year = start.scale.slope(np.array([start.last_value]), ONLY)[0] * pace * (start.side or 1)
    return with_medians(start, start.forward([start.last_value])[0] + a_year * (start.fan["time"] - start.last_time))


def follow(start: Start, path: pd.DataFrame) -> pd.DataFrame:
    """The parent's path: from the last figure on, the changes the parent makes, on the transformed scale.

    path: time, value of the parent (figures and medians of its forecast), reaching from the last figure's time to the
    fan's end, or ValueError; the same bounds.
    """
    path = path[["time", "value"]].dropna().sort_values("time")
    times = start.fan["time"].to_numpy()
    if path.empty or path["time"].iloc[0] > start.last_time + SLACK or path["time"].iloc[-1] < times[-1] - SLACK:
        raise NotAdjustable("parent_too_short", first=start.last_time, last=times[-1])
    z = start.forward(path["value"])
    parent = np.interp(np.append(start.last_time, times), path["time"], z)
    return with_medians(start, start.forward([start.last_value])[0] + parent[1:] - parent[0])


def blend(start: Start, other: pd.DataFrame, share: float = 1.0) -> pd.DataFrame:
    """The medians of another forecast of the series (FAN columns), or between the two: share 1 is all the other's.

    The width is the wider of the two. ValueError for a share that is none, and where the other lacks a time of the fan.
    """
    if not 0 < share <= 1:
        raise NotAdjustable("bad_share", share=share)
    other = other.set_index("time").reindex(start.fan["time"])
    if other["q0.5"].isna().any():
        raise NotAdjustable("other_too_short")
    theirs, ours = _z_of(start, other.reset_index()), _model_z(start)
    centre = share * theirs[:, MEDIAN] + (1 - share) * ours[:, MEDIAN]
    return _fan_of(start, centre, _widest(_distances(start, other.reset_index()), _distances(start, start.fan)))


def with_medians(start: Start, z: np.ndarray) -> pd.DataFrame:
    """The model's fan around other medians (transformed scale, one a time of the fan)."""
    return _fan_of(start, np.asarray(z, dtype=float), _distances(start, start.fan))


def _fan_of(start: Start, centre: np.ndarray, distances: np.ndarray) -> pd.DataFrame:
    quantiles = np.maximum.accumulate(start.backward(centre[:, None] + distances), axis=1)
    fan = pd.DataFrame(quantiles, columns=QUANTILE_COLUMNS)
    fan.insert(0, "time", start.fan["time"].to_numpy())
    fan.insert(1, "mean", quantiles @ MEAN_WEIGHTS)
    return fan


def _z_of(start: Start, fan: pd.DataFrame) -> np.ndarray:
    return start.forward(fan[QUANTILE_COLUMNS].to_numpy(float))


def _model_z(start: Start) -> np.ndarray:
    return _z_of(start, start.fan)


def _distances(start: Start, fan: pd.DataFrame) -> np.ndarray:
    """How far every quantile lies from the median, transformed scale.

    A quantile that stands on a bound lost its distance there: it takes that of its counterpart on the other side, or
    moving away from the bound would make the fan narrower than the model's.
    """
    z = _z_of(start, fan)
    distance = z - z[:, [MEDIAN]]
    value = fan[QUANTILE_COLUMNS].to_numpy(float)
    cut = (value <= start.lower + SLACK) | (value >= start.upper - SLACK)
    mirrored = -distance[:, ::-1]
    return np.where(cut & (np.abs(mirrored) > np.abs(distance)), mirrored, distance)


def _widest(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.where(np.abs(one) >= np.abs(other), one, other)


def _refuse_beyond(start: Start, times: np.ndarray, value: np.ndarray) -> None:
    if not np.isfinite(value).all():
        raise NotAdjustable("no_number")
    for bound, beyond, slug in (
        (start.lower, value < start.lower - SLACK, "below_bound"),
        (start.upper, value > start.upper + SLACK, "above_bound"),
    ):
        if beyond.any():
            first = np.flatnonzero(beyond)[0]
            raise NotAdjustable(slug, time=times[first], value=value[first], bound=bound)


def moved_far(then: pd.DataFrame, now: pd.DataFrame, at: float | None = None) -> bool:
    """Whether the model's median changed by more than half of its 80 % width between two fans (FAN columns).

    at: the time to compare at; None, or a time one of them lacks: the last they have in common. False where there is none.
    """
    both = then.merge(now, on="time", suffixes=("", "_now")).sort_values("time")
    if both.empty:
        return False
    chosen = both[np.isclose(both["time"], at)] if at is not None else both.iloc[:0]
    row = (chosen if len(chosen) else both).iloc[-1]
    return bool(abs(row["q0.5_now"] - row["q0.5"]) > (row["q0.9"] - row["q0.1"]) / 2)


def put_in_force(model: pd.DataFrame, adjusted: pd.DataFrame) -> pd.DataFrame:
    """The forecasts in force: the model's, and an analyst's in their place where there is one; a column says which.

    model, adjusted: indicator_id, area_id and FAN columns (more in model are kept out of what is replaced). Times of an
    adjusted fan that the model does not forecast (any more) are left out; of the model's that it lacks, the model's stay.
    Gives model's rows with the column version: model or adjusted.
    """
    keys = ["indicator_id", "area_id", "time"]
    model = model.reset_index(drop=True)
    place = pd.MultiIndex.from_frame(adjusted[keys]).get_indexer(pd.MultiIndex.from_frame(model[keys]))
    replaced = place >= 0
    values = model[FAN[1:]].to_numpy(float)
    values[replaced] = adjusted[FAN[1:]].to_numpy(float)[place[replaced]]
    version = np.where(replaced, "adjusted", "model").astype(object)
    return model.assign(**dict(zip(FAN[1:], values.T, strict=True)), version=pd.Series(version, dtype=object))
