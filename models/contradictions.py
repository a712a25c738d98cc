"""Which rows of targets contradict themselves. The one list of rules; the words and the mends are the workflows'.

A contradiction is found, never mended. What a real plan leaves open is none: "a batch" without a number, "all" without a
percentage, a standard outside the text.
"""

from collections.abc import Collection

import pandas as pd

from models.targets import CHANGE_RULES, DIRECTIONS, RULES, SIDES, UNIT_LEVEL, plain_numbers
from models.units import UNITS

TRENDS = ("trend_up", "trend_down")
PERCENTS = ("percent", "percent_change")
# What the rule compares with is not in the plan: another area, a rank table, a standard outside the text.
VALUE_LIES_ELSEWHERE = ("benchmark", "rank", "index")
# count_quota: "a batch" (一批); unit_coverage: "all" or "basically all" without a figure; completion has none.
MAY_LACK_A_VALUE = ("count_quota", "unit_coverage", "trend", "completion")
HAVE_A_BASELINE = ("change_from_baseline_relative", "annual_change_points", "trend")
ENDS_OF_A_RANGE = ("lower", "upper")

# slug -> the column that is wrong.
WRONG_IN: dict[str, str] = {
    "unknown_rule": "rule",
    "unknown_comparator": "comparator",
    "unknown_direction": "direction",
    "unknown_scope": "scope",
    "unknown_unit": "unit",
    "comparator_against_direction": "comparator",
    "trend_of_what_holds": "comparator",
    "trend_in_another_rule": "comparator",
    "trend_without_trend": "comparator",
    "quota_in_percent": "unit",
    "coverage_not_percent": "unit",
    "trend_with_value": "value",
    "value_out_of_bounds": "value",
    "milestone_before_baseline": "year",
    # Beyond these a pack is asked to be tidy: what follows changes no mark.
    "completion_not_equal": "comparator",
    "completion_with_value": "value",
    "no_value": "value",
    "baseline_against_rule": "baseline_year",
}
TIDY = ("completion_not_equal", "completion_with_value", "no_value", "baseline_against_rule")
CHANGES_A_MARK = tuple(slug for slug in WRONG_IN if slug not in TIDY)


def find_contradictions(
    rows: pd.DataFrame, *, slugs: Collection[str] = CHANGES_A_MARK, ranges_have_parts: bool = False
) -> pd.DataFrame:
    """index of `rows`, slug, column, of every contradiction, in the order of the rows; none back: all is well.

    rows: unit, direction, rule, comparator, value, year, baseline_year, scope; used where present: year_inferred, part,
        masked_part, benchmark_area_id, lower_bound and upper_bound (of the indicator; the unit's where open). Empty
        cells are NaN or None; a row without rule or comparator is told so elsewhere.
    slugs: which rules. ranges_have_parts: the upper end of a range ("3 to 5 hospitals") must say part = upper; without it
        every upper bound of a count is taken for one.
    """
    found = _all_rules(rows, ranges_have_parts)
    listed = [
        pd.DataFrame({"slug": slug, "column": WRONG_IN[slug]}, index=rows.index[found[slug].fillna(False).astype(bool)])
        for slug in WRONG_IN
        if slug in slugs
    ]
    return pd.concat(listed).sort_index(kind="stable")


def repeated_milestones(rows: pd.DataFrame, key: list[str], time: list[str]) -> pd.Series:
    """index of a row -> index of the earlier row that is the same milestone of the same target.

    key, time: the columns that name the target and the milestone's time; empty cells are equal to each other.
    """
    plain = rows[[*key, *time]].astype(object).where(rows[[*key, *time]].notna(), "")
    first = pd.Series(rows.index, index=rows.index).groupby([plain[name] for name in plain]).transform("first")
    return first[first != rows.index]


def _all_rules(rows: pd.DataFrame, ranges_have_parts: bool) -> dict[str, pd.Series]:
    rule, comparator, unit, direction = rows.rule, rows.comparator, rows.unit, rows.direction
    value, year = plain_numbers(rows.value), plain_numbers(rows.year)
    if "year_inferred" in rows:
        year = year.fillna(plain_numbers(rows.year_inferred))
    trending, is_trend, holds = comparator.isin(TRENDS), rule == "trend", direction == "hold"
    valued = rule.isin(RULES) & ~is_trend
    return {
        "unknown_rule": ~rule.isin(RULES),
        "unknown_comparator": ~comparator.isin(list(SIDES)),
        "unknown_direction": ~direction.isin(list(DIRECTIONS)),
        "unknown_scope": ~rows.scope.isin(list(UNIT_LEVEL)),
        "unknown_unit": ~unit.isin(list(UNITS)),
        "comparator_against_direction": _against_direction(rows, ranges_have_parts),
        "trend_of_what_holds": holds & trending,
        "trend_in_another_rule": valued & trending,
        "trend_without_trend": is_trend & ~trending & ~holds & comparator.isin(list(SIDES)),
        "quota_in_percent": (rule == "count_quota") & unit.isin(PERCENTS),
        "coverage_not_percent": (rule == "unit_coverage") & (unit != "percent"),
        "trend_with_value": is_trend & value.notna(),
        "value_out_of_bounds": _out_of_bounds(rows, value),
        "milestone_before_baseline": plain_numbers(rows.baseline_year) >= year,
        "completion_not_equal": (rule == "completion") & (comparator != "="),
        "completion_with_value": (rule == "completion") & value.notna(),
        "no_value": value.isna() & ~rule.isin(MAY_LACK_A_VALUE) & ~_lies_elsewhere(rows),
        "baseline_against_rule": rows.baseline_year.notna() & ~rule.isin(HAVE_A_BASELINE),
    }


def _against_direction(rows: pd.DataFrame, ranges_have_parts: bool) -> pd.Series:
    """A comparator that asks for less where more is better, or the other way round."""
    side, direction = (
        rows[name].astype(object).map(signs).astype(float).fillna(0.0)
        for name, signs in (("comparator", SIDES), ("direction", DIRECTIONS))
    )
    if ranges_have_parts:
        end_of_a_range = rows.part.isin(ENDS_OF_A_RANGE)
    else:
        end_of_a_range = (rows.rule == "count_quota") & (side == -1)
    return (side * direction < 0) & ~end_of_a_range


def _lies_elsewhere(rows: pd.DataFrame) -> pd.Series:
    """Whether the row's value is hidden in the text, or not in the plan at all."""
    nothing = pd.Series(None, index=rows.index, dtype=object)
    hidden = (
        rows.get("masked_part", nothing).astype(object).map(lambda parts: isinstance(parts, str) and "value" in parts)
    )
    return hidden.astype(bool) | rows.unit.isin(VALUE_LIES_ELSEWHERE) | rows.get("benchmark_area_id", nothing).notna()


def bounds_of_values(rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """The least and the greatest value each row may state; NaN where open. Nothing can fall by more than all of it."""
    low, high = (
        rows.unit.map({slug: getattr(unit, end) for slug, unit in UNITS.items()}) for end in ("lower", "upper")
    )
    low, high = low.astype(float), high.astype(float)
    if "lower_bound" in rows:
        low, high = plain_numbers(rows.lower_bound).fillna(low), plain_numbers(rows.upper_bound).fillna(high)
    points = rows.rule.isin(CHANGE_RULES)
    in_percent = points & (rows.unit == "percent") & (rows.rule != "change_from_baseline_relative")
    low = low.mask(points).mask(in_percent | (rows.rule == "change_from_baseline_relative"), -100.0)
    return low, high.mask(points).mask(in_percent, 100.0)


def _out_of_bounds(rows: pd.DataFrame, value: pd.Series) -> pd.Series:
    low, high = bounds_of_values(rows)
    return ~rows.rule.isin(("trend", "completion")) & ((value < low) | (value > high))
