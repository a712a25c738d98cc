"""GeoJSON parsed here, feature by feature, not by the geometry library: it takes NaN, and closes over unbounded depth.

One feature at a time stands in memory as Python's own lists; of the others only the finished shapes.
"""

import json
import math
from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from data_access.errors import InputError

DEEPEST_JSON = 16  # a FeatureCollection of MultiPolygons is 9 deep
PIECE = 4 * 2**20  # bytes looked at together for their depth
SPACE = " \t\r\n"


def read_geojson(content: bytes, name: str, *, most_features: int) -> gpd.GeoDataFrame:
    """The features of a collection with their properties (and id); geometry may be None. CRS: longitude and latitude
    unless the file names another. Raises InputError in words for the clerk.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{name}：不是 UTF-8 编码。GeoJSON 须为 UTF-8，请重新导出。") from None
    if _depth(content) > DEEPEST_JSON:
        raise InputError(f"{name}：括号嵌套超过 {DEEPEST_JSON} 层，不是正常的 GeoJSON。")
    return _Reader(text, name, most_features).frame()


def _depth(content: bytes) -> int:
    """How deep brackets nest; those inside strings count too, which only errs on the strict side."""
    deepest = level = 0
    for start in range(0, len(content), PIECE):
        marks = np.frombuffer(content, dtype=np.uint8, offset=start, count=min(PIECE, len(content) - start))
        steps = np.isin(marks, (ord("["), ord("{"))).astype(np.int8) - np.isin(marks, (ord("]"), ord("}")))
        levels = level + np.cumsum(steps, dtype=np.int64)
        deepest, level = max(deepest, int(levels.max())), int(levels[-1])
    return deepest


class _Reader:
    """Walks the outermost object of a GeoJSON text; its features are turned into shapes as they come."""

    def __init__(self, text: str, name: str, most_features: int):
        self.text, self.name, self.most = text, name, most_features
        self.properties: list[dict] = []
        self.shapes: list[shapely.Geometry | None] = []
        self.decoder = json.JSONDecoder(parse_constant=self._refuse_word, parse_float=self._number)

    def frame(self) -> gpd.GeoDataFrame:
        try:
            members = dict(self._members())
        except (json.JSONDecodeError, RecursionError) as error:
            is_place = isinstance(error, json.JSONDecodeError)
            place = f"第 {error.lineno} 行第 {error.colno} 列" if is_place else "嵌套过深处"
            raise InputError(f"{self.name}：不是完整的 JSON（{place}）。文件可能传输中断，请重新导出。") from None
        if members.get("type") != "FeatureCollection":
            raise InputError(
                f"{self.name}：不是 GeoJSON 要素集合（FeatureCollection）。请从 GIS 软件重新导出为 GeoJSON。"
            )
        if members.get("features") is not True:
            raise InputError(f"{self.name}：要素列表（features）缺失或写法有误。请从 GIS 软件重新导出。")
        return gpd.GeoDataFrame(pd.DataFrame(self.properties), geometry=self.shapes, crs=self._crs(members.get("crs")))

    def _members(self) -> Iterator[tuple[str, object]]:
        """The members of the outermost object; in place of a list of features True, and they are read on the way."""
        at = self._after_space(0)
        if self.text[at : at + 1] != "{":
            self.decoder.raw_decode(self.text, at)
            return
        at = self._after_space(at + 1)
        while self.text[at : at + 1] != "}":
            key, at = self.decoder.raw_decode(self.text, at)
            if not isinstance(key, str):
                raise json.JSONDecodeError("no key", self.text, at)
            at = self._after_space(self._after(":", at))
            if key == "features" and self.text[at : at + 1] == "[":
                value, at = True, self._features(at)
            else:
                value, at = self.decoder.raw_decode(self.text, at)
            yield key, value
            at = self._next(at, "}")
        if self._after_space(at + 1) != len(self.text):
            raise json.JSONDecodeError("more after the end", self.text, at + 1)

    def _features(self, at: int) -> int:
        """Read the list of features that begins here; gives where it ends."""
        at = self._after_space(at + 1)
        while self.text[at : at + 1] != "]":
            feature, at = self.decoder.raw_decode(self.text, at)
            self._add(feature)
            at = self._next(at, "]")
        return at + 1

    def _add(self, feature) -> None:
        if not isinstance(feature, dict):
            raise InputError(f"{self.name}：要素列表（features）缺失或写法有误。请从 GIS 软件重新导出。")
        number = len(self.shapes) + 1
        if number > self.most:
            raise InputError(f"{self.name}：图形超过 {self.most:,} 个。请分地区导出或先简化。")
        own_id = {"id": feature["id"]} if "id" in feature else {}
        given = feature.get("properties") or {}
        if not isinstance(given, dict):
            raise InputError(f"{self.name}，第 {number} 个图形：属性（properties）写法有误。请重新导出。")
        self.properties.append(own_id | {str(key): value for key, value in given.items() if key != "geometry"})
        self.shapes.append(self._shape(feature.get("geometry"), number))

    def _shape(self, geometry, number: int) -> shapely.Geometry | None:
        if geometry is None:
            return None
        try:
            return shapely.geometry.shape(geometry)
        except (TypeError, ValueError, KeyError, AttributeError, IndexError, shapely.errors.ShapelyError):
            raise InputError(
                f"{self.name}，第 {number} 个图形：坐标写法有误（应为 [经度, 纬度] 的列表）。请重新导出。"
            ) from None

    def _crs(self, declared) -> CRS:
        """GeoJSON is longitude/latitude; files of before 2016 may name another CRS."""
        if not declared:
            return CRS.from_epsg(4326)
        try:
            return CRS.from_user_input(declared["properties"]["name"])
        except (CRSError, TypeError, KeyError):
            raise InputError(f"{self.name}：坐标系（crs）写法不认识。请导出为经纬度坐标。") from None

    def _refuse_word(self, word: str):
        raise InputError(f"{self.name}：坐标中出现 {word}，不是数字。请重新导出。")

    def _number(self, text: str) -> float:
        value = float(text)
        return value if math.isfinite(value) else self._refuse_word(text)

    def _after_space(self, at: int) -> int:
        while at < len(self.text) and self.text[at] in SPACE:
            at += 1
        return at

    def _after(self, mark: str, at: int) -> int:
        at = self._after_space(at)
        if self.text[at : at + 1] != mark:
            raise json.JSONDecodeError(f"{mark} expected", self.text, at)
        return at + 1

    def _next(self, at: int, end: str) -> int:
        """Where the next member or element begins, or the closing bracket stands."""
        at = self._after_space(at)
        if self.text[at : at + 1] == end:
            return at
        at = self._after_space(self._after(",", at))
        if self.text[at : at + 1] == end:
            raise json.JSONDecodeError("a comma too many", self.text, at)
        return at
