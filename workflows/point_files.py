"""Points that somebody brings in a table (CSV or XLSX): read in pieces, checked, turned into WGS-84.

However long the file, a piece and 16 bytes a row are held in memory. Every fault is collected with its row as Excel
shows it; refuse() then says all of them at once, and nothing is written.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd

from data_access.errors import InputError
from data_access.files import open_file
from geo.datum import parse_datum, to_wgs84

ROWS_AT_ONCE = 50_000
SHOWN = 30  # faults in one message
SYNONYMS = {
    "id": ("编号", "代码", "序号"),
    "lon": ("longitude", "lng", "经度"),
    "lat": ("latitude", "纬度"),
    "population": ("pop", "人口", "人口数", "常住人口"),
    "area_id": ("area", "区划代码", "地区代码"),
    "supply": ("capacity", "供给", "床位", "人员"),
    "datum": ("坐标系", "坐标基准"),
}
DATUM_ADVICE = "请写 CGCS2000、WGS-84、GCJ-02（高德、腾讯）或 BD-09（百度）"


@dataclass
class Faults:
    """What is wrong with a file's rows, in Chinese; only the first few are kept in words, all are counted."""

    name: str
    lines: list[tuple[int, str]] = field(default_factory=list)
    rows: int = 0

    def add(self, rows: Sequence[int], what: str | Sequence[str]) -> None:
        """what: of all these rows, or one text for each."""
        self.rows += len(rows)
        texts = [what] * len(rows) if isinstance(what, str) else what
        self.lines += list(zip(rows, texts, strict=True))[:SHOWN]
        self.lines = sorted(self.lines)[:SHOWN]

    def refuse(self) -> None:
        """Raise InputError listing the faults, if there are any."""
        if not self.rows:
            return
        lines = [f"{self.name} 第 {row} 行：{what}。" for row, what in self.lines]
        more = [f"……另有 {self.rows - len(lines)} 处。"] if self.rows > len(lines) else []
        raise InputError("\n".join([*lines, *more, f"共 {self.rows} 处有误，没有写出任何结果。"]))


@dataclass
class PointTable:
    """One table of points, to be read once.

    needed: columns beside id, lon and lat that must be there; numbers: those of the columns that are numbers, not
    below zero. datum: how the coordinates are to be read; a column of that name says it row by row.
    """

    path: Path
    needed: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    datum: str = "WGS-84"

    def __post_init__(self):
        self.faults = Faults(self.path.name)
        self.columns: tuple[str, ...] = ()  # known once reading has begun
        self._hashes: list[np.ndarray] = []
        self._rows: list[np.ndarray] = []

    def pieces(self) -> Iterator[pd.DataFrame]:
        """Frames of row (as Excel shows it), id, lon, lat (WGS-84 degrees) and the columns asked for that are there.

        Rows with a fault are left out of the pieces and kept in faults; refuse() comes after the last piece. Raises
        InputError where the file cannot be read at all.
        """
        declared = parsed_datum(self.datum, self.path.name)
        with open_file(self.path) as file:
            sheet = next(file.sheets())
            rows = iter(sheet.rows)
            _number, header = next(rows)
            place = self._places(header)
            while block := list(islice(rows, ROWS_AT_ONCE)):
                yield self._piece(block, place, declared)
        self._find_repeated()

    def whole(self) -> pd.DataFrame:
        """All of it in one frame, or InputError with every fault."""
        pieces = list(self.pieces())
        self.faults.refuse()
        if not sum(map(len, pieces)):
            raise InputError(f"{self.path.name}：只有表头，没有一行数据。请补上数据后再试。")
        return pd.concat(pieces, ignore_index=True)

    def _places(self, header: list[str]) -> Mapping[str, int]:
        words = [cell.strip().lower() for cell in header]
        place = {}
        for column in ("id", "lon", "lat", *self.needed, *self.optional, "datum"):
            found = [words.index(word) for word in (column, *SYNONYMS.get(column, ())) if word in words]
            if found:
                place[column] = found[0]
        missing = [column for column in ("id", "lon", "lat", *self.needed) if column not in place]
        if missing:
            raise InputError(
                f"{self.path.name}：第 1 行缺少列 {'、'.join(missing)}。现有列：{'、'.join(header)}。请补上列名。"
            )
        self.columns = tuple(place)
        return place

    def _piece(self, block, place: Mapping[str, int], declared: str) -> pd.DataFrame:
        numbers = np.array([number for number, _cells in block])
        cells = {
            column: np.array([row[at].strip() if at < len(row) else "" for _number, row in block], dtype=object)
            for column, at in place.items()
        }
        frame = pd.DataFrame({"row": numbers, "id": cells["id"]})
        is_good = self._held_against(numbers, cells["id"] != "", "id 为空。请填写编号")
        for column in ("lon", "lat", *(name for name in self.numbers if name in place)):
            frame[column], is_number = self._numbers(numbers, cells[column], column)
            is_good &= is_number
        is_good &= self._located(numbers, frame["lon"].to_numpy(), frame["lat"].to_numpy(), is_good)
        for column in place:
            if column not in frame and column != "datum":
                frame[column] = cells[column]
        datums = np.where(cells["datum"] == "", declared, cells["datum"]) if "datum" in place else None
        is_good &= self._convert(frame, numbers, declared, datums, is_good)
        self._hashes.append(pd.util.hash_array(cells["id"]))
        self._rows.append(numbers)
        return frame[is_good].reset_index(drop=True)

    def _held_against(self, numbers, is_right: np.ndarray, what: str) -> np.ndarray:
        """Adds a fault for each row that is not right; returns is_right."""
        if not is_right.all():
            self.faults.add(numbers[~is_right].tolist(), what)
        return is_right.copy()

    def _numbers(self, rows, cells: np.ndarray, column: str) -> tuple[np.ndarray, np.ndarray]:
        """(numbers, whether each can be used); coordinates may be negative, counts may not."""
        values = pd.to_numeric(pd.Series(cells), errors="coerce").to_numpy(dtype=float)
        is_blank, is_finite = cells == "", np.isfinite(values)
        is_coordinate = column in ("lon", "lat")
        mend = "请补上坐标，没有坐标的地点请删去" if is_coordinate else "请填数字；没有请填 0"
        self._held_against(rows, ~is_blank, f"{column} 为空。{mend}")
        wrong = ~is_finite & ~is_blank
        self.faults.add(rows[wrong].tolist(), [f"{column} 的“{cell}”不是数字。请改正" for cell in cells[wrong]])
        is_right = is_finite.copy()
        if not is_coordinate:
            is_right &= self._held_against(rows, ~(is_finite & (values < 0)), f"{column} 小于 0。请核对")
        return values, is_right

    def _located(self, rows, lon: np.ndarray, lat: np.ndarray, is_known: np.ndarray) -> np.ndarray:
        """Swapped, zero and impossible coordinates are faults: each row gets the first reason that fits."""
        known_lon, known_lat = np.where(is_known, lon, 100.0), np.where(is_known, lat, 40.0)
        is_zero = (known_lon == 0) | (known_lat == 0)
        is_swapped = ~is_zero & _is_swapped(known_lon, known_lat)
        is_outside = ~is_zero & ~is_swapped & ((np.abs(known_lon) > 180) | (np.abs(known_lat) > 90))
        reasons = (
            (is_zero, "经度或纬度为 0（赤道或本初子午线上），多半是缺坐标时填的 0。请补上坐标，没有坐标的地点请删去"),
            (is_swapped, "经度和纬度写反了（lon 应为经度，lat 应为纬度）。请对调"),
            (is_outside, "超出经纬度范围（经度 ±180、纬度 ±90）；可能是以米为单位的投影坐标。请转换为经纬度"),
        )
        for is_bad, what in reasons:
            bad = np.flatnonzero(is_bad)
            shown = [f"（{known_lon[i]:g}, {known_lat[i]:g}）{what}" for i in bad]
            self.faults.add(rows[bad].tolist(), shown)
        return ~(is_zero | is_swapped | is_outside)

    def _convert(self, frame: pd.DataFrame, rows, declared: str, datums, is_good) -> np.ndarray:
        """Turns frame's lon and lat into WGS-84 by the datum of each row; returns which rows name one that is known."""
        if datums is None:
            lon, lat = to_wgs84(frame["lon"], frame["lat"], declared)
            frame["lon"], frame["lat"] = lon, lat
            return np.ones(len(frame), dtype=bool)
        is_known = np.ones(len(frame), dtype=bool)
        for word in pd.unique(datums):
            here = datums == word
            try:
                lon, lat = to_wgs84(frame.loc[here, "lon"], frame.loc[here, "lat"], parse_datum(word))
            except ValueError:
                is_known &= ~here
                self.faults.add(rows[here].tolist(), f"不认识坐标基准 {word}。{DATUM_ADVICE}")
                continue
            frame.loc[here, "lon"], frame.loc[here, "lat"] = lon, lat
        return is_known

    def _find_repeated(self) -> None:
        """An id twice is a fault of its later row. Of each id 64 bits are compared: among a million ids two different ones
        look alike once in forty million files."""
        if not self._hashes:
            return
        hashes, rows = np.concatenate(self._hashes), np.concatenate(self._rows)
        order = np.argsort(hashes, kind="stable")
        same = np.flatnonzero(hashes[order][1:] == hashes[order][:-1])
        if not len(same):
            return
        empty = pd.util.hash_array(np.array([""], dtype=object))[0]
        pairs = [(rows[order[i + 1]], rows[order[i]]) for i in same if hashes[order[i]] != empty]
        self.faults.add(
            [int(row) for row, _before in pairs],
            [f"id 与第 {before} 行相同。每个 id 只留一行" for _row, before in pairs],
        )


def _is_swapped(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Latitude in the place of longitude: no latitude at all, or a place in China only if exchanged."""
    impossible = (np.abs(lat) > 90) & (np.abs(lat) <= 180) & (np.abs(lon) <= 90)
    return impossible | ((lat >= 73) & (lat <= 136) & (lon >= 3) & (lon <= 54))


def parsed_datum(text: str, name: str) -> str:
    """One of geo.datum.DATUMS; InputError for a word that names none."""
    try:
        return parse_datum(text)
    except ValueError:
        raise InputError(f"{name}：不认识坐标基准 {text}。{DATUM_ADVICE}。") from None
