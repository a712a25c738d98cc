"""The layers of a map as data to take away: columns beside the areas' figures, tables of places, shapes for a GIS."""

import json
from collections.abc import Sequence

import pandas as pd

from dashboards import data, map_geometry, map_layers, map_places
from dashboards.components.figures import DEMO
from dashboards.coverage_question import reach_of
from dashboards.data import served
from dashboards.language import gettext as _
from dashboards.language import pick
from dashboards.map_layers import BORDERS, PLACES, POPULATION, REACH, Drawn

STATES = (served.COVERED, served.UNCOVERED, served.OUT_OF_REACH, served.NOT_LOCATED)


def columns(area_ids: pd.Series, level: str, layers: Sequence[Drawn]) -> dict[str, list]:
    """Head -> a value for each area, the top layer's first: persons, number of places, whom a service area reaches."""
    found: dict[str, list] = {}
    for drawn in layers:
        if drawn.layer.family == POPULATION:
            found |= _persons(area_ids)
        elif drawn.layer.family in PLACES:
            found[_("Number: {layer}", layer=drawn.label)] = _numbers(area_ids, drawn)
        elif drawn.layer.family == REACH:
            found |= _reached(area_ids, level, drawn)
    return found


def _persons(area_ids: pd.Series) -> dict[str, list]:
    newest = data.persons().sort_values("year").drop_duplicates("area_id", keep="last").set_index("area_id")
    asked = newest.reindex(area_ids)
    return {_("Population"): asked["persons"].tolist(), _("Year of the population"): asked["year"].tolist()}


def _numbers(area_ids: pd.Series, drawn: Drawn) -> list[int]:
    """Places in each area, also those in the areas below it; none is nought: the register is whole."""
    counts = drawn.places["area_id"].value_counts()
    parents = data.areas()["parent_id"].to_dict()
    total: dict[str, int] = {}
    for area_id, count in counts.items():
        for code in {area_id, *served.above(area_id, parents)}:
            total[code] = total.get(code, 0) + int(count)
    return [total.get(area_id, 0) for area_id in area_ids]


def _reached(area_ids: pd.Series, level: str, drawn: Drawn) -> dict[str, list]:
    """Of townships whether the seat lies within reach and how far it is; of districts the share of people who are."""
    coverage = drawn.coverage
    if level == "county":
        share = 100 * coverage.districts["people_share"].reindex(area_ids)
        return {_("People within reach (%): {layer}", layer=drawn.label): share.round(1).tolist()}
    if level != "township":
        return {}
    words = {state: _words(state) for state in STATES}
    places = coverage.places.set_index("area_id").reindex(area_ids)
    kilometres = (places["distance_m"] / 1000).round(1)
    return {
        _("Reach: {layer}", layer=drawn.label): places["state"].map(words).tolist(),
        _("Kilometres to the nearest: {layer}", layer=drawn.label): kilometres.tolist(),
    }


def _words(state: str) -> str:
    if state == served.COVERED:
        return _("within reach")
    return _("seat not known") if state == served.NOT_LOCATED else _("out of reach")


def tables(layers: Sequence[Drawn]) -> dict[str, pd.DataFrame]:
    """Name of a sheet -> the places of a layer, also of those whose service area is drawn; each kind of place once."""
    found: dict[str, pd.DataFrame] = {}
    for drawn in layers:
        if drawn.layer.family in (*PLACES, REACH):
            family = drawn.layer.family if drawn.layer.family in PLACES else map_places.FACILITY
            found.setdefault(map_places.type_words(family, drawn.layer.kind)[0], _table(drawn.places))
    return found


def _table(places: pd.DataFrame) -> pd.DataFrame:
    everywhere = data.areas()
    areas = everywhere.reindex(places["area_id"])
    lies_in = [pick(zh, en) if isinstance(zh, str) else "" for zh, en in areas[["name_zh", "name_en"]].to_numpy()]
    return pd.DataFrame(
        {
            _("Code"): places["place_id"].to_numpy(),
            _("Name"): [pick(zh, en) for zh, en in places[["name_zh", "name_en"]].to_numpy()],
            _("Lies in"): lies_in,
            _("Longitude"): places["lon"].to_numpy(),
            _("Latitude"): places["lat"].to_numpy(),
        }
    )


def features(drawn: Drawn) -> list[dict]:
    """A layer's shapes as GeoJSON, with its key and what each is; synthetic ones say so."""
    makers = {POPULATION: _people, REACH: _service_area, BORDERS: _borders}
    marks = {"layer": drawn.layer.key, "layer_name": drawn.label} | ({"demo": DEMO} if data.is_demo() else {})
    return [
        {"type": "Feature", "properties": {**marks, **properties}, "geometry": geometry}
        for properties, geometry in makers.get(drawn.layer.family, _points)(drawn)
    ]


def _points(drawn: Drawn) -> list[tuple[dict, dict]]:
    found = drawn.places.dropna(subset=["lon", "lat"])
    names = ["place_id", "area_id", "name_zh", "name_en"]
    return [(_known(row, names), _point(row.lon, row.lat)) for row in found.itertuples(index=False)]


def _people(drawn: Drawn) -> list[tuple[dict, dict]]:
    names = ["area_id", "name_zh", "name_en", "people", "people_year", "people_source"]
    return [(_known(row, names), _point(row.seat_lon, row.seat_lat)) for row in drawn.people.itertuples(index=False)]


def _known(row, names: Sequence[str]) -> dict:
    """Some of a row's values; a missing one is null."""
    return {name: None if pd.isna(getattr(row, name)) else getattr(row, name) for name in names}


def _point(lon: float, lat: float) -> dict:
    return {"type": "Point", "coordinates": [lon, lat]}


def _service_area(drawn: Drawn) -> list[tuple[dict, dict]]:
    about = {"radius_m": reach_of(drawn.layer.reach).radius_m, "method": "geodesic straight line"}
    return [(about, feature["geometry"]) for feature in map_layers.service_area(drawn)]


def _borders(drawn: Drawn) -> list[tuple[dict, dict]]:
    text = (map_geometry.folder() / drawn.borders["file"]).read_text(encoding="utf-8")
    names = ("area_id", "name_zh", "name_en", "is_illustrative")
    return [
        ({name: feature["properties"][name] for name in names}, feature["geometry"])
        for feature in json.loads(text)["features"]
    ]
