"""Which districts or townships truly differ from the whole: a funnel with its limits, never a league table."""

import pandas as pd
from dash import html

from dashboards import components, data, funnel_crowd, wording
from dashboards.access import register_page
from dashboards.funnel import BEYOND_998, UP, funnel, meaning
from dashboards.language import gettext as _
from dashboards.language import mark, pick
from models import small_numbers as sn

PATH, FIGURE = "/funnel", "funnel-figure"
LEVELS = {"county": mark("Districts"), "township": mark("Townships"), "village": mark("Villages")}
OF_LEVEL = {"county": mark("districts"), "township": mark("townships"), "village": mark("villages")}
WIDTHS = {"name": {"minWidth": 130}, "meaning": {"minWidth": 150}, "note": {"minWidth": 170}}
FEWEST_PLACES = 3
MOST_ROWS = 1000  # in the page's table; the downloads have all
BY_CHANCE_95 = 0.05


def layout(**query):
    """?plan=&indicator=&area=&level=&years=; what is missing or unknown is chosen for the reader."""
    chosen = data.plan(query.get("plan"))
    if chosen is None:
        return components.nothing_judged()
    place = data.place(chosen["plan_id"], query.get("area"))
    here = choose(chosen, place, query)
    if here is None:
        return components.page(
            _("No places to compare in {place}", place=data.name(place)),
            controls=components.plan_and_area(chosen, place),
            children=[components.empty(_("No indicator here counts its events place by place"))],
        )
    found = compare(here)
    body = [components.empty(_("No counts were reported for this choice"))] if found is None else figure(here, found)
    return components.page(
        title(here, found),
        trail=components.breadcrumbs(PATH, data.plan_trail(chosen["plan_id"], place["area_id"]), **state(here)),
        subline=subline(here, found),
        controls=controls(here, found),
        children=body,
        table=None if found is None else table(here, found),
        method=[] if found is None else method(here, found),
    )


def choose(plan: dict, place: dict, query: dict) -> dict | None:
    """What the page is of: plan, place, level, indicator (its target's name and direction), the indicators offered."""
    levels = [level for level in LEVELS if len(data.places_of_level(place["area_id"], level)) >= FEWEST_PLACES]
    level = query.get("level") if query.get("level") in levels else levels[0] if levels else None
    offered = {one: data.comparable(plan["plan_id"], place["area_id"], one, FEWEST_PLACES) for one in levels}
    if level is None or not any(len(rows) for rows in offered.values()):
        return None
    if offered[level].empty or query.get("level") not in levels:
        asked = query.get("indicator")
        level = next((one for one in levels if asked in set(offered[one]["indicator_id"])), None) or next(
            one for one in levels if len(offered[one])
        )
    rows = offered[level].set_index("indicator_id", drop=False)
    indicator = query.get("indicator") if query.get("indicator") in rows.index else rows.index[0]
    years = query.get("years")
    return {
        "plan": plan,
        "place": place,
        "levels": [one for one in levels if len(offered[one])],
        "level": level,
        "offered": rows,
        "target": rows.loc[indicator].to_dict(),
        "years": int(years) if years in map(str, data.YEARS_OFFERED) else None,
    }


def compare(here: dict) -> data.Comparison | None:
    return data.compared(here["target"]["indicator_id"], here["place"]["area_id"], here["level"], here["years"])


def state(here: dict) -> dict:
    return {
        "plan": here["plan"]["plan_id"],
        "indicator": here["target"]["indicator_id"],
        "level": here["level"],
        "years": here["years"],
    }


def decimals(here: dict) -> int:
    return 1 if wording.is_missing(here["target"]["decimals"]) else int(here["target"]["decimals"])


def title(here: dict, found: data.Comparison | None) -> str:
    """How many places truly differ, and from what."""
    names = {
        "indicator": pick(here["target"]["target_name_zh"], here["target"]["target_name_en"]),
        "levels": _(OF_LEVEL[here["level"]]),
        "place": data.name(here["place"]),
    }
    if found is None:
        return _("{place}: {indicator} by {levels} has not been reported", **names)
    names |= {"count": int(found.places["position"].isin(BEYOND_998).sum()), "total": len(found.places)}
    names["whole"] = wording.value(found.whole, found.unit, decimals(here))
    if not names["count"]:
        return _("{indicator}: none of {total} {levels} truly differs from {place}'s {whole}", **names)
    return _("{indicator}: {count} of {total} {levels} truly differ from {place}'s {whole}", **names)


def subline(here: dict, found: data.Comparison | None) -> list:
    """Plan, years, and how many are not shown."""
    parts = [components.data_name(here["plan"]["name_zh"], here["plan"]["name_en"]), data.name(here["place"])]
    if found is None:
        return parts
    first = found.last_year - found.years + 1
    years = (
        wording.period(str(found.last_year))
        if found.years == 1
        else _("{first} to {last}, pooled", first=first, last=found.last_year)
    )
    parts.append(years)
    if found.missing:
        parts.append(_("{number} without counts are not shown", number=found.missing))
    review = data.review(here["plan"]["plan_id"], None)
    parts.append(_("figures reported so far"))
    return [*parts, components.way_to_changes(here["plan"], review) if review else None]


def controls(here: dict, found: data.Comparison | None) -> list:
    """Which indicator, within what, which places, how many years."""
    names = [
        {"value": row["indicator_id"], "label": data.name(row, "target_name")}
        for row in here["offered"].to_dict("records")
    ]
    _plan, area = components.plan_and_area(here["plan"], here["place"])
    levels = [{"value": level, "label": _(LEVELS[level])} for level in here["levels"]]
    spans = [{"value": str(years), "label": years_label(years)} for years in data.YEARS_OFFERED]
    years = str(found.years if found is not None else here["years"] or 1)
    return [
        components.choice("indicator", _("Indicator"), names, here["target"]["indicator_id"], searchable=True),
        area,
        components.choice("level", _("Compare"), levels, here["level"]),
        components.choice("years", _("Years"), spans, years),
    ]


def years_label(years: int) -> str:
    return _("newest year") if years == 1 else _("{years} years pooled", years=years)


def figure(here: dict, found: data.Comparison) -> list:
    """The funnel, what its signs mean with how many there are of each, and the downloads."""
    drawn = funnel(found, direction=here["target"]["direction"], decimals=decimals(here), palette=components.palette())
    source = _("Limits: Fingertips (OHID) funnel, 95 and 99.8 %; figures as reported")
    drawn = components.finish(drawn, source=source)
    name = f"kangtu-funnel-{here['target']['indicator_id']}"
    return [
        legend(here, found),
        components.graph(FIGURE, drawn, alt=title(here, found), file_name=name, height=480),
        components.download_bar("funnel", figure=FIGURE, area=here["place"]["area_id"], **state(here)),
    ]


def legend(here: dict, found: data.Comparison) -> html.P:
    """Each sign with its meaning and its count, the outermost first."""
    counts = found.places["position"].value_counts()
    parts = []
    for position in (sn.HIGH_998, sn.HIGH_95, sn.INSIDE, sn.LOW_95, sn.LOW_998):
        words = meaning(position, here["target"]["direction"])
        parts.append(
            html.Span(
                [
                    sign(position, colour(position, here)),
                    f" {words} ",
                    html.Strong(wording.number(int(counts.get(position, 0)))),
                ],
                className="kt-funnel-key",
            )
        )
    return html.P(parts, className="kt-funnel-legend")


def colour(position: str, here: dict) -> str:
    """The class of the figure's colour: better, worse, neither."""
    if position == sn.INSIDE or here["target"]["direction"] == "hold":
        return "kt-funnel-neither"
    is_better = (position in UP) == (here["target"]["direction"] == "higher_is_better")
    return "kt-funnel-better" if is_better else "kt-funnel-worse"


def sign(position: str, class_name: str) -> html.Span:
    """The figure's own signs as text, so that grey print has them too."""
    signs = {sn.HIGH_998: "▲", sn.HIGH_95: "△", sn.INSIDE: "●", sn.LOW_95: "▽", sn.LOW_998: "▼"}
    return html.Span(signs[position], className=class_name, **{"aria-hidden": "true"})


def rows(here: dict, found: data.Comparison, most: int | None = None) -> pd.DataFrame:
    """The table behind the figure: furthest from the whole first, never ordered by the raw rate; most: no more of them."""
    places = found.places
    apart = places["position"].map({position: nth for nth, position in enumerate(sn.POSITIONS)}).sub(2).abs()
    places = places.assign(apart=apart).sort_values(["apart", "order"], ascending=[False, True], kind="stable")
    places = places.head(most) if most else places
    meanings = {position: meaning(position, here["target"]["direction"]) for position in sn.POSITIONS}
    shaky = _("fewer than {events} events: unstable", events=sn.UNSTABLE_BELOW)
    return pd.DataFrame(
        {
            "name": [pick(zh, en) for zh, en in zip(places["name_zh"], places["name_en"], strict=True)],
            "area_id": places["area_id"],
            "meaning": places["position"].map(meanings),
            "numerator": places["numerator"],
            "denominator": places["denominator"],
            "value": places["value"],
            "shrunk": places["shrunk"],
            "low_95": places["low_95"],
            "high_95": places["high_95"],
            "low_998": places["low_998"],
            "high_998": places["high_998"],
            "weight": 100 * places["weight"],
            "years": places["years"],
            "note": places["is_unstable"].map({True: shaky, False: ""}),
        }
    )


def heads(found: data.Comparison) -> dict[str, str]:
    unit = wording.unit_name(found.unit)
    return {
        "name": _("Area"),
        "area_id": _("Area code"),
        "meaning": _("Against the whole"),
        "numerator": _("Numerator"),
        "denominator": _("Denominator"),
        "value": _("As reported ({unit})", unit=unit),
        "shrunk": _("Shrunk ({unit})", unit=unit),
        "low_95": _("95 % from"),
        "high_95": _("95 % to"),
        "low_998": _("99.8 % from"),
        "high_998": _("99.8 % to"),
        "weight": _("Weight of its own figure (%)"),
        "years": _("Years"),
        "note": _("Note"),
    }


def table(here: dict, found: data.Comparison) -> html.Section:
    places = decimals(here)
    numbers = {"numerator": 0, "denominator": 0, "weight": 0, "years": 0}
    numbers |= dict.fromkeys(("value", "shrunk", "low_95", "high_95", "low_998", "high_998"), places)
    shown = {field: head for field, head in heads(found).items() if field != "area_id"}
    columns = [
        components.column(field, head, number=field in numbers, decimals=numbers.get(field), **WIDTHS.get(field, {}))
        for field, head in shown.items()
    ]
    frame = rows(here, found, MOST_ROWS).drop(columns="area_id")
    heading = _("The places behind the figure, furthest from the whole first")
    parts = [components.table("funnel-table", frame, columns, label=title(here, found))]
    if len(found.places) > MOST_ROWS:
        counts = {"shown": MOST_ROWS, "all": len(found.places)}
        note = _("The first {shown} of {all} areas; the downloads hold all of them.", **counts)
        parts.append(html.P(note, className="kt-muted"))
    return components.section(heading, parts)


def method(here: dict, found: data.Comparison) -> list[str]:
    expected = wording.number(len(found.places) * BY_CHANCE_95, 1)
    lines = [
        _(
            "A point beyond the 99.8 % limits differs from the whole by more than chance explains; why, the figure does not say."
        ),
        _(
            "Of {total} places alike, about {expected} would lie beyond the 95 % limits by chance alone: they are only worth a look.",
            total=len(found.places),
            expected=expected,
        ),
        _(
            "Shrunk: empirical Bayes towards the whole (Marshall 1991; shares beta-binomial). Lists are ordered by it, not by raw rates."
        ),
    ]
    if len(found.places) > funnel_crowd.MOST_ALONE:
        lines.append(
            _(
                "Drawn: the {furthest} places furthest beyond their limits one by one, the others as marks whose area says how many they are. The download has every place.",
                furthest=funnel_crowd.FURTHEST,
            )
        )
    if found.years > 1:
        lines.append(
            _(
                "Pooled years count a person once a year: for shares at a date the limits are then narrower than they should be."
            )
        )
    return lines


@components.exporter("funnel")
def export(query: dict) -> components.Export:
    """The whole table of the address's choice."""
    plan = data.plan(query.get("plan"))
    here = choose(plan, data.place(plan["plan_id"], query.get("area")), query)
    found = compare(here)
    frame = rows(here, found).rename(columns=heads(found))
    about = {
        _("Plan"): data.name(plan),
        _("Indicator"): data.name(here["target"], "target_name"),
        _("Years"): found.places["periods"].mode().iloc[0],
        _("All together"): wording.value(found.whole, found.unit, decimals(here)),
        _("Method"): " ".join(method(here, found)),
    }
    return components.Export(frame, title(here, found), about)


register_page(
    __name__,
    path=PATH,
    name=mark("Real differences"),
    section=mark("Review"),
    permission="see figures",
    layout=layout,
    order=25,
)
