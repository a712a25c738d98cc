import hashlib
from datetime import date

import pandas as pd
import pytest

from data_access.periods import parse_period
from demo import courses, figures, places, registers, reports
from demo.generator import SEED, TODAY, write_files


@pytest.fixture(scope="session")
def files(tmp_path_factory):
    return write_files(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="session")
def sent():
    return reports.all_reports(2025, 3, SEED)


@pytest.fixture(scope="session")
def standing(sent):
    """The figures that stand in the end: of each, what the last report said."""
    rows = pd.concat([report.rows for report in sent])
    return rows.drop_duplicates(["indicator_id", "area_id", "period"], keep="last").reset_index(drop=True)


def test_the_same_seed_gives_the_same_bytes(files, tmp_path):
    again = write_files(tmp_path)

    def digests(written):
        return {file.path.name: hashlib.sha256(file.path.read_bytes()).hexdigest() for file in written}

    assert digests(again) == digests(files)


def test_another_seed_gives_other_figures(sent):
    assert not reports.all_reports(2025, 3, 1)[0].rows.equals(sent[0].rows)


def test_files_come_in_the_order_they_were_received(files):
    days = [file.received_on for file in files]

    assert days == sorted(days)
    assert days[-1] <= TODAY
    assert [file.kind for file in files][:4] == ["areas", "boundaries", "cells", "population"]


def test_there_are_about_sixty_five_indicators_of_the_plan(standing):
    assert standing["indicator_id"].nunique() == len(courses.profiles()) == 65


def test_every_count_can_be_true(standing):
    counted = standing.dropna(subset=["numerator"])

    assert (counted["denominator"] > 0).all()
    assert (counted["numerator"] >= 0).all()
    assert (counted["numerator"] <= counted["denominator"]).all()
    assert (counted["numerator"] % 1 == 0).all()


def test_every_row_has_counts_or_a_value_inside_its_interval(standing):
    assert (standing["numerator"].notna() | standing["value"].notna()).all()
    interval = standing.dropna(subset=["lower"])
    assert (interval["lower"] <= interval["value"]).all()
    assert (interval["value"] <= interval["upper"]).all()


def test_periods_are_written_as_the_product_reads_them(standing):
    for period in standing["period"].unique():
        assert parse_period(period).time == figures.time_of(period)


def test_years_run_from_2016_to_2025_and_2026_by_quarter(standing):
    assert set(standing["period"]) == {str(year) for year in range(2016, 2026)} | {"2026Q1", "2026Q2", "2026Q3"}
    by_quarter = standing.loc[standing["period"] == "2026Q3", "indicator_id"].unique()
    assert set(by_quarter) == set(courses.profiles().query("quarterly == 1")["indicator_id"])


def test_a_banners_count_is_the_sum_of_its_townships(standing):
    rows = standing[(standing["indicator_id"] == "hypertension_managed_rate") & (standing["period"] == "2023")]
    rows = rows.set_index("area_id")["denominator"]
    townships = places.units().query("banner == '150603'")["area_id"]

    assert set(townships) <= set(rows.index)
    assert rows["150603"] == rows[townships].sum()


def test_denominators_follow_the_census(standing):
    rows = standing[(standing["indicator_id"] == "tb_incidence") & (standing["period"] == "2020")].set_index("area_id")

    assert rows["denominator"]["150602"] == pytest.approx(574_242, rel=0.016)  # residents, give or take 1.5 %


def test_screening_in_a_quarter_is_this_years_so_far(standing):
    rows = standing[(standing["indicator_id"] == "two_cancer_screening_coverage") & (standing["area_id"] == "150602")]
    share = (rows["numerator"] / rows["denominator"]).set_axis(rows["period"])

    assert share["2026Q1"] < share["2026Q2"] < share["2026Q3"] < share["2025"]


def planted(blemish):
    return figures.blemishes().query("blemish == @blemish", local_dict={"blemish": blemish})


def test_the_outlier_has_a_tenth_of_its_neighbours(standing):
    (row,) = planted("outlier").itertuples()
    series = standing[(standing["indicator_id"] == row.indicator_id) & (standing["area_id"] == row.area_id)]
    share = (series["numerator"] / series["denominator"]).set_axis(series["period"])

    before, after = str(int(row.period) - 1), str(int(row.period) + 1)
    assert share[row.period] == pytest.approx((share[before] + share[after]) / 20, rel=0.1)


def test_planted_gaps_are_gaps(standing):
    known = set(zip(standing["indicator_id"], standing["area_id"], standing["period"], strict=True))
    for row in planted("missing").itertuples():
        indicators = [row.indicator_id] if row.indicator_id else courses.profiles()["indicator_id"]
        assert not [each for each in indicators if (each, row.area_id, row.period) in known]


def test_late_districts_final_figures_come_after_the_others(sent):
    for row in planted("late").itertuples():
        came = [
            (report.received_on, set(report.rows["area_id"]))
            for report in sent
            if ((report.rows["period"] == row.period) & (report.rows["status"] == "final")).any()
            and not reports.is_of_townships(report)
        ]
        first, *_, last = came
        assert row.area_id not in first[1]
        assert row.area_id in last[1]
        assert last[0] == date(int(row.period) + 1, 7, 20)


def test_a_years_figure_is_quick_then_final_then_sometimes_corrected(sent):
    rows = pd.concat([report.rows for report in sent])
    steps = rows[rows["period"] == "2025"].groupby(["indicator_id", "area_id"])["status"].agg(tuple)

    assert {("provisional", "final"), ("provisional", "final", "revised"), ("final",)} <= set(steps)


def test_the_definition_break_is_said_on_every_figure_after_it(standing):
    (row,) = planted("definition_break").itertuples()
    series = standing[standing["indicator_id"] == row.indicator_id]
    after = series["period"] >= row.period

    assert (series.loc[after & (series["status"] == "final"), "note"] == figures.BREAK_NOTE).all()
    assert series.loc[~after, "note"].isna().all()


def test_the_invented_township_reports_until_it_merges(standing):
    (row,) = planted("merged").itertuples()
    reported = standing.loc[standing["area_id"] == row.area_id, "period"]

    assert row.area_id == places.FORMER_TOWNSHIP
    assert reported.max() == row.period == "2020"
    assert "虚构" in places.areas().set_index("area_id")["name_zh"][row.area_id]


def test_the_planted_story_is_in_the_courses():
    behind = [key for key, course in courses.planted().items() if course == "behind"]
    assert len([area for _, area in behind if area == "150625"]) == 8
    assert len([area for _, area in behind if area == "150623"]) == 6
    for (indicator_id, area_id), course in courses.planted().items():
        assert courses.course_of(indicator_id, area_id, seed=SEED) == course


def test_adding_an_indicator_would_not_change_the_others():
    profile = next(courses.profiles().query("indicator_id == 'tb_incidence'").itertuples())
    first = courses.level(profile, "150602", [2020.0], SEED)
    courses.course_of("something_new", "150602", SEED)

    assert courses.level(profile, "150602", [2020.0], SEED) == first


def test_facilities_are_called_demonstration_and_halls_agree_with_the_indicator(standing):
    halls = standing[(standing["indicator_id"] == "mcm_hall_share_township") & (standing["period"] == "2025")]
    halls = halls.set_index("area_id")["numerator"].astype(int).to_dict()

    facilities = registers.facilities(SEED, halls)

    assert facilities["name_zh"].str.startswith("演示").all()
    assert facilities["facility_type"].value_counts().to_dict() == {
        "village_clinic": 153,
        "township_hospital": 51,
        "community_health_centre": 26,
        "hospital": 9,
        "maternal_child_centre": 9,
        "cdc": 9,
    }
    hospitals = facilities[facilities["facility_type"] == "township_hospital"]
    with_hall = hospitals[hospitals["services"].str.contains("tcm_hall")]
    assert with_hall["area_id"].str[:6].value_counts().to_dict() == {
        area: count for area, count in halls.items() if count and area != places.PREFECTURE
    }


def test_health_cells_are_about_six_hundred_with_dates_in_order():
    cells = registers.health_cells(SEED, TODAY)

    assert len(cells) == 605
    certified = cells.dropna(subset=["certified_on"])
    assert (certified["applied_on"] < certified["certified_on"]).all()
    assert (certified["certified_on"] < certified["expires_on"]).all()
    assert (certified["certified_on"] < TODAY.isoformat()).all()
    assert cells["withdrawn_on"].notna().any()
    villages = cells[cells["cell_type"] == "healthy_village"]
    sub_districts = set(places.townships().query("kind == '街道'")["code"])
    assert not set(villages["area_id"]) & sub_districts
