from datetime import date

import pandas as pd
import shapely

from data_access.areas import AREAS, read_areas, read_boundaries, read_descendants
from data_access.engine import writing
from data_access.registers import write_register
from data_access.tables import boundaries

BANNERS = pd.DataFrame(
    [
        ["150000", "province", None, "内蒙古自治区", None, None],
        ["150600", "prefecture", "150000", "鄂尔多斯市", None, None],
        ["150602", "county", "150600", "东胜区", None, None],
        ["150603", "county", "150600", "康巴什区", date(2016, 6, 8), None],
        ["150602001", "township", "150602", "旧街道", None, date(2012, 12, 31)],
        ["150700", "prefecture", "150000", "呼伦贝尔市", None, None],
    ],
    columns=["area_id", "level", "parent_id", "name_zh", "valid_from", "valid_to"],
)
SQUARE = shapely.box(109.9, 39.7, 110.1, 39.9)


def write_banners(engine):
    with writing(engine) as connection:
        write_register(connection, "areas", BANNERS, None)


def write_boundary(engine, area_id, **more):
    row = {"area_id": area_id, "valid_from": date(1, 1, 1), "geometry": shapely.to_wkb(SQUARE)}
    row |= {"is_illustrative": False, "declared_datum": "CGCS2000", "source": "测试"}
    with writing(engine) as connection:
        connection.execute(boundaries.insert().values(row | more))


def test_areas_have_documented_columns_and_types_with_and_without_rows(engine):
    for _ in range(2):
        assert {name: str(dtype) for name, dtype in read_areas(engine).dtypes.items()} == AREAS
        write_banners(engine)


def test_areas_are_those_that_existed_on_the_day(engine):
    write_banners(engine)

    ids_2010 = set(read_areas(engine, on=date(2010, 1, 1))["area_id"])
    ids_2020 = set(read_areas(engine, on=date(2020, 1, 1))["area_id"])

    assert ids_2020 - ids_2010 == {"150603"}  # Kangbashi became a district in 2016
    assert ids_2010 - ids_2020 == {"150602001"}


def test_descendants_are_the_area_itself_and_all_below_it(engine):
    write_banners(engine)

    assert read_descendants(engine, "150600")["area_id"].tolist() == ["150600", "150602", "150602001", "150603"]
    assert read_descendants(engine, "999999").empty


def test_boundaries_come_as_geometry_on_cgcs2000(engine):
    write_banners(engine)
    write_boundary(engine, "150602")

    read = read_boundaries(engine, level="county", parent="150600")

    assert read.crs.to_epsg() == 4490
    assert read["area_id"].tolist() == ["150602"]
    assert read.geometry[0].equals(SQUARE)
    assert read["valid_from"][0].date() == date(1, 1, 1)


def test_no_boundaries_are_still_a_frame_of_geometry(engine):
    read = read_boundaries(engine, ["150602"])

    assert read.empty
    assert read.crs.to_epsg() == 4490
    assert read.geometry.name == "geometry"


def test_a_boundary_is_the_one_of_the_day(engine):
    write_banners(engine)
    write_boundary(engine, "150602", valid_to=date(2016, 6, 7), source="旧")
    write_boundary(engine, "150602", valid_from=date(2016, 6, 8), source="新")

    assert read_boundaries(engine, ["150602"])["source"].tolist() == ["旧", "新"]
    assert read_boundaries(engine, ["150602"], on=date(2020, 1, 1))["source"].tolist() == ["新"]
