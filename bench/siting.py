"""Siting: how near the answers come to what cannot be beaten, and how soon; the same p-median and coverage with spopt.

    python -m bench siting, or python -m bench.siting [--sizes 1000,5000] [--seconds 10,30] [--no-peer]

Places and sites are the same points, evenly spread over 300 x 300 km, people log-normal, distances planar: making the
table of distances is no part of it. Ratios: seconds of spopt (PuLP with CBC, model building included, stopped after a minute:
peer_value is null where it had no answer by then) to ours, at 500.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from geo.siting import solve
from geo.siting_problem import MCLP, P_CENTER, P_MEDIAN, Sites, Watch

SIDE_KM = 300.0
PEER_SIZE, PEER_SECONDS = 500, 60.0
# (model, sites, radius in km): a few and many sites, a service radius with little and with much overlap
QUESTIONS = ((P_MEDIAN, 25, None), (P_MEDIAN, 100, None), (MCLP, 60, 15.0), (MCLP, 25, 30.0))
CENTERS = ((P_CENTER, 10, None), (P_CENTER, 25, None), (P_CENTER, 100, None))  # without the peer, which takes minutes


def instance(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Distances (km) and people."""
    chance = np.random.default_rng(size)
    points = chance.uniform(0, SIDE_KM, (size, 2))
    costs = np.hypot(points[:, None, 0] - points[None, :, 0], points[:, None, 1] - points[None, :, 1])
    return costs, np.rint(chance.lognormal(8, 1, size))


def measured(model: str, costs, people, p: int, radius: float | None, seconds: float) -> dict:
    """Our answer within so many seconds."""
    start = time.perf_counter()
    watch = Watch(lambda: seconds - (time.perf_counter() - start))
    answer = solve(model, costs, people, Sites(costs.shape[1]), p=p, radius=radius, watch=watch)
    took = time.perf_counter() - start
    return {
        "value": answer.value,
        "gap_percent": round(100 * answer.gap, 3),
        "proven": answer.proven,
        "s": round(took, 2),
    }


def peer(model: str, costs, people, p: int, radius: float | None) -> dict:
    """spopt's answer: seconds for building and solving its model, and the value of the sites it chose."""
    import pulp
    from spopt.locate import MCLP as PeerMCLP
    from spopt.locate import PMedian

    start = time.perf_counter()
    if model == P_MEDIAN:
        built = PMedian.from_cost_matrix(costs, people, p_facilities=p)
    else:
        built = PeerMCLP.from_cost_matrix(costs, people, radius, p_facilities=p)
    try:
        built.solve(pulp.PULP_CBC_CMD(msg=False, timeLimit=PEER_SECONDS))
    except RuntimeError:  # spopt's word for a time-out without any answer
        return {"peer_s": round(time.perf_counter() - start, 2), "peer_value": None, "peer_proven": False}
    took = time.perf_counter() - start
    chosen = [place for place, variable in enumerate(built.fac_vars) if variable.value() and variable.value() > 0.5]
    nearest = costs[:, chosen].min(axis=1) if chosen else np.full(len(costs), np.inf)
    value = float((people * nearest).sum()) if model == P_MEDIAN else float(people[nearest <= radius].sum())
    return {"peer_s": round(took, 2), "peer_value": value, "peer_proven": built.problem.sol_status == 1}


def main(argv: list[str]) -> None:
    """Print one JSON line for each question."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="1000,5000")
    parser.add_argument("--seconds", default="10,30")
    parser.add_argument("--no-peer", action="store_true")
    arguments = parser.parse_args(argv)
    if not arguments.no_peer:
        costs, people = instance(PEER_SIZE)
        for model, p, radius in QUESTIONS:
            ours = measured(model, costs, people, p, radius, PEER_SECONDS)
            theirs = peer(model, costs, people, p, radius)
            ratio = round(theirs["peer_s"] / max(ours["s"], 0.01), 1)
            print(json.dumps({"size": PEER_SIZE, "model": model, "p": p, **ours, **theirs, "ratio": ratio}), flush=True)
    for size, seconds in zip(arguments.sizes.split(","), arguments.seconds.split(","), strict=True):
        costs, people = instance(int(size))
        for model, p, radius in QUESTIONS + CENTERS:
            found = measured(model, costs, people, p, radius, float(seconds))
            print(
                json.dumps({"size": int(size), "model": model, "p": p, "limit_s": float(seconds), **found}), flush=True
            )


if __name__ == "__main__":
    main(sys.argv[1:])
