"""What the coverage page answers: a value and a class for each township and each shape of the map."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dashboards import coverage_words, data, map_figures, map_geometry, map_question, map_values
from dashboards.coverage_question import HOT_SPOTS, TOWNSHIP, Choice
from dashboards.data import served
from models.units import UNITS

MIXED = "mixed"
ABSENT = {served.UNCOVERED, served.OUT_OF_REACH}  # both beyond reach: not some of each
PER = 1000  # access scores are said for so many people


@dataclass(frozen=True)
class Answer:
    """What is shown of a choice.

    rows: the townships (served.townships_in) with value and state, and what belongs to the layer. places: where people
    stand (served.places_in), each with its own; the townships themselves where no villages are asked for. figures: area_id,
    value, position of each shape; empty without a map. found: served.Coverage, Scores or HotSpots.
    """

    choice: Choice
    rows: pd.DataFrame
    figures: pd.DataFrame
    entries: list[map_values.Entry]
    layer: dict | None
    seats: dict | None
    found: object
    places: pd.DataFrame | None = None

    @property
    def legend(self) -> list[dict]:
        frame = self.figures if self.layer else self.rows
        return map_values.counted(self.entries, frame["position"].to_numpy())

    @property
    def decimals(self) -> int:
        return 1 if not (self.choice.is_access or self.choice.layer == HOT_SPOTS) else 2


def ask(choice: Choice) -> Answer:
    """Everything the page shows of a choice."""
    if choice.layer == HOT_SPOTS:
        return _hot_spots(choice)
    layer = map_geometry.layer(TOWNSHIP, choice.place)
    seats = map_geometry.map_seats(layer["file"]) if layer and layer.get("members") else None
    townships = served.townships_in(choice.place)
    if choice.is_access:
        rows, entries, found = _scores(choice, townships)
        places = rows
    else:
        entries, found = coverage_words.reach_entries(choice), _coverage(choice)
        places = found.places.assign(value=_reach_values(choice, found.places))
        rows = places if choice.basis == served.SEATS else _of_townships(townships, places)
    rows["position"] = _positions(rows, entries)
    figures = _shapes(choice, rows, entries, layer)
    return Answer(choice, rows, figures, entries, layer, seats, found, places)


def _coverage(choice: Choice):
    """Raises served.NotYet where minutes by road are still worked out."""
    if choice.reach.by_road:
        return served.road_coverage(choice.place, choice.kind, choice.reach.minutes, choice.own_district, choice.basis)
    return served.service_coverage(choice.place, choice.kind, choice.reach.radius_m, choice.own_district, choice.basis)


def _reach_values(choice: Choice, places: pd.DataFrame) -> pd.Series:
    return places["minutes"] if choice.reach.by_road else places["distance_m"] / 1000


def _of_townships(townships: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """A township's state is that of its places where they agree, else MIXED; its figure that of the place with most people."""
    ordered = places.assign(most=places["people"].fillna(0)).sort_values("most", ascending=False, kind="stable")
    largest = ordered.drop_duplicates("township_id").set_index("township_id")
    kinds = ordered.groupby("township_id")["state"].agg(frozenset)
    state = [_agreed(those, one) for those, one in zip(kinds.reindex(largest.index), largest["state"], strict=True)]
    largest = largest.assign(state=state)
    columns = [
        name for name in ("state", "nearest_id", "distance_m", "minutes", "value", "road_state") if name in largest
    ]
    rows = townships.assign(**{name: townships["area_id"].map(largest[name]) for name in columns})
    return rows.assign(state=rows["state"].fillna(served.NOT_LOCATED), nearest_id=rows["nearest_id"].fillna(""))


def _agreed(states: frozenset[str], own: str) -> str:
    if len(states) == 1:
        return own
    return served.UNCOVERED if states <= ABSENT else MIXED


def _scores(choice: Choice, townships: pd.DataFrame):
    found = served.access_scores(choice.place, choice.kind, choice.supply, choice.layer, choice.bands_km)
    scores = found.places.set_index("area_id")
    rows = townships.assign(
        value=townships["area_id"].map(scores["score"]) * PER, in_reach=townships["area_id"].map(scores["in_reach"])
    )
    reached = rows["value"].where(rows["value"] > 0)
    breaks = map_values.breaks_of(reached, (), 2)
    rows["class"] = map_values.value_classes(reached, np.asarray(breaks), lower_is_better=False)
    states = np.where(reached.notna(), "reported", served.OUT_OF_REACH)
    rows["state"] = np.where(rows["value"].isna(), served.NOT_LOCATED, states)
    labels = map_values.value_labels(breaks, lower_is_better=False, single=coverage_words.in_reach())
    return rows, map_values.value_entries(labels, coverage_words.score_states()), found


def _positions(rows: pd.DataFrame, entries: list[map_values.Entry]) -> np.ndarray:
    classes = rows["class"].to_numpy() if "class" in rows else np.full(len(rows), -1)
    return map_values.with_states(classes, rows["state"], entries)


def _shapes(choice: Choice, rows: pd.DataFrame, entries, layer: dict | None) -> pd.DataFrame:
    """One row for each shape of the file; a shape of several townships has their state where they agree, else MIXED.

    Its value is that of the township with the most people: a distance or a score of a cell is that of most who live there.
    """
    if layer is None:
        return pd.DataFrame(columns=["area_id", "value", "position"])
    known = rows.set_index("area_id")[["value", "position", "state", "people"]]
    keys = [entry.key for entry in entries]
    shapes = known.reindex(layer["area_ids"])
    value, position = shapes["value"].to_numpy(copy=True), shapes["position"].fillna(-1).to_numpy(dtype=int, copy=True)
    for place, shape in enumerate(layer["area_ids"]):
        if shape in (layer.get("members") or {}):
            value[place], position[place] = _of_members(known, layer["members"][shape], keys)
    position[position < 0] = keys.index(served.NOT_LOCATED)
    return pd.DataFrame({"area_id": layer["area_ids"], "value": value, "position": position})


def _of_members(known: pd.DataFrame, members: list[str], keys: list[str]) -> tuple[float, int]:
    """Value and position of a shape of several townships; -1 where none of them is known."""
    among = known.reindex([area_id for area_id in members if area_id in known.index])
    if among.empty:
        return np.nan, -1
    largest = among.iloc[int(among["people"].fillna(0).to_numpy().argmax())]
    differs = MIXED in keys and among["state"].nunique() > 1
    return float(largest["value"]), keys.index(MIXED) if differs else int(largest["position"])


def _hot_spots(choice: Choice) -> Answer:
    """Shapes with their figures and what kind of spot they are; without figures, nothing of them."""
    layer = map_geometry.layer(choice.level, choice.place)
    entries = coverage_words.spot_entries(choice)
    area_ids = layer["area_ids"] if layer else []
    if choice.indicator is None or not area_ids:
        empty = pd.DataFrame(
            columns=["area_id", "value", "position", "kind", "statistic", "p", "q", "name_zh", "name_en"]
        )
        return Answer(choice, empty, empty, entries, None, None, None)
    table = map_question.map_table(choice.indicator["indicator_id"], choice.level, choice.place, choice.period)
    unit = choice.indicator["unit"]
    multiplier = UNITS[unit].multiplier if unit in UNITS else None
    of = map_question.map_shares(choice.level, choice.place, layer["file"])
    values = map_figures.shape_figures(table, choice.period, of, multiplier)["value"].to_numpy(dtype=float)
    found = served.hot_spots(tuple(area_ids), tuple(values), choice.test)
    kinds = found.shapes.set_index("area_id")
    keys = [entry.key for entry in entries]
    figures = pd.DataFrame({"area_id": area_ids, "value": values})
    for column in ("kind", "statistic", "p", "q"):
        figures[column] = figures["area_id"].map(kinds[column])
    figures["kind"] = figures["kind"].fillna("not_tested")
    figures["position"] = [keys.index(kind) for kind in figures["kind"]]
    names = data.areas()[["name_zh", "name_en"]]
    rows = figures.join(names, on="area_id")
    return Answer(choice, rows, figures, entries, layer, None, found)
