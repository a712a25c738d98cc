"""access-file: how much supply (doctors, beds) each place can reach for each person, without a database.

DEMAND      需求点 id, lon, lat, population [, area_id]
FACILITIES  设施 id, lon, lat, supply                        supply: doctors, nurses, beds ... of each facility 供给
            Or in place of the two one INSTANCE.json: demand {id: people}, supply {id: amount}, distance {demand id:
            {supply id: distance}} and step_weights [[upper limit, weight], ...]; a weight may be a fraction, "17/25".
--distances CSV of demand_id, supply_id, distance: takes the place of geodesic distances (lon, lat are then not needed);
            a pair that is not in it is out of reach. Bands are in its unit.
OUT         id, facilities_in_reach, score_<method>...       supply per person; 0 is out of reach, never missing

Methods (--method, several may be named): 2sfca (one band), e2sfca (bands with falling weights), 3sfca (and people split
among the facilities they can reach). Bands: --bands 10:1,20:0.68,30:0.22 in kilometres (in minutes with --speed-kmh:
直线估算, straight-line minutes), upper limits belonging to their band. Without --bands, --radius-km is cut in thirds
weighted 1, 0.68, 0.22 (Luo & Qi 2009); 2sfca uses the widest limit alone.

--json      bands, methods: by method scores {id: score} and supply_ratio {id: supply per person of its catchment},
            people_out_of_reach, places_out_of_reach, given_out (sum of people x score) and supply_in_reach, which agree
"""

import json
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd

from data_access.errors import InputError
from geo.accessibility import ENHANCED, METHODS, Access, band_weights, floating_catchment, thirds
from geo.distance import pairs_within
from workflows.coverage_file import above_zero
from workflows.file_results import MOST_IN_JSON, check_out, number, percent, show, write_table
from workflows.plain_tables import read_columns
from workflows.point_files import Faults, PointTable

GIVEN = "按所给距离"
KILOMETRES = "直线（测地线）距离，公里"
MINUTES = "直线估算：按所给速度折算的分钟，不是行车时间"


@dataclass(frozen=True)
class Case:
    """What is asked: people and supply by id, and the distance of each pair that may be in reach, in the bands' unit."""

    places: list[str]
    people: np.ndarray
    facilities: list[str]
    supply: np.ndarray
    place: np.ndarray
    facility: np.ndarray
    distance: np.ndarray
    basis: str


def add_arguments(command: str, parser: ArgumentParser) -> None:
    """Two tables or one instance in, scores out."""
    parser.description, parser.formatter_class = __doc__, RawDescriptionHelpFormatter
    parser.add_argument("demand", type=Path, help="places: id, lon, lat, population; or INSTANCE.json  需求点")
    parser.add_argument("facilities", type=Path, nargs="?", help="facilities: id, lon, lat, supply  设施")
    parser.add_argument("--out", type=Path, help="CSV to write  结果")
    parser.add_argument("--method", nargs="+", choices=METHODS, default=[ENHANCED], help="default e2sfca  方法")
    parser.add_argument("--bands", type=_bands, help="LIMIT:WEIGHT,... rising  距离分段与权重")
    parser.add_argument("--radius-km", type=above_zero, help="cut in three bands  服务半径")
    parser.add_argument("--speed-kmh", type=above_zero, help="--bands are minutes at this speed  速度")
    parser.add_argument("--distances", type=Path, help="demand_id, supply_id, distance  距离表")
    parser.add_argument("--datum", default="WGS-84", help="of both tables: CGCS2000, WGS-84 (default), GCJ-02, BD-09")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")


def _bands(text: str) -> list[tuple[float, float]]:
    """10:1,20:0.68 as (limit, weight) pairs. argparse says usage on ValueError."""
    found = [(float(limit), float(Fraction(weight))) for limit, weight in (part.split(":") for part in text.split(","))]
    band_weights([], found)
    return found


def run(command: str, arguments: Namespace, settings) -> None:
    """Read, score, write. InputError names the rows, what is wrong and how to mend it; nothing is written."""
    check_out(arguments.out, [arguments.demand, arguments.facilities, arguments.distances], arguments.json)
    if arguments.demand.suffix.lower() == ".json" and arguments.facilities is None:
        case, bands = read_instance(arguments.demand)
        bands = arguments.bands or bands
    else:
        bands = _stated_bands(arguments)
        case = _read_tables(arguments, bands)
    found = {
        method: floating_catchment(method, case.people, case.supply, case.place, case.facility, case.distance, bands)
        for method in dict.fromkeys(arguments.method)
    }
    scores = pd.DataFrame({f"score_{method}": access.score for method, access in found.items()})
    first = next(iter(found.values()))
    write_table(
        scores.assign(id=case.places, facilities_in_reach=first.in_reach)[["id", "facilities_in_reach", *scores]],
        arguments.out,
    )
    answer = summary(case, bands, found)
    if arguments.json:
        show(answer)
    else:
        print(in_words(answer))


def _stated_bands(arguments: Namespace) -> list[tuple[float, float]]:
    if arguments.facilities is None:
        raise InputError("请给出设施表（id、lon、lat、supply），或一个 .json 算例。")
    if arguments.bands:
        if arguments.radius_km:
            raise InputError("--bands 与 --radius-km 只写一个。")
        return arguments.bands
    if not arguments.radius_km:
        raise InputError("请写明服务半径（--radius-km），或距离分段与权重（--bands，如 10:1,20:0.68,30:0.22）。")
    return thirds(arguments.radius_km)


def _read_tables(arguments: Namespace, bands) -> Case:
    if arguments.distances:
        return _with_distances(arguments)
    places = PointTable(
        arguments.demand, needed=("population",), numbers=("population",), datum=arguments.datum
    ).whole()
    sites = PointTable(arguments.facilities, needed=("supply",), numbers=("supply",), datum=arguments.datum).whole()
    metres_per_unit = arguments.speed_kmh * 1000 / 60 if arguments.speed_kmh else 1000.0
    try:
        # a millimetre over the last limit, which is applied exactly afterwards
        pairs = pairs_within(
            places["lon"], places["lat"], sites["lon"], sites["lat"], bands[-1][0] * metres_per_unit + 1e-3
        )
    except ValueError as error:
        raise InputError(f"范围内的地点与设施组合太多（{error}）。请缩小服务半径，或分地区计算。") from error
    return Case(
        places["id"].tolist(),
        places["population"].to_numpy(),
        sites["id"].tolist(),
        sites["supply"].to_numpy(),
        pairs.place,
        pairs.target,
        pairs.distance_m / metres_per_unit,
        MINUTES if arguments.speed_kmh else KILOMETRES,
    )


def _with_distances(arguments: Namespace) -> Case:
    people = read_columns(arguments.demand, ("id", "population"), numbers=("population",))
    supply = read_columns(arguments.facilities, ("id", "supply"), numbers=("supply",))
    pairs = read_columns(arguments.distances, ("demand_id", "supply_id", "distance"), numbers=("distance",))
    faults = Faults(arguments.distances.name)
    place, facility = (pd.Index(table["id"]) for table in (people, supply))
    at, to = place.get_indexer(pairs["demand_id"]), facility.get_indexer(pairs["supply_id"])
    for column, found in (("demand_id", at), ("supply_id", to)):
        strange = found < 0
        faults.add(
            pairs.loc[strange, "row"].tolist(), [f"{column} {name} 不在表中" for name in pairs.loc[strange, column]]
        )
    again = pairs.duplicated(["demand_id", "supply_id"])
    faults.add(pairs.loc[again, "row"].tolist(), "同一对地点与设施在前面已有一行。请只留一行")
    faults.refuse()
    return Case(
        people["id"].tolist(),
        people["population"].to_numpy(),
        supply["id"].tolist(),
        supply["supply"].to_numpy(),
        at,
        to,
        pairs["distance"].to_numpy(),
        GIVEN,
    )


def read_instance(path: Path) -> tuple[Case, list[tuple[float, float]]]:
    """An instance in JSON, and its bands."""
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
        demand, supply, distance = (dict(found[key]) for key in ("demand", "supply", "distance"))
        bands = [(float(limit), float(Fraction(str(weight)))) for limit, weight in found["step_weights"]]
        places, facilities = list(demand), list(supply)
        pairs = [
            (places.index(p), facilities.index(s), float(d)) for p, row in distance.items() for s, d in row.items()
        ]
        people, amounts = (np.array([float(x) for x in part.values()]) for part in (demand, supply))
        band_weights([], bands)
    except FileNotFoundError:
        raise InputError(f"{path.name}：没有这个文件。请检查路径和文件名。") from None
    except (ValueError, KeyError, TypeError, AttributeError, ZeroDivisionError) as error:
        raise InputError(
            f"{path.name}：不是可读的算例（{error}）。须有 demand、supply、distance 和 step_weights，写法见 --help。"
        ) from error
    if min(people.min(initial=0), amounts.min(initial=0)) < 0:
        raise InputError(f"{path.name}：人口和供给不能小于 0。请核对。")
    place, facility, metres = (
        (np.array(part) for part in zip(*pairs, strict=True)) if pairs else (np.empty(0, int),) * 3
    )
    return Case(places, people, facilities, amounts, place, facility, metres.astype(float), GIVEN), bands


def summary(case: Case, bands, found: dict[str, Access]) -> dict:
    """What --json prints; scores by id are left out where there are very many."""
    first = next(iter(found.values()))
    out = first.in_reach == 0
    is_long = max(len(case.places), len(case.facilities)) > MOST_IN_JSON
    answer = {
        "bands": [{"to": limit, "weight": weight} for limit, weight in bands],
        "basis": case.basis,
        "places": len(case.places),
        "facilities": len(case.facilities),
        "people": number(case.people.sum()),
        "places_out_of_reach": int(out.sum()),
        "people_out_of_reach": number(case.people[out].sum()),
        "methods": {},
    }
    for method, access in found.items():
        answer["methods"][method] = {
            "given_out": number((case.people * access.score).sum()),
            "supply_in_reach": number(case.supply[access.served].sum()),
            "mean": number((case.people * access.score).sum() / case.people.sum()) if case.people.sum() else None,
        }
        if not is_long:
            answer["methods"][method] |= {
                "scores": {name: number(score) for name, score in zip(case.places, access.score, strict=True)},
                "supply_ratio": {
                    name: number(ratio) for name, ratio in zip(case.facilities, access.supply_ratio, strict=True)
                },
            }
    return answer


def in_words(answer: dict) -> str:
    """The summary for a reader, in Chinese."""
    steps = "；".join(f"{band['to']:g} 以内权重 {band['weight']:g}" for band in answer["bands"])
    out = answer["people_out_of_reach"] / answer["people"] if answer["people"] else None
    lines = [
        f"距离分段：{steps}（含上限，{answer['basis']}）",
        f"够不着任何设施（得分 0）：{answer['places_out_of_reach']:,} 处，"
        f"{answer['people_out_of_reach']:,.0f} 人（{percent(out)}）",
    ]
    for method, found in answer["methods"].items():
        mean = "—" if found["mean"] is None else f"{found['mean'] * 1000:.4g}"
        lines.append(
            f"{method}：每千人 {mean}（按人口平均）；分配合计 {found['given_out']:,.6g}，"
            f"有人够得着的供给 {found['supply_in_reach']:,.6g}"
        )
    return "\n".join(lines)
