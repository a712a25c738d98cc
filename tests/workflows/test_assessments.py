import shutil

import pandas as pd
import pytest

from data_access.errors import InputError
from workflows.assessments import SCHEMES, figures_of_year, load_scheme, scheme_folders

KNOWN = set(pd.read_csv(SCHEMES.parent / "indicators.csv").indicator_id)


@pytest.fixture
def folder(tmp_path):
    """A copy of the example to spoil."""
    return shutil.copytree(SCHEMES / "ordos-2030-example", tmp_path / "mine")


def spoil(folder, file, old, new):
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_the_shipped_scheme_is_sound_says_it_is_an_example_and_adds_up_to_a_hundred():
    loaded = load_scheme(SCHEMES / "ordos-2030-example", KNOWN)

    assert loaded.about["is_example"]
    assert "示例" in loaded.about["name_zh"]
    assert loaded.scheme.items.full_marks.sum() == 100
    assert len(loaded.groups) == 9


def test_every_shipped_scheme_is_found():
    assert [path.name for path in scheme_folders()] == ["ordos-2030-example"]


def test_every_wrong_row_is_named_with_its_place_and_its_mend(folder):
    spoil(folder, "items.csv", "smoking_rate_15plus,", "no_such_indicator,")
    spoil(folder, "items.csv", "share,10,>=,43.8,35", "share,10,>=,43.8,50")
    spoil(folder, "peer_groups.csv", "150603,", "150602,")

    with pytest.raises(InputError) as refused:
        load_scheme(folder, KNOWN)

    said = str(refused.value)
    assert "mine/items.csv第 3 行" in said and "no_such_indicator" in said
    assert "mine/items.csv第 4 行" in said and "起点须在目标的不达标一侧" in said
    assert "mine/peer_groups.csv第 3 行" in said
    assert said.endswith("该考核方案未启用。")


@pytest.mark.parametrize(
    ("old", "new"), [(",reach,", ",如何,"), (",reach,10,>=,", ",reach,很多,>=,"), (",reach,10,>=,", ",reach,10,=,")]
)
def test_a_cell_that_is_no_rule_number_or_comparator_is_refused(folder, old, new):
    spoil(folder, "items.csv", old, new)

    with pytest.raises(InputError, match="第 6 行"):
        load_scheme(folder, KNOWN)


def test_words_of_the_office_do_as_well_as_slugs(folder):
    spoil(folder, "items.csv", ",reach,10,>=,", ",达标得分,10,不低于,")
    spoil(folder, "items.csv", ",veto,,>=,", ",一票否决,,≥,")

    assert load_scheme(folder, KNOWN).scheme.items.rule.tolist().count("reach") == 1


def test_a_folder_without_a_table_says_which(folder):
    (folder / "items.csv").unlink()

    with pytest.raises(InputError, match=r"items\.csv（考核项）"):
        load_scheme(folder, KNOWN)


def test_figures_of_a_year_are_whole_years_and_sums_of_parts_where_an_area_reported_none():
    places = pd.DataFrame(
        [
            ("1506", "prefecture", None),
            ("150602", "county", "1506"),
            ("150602001", "township", "150602"),
            ("150602002", "township", "150602"),
        ],
        columns=["area_id", "level", "parent_id"],
    ).assign(is_unit=True)
    rows = [
        ("150602001", "2025", 20.0, 100.0),
        ("150602002", "2025", 60.0, 100.0),
        ("150602001", "2025Q4", 1.0, 100.0),
        ("150602001", "2024", 2.0, 100.0),
    ]
    figures = pd.DataFrame(rows, columns=["area_id", "period", "numerator", "denominator"])
    figures = figures.assign(
        indicator_id="x", value=figures.numerator, time=2025.0, status="final", lower=float("nan"), upper=float("nan")
    )

    found = figures_of_year(figures, places, pd.Series({"x": "percent"}), 2025).set_index("area_id")

    assert found.value.to_dict() == {"150602001": 20, "150602002": 60, "150602": 40, "1506": 40}
    # sqrt(0.4 x 0.6 / 200) = 3.46 %
    assert found.error["150602"] == pytest.approx(3.464, abs=0.001)
