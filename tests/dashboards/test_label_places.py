import numpy as np

from dashboards.label_places import Plot, places

PLOT = Plot(x=(2016.0, 2030.0), y=(0.0, 100.0), height=300)


def line(*points):
    return np.array([point[0] for point in points]), np.array([point[1] for point in points])


def test_a_label_stands_above_its_point_where_nothing_is_in_the_way():
    assert places([(2023.0, 50.0)], ["≥ 50%"], [], PLOT) == ["top center"]


def test_a_rising_line_leaves_room_to_the_left_above_its_point():
    steep = line((2016.0, 0.0), (2030.0, 100.0))

    assert places([(2023.0, 50.0)], ["≥ 50%"], [steep], PLOT) == ["top left"]


def test_a_falling_line_leaves_room_to_the_right_above_its_point():
    steep = line((2016.0, 100.0), (2030.0, 0.0))

    assert places([(2023.0, 50.0)], ["≤ 50%"], [steep], PLOT) == ["top right"]


def test_a_milestone_at_the_end_of_both_axes_is_labelled_inside_the_plot():
    assert places([(2029.9, 100.0)], ["≥ 100%"], [], PLOT) == ["bottom left"]


def test_a_milestone_whose_lines_come_from_below_left_is_labelled_in_the_margin_on_its_right():
    plot = Plot(x=(2016.0, 2030.6), y=(0.0, 100.0), height=300, margin_right=76)
    lines = [line((2016.0, 30.0), (2030.0, 100.0)), line((2025.0, 80.0), (2030.0, 94.0))]

    assert places([(2030.0, 100.0)], ["≥ 100%"], lines, plot, beside=[((2030.0, 90.0), "预测")]) == ["middle right"]
    assert places([(2030.0, 100.0)], ["≥ 100%"], lines, plot, beside=[((2030.0, 99.0), "预测")]) != ["middle right"]


def test_a_break_in_a_line_and_a_line_without_figures_cross_nothing():
    nothing = line((2016.0, np.nan), (2030.0, np.nan))

    assert places([(2023.0, 50.0)], ["≥ 50%"], [nothing], PLOT) == ["top center"]


def test_two_milestones_close_together_do_not_share_one_place():
    assert len(set(places([(2023.0, 50.0), (2023.1, 50.0)], ["≥ 50%", "≥ 51%"], [], PLOT))) == 2
