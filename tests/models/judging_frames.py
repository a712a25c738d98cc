"""Small frames for the tests of judging: targets as a plan's rows, figures as districts report them."""

from datetime import date

import pandas as pd

from models.judging import judge

AREAS = pd.DataFrame(
    [
        ("150600", "prefecture", None, True, "鄂尔多斯市", "Ordos"),
        ("150602", "county", "150600", True, "东胜区", "Dongsheng District"),
        ("150621", "county", "150600", True, "达拉特旗", "Dalad Banner"),
        ("150602001", "township", "150602", True, "交通街道", "Jiaotong Subdistrict"),
        ("150602002", "township", "150602", True, "公园街道", "Gongyuan Subdistrict"),
        ("150602400", "township", "150602", False, "东胜经济科教园区", "Dongsheng Park"),
        ("150621100", "township", "150621", True, "树林召镇", "Shulinzhao Town"),
    ],
    columns=["area_id", "level", "parent_id", "is_unit", "name_zh", "name_en"],
)


def target(milestones, **row):
    """The rows of one target: milestones as {year or None: value or None}; everything else as column=value."""
    base = {
        "plan_id": "ordos-2030",
        "action_id": "action",
        "indicator_id": "literacy",
        "name_zh": "居民健康素养水平",
        "name_en": "Health literacy level",
        "unit": "percent",
        "direction": "higher_is_better",
        "rule": "level",
        "scope": "plan_area",
        "comparator": ">=",
        "baseline_year": None,
        "masked": False,
    } | row
    ident = "/".join(str(base[key]) for key in ("plan_id", "action_id", "indicator_id", "rule", "scope", "comparator"))
    rows = [
        base | {"target_id": ident, "year": year, "value": value, "milestone_order": order}
        for order, (year, value) in enumerate(milestones.items(), 1)
    ]
    return pd.DataFrame(rows)


def figures(area_id, values, indicator_id="literacy", **columns):
    """Yearly or quarterly figures of one area: {period: value or (numerator, denominator) with unit percent}."""
    rows = []
    for period, value in values.items():
        period = str(period)
        time = float(period[:4]) if len(period) == 4 else float(period[:4]) - 1 + int(period[-1]) / 4
        counts = value if isinstance(value, tuple) else (float("nan"), float("nan"))
        value = 100 * value[0] / value[1] if isinstance(value, tuple) else value
        rows.append((indicator_id, area_id, period, time, *counts, value))
    frame = pd.DataFrame(
        rows, columns=["indicator_id", "area_id", "period", "time", "numerator", "denominator", "value"]
    )
    return frame.assign(**({"lower": float("nan"), "upper": float("nan"), "status": "final"} | columns))


def marks(targets, observations, *, areas=AREAS, as_of=date(2026, 11, 15), forecasts=None, indicators=None):
    """Judge lists of frames; the marks indexed by area_id, or by (target_id, area_id) where there are several targets."""
    one = isinstance(targets, pd.DataFrame)
    all_targets = targets if one else pd.concat(targets, ignore_index=True)
    frame = judge(
        all_targets,
        pd.concat(observations, ignore_index=True) if isinstance(observations, list) else observations,
        areas,
        as_of=as_of,
        forecasts=forecasts,
        indicators=indicators,
    )
    return frame.set_index("area_id") if one else frame.set_index(["target_id", "area_id"])
