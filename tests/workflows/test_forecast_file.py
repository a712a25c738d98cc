import pandas as pd
import pytest

from data_access.errors import InputError
from manage import main
from models.intervals import QUANTILE_COLUMNS
from workflows import forecast_file

HEADER = "series_id,indicator_id,area_id,year,value,unit,lower_bound,upper_bound,direction\n"


def row(area="150602", year=2024, value="61.5", lower="0", upper="100", direction="up"):
    return f"screening|{area},screening,{area},{year},{value},percent,{lower},{upper},{direction}\n"


@pytest.fixture
def files(tmp_path):
    """Five years of three districts and a request for 2027 and 2030 of each."""
    history, requests, out = (tmp_path / name for name in ("history.csv", "requests.csv", "out.csv"))
    areas = ["150602", "150603", "150621"]
    rows = [row(area, 2020 + i, f"{50 + 5 * k + 2 * i}") for k, area in enumerate(areas) for i in range(5)]
    history.write_text(HEADER + "".join(rows), encoding="utf-8")
    asked = [f"screening|{area},{year}\n" for area in areas for year in (2027, 2030)]
    requests.write_text("series_id,year\n" + "".join(asked), encoding="utf-8")
    return history, requests, out


def run(files, *more: str) -> int:
    history, requests, out = files
    return main(["forecast-file", "--history", str(history), "--requests", str(requests), "--out", str(out), *more])


def append(path, text: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def test_every_request_is_answered_in_the_order_asked(files):
    assert run(files) == 0

    answer = pd.read_csv(files[2])
    assert list(answer.columns) == ["series_id", "year", "mean", *QUANTILE_COLUMNS]
    assert answer["series_id"].tolist() == pd.read_csv(files[1])["series_id"].tolist()
    assert answer["year"].tolist() == [2027, 2030] * 3
    assert answer["q0.5"].iloc[0] == pytest.approx(63.5, abs=2.5)  # 58 in 2024, two points a year, damped


def test_targets_add_the_probability_of_missing_them(files, tmp_path):
    targets = tmp_path / "targets.csv"
    targets.write_text("series_id,year,target_own,target_common\nscreening|150602,2027,20,99\n", encoding="utf-8")

    assert run(files, "--targets", str(targets)) == 0

    answer = pd.read_csv(files[2])
    assert answer.loc[0, ["p_miss_own", "p_miss_common"]].tolist() == [0.05, 0.95]
    assert answer.loc[1:, ["p_miss_own", "p_miss_common"]].isna().all(axis=None)


def test_where_less_is_better_a_ceiling_is_missed_from_above(files, tmp_path):
    files[0].write_text(files[0].read_text(encoding="utf-8").replace(",up\n", ",down\n"), encoding="utf-8")
    targets = tmp_path / "targets.csv"
    targets.write_text("series_id,year,target_own,target_common\nscreening|150602,2027,20,99\n", encoding="utf-8")

    run(files, "--targets", str(targets))

    assert pd.read_csv(files[2]).loc[0, ["p_miss_own", "p_miss_common"]].tolist() == [0.95, 0.05]


def test_quarters_are_counted_four_to_the_year(files):
    rows = [
        f"visits|{area},visits,{area},{4 * 2022 + q},{30 + [8, 0, -8, 0][q % 4]},n,0,,up,4\n"
        for area in ("a", "b", "c")
        for q in range(12)
    ]
    files[0].write_text(HEADER.replace("\n", ",season_length\n") + "".join(rows), encoding="utf-8")
    files[1].write_text("series_id,year\nvisits|a,8100\nvisits|a,8102\n", encoding="utf-8")  # 2025, quarters 1 and 3

    assert run(files) == 0

    answer = pd.read_csv(files[2])
    assert answer["year"].tolist() == [8100, 8102]
    assert answer["q0.5"].tolist() == pytest.approx([38, 22], abs=2)


@pytest.mark.parametrize(
    ("bad_row", "message"),
    [
        (row(year=2024), "第 17 行（screening|150602）：同一序列同一 year 出现两次"),
        (row(year=2025, value="101"), "第 17 行（101）：value 高于 upper_bound"),
        (row(year=2025, value="-1"), "第 17 行（-1）：value 低于 lower_bound"),
        (row(year=2025, value="61.5%"), "第 17 行（61.5%）：value 不是数字"),
        (row(year="去年"), "第 17 行（去年）：year 不是数字"),
        (row(year=2025, direction="better"), "第 17 行（better）：direction 须为 up 或 down"),
        (row(year=""), "第 17 行：year 为空"),
        (row(year=2025, upper="99"), "第 17 行（99）：upper_bound 在同一序列中前后不同"),
    ],
)
def test_a_bad_row_is_named_as_a_spreadsheet_counts_it_and_nothing_is_written(files, capsys, bad_row, message):
    append(files[0], bad_row)

    assert run(files) == 1

    assert f"history.csv：{message}" in capsys.readouterr().err
    assert not files[2].exists()


def test_a_folder_that_is_not_there_is_named(files, capsys):
    assert run((files[0], files[1], files[2].parent / "none" / "out.csv")) == 1

    assert "不能写入" in capsys.readouterr().err


def test_a_request_for_the_past_or_for_a_stranger_is_refused(files, capsys):
    append(files[1], "screening|150602,2024\nscreening|999999,2030\n")

    assert run(files) == 1

    assert "第 9 行（screening|999999）：历史中没有该序列的数值" in capsys.readouterr().err
    files[1].write_text("series_id,year\nscreening|150602,2024\n", encoding="utf-8")
    assert run(files) == 1
    assert "第 2 行（screening|150602）：year 不晚于该序列最后一期" in capsys.readouterr().err


def test_what_is_no_table_is_refused(tmp_path):
    with pytest.raises(InputError, match="找不到文件"):
        forecast_file.read_table(tmp_path / "none.csv", [], [])
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(InputError, match="文件是空的"):
        forecast_file.read_table(tmp_path / "empty.csv", [], [])
    (tmp_path / "gb.csv").write_bytes("series_id,地区\n1,鄂尔多斯\n".encode("gb18030"))
    with pytest.raises(InputError, match="不是 UTF-8"):
        forecast_file.read_table(tmp_path / "gb.csv", [], [])
    (tmp_path / "short.csv").write_text("series_id\n1\n")
    with pytest.raises(InputError, match="缺少列 value"):
        forecast_file.read_table(tmp_path / "short.csv", ["value"], [])
