"""What the page of forecast runs says in words."""

from dashboards import wording
from dashboards.language import gettext as _
from dashboards.language import mark, ngettext
from models.forecast_changes import METHOD, NEW, PEERS, REVISED

REASONS = {
    NEW: mark("New figures"),
    REVISED: mark("Revised figures"),
    PEERS: mark("Only its peers' figures changed"),
    METHOD: mark("Another method"),
}
TIME_STEP = 1e-6


def reason_words(why: str) -> str:
    return _(REASONS[why])


def title(changes, before: dict | None) -> str:
    """The finding: how many forecasts moved since the run before."""
    if before is None:
        return _("The forecasts have been made once")
    since = wording.day(before["as_of"])
    moved = 0 if changes is None else int(changes.by_why["moved"].sum())
    if not moved:
        return _("No forecast moved since the run of {day}", day=since)
    total = int(changes.by_why["series"].sum()) + changes.unchanged
    return ngettext(
        "{number} of {total} comparable forecasts moved since the run of {day}",
        "{number} of {total} comparable forecasts moved since the run of {day}",
        moved,
        total=wording.number(total),
        day=since,
    )


def changed_figure(row: dict, unit: str, decimals: int) -> str:
    """The newest of its figures that changed: "2025: 78.2 % → 77.8 %"; nothing where only peers' did."""
    if wording.is_missing(row["changed_time"]):
        return _("numerator or denominator only") if row["why"] == REVISED else ""
    period = wording.period(period_at(row["changed_time"]))
    earlier, now = (wording.value(row[name], unit, decimals) for name in ("changed_from", "changed_to"))
    if wording.is_missing(row["changed_from"]):
        return _("{period}: {now}", period=period, now=now)
    if wording.is_missing(row["changed_to"]):
        return _("{period}: {earlier} taken back", period=period, earlier=earlier)
    return _("{period}: {earlier} → {now}", period=period, earlier=earlier, now=now)


def period_at(time: float) -> str:
    """The period that ends at a time: 2025.0 -> 2025, 2025.75 -> 2026Q3, 2025 + 7/12 -> 2026-07."""
    year, part = int(time + TIME_STEP), time - int(time + TIME_STEP)
    if part < TIME_STEP:
        return str(year)
    if abs(4 * part - round(4 * part)) < TIME_STEP:
        return f"{year + 1}Q{round(4 * part)}"
    return f"{year + 1}-{round(12 * part):02d}"


def method() -> list[str]:
    """How runs are made and compared."""
    return [
        _(
            "An indicator is forecast anew only when a figure behind it, its method or its parameters changed; otherwise its forecasts are those of the earlier run."
        ),
        _(
            "The same figures, parameters and seed give the same numbers to the last digit; the hash of the inputs tells whether two runs rest on the same."
        ),
        _(
            "Move: change of the median for the year of the indicator's last milestone, in widths of the earlier 80 % interval. Counted as moved from 0.01 on."
        ),
        _(
            "Chance of missing: of the plan's last dated value for the indicator, by the model. Empty where the plan names no value to reach."
        ),
    ]
