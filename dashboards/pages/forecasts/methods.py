"""How forecasts, probabilities and flags are made: formulas, references, what is calibrated how, and today's figures."""

from dash import html

from dashboards import components, data, wording
from dashboards.access import register_page
from dashboards.backtest_figures import percent
from dashboards.language import current_language, mark
from dashboards.language import gettext as _
from models.forecast_guide import REFERENCES, RULES, SECTIONS, Section

PATH, BACKTEST, WORKING = "/methods", "/backtest", "/working"
PROBABILITY = "The probability of missing"


def layout(**query):
    """?plan= whose current figures are shown."""
    plan = data.plan(query.get("plan"))
    nth = 0 if current_language() == "en" else 1
    return components.page(
        _("How Kangtu forecasts and judges"),
        subline=[_("Rules for the three marks stand with every mark: “How this mark was made”.")],
        children=[current_figures(plan) if plan else None, *(part(section, nth) for section in SECTIONS), references()],
    )


def current_figures(plan: dict) -> html.Section:
    """What the plan's own back-test came to, where it has been worked out; else the way to it."""
    there = components.link(_("All back-tests of this plan"), BACKTEST, plan=plan["plan_id"])
    name = components.data_name(plan["name_zh"], plan["name_en"])
    heading = _("Current figures")
    if not data.backtest_made(plan["plan_id"]):
        return components.section(heading, html.P([name, " · ", there]))
    found = data.backtest(plan["plan_id"])
    if found is None:
        return components.section(heading, html.P([name, " · ", _("No series has four yearly figures")]))
    row, chances = found.overall.iloc[0], found.probability.iloc[0]
    rows = [
        [_("Forecasts held against what came"), wording.number(row["forecasts"])],
        [_("Error beside the last value (1 = the same)"), wording.number(row["scrps_ratio"], 2)],
        [_("Inside the 80 % interval"), percent(row["cov80"])],
        [_("Inside the 95 % interval"), percent(row["cov95"])],
        [_("Mean distance of chances from what came"), percent(chances["ece"])],
        [_("Chances beyond the distance"), percent(chances["skill_distance"])],
        [_("Indicators forecast by their last value"), wording.number(len(data.methods_in_use(plan["plan_id"]).off))],
    ]
    table = components.simple_table(
        [_("Measure"), _("Figure")], rows, caption=heading, numbers=(1,), className="kt-narrow"
    )
    return components.section(heading, html.Div([html.P([name, " · ", there]), table]))


def part(section: Section, nth: int) -> html.Section:
    """One section: its words, its formulas, and under the probability the rules."""
    body: list = [html.P(paragraph[nth]) for paragraph in section.paragraphs]
    body += [html.Pre(formula, className="kt-formula") for formula in section.formulas]
    if section.title[0] == PROBABILITY:
        rows = [[rule.asks[nth], rule.missed[nth]] for rule in RULES]
        caption = section.title[nth]
        body.append(components.simple_table([_("What the rule asks"), _("Missed when")], rows, caption=caption))
    return components.section(section.title[nth], html.Div(body, className="kt-prose"))


def references() -> html.Section:
    return components.section(
        _("References"), html.Ul([html.Li(reference, lang="en") for reference in REFERENCES], className="kt-prose")
    )


register_page(
    __name__,
    path=PATH,
    name=mark("Methods"),
    section=mark("Forecasts"),
    permission="see figures",
    layout=layout,
    order=69,
)
