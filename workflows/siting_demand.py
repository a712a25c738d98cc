"""Where the people of a siting question stand: at villages where they are known, else at the seats of the townships."""

import math

import pandas as pd
from sqlalchemy import Engine

from data_access.population import read_population
from data_access.programmes import read_counts

PROGRAMME, ELIGIBLE = "programme:", "eligible"
ROUGH = ("近似", "示意", "approx", "illustrative")
TOWNSHIP, VILLAGE = "township", "village"


def demand_of(engine: Engine, below: pd.DataFrame, group_id: str) -> tuple[pd.DataFrame, int | None, int]:
    """(the places with their people, the year of the newest figure, townships that are left out).

    below: the areas below the one asked for (data_access.areas.AREAS). The places: area_id, name_zh, name_en, lon, lat,
    is_rough, people, level (township or village), by area_id.
    A township's people stand at its villages where these have coordinates and people. Where only some of them have,
    what the township counts beyond them stands at its seat, so that nobody is lost and nobody counts twice.
    """
    there = below[below["is_unit"] & below["valid_to"].isna()]
    townships, villages = there[there["level"].eq(TOWNSHIP)], there[there["level"].eq(VILLAGE)]
    newest, year = _newest(engine, group_id, there["area_id"])
    at_villages = _with_people(villages, newest)
    at_seats = _with_people(_rest(townships, villages, at_villages, newest), newest)
    places = pd.concat([at_villages, at_seats]).sort_values("area_id", ignore_index=True)
    served = set(at_seats["area_id"]) | set(villages.loc[villages["area_id"].isin(at_villages["area_id"]), "parent_id"])
    return places, year, int((~townships["area_id"].isin(served)).sum())


def _newest(engine: Engine, group_id: str, area_ids: pd.Series) -> tuple[pd.Series, int | None]:
    """(the newest figure by area, the year in which the newest of all ends)."""
    counted = _counted(engine, group_id)
    counted = counted[counted["area_id"].isin(area_ids)].sort_values("time", kind="stable")
    year = math.ceil(counted["time"].max()) if len(counted) else None
    return counted.groupby("area_id")["persons"].last(), year


def _counted(engine: Engine, group_id: str) -> pd.DataFrame:
    """area_id, time (years), persons of a group: of the population table, or those eligible for a programme."""
    if group_id.startswith(PROGRAMME):
        counts = read_counts(engine, [group_id.removeprefix(PROGRAMME)], stages=[ELIGIBLE])
        return counts.rename(columns={"value": "persons"})[["area_id", "time", "persons"]]
    people = read_population(engine, group_id=group_id)
    return people.rename(columns={"year": "time"})[["area_id", "time", "persons"]]


def _with_people(areas: pd.DataFrame, people: pd.Series) -> pd.DataFrame:
    placed = places(areas).assign(people=areas["area_id"].map(people).to_numpy(float), level=areas["level"])
    return placed.dropna(subset=["lon", "lat", "people"])


def _rest(townships: pd.DataFrame, villages: pd.DataFrame, placed: pd.DataFrame, newest: pd.Series) -> pd.DataFrame:
    """The townships whose people do not all stand at villages; sets in newest what of them is left."""
    has_place = villages["area_id"].isin(placed["area_id"])
    some, every = set(villages.loc[has_place, "parent_id"]), set(villages.loc[~has_place, "parent_id"])
    partly = villages[has_place & villages["parent_id"].isin(every)]
    at_villages = partly["area_id"].map(newest).astype(float).groupby(partly["parent_id"]).sum()
    left = (newest.reindex(at_villages.index) - at_villages).dropna()
    newest.loc[left.index] = left
    used_up = (some - every) | set(left.index[left <= 0])
    return townships[~townships["area_id"].isin(used_up)]


def places(areas: pd.DataFrame) -> pd.DataFrame:
    """Areas at their seats: area_id, name_zh, name_en, lon, lat, is_rough (only approximately there)."""
    source = areas["seat_source"].astype(str)
    return pd.DataFrame(
        {
            "area_id": areas["area_id"],
            "name_zh": areas["name_zh"],
            "name_en": areas["name_en"],
            "lon": areas["seat_lon"],
            "lat": areas["seat_lat"],
            "is_rough": source.str.contains("|".join(ROUGH)) | areas["seat_source"].isna(),
        }
    )
