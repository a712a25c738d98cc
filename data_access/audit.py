"""The record of who did what, when, on what and why. It is only ever added to.

Each entry holds a digest of itself and of the entry before it, so that one taken out or altered by somebody who can
write to the database shows (broken_at).
"""

import hashlib
import json
from datetime import UTC, datetime

import pandas as pd
from sqlalchemy import Connection, Engine, insert, select

from data_access.account_tables import accounts, audit_entries
from data_access.engine import AUDIT_LOCK, wait_in_line
from data_access.frames import MOMENT, read_frame

ENTRIES = {
    "entry_id": "int64",
    "at": MOMENT,
    "login_name": "str",
    "display_zh": "str",
    "action": "str",
    "subject": "str",
    "reason": "str",
}


def record(
    connection: Connection,
    account: int | None,
    action: str,
    subject: str,
    reason: str | None = None,
    details: dict | None = None,
) -> int:
    """Add an entry in the caller's transaction, so that a change and its entry stand or fall together.

    account: account_id, None for the command line and the demo's visitor without an account. action: a few English
    words ("adjustment approved"), at most 60 signs. subject: kind and id ("adjustment 17"). details: what JSON can hold;
    never a secret. Returns the entry's id.
    """
    wait_in_line(connection, AUDIT_LOCK)  # or two entries would follow the same one
    entry = {
        "at": datetime.now(UTC),
        "account_id": account,
        "action": action,
        "subject": subject,
        "reason": reason,
        "details": details,
    }
    newest = select(audit_entries.c.digest).order_by(audit_entries.c.entry_id.desc()).limit(1)
    entry["digest"] = _digest(connection.scalar(newest) or "", entry)
    return connection.execute(insert(audit_entries).values(entry)).inserted_primary_key[0]


def _digest(before: str, entry: dict) -> str:
    said = [entry[name] for name in ("account_id", "action", "subject", "reason", "details")]
    text = json.dumps([before, entry["at"].isoformat(), *said], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def broken_at(engine: Engine) -> int | None:
    """The id of the first entry that does not follow from the one before it; None where the record is whole.

    An end that was cut off does not show: keep the newest digest elsewhere to see that too.
    """
    before = ""
    with engine.connect() as connection:
        for row in connection.execute(select(audit_entries).order_by(audit_entries.c.entry_id)).mappings():
            if row["digest"] != _digest(before, row):
                return row["entry_id"]
            before = row["digest"]
    return None


def read_entries(engine: Engine, *, limit: int = 200) -> pd.DataFrame:
    """The newest entries, newest first: columns and types of ENTRIES; names are missing where nobody was logged in."""
    named = {"login_name": accounts, "display_zh": accounts}
    query = (
        select(*(named.get(name, audit_entries).c[name] for name in ENTRIES))
        .outerjoin_from(audit_entries, accounts, audit_entries.c.account_id == accounts.c.account_id)
        .order_by(audit_entries.c.entry_id.desc())
        .limit(limit)
    )
    return read_frame(engine, query, ENTRIES)
