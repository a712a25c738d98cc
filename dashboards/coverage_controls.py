"""What the reader chooses on the coverage page: the layer, and what that layer asks for."""

from dashboards import data, map_places, map_question, map_words, wording
from dashboards.components import choice
from dashboards.coverage_answer import Answer
from dashboards.coverage_question import (
    ACROSS,
    BEDS,
    COUNTY,
    EVERYTHING,
    HOT_SPOTS,
    LAYERS,
    LEFT_OUT,
    OWN,
    REACH,
    REACHES,
    ROAD_REACHES,
    STAFF,
    TOWNSHIP,
    Choice,
    grades_of,
    indicators_of,
    permutes,
    reach_of,
)
from dashboards.coverage_words import LAYER_WORDS, grade_words, reach_words, service_words
from dashboards.data import served
from dashboards.data.served import ANY_KIND
from dashboards.language import gettext as _
from geo.hot_spots import GI_STAR, LOCAL_MORAN


def controls(answer: Answer) -> list:
    """The layer first, then its own choices."""
    return controls_of(answer.choice)


def controls_of(asked: Choice) -> list:
    """The same, where there is no answer yet."""
    layers = [_option(layer, _(LAYER_WORDS[layer])) for layer in LAYERS]
    own = _of_hot_spots(asked) if asked.layer == HOT_SPOTS else _of_facilities(asked)
    return [choice("layer", _("Layer"), layers, asked.layer), *own]


def _option(value: str, label: str) -> dict[str, str]:
    return {"value": value, "label": label}


def _of_facilities(asked: Choice) -> list:
    there = set(served.open_facilities()["facility_type"])
    types = [_option(served.PRIMARY, _("Township hospitals and community health centres"))]
    types += [_option(kind, _(words[0])) for kind, words in map_places.FACILITY_TYPES.items() if kind in there]
    types += [_option(kind, kind) for kind in sorted(there - set(map_places.FACILITY_TYPES))]
    types.append(_option(ANY_KIND, _("All types")))
    grades = [
        _option(ANY_KIND, _("Any")),
        *(_option(grade, grade_words(grade)) for grade in grades_of(asked.kind.facility_type)),
    ]
    services = [_option(ANY_KIND, _("Any")), *(_option(name, service_words(name)) for name in served.services_there())]
    found = [choice("type", _("Facilities"), types, asked.kind.facility_type)]
    if len(grades) > 1:
        found.append(choice("grade", _("Grade"), grades, asked.kind.grade))
    found.append(choice("service", _("Service"), services, asked.kind.service))
    found.append(choice("reach", _("Reach"), _reaches(asked), asked.reach.key))
    if asked.layer == REACH:
        borders = [_option(ACROSS, _("Across borders")), _option(OWN, _("Own district only"))]
        found.append(choice("border", _("Borders"), borders, OWN if asked.own_district else ACROSS))
        if served.has_villages(asked.place):
            stand = [
                _option(served.VILLAGES, _("At their village")),
                _option(served.SEATS, _("At their township's seat")),
            ]
            found.append(choice("places", _("People stand"), stand, asked.basis))
        listed = [_option(LEFT_OUT, _("Places left out")), _option(EVERYTHING, _("All places"))]
        found.append(choice("listed", _("Table"), listed, asked.listed))
    else:
        supply = [_option(STAFF, _("Health workers")), _option(BEDS, _("Beds"))]
        found.append(choice("supply", _("Supply"), supply, asked.supply))
    return found


def _reaches(asked: Choice) -> list[dict[str, str]]:
    by_road = asked.layer == REACH and served.road_network() is not None
    offered = (*REACHES, *ROAD_REACHES) if by_road else REACHES
    keys = offered if asked.reach.key in offered else (asked.reach.key, *offered)
    return [_option(key, reach_words(reach_of(key, by_road=by_road))) for key in keys]


def _of_hot_spots(asked: Choice) -> list:
    if asked.indicator is None:
        return []
    known, indicator_id = data.indicators(), asked.indicator["indicator_id"]
    names = [_option(name, data.name(known.loc[name])) for name in indicators_of(asked.plan["plan_id"], asked.place)]
    levels = [
        _option(level, _(map_words.LEVEL_WORDS[level][1]))
        for level in (TOWNSHIP, COUNTY)
        if level in map_question.reported_levels(indicator_id, asked.place)
    ]
    periods = map_question.map_years(indicator_id, asked.level, asked.place).periods
    tests = [_option(GI_STAR, _("Hot and cold spots (Gi*)"))]
    if permutes(asked.place):
        tests.append(_option(LOCAL_MORAN, _("Clusters and outliers (Moran)")))
    return [
        choice("indicator", _("Indicator"), names, indicator_id, searchable=True),
        choice("level", _("Level"), levels, asked.level),
        choice("period", _("Period"), [_option(period, wording.period(period)) for period in periods], asked.period),
        choice("test", _("Test"), tests, asked.test),
    ]
