"""The glossary and the pack guide keep up with the code."""

from pathlib import Path

import pytest

from data_access.pack_kinds import COMPARATORS, PACK_KINDS, RULES, SCOPES
from models.units import UNITS

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("slug", [*UNITS, *RULES, *SCOPES, *COMPARATORS])
def test_every_unit_rule_scope_and_comparator_is_in_the_glossary(slug):
    assert f"`{slug}`" in (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", PACK_KINDS)
def test_every_column_of_a_pack_is_explained_to_the_bureau(kind):
    guide = (ROOT / "packs" / "README.md").read_text(encoding="utf-8")

    missing = [c.name for c in PACK_KINDS[kind].columns if c.name != "row_mark" and f"`{c.name}`" not in guide]

    assert missing == []
