"""The map's files say what the store says, after every command that changes areas or their boundaries."""

import json

import pytest

from data_access.submissions import newest_submission_id
from manage import main
from tests.workflows.boundary_rows import WEST, feature, geojson


@pytest.fixture
def drawn(engine, database_url, tmp_path, monkeypatch):
    """Imports one county with its outline; gives a function that says which names the map's files hold."""
    monkeypatch.setenv("KANGTU_DATABASE_URL", database_url)
    monkeypatch.setenv("KANGTU_DATA_FOLDER", str(tmp_path))
    outline = geojson(tmp_path / "b.geojson", feature("xx-w", WEST))
    assert import_areas(tmp_path, "西区", "--boundaries", str(outline), "--datum", "WGS-84", "--source", "测试") == 0

    def names():
        layers = json.loads((tmp_path / "geo" / "manifest.json").read_text(encoding="utf-8"))["layers"]
        files = [json.loads((tmp_path / "geo" / layer["file"]).read_text(encoding="utf-8")) for layer in layers]
        return [shape["properties"]["name_zh"] for file in files for shape in file["features"]]

    return names


def import_areas(folder, name, *options):
    path = folder / f"{name}.csv"
    path.write_text(f"地区代码,层级,名称\nxx-w,旗县区,{name}\n", encoding="utf-8")
    return main(["import", "areas", str(path), *options])


def test_a_county_that_got_another_name_has_it_on_the_map_and_undoing_takes_it_back(drawn, engine, tmp_path):
    assert drawn() == ["西区"]

    import_areas(tmp_path, "新西区")
    assert drawn() == ["新西区"]

    main(["undo-import", str(newest_submission_id(engine))])
    assert drawn() == ["西区"]


def test_an_outline_that_was_taken_back_is_gone_from_the_map(drawn, engine):
    main(["undo-import", str(newest_submission_id(engine))])

    assert drawn() == []
