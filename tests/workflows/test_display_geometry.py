import gzip
import hashlib
import json

import geopandas as gpd
import pytest
import shapely

from demo import ordos_boundaries
from geo.boundaries import is_valid_coverage
from tests.workflows.boundary_rows import EAST, WEST, feature, geojson, write_ordos_areas, write_square_areas
from workflows.boundaries import import_boundaries
from workflows.display_geometry import write_display_geometry

SAID = {"datum": "CGCS2000", "source": "测试数据", "received_from": "测试"}


@pytest.fixture(scope="session")
def ordos_files(tmp_path_factory):
    """Ordos's banners and township cells as GeoJSON files."""
    folder = tmp_path_factory.mktemp("ordos")
    (folder / "banners.geojson").write_bytes(ordos_boundaries.as_geojson(ordos_boundaries.banner_boundaries()))
    (folder / "cells.geojson").write_bytes(ordos_boundaries.as_geojson(ordos_boundaries.cell_boundaries()))
    return folder


@pytest.fixture
def ordos(engine, tmp_path, ordos_files):
    """A store with Ordos's banners and township cells, and the folder its display files are written to."""
    write_ordos_areas(engine)
    for name in ("banners", "cells"):
        path = ordos_files / f"{name}.geojson"
        import_boundaries(engine, path, **SAID, illustrative=name == "cells", review_number="GS(2024)0650号")
    return engine, tmp_path / "geo"


def layer_of(manifest, level, parent_id):
    return next(layer for layer in manifest["layers"] if (layer["level"], layer["parent_id"]) == (level, parent_id))


def features_of(folder, layer):
    return json.loads((folder / layer["file"]).read_bytes())["features"]


def test_ordos_is_drawn_by_banner_by_cell_and_cell_by_banner(ordos):
    engine, folder = ordos

    manifest = write_display_geometry(engine, folder)

    drawn = [(layer["level"], layer["parent_id"], len(layer["area_ids"])) for layer in manifest["layers"]]
    assert drawn[:3] == [("prefecture", "all", 1), ("county", "150600", 9), ("township", "150600", 53)]
    assert sum(count for _, parent, count in drawn[3:]) == 53  # each cell once more, in its banner's own file
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8")) == manifest


def test_a_file_says_what_the_manifest_says(ordos):
    engine, folder = ordos
    layer = layer_of(write_display_geometry(engine, folder), "county", "150600")

    content = (folder / layer["file"]).read_bytes()
    features = features_of(folder, layer)

    assert hashlib.sha256(content).hexdigest().startswith(layer["hash"])
    assert gzip.decompress((folder / f"{layer['file']}.gz").read_bytes()) == content
    assert [each["properties"]["area_id"] for each in features] == layer["area_ids"] == sorted(layer["area_ids"])
    assert layer["review_number"] == "GS(2024)0650号"
    assert layer["source"] == "测试数据"
    dongsheng = features[0]["properties"]
    assert (dongsheng["name_zh"], dongsheng["name_en"]) == ("东胜区", "Dongsheng District")
    assert layer["bounds"] == pytest.approx([106.478, 37.617, 111.455, 40.880], abs=0.001)


def test_sub_districts_are_drawn_with_their_town_as_one_cell(ordos):
    engine, folder = ordos
    layer = layer_of(write_display_geometry(engine, folder), "township", "150600")

    members = layer["members"]

    assert layer["is_illustrative"]
    assert set(members) == {"150602001", "150603001", "150621100", "150622100"}
    assert {carrier: len(each) for carrier, each in members.items()} == {
        "150602001": 12,  # Dongsheng's sub-districts
        "150603001": 4,  # Kangbashi's
        "150621100": 7,  # Shulinzhao with six
        "150622100": 5,  # Xuejiawan with four
    }
    assert len(layer["area_ids"]) + sum(len(each) - 1 for each in members.values()) == 77
    names = {each["id"]: each["properties"]["name_zh"] for each in features_of(folder, layer)}
    assert names["150621100"] == "树林召镇等 7 个街道乡镇"


def test_what_is_drawn_still_meets_at_its_borders_and_holds_its_labels(ordos):
    engine, folder = ordos
    for layer in write_display_geometry(engine, folder)["layers"]:
        frame = gpd.GeoDataFrame.from_features(features_of(folder, layer))
        assert frame.geometry.is_valid.all()
        assert is_valid_coverage(frame)
        labels = shapely.points(frame["label"].to_list())
        assert shapely.intersects(frame.geometry.to_numpy(), labels).all()


def test_the_files_are_small(ordos):
    engine, folder = ordos
    manifest = write_display_geometry(engine, folder)

    sizes = {
        level: (folder / f"{layer_of(manifest, level, '150600')['file']}.gz").stat().st_size
        for level in ("county", "township")
    }

    assert sizes["county"] < 12_000
    assert sizes["township"] < 20_000


def test_writing_again_gives_the_same_bytes_and_takes_old_files_away(engine, tmp_path):
    write_square_areas(engine)
    import_boundaries(engine, geojson(tmp_path / "1.geojson", feature("xx-w", WEST), feature("xx-e", EAST)), **SAID)
    folder = tmp_path / "geo"
    first = write_display_geometry(engine, folder)
    assert write_display_geometry(engine, folder) == first

    import_boundaries(engine, geojson(tmp_path / "2.geojson", feature("xx-w", shapely.box(108, 39, 110, 40))), **SAID)
    second = write_display_geometry(engine, folder)

    (old,), (new,) = first["layers"], second["layers"]
    assert old["hash"] != new["hash"]
    assert sorted(path.name for path in (folder / "county").iterdir()) == [
        new["file"].split("/")[1],
        new["file"].split("/")[1] + ".gz",
    ]


def test_without_boundaries_there_is_an_empty_manifest(engine, tmp_path):
    assert write_display_geometry(engine, tmp_path / "geo") == {"layers": []}
