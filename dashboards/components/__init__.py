"""What pages are made of: one factory each for the page, its controls, marks, notices, figures, tables and downloads."""

from dashboards.components.controls import ANY, address, choice, choice_id, link, plan_and_area, search_form, shortened
from dashboards.components.downloads import Export, download_bar, exporter
from dashboards.components.figures import PALETTES, colours_of_kinds, finish, graph, palette
from dashboards.components.frame import (
    PROBLEM,
    breadcrumbs,
    card,
    cards,
    data_name,
    mark_chinese,
    nothing_judged,
    page,
    section,
    shell,
    source_line,
)
from dashboards.components.marks import STATUSES, probability_bar, status_bar, status_mark, study_mark, trend_mark
from dashboards.components.notices import empty, failed, failed_page, forbidden, loading, not_found, notice, stale
from dashboards.components.reviews import no_review, review_choice, review_notice, review_of_file, way_to_changes
from dashboards.components.tables import column, count, simple_table, table
from dashboards.components.theme import chosen_theme, current_theme
from dashboards.components.versions import ADJUSTED, MODEL, chance_of, rounded, version_mark

__all__ = [
    "ADJUSTED",
    "ANY",
    "MODEL",
    "PALETTES",
    "PROBLEM",
    "STATUSES",
    "Export",
    "address",
    "breadcrumbs",
    "card",
    "cards",
    "chance_of",
    "choice",
    "choice_id",
    "chosen_theme",
    "colours_of_kinds",
    "column",
    "count",
    "current_theme",
    "data_name",
    "download_bar",
    "empty",
    "exporter",
    "failed",
    "failed_page",
    "finish",
    "forbidden",
    "graph",
    "link",
    "loading",
    "mark_chinese",
    "no_review",
    "not_found",
    "nothing_judged",
    "notice",
    "page",
    "palette",
    "plan_and_area",
    "probability_bar",
    "review_choice",
    "review_notice",
    "review_of_file",
    "rounded",
    "search_form",
    "section",
    "shell",
    "shortened",
    "simple_table",
    "source_line",
    "stale",
    "status_bar",
    "status_mark",
    "study_mark",
    "table",
    "trend_mark",
    "version_mark",
    "way_to_changes",
]
