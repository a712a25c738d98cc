"""What sentences about marks are made from: names, units, and numbers written as they are told."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.sentence_words import movement_words
from models.status import BEHIND, REVERSING, SLOW
from models.wording import each_distinct, is_nothing, sizes, values

LANGUAGES = ("zh", "en")
SHOWN_UNITS = 5


@dataclass(frozen=True)
class Facts:
    """The marks with the names and units the words need; all arrays of N."""

    marks: pd.DataFrame
    unit: np.ndarray
    rule: np.ndarray
    scope: np.ndarray
    side: np.ndarray
    decimals: np.ndarray  # of the values and their differences
    name: tuple[np.ndarray, np.ndarray]  # Chinese, English
    area: tuple[np.ndarray, np.ndarray]
    failing: tuple[np.ndarray, np.ndarray]  # names of the units that fail, joined; "" where none or not asked

    def take(self, rows: np.ndarray) -> "Facts":
        """The facts of some marks."""
        pairs = {name: tuple(part[rows] for part in getattr(self, name)) for name in ("name", "area", "failing")}
        single = {name: getattr(self, name)[rows] for name in ("unit", "rule", "scope", "side", "decimals")}
        return Facts(marks=self.marks.iloc[rows].reset_index(drop=True), **single, **pairs)

    def values(self, column: str, lang: int) -> np.ndarray:
        """A column of values in words."""
        return values(self.marks[column], self.unit, self.decimals, lang)

    def paces(self, column: str, lang: int) -> np.ndarray:
        """A column of paces in words, without sign."""
        return sizes(self.marks[column], self.unit, self.pace_decimals, lang)

    @property
    def pace_decimals(self) -> np.ndarray:
        """One more than the values have, but no third: 0.56 per 1,000 a year, not 0.561."""
        return np.maximum(self.decimals, np.minimum(self.decimals + 1, 2))

    def gaps(self, lang: int) -> np.ndarray:
        """The gaps without sign; one decimal more where value and path as written would give another difference."""
        value, path, gap = (self.marks[name].abs().to_numpy(dtype=float) for name in ("observed", "path_value", "gap"))
        scale = 10.0**self.decimals
        written = np.abs(np.round(value * scale) - np.round(path * scale))
        more = np.isfinite(written) & (written != np.round(gap * scale)) & (self.decimals < 2)
        return sizes(self.marks.gap, self.unit, self.decimals + more, lang)

    def verbs(self, lang: int) -> list[np.ndarray]:
        """Above, below, rise, fall (and in English risen by, fallen by) for each mark's unit."""

        def column(nth, good):
            return each_distinct(self.unit, lambda unit: movement_words(unit, LANGUAGES[lang], rise_is_good=good)[nth])

        return [np.where(self.side >= 0, column(nth, True), column(nth, False)) for nth in range(4 + 2 * lang)]


def facts(marks: pd.DataFrame, targets: pd.DataFrame, areas: pd.DataFrame, decimals: np.ndarray) -> Facts:
    """What the sentences are made from.

    marks: columns of models.judging.MARKS but the sentences, with is_whole, floor_is_lost and peer_pace; targets: each
    mark's own target row, in step; decimals: those its values are shown with. A mark that fails by less than they
    show gets up to two more: nothing is "level with the path" and behind.
    """
    names = areas.drop_duplicates("area_id").set_index("area_id")
    zh = names.name_zh.astype(object).where(names.name_zh.notna(), names.index.to_series())
    en = names.name_en.astype(object).where(names.name_en.notna(), zh)
    zh_apart = zh.where(~zh.str.contains("[0-9A-Za-z]$"), zh + " ")  # a code must not run into the year behind it
    code = names.index.get_indexer(marks.area_id)
    area = tuple(
        np.where(code >= 0, column.to_numpy()[np.maximum(code, 0)], marks.area_id) for column in (zh_apart, en)
    )
    rising = targets.comparator.isin([">=", ">", "trend_up"])
    falling = targets.comparator.isin(["<=", "<", "trend_down"])
    by_direction = targets.direction.map({"higher_is_better": 1, "lower_is_better": -1}).fillna(0)
    english = targets.name_en.astype(object).where(targets.name_en.notna(), targets.name_zh)
    decimals = np.asarray(decimals, dtype=int)
    for _ in range(2):
        hidden = marks.status.isin([SLOW, BEHIND, REVERSING]).to_numpy() & is_nothing(marks.gap, decimals)
        decimals = np.where(hidden & (marks.gap != 0).to_numpy(), decimals + 1, decimals)
    return Facts(
        marks=marks.reset_index(drop=True),
        unit=targets.unit.to_numpy(dtype=object),
        rule=targets.rule.to_numpy(dtype=object),
        scope=targets.scope.to_numpy(dtype=object),
        side=np.select([rising, falling], [1, -1], by_direction).astype(int),
        decimals=decimals,
        name=(targets.name_zh.to_numpy(dtype=object), english.to_numpy(dtype=object)),
        area=area,
        failing=tuple(_failing(marks.units_failing, column, mark) for column, mark in ((zh, "、"), (en, ", "))),
    )


def _failing(units: pd.Series, names: pd.Series, joiner: str) -> np.ndarray:
    """The names of failing units; beyond five, the first five and how many in all."""

    out = np.full(len(units), "", dtype=object)
    column = units.to_numpy(dtype=object)
    for row in np.flatnonzero(units.notna().to_numpy()):
        listed = joiner.join(str(names.get(area, area)) for area in column[row][:SHOWN_UNITS])
        rest = len(column[row]) - SHOWN_UNITS
        more = f"等{len(column[row])}个" if joiner == "、" else f" and {rest} more"
        out[row] = listed + (more if rest > 0 else "")
    return out
