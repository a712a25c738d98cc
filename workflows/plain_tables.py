"""Tables of names and numbers that somebody brings to a command (CSV or XLSX), every fault said with its row."""

from pathlib import Path

import numpy as np
import pandas as pd

from data_access.errors import InputError
from data_access.files import open_file
from workflows.point_files import Faults


def read_columns(
    path: Path, columns: tuple[str, ...], numbers: tuple[str, ...], key: str | None = "id"
) -> pd.DataFrame:
    """Columns of a table (CSV or XLSX) and the row of each; numbers not below zero; key: the column with no value twice.

    Raises InputError with every fault.
    """
    with open_file(path) as file:
        lines = list(next(file.sheets()).rows)
    header = [cell.strip().lower() for cell in lines[0][1]]
    missing = [column for column in columns if column not in header]
    if missing:
        raise InputError(f"{path.name}：第 1 行缺少列 {'、'.join(missing)}。现有列：{'、'.join(header)}。请补上列名。")
    cells = [
        [row[header.index(c)].strip() if header.index(c) < len(row) else "" for c in columns] for _n, row in lines[1:]
    ]
    table = pd.DataFrame(cells, columns=list(columns), dtype=object)
    table["row"] = [line for line, _row in lines[1:]]
    faults = Faults(path.name)
    for column in columns:
        if column in numbers:
            values = pd.to_numeric(table[column], errors="coerce").astype(float)
            bad = ~(np.isfinite(values) & (values >= 0))
            faults.add(
                table.loc[bad, "row"].tolist(),
                [f"{column} 的“{cell}”须为不小于 0 的数" for cell in table.loc[bad, column]],
            )
            table[column] = values
        else:
            faults.add(table.loc[table[column] == "", "row"].tolist(), f"{column} 为空。请填写")
    if key in columns:
        again = table.duplicated(key) & (table[key] != "")
        faults.add(table.loc[again, "row"].tolist(), f"{key} 与前面一行相同。每个只留一行")
    faults.refuse()
    if table.empty:
        raise InputError(f"{path.name}：只有表头，没有一行数据。请补上数据后再试。")
    return table
