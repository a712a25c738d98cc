"""The one door to the store: one function for each question a page asks.

Answers are cached for as long as nothing has come in and nothing has been judged (version()), apart for each scope, so
that nobody is answered with what somebody else may see. Frames are shared: pandas copies them when they are changed.
"""

from dashboards.data.assessed import assessed, assessed_years, refused_schemes, schemes, visible
from dashboards.data.backtested import backtest
from dashboards.data.compared import YEARS_OFFERED, Comparison, compared, multiplier_of, places_of_level
from dashboards.data.documents import delivery, every_action, every_target, former_targets
from dashboards.data.figures import figures, newest_figure, reporting, series_figures, subline
from dashboards.data.judged import (
    Review,
    flags,
    forecasts,
    is_stale,
    judged_plans,
    marks,
    newest_run,
    place,
    plan,
    plan_trail,
    previous_review,
    review,
    reviews,
    targets,
)
from dashboards.data.mapped import figures_among
from dashboards.data.registers import (
    actions,
    all_plans,
    area,
    areas,
    children,
    facilities,
    health_cells,
    indicator,
    indicators,
    is_demo,
    name,
    persons,
    top_actions,
    trail,
    units_below,
)
from dashboards.data.store import cached, configure, data_folder, engine, is_ready, version
from dashboards.data.studied import moved, queue
from dashboards.data.working import WorkedMark, received, worked_mark

__all__ = [
    "YEARS_OFFERED",
    "Comparison",
    "Review",
    "WorkedMark",
    "actions",
    "all_plans",
    "area",
    "areas",
    "assessed",
    "assessed_years",
    "backtest",
    "cached",
    "children",
    "compared",
    "configure",
    "data_folder",
    "delivery",
    "engine",
    "every_action",
    "every_target",
    "facilities",
    "figures",
    "figures_among",
    "flags",
    "forecasts",
    "former_targets",
    "health_cells",
    "indicator",
    "indicators",
    "is_demo",
    "is_ready",
    "is_stale",
    "judged_plans",
    "marks",
    "moved",
    "multiplier_of",
    "name",
    "newest_figure",
    "newest_run",
    "persons",
    "place",
    "places_of_level",
    "plan",
    "plan_trail",
    "previous_review",
    "queue",
    "received",
    "refused_schemes",
    "reporting",
    "review",
    "reviews",
    "schemes",
    "series_figures",
    "subline",
    "targets",
    "top_actions",
    "trail",
    "units_below",
    "version",
    "visible",
    "worked_mark",
]
