"""What a back-test says in words: the finding, what may be concluded, how it was done."""

import pandas as pd
from dash import html

from dashboards import wording
from dashboards.backtest_figures import percent, years_of
from dashboards.language import gettext as _
from dashboards.language import mark
from models.backtest import MILESTONE, OWN_PATH
from models.backtest_scores import ALL, EVEN, LAST_VALUE, RULE, TOO_FEW, USE, Z_95, Summary, telling_bin

KINDS = {
    ALL: mark("Milestones and own paths"),
    MILESTONE: mark("Milestones only"),
    OWN_PATH: mark("Own paths only"),
}
LENGTHS = {
    "3-4": mark("3 or 4 figures"),
    "5-7": mark("5 to 7 figures"),
    "8-11": mark("8 to 11 figures"),
    "12+": mark("12 and more figures"),
}
SIZES = {
    "<1000": mark("fewer than 1,000"),
    "1000-9999": mark("1,000 to 9,999"),
    "10000-99999": mark("10,000 to 99,999"),
    "100000+": mark("100,000 and more"),
    "unknown": mark("not known"),
}
# verdict -> (the status whose shape it borrows, word, what it means)
VERDICTS = {
    USE: ("on_course", mark("Use it"), mark("the forecast's error is smaller than the last value's")),
    EVEN: (
        "slow",
        mark("About as good"),
        mark("the forecast is about as good as the last value: what is in use stays in use"),
    ),
    LAST_VALUE: ("reversing", mark("Switch off"), mark("the last value does better than the forecast: read that")),
    TOO_FEW: ("cannot_judge", mark("Too few to say"), mark("too few past forecasts, or from too few years")),
}
NEAR = 0.05  # said and came this close: the chances held
TENTHS_ABOVE_HALF = 0.55
LITTLE_SKILL = 0.05
FEWEST_INDICATORS = 5


def title(found: Summary, kind: str) -> str:
    """Of so many forecasts that said 70 %, so many missed."""
    table = found.calibration[kind]
    said = telling_bin(table)
    if said is None:
        return _("No past chance of missing can be held against what came")
    row = table.loc[said]
    return _(
        "Of {count} forecasts that said about {chance} likely to miss, {missed} missed ({share})",
        count=wording.number(row["forecasts"]),
        chance=percent(said),
        missed=wording.number(row["missed"]),
        share=percent(row["share"]),
    )


def conclusions(found: Summary, kind: str) -> list[str]:
    """What may be concluded, one sentence a question."""
    said = [chances(found, kind)] if found.calibration[kind]["forecasts"].sum() else []
    said += skill(found, kind)
    return [*said, intervals(found), accuracy(found), *where_it_holds(found)]


def where_it_holds(found: Summary) -> list[str]:
    """For how many years ahead, how many figures known and how many people the forecast beats the last value."""
    said = []
    years = {horizon: _("{years} ahead", years=years_of(horizon)) for horizon in found.by_horizon.index}
    for table, words in ((found.by_horizon, years), (found.by_length, LENGTHS), (found.by_size, SIZES)):
        known = table[(table["forecasts"] >= RULE["fewest_forecasts"]) & table["scrps_ratio"].notna()]
        worse = [_(words[key]) for key in known.index[known["scrps_ratio"] >= 1.0]]
        if worse:
            said.append(_("No better than the last value: {classes}.", classes=wording.joined(worse)))
    if said:
        return said
    return [
        _("It beats the last value at every number of years ahead, of figures known and of people behind the figure.")
    ]


def chances(found: Summary, kind: str) -> str:
    """Whether high chances of missing came true as often as they were said."""
    table = found.calibration[kind]
    high = table[(table.index > TENTHS_ABOVE_HALF) & (table["forecasts"] > 0)]
    if high.empty:
        return _("No forecast said that a miss was likelier than not.")
    count = high["forecasts"].sum()
    average = float((high["p_mean"] * high["forecasts"]).sum() / count)
    came = float(high["missed"].sum() / count)
    words = {"chance": percent(average), "came": percent(came)}
    if abs(average - came) <= NEAR:
        return _(
            "Where a miss was likely, {chance} was said on average and {came} came: the chances can be read as they stand.",
            **words,
        )
    if average > came:
        return _(
            "Where a miss was likely, {chance} was said on average and {came} came: read high chances of missing as too high.",
            **words,
        )
    return _(
        "Where a miss was likely, {chance} was said on average and {came} came: read high chances of missing as too low.",
        **words,
    )


def skill(found: Summary, kind: str) -> list[str]:
    """What the chances add to the distance to the line, and to the share that misses anyway."""
    if kind not in found.probability.index:
        return []
    row = found.probability.loc[kind]
    distance, rate = row["skill_distance"], row["skill_rate"]
    said = []
    if not wording.is_missing(distance):
        if distance > LITTLE_SKILL:
            said.append(
                _(
                    "The chances beat the mere distance to the line today: their error (Brier score) is {gain} smaller.",
                    gain=percent(distance),
                )
            )
        else:
            said.append(_("The chances say hardly more than the distance to the line today."))
    if not wording.is_missing(rate):
        if rate > LITTLE_SKILL:
            said.append(
                _(
                    "They tell who will miss: their error is {gain} smaller than that of the usual share said of everybody.",
                    gain=percent(rate),
                )
            )
        else:
            said.append(
                _(
                    "Who exactly will miss they hardly tell: the usual share, said of everybody, would have been about as good. Do not rank areas by them alone."
                )
            )
    return said


def intervals(found: Summary) -> str:
    """Whether the intervals held the share they claim, as far as so many indicators can tell."""
    row = found.overall.iloc[0]
    return _(
        "The 80 % intervals held {in80} of the figures: {said80}. The 95 % intervals held {in95}: {said95}.",
        in80=percent(row["cov80"]),
        said80=held(row["cov80"], 0.80, found.by_indicator["cov80"]),
        in95=percent(row["cov95"]),
        said95=held(row["cov95"], 0.95, found.by_indicator["cov95"]),
    )


def held(share: float, claimed: float, by_indicator: pd.Series) -> str:
    """Too narrow or too wide is said only of a difference that the spread between indicators does not explain.

    The forecasts of one indicator share its good and bad years, so the indicators are the trials, not the forecasts.
    """
    if len(by_indicator) < FEWEST_INDICATORS:
        return _("too few indicators to say whether that is enough")
    error = Z_95 * float(by_indicator.std(ddof=1)) / len(by_indicator) ** 0.5
    margin = wording.change(100 * error, "percent", 1).lstrip("+")
    if abs(share - claimed) <= error:
        return _("as claimed, within the sampling error of ±{margin}", margin=margin)
    if share < claimed:
        return _("fewer than claimed, beyond the sampling error of ±{margin}: too narrow", margin=margin)
    return _("more than claimed, beyond the sampling error of ±{margin}: wider than need be", margin=margin)


def accuracy(found: Summary) -> str:
    """How many indicators a forecast is worth making for."""
    counts = found.by_indicator["verdict"].value_counts()
    return _(
        "Of {total} indicators {better} were forecast better than by their last value, {even} about as well, {worse} clearly worse: those are forecast by their last value. Of {few} too few forecasts can be checked to say.",
        total=len(found.by_indicator),
        better=int(counts.get(USE, 0)),
        even=int(counts.get(EVEN, 0)),
        worse=int(counts.get(LAST_VALUE, 0)),
        few=int(counts.get(TOO_FEW, 0)),
    )


def verdict_mark(verdict: str) -> html.Span:
    """Shape, word and colour together."""
    shape, word, meaning = VERDICTS[verdict]
    return html.Span(
        [html.Span(className=f"kt-mark kt-{shape}", **{"aria-hidden": "true"}), _(word)],
        className="kt-status",
        title=_(meaning),
    )


def method() -> list[str]:
    return [
        _(
            "For the end of every past year the forecasts were made again from the figures up to it, by the method of today's forecasts, and held against the figures that came one to five years later (rolling origin: Tashman 2000). Three figures at least; whole years only; corrections that came later are in the figures."
        ),
        _(
            "Chance of missing: of the milestone where one falls on the forecast year, else of the area's own path, which moves its last three figures' mean on at the pace of the median improving peer. A milestone common to all is easy to tell, because who is far away stays there; the own path is the honest test."
        ),
        _(
            "Distance to the line today: the chance by the last value alone, with the spread of its past yearly steps (a random walk). Brier score: mean squared distance of the chance from what came, 1 for a miss, 0 for none (Murphy 1973)."
        ),
        _(
            "Error: CRPS from seven quantiles (Gneiting and Raftery 2007), and the median's absolute error (MASE: Hyndman and Koehler 2006), both in the series' usual yearly change before the forecast. Every indicator counts alike; ratios by their geometric mean."
        ),
        _(
            "Switch off: at least {forecasts} past forecasts from {origins} years, an error more than {above} of the last value's, and worse at {share} of the years or more. Such an indicator is forecast by its last value from the next run on, and by the model again once its error is below {below}. Decided once a year, when the method changes, or when the figures have grown by a quarter.",
            forecasts=RULE["fewest_forecasts"],
            origins=RULE["fewest_origins"],
            above=percent(RULE["switched_off_above"]),
            below=percent(RULE["taken_up_below"]),
            share=percent(RULE["worse_at_origins"]),
        ),
        _(
            "Past flags: every year's end judged again; a flag came true where the figure of two years later lay short of the path. The distance to the line takes as many cases, those furthest short of the path in tolerances."
        ),
        _(
            "Areas of one indicator share good and bad years: the forecasts are fewer independent trials than their number. Of more than 10,000 series whole areas are drawn."
        ),
    ]
