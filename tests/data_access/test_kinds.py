import pytest

from data_access.delivery_tables import STAGES, programme_counts
from data_access.headers import plain_label, words_for
from data_access.kinds import KINDS
from data_access.registers import REGISTERS
from data_access.tables import observations

LEDGERS = {"observations": observations, "programme_counts": programme_counts}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_no_word_stands_for_two_columns(kind):
    pairs = {(plain_label(word), column.name) for column in kind.columns for word in words_for(column)}

    assert len({word for word, _ in pairs}) == len(pairs)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_column_is_stored_or_only_checked(kind):
    only_checked = {"row_mark", "area_name", "unit"} | ({"declared_datum"} if kind.name == "areas" else set())
    if kind.name == "programme_counts":
        only_checked |= set(STAGES)  # each a row of its own
    table = LEDGERS[kind.name] if kind.name in LEDGERS else REGISTERS[kind.name]

    assert {column.name for column in kind.columns} - only_checked <= set(table.columns.keys())
