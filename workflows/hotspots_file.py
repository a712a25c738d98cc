"""hotspots-file: where high or low figures lie together more than chance would put them, without a database.

VALUES      id, value [, lon, lat]           an empty value is "not reported" and not tested; CSV or XLSX
            or one INSTANCE.json: neighbours {id: [ids]} and any number of maps: a key with one number for each unit
            ("values": [...] in the neighbours' order, or {id: number}), or with a list of such maps
Neighbours  --polygons FILE (GeoJSON, GeoPackage, Shapefile with the ids as area_id; share an edge or a corner),
            --neighbours CSV of id, neighbour_id, --nearest K (the K nearest points) or --within-km R
OUT         id, value, statistic, p, q, kind     kind: hot 热点, cold 冷点, high_outlier 高值孤点 (high among low),
            low_outlier 低值孤点, not_significant 不显著, not_tested 未检验 (no figure, or no neighbour)

--method gi (default): Getis-Ord Gi*, hot and cold spots. --method moran: local Moran's I by permutation, which also names
outliers. p is two-sided; q is p with the Benjamini-Hochberg guard over all units, and a unit is flagged where q <= --alpha:
on a map of pure noise p < 0.05 alone would flag one unit in twenty. Under 30 units the command refuses: 单元太少.

--json      maps: by map name, units, method, alpha, moran (i, expected, z, p, p_permuted: of the whole map), counts by
            kind, flagged [{id, kind, value, statistic, p, q}], flagged_without_guard (how many p < alpha)
"""

import json
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

from data_access.errors import InputError
from data_access.files import open_file
from geo import spatial_weights
from geo.hot_spots import (
    ALPHA,
    FEWEST_UNITS,
    GI_STAR,
    LOCAL_MORAN,
    NOT_SIGNIFICANT,
    NOT_TESTED,
    PERMUTATIONS,
    TooFewUnits,
    clusters_and_outliers,
    hot_and_cold,
    moran,
)
from workflows.boundary_files import read_polygon_file
from workflows.coverage_file import above_zero
from workflows.file_results import check_out, number, rows, show, write_table
from workflows.plain_tables import read_columns
from workflows.point_files import Faults, PointTable

KINDS = {
    "hot": "热点",
    "cold": "冷点",
    "high_outlier": "高值孤点",
    "low_outlier": "低值孤点",
    NOT_SIGNIFICANT: "不显著",
    NOT_TESTED: "未检验",
}


def add_arguments(command: str, parser: ArgumentParser) -> None:
    """One table of values, one way of being neighbours."""
    parser.description, parser.formatter_class = __doc__, RawDescriptionHelpFormatter
    parser.add_argument("values", type=Path, help="id, value [, lon, lat]; or INSTANCE.json  数值")
    neighbours = parser.add_mutually_exclusive_group()
    neighbours.add_argument("--polygons", type=Path, help="neighbours share an edge or a corner  边界")
    neighbours.add_argument("--neighbours", type=Path, help="CSV of id, neighbour_id  相邻表")
    neighbours.add_argument("--nearest", type=int, metavar="K", help="the K nearest points  最近的 K 个")
    neighbours.add_argument("--within-km", type=above_zero, metavar="R", help="all points within R km  R 公里内")
    parser.add_argument("--out", type=Path, help="CSV to write  结果")
    parser.add_argument("--method", choices=(GI_STAR, LOCAL_MORAN), default=GI_STAR)
    parser.add_argument("--alpha", type=above_zero, default=ALPHA, help="expected share of false flags, default 0.05")
    parser.add_argument("--permutations", type=int, default=PERMUTATIONS, help=f"default {PERMUTATIONS}")
    parser.add_argument("--seed", type=int, default=0, help="of the permutations, default 0")
    parser.add_argument("--datum", default="WGS-84", help="of lon and lat: CGCS2000, WGS-84 (default), GCJ-02, BD-09")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")


def run(command: str, arguments: Namespace, settings) -> None:
    """Read, test, write. InputError names what is wrong and how to mend it; nothing is written."""
    check_out(arguments.out, [arguments.values, arguments.neighbours, arguments.polygons], arguments.json)
    if arguments.permutations < 99 or arguments.alpha >= 1:
        raise InputError("--permutations 至少 99，--alpha 须小于 1。")
    if arguments.values.suffix.lower() == ".json":
        ids, maps, neighbours = read_instance(arguments.values)
    else:
        ids, maps, neighbours = _read_tables(arguments)
    found = {name: judge(name, ids, values, neighbours, arguments) for name, values in maps.items()}
    if arguments.out is not None:
        frames = [table.assign(map=name) for name, (table, _answer) in found.items()]
        table = pd.concat(frames)
        write_table(table if len(found) > 1 else table.drop(columns="map"), arguments.out)
    answer = {name: answer for name, (_table, answer) in found.items()}
    if arguments.json:
        show({"maps": answer})
    else:
        print("\n".join(in_words(name, one) for name, one in answer.items()))


def judge(name: str, ids: list[str], values: np.ndarray, neighbours: csr_matrix, arguments: Namespace):
    """(a row for each unit, what --json says of the map). Raises InputError where nothing can be tested."""
    try:
        whole = moran(values, neighbours, permutations=arguments.permutations, seed=arguments.seed)
        if arguments.method == GI_STAR:
            local = hot_and_cold(values, neighbours, alpha=arguments.alpha)
        else:
            local = clusters_and_outliers(
                values, neighbours, alpha=arguments.alpha, permutations=arguments.permutations, seed=arguments.seed
            )
    except TooFewUnits as error:
        raise InputError(
            f"{name}：有数值且有相邻单元的只有 {str(error).split(' ')[0]} 个，少于 {FEWEST_UNITS} 个，不作热点分析："
            f"单元太少，分不清规律与偶然。请改用乡镇等更小的单元。"
        ) from error
    except ValueError as error:
        raise InputError(f"{name}：所有数值都相同，没有可检验的差别（{error}）。") from error
    table = pd.DataFrame(
        {"id": ids, "value": values, "statistic": local.statistic, "p": local.p, "q": local.q, "kind": local.kind}
    )
    flagged = table[~table["kind"].isin([NOT_SIGNIFICANT, NOT_TESTED])].sort_values(["q", "id"])
    answer = {
        "units": local.units,
        "method": local.method,
        "alpha": arguments.alpha,
        "guard": "Benjamini-Hochberg",
        "moran": {
            "i": whole.i,
            "expected": whole.expected,
            "z": whole.z,
            "p": whole.p,
            "p_permuted": number(whole.p_permuted),
        },
        "counts": {kind: int(count) for kind, count in table["kind"].value_counts().items()},
        "flagged": rows(flagged[["id", "kind", "value", "statistic", "p", "q"]]),
        "flagged_without_guard": int((table["p"] < arguments.alpha).sum()),
    }
    return table, answer


def _read_tables(arguments: Namespace):
    by_point = bool(arguments.nearest is not None or arguments.within_km)
    if not (by_point or arguments.polygons or arguments.neighbours):
        raise InputError("请写明谁与谁相邻：--polygons、--neighbours、--nearest 或 --within-km。")
    table = _with_points(arguments) if by_point else read_values(arguments.values)
    ids, values = table["id"].tolist(), table["value"].to_numpy(dtype=float)
    try:
        neighbours = _neighbours(arguments, table, ids)
    except ValueError as error:
        raise InputError(f"{arguments.values.name}：{error}") from error
    return ids, {arguments.values.stem: values}, neighbours


def _with_points(arguments: Namespace) -> pd.DataFrame:
    table = PointTable(arguments.values, needed=("value",), datum=arguments.datum).whole()
    return table.assign(value=_values(arguments.values.name, table))


def read_values(path: Path) -> pd.DataFrame:
    """id and value of each row; an empty value is NaN."""
    with open_file(path) as file:
        lines = list(next(file.sheets()).rows)
    header = [cell.strip().lower() for cell in lines[0][1]]
    if not {"id", "value"} <= set(header):
        raise InputError(f"{path.name}：第 1 行须有列 id 和 value。现有列：{'、'.join(header)}。")
    at, to = header.index("id"), header.index("value")
    cells = [(number, row[at].strip(), row[to].strip() if to < len(row) else "") for number, row in lines[1:]]
    table = pd.DataFrame(cells, columns=["row", "id", "value"], dtype=object)
    faults = Faults(path.name)
    faults.add(table.loc[table["id"] == "", "row"].tolist(), "id 为空。请填写")
    faults.add(table.loc[table.duplicated("id") & (table["id"] != ""), "row"].tolist(), "id 与前面一行相同。请只留一行")
    faults.refuse()
    return table.assign(value=_values(path.name, table))


def _values(name: str, table: pd.DataFrame) -> pd.Series:
    values = pd.to_numeric(table["value"], errors="coerce").astype(float)
    bad = ((table["value"] != "") & ~np.isfinite(values)).to_numpy()
    faults = Faults(name)
    faults.add(
        table.loc[bad, "row"].tolist(), [f"value 的“{cell}”不是数字。未报请留空" for cell in table.loc[bad, "value"]]
    )
    faults.refuse()
    return values


def _neighbours(arguments: Namespace, table: pd.DataFrame, ids: list[str]) -> csr_matrix:
    if arguments.nearest is not None:
        return spatial_weights.nearest_neighbours(table["lon"], table["lat"], arguments.nearest)
    if arguments.within_km:
        return spatial_weights.within_distance(table["lon"], table["lat"], arguments.within_km * 1000)
    if arguments.polygons:
        polygons = read_polygon_file(arguments.polygons).polygons.drop_duplicates("area_id").set_index("area_id")
        missing = [unit for unit in ids if unit not in polygons.index]
        if missing:
            raise InputError(
                f"{arguments.polygons.name}：没有 {'、'.join(missing[:8])} 的边界，共缺 {len(missing)} 个。请补上。"
            )
        return spatial_weights.queen(polygons.loc[ids].geometry)
    pairs = read_columns(arguments.neighbours, ("id", "neighbour_id"), numbers=(), key=None)
    grouped = pairs.groupby("id")["neighbour_id"].apply(list).to_dict()
    return spatial_weights.listed(ids, grouped)


def read_instance(path: Path) -> tuple[list[str], dict[str, np.ndarray], csr_matrix]:
    """(ids, name -> values, neighbours) of an instance in JSON."""
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
        listed = {str(unit): others for unit, others in found["neighbours"].items()}
        ids = list(listed)
        neighbours = spatial_weights.listed(ids, listed)
        maps = {}
        for key, content in found.items():
            if key != "neighbours":
                maps |= _maps(key, content, ids)
    except FileNotFoundError:
        raise InputError(f"{path.name}：没有这个文件。请检查路径和文件名。") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path.name}：不是可读的算例（{error}）。须有 neighbours 和数值，写法见 --help。") from error
    if not maps:
        raise InputError(f"{path.name}：没有哪一项是 {len(ids)} 个单元的数值。")
    return ids, maps, neighbours


def _maps(key: str, content, ids: list[str]) -> dict[str, np.ndarray]:
    """The maps under one key of an instance; none where it is something else."""
    if isinstance(content, dict) and set(map(str, content)) == set(ids):
        values = {str(unit): value for unit, value in content.items()}
        return {key: np.array([np.nan if values[unit] is None else float(values[unit]) for unit in ids])}
    if not isinstance(content, list):
        return {}
    if len(content) == len(ids) and not isinstance(content[0], list):
        return {key: np.array([np.nan if value is None else float(value) for value in content])}
    several = [one for one in content if isinstance(one, list) and len(one) == len(ids)]
    return {f"{key}[{i}]": np.array([np.nan if v is None else float(v) for v in one]) for i, one in enumerate(several)}


def in_words(name: str, answer: dict) -> str:
    """The summary of one map for a reader, in Chinese."""
    whole = answer["moran"]
    counts = "，".join(f"{KINDS[kind]} {answer['counts'][kind]}" for kind in KINDS if answer["counts"].get(kind))
    lines = [
        f"{name}：检验 {answer['units']} 个单元（{answer['method']}，错误发现率不超过 {answer['alpha']:g}）",
        f"  莫兰指数 I = {whole['i']:.4f}（无规律时 {whole['expected']:.4f}），双侧 p = {whole['p']:.4g}",
        f"  {counts}；不作校正时会有 {answer['flagged_without_guard']} 个“显著”",
    ]
    lines += [
        f"  {row['id']}  {KINDS[row['kind']]}  数值 {row['value']:g}  q = {row['q']:.4g}"
        for row in answer["flagged"][:20]
    ]
    return "\n".join(lines)
