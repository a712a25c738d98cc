"""A file of shapes, as it came, into a frame: GeoJSON, GeoPackage, Shapefile or GeoParquet, read from bytes only.

A name the user chose is never opened by the geometry library (a name that begins /vsicurl/ opens a network
connection): the bytes are, under a name of ours. What is too large, too deep or not a number is refused first.
"""

import io
import warnings
import zipfile
from collections.abc import Collection
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import shapely
from pyproj import CRS

from data_access.errors import InputError
from workflows.geojson_files import read_geojson

LARGEST_FILE_BYTES = 128 * 2**20
LARGEST_UNPACKED_BYTES = 512 * 2**20
MOST_ENTRIES = 40  # of a zip: a shapefile has 4 to 8 files
SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
SUFFIXES = (".geojson", ".json", ".gpkg", ".zip", ".shp", ".parquet", ".geoparquet")
KINDS_IN_WORDS = "GeoJSON（.geojson）、GeoPackage（.gpkg）、GeoParquet（.parquet）或 Shapefile（.zip）"
# as EPSG and as ESRI's .prj name them, underscores read as spaces
ACCEPTED_DATUMS = ("World Geodetic System 1984", "WGS 1984", "WGS 84", "China 2000", "CGCS2000", "CGCS 2000")


@dataclass(frozen=True)
class Bounds:
    """what: the layer in words, for messages. features, vertices: the most of them that are taken."""

    what: str
    features: int
    vertices: int


def read_layer(path: Path, bounds: Bounds) -> tuple[gpd.GeoDataFrame, tuple[str, ...]]:
    """(the shapes with the columns as they came, geometry in `geometry`, CRS as declared; notes in Chinese).

    Raises InputError in words for the clerk when the file is none of these, too large, damaged, without shapes, or in a
    datum that cannot be taken.
    """
    kind, name = path.suffix.lower(), path.name
    if kind not in SUFFIXES:
        raise InputError(f"{name}：不认识的{bounds.what}文件。请提供 {KINDS_IN_WORDS}。")
    notes: tuple[str, ...] = ()
    if kind == ".shp":
        frame, notes = _read_shapefile({part: _companion(path, part) for part in SHAPEFILE_PARTS}, name, bounds)
    elif kind == ".zip":
        frame, notes = _read_zip(_content(path), name, bounds)
    elif kind == ".gpkg":
        frame = _read_geopackage(_content(path), name, bounds)
    elif kind in (".parquet", ".geoparquet"):
        frame = _read_geoparquet(_content(path), name, bounds)
    else:
        frame = read_geojson(_content(path), name, most_features=bounds.features)
    return _checked(frame, name, bounds), notes


def _content(path: Path) -> bytes:
    if not path.is_file():
        raise InputError(f"{path.name}：找不到这个文件。请核对路径。")
    size = path.stat().st_size
    if size > LARGEST_FILE_BYTES:
        raise InputError(
            f"{path.name}：文件有 {size // 2**20:,} MB，超过 {LARGEST_FILE_BYTES // 2**20} MB，没有读取。"
            "请先简化或分地区导出，或另存为 GeoPackage、GeoParquet（比 GeoJSON 小得多）。"
        )
    return path.read_bytes()


def _companion(path: Path, part: str) -> bytes | None:
    for candidate in (path.with_suffix(part), path.with_suffix(part.upper())):
        if candidate.is_file():
            return _content(candidate)
    return None


def _read_geopackage(content: bytes, name: str, bounds: Bounds) -> gpd.GeoDataFrame:
    if not content.startswith(b"SQLite format 3\x00"):
        raise InputError(f"{name}：不是 GeoPackage 文件。请从 GIS 软件重新导出。")
    layers = _layers(content, name)
    if len(layers) != 1:
        raise InputError(f"{name}：有 {len(layers)} 个图层（{'、'.join(layers)}）。请只保留一个{bounds.what}图层。")
    return _read_with_library(content, name, bounds)


def _layers(content: bytes, name: str) -> list[str]:
    try:
        with _bytes_without_a_name():
            return [str(layer) for layer, _ in pyogrio.list_layers(content)]
    except pyogrio.errors.DataSourceError:
        raise InputError(f"{name}：打不开，文件可能已损坏。请从 GIS 软件重新导出。") from None


def _read_geoparquet(content: bytes, name: str, bounds: Bounds) -> gpd.GeoDataFrame:
    """What the footer says of rows and unpacked size is looked at before anything is unpacked."""
    import pyarrow  # here: a site that reads no such file has the memory for something else
    from pyarrow import parquet

    try:
        footer = parquet.ParquetFile(io.BytesIO(content)).metadata
        groups = [footer.row_group(number) for number in range(footer.num_row_groups)]
        if footer.num_rows > bounds.features:
            raise InputError(f"{name}：图形有 {footer.num_rows:,} 个，超过 {bounds.features:,} 个。请分地区导出。")
        if sum(group.total_byte_size for group in groups) > LARGEST_UNPACKED_BYTES:
            raise InputError(f"{name}：解开后超过 {LARGEST_UNPACKED_BYTES // 2**20} MB。请先简化或分地区导出。")
        return gpd.read_parquet(io.BytesIO(content))
    except (pyarrow.ArrowException, ValueError, OSError, KeyError, shapely.errors.ShapelyError):
        raise InputError(
            f"{name}：不是可读的 GeoParquet（可能是没有图形的普通 Parquet）。请从 GIS 软件重新导出。"
        ) from None


def _read_zip(content: bytes, name: str, bounds: Bounds) -> tuple[gpd.GeoDataFrame, tuple[str, ...]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _read_shapefile(_shapefile_in(archive, name), name, bounds)
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


def _read_shapefile(
    parts: dict[str, bytes | None], name: str, bounds: Bounds
) -> tuple[gpd.GeoDataFrame, tuple[str, ...]]:
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
    return _read_with_library(packed.getvalue(), name, bounds, encoding=encoding), notes


def _encoding(table: bytes) -> tuple[str, tuple[str, ...]]:
    """A .dbf says its encoding rarely and wrongly; text that is not strict UTF-8 is GB18030 here."""
    try:
        table[32:].decode("utf-8")
        return "UTF-8", ()
    except UnicodeDecodeError:
        return "GB18030", ("属性表不是 UTF-8，已按 GB18030（国标码）读取，请核对名称。",)


def _read_with_library(content: bytes, name: str, bounds: Bounds, **options) -> gpd.GeoDataFrame:
    try:
        with _bytes_without_a_name():
            return pyogrio.read_dataframe(content, max_features=bounds.features + 1, **options)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, UnicodeDecodeError, ValueError):
        raise InputError(f"{name}：打不开，文件可能已损坏。请从 GIS 软件重新导出。") from None


@contextmanager
def _bytes_without_a_name():
    """The library complains that bytes have no file extension: that is the point."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*GPKG application_id", category=RuntimeWarning)
        yield


def _checked(frame, name: str, bounds: Bounds) -> gpd.GeoDataFrame:
    if not isinstance(frame, gpd.GeoDataFrame) or frame.empty:
        raise InputError(f"{name}：没有图形。请确认导出了{bounds.what}图层。")
    shapes = frame.geometry.to_numpy()
    if len(frame) > bounds.features or shapely.get_num_coordinates(shapes).sum() > bounds.vertices:
        raise InputError(
            f"{name}：图形超过 {bounds.features:,} 个或顶点超过 {bounds.vertices:,} 个。请分地区导出或先简化。"
        )
    _refuse_other_datums(frame.crs, name)
    if frame.geometry.name != "geometry":  # another column of that name would hold no shapes
        frame = frame.drop(columns="geometry", errors="ignore").rename_geometry("geometry")
    return frame


def _refuse_other_datums(crs: CRS | None, name: str) -> None:
    if crs is None:
        raise InputError(f"{name}：没有写明坐标系。请从 GIS 软件重新导出，带上坐标系。")
    datum = crs.geodetic_crs.datum.name.replace("_", " ") if crs.geodetic_crs and crs.geodetic_crs.datum else ""
    if not any(accepted in datum for accepted in ACCEPTED_DATUMS):
        raise InputError(f"{name}：坐标系是 {crs.name}，须先在 GIS 软件中转换为 CGCS2000（EPSG:4490）再导入。")


def column_called(frame: gpd.GeoDataFrame, names: Collection[str]) -> str | None:
    """The frame's first column with one of the names (any case), in the names' order; None where there is none."""
    by_lower = {str(column).strip().lower(): column for column in frame.columns if column != frame.geometry.name}
    return next((by_lower[name] for name in names if name in by_lower), None)


def as_whole_text(values) -> np.ndarray:
    """Numbers that are whole without their .0, everything else as text; "" where missing."""
    return np.array([_whole_text(value) for value in values], dtype=object)


def _whole_text(value) -> str:
    if value is None or value != value:
        return ""
    is_whole = isinstance(value, (int, float, np.number)) and float(value).is_integer()
    return str(int(value)) if is_whole else str(value).strip()
