"""Synthetic programmes of Ordos: who was due, came, was found, confirmed and followed up; and villages of self-management.

Invented like everything here, with what real reports have: townships that do not report, the newest month that is late,
follow-ups a month after the finding, districts that lose people at one step. Three programmes take their numbers from the
figures the townships report, so that the figure worked out of the register is the one that was typed.
"""

from datetime import date, timedelta
from functools import cache

import numpy as np
import pandas as pd

from demo import courses, figures, places

FROM_FIGURES = {  # programme -> the indicator whose counts it repeats
    "ordos-two-cancer": "two_cancer_screening_coverage",
    "ordos-hypertension": "hypertension_managed_rate",
    "ordos-diabetes": "diabetes_managed_rate",
}
FIRST_YEAR = 2025
# programme -> how many in a hundred residents are eligible, share that comes in a year, positive, confirmed, followed up
RATES = {
    "ordos-colorectal": (9.0, 0.64, 0.09, 0.80, 0.78),
    "ordos-newborn": (0.75, 0.97, 0.012, 0.95, 0.95),
    "ordos-elderly-exam": (10.5, 0.36, 0.22, 1.0, 0.82),
    "ordos-flu": (15.0, 0.34, 0.0, 1.0, 1.0),
    "uxin-women-exam": (23.0, 0.86, 0.11, 0.85, 0.80),
}
# Where one step goes wrong: (programme, banner) -> step, and what is left of its share.
LOSSES = {
    ("ordos-colorectal", "150625"): ("followed_up", 0.45),
    ("ordos-colorectal", "150623"): ("attended", 0.55),
    ("ordos-elderly-exam", "150622"): ("uploaded", 0.50),
    ("ordos-elderly-exam", "150625"): ("attended", 0.60),
    ("ordos-two-cancer", "150626"): ("followed_up", 0.50),
}
SHARE_OF_MONTH = np.array([3, 4, 9, 10, 10, 9, 8, 8, 11, 12, 10, 6]) / 100
FLU_SHARE_OF_MONTH = np.array([8, 4, 2, 0, 0, 0, 0, 0, 18, 30, 24, 14]) / 100
NOT_REPORTED, LATE_SHARE = 0.03, 0.15
SILENT = {("ordos-elderly-exam", "150625200"), ("ordos-colorectal", "150624201")}  # townships that never report
UXIN_BATCHES = {  # 乌审旗: three townships in each batch, as the scheme names them; the years are the demo's own
    1: ("150626100", "150626101", "150626103"),
    2: ("150626104", "150626102", "150626200"),
}
UXIN_FIRST_YEAR = 2025
SELFCARE_BANNER = "150621"
VILLAGES_PER_TOWNSHIP = 14
DEPARTMENT_OFFERS = {  # of the county plan's departments: how many services are on offer in the demo
    "县卫生健康局": 5, "县文广旅体局": 3, "县民政局": 1, "县大数据局": 1, "县交通运输局": 1, "县教育局": 0, "县经信局": 1,
    "县建设局": 1, "县妇联": 2, "县市场监管局": 0, "县红十字会": 1, "县商务局": 1,
}  # fmt: skip


@cache
def definitions() -> pd.DataFrame:
    """The programmes as an import file."""
    return pd.read_csv(places.FOLDER / "programmes.csv", dtype=str)


def rota() -> pd.DataFrame:
    """Which townships of Uxin Banner are due in which year, as an import file."""
    rows = [
        ("uxin-women-exam", area_id, UXIN_FIRST_YEAR + batch - 1, batch)
        for batch, area_ids in UXIN_BATCHES.items()
        for area_id in area_ids
    ]
    return pd.DataFrame(rows, columns=["programme_id", "area_id", "year_due", "batch"])


def counts(seed: int, today: date, local: pd.DataFrame) -> pd.DataFrame:
    """Counts up to the last whole month before today, one row a township and period, as an import file.

    local: the figures of townships as the last report has them: demo.figures.COLUMNS.
    """
    parts = [_monthly(programme_id, seed, today) for programme_id in RATES]
    parts += [_of_figures(programme_id, seed, today, local) for programme_id in FROM_FIGURES]
    parts += [_sign_up(seed, today), _selfcare(seed, today)]
    rows = pd.concat(parts, ignore_index=True)
    steps = [name for name in ("eligible", *_STEPS) if name in rows]
    return rows.astype(dict.fromkeys(steps, "Int64"))[["programme_id", "area_id", "period", *steps, "status"]]


_STEPS = ("invited", "attended", "positive", "confirmed", "followed_up", "uploaded")


def _monthly(programme_id: str, seed: int, today: date) -> pd.DataFrame:
    of_banner = definitions().set_index("programme_id").at[programme_id, "area_id"]
    units = places.units()
    units = units[units["area_id"].str.startswith(of_banner.removesuffix("00"))]
    stages = definitions().set_index("programme_id").at[programme_id, "stages"].split(";")
    rows = [row for unit in units.itertuples() for row in _township_months(programme_id, unit, stages, seed, today)]
    return pd.DataFrame(rows)


def _township_months(programme_id: str, unit, stages: list[str], seed: int, today: date) -> list[dict]:
    rng = courses.generator_for(seed, "programme", programme_id, unit.area_id)
    per_hundred, comes, positive, confirmed, followed = RATES[programme_id]
    spoiled, left = LOSSES.get((programme_id, unit.area_id[:6]), (None, 1.0))
    kept = {step: left if step == spoiled else 1.0 for step in _STEPS}
    eligible = max(4, round(unit.persons * per_hundred / 100 * rng.uniform(0.92, 1.08)))
    share = comes * kept["attended"] * rng.uniform(0.85, 1.1)
    rows, still_to_come, waiting = [], eligible * 0.97, 0
    yearly = 0.5 if programme_id == "ordos-elderly-exam" else 1.0  # a round of two years invites half in each
    for year, month in _months(today):
        if not _is_due(programme_id, unit.area_id, year):
            continue
        of_month = (FLU_SHARE_OF_MONTH if programme_id == "ordos-flu" else SHARE_OF_MONTH)[month - 1]
        if programme_id in ("ordos-flu", "ordos-newborn", "ordos-colorectal") and month == (
            9 if programme_id == "ordos-flu" else 1
        ):
            still_to_come = eligible * 0.97
        came = int(min(rng.poisson(eligible * min(share, 0.97) * of_month), still_to_come))
        still_to_come -= came
        found = int(rng.binomial(came, positive))
        sure = int(rng.binomial(found, confirmed * kept["confirmed"]))
        treated = int(rng.binomial(waiting + found // 2, min(1.0, followed * kept["followed_up"])))
        waiting = waiting + found - treated if kept["followed_up"] == 1.0 else found
        sent = {
            "eligible": eligible,
            "invited": max(came, round(eligible * rng.uniform(0.88, 1.0) * of_month * yearly)),
            "attended": came,
            "positive": found,
            "confirmed": sure,
            "followed_up": min(treated, found + waiting),
            "uploaded": int(rng.binomial(came, 0.94 * kept["uploaded"])),
        }
        rows.append((year, month, sent))
    if (programme_id, unit.area_id) in SILENT:
        return []
    reported = [row for row in rows if not _is_missing(row[0], row[1], today, rng)]
    return [
        {"programme_id": programme_id, "area_id": unit.area_id, "period": f"{year}-{month:02d}"}
        | {stage: sent[stage] for stage in stages}
        | {"status": "快报" if (year, month) == _months(today)[-1] else "上报"}
        for year, month, sent in _never_above(reported)
    ]


def _never_above(rows: list[tuple]) -> list[tuple]:
    """The same with follow-ups that never exceed, so far, those found, and no more invited in a year than eligible."""
    found = treated = 0
    invited: dict[int, int] = {}
    for year, _month, sent in rows:
        sent["invited"] = min(sent["invited"], sent["eligible"] - invited.get(year, 0))
        invited[year] = invited.get(year, 0) + sent["invited"]
        found += sent["positive"]
        sent["followed_up"] = min(sent["followed_up"], found - treated)
        treated += sent["followed_up"]
    return rows


def _is_missing(year: int, month: int, today: date, rng: np.random.Generator) -> bool:
    is_newest = (year, month) == _months(today)[-1]
    return bool(rng.random() < (LATE_SHARE if is_newest else NOT_REPORTED))


@cache
def _months(today: date) -> list[tuple[int, int]]:
    """(year, month) of every whole month since FIRST_YEAR."""
    last = 12 * today.year + today.month - 2
    return [(at // 12, at % 12 + 1) for at in range(12 * FIRST_YEAR, last + 1)]


def _is_due(programme_id: str, area_id: str, year: int) -> bool:
    if programme_id != "uxin-women-exam":
        return True
    batch = next(number for number, area_ids in UXIN_BATCHES.items() if area_id in area_ids)
    return (year - UXIN_FIRST_YEAR - batch + 1) % 2 == 0


def _of_figures(programme_id: str, seed: int, today: date, local: pd.DataFrame) -> pd.DataFrame:
    """The programme whose counts the townships' figures are: running through the year, or as they stand."""
    indicator_id = FROM_FIGURES[programme_id]
    rows = local[(local["indicator_id"] == indicator_id) & (local["period"].str[:4].astype(int) >= FIRST_YEAR)]
    rows = rows[rows["area_id"].str.fullmatch("[0-9]{9}")].dropna(subset=["numerator", "denominator"])
    silent = figures.blemishes().query("blemish == 'missing' and indicator_id == ''")
    is_silent = set(zip(silent["area_id"], silent["period"], strict=True))  # a banner that has not sent its quarter
    rows = rows[
        [
            (area_id[:6], period) not in is_silent
            for area_id, period in zip(rows["area_id"], rows["period"], strict=True)
        ]
    ]
    rng = courses.generator_for(seed, "programme", programme_id)
    is_screening = programme_id == "ordos-two-cancer"
    sent = []
    for row in rows.itertuples():
        eligible, attended = int(row.denominator), int(row.numerator)
        year, _, quarter = row.period.partition("Q")
        said = {"eligible": eligible, "attended": attended}
        if is_screening:
            found = int(rng.binomial(attended, 0.035))
            spoiled = LOSSES.get((programme_id, row.area_id[:6]), (None, 1.0))[1]
            said |= {
                "invited": min(eligible, max(attended, round(eligible * rng.uniform(0.85, 0.98)))),
                "positive": found,
                "confirmed": int(rng.binomial(found, 0.8)),
                "followed_up": int(rng.binomial(found, 0.85 * spoiled)),
            }
        else:
            said["uploaded"] = int(rng.binomial(attended, 0.93))
        status = "快报" if quarter and int(quarter) == (today.month - 1) // 3 else "上报"
        key = {"programme_id": programme_id, "area_id": row.area_id, "period": f"{year}Q{quarter or 4}"}
        sent.append(key | said | {"status": status})
    return pd.DataFrame(sent)


def _sign_up(seed: int, today: date) -> pd.DataFrame:
    """Family doctors: how many have signed at the end of each quarter."""
    rows = []
    for unit in places.units().itertuples():
        rng = courses.generator_for(seed, "programme", "ordos-family-doctor", unit.area_id)
        share = rng.uniform(0.36, 0.50)
        for year, quarter in _quarters(today):
            residents = round(unit.persons * 0.96)
            share = min(0.75, share + rng.uniform(-0.004, 0.012))
            if rng.random() > NOT_REPORTED:
                said = {"eligible": residents, "attended": round(residents * share)}
                key = {"programme_id": "ordos-family-doctor", "area_id": unit.area_id, "period": f"{year}Q{quarter}"}
                rows.append(key | said | {"status": "上报"})
    return pd.DataFrame(rows)


def _quarters(today: date) -> list[tuple[int, int]]:
    last = 4 * today.year + (today.month - 1) // 3 - 1
    return [(at // 4, at % 4 + 1) for at in range(4 * FIRST_YEAR, last + 1)]


def _selfcare(seed: int, today: date) -> pd.DataFrame:
    """Participants of self-management at the end of the last quarter, from the villages."""
    listed = villages(seed, today)
    begun = listed[listed["started_on"].notna()]
    year, quarter = _quarters(today)[-1]
    totals = begun.groupby("area_id")[["persons_on_record", "participants"]].sum().reset_index()
    totals = totals.rename(columns={"persons_on_record": "eligible", "participants": "attended"})
    return totals.assign(programme_id="dalad-selfcare", period=f"{year}Q{quarter}", status="上报")


def villages(seed: int, today: date) -> pd.DataFrame:
    """Invented villages of one banner and whether self-management has begun in them, as an import file."""
    rows = []
    units = places.units()
    for at, unit in enumerate(units[units["area_id"].str.startswith(SELFCARE_BANNER)].itertuples()):
        rng = courses.generator_for(seed, "selfcare", unit.area_id)
        share = min(1.0, 0.8 * unit.persons / (VILLAGES_PER_TOWNSHIP * 1700))  # no more on record than live there
        for number in range(1, VILLAGES_PER_TOWNSHIP + 1):
            started = _start(at, number, rng)
            begun = started is not None and started <= today
            on_record = round(int(rng.integers(600, 2800)) * share)
            joined = round(on_record * rng.uniform(0.30, 0.55)) if begun else None
            rows.append(
                {
                    "village_id": f"demo-{unit.area_id}-v{number:02d}",
                    "name_zh": f"演示第{at + 1}乡镇第{number}村",
                    "area_id": unit.area_id,
                    "started_on": started.isoformat() if begun else None,
                    "persons_on_record": on_record,
                    "participants": joined,
                    "active_persons": round(joined * rng.uniform(0.5, 0.95)) if begun else None,
                    "counted_on": (today - timedelta(days=16)).isoformat(),
                }
            )
    whole = ["persons_on_record", "participants", "active_persons"]
    return pd.DataFrame(rows).astype(dict.fromkeys(whole, "Int64"))


def villages_at(seed: int, today: date, day: date) -> pd.DataFrame:
    """The villages that had begun by a past day with the counts of then: fewer people than today, as an import file."""
    now = villages(seed, today)
    begun = now[pd.to_datetime(now["started_on"]) <= pd.Timestamp(day)]
    grown = 0.75 + 0.25 * (day.year - 2022) / (today.year - 2022)
    people = {name: (begun[name].astype(float) * grown).round() for name in ("participants", "active_persons")}
    return begun.assign(counted_on=day.isoformat(), **people).astype(dict.fromkeys(people, "Int64"))


def _start(township: int, number: int, rng: np.random.Generator) -> date | None:
    """The pilot in 2023, a few villages each year; the last township has none, and 2026 falls short."""
    if township == 7:
        return None
    year = 2023 if number == 1 else 2024 if number <= 4 else 2025 if number <= 8 else 2026
    if year == 2026 and rng.random() < 0.35:
        return None
    return date(year, int(rng.integers(2, 11)), int(rng.integers(1, 28)))


def services() -> pd.DataFrame:
    """Services for health points, by the departments of the county plan, as an import file."""
    rows = [
        {
            "service_id": f"demo-points-{place:02d}-{number}",
            "plan_id": "selfcare-county",
            "department_zh": department,
            "area_id": SELFCARE_BANNER,
            "name_zh": f"演示：{department.removeprefix('县')}第{number}项兑换服务",
            "offered_from": date(2024, 1 + place % 9, 1).isoformat(),
        }
        for place, (department, count) in enumerate(DEPARTMENT_OFFERS.items(), start=1)
        for number in range(1, count + 1)
    ]
    return pd.DataFrame(rows)
