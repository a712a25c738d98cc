"""Whether a callback's request is one the page could have sent: its outputs, its inputs, and the types of their values.

Dash answers a request that it cannot read with 500, as it does a fault of ours. So what a request must look like is
taken from the callback's declaration, and what does not is the caller's fault. What a function's parameters are
annotated with (`layers: list[str] | None`) is what their values must be; an exception after that is a fault of ours.
"""

import inspect
import json
import math
import types
import typing
from collections.abc import Callable, Sequence

LARGEST = 2**53  # beyond it a browser's numbers skip
WILDCARDS = (["ALL"], ["MATCH"], ["ALLSMALLER"])
# Properties whose values are always of a kind, annotated or not; None is "not set yet".
SCALAR = str | int | float | bool
PROPERTIES = {
    "pathname": str,
    "search": str,
    "href": str,
    "hash": str,
    "n_clicks": int | float,
    "n_submit": int | float,
    "value": SCALAR | list,
    "options": list,
    "id": str | dict,
    "page_current": int,
    "page_size": int,
}


class Expected:
    """One callback's request as it must be."""

    def __init__(
        self, spec: dict, outputs: Sequence[dict], function: Callable | None = None, order: Sequence[str] = ()
    ):
        """spec: as Dash describes the callback to the browser. outputs: id and property of each.

        function: the one that answers; order: "inputs" or "state" for each of its parameters.
        """
        self.outputs, self.inputs, self.state = outputs, spec["inputs"], spec["state"]
        self.is_list = spec["output"].startswith("..")
        self.hints = hints_of(function, order) if function else {}

    def fits(self, body: dict) -> bool:
        """Whether the request is one the page could have sent."""
        changed = body.get("changedPropIds", [])
        return (
            isinstance(changed, list)
            and all(isinstance(name, str) and is_readable(name) for name in changed)
            and self._fit_outputs(body.get("outputs"))
            and self._fit_values(body.get("inputs", []), "inputs", self.inputs)
            and self._fit_values(body.get("state", []), "state", self.state)
        )

    def _fit_outputs(self, given: object) -> bool:
        if not self.outputs:
            return True
        listed = given if self.is_list else [given]
        return (
            isinstance(listed, list)
            and len(listed) == len(self.outputs)
            and all(names(item, wanted) for item, wanted in zip(listed, self.outputs, strict=True))
        )

    def _fit_values(self, given: object, kind: str, wanted: Sequence[dict]) -> bool:
        if not isinstance(given, list) or len(given) != len(wanted):
            return False
        return all(
            names(item, one) and self._fit_value(item, one, self.hints.get((kind, place)))
            for place, (item, one) in enumerate(zip(given, wanted, strict=True))
        )

    @staticmethod
    def _fit_value(item: dict | list, wanted: dict, hint: object) -> bool:
        values = [one.get("value") for one in item] if isinstance(item, list) else [item.get("value")]
        if wanted["property"] == "pathname" and not all(isinstance(one, str) and one.startswith("/") for one in values):
            return False  # Dash's own router takes nothing else, not even "not set yet"
        kind = PROPERTIES.get(wanted["property"], object)
        whole = values if isinstance(item, list) else values[0]
        return all(is_a(value, kind) for value in values) and (hint is None or is_a(whole, hint))


def is_readable(changed: str) -> bool:
    """Whether Dash can read what the request says has changed: {"type":"x"}.n_clicks has to be JSON up to the dot."""
    if not changed.startswith("{"):
        return True
    try:
        return isinstance(json.loads(changed.rpartition(".")[0]), dict)
    except (ValueError, RecursionError):
        return False


def names(given: object, wanted: dict) -> bool:
    """Whether a part of a request names the id and the property that were declared; one that matches several, each."""
    is_pattern = wanted["id"].startswith("{") and any(is_wild(part) for part in json.loads(wanted["id"]).values())
    if isinstance(given, list):
        return is_pattern and all(isinstance(one, dict) and _names_one(one, wanted) for one in given)
    return isinstance(given, dict) and _names_one(given, wanted)


def _names_one(given: dict, wanted: dict) -> bool:
    if not isinstance(given.get("property"), str) or given["property"].split("@")[0] != wanted["property"]:
        return False
    if not wanted["id"].startswith("{"):
        return given.get("id") == wanted["id"]
    parts = given.get("id")
    if isinstance(parts, str):  # Dash's own page writes some of them as text
        try:
            parts = json.loads(parts)
        except ValueError:
            return False
    pattern = json.loads(wanted["id"])
    return (
        isinstance(parts, dict)
        and parts.keys() == pattern.keys()
        and all(is_a(part, SCALAR) if is_wild(pattern[key]) else part == pattern[key] for key, part in parts.items())
    )


def is_wild(part: object) -> bool:
    """Whether a part of a declared id stands for any."""
    return part in WILDCARDS


def hints_of(function: Callable, order: Sequence[str]) -> dict[tuple[str, int], object]:
    """(inputs or state, place among them) -> the annotation of the parameter that gets its value."""
    hints = typing.get_type_hints(function)
    counted = {"inputs": 0, "state": 0}
    found = {}
    for name, kind in zip(inspect.signature(function).parameters, order, strict=False):
        if name in hints:
            found[kind, counted[kind]] = hints[name]
        counted[kind] += 1
    return found


def is_a(value: object, hint: object) -> bool:
    """Whether a value out of JSON is what an annotation says. None is "not set yet", and passes.

    Annotations that JSON knows nothing of pass too.
    """
    if value is None or hint is typing.Any or hint is object:
        return True
    if hint is types.NoneType:
        return False
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        return any(is_a(value, one) for one in inner)
    if origin is list or hint is list:
        return isinstance(value, list) and (not inner or all(is_a(one, inner[0]) for one in value))
    if origin is dict or hint is dict:
        return isinstance(value, dict) and (not inner or all(is_a(one, inner[1]) for one in value.values()))
    if hint in (int, float):
        is_whole = isinstance(value, int) and not isinstance(value, bool) and abs(value) < LARGEST
        return is_whole or (hint is float and isinstance(value, float) and math.isfinite(value))
    return isinstance(value, hint) if hint in (str, bool) else True
