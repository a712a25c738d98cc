"""What the map's browser side is sent: classes, values, legend."""

import base64

import numpy as np
import pandas as pd
import pytest

from dashboards import map_values

NAN = float("nan")
WORDS = {"missing": "未上报", "suppressed": "已隐去"}


def decoded(sent: dict) -> list[float | None]:
    """The values as the browser reads them."""
    if sent["encoding"] == "list":
        return sent["data"]
    integers = np.frombuffer(base64.b64decode(sent["data"]), dtype="<u2")
    return [None if n == 65535 else (int(n) + sent["offset"]) / 10 ** sent["decimals"] for n in integers]


def test_values_arrive_as_the_table_shows_them_and_a_missing_one_is_not_zero():
    assert decoded(map_values.encode_values([85.25, NAN, 0.0, 100.0], 1)) == [85.2, None, 0.0, 100.0]


def test_a_fall_below_zero_arrives_negative():
    assert decoded(map_values.encode_values([-12.5, 3.0], 1)) == [-12.5, 3.0]


def test_values_too_wide_for_sixteen_bits_travel_as_a_plain_list():
    sent = map_values.encode_values([1.0, 2_153_638.0, NAN], 0)

    assert sent["encoding"] == "list"
    assert decoded(sent) == [1.0, 2153638.0, None]


def test_the_widest_span_of_sixteen_bits_keeps_its_marker_free():
    assert map_values.encode_values([0, 65534], 0)["encoding"] == "u16"
    assert map_values.encode_values([0, 65535], 0)["encoding"] == "list"


def test_areas_without_any_figure_are_all_missing():
    assert decoded(map_values.encode_values([NAN, NAN], 1)) == [None, None]


def test_policy_cut_offs_are_class_edges_before_any_quantile():
    breaks = map_values.breaks_of(np.arange(40.0, 100.0), [80, 90], 1)

    assert {80.0, 90.0} <= set(breaks)
    assert len(breaks) == 4  # filled up to five classes
    assert all(value == round(value) for value in breaks)  # and at numbers people say


def test_the_fullest_class_is_halved_first():
    # 80 leaves 6 values below and 2 above; the median of 70..75 is 72.5, of a step of 0.1
    assert list(map_values.breaks_of([70, 71, 72, 73, 74, 75, 90, 95], [80], 1))[:2] == [71.0, 72.5]


def test_no_class_edge_is_so_fine_that_a_class_stays_empty_for_ever():
    values = np.array([76, 77, 78, 79, 81, 82, 83, 84])

    breaks = map_values.breaks_of(values, [80], 0)

    assert 80.0 in breaks
    assert np.bincount(np.digitize(values, breaks)).min() > 0


def test_equal_values_make_one_class():
    assert len(map_values.breaks_of([50.0, 50.0, 50.0], [], 1)) == 0
    assert map_values.value_labels([], lower_is_better=False, single="已上报") == ["已上报"]


def test_an_indicator_nobody_reported_still_has_its_policy_classes():
    assert list(map_values.breaks_of([NAN, NAN], [80], 1)) == [80.0]
    assert list(map_values.breaks_of([], [], 1)) == []


def test_a_value_on_the_target_has_met_it_whichever_way_is_better():
    screening = map_values.value_classes([79.9, 80.0, NAN], np.array([80.0]), lower_is_better=False)
    mortality = map_values.value_classes([6.0, 6.1], np.array([6.0]), lower_is_better=True)

    assert list(screening) == [0, 1, -1]
    assert list(mortality) == [0, 1]


def test_labels_say_on_which_side_the_edge_counts():
    assert map_values.value_labels([80, 90], lower_is_better=False, single="") == ["< 80", "80 – < 90", "≥ 90"]
    assert map_values.value_labels([6, 7.5], lower_is_better=True, single="") == ["≤ 6", "> 6 – 7.5", "> 7.5"]


def test_a_limit_keeps_all_its_decimals():
    assert map_values.value_labels([0.15], lower_is_better=True, single="") == ["≤ 0.15", "> 0.15"]


def test_the_legend_counts_the_areas_of_each_class_and_of_those_without_a_figure():
    entries = map_values.value_entries(["< 80", "≥ 80"], WORDS)
    classes = np.array([0, 1, 1, -1, -1])
    positions = map_values.with_states(classes, ["reported"] * 3 + ["missing", "suppressed"], entries)

    assert [(line["label"], line["count"]) for line in map_values.counted(entries, positions)] == [
        ("< 80", 1),
        ("≥ 80", 2),
        ("未上报", 1),
        ("已隐去", 1),
    ]


def test_a_suppressed_figure_is_dotted_and_a_missing_one_hatched():
    patterns = {entry.key: entry.pattern for entry in map_values.value_entries(["all"], WORDS)}

    assert patterns == {"class-0": "", "missing": "hatch", "suppressed": "dots"}


def test_a_state_the_legend_does_not_explain_is_refused():
    with pytest.raises(ValueError, match="out_of_reach"):
        map_values.with_states(np.array([0]), ["out_of_reach"], map_values.value_entries(["all"], WORDS))


def test_seven_classes_run_from_light_to_dark():
    def luminance(colour: str) -> int:
        return sum(int(colour[i : i + 2], 16) * weight for i, weight in ((1, 3), (3, 6), (5, 1)))

    light = [luminance(colours[0]) for colours in map_values.ramp(7)]

    assert light == sorted(light, reverse=True)
    assert len(set(map_values.ramp(7))) == 7


LAYER = {"url": "/geo/county/150600-abc.json", "hash": "abc", "area_ids": ["150602", "150603", "150621"]}


def test_figures_travel_in_the_order_of_the_geometry_file_with_its_hash():
    figures = pd.DataFrame({"area_id": ["150621", "150602"], "value": [90.0, 70.0], "position": [1, 0]})

    sent = map_values.layer_values(LAYER, figures, 0, missing=2)

    assert sent["hash"] == "abc"
    assert decoded(sent["values"]) == [70.0, None, 90.0]
    assert list(base64.b64decode(sent["classes"])) == [0, 2, 1]  # the area without a row is missing


def test_two_figures_for_one_area_are_refused():
    figures = pd.DataFrame({"area_id": ["150602", "150602"], "value": [90.0, 70.0], "position": [1, 0]})

    with pytest.raises(ValueError, match="two figures"):
        map_values.layer_values(LAYER, figures, 0, missing=2)
