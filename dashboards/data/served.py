"""Whom facilities serve: townships at their seats, the facilities of a kind, and what workflows.coverage makes of them."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from dashboards.data.registers import areas, facilities, persons
from dashboards.data.store import cached, engine
from data_access import areas as stored_areas
from data_access import observations
from workflows import coverage
from workflows.coverage import COVERED, NOT_LOCATED, OUT_OF_REACH, UNCOVERED, Coverage, HotSpots, Scores

__all__ = ["COVERED", "NOT_LOCATED", "OUT_OF_REACH", "UNCOVERED", "Coverage", "HotSpots", "Scores"]

ANY_KIND = "all"
PRIMARY = "primary"  # township hospitals and community health centres: what a township has of its own
GROUPS = {PRIMARY: ("township_hospital", "community_health_centre")}
ROUGH_KM = 0.5  # a seat known no better than this is drawn as 示意
SERVICE_SEPARATOR = ";"
MOST_ASKED = 200  # townships asked whether an indicator is reported by townships


@dataclass(frozen=True)
class Kind:
    """Which facilities are meant; ANY_KIND for any type, grade or service. A type can be one of GROUPS."""

    facility_type: str = ANY_KIND
    grade: str = ANY_KIND
    service: str = ANY_KIND


@cached
def townships_in(place: str) -> pd.DataFrame:
    """The townships in a place: area_id, names, county_id and its names, people (newest, NaN), seats, is_rough.

    Development zones and townships that are no more are not among them.
    """
    everywhere = areas()
    found = everywhere[everywhere["level"].eq("township") & everywhere["is_unit"] & everywhere["valid_to"].isna()]
    counties = county_of()
    # as text also where no township lies in a county: an empty column of numbers joins no names
    found = found.assign(county_id=found["area_id"].map(counties).astype("str"))
    parents = everywhere["parent_id"].to_dict()
    is_inside = [place in _above(area_id, parents) for area_id in found["area_id"]]
    # a bare list would choose columns where there are no townships
    found = found[pd.Series(is_inside, index=found.index, dtype=bool)]
    people = persons().sort_values("year").drop_duplicates("area_id", keep="last").set_index("area_id")
    names = everywhere[["name_zh", "name_en"]].rename(columns={"name_zh": "county_zh", "name_en": "county_en"})
    is_rough = found["seat_precision_km"].fillna(0).gt(ROUGH_KM) | found["seat_source"].fillna("").str.contains(
        "示意|近似"
    )
    columns = ["area_id", "name_zh", "name_en", "county_id", "seat_lon", "seat_lat", "seat_source"]
    found = found[columns].assign(
        people=found["area_id"].map(people["persons"]),
        people_source=found["area_id"].map(people["source"]),
        people_year=found["area_id"].map(people["year"]),
        is_rough=is_rough,
    )
    return found.join(names, on="county_id").reset_index(drop=True)


def _above(area_id: str, parents: dict[str, str]) -> set[str]:
    """The areas an area lies in; parents: of every area."""
    found: set[str] = set()
    parent = parents.get(area_id)
    while isinstance(parent, str) and parent not in found:
        found.add(parent)
        parent = parents.get(parent)
    return found


@cached
def county_of() -> dict[str, str]:
    """area_id -> the county it is or lies in; areas above counties are not in it."""
    everywhere = areas()
    levels, parents = everywhere["level"].to_dict(), everywhere["parent_id"].to_dict()
    found = {}
    for area_id in everywhere.index:
        for code in (area_id, *_above(area_id, parents)):
            if levels.get(code) == "county":
                found[area_id] = code
    return found


@cached
def open_facilities() -> pd.DataFrame:
    """Facilities that are open, with county_id; those nobody has located have NaN coordinates."""
    found = facilities()
    found = found[found["closed"].isna()]
    return found.assign(county_id=found["area_id"].map(county_of())).reset_index(drop=True)


@cached
def facilities_of(kind: Kind) -> pd.DataFrame:
    """The open facilities of a kind, located or not."""
    found = open_facilities()
    if kind.facility_type != ANY_KIND:
        found = found[found["facility_type"].isin(GROUPS.get(kind.facility_type, (kind.facility_type,)))]
    if kind.grade != ANY_KIND:
        found = found[found["grade"].eq(kind.grade)]
    if kind.service != ANY_KIND:
        found = found[has_service(found["services"], kind.service)]
    return found.reset_index(drop=True)


def has_service(services: pd.Series, service: str) -> pd.Series:
    """Whether each list of services ("a;b") names one."""
    return (SERVICE_SEPARATOR + services.fillna("") + SERVICE_SEPARATOR).str.contains(
        SERVICE_SEPARATOR + service + SERVICE_SEPARATOR, regex=False
    )


def services_there() -> list[str]:
    """The services that any open facility names, in order."""
    listed = open_facilities()["services"].dropna().str.split(SERVICE_SEPARATOR)
    return sorted({service for services in listed for service in services if service})


@cached
def service_coverage(place: str, kind: Kind, radius_m: float, own_district: bool) -> Coverage:
    """Whom the facilities of a kind reach (workflows.coverage.Coverage)."""
    located = _located(facilities_of(kind))
    return coverage.service_coverage(townships_in(place), located, counties_in(place), radius_m, own_district)


def _located(found: pd.DataFrame) -> pd.DataFrame:
    return found[found["lon"].notna() & found["lat"].notna()].reset_index(drop=True)


@cached
def counties_in(place: str) -> gpd.GeoDataFrame:
    """Outlines of the counties with townships in a place: area_id, geometry; those nobody has are missing."""
    codes = sorted(townships_in(place)["county_id"].dropna().unique())
    if not codes:
        return gpd.GeoDataFrame({"area_id": []}, geometry=[], crs="EPSG:4490")
    shapes = stored_areas.read_boundaries(engine(), codes)
    return shapes.drop_duplicates("area_id", keep="last")[["area_id", "geometry"]].reset_index(drop=True)


@cached
def access_scores(place: str, kind: Kind, measure: str, method: str, bands_km: tuple) -> Scores:
    """Supply per person of each township; measure: staff or beds (workflows.coverage.Scores)."""
    located = _located(facilities_of(kind))
    supply = pd.to_numeric(located[measure], errors="coerce").astype("float64")
    return coverage.access_scores(townships_in(place), located, supply, method, list(bands_km))


@cached
def reported_by_townships(place: str, indicator_ids: tuple[str, ...]) -> list[str]:
    """Those of some indicators that townships of a place report, in their order; of many townships an even sample is asked."""
    townships = townships_in(place)["area_id"].tolist()
    sample = townships[:: max(1, len(townships) // MOST_ASKED)]
    known = observations.read_observations(engine(), list(indicator_ids), sample)
    reported = set(known.loc[known["value"].notna(), "indicator_id"].unique())
    return [name for name in indicator_ids if name in reported]


@cached
def hot_spots(area_ids: tuple[str, ...], values: tuple[float, ...], method: str) -> HotSpots:
    """Hot spots of one figure by shape; area_ids: of the map's shapes, whose stored outlines say who is whose neighbour."""
    shapes = stored_areas.read_boundaries(engine(), list(area_ids)).drop_duplicates("area_id", keep="last")
    polygons = dict(zip(shapes["area_id"], shapes["geometry"], strict=True))
    return coverage.hot_spots(pd.Series(np.array(values, dtype=float), index=list(area_ids)), polygons, method)
