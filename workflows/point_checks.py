"""Where imported points lie: outside the area they name, inside it only if read in another datum, or one upon the other."""

import pandas as pd
from shapely import Point
from sqlalchemy import Engine

from data_access.areas import read_areas, read_boundaries
from data_access.facilities import read_facilities
from data_access.health_cells import read_health_cells
from geo.datum import datum_fit

LISTED = 5
CLEARLY_BETTER = 3  # points: another datum must put so many more inside before it is spoken of


def points_outside(engine: Engine, kind: str, submission_id: int) -> list[str]:
    """Notices, in Chinese, on the points of one import (facilities or health_cells) against stored boundaries.

    A point is held against the county it lies in by its code: township borders are seldom known. Nothing to say where
    no boundary is stored.
    """
    frame = read_facilities(engine) if kind == "facilities" else read_health_cells(engine)
    key = "facility_id" if kind == "facilities" else "health_cell_id"
    points = frame[(frame["submission_id"] == submission_id) & frame["lon"].notna()]
    alike = _in_one_place(frame, points, key, "facility_type" if kind == "facilities" else "cell_type")
    counties = _counties(engine)
    points = points.assign(area_id=points["area_id"].map(counties)).dropna(subset="area_id")
    shapes = read_boundaries(engine, sorted(points["area_id"].unique())) if len(points) else pd.DataFrame()
    if not len(shapes):
        return alike
    shapes = shapes[~shapes["is_illustrative"]].drop_duplicates("area_id", keep="last")
    polygons = dict(zip(shapes["area_id"], shapes["geometry"], strict=True))
    return [*alike, *_outside(points, key, polygons), *_other_datum(points, polygons, kind)]


def _counties(engine: Engine) -> dict[str, str]:
    """Area -> the county it is or lies in."""
    areas = read_areas(engine).set_index("area_id")
    found = {}
    for area_id in areas.index:
        above = area_id
        for _ in range(len(areas["level"].unique())):  # no deeper than there are levels
            if not isinstance(above, str) or areas.at[above, "level"] == "county":
                break
            above = areas.at[above, "parent_id"]
        found[area_id] = above
    return found


def _in_one_place(frame: pd.DataFrame, points: pd.DataFrame, key: str, type_column: str) -> list[str]:
    """Points of this import that share their coordinates with another of the same type: one place entered twice, or a
    position nobody knew that was filled in from somewhere else.
    """
    same = ["lon", "lat", type_column]
    located = frame[frame["lon"].notna()]
    doubled = located[located.duplicated(same, keep=False)]
    doubled = doubled[doubled.set_index(same).index.isin(points.set_index(same).index)].sort_values([*same, key])
    if doubled.empty:
        return []
    listed = "、".join(f"{getattr(row, key)}（{row.name_zh}）" for row in doubled.head(LISTED).itertuples())
    more = f" 等 {len(doubled)} 个" if len(doubled) > LISTED else ""
    return [f"提醒：{listed}{more}的坐标与同类的另一个完全相同，请核对是否重复登记，或坐标是照抄的。"]


def _outside(points: pd.DataFrame, key: str, polygons: dict) -> list[str]:
    judged = points[points["area_id"].isin(polygons)]
    lie_outside = [row for row in judged.itertuples() if not polygons[row.area_id].covers(Point(row.lon, row.lat))]
    if not lie_outside:
        return []
    listed = "、".join(f"{getattr(row, key)}（{row.name_zh}）" for row in lie_outside[:LISTED])
    more = f" 等 {len(lie_outside)} 个" if len(lie_outside) > LISTED else ""
    return [f"提醒：{listed}{more}的坐标不在所填地区的旗县区范围内，请核对坐标、坐标系或地区代码。"]


def _other_datum(points: pd.DataFrame, polygons: dict, kind: str) -> list[str]:
    """A wrong datum moves a point a few hundred metres: only points near a border can show it."""
    if kind != "facilities":
        return []  # health cells keep no coordinates as declared
    notices = []
    declared = points.rename(columns={"lon": "_", "lat": "__", "declared_lon": "lon", "declared_lat": "lat"})
    for datum, some in declared.groupby("declared_datum"):
        fit = datum_fit(some, polygons).set_index("datum")["inside"]
        own = fit["WGS-84"] if datum == "CGCS2000" else fit[datum]
        if fit.max() - own >= CLEARLY_BETTER:
            notices.append(
                f"提醒：声明的坐标系是 {datum}，但按 {fit.idxmax()} 读取时落在所填旗县区内的点更多，请核对坐标系。"
            )
    return notices
