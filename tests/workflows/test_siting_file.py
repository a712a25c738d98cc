import json

import pytest

from manage import main

# Five nodes on a line, 1 - 2 - 3 - 4 - 5, of lengths 2, 3, 3, 2; the first edge stands twice and the last length counts.
LINE = "5 5 2\n1 2 9\n2 3 3\n3 4 3\n4 5 2\n2 1 2\n"


@pytest.fixture
def ask(capsys):
    """Runs the command: (exit status, the JSON document or None, what was said on stderr)."""

    def run(*arguments):
        status = main(["siting-file", *map(str, arguments), "--json"])
        said = capsys.readouterr()
        return status, json.loads(said.out) if said.out else None, said.err

    return run


@pytest.fixture
def line(tmp_path):
    path = tmp_path / "line.txt"
    path.write_text(LINE)
    return path


@pytest.fixture
def folder(tmp_path):
    """Three villages and two candidate sites on the equator, 0.1 degrees (11,132 m) apart."""
    (tmp_path / "demand.csv").write_text("id,population,lon,lat\na,500,0,0\nb,300,0.1,0\nc,200,0.3,0\n")
    (tmp_path / "sites.csv").write_text("id,lon,lat\n01,0,0\n02,0.2,0\n")
    return tmp_path


def test_a_graph_file_brings_its_own_number_of_sites_and_the_last_cost_of_an_edge_counts(ask, line):
    status, found, _said = ask(line, "--model", "p-median")

    # 1 and 4: 2 (node 2) + 3 (node 3) + 2 (node 5); 2 and 4 do as well
    assert status == 0
    assert (found["value"], found["bound"], found["gap"], found["proven"]) == (7, 7, 0, True)
    assert found["sites"] == ["1", "4"]
    assert (found["people_share"], found["uncovered"], found["p"], found["unit"]) == (None, None, 2, "cost")


def test_the_p_center_of_the_line_and_what_lies_within_a_radius_of_it(ask, line):
    _status, found, _said = ask(line, "--model", "p-center", "--radius", 2)

    assert (found["value"], found["proven"], found["sites"]) == (3, True, ["2", "4"])
    assert (found["people_share"], found["places_share"], found["uncovered"]) == (0.8, 0.8, ["3"])


def test_points_are_served_by_geodesic_metres(ask, folder):
    _status, found, _said = ask(folder, "--model", "mclp", "--p", 1, "--radius", 11_132)

    # 01 reaches a and b (11,131.95 m), 02 reaches b and c
    assert (found["value"], found["people_share"], found["sites"]) == (800, 0.8, ["01"])
    assert found["places_share"] == pytest.approx(2 / 3)
    assert (found["uncovered"], found["unit"]) == (["c"], "m")


def test_a_table_of_costs_goes_before_the_distance_and_a_missing_pair_is_out_of_reach(ask, folder):
    (folder / "cost.csv").write_text("site_id,demand_id,cost\n01,a,5\n02,b,4\n02,c,8\n01,b,1\n")

    _status, found, _said = ask(folder, "--model", "p-median", "--p", 2)
    assert (found["value"], found["sites"]) == (500 * 5 + 300 * 1 + 200 * 8, ["01", "02"])

    status, _found, said = ask(folder, "--model", "p-median", "--p", 1)
    assert status == 1 and "至少要 2 个点" in said


def test_locked_and_forbidden_sites(ask, line):
    _status, locked, _said = ask(line, "--model", "p-median", "--p", 1, "--lock", 5)
    _status, without, _said = ask(line, "--model", "p-median", "--p", 1, "--forbid", 3)

    assert locked["sites"] == ["5"]
    assert (without["sites"], without["value"]) == (["2"], 2 + 3 + 6 + 8)


def test_the_uncovered_are_listed_largest_first(ask, folder):
    _status, found, _said = ask(folder, "--model", "mclp", "--p", 1, "--radius", 0)

    assert (found["value"], found["uncovered"]) == (500, ["b", "c"])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "文件是空的"),
        ("5 2 1\n1 2 3\n", "说有 2 条边，文件里却有 1 行"),
        ("5 1 1\n1 6 3\n", "第 2 行：节点 6 不在 1 到 5 之间"),
        ("5 1 1\n1 2 -3\n", "第 2 行：成本 -3"),
        ("5 1 1\n1 2\n", "第 2 行"),
        ("5 1 1\n1 2 x\n", "第 2 行"),
        ("5 1\n1 2 3\n", "第 1 行"),
        ("999999 0 1\n", "百万对"),
        ("3 1 4\n1 2 3\n", "可选的候选点只有 3 个"),
        ("3 1 0\n1 2 3\n", "至少应为 1"),
        ("3 1 1\n1 2 3\n", "至少要 2 个点"),
    ],
)
def test_a_broken_graph_file_is_told_line_by_line(ask, tmp_path, text, words):
    path = tmp_path / "broken.txt"
    path.write_text(text)

    status, found, said = ask(path, "--model", "p-median")

    assert (status, found) == (1, None)
    assert words in said


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("demand.csv", "id,lon,lat\na,0,0\n", "缺少列 population"),
        ("demand.csv", "id,population,lon,lat\na,many,0,0\n", "第 2 行（many）：population"),
        ("demand.csv", "id,population,lon,lat\na,-5,0,0\n", "第 2 行（-5）：population"),
        ("demand.csv", "id,population,lon,lat\na,5,0,0\na,6,1,0\n", "第 2 行（a）、第 3 行（a）：id 重复"),
        ("demand.csv", "id,population,lon,lat\na,5,39.8,109.9\n", "经纬度是否写反"),
        ("sites.csv", "id\n01\n", "缺少列 lon、lat"),
        ("sites.csv", "id,lon,lat\n", "只有表头"),
        ("cost.csv", "site_id,demand_id,cost\n01,z,5\n", "不在 demand.csv 之中"),
        ("cost.csv", "site_id,demand_id,cost\n01,a,5\n01,a,6\n", "出现多次"),
        ("cost.csv", "site_id,demand_id,cost\n01,a,\n", "cost"),
    ],
)
def test_a_broken_table_is_told_row_by_row(ask, folder, file, text, words):
    (folder / file).write_text(text)

    status, found, said = ask(folder, "--model", "mclp", "--p", 1, "--radius", 30000)

    assert (status, found) == (1, None)
    assert words in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--model", "mclp", "--p", 1], "需要服务半径"),
        (["--model", "mclp", "--radius", 1], "需要设点个数"),
        (["--model", "mclp", "--p", 3, "--radius", 1], "只有 2 个"),
        (["--model", "lscp", "--radius", -1], "--radius 为 -1"),
        (["--model", "lscp", "--radius", 1], "b、c 共 2 处"),
        (["--model", "p-center", "--p", 1, "--lock", "01", "02"], "已锁定 2 个点"),
        (["--model", "p-center", "--p", 1, "--lock", "9"], "9 不在候选点之中"),
        (["--model", "p-center", "--p", 1, "--lock", "01", "--forbid", "01"], "既被锁定"),
        (["--model", "p-center", "--p", 1, "--forbid", "01", "02"], "全部被禁用"),
    ],
)
def test_a_question_without_an_answer_is_refused_in_words(ask, folder, arguments, words):
    status, found, said = ask(folder, *arguments)

    assert (status, found) == (1, None)
    assert words in said
