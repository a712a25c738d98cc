"""rates-file: rates of small places steadied by empirical Bayes, beside the raw ones, without a database.

COUNTS      id, events, population (also: births, deaths ... by --events-column and --population-column); CSV or XLSX
OUT         id, events, population, rate, eb_rate, weight, is_unstable     rates are per person times --per
            eb_rate: the place's own rate pulled towards the rate of all; weight: what is left of its own (0 to 1);
            is_unstable: fewer than 20 events, the raw rate is not to be ranked 事件数少于 20，原始率不宜排名

Global empirical Bayes by the method of moments (Marshall 1991), as for counts of rare events (Poisson). --share: for
shares, where events are some of the people (binomial), beta-binomial moments.

--json      global_rate, variance (between places, beyond chance; 0: nothing but chance), places (the rows of OUT)
"""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from pathlib import Path

import pandas as pd

from data_access.errors import InputError
from models.small_numbers import UNSTABLE_BELOW, is_unstable, shrink_rates, shrink_shares
from workflows.coverage_file import above_zero
from workflows.file_results import check_out, listed, number, show, write_table
from workflows.plain_tables import read_columns
from workflows.point_files import Faults


def add_arguments(command: str, parser: ArgumentParser) -> None:
    """One table in, one out."""
    parser.description, parser.formatter_class = __doc__, RawDescriptionHelpFormatter
    parser.add_argument("counts", type=Path, help="id, events, population  事件数与人口数")
    parser.add_argument("--out", type=Path, help="CSV to write  结果")
    parser.add_argument("--id-column", default="id", help="default id  编号列")
    parser.add_argument("--events-column", default="events", help="default events  事件数列")
    parser.add_argument("--population-column", default="population", help="default population  人口数列")
    parser.add_argument("--per", type=above_zero, default=1.0, help="rates per so many people, default 1  每多少人")
    parser.add_argument("--share", action="store_true", help="events are some of the people  比例")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")


def refuse_impossible(table: pd.DataFrame, arguments: Namespace) -> None:
    """Raises InputError naming the rows with events among nobody and, of shares, those with more events than people."""
    faults = Faults(arguments.counts.name)
    nobody = (table["population"] <= 0) & (table["events"] > 0)
    faults.add(table.loc[nobody, "row"].tolist(), "人口数为 0 却有事件数，无从计算。请补上人口数，或删去该行")
    if arguments.share:
        more = (table["events"] > table["population"]) & ~nobody
        faults.add(table.loc[more, "row"].tolist(), "事件数多于人口数，不是比例。请核对")
    faults.refuse()


def run(command: str, arguments: Namespace, settings) -> None:
    """Read, smooth, write. InputError names the rows, what is wrong and how to mend it; nothing is written."""
    check_out(arguments.out, [arguments.counts], arguments.json)
    names = [
        column.strip().lower() for column in (arguments.id_column, arguments.events_column, arguments.population_column)
    ]
    if len(set(names)) < len(names):
        raise InputError("编号、事件数和人口数须是三个不同的列。")
    table = read_columns(arguments.counts, tuple(names), numbers=tuple(names[1:]), key=names[0])
    table = table.rename(columns=dict(zip(names, ("id", "events", "population"), strict=True)))
    refuse_impossible(table, arguments)
    shrink = shrink_shares if arguments.share else shrink_rates
    found = shrink(table["events"].to_numpy(), table["population"].to_numpy())
    out = pd.DataFrame(
        {
            "id": table["id"],
            "events": table["events"],
            "population": table["population"],
            "rate": table["events"] / table["population"].where(table["population"] > 0) * arguments.per,
            "eb_rate": found.value * arguments.per,
            "weight": found.weight,
            "is_unstable": is_unstable(table["events"]).astype(int),
        }
    )
    write_table(out, arguments.out)
    notes: list[str] = []
    answer = {
        "global_rate": number(found.mean * arguments.per),
        "variance": number(found.variance * arguments.per**2),
        "per": number(arguments.per),
        "method": "beta-binomial moments" if arguments.share else "global empirical Bayes (Marshall 1991)",
        "unstable_places": int(out["is_unstable"].sum()),
        "places": listed(out, notes),
        "notes": notes,
    }
    if arguments.json:
        show(answer)
    else:
        print(_in_words(answer, out))


def _in_words(answer: dict, out: pd.DataFrame) -> str:
    lines = [
        f"总率：{'—' if answer['global_rate'] is None else format(answer['global_rate'], '.6g')}（每 {answer['per']:,} 人），共 {len(out)} 处",
        f"事件数少于 {UNSTABLE_BELOW} 的 {answer['unstable_places']} 处，原始率不宜排名",
    ]
    if answer["variance"] == 0:
        lines.append("各地差别不超过偶然波动：平滑后的率都等于总率")
    shown = out.dropna(subset="eb_rate").sort_values("eb_rate", ascending=False).head(10)
    lines += [f"  {row.id}  原始率 {row.rate:.6g}  平滑率 {row.eb_rate:.6g}" for row in shown.itertuples()]
    return "\n".join([*lines, *answer["notes"]])
