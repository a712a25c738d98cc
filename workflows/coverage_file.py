"""coverage-file: who lives within reach of a facility, for two tables of points, without a database.

DEMAND      需求点 id, lon, lat, population [, area_id]      one row for each village, community or township
FACILITIES  设施 id, lon, lat [, area_id]
OUT         id, covered (1 within reach, 0 not), nearest_id, distance_m [, minutes]; rows in DEMAND's order
Tables are CSV or XLSX; coordinates are degrees in the declared datum (a column `datum` says it row by row). DEMAND is
read in pieces: its length costs no memory to speak of.

Distances are geodesics on WGS-84. --minutes without --roads turns a stated speed into a radius: 直线估算, no travel time.
With --roads the way is by road: lines sharing a vertex are joined, both directions unless a column one_way says
otherwise; km/h by line (speed_kmh, maxspeed, 速度 ...), else by class (highway, 道路等级 ...: assumed speeds), else
--speed-kmh. Places reach the nearest road straight (--snap-km at most, at --access-kmh); distance_m then stays the straight distance to the facility that is nearest
by road unless --radius-km is the rule, when it is the metres by road.

stdout      shares of people (人口) and of places (地点), in all and by area_id, and the largest places left out
--json      radius_m, people, people_covered, people_share, places, places_covered, places_share, areas (the same by
            area_id; with --boundaries also area_km2, area_covered_km2, area_share), uncovered (largest first),
            uncovered_places, facilities, rule, minutes_basis, roads, notes. Shares are 0 to 1.
"""

import json
import os
import tempfile
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from data_access.errors import InputError
from geo.coverage import (
    COUNTS,
    NOBODY,
    Facilities,
    area_within,
    counts_by_area,
    straight_line_radius_m,
    uncovered_first,
    with_shares,
)
from geo.distance import geodesic_m
from geo.network import NO_ROAD, NOT_CONNECTED, RoadNetwork, ServedNetwork
from workflows.boundary_files import read_polygon_file
from workflows.point_files import PointTable, parsed_datum
from workflows.road_files import read_roads

LISTED = 20
LARGEST_RADIUS_KM = 20_000
MINUTES_BASIS = {"straight": "直线估算：速度 × 时间，不是行车时间", "roads": "按所给路网"}


def add_arguments(command: str, parser: ArgumentParser) -> None:
    """Two tables in, one out, and the rule of reach."""
    parser.description, parser.formatter_class = __doc__, RawDescriptionHelpFormatter
    parser.add_argument("demand", type=Path, help="places: id, lon, lat, population [, area_id]  需求点")
    parser.add_argument("facilities", type=Path, help="facilities: id, lon, lat [, area_id]  设施")
    parser.add_argument("--out", required=True, type=Path, help="CSV to write  结果")
    parser.add_argument("--radius-km", type=above_zero, help="reach in kilometres (or give --minutes)  服务半径")
    parser.add_argument("--minutes", type=above_zero, help="reach in minutes at --speed-kmh or over --roads  分钟")
    parser.add_argument("--speed-kmh", type=above_zero, help="walking 5, driving 40 ...; where a road has none  速度")
    parser.add_argument("--own-area-only", action="store_true", help="only facilities of the same area_id  只算本地区")
    parser.add_argument(
        "--area-digits", type=int, metavar="N", help="same area: the first N characters of area_id (6: county)"
    )
    parser.add_argument("--roads", type=Path, help="GeoPackage, Shapefile, GeoJSON or GeoParquet of lines  路网")
    parser.add_argument("--speed-column", help="column of --roads with km/h, where it has no known name  速度列")
    parser.add_argument("--snap-km", type=above_zero, default=1.0, help="farthest way to a road, default 1  离路上限")
    parser.add_argument("--access-kmh", type=above_zero, default=5.0, help="speed off the road, default 5  离路速度")
    parser.add_argument("--boundaries", type=Path, help="polygons with area_id: adds shares of area  边界")
    parser.add_argument("--datum", default="WGS-84", help="of both tables: CGCS2000, WGS-84 (default), GCJ-02, BD-09")
    parser.add_argument("--facilities-datum", help="of FACILITIES, where it is another")
    parser.add_argument("--roads-datum", default="WGS-84", help="of --roads")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")


def above_zero(text: str) -> float:
    """A number above 0 as an option names it. argparse says usage and exits 2 on ValueError."""
    value = float(text)
    if not (np.isfinite(value) and value > 0):
        raise ValueError(f"{text} is not above 0")
    return value


@dataclass
class Rule:
    """What counts as within reach. limit: of cost; cost is metres, or minutes where by_minutes over roads."""

    radius_m: float | None
    minutes: float | None
    speed_kmh: float | None
    own_area_only: bool
    area_digits: int | None
    roads: bool

    @property
    def kind(self) -> str:
        return "minutes" if self.minutes else "radius"

    def key(self, area_ids: pd.Series) -> pd.Series:
        """What must agree for a facility to be of a place's own area."""
        return area_ids.str.slice(0, self.area_digits) if self.area_digits else area_ids


@dataclass
class Tally:
    """What a run adds up while the places go by."""

    counts: list[pd.DataFrame] = field(default_factory=list)
    uncovered: list[pd.DataFrame] = field(default_factory=list)
    states: dict[str, int] = field(default_factory=dict)

    def add(self, places: pd.DataFrame) -> None:
        """places: id, area_id, people, distance_m, nearest_id, is_covered; the largest left out are kept."""
        self.counts.append(counts_by_area(places["area_id"], places["people"], places["is_covered"]))
        kept = uncovered_first(pd.concat([*self.uncovered, places[~places["is_covered"]]])).head(LISTED)
        self.uncovered = [kept]

    def by_area(self) -> pd.DataFrame:
        return pd.concat(self.counts).groupby(level=0, sort=True).sum()


def run(command: str, arguments: Namespace, settings) -> None:
    """Read, measure, write. InputError names the rows, what is wrong with each and how to mend it; nothing is written."""
    rule = _rule(arguments)
    facilities = _facilities(arguments, rule)
    reach, notes = _reach(arguments, rule, facilities)
    tally = Tally()
    _write(arguments, rule, facilities, reach, tally)
    found = summary(arguments, rule, facilities, tally, notes)
    print(json.dumps(found, ensure_ascii=False) if arguments.json else in_words(found))


def _rule(arguments: Namespace) -> Rule:
    if bool(arguments.radius_km) == bool(arguments.minutes):
        raise InputError("请给出服务半径（--radius-km）或时间（--minutes），二者选一。")
    if arguments.minutes and not (arguments.speed_kmh or arguments.roads):
        raise InputError(
            "按分钟计算须写明速度：--speed-kmh（步行约 5，驾车约 40），或用 --roads 给出有速度或等级的路网。"
        )
    if (arguments.radius_km or 0) > LARGEST_RADIUS_KM:
        raise InputError(f"服务半径 {arguments.radius_km:g} 公里大于地球半周。请核对单位（公里）。")
    if arguments.out.resolve() in (arguments.demand.resolve(), arguments.facilities.resolve()):
        raise InputError(f"{arguments.out}：结果不能覆盖输入的表。请换一个文件名。")
    if arguments.area_digits is not None and arguments.area_digits < 1:
        raise InputError("--area-digits 须为 1 以上的整数。")
    if arguments.roads and arguments.own_area_only:
        raise InputError("--roads 与 --own-area-only 不能同时使用：路网不按地区断开。")
    radius_m = arguments.radius_km * 1000 if arguments.radius_km else None
    if arguments.minutes and not arguments.roads:
        radius_m = straight_line_radius_m(arguments.minutes, arguments.speed_kmh)
    return Rule(
        radius_m,
        arguments.minutes,
        arguments.speed_kmh,
        arguments.own_area_only,
        arguments.area_digits,
        bool(arguments.roads),
    )


def _facilities(arguments: Namespace, rule: Rule) -> pd.DataFrame:
    needed = ("area_id",) if rule.own_area_only else ()
    table = PointTable(
        arguments.facilities,
        needed=needed,
        optional=("area_id",),
        datum=arguments.facilities_datum or arguments.datum,
    )
    return table.whole()


def _reach(arguments: Namespace, rule: Rule, facilities: pd.DataFrame):
    """(what answers for a piece of places, notes)."""
    notes = []
    repeated = int(facilities.duplicated(["lon", "lat"]).sum())
    if repeated:
        notes.append(f"{arguments.facilities.name}：有 {repeated} 个设施与另一个设施坐标完全相同，请核对。")
    if not arguments.roads:
        keys = rule.key(facilities["area_id"]) if rule.own_area_only else None
        return Facilities(facilities["lon"], facilities["lat"], keys), notes
    roads = read_roads(
        arguments.roads,
        datum=parsed_datum(arguments.roads_datum, arguments.roads.name),
        speed_column=arguments.speed_column,
        speed_kmh=arguments.speed_kmh,
        any_speed=not rule.minutes,
    )
    per_metre = 60 / (roads.speed_kmh * 1000) if rule.minutes else np.ones(len(roads.lines))
    try:
        network = RoadNetwork(roads.lines, per_metre, roads.way)
        served = ServedNetwork(
            network,
            facilities["lon"],
            facilities["lat"],
            snap_m=arguments.snap_km * 1000,
            off_road_cost_per_m=60 / (arguments.access_kmh * 1000) if rule.minutes else 1.0,
        )
    except ValueError as error:
        what = "没有长度，不成路网" if "no length" in str(error) else f"{arguments.snap_km:g} 公里内没有任何设施"
        raise InputError(f"{arguments.roads.name}：{what}。请核对道路数据的坐标系与范围。") from error
    parts = network.parts()
    if parts.count > 1:
        notes.append(
            f"{arguments.roads.name}：路网分成 {parts.count} 个互不相通的部分，最大的一部分占总里程 {parts.largest_share:.1%}。"
        )
    off_road = int((~served.on_road).sum())
    if off_road:
        notes.append(f"有 {off_road} 个设施离道路超过 {arguments.snap_km:g} 公里，只能服务它旁边的地点。")
    return served, [*roads.notes, *notes]


def _write(arguments: Namespace, rule: Rule, facilities: pd.DataFrame, reach, tally: Tally) -> None:
    """The answer piece by piece into a file beside OUT, which takes OUT's place at the end, or not at all."""
    needed = ("population", "area_id") if rule.own_area_only else ("population",)
    table = PointTable(
        arguments.demand, needed=needed, optional=("area_id",), numbers=("population",), datum=arguments.datum
    )
    names = facilities["id"].to_numpy(dtype=object)
    folder = arguments.out.resolve().parent
    if not folder.is_dir():
        raise InputError(f"{folder}：没有这个文件夹。请先建立，或换一个位置。")
    handle, draft = tempfile.mkstemp(dir=folder, prefix=".coverage-", suffix=".csv")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            for number, piece in enumerate(table.pieces()):
                answer = _answer(piece, rule, reach, names, tally)
                answer.to_csv(file, index=False, header=not number, float_format="%.3f", lineterminator="\n")
        table.faults.refuse()
        if not tally.counts:
            raise InputError(f"{arguments.demand.name}：只有表头，没有一行数据。请补上数据后再试。")
        Path(draft).chmod(0o644)  # mkstemp's 0600 is for secrets
        Path(draft).replace(arguments.out)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def _answer(piece: pd.DataFrame, rule: Rule, reach, names: np.ndarray, tally: Tally) -> pd.DataFrame:
    """The rows of OUT for some places, which are added to the tally too."""
    area_ids = piece["area_id"] if "area_id" in piece else pd.Series("", index=piece.index, dtype=object)
    if isinstance(reach, Facilities):
        nearest = reach.nearest(piece["lon"], piece["lat"], rule.key(area_ids) if rule.own_area_only else None)
        index, distance = nearest.index, nearest.distance_m
        is_covered = distance <= rule.radius_m
        minutes = distance / 1000 / rule.speed_kmh * 60 if rule.minutes else None
    else:
        found = reach.reach(piece["lon"], piece["lat"])
        index = found.facility
        minutes = found.cost if rule.minutes else None
        is_covered = found.cost <= (rule.minutes or rule.radius_m)
        distance = _straight(piece, reach, index) if rule.minutes else found.cost
        for state in (NO_ROAD, NOT_CONNECTED):
            tally.states[state] = tally.states.get(state, 0) + int((found.state == state).sum())
    nearest_id = np.where(index == NOBODY, "", names[index])
    places = pd.DataFrame(
        {
            "id": piece["id"],
            "area_id": area_ids,
            "people": piece["population"],
            "nearest_id": nearest_id,
            "distance_m": np.where(np.isfinite(distance), distance, np.nan),
            "is_covered": is_covered,
        }
    )
    tally.add(places)
    out = places[["id"]].assign(covered=is_covered.astype(int), nearest_id=nearest_id, distance_m=places["distance_m"])
    return out if minutes is None else out.assign(minutes=np.where(np.isfinite(minutes), minutes, np.nan))


def _straight(piece: pd.DataFrame, served: ServedNetwork, index: np.ndarray) -> np.ndarray:
    """Metres in a straight line to the facility that is nearest by road; inf where there is none."""
    lon, lat = served.facility_points
    metres = geodesic_m(piece["lon"], piece["lat"], lon[index], lat[index])
    return np.where(index == NOBODY, np.inf, metres)


def summary(arguments: Namespace, rule: Rule, facilities: pd.DataFrame, tally: Tally, notes: list[str]) -> dict:
    """What --json prints."""
    counts = tally.by_area()
    total = with_shares(counts.sum().to_frame().T).iloc[0]
    has_areas = len(counts) > 1 or counts.index[0] != ""
    areas = _areas(with_shares(counts), arguments, rule, facilities) if has_areas or arguments.boundaries else []
    uncovered = tally.uncovered[0]
    found = {
        "radius_m": rule.radius_m,
        **_plain(total),
        "areas": areas,
        "uncovered_places": int(total["places"] - total["places_covered"]),
        "uncovered": [
            {
                "id": row.id,
                "area_id": row.area_id or None,
                "population": _number(row.people),
                "nearest_id": row.nearest_id or None,
                "distance_m": _number(row.distance_m),
            }
            for row in uncovered.itertuples()
        ],
        "facilities": len(facilities),
        "rule": rule.kind,
        "minutes": rule.minutes,
        "speed_kmh": rule.speed_kmh,
        "own_area_only": rule.own_area_only,
        "notes": notes,
    }
    if rule.minutes:
        found["minutes_basis"] = MINUTES_BASIS["roads" if rule.roads else "straight"]
    if rule.roads:
        found["roads"] = {
            "places_without_road": tally.states[NO_ROAD],
            "places_not_connected": tally.states[NOT_CONNECTED],
        }
    return found


def _areas(shares: pd.DataFrame, arguments: Namespace, rule: Rule, facilities: pd.DataFrame) -> list[dict]:
    rows = {area_id: _plain(row) for area_id, row in shares.iterrows()}
    if arguments.boundaries:
        if rule.radius_m is None or rule.roads:
            raise InputError("--boundaries 的面积占比只用于直线半径，不能与 --roads 同用。")
        polygons = read_polygon_file(arguments.boundaries).polygons
        within = area_within(polygons, facilities["lon"], facilities["lat"], rule.radius_m)
        for row in within.itertuples(index=False):
            rows.setdefault(row.area_id, {}).update(
                area_km2=_number(row.area_km2),
                area_covered_km2=_number(row.area_covered_km2),
                area_share=_number(row.area_share),
            )
    return [{"area_id": area_id or None, **row} for area_id, row in rows.items()]


def _plain(row: pd.Series) -> dict:
    return {name: _number(row[name]) for name in (*COUNTS, "people_share", "places_share")}


def _number(value: float):
    """None for NaN, an int where it is whole."""
    if not np.isfinite(value):
        return None
    return int(value) if float(value).is_integer() and abs(value) < 2**53 else float(value)


def in_words(found: dict) -> str:
    """The summary for a reader, in Chinese."""
    rule = f"{found['minutes']:g} 分钟" if found["minutes"] else f"{found['radius_m'] / 1000:g} 公里"
    basis = f"（{found['minutes_basis']}）" if found["minutes"] else ""
    border = "只算本地区设施" if found["own_area_only"] else "跨地区也算"
    lines = [
        f"服务范围：{rule}{basis}，{border}，设施 {found['facilities']} 个",
        f"覆盖人口：{found['people_covered']:,.0f} / {found['people']:,.0f}（{_percent(found['people_share'])}）",
        f"覆盖地点：{found['places_covered']:,} / {found['places']:,}（{_percent(found['places_share'])}）",
    ]
    if found["areas"]:
        lines.append("分地区：area_id 人口占比 地点占比" + (" 面积占比" if "area_share" in found["areas"][0] else ""))
        lines += ["  ".join(["", *_area_words(row)]) for row in found["areas"]]
    if found["uncovered"]:
        lines.append(f"未覆盖 {found['uncovered_places']:,} 处，人口最多的：")
        lines += [
            f"  {row['id']}  {row['population']:,.0f} 人  "
            + (f"最近 {row['nearest_id']}，{row['distance_m'] / 1000:.2f} 公里" if row["nearest_id"] else "无设施可达")
            for row in found["uncovered"]
        ]
    if "roads" in found:
        lines.append(
            f"附近没有道路的地点 {found['roads']['places_without_road']:,} 处；"
            f"道路不通任何设施的地点 {found['roads']['places_not_connected']:,} 处"
        )
    return "\n".join([*lines, *found["notes"]])


def _area_words(row: dict) -> list[str]:
    shares = [_percent(row.get("people_share")), _percent(row.get("places_share"))]
    return [row["area_id"] or "（未填）", *shares, *([_percent(row["area_share"])] if "area_share" in row else [])]


def _percent(share: float | None) -> str:
    return "—" if share is None else f"{share:.2%}"
