"""The layers over a map's colours: which there are, in which order they lie, and the file each is drawn from.

In an address: layers=population,reach:township_hospital:30km,facility:hospital; the first lies on top. Each layer's content is a
file the browser fetches once and keeps (/geo/layer/): a changed period or a changed order sends no places again.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import shapely
from flask import Response, abort, request

from dashboards import coverage_words, data, map_geometry, map_places, map_words
from dashboards.access import route
from dashboards.components import address
from dashboards.coverage_question import reach_of
from dashboards.data import served
from dashboards.data.served import ANY_KIND, COVERED, Kind
from dashboards.language import gettext as _
from dashboards.map_places import FACILITY, HEALTH_CELL, PASSING, Filter

REACH, POPULATION, BORDERS = "reach", "population", "borders"
PLACES = (FACILITY, HEALTH_CELL)
REACHES = ("10km", "20km", "30km", "10min40", "15min40", "15min5")  # min40: minutes by car, min5: on foot
DEFAULT_REACH = "30km"
BORDER_LEVELS = ("county", "township")
MOST = 12  # nobody tells more apart on one map
LARGEST_RADIUS_PX = 24  # of a circle that stands for the population the scale ends with
NOTHING = ""


@dataclass(frozen=True)
class Layer:
    """One layer. kind: type of the places or of the facilities that serve, or the level of borders; reach: of service areas."""

    family: str
    kind: str = NOTHING
    reach: str = NOTHING

    @property
    def key(self) -> str:
        """As an address writes it."""
        return ":".join(part for part in (self.family, self.kind, self.reach) if part)


def parse(text: str | None, place: str) -> list[Layer]:
    """The layers an address names, top first; what is not there to be drawn, and what is named twice, is left out."""
    found: list[Layer] = []
    offered = {(layer.family, layer.kind) for layer in every_layer(place)}
    for key in (text or NOTHING).split(","):
        family, kind, reach = [*key.split(":"), NOTHING, NOTHING][:3]
        layer = Layer(family, kind, reach_of(reach or DEFAULT_REACH).key if family == REACH else NOTHING)
        if (family, kind) in offered and layer not in found:
            found.append(layer)
    return found[:MOST]


def every_layer(place: str) -> list[Layer]:
    """What can be laid over a map of a place: population, service areas, borders, each kind of place that is there."""
    there = map_places.kinds_there()
    located = served.townships_in(place)["seat_lon"].notna()
    found = [Layer(POPULATION)] if located.any() else []
    found += [Layer(BORDERS, level) for level in BORDER_LEVELS if map_geometry.layer(level, place)]
    found += [Layer(REACH, kind, DEFAULT_REACH) for family, kind in there.index if family == FACILITY]
    return found + [Layer(family, kind) for family, kind in there.index]


def of_address(state: dict[str, str], place: str) -> list["Drawn"]:
    """The layers of an address, top first, each with its content."""
    passing = Filter.of(**{key: state.get(key) for key in PASSING})
    return [Drawn(layer, passing, place) for layer in parse(state.get("layers"), place)]


@dataclass(frozen=True)
class Drawn:
    """A layer as it is shown: of the places that pass a filter, in a place."""

    layer: Layer
    passing: Filter
    place: str

    @property
    def label(self) -> str:
        """The layer in words."""
        layer = self.layer
        if layer.family == POPULATION:
            return _("Population at township seats")
        if layer.family == BORDERS:
            return _("Boundaries: {level}", level=map_words.level_word(layer.kind))
        words = map_places.type_words(FACILITY if layer.family == REACH else layer.family, layer.kind)[0]
        if layer.family != REACH:
            return words
        return _("{reach} around: {facilities}", reach=self.reach_words, facilities=words)

    @property
    def reach_words(self) -> str:
        """The radius; of minutes the speed and that the way is straight."""
        return coverage_words.reach_words(reach_of(self.layer.reach))

    @property
    def places(self) -> pd.DataFrame:
        """The places of a layer of points, or those whose service area is drawn (map_places.every_place)."""
        family = FACILITY if self.layer.family == REACH else self.layer.family
        found = map_places.every_place(self.passing)
        return found[found["family"].eq(family) & found["type"].eq(self.layer.kind)]

    @property
    def coverage(self) -> served.Coverage:
        """Whom the facilities of a service area reach, as the page of service coverage works it out."""
        kind = Kind(self.layer.kind, self.passing.grade or ANY_KIND, self.passing.service or ANY_KIND)
        return served.service_coverage(self.place, kind, reach_of(self.layer.reach).radius_m, False)

    @property
    def people(self) -> pd.DataFrame:
        """Townships with a seat: served.townships_in."""
        found = served.townships_in(self.place)
        return found[found["seat_lon"].notna()]

    @property
    def borders(self) -> dict | None:
        """The file of a layer of borders: map_geometry.layer."""
        return map_geometry.layer(self.layer.kind, self.place)

    def reference(self) -> dict:
        """Where the browser finds the layer's content: url and hash."""
        if self.layer.family == BORDERS:
            return map_geometry.reference(self.borders)
        digest = map_layer_file(self)["hash"]
        given = {name: getattr(self.passing, name) for name in PASSING}
        url = address(f"/geo/layer/{digest}.json", layer=self.layer.key, place=self.place, **given)
        return {"url": url, "hash": digest}


@data.cached
def map_layer_file(drawn: Drawn) -> dict:
    """A layer's content as the browser reads it, with its hash."""
    make = {REACH: _service_area, POPULATION: _people}.get(drawn.layer.family, _places)
    content = json.dumps(make(drawn), ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    return map_geometry.hashed(content)


def _service_area(drawn: Drawn) -> dict:
    """What lies within reach, one shape; no feature where no facility is."""
    return {"type": "FeatureCollection", "features": [{**one, "id": REACH} for one in service_area(drawn)]}


def service_area(drawn: Drawn) -> list[dict]:
    """The same as GeoJSON features, one or none."""
    shape = drawn.coverage.service_area
    if shape is None or shape.is_empty:
        return []
    properties = {"area_id": REACH, "name_zh": NOTHING, "name_en": NOTHING}
    return [{"type": "Feature", "properties": properties, "geometry": shapely.geometry.mapping(shape)}]


def _people(drawn: Drawn) -> dict:
    """[lon, lat, persons or null, area_id, name_zh, name_en] of each township, most people first."""
    found = drawn.people.sort_values("people", ascending=False, na_position="last")
    columns = found[["seat_lon", "seat_lat", "people", "area_id", "name_zh", "name_en"]]
    return {"items": _rows(columns)}


def _places(drawn: Drawn) -> dict:
    """[lon, lat, name_zh, name_en] of each place that somebody has located."""
    return {"items": _rows(drawn.places.dropna(subset=["lon", "lat"])[["lon", "lat", "name_zh", "name_en"]])}


def _rows(frame: pd.DataFrame) -> list[list]:
    """Rows as JSON writes them: degrees in steps of a metre, a missing value null."""
    head = frame.iloc[:, :2].round(5)
    whole = pd.concat([head, frame.iloc[:, 2:]], axis=1).astype(object)
    return whole.where(whole.notna(), None).to_numpy().tolist()


@route("/geo/layer/<digest>.json", permission="see figures")
def layer_file(digest: str) -> Response:
    """One layer's content, of the places the reader may see; a file of other figures has another name."""
    place = request.args.get("place", NOTHING)
    drawn = of_address(request.args.to_dict() | {"layers": request.args.get("layer", NOTHING)}, place)
    if data.area(place) is None or len(drawn) != 1 or drawn[0].layer.family == BORDERS:
        abort(404)
    file = map_layer_file(drawn[0])
    if file["hash"] != digest:
        abort(404)
    return Response(file["content"], mimetype="application/json", headers={"Cache-Control": map_geometry.FOR_GOOD})


def for_browser(layers: Sequence[Drawn]) -> list[dict]:
    """The layers as assets/map_layers.js draws them, lowest first; no places, only where to fetch them."""
    return [{**_style(drawn, layers), **drawn.reference()} for drawn in reversed(layers)]


def _style(drawn: Drawn, layers: Sequence[Drawn]) -> dict:
    layer = drawn.layer
    style = {"key": layer.key, "family": layer.family, "label": drawn.label}
    if layer.family in PLACES:
        style["glyph"] = map_places.type_words(layer.family, layer.kind)[1]
    elif layer.family == POPULATION:
        style |= {"top": scale_end(drawn.people["people"]), "radius": LARGEST_RADIUS_PX}
    elif layer.family == REACH:
        style["line"] = reach_line(drawn, layers)
    return style


def reach_line(drawn: Drawn, layers: Sequence[Drawn]) -> int:
    """Which of the lines for service areas is this layer's: 0, 1, 2, so that two can be told apart in grey print."""
    alike = sorted(one.layer.key for one in layers if one.layer.family == REACH)
    return alike.index(drawn.layer.key) % 3


def scale_end(people: pd.Series) -> int:
    """1, 2 or 5 times a power of ten, the first that nobody exceeds; 1 where there is nobody."""
    most = people.max()
    if not most > 0:
        return 1
    power = 10 ** (len(str(int(most))) - 1)
    return next(int(power * times) for times in (1, 2, 5, 10) if power * times >= most)


def counted(drawn: Drawn) -> int:
    """How many things the layer shows, for its line in the list; those nobody has located too."""
    layer = drawn.layer
    if layer.family == POPULATION:
        return len(drawn.people)
    return len(drawn.borders["area_ids"]) if layer.family == BORDERS else len(drawn.places)


@data.cached
def kinds_of_borders(drawn: Drawn) -> list[bool]:
    """Whether any line of a layer of borders is a bureau's own (False), and whether any is illustrative (True)."""
    collection = json.loads((map_geometry.folder() / drawn.borders["file"]).read_text(encoding="utf-8"))
    return sorted({bool(feature["properties"]["is_illustrative"]) for feature in collection["features"]})


def covered_townships(drawn: Drawn) -> tuple[int, int]:
    """How many townships lie within reach by their seats, and how many have a seat."""
    states = drawn.coverage.places["state"]
    return int(states.eq(COVERED).sum()), int(states.ne(served.NOT_LOCATED).sum())
