"""Targets on services, health cells and work points are judged from their registers: figures counted by hand."""

import shutil
from datetime import UTC, date, datetime

import pytest

from data_access.engine import make_engine
from data_access.observations import read_observations
from workflows.importing import import_file
from workflows.packs import load_plans
from workflows.register_figures import _last_quarter

TODAY = date(2026, 11, 15)
AREAS = """地区代码,层级,上级代码,名称
150600,市,,鄂尔多斯市
150602,旗县区,150600,东胜区
150621,旗县区,150600,达拉特旗
150602001,乡镇街道,150602,交通街道
150621100,乡镇街道,150621,树林召镇
"""
HOSPITALS = """机构编号,机构名称,机构类型,地区代码,服务项目
h1,甲卫生院,乡镇卫生院,150602001,tcm_hall;family_doctor
h2,乙卫生院,乡镇卫生院,150621100,family_doctor
h3,丙卫生院,乡镇卫生院,150621100,tcm_hall
h4,村卫生室,村卫生室,150621100,tcm_hall
"""


@pytest.fixture(scope="module")
def ordos(migrated_sqlite, tmp_path_factory):
    """A store with Ordos's plan and five areas, to be copied."""
    folder = tmp_path_factory.mktemp("ordos")
    shutil.copy(migrated_sqlite, folder / "kangtu.db")
    engine = make_engine(f"sqlite:///{folder / 'kangtu.db'}")
    load_plans(engine, today=TODAY)
    send(engine, folder, "areas", AREAS)
    engine.dispose()
    return folder / "kangtu.db"


@pytest.fixture
def store(ordos, tmp_path):
    shutil.copy(ordos, tmp_path / "kangtu.db")
    engine = make_engine(f"sqlite:///{tmp_path / 'kangtu.db'}")
    yield engine
    engine.dispose()


def send(engine, folder, kind, text, received=datetime(2026, 11, 15, 2, tzinfo=UTC)):
    path = folder / f"{kind}.csv"
    path.write_text(text, encoding="utf-8")
    report = import_file(engine, kind, path, received_from="测试", today=TODAY, received_at=received)
    assert report.outcome == "stored", report.lines()
    return report


def figures(engine, indicator_id):
    rows = read_observations(engine, [indicator_id])
    return {
        (row.area_id, row.period): (row.numerator, row.denominator, row.status) for row in rows.itertuples(index=False)
    }


def test_the_share_of_hospitals_with_a_hall_follows_from_the_register(store, tmp_path):
    send(store, tmp_path, "facilities", HOSPITALS)

    assert figures(store, "mcm_hall_share_township") == {
        ("150602", "2026Q3"): (1.0, 1.0, "provisional"),
        ("150621", "2026Q3"): (1.0, 2.0, "provisional"),
        ("150600", "2026Q3"): (2.0, 3.0, "provisional"),
    }


def test_a_hall_that_closes_lowers_the_share_of_its_district(store, tmp_path):
    send(store, tmp_path, "facilities", HOSPITALS)
    send(
        store, tmp_path, "facilities", HOSPITALS.replace("150602001,tcm_hall;family_doctor", "150602001,family_doctor")
    )

    assert figures(store, "mcm_hall_share_township")["150602", "2026Q3"][0] == 0.0


def test_the_share_of_an_earlier_quarter_stays_when_a_later_register_comes(store, tmp_path):
    send(store, tmp_path, "facilities", HOSPITALS)
    later = HOSPITALS.replace("150602001,tcm_hall;family_doctor", "150602001,family_doctor")
    send(store, tmp_path, "facilities", later, received=datetime(2027, 5, 15, 2, tzinfo=UTC))

    found = figures(store, "mcm_hall_share_township")
    assert (found["150602", "2026Q3"][0], found["150602", "2027Q1"][0]) == (1.0, 0.0)


def test_no_figure_is_worked_out_that_no_plan_of_these_areas_asks_for(store, tmp_path):
    cells = "细胞编号,细胞类型,名称,地区代码,命名日期\nc1,健康食堂,一食堂,150602001,2024-05-01\n"
    send(store, tmp_path, "health_cells", cells)

    assert figures(store, "healthy_canteen_new_per_year") == {}


def test_a_work_point_that_names_an_indicator_yields_its_figure(store, tmp_path):
    head = "任务编号,年度,任务名称,地区代码,牵头部门,任务数量,单位,完成时限,对应指标\n"
    send(store, tmp_path, "tasks", f"{head}a,2026,美丽乡村,150600,市农牧局,60,个,2026,beautiful_villages_count\n")
    send(store, tmp_path, "task_reports", "任务编号,时期,状态,累计完成数量\na,2026-09,推进中,42\n")

    (row,) = read_observations(store, ["beautiful_villages_count"]).itertuples(index=False)
    assert (row.area_id, row.period, row.value, row.status) == ("150600", "2026-09", 42.0, "provisional")


def test_the_last_quarter_that_is_over_is_the_years_own_figure_after_new_year():
    assert _last_quarter(date(2026, 11, 15)) == "2026Q3"
    assert _last_quarter(date(2026, 2, 1)) == "2025"
