"""What a map is asked for (indicator, level, period, colours) and what it answers with: figures, classes, a finding."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dashboards import data, map_colours, map_figures, map_geometry, map_subjects, map_values
from dashboards.map_colours import BY_CHANCE, BY_CHANGE, BY_STATUS, BY_VALUE, MIXED
from models.units import UNITS

LEVELS = ("province", "prefecture", "county", "township", "village")  # largest first; below the place the map is of
FALLING = ("reversing", "behind")
EACH_AREA, NO_SHAPES = "each", ""  # in the place of a layer's file
MOST_AREAS = 2000  # read in all periods; 14,000 figures of seven years place a quintile within a hundredth
ENOUGH = 0.5  # of the areas: the period a map opens on has at least this share reported


@dataclass(frozen=True)
class Choice:
    """What is shown. levels, periods: what can be shown instead, largest and newest first; period "" without figures.

    since: the earlier period a map of change starts from; "" where there is none.
    """

    plan: dict
    place: str
    indicator: dict
    level: str
    period: str
    colour: str
    levels: tuple[str, ...]
    periods: tuple[str, ...]
    since: str = ""

    @property
    def indicator_id(self) -> str:
        return self.indicator["indicator_id"]


@dataclass(frozen=True)
class Answer:
    """What the map of a choice shows.

    figures: area_id, the columns of map_figures.shape_figures, status, chance (key of its band), p_miss, change (since the
    earlier period), position (in the legend); a row per shape, in the file's order. rows: the same per area, with gap
    (positive is better), is_rolled_up, name_zh, name_en, parent_id, parent_zh, parent_en. legend: map_values.counted.
    limit: the milestone the period is held against, or None. layer, seats: map_geometry's, or None.
    """

    choice: Choice
    figures: pd.DataFrame
    rows: pd.DataFrame
    legend: list[dict]
    entries: list[map_values.Entry]
    limit: pd.Series | None
    layer: dict | None
    seats: dict | None
    lower_is_better: bool

    @property
    def is_neutral(self) -> bool:
        """Whether high is neither better nor worse than low."""
        return self.limit is None and self.choice.indicator["default_direction"] == map_subjects.HOLD


def choose(state: Mapping[str, str]) -> Choice | None:
    """The choice an address stands for, with defaults for what it leaves out or what is not there. None: no plan."""
    plan = data.plan(state.get("plan"))
    if plan is None:
        return None
    offered = map_indicators(plan["plan_id"])
    if offered.empty:
        return None
    indicator = _asked(state.get("indicator"), offered) or data.indicator(most_behind(plan["plan_id"]))
    place = data.place(plan["plan_id"], None)["area_id"]
    levels = reported_levels(indicator["indicator_id"], place)
    level = state.get("level") if state.get("level") in levels else (levels or ("county",))[0]
    years = map_years(indicator["indicator_id"], level, place)
    period = state.get("period") if state.get("period") in years.periods else default_period(indicator, years)
    colour = state.get("colour") if state.get("colour") in map_subjects.colours_of(indicator) else BY_VALUE
    since = earlier_period(indicator, period, years.periods, state.get("since"))
    return Choice(plan, place, indicator, level, period, colour, levels, years.periods, since)


def _asked(indicator_id: str | None, offered: pd.DataFrame) -> dict | None:
    """The subject an address names: an indicator of the plan, or a programme's rate; None for what is neither."""
    found = map_subjects.subject(indicator_id)
    return found if found and (map_subjects.is_rate(found) or indicator_id in offered.index) else None


def earlier_periods(indicator: dict, period: str, periods: tuple[str, ...]) -> tuple[str, ...]:
    """The periods a change can be counted from, newest first: earlier ones of the same length and part of the year."""
    if period not in periods:
        return ()

    def kind(text: str) -> tuple[str, str]:
        return text[4:5], part_of_year(indicator, text)

    return tuple(other for other in periods[periods.index(period) + 1 :] if kind(other) == kind(period))


def earlier_period(indicator: dict, period: str, periods: tuple[str, ...], asked: str | None) -> str:
    """The one asked for, else that of a year before, else the newest; "" where there is none."""
    offered = earlier_periods(indicator, period, periods)
    if not offered:
        return ""
    wanted = (asked, f"{int(period[:4]) - 1}{period[4:]}")
    return next((other for other in wanted if other in offered), offered[0])


@data.cached
def map_indicators(plan_id: str) -> pd.DataFrame:
    """The plan's indicators that anybody has reported, in the plan's order, indexed by indicator_id."""
    reported = data.reported_indicators(plan_id)
    ordered = data.targets(plan_id).drop_duplicates("indicator_id")["indicator_id"]
    known = data.indicators()
    return known.loc[[name for name in ordered if name in reported and name in known.index]]


@data.cached
def most_behind(plan_id: str) -> str:
    """The indicator most districts fall behind in: what a leader would ask for first.

    Of targets that a district's own figure is held against; where each township must pass, its figure is not the reason.
    """
    targets, marks = data.targets(plan_id), data.level_marks(plan_id, "county")
    own = targets.loc[targets["scope"].isin(("plan_area", "each_district")), "target_id"]
    falling = marks[marks["status"].isin(FALLING) & marks["target_id"].isin(own)]
    counts = falling["indicator_id"].value_counts().reindex(map_indicators(plan_id).index).fillna(0)
    return counts.idxmax()


@data.cached
def map_areas(level: str, place: str) -> pd.DataFrame:
    """The areas of a level in a place, indexed by area_id; development zones are not counted among them."""
    inside = data.lying_in(place, also_former=True)
    return inside[inside["level"].eq(level) & inside["is_unit"]]


@data.cached
def levels_of(place: str) -> tuple[str, ...]:
    """The levels of the areas in a place, largest areas first."""
    return tuple(level for level in LEVELS if len(map_areas(level, place)))


@data.cached
def map_area_ids(level: str, place: str) -> tuple[str, ...]:
    """Their ids, in the same order."""
    return tuple(map_areas(level, place).index.tolist())


@data.cached
def map_years(indicator_id: str, level: str, place: str) -> map_figures.Figures:
    """An indicator's figures at a level of a place, all periods; of more than MOST_AREAS an even sample of the areas.

    It says which periods can be chosen and where the classes' edges lie; a sample may lack a period that only a few
    areas in a thousand have reported.
    """
    area_ids = map_area_ids(level, place)
    sample = area_ids[:: max(1, -(-len(area_ids) // MOST_AREAS))]
    return map_figures.tabulate(map_subjects.figures_of(indicator_id, sample), sample)


@data.cached
def map_table(indicator_id: str, level: str, place: str, period: str) -> map_figures.Figures:
    """The figures of a period in all areas of the level; other periods may be there too."""
    years, area_ids = map_years(indicator_id, level, place), map_area_ids(level, place)
    if len(years.area_ids) == len(area_ids):
        return years
    return map_figures.tabulate(map_subjects.figures_of(indicator_id, area_ids, period), area_ids)


@data.cached
def reported_levels(indicator_id: str, place: str) -> tuple[str, ...]:
    """The levels below the place at which the indicator has figures, largest areas first."""
    return tuple(level for level in levels_of(place) if map_years(indicator_id, level, place).periods)


def default_period(indicator: dict, years: map_figures.Figures) -> str:
    """The newest period that half as many areas have reported as ever did; "" without figures.

    What is counted over the year opens on a whole year: a part of one says little beside it.
    """
    if not years.periods:
        return ""
    counts = np.isfinite(years.value).sum(axis=0)
    enough = [years.periods[i] for i in np.flatnonzero(counts >= ENOUGH * counts.max())]
    return next((period for period in enough if not part_of_year(indicator, period)), enough[0])


def part_of_year(indicator: dict, period: str) -> str:
    """Q3 of 2026Q3 where the indicator counts over the year so far; "" for a whole year, or a figure of a date."""
    return period[4:] if indicator["within_year"] == "cumulative" else ""


@data.cached
def map_breaks(indicator_id: str, level: str, place: str, plan_id: str, part: str) -> tuple[float, ...]:
    """The class breaks of an indicator at a level: the same in every period.

    part: of part_of_year. Figures of a part of the year are compared with those of the same part only, and have no
    cut-offs: the plan's values are for whole years.
    """
    indicator, years = map_subjects.subject(indicator_id), map_years(indicator_id, level, place)
    is_alike = np.array([part_of_year(indicator, period) == part for period in years.periods], dtype=bool)
    cut_offs = [] if part else sorted(set(map_limits(plan_id, indicator_id)["value"]))
    return tuple(map_values.breaks_of(years.value[:, is_alike].ravel(), cut_offs, int(indicator["decimals"])))


def breaks_for(choice: Choice) -> tuple[float, ...]:
    """The class breaks of a choice."""
    part = part_of_year(choice.indicator, choice.period)
    return map_breaks(choice.indicator_id, choice.level, choice.place, choice.plan["plan_id"], part)


def targets_of(plan_id: str, indicator: dict) -> pd.DataFrame:
    """The milestones of the plan's targets for an indicator, in the plan's order."""
    targets = data.targets(plan_id)
    return targets[targets["indicator_id"].eq(indicator["indicator_id"])]


@data.cached
def map_limits(plan_id: str, indicator_id: str) -> pd.DataFrame:
    """Those of them that are values to be held against."""
    return map_subjects.limits_of(plan_id, indicator_id)


def ask(choice: Choice) -> Answer:
    """Everything a map of this choice shows."""
    layer = map_geometry.layer(choice.level, choice.place)
    figures, rows = _frames(choice, layer)
    limits = map_limits(choice.plan["plan_id"], choice.indicator_id)
    lower = _lower_is_better(limits, choice.indicator)
    entries, place = _colours(choice, rows, lower)
    for frame in (figures, rows):
        frame["position"] = place(frame)
    limit = _limit(choice, limits)
    rows["gap"] = _gap(rows["value"], limit)
    rows = rows[rows["valid_to"].isna() | rows["value"].notna()]  # an area that is no more shows only where it reported
    legend = map_values.counted(entries, (figures if layer else rows)["position"].to_numpy())
    seats = map_geometry.map_seats(layer["file"]) if layer and layer.get("members") else None
    return Answer(choice, figures, rows, legend, entries, limit, layer, seats, lower)


def _frames(choice: Choice, layer: dict | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The period's figures and status: a row per shape of the layer, and a named row per area of the level."""
    place, unit = (choice.level, choice.place), choice.indicator["unit"]
    multiplier = UNITS[unit].multiplier if unit in UNITS else None
    table = map_table(choice.indicator_id, *place, choice.period)
    file = layer["file"] if layer else NO_SHAPES
    figures = map_figures.shape_figures(table, choice.period, map_shares(*place, file), multiplier)
    rows = map_figures.shape_figures(table, choice.period, map_shares(*place, EACH_AREA), multiplier)
    of_shapes, of_areas = map_marks(choice.plan["plan_id"], choice.indicator_id, *place, file)
    figures.insert(0, "area_id", layer["area_ids"] if layer else [])
    figures, rows = pd.concat([figures, of_shapes], axis=1), pd.concat([rows, of_areas], axis=1)
    if choice.colour == BY_CHANGE:
        for frame, shapes in ((figures, file), (rows, EACH_AREA)):
            frame["change"] = frame["value"] - _earlier(choice, map_shares(*place, shapes), multiplier)
    _say_why(choice, figures, (layer or {}).get("members") or {}, rows)
    rolled_up = table.is_rolled_up[:, table.periods.index(choice.period)] if choice.period else False
    rows["is_rolled_up"] = rolled_up
    return figures, pd.concat([map_names(*place), rows], axis=1)


def _say_why(choice: Choice, figures: pd.DataFrame, members: Mapping[str, list], rows: pd.DataFrame) -> None:
    """Mark what has no figure though nothing is missing; a shape of several areas where all of them say the same."""
    area_ids = map_area_ids(choice.level, choice.place)
    why = map_subjects.states_of(choice.indicator_id, area_ids, choice.period)
    if not why:
        return
    silent = rows["state"].eq("missing")
    rows.loc[silent, "state"] = [why.get(area_id, "missing") for area_id in np.array(area_ids, dtype=object)[silent]]
    silent = figures["state"].eq("missing")
    said = [
        {why.get(area_id, "missing") for area_id in members.get(shape, (shape,))}
        for shape in figures.loc[silent, "area_id"]
    ]
    figures.loc[silent, "state"] = [one.pop() if len(one) == 1 else "missing" for one in said]


def _earlier(choice: Choice, of: map_figures.Shares, multiplier: float | None) -> pd.Series:
    """The figures of the period a change starts from, by shape."""
    table = map_table(choice.indicator_id, choice.level, choice.place, choice.since)
    return map_figures.shape_figures(table, choice.since, of, multiplier)["value"]


@data.cached
def map_shares(level: str, place: str, file: str) -> map_figures.Shares:
    """Which areas each shape of a layer's file stands for; EACH_AREA: each for itself; NO_SHAPES: there are none."""
    area_ids = list(map_areas(level, place).index)
    shapes = {EACH_AREA: {"area_ids": area_ids}, NO_SHAPES: {"area_ids": []}}
    return map_figures.shares(shapes.get(file) or map_geometry.layer(level, place), area_ids)


@data.cached
def map_names(level: str, place: str) -> pd.DataFrame:
    """area_id, its names, valid_to, and the names of the area it lies in."""
    areas = map_areas(level, place)[["area_id", "name_zh", "name_en", "parent_id", "valid_to"]]
    parents = data.areas()[["name_zh", "name_en"]].rename(columns={"name_zh": "parent_zh", "name_en": "parent_en"})
    return areas.join(parents, on="parent_id").reset_index(drop=True)


@data.cached
def map_marks(
    plan_id: str, indicator_id: str, level: str, place: str, file: str | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The newest run's status, chance (key of its band) and p_miss by shape and by area, in their order.

    Missing where nothing was judged. A shape of several areas has their status and chance where they agree, else MIXED;
    its p_miss is missing. p_miss_model: what the model says where an analyst's version is in force, else missing.
    """
    marks = marks_of(plan_id, indicator_id, level)
    told = ["status", "chance", "p_miss", "p_miss_model"]
    other = marks["p_miss_model"].where(marks["forecast_version"] == "adjusted")
    marks = marks.assign(chance=map_colours.chance_bands(marks["p_miss"]), p_miss_model=other).set_index("area_id")
    layer = map_geometry.layer(level, place) if file else {"area_ids": []}
    of_areas = marks[told].reindex(map_area_ids(level, place)).reset_index(drop=True)
    members = layer.get("members") or {}
    if not members and tuple(layer["area_ids"]) == map_area_ids(level, place):  # a nation's townships: not twice
        return of_areas, of_areas
    groups = [members.get(shape, (shape,)) for shape in layer["area_ids"]]
    of_shapes = marks[told].reindex([group[0] for group in groups]).reset_index(drop=True)
    for position, group in enumerate(groups):
        if len(group) > 1:
            among = marks.reindex(group)
            said = [
                among[name].iloc[0] if among[name].nunique(dropna=False) == 1 else MIXED
                for name in ("status", "chance")
            ]
            of_shapes.loc[position] = [*said, np.nan, np.nan]
    return of_shapes, of_areas


def _lower_is_better(limits: pd.DataFrame, indicator: dict) -> bool:
    direction = limits["direction"].iloc[0] if len(limits) else indicator["default_direction"]
    return direction == "lower_is_better"


def _limit(choice: Choice, limits: pd.DataFrame) -> pd.Series | None:
    """The milestone to hold the period against; none for part of a year of something counted over the year."""
    if not choice.period or part_of_year(choice.indicator, choice.period):
        return None
    return map_figures.milestone_for(limits, int(choice.period[:4]))


def marks_of(plan_id: str, indicator_id: str, level: str) -> pd.DataFrame:
    """The newest run's marks at a level, of the target on this indicator that judges the most areas."""
    marks, everywhere = data.indicator_marks(plan_id, indicator_id), data.areas()
    of_level = everywhere.index[everywhere["level"].eq(level)]
    marks = marks[of_level.get_indexer(marks["area_id"].to_numpy(dtype=object)) >= 0]
    if marks.empty:
        return marks
    judged = marks["status"].ne("cannot_judge").groupby(marks["target_id"]).sum()
    return marks[marks["target_id"].eq(judged.idxmax())]


def _colours(choice: Choice, rows: pd.DataFrame, lower: bool) -> tuple[list[map_values.Entry], Callable]:
    """The legend of the choice's colours, not yet counted, and what gives each row of a frame its place in it.

    rows: of all areas; where changes are shown, the sizes of theirs make the classes.
    """
    if choice.colour == BY_STATUS:
        return _of_marks(map_colours.status_entries(), "status")
    if choice.colour == BY_CHANCE:
        return _of_marks(map_colours.chance_entries(), "chance")
    if choice.colour == BY_CHANGE:
        breaks = map_colours.change_breaks(rows["change"].to_numpy(), int(choice.indicator["decimals"]))
        entries = map_colours.change_entries(breaks, choice.indicator["unit"], lower_is_better=lower)
        return entries, lambda frame: map_colours.change_positions(frame["change"], breaks, entries)
    breaks = breaks_for(choice)
    why = set(rows["state"]) - {"missing", "reported"}
    entries = map_colours.value_entries(breaks, lower_is_better=lower, also=why)

    def place(frame: pd.DataFrame) -> np.ndarray:
        classes = map_values.value_classes(frame["value"], np.array(breaks), lower_is_better=lower)
        return map_values.with_states(classes, frame["state"], entries)

    return entries, place


def _of_marks(entries: list[map_values.Entry], column: str) -> tuple[list[map_values.Entry], Callable]:
    """A legend of marks; a frame's column holds their keys, missing where nothing was judged."""

    def place(frame: pd.DataFrame) -> np.ndarray:
        return map_values.with_states(np.full(len(frame), -1), frame[column].fillna("missing"), entries)

    return entries, place


def _gap(values: pd.Series, limit: pd.Series | None) -> pd.Series:
    """How far each value is on the good side of the limit; NaN without one."""
    if limit is None:
        return pd.Series(np.nan, index=values.index)
    return values - limit["value"] if limit["comparator"] in (">=", ">") else limit["value"] - values
