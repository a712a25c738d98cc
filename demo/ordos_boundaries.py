"""Boundaries of Ordos for the demo: banners as published, their union, and illustrative township cells."""

import json

import geopandas as gpd
import pandas as pd
import shapely

from data_access.national_outlines import REVIEW_NUMBER, SOURCE, read_national_outlines
from demo import places
from geo.boundaries import dissolve
from geo.cells import township_cells

CELLS_SOURCE = (
    "示意图，非行政区域界线：按乡镇街道驻地在旗区内划分（Voronoi），驻地为近似或示意位置；"
    f"旗区界线：{SOURCE}，审图号 {REVIEW_NUMBER}"
)


def banner_boundaries() -> gpd.GeoDataFrame:
    """The nine banners and Ordos as their union: area_id, geometry (EPSG:4490)."""
    banners = read_national_outlines(["1506"])[["area_id", "geometry"]]
    whole = dissolve(banners.assign(prefecture=places.PREFECTURE), "prefecture")
    return gpd.GeoDataFrame(pd.concat([whole, banners], ignore_index=True), geometry="geometry", crs=4490)


def cell_boundaries() -> gpd.GeoDataFrame:
    """Illustrative cells of the 77 townships: area_id, geometry; those that share one of the 53 cells repeat it."""
    real = places.townships()[places.townships()["is_township"]]
    townships = real.rename(columns={"code": "area_id", "banner_code": "parent_id"})
    cells = township_cells(townships, read_national_outlines(["1506"]))
    shared = cells.explode("members")[["members", "geometry"]].rename(columns={"members": "area_id"})
    return shared.sort_values("area_id", ignore_index=True).set_crs(4490, allow_override=True)


def as_geojson(boundaries: gpd.GeoDataFrame) -> bytes:
    """The boundaries as a GeoJSON file, full precision."""
    features = [
        {"type": "Feature", "properties": {"area_id": row.area_id}, "geometry": shapely.geometry.mapping(row.geometry)}
        for row in boundaries.itertuples()
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode("utf-8")
