"""A file of roads as somebody brings it: GeoPackage, Shapefile (.zip, or .shp with its companions), GeoJSON, GeoParquet."""

import io
import warnings
import zipfile
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from data_access.errors import InputError
from geo.datum import geometries_to_wgs84

LARGEST_FILE_BYTES = 128 << 20  # as GeoJSON about a gigabyte once read
LARGEST_UNPACKED_BYTES = 256 << 20
MOST_VERTICES = 4_000_000  # about 1.5 GB with the segments' tree
SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
KINDS = (".gpkg", ".zip", ".shp", ".geojson", ".json", ".parquet", ".geoparquet")


@dataclass(frozen=True)
class Roads:
    """lines: array of shapely lines, WGS-84 degrees. speed_kmh: one for each, or None. notes: in Chinese."""

    lines: np.ndarray
    speed_kmh: np.ndarray | None
    notes: tuple[str, ...] = ()


def read_roads(path: Path, *, datum: str, speed_column: str | None) -> Roads:
    """The lines of a file, in WGS-84. Raises InputError in words for the clerk.

    datum: one of geo.datum.DATUMS, of the file's longitudes and latitudes (after its projection is undone).
    speed_column: km/h; lines without a speed above zero are left out, and that is said.
    """
    frame = _read(path)
    frame, notes = _lines_only(frame, path.name)
    if shapely.get_num_coordinates(frame.geometry.to_numpy()).sum() > MOST_VERTICES:
        raise InputError(f"{path.name}：道路顶点超过 {MOST_VERTICES} 个。请先按地区裁剪或简化。")
    if frame.crs is None:
        raise InputError(f"{path.name}：没有写明坐标系（Shapefile 可能缺少 .prj）。请从 GIS 软件重新导出，带上坐标系。")
    speed = None
    if speed_column:
        frame, speed, said = _speeds(frame, speed_column, path.name)
        notes += said
    degrees = frame.geometry.to_crs("EPSG:4326").to_numpy()
    corners = shapely.get_coordinates(degrees)
    if not np.isfinite(corners).all() or (np.abs(corners) > (180, 90)).any():
        raise InputError(f"{path.name}：道路坐标超出经纬度范围。请核对坐标系。")
    return Roads(geometries_to_wgs84(degrees, datum), speed, tuple(notes))


def _read(path: Path) -> gpd.GeoDataFrame:
    kind = path.suffix.lower()
    if kind not in KINDS:
        raise InputError(
            f"{path.name}：不认识的道路文件。请提供 GeoPackage、Shapefile（.zip）、GeoJSON 或 GeoParquet。"
        )
    if not path.is_file():
        raise InputError(f"{path.name}：找不到这个文件。请核对路径。")
    if path.stat().st_size > LARGEST_FILE_BYTES:
        raise InputError(f"{path.name}：文件超过 {LARGEST_FILE_BYTES >> 20} MB。请先按地区裁剪。")
    if kind in (".parquet", ".geoparquet"):
        return _read_parquet(path)
    content = _zipped(path) if kind in (".zip", ".shp") else path.read_bytes()
    try:
        with warnings.catch_warnings():  # bytes have no file name: the library says so each time
            warnings.filterwarnings("ignore", category=RuntimeWarning)
            frame = pyogrio.read_dataframe(content)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, UnicodeDecodeError, ValueError):
        raise InputError(f"{path.name}：打不开，文件可能已损坏。请从 GIS 软件重新导出。") from None
    if not isinstance(frame, gpd.GeoDataFrame):
        raise InputError(f"{path.name}：没有图形。请确认导出了道路图层。")
    return frame


def _read_parquet(path: Path) -> gpd.GeoDataFrame:
    try:
        return gpd.read_parquet(path)
    except ImportError:
        raise InputError(
            f"{path.name}：读取 GeoParquet 需要 pyarrow（pip install pyarrow）。也可另存为 GeoPackage。"
        ) from None
    except (ValueError, OSError):
        raise InputError(f"{path.name}：不是可读的 GeoParquet。请从 GIS 软件重新导出。") from None


def _zipped(path: Path) -> bytes:
    """One shapefile as the bytes of a zip under names of ours: the library never sees a name the user chose."""
    parts = _zip_parts(path) if path.suffix.lower() == ".zip" else _beside(path)
    missing = [part for part in (".shp", ".shx", ".dbf") if part not in parts]
    if missing:
        raise InputError(f"{path.name}：Shapefile 缺少 {'、'.join(missing)}。请把同名文件一起提供。")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for part, content in parts.items():
            archive.writestr(f"roads{part}", content)
    return packed.getvalue()


def _beside(path: Path) -> dict[str, bytes]:
    found = {part: path.with_suffix(part) for part in SHAPEFILE_PARTS}
    return {part: file.read_bytes() for part, file in found.items() if file.is_file()}


def _zip_parts(path: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            shapes = [entry.filename for entry in entries if entry.filename.lower().endswith(".shp")]
            if len(shapes) != 1:
                raise InputError(f"{path.name}：压缩包内应有且只有一个 .shp，现有 {len(shapes)} 个。")
            if sum(entry.file_size for entry in entries) > LARGEST_UNPACKED_BYTES:
                raise InputError(f"{path.name}：解开后超过 {LARGEST_UNPACKED_BYTES >> 20} MB。请先按地区裁剪。")
            stem = shapes[0][: -len(".shp")]
            return {
                part: archive.read(entry)
                for entry in entries
                if entry.filename.startswith(stem) and (part := entry.filename[len(stem) :].lower()) in SHAPEFILE_PARTS
            }
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError):
        raise InputError(f"{path.name}：不是可读的压缩包（可能损坏或加了密码）。请重新压缩。") from None


def _lines_only(frame: gpd.GeoDataFrame, name: str) -> tuple[gpd.GeoDataFrame, list[str]]:
    is_line = frame.geometry.geom_type.isin(["LineString", "MultiLineString"]).to_numpy()
    is_line = is_line & ~frame.geometry.is_empty.to_numpy()
    if not is_line.any():
        raise InputError(f"{name}：没有线图形。道路须为线（LineString）。")
    left_out = int((~is_line).sum())
    return frame[is_line], [f"{name}：有 {left_out} 个图形不是线，没有使用。"] if left_out else []


def _speeds(frame: gpd.GeoDataFrame, column: str, name: str) -> tuple[gpd.GeoDataFrame, np.ndarray, list[str]]:
    if column not in frame:
        there = "、".join(str(other) for other in frame.columns if other != frame.geometry.name) or "无"
        raise InputError(f"{name}：没有速度列 {column}。现有列：{there}。")
    speed = pd.to_numeric(frame[column], errors="coerce").to_numpy(dtype=float)
    usable = np.isfinite(speed) & (speed > 0)
    if not usable.any():
        raise InputError(f"{name}：速度列 {column} 没有一个大于 0 的数（公里/小时）。")
    left_out = int((~usable).sum())
    notes = [f"{name}：有 {left_out} 条道路没有大于 0 的速度，没有使用。"] if left_out else []
    return frame[usable], speed[usable], notes
