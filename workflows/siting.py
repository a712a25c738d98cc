"""Where the next sites reach most, for an area of the store: what is asked, what it is asked of, and the answer.

A question is what JSON can hold, so that it can be a job's parameters, stand in an address and be saved:
    area_id      the area whose people are to be served: at villages, or at the seats of townships (siting_demand.py)
    model        p-median, p-center, lscp or mclp;  p: sites in all, the standing ones included;  radius_km
    group_id     whom to count: "all", a group of the population table (women_35_64...), or "programme:ID": who is
                 eligible for a programme by its newest count in each township
    candidates   "seats": the seats of towns and sumu; or a facility type: where such facilities stand
    standing     what is there already and stays: "none", "central" (central township hospitals), or a facility type
    lock, forbid ids of candidates;  added: further candidates, [{"name", "lon", "lat"}] in WGS-84, whose ids are
                 added_id(lon, lat)
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from sqlalchemy import Engine

from data_access.areas import read_descendants
from data_access.errors import InputError
from data_access.facilities import read_facilities
from geo.siting import NEEDS_RADIUS
from geo.siting_problem import MODELS
from workflows.siting_answer import Question, check_question, locks_of
from workflows.siting_demand import demand_of, places

SEATS, NONE, CENTRAL, ADDED = "seats", "none", "central", "added-"
CENTRAL_GRADE = "中心卫生院"
SUB_DISTRICT = "街道"  # has no seat of its own to build at: it is served from the town or from another sub-district
MOST_PLACES, MOST_SITES = 6000, 6000
LONGEST_NAME = 60


def read_question(engine: Engine, asked: Mapping[str, Any], scope: tuple[str, ...] = ()) -> Question:
    """The places and candidates of a question. scope: the areas the asker may see, () for all.

    Raises InputError for a question that cannot be answered, in the clerk's words.
    """
    if asked.get("model") not in MODELS:
        raise InputError("没有这种选址模型。请重新选择。")
    area_id = str(asked.get("area_id"))
    below = read_descendants(engine, area_id)
    if below.empty or not _is_within(engine, area_id, scope):
        raise InputError(f"没有地区 {area_id}，或您无权查看。请重新选择地区。")
    townships = below[below["level"].eq("township") & below["is_unit"] & below["valid_to"].isna()]
    demand, year, left_out = demand_of(engine, below, str(asked.get("group_id") or "all"))
    sites = _sites(engine, below, townships, asked)
    if demand.empty:
        raise InputError("这个地区没有既有坐标又有人口的乡镇或村，无法推演。请先导入乡镇驻地（或村的位置）和人口。")
    if len(demand) > MOST_PLACES or len(sites) > MOST_SITES:
        raise InputError(f"需求点或候选点超过 {MOST_PLACES} 个。请选择小一些的地区。")
    p, radius = _whole(asked.get("p")), _kilometres(asked.get("radius_km"))
    if asked["model"] in NEEDS_RADIUS and radius is None:
        raise InputError("这种模型需要服务半径。请填写半径（公里）。")
    question = Question(asked["model"], p, radius, demand, sites, left_out, year)
    check_question(question.model, locks_of(question), p, radius)
    return question


def _is_within(engine: Engine, area_id: str, scope: tuple[str, ...]) -> bool:
    return not scope or any(read_descendants(engine, top)["area_id"].eq(area_id).any() for top in scope)


def _whole(value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise InputError("设点个数须是整数。")
    return int(value)


def _kilometres(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 2000:
        raise InputError("服务半径须在 0 到 2000 公里之间。")
    return 1000.0 * float(value)


def _sites(engine: Engine, below: pd.DataFrame, townships: pd.DataFrame, asked: Mapping[str, Any]) -> pd.DataFrame:
    facilities = read_facilities(engine, below["area_id"])
    facilities = facilities[facilities["closed"].isna()].dropna(subset=["lon", "lat"])
    standing = _standing(facilities, str(asked.get("standing") or NONE))
    kind = str(asked.get("candidates") or SEATS)
    if kind == SEATS:
        seats = places(townships[townships["kind"].ne(SUB_DISTRICT)]).rename(columns={"area_id": "site_id"})
        candidates = seats.dropna(subset=["lon", "lat"])
    else:
        candidates = _as_sites(facilities[facilities["facility_type"].eq(kind)])
    every = pd.concat([candidates, _as_sites(standing), _added(asked.get("added") or [])], ignore_index=True)
    every = every.drop_duplicates("site_id").sort_values("site_id", ignore_index=True)
    is_standing = every["site_id"].isin(standing["facility_id"])
    lock, forbid = (_known(asked.get(key) or [], every["site_id"]) for key in ("lock", "forbid"))
    both = sorted((lock | set(standing["facility_id"])) & forbid)
    if both:
        raise InputError(f"{'、'.join(both[:5])} 既要保留又被禁用。请只选一项。")
    return every.assign(
        is_standing=is_standing,
        is_locked=is_standing | every["site_id"].isin(lock),
        is_forbidden=every["site_id"].isin(forbid),
        is_added=every["site_id"].str.startswith(ADDED),
    )


def _standing(facilities: pd.DataFrame, standing: str) -> pd.DataFrame:
    if standing == CENTRAL:
        return facilities[facilities["grade"].eq(CENTRAL_GRADE)]
    return facilities[facilities["facility_type"].eq(standing)]


def _as_sites(facilities: pd.DataFrame) -> pd.DataFrame:
    columns = facilities[["facility_id", "name_zh", "name_en", "lon", "lat"]]
    return columns.rename(columns={"facility_id": "site_id"}).assign(is_rough=False)


def added_id(lon: float, lat: float) -> str:
    """The id of a candidate that was put somewhere by hand: where it is, to a metre, whatever is added or removed besides."""
    return f"{ADDED}{lon:.5f},{lat:.5f}"


def _added(points: list) -> pd.DataFrame:
    rows = []
    for number, point in enumerate(points, start=1):
        lon, lat = point.get("lon"), point.get("lat")
        if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in (lon, lat)):
            raise InputError(f"新增点 {number} 的经纬度不是数字。请写成 109.98, 39.82（WGS-84）。")
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            raise InputError(f"新增点 {number}（{lon:g}, {lat:g}）不是经纬度。请先写经度、再写纬度。")
        name = str(point.get("name") or f"新增点 {number}")[:LONGEST_NAME]
        rows.append((added_id(lon, lat), name, None, float(lon), float(lat), False))
    return pd.DataFrame(rows, columns=["site_id", "name_zh", "name_en", "lon", "lat", "is_rough"])


def _known(ids: object, known: pd.Series) -> set[str]:
    wanted = {str(site_id) for site_id in ids} if isinstance(ids, list | tuple) else set()
    unknown = sorted(wanted - set(known))
    if unknown:
        raise InputError(f"候选点 {'、'.join(unknown[:5])} 已不在候选之中。请重新选择锁定和禁用的点。")
    return wanted
