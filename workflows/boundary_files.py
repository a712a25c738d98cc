"""A file of polygons, as it came, into a frame: GeoJSON, GeoPackage or Shapefile, read from bytes only.

A name the user chose is never opened by the geometry library (a name that begins /vsicurl/ opens a network
connection): the bytes are, under a name of ours. What is too large, too deep or not a number is refused first.
"""

import io
import json
import math
import warnings
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from data_access.errors import InputError

LARGEST_FILE_BYTES = 128 * 2**20
LARGEST_UNPACKED_BYTES = 512 * 2**20
MOST_ENTRIES = 40  # of a zip: a shapefile has 4 to 8 files
MOST_FEATURES = 60_000  # China has about 41,000 townships
MOST_VERTICES = 6_000_000
DEEPEST_JSON = 16  # a FeatureCollection of MultiPolygons is 9 deep
CODE_COLUMNS = ("area_id", "code", "adcode", "gb", "代码", "行政区划代码", "区划代码", "xzqdm", "pac", "id")
SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
# as EPSG and as ESRI's .prj name them, underscores read as spaces
ACCEPTED_DATUMS = ("World Geodetic System 1984", "WGS 1984", "WGS 84", "China 2000", "CGCS2000", "CGCS 2000")


@dataclass(frozen=True)
class PolygonFile:
    """polygons: feature_no (1, 2... as in the file), area_id (text as it came), geometry (may be None); CRS as declared."""

    polygons: gpd.GeoDataFrame
    notes: tuple[str, ...]  # what was assumed while reading, in Chinese


def read_polygon_file(path: Path) -> PolygonFile:
    """Read .geojson/.json, .gpkg, .shp (with its companions beside it) or a .zip of one shapefile.

    Raises InputError in words for the clerk when the file is none of these, too large, or has no code column.
    """
    kind = path.suffix.lower()
    readers = {".geojson": _read_geojson, ".json": _read_geojson, ".gpkg": _read_geopackage, ".zip": _read_zip}
    if kind == ".shp":
        return _read_shapefile({part: _companion(path, part) for part in SHAPEFILE_PARTS}, path.name)
    if kind not in readers:
        raise InputError(
            f"{path.name}：不认识的边界文件。请提供 GeoJSON（.geojson）、GeoPackage（.gpkg）或 Shapefile（.zip）。"
        )
    return readers[kind](_content(path), path.name)


def _content(path: Path) -> bytes:
    if not path.is_file():
        raise InputError(f"{path.name}：找不到这个文件。请核对路径。")
    if path.stat().st_size > LARGEST_FILE_BYTES:
        raise InputError(f"{path.name}：文件超过 {LARGEST_FILE_BYTES // 2**20} MB。请先简化或分省导出。")
    return path.read_bytes()


def _companion(path: Path, part: str) -> bytes | None:
    for candidate in (path.with_suffix(part), path.with_suffix(part.upper())):
        if candidate.is_file():
            return _content(candidate)
    return None


# JSON is parsed here, not by the geometry library: it takes NaN, and closes over duplicate keys and unbounded depth.
def _read_geojson(content: bytes, name: str) -> PolygonFile:
    document = _parse_json(content, name)
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection":
        raise InputError(f"{name}：不是 GeoJSON 要素集合（FeatureCollection）。请从 GIS 软件重新导出为 GeoJSON。")
    features = document.get("features")
    if not isinstance(features, list) or not all(isinstance(feature, dict) for feature in features):
        raise InputError(f"{name}：要素列表（features）缺失或写法有误。请从 GIS 软件重新导出。")
    properties = pd.DataFrame([_properties(feature) for feature in features])
    geometries = [_shape(feature.get("geometry"), number, name) for number, feature in enumerate(features, start=1)]
    frame = gpd.GeoDataFrame(properties, geometry=geometries, crs=_json_crs(document, name))
    return _polygon_file(frame, name, ())


def _properties(feature: dict) -> dict:
    properties = feature.get("properties")
    own_id = {"id": feature["id"]} if "id" in feature else {}
    return own_id | {str(key): value for key, value in (properties or {}).items() if key != "geometry"}


def _parse_json(content: bytes, name: str):
    def refuse(word):
        raise InputError(f"{name}：坐标中出现 {word}，不是数字。请重新导出。")

    def number(text):
        value = float(text)
        return value if math.isfinite(value) else refuse(text)

    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{name}：不是 UTF-8 编码。GeoJSON 须为 UTF-8，请重新导出。") from None
    if _depth(text) > DEEPEST_JSON:
        raise InputError(f"{name}：括号嵌套超过 {DEEPEST_JSON} 层，不是正常的 GeoJSON。")
    try:
        return json.loads(text, parse_constant=refuse, parse_float=number)
    except (json.JSONDecodeError, RecursionError) as error:
        place = f"第 {error.lineno} 行第 {error.colno} 列" if isinstance(error, json.JSONDecodeError) else "嵌套过深处"
        raise InputError(f"{name}：不是完整的 JSON（{place}）。文件可能传输中断，请重新导出。") from None


def _depth(text: str) -> int:
    """How deep brackets nest; those inside strings count too, which only errs on the strict side."""
    marks = np.frombuffer(text.encode("utf-8"), dtype=np.uint8)
    steps = np.isin(marks, (ord("["), ord("{"))).astype(np.int8) - np.isin(marks, (ord("]"), ord("}")))
    return int(np.cumsum(steps, dtype=np.int64).max(initial=0))


def _shape(geometry, number: int, name: str) -> shapely.Geometry | None:
    if geometry is None:
        return None
    try:
        return shapely.geometry.shape(geometry)
    except (TypeError, ValueError, KeyError, AttributeError, IndexError, shapely.errors.ShapelyError):
        raise InputError(
            f"{name}，第 {number} 个图形：坐标写法有误（应为 [经度, 纬度] 的列表）。请重新导出。"
        ) from None


def _json_crs(document: dict, name: str) -> CRS:
    """GeoJSON is longitude/latitude; files of before 2016 may name another CRS."""
    declared = document.get("crs")
    if not declared:
        return CRS.from_epsg(4326)
    try:
        return CRS.from_user_input(declared["properties"]["name"])
    except (CRSError, TypeError, KeyError):
        raise InputError(f"{name}：坐标系（crs）写法不认识。请导出为经纬度坐标。") from None


def _read_geopackage(content: bytes, name: str) -> PolygonFile:
    if not content.startswith(b"SQLite format 3\x00"):
        raise InputError(f"{name}：不是 GeoPackage 文件。请从 GIS 软件重新导出。")
    layers = _layers(content, name)
    if len(layers) != 1:
        raise InputError(f"{name}：有 {len(layers)} 个图层（{'、'.join(layers)}）。请只保留一个边界图层。")
    return _polygon_file(_read_with_library(content, name), name, ())


def _layers(content: bytes, name: str) -> list[str]:
    try:
        with _bytes_without_a_name():
            return [str(layer) for layer, _ in pyogrio.list_layers(content)]
    except pyogrio.errors.DataSourceError:
        raise InputError(f"{name}：打不开，文件可能已损坏。请从 GIS 软件重新导出。") from None


def _read_zip(content: bytes, name: str) -> PolygonFile:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _read_shapefile(_shapefile_in(archive, name), name)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError):
        raise InputError(f"{name}：不是可读的压缩包（可能损坏或加了密码）。请重新压缩。") from None


def _shapefile_in(archive: zipfile.ZipFile, name: str) -> dict[str, bytes | None]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > LARGEST_UNPACKED_BYTES:
        raise InputError(f"{name}：压缩包内文件过多或解开后过大。请只压缩一个 Shapefile。")
    shapes = [entry for entry in entries if entry.filename.lower().endswith(".shp")]
    if len(shapes) != 1:
        raise InputError(f"{name}：压缩包内应有且只有一个 .shp，现有 {len(shapes)} 个。")
    stem = shapes[0].filename[: -len(".shp")]
    parts = dict.fromkeys(SHAPEFILE_PARTS)
    for entry in entries:
        part = entry.filename[len(stem) :].lower()
        if entry.filename.startswith(stem) and part in parts:
            parts[part] = _unpacked(archive, entry, name)
    return parts


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> bytes:
    with archive.open(entry) as stream:
        content = stream.read(entry.file_size + 1)
    if len(content) > entry.file_size:  # the archive lied about its size
        raise InputError(f"{name}：压缩包已损坏。请重新压缩。")
    return content


def _read_shapefile(parts: dict[str, bytes | None], name: str) -> PolygonFile:
    missing = [part for part in (".shp", ".shx", ".dbf") if parts[part] is None]
    if missing:
        raise InputError(f"{name}：Shapefile 缺少 {'、'.join(missing)}。请把同名的 .shp .shx .dbf .prj 一起提供。")
    if parts[".prj"] is None:
        raise InputError(f"{name}：Shapefile 缺少 .prj，无法知道坐标系。请从 GIS 软件重新导出，或补上 .prj。")
    encoding, notes = _encoding(parts[".dbf"])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for part in (".shp", ".shx", ".dbf", ".prj"):
            archive.writestr(f"layer{part}", parts[part])
    return _polygon_file(_read_with_library(packed.getvalue(), name, encoding=encoding), name, notes)


def _encoding(table: bytes) -> tuple[str, tuple[str, ...]]:
    """A .dbf says its encoding rarely and wrongly; text that is not strict UTF-8 is GB18030 here."""
    try:
        table[32:].decode("utf-8")
        return "UTF-8", ()
    except UnicodeDecodeError:
        return "GB18030", ("属性表不是 UTF-8，已按 GB18030（国标码）读取，请核对名称。",)


def _read_with_library(content: bytes, name: str, **options) -> gpd.GeoDataFrame:
    try:
        with _bytes_without_a_name():
            return pyogrio.read_dataframe(content, max_features=MOST_FEATURES + 1, **options)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, UnicodeDecodeError, ValueError):
        raise InputError(f"{name}：打不开，文件可能已损坏。请从 GIS 软件重新导出。") from None


@contextmanager
def _bytes_without_a_name():
    """The library complains that bytes have no file extension: that is the point."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*GPKG application_id", category=RuntimeWarning)
        yield


def _polygon_file(frame, name: str, notes: tuple[str, ...]) -> PolygonFile:
    if not isinstance(frame, gpd.GeoDataFrame) or frame.empty:
        raise InputError(f"{name}：没有图形。请确认导出了边界图层。")
    if len(frame) > MOST_FEATURES or shapely.get_num_coordinates(frame.geometry.to_numpy()).sum() > MOST_VERTICES:
        raise InputError(f"{name}：图形超过 {MOST_FEATURES} 个或顶点超过 {MOST_VERTICES} 个。请分省导出或先简化。")
    _refuse_other_datums(frame.crs, name)
    column = _code_column(frame, name)
    polygons = gpd.GeoDataFrame(
        {"feature_no": np.arange(1, len(frame) + 1), "area_id": [_code(value, column) for value in frame[column]]},
        geometry=frame.geometry.to_numpy(),
        crs=frame.crs,
    )
    return PolygonFile(polygons, notes)


def _refuse_other_datums(crs: CRS | None, name: str) -> None:
    if crs is None:
        raise InputError(f"{name}：没有写明坐标系。请从 GIS 软件重新导出，带上坐标系。")
    datum = crs.geodetic_crs.datum.name.replace("_", " ") if crs.geodetic_crs and crs.geodetic_crs.datum else ""
    if not any(accepted in datum for accepted in ACCEPTED_DATUMS):
        raise InputError(f"{name}：坐标系是 {crs.name}，须先在 GIS 软件中转换为 CGCS2000（EPSG:4490）再导入。")


def _code_column(frame: gpd.GeoDataFrame, name: str) -> str:
    by_lower = {str(column).lower(): column for column in frame.columns}
    for word in CODE_COLUMNS:
        if word in by_lower:
            return by_lower[word]
    columns = "、".join(str(column) for column in frame.columns if column != "geometry") or "无"
    raise InputError(f"{name}：没有区划代码列（area_id、adcode 或“代码”）。现有列：{columns}。")


def _code(value, column: str) -> str:
    """A code as text: 150602.0 is 150602; the mapping service's gb is 156 and the code."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    text = str(int(value)) if isinstance(value, (int, float, np.number)) and float(value).is_integer() else str(value)
    text = text.strip()
    return text.removeprefix("156") if str(column).lower() == "gb" and len(text) == 9 else text
