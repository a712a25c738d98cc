"""Boundaries: a file of polygons into the store, checked first.

The files the browser draws, and the manifest the map reads, are described in workflows/display_geometry.py.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from sqlalchemy import Engine

from data_access import areas as areas_store
from data_access import boundaries as boundaries_store
from data_access import submissions
from data_access.engine import writing
from data_access.errors import InputError
from data_access.national_outlines import read_national_outlines
from geo.boundaries import repair
from geo.boundary_checks import code_findings, datum_verdict, gaps_km2, outside_share, overlaps
from geo.datum import geometries_to_wgs84, looks_swapped, parse_datum
from geo.projections import LON_LAT
from workflows.boundary_files import PolygonFile, read_polygon_file
from workflows.display_geometry import write_display_geometry

__all__ = ["BoundariesImported", "import_boundaries", "write_display_geometry"]

KIND = "boundaries"
# Shares of the smaller area, or of the area itself. Digitising differs by less; a wrong file by more.
OVERLAP_REFUSED, OUTSIDE_REFUSED, WORTH_SAYING = 0.01, 0.05, 1e-5
LISTED = 8  # codes named in one message before it says how many more there are


@dataclass(frozen=True)
class BoundariesImported:
    """What an import of boundaries did; submission_id is None after a dry run or for a file already imported."""

    submission_id: int | None
    rows_read: int
    already_imported: bool
    notes: tuple[str, ...]  # in Chinese, for the clerk


def import_boundaries(
    engine: Engine,
    path: Path,
    *,
    datum: str,
    source: str,
    received_from: str,
    review_number: str = "",
    illustrative: bool = False,
    valid_from: date = boundaries_store.SINCE_EVER,
    file_name: str | None = None,
    received_at: datetime | None = None,
    is_demo: bool = False,
    dry_run: bool = False,
) -> BoundariesImported:
    """Check a file of polygons and store it: all of it or, with InputError that lists every fault, none.

    datum: how the file's numbers are to be read (CGCS2000, WGS-84, GCJ-02, BD-09): never guessed, always checked against
    a known outline of the place where there is one. illustrative: 示意, not administrative boundaries; several areas may
    then share one polygon. The areas must be in the store already. write_display_geometry comes after.
    """
    name = file_name or path.name
    declared = _declared(datum, name)
    if not source.strip():
        raise InputError(f"{name}：请写明边界数据的来源（--source），图上必须注明。")
    read = read_polygon_file(path)
    file_hash = _file_hash(path)
    if submissions.find_by_hash(engine, KIND, file_hash) is not None:
        return BoundariesImported(None, len(read.polygons), True, (f"{name}：同一文件已经导入过，没有改动。",))
    known = areas_store.read_areas(engine)
    polygons, notes = _checked(engine, read, known, declared, illustrative, name)
    if dry_run:
        return BoundariesImported(None, len(polygons), False, notes)
    rows = polygons[["area_id", "geometry"]].assign(
        valid_from=valid_from,
        is_illustrative=illustrative,
        declared_datum=declared,
        source=source.strip(),
        review_number=review_number.strip() or None,
    )
    with writing(engine) as connection:
        submission_id = submissions.begin(
            connection,
            kind=KIND,
            received_from=received_from,
            file_name=name,
            file_hash=file_hash,
            received_at=received_at,
            is_demo=is_demo,
        )
        replaced = boundaries_store.write_boundaries(connection, rows, submission_id=submission_id)
        submissions.finish(
            connection,
            submission_id,
            rows_read=len(rows),
            rows_stored=len(rows),
            previous_state={"boundaries": replaced},
        )
    return BoundariesImported(submission_id, len(rows), False, notes)


def _declared(datum: str, name: str) -> str:
    try:
        return parse_datum(datum)
    except ValueError:
        raise InputError(
            f"{name}：不认识坐标基准 {datum}。请写 CGCS2000、WGS-84、GCJ-02（高德、腾讯）或 BD-09（百度）。"
        ) from None


def _file_hash(path: Path) -> str:
    """SHA-256 of the file's bytes; of a .shp together with its companions, which hold the codes and the CRS."""
    parts = sorted(path.parent.glob(f"{path.stem}.*")) if path.suffix.lower() == ".shp" else [path]
    return hashlib.sha256(b"".join(part.read_bytes() for part in parts if part.is_file())).hexdigest()


def _checked(engine, read: PolygonFile, known: pd.DataFrame, declared: str, illustrative: bool, name: str):
    """(polygons in CGCS2000, notes); raises InputError listing what is wrong at the first stage that finds anything."""
    notes = list(read.notes)
    _refuse(name, _code_faults(read.polygons, known))
    _refuse(name, _geometry_faults(read.polygons))
    polygons = read.polygons.to_crs(LON_LAT)
    _refuse(name, _swapped_fault(polygons))
    _refuse(name, _datum_fault(polygons, declared, known, engine, notes))
    polygons["geometry"] = gpd.GeoSeries(geometries_to_wgs84(polygons.geometry, declared), crs=LON_LAT)
    try:
        polygons = repair(polygons)
    except ValueError as error:
        _refuse(name, [f"边界线自相交（{str(error).split(': ')[-1]}），自动修复会改变形状。请在 GIS 软件中修正。"])
    _refuse(name, _layout_faults(polygons, known, engine, illustrative, notes))
    return polygons, tuple(f"{name}：{note}" for note in notes)


def _refuse(name: str, faults: list[str]) -> None:
    if faults:
        raise InputError("\n".join([*(f"{name}：{fault}" for fault in faults), "这份边界文件未写入。"]))


def _listed(codes) -> str:
    codes = list(codes)
    more = f" 等 {len(codes)} 个" if len(codes) > LISTED else ""
    return "、".join(codes[:LISTED]) + more


def _code_faults(polygons: gpd.GeoDataFrame, known: pd.DataFrame) -> list[str]:
    found = code_findings(polygons["area_id"], known["area_id"], ())
    blank = [f"第 {number} 个图形" for number in polygons.loc[polygons["area_id"] == "", "feature_no"]]
    unknown = [code for code in found["unknown"] if code]
    duplicate = [code for code in found["duplicate"] if code]
    return [
        *([f"{_listed(blank)}没有区划代码。请补上。"] if blank else []),
        *(
            [f"区划代码 {_listed(duplicate)} 出现不止一次。每个区划只留一个图形（可用多部件图形）。"]
            if duplicate
            else []
        ),
        *(
            [f"区划代码 {_listed(unknown)} 不在区划表中。请更正代码，或先导入区划表（manage.py import areas）。"]
            if unknown
            else []
        ),
    ]


def _geometry_faults(polygons: gpd.GeoDataFrame) -> list[str]:
    faults = []
    for row in polygons.itertuples():
        place = f"第 {row.feature_no} 个图形（代码 {row.area_id}）"
        if row.geometry is None or row.geometry.is_empty:
            faults.append(f"{place}没有坐标。请补上图形或删去这一行。")
        elif row.geometry.geom_type not in ("Polygon", "MultiPolygon"):
            faults.append(f"{place}不是面（是 {row.geometry.geom_type}）。边界须为面图形。")
        elif not np.isfinite(shapely.get_coordinates(row.geometry)).all():
            faults.append(f"{place}的坐标中有不是数字的值。请重新导出。")
        elif not shapely.make_valid(row.geometry).area:  # made valid: the halves of an 8 take each other away
            faults.append(f"{place}没有面积：坐标都在一点或一条线上。请更正或删去这一行。")
    return faults


def _swapped_fault(polygons: gpd.GeoDataFrame) -> list[str]:
    corners = shapely.get_coordinates(polygons.geometry.to_numpy())
    if looks_swapped(corners[:, 0], corners[:, 1]):
        return ["经度和纬度写反了（应为先经度、后纬度）。请交换后重新导出。"]
    if np.abs(corners[:, 0]).max() > 180 or np.abs(corners[:, 1]).max() > 90:
        return ["坐标超出经纬度范围（经度 ±180、纬度 ±90）。坐标可能是米，但写成了经纬度；请核对坐标系。"]
    return []


def _datum_fault(polygons, declared: str, known: pd.DataFrame, engine: Engine, notes: list[str]) -> list[str]:
    """Compares with the areas' own stored outlines, else their parents', else the national ones; first that can tell."""
    usable = polygons[polygons.geometry.notna()]
    for outline in _known_outlines(usable["area_id"], known, engine):
        verdict = datum_verdict(usable, declared, outline)
        if verdict.is_wrong:
            return [
                f"坐标基准不是所声明的 {declared}：与已知边界相差约 {verdict.distance_m[declared]:.0f} 米；"
                f"按 {verdict.best} 读取只差约 {verdict.distance_m[verdict.best]:.0f} 米。"
                f"高德、腾讯、DataV 的坐标是 GCJ-02，百度的是 BD-09。请用 --datum {verdict.best} 重新导入。"
            ]
        if verdict.distance_m:
            return []
    notes.append(f"没有可对照的已知边界，未能核对坐标基准是否为 {declared}。")
    return []


def _known_outlines(area_ids: pd.Series, known: pd.DataFrame, engine: Engine):
    parents = known.set_index("area_id")["parent_id"].reindex(area_ids).dropna().unique()
    for codes in (list(area_ids), list(parents)):
        stored = areas_store.read_boundaries(engine, codes)
        stored = stored[~stored["is_illustrative"]]
        if len(stored):
            yield shapely.union_all(stored.geometry.to_numpy())
    national = read_national_outlines({_national_code(area_id) for area_id in area_ids})
    if len(national):
        yield shapely.union_all(national.geometry.to_numpy())


def _national_code(area_id: str) -> str:
    """The county a code lies in, or for a prefecture's code (150600) the first four digits, which are its counties'."""
    return area_id[:4] if area_id[:6].endswith("00") else area_id[:6]


def _layout_faults(polygons, known, engine: Engine, illustrative: bool, notes: list[str]) -> list[str]:
    """Overlaps, gaps and areas outside their parent: large ones are faults, small ones notes."""
    faults = []
    parents = known.set_index("area_id")["parent_id"]
    levels = known.set_index("area_id")["level"].reindex(polygons["area_id"]).to_numpy()
    for level in dict.fromkeys(levels):
        same_level = polygons[levels == level]
        faults += _overlap_faults(same_level, illustrative, notes)
        holes = gaps_km2(same_level)
        if holes.sum() > 0.01:
            notes.append(f"图形之间有 {len(holes)} 处空隙，共 {holes.sum():.2f} 平方公里。")
        siblings = known[(known["parent_id"].isin(parents.reindex(same_level["area_id"]))) & (known["level"] == level)]
        missing = sorted(set(siblings.loc[siblings["is_unit"], "area_id"]) - set(same_level["area_id"]))
        if missing:
            notes.append(f"同一上级下还有 {len(missing)} 个区划没有图形：{_listed(missing)}。")
    faults += _outside_faults(polygons, parents, engine, notes)
    return faults


def _overlap_faults(polygons: gpd.GeoDataFrame, illustrative: bool, notes: list[str]) -> list[str]:
    if illustrative:  # areas that share a cell carry the same polygon: compared once
        polygons = polygons[~pd.Series(shapely.to_wkb(polygons.geometry), index=polygons.index).duplicated()]
    pairs = overlaps(polygons)
    large = pairs[pairs["share"] > OVERLAP_REFUSED]
    small = pairs[(pairs["share"] <= OVERLAP_REFUSED) & (pairs["share"] > WORTH_SAYING)]
    if len(small):
        notes.append(f"{len(small)} 对相邻图形略有重叠，共 {small['km2'].sum():.2f} 平方公里，画图时自动对齐。")
    return [
        f"{row.area_id} 与 {row.other_id} 重叠 {row.km2:.1f} 平方公里（占较小者的 {row.share:.1%}）。请在 GIS 软件中修正。"
        for row in large.itertuples()
    ]


def _outside_faults(polygons, parents: pd.Series, engine: Engine, notes: list[str]) -> list[str]:
    outlines = areas_store.read_boundaries(engine, list(parents.reindex(polygons["area_id"]).dropna().unique()))
    outlines = outlines[~outlines["is_illustrative"]].drop_duplicates("area_id", keep="last").set_index("area_id")
    faults = []
    for parent, children in polygons.groupby(parents.reindex(polygons["area_id"]).to_numpy()):
        if parent not in outlines.index:
            continue
        shares = outside_share(children, outlines.geometry[parent])
        faults += [
            f"{area_id} 有 {share:.0%} 的面积在上级 {parent} 的边界之外。请核对代码与坐标系。"
            for area_id, share in shares[shares > OUTSIDE_REFUSED].items()
        ]
        slight = shares[(shares <= OUTSIDE_REFUSED) & (shares > 10 * WORTH_SAYING)]
        if len(slight):
            notes.append(f"{len(slight)} 个图形略超出上级 {parent} 的边界（最多 {slight.max():.2%}）。")
    return faults
