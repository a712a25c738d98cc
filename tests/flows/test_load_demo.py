import pytest

from data_access import facilities, health_cells, judgements, observations, submissions
from data_access.areas import read_areas, read_boundaries
from data_access.engine import make_engine
from demo import places
from workflows import adjusting
from workflows.adjustment_outcomes import value_added
from workflows.demo import LAST_YEAR, PLAN, TODAY, load_demo


@pytest.fixture(scope="module")
def demo(demo_copy):
    """An engine on a database that load-demo has filled, the folder beside it, and what it printed."""
    engine = make_engine(f"sqlite:///{demo_copy / 'kangtu.db'}")
    yield engine, demo_copy, (demo_copy / "said.txt").read_text(encoding="utf-8").splitlines()
    engine.dispose()


def test_loading_twice_changes_nothing_and_says_so(demo):
    engine, folder, _ = demo
    before, said = submissions.newest_submission_id(engine), []

    assert not load_demo(engine, folder, say=said.append)

    assert submissions.newest_submission_id(engine) == before
    assert said == ["演示数据已在库中，未作改动。"]


def test_it_tells_what_it_does_and_that_it_is_invented(demo):
    _, _, said = demo

    assert "方案包 13 个已载入。" in said
    assert "DEMO DATA" in said[-1]


def test_every_figure_is_marked_as_a_demonstration(demo):
    engine, _, _ = demo

    assert observations.read_observations(engine)["is_demo"].all()
    sent = submissions.read_submissions(engine)
    assert sent.loc[sent["kind"] != "boundaries", "is_demo"].all()  # the banners' outlines are real


def test_real_places_and_invented_registers_are_there(demo):
    engine, folder, _ = demo
    areas = read_areas(engine, on=TODAY)

    assert (areas["level"] == "county").sum() == 9
    assert ((areas["level"] == "township") & areas["is_unit"]).sum() == 77
    assert len(read_boundaries(engine)) == 1 + 9 + 77
    assert len(facilities.read_facilities(engine)) == 257
    assert len(health_cells.read_health_cells(engine)) == 605
    assert (folder / "geo" / "manifest.json").is_file()


def test_kangbashis_facilities_came_in_gcj02_and_lie_in_kangbashi(demo):
    engine, _, _ = demo
    rows = facilities.read_facilities(engine)
    theirs = rows[rows["area_id"].str.startswith("150603")]

    assert set(theirs["declared_datum"]) == {"GCJ-02"}
    assert theirs["lon"].between(109.7, 109.85).all()


def test_the_ledger_remembers_what_was_known_before_a_correction(demo):
    engine, _, _ = demo
    now = observations.read_observations(engine, area_ids=["150623"])
    key = ["indicator_id", "area_id", "period"]
    in_may = observations.read_observations(engine, area_ids=["150623"], known_on=TODAY.replace(month=5))

    late = now[now["period"] == "2025"].merge(in_may, on=key, suffixes=("", "_may"))
    assert set(now.loc[now["period"] == "2025", "status"]) >= {"final"}
    assert set(late["status_may"]) == {"provisional"}  # Otog Front Banner's final figures came in July


def test_the_review_of_the_year_before_is_there_on_what_was_known_then(demo):
    engine, _, _ = demo
    runs = judgements.read_runs(engine, PLAN)
    before = judgements.read_marks(engine, int(runs.loc[runs["as_of"] == runs["as_of"].min(), "run_id"].iloc[0]))

    assert [day.date() for day in runs["as_of"]] == [TODAY, TODAY, LAST_YEAR]  # today once more with its adjustment
    assert before["time"].max() < 2025.0  # no figure of 2025 had been reported


def test_analysts_have_adjusted_forecasts_and_what_came_of_past_ones_is_told(demo):
    engine, _, _ = demo
    run = judgements.read_newest_run(engine, PLAN)
    marks = judgements.read_marks(engine, run["run_id"])
    listed = adjusting.listing(engine, on=TODAY)
    table, outcomes = value_added(engine)

    assert listed["is_demo"].all()
    assert listed.loc[~listed["is_expired"], "state"].tolist() == ["approved", "submitted"]
    assert marks.loc[marks["forecast_version"] == "adjusted", "area_id"].tolist() == ["150602"]
    assert set(outcomes["time"]) == {2025.0}
    whole = table.set_index("by").loc["all"]
    assert (whole["adjustments"], whole["occasions"], whole["is_enough"]) == (27, 3, True)
    assert not table.loc[table["by"] == "kind", "is_enough"].any()  # nine districts of one indicator prove little


def test_the_invented_township_is_no_part_of_today(demo):
    engine, _, _ = demo

    assert places.FORMER_TOWNSHIP in set(read_areas(engine)["area_id"])
    assert places.FORMER_TOWNSHIP not in set(read_areas(engine, on=TODAY)["area_id"])


def test_most_banners_are_on_course_and_some_truly_behind(demo):
    engine, _, _ = demo
    run = judgements.read_newest_run(engine, PLAN)
    marks = judgements.read_marks(engine, int(run["run_id"]))
    areas = read_areas(engine).set_index("area_id")["level"]
    judged = marks[(marks["area_id"].map(areas) == "county") & (marks["status"] != "cannot_judge")]
    share = judged["status"].value_counts(normalize=True)

    assert 0.55 <= share["achieved"] + share["on_course"] <= 0.68
    assert 0.14 <= share["slow"] <= 0.24
    assert 0.12 <= share["behind"] + share["reversing"] <= 0.24


def test_hanggin_banner_is_found_behind_where_the_story_puts_it(demo):
    engine, _, _ = demo
    run = judgements.read_newest_run(engine, PLAN)
    marks = judgements.read_marks(engine, int(run["run_id"]))
    hanggin = marks[(marks["area_id"] == "150625") & marks["status"].isin(["behind", "reversing"])]

    assert {"hypertension_managed_rate", "diabetes_managed_rate", "two_cancer_screening_coverage"} <= set(
        hanggin["indicator_id"]
    )
