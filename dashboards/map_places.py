"""Health cells and facilities as points over the map: their kinds in words, and the one character on each marker."""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from dashboards import data, wording
from dashboards.language import current_language, mark
from dashboards.language import gettext as _
from models import cells

FACILITY, HEALTH_CELL = "facility", "health_cell"
# type -> (words, character on a Chinese page, on an English one)
FACILITY_TYPES = {
    "hospital": (mark("Hospital"), "医", "H"),
    "tcm_hospital": (mark("Chinese or Mongolian medicine hospital"), "中", "M"),
    "maternal_child_centre": (mark("Maternal and child health centre"), "妇", "C"),
    "cdc": (mark("Centre for disease control"), "疾", "D"),
    "township_hospital": (mark("Township hospital"), "卫", "T"),
    "community_health_centre": (mark("Community health centre"), "社", "P"),
    "community_health_station": (mark("Community health station"), "站", "S"),
    "village_clinic": (mark("Village clinic"), "村", "V"),
    "nursing_home": (mark("Nursing home"), "养", "N"),
}
CELL_TYPES = {
    "healthy_community": (mark("Healthy community"), "社", "C"),
    "healthy_village": (mark("Healthy village"), "村", "V"),
    "healthy_township": (mark("Healthy township"), "镇", "T"),
    "healthy_school": (mark("Healthy school"), "校", "S"),
    "healthy_enterprise": (mark("Healthy enterprise"), "企", "E"),
    "healthy_agency": (mark("Healthy agency"), "机", "A"),
    "healthy_unit": (mark("Healthy unit"), "单", "U"),
    "healthy_family": (mark("Healthy family"), "家", "F"),
    "healthy_canteen": (mark("Healthy canteen"), "食", "K"),
    "nutrition_restaurant": (mark("Healthy restaurant"), "餐", "R"),
    "health_promoting_hospital": (mark("Health-promoting hospital"), "医", "H"),
    "healthy_trail": (mark("Healthy trail"), "道", "W"),
    "healthy_theme_park": (mark("Health theme park"), "园", "G"),
}
SERVICES = {
    "tcm_hall": mark("Chinese or Mongolian medicine hall"),
    "palliative_care": mark("Palliative care"),
    "platform_connected": mark("Linked to the health-information platform"),
    "family_doctor": mark("Family doctors"),
    "chronic_disease_clinic": mark("Chronic-disease clinic"),
}
GRADE_WORDS = {
    "中心卫生院": mark("central"),
    "三级甲等": mark("grade 3A"),
    "三级乙等": mark("grade 3B"),
    "二级甲等": mark("grade 2A"),
    "二级乙等": mark("grade 2B"),
}
TITLE_LEVELS = {
    "national": mark("National title"),
    "region": mark("Regional title"),
    "prefecture": mark("Prefecture title"),
    "county": mark("County title"),
}
TYPES = {FACILITY: FACILITY_TYPES, HEALTH_CELL: CELL_TYPES}


@data.cached
def kinds_there() -> pd.Series:
    """(family, type) -> how many places of a kind there are, in the order they are listed in."""
    counts = every_place(Filter()).groupby(["family", "type"]).size()
    ordered = [(family, kind) for family, kinds in TYPES.items() for kind in kinds]
    known = [key for key in ordered if key in counts.index] + [key for key in counts.index if key not in ordered]
    return counts.reindex(pd.MultiIndex.from_tuples(known, names=["family", "type"]))


PASSING = ("service", "grade", "title_level", "in_year")  # the fields of Filter, as an address names them


@dataclass(frozen=True)
class Filter:
    """Which of the chosen places are shown; "" lets all pass. A facility has services and a grade, a cell the others.

    in_year: cells with a title at the end of that year: certified by then, not lapsed and not withdrawn; "" those of today.
    """

    service: str = ""
    grade: str = ""
    title_level: str = ""
    in_year: str = ""

    @classmethod
    def of(cls, **given: object) -> "Filter":
        """From an address or a callback: what is not among the options lets all pass."""
        known = {name: {option["value"] for option in options} for name, options in filter_options().items()}
        return cls(**{name: value for name, value in given.items() if isinstance(value, str) and value in known[name]})


def filter_options() -> dict[str, list[dict[str, str]]]:
    """What the places can be told apart by, of what is there: options {"value", "label"} for each field of Filter."""
    facilities, register = data.facilities(), data.health_cells()
    services = sorted({slug for text in facilities["services"].dropna() for slug in text.split(";")})
    certified = register["certified_on"].dropna()
    years = range(certified.dt.year.max(), certified.dt.year.min() - 1, -1) if len(certified) else ()
    levels = set(register["title_level"].dropna())
    return {
        "service": [{"value": slug, "label": _(SERVICES[slug]) if slug in SERVICES else slug} for slug in services],
        "grade": [{"value": grade, "label": grade_words(grade)} for grade in sorted(set(facilities["grade"].dropna()))],
        "title_level": [{"value": key, "label": _(word)} for key, word in TITLE_LEVELS.items() if key in levels],
        "in_year": [{"value": str(year), "label": wording.period(str(year))} for year in years],
    }


def grade_words(grade: str) -> str:
    """A grade in the reader's words; one nobody has named as the data writes it."""
    return _(GRADE_WORDS[grade]) if grade in GRADE_WORDS and current_language() == "en" else grade


@data.cached
def every_place(passing: Filter) -> pd.DataFrame:
    """Every open facility and every health cell with its title that passes.

    Columns: family, type, place_id, area_id, name_zh, name_en, lon, lat (degrees, NaN for one nobody has located).
    """
    facilities, register = data.facilities(), data.health_cells()
    parts = (
        facilities[_is_shown_facility(facilities, passing)].assign(
            family=FACILITY, type=facilities["facility_type"], place_id=facilities["facility_id"]
        ),
        register[_is_shown_cell(register, passing)].assign(
            family=HEALTH_CELL, type=register["cell_type"], place_id=register["health_cell_id"]
        ),
    )
    columns = ["family", "type", "place_id", "area_id", "name_zh", "name_en", "lon", "lat"]
    return pd.concat([part[columns] for part in parts], ignore_index=True)


def _is_shown_facility(facilities: pd.DataFrame, passing: Filter) -> pd.Series:
    is_shown = facilities["closed"].isna()
    if passing.service:
        offered = ";" + facilities["services"].astype("string").fillna("") + ";"
        is_shown &= offered.str.contains(f";{passing.service};", regex=False)
    return is_shown & facilities["grade"].eq(passing.grade) if passing.grade else is_shown


def _is_shown_cell(register: pd.DataFrame, passing: Filter) -> pd.Series:
    day = date(int(passing.in_year), 12, 31) if passing.in_year else data.bureau_day()
    is_shown = cells.valid_on(register, day)
    return is_shown & register["title_level"].eq(passing.title_level) if passing.title_level else is_shown


def type_words(family: str, kind: str) -> tuple[str, str]:
    """The kind in the reader's words and its character; a type of cells that only a plan names as that plan has it, one
    that nobody has named as the data writes it."""
    if kind not in TYPES[family]:
        plans = data.cell_type_names() if family == HEALTH_CELL else {}
        words = plans.get(kind, {}).get(current_language()) or kind
        return words, words[:1].upper()
    words, chinese, english = TYPES[family][kind]
    return _(words), chinese if current_language() == "zh" else english
