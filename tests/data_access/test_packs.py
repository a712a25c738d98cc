"""Reading plan packs: what a bureau may write in a cell, and how a wrong one is told."""

import csv

import openpyxl
import pytest

from data_access.errors import InputError
from data_access.packs import read_pack, read_registry

PLAN = {"plan_id": "demo", "name_zh": "健康某县", "place_zh": "某县", "admin_level": "县", "kind": "outcome_plan"}
ACTION = {"action_id": "diet", "action_no": "1", "title_zh": "合理膳食行动"}
TARGET = {
    "行动编号": "diet",
    "指标": "health_literacy_rate",
    "规则": "水平",
    "比较方式": "不低于",
    "目标值": "30",
    "年份": "2030",
}


def write_csv(path, rows, encoding="utf-8-sig"):
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def folder(tmp_path):
    """A pack of one plan, one action and one target, its targets sheet with Chinese headers."""
    pack = tmp_path / "demo"
    pack.mkdir()
    write_csv(pack / "plan.csv", [PLAN])
    write_csv(pack / "actions.csv", [ACTION])
    write_csv(pack / "targets.csv", [TARGET])
    return pack


def only_target(pack):
    return pack.rows("targets").iloc[0]


def test_headers_and_words_may_be_chinese(folder):
    target = only_target(read_pack(folder))

    assert (target["action_id"], target["rule"], target["comparator"]) == ("diet", "level", ">=")
    assert (target["value"], target["year"], target["row"]) == (30.0, 2030, 2)


def test_a_file_saved_by_an_older_excel_in_gb18030_reads_the_same(folder):
    write_csv(folder / "targets.csv", [TARGET], encoding="gb18030")

    assert only_target(read_pack(folder))["comparator"] == ">="


def test_files_may_have_chinese_names(folder):
    (folder / "targets.csv").rename(folder / "目标.csv")

    assert len(read_pack(folder).rows("targets")) == 1


def test_one_workbook_with_sheets_of_the_same_names_is_a_pack_too(tmp_path):
    book = openpyxl.Workbook()
    for name, row in (("plan", PLAN), ("actions", ACTION), ("目标", TARGET)):
        sheet = book.create_sheet(name)
        sheet.append(list(row))
        sheet.append(list(row.values()))
    book.remove(book["Sheet"])
    book.save(tmp_path / "demo.xlsx")

    pack = read_pack(tmp_path / "demo.xlsx")

    assert only_target(pack)["year"] == 2030
    assert pack.rows("plan").iloc[0]["admin_level"] == "county"


def test_the_order_of_the_columns_does_not_matter(folder):
    write_csv(folder / "targets.csv", [dict(reversed(TARGET.items()))])

    assert only_target(read_pack(folder))["indicator_id"] == "health_literacy_rate"


def test_a_column_nobody_knows_is_reported_and_not_dropped_in_silence(folder):
    write_csv(folder / "targets.csv", [TARGET | {"审核人": "张三"}])

    assert read_pack(folder).notices == ["demo/targets.csv：不认识的列，没有导入：审核人。"]


def test_every_wrong_cell_is_told_with_its_row_and_how_to_mend_it(folder):
    second = TARGET | {"年份": "20xx", "比较方式": "约"}
    write_csv(folder / "targets.csv", [TARGET, second])

    complaints = read_pack(folder).complaints()

    assert len(complaints) == 2
    assert complaints[0].startswith(
        "demo/targets.csv第 3 行，“比较方式”列：“约”不是“比较方式”可填的内容。请从这些中选一个：>=（≥）"
    )
    assert complaints[1] == (
        "demo/targets.csv第 3 行，“年份”列：“20xx”不是年份。"
        "请填写四位年份，如 2030；原文隐去的年份请留空，并在“隐去部分”填“年份”。"
    )


def test_a_required_cell_left_empty_is_told(folder):
    write_csv(folder / "actions.csv", [ACTION | {"title_zh": ""}])

    assert read_pack(folder).complaints() == ["demo/actions.csv第 2 行，“title_zh”列：没有填写。请填写行动名称。"]


def test_departments_are_joined_with_semicolons_of_either_width(folder):
    write_csv(folder / "actions.csv", [ACTION | {"牵头部门": "市卫健委； 各区、镇、街道"}])

    assert read_pack(folder).rows("actions").iloc[0]["lead_departments_zh"] == "市卫健委;各区、镇、街道"


def test_hidden_parts_may_be_named_in_chinese(folder):
    write_csv(folder / "targets.csv", [TARGET | {"是否隐去": "是", "隐去部分": "年份、数值"}])

    assert only_target(read_pack(folder))["masked_part"] == "value;year"


def test_a_percent_sign_is_kept_to_be_compared_with_the_unit(folder):
    write_csv(folder / "targets.csv", [TARGET | {"目标值": "30％"}])

    pack = read_pack(folder)

    assert only_target(pack)["value"] == 30.0
    assert pack.sheets["targets"].signs == {(2, "value"): "%"}


def test_a_changed_cell_changes_the_packs_hash_and_nothing_else_does(folder):
    before = read_pack(folder).pack_hash
    same = read_pack(folder).pack_hash
    write_csv(folder / "targets.csv", [TARGET | {"目标值": "31"}])

    assert same == before
    assert read_pack(folder).pack_hash != before


def test_a_pack_without_actions_is_refused(folder):
    (folder / "actions.csv").unlink()

    with pytest.raises(InputError, match=r"demo：缺少 actions（行动）表。请补上"):
        read_pack(folder)


def test_a_path_that_is_not_there_says_what_a_pack_is(tmp_path):
    with pytest.raises(InputError, match=r"没有这个方案包.*文件夹.*xlsx"):
        read_pack(tmp_path / "nowhere")


def test_two_files_of_one_sheet_are_refused(folder):
    write_csv(folder / "目标.csv", [TARGET])

    with pytest.raises(InputError, match=r"targets（目标）有两份文件"):
        read_pack(folder)


def test_a_registry_alone_is_read(tmp_path):
    row = {"指标编号": "health_literacy_rate", "指标名称": "居民健康素养水平", "单位": "percent", "方向": "越高越好"}
    write_csv(tmp_path / "indicators.csv", [row])

    read = read_registry(tmp_path / "indicators.csv").rows("indicators").iloc[0]

    assert (read["name_zh"], read["default_direction"]) == ("居民健康素养水平", "higher_is_better")
