import pytest

from data_access.national_outlines import read_national_outlines
from demo import ordos_boundaries, places
from geo.boundaries import is_valid_coverage
from geo.boundary_checks import datum_shift_m
from geo.projections import area_km2


def test_ordos_has_nine_banners_seventy_seven_townships_and_eleven_zones():
    areas = places.areas()
    townships = areas[(areas["level"] == "township") & (areas["area_id"] != places.FORMER_TOWNSHIP)]

    assert (areas["level"] == "county").sum() == 9
    assert (townships["is_unit"] == "是").sum() == 77
    assert (townships["is_unit"] == "否").sum() == 11
    assert set(townships["area_id"].str.len()) == {9}
    kinds = townships.loc[townships["is_unit"] == "是", "kind"].value_counts().to_dict()
    assert kinds == {"镇": 43, "街道": 26, "苏木": 6, "乡": 2}


def test_every_place_has_a_name_in_both_languages():
    names = places.areas()[["name_zh", "name_en"]]

    assert names.notna().all(axis=None)
    assert names["name_en"].str.isascii().all()


def test_the_banners_census_figures_add_up_to_the_published_totals():
    population = places.population()
    census = population[population["basis"] == "普查"]
    banners = census[census["area_id"] != places.PREFECTURE].groupby("year")["persons"].sum()

    assert banners.to_dict() == {2010: 1_940_653, 2020: 2_153_638}


def test_township_population_is_called_a_demonstration_and_adds_up_to_its_banner():
    population = places.population()
    townships = population[population["area_id"].str.len() == 9]

    assert set(townships["basis"]) == {"演示"}
    of_dongsheng = townships.loc[townships["area_id"].str.startswith("150602"), "persons"].sum()
    assert of_dongsheng == pytest.approx(574_242, abs=15)  # shares are rounded to whole persons


def test_the_outlines_of_the_banners_are_clean():
    banners = read_national_outlines(["1506"])

    assert len(banners) == 9
    assert banners.geometry.is_valid.all()
    assert is_valid_coverage(banners)
    assert area_km2(banners.geometry).sum() == pytest.approx(86_853, abs=1)


def test_the_prefecture_is_the_union_of_its_banners():
    boundaries = ordos_boundaries.banner_boundaries()
    km2 = dict(zip(boundaries["area_id"], area_km2(boundaries.geometry), strict=True))

    assert km2[places.PREFECTURE] == pytest.approx(sum(km2.values()) / 2, rel=1e-6)


def test_seventy_seven_townships_share_fifty_three_cells_that_fill_ordos():
    cells = ordos_boundaries.cell_boundaries()
    distinct = cells.drop_duplicates("geometry")

    assert len(cells) == 77
    assert len(distinct) == 53
    assert is_valid_coverage(distinct)
    assert area_km2(distinct.geometry).sum() == pytest.approx(86_853, abs=1)


def test_gcj02_is_four_to_six_hundred_metres_off_at_the_seats_of_ordos():
    real = places.townships()[places.townships()["is_township"]]
    metres = [datum_shift_m(row.seat_lon, row.seat_lat, "GCJ-02") for row in real.itertuples()]

    assert 400 <= min(metres) < 440  # Shanghaimiao in the far west
    assert 570 < max(metres) <= 580  # Dalu in the east


def test_an_installed_file_other_than_the_one_we_know_is_refused(monkeypatch):
    from data_access import national_outlines

    national_outlines._checked_content.cache_clear()
    monkeypatch.setattr(national_outlines, "SHA256", "0" * 64)

    with pytest.raises(ValueError, match=r"district\.geojson"):
        read_national_outlines(["1506"])


def test_kangbashi_has_no_township_hospital_and_ordos_has_fifty_one():
    counts = {code: places.denominator("township_hospitals", 1, code, 2025) for code in places.BANNER_NAMES_EN}

    assert counts["150603"] == 0
    assert sum(counts.values()) == 51


def test_fewer_children_are_born_each_year():
    # 12.5 per 1,000 of 574,242 * 0.984 in 2016; 7.5 per 1,000 of 574,242 * 1.02 in 2025
    assert places.denominator("births", 1, "150602", 2016) == pytest.approx(7063, abs=1)
    assert places.denominator("births", 1, "150602", 2025) == pytest.approx(4393, abs=1)
