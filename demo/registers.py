"""Synthetic facilities and health cells of Ordos: invented names that begin with 演示, positions scattered round the seats."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from demo import courses, places
from geo.datum import from_wgs84

COUNTY_FACILITIES = (  # type, name, grade, beds, staff for each 100,000 residents
    ("hospital", "综合医院", "二级甲等", 420, 560),
    ("maternal_child_centre", "妇幼保健院", "二级乙等", 60, 95),
    ("cdc", "疾控中心", None, 0, 60),
)
VILLAGE_CLINICS_PER_TOWN = 3
GCJ02_BANNER = "150603"  # its bureau sends positions taken from a commercial map
SERVICES_SHARE = {
    "palliative_care": 0.25,
    "platform_connected": 0.9,
    "family_doctor": 0.95,
    "chronic_disease_clinic": 0.8,
}
CENTRAL_SHARE = 0.35
DOCTORS_SHARE, NURSES_SHARE = 0.36, 0.41  # of the staff
# type, name behind the place, how many
HEALTH_CELLS = (
    ("healthy_village", "健康村", 120),
    ("healthy_community", "健康社区", 78),
    ("healthy_school", "健康学校", 84),
    ("smoke_free_agency", "无烟机关", 90),
    ("health_promoting_hospital", "健康促进医院", 34),
    ("healthy_enterprise", "健康企业", 40),
    ("nutrition_restaurant", "营养健康餐厅", 30),
    ("healthy_canteen", "健康食堂", 26),
    ("healthy_trail", "健康步道", 24),
    ("elderly_day_care_centre", "社区日间照料中心", 26),
    ("counselling_room", "心理辅导室", 24),
    ("mother_baby_facility", "母婴设施", 20),
    ("smoking_cessation_clinic", "戒烟门诊", 9),
)
TITLE_LEVELS = {"county": 0.5, "prefecture": 0.32, "region": 0.14, "national": 0.04}
DEGREES_PER_KM = 1 / 111.0


def facilities(seed: int, halls: dict[str, int]) -> pd.DataFrame:
    """Facilities as an import file.

    halls: how many township hospitals of each banner have a Mongolian or Chinese medicine hall, so that the map agrees
    with the indicator.
    """
    rng = courses.generator_for(seed, "facilities")
    real = places.townships()[places.townships()["is_township"]]
    rows = []
    for banner, members in real.groupby("banner_code"):
        rows += _county_rows(banner, members, rng)
        towns = members[members["kind"] != "街道"]
        rows += [
            _primary_row(town, "township_hospital", n < halls.get(banner, 0), rng)
            for n, town in enumerate(towns.itertuples())
        ]
        rows += [
            _primary_row(town, "community_health_centre", rng.random() < 0.9, rng)
            for town in members[members["kind"] == "街道"].itertuples()
        ]
        rows += [
            _clinic_row(town, number, rng)
            for town in towns.itertuples()
            for number in range(1, VILLAGE_CLINICS_PER_TOWN + 1)
        ]
    return _in_declared_datum(pd.DataFrame(rows))


def _county_rows(banner: str, members: pd.DataFrame, rng: np.random.Generator) -> list[dict]:
    seat = members.loc[members["demo_population"].idxmax()]
    name = members["banner"].iloc[0]
    hundred_thousands = places.persons(banner, 2025) / 1e5
    return [
        {
            "facility_id": f"demo-{banner}-{facility_type}",
            "name_zh": f"演示{name}{label}",
            "facility_type": facility_type,
            "grade": grade,
            "area_id": banner,
            **_position(seat.seat_lon, seat.seat_lat, 2.0, rng),
            "services": _services(facility_type != "cdc", rng),
            "beds": round(beds * hundred_thousands) or None,
            "staff": round(staff * hundred_thousands),
            **_among_staff(round(staff * hundred_thousands)),
        }
        for facility_type, label, grade, beds, staff in COUNTY_FACILITIES
    ]


def _primary_row(town, facility_type: str, has_hall: bool, rng: np.random.Generator) -> dict:
    label = "卫生院" if facility_type == "township_hospital" else "社区卫生服务中心"
    is_central = facility_type == "township_hospital" and rng.random() < CENTRAL_SHARE
    row = {
        "facility_id": f"demo-{town.code}",
        "name_zh": f"演示{town.name}{label}",
        "facility_type": facility_type,
        "grade": "中心卫生院" if is_central else None,
        "area_id": town.code,
        **_position(town.seat_lon, town.seat_lat, 0.8, rng),
        "services": _services(has_hall, rng),
        "beds": int(rng.integers(10, 60)),
        "staff": int(rng.integers(12, 70)),
    }
    return row | _among_staff(row["staff"])


def _among_staff(staff: int) -> dict:
    """How many of them are doctors and nurses. Village clinics do not say: village doctors are counted apart."""
    return {"doctors": round(DOCTORS_SHARE * staff), "nurses": round(NURSES_SHARE * staff)}


def _clinic_row(town, number: int, rng: np.random.Generator) -> dict:
    return {
        "facility_id": f"demo-{town.code}-{number}",
        "name_zh": f"演示{town.name}第{number}卫生室",
        "facility_type": "village_clinic",
        "area_id": town.code,
        **_position(town.seat_lon, town.seat_lat, 9.0, rng),
        "services": _services(False, rng) if rng.random() < 0.6 else None,
        "staff": int(rng.integers(1, 4)),
    }


def _services(has_hall: bool, rng: np.random.Generator) -> str:
    others = [service for service, share in SERVICES_SHARE.items() if rng.random() < share]
    return ";".join((["tcm_hall"] if has_hall else []) + others)


def _position(lon: float, lat: float, reach_km: float, rng: np.random.Generator) -> dict:
    """A point scattered round a seat, CGCS2000."""
    east, north = rng.normal(0, reach_km / 2, 2)
    return {
        "lon": round(lon + east * DEGREES_PER_KM / np.cos(np.radians(lat)), 5),
        "lat": round(lat + north * DEGREES_PER_KM, 5),
        "declared_datum": "CGCS2000",
    }


def _in_declared_datum(frame: pd.DataFrame) -> pd.DataFrame:
    """One banner sends GCJ-02, as bureaus do that read positions off a commercial map."""
    theirs = frame["area_id"].str.startswith(GCJ02_BANNER)
    lon, lat = from_wgs84(frame.loc[theirs, "lon"], frame.loc[theirs, "lat"], "GCJ-02")
    frame.loc[theirs, ["lon", "lat"]] = np.column_stack([lon, lat]).round(5)
    frame.loc[theirs, "declared_datum"] = "GCJ-02"
    return frame


def health_cells(seed: int, today: date) -> pd.DataFrame:
    """About 600 health cells with their dates up to `today`, as an import file."""
    real = places.townships()[places.townships()["is_township"]]
    rows = []
    for cell_type, label, count in HEALTH_CELLS:
        rng = courses.generator_for(seed, "health cells", cell_type)
        weight = real["demo_population"].to_numpy() ** 0.5  # small townships have fewer, but not in proportion
        if cell_type == "healthy_village":
            weight = weight * (real["kind"] != "街道").to_numpy()
        homes = rng.choice(len(real), size=count, p=weight / weight.sum())
        rows += [
            _cell_row(real.iloc[home], cell_type, label, number, today, rng)
            for number, home in enumerate(homes, start=1)
        ]
    return pd.DataFrame(rows)


def _cell_row(town, cell_type: str, label: str, number: int, today: date, rng: np.random.Generator) -> dict:
    applied = date(2018, 3, 1) + timedelta(days=int(rng.integers(0, (today - date(2018, 3, 1)).days)))
    certified = applied + timedelta(days=int(rng.integers(90, 400)))
    is_certified = certified < today and rng.random() < 0.92
    expires = certified.replace(year=certified.year + 3, day=min(certified.day, 28))
    renewed = expires - timedelta(days=30)
    is_renewed = is_certified and renewed < today and number % 3  # two of three are renewed, for another three years
    if is_renewed:
        expires = expires.replace(year=expires.year + 3)
    withdrawn = certified + timedelta(days=500)
    is_withdrawn = is_certified and withdrawn < today and rng.random() < 0.03
    return {
        "health_cell_id": f"demo-{cell_type.replace('_', '-')}-{number:03d}",
        "cell_type": cell_type,
        "name_zh": f"演示{town['name']}{label}{number:03d}",
        "area_id": town["code"],
        "title_level": str(rng.choice(list(TITLE_LEVELS), p=list(TITLE_LEVELS.values()))),
        "applied_on": applied.isoformat(),
        "certified_on": certified.isoformat() if is_certified else None,
        "renewed_on": renewed.isoformat() if is_renewed and not is_withdrawn else None,
        "expires_on": expires.isoformat() if is_certified else None,
        "withdrawn_on": withdrawn.isoformat() if is_withdrawn else None,
        **_position(town["seat_lon"], town["seat_lat"], 4.0, rng),
    }
