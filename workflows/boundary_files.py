"""A file of polygons into a frame with their codes: GeoJSON, GeoPackage, Shapefile or GeoParquet (workflows/layer_files.py)."""

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np

from data_access.errors import InputError
from workflows.layer_files import Bounds, as_whole_text, column_called, read_layer

BOUNDS = Bounds("边界", 60_000, 6_000_000)  # China has about 41,000 townships
CODE_COLUMNS = ("area_id", "code", "adcode", "gb", "代码", "行政区划代码", "区划代码", "xzqdm", "pac", "id")


@dataclass(frozen=True)
class PolygonFile:
    """polygons: feature_no (1, 2... as in the file), area_id (text as it came), geometry (may be None); CRS as declared."""

    polygons: gpd.GeoDataFrame
    notes: tuple[str, ...]  # what was assumed while reading, in Chinese


def read_polygon_file(path: Path) -> PolygonFile:
    """Read .geojson/.json, .gpkg, .parquet, .shp (with its companions beside it) or a .zip of one shapefile.

    Raises InputError in words for the clerk when the file is none of these, too large, or has no code column.
    """
    frame, notes = read_layer(path, BOUNDS)
    column = _code_column(frame, path.name)
    polygons = gpd.GeoDataFrame(
        {"feature_no": np.arange(1, len(frame) + 1), "area_id": _codes(frame[column], column)},
        geometry=frame.geometry.to_numpy(),
        crs=frame.crs,
    )
    return PolygonFile(polygons, notes)


def _code_column(frame: gpd.GeoDataFrame, name: str) -> str:
    column = column_called(frame, CODE_COLUMNS)
    if column is None:
        columns = "、".join(str(column) for column in frame.columns if column != "geometry") or "无"
        raise InputError(f"{name}：没有区划代码列（area_id、adcode 或“代码”）。现有列：{columns}。")
    return column


def _codes(values, column: str) -> list[str]:
    """Codes as text: 150602.0 is 150602; the mapping service's gb is 156 and the code."""
    codes = as_whole_text(values)
    if str(column).strip().lower() != "gb":
        return list(codes)
    return [code.removeprefix("156") if len(code) == 9 else code for code in codes]
