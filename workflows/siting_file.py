"""siting-file: where p sites serve best, for an instance in files, without a database.

INSTANCE  an OR-Library p-median file: `n edges p`, then `i j cost` for each edge of an undirected graph (of an edge that
          stands there twice, the last cost counts); every node is a demand of one person and a candidate site; ids are
          1 to n. Or a folder with
              demand.csv  id, population [, lon, lat]
              sites.csv   id [, lon, lat]
              cost.csv    site_id, demand_id, cost: instead of geodesic distances; a pair that is missing is out of reach
--radius  in metres, with cost.csv or a graph in the unit of cost; a place exactly at the radius is within.
--p       how many sites there are in all, the locked ones included; a graph file brings its own.

JSON      value         p-median: the sum of population x distance; p-center: the longest way of any place;
                        lscp: the number of sites; mclp: the population within the radius
          bound         no choice of sites is better than this (mclp: from above, the others from below)
          gap           |bound - value| / |value|; 0 where proven, null where the value is 0 and the bound is not
          proven        true where value and bound meet: only then is the answer the optimum
          sites         ids of the chosen sites, in the order of the instance
          people_share  share (0 to 1) of the population within the radius of a chosen site; null without a radius
          places_share  the same, counting every demand as one
          model, p, radius, unit (m or cost), mean_distance (by population), max_distance, uncovered (ids, largest first)
"""

import json
import math
import time
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from pathlib import Path

import numpy as np

from data_access.errors import InputError
from geo.siting import NEEDS_COUNT, Reached, reached, solve
from geo.siting_problem import LSCP, MODELS, Answer, NotCoverable, Sites, TooFewSites, Watch
from workflows.siting_answer import check_question
from workflows.siting_instances import Instance, read_instance

TIME_LIMIT_S = 60.0
MOST_NAMED = 10


def add_arguments(command: str, parser: ArgumentParser) -> None:
    """The instance, the model and its numbers."""
    parser.formatter_class = RawDescriptionHelpFormatter
    parser.description = __doc__
    parser.add_argument("instance", type=Path, metavar="INSTANCE", help="an OR-Library file or a folder of CSV files")
    parser.add_argument("--model", required=True, choices=MODELS)
    parser.add_argument("--p", type=int, help="how many sites")
    parser.add_argument("--radius", type=float, help="service radius")
    parser.add_argument("--lock", nargs="+", default=[], metavar="ID", help="sites that must be chosen")
    parser.add_argument("--forbid", nargs="+", default=[], metavar="ID", help="sites that must not")
    parser.add_argument("--time-limit", type=float, default=TIME_LIMIT_S, metavar="S", help="seconds, default 60")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")


def run(command: str, arguments: Namespace, settings) -> None:
    """Read, solve, print. Raises InputError for an instance or numbers that are at fault."""
    start = time.monotonic()
    p, radius = arguments.p, arguments.radius
    if radius is not None and not 0 <= radius < math.inf:
        raise InputError(f"--radius 为 {radius:g}：服务半径须是不小于 0 的数。")
    if not arguments.time_limit > 0:
        raise InputError(f"--time-limit 为 {arguments.time_limit:g}：时限须大于 0 秒。")
    instance = read_instance(arguments.instance)
    p = instance.p if p is None else p
    sites = chosen_and_refused(instance.site_ids, arguments.lock, arguments.forbid)
    watch = Watch(lambda: arguments.time_limit - (time.monotonic() - start))
    answer = answered(instance, arguments.model, sites, p, radius, watch)
    found = reached(instance.costs, instance.population, answer.chosen, radius)
    document = as_document(instance, answer, found, p, radius)
    print(json.dumps(document, ensure_ascii=False, allow_nan=False) if arguments.json else in_words(document))


def chosen_and_refused(site_ids: list[str], lock: list[str], forbid: list[str]) -> Sites:
    """The candidates with their locks. Raises InputError for an id that is not among them, or both locked and forbidden."""
    place_of = {site_id: place for place, site_id in enumerate(site_ids)}
    for option, ids in (("--lock", lock), ("--forbid", forbid)):
        unknown = [site_id for site_id in ids if site_id not in place_of]
        if unknown:
            raise InputError(f"{option}：{_listed(unknown)} 不在候选点之中。请核对编号。")
    both = sorted(set(lock) & set(forbid))
    if both:
        raise InputError(f"{_listed(both)} 既被锁定（--lock）又被禁用（--forbid）。请只保留一项。")
    return Sites(len(site_ids), frozenset(place_of[i] for i in lock), frozenset(place_of[i] for i in forbid))


def answered(instance: Instance, model: str, sites: Sites, p: int | None, radius: float | None, watch: Watch) -> Answer:
    """solve(), with what is wrong about the question said in Chinese. Raises InputError."""
    check_question(model, sites, p, radius)
    try:
        return solve(model, instance.costs, instance.population, sites, p=p, radius=radius, watch=watch)
    except NotCoverable as error:
        ids = [instance.demand_ids[place] for place in error.demand]
        where = f"{radius:g} {unit_name(instance)}半径内" if model == LSCP else "成本表或路网中"
        raise InputError(
            f"无法覆盖：{_listed(ids)} 共 {len(ids)} 处在{where}没有任何可选的候选点。"
            f"请{'加大半径、' if model == LSCP else ''}增加候选点或解除禁用。"
        ) from error
    except TooFewSites as error:
        raise InputError(
            f"p 为 {p}，不够：各处互不连通，至少要 {error.needed} 个点才能让每一处都有点可去。请加大 p。"
        ) from error


def unit_name(instance: Instance) -> str:
    return "米" if instance.unit == "m" else "（成本单位）"


def _listed(ids: list[str]) -> str:
    return "、".join(ids[:MOST_NAMED]) + ("……" if len(ids) > MOST_NAMED else "")


def as_document(instance: Instance, answer: Answer, found: Reached, p: int | None, radius: float | None) -> dict:
    """The JSON of one answer: the keys of the module's docstring."""
    missed = [] if found.covered is None else np.flatnonzero(~found.covered).tolist()
    missed.sort(key=lambda place: (-instance.population[place], place))
    return {
        "value": _number(answer.value),
        "bound": _number(answer.bound),
        "gap": _number(answer.gap),
        "proven": bool(answer.proven),
        "sites": [instance.site_ids[place] for place in answer.chosen],
        "people_share": _number(found.people_share),
        "places_share": _number(found.places_share),
        "model": answer.model,
        "p": p if answer.model in NEEDS_COUNT else len(answer.chosen),
        "radius": _number(radius),
        "unit": instance.unit,
        "mean_distance": _number(found.mean_cost),
        "max_distance": _number(found.max_cost),
        "uncovered": None if radius is None else [instance.demand_ids[place] for place in missed],
    }


def _number(value: float | None) -> float | int | None:
    """What JSON can hold: whole numbers without a fraction, nothing for what is no finite number."""
    if value is None or not math.isfinite(value):
        return None
    return int(value) if float(value).is_integer() else float(value)


def in_words(document: dict) -> str:
    """A few lines for a reader without --json."""
    verdict = "已证明最优" if document["proven"] else f"未证明最优，与界相差 {_percent(document['gap'])}"
    lines = [
        f"模型 {document['model']}：目标值 {document['value']}，界 {document['bound']}（{verdict}）",
        f"选中 {len(document['sites'])} 个点：{'、'.join(document['sites'])}",
    ]
    if document["radius"] is not None:
        lines.append(
            f"半径内人口占 {_percent(document['people_share'])}，地点占 {_percent(document['places_share'])}，"
            f"未覆盖 {len(document['uncovered'])} 处"
        )
    return "\n".join(lines)


def _percent(share: float | None) -> str:
    return "—" if share is None else f"{100 * share:.2f}%"
