from datetime import date

import pandas as pd
import pytest

from data_access.areas import read_areas
from data_access.errors import InputError
from data_access.facilities import read_facilities
from data_access.population import read_population
from data_access.undoing import undo
from tests.data_access.rows import AREAS, submit_figures, submit_register, write_places_and_indicators


def facility(facility_id="F1", name_zh="东胜区人民医院", **more):
    row = {"facility_id": facility_id, "name_zh": name_zh, "facility_type": "hospital", "area_id": "150602"}
    return pd.DataFrame([row | more])


def counts(written):
    return written.added, written.changed, written.unchanged


def test_new_rows_are_added_and_known_ones_corrected(engine):
    write_places_and_indicators(engine)
    submit_register(engine, "facilities", facility(beds=100, opened=date(1956, 5, 1)))
    more = pd.concat([facility(beds=120), facility("F2", "康巴什区医院", beds=80), facility("F3", "某医院", beds=None)])

    _, written = submit_register(engine, "facilities", more)

    assert counts(written) == (2, 1, 0)
    stored = read_facilities(engine).set_index("facility_id")
    assert stored["beds"].tolist() == [120, 80, pd.NA]
    assert stored["opened"]["F1"].date() == date(1956, 5, 1)  # a column the second file did not have


def test_rows_that_say_nothing_new_are_counted(engine):
    write_places_and_indicators(engine)
    first, _ = submit_register(engine, "facilities", facility())

    _, written = submit_register(engine, "facilities", facility())

    assert counts(written) == (0, 0, 1)
    assert read_facilities(engine)["submission_id"].tolist() == [first]


def test_a_child_may_stand_before_its_parent_in_the_file(engine):
    submit_register(engine, "areas", AREAS.iloc[::-1])

    assert read_areas(engine)["area_id"].tolist() == ["150600", "150602", "150603"]


def test_undoing_puts_corrected_rows_back_and_takes_added_ones_away(engine):
    write_places_and_indicators(engine)
    submit_register(engine, "facilities", facility(beds=100, opened=date(1956, 5, 1)))
    before = read_facilities(engine)
    second, _ = submit_register(
        engine, "facilities", pd.concat([facility(beds=1, opened=date(2056, 5, 1)), facility("F2", beds=2)])
    )

    undo(engine, second, received_from="wang")

    pd.testing.assert_frame_equal(read_facilities(engine), before)


def test_undoing_a_register_with_a_compound_key(engine):
    write_places_and_indicators(engine)
    rows = pd.DataFrame({"area_id": ["150602"], "year": [2020], "group_id": ["all"], "persons": [574_442.0]})
    submit_register(engine, "population", rows)
    wrong, _ = submit_register(engine, "population", pd.concat([rows.assign(persons=57.0), rows.assign(year=2021)]))

    undo(engine, wrong, received_from="wang")

    assert read_population(engine)[["year", "persons"]].values.tolist() == [[2020, 574_442.0]]


def test_areas_that_figures_are_reported_for_are_not_taken_away(engine):
    write_places_and_indicators(engine)
    banner = AREAS.iloc[[1]].assign(area_id="150621", name_zh="达拉特旗")
    added, _ = submit_register(engine, "areas", banner)
    submit_figures(engine, [("150621", "2024", 81.5)])

    with pytest.raises(InputError, match=r"指标数据.* 1 行"):
        undo(engine, added, received_from="wang")
    assert "150621" in set(read_areas(engine)["area_id"])


def test_areas_imported_with_their_children_are_taken_away_together(engine):
    added, _ = submit_register(engine, "areas", AREAS)

    undo(engine, added, received_from="wang")

    assert read_areas(engine).empty


def test_areas_whose_children_came_later_are_not_taken_away(engine):
    parent, _ = submit_register(engine, "areas", AREAS.iloc[[0]])
    submit_register(engine, "areas", AREAS.iloc[1:])

    with pytest.raises(InputError, match="下级区划 2 行"):
        undo(engine, parent, received_from="wang")


def test_an_import_that_a_later_one_corrected_or_repeated_is_undone_after_it(engine):
    write_places_and_indicators(engine)
    first, _ = submit_register(engine, "facilities", facility(beds=100))
    second, _ = submit_register(engine, "facilities", facility(beds=100))

    with pytest.raises(InputError, match=f"第 {second} 号导入写过同样的行"):
        undo(engine, first, received_from="wang")
    undo(engine, second, received_from="wang")
    undo(engine, first, received_from="wang")
    assert read_facilities(engine).empty


def test_more_rows_than_a_statement_takes_are_written_and_undone(engine):
    write_places_and_indicators(engine)
    many = pd.concat([facility(f"F{number:05}") for number in range(2_500)])
    added, written = submit_register(engine, "facilities", many)

    assert counts(written) == (2_500, 0, 0)
    undo(engine, added, received_from="wang")
    assert read_facilities(engine).empty
