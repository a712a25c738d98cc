"""Figures that nobody here made, of areas in no plan of ours, go the way that Ordos goes."""

from pathlib import Path

import pytest

from data_access.areas import read_areas
from data_access.indicators import read_indicators
from data_access.observations import read_observations
from tests.real_input import GAPMINDER, read_panel, write_files
from workflows.importing import import_file

PANEL = Path(__file__).parents[3] / "shared" / "bench" / "forecast" / "panel_annual.csv"
needs_panel = pytest.mark.skipif(
    not PANEL.is_file(), reason=f"the development panel is not at {PANEL}: only the gapminder panel was tried"
)


def import_panel(engine, panel: str, folder: Path) -> dict:
    """Make the files of a panel and import them; gives kind -> report."""
    write_files(read_panel(panel), folder)
    return {
        kind: import_file(engine, kind, folder / f"{kind}.csv", received_from="test")
        for kind in ("areas", "indicators", "observations")
    }


def test_the_life_expectancies_of_142_countries_come_in_as_published(engine, tmp_path):
    reports = import_panel(engine, GAPMINDER, tmp_path)

    assert {kind: report.rows_stored for kind, report in reports.items()} == {
        "areas": 142,
        "indicators": 1,
        "observations": 1704,  # twelve years each
    }
    japan = read_observations(engine, area_ids=["gm-japan"]).set_index("period")["value"]
    assert (japan["1952"], japan["2007"]) == (63.03, 82.603)
    assert read_indicators(engine)["unit"].tolist() == ["years"]


@needs_panel
def test_the_development_panel_comes_in_whole(engine, tmp_path):
    reports = import_panel(engine, str(PANEL), tmp_path)

    assert [report.outcome for report in reports.values()] == ["stored"] * 3
    assert reports["observations"].rows_stored == 43_933
    assert len(read_indicators(engine)) == 28
    figures = read_observations(engine, ["se_antibiotic_rx"], ["se-0305"]).set_index("period")["value"]
    assert figures["2007"] == 372.8173
    assert set(read_areas(engine)["level"]) == {"county"}
