"""The versions of a row as a table: what each said or changed, who said so when and why, and the way to take it back."""

import pandas as pd
from dash import html

from dashboards import components, data, door, programme_words, record_words, wording
from dashboards.language import current_language
from dashboards.language import gettext as _

OF_LEDGER = ("observations", "programme_counts")
SAID = ("stage", "value", "numerator", "denominator", "lower", "upper", "status", "note")


def history_table(kind, key: dict[str, str], versions: list) -> html.Div:
    """Newest first, of counts step by step. Of a figure its values; of a register's row what each version changed."""
    order = {stage: at for at, stage in enumerate(programme_words.STEPS)}
    versions = sorted(versions, key=lambda one: order.get(one.cells.get("stage"), 0))
    mine = data.submissions_seen().set_index("submission_id")["may_undo"] if versions else pd.Series(dtype=bool)
    heads = [_("State"), *_value_heads(kind, versions), _("When"), _("Sender"), _("How"), _("Reason given"), ""]
    rows = [
        [
            _state(one),
            *_values(kind, versions, at),
            record_words.moment(one.received_at) if one.received_at else wording.MISSING,
            components.mark_chinese(one.received_from or _("came with the program")),
            _how(one),
            components.mark_chinese(one.reason or ""),
            _undo(one, mine, kind, key),
        ]
        for at, one in enumerate(versions)
    ]
    return components.simple_table(heads, rows, caption=_("Every version"), className="kt-stacked kt-history")


def _state(one) -> html.Span:
    words = _(record_words.STATES[one.state])
    if one.state == "stands" and one.is_restored:
        words = _("in force again: what had replaced it was taken back")
    if one.ended_by and one.state in ("replaced", "taken_back"):
        when = wording.day(one.ended_at) if one.ended_at else ""
        words = _("{state} on {day} by no. {number}", state=words, day=when, number=one.ended_by)
    return html.Span(words, className=f"kt-version-{one.state}")


def _used(kind, versions: list) -> list[str]:
    return [name for name in SAID if any(one.cells.get(name) for one in versions)]


def _value_heads(kind, versions: list) -> list[str]:
    if kind.name in OF_LEDGER:
        return [record_words.label(kind.column(name)) for name in _used(kind, versions)]
    return [_("What it changed")]


def _values(kind, versions: list, at: int) -> list:
    one = versions[at]
    if kind.name in OF_LEDGER:
        return [record_words.shown(kind.column(name), one.cells.get(name, "")) for name in _used(kind, versions)]
    before = next((other.cells for other in versions[at + 1 :] if other.state != "taken_back"), None)
    lines = [
        html.Div(
            [
                record_words.label(column),
                "：" if current_language() == "zh" else ": ",
                *_change(column, before, one.cells),
            ]
        )
        for column in kind.columns
        if (one.cells.get(column.name, "") != (before or {}).get(column.name, "")) and column.name not in kind.key
    ]
    if before is None:
        return [html.Details([html.Summary(_("first version: {number} fields", number=len(lines))), *lines])]
    return [html.Div(lines or _("said the same"))]


def _change(column, before: dict | None, after: dict) -> list:
    now = record_words.shown(column, after.get(column.name, "")) or wording.MISSING
    if before is None:
        return [now]
    was = record_words.shown(column, before.get(column.name, "")) or wording.MISSING
    return [html.Span(was, className="kt-muted"), " → ", now]


def _how(one) -> str:
    if one.submission_id is None:
        return ""
    if one.is_form:
        return _("form, no. {number}", number=one.submission_id)
    return _("{file}, no. {number}", file=one.file_name or _("program"), number=one.submission_id)


def _undo(one, mine: pd.Series, kind, key: dict[str, str]):
    """The button that takes a form's row back, where the reader may; a file, with all its rows, is taken back in the list."""
    if one.state == "taken_back" or one.submission_id not in mine.index or not mine[one.submission_id]:
        return ""
    if not one.is_form:
        return components.link(_("in the list of submissions"), record_words.IMPORTS, kind=kind.name)
    back = components.address(f"{record_words.HISTORY}/{kind.name}", **key)
    return undo_button(one.submission_id, back, _("Take back"))


def undo_button(submission_id: int, back: str, words: str) -> html.Button:
    """Takes a submission back as a whole when clicked twice, and comes back to a page of ours."""
    said = {
        "token": door.token(),
        "action": "/upload/undo",
        "id": str(submission_id),
        "back": back,
        "ask": _("Really take it back?"),
        "sending": _("Sending…"),
        "failed": _("The server did not take it. Please open the page anew and try again."),
    }
    return html.Button(
        words,
        type="button",
        className="btn btn-sm btn-outline-primary kt-upload-act",
        **{f"data-{name}": text for name, text in said.items()},
    )


def versions_frame(kind, key: dict[str, str], versions: list) -> pd.DataFrame:
    """The same for a file: every column of every version."""
    columns = [column for column in kind.columns if column.name not in (*kind.key, "row_mark", "area_name")]
    columns += [kind.column("stage")] if kind.name == "programme_counts" else []
    columns = [column for column in columns if any(one.cells.get(column.name) for one in versions)]
    rows = []
    for one in versions:
        row = {record_words.label(kind.column(name)): value for name, value in key.items()}
        row |= {record_words.label(column): one.cells.get(column.name, "") for column in columns}
        row |= {
            _("State"): _(record_words.STATES[one.state]),
            _("When"): one.received_at.isoformat() if one.received_at else "",
            _("Sender"): one.received_from or "",
            _("How"): _how(one),
            _("Reason given"): one.reason or "",
            _("Ended by no."): one.ended_by or "",
        }
        rows.append(row)
    return pd.DataFrame(rows)
