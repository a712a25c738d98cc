"""The steps of a file of counts held against one another, a few areas of a programme at a time.

A step is held against the step it follows from, on the same people: who is followed up was found positive, who is
examined was eligible. Above it over all periods known up to the row's own, the row is refused, unless its note says why:
then it is taken and marked as questioned; so is who is eligible above all who live there. Above it in its own period only (results and follow-ups come a month later),
the row is taken and remarked on.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from operator import itemgetter

import numpy as np
import pandas as pd
from sqlalchemy import Engine

from data_access.count_rows import CountRows
from data_access.delivery_tables import STAGES
from data_access.observation_checks import SHEET_STRIDE
from data_access.population import read_newest_population
from data_access.programmes import read_counts, read_sums

# step -> the step it is a part of
PART_OF = {
    "invited": "eligible",
    "attended": "eligible",
    "positive": "attended",
    "confirmed": "positive",
    "followed_up": "positive",
    "uploaded": "attended",
}
LISTED = 5
COUNTS_AT_ONCE = 50_000
AT = {stage: at for at, stage in enumerate(STAGES)}
# What is read of an arrived count: programme_ledger.StagedCounts.in_series.
PROGRAMME, AREA, TIME, STAGE, VALUE, NOTED, SOURCE_ROW, PERIOD = range(8)


class CountSteps:
    """refused and questioned: source rows; what is only odd is told by notices."""

    def __init__(self, rows: CountRows, engine: Engine):
        self.rows, self._engine = rows, engine
        self.refused: set[int] = set()
        self.questioned: set[int] = set()
        self.remarks: list[str] = []
        self.remark_count = 0
        self._people: dict[str, float] = {}  # newest population; infinite where it is not known

    def check(self, in_series: Iterable[tuple], progress: Callable[[int], None]) -> None:
        """Look at all counts of a file, ordered by programme, area, time, step and row; progress is told how many."""
        done = 0
        for programme_id, counts in _batches(in_series):
            counts = self._without_repeats(counts)
            if counts:
                self._check_people(counts)
                self._check_areas(programme_id, counts)
            done += len(counts)
            progress(done)

    def notices(self) -> list[str]:
        """What was taken although it is odd."""
        if not self.remark_count:
            return []
        more = f"；共 {self.remark_count:,} 处" if self.remark_count > LISTED else ""
        return [f"存疑但已接受（请复核）：{'；'.join(self.remarks)}{more}。"]

    def _without_repeats(self, counts: list[tuple]) -> list[tuple]:
        """The same count twice is refused in both rows: nobody knows which one is meant."""
        kept = []
        for one in counts:
            if kept and one[: STAGE + 1] == kept[-1][: STAGE + 1]:
                self._refuse_twice(kept[-1], one)
            else:
                kept.append(one)
        return [one for one in kept if one[SOURCE_ROW] not in self.refused]

    def _refuse_twice(self, first: tuple, again: tuple) -> None:
        other = self.rows.record_at(first[SOURCE_ROW])
        what = f"与第 {other['row']} 行重复：同一项目、地区、时期和环节"
        self._refuse(again, "repeated", what, "请核对两行，只保留一行")
        self.refused.add(first[SOURCE_ROW])
        self.rows.reader.problems.bad_rows.add((other["sheet"], other["row"]))

    def _refuse(self, count: tuple, rule: str, what: str, mend: str) -> None:
        self.refused.add(count[SOURCE_ROW])
        record = self.rows.record_at(count[SOURCE_ROW])
        column = count[STAGE] if count[STAGE] in record["labels"] else "value"
        self.rows.reader.refuse(record, column, f"{count[VALUE]:g}", rule, what, mend)

    def _check_people(self, counts: list[tuple]) -> None:
        """Nobody is eligible who does not live there: held against the newest population of any year."""
        if new := {one[AREA] for one in counts} - self._people.keys():
            self._people |= dict.fromkeys(new, np.inf) | read_newest_population(self._engine, new)
        for one in counts:
            if one[STAGE] == "eligible" and one[VALUE] > self._people[one[AREA]]:
                what = f"{self._label('eligible')} {one[VALUE]:,.0f} 多于该地区最近一年的人口 {self._people[one[AREA]]:,.0f}"
                self._question(one, "eligible_above_population", what)

    def _check_areas(self, programme_id: str, counts: list[tuple]) -> None:
        programme = self.rows.programmes[programme_id]
        is_summed, first_month = programme["counted"] == "in_period", int(programme["first_month"])
        cube = Cube(self._engine, programme_id, counts, first_month if is_summed else None)
        found = [
            (*place, part, whole)
            for part, whole in PART_OF.items()
            if {part, whole} <= set(programme["stages"].split(";"))
            for place in cube.doubtful(part, whole)
        ]
        for at, low, high, is_over_all, part, whole in sorted(found, key=lambda one: counts[one[0]][SOURCE_ROW]):
            said = f"{self._label(part)} {low:g} 多于{'' if is_over_all else '本期'}{self._label(whole)} {high:g}"
            if is_over_all:
                self._doubt(counts[at], part, whole, said, is_summed)
            else:
                self._remark(counts[at], said)

    def _doubt(self, count: tuple, part: str, whole: str, said: str, is_summed: bool) -> None:
        what = f"截至 {count[PERIOD]} 累计{said}" if is_summed else said
        self._question(count, f"{part}_above_{whole}", what)

    def _question(self, count: tuple, rule: str, what: str) -> None:
        """Refuse a count that is in doubt, unless its note says why: then it is taken and remarked on."""
        if count[NOTED]:
            self.questioned.add(count[SOURCE_ROW])
            self._remark(count, what)
        else:
            mend = "请核对两个数；确实如此的，请在“备注”列写明原因后再导入"
            self._refuse(count, rule, what, mend)

    def _remark(self, count: tuple, what: str) -> None:
        self.remark_count += 1
        if len(self.remarks) < LISTED:
            self.remarks.append(f"第 {count[SOURCE_ROW] % SHEET_STRIDE} 行，{what}")

    def _label(self, stage: str) -> str:
        return self.rows.reader.kind.column(stage).label


def _batches(in_series: Iterable[tuple]) -> Iterator[tuple[str, list[tuple]]]:
    """(programme, all counts of some of its areas): a series is never torn apart."""
    for programme_id, of_programme in groupby(in_series, itemgetter(PROGRAMME)):
        batch: list[tuple] = []
        for _area_id, series in groupby(of_programme, itemgetter(AREA)):
            batch += series
            if len(batch) >= COUNTS_AT_ONCE:
                yield programme_id, batch
                batch = []
        if batch:
            yield programme_id, batch


class Cube:
    """What is known of some areas of a programme with a file's counts over it: arrays by area, month and step.

    first_month: of a year of the programme, where its counts are each period's own and are added up; else None. Months
    are numbered through the calendar (December of year 1 is 12).
    """

    def __init__(self, engine: Engine, programme_id: str, counts: list[tuple], first_month: int | None):
        self._first_month = first_month
        month = np.array([round(12 * one[TIME]) for one in counts])
        low, high = int(month.min()), int(month.max())
        if first_month is not None:
            low -= (low - first_month) % 12
        self._months = np.arange(low, high + 1)
        names = sorted({one[AREA] for one in counts})
        areas = {area_id: at for at, area_id in enumerate(names)}
        shape = len(names), len(self._months), len(STAGES)
        self._value, self._count_at = np.full(shape, np.nan), np.full(shape, -1)
        self._before = np.full((len(names), len(STAGES)), np.nan)
        scope = {"area_ids": names, "until": high / 12}
        stored = read_counts(engine, [programme_id], after=(low - 1) / 12, **scope)
        self._fill(self._value, areas, stored, (stored["time"] * 12).round().astype("int64") - low)
        if first_month is not None:
            sums = read_sums(engine, programme_id, names, until=(low - 1) / 12)
            self._before[sums["area_id"].map(areas).to_numpy(dtype=int), _stages(sums)] = sums["value"]
        own = [areas[one[AREA]] for one in counts], month - low, [AT[one[STAGE]] for one in counts]
        self._value[own] = [one[VALUE] for one in counts]
        self._count_at[own] = np.arange(len(counts))

    def _fill(self, cube: np.ndarray, areas: dict[str, int], stored: pd.DataFrame, at: pd.Series) -> None:
        cube[stored["area_id"].map(areas).to_numpy(dtype=int), at.to_numpy(), _stages(stored)] = stored["value"]

    def doubtful(self, part: str, whole: str) -> Iterator[tuple[int, float, float, bool]]:
        """Where a part is more than its whole: position of the file's count, part, whole, whether over all periods.

        The part's own count is named where the file has it, else that of the whole: one that was mended downwards may
        fall below a part that came in another file.
        """
        of_file = self._count_at[:, :, [AT[part], AT[whole]]]
        position = np.where(of_file[:, :, 0] >= 0, of_file[:, :, 0], of_file[:, :, 1])
        low, high = self._value[:, :, AT[part]], self._value[:, :, AT[whole]]
        all_low, all_high = self._so_far(part, whole) if self._first_month is not None else (low, high)
        over_all = all_low > all_high
        own_only = (low > high) & ~over_all if whole != "eligible" else np.zeros_like(over_all)
        for is_over_all, where, lows, highs in ((True, over_all, all_low, all_high), (False, own_only, low, high)):
            for area, month in np.argwhere(where & (position >= 0)):
                yield int(position[area, month]), lows[area, month], highs[area, month], is_over_all

    def _so_far(self, part: str, whole: str) -> tuple[np.ndarray, np.ndarray]:
        """Both steps added up to each month.

        Those eligible are as many as were last said, and are held against the year's own; the others against all that is
        known: who was found positive in December is followed up in January.
        """
        if whole != "eligible":
            return self._summed(part, self._before[:, AT[part]]), self._summed(whole, self._before[:, AT[whole]])
        low, high = (np.full(self._value.shape[:2], np.nan) for _ in range(2))
        year = (self._months - self._first_month) // 12
        for one in np.unique(year):
            own = year == one
            low[:, own] = _added_up(self._value[:, own, AT[part]])
            high[:, own] = pd.DataFrame(self._value[:, own, AT[whole]]).ffill(axis=1).to_numpy()
        return low, high

    def _summed(self, stage: str, before: np.ndarray) -> np.ndarray:
        """All that is known up to each month; NaN where nothing is."""
        return _added_up(np.column_stack([before, self._value[:, :, AT[stage]]]))[:, 1:]


def _added_up(values: np.ndarray) -> np.ndarray:
    """Sums along the second axis up to each column, NaN before the first number."""
    sums = np.nancumsum(values, axis=1)
    return np.where(np.maximum.accumulate(~np.isnan(values), axis=1), sums, np.nan)


def _stages(frame: pd.DataFrame) -> np.ndarray:
    return frame["stage"].map(AT).to_numpy(dtype=int)
