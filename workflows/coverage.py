"""Service coverage for a page: whom the chosen facilities reach, how much there is for each, hot spots.

Frames in, frames out. People stand at their village where villages are located, else at their township's seat (按驻地计):
all of a township's people are where its seat is.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.accessibility import floating_catchment
from geo.coverage import NOBODY, Facilities, counts_by_area, service_rings, with_shares
from geo.distance import geodesic_m, pairs_within
from geo.hot_spots import (
    GI_STAR,
    Local,
    Moran,
    TooFewUnits,
    clusters_and_outliers,
    hot_and_cold,
    moran,
)
from geo.projections import LON_LAT, equal_area_crs, measured_area_m2
from geo.spatial_weights import queen
from workflows.road_times import RoadQuestion, RoadTimes

COVERED, UNCOVERED, OUT_OF_REACH, NOT_LOCATED = "covered", "uncovered", "out_of_reach", "missing"
RING_POINTS, RING_POINTS_OF_MANY, MANY = 180, 72, 100
DRAWN_DEGREES = 1e-4  # about 10 m: what a map of a prefecture can show


@dataclass(frozen=True)
class Coverage:
    """Whom the facilities reach.

    places: area_id, county_id, people, lon, lat, state (COVERED, UNCOVERED, OUT_OF_REACH: no facility it may go to,
        NOT_LOCATED: no seat), nearest_id, distance_m (NaN for none; in a straight line) [, minutes and road_state of
        geo.network, where by road]; a row for each township or village.
    districts: by county_id people, people_covered, places, places_covered, people_share, places_share [, area_km2,
        area_covered_km2, area_share where there is an outline]. whole: the same of all together.
    service_area: what lies within the radius, degrees; None without facilities, and by road.
    """

    places: pd.DataFrame
    districts: pd.DataFrame
    whole: pd.Series
    service_area: shapely.Geometry | None


@dataclass(frozen=True)
class Scores:
    """Access of each township. places: area_id, county_id, people, score (supply per person, NaN: no seat), in_reach.

    supply: what the facilities that say how much they have add up to; without_supply: how many do not say it.
    """

    places: pd.DataFrame
    supply: float
    served_supply: float
    without_supply: int


@dataclass(frozen=True)
class HotSpots:
    """What the figures' pattern is. refused: why nothing was tested (too_few, all_equal), else "".

    shapes: area_id, kind, statistic, p, q; units: how many had a figure and a neighbour.
    """

    shapes: pd.DataFrame
    whole: Moran | None
    units: int
    refused: str = ""


def service_coverage(
    townships: pd.DataFrame, facilities: pd.DataFrame, counties: gpd.GeoDataFrame, radius_m: float, own_district: bool
) -> Coverage:
    """Who lives within radius_m of a facility, of any or (own_district) of one in the same county.

    townships: area_id, county_id, people, seat_lon, seat_lat (NaN: not located). facilities: facility_id, county_id, lon,
    lat (located ones). counties: area_id, geometry; empty where nobody knows the outlines.
    """
    places = townships.rename(columns={"seat_lon": "lon", "seat_lat": "lat"}).reset_index(drop=True)
    located = _is_located(townships)
    index, distance = np.full(len(places), NOBODY), np.full(len(places), np.inf)
    if len(facilities) and located.any():
        keys = facilities["county_id"] if own_district else None
        there = places[located]
        found = Facilities(facilities["lon"], facilities["lat"], keys).nearest(
            there["lon"], there["lat"], there["county_id"] if own_district else None
        )
        index[located], distance[located] = found.index, found.distance_m
    names = np.append(facilities["facility_id"].to_numpy(dtype=object), "")  # NOBODY is -1: the last one
    state = np.where(distance <= radius_m, COVERED, np.where(index == NOBODY, OUT_OF_REACH, UNCOVERED))
    places = places.assign(
        state=np.where(located, state, NOT_LOCATED),
        nearest_id=names[index],
        distance_m=np.where(np.isfinite(distance), distance, np.nan),
    )
    districts, whole = _shares(places)
    area, shares = _service_area(facilities, counties, radius_m, own_district)
    if len(shares):
        districts = districts.join(shares)
        sums = shares.sum()
        whole["area_share"] = sums["area_covered_km2"] / sums["area_km2"]
    districts.index.name = "county_id"
    return Coverage(places, districts, whole, area)


def _shares(places: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """People and places covered and their shares: by county, and of all together."""
    is_covered = places["state"].eq(COVERED)
    districts = with_shares(counts_by_area(places["county_id"], places["people"].fillna(0.0), is_covered))
    whole = with_shares(districts[["people", "people_covered", "places", "places_covered"]].sum().to_frame().T).iloc[0]
    districts.index.name = "county_id"
    return districts, whole


def road_question(townships: pd.DataFrame, facilities: pd.DataFrame, own_district: bool) -> RoadQuestion:
    """What is asked of the road network: located places and facilities; frames as for service_coverage."""
    there = townships[_is_located(townships)]
    keys = [frame["county_id"].fillna("").to_numpy(dtype=object) for frame in (facilities, there)]
    if not own_district:
        keys = [np.full(len(key), "", dtype=object) for key in keys]
    return RoadQuestion(
        facilities["lon"].to_numpy(float),
        facilities["lat"].to_numpy(float),
        keys[0],
        there["seat_lon"].to_numpy(float),
        there["seat_lat"].to_numpy(float),
        keys[1],
    )


def _is_located(townships: pd.DataFrame) -> np.ndarray:
    return (townships["seat_lon"].notna() & townships["seat_lat"].notna()).to_numpy()


def road_coverage(townships: pd.DataFrame, facilities: pd.DataFrame, times: RoadTimes, minutes: float) -> Coverage:
    """Who reaches a facility by road within some minutes. times: the answer to road_question of the same frames."""
    places = townships.rename(columns={"seat_lon": "lon", "seat_lat": "lat"}).reset_index(drop=True)
    located = _is_located(townships)
    index, taken = np.full(len(places), NOBODY), np.full(len(places), np.nan)
    road_state = np.full(len(places), "", dtype=object)
    index[located], taken[located], road_state[located] = times.facility, times.minutes, times.state
    reaches = index != NOBODY
    distance = np.full(len(places), np.nan)
    if reaches.any():
        to = facilities.iloc[index[reaches]]
        distance[reaches] = geodesic_m(places.loc[reaches, "lon"], places.loc[reaches, "lat"], to["lon"], to["lat"])
    state = np.where(reaches, np.where(taken <= minutes, COVERED, UNCOVERED), OUT_OF_REACH)
    names = np.append(facilities["facility_id"].to_numpy(dtype=object), "")  # NOBODY is -1: the last one
    places = places.assign(
        state=np.where(located, state, NOT_LOCATED),
        nearest_id=names[index],
        distance_m=distance,
        minutes=taken,
        road_state=road_state,
    )
    return Coverage(places, *_shares(places), None)


def _service_area(facilities: pd.DataFrame, counties: gpd.GeoDataFrame, radius_m: float, own_district: bool):
    """(the area within the radius in degrees, area_km2, area_covered_km2 and area_share by county)."""
    nothing = pd.DataFrame(columns=["area_km2", "area_covered_km2", "area_share"])
    if facilities.empty:
        return None, nothing
    points = RING_POINTS_OF_MANY if len(facilities) > MANY else RING_POINTS
    rings = gpd.GeoSeries(service_rings(facilities["lon"], facilities["lat"], radius_m, points), crs=LON_LAT)
    crs = equal_area_crs((counties if len(counties) else rings).total_bounds)
    rings = rings.to_crs(crs).to_numpy()
    if not len(counties):
        return _drawn(shapely.union_all(rings), crs), nothing
    plane = counties.geometry.to_crs(crs).to_numpy()
    whole_km2 = measured_area_m2(counties.geometry.to_crs(crs)) / 1e6
    everywhere = shapely.union_all(rings)
    within = [
        shapely.intersection(
            shape,
            shapely.union_all(rings[(facilities["county_id"] == code).to_numpy()]) if own_district else everywhere,
        )
        for code, shape in zip(counties["area_id"], plane, strict=True)
    ]
    covered_km2 = shapely.area(within) / 1e6
    table = pd.DataFrame(
        {"area_km2": whole_km2, "area_covered_km2": covered_km2, "area_share": covered_km2 / whole_km2},
        index=counties["area_id"],
    )
    return _drawn(shapely.union_all(within) if own_district else everywhere, crs), table


def _drawn(shape: shapely.Geometry, crs) -> shapely.Geometry:
    degrees = gpd.GeoSeries([shape], crs=crs).to_crs(LON_LAT).iloc[0]
    return shapely.set_precision(degrees, DRAWN_DEGREES)


def access_scores(
    townships: pd.DataFrame,
    facilities: pd.DataFrame,
    supply: pd.Series,
    method: str,
    bands_km: list[tuple[float, float]],
) -> Scores:
    """Supply per person of each township (geo.accessibility); 0 out of reach.

    townships, facilities: as for service_coverage. supply: of each facility, NaN where it does not say. bands_km: upper
    limit in kilometres and weight.
    """
    places = townships.reset_index(drop=True)
    located = np.flatnonzero(places["seat_lon"].notna() & places["seat_lat"].notna())
    says = supply.notna().to_numpy()
    sites, amounts = facilities[says], supply[says].to_numpy(dtype=float)
    there = places.iloc[located]
    pairs = pairs_within(
        there["seat_lon"], there["seat_lat"], sites["lon"], sites["lat"], bands_km[-1][0] * 1000 + 1e-3
    )
    found = floating_catchment(
        method, there["people"].fillna(0.0), amounts, pairs.place, pairs.target, pairs.distance_m / 1000, bands_km
    )
    score, in_reach = np.full(len(places), np.nan), np.zeros(len(places), dtype=int)
    score[located], in_reach[located] = found.score, found.in_reach
    return Scores(
        places[["area_id", "county_id", "people"]].assign(score=score, in_reach=in_reach),
        float(amounts.sum()),
        float(amounts[found.served].sum()),
        int((~says).sum()),
    )


def hot_spots(figures: pd.Series, polygons: Mapping[str, shapely.Geometry], method: str) -> HotSpots:
    """Hot and cold spots (gi) or clusters and outliers (moran) of figures by shape; neighbours share an edge or a corner.

    figures: value by area_id, NaN for not reported. polygons: of the same areas, degrees; a shape without one is left out.
    """
    codes = [code for code in figures.index if code in polygons]
    values = figures.loc[codes].to_numpy(dtype=float)
    nothing = pd.DataFrame({"area_id": codes, "kind": "not_tested"}).assign(statistic=np.nan, p=np.nan, q=np.nan)
    if not codes:
        return HotSpots(nothing, None, 0, "too_few")
    neighbours = queen(gpd.GeoSeries([polygons[code] for code in codes], crs=LON_LAT))
    try:
        whole = moran(values, neighbours, permutations=0)
        local: Local = (hot_and_cold if method == GI_STAR else clusters_and_outliers)(values, neighbours)
    except TooFewUnits:
        return HotSpots(nothing, None, int(np.isfinite(values).sum()), "too_few")
    except ValueError:
        return HotSpots(nothing, None, int(np.isfinite(values).sum()), "all_equal")
    shapes = pd.DataFrame(
        {"area_id": codes, "kind": local.kind, "statistic": local.statistic, "p": local.p, "q": local.q}
    )
    return HotSpots(shapes, whole, local.units)
