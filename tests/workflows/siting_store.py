"""Four townships on the equator with seats, people and one central hospital: a siting question to count by hand.

Seats lie 0.1 degrees apart (11,132 m); the street office has people but no seat of its own to build at.
"""

from sqlalchemy import insert

from data_access import tables
from data_access.engine import writing

PLACES = [  # code, name, kind, longitude, people
    ("150699001", "一街道", "街道", 0.0, 400.0),
    ("150699100", "二镇", "镇", 0.1, 300.0),
    ("150699101", "三镇", "镇", 0.3, 200.0),
    ("150699102", "四苏木", "苏木", 0.6, 100.0),
]


def fill(engine) -> None:
    """Write the district 150699 with its townships, their people of 2020 and a central township hospital at the second."""
    county = {"area_id": "150699", "level": "county", "name_zh": "试旗", "parent_id": "150600"}
    above = {"area_id": "150600", "level": "prefecture", "name_zh": "鄂尔多斯市", "parent_id": None}
    own = [
        {"area_id": code, "level": "township", "parent_id": "150699", "name_zh": name, "kind": kind, "seat_lon": lon}
        | {"seat_lat": 0.0, "seat_source": "近似位置"}
        for code, name, kind, lon, _people in PLACES
    ]
    people = [{"area_id": code, "year": 2020, "group_id": "all", "persons": n} for code, *_about, n in PLACES]
    hospital = {"facility_id": "h-1", "name_zh": "二镇卫生院", "facility_type": "township_hospital"}
    hospital |= {"grade": "中心卫生院", "area_id": "150699100", "lon": 0.1, "lat": 0.0}
    with writing(engine) as connection:
        known = connection.execute(tables.areas.select().where(tables.areas.c.area_id == "150600")).first()
        connection.execute(insert(tables.areas), [county] if known else [above, county])
        connection.execute(insert(tables.areas), own)
        connection.execute(insert(tables.population), people)
        connection.execute(insert(tables.facilities), hospital)
