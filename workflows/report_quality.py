"""The quality of the reports of this year and the last, indicator by indicator and programme by programme.

Nothing here depends on who looks: the reports of an area are held against those of its peers everywhere.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd
from sqlalchemy import Engine

from data_access import quality as stored
from data_access import submissions
from data_access.areas import read_areas
from data_access.indicators import read_indicators
from data_access.programmes import read_programmes, read_rota
from models import cascade
from models import quality as checks
from workflows.programme_standing import month_of, rules_of

YEARS_BACK = 2
LEVELS = ("prefecture", "county", "township")
LAGS = ("confirmed", "followed_up", "uploaded")  # may be of people found in an earlier period
OWN_YEARS = 10  # before these years whose changes a jump is held against
_REPORT = [*checks.KEY, "time", "months", "days", "reporter"]
_NUMBER = ["kind", "subject", "area_id", "reporter", "value"]


@dataclass(frozen=True)
class Quality:
    """due: KEY, one row for each report that should be there; reports: KEY, months, time, days, one row for each that is;
    findings: models.quality.FINDING; numbers: counts whose last digit is looked at (value). All with kind, subject,
    area_id and reporter (missing where not known)."""

    due: pd.DataFrame
    reports: pd.DataFrame
    findings: pd.DataFrame
    numbers: pd.DataFrame


class Look:
    """All checks on a day, with the registers they are held against."""

    def __init__(self, engine: Engine, today: date):
        self._engine, self.today = engine, today
        self.areas = read_areas(engine).set_index("area_id", drop=False)
        self.programmes = read_programmes(engine).set_index("programme_id", drop=False)
        units = read_indicators(engine).set_index("indicator_id")["unit"]
        self._shares = set(units.index[units.eq("percent")])
        self._sent = submissions.read_submissions(engine).set_index("submission_id")
        standing = self.areas["is_unit"] & self.areas["valid_to"].isna() & self.areas["level"].isin(LEVELS)
        self._units, self._since = self.areas[standing], float(today.year - YEARS_BACK)

    def indicators(self, indicator_ids: Collection[str]) -> Quality:
        """The figures of some indicators that came in files."""
        every = stored.read_figure_reports(self._engine, indicator_ids, self._since - OWN_YEARS)
        every = every[every["area_id"].isin(self.areas.index)]
        rows = every.rename(columns={"indicator_id": "subject"}).assign(
            kind="indicator", stage="", months=_months(every["period"])
        )
        rows["reporter"] = rows["stated_by"].map(self._sent["received_from"])
        due = self._due_of_indicators(rows)
        new = rows[rows["time"] > self._since]
        new = _plain(new).merge(self._came("indicator", indicator_ids), on=checks.KEY, how="left")
        counted = new[new["numerator"].notna()].assign(value=new["numerator"])
        is_share = new["subject"].isin(self._shares)
        leaps = checks.jumps(rows.assign(cases=rows["numerator"]), self.areas["level"])
        found = [
            checks.missing(due, _plain(rows[rows["period"].isin(due["period"])])),
            checks.late(new),
            checks.impossible(new[is_share].assign(part=new["numerator"], whole=new["denominator"])),
            checks.parts_against_whole(counted, self._units["parent_id"]),
            _plain(leaps).merge(new[checks.KEY], on=checks.KEY),
        ]
        numbers = counted.drop_duplicates(["subject", "area_id", "value"])
        return _with_reporters(due, new[_REPORT], pd.concat(found), numbers[_NUMBER])

    def _due_of_indicators(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Of each indicator that half of the districts (townships) report, all of them in its newest year."""
        level = self._units["level"]
        of_years = rows[rows["months"].eq(12)].assign(level=rows["area_id"].map(level)).dropna(subset=["level"])
        size = level.value_counts()
        parts = []
        for (subject, one), group in of_years.groupby(["subject", "level"]):
            if 2 * group["area_id"].nunique() >= size[one]:
                ids = level.index[level.eq(one)]
                period = group.loc[group["time"].idxmax(), "period"]
                parts.append(pd.DataFrame({"kind": "indicator", "subject": subject, "area_id": ids, "period": period}))
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=checks.KEY)

    def programme_counts(self, programme_ids: Collection[str]) -> Quality:
        """The counts of some programmes."""
        rows = stored.read_count_reports(self._engine, programme_ids, self._since)
        rows = rows.rename(columns={"programme_id": "subject"})
        rows = rows[rows["subject"].isin(self.programmes.index) & rows["area_id"].isin(self.areas.index)]
        rows = rows.assign(kind="programme", months=_months(rows["period"]))
        rows["reporter"] = rows["stated_by"].map(self._sent["received_from"])
        came = self._came("programme", programme_ids)
        reports = rows.drop_duplicates(checks.KEY).merge(came, on=checks.KEY, how="left")
        due = self._due_of_programmes(reports, programme_ids)
        found = [
            checks.missing(due, reports),
            checks.late(reports.drop(columns=["value", "stage"])),
            checks.impossible(self._pairs(rows)),
            checks.parts_against_whole(rows, self._units["parent_id"]),
            checks.questioned(rows),
            checks.jumps(
                rows[rows["stage"].ne("eligible")].assign(cases=lambda new: new["value"]), self.areas["level"]
            ),
        ]
        counted = rows[rows["stage"].ne("eligible")].drop_duplicates(["subject", "area_id", "stage", "value"])
        return _with_reporters(due, reports[_REPORT], pd.concat(found), counted[_NUMBER])

    def _pairs(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Steps with the step they are a part of; those that may lag behind only where a programme counts up."""
        in_period = self.programmes.index[self.programmes["counted"].eq("in_period")]
        whole = rows[[*checks.KEY, "stage", "value"]].rename(columns={"stage": "part_of", "value": "whole"})
        parts = rows[rows["stage"].isin(cascade.PART_OF)].rename(columns={"value": "part"})
        parts = parts[~(parts["stage"].isin(LAGS) & parts["subject"].isin(in_period))]
        parts = parts.assign(part_of=parts["stage"].astype("object").map(cascade.PART_OF))
        return parts.merge(whole, on=[*checks.KEY, "part_of"], how="inner")

    def _due_of_programmes(self, reports: pd.DataFrame, programme_ids: Collection[str]) -> pd.DataFrame:
        known = [one for one in programme_ids if one in self.programmes.index]
        parts = [self._due_of_programme(one, reports[reports["subject"].eq(one)]) for one in known]
        parts = [one for one in parts if one is not None]
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=checks.KEY)

    def _due_of_programme(self, programme_id: str, reports: pd.DataFrame) -> pd.DataFrame | None:
        """Of every area that should report, the periods of the last year whose time is up.

        A period is due when anybody reported it or, a year before, the same months: a campaign has its season.
        """
        if reports.empty:
            return None
        row = self.programmes.loc[programme_id].to_dict()
        rules, everywhere = rules_of(row), self.areas.reset_index(drop=True)
        rota = read_rota(self._engine, programme_id)
        months = {month_of(period) for period in reports["period"].unique()}
        step = cascade.MONTHS[rules.report_every]
        now = 12 * (self.today.year - 1) + self.today.month
        reached = pd.DataFrame(index=pd.Index(reports["area_id"].astype("object").unique()))
        units: dict[int | None, pd.Index] = {}  # of a year; None: of all, where nobody takes turns
        parts = []
        for month in range(now - 12, now):
            is_due = month % step == 0 and (month in months or month - 12 in months) and month >= min(months)
            if is_due and self.today > _last_day_in_time(month, step) and not _is_over(row, month):
                year = cascade.year_of(month) if len(rota) else None
                if year not in units:
                    turn = None if year is None else set(cascade.due(rota, rules, year)["area_id"])
                    units[year] = cascade.units_of(reached, everywhere, row["area_id"], turn).index
                period = {"kind": "programme", "subject": programme_id, "period": _name(month, step)}
                parts.append(pd.DataFrame({**period, "area_id": units[year]})[checks.KEY])
        return pd.concat(parts, ignore_index=True) if parts else None

    def _came(self, kind: str, subjects: Collection[str]) -> pd.DataFrame:
        """KEY and days from the end of the period to the first report of it; NaN where that is not known.

        A file that brought the past of something nobody had reported before came when the site began, not late.
        """
        first = stored.read_first_reports(self._engine, kind, subjects, self._since).assign(kind=kind)
        if first.empty:
            return first.assign(days=pd.Series(dtype="float64"))[[*checks.KEY, "days"]]
        received = self._day_of(first["submission_id"])
        began = self._day_of(first["subject"].map(self._began(kind, subjects)))
        allowed = _months(first["period"]).map(checks.DAYS_ALLOWED)
        is_of_before = checks.days_after(began, first["time"]) > allowed
        stated = first["reported_on"].astype("datetime64[us]")
        came = stated.fillna(received.astype("datetime64[us]").where(~is_of_before))
        return first.assign(days=checks.days_after(came, first["time"]))[[*checks.KEY, "days"]]

    def _began(self, kind: str, subjects: Collection[str]) -> pd.Series:
        """subject -> the first import that stands and had anything of it."""
        stands = self._sent.index[self._sent["undone_by"].isna() & self._sent["undoes"].isna()]
        found = stored.read_imports_of(self._engine, kind, subjects)
        return found[found["submission_id"].isin(stands)].groupby("subject")["submission_id"].min()

    def _day_of(self, submission: pd.Series) -> pd.Series:
        """The bureau's day on which each submission came."""
        received = submission.map(self._sent["received_at"]).dt.tz_convert(submissions.OFFICE_TIME)
        return received.dt.tz_localize(None).dt.normalize()

    def holds_until(self, kind: str, subject: str) -> date:
        """The last day on which the same reports are due as on this one, as long as nothing comes in."""
        if kind == "indicator":
            return date(self.today.year, 12, 31)
        step = cascade.MONTHS[self.programmes.at[subject, "report_every"]]
        now = 12 * (self.today.year - 1) + self.today.month
        ends = [_last_day_in_time(month, step) for month in range(now - 12, now) if month % step == 0]
        return min([_last_day(now), *(end for end in ends if end >= self.today)])


def _with_reporters(due: pd.DataFrame, reports: pd.DataFrame, findings: pd.DataFrame, numbers: pd.DataFrame) -> Quality:
    """What is missing is owed by whoever reported the same last."""
    series = ["kind", "subject", "area_id"]
    last = reports.sort_values("time", kind="stable").groupby(series, observed=True)["reporter"].last()
    due = due.join(last, on=series)
    findings = findings.join(reports.set_index(checks.KEY)["reporter"], on=checks.KEY)
    findings = findings.join(last.rename("last"), on=series)
    findings["reporter"] = findings["reporter"].fillna(findings["last"])
    return Quality(due, reports, findings.drop(columns="last"), numbers)


def _plain(rows: pd.DataFrame) -> pd.DataFrame:
    """The key as texts: categories of different frames do not match."""
    return rows.astype(dict.fromkeys(checks.KEY, "object"))


def _months(periods: pd.Series) -> pd.Series:
    """12 for a year, 3 for a quarter, 1 for a month."""
    texts = periods.astype("object")
    lengths = {text: 3 if "Q" in text else 1 if "-" in text else 12 for text in texts.unique()}
    return texts.map(lengths).astype("int64")


def _last_day(month: int) -> date:
    return date(month // 12 + 1, month % 12 + 1, 1) - timedelta(days=1)


def _last_day_in_time(month: int, step: int) -> date:
    return _last_day(month) + timedelta(days=checks.DAYS_ALLOWED[step])


def _is_over(row: dict, month: int) -> bool:
    ended = row["ended_on"]
    return not pd.isna(ended) and 12 * (ended.year - 1) + ended.month < month


def _name(month: int, step: int) -> str:
    year, of_year = (month - 1) // 12 + 1, (month - 1) % 12 + 1
    return {1: f"{year}-{of_year:02d}", 3: f"{year}Q{of_year // 3}", 12: str(year)}[step]
