"""Assessment by the schemes of packs/assessments: apart from what is judged and forecast."""

import pandas as pd

from dashboards.data.registers import all_plans, areas, indicators
from dashboards.data.store import cached, engine
from data_access.errors import InputError
from workflows import assessments
from workflows.assessments import Assessed, LoadedScheme


@cached
def _loaded() -> tuple[dict[str, LoadedScheme], list[str]]:
    known, sound, refused = set(indicators()["indicator_id"]), {}, []
    for folder in assessments.scheme_folders():
        try:
            one = assessments.load_scheme(folder, known)
        except InputError as error:
            refused.append(str(error))
        else:
            sound[one.about["scheme_id"]] = one
    return {key: one for key, one in sound.items() if one.about["plan_id"] in all_plans().index}, refused


def schemes() -> dict[str, LoadedScheme]:
    """Every sound scheme of a loaded plan by its id. Files are read anew when the site starts or figures come in."""
    return _loaded()[0]


def refused_schemes() -> list[str]:
    """What is wrong with the schemes nobody is scored by, row by row, in Chinese."""
    return _loaded()[1]


@cached
def assessed_years(scheme_id: str) -> list[int]:
    """The years a scheme's indicators have figures for, newest first."""
    return assessments.years_reported(engine(), schemes()[scheme_id])


@cached
def assessed(scheme_id: str, year: int) -> Assessed | None:
    """Everybody scored by a scheme for a year; None where the plan's area is not in the register.

    Ranks are among all of a group; show rows through visible() only.
    """
    loaded = schemes()[scheme_id]
    home = all_plans().loc[loaded.about["plan_id"]]["area_id"]
    return None if pd.isna(home) else assessments.assess(engine(), loaded, home, year)


def visible(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of areas the reader may see."""
    return frame[frame["area_id"].isin(areas().index)]
