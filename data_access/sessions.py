"""Logging in, being logged in, and how often somebody may try."""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, delete, insert, or_, select, update

from data_access import audit
from data_access.account_tables import accounts, log_in_failures, sessions
from data_access.accounts import Account, any_real, read_account, set_password
from data_access.engine import LOG_IN_LOCK, DatabaseBusy, wait_in_line, writing, writing_if_free
from data_access.passwords import hashed, matches

IDLE = timedelta(hours=2)
LONGEST = timedelta(hours=12)  # a working day
SEEN_EVERY = timedelta(minutes=1)  # not every request writes
FREE_FAILURES = {"name": 5, "address": 20}  # many sit behind one address
LONGEST_WAIT_S = 900
FORGOTTEN = timedelta(hours=24)


class Refused(Exception):
    """Nobody was let in. wait_s: how long to wait before the next try; 0 when name and password did not fit."""

    def __init__(self, wait_s: int):
        super().__init__(wait_s)
        self.wait_s = wait_s


def who(connection: Connection, session_id: str | None, *, now: datetime | None = None) -> Account | None:
    """Whose session this is; None for no session, one that ended, and an account that may no longer come in."""
    if not session_id:
        return None
    now = now or datetime.now(UTC)
    row = connection.execute(select(sessions).where(sessions.c.id_hash == _hash(session_id))).mappings().first()
    if row is None or now - row["began_at"] > LONGEST or now - row["seen_at"] > IDLE:
        return None
    account = read_account(connection, row["account_id"])
    if account is None or account.is_disabled or (account.is_demo and any_real(connection)):
        return None
    return account


def note_seen(engine: Engine, session_id: str) -> None:
    """Note that somebody is still there. Left out while an import is writing: nobody waits for this."""
    now = datetime.now(UTC)
    stale = (sessions.c.id_hash == _hash(session_id)) & (sessions.c.seen_at < now - SEEN_EVERY)
    with engine.connect() as connection:
        if connection.scalar(select(sessions.c.id_hash).where(stale)) is None:
            return
    try:
        with writing_if_free(engine) as connection:
            connection.execute(update(sessions).where(stale).values(seen_at=now))
    except DatabaseBusy:
        return


def log_in(engine: Engine, login_name: str, password: str, address: str) -> str:
    """Let somebody in: returns the id of a new session, which only their cookie keeps. Raises Refused.

    The try is counted before the password is looked at, so that a hundred tries at once are a hundred.
    """
    login_name = login_name.strip().lower()
    subjects = {"name": _hash(f"name:{login_name}"), "address": _hash(f"address:{address}")}
    _count_or_refuse(engine, subjects)
    with engine.connect() as connection:
        found = _door(connection, login_name)
    if not matches(password, found.password_hash if found else None) or not _is_open(found):
        raise Refused(0)
    with writing(engine) as connection:
        if _door(connection, login_name) != found:  # disabled or reset while the password was checked
            raise Refused(0)
        _forgive(connection, subjects)
        return begin(connection, found.account_id, "logged in")


def _door(connection: Connection, login_name: str):
    named = (accounts.c.account_id, accounts.c.password_hash, accounts.c.secret_until, accounts.c.is_disabled)
    return connection.execute(select(*named).where(accounts.c.login_name == login_name, ~accounts.c.is_demo)).first()


def _is_open(found) -> bool:
    return not found.is_disabled and (found.secret_until is None or found.secret_until > datetime.now(UTC))


def begin(connection: Connection, account_id: int, action: str) -> str:
    """A new session of an account; old ones that timed out are swept."""
    now = datetime.now(UTC)
    over = or_(sessions.c.began_at < now - LONGEST, sessions.c.seen_at < now - IDLE)
    connection.execute(delete(sessions).where(over))
    session_id = secrets.token_urlsafe(16)  # 128 bits
    row = {"id_hash": _hash(session_id), "account_id": account_id, "began_at": now, "seen_at": now}
    connection.execute(insert(sessions).values(row))
    audit.record(connection, account_id, action, f"account {account_id}")
    return session_id


def act_as(engine: Engine, account_id: int) -> str | None:
    """A session of a demo account, without a password; None where there is none such or real accounts exist."""
    with writing(engine) as connection:
        account = read_account(connection, account_id)
        if account is None or not account.is_demo or account.is_disabled or any_real(connection):
            return None
        return begin(connection, account_id, "acted as")


def log_out(engine: Engine, session_id: str) -> None:
    """End a session; one that is not there has ended already."""
    with writing(engine) as connection:
        mine = sessions.c.id_hash == _hash(session_id)
        account_id = connection.scalar(select(sessions.c.account_id).where(mine))
        if account_id is not None:
            connection.execute(delete(sessions).where(mine))
            audit.record(connection, account_id, "logged out", f"account {account_id}")


def change_password(engine: Engine, account_id: int, old: str, new: str, address: str) -> str:
    """Keep a new password in place of the old one; returns a new session, all others end. Raises Refused.

    Wrong old passwords are counted as wrong log-ins are: a session left open is no way to guess.
    """
    subjects = {"name": _hash(f"change:{account_id}"), "address": _hash(f"address:{address}")}
    _count_or_refuse(engine, subjects)
    with engine.connect() as connection:
        kept = connection.scalar(select(accounts.c.password_hash).where(accounts.c.account_id == account_id))
    if not matches(old, kept):
        raise Refused(0)
    chosen = hashed(new)
    with writing(engine) as connection:
        _forgive(connection, subjects)
        set_password(connection, account_id, chosen)
        return begin(connection, account_id, "logged in")


def _count_or_refuse(engine: Engine, subjects: dict[str, str]) -> None:
    with writing(engine) as connection:
        wait_in_line(connection, LOG_IN_LOCK)
        wait_s = max(_wait_s(connection, kind, subject) for kind, subject in subjects.items())
        if wait_s > 0:
            raise Refused(wait_s)
        for subject in subjects.values():
            _count_try(connection, subject)


def _wait_s(connection: Connection, kind: str, subject: str) -> int:
    """How many seconds this name or address must still wait: after the free failures 2, 4, 8... up to a quarter hour."""
    row = connection.execute(select(log_in_failures).where(log_in_failures.c.subject_hash == subject)).first()
    if row is None or row.failures < FREE_FAILURES[kind]:
        return 0
    pause_s = min(2 ** min(row.failures - FREE_FAILURES[kind] + 1, 20), LONGEST_WAIT_S)
    left = row.last_at + timedelta(seconds=pause_s) - datetime.now(UTC)
    return max(0, int(left.total_seconds()) + 1) if left > timedelta(0) else 0


def _count_try(connection: Connection, subject: str) -> None:
    now = datetime.now(UTC)
    connection.execute(delete(log_in_failures).where(log_in_failures.c.last_at < now - FORGOTTEN))
    mine = log_in_failures.c.subject_hash == subject
    counted = update(log_in_failures).where(mine).values(failures=log_in_failures.c.failures + 1, last_at=now)
    if connection.execute(counted).rowcount == 0:
        connection.execute(insert(log_in_failures).values(subject_hash=subject, failures=1, last_at=now))


def _forgive(connection: Connection, subjects: dict[str, str]) -> None:
    """Forget a name's failures; an address only gets its last try back, or one good account would wash it clean."""
    connection.execute(delete(log_in_failures).where(log_in_failures.c.subject_hash == subjects["name"]))
    mine = log_in_failures.c.subject_hash == subjects["address"]
    connection.execute(update(log_in_failures).where(mine).values(failures=log_in_failures.c.failures - 1))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()
