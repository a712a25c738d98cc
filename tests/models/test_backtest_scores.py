import numpy as np
import pandas as pd
import pytest

from models import backtest_scores as scoring
from models.backtest import LAST_COLUMNS, MILESTONE, OWN_PATH, replay
from models.intervals import QUANTILE_COLUMNS
from tests.models.test_backtest import history


def replayed(actual, ours, last, *, indicator="a", is_up=True, **columns) -> pd.DataFrame:
    """Forecasts whose seven quantiles are all one number, on a scale of 1."""
    n = len(actual)
    frame = pd.DataFrame({"series_id": [f"{indicator}|{nth}" for nth in range(n)], "indicator_id": indicator})
    frame = frame.assign(area_id="x", origin=2022, horizon=1, length=5, size=500.0, is_up=is_up, scale=1.0)
    frame = frame.assign(actual=np.asarray(actual, float), last=np.asarray(last, float), against=OWN_PATH)
    frame[QUANTILE_COLUMNS] = np.asarray(ours, float)[:, None] + np.zeros(7)
    frame[LAST_COLUMNS] = np.asarray(last, float)[:, None] + np.zeros(7)
    return frame.assign(p_miss=0.5, p_distance=0.5, missed=False).assign(**columns)


def test_a_certain_forecast_is_scored_by_how_far_it_is_off():
    # the levels 0.025 ... 0.975 average one half: twice the pinball loss of a point is its distance
    assert scoring.crps(np.array([5.0, 5.0]), np.array([[4.0] * 7, [7.0] * 7])).tolist() == pytest.approx([1.0, 2.0])


def test_a_spread_forecast_is_scored_by_its_quantiles():
    # by hand for 0 and -3, -2, -1, 0, 1, 2, 3: 2/7 x 2 x (0.025 x 3 + 0.1 x 2 + 0.25 x 1) = 0.3
    assert scoring.crps(np.zeros(1), np.arange(-3.0, 4.0)[None, :])[0] == pytest.approx(0.3)


def test_every_indicator_counts_alike_however_many_areas_it_has():
    many, one = replayed([1, 1, 1], [2, 2, 2], [3, 3, 3]), replayed([1], [4], [2], indicator="b")
    found = scoring.scores(scoring.with_errors(pd.concat([many, one]))).iloc[0]

    assert (found["forecasts"], found["series"]) == (4, 4)
    assert (found["mase"], found["mase_last"]) == (2.0, 1.5)  # (1 + 3) / 2 and (2 + 1) / 2
    assert found["scrps_ratio"] == pytest.approx(np.sqrt(0.5 * 3))  # half the error in one, three times in the other


def test_one_indicator_gone_astray_does_not_drown_the_others():
    sound, astray = replayed([1], [2], [2]), replayed([1], [1e6], [2], indicator="b")
    found = scoring.scores(scoring.with_errors(pd.concat([sound, astray])))

    assert found["scrps_ratio"].iloc[0] == pytest.approx(10.0)  # the root of 1 x 100


def test_rosier_than_what_came_is_a_positive_bias_whichever_way_is_better():
    up, down = replayed([5], [7], [5]), replayed([5], [3], [5], indicator="b", is_up=False)

    assert scoring.with_errors(pd.concat([up, down]))["bias"].tolist() == [2.0, 2.0]


def test_a_figure_on_the_edge_of_the_interval_is_inside():
    errors = scoring.with_errors(replayed([5, 5], [5, 6], [5, 5]))

    assert errors["in80"].tolist() == [1.0, 0.0]


def test_forecasts_are_classed_by_what_was_known_and_how_many_people_stand_behind():
    many = replayed([1] * 4, [1] * 4, [1] * 4, length=[3, 5, 11, 40], size=[999, 1000, 250_000, np.nan])
    errors = scoring.with_errors(many)

    assert errors["length_class"].tolist() == ["3-4", "5-7", "8-11", "12+"]
    assert errors["size_class"].tolist() == ["<1000", "1000-9999", "100000+", "unknown"]


@pytest.mark.parametrize(
    ("forecasts", "origins", "ratio", "worse_at", "verdict"),
    [
        (30, 3, 0.9, 0.3, "use"),
        (30, 3, 1.0, 0.5, "even"),
        (30, 3, 1.04, 1.0, "even"),
        (30, 3, 1.06, 2 / 3, "last_value"),
        (500, 7, 1.5, 3 / 7, "even"),  # one bad year is not a bad method
        (29, 3, 1.5, 1.0, "too_few"),
        (500, 2, 1.5, 1.0, "too_few"),
        (500, 7, np.nan, 0.0, "too_few"),
    ],
)
def test_an_indicator_that_does_clearly_worse_than_the_last_value_is_switched_off(
    forecasts, origins, ratio, worse_at, verdict
):
    table = pd.DataFrame({"forecasts": [forecasts], "origins": [origins], "scrps_ratio": [ratio]})

    assert scoring.verdicts(table.assign(worse_origins=worse_at)).tolist() == [verdict]


def test_what_is_switched_off_comes_back_only_once_it_is_better_by_a_margin():
    table = pd.DataFrame({"forecasts": 500, "origins": 7, "scrps_ratio": [0.95, 0.98, 1.02, 1.2]}, index=list("abcd"))
    table = table.assign(worse_origins=[0.2, 0.4, 0.6, 0.8])

    assert scoring.left_to_last_value(table) == ["d"]
    assert scoring.left_to_last_value(table, before=["a", "b", "c"]) == ["b", "c", "d"]


def test_origins_are_counted_at_which_the_last_value_would_have_been_nearer():
    near, far = replayed([1], [2], [4], origin=2021), replayed([1], [5], [2], origin=2022)

    assert scoring.worse_origins(scoring.with_errors(pd.concat([near, far]))).to_dict() == {"a": 0.5}


def test_seven_of_ten_forecasts_that_said_seventy_percent_missed():
    errors = replayed([0] * 10, [0] * 10, [0] * 10, p_miss=[0.66, 0.74] * 5, missed=[True] * 7 + [False] * 3)
    table = scoring.calibration(errors)
    row = table.loc[0.7]

    assert (row["forecasts"], row["missed"], row["share"], row["p_mean"]) == (10, 7, 0.7, pytest.approx(0.7))
    assert (row["low"], row["high"]) == (pytest.approx(0.397, abs=5e-4), pytest.approx(0.892, abs=5e-4))  # Wilson
    assert table["forecasts"].sum() == 10
    assert scoring.calibration_error(table) == pytest.approx(0.0)
    assert scoring.telling_bin(table) == 0.7


def test_the_ends_of_what_may_be_said_have_their_tenths():
    table = scoring.calibration(replayed([0] * 2, [0] * 2, [0] * 2, p_miss=[0.05, 0.95]))

    assert table["forecasts"].tolist() == [1, 0, 0, 0, 0, 0, 0, 0, 1]


def test_the_sentence_speaks_of_what_most_forecasts_said_where_few_said_seventy():
    table = scoring.calibration(replayed([0] * 3, [0] * 3, [0] * 3, p_miss=[0.2, 0.2, 0.7]))

    assert scoring.telling_bin(table) == 0.2
    assert scoring.telling_bin(table * 0) is None


def test_skill_is_what_the_forecast_adds_to_the_distance_and_to_the_usual_share():
    errors = replayed([0, 0], [0, 0], [0, 0], p_miss=[0.9, 0.1], p_distance=[0.5, 0.5], missed=[True, False])
    found = scoring.probability_scores(errors).iloc[0]

    assert found["brier"] == pytest.approx(0.01)
    assert (found["brier_distance"], found["brier_rate"]) == (0.25, 0.25)  # half of them missed
    assert (found["skill_distance"], found["skill_rate"]) == (pytest.approx(0.96), pytest.approx(0.96))
    assert found["ece"] == pytest.approx(0.1)


def test_withheld_probabilities_are_not_scored():
    errors = replayed([0, 0], [0, 0], [0, 0], p_miss=[0.9, np.nan], missed=[True, True])

    assert scoring.probability_scores(errors)["forecasts"].tolist() == [1]
    assert scoring.calibration(errors)["forecasts"].sum() == 1


def test_a_replay_is_summed_up_whole_and_nothing_is_nothing():
    rising = history({area: [10 + nth, 12, 13, 15, 16 + nth, 18, 19] for nth, area in enumerate("abcd")})
    found = scoring.summary(replay(rising))

    assert (found.first, found.last) == (2022, 2025)
    assert found.overall["forecasts"].iloc[0] == 4 * (4 + 3 + 2 + 1)
    assert found.by_horizon["forecasts"].tolist() == [16, 12, 8, 4]
    assert list(found.by_length.index) == ["3-4", "5-7"]
    assert found.calibration[MILESTONE]["forecasts"].sum() == 0
    assert found.calibration[OWN_PATH]["forecasts"].sum() == 40
    assert found.by_indicator["verdict"].isin(scoring.VERDICTS).all()
    assert scoring.summary(replay(rising.head(0))) is None
