"""Nearest clinic of every village: 700,000 villages, 40,000 clinics, along the ellipsoid, exact.

Peer: scikit-learn's BallTree with the haversine metric. It answers for a sphere, a few tenths of a percent off, so its
speed is the comparison and its answers are not (the last figure says how many villages it puts on the wrong side of a
service radius). Equality is measured against comparing each village of a sample with every clinic along the ellipsoid.
"""

import argparse
import json
import time

import numpy as np
from sklearn.neighbors import BallTree

from geo.distance import distance_matrix, nearest

VILLAGES, CLINICS, SAMPLE, RADIUS_M = 700_000, 40_000, 400, 10_000.0
EXTENT = (75.0, 134.0, 20.0, 52.0)  # about China: west, east, south, north
SPHERE_M = 6_371_008.8


def points(rng, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Half of them spread evenly, half in clusters of a few kilometres, as villages lie."""
    west, east, south, north = EXTENT
    middles = rng.integers(0, 2000, count)
    centre_lon, centre_lat = rng.uniform(west, east, 2000), rng.uniform(south, north, 2000)
    is_clustered = np.arange(count) % 2 == 0
    lon = np.where(is_clustered, centre_lon[middles] + rng.normal(0, 0.15, count), rng.uniform(west, east, count))
    lat = np.where(is_clustered, centre_lat[middles] + rng.normal(0, 0.12, count), rng.uniform(south, north, count))
    return lon, lat


def measure(villages: int, clinics: int) -> dict:
    """Seconds of both, the ratio, and how far each is from the truth on a sample."""
    rng = np.random.default_rng(1)
    lon, lat = points(rng, villages)
    clinic_lon, clinic_lat = points(rng, clinics)
    start = time.perf_counter()
    found = nearest(lon, lat, clinic_lon, clinic_lat)
    ours = time.perf_counter() - start
    start = time.perf_counter()
    tree = BallTree(np.radians(np.column_stack([clinic_lat, clinic_lon])), metric="haversine")
    angle, _index = tree.query(np.radians(np.column_stack([lat, lon])), k=1)
    peer = time.perf_counter() - start
    sphere_m = angle[:, 0] * SPHERE_M
    some = rng.choice(villages, SAMPLE, replace=False)
    truth = distance_matrix(lon[some], lat[some], clinic_lon, clinic_lat)
    return {
        "villages": villages,
        "clinics": clinics,
        "seconds": round(ours, 2),
        "balltree_haversine_seconds": round(peer, 2),
        "ratio": round(peer / ours, 1),
        "sample": SAMPLE,
        "differs_from_brute_force": int((found.index[some] != truth.argmin(axis=1)).sum()),
        "largest_difference_m": float(np.abs(found.distance_m[some] - truth.min(axis=1)).max()),
        "wrong_side_of_10_km_on_a_sphere": int(((sphere_m <= RADIUS_M) != (found.distance_m <= RADIUS_M)).sum()),
    }


def main() -> None:
    """Print one JSON line; raises AssertionError where a sample differs from brute force."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--villages", type=int, default=VILLAGES)
    parser.add_argument("--clinics", type=int, default=CLINICS)
    arguments = parser.parse_args()
    found = measure(arguments.villages, arguments.clinics)
    print(json.dumps(found))
    assert found["differs_from_brute_force"] == 0
    assert found["largest_difference_m"] < 1e-6


if __name__ == "__main__":
    main()
