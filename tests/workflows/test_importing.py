"""What happens to the files that districts send: stored whole, or sent back with every place that is wrong."""

import csv
import json
import shutil
import tracemalloc
from datetime import date

import geopandas
import pytest
import shapely
import xlsxwriter
from openpyxl import load_workbook

from data_access.areas import read_areas, read_boundaries
from data_access.boundaries import write_boundaries
from data_access.engine import make_engine, writing
from data_access.errors import InputError
from data_access.facilities import read_facilities
from data_access.indicators import read_indicators
from data_access.observations import read_observations
from data_access.population import read_population
from data_access.submissions import read_submissions
from data_access.tables import actions, plans, target_milestones, targets
from data_access.undoing import undo
from manage import main
from workflows import importing

TODAY = date(2026, 11, 15)
AREAS = """地区代码,层级,上级代码,名称,英文名称,类型,撤销日期,并入代码
150600,市,,鄂尔多斯市,Ordos,市,,
150602,旗县区,150600,东胜区,Dongsheng,区,,
150603,旗县区,150600,康巴什区,Kangbashi,区,,
150602001,乡镇街道,150602,交通街道,,街道,,
150602002,乡镇街道,150602,公园街道,,街道,2022-12-31,150602001
"""
INDICATORS = """指标编号,指标名称,单位,方向
health_literacy,居民健康素养水平,%,越高越好
premature_mortality,重大慢性病过早死亡率,百分率,越低越好
infant_mortality,婴儿死亡率,‰,越低越好
clinics,标准化卫生室数,count,越高越好
growth,经费增长率,percent_change,越高越好
"""


@pytest.fixture
def store(migrated_sqlite, tmp_path):
    """An engine on a SQLite database that knows five areas and five indicators."""
    shutil.copy(migrated_sqlite, tmp_path / "kangtu.db")
    engine = make_engine(f"sqlite:///{tmp_path / 'kangtu.db'}")
    register(engine, tmp_path)
    yield engine
    engine.dispose()


def register(engine, tmp_path):
    for kind, text in (("areas", AREAS), ("indicators", INDICATORS)):
        assert send(engine, tmp_path, text, kind).outcome == "stored"


def send(engine, tmp_path, text, kind="observations", name=None, encoding="utf-8", **how):
    path = tmp_path / (name or f"{kind}.csv")
    path.write_bytes(text.encode(encoding))
    return importing.import_file(engine, kind, path, received_from="东胜区卫健委", today=TODAY, **how)


def sentences(report):
    return [problem.sentence(report.file_name) for problem in report.problems]


def figures(engine):
    found = read_observations(engine)
    return {(row.indicator_id, row.area_id, row.period): row.value for row in found.itertuples()}


def test_a_good_file_is_stored_with_rates_worked_out_from_the_counts(engine, tmp_path):
    register(engine, tmp_path)

    report = send(
        engine,
        tmp_path,
        "时期,地区代码,指标,分子,分母,数值,数据状态,上报日期,备注\n"
        '2024年,150602,health_literacy,"1,234",4 936,25.0%,快报,2025年1月20日,首次\n'
        "2024Q3,１５０６０３,居民健康素养水平,,,30.5,,,\n"
        "2024-07,150603,婴儿死亡率,3,1000,,修订,,\n"
        "2024,150603,clinics,0,,,,,\n"
        "2024,150603,growth,,,-3.5%,,,\n",
    )

    assert (report.outcome, report.rows_stored, report.problem_count) == ("stored", 5, 0)
    assert figures(engine) == {
        ("health_literacy", "150602", "2024"): 25.0,  # 1,234 of 4,936
        ("health_literacy", "150603", "2024Q3"): 30.5,
        ("infant_mortality", "150603", "2024-07"): 3.0,  # 3 of 1,000, in ‰
        ("clinics", "150603", "2024"): 0.0,  # none is a figure
        ("growth", "150603", "2024"): -3.5,
    }
    first = read_observations(engine, ["health_literacy"], ["150602"]).iloc[0]
    assert (first["numerator"], first["status"], str(first["reported_on"].date())) == (
        1234,
        "provisional",
        "2025-01-20",
    )


# One bad figure each: the cell, and the words a clerk must find in the answer.
BAD_FIGURES = {
    "an unknown code, with the nearest one": (
        "health_literacy,150604,2024,85,,",
        ["150604 不在地区表中", "请更正代码", "是否为 15060"],
    ),
    "a village where only its township is known": (
        "health_literacy,150602001205,2024,85,,",
        ["150602001205 不在地区表中", "150602001（交通街道）"],
    ),
    "an unknown indicator, with the nearest one": (
        "health_litercy,150602,2024,85,,",
        ["health_litercy”不在指标表中", "是否为 health_literacy"],
    ),
    "a year that cannot be": ("health_literacy,150602,2204,85,,", ["年份 2204 不合理", "1949 到 2027"]),
    "an Excel serial for a period": ("health_literacy,150602,45352,85,,", ["Excel 的日期序号"]),
    "a thirteenth month": ("health_literacy,150602,2024/13,85,,", ["月份 13 不存在"]),
    "months so far": ("health_literacy,150602,2024年1-9月,85,,", ["累计", "2024Q3"]),
    "a 1 January that Excel made of a year or a month": (
        "health_literacy,150602,2024-01-01,85,,",
        ["可能是全年，也可能是 1 月"],
    ),
    "a percentage above its bound": ("health_literacy,150602,2024,185,,", ["185 超过“居民健康素养水平”的上限 100%"]),
    "a rate below its bound": ("infant_mortality,150602,2024,-1,,", ["低于“婴儿死亡率”的下限 0‰"]),
    "a percent sign under per mille": ("infant_mortality,150602,2024,5%,,", ["带有百分号", "单位是“‰”"]),
    "a percent sign on a count": ("health_literacy,150602,2024,,85%,100", ["应是人数、例数"]),
    "a fraction or a tiny percentage": (
        "health_literacy,150602,2024,0.853,,",
        ["分不清是 0.853% 还是 85.3%", "写成 0.853% 或 85.3%"],
    ),
    "a number in words": ("health_literacy,150602,2024,百分之八十五,,", ["阿拉伯数字"]),
    "a number that is not exact": ("health_literacy,150602,2024,,约1200,4000", ["不是确切的数"]),
    "more counted than there are": ("health_literacy,150602,2024,,120,100", ["分子 120 大于分母 100"]),
    "nobody to count": ("health_literacy,150602,2024,,0,0", ["分母是 0"]),
    "a count below zero": ("clinics,150602,2024,,-3,", ["不能是负数"]),
    "a share of nothing": ("health_literacy,150602,2024,,120,", ["只有分子没有分母"]),
    "counts that do not give the value": (
        "health_literacy,150602,2024,90,120,200",
        ["与分子、分母不符", "120 ÷ 200 算得 60"],
    ),
    "counts that show a fraction": ("health_literacy,150602,2024,0.6,120,200", ["请写成 60（不是小数 0.6）"]),
    "an area dissolved before the period": (
        "health_literacy,150602002,2023,85,,",
        ["已于 2022-12-31 撤销，并入 150602001", "请改用150602001代码"],
    ),
    "no code": ("health_literacy,,2024,85,,", ["没有填写地区代码"]),
    "a sum": ("health_literacy,合计,2024,85,,", ["合计行", "请删除合计行"]),
}


@pytest.mark.parametrize("case", BAD_FIGURES)
def test_a_bad_figure_is_sent_back_with_its_place_and_its_mend(store, tmp_path, case):
    row, words = BAD_FIGURES[case]

    report = send(
        store,
        tmp_path,
        f"指标,地区代码,时期,数值,分子,分母\nhealth_literacy,150603,2024,85,,\n{row}\n",
        name="筛查.csv",
    )

    assert report.outcome == "refused"
    (sentence,) = sentences(report)
    assert sentence.startswith("筛查.csv第 3 行，")
    for word in words:
        assert word in sentence
    assert report.lines()[-1] == "本次共 1 行有误，整份文件未写入。"
    assert figures(store) == {}


def test_every_bad_row_is_named_at_once_and_the_whole_list_can_be_had(store, tmp_path):
    rows = "".join(f"health_literacy,15060{n % 10},{1990 + n},abc\n" for n in range(80))

    report = send(
        store, tmp_path, "指标,地区代码,时期,数值\n" + rows, problems_csv=tmp_path / "问题.csv", accept_good_rows=True
    )

    assert report.outcome == "refused"
    assert len(report.problems) == 50
    assert any("未逐条列出" in line for line in report.lines())
    with (tmp_path / "问题.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.reader(file))) == report.problem_count + 1


def test_the_list_of_problems_never_overwrites_the_file_it_is_about(store, tmp_path):
    text = "地区代码,指标,时期,数值\n999999,无,2024,约五\n"
    path = tmp_path / "年报.csv"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(InputError, match="另起一个名字"):
        importing.import_file(store, "observations", path, received_from="市疾控", problems_csv=path)
    assert path.read_text(encoding="utf-8") == text


def test_a_cell_of_thirty_thousand_characters_is_not_quoted_whole(store, tmp_path):
    report = send(store, tmp_path, f"地区代码,指标,时期,数值\n{'9' * 30_000},无,2024,1\n")

    assert max(len(sentence) for sentence in sentences(report)) < 300


def test_duplicated_rows_are_both_named(store, tmp_path):
    text = "指标,地区代码,时期,数值\nhealth_literacy,150602,2024,85\nhealth_literacy,150603,2024,80\n居民健康素养水平,150602,2024年,86\n"

    report = send(store, tmp_path, text)

    assert sentences(report) == [
        "observations.csv第 4 行：与第 2 行重复：同一指标、同一地区、同一时期。请核对两行，只保留一行。"
    ]
    assert report.rows_refused == 2


def test_good_rows_are_taken_only_when_asked_for(store, tmp_path):
    text = (
        "指标,地区代码,时期,数值\nhealth_literacy,150602,2024,85\nhealth_literacy,150602,2024,86\n"
        "health_literacy,150603,2024,80\nhealth_literacy,150603,2023,约80\n"
    )
    assert send(store, tmp_path, text).outcome == "refused"

    report = send(store, tmp_path, text, accept_good_rows=True)

    assert (report.rows_read, report.rows_stored, report.rows_refused) == (4, 1, 3)
    assert figures(store) == {("health_literacy", "150603", "2024"): 80.0}
    # some rows were left out: the same file may be good by now, so it is read again
    assert send(store, tmp_path, text, accept_good_rows=True).rows_unchanged == 1


def test_the_same_file_twice_changes_nothing_and_says_so(engine, tmp_path):
    register(engine, tmp_path)
    text = "指标,地区代码,时期,数值\nhealth_literacy,150602,2024,85\n"
    first = send(engine, tmp_path, text)

    again = send(engine, tmp_path, text, name="另一个名字.csv")

    assert (again.outcome, again.submission_id, again.ok) == ("same_file", first.submission_id, True)
    assert "是同一份文件，没有变化" in again.lines()[-1]
    assert len(read_submissions(engine)) == 3


def test_an_import_can_be_undone_as_a_whole_and_sent_again(engine, tmp_path):
    register(engine, tmp_path)
    send(engine, tmp_path, "指标,地区代码,时期,数值\nhealth_literacy,150602,2024,85\n")
    better = "指标,地区代码,时期,数值\nhealth_literacy,150602,2024,86\nhealth_literacy,150603,2024,80\n"
    report = send(engine, tmp_path, better)

    undo(engine, report.submission_id, received_from="test")

    assert figures(engine) == {("health_literacy", "150602", "2024"): 85.0}
    assert send(engine, tmp_path, better).rows_stored == 2


def test_a_dry_run_writes_nothing(store, tmp_path):
    report = send(store, tmp_path, "指标,地区代码,时期,数值\nhealth_literacy,150602,2024,85\n", dry_run=True)

    assert (report.outcome, report.ok) == ("checked", True)
    assert figures(store) == {}
    assert len(read_submissions(store)) == 2


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_figures_come_in_every_encoding(store, tmp_path, encoding):
    report = send(store, tmp_path, "指标,地区代码,时期,数值\n居民健康素养水平,150602,2024年,85\n", encoding=encoding)

    assert report.rows_stored == 1


def test_rows_without_a_figure_are_counted_as_not_reported(store, tmp_path):
    text = "指标,地区代码,时期,数值\nhealth_literacy,150602,2024,未统计\nhealth_literacy,150603,2024,80\n"

    report = send(store, tmp_path, text)

    assert (report.rows_stored, report.rows_without_figure) == (1, 1)
    assert any("按未报处理" in notice for notice in report.notices)


def test_a_stated_unit_lets_a_small_percentage_stand_and_a_wrong_one_is_refused(store, tmp_path):
    head = "指标,地区代码,时期,数值,单位\n"

    good = send(store, tmp_path, head + "premature_mortality,150602,2024,0.15,%\n")
    by_header = send(store, tmp_path, "指标,地区代码,时期,数值(%)\nhealth_literacy,150602,2024,0.5\n")
    bad = send(store, tmp_path, head + "infant_mortality,150602,2024,5,%\n")

    assert (good.outcome, by_header.outcome) == ("stored", "stored")
    assert "单位与指标表不一致：“婴儿死亡率”的单位是“‰”" in sentences(bad)[0]


def test_a_mark_that_is_no_example_is_asked_about(store, tmp_path):
    head = "指标,地区代码,时期,数值,行标记\n"

    figures_marked = send(store, tmp_path, head + "health_literacy,150602,2024,85,作废\n")
    area_marked = send(store, tmp_path, "地区代码,层级,名称,行标记\n150621,旗县区,达拉特旗,作废\n", "areas")

    assert "行标记“作废”不认识" in sentences(figures_marked)[0]
    assert "行标记“作废”不认识" in sentences(area_marked)[0]


def test_an_interval_must_hold_its_value(store, tmp_path):
    head = "指标,地区代码,时期,数值,区间下限,区间上限\n"

    report = send(store, tmp_path, head + "health_literacy,150602,2024,85,86,90\nhealth_literacy,150603,2024,85,80,\n")

    assert "数值 85 不在区间 86—90 之内" in sentences(report)[0] + sentences(report)[1]
    assert any("区间只填了一头" in sentence for sentence in sentences(report))


def test_a_name_that_belongs_to_another_code_is_found(store, tmp_path):
    head = "指标,地区代码,地区名称,时期,数值\n"

    good = send(store, tmp_path, head + "health_literacy,150602,鄂尔多斯市东胜区,2024,85\n")
    bad = send(store, tmp_path, head + "health_literacy,150602,康巴什区,2024,85\n")

    assert good.outcome == "stored"
    assert "代码 150602 是“东胜区”，这里写的是“康巴什区”" in sentences(bad)[0]


def test_a_name_alone_does_where_only_one_area_has_it(store, tmp_path):
    report = send(store, tmp_path, "指标,地区代码,时期,数值\nhealth_literacy,东胜区,2024,85\n")

    assert ("health_literacy", "150602", "2024") in figures(store)
    assert report.outcome == "stored"


def test_columns_are_found_in_any_order_and_unknown_ones_are_named(store, tmp_path):
    report = send(
        store, tmp_path, "联系人,VALUE,Year,区划代码 ,指标名称,电话\n张三,85,2024,150602,居民健康素养水平,1\n"
    )

    assert figures(store) == {("health_literacy", "150602", "2024"): 85.0}
    assert report.notices == ["不认识的列，没有导入：联系人、电话。"]


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("指标,时期,数值", ["缺少必需的列“地区代码”", "表头里有：指标、时期、数值"]),
        ("指标,地区代码,时期", ["缺少必需的列“数值”或“分子”"]),
        ("指标,地区代码,2023,2024", ["缺少必需的列“时期”", "一行一个时期"]),
        ("指标,地区代码,时期,数值,率", ["“数值”和“率”都是“数值”"]),
        ("甲,乙,丙", ["没有找到“指标数据”的表头", "甲、乙、丙"]),
    ],
)
def test_a_header_that_will_not_do_says_what_was_found(store, tmp_path, header, words):
    report = send(store, tmp_path, f"{header}\n1,2,3,4,5\n", accept_good_rows=True)

    assert report.outcome == "refused"
    for word in words:
        assert word in "".join(sentences(report))
    assert report.lines()[-1] == "整份文件未写入。"


def test_a_comma_inside_an_unquoted_number_is_not_taken_for_the_next_cell(store, tmp_path):
    report = send(store, tmp_path, "指标,地区代码,时期,数值\nclinics,150602,2024,1,234\n")

    assert "这一行有 5 格，表头只有 4 列" in sentences(report)[0]
    assert "逗号没有加引号" in sentences(report)[0]


def test_a_header_without_rows_is_an_empty_file(store, tmp_path):
    with pytest.raises(InputError, match="没有数据行"):
        send(store, tmp_path, "指标,地区代码,时期,数值\n")


def test_a_pdf_renamed_is_refused_for_what_it_is(store, tmp_path):
    with pytest.raises(InputError, match=r"筛查.xlsx：这不是表格文件，而是PDF 文档"):
        send(store, tmp_path, "%PDF-1.7", name="筛查.xlsx")


def sheet_file(tmp_path, fill):
    with xlsxwriter.Workbook(tmp_path / "筛查.xlsx") as book:
        fill(book)
    return tmp_path / "筛查.xlsx"


def send_workbook(engine, path, **how):
    return importing.import_file(engine, "observations", path, received_from="test", today=TODAY, **how)


def test_a_workbook_with_titles_several_sheets_and_percent_cells_is_read(store, tmp_path):
    def fill(book):
        percent = book.add_format({"num_format": "0.0%"})
        for year in (2023, 2024):
            sheet = book.add_worksheet(str(year))
            sheet.merge_range("A1:D1", "居民健康素养监测结果")
            sheet.write_row("A3", ["指标", "地区代码", "年份", "数值"])
            sheet.write_row("A4", ["health_literacy", 150602, year])
            sheet.write("D4", 0.853, percent)
        book.add_worksheet("草稿").hide()

    report = send_workbook(store, sheet_file(tmp_path, fill))

    assert figures(store) == {("health_literacy", "150602", "2023"): 85.3, ("health_literacy", "150602", "2024"): 85.3}
    assert any("第 1 行“居民健康素养监测结果”在表头之上" in notice for notice in report.notices)
    assert any("隐藏的工作表“草稿”没有读取" in notice for notice in report.notices)


def test_merged_cells_are_named_with_their_range(store, tmp_path):
    def fill(book):
        sheet = book.add_worksheet("2024")
        sheet.write_row("A1", ["指标", "地区代码", "年份", "数值"])
        sheet.merge_range("A2:A3", "health_literacy")
        sheet.write_row("B2", [150602, 2024, 85])
        sheet.write_row("B3", [150603, 2024, 80])

    report = send_workbook(store, sheet_file(tmp_path, fill), accept_good_rows=True)

    assert report.outcome == "refused"
    assert sentences(report)[0] == (
        "筛查.xlsx，工作表“2024”第 2 行：A2:A3 是合并单元格，只有第一格里有内容。"
        "请选中后“取消合并单元格”，并在每一行每一格填上各自的内容。"
    )


def test_a_month_that_excel_made_a_day_is_read_as_the_month(store, tmp_path):
    def fill(book):
        sheet = book.add_worksheet("2024")
        sheet.write_row("A1", ["指标", "地区代码", "时期", "数值"])
        sheet.write_row("A2", ["health_literacy", "150602"])
        sheet.write_datetime("C2", date(2024, 7, 1), book.add_format({"num_format": "yyyy年m月"}))
        sheet.write("D2", 85)

    send_workbook(store, sheet_file(tmp_path, fill))

    assert figures(store) == {("health_literacy", "150602", "2024-07"): 85.0}


BAD_AREAS = {
    "a level the code denies": ("150604,乡镇街道,150600,杭锦旗", ["旗县区一级的代码", "层级写的是“乡镇街道”"]),
    "a parent nobody knows": ("150621,旗县区,150700,达拉特旗", ["上级代码 150700 既不在文件里，也不在地区表中"]),
    "a parent of another place": ("150621001,乡镇街道,150602,树林召镇", ["前 6 位不一致"]),
    "its own ancestor": ("150621,旗县区,150621,达拉特旗", ["不能管辖"]),
    "no name": ("150621,旗县区,150600,", ["没有填写名称"]),
    "a name as long as a page": ("150621,旗县区,150600," + "旗" * 201, ["名称长达 201 个字"]),
    "an unknown level": ("150621,大区,150600,达拉特旗", ["“大区”不是层级可用的词"]),
}


@pytest.mark.parametrize("case", BAD_AREAS)
def test_areas_must_fit_into_the_hierarchy(store, tmp_path, case):
    row, words = BAD_AREAS[case]

    report = send(store, tmp_path, f"地区代码,层级,上级代码,名称\n{row}\n", "areas")

    for word in words:
        assert word in sentences(report)[0]
    assert len(read_areas(store)) == 5


def test_mergers_that_go_in_a_circle_are_refused(store, tmp_path):
    circle = "150602001,乡镇街道,150602,交通街道,2023-12-31,150602002"  # 150602002 is already merged into it

    report = send(store, tmp_path, f"地区代码,层级,上级代码,名称,撤销日期,并入代码\n{circle}\n", "areas")

    assert report.outcome == "refused"
    assert "150602001→150602002→150602001" in sentences(report)[0]


def test_a_figure_reported_after_today_is_refused(store, tmp_path):
    report = send(store, tmp_path, "指标,地区代码,时期,数值,上报日期\nhealth_literacy,150602,2024,85,2999-01-01\n")

    assert "上报日期 2999-01-01 晚于今天" in sentences(report)[0]


def test_areas_may_stand_in_any_order_and_a_second_file_corrects_only_its_own_columns(engine, tmp_path):
    register(engine, tmp_path)

    report = send(engine, tmp_path, "地区代码,层级,名称\n150602,旗县区,东胜\n150603,旗县区,康巴什区\n", "areas")

    areas = read_areas(engine).set_index("area_id")
    assert (report.rows_stored, report.rows_unchanged) == (1, 1)
    assert areas.loc["150602", ["name_zh", "parent_id", "name_en"]].tolist() == ["东胜", "150600", "Dongsheng"]


def test_areas_with_figures_cannot_be_taken_back(store, tmp_path):
    send(store, tmp_path, "指标,地区代码,时期,数值\nhealth_literacy,150602,2024,85\n")

    with pytest.raises(InputError, match="不能撤销"):
        undo(store, 1, received_from="test")


FACILITIES = "机构编号,机构名称,机构类型,地区代码,经度,纬度,坐标系\n"


def test_facilities_are_stored_in_wgs84_with_what_was_declared_beside(store, tmp_path):
    report = send(store, tmp_path, FACILITIES + "f1,东胜区人民医院,医院,150602,109.9900,39.8200,高德\n", "facilities")

    found = read_facilities(store).iloc[0]
    assert report.outcome == "stored"
    assert (found["facility_type"], found["declared_datum"]) == ("hospital", "GCJ-02")
    assert (found["declared_lon"], found["declared_lat"]) == (109.99, 39.82)
    assert 0.003 < found["declared_lon"] - found["lon"] < 0.008  # GCJ-02 lies some 500 m east at Ordos


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ("f1,甲,医院,150602,39.82,109.99,GPS", "像是填反了"),
        ("f1,甲,医院,150602,109.99,39.82,", "有坐标但没有说明坐标系"),
        ("f1,甲,医院,150602,109.99,,GPS", "经纬度只填了一个"),
        ("f1,甲,医院,150602,10.5,59.9,GPS", "不在我国范围内"),
        ("f1,甲,医院,150602,109.99,39.82,北京54", "不是坐标系可用的词"),
        ("f1,甲,大诊所,150602,,,", "不是机构类型可用的词"),
        ("1.25E+17,甲,医院,150602,,,", "后面的数位已经丢失"),
    ],
)
def test_a_facility_in_the_wrong_place_is_refused(store, tmp_path, row, word):
    report = send(store, tmp_path, FACILITIES + row + "\n", "facilities")

    assert word in sentences(report)[0]


def test_health_cells_and_population_are_read(store, tmp_path):
    cells = send(
        store,
        tmp_path,
        "编号,类型,名称,地区代码,命名级别,命名日期\nc1,健康社区,团结社区,150602001,市级,2023年5月1日\n",
        "health_cells",
    )
    people = send(store, tmp_path, '地区代码,年份,人数,口径\n150602,2020,"574,242",普查\n', "population")

    assert (cells.outcome, people.outcome) == ("stored", "stored")
    assert read_population(store)[["year", "persons", "group_id"]].to_numpy().tolist() == [[2020, 574242.0, "all"]]


def test_a_second_number_for_the_same_cell_is_asked_about(store, tmp_path):
    head = "细胞编号,细胞类型,名称,地区代码,申报日期,命名日期\n"
    assert send(store, tmp_path, f"{head}c1,健康学校,第一中学,150602,,2024-05-01\n", "health_cells").outcome == "stored"

    again = send(store, tmp_path, f"{head}c9,健康学校,第一中学,150602,,2026-05-01\n", "health_cells")
    renewed = send(store, tmp_path, f"{head}c1,健康学校,第一中学,150602,,2026-05-01\n", "health_cells")
    early = send(store, tmp_path, f"{head}c2,健康学校,第二中学,150602,2026-06-01,2026-05-01\n", "health_cells")

    assert "已有编号 c1" in sentences(again)[0]
    assert renewed.outcome == "stored"
    assert "早于" in sentences(early)[0]


def test_history_before_the_plans_is_kept_and_noticed(store, tmp_path):
    add_plan(store)

    report = send(store, tmp_path, "指标,地区代码,时期,数值\nhealth_literacy,150602,1999,8\n")

    assert report.outcome == "stored"
    assert report.notices == ["1 行的年份早于方案期限（如第 2 行），作为历史数据。"]


def add_plan(engine):
    """A plan from 2019 to 2030 that uses health_literacy."""
    with writing(engine) as connection:
        plan = {"plan_id": "p", "name_zh": "规划", "name_en": "Plan", "place_zh": "市", "place_en": "City"}
        plan |= {"admin_level": "prefecture", "kind": "outcome_plan", "period_start": 2019, "period_end": 2030}
        connection.execute(plans.insert().values(plan))
        action = {
            "plan_id": "p",
            "action_id": "a",
            "action_no": "1",
            "sort_order": 1,
            "title_zh": "一",
            "title_en": "1",
        }
        connection.execute(actions.insert().values(action))
        target = {"target_id": "p/a/h", "version": 1, "plan_id": "p", "action_id": "a", "sort_order": 1}
        target |= {"indicator_id": "health_literacy", "name_zh": "率", "name_en": "rate", "unit": "percent"}
        target |= {"direction": "higher_is_better", "rule": "level", "scope": "plan_area"}
        connection.execute(targets.insert().values(target))
        milestone = {"target_id": "p/a/h", "version": 1, "position": 1, "year": 2030, "comparator": ">=", "value": 30}
        connection.execute(target_milestones.insert().values(milestone))


@pytest.mark.parametrize("kind", ["areas", "indicators", "observations", "population", "facilities", "health_cells"])
@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_an_empty_template_holds_only_its_example(store, tmp_path, monkeypatch, kind, ending):
    monkeypatch.setenv("KANGTU_DATABASE_URL", str(store.url))
    path = tmp_path / f"表样.{ending}"
    assert main(["template", kind, "--out", str(path)]) == 0

    with pytest.raises(InputError, match="只有示例行"):
        importing.import_file(store, kind, path, received_from="test", today=TODAY)


def test_a_template_filled_in_comes_back(store, tmp_path, monkeypatch):
    monkeypatch.setenv("KANGTU_DATABASE_URL", str(store.url))
    path = tmp_path / "表样.xlsx"
    main(["template", "observations", "--out", str(path)])
    book = load_workbook(path)
    sheet = book.worksheets[0]
    columns = {cell.value.rstrip("*"): cell.column for cell in sheet[1]}
    for name, value in {"指标": "health_literacy", "地区代码": "150602", "时期": "2024年", "数值": 85.3}.items():
        sheet.cell(3, columns[name], value)
    book.save(path)

    report = send_workbook(store, path)

    assert (report.example_rows, report.rows_stored) == (1, 1)
    assert figures(store) == {("health_literacy", "150602", "2024"): 85.3}
    assert [sheet.sheet_state for sheet in book.worksheets] == ["visible"] * 3
    offered = {validation.formula1 for validation in sheet.data_validations.dataValidation}
    assert any("代码" in formula for formula in offered)


def test_the_command_line_says_what_is_wrong_and_ends_with_1(store, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("KANGTU_DATABASE_URL", str(store.url))
    path = tmp_path / "a.csv"
    path.write_text("指标,地区代码,时期,数值\nhealth_literacy,150699,2024,85\n", encoding="utf-8")

    assert main(["import", "observations", str(path), "--json"]) == 1

    told = json.loads(capsys.readouterr().out)
    assert (told["outcome"], told["problem_count"], told["problems"][0]["row"]) == ("refused", 1, 2)


def test_an_indicator_takes_what_its_unit_says(store):
    literacy = read_indicators(store).set_index("indicator_id").loc["health_literacy"]

    assert (literacy["unit"], literacy["default_direction"]) == ("percent", "higher_is_better")


def test_a_long_file_needs_no_more_memory_than_a_part_of_it(store, tmp_path):
    places = "".join(f"150602{n:03d},乡镇街道,150602,第{n}街道\n" for n in range(100, 300))
    send(store, tmp_path, "地区代码,层级,上级代码,名称\n" + places, "areas")
    months = [f"{year}-{month:02d}" for year in range(1985, 2025) for month in range(1, 13)]
    with (tmp_path / "long.csv").open("w", encoding="utf-8") as file:
        file.write("指标,地区代码,时期,分子,分母\n")
        for period in months:
            file.writelines(f"health_literacy,150602{n},{period},{n},1000\n" for n in range(100, 300))
    shares = []

    tracemalloc.start()
    try:
        report = importing.import_file(
            store,
            "observations",
            tmp_path / "long.csv",
            received_from="test",
            today=TODAY,
            progress=lambda share, words: shares.append(share),
        )
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert report.rows_stored == 96_000
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert peak < 40 << 20  # the rows as Python lists of texts would take some 60 MB


def test_areas_and_their_boundaries_come_with_one_command(store, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("KANGTU_DATABASE_URL", str(store.url))
    monkeypatch.setenv("KANGTU_DATA_FOLDER", str(tmp_path))
    (tmp_path / "areas.csv").write_text("地区代码,层级,名称\nx-1,旗县区,一区\nx-2,旗县区,二区\n", encoding="utf-8")
    squares = [(code, [[[w, 39], [w + 1, 39], [w + 1, 40], [w, 40], [w, 39]]]) for code, w in (("x-1", 8), ("x-2", 9))]
    features = [
        {"type": "Feature", "properties": {"area_id": code}, "geometry": {"type": "Polygon", "coordinates": ring}}
        for code, ring in squares
    ]
    (tmp_path / "b.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    command = ["import", "areas", str(tmp_path / "areas.csv"), "--boundaries", str(tmp_path / "b.geojson")]

    assert main(command) == 1
    assert "--datum" in capsys.readouterr().err
    assert main([*command, "--datum", "WGS-84", "--source", "测试"]) == 0

    assert sorted(read_boundaries(store)["area_id"]) == ["x-1", "x-2"]
    assert (tmp_path / "geo" / "manifest.json").is_file()


def test_an_import_is_undone_from_the_command_line_once(store, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("KANGTU_DATABASE_URL", str(store.url))
    report = send(store, tmp_path, "指标,地区代码,时期,数值\nhealth_literacy,150602,2024,85\n")

    assert main(["undo-import", str(report.submission_id)]) == 0
    assert main(["undo-import", str(report.submission_id)]) == 1

    assert figures(store) == {}
    assert "已被撤销" in capsys.readouterr().err


def test_a_point_outside_the_county_it_names_is_remarked_on(store, tmp_path):
    square = shapely.box(109.0, 39.0, 110.0, 40.0)
    frame = geopandas.GeoDataFrame(
        {"area_id": ["150602"], "valid_from": [date(1, 1, 1)], "is_illustrative": [False]},
        geometry=[square],
        crs="EPSG:4490",
    ).assign(declared_datum="CGCS2000", source="test", review_number=None)
    with writing(store) as connection:
        write_boundaries(connection, frame, submission_id=1)

    rows = "f1,在内,医院,150602001,109.5,39.5,GPS\nf2,在外,医院,150602001,110.5,39.5,GPS\n"
    report = send(store, tmp_path, FACILITIES + rows, "facilities")

    assert report.outcome == "stored"
    assert report.notices == ["提醒：f2（在外）的坐标不在所填地区的旗县区范围内，请核对坐标、坐标系或地区代码。"]


def test_two_hospitals_in_one_spot_are_remarked_on_and_a_clinic_beside_them_is_not(store, tmp_path):
    rows = "f1,甲,医院,150602001,109.5,39.5,GPS\nf2,乙,医院,150602001,109.5,39.5,GPS\n"
    report = send(store, tmp_path, FACILITIES + rows + "f3,丙,村卫生室,150602001,109.5,39.5,GPS\n", "facilities")

    assert report.notices == [
        "提醒：f1（甲）、f2（乙）的坐标与同类的另一个完全相同，请核对是否重复登记，或坐标是照抄的。"
    ]


def test_an_indicators_changed_definition_is_imported(store, tmp_path):
    head = "指标编号,名称,单位,方向,口径变更时期\n"
    good = send(store, tmp_path, head + "new_one,新指标,percent,越高越好,2021年\n", "indicators")
    bad = send(store, tmp_path, head + "new_two,新指标二,percent,越高越好,去年\n", "indicators")

    assert not good.problem_count
    assert read_indicators(store).set_index("indicator_id").series_break["new_one"] == "2021"
    assert "“去年”" in sentences(bad)[0]
