"""Health cells and facilities as points over the map: their kinds in words, and the one character on each marker."""

import pandas as pd

from dashboards import data
from dashboards.language import current_language, mark, pick
from dashboards.language import gettext as _

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
TYPES = {FACILITY: FACILITY_TYPES, HEALTH_CELL: CELL_TYPES}


def layer_options() -> list[dict[str, str]]:
    """What can be laid over the map: each kind of place that is there, with how many; value "family:type"."""
    counts = every_place().groupby(["family", "type"]).size()
    ordered = [(family, kind) for family, kinds in TYPES.items() for kind in kinds]
    known = [key for key in ordered if key in counts.index] + [key for key in counts.index if key not in ordered]
    return [
        {"value": f"{family}:{kind}", "label": f"{_words(family, kind)[0]} ({counts[family, kind]})"}
        for family, kind in known
    ]


def places(chosen: list[str]) -> pd.DataFrame:
    """The places of the chosen layers: lon, lat, name, kind, glyph, family (map_panel.points_update)."""
    found = every_place()
    found = found[(found["family"] + ":" + found["type"]).isin(chosen)]
    words = {key: _words(*key) for key in set(zip(found["family"], found["type"], strict=True))}
    keys = list(zip(found["family"], found["type"], strict=True))
    names = [pick(zh, en) for zh, en in zip(found["name_zh"], found["name_en"], strict=True)]
    return found[["lon", "lat", "family"]].assign(
        name=names, kind=[words[key][0] for key in keys], glyph=[words[key][1] for key in keys]
    )


def every_place() -> pd.DataFrame:
    """Every open facility and every health cell with its title: family, type, name_zh, name_en, lon, lat."""
    facilities, cells = data.facilities(), data.health_cells()
    parts = (
        facilities[facilities["closed"].isna()].assign(family=FACILITY, type=facilities["facility_type"]),
        cells[cells["withdrawn_on"].isna() & cells["certified_on"].notna()].assign(
            family=HEALTH_CELL, type=cells["cell_type"]
        ),
    )
    columns = ["family", "type", "name_zh", "name_en", "lon", "lat"]
    return pd.concat([part[columns] for part in parts], ignore_index=True)


def _words(family: str, kind: str) -> tuple[str, str]:
    """The kind in the reader's words and its character; a type nobody has named shows as the data writes it."""
    if kind not in TYPES[family]:
        return kind, kind[:1].upper()
    words, chinese, english = TYPES[family][kind]
    return _(words), chinese if current_language() == "zh" else english
