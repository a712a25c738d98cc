"""datum-file: points from one datum into another, and whether a layer is what it says it is, without a database.

POINTS      点 id, lon, lat [, area_id]; CSV or XLSX. Coordinates swapped, zero or missing are refused
            with their rows.
            or a layer of polygons 面 (.geojson, .gpkg, .parquet, .zip or .shp with area_id): checked and converted as a whole; of
            points: as the table, id is the number of the feature
--datum     what the numbers are in, always to be said: CGCS2000, WGS-84 (the same to centimetres), GCJ-02 (高德、腾讯) or
            BD-09 (百度)
OUT         id, lon, lat (in --to, default WGS-84), shift_m (how far the numbers moved) [, area_id, found_area_id,
            is_outside]; of a layer a GeoJSON

Does the layer lie? --boundaries FILE (polygons with area_id, CGCS2000/WGS-84): points are held against the area they name
(is_outside 1: they lie in another, found_area_id, or in none), and a layer's outline against the known one;
--reference CSV of id, lon, lat in WGS-84: points whose true place is known, by id.

--json      declared, to, points, shift_m {least, median, most}; fits {datum: median_m or inside of judged}, likely_datum (null:
            what was declared is believed), is_wrong; outside [{id, area_id, found_area_id}], outside_count
"""

import json
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data_access.errors import InputError
from geo.boundary_checks import datum_verdict
from geo.datum import datum_fit, from_wgs84, geometries_to_wgs84, looks_swapped
from geo.distance import geodesic_m
from geo.point_checks import area_of, better_by_areas, better_by_distance, datum_distances
from geo.projections import LON_LAT
from workflows.boundary_files import read_polygon_file
from workflows.file_results import check_out, listed, show, write_table, write_text
from workflows.point_files import PointTable, parsed_datum

LAYERS = (".geojson", ".json", ".gpkg", ".zip", ".shp", ".parquet", ".geoparquet")
NOT_COMPARED = "没有可对照的边界或参照点，未能核对坐标基准"


def add_arguments(command: str, parser: ArgumentParser) -> None:
    """One layer in, one out."""
    parser.description, parser.formatter_class = __doc__, RawDescriptionHelpFormatter
    parser.add_argument("points", type=Path, help="id, lon, lat [, area_id]; or a layer of polygons  点或面")
    parser.add_argument("--datum", required=True, help="CGCS2000, WGS-84, GCJ-02 or BD-09  坐标基准")
    parser.add_argument("--to", default="WGS-84", help="default WGS-84  转换为")
    parser.add_argument("--boundaries", type=Path, help="polygons with area_id  已知边界")
    parser.add_argument("--reference", type=Path, help="id, lon, lat in WGS-84  参照点")
    parser.add_argument("--out", type=Path, help="CSV (of a layer: GeoJSON) to write  结果")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")


def run(command: str, arguments: Namespace, settings) -> None:
    """Read, check, convert, write. InputError names the rows, what is wrong and how to mend it; nothing is written."""
    check_out(arguments.out, [arguments.points, arguments.boundaries, arguments.reference], arguments.json)
    declared = parsed_datum(arguments.datum, arguments.points.name)
    target = parsed_datum(arguments.to, "--to")
    if arguments.points.suffix.lower() in LAYERS:
        answer = _layer(arguments, declared, target)
    else:
        answer = _points(arguments, declared, target)
    if arguments.json:
        show(answer)
    else:
        print(in_words(answer, arguments.points.name))


def _points(arguments: Namespace, declared: str, target: str) -> dict:
    needed = ("area_id",) if arguments.boundaries else ()
    table = PointTable(arguments.points, needed=needed, optional=("area_id",), datum=declared)
    return _point_answer(arguments, table.whole(), declared, target)


def _point_answer(arguments: Namespace, points: pd.DataFrame, declared: str, target: str) -> dict:
    """points: id, lon, lat in WGS-84 [, area_id]; writes OUT."""
    lon, lat = points["lon"].to_numpy(), points["lat"].to_numpy()
    raw_lon, raw_lat = from_wgs84(lon, lat, declared)
    new_lon, new_lat = from_wgs84(lon, lat, target)
    shift = geodesic_m(raw_lon, raw_lat, new_lon, new_lat)
    out = pd.DataFrame(
        {"id": points["id"], "lon": new_lon.round(9), "lat": new_lat.round(9), "shift_m": shift.round(3)}
    )
    answer = _answer(declared, target, len(points), shift)
    if arguments.boundaries:
        out = _against_areas(arguments, points, raw_lon, raw_lat, declared, out, answer)
    if arguments.reference:
        _against_reference(arguments, points, raw_lon, raw_lat, declared, answer)
    if not (arguments.boundaries or arguments.reference):
        answer["notes"].append(f"{NOT_COMPARED}是否为 {declared}。")
    write_table(out, arguments.out)
    return answer


def _answer(declared: str, target: str, count: int, shift: np.ndarray) -> dict:
    return {
        "declared": declared,
        "to": target,
        "points": count,
        "shift_m": {
            "least": round(float(shift.min()), 3),
            "median": round(float(np.median(shift)), 3),
            "most": round(float(shift.max()), 3),
        },
        "likely_datum": None,
        "is_wrong": False,
        "notes": [],
    }


def _known(path: Path) -> dict[str, shapely.Geometry]:
    polygons = read_polygon_file(path).polygons.to_crs(LON_LAT)
    return dict(zip(polygons["area_id"], polygons.geometry, strict=True))


def _against_areas(arguments, points, raw_lon, raw_lat, declared: str, out: pd.DataFrame, answer: dict) -> pd.DataFrame:
    known = _known(arguments.boundaries)
    raw = pd.DataFrame({"lon": raw_lon, "lat": raw_lat, "area_id": points["area_id"]})
    fit = datum_fit(raw, known)
    answer["inside"] = {row.datum: {"inside": row.inside, "judged": row.judged} for row in fit.itertuples()}
    _say(answer, better_by_areas(fit, declared))
    found = area_of(points["lon"], points["lat"], known)
    is_known = points["area_id"].isin(list(known)).to_numpy()
    homes = np.array([known.get(area_id) for area_id in points["area_id"]], dtype=object)
    within = np.zeros(len(points), dtype=bool)
    within[is_known] = shapely.intersects(homes[is_known], shapely.points(points["lon"], points["lat"])[is_known])
    is_outside = is_known & ~within
    out = out.assign(
        area_id=points["area_id"],
        found_area_id=found,
        is_outside=np.where(is_known, is_outside.astype(int).astype(str), ""),
    )
    strange = int((~is_known).sum())
    if strange:
        answer["notes"].append(f"有 {strange} 个点的 area_id 不在边界文件中，没有核对。")
    answer["outside_count"] = int(is_outside.sum())
    answer["outside"] = listed(out.loc[is_outside, ["id", "area_id", "found_area_id"]], answer["notes"])
    return out


def _against_reference(arguments, points, raw_lon, raw_lat, declared: str, answer: dict) -> None:
    known = PointTable(arguments.reference).whole().set_index("id")
    shared = points["id"].isin(known.index).to_numpy()
    if not shared.any():
        raise InputError(f"{arguments.reference.name}：没有一个 id 与 {arguments.points.name} 相同，无法对照。")
    there = known.loc[points.loc[shared, "id"]]
    distances = datum_distances(raw_lon[shared], raw_lat[shared], there["lon"].to_numpy(), there["lat"].to_numpy())
    answer["median_m"] = {datum: round(metres, 2) for datum, metres in distances.items()}
    answer["compared"] = int(shared.sum())
    _say(answer, better_by_distance(distances, declared))


def _say(answer: dict, likely: str | None) -> None:
    if likely:
        answer["likely_datum"], answer["is_wrong"] = likely, True


def _layer(arguments: Namespace, declared: str, target: str) -> dict:
    read = read_polygon_file(arguments.points)
    polygons = read.polygons.to_crs(LON_LAT)
    corners = shapely.get_coordinates(polygons.geometry.to_numpy())
    if not len(corners) or not np.isfinite(corners).all():
        raise InputError(f"{arguments.points.name}：没有可用的坐标。请重新导出。")
    if looks_swapped(corners[:, 0], corners[:, 1]):
        raise InputError(f"{arguments.points.name}：经度和纬度写反了（应为先经度、后纬度）。请交换后重新导出。")
    if (np.abs(corners) > (180, 90)).any():
        raise InputError(f"{arguments.points.name}：坐标超出经纬度范围。坐标可能是米；请核对坐标系。")
    wgs84 = geometries_to_wgs84(polygons.geometry, declared)
    kinds = set(polygons.geometry.geom_type)
    if kinds == {"Point"}:
        points = pd.DataFrame({"id": polygons["feature_no"].astype(str), "area_id": polygons["area_id"]})
        return _point_answer(
            arguments, points.assign(lon=shapely.get_x(wgs84), lat=shapely.get_y(wgs84)), declared, target
        )
    if arguments.boundaries and not kinds <= {"Polygon", "MultiPolygon"}:
        raise InputError(
            f"{arguments.points.name}：只有点或面的图层可以与边界对照（现有 {'、'.join(sorted(kinds))}）。"
        )
    turned = shapely.transform(wgs84, lambda xy: np.column_stack(from_wgs84(xy[:, 0], xy[:, 1], target)))
    after = shapely.get_coordinates(turned)
    answer = _answer(declared, target, len(corners), geodesic_m(*corners.T, *after.T))
    answer["notes"] += read.notes
    if arguments.boundaries:
        outline = shapely.union_all(list(_known(arguments.boundaries).values()))
        verdict = datum_verdict(polygons, declared, outline)
        answer["median_m"] = {datum: round(metres, 2) for datum, metres in verdict.distance_m.items()}
        _say(answer, verdict.best if verdict.is_wrong else None)
        if not verdict.distance_m:
            answer["notes"].append("图层的外边界与已知边界没有足够的公共部分，未能核对坐标基准。")
    else:
        answer["notes"].append(f"{NOT_COMPARED}是否为 {declared}。")
    if arguments.out is not None:
        frame = gpd.GeoDataFrame({"area_id": polygons["area_id"]}, geometry=turned, crs="EPSG:4326")
        document = {**json.loads(frame.to_json(drop_id=True)), "datum": target}
        write_text(json.dumps(document, ensure_ascii=False), arguments.out)
    return answer


def in_words(answer: dict, name: str) -> str:
    """The summary for a reader, in Chinese."""
    shift = answer["shift_m"]
    lines = [
        f"{name}：{answer['points']:,} 个点，{answer['declared']} → {answer['to']}，"
        f"位移 {shift['least']:g}–{shift['most']:g} 米（中位 {shift['median']:g} 米）"
    ]
    if "median_m" in answer:
        fits = "，".join(f"{datum} {metres:,.1f} 米" for datum, metres in answer["median_m"].items())
        lines.append(f"按各坐标基准读取，与已知位置的中位距离：{fits}")
    if "inside" in answer:
        fits = "，".join(f"{datum} {fit['inside']}/{fit['judged']}" for datum, fit in answer["inside"].items())
        lines.append(f"按各坐标基准读取，落在所填地区内的点：{fits}")
    if answer["is_wrong"]:
        lines.append(
            f"声明为 {answer['declared']}，但数据更像 {answer['likely_datum']}。请核对后用 --datum {answer['likely_datum']}。"
        )
    if answer.get("outside_count"):
        lines.append(f"不在所填地区内的点 {answer['outside_count']} 个：")
        lines += [
            f"  {row['id']}  填 {row['area_id']}，实际在 {row['found_area_id'] or '边界之外'}"
            for row in (answer["outside"] or [])[:20]
        ]
    return "\n".join([*lines, *answer["notes"]])
