"""Assessment by a scheme: marks with their arithmetic, and how far the ranks hold. Apart from judgement and forecasts."""

import pandas as pd
from dash import html

from dashboards import components, data, wording
from dashboards.access import register_page
from dashboards.assessment_words import arithmetic, range_words, rank_words, rule_words, state_words
from dashboards.language import gettext as _
from dashboards.language import mark
from dashboards.working_words import number

PATH = "/assessment"
YEARS_OFFERED = 6
EXAMPLE = "示例方案 EXAMPLE SCHEME"  # in both languages at once, as the DEMO mark


def layout(**query):
    """?scheme=&year=&area=: everybody's marks for a year, and one area's arithmetic."""
    here = choose(query)
    wrong = refused()
    if here is None:
        advice = _("Put a scheme into packs/assessments and load its plan and figures.")
        return components.page(
            _("There is nothing to assess"), children=[wrong, components.empty(_("No scheme of assessment"), advice)]
        )
    return components.page(
        title(here),
        subline=subline(here),
        controls=controls(here),
        children=[
            wrong,
            ribbon(here),
            totals_table(here),
            components.download_bar("assessment", **state(here)),
            items_section(here),
            components.download_bar("assessment-items", **state(here)),
        ],
        method=[
            _("Marks follow the scheme's own rules and reported figures only; no forecast and no judgement enters."),
            _(
                "Other weights: 2,000 draws around the scheme's (Dirichlet, a quarter either way). Noise: each figure drawn anew within its sampling error. Nine in ten draws lie in the range."
            ),
            _(
                "One item left out: the best and the worst rank. A figure that is missing is not nought: who lacks one is not ranked."
            ),
        ],
    )


def refused() -> html.Div | None:
    """The schemes that contradict themselves, with the rows to mend."""
    problems = data.refused_schemes()
    if not problems:
        return None
    lines = [html.P(line, lang="zh") for problem in problems for line in problem.splitlines()]
    return components.notice(_("A scheme cannot be used until it is mended"), action=html.Div(lines), kind="failed")


def choose(query: dict) -> dict | None:
    """What the page is of; None where there is no scheme, or nothing has been reported for it."""
    schemes = data.schemes()
    if not schemes:
        return None
    scheme_id = query.get("scheme") if query.get("scheme") in schemes else next(iter(schemes))
    years = data.assessed_years(scheme_id)[:YEARS_OFFERED]
    if not years:
        return None
    year = int(query["year"]) if query.get("year") in map(str, years) else years[0]
    found = data.assessed(scheme_id, year)
    totals = None if found is None else data.visible(found.totals)
    if totals is None or totals.empty:
        return None
    area_id = query.get("area") if query.get("area") in set(totals["area_id"]) else totals["area_id"].iloc[0]
    loaded = schemes[scheme_id]
    return {"scheme": loaded, "years": years, "year": year, "found": found, "totals": totals, "area_id": area_id}


def state(here: dict) -> dict:
    return {"scheme": here["scheme"].about["scheme_id"], "year": here["year"], "area": here["area_id"]}


def title(here: dict) -> str:
    """How many ranks can be trusted: the first thing to know about a ranking."""
    found = here["found"]
    ranked = here["totals"].dropna(subset=["rank"])
    firm = [set(one.loc[one["low"] == one["high"], "area_id"]) for one in (found.weights, found.noise)]
    kept = int(ranked["area_id"].isin(firm[0] & firm[1]).sum())
    names = {"year": wording.period(str(here["year"])), "kept": kept, "total": len(ranked)}
    if not kept:
        return _("{year}: none of {total} ranks holds under other weights and the figures' own noise", **names)
    return _("{year}: {kept} of {total} ranks hold under other weights and the figures' own noise", **names)


def subline(here: dict) -> list:
    about = here["scheme"].about
    return [
        components.data_name(about["name_zh"], about["name_en"]),
        _("ranked within peer groups"),
        _("provisional") if here["totals"]["is_provisional"].any() else None,
    ]


def controls(here: dict) -> list:
    schemes = [{"value": key, "label": data.name(one.about)} for key, one in data.schemes().items()]
    years = [{"value": str(year), "label": wording.period(str(year))} for year in here["years"]]
    names = data.areas()
    places = [{"value": area, "label": data.name(names.loc[area])} for area in here["totals"]["area_id"]]
    chosen = state(here)
    return [
        components.choice("scheme", _("Scheme"), schemes, chosen["scheme"]),
        components.choice("year", _("Year"), years, str(here["year"])),
        components.choice("area", _("Arithmetic of"), places, here["area_id"]),
    ]


def ribbon(here: dict) -> html.Div | None:
    """Says that the scheme is an example, in both languages, and why."""
    about = here["scheme"].about
    if not about["is_example"]:
        return None
    note = components.data_name(about["note_zh"], about["note_en"])
    return html.Div([html.Strong(example_words()), html.P(note)], className="kt-example", role="note")


def example_words() -> list:
    chinese, english = EXAMPLE.split(" ", 1)
    return [html.Span(chinese, lang="zh"), " ", html.Span(english, lang="en")]


def totals_rows(here: dict) -> pd.DataFrame:
    """One row an area: marks, rank and its ranges; by group, best rank first, then who is not ranked."""
    found, names = here["found"], data.areas()
    groups = here["scheme"].groups.set_index("area_id")
    rows = here["totals"].sort_values(["group", "rank", "area_id"], na_position="last")
    ranges = {key: getattr(found, key).set_index("area_id") for key in ("weights", "noise", "items")}
    return pd.DataFrame(
        [
            {
                "area_id": row["area_id"],
                "name": data.name(names.loc[row["area_id"]]),
                "group": data.name(groups.loc[row["area_id"]], "group") if row["area_id"] in groups.index else "",
                "marks": wording.number(row["marks"], 1),
                "of": number(row["full_marks"]),
                "rank": rank_words(row["rank"]),
                **{key: range_words(one.loc[row["area_id"]].to_dict()) for key, one in ranges.items()},
                "state": state_words(row),
            }
            for row in rows.to_dict("records")
        ]
    )


def totals_heads() -> dict[str, str]:
    return {
        "group": _("Peer group"),
        "marks": _("Marks"),
        "of": _("Of"),
        "rank": _("Rank in the group"),
        "weights": _("Rank under other weights"),
        "noise": _("Rank under noise"),
        "items": _("Rank with one item left out"),
        "state": _("State"),
    }


def totals_table(here: dict) -> html.Div:
    heads, rows = totals_heads(), []
    for row in totals_rows(here).to_dict("records"):
        place = data.areas().loc[row["area_id"]]
        name = components.data_name(place["name_zh"], place["name_en"])
        link = components.link(name, PATH, **{**state(here), "area": row["area_id"]})
        rows.append([link, *(row[key] for key in heads)])
    return components.simple_table(
        [_("Area"), *heads.values()], rows, caption=title(here), numbers=(2, 3, 4), className="kt-stacked"
    )


def items_rows(here: dict) -> list[dict]:
    """The chosen area's items in the scheme's order, with the rule, the arithmetic and the marks."""
    scored = here["found"].scored
    own = scored[scored["area_id"] == here["area_id"]].set_index("item_id")
    rows = []
    for item in here["scheme"].scheme.items.to_dict("records"):
        one = own.loc[item["item_id"]].to_dict()
        unit = here["found"].units[item["indicator_id"]]
        rows.append(
            {
                "item": item,
                "unit": unit,
                "rule": rule_words(item),
                "value": wording.value(one["value"], unit),
                "status": wording.figure_status(one["status"]) if isinstance(one["status"], str) else "",
                "arithmetic": arithmetic(item, one),
                "marks": wording.number(one["marks"] if one["full_marks"] else None, 2),
                "full": wording.number(one["full_marks"] or None),
            }
        )
    return rows


def items_section(here: dict) -> html.Section:
    place = data.areas().loc[here["area_id"]]
    rows = [
        [
            components.data_name(row["item"]["name_zh"], row["item"]["name_en"]),
            row["rule"],
            f"{row['value']} {row['status']}".strip(),
            row["arithmetic"],
            row["marks"],
            row["full"],
        ]
        for row in items_rows(here)
    ]
    heads = [_("Item"), _("Rule"), _("Figure"), _("Arithmetic"), _("Marks"), _("Full marks")]
    heading = _("The arithmetic of {place}, {year}", place=data.name(place), year=wording.period(str(here["year"])))
    table = components.simple_table(heads, rows, caption=heading, numbers=(4, 5), className="kt-stacked")
    return components.section(heading, table)


def about_lines(here: dict) -> dict[str, str]:
    about = here["scheme"].about
    lines = {_("Scheme"): data.name(about), _("Year"): str(here["year"])}
    if about["is_example"]:
        lines |= {EXAMPLE: data.name(about, "note")}
    return lines


def marked(frame: pd.DataFrame, here: dict) -> pd.DataFrame:
    """An example says so in every row: a file travels without its page."""
    return frame.assign(**{EXAMPLE: "EXAMPLE"}) if here["scheme"].about["is_example"] else frame


@components.exporter("assessment")
def export_totals(query: dict) -> components.Export:
    """Everybody's marks and ranks."""
    here = choose(query)
    frame = totals_rows(here).rename(columns={"area_id": _("Area code"), "name": _("Area"), **totals_heads()})
    return components.Export(marked(frame, here), title(here), about_lines(here))


@components.exporter("assessment-items")
def export_items(query: dict) -> components.Export:
    """Every item of every area with its arithmetic."""
    here, names = choose(query), data.areas()
    frame = pd.DataFrame(
        [
            {
                _("Area code"): area_id,
                _("Area"): data.name(names.loc[area_id]),
                _("Item"): data.name(row["item"]),
                _("Rule"): row["rule"],
                _("Figure"): row["value"],
                _("State of the figure"): row["status"],
                _("Arithmetic"): row["arithmetic"],
                _("Marks"): row["marks"],
                _("Full marks"): row["full"],
            }
            for area_id in here["totals"]["area_id"]
            for row in items_rows({**here, "area_id": area_id})
        ]
    )
    return components.Export(marked(frame, here), title(here), about_lines(here))


register_page(
    __name__,
    path=PATH,
    name=mark("Assessment"),
    section=mark("Assessment"),
    permission="see figures",
    layout=layout,
    order=80,
)
