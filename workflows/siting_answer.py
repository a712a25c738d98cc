"""The answer to a siting question. Imports little: a solver's process of its own is ready at once."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data_access.errors import InputError
from geo.siting import NEEDS_COUNT, NEEDS_RADIUS, in_order_of_gain, reached, solve
from geo.siting_costs import geodesic_costs
from geo.siting_problem import LSCP, MCLP, Answer, NotCoverable, Sites, Watch

MOST_PAIRS_OF_A_CURVE = 250_000
SECONDS_A_POINT = 3.0  # of the curve: further sites are solved one number after the other
FURTHER_SITES = 6


@dataclass(frozen=True)
class Question:
    """demand: area_id, name_zh, name_en, lon, lat, is_rough, people, level. sites: site_id, name_zh, name_en, lon, lat,
    is_rough, is_standing, is_locked, is_forbidden, is_added. left_out: townships without a place or without people.
    """

    model: str
    p: int | None
    radius_m: float | None
    demand: pd.DataFrame
    sites: pd.DataFrame
    left_out: int
    population_year: int | None


def check_question(model: str, sites: Sites, p: int | None, radius: float | None) -> None:
    """Raises InputError for numbers that are missing or cannot be."""
    allowed, locked = len(sites.allowed), len(sites.locked)
    if model in NEEDS_RADIUS and radius is None:
        raise InputError(f"模型 {model} 需要服务半径，请给出（命令行：--radius，单位为米或成本表的单位）。")
    if not allowed:
        raise InputError("没有可选的候选点：全部被禁用了。请解除一些禁用。")
    if model not in NEEDS_COUNT:
        return
    if p is None:
        raise InputError(f"模型 {model} 需要设点个数，请给出（命令行：--p）。")
    if p < 1:
        raise InputError(f"设点个数 p 为 {p}，至少应为 1。")
    if p > allowed:
        raise InputError(f"设点个数 p 为 {p}，但可选的候选点只有 {allowed} 个。请减小 p 或增加候选点。")
    if p < locked:
        raise InputError(f"设点个数 p 为 {p}，但已锁定 {locked} 个点（p 包含锁定的点）。请加大 p 或减少锁定。")


def locks_of(question: Question) -> Sites:
    """The question's candidates by position."""
    sites = question.sites
    locked, forbidden = (np.flatnonzero(sites[name]).tolist() for name in ("is_locked", "is_forbidden"))
    return Sites(len(sites), frozenset(locked), frozenset(forbidden))


def answer_question(question: Question, watch: Watch) -> dict:
    """The answer as JSON can hold it; lengths in metres, shares 0 to 1.

    model, p, radius_m, value, bound, gap, proven (as siting_file.py says them), people_share, places_share, people,
    places, mean_m, max_m, left_out, population_year; chosen: the sites in the order of what each adds, with share_after
    and mean_after; demand: every place with covered, nearest (site_id) and distance_m; curve: the best answer for other
    numbers of sites. Raises InputError where the question has no answer.
    """
    demand, sites = question.demand, question.sites
    costs = geodesic_costs(demand["lon"], demand["lat"], sites["lon"], sites["lat"])
    people, locks = demand["people"].to_numpy(float), locks_of(question)
    answer = _solved(question, costs, people, locks, watch)
    found = reached(costs, people, answer.chosen, question.radius_m)
    site_ids = sites["site_id"].tolist()
    rows = demand.drop(columns="people").assign(
        people=people,
        covered=None if found.covered is None else found.covered.tolist(),
        nearest=[site_ids[place] if place >= 0 else None for place in found.nearest],
        distance_m=found.nearest_cost.round(1),
    )
    return {
        "model": question.model,
        "p": len(answer.chosen),
        "radius_m": question.radius_m,
        "value": answer.value,
        "bound": answer.bound,
        "gap": answer.gap if np.isfinite(answer.gap) else None,
        "proven": bool(answer.proven),
        "people_share": _finite(found.people_share),
        "places_share": _finite(found.places_share),
        "people": float(people.sum()),
        "places": len(demand),
        "mean_m": _finite(found.mean_cost),
        "max_m": _finite(found.max_cost),
        "left_out": question.left_out,
        "population_year": question.population_year,
        "chosen": _chosen(question, costs, people, answer),
        "demand": _plain(rows),
        "curve": _curve(question, costs, people, locks, answer, watch),
    }


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _plain(frame: pd.DataFrame) -> list[dict]:
    filled = frame.astype(object).where(frame.notna(), None)
    return filled.to_dict("records")


def _solved(question: Question, costs: np.ndarray, people: np.ndarray, locks: Sites, watch: Watch) -> Answer:
    try:
        return solve(question.model, costs, people, locks, p=question.p, radius=question.radius_m, watch=watch)
    except NotCoverable as error:
        names = question.demand["name_zh"].iloc[list(error.demand)].tolist()
        raise InputError(
            f"{'、'.join(names[:8])}{'……' if len(names) > 8 else ''} 共 {len(names)} 处在半径内没有任何候选点，无法全部覆盖。"
            "请加大半径、增加候选点，或改用“最大覆盖”。"
        ) from error


def _chosen(question: Question, costs: np.ndarray, people: np.ndarray, answer: Answer) -> list[dict]:
    first = np.flatnonzero(question.sites["is_locked"]).tolist()
    rows, before = [], 0.0
    for place, so_far in in_order_of_gain(costs, people, answer.chosen, question.radius_m, first):
        site = question.sites.iloc[place]
        share = _finite(so_far.people_share)
        about = {name: site[name] for name in ("site_id", "name_zh", "name_en")}
        about |= {name: bool(site[name]) for name in ("is_standing", "is_locked", "is_added", "is_rough")}
        about |= {"lon": float(site["lon"]), "lat": float(site["lat"])}
        gain = None if share is None else (share - before) * float(people.sum())
        rows.append(about | {"share_after": share, "people_added": gain, "mean_after": _finite(so_far.mean_cost)})
        before = share or 0.0
    return [{name: None if value is pd.NA or value != value else value for name, value in row.items()} for row in rows]


def _curve(question, costs, people, locks: Sites, answer: Answer, watch: Watch) -> list[dict]:
    """For each number of sites the best answer: what one more would add. For lscp the most people so many sites reach."""
    if costs.size > MOST_PAIRS_OF_A_CURVE:
        return []
    model = MCLP if question.model == LSCP else question.model
    last = min(len(answer.chosen) + (0 if question.model == LSCP else FURTHER_SITES), len(locks.allowed))
    rows = []
    for count in range(max(1, len(locks.locked)), last + 1):
        left = min(SECONDS_A_POINT, watch.seconds_left())
        if left <= 0:
            break
        rows.append(_point(model, count, question, costs, people, locks, answer, _part_of(watch, left)))
    return rows


def _part_of(watch: Watch, seconds: float) -> Watch:
    """The same watch with only so many seconds left; one without a limit stays without."""
    end = watch.seconds_left() - seconds
    seconds_left = watch.seconds_left if math.isinf(end) else lambda: watch.seconds_left() - end
    return Watch(seconds_left, lambda step, value, bound: watch.report("curve", None, None))


def _point(model, count, question, costs, people, locks, answer: Answer, watch: Watch) -> dict:
    known = answer.model == model and count == len(answer.chosen)
    best = answer if known else solve(model, costs, people, locks, p=count, radius=question.radius_m, watch=watch)
    found = reached(costs, people, best.chosen, question.radius_m)
    shares = {"people_share": _finite(found.people_share), "places_share": _finite(found.places_share)}
    lengths = {"mean_m": _finite(found.mean_cost), "max_m": _finite(found.max_cost)}
    return {"p": count, **shares, **lengths, "value": best.value, "proven": bool(best.proven)}
