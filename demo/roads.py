"""A SYNTHETIC road network of Ordos: bent lines between neighbouring township seats, not one of them a real road.

Which seats are joined: the shortest tree over all of them, and each with its nearest two. The tree's ways between banner
seats are 国道, other ways of the tree 县道, the rest 乡道, and most villages have a 村道 to their seat. One township is left
without a link, one with none at all, and so are a few villages, so that a place which cannot be reached can be seen.
"""

import json

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import minimum_spanning_tree, shortest_path

from demo import courses, places, villages

SOURCE = "演示数据：按固定规则生成的示意路网，不是真实道路"
NEAREST = 2
BENDS = 7  # vertices between two seats
DETOUR = 0.16  # how far a bend leaves the straight line, of the line's length: about 1.2 times as long
KM_PER_DEGREE = 111.0
SPEED = {"国道": 80, "县道": 55, "乡道": None, "村道": None}  # the last say only their class
CUT_OFF, ROADLESS = "150623103", "150624201"  # joined by a road that leads nowhere; without any road
STUB_KM = 8.0
WITHOUT_TRACK = 13  # from this village of a township on


def network(seed: int) -> list[dict]:
    """The roads as GeoJSON features: 道路等级, 速度 and a line each, CGCS2000."""
    rng = courses.generator_for(seed, "roads")
    every = _seats()
    seats = every[~every["code"].isin([CUT_OFF, ROADLESS])].reset_index(drop=True)
    rows = []
    for start, end, road_class in _ways(seats):
        points = seats.loc[[start, end], ["seat_lon", "seat_lat"]].to_numpy()
        rows.append(_feature(_bent(points[0], points[1], rng), road_class))
    alone = every.loc[every["code"].eq(CUT_OFF), ["seat_lon", "seat_lat"]].to_numpy()
    rows += [_feature(_bent(at, at + np.array([0, STUB_KM / KM_PER_DEGREE]), rng), "乡道") for at in alone]
    return rows + _tracks(seed, rng)


def _tracks(seed: int, rng: np.random.Generator) -> list[dict]:
    """A road from each village to its township's seat; the last villages of a township have none."""
    seats = places.townships().set_index("code")[["seat_lon", "seat_lat"]]
    listed = villages.areas(seed)
    number = listed["area_id"].str[-2:].astype(int)
    listed = listed[number.gt(1) & number.lt(WITHOUT_TRACK)]
    points = listed[["seat_lon", "seat_lat"]].to_numpy(dtype=float)
    ends = seats.loc[listed["parent_id"]].to_numpy(dtype=float)
    return [_feature(_bent(start, end, rng), "村道") for start, end in zip(points, ends, strict=True)]


def as_geojson(features: list[dict]) -> bytes:
    """The file of them; the same features give the same bytes."""
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()


def _seats() -> pd.DataFrame:
    """Distinct seats, in order of their codes; of townships that share one the first."""
    real = places.townships()[places.townships()["is_township"]].dropna(subset=["seat_lon", "seat_lat"])
    return real.sort_values("code").drop_duplicates(["seat_lon", "seat_lat"]).reset_index(drop=True)


def _ways(seats: pd.DataFrame) -> list[tuple[int, int, str]]:
    """Pairs of neighbouring seats with the class of the road between them."""
    lat = np.radians(seats["seat_lat"].to_numpy())
    plane = np.column_stack([seats["seat_lon"] * np.cos(lat.mean()), seats["seat_lat"]])
    apart = np.linalg.norm(plane[:, None] - plane[None, :], axis=2)
    tree = minimum_spanning_tree(csr_array(apart)).toarray()
    main = _between_banner_seats(seats, tree)
    nearest = np.argsort(apart, axis=1)[:, 1 : NEAREST + 1]
    pairs = {(min(a, b), max(a, b)) for a, others in enumerate(nearest) for b in others}
    pairs |= {(int(min(a, b)), int(max(a, b))) for a, b in np.argwhere(tree)}
    in_tree = {(int(min(a, b)), int(max(a, b))) for a, b in np.argwhere(tree)}
    return [
        (int(a), int(b), "国道" if (a, b) in main else "县道" if (a, b) in in_tree else "乡道")
        for a, b in sorted(pairs)
    ]


def _between_banner_seats(seats: pd.DataFrame, tree: np.ndarray) -> set[tuple[int, int]]:
    """The ways of the tree that lead from one banner's largest township to another's."""
    seat_of = seats.groupby("banner_code")["demo_population"].idxmax().to_numpy()
    _length, before = shortest_path(csr_array(tree), directed=False, return_predecessors=True, indices=seat_of)
    found = set()
    for row in before:
        for at in seat_of:
            while row[at] >= 0:
                found.add((int(min(at, row[at])), int(max(at, row[at]))))
                at = row[at]
    return found


def _bent(start: np.ndarray, end: np.ndarray, rng: np.random.Generator) -> list[list[float]]:
    """A line that wanders to one side and back; its ends are exact, so that roads meet there."""
    along = np.linspace(0, 1, BENDS + 2)[:, None]
    across = np.array([-(end - start)[1], (end - start)[0]])
    sway = np.sin(np.pi * along) * rng.uniform(-DETOUR, DETOUR) + np.sin(3 * np.pi * along) * rng.normal(0, DETOUR / 3)
    line = start + along * (end - start) + sway * across
    line[0], line[-1] = start, end
    return np.round(line, 6).tolist()


def _feature(line: list[list[float]], road_class: str) -> dict:
    properties = {"道路等级": road_class, "速度": SPEED[road_class], "说明": "示意"}
    return {"type": "Feature", "properties": properties, "geometry": {"type": "LineString", "coordinates": line}}
