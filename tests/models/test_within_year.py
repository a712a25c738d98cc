"""Counts of the year so far, and roll-outs: forecast as what they are, and what that gains."""

import numpy as np
import pandas as pd
import pytest

from models.backtest import replay
from models.backtest_scores import crps
from models.forecasting import Forecaster
from models.intervals import QUANTILE_COLUMNS

BY_QUARTER = np.array([0.15, 0.45, 0.80])  # of a year's exams are done by the end of March, June, September


def exams(seed=3, districts=9, first=2021, years=5, quarters=3, noise=0.03):
    """Exams of districts: whole years 2021 to 2024, then the first quarters of 2025 and, apart, what 2025 came to."""
    rng = np.random.default_rng(seed)
    rows, came = [], {}
    for district in range(districts):
        total = np.exp(rng.normal(8, 0.8) + np.cumsum(rng.normal(0.03, 0.20, years)))
        for year, final in zip(range(first, first + years), total, strict=True):
            shares = np.clip(BY_QUARTER * np.exp(rng.normal(0, noise, 3)), 0, 1)
            is_last = year == first + years - 1
            for quarter in range(quarters if is_last else 3):
                rows.append((f"d{district}", year - 1 + (quarter + 1) / 4, final * shares[quarter], (quarter + 1) / 4))
            if is_last:
                came[f"d{district}"] = final
            else:
                rows.append((f"d{district}", float(year), final, np.nan))
    history = pd.DataFrame(rows, columns=["series_id", "time", "value", "part_of_year"])
    shared = {"indicator_id": "exams", "lower_bound": 0.0, "upper_bound": np.nan, "direction": "up"}
    return history.assign(area_id=history["series_id"], **shared), pd.Series(came)


def at_year_end(history, came, years=(2025.0,)):
    asked = pd.DataFrame([(name, year) for name in came.index for year in years], columns=["series_id", "time"])
    return Forecaster().fit(history).predict(asked)


def test_nine_months_of_exams_tell_the_year_far_better_than_last_year_does():
    history, came = exams()
    whole = history[history["part_of_year"].isna()].drop(columns="part_of_year")
    with_parts, without = at_year_end(history, came), at_year_end(whole, came)
    last = whole[whole["time"] == 2024].set_index("series_id")["value"].reindex(came.index)

    missed = {
        name: np.median(np.abs(np.log(guess) - np.log(came.to_numpy())))
        for name, guess in {
            "parts": with_parts["q0.5"].to_numpy(),
            "years": without["q0.5"].to_numpy(),
            "last": last.to_numpy(),
        }.items()
    }
    assert missed["parts"] < 0.05  # three per cent of noise in the share that is done by September
    assert missed["parts"] < missed["last"] / 3 and missed["parts"] < missed["years"] / 3
    inside = (came.to_numpy() >= with_parts["q0.025"]) & (came.to_numpy() <= with_parts["q0.975"])
    assert inside.mean() >= 8 / 9
    narrower = (with_parts["q0.9"] - with_parts["q0.1"]).sum() / (without["q0.9"] - without["q0.1"]).sum()
    assert narrower < 0.5


def test_the_share_that_is_usually_there_is_read_off_the_peers():
    # Half of every year's exams are done by June. 600 by June are 1,200 a year; alone they would be a year's fall from 1,000.
    finals = {2022.0: 900.0, 2023.0: 1150.0, 2024.0: 1000.0}
    rows = [(f"d{d}", year, final, np.nan) for d in range(6) for year, final in finals.items()]
    rows += [(f"d{d}", year - 0.5, final / 2, 0.5) for d in range(6) for year, final in finals.items()]
    rows += [("d0", 2024.5, 600.0, 0.5)]
    history = pd.DataFrame(rows, columns=["series_id", "time", "value", "part_of_year"])
    shared = {"indicator_id": "exams", "lower_bound": 0.0, "upper_bound": np.nan, "direction": "up"}
    history = history.assign(area_id=history["series_id"], **shared)
    answer = at_year_end(history, pd.Series(1.0, index=["d0", "d1"]), years=(2025.0, 2026.0))
    answer = answer.set_index(["series_id", "time"])["q0.5"]

    assert answer["d0", 2025.0] == pytest.approx(1200, rel=0.02)
    assert answer["d0", 2026.0] == pytest.approx(answer["d0", 2025.0], rel=0.05)  # and the next year starts from there
    assert answer["d1", 2025.0] == pytest.approx(1000, rel=0.1)


def test_what_has_been_counted_this_year_is_no_longer_in_doubt():
    history, came = exams(quarters=3)
    history.loc[(history["series_id"] == "d0") & (history["time"] == 2024.75), "value"] *= (
        3  # a campaign brought forward
    )
    answer = at_year_end(history, came).set_index("series_id")
    so_far = history[(history["series_id"] == "d0") & (history["time"] == 2024.75)]["value"].item()

    assert (answer.loc["d0", QUANTILE_COLUMNS] >= so_far).all()


def test_without_any_past_year_to_compare_with_parts_change_nothing_but_the_floor():
    history, came = exams(quarters=1)
    this_year_only = history[history["part_of_year"].isna() | (history["time"] > 2024)]
    whole = history[history["part_of_year"].isna()]

    pd.testing.assert_frame_equal(at_year_end(this_year_only, came), at_year_end(whole, came))


def villages_with_the_programme(seed, districts=12, years=8):
    """Shares of districts' villages, each spreading along its own S-curve in a random order of villages."""
    rng = np.random.default_rng(seed)
    rows = []
    for district in range(districts):
        middle, speed, villages = rng.uniform(2, 6), 0.95 * np.exp(rng.normal(0, 0.25)), int(rng.uniform(20, 180))
        joins = middle + rng.logistic(0, 1 / speed, villages)
        rows += [(f"{seed}|{district}", 2015.0 + t, 100 * np.mean(joins <= t)) for t in range(years)]
    history = pd.DataFrame(rows, columns=["series_id", "time", "value"])
    shared = {"indicator_id": f"programme {seed}", "lower_bound": 0.0, "upper_bound": 100.0, "direction": "up"}
    return history.assign(area_id=history["series_id"], denominator=np.nan, roll_out=1.0, **shared)


def test_a_roll_out_is_forecast_along_its_curve_and_never_falls_back():
    history = pd.concat([villages_with_the_programme(seed) for seed in range(8)])
    came = replay(history, horizons=(1, 3))
    fans = came[QUANTILE_COLUMNS].to_numpy()
    error = np.abs(came["actual"] - fans[:, 3]).mean()
    plain = replay(history.drop(columns="roll_out"), horizons=(1, 3))[QUANTILE_COLUMNS].to_numpy()

    assert (fans >= came["last"].to_numpy()[:, None]).all()
    assert error < 0.5 * np.abs(came["actual"] - came["last"]).mean()
    assert crps(came["actual"].to_numpy(), fans).mean() < crps(came["actual"].to_numpy(), plain).mean()
    last = history[history["time"] == 2022].set_index("series_id")["value"]
    asked = pd.DataFrame(
        [(name, year) for name in last.index for year in range(2023, 2029)], columns=["series_id", "time"]
    )
    answer = Forecaster().fit(history).predict(asked.astype({"time": float}))
    steps = answer.groupby("series_id")[QUANTILE_COLUMNS].diff().dropna()
    assert (steps >= 0).all(axis=None) and (answer["q0.975"] <= 100).all()


def test_a_share_that_falls_as_often_as_it_rises_is_no_roll_out_whatever_it_is_called():
    rng = np.random.default_rng(0)
    rows = [(f"d{d}", 2015.0 + t, 50 + rng.normal(0, 5)) for d in range(6) for t in range(8)]
    shared = {"indicator_id": "i", "lower_bound": 0.0, "upper_bound": 100.0, "direction": "up", "roll_out": 1.0}
    history = pd.DataFrame(rows, columns=["series_id", "time", "value"]).assign(area_id="a", **shared)
    answer = Forecaster().fit(history).predict(pd.DataFrame({"series_id": ["d0"], "time": [2023.0]}))

    assert answer["q0.025"].item() < history[history["series_id"] == "d0"]["value"].iloc[-1]


def test_parts_of_the_first_year_anybody_counted_by_quarter_say_nothing_of_a_bounded_series():
    years = [("d0", float(year), 57.0 + 3 * (year - 2016), np.nan) for year in range(2016, 2026)]
    parts = [("d0", 2025.25, 14.0, 0.25), ("d0", 2025.5, 38.0, 0.5)]
    history = pd.DataFrame(years + parts, columns=["series_id", "time", "value", "part_of_year"])
    history = history.assign(indicator_id="screened", area_id="d0", lower_bound=0.0, upper_bound=100.0, direction="up")
    asked = pd.DataFrame({"series_id": "d0", "time": [2026.0, 2030.0]})

    with_parts = Forecaster().fit(history).predict(asked)
    without = Forecaster().fit(history[history["part_of_year"].isna()]).predict(asked)

    pd.testing.assert_frame_equal(with_parts, without)
