"""What is measured."""

import pandas as pd
from sqlalchemy import Engine, select

from data_access.frames import read_frame
from data_access.tables import indicators

INDICATORS = {
    "indicator_id": "str",
    "name_zh": "str",
    "name_en": "str",
    "unit": "str",
    "lower_bound": "float64",
    "upper_bound": "float64",
    "decimals": "int64",
    "default_direction": "str",
    "within_year": "str",
    "denominator_zh": "str",
    "denominator_en": "str",
    "definition_zh": "str",
    "definition_en": "str",
    "source": "str",
    "series_break": "str",
}


def read_indicators(engine: Engine) -> pd.DataFrame:
    """Every indicator, ordered by indicator_id: columns and types of INDICATORS. An open bound is NaN."""
    query = select(*(indicators.c[name] for name in INDICATORS)).order_by(indicators.c.indicator_id)
    return read_frame(engine, query, INDICATORS)
