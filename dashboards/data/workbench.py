"""One series as the analysts' workbench shows it. Only this series and its pool are read, however large the store is."""

from dataclasses import dataclass

import pandas as pd

from dashboards.data.figures import series_figures
from dashboards.data.judged import newest_run, with_names
from dashboards.data.registers import area, areas, children, indicator
from dashboards.data.store import cached, engine
from data_access import figure_history, judgements, observations
from data_access.periods import parse_period
from workflows import workbench
from workflows.adjustment_preview import Material, read_material

FAN = ["q025", "q100", "q250", "q500", "q750", "q900", "q975"]
MOST_PEERS = 60


@dataclass(frozen=True)
class Bench:
    """One series. mark: a row of data.marks of the target it is studied for. marks: those of all its targets.

    observed: data_access.observations.OBSERVATIONS and is_rolled_up. fan: time and FAN of the model, may be empty. about: the
    indicator.
    """

    mark: dict
    marks: pd.DataFrame
    observed: pd.DataFrame
    fan: pd.DataFrame
    about: dict
    run: dict

    @property
    def key(self) -> tuple[str, str]:
        return self.mark["indicator_id"], self.mark["area_id"]

    @property
    def p_miss_model(self) -> float | None:
        """The model's probability of missing, whatever is in force."""
        return self.mark["p_miss_model"] if self.mark.get("forecast_version") == "adjusted" else self.mark["p_miss"]

    @property
    def break_time(self) -> float | None:
        """Where the present definition begins: half-way between its first period and the one before; None: no break."""
        told = self.about.get("series_break")
        if not isinstance(told, str) or not told:
            return None
        step = {4: 1.0, 6: 0.25, 7: 1 / 12}[len(told)]
        return parse_period(told).time - step / 2


@cached
def marks_of_series(plan_id: str, indicator_id: str, area_id: str) -> pd.DataFrame:
    """The marks of the newest review for one series, those with a dated value of the indicator's own first."""
    run = newest_run(plan_id)
    if run is None or area(area_id) is None:
        return with_names(pd.DataFrame(columns=list(judgements.MARKS)), plan_id, None)
    found = judgements.read_marks(engine(), run["run_id"], area_id=area_id)
    found = with_names(found[found["indicator_id"] == indicator_id], plan_id, None)
    rank = found["final_value"].isna().astype(int) + found["p_miss"].isna().astype(int)
    return found.assign(rank=rank).sort_values(["rank", "target_id"], kind="stable").drop(columns="rank")


@cached
def bench(plan_id: str, indicator_id: str, area_id: str, target_id: str | None = None) -> Bench | None:
    """One series with the mark it is studied for; None where it has no mark or the reader may not see the area."""
    marks = marks_of_series(plan_id, indicator_id, area_id)
    if marks.empty:
        return None
    asked = marks[marks["target_id"] == target_id]
    mark = (asked if len(asked) else marks).iloc[0].to_dict()
    run = newest_run(plan_id)
    fan = judgements.read_forecasts(engine(), run["run_id"], indicator_id=indicator_id, area_id=area_id)
    return Bench(
        mark, marks, figures_of(indicator_id, area_id), fan[["time", *FAN]], indicator(indicator_id) or {}, run
    )


@cached
def figures_of(indicator_id: str, area_id: str) -> pd.DataFrame:
    """The figures in force of one series, oldest first, with is_rolled_up; sums of those below where it has none."""
    own = observations.read_observations(engine(), [indicator_id], [area_id])
    if len(own):
        return own.assign(is_rolled_up=False)
    summed = series_figures(indicator_id)
    return summed[summed["area_id"] == area_id].sort_values("time").reset_index(drop=True)


@cached
def figure_history_of(indicator_id: str, area_id: str) -> pd.DataFrame:
    """Every figure ever stated for the series: data_access.figure_history.HISTORY. No rows for an area not to be seen."""
    found = figure_history.read_figure_history(engine(), indicator_id, area_id)
    return found if area(area_id) is not None else found.iloc[:0]


@cached
def members(plan_id: str, indicator_id: str, area_id: str) -> pd.DataFrame:
    """What each part of the model says, for the times of the stored forecast: time and models.forecasting.MEMBERS."""
    run = newest_run(plan_id)
    fan = judgements.read_forecasts(engine(), run["run_id"], indicator_id=indicator_id, area_id=area_id)
    return workbench.members_of(material(plan_id, indicator_id).pool, area_id, fan["time"].tolist())


@cached
def material(plan_id: str, indicator_id: str) -> Material:
    """What adjustments of one indicator start from, of all areas: not to be shown, only to be worked with."""
    return read_material(engine(), plan_id, [indicator_id])


@cached
def one_step_errors(plan_id: str, indicator_id: str) -> pd.DataFrame:
    """Past forecasts of one year ahead beside what came, in the areas the reader may see: workflows.workbench.ERRORS."""
    found = workbench.one_step_errors(material(plan_id, indicator_id).pool)
    return found[found["area_id"].isin(areas().index)]


@cached
def peers(indicator_id: str, area_id: str) -> pd.DataFrame:
    """The yearly figures of the areas beside this one (same parent, same level) and its own: area_id, time, value.

    At most MOST_PEERS areas, in the order of their codes, this one among them.
    """
    here = area(area_id)
    beside = children(here["parent_id"]) if here and isinstance(here["parent_id"], str) else areas().iloc[:0]
    beside = beside[beside["level"] == here["level"]].index.tolist() if here else []
    chosen = [area_id, *[one for one in beside if one != area_id][: MOST_PEERS - 1]]
    found = observations.read_figures(engine(), indicator_id, chosen)
    whole = found[(found["period"].str.len() == 4) & found["value"].notna()]
    return whole[["area_id", "time", "value"]].sort_values(["area_id", "time"]).reset_index(drop=True)
