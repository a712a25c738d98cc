"""The words of programmes: their kinds, their steps, how they count, what a cascade says in a sentence."""

import pandas as pd

from dashboards import data, wording
from dashboards.language import gettext as _
from dashboards.language import mark
from models import cascade

KINDS = {
    "screening": mark("Screening"),
    "exam": mark("Health exam"),
    "vaccination": mark("Vaccination"),
    "sign_up": mark("Sign-up"),
    "management": mark("Disease management"),
    "self_management": mark("Self-management"),
}
STEPS = {
    "eligible": mark("Eligible"),
    "invited": mark("Invited"),
    "attended": mark("Attended"),
    "positive": mark("Positive"),
    "confirmed": mark("Confirmed"),
    "followed_up": mark("Followed up"),
    "uploaded": mark("Uploaded"),
}
ATTENDED = {
    "screening": mark("Screened"),
    "exam": mark("Examined"),
    "vaccination": mark("Vaccinated"),
    "sign_up": mark("Signed up"),
    "management": mark("Under management"),
    "self_management": mark("Taking part"),
}
COUNTED = {
    "in_period": mark("Each report counts its own period; the reports of a round are added up."),
    "cumulative": mark("Each report counts the year so far; the last report of each year enters."),
    "level": mark("Each report says how many there are at its end; the last one holds."),
}


def step(stage: str, kind: str) -> str:
    """The step's name; who attended was screened, examined, vaccinated... by the kind of programme."""
    return _(ATTENDED[kind]) if stage == "attended" and kind in ATTENDED else _(STEPS[stage])


def people(count: float | None) -> str:
    """A number of people, with thousands parted."""
    return wording.MISSING if wording.is_missing(count) else wording.number(round(count))


def share(percent: float | None) -> str:
    """A share in percent, one decimal."""
    return wording.value(percent, "percent", 1)


def count_and_share(row: dict) -> str:
    """1,234 (56.7 %)."""
    if wording.is_missing(row["actual"]):
        return wording.MISSING
    if wording.is_missing(row["rate"]):
        return people(row["actual"])
    return _("{count} ({share})", count=people(row["actual"]), share=share(row["rate"]))


def finding(now: data.Standing) -> str:
    """The page's title: where most are lost."""
    programme = data.name(now.programme)
    worst = cascade.worst_step(now.whole)
    if now.units.empty or now.whole["actual"].isna().all():
        return _("{programme}: nothing has been reported", programme=programme)
    if worst is None:
        return _("{programme}: no step falls short of what is expected by now", programme=programme)
    return _(
        "{programme}: most are lost at “{step}”, {people} people fewer than expected",
        programme=programme,
        step=step(worst["stage"], now.programme["kind"]),
        people=people(worst["shortfall"]),
    )


def reported_units(reports: pd.DataFrame) -> str:
    """Reported by n of m."""
    return _("reported by {n} of {m}", n=int((reports["received"] > 0).sum()), m=len(reports))


def round_of(now: data.Standing) -> str:
    """The round a standing is of: its first and last month, as years where it is whole years."""
    first_year, last_year = cascade.year_of(now.over.first), cascade.year_of(now.over.last)
    if (now.over.first - 1) % 12 == 0 and now.over.last % 12 == 0:
        return str(first_year) if first_year == last_year else f"{first_year}–{last_year}"
    return _("{first} to {last}", first=month(now.over.first), last=month(now.over.last))


def month(number: int) -> str:
    """A month by its number through the calendar, in words."""
    return wording.period(f"{cascade.year_of(number)}-{(number - 1) % 12 + 1:02d}")


def eligibility(row: dict) -> str:
    """Who is eligible: in the bureau's words."""
    return row["eligibility_zh"] if isinstance(row["eligibility_zh"], str) else ""
