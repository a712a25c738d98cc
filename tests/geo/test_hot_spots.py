"""Hot spots: found where they are, not found in noise, and not looked for where there are too few places."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from scipy.sparse import csr_matrix

from geo import hot_spots
from geo.hot_spots import (
    COLD,
    FEWEST_UNITS,
    HIGH_OUTLIER,
    HOT,
    NOT_TESTED,
    TooFewUnits,
    clusters_and_outliers,
    false_discovery_q,
    hot_and_cold,
    moran,
)
from geo.spatial_weights import listed, nearest_neighbours, queen, within_distance

SIDE = 8


def chessboard() -> tuple[gpd.GeoSeries, np.ndarray]:
    """64 square townships of 0.1 degrees, and 1 on the white fields, 0 on the black ones."""
    cells = [
        shapely.box(109 + x / 10, 39 + y / 10, 109.1 + x / 10, 39.1 + y / 10) for y in range(SIDE) for x in range(SIDE)
    ]
    colour = np.array([(x + y) % 2 for y in range(SIDE) for x in range(SIDE)], dtype=float)
    return gpd.GeoSeries(cells, crs="EPSG:4490"), colour


def rook() -> csr_matrix:
    """Fields that share an edge."""
    fields = {f"{x},{y}": [] for y in range(SIDE) for x in range(SIDE)}
    for x in range(SIDE):
        for y in range(SIDE):
            for other in (f"{x + 1},{y}", f"{x},{y + 1}"):
                if other in fields:
                    fields[f"{x},{y}"].append(other)
                    fields[other].append(f"{x},{y}")
    return listed(list(fields), fields)


def ring(n: int) -> csr_matrix:
    """Units in a circle, each with the one before and the one after."""
    return listed([str(i) for i in range(n)], {str(i): [str((i - 1) % n), str((i + 1) % n)] for i in range(n)})


def test_on_a_chessboard_every_neighbour_differs_and_morans_i_is_minus_one():
    found = moran(chessboard()[1], rook(), permutations=99)

    assert found.i == pytest.approx(-1, abs=1e-12)
    assert found.expected == pytest.approx(-1 / 63)
    assert found.p < 1e-6
    assert found.p_permuted == pytest.approx(2 * 1 / 100)  # no shuffled board is as extreme: two sides of 1 in 100


def test_gi_star_of_a_block_of_four_in_a_circle_of_36_as_worked_out_by_hand():
    # mean 1/9, variance 8/81; unit 1 and its neighbours add up to 3 of an expected 1/3; spread^2 = 8/81 x 99/35
    values = np.zeros(36)
    values[:4] = 1

    found = hot_and_cold(values, ring(36))

    by_hand = (3 - 1 / 3) / np.sqrt(8 / 81 * 99 / 35)
    assert found.statistic[1] == pytest.approx(by_hand, rel=1e-12)
    assert found.kind[:4].tolist() == [HOT] * 4
    assert COLD not in found.kind


def test_one_high_figure_among_low_ones_is_an_outlier_and_no_hot_spot():
    # a hot half and a cold half, and one high township deep in the cold half
    values = np.r_[np.full(32, 10.0), np.full(32, 0.0)] + np.random.default_rng(1).normal(0, 0.5, 64)
    values[16 + 32] = 12.0

    found = clusters_and_outliers(values, nearest_neighbours(np.linspace(109, 111, 64), np.full(64, 39.0), 6), seed=3)

    assert found.kind[16 + 32] == HIGH_OUTLIER
    assert (found.kind[4:28] == HOT).all()


@pytest.mark.parametrize("method", [hot_and_cold, clusters_and_outliers])
def test_maps_of_pure_noise_are_seldom_flagged(method):
    rng = np.random.default_rng(5)
    cells, _colour = chessboard()
    neighbours = queen(cells)

    flagged = [(method(rng.normal(size=64), neighbours).q <= 0.05).any() for _map in range(20)]

    assert sum(flagged) <= 3


def test_the_guard_is_benjamini_and_hochbergs():
    # sorted: 0.01 x 4 / 1 = 0.04, 0.02 x 4 / 2 = 0.04, 0.03 x 4 / 3 = 0.04, 0.5 x 4 / 4 = 0.5
    assert false_discovery_q(np.array([0.5, 0.03, 0.01, 0.02])) == pytest.approx([0.5, 0.04, 0.04, 0.04])


def test_nine_districts_are_too_few_for_a_pattern():
    with pytest.raises(TooFewUnits, match=f"9 units .* {FEWEST_UNITS}"):
        hot_and_cold(np.arange(9.0), ring(9))


def test_an_island_and_a_township_without_a_figure_are_not_tested():
    values = np.random.default_rng(2).normal(size=40)
    values[7] = np.nan
    circle = ring(39)
    neighbours = csr_matrix((circle.data, circle.indices, np.append(circle.indptr, circle.indptr[-1])), shape=(40, 40))

    found = hot_and_cold(values, neighbours)

    assert found.units == 38
    assert np.flatnonzero(found.kind == NOT_TESTED).tolist() == [7, 39]
    assert np.isnan(found.q[[7, 39]]).all()


def test_figures_that_are_all_equal_have_no_pattern():
    with pytest.raises(ValueError, match="equal"):
        moran(np.ones(40), ring(40))


def test_large_maps_draw_one_after_another_with_the_same_meaning(monkeypatch):
    values = np.r_[np.full(20, 5.0), np.zeros(20)] + np.random.default_rng(1).normal(0, 0.3, 40)
    at_once = clusters_and_outliers(values, ring(40), permutations=1999)
    monkeypatch.setattr(hot_spots, "DRAWS_AT_ONCE", 1)
    apart = clusters_and_outliers(values, ring(40), permutations=1999)

    assert np.abs(at_once.p - apart.p).max() < 0.06


def test_queen_neighbours_share_an_edge_or_a_corner():
    neighbours = queen(chessboard()[0])
    counts = np.diff(neighbours.indptr).reshape(SIDE, SIDE)

    assert counts[0, 0] == 3
    assert counts[0, 3] == 5
    assert counts[3, 3] == 8


def test_nearest_and_distance_neighbours_are_measured_on_the_ground():
    # 0.2 degrees of longitude are 17.3 km at 39 N, 0.2 of latitude 22.2 km
    lon, lat = [109.0, 109.2, 109.0], [39.0, 39.0, 39.2]

    assert nearest_neighbours(lon, lat, 1)[0].indices.tolist() == [1]
    assert within_distance(lon, lat, 20_000)[0].indices.tolist() == [1]


def test_a_neighbour_that_is_no_unit_is_named():
    with pytest.raises(ValueError, match="no such units: zz"):
        listed(["a", "b"], {"a": ["zz"]})
