import csv
import math
from pathlib import Path

import pytest

from models.standard_units import COUNTED, format_standard
from models.units import UNITS

PACKS = Path(__file__).parents[2] / "packs"


@pytest.mark.parametrize(
    ("value", "unit", "chinese", "english"),
    [
        (30, "km", "30公里", "30 km"),
        (1, "count_per_district", "每个旗区县1个", "1 per district"),
        (82.1, "years", "82.1岁", "82.1 years"),
        (5, "percent_per_month", "每月5%", "5 % a month"),
        (3, "口井", "3口井", "3 口井"),
        (3, None, "3", "3"),
        (math.nan, "rooms", "—", "—"),
    ],
)
def test_what_a_standard_asks_for_is_said_with_the_thing_it_counts(value, unit, chinese, english):
    assert format_standard(value, unit, "zh") == chinese
    assert format_standard(value, unit, "en") == english


def test_every_unit_of_the_plans_standards_and_tasks_has_its_words():
    used = set()
    for path in [*PACKS.glob("*/services.csv"), *PACKS.glob("*/tasks.csv")]:
        with path.open(encoding="utf-8-sig", newline="") as file:
            used |= {row["unit"] for row in csv.DictReader(file) if row.get("value") or row.get("quantity")}

    assert used - {""} <= {*COUNTED, *UNITS}
