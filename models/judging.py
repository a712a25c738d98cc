"""Judge every target for every area: three marks and a sentence. Frames in, a frame out; arrays in between."""

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from models import sentences
from models.bounds import Bounds, bounds_of
from models.branches import OTHER_BRANCH, choose_branches, units_of_wholes
from models.flags import peer_pace
from models.pairs import PLAN_BAR, UNIT, WHOLE, Pairs, make_pairs
from models.probability import POINTS_FOR_REFERENCE
from models.rates import ADDITIVE_UNITS, roll_up
from models.reasons import LONGEST, SEPARATOR
from models.rule_probability import ENDLESS, chances_of
from models.sentence_facts import facts
from models.series import TIME_STEP, SeriesSet, build_series, time_of
from models.status import ACHIEVED, BEHIND, CANNOT_JUDGE, ON_COURSE, REVERSING, SLOW, STATUSES
from models.targets import Targets, read_targets_frame
from models.units import unit_of

MARKS = [
    "target_id", "area_id", "indicator_id", "action_id", "status", "reason", "period", "time", "observed",
    "figure_status", "baseline_time", "baseline_value", "path_value", "gap", "tolerance", "next_year", "next_value", "final_year", "final_value",
    "comparator", "pace_needed", "pace_seen", "p_miss", "p_miss_model", "forecast_version", "p_miss_basis", "trend", "needs_study", "is_noisy",
    "units_failing", "sentence_zh", "sentence_en",
]  # fmt: skip

EVENTS_TO_FORECAST = 10  # half of the 20 below which a rate is called unreliable (NCHS), over five years together
POINTS_OF_TREND = 5
WHOLE_YEAR = 4  # letters of a period that is a year
LIKELY, UNLIKELY = 2 / 3, 1 / 3  # of missing: beyond these a mark that says otherwise goes to the analysts
SMALL = ("township", "village")  # too small for the plain trend test
FAILING = (SLOW, BEHIND, REVERSING)
FIRST_FAILING, CANNOT = STATUSES.index(SLOW), STATUSES.index(CANNOT_JUDGE)
REVERSES, WORST_OF_A_WHOLE = STATUSES.index(REVERSING), STATUSES.index(BEHIND)


def judge(
    targets: pd.DataFrame,
    observations: pd.DataFrame,
    areas: pd.DataFrame,
    *,
    as_of: date,
    forecasts: pd.DataFrame | None,
    indicators: pd.DataFrame | None,
    model_forecasts: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The marks of every target and area: the columns of MARKS, one row each, targets in order, areas by code.

    targets: one row per milestone (data_access.plans.read_targets); an area_id column that is filled judges that target
        for that area alone; baseline_value where stated.
    observations: indicator_id, area_id, period, time, value[, numerator, denominator, lower, upper, status,
        series_break], each series and period once. NaN is "not reported"; series_break: the definition changed with
        this figure, earlier ones are not used.
    areas: area_id, level, parent_id, is_unit, name_zh, name_en. The one without a parent among them is the plan's area.
        Those with is_former are no longer there: they are not judged, and their figures are only added up
        (models.rates.carry_merged).
    forecasts: indicator_id, area_id, time, QUANTILE_COLUMNS at least for forecast_years(targets); None: no
        probabilities. They are the ones in force: rows whose version (a column that may be absent) is adjusted are an
        analyst's, and model_forecasts then holds what the model says of every series. p_miss is by the ones in force,
        p_miss_model by the model's, and forecast_version says whether an adjustment bears on the mark.
    indicators: indicator_id, unit, decimals, within_year; None: units as the targets give them, every figure a level.
    Raises ValueError for observations that hold a series and period twice.
    """
    again = observations.duplicated(["indicator_id", "area_id", "period"])
    if again.any():
        twice = observations[again].iloc[0]
        raise ValueError(f"{twice.indicator_id} of {twice.area_id} for {twice.period} comes twice; keep one figure.")
    demanded = read_targets_frame(targets)
    if not len(demanded):
        return pd.DataFrame(columns=MARKS)
    series = known_series(demanded, observations, areas, indicators, as_of)
    pairs = make_pairs(demanded, areas, series.keys)
    bounds = bounds_of(demanded, pairs, series, as_of)
    marks = _first_marks(demanded, pairs, series, bounds)
    floors = floors_of(demanded, pairs)
    marks = _improve_too(marks, floors)  # each unit first, then the areas above them
    marks = choose_branches(marks, demanded, pairs, series)
    units_of = units_of_wholes(marks, demanded, pairs)
    known = (marks, demanded, pairs, series, bounds)
    chances = chances_of(*known, forecasts, floors=floors, units_of=units_of)
    marks = marks.assign(p_miss=chances.p_miss, p_miss_basis=chances.basis, p_miss_year=chances.year)
    if model_forecasts is not None:
        chances = chances_of(*known, model_forecasts, floors=floors, units_of=units_of)
    marks = _with_versions(marks, chances.p_miss, forecasts)
    marks = _pass_on_units(marks, demanded, pairs, units_of)
    marks["needs_study"] = disagree(marks.status, marks.p_miss)
    return _finish(marks, demanded, pairs, bounds, areas, decimals_shown(demanded, indicators))


def known_series(
    targets: Targets, observations: pd.DataFrame, areas: pd.DataFrame, indicators: pd.DataFrame | None, as_of: date
) -> SeriesSet:
    """The series behind the targets, with the figures of wholes added up from their parts where they have none."""
    of_targets = targets.frame.drop_duplicates("indicator_id").set_index("indicator_id")
    units = of_targets.unit
    if "benchmark_indicator_id" in targets.frame:
        others = targets.frame[targets.frame.benchmark_indicator_id.notna()].drop_duplicates("benchmark_indicator_id")
        others = others.set_index("benchmark_indicator_id").unit
        units = pd.concat([units, others[~others.index.isin([*units.index, ""])]])
    decimals = units.map(lambda unit: unit_of(unit).decimals)
    if indicators is not None and len(indicators):
        own = indicators.drop_duplicates("indicator_id").set_index("indicator_id")
        units = own.unit.reindex(units.index).fillna(units)
        decimals = own.decimals.reindex(units.index).fillna(decimals) if "decimals" in own else decimals
    hint = pd.Series(targets.rounding_hint, index=targets.frame.indicator_id).groupby(level=0).max()
    decimals = np.maximum(decimals.astype(float), hint.reindex(decimals.index).astype(float))
    figures = observations[observations.indicator_id.isin(units.index)]
    numbers = ("time", "value", "numerator", "denominator", "lower", "upper")
    figures = figures.assign(**{name: figures[name].astype(float) if name in figures else np.nan for name in numbers})
    figures = figures if "status" in figures else figures.assign(status="final")
    shares = shares_of_units(targets)
    figures = _units_as_counts(figures, shares, areas)
    texts = {column: pd.Index(figures[column].unique()) for column in ("indicator_id", "area_id", "period", "status")}
    texts["area_id"] = texts["area_id"].union(pd.Index(areas.area_id))
    texts["status"] = texts["status"].union(pd.Index(["final", "provisional"]))
    figures = _as_categories(figures.assign(is_rolled_up=False), texts)
    added_up = _as_categories(roll_up(figures, areas, units), texts)
    figures = pd.concat([figures, added_up], ignore_index=True) if len(added_up) else figures
    if "is_former" in areas:
        former = areas.area_id[areas.is_former.astype(bool)]
        figures, areas = figures[~figures.area_id.isin(former)], areas[~areas.is_former.astype(bool)]
    counted_out = figures.indicator_id.isin(shares)  # all units are counted: no sampling error, no test of one
    figures = figures.assign(**{name: figures[name].mask(counted_out) for name in ("numerator", "denominator")})
    # People and places are counted, not rounded: one too few is one too few.
    rounding = (10.0**-decimals).mask(units.isin(ADDITIVE_UNITS) & (decimals == 0), 0.0)
    levels = areas.drop_duplicates("area_id").set_index("area_id").level
    small = levels.index[levels.isin(SMALL)]
    return build_series(figures, indicators, units, rounding, as_of).with_pooled_trends(small, levels)


def decimals_shown(targets: Targets, indicators: pd.DataFrame | None) -> np.ndarray:
    """How many decimals each target's values are told with: the indicator's own, as on the pages, else one (none for
    what is counted); more only where a milestone has more (HIV at most 0.15 %)."""
    frame = targets.frame
    usual = frame.unit.map(lambda unit: min(unit_of(unit).decimals, 1))
    if indicators is not None and "decimals" in indicators:
        own = indicators.drop_duplicates("indicator_id").set_index("indicator_id").decimals
        usual = frame.indicator_id.map(own).astype(float).fillna(usual)
    return np.maximum(usual.to_numpy(dtype=float), targets.rounding_hint).astype(int)


def shares_of_units(targets: Targets) -> set[str]:
    """The indicators that plans use as a share of units (townships, hospitals), and as nothing else."""
    frame = targets.frame
    return set(frame.indicator_id[frame.rule == "unit_coverage"]) - set(frame.indicator_id[frame.rule == "level"])


def _units_as_counts(figures: pd.DataFrame, shares: set[str], areas: pd.DataFrame) -> pd.DataFrame:
    """A unit that says 0 or 100 % of itself is none or one of one: then the share of units can be added up.

    Only for areas with nothing below them.
    """
    plain = figures.indicator_id.isin(shares) & figures.denominator.isna() & figures.value.isin([0.0, 100.0])
    plain &= ~figures.area_id.isin(areas.parent_id.dropna())
    if not plain.any():
        return figures
    return figures.assign(
        numerator=figures.numerator.mask(plain, figures.value / 100), denominator=figures.denominator.mask(plain, 1.0)
    )


def _as_categories(figures: pd.DataFrame, texts: dict[str, pd.Index]) -> pd.DataFrame:
    """Text as categories: a million figures share a few thousand texts, and moving those about is what takes time."""
    return figures.assign(**{name: pd.Categorical(figures[name], categories=values) for name, values in texts.items()})


def forecast_years(targets: pd.DataFrame, as_of: date | None = None) -> pd.DataFrame:
    """indicator_id, year: the milestones whose probability of being missed a forecast can tell.

    as_of: also the year after this day's newest figures could be of, which demands without a date are held to.
    """
    demanded = read_targets_frame(targets)
    last = np.nanmax(np.where(np.isfinite(demanded.milestone_time), demanded.milestone_time, -np.inf), axis=1)
    following = -np.inf if as_of is None else np.floor(time_of(as_of)) + 1
    endless = np.isin(demanded.kind, ENDLESS) | demanded.recurring | demanded.from_previous_year
    last = np.where(endless, np.maximum(last, following), last)
    years = pd.DataFrame({"indicator_id": demanded.frame.indicator_id, "year": last})
    return years[np.isfinite(years.year)].drop_duplicates().reset_index(drop=True)


def forecast_history(
    targets: pd.DataFrame,
    observations: pd.DataFrame,
    areas: pd.DataFrame,
    indicators: pd.DataFrame | None,
    as_of: date,
    *,
    parts_of_years: bool = False,
) -> pd.DataFrame:
    """What forecasts of the judged series may rest on: a history frame of models.forecasting, series of 3 points and more.

    Fewer than EVENTS_TO_FORECAST cases (or things counted) in the five newest points are too few to forecast: back-tests
    on the demo missed such series by ten usual yearly changes and more. What was reported without counts is forecast.
    Arguments as in judge. Yearly figures and the newest one, sums of parts included. Bounds are the indicator's, or
    the unit's; a series that has left them (coverage above 100 % by register) has none. Shares of units are marked as
    roll-outs. parts_of_years: also the figures of the year so far of indicators that count through the year, which have
    part_of_year and are no points of the series.
    """
    demanded = read_targets_frame(targets)
    series = known_series(demanded, observations, areas, indicators, as_of)
    points = series.points.iloc[series.course_points]
    points = points[
        points.groupby(["indicator_id", "area_id"], observed=True).value.transform("size") >= POINTS_FOR_REFERENCE
    ]
    of_target = demanded.frame.drop_duplicates("indicator_id").set_index("indicator_id")
    points = points[_has_events(points, of_target.unit)]
    lower, upper = (
        of_target.unit.map(lambda unit, end=end: getattr(unit_of(unit), end)).astype(float)
        for end in ("lower", "upper")
    )
    if indicators is not None and "lower_bound" in indicators:
        own = indicators.drop_duplicates("indicator_id").set_index("indicator_id").reindex(lower.index)
        lower, upper = own.lower_bound.astype(float).fillna(lower), own.upper_bound.astype(float).fillna(upper)
    low, high = (points.indicator_id.astype(object).map(bound) for bound in (lower, upper))
    outside = (
        ((points.value < low) | (points.value > high)).groupby(points.indicator_id, observed=True).transform("any")
    )
    falling = points.indicator_id.astype(object).map(of_target.direction) == "lower_is_better"
    history = pd.DataFrame(
        {
            "series_id": points.indicator_id.astype(object) + "|" + points.area_id.astype(object),
            "indicator_id": points.indicator_id.astype(object),
            "area_id": points.area_id.astype(object),
            "time": points.time.astype(float),
            "value": points.value.astype(float),
            "lower_bound": low.mask(outside).astype(float),
            "upper_bound": high.mask(outside).astype(float),
            "direction": np.where(falling, "down", "up"),
            "numerator": points.numerator.astype(float),
            "denominator": points.denominator.astype(float),
            "roll_out": points.indicator_id.isin(shares_of_units(demanded)).astype(float),
        }
    ).reset_index(drop=True)  # fmt: skip
    return _with_parts_of_years(history, targets, observations, areas, indicators, as_of) if parts_of_years else history


def _with_parts_of_years(history, targets, observations, areas, indicators, as_of) -> pd.DataFrame:
    """The history and, after each series' points, its figures of "this year so far" with part_of_year."""
    if indicators is None or "within_year" not in indicators:
        return history
    cumulative = indicators.indicator_id[indicators.within_year == "cumulative"]
    partly = observations[observations.indicator_id.isin(cumulative)]
    if not (partly.period.astype(str).str.len() > WHOLE_YEAR).any():
        return history
    asked = read_targets_frame(targets[targets.indicator_id.isin(partly.indicator_id)])
    points = known_series(asked, partly, areas, indicators.assign(within_year="level"), as_of).points
    part = np.mod(points.time.to_numpy(dtype=float) + TIME_STEP, 1.0) - TIME_STEP
    points = points.assign(part=part.round(6))[part > 2 * TIME_STEP]
    of_series = history.drop_duplicates("series_id").set_index("series_id")
    name = points.indicator_id.astype(object) + "|" + points.area_id.astype(object)
    points, name = points[name.isin(of_series.index).to_numpy()], name[name.isin(of_series.index)]
    added = of_series.loc[name].reset_index().assign(
        time=points.time.to_numpy(dtype=float), value=points.value.to_numpy(dtype=float),
        numerator=np.nan, denominator=np.nan, part_of_year=points.part.to_numpy(dtype=float),
    )  # fmt: skip
    return pd.concat([history.assign(part_of_year=np.nan), added], ignore_index=True)


def _has_events(points: pd.DataFrame, units: pd.Series) -> pd.Series:
    """For each point, whether its series counts enough cases: by numerators, or by values that are counts themselves."""
    is_count = points.indicator_id.astype(object).map(units).isin(ADDITIVE_UNITS)
    events = points.numerator.astype(float).where(~is_count, points.value.astype(float))
    series = [points.indicator_id, points.area_id]
    newest = points.groupby(series, observed=True).time.rank(ascending=False, method="first") <= POINTS_OF_TREND
    counted = events.where(newest).groupby(series, observed=True).transform("sum", min_count=1)
    return ~(counted < EVENTS_TO_FORECAST)


def _with_versions(marks: pd.DataFrame, p_miss_model: np.ndarray, forecasts: pd.DataFrame | None) -> pd.DataFrame:
    """The model's own probability, and whether an adjusted forecast bears on the mark: its series', or its units'."""
    differs = ~np.isclose(marks.p_miss, p_miss_model, rtol=0, atol=1e-9, equal_nan=True)
    if forecasts is not None and "version" in forecasts:
        adjusted = forecasts[forecasts.version == "adjusted"]
        keys = pd.MultiIndex.from_frame(adjusted[["indicator_id", "area_id"]].drop_duplicates())
        differs |= pd.MultiIndex.from_frame(marks[["indicator_id", "area_id"]]).isin(keys)
    version = np.where(differs, "adjusted", "model").astype(object)
    return marks.assign(p_miss_model=p_miss_model, forecast_version=pd.Series(version, dtype=object))


def disagree(status: pd.Series, p_miss: pd.Series) -> pd.Series:
    """Whether rule and model contradict each other: on course yet likely to miss, or behind yet unlikely to."""
    fine, failing = status.isin([ACHIEVED, ON_COURSE]), status.isin([BEHIND, REVERSING])
    return (fine & (p_miss > LIKELY)) | (failing & (p_miss < UNLIKELY))


def _first_marks(targets: Targets, pairs: Pairs, series: SeriesSet, bounds: Bounds) -> pd.DataFrame:
    """Everything but probability, units and words."""
    frame, m = targets.frame, pairs.target
    point = np.maximum(bounds.point, 0)
    there = bounds.point >= 0
    side = targets.side[m]

    def of_point(column, missing):
        values = (
            series.points[column].to_numpy(dtype=object) if len(series.points) else np.array([missing], dtype=object)
        )
        return np.where(there, values[point], missing)

    return _with_plain_text(
        {
            "target_id": frame.target_id.to_numpy(dtype=object)[m],
            "area_id": pairs.area_id,
            "indicator_id": frame.indicator_id.to_numpy(dtype=object)[m],
            "action_id": frame.action_id.to_numpy(dtype=object)[m],
            "status": bounds.status,
            "reason": bounds.reason,
            "period": of_point("period", None),
            "time": bounds.time,
            "observed": bounds.value,
            "figure_status": of_point("status", None),
            "baseline_time": bounds.baseline_time,
            "baseline_value": bounds.baseline_value,
            "path_value": bounds.path_value,
            "gap": bounds.gap,
            "tolerance": bounds.tolerance,
            "next_year": bounds.next_year,
            "next_value": bounds.next_value,
            "final_year": bounds.final_year,
            "final_value": bounds.final_value,
            "comparator": frame.comparator.to_numpy(dtype=object)[m],
            "pace_needed": bounds.pace_needed,
            "pace_seen": bounds.pace_seen * np.where(side == 0, 1, side),
            "trend": bounds.trend,
            "is_noisy": bounds.is_noisy,
        }
    )


def _with_plain_text(columns: dict[str, np.ndarray]) -> pd.DataFrame:
    """A frame whose text stays Python text: the columns are taken apart and joined often, which that is quickest at."""
    return pd.DataFrame({name: pd.Series(values, dtype=values.dtype) for name, values in columns.items()})


def _pass_on_units(
    marks: pd.DataFrame, targets: Targets, pairs: Pairs, units_of: Mapping[int, np.ndarray]
) -> pd.DataFrame:
    """The status of an area whose every unit must pass, from the marks of its units: it fails if any of them fails.

    One township that loses ground does not make a city reverse: that takes all of them. Where only a direction is
    asked, a unit fails when it moves the wrong way; one whose figures cannot tell is none that fails, and the whole is
    on course when most of its units can be told to move the right way.
    """
    status, reason = marks.status.to_numpy(dtype=object).copy(), marks.reason.to_numpy(dtype=object).copy()
    units_failing = np.full(len(marks), None, dtype=object)
    area_id, rank = pairs.area_id, _rank(status)
    wholes = np.flatnonzero((pairs.role == WHOLE) & ~np.isin(reason, ["masked", "no_value", "no_benchmark"]))
    only_direction = np.isin(targets.kind, ["trend", "slowing"])[pairs.target]
    for whole in wholes:
        units = units_of.get(whole, np.array([], dtype=int))
        if reason[whole] == OTHER_BRANCH:
            continue
        judged = units[rank[units] < CANNOT]
        failing = judged[rank[judged] >= (FIRST_FAILING + only_direction[whole])]
        units_failing[whole] = sorted(area_id[failing]) or None
        if not len(units) or (not len(failing) and len(judged) < len(units)):
            status[whole], reason[whole] = CANNOT_JUDGE, "units_missing" if len(units) else "no_units"
        else:
            worst = min(rank[judged].max(), WORST_OF_A_WHOLE) if (rank[judged] < REVERSES).any() else REVERSES
            if only_direction[whole] and not len(failing):
                right_way = (rank[judged] < FIRST_FAILING).sum()
                worst = (
                    rank[judged].max() if 2 * right_way <= len(judged) else min(rank[judged].max(), FIRST_FAILING - 1)
                )
            status[whole], reason[whole] = STATUSES[worst], "each_unit"
    text = {"status": status, "reason": reason, "units_failing": units_failing}
    return marks.assign(**{name: pd.Series(values, dtype=object) for name, values in text.items()})


def _rank(status: np.ndarray) -> np.ndarray:
    """0 for achieved to CANNOT for what cannot be judged."""
    codes, distinct = pd.factorize(status)
    return np.array([STATUSES.index(slug) for slug in distinct], dtype=int)[codes]


def floors_of(targets: Targets, pairs: Pairs) -> pd.DataFrame:
    """position, position_floor: the marks that ask for a rise (or fall), each with a level asked of the same indicator,
    action, scope and area: "at least 90 % and rising"."""
    frame = targets.frame.iloc[pairs.target].reset_index(drop=True)
    keys = frame[["action_id", "indicator_id", "scope"]].assign(plan_id=frame.get("plan_id", ""), area_id=pairs.area_id)
    keys["position"] = np.arange(len(keys))
    by = ["plan_id", "action_id", "indicator_id", "scope", "area_id"]
    floors = keys[(frame.rule == "level").to_numpy()]
    both = keys[(frame.rule == "trend").to_numpy()].merge(floors, on=by, suffixes=("", "_floor"))
    return both[["position", "position_floor"]]


def _improve_too(marks: pd.DataFrame, both: pd.DataFrame) -> pd.DataFrame:
    """The rising half passes only where the floor holds too; both: of floors_of."""
    if not len(both):
        return marks.assign(floor_is_lost=False)
    rank = _rank(marks.status.to_numpy(dtype=object))
    both = both.assign(rank=rank[both.position_floor]).groupby("position", as_index=False)["rank"].max()
    trend, floor = both.position.to_numpy(), both["rank"].to_numpy()
    judged = (rank[trend] < CANNOT) & (floor < CANNOT)
    worse = np.maximum(rank[trend], np.where(floor >= FIRST_FAILING, floor, 0))
    status, reason = marks.status.to_numpy(dtype=object).copy(), marks.reason.to_numpy(dtype=object).copy()
    status[trend[judged]] = np.array(STATUSES, dtype=object)[worse[judged]]
    lost = np.zeros(len(marks), dtype=bool)
    lost[trend[judged & (floor >= FIRST_FAILING)]] = True
    reason[trend[judged]] = _joined(reason[trend[judged]], np.full(judged.sum(), "floor_and_trend", dtype=object))
    texts = {"status": pd.Series(status, dtype=object), "reason": pd.Series(reason, dtype=object)}
    return marks.assign(floor_is_lost=lost, **texts)


def _finish(
    marks: pd.DataFrame, targets: Targets, pairs: Pairs, bounds: Bounds, areas: pd.DataFrame, decimals: np.ndarray
) -> pd.DataFrame:
    """Say what the mark rests on, then the sentences, then the columns in their types."""
    judged = (marks.status != CANNOT_JUDGE).to_numpy()
    reason = marks.reason.to_numpy(dtype=object).copy()
    notes = [
        (pairs.role == PLAN_BAR, "plan_bar"),
        (pairs.role == UNIT, "each_unit"),
        (bounds.is_rolled_up, "rolled_up"),
        (targets.year_inferred[pairs.target], "year_inferred"),
        (bounds.baseline_is_first & (pairs.role != WHOLE), "baseline_first"),
        (bounds.is_over & (pairs.role != WHOLE), "missed"),
    ]
    for applies, slug in notes:
        rows = np.flatnonzero(applies & judged & ((slug != "missed") | marks.status.isin(FAILING).to_numpy()))
        reason[rows] = _joined(reason[rows], np.full(len(rows), slug, dtype=object))
    marks["reason"] = pd.Series(np.where(reason == "", None, reason), dtype=object)
    for name in ("next_year", "final_year", "p_miss_year"):
        marks[name] = _years(marks[name])
    told = facts(
        marks.assign(is_whole=pairs.role == WHOLE, peer_pace=peer_pace(marks)),
        targets.frame.iloc[pairs.target].reset_index(drop=True),
        areas,
        decimals[pairs.target],
    )
    for name, write in (("sentence_zh", sentences.sentence_zh), ("sentence_en", sentences.sentence_en)):
        marks[name] = pd.Series(write(told), dtype=object)
    return marks[MARKS]


def _joined(reasons: np.ndarray, added: np.ndarray) -> np.ndarray:
    """Slugs joined in one text, as long as the column holds them."""
    separator = np.where(reasons == "", "", SEPARATOR).astype(object)
    longer = reasons + separator + added
    codes, distinct = pd.factorize(longer)
    fits = np.array([len(text) <= LONGEST for text in distinct], dtype=bool)
    return np.where(fits[codes] if len(codes) else True, longer, reasons)


def _years(column: pd.Series) -> pd.Series:
    return column.where(np.isfinite(column)).round().astype("Int64")
