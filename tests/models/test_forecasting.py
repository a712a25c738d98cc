import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.forecasting import MEMBERS, Forecaster
from models.intervals import QUANTILE_COLUMNS
from models.panel import panel_from_frame
from models.transform import drawn_in


def history_of(series: dict[str, list[float | None]], *, lower=0.0, upper=100.0, first=2016, indicator="screening"):
    """Yearly figures of areas, the last one in 2025 if there are ten; None is a year not reported."""
    rows = [(name, first + i, value) for name, values in series.items() for i, value in enumerate(values)]
    history = pd.DataFrame(rows, columns=["series_id", "time", "value"]).assign(
        indicator_id=indicator, area_id=lambda h: h["series_id"], lower_bound=lower, upper_bound=upper, direction="up"
    )
    return history.astype({"value": float, "time": float})


def requests_of(names, times) -> pd.DataFrame:
    return pd.DataFrame([(name, float(time)) for name in names for time in times], columns=["series_id", "time"])


def forecast(history, times, names=None):
    names = history["series_id"].unique() if names is None else names
    return Forecaster().fit(history).predict(requests_of(names, times))


def nine_districts(seed=1, points=5, step=1.5):
    rng = np.random.default_rng(seed)
    start = np.linspace(30, 70, 9)
    return {
        f"district {i}": list(np.round(start[i] + step * np.arange(points) + rng.normal(0, 0.8, points), 1))
        for i in range(9)
    }


def test_nine_districts_with_five_years_go_on_as_their_peers_do():
    answer = forecast(history_of(nine_districts()), [2025])

    rise = answer["q0.5"].to_numpy() - [values[-1] for values in nine_districts().values()]
    assert 2 < np.median(rise) < 7.5  # five years at 1.5 points, damped, and shrunk towards standing still
    assert (answer["q0.9"] - answer["q0.1"]).between(2, 30).all()


def test_one_area_that_rises_alone_is_believed_little():
    among_peers = history_of({**{f"still {i}": [50, 51, 50, 51, 50] for i in range(8)}, "rising": [40, 44, 48, 52, 56]})

    answer = forecast(among_peers, [2025], ["rising"])

    straight_line = 56 + 5 * 4
    assert 50 < answer["q0.5"].item() < 56 + (straight_line - 56) / 2


def test_an_area_without_peers_goes_by_its_own_figures():
    answer = forecast(history_of({"prefecture": [40.0, 42, 44, 46, 48, 50, 52, 54, 56, 58]}), [2028])

    assert 59 < answer["q0.5"].item() < 58 + 3 * 2  # three years at two points a year, damped and not quite believed


def test_figures_that_never_moved_are_forecast_where_they_stand():
    answer = forecast(history_of({"a": [40.0] * 6, "b": [55.0] * 6, "c": [70.0] * 6}), [2022, 2030])

    assert answer["q0.5"].tolist() == pytest.approx([40, 40, 55, 55, 70, 70], abs=1.5)
    assert (answer["q0.975"] > answer["q0.025"]).all()  # what never moved may still move


def test_full_coverage_everywhere_stays_full_and_within_its_bound():
    answer = forecast(history_of({"a": [100.0] * 6, "b": [100.0] * 6}), [2022, 2026])

    assert (answer["q0.5"] > 99.9).all()
    assert (answer[QUANTILE_COLUMNS].to_numpy() <= 100).all()


def test_zeros_of_a_rate_are_a_figure_like_any_other():
    answer = forecast(history_of({"a": [0, 2, 0, 1, 0.0], "b": [3, 2, 4, 3, 2.0]}, upper=np.nan), [2022])

    assert np.isfinite(answer[[*QUANTILE_COLUMNS, "mean"]].to_numpy()).all()
    assert (answer["q0.025"] >= 0).all()


@pytest.mark.parametrize("points", [1, 2, 3, 4])
def test_a_new_series_with_few_points_moves_with_its_peers(points):
    series = nine_districts(points=8)
    series["new"] = [None] * (8 - points) + [50.0] * points

    answer = forecast(history_of(series), [2026], ["new"])

    assert 50 < answer["q0.5"].item() < 60  # its own figures stand still, its peers rise by 1.5 a year


def test_the_fewer_the_points_the_wider_the_interval():
    series = nine_districts(points=8)
    series |= {f"new {n}": [None] * (8 - n) + series["district 4"][8 - n :] for n in (1, 3, 8)}

    answer = forecast(history_of(series), [2026], ["new 1", "new 3", "new 8"])

    width = (answer["q0.9"] - answer["q0.1"]).to_numpy()
    assert width[0] > width[1] > width[2]


def test_the_interval_widens_with_the_years_ahead():
    answer = forecast(history_of(nine_districts()), [2021, 2023, 2025, 2028], ["district 4"])

    assert (np.diff(answer["q0.9"] - answer["q0.1"]) > 0).all()


def test_figures_that_swing_to_and_fro_are_not_started_from_the_last_swing():
    swing = {f"s{i}": [50 + i + 5 * (-1) ** (year + i) for year in range(10)] for i in range(6)}

    answer = forecast(history_of(swing), [2026], ["s1"])  # last figure: 51 + 5

    assert 49 < answer["q0.5"].item() < 54.5


def test_growth_that_feeds_on_itself_goes_on():
    rng = np.random.default_rng(0)
    series = {}
    for i in range(12):
        growth, level, values = 0.0, 50.0, []
        for _ in range(12):
            growth = 0.8 * growth + rng.normal(0, 0.5)
            level += growth
            values.append(level)
        series[f"s{i}"] = values
    history = history_of(series)

    answer = forecast(history, [2028])

    values = np.array(list(series.values()))
    last_change = values[:, -1] - values[:, -2]
    expected_change = answer["q0.5"].to_numpy() - values[:, -1]
    assert np.corrcoef(last_change, expected_change)[0, 1] > 0.8


def test_a_jump_of_a_small_township_is_taken_back_more_than_that_of_a_large_one():
    rng = np.random.default_rng(3)
    people = np.array([40] * 10 + [40_000] * 10)
    share = rng.binomial(people[:, None], 0.6, (20, 7)) / people[:, None]
    share[[0, 10], -1] = 0.8
    series = {f"township {i:02d}": list(100 * share[i]) for i in range(20)}
    history = history_of(series)
    denominator = np.repeat(people, 7)
    history = history.assign(denominator=denominator, numerator=history["value"] * denominator / 100)

    answer = forecast(history, [2023], ["township 00", "township 10"])

    small, large = answer["q0.5"]
    assert 55 < small < 70 < large


def test_a_gap_in_the_years_is_a_longer_step_not_a_missing_figure():
    series = nine_districts(points=8)
    series["district 4"][3:6] = [None, None, None]

    answer = forecast(history_of(series), [2026], ["district 4"])

    assert series["district 4"][-1] < answer["q0.5"].item() < series["district 4"][-1] + 8


def test_a_first_quarters_figure_after_yearly_ones_is_where_the_forecast_starts():
    yearly = history_of(nine_districts(points=8))
    quarter = yearly[(yearly["series_id"] == "district 4") & (yearly["time"] == 2023)].assign(time=2023.25, value=70.0)

    answer = forecast(pd.concat([yearly, quarter]), [2024], ["district 4"])

    assert 62 < answer["q0.5"].item() < 74


def test_quarters_keep_their_rhythm():
    rhythm = np.array([6.0, -2.0, -6.0, 2.0])
    times = 2022 + np.arange(12) / 4
    rows = [
        (f"s{i}", t, 40 + i + rhythm[q % 4] + 0.1 * ((q * 7 + i) % 5)) for i in range(5) for q, t in enumerate(times)
    ]
    history = pd.DataFrame(rows, columns=["series_id", "time", "value"]).assign(
        indicator_id="visits", area_id="x", lower_bound=0.0, upper_bound=np.nan, direction="up", season_length=4
    )

    answer = forecast(history, [2025, 2025.25, 2025.5, 2025.75], ["s2"])

    assert answer["q0.5"].to_numpy() == pytest.approx(42.2 + rhythm, abs=1.0)


def test_a_year_that_is_cut_is_as_if_it_had_never_been_reported():
    shock = {name: [*values[:3], values[3] - 25, values[4]] for name, values in nine_districts().items()}
    marked = history_of(shock).assign(weight=lambda h: np.where(h["time"] == 2019, 0.0, 1.0))
    without = history_of({name: [*values[:3], None, values[4]] for name, values in nine_districts().items()})

    pd.testing.assert_frame_equal(forecast(marked, [2022]), forecast(without, [2022]))


def test_a_shock_year_believed_by_half_lies_half_way_to_its_neighbours():
    # Without bounds the scale is the unit itself: neighbours 40 and 44 say 42, the figure says 22; a quarter of it: 37.
    panel = panel_from_frame(
        history_of({"a": [40.0, 22, 44, 22]}, lower=None, upper=None).assign(weight=[1, 0.25, 1, 0.5])
    )

    assert drawn_in(panel, panel.value_of_row).tolist() == [40.0, 37.0, 44.0, 33.0]  # at the end: half way from 44


@pytest.mark.parametrize("weight", [-0.1, 1.5])
def test_a_weight_beyond_none_and_all_is_refused(weight):
    with pytest.raises(ValueError, match="a at 2017: weight"):
        Forecaster().fit(history_of({"a": [1.0, 2, 3]}).assign(weight=[1, weight, 1]))


def test_the_members_are_the_last_value_and_what_each_part_adds_to_it():
    history = history_of(nine_districts(), lower=None, upper=None)
    model, asked = Forecaster().fit(history), requests_of(nine_districts(), [2023])
    members, median = model.members(asked), model.predict(asked)["q0.5"]

    parts = members[list(MEMBERS[1:])].sub(members["last_value"], axis=0)
    assert members["last_value"].tolist() == [values[-1] for values in nine_districts().values()]
    assert (members["last_value"] + parts.sum(axis=1)).tolist() == pytest.approx(median.tolist())
    assert (parts["pooled_trend"] > 1).all()  # all nine rise
    assert parts["convergence"].iloc[0] > 0 > parts["convergence"].iloc[-1]  # the lowest catches up, the highest falls


def test_an_indicator_left_to_its_last_value_stays_there_in_intervals_that_know_its_past_errors():
    history = history_of(nine_districts(points=8, step=3.0))
    modelled, still = Forecaster().fit(history), Forecaster({"screening"}).fit(history)
    asked = requests_of(nine_districts(points=8), [2024])

    answer = still.predict(asked)
    assert answer["q0.5"].tolist() == pytest.approx(history[history["time"] == 2023]["value"].tolist())
    width = (answer["q0.9"] - answer["q0.1"]).median()
    assert width > (modelled.predict(asked)["q0.9"] - modelled.predict(asked)["q0.1"]).median()  # it misses the rise


def test_surveys_every_five_years_are_forecast_a_survey_ahead():
    history = history_of({f"s{i}": [50 + i + 2 * k + 0.5 * ((k + i) % 2) for k in range(8)] for i in range(9)})
    history["time"] = 1980 + 5 * (history["time"] - 2016)

    answer = forecast(history, [2020], ["s4"])

    assert 67 < answer["q0.5"].item() < 71  # 54 + 14 = 68 at the last survey, two points a survey
    assert (answer["q0.9"] - answer["q0.1"]).item() < 6


def test_the_order_of_rows_and_the_names_of_series_do_not_matter():
    history = history_of(nine_districts(points=7))
    plain = forecast(history, [2024, 2027])

    shuffled = history.sample(frac=1, random_state=4)
    shuffled["series_id"] = shuffled["series_id"].str.replace("district", "旗区").str[::-1]
    renamed = (
        Forecaster()
        .fit(shuffled)
        .predict(
            requests_of(history["series_id"].unique(), [2024, 2027]).assign(
                series_id=lambda r: r["series_id"].str.replace("district", "旗区").str[::-1]
            )
        )
    )

    np.testing.assert_allclose(renamed[QUANTILE_COLUMNS], plain[QUANTILE_COLUMNS], rtol=1e-9)


def test_a_rate_per_thousand_and_per_hundred_thousand_are_forecast_alike():
    series = {f"s{i}": list(np.exp(np.sin(i + np.arange(7.0)) / 4) * (i + 1)) for i in range(6)}
    per_thousand = forecast(history_of(series, upper=np.nan), [2025])
    larger = {name: [100 * value for value in values] for name, values in series.items()}

    per_hundred_thousand = forecast(history_of(larger, upper=np.nan), [2025])

    np.testing.assert_allclose(per_hundred_thousand[QUANTILE_COLUMNS], 100 * per_thousand[QUANTILE_COLUMNS], rtol=1e-9)


def test_the_share_without_is_forecast_as_the_mirror_of_the_share_with():
    series = nine_districts(points=7)
    covered = forecast(history_of(series), [2026])

    uncovered = forecast(history_of({name: [100 - v for v in values] for name, values in series.items()}), [2026])

    np.testing.assert_allclose(uncovered[QUANTILE_COLUMNS[::-1]], 100 - covered[QUANTILE_COLUMNS], rtol=1e-7)


def test_another_indicators_figures_change_nothing():
    screening = history_of(nine_districts())
    yuan = {f"o{i}": [5e12, 9e12, 2e12, 8e12, 1e12] for i in range(4)}
    other = history_of(yuan, indicator="balance", lower=np.nan, upper=np.nan)

    alone, together = (forecast(h, [2024], ["district 3"]) for h in (screening, pd.concat([other, screening])))

    pd.testing.assert_frame_equal(alone, together)


def test_asking_twice_gives_the_same_answer_and_in_the_order_asked():
    forecaster = Forecaster().fit(history_of(nine_districts()))
    asked = requests_of(["district 7", "district 2"], [2030, 2024])

    first, second = forecaster.predict(asked), forecaster.predict(asked)

    pd.testing.assert_frame_equal(first, second)
    assert first["series_id"].tolist() == ["district 7"] * 2 + ["district 2"] * 2
    assert first["time"].tolist() == [2030, 2024, 2030, 2024]


def test_a_year_reported_twice_is_refused_by_name():
    history = history_of({"a": [40.0, 41.0, 42.0]})

    with pytest.raises(ValueError, match="is there twice \\(a at 2018\\)"):
        Forecaster().fit(pd.concat([history, history.tail(1)]))


@pytest.mark.parametrize(
    ("value", "message"), [(101.0, "above its upper bound"), (-1.0, "below"), (np.inf, "not a finite")]
)
def test_a_figure_that_cannot_be_is_refused(value, message):
    with pytest.raises(ValueError, match=message):
        Forecaster().fit(history_of({"a": [40.0, value, 42.0]}))


def test_a_series_that_changes_its_bound_is_refused():
    history = history_of({"a": [40.0, 41.0]})
    history.loc[1, "upper_bound"] = 50.0

    with pytest.raises(ValueError, match="a: upper changes within the series"):
        Forecaster().fit(history)


def test_a_missing_column_is_named():
    with pytest.raises(ValueError, match="lacks the columns lower_bound"):
        Forecaster().fit(history_of({"a": [1.0]}).drop(columns="lower_bound"))


def test_a_forecast_of_the_past_or_of_a_stranger_is_refused():
    forecaster = Forecaster().fit(history_of({"a": [40.0, 41.0]}))

    with pytest.raises(ValueError, match="a: 2017 is not after its last point"):
        forecaster.predict(requests_of(["a"], [2017]))
    with pytest.raises(ValueError, match="without history \\(b\\)"):
        forecaster.predict(requests_of(["b"], [2020]))


def test_nothing_asked_of_nothing_known_is_an_empty_answer():
    answer = forecast(history_of({"a": [40.0]}).iloc[:0], [], [])

    assert list(answer.columns) == ["series_id", "time", "mean", *QUANTILE_COLUMNS]
    assert answer.empty


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(st.one_of(st.none(), st.sampled_from([0.0, 0.1, 50.0, 99.9, 100.0]), st.floats(0, 100)), max_size=8),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from([(0.0, 100.0), (0.0, np.nan), (np.nan, np.nan), (np.nan, 100.0)]),
)
def test_no_history_makes_quantiles_cross_or_leave_the_bounds(values, bounds):
    history = history_of({f"s{i}": v for i, v in enumerate(values)}, lower=bounds[0], upper=bounds[1])
    names = history.dropna(subset="value")["series_id"].unique()

    answer = forecast(history, [2024, 2024.25, 2030, 2050], names)

    numbers = answer[[*QUANTILE_COLUMNS, "mean"]].to_numpy()
    assert np.isfinite(numbers).all()
    assert (np.diff(answer[QUANTILE_COLUMNS], axis=1) >= 0).all()
    assert not (numbers < bounds[0]).any()
    assert not (numbers > bounds[1]).any()
