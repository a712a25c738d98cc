from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text

from data_access import submissions
from data_access.errors import InputError
from data_access.ledger import Stored, staging
from data_access.observations import OBSERVATIONS, read_observations
from data_access.undoing import undo
from tests.data_access.rows import figures, submit_figures, write_places_and_indicators


@pytest.fixture(autouse=True)
def places_and_indicators(engine):
    write_places_and_indicators(engine)


def values(engine, **question):
    """(area_id, period) -> value."""
    read = read_observations(engine, **question)
    return dict(zip(zip(read["area_id"], read["period"], strict=True), read["value"], strict=True))


def at(day, hour=4):
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def test_figures_come_back_as_they_were_sent(engine):
    submission_id, _ = submit_figures(
        engine,
        [("150602", "2024", 81.5)],
        numerator=163.0,
        denominator=200.0,
        reported_on=date(2025, 1, 9),
        note="年报",
    )

    row = read_observations(engine).iloc[0]

    assert (row["numerator"], row["denominator"], row["value"], row["time"]) == (163.0, 200.0, 81.5, 2024.0)
    assert (row["reported_on"].date(), row["note"], row["status"]) == (date(2025, 1, 9), "年报", "final")
    assert (row["submission_id"], row["is_demo"]) == (submission_id, False)


def test_no_figures_still_have_their_columns_and_types(engine):
    read = read_observations(engine, ["nothing"], ["150602"])

    assert {name: str(dtype) for name, dtype in read.dtypes.items()} == OBSERVATIONS


def test_not_reported_stays_missing(engine):
    submit_figures(engine, [("150602", "2024", None), ("150603", "2024", 0.0)])

    read = read_observations(engine)

    assert read["value"].isna().tolist() == [True, False]
    assert read["reported_on"].isna().all() and read["note"].isna().all()


def test_a_repeated_figure_is_counted_and_not_stored(engine):
    submit_figures(engine, [("150602", "2024", 81.5), ("150603", "2024", None)])

    _, again = submit_figures(engine, [("150602", "2024", 81.5), ("150603", "2024", None), ("150602", "2025", 84.0)])

    assert again == Stored(stored=1, changed=0, unchanged=2)


def test_a_corrected_figure_takes_the_place_of_the_earlier_one(engine):
    submit_figures(engine, [("150602", "2024", 81.5), ("150603", "2024", 70.0)])

    _, correction = submit_figures(engine, [("150602", "2024", 82.0)], status="revised")

    assert correction == Stored(stored=1, changed=1, unchanged=0)
    assert values(engine) == {("150602", "2024"): 82.0, ("150603", "2024"): 70.0}


def test_a_change_of_status_alone_is_a_change(engine):
    submit_figures(engine, [("150602", "2024", 81.5)], status="provisional")

    _, final = submit_figures(engine, [("150602", "2024", 81.5)])

    assert final.changed == 1


def test_a_review_sees_the_figures_of_its_day(engine):
    submit_figures(engine, [("150602", "2024", 81.5)], received_at=at(1))
    submit_figures(engine, [("150602", "2024", 82.0), ("150602", "2025", 84.0)], received_at=at(5))

    assert values(engine, known_on=date(2026, 10, 31)) == {}
    assert values(engine, known_on=date(2026, 11, 4)) == {("150602", "2024"): 81.5}
    assert values(engine, known_on=date(2026, 11, 5)) == {("150602", "2024"): 82.0, ("150602", "2025"): 84.0}


def test_a_day_ends_at_midnight_in_beijing(engine):
    submit_figures(engine, [("150602", "2024", 81.5)], received_at=at(1, hour=17))  # 01:00 on the 2nd in Beijing

    assert values(engine, known_on=date(2026, 11, 1)) == {}
    assert values(engine, known_on=date(2026, 11, 2)) == {("150602", "2024"): 81.5}


def test_undoing_an_import_brings_back_what_it_replaced(engine):
    submit_figures(engine, [("150602", "2024", 81.5)])
    wrong, _ = submit_figures(engine, [("150602", "2024", 8.15), ("150603", "2024", 7.0)])

    undone = undo(engine, wrong, received_from="wang")

    assert undone.rows == 2
    assert values(engine) == {("150602", "2024"): 81.5}


def test_a_review_before_the_undoing_still_sees_the_wrong_figure(engine):
    submit_figures(engine, [("150602", "2024", 81.5)], received_at=at(1))
    wrong, _ = submit_figures(engine, [("150602", "2024", 8.15)], received_at=at(3))
    undo(engine, wrong, received_from="wang", received_at=at(6))

    assert values(engine, known_on=date(2026, 11, 2)) == {("150602", "2024"): 81.5}
    assert values(engine, known_on=date(2026, 11, 5)) == {("150602", "2024"): 8.15}
    assert values(engine, known_on=date(2026, 11, 6)) == {("150602", "2024"): 81.5}


def test_undoing_an_import_that_was_corrected_since_keeps_the_correction(engine):
    first, _ = submit_figures(engine, [("150602", "2024", 81.5)])
    submit_figures(engine, [("150602", "2024", 82.0)])

    undo(engine, first, received_from="wang")

    assert values(engine) == {("150602", "2024"): 82.0}


def test_a_figure_that_two_imports_state_outlives_the_undoing_of_the_first(engine):
    first, _ = submit_figures(engine, [("150602", "2024", 81.5), ("150603", "2024", 70.0)])
    second, _ = submit_figures(engine, [("150602", "2024", 81.5)])

    undo(engine, first, received_from="wang")

    assert values(engine) == {("150602", "2024"): 81.5}
    assert read_observations(engine)["submission_id"].tolist() == [second]


def test_undoing_falls_back_past_imports_that_are_undone_too(engine):
    first, _ = submit_figures(engine, [("150602", "2024", 1.0)])
    second, _ = submit_figures(engine, [("150602", "2024", 2.0)])
    third, _ = submit_figures(engine, [("150602", "2024", 3.0)])

    undo(engine, second, received_from="wang")
    undo(engine, third, received_from="wang")
    assert values(engine) == {("150602", "2024"): 1.0}

    undo(engine, first, received_from="wang")
    assert values(engine) == {}


def test_a_figure_brought_back_is_still_marked_as_demo_data(engine):
    submit_figures(engine, [("150602", "2024", 81.5)], is_demo=True)
    real, _ = submit_figures(engine, [("150602", "2024", 60.0)])
    undo(engine, real, received_from="wang")

    assert read_observations(engine)["is_demo"].tolist() == [True]


def test_an_import_is_undone_once(engine):
    first, _ = submit_figures(engine, [("150602", "2024", 81.5)])
    undone = undo(engine, first, received_from="wang")

    with pytest.raises(InputError, match="已被撤销"):
        undo(engine, first, received_from="wang")
    with pytest.raises(InputError, match="撤销不能再撤销"):
        undo(engine, undone.undo_id, received_from="wang")
    with pytest.raises(InputError, match="没有第 99 号导入"):
        undo(engine, 99, received_from="wang")


def test_rows_that_repeat_a_key_are_named_by_their_place_in_the_file(engine):
    with staging(engine) as staged:
        staged.add(figures([("150602", "2024", 81.5), ("150603", "2024", 70.0)]))
        staged.add(figures([("150602", "2024", 82.0)]).assign(source_row=4))

        repeated = staged.read_repeated()

    assert repeated[["area_id", "first_row", "source_row"]].values.tolist() == [["150602", 2, 4]]


def test_a_failed_import_leaves_nothing_and_the_next_one_starts_afresh(engine):
    with pytest.raises(InputError, match="地区“999999”已不在登记表中"):
        submit_figures(engine, [("150602", "2024", 81.5), ("999999", "2024", 1.0)])

    assert values(engine) == {}
    assert submissions.read_submissions(engine).empty
    submit_figures(engine, [("150602", "2024", 81.5)])
    assert values(engine) == {("150602", "2024"): 81.5}


def test_staging_keeps_nobody_from_writing(engine):
    with staging(engine) as staged:
        staged.add(figures([("150602", "2024", 81.5)]))
        submit_figures(engine, [("150603", "2024", 70.0)])

    assert values(engine) == {("150603", "2024"): 70.0}


def test_the_ledger_forgets_nothing(engine):
    first, _ = submit_figures(engine, [("150602", "2024", 81.5)])
    submit_figures(engine, [("150602", "2024", 82.0)])
    undo(engine, first, received_from="wang")

    with engine.connect() as connection:
        stored = connection.execute(text("SELECT value FROM observations ORDER BY observation_id")).scalars().all()
    assert stored == [81.5, 82.0]


def test_the_same_file_is_known_again_until_it_is_undone(engine):
    with staging(engine) as staged, staged.writing() as connection:
        first = submissions.begin(connection, kind="observations", received_from="wang", file_hash="ab" * 32)

    assert submissions.find_by_hash(engine, "observations", "ab" * 32) == first
    assert submissions.find_by_hash(engine, "areas", "ab" * 32) is None
    undo(engine, first, received_from="wang")
    assert submissions.find_by_hash(engine, "observations", "ab" * 32) is None


def test_two_imports_of_the_same_figures_at_once_give_one_set(engine):
    rows = [(area_id, str(year), 50.0) for area_id in ("150602", "150603") for year in range(2001, 2021)]
    with ThreadPoolExecutor(2) as pool:
        results = [stored for _, stored in pool.map(lambda _: submit_figures(engine, rows), range(2))]

    assert sorted((stored.stored, stored.unchanged) for stored in results) == [(0, 40), (40, 0)]
    assert len(values(engine)) == 40


def test_submissions_cannot_be_dated_before_the_newest(engine):
    submit_figures(engine, [("150602", "2024", 81.5)], received_at=at(5))

    with pytest.raises(ValueError, match="submit in order"):
        submit_figures(engine, [("150602", "2025", 81.5)], received_at=at(4))
