"""The figures as they came in: quick figures in January, final ones in April, late ones, corrected ones, one file each.

Received dates lie in the past of the demo's day, so that "as known on a day" has something to tell.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from demo import courses, figures, places

CORRECTED_SHARE = 0.03
CORRECTION_NOTE = "演示：核查后更正"
TOWNSHIP_LABELS = {  # the township file has Chinese headings, as districts send them
    "indicator_id": "指标",
    "area_id": "乡镇代码",
    "period": "统计时期",
    "numerator": "分子数",
    "denominator": "分母数",
    "value": "数值",
    "lower": "区间下限",
    "upper": "区间上限",
    "status": "数据状态",
    "reported_on": "上报日期",
    "note": "备注",
}
STATUS_LABELS = {"provisional": "快报", "final": "年报", "revised": "修订"}


@dataclass(frozen=True)
class Report:
    """One file of figures: rows in the observations kind's columns, and the day it was received."""

    name: str
    received_on: date
    rows: pd.DataFrame
    sent_by: str


def all_reports(last_year: int, last_quarter: int, seed: int) -> list[Report]:
    """Every file of figures, in the order received: first the back years, then each year and quarter as it came."""
    wide, local = figures.all_figures(last_year, last_quarter, seed)
    previous = last_year - 1
    reports = [
        _report("2016年以来年报", date(previous, 6, 3), _before(wide, previous), "final", "演示：市卫生健康委"),
        _report("乡镇2018年以来", date(previous, 6, 20), _before(local, previous), "final", "演示：各旗区卫健委"),
        *_year(wide, local, previous, seed),
        *_year(wide, local, last_year, seed),
        *_quarters(wide, local, last_year + 1, last_quarter, seed),
    ]
    return sorted((report for report in reports if len(report.rows)), key=lambda report: report.received_on)


def _before(frame: pd.DataFrame, year: int) -> pd.DataFrame:
    return frame[frame["period"].map(figures.time_of) < year]


def _report(name: str, received_on: date, rows: pd.DataFrame, status: str, sent_by: str) -> Report:
    rows = rows.assign(status=status, reported_on=(received_on - timedelta(days=6)).isoformat())
    return Report(f"演示-{name}", received_on, rows.sort_values(["indicator_id", "area_id", "period"]), sent_by)


def _year(wide: pd.DataFrame, local: pd.DataFrame, year: int, seed: int) -> list[Report]:
    """One year: quick figures, final figures, those that came late, and corrections of the last of them."""
    rows = wide[wide["period"] == str(year)]
    late_areas = figures.blemishes().query("blemish == 'late' and period == @period", local_dict={"period": str(year)})
    late = rows["area_id"].isin(late_areas["area_id"])
    office = "演示：市卫生健康委"
    return [
        _report(f"{year}年快报", date(year + 1, 1, 22), _quick(rows, year, seed), "provisional", office),
        _report(
            f"{year}年乡镇年报",
            date(year + 1, 2, 19),
            local[local["period"] == str(year)],
            "final",
            "演示：各旗区卫健委",
        ),
        _report(f"{year}年年报", date(year + 1, 4, 24), rows[~late], "final", office),
        _report(f"{year}年年报（迟报）", date(year + 1, 7, 20), rows[late], "final", office),
        _report(f"{year}年核查更正", date(year + 1, 9, 8), _corrected(rows, year, seed), "revised", office),
    ]


def _quick(rows: pd.DataFrame, year: int, seed: int) -> pd.DataFrame:
    """Quick figures: of what is counted, a little less than in the end."""
    counted = rows[rows["numerator"].notna() & rows["lower"].isna()].copy()
    rng = courses.generator_for(seed, "quick", str(year))
    counted["numerator"] = (counted["numerator"] * rng.uniform(0.97, 1.0, len(counted))).round()
    return counted


def _corrected(rows: pd.DataFrame, year: int, seed: int) -> pd.DataFrame:
    """Some counts, lowered after checking; the corrected figures are what stands in the end."""
    rng = courses.generator_for(seed, "corrected", str(year))
    chosen = rows[(rng.random(len(rows)) < CORRECTED_SHARE) & (rows["numerator"] > 50).to_numpy()].copy()
    chosen["numerator"] = np.floor(chosen["numerator"] * rng.uniform(0.985, 0.997, len(chosen)))
    return chosen.assign(note=CORRECTION_NOTE)


def _quarters(wide: pd.DataFrame, local: pd.DataFrame, year: int, last_quarter: int, seed: int) -> list[Report]:
    """Each quarter's quick figures; with the next quarter the last one becomes final."""
    reports = []
    for quarter in range(1, last_quarter + 1):
        received = date(year, 3 * quarter + 1, 17)
        now = wide[wide["period"] == f"{year}Q{quarter}"]
        before = wide[wide["period"] == f"{year}Q{quarter - 1}"].assign(status="final")
        file = _report(f"{year}年第{quarter}季度", received, now, "provisional", "演示：市卫生健康委")
        sent = [
            frame for frame in (before.assign(reported_on=file.rows["reported_on"].iloc[0]), file.rows) if len(frame)
        ]
        reports.append(Report(file.name, received, pd.concat(sent), file.sent_by))
        townships = local[local["period"] == f"{year}Q{quarter}"]
        name = f"{year}年第{quarter}季度乡镇"
        reports.append(_report(name, received + timedelta(days=2), townships, "provisional", "演示：各旗区卫健委"))
    return reports


def as_townships_send_it(rows: pd.DataFrame) -> pd.DataFrame:
    """The same rows under Chinese headings and with the status in Chinese."""
    return rows.assign(status=rows["status"].map(STATUS_LABELS)).rename(columns=TOWNSHIP_LABELS)


def is_of_townships(report: Report) -> bool:
    """Whether a file holds townships' figures (codes of nine digits, or the invented one)."""
    return bool(report.rows["area_id"].map(lambda code: len(code) > len(places.PREFECTURE)).all())
