"""Reading a siting instance from files: an OR-Library p-median file, or a folder of CSV files (see siting_file.py)."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from data_access.errors import InputError
from data_access.files import open_file
from geo.siting_costs import geodesic_costs, graph_costs

MOST_PAIRS = 64_000_000  # demand x sites: half a gigabyte of distances
MOST_BYTES = 1 << 28  # of an OR-Library file
MOST_NAMED = 10


@dataclass(frozen=True)
class Instance:
    """costs: demand x sites, infinite where a site does not reach. unit: "m" or "cost". p: what the file asks for."""

    demand_ids: list[str]
    population: np.ndarray
    site_ids: list[str]
    costs: np.ndarray
    unit: str
    p: int | None = None


def read_instance(path: Path) -> Instance:
    """Raises InputError with file, row as a spreadsheet counts it, rule and mend."""
    if path.is_dir():
        return _read_folder(path)
    if not path.is_file():
        raise InputError(f"{path}：没有这个文件或文件夹。请检查路径。")
    return _read_graph(path)


# OR-Library -----------------------------------------------------------------------------------------------------------


def _read_graph(path: Path) -> Instance:
    rows = _number_rows(path)
    number, head = rows[0]
    if len(head) != 3 or any(not value.is_integer() for value in head):
        raise InputError(f"{path} 第 {number} 行：应是“节点数 边数 p”三个整数。")
    count, edges, p = (int(value) for value in head)
    if count < 1:
        raise InputError(f"{path} 第 {number} 行：节点数为 {count}，至少应为 1。")
    if edges < 0:
        raise InputError(f"{path} 第 {number} 行：边数为 {edges}，不能小于 0。")
    _refuse_too_many(path, count, count)
    if len(rows) - 1 != edges:
        raise InputError(
            f"{path}：第 {number} 行说有 {edges} 条边，文件里却有 {len(rows) - 1} 行。请核对文件是否完整。"
        )
    for number, row in rows[1:]:
        _check_edge(path, number, row, count)
    table = np.array([row for _number, row in rows[1:]], dtype=float).reshape(-1, 3)
    ids = [str(node) for node in range(1, count + 1)]
    costs = graph_costs(count, table[:, :2].astype(int) - 1, table[:, 2])
    return Instance(ids, np.ones(count), ids, costs, "cost", p)


def _check_edge(path: Path, number: int, row: list[float], count: int) -> None:
    if len(row) != 3:
        raise InputError(f"{path} 第 {number} 行：应是“节点 节点 成本”三个数，实有 {len(row)} 个。")
    for node in row[:2]:
        if not node.is_integer() or not 1 <= node <= count:
            raise InputError(f"{path} 第 {number} 行：节点 {node:g} 不在 1 到 {count} 之间。")
    if not 0 <= row[2] < float("inf"):
        raise InputError(f"{path} 第 {number} 行：成本 {row[2]:g} 须是不小于 0 的数。")


def _number_rows(path: Path) -> list[tuple[int, list[float]]]:
    """The numbers of each line that is not blank, with the line's number."""
    if path.stat().st_size > MOST_BYTES:
        raise InputError(f"{path}：文件超过 {MOST_BYTES >> 20} MB，不像 OR-Library 的 p-median 文件。")
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise InputError(f"{path}：不是文本文件。应为 OR-Library 的 p-median 文件，或放有 CSV 的文件夹。") from error
    rows = []
    for number, line in enumerate(lines, start=1):
        try:
            row = [float(word) for word in line.split()]
        except ValueError as error:
            raise InputError(
                f"{path} 第 {number} 行：“{line.strip()[:60]}”里有不是数字的内容。"
                "应为 OR-Library 的 p-median 文件；CSV 请放进文件夹（demand.csv、sites.csv），给出文件夹的路径。"
            ) from error
        if row:
            rows.append((number, row))
    if not rows:
        raise InputError(f"{path}：文件是空的。")
    return rows


# A folder of CSV files ------------------------------------------------------------------------------------------------


def _read_folder(folder: Path) -> Instance:
    has_costs = (folder / "cost.csv").is_file()
    points = () if has_costs else ("lon", "lat")
    demand = _Table(folder / "demand.csv", ("id", "population", *points))
    sites = _Table(folder / "sites.csv", ("id", *points))
    demand_ids, site_ids = demand.ids(), sites.ids()
    _refuse_too_many(folder, len(demand_ids), len(site_ids))
    population = demand.numbers("population", lambda value: 0 <= value < np.inf, "须是不小于 0 的数")
    if has_costs:
        costs = _read_costs(folder / "cost.csv", demand_ids, site_ids)
    else:
        costs = geodesic_costs(*demand.points(), *sites.points())
    return Instance(demand_ids, population, site_ids, costs, "cost" if has_costs else "m")


def _refuse_too_many(path: Path, demand: int, sites: int) -> None:
    if demand * sites > MOST_PAIRS:
        raise InputError(
            f"{path}：{demand} 处需求 × {sites} 个候选点超过 {MOST_PAIRS // 1_000_000} 百万对。请分区计算或减少候选点。"
        )


def _read_costs(path: Path, demand_ids: list[str], site_ids: list[str]) -> np.ndarray:
    table = _Table(path, ("site_id", "demand_id", "cost"))
    site = table.places("site_id", site_ids, "sites.csv")
    demand = table.places("demand_id", demand_ids, "demand.csv")
    cost = table.numbers("cost", lambda value: 0 <= value < np.inf, "须是不小于 0 的数；到不了的请删去该行")
    pair = demand.astype(np.int64) * len(site_ids) + site
    _first, inverse, times = np.unique(pair, return_inverse=True, return_counts=True)
    table.refuse(times[inverse] > 1, "site_id", "同一候选点与需求点出现多次", "请只保留一行")
    costs = np.full((len(demand_ids), len(site_ids)), np.inf)
    costs[demand, site] = cost
    return costs


class _Table:
    """A CSV with its columns as text; what it gives is checked, and what is wrong is said with the rows it stands in."""

    def __init__(self, path: Path, needed: tuple[str, ...]):
        self.path = path
        with open_file(path, str(path)) as file:
            rows = [row for sheet in file.sheets() for row in sheet.rows]
        if not rows:
            raise InputError(f"{path}：文件是空的。")
        header = [name.strip().lower() for name in rows[0][1]]
        missing = [name for name in needed if name not in header]
        if missing:
            raise InputError(f"{path}：表头缺少列 {'、'.join(missing)}。请补上。")
        if len(rows) == 1:
            raise InputError(f"{path}：只有表头，没有数据。")
        self.row_numbers = [number for number, _row in rows[1:]]
        self._columns = {
            name: [row[place].strip() if place < len(row) else "" for _number, row in rows[1:]]
            for name, place in ((name, header.index(name)) for name in needed)
        }

    def refuse(self, bad, column: str, rule: str, mend: str) -> None:
        """Raise InputError naming the first rows where bad (bool by row) is true."""
        places = np.flatnonzero(bad)
        if not len(places):
            return
        shown = [f"第 {self.row_numbers[place]} 行（{self._columns[column][place]}）" for place in places[:MOST_NAMED]]
        more = f"……共 {len(places)} 行" if len(places) > MOST_NAMED else ""
        raise InputError(f"{self.path}：{'、'.join(shown)}{more}：{column} {rule}。{mend}。")

    def ids(self) -> list[str]:
        """The id column: filled, and each once."""
        ids = self._columns["id"]
        self.refuse([not text for text in ids], "id", "为空", "请填写编号")
        seen: dict[str, int] = {}
        for text in ids:
            seen[text] = seen.get(text, 0) + 1
        self.refuse([seen[text] > 1 for text in ids], "id", "重复", "请只保留一行")
        return ids

    def numbers(self, column: str, holds: Callable[[float], bool], rule: str) -> np.ndarray:
        """A column of numbers for which `holds`."""
        values = np.array([_number(text) for text in self._columns[column]])
        self.refuse([not holds(value) for value in values], column, rule, "请更正")
        return values

    def points(self) -> tuple[np.ndarray, np.ndarray]:
        """lon and lat in degrees (WGS-84)."""
        lon = self.numbers("lon", lambda value: -180 <= value <= 180, "须是 -180 到 180 的经度（度）")
        lat = self.numbers("lat", lambda value: -90 <= value <= 90, "须是 -90 到 90 的纬度（度），请看经纬度是否写反")
        return lon, lat

    def places(self, column: str, ids: list[str], where: str) -> np.ndarray:
        """The position of each row's id among ids."""
        place_of = {text: place for place, text in enumerate(ids)}
        places = np.array([place_of.get(text, -1) for text in self._columns[column]])
        self.refuse(places < 0, column, f"不在 {where} 之中", "请核对编号")
        return places


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")
