"""Ordos as the demo knows it: areas, census population, and how many of each thing a rate is counted over."""

from functools import cache
from pathlib import Path

import pandas as pd

FOLDER = Path(__file__).parent / "ordos"
PREFECTURE = "150600"
FORMER_TOWNSHIP = "demo-150627-former"  # invented; the code's form cannot be mistaken for GB/T 2260
MERGED_INTO = "150627104"
MERGED_AFTER = 2020
BANNER_NAMES_EN = {
    "150602": "Dongsheng District",
    "150603": "Kangbashi District",
    "150621": "Dalad Banner",
    "150622": "Jungar Banner",
    "150623": "Otog Front Banner",
    "150624": "Otog Banner",
    "150625": "Hanggin Banner",
    "150626": "Uxin Banner",
    "150627": "Ejin Horo Banner",
}
CENSUS_SOURCE = "鄂尔多斯市第七次、第六次全国人口普查公报及推算"
SYNTHETIC = "演示数据：由旗区普查人口按固定规则分摊，不是统计数字"
PEOPLE_PER = {"agencies": 3500, "operators": 900, "rooms": 12_000, "employers": 1100}  # persons to one of these
FIXED = {"dust_cases": 60, "general_hospitals": 16, "banners": 9, "community_centres": 26, "institutions": 6}


@cache
def townships() -> pd.DataFrame:
    """The 88 codes at township level under 1506: the columns of townships.csv, codes as text, is_township as bool."""
    table = pd.read_csv(FOLDER / "townships.csv", dtype={"code": str, "banner_code": str})
    return table.assign(is_township=table["is_township"] == 1)


@cache
def banners() -> pd.DataFrame:
    """The nine banners and districts: banner_code, banner, census_2020, census_2010, basis."""
    return pd.read_csv(FOLDER / "banner_population.csv", dtype={"banner_code": str})


def units() -> pd.DataFrame:
    """The 77 townships that count: area_id, banner, persons (synthetic), ordered by code."""
    real = townships()[townships()["is_township"]]
    names = {"code": "area_id", "banner_code": "banner", "demo_population": "persons"}
    return real.drop(columns="banner").rename(columns=names)[[*names.values()]].reset_index(drop=True)


def areas() -> pd.DataFrame:
    """Ordos, 9 banners, 77 townships, 11 development zones and one invented former township, as an import file."""
    prefecture = {
        "area_id": PREFECTURE,
        "level": "prefecture",
        "name_zh": "鄂尔多斯市",
        "name_en": "Ordos",
        "kind": "地级市",
    }
    county_rows = [
        {
            "area_id": row.banner_code,
            "level": "county",
            "parent_id": PREFECTURE,
            "name_zh": row.banner,
            "name_en": BANNER_NAMES_EN[row.banner_code],
            "kind": row.banner[-1],
        }
        for row in banners().itertuples()
    ]
    rows = [prefecture, *county_rows, *map(_township_row, townships().itertuples()), _former_township()]
    return pd.DataFrame(rows)


def _township_row(row) -> dict:
    has_seat = not pd.isna(row.seat_lon)
    return {
        "area_id": row.code,
        "level": "township",
        "parent_id": row.banner_code,
        "name_zh": row.name,
        "name_en": row.name_en,
        "kind": row.kind,
        "is_unit": "是" if row.is_township else "否",
        "seat_lon": row.seat_lon,
        "seat_lat": row.seat_lat,
        "declared_datum": "CGCS2000" if has_seat else None,
        "seat_source": {"approximate": "近似位置", "illustrative": "示意位置"}[row.seat_source] if has_seat else None,
        "seat_precision_km": row.seat_precision_km if has_seat else None,
    }


def _former_township() -> dict:
    return {
        "area_id": FORMER_TOWNSHIP,
        "level": "township",
        "parent_id": MERGED_INTO[:6],
        "name_zh": "演示原乡（虚构）",
        "name_en": "Former demo township (invented)",
        "kind": "乡",
        "is_unit": "是",
        "valid_to": f"{MERGED_AFTER}-12-31",
        "merged_into": MERGED_INTO,
    }


def population() -> pd.DataFrame:
    """Residents: the two censuses by banner and for Ordos (real), 2020 by township (synthetic); an import file."""
    rows = []
    for year in (2010, 2020):
        census = banners()[["banner_code", f"census_{year}", "basis"]].dropna(subset=[f"census_{year}"])
        for code, persons, basis in census.itertuples(index=False):
            rows.append((code, year, int(persons), "普查", f"{CENSUS_SOURCE}（{basis}）"))
    rows += [(PREFECTURE, 2020, 2_153_638, "普查", CENSUS_SOURCE), (PREFECTURE, 2010, 1_940_653, "普查", CENSUS_SOURCE)]
    rows += [(row.area_id, 2020, int(row.persons), "演示", SYNTHETIC) for row in units().itertuples()]
    return pd.DataFrame(rows, columns=["area_id", "year", "persons", "basis", "source"])


def persons(area_id: str, year: int) -> float:
    """Residents assumed in a year: the 2020 census figure, growing by 0.4 % a year; of Ordos, the banners' sum."""
    return _census_2020()[area_id] * (1 + 0.004 * (year - 2020))


@cache
def _census_2020() -> dict[str, float]:
    census = {row.banner_code: float(row.census_2020) for row in banners().itertuples()}
    return census | {PREFECTURE: sum(census.values())}


def denominator(base: str, share: float, area_id: str, year: int) -> int:
    """How many a rate is counted over in one area and year, before chance; 0 where the area has none.

    base: population (times share), births, samples (share of them), days, township_hospitals, or a key of PEOPLE_PER or
    FIXED.
    """
    people = persons(area_id, year)
    if base == "population":
        return round(people * share)
    if base == "births":  # 12.5 per 1,000 residents in 2016 falling to 7.5 in 2025
        return round(people * share * (12.5 - 5.0 * (year - 2016) / 9) / 1000)
    if base == "samples":
        return int(share)
    if base == "days":
        return 366 if year % 4 == 0 else 365
    if base == "township_hospitals":
        return _township_hospitals().get(area_id, 0)
    if base in FIXED:
        return FIXED[base]
    return max(5, round(people / PEOPLE_PER[base]))


@cache
def _township_hospitals() -> dict[str, int]:
    """One for each town, township and sumu; sub-districts have community health centres."""
    real = townships()[townships()["is_township"] & (townships()["kind"] != "街道")]
    return real["banner_code"].value_counts().to_dict()
