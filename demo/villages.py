"""SYNTHETIC villages of the one banner that has self-management: invented names and positions, and a township's people
divided among them by fixed chance, so that nearest facilities can be shown village by village.
"""

import numpy as np
import pandas as pd
import shapely

from demo import courses, ordos_boundaries, places
from demo.programmes import SELFCARE_BANNER, VILLAGES_PER_TOWNSHIP

SOURCE = "演示数据：村的名称、位置和人口均为虚构"
SCATTER_KM, SCATTER_OF_TOWN_KM = 11.0, 1.5  # most villages lie within this of the seat; communities of a sub-district
KM_PER_DEGREE = 111.0
TOWNS_SHARE = 4.0  # the first village is the town itself: so many times an average village


def areas(seed: int) -> pd.DataFrame:
    """The villages as rows of an import file of areas."""
    rows = []
    outline = _outline()
    for at, unit in enumerate(_townships().itertuples()):
        rng = courses.generator_for(seed, "village places", unit.code)
        for number in range(1, VILLAGES_PER_TOWNSHIP + 1):
            lon, lat = _position(unit, number, outline, rng)
            rows.append(
                {
                    "area_id": village_id(unit.code, number),
                    "level": "village",
                    "parent_id": unit.code,
                    "name_zh": f"演示第{at + 1}乡镇第{number}村",
                    "name_en": f"Demo village {number} of {unit.name_en}",
                    "kind": "社区" if unit.kind == "街道" else "村",
                    "is_unit": "是",
                    "seat_lon": lon,
                    "seat_lat": lat,
                    "declared_datum": "CGCS2000",
                    "seat_source": "示意位置",
                    "seat_precision_km": _scatter_km(unit),
                }
            )
    return pd.DataFrame(rows)


def population(seed: int) -> pd.DataFrame:
    """Residents of the villages, as rows of an import file: of each township they add up to its own."""
    people = places.units().set_index("area_id")["persons"]
    rows = []
    for unit in _townships().itertuples():
        rng = courses.generator_for(seed, "village people", unit.code)
        shares = rng.gamma(3.0, size=VILLAGES_PER_TOWNSHIP)
        shares[0] = TOWNS_SHARE * shares[1:].mean()
        ends = np.round(np.cumsum(shares) / shares.sum() * people[unit.code]).astype(int)
        for number, persons in enumerate(np.diff(ends, prepend=0), start=1):
            rows.append((village_id(unit.code, number), 2020, int(persons), "演示", SOURCE))
    return pd.DataFrame(rows, columns=["area_id", "year", "persons", "basis", "source"])


def village_id(township: str, number: int) -> str:
    """As the register of self-management names them; cannot be mistaken for a code of GB/T."""
    return f"demo-{township}-v{number:02d}"


def _townships() -> pd.DataFrame:
    real = places.townships()
    real = real[real["is_township"] & real["banner_code"].eq(SELFCARE_BANNER)]
    return real.sort_values("code").reset_index(drop=True)


def _outline() -> shapely.Geometry:
    banners = ordos_boundaries.banner_boundaries()
    outline = banners.loc[banners["area_id"].eq(SELFCARE_BANNER), "geometry"].iloc[0]
    shapely.prepare(outline)
    return outline


def _scatter_km(unit) -> float:
    return SCATTER_OF_TOWN_KM if unit.kind == "街道" else SCATTER_KM


def _position(unit, number: int, outline: shapely.Geometry, rng: np.random.Generator) -> tuple[float, float]:
    """The first village at the seat; another scattered round it, within the banner."""
    if number == 1:
        return round(unit.seat_lon, 5), round(unit.seat_lat, 5)
    while True:
        east, north = rng.normal(0, _scatter_km(unit), 2) / KM_PER_DEGREE
        lon, lat = round(unit.seat_lon + east / np.cos(np.radians(unit.seat_lat)), 5), round(unit.seat_lat + north, 5)
        if shapely.contains_xy(outline, lon, lat):
            return lon, lat
