"""The panel every map is shown in: what is sent, what the legend says, what never travels."""

import json

import pandas as pd
from dash import html

from dashboards import map_panel, map_values
from dashboards.language import language
from dashboards.map_panel import Picture, Shown

LAYER = {"url": "/geo/county/150600-abc.json", "hash": "abc", "area_ids": ["150602", "150603", "150621"]}


def shown(**changes) -> Shown:
    """Three banners: one below 80 %, one above, one that did not report."""
    entries = map_values.value_entries(["< 80", "≥ 80"], {"missing": "未上报", "suppressed": "已隐去"})
    figures = pd.DataFrame({"area_id": ["150602", "150603"], "value": [90.0, 70.0], "position": [1, 0]})
    about = {
        "areas": map_values.layer_values(LAYER, figures, 1, missing=2),
        "legend": map_values.counted(entries, pd.Series([1, 0, 2]).to_numpy()),
        "place": "150600",
        "bounds": (107, 37, 112, 41),
        "indicator": "两癌筛查率",
        "period": "2025年",
        "unit": "percent",
        "decimals": 1,
        "summary": "地图。",
        "picture": Picture(title="题", subtitle="副题", source="源", file_name="a.png", demo_mark="DEMO"),
    }
    return Shown(**(about | changes))


def texts(component) -> list[str]:
    """All texts in a component, in order."""
    if isinstance(component, str):
        return [component]
    if isinstance(component, list | tuple):
        return [text for part in component for text in texts(part)]
    return texts(component.children) if getattr(component, "children", None) is not None else []


def test_a_change_sends_where_the_geometry_is_and_never_the_geometry():
    sent = json.dumps(map_panel.payload(shown()))

    assert '"url": "/geo/county/150600-abc.json"' in sent
    assert "coordinates" not in sent
    assert len(sent) < 4000


def test_figures_name_the_geometry_they_belong_to():
    assert map_panel.payload(shown())["areas"]["hash"] == "abc"  # the browser refuses another (tests/browser)


def test_the_legend_counts_and_leaves_out_special_classes_nobody_is_in():
    lines = texts(map_panel.legend(shown().legend, "%"))

    assert lines == ["%", "", "< 80", "1", "", "≥ 80", "1", "", "未上报", "1"]


def test_an_empty_class_stays_in_the_legend_because_other_periods_use_it():
    legend = [{**line, "count": 0} for line in shown().legend]

    assert "< 80" in texts(map_panel.legend(legend, "%"))


def test_the_tooltip_writes_the_unit_as_the_reader_does():
    with language("zh"):
        assert map_panel.payload(shown(unit="per_1000"))["tooltip"]["pattern"] == "{}‰"
    with language("en"):
        assert map_panel.payload(shown(unit="per_1000"))["tooltip"]["pattern"] == "{} per 1,000"


def test_the_picture_cannot_lose_its_demo_mark():
    assert map_panel.payload(shown())["picture"]["demo_mark"] == "DEMO"


def test_values_and_outputs_go_together():
    assert len(map_panel.update(shown())) == len(map_panel.outputs("x"))
    points = pd.DataFrame(
        {"lon": [109.0], "lat": [39.0], "name": ["甲"], "kind": ["卫生院"], "glyph": "卫", "family": "facility"}
    )
    assert len(map_panel.points_update(points, "点")) == len(map_panel.points_outputs("x"))


def test_a_place_without_coordinates_is_counted_and_not_drawn():
    points = pd.DataFrame(
        {
            "lon": [109.0, None],
            "lat": [39.0, None],
            "name": ["甲", "乙"],
            "kind": "卫生院",
            "glyph": "卫",
            "family": "facility",
        }
    )

    drawn, key, _legend = map_panel.points_update(points, "点")

    assert len(drawn["features"]) == 1
    assert key == [{"label": "卫生院", "glyph": "卫", "family": "facility", "count": 2}]


def test_the_map_has_no_tiles_and_no_link_to_elsewhere():
    sent = json.dumps(map_panel.map_panel("x").to_plotly_json(), default=lambda part: part.to_plotly_json())

    assert "http" not in sent
    assert "TileLayer" not in sent
    assert '"attributionControl": false' in sent


def test_the_frame_is_a_region_that_update_names():
    frame = next(part for part in map_panel.map_panel("x").children if getattr(part, "id", "") == "x-frame")

    assert isinstance(frame, html.Div)
    assert frame.role == "region"
    assert map_panel.outputs("x")[-1].component_property == "aria-label"
