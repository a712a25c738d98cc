import numpy as np
import pandas as pd
import pytest

from models import forecast_pools
from models.forecast_pools import LAST_VALUE, fan_frame, fingerprint, forecast_pool, pools_of
from models.forecasting import Forecaster


def history(indicators=("screening", "mortality"), areas=9, seed=3):
    """Nine districts, six to ten years each, the odd one with a newest figure of the third quarter."""
    draw, rows = np.random.default_rng(seed), []
    for indicator_id in indicators:
        for area in range(areas):
            times = np.arange(2016.0 + draw.integers(0, 4), 2026.0)
            times = np.append(times, 2025.75) if area % 3 == 0 else times
            values = np.clip(50 + np.cumsum(draw.normal(0.5, 2, len(times))), 0, 100)
            people = draw.integers(100, 900, len(times)).astype(float)
            rows.append(
                pd.DataFrame(
                    {
                        "series_id": f"{indicator_id}|{150600 + area}",
                        "indicator_id": indicator_id,
                        "area_id": str(150600 + area),
                        "time": times,
                        "value": values,
                        "lower_bound": 0.0,
                        "upper_bound": 100.0,
                        "direction": "up",
                        "numerator": people * values / 100,
                        "denominator": people,
                    }
                )
            )
    return pd.concat(rows, ignore_index=True)


def test_a_pool_is_forecast_alone_as_among_others_bit_for_bit():
    known = history()
    apart = pd.concat([fan_frame(pool, forecast_pool(pool)) for pool in pools_of(known, 2030)], ignore_index=True)
    asked = apart.assign(series_id=apart.indicator_id + "|" + apart.area_id)[["series_id", "time"]]
    together = Forecaster().fit(known).predict(asked)

    columns = list(forecast_pools.FIGURES)
    assert (apart[columns].to_numpy() == together[columns].to_numpy()).all()


def test_the_order_of_rows_changes_nothing_and_one_figure_one_fingerprint():
    known = history()
    prints = [fingerprint(pool, 7) for pool in pools_of(known, 2030)]
    shuffled = [fingerprint(pool, 7) for pool in pools_of(known.sample(frac=1, random_state=1), 2030)]
    changed = known.copy()
    changed.loc[0, "value"] = np.nextafter(changed.loc[0, "value"], 100)  # of screening, by its last bit
    other = [fingerprint(pool, 7) for pool in pools_of(changed, 2030)]

    assert prints == shuffled
    assert [a == b for a, b in zip(prints, other, strict=True)] == [True, False]  # mortality, screening


def test_counts_method_seed_and_last_year_are_part_of_the_fingerprint():
    known = history(["screening"])
    (plain,) = pools_of(known, 2030)
    others = [
        next(pools_of(known.assign(denominator=known.denominator + 1), 2030)),
        next(pools_of(known, 2031)),
        next(pools_of(known, 2030, methods={"screening": LAST_VALUE})),
    ]

    assert len({fingerprint(pool, 7) for pool in [plain, *others]} | {fingerprint(plain, 8)}) == 5


def test_the_last_value_is_a_method_of_its_own():
    (pool,) = pools_of(history(["screening"]), 2030, methods={"screening": LAST_VALUE})
    fan = fan_frame(pool, forecast_pool(pool))
    last = pool.history.groupby("area_id").value.last()

    assert fan["q0.5"].to_numpy() == pytest.approx(fan.area_id.map(last).to_numpy())


def test_years_begin_after_each_series_own_end():
    (pool,) = pools_of(history(["screening"]), 2028)
    fan = fan_frame(pool, forecast_pool(pool))

    assert fan.groupby("area_id").time.agg(["min", "max"]).drop_duplicates().to_numpy().tolist() == [[2026, 2028]]


def test_a_series_that_has_reached_the_last_year_stays_a_peer_and_is_not_forecast():
    known = history(["screening"])
    done = known.area_id == "150601"
    known = pd.concat([known, known[done].tail(1).assign(time=2030.0)], ignore_index=True)
    (pool,) = pools_of(known, 2030)
    fan = forecast_pool(pool)

    assert np.isnan(fan[1]).all()  # the second district by code
    assert np.isfinite(fan[2, -1]).all()


def test_a_repeated_year_is_named():
    known = history(["screening"])

    with pytest.raises(ValueError, match=r"screening of 150600 for .* comes twice"):
        list(pools_of(pd.concat([known, known.head(1)]), 2030))


def test_parts_of_a_large_indicator_stay_as_they_are_when_areas_come(monkeypatch):
    monkeypatch.setattr(forecast_pools, "MOST_SERIES", 10)
    before = {pool.part: set(pool.area_ids) for pool in pools_of(history(["screening"], areas=30), 2030, seed=1)}
    after = {pool.part: set(pool.area_ids) for pool in pools_of(history(["screening"], areas=39), 2030, seed=1)}

    assert len(before) == len(after) == 4
    assert all(before[part] <= after[part] for part in before)
    assert sum(map(len, after.values())) == 39
