"""What a flag says in words: which signs agree, and what would have to happen."""

import pandas as pd

from dashboards import wording
from dashboards.language import current_language, ngettext
from dashboards.language import gettext as _
from models.flag_backtest import FlagScores
from models.flags import EVEN_CHANCE, FLAGGED, LIKELY


def signs(row: dict) -> str:
    """Which of status, chance and pace speak of falling behind."""
    said = []
    if row["status"] in FLAGGED:
        said.append(_("status"))
    if not wording.is_missing(row["p_miss"]) and row["p_miss"] >= (EVEN_CHANCE if said else LIKELY):
        said.append(_("chance"))
    if is_too_slow(row):
        said.append(_("pace"))
    if not said:
        return ""
    return _("Signs: {signs}", signs=wording.joined(said))


def is_too_slow(row: dict) -> bool:
    """Whether the pace seen is below the pace needed."""
    needed, seen = row["pace_needed"], row["pace_seen"]
    return not wording.is_missing(needed) and not wording.is_missing(seen) and seen < needed


def what_would_help(row: dict, decimals: int) -> str:
    """What would have to happen: the pace needed beside its own and the best quarter of its peers; "" where none is asked.

    The figures themselves stand in the row and its sentence.
    """
    needed, seen, peer = row["pace_needed"], row["pace_seen"], row.get("peer_pace")
    if wording.is_missing(needed) or needed <= 0 or wording.is_missing(row["next_year"]):
        return ""
    said = [beside_its_own(needed, seen)] if not wording.is_missing(seen) else []
    if not wording.is_missing(peer):
        said.append(beside_the_peers(row, needed, peer, decimals))
    return (" " if current_language() == "en" else "").join(said)


def beside_its_own(needed: float, seen: float) -> str:
    """How many times its own pace is needed, or that it must turn round."""
    if seen <= 0:
        return _("it must turn round first.")
    if seen >= needed:
        return _("its own pace is enough; it has to be kept up.")
    return _("{times} times its own pace is needed.", times=wording.number(needed / seen, 1))


def beside_the_peers(row: dict, needed: float, peer: float, decimals: int) -> str:
    """Whether the best quarter of the peers is fast enough, and when their pace would lead there."""
    words = {"peer": wording.change(peer, row["unit"], decimals), "year": int(row["next_year"])}
    if peer >= needed:
        return _("The best quarter of its peers makes {peer} a year: that would do.", **words)
    when = row.get("peer_year")
    if peer <= 0 or wording.is_missing(when):
        return _("Not even the best quarter of its peers moves that way.")
    return _(
        "At the pace of the best quarter of its peers ({peer} a year) it would be there by {later}, not by {year}.",
        **words,
        later=int(when),
    )


def how_many(row: pd.Series) -> str:
    """Of nine, probably four (two to six) will miss."""
    counts = {
        "areas": int(row["areas"]),
        "median": int(row["median"]),
        "low": int(row["low"]),
        "high": int(row["high"]),
    }
    if counts["low"] == counts["high"]:
        return _("of {areas} areas probably {median} will miss", **counts)
    return _("of {areas} areas probably {median} will miss (80 % range: {low} to {high})", **counts)


def past_flags(found: FlagScores) -> list[str]:
    """What the flags of past years were worth, in counts, beside the rule that looks at the distance only."""
    ours, theirs = (found.by_rule.loc[rule] for rule in ("flags", "distance"))
    years = found.by_year.index.get_level_values("year")
    counts = {
        "first": int(years.min()),
        "last": int(years.max()),
        "flagged": wording.number(ours["flagged"]),
        "came": wording.number(ours["came_true"]),
        "distance": wording.number(theirs["came_true"]),
        "behind": wording.number(ours["behind_later"]),
        "caught": wording.number(ours["of_them_flagged"]),
        "ahead": ngettext("{number} year", "{number} years", found.ahead),
    }
    said = [
        _(
            "At the ends of {first} to {last}, {flagged} flags were raised; {ahead} later {came} of them fell short of the"
            " path. Of as many taken by the distance to the line, {distance} did.",
            **counts,
        ),
        _(
            "Of {behind} cases short of the path {ahead} later, {caught} had been flagged: a list of flags is not a list of"
            " all that will fall behind.",
            **counts,
        ),
    ]
    new, seen = int(ours["newly_behind"]), int(ours["of_new_flagged"])
    if new:
        said.append(
            _(
                "{new} of them were still on their path when the list was made; flags saw {seen} of these coming.",
                new=wording.number(new),
                seen=wording.number(seen),
            )
        )
    return said


def first_flags(found: FlagScores) -> str:
    """The same of the first ten of each list."""
    ours, theirs = (found.by_rule.loc[rule] for rule in ("flags", "distance"))
    return _(
        "Of the first {capacity} flags of each year, {came} of {flagged} came true; of the {capacity} furthest from the"
        " line, {distance}.",
        capacity=found.capacity,
        came=wording.number(ours["came_true"]),
        flagged=wording.number(ours["flagged"]),
        distance=wording.number(theirs["came_true"]),
    )


def forecast_in_use(why: dict | None) -> str:
    """The model, or the last value since when; why: of workflows.forecast_methods.Decision.off."""
    return _("model") if why is None else _("last value, since {year}", year=why["since"])


def left_to_last_value(why: dict) -> str:
    """Why an indicator is forecast by its last value."""
    return _(
        "This indicator is forecast by its last value: in back-tests the model's error was {ratio} times as large"
        " ({forecasts} past forecasts from {origins} years). Its intervals are calibrated for that.",
        ratio=wording.number(why["ratio"], 2),
        forecasts=wording.number(why["forecasts"]),
        origins=why["origins"],
    )
