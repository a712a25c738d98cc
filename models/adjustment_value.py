"""Did the analysts' changes help? Past adjustments scored against what came, beside the model they replaced.

Forecast value added (Gilliland 2010) is how much less the adjusted forecast missed by, as a share of what the model
missed by: positive is better than the model, zero as good, negative worse.
"""

import numpy as np
import pandas as pd

from models.backtest_scores import crps
from models.intervals import QUANTILE_COLUMNS

# Adjustments that have met their figures, and the occasions they met them on (an indicator in a year: its areas share
# their luck, good or bad, so that nine districts of one indicator prove little more than one).
FEWEST, FEWEST_OCCASIONS = 8, 3
VALUE = [
    "adjustments", "figures", "occasions", "mae_model", "mae_adjusted", "value_added", "value_added_scrps", "share_better", "is_enough",
]  # fmt: skip


def errors_of(outcomes: pd.DataFrame) -> pd.DataFrame:
    """One row an adjustment and figure that came, with how far both versions missed.

    outcomes: adjustment_id, indicator_id, time, scale, actual, and QUANTILE_COLUMNS twice, with the endings _model and _adjusted. scale: what
    a miss is measured in (the series' usual change from one figure to the next), so that indicators of different units
    can be averaged. Added: error_model, error_adjusted, scrps_model, scrps_adjusted, all in scales; NaN where scale is.
    """
    actual, scale = outcomes["actual"].to_numpy(float), outcomes["scale"].to_numpy(float)
    added = {}
    for version in ("model", "adjusted"):
        quantiles = outcomes[[f"{column}_{version}" for column in QUANTILE_COLUMNS]].to_numpy(float)
        added[f"error_{version}"] = np.abs(actual - quantiles[:, QUANTILE_COLUMNS.index("q0.5")]) / scale
        added[f"scrps_{version}"] = crps(actual, quantiles) / scale
    return outcomes.assign(**added)


def value_added(errors: pd.DataFrame, by: str | None = None) -> pd.DataFrame:
    """The value added, of all or by one column (author, kind, reason_code): columns VALUE, indexed by it ("all").

    Every adjustment counts once, with the mean over its figures. is_enough: from FEWEST adjustments on FEWEST_OCCASIONS
    on; below, the numbers say what happened, not what to expect.
    """
    scores = ["error_model", "error_adjusted", "scrps_model", "scrps_adjusted"]
    key = pd.Series("all", index=errors.index) if by is None else errors[by]
    groups = [key.rename("group"), errors["adjustment_id"]]
    each = errors.groupby(groups)[scores].mean()
    each["figures"] = errors.groupby(groups).size()
    each = each.dropna(subset=scores)
    each["better"] = (each["error_adjusted"] < each["error_model"]).astype(float)
    occasions = errors.assign(group=key).drop_duplicates(["group", "indicator_id", "time"]).groupby("group").size()
    means = each.groupby(level="group").mean()
    count = each.groupby(level="group").size()
    return pd.DataFrame(
        {
            "adjustments": count,
            "figures": each.groupby(level="group")["figures"].sum(),
            "occasions": occasions.reindex(count.index),
            "mae_model": means["error_model"],
            "mae_adjusted": means["error_adjusted"],
            "value_added": _share_saved(means["error_model"], means["error_adjusted"]),
            "value_added_scrps": _share_saved(means["scrps_model"], means["scrps_adjusted"]),
            "share_better": means["better"],
            "is_enough": (count >= FEWEST) & (occasions.reindex(count.index) >= FEWEST_OCCASIONS),
        }
    )[VALUE]


def _share_saved(model: pd.Series, adjusted: pd.Series) -> pd.Series:
    """NaN where the model missed nothing: nothing could be saved."""
    return (1 - adjusted / model.where(model > 0)).astype(float)
