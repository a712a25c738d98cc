"""A file of roads as somebody brings it: lines with their speed and whether they are one-way, read by known names.

Speed is a column of km/h where there is one; where a line says none, the speed of its class (SPEED_OF_CLASS: assumptions
of this project, said wherever minutes are shown); where it says neither, the speed the sender states.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from data_access.errors import InputError
from geo.datum import geometries_to_wgs84, looks_swapped
from geo.network import BACKWARD, BOTH_WAYS, FORWARD
from workflows.layer_files import Bounds, as_whole_text, column_called, read_layer

BOUNDS = Bounds("道路", 1_500_000, 4_000_000)  # vertices: about 1.5 GB with the segments' tree
SPEED_COLUMNS = ("speed_kmh", "speed", "maxspeed", "kmh", "速度", "时速", "限速", "设计速度", "车速")
CLASS_COLUMNS = (
    "class", "highway", "fclass", "road_class", "道路等级", "等级", "技术等级", "公路等级", "行政等级", "类型"
)  # fmt: skip
ONE_WAY_COLUMNS = ("one_way", "oneway", "单行", "单行道", "单向", "通行方向", "方向")
SLOWEST_KMH, FASTEST_KMH = 2.0, 130.0  # a footpath; above the limit of any road in China (120 km/h)
# km/h in travel, not by the limit: an assumption. Names of OpenStreetMap, of JTG B01 (技术等级) and of 行政等级.
SPEED_OF_CLASS = {
    100: ("motorway", "高速", "高速公路"),
    70: ("trunk", "motorway_link", "国道", "一级", "一级公路", "快速路"),
    60: ("primary", "trunk_link", "省道", "二级", "二级公路", "主干路"),
    50: ("secondary", "primary_link", "县道", "三级", "三级公路", "次干路"),
    40: ("tertiary", "secondary_link", "乡道", "四级", "四级公路", "支路"),
    30: ("unclassified", "residential", "tertiary_link", "road", "村道", "等外", "等外公路", "living_street"),
    20: ("track", "service", "便道", "土路", "牧道"),
    5: ("path", "footway", "pedestrian", "steps", "bridleway", "cycleway", "步行道", "人行道"),
}
KMH = {name: speed for speed, names in SPEED_OF_CLASS.items() for name in names}
WAYS = {
    BOTH_WAYS: ("", "no", "n", "0", "false", "f0", "b", "both", "双向", "否", "none"),
    FORWARD: ("yes", "y", "1", "true", "f", "ft", "forward", "单向", "是", "单行", "正向"),
    BACKWARD: ("-1", "reverse", "backward", "t", "tf", "逆向", "反向"),
}
WAY = {word: way for way, words in WAYS.items() for word in words}
NUMBER = re.compile(r"\d+(?:\.\d+)?")
MPH = 1.609344
LISTED = 5


@dataclass(frozen=True)
class Roads:
    """lines: array of shapely lines, WGS-84 degrees. speed_kmh: one for each, or None. way: BOTH_WAYS, FORWARD or BACKWARD.

    notes: in Chinese. speeds: how many lines have a speed of their own, by class, and the sender's (own, by_class, stated).
    """

    lines: np.ndarray
    speed_kmh: np.ndarray | None
    way: np.ndarray
    notes: tuple[str, ...] = ()
    speeds: dict[str, int] = field(default_factory=dict)


def read_roads(
    path: Path, *, datum: str, speed_column: str | None = None, speed_kmh: float | None = None, any_speed: bool = False
) -> Roads:
    """The lines of a file, in WGS-84. Raises InputError in words for the clerk, every fault at once.

    datum: one of geo.datum.DATUMS, of the file's longitudes and latitudes (after its projection is undone).
    speed_column: km/h, where its name is none of SPEED_COLUMNS. speed_kmh: of lines that say neither speed nor class.
    any_speed: speed_kmh of the answer may be None, where only metres are asked for.
    """
    frame, notes = read_layer(path, BOUNDS)
    frame, said = _lines_only(frame, path.name)
    notes = [*(f"{path.name}：{note}" for note in notes), *said]
    way, faults = _ways(frame)
    speed, speeds, of_speed = _speeds(frame, speed_column, speed_kmh, path.name, any_speed)
    degrees = frame.geometry.to_crs("EPSG:4326").to_numpy()
    faults += [*of_speed, *_place_faults(degrees)]
    if faults:
        raise InputError(
            "\n".join(f"{path.name}：{fault}" for fault in faults) + "\n道路文件没有使用，什么也没有写入。"
        )
    if speeds.get("by_class"):
        notes.append(f"{path.name}：{speeds['by_class']:,} 条道路没有速度，按道路等级取假定速度（说明见文档）。")
    if speeds.get("stated"):
        notes.append(f"{path.name}：{speeds['stated']:,} 条道路没有速度和等级，按 {speed_kmh:g} 公里/小时。")
    return Roads(geometries_to_wgs84(degrees, datum), speed, way, tuple(notes), speeds)


def _lines_only(frame: gpd.GeoDataFrame, name: str) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Lines with a length, in the file's order with their number as index."""
    frame = frame.set_index(np.arange(1, len(frame) + 1))
    is_line = frame.geometry.geom_type.isin(["LineString", "MultiLineString"]).to_numpy()
    is_line = is_line & ~frame.geometry.is_empty.to_numpy()
    if not is_line.any():
        raise InputError(f"{name}：没有线图形。道路须为线（LineString）。")
    notes = [f"{name}：有 {(~is_line).sum():,} 个图形不是线，没有使用。"] if not is_line.all() else []
    frame = frame[is_line]
    has_length = shapely.length(frame.geometry.to_numpy()) > 0
    if not has_length.any():
        raise InputError(f"{name}：道路都没有长度（起点和终点是同一点），不成路网。请重新导出。")
    if not has_length.all():
        rows = _numbered(frame.index[~has_length])
        notes.append(f"{name}：{rows}没有长度，没有使用。")
    return frame[has_length], notes


def _numbered(numbers) -> str:
    listed = "、".join(str(number) for number in numbers[:LISTED])
    return f"第 {listed} 条" + (f"等 {len(numbers):,} 条道路" if len(numbers) > LISTED else "道路")


def _place_faults(degrees: np.ndarray) -> list[str]:
    corners = shapely.get_coordinates(degrees)
    if not np.isfinite(corners).all():
        return ["坐标中有不是数字的值。请重新导出。"]
    if looks_swapped(corners[:, 0], corners[:, 1]):
        return ["经度和纬度写反了（应为先经度、后纬度）。请交换后重新导出。"]
    if (np.abs(corners) > (180, 90)).any():
        return ["道路坐标超出经纬度范围（经度 ±180、纬度 ±90）。坐标可能是米，但写成了经纬度；请核对坐标系。"]
    at_zero = (corners == 0).any(axis=1)
    if at_zero.any():
        return [
            f"有 {at_zero.sum():,} 个顶点的经度或纬度是 0（在赤道或本初子午线上），多半是缺失的坐标。请更正后重新导出。"
        ]
    return []


def _ways(frame: gpd.GeoDataFrame) -> tuple[np.ndarray, list[str]]:
    column = column_called(frame, ONE_WAY_COLUMNS)
    if column is None:
        return np.full(len(frame), BOTH_WAYS), []
    words = np.char.lower(as_whole_text(frame[column]).astype(str))
    known = np.isin(words, list(WAY))
    way = np.array([WAY.get(word, BOTH_WAYS) for word in words])
    if known.all():
        return way, []
    odd = "、".join(sorted(set(words[~known]))[:LISTED])
    return way, [f"单行列“{column}”里有不认识的写法（{odd}）。请写 是/否（yes/no），逆着画线方向单行写 -1。"]


def _speeds(frame, speed_column: str | None, stated: float | None, name: str, any_speed: bool):
    """(km/h of each line or None, how many of each kind, faults)."""
    if speed_column and speed_column not in frame:
        there = "、".join(str(other) for other in frame.columns if other != frame.geometry.name) or "无"
        raise InputError(f"{name}：没有速度列 {speed_column}。现有列：{there}。")
    column = speed_column or column_called(frame, SPEED_COLUMNS)
    speed = (
        np.full(len(frame), np.nan)
        if column is None
        else np.array([_kmh(text) for text in as_whole_text(frame[column])])
    )
    own = np.isfinite(speed)
    odd = own & ((speed < SLOWEST_KMH) | (speed > FASTEST_KMH))
    classes = column_called(frame, CLASS_COLUMNS)
    if classes is not None:
        of_class = np.array([KMH.get(text.lower(), np.nan) for text in as_whole_text(frame[classes])])
        speed = np.where(own, speed, of_class)
    by_class = np.isfinite(speed) & ~own
    without = ~np.isfinite(speed)
    faults = []
    if odd.any():
        faults.append(
            f"{_numbered(frame.index[odd])}的速度不在 {SLOWEST_KMH:g} 到 {FASTEST_KMH:g} 公里/小时之间"
            f"（如 {speed[odd][0]:g}）。请更正；若单位是米/秒或英里，请换算成公里/小时。"
        )
    if without.any() and stated is None and not any_speed:
        faults.append(
            f"{_numbered(frame.index[without])}没有速度，也没有认得的道路等级。请补上速度列（speed_kmh 或“速度”，公里/小时），"
            "或写明其余道路的速度（--speed-kmh）。"
        )
    if stated is not None:
        speed = np.where(without, stated, speed)
    counts = {"own": own, "by_class": by_class, "stated": without}
    speeds = {kind: int(those.sum()) for kind, those in counts.items()}
    return (None if not np.isfinite(speed).all() else speed), speeds, faults


def _kmh(text: str) -> float:
    """60; "60 km/h"; "30 mph"; 0, "none" and "CN:urban" say nothing: NaN."""
    found = NUMBER.match(text)
    value = float(found[0]) if found else np.nan
    if found and "mph" in text.lower():
        value *= MPH
    return value if value > 0 else np.nan
