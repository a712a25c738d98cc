"""The quality of the reports of this year and the last: by district, township and reporter, and finding by finding."""

from dataclasses import dataclass

import pandas as pd

from dashboards.data.programmes import month_of, programmes, rules_of
from dashboards.data.registers import areas, indicators
from dashboards.data.store import cached, engine, version
from data_access import observations, submissions
from data_access import programmes as stored_programmes
from data_access import quality as stored
from models import cascade
from models import quality as checks

YEARS_BACK = 2
LEVELS = ("prefecture", "county", "township")
LAGS = ("confirmed", "followed_up", "uploaded")  # may be of people found in an earlier period
GROUPINGS = ("district", "township", "reporter")
EVER = -1.0


@dataclass(frozen=True)
class Quality:
    """due: KEY, one row for each report that should be there; reports: KEY, months, time, days, one row for each that is;
    findings: models.quality.FINDING; numbers: counts whose last digit is looked at (value). All with district, township
    and reporter (missing where not known)."""

    due: pd.DataFrame
    reports: pd.DataFrame
    findings: pd.DataFrame
    numbers: pd.DataFrame


@cached
def report_quality() -> Quality:
    """All checks on what the reader may see."""
    sent = submissions.read_submissions(engine()).set_index("submission_id")
    both = [_of_indicators(sent), _of_programmes(sent)]
    place = _placed()
    frames = [pd.concat([one[at] for one in both], ignore_index=True) for at in range(4)]
    due, reports, findings, numbers = frames
    last = (
        reports.sort_values("time", kind="stable")
        .groupby(["kind", "subject", "area_id"], observed=True)["reporter"]
        .last()
    )
    due = due.join(last, on=["kind", "subject", "area_id"])
    of_report = reports.set_index(checks.KEY)["reporter"]
    findings = findings.join(of_report, on=checks.KEY).join(last.rename("last"), on=["kind", "subject", "area_id"])
    findings["reporter"] = findings["reporter"].fillna(findings["last"])
    whole = [due, reports, findings.drop(columns="last"), numbers]
    return Quality(*(one.join(place, on="area_id") for one in whole))


def _placed() -> pd.DataFrame:
    """area_id -> district, township it is or lies in."""
    everywhere = areas()
    level, parent = everywhere["level"].to_dict(), everywhere["parent_id"].to_dict()
    rows = {}
    for area_id in everywhere.index:
        steps, here = {}, area_id
        while isinstance(here, str) and here in level and level[here] not in steps:
            steps[level[here]] = here
            here = parent[here]
        rows[area_id] = {"district": steps.get("county"), "township": steps.get("township")}
    return pd.DataFrame.from_dict(rows, orient="index", columns=["district", "township"]).astype("object")


def _units() -> pd.DataFrame:
    everywhere = areas()
    return everywhere[everywhere["is_unit"] & everywhere["valid_to"].isna() & everywhere["level"].isin(LEVELS)]


def _since() -> float:
    return float(version()[3].year - YEARS_BACK)


def _came(kind: str, sent: pd.DataFrame, after: float) -> pd.DataFrame:
    """KEY and days from the end of the period to the first report of it; NaN where that is not known.

    A file that brought the past of something nobody had reported before came when the site began, not late.
    """
    first = stored.read_first_reports(engine(), kind, after).assign(kind=kind)
    if first.empty:
        return first.assign(days=pd.Series(dtype="float64"))[[*checks.KEY, "days"]]
    received = first["submission_id"].map(sent["received_at"]).dt.tz_convert(submissions.OFFICE_TIME)
    received = received.dt.tz_localize(None).dt.normalize()
    began = received.groupby(first["subject"]).transform("min")
    allowed = first["period"].map(_months).map(checks.DAYS_ALLOWED)
    is_of_before = checks.days_after(began, first["time"]) > allowed
    stated = first["reported_on"].astype("datetime64[us]")
    came = stated.fillna(received.astype("datetime64[us]").where(~is_of_before))
    return first.assign(days=checks.days_after(came, first["time"]))[[*checks.KEY, "days"]]


def _months(period: str) -> int:
    return 3 if "Q" in period else 1 if "-" in period else 12


def _of_indicators(sent: pd.DataFrame) -> tuple:
    every = observations.read_observations(engine())
    of_files = sent.index[sent["kind"].ne(submissions.DERIVED)]
    every = every[every["area_id"].isin(areas().index) & every["submission_id"].isin(of_files) & every["value"].notna()]
    rows = every.rename(columns={"indicator_id": "subject"}).assign(
        kind="indicator", stage="", months=every["period"].map(_months).astype("int64")
    )
    rows["reporter"] = rows["submission_id"].map(sent["received_from"])
    since, units = _since(), _units()
    due = _due_of_indicators(rows, units)
    rows = rows.merge(_came("indicator", sent, EVER), on=checks.KEY, how="left")
    new = rows[rows["time"] > since]
    counted = new[new["numerator"].notna()].assign(value=new["numerator"])
    is_share = new["subject"].isin(indicators().index[indicators()["unit"].eq("percent")])
    leaps = checks.jumps(rows.assign(cases=rows["numerator"]), areas()["level"])
    found = [
        checks.missing(due, rows),
        checks.late(new),
        checks.impossible(new[is_share].assign(part=new["numerator"], whole=new["denominator"])),
        checks.parts_against_whole(counted, units["parent_id"]),
        leaps.merge(new[checks.KEY], on=checks.KEY),
    ]
    numbers = counted.drop_duplicates(["subject", "area_id", "value"])
    return due, new[_REPORT], pd.concat(found), numbers[["area_id", "reporter", "value"]]


_REPORT = [*checks.KEY, "time", "months", "days", "reporter"]


def _due_of_indicators(rows: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """Of each indicator that half of the districts (townships) report, all of them in its newest year."""
    of_years = rows[rows["months"].eq(12)].assign(level=rows["area_id"].map(units["level"])).dropna(subset=["level"])
    size = units["level"].value_counts()
    parts = []
    for (subject, level), group in of_years.groupby(["subject", "level"]):
        if 2 * group["area_id"].nunique() >= size[level]:
            ids = units.index[units["level"].eq(level)]
            period = group.loc[group["time"].idxmax(), "period"]
            parts.append(pd.DataFrame({"kind": "indicator", "subject": subject, "area_id": ids, "period": period}))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=checks.KEY)


def _of_programmes(sent: pd.DataFrame) -> tuple:
    rows = stored.read_count_reports(engine(), _since()).rename(columns={"programme_id": "subject"})
    rows = rows[rows["subject"].isin(programmes().index) & rows["area_id"].isin(areas().index)]
    rows = rows.assign(kind="programme", months=rows["period"].map(_months).astype("int64"))
    rows["reporter"] = rows["stated_by"].map(sent["received_from"])
    reports = rows.drop_duplicates(checks.KEY).merge(_came("programme", sent, _since()), on=checks.KEY, how="left")
    due = _due_of_programmes(reports)
    found = [
        checks.missing(due, reports),
        checks.late(reports.drop(columns=["value", "stage"])),
        checks.impossible(_pairs(rows)),
        checks.parts_against_whole(rows, _units()["parent_id"]),
        checks.questioned(rows),
        checks.jumps(rows[rows["stage"].ne("eligible")].assign(cases=lambda new: new["value"]), areas()["level"]),
    ]
    counted = rows[rows["stage"].ne("eligible")].drop_duplicates(["subject", "area_id", "stage", "value"])
    return due, reports[_REPORT], pd.concat(found), counted[["area_id", "reporter", "value"]]


def _pairs(rows: pd.DataFrame) -> pd.DataFrame:
    """Steps with the step they are a part of; those that may lag behind only where a programme counts up."""
    in_period = programmes().index[programmes()["counted"].eq("in_period")]
    whole = rows[[*checks.KEY, "stage", "value"]].rename(columns={"stage": "part_of", "value": "whole"})
    parts = rows[rows["stage"].isin(cascade.PART_OF)].rename(columns={"value": "part"})
    parts = parts[~(parts["stage"].isin(LAGS) & parts["subject"].isin(in_period))]
    parts = parts.assign(part_of=parts["stage"].astype("object").map(cascade.PART_OF))
    return parts.merge(whole, on=[*checks.KEY, "part_of"], how="inner")


def _due_of_programmes(reports: pd.DataFrame) -> pd.DataFrame:
    parts = [
        _due_of_programme(row, reports[reports["subject"].eq(programme_id)])
        for programme_id, row in programmes().to_dict("index").items()
    ]
    parts = [one for one in parts if one is not None]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=checks.KEY)


def _due_of_programme(row: dict, reports: pd.DataFrame) -> pd.DataFrame | None:
    """Of every area that should report, the periods of the last year whose time is up.

    A period is due when anybody reported it or, a year before, the same months: a campaign has its season.
    """
    if reports.empty:
        return None
    rules, everywhere = rules_of(row), areas().reset_index(drop=True)
    rota = stored_programmes.read_rota(engine(), row["programme_id"])
    months = {month_of(period) for period in reports["period"].unique()}
    step = cascade.MONTHS[rules.report_every]
    today = version()[3]
    now = 12 * (today.year - 1) + today.month
    reached = pd.DataFrame(index=pd.Index(reports["area_id"].astype("object").unique()))
    parts = []
    for month in range(now - 12, now):
        days = checks.days_after(pd.Series([pd.Timestamp(today)]), pd.Series([month / 12])).iloc[0]
        is_due = month % step == 0 and (month in months or month - 12 in months) and month >= min(months)
        if is_due and days > checks.DAYS_ALLOWED[step] and not _is_over(row, month):
            turn = set(cascade.due(rota, rules, cascade.year_of(month))["area_id"]) if len(rota) else None
            ids = cascade.units_of(reached, everywhere, row["top"], turn).index
            parts.append(
                pd.DataFrame(
                    {"kind": "programme", "subject": row["programme_id"], "area_id": ids, "period": _name(month, step)}
                )
            )
    return pd.concat(parts, ignore_index=True) if parts else None


def _is_over(row: dict, month: int) -> bool:
    ended = row["ended_on"]
    return not pd.isna(ended) and 12 * (ended.year - 1) + ended.month < month


def _name(month: int, step: int) -> str:
    year, of_year = (month - 1) // 12 + 1, (month - 1) % 12 + 1
    return {1: f"{year}-{of_year:02d}", 3: f"{year}Q{of_year // 3}", 12: str(year)}[step]


@cached
def quality_by(grouping: str) -> pd.DataFrame:
    """models.quality.summarised by one of GROUPINGS, with figures, share, p and is_heaped of the digits."""
    now = report_quality()
    due, reports, findings, numbers = (
        one.assign(group=one[grouping]) for one in (now.due, now.reports, now.findings, now.numbers)
    )
    return checks.summarised(due, reports, findings).join(checks.digit_preference(numbers))


def quality_findings(*, check: str = "", area_id: str = "", reporter: str = "") -> pd.DataFrame:
    """The findings of a choice ("" is all), newest period first."""
    found = _findings_in_order()
    if check:
        found = found[found["check"].eq(check)]
    if area_id:
        found = found[found["district"].eq(area_id) | found["township"].eq(area_id)]
    return found[found["reporter"].eq(reporter)] if reporter else found


@cached
def _findings_in_order() -> pd.DataFrame:
    found = report_quality().findings
    end = found["period"].astype("object").map(month_of)
    return found.assign(end=end).sort_values(
        ["end", "district", "subject"], ascending=[False, True, True], kind="stable"
    )
