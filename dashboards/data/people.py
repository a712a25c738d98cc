"""Who asks, and the accounts of those who may. Nothing here is cached: who was let out is out at once."""

from dashboards import access
from dashboards.access import NOBODY, User
from dashboards.data.store import engine
from data_access import accounts, passwords, sessions
from data_access.accounts import Account
from data_access.errors import InputError
from data_access.sessions import Refused

__all__ = ["Account", "InputError", "Refused"]


def everybody_logs_in() -> bool:
    """Whether somebody real has an account; until then the store is a demo that opens to this machine without log-in."""
    with engine().connect() as connection:
        return accounts.any_real(connection)


def visitor(session_id: str | None) -> tuple[User, Account | None, bool]:
    """Who asks: as the pages know them, their account, and whether everybody logs in here.

    The user is NOBODY where a log-in is needed, and the demo's visitor where none is.
    """
    with engine().connect() as connection:
        needs_log_in = accounts.any_real(connection)
        account = sessions.who(connection, session_id)
    if account is None:
        return (NOBODY if needs_log_in else access.DEMO_USER), None, needs_log_in
    sessions.note_seen(engine(), session_id)
    return user_of(account), account, needs_log_in


def user_of(account: Account) -> User:
    """An account as the pages know it."""
    return User(
        account.login_name,
        account.roles,
        account.area_ids,
        account.account_id,
        account.display_zh,
        account.display_en or account.login_name,
    )


def log_in(login_name: str, password: str, address: str) -> str:
    """The id of a new session. Raises Refused."""
    return sessions.log_in(engine(), login_name, password, address)


def log_out(session_id: str) -> None:
    """End a session."""
    sessions.log_out(engine(), session_id)


def act_as(account_id: int) -> str | None:
    """A session of one of the demo's identities, None where it is none."""
    return sessions.act_as(engine(), account_id)


def demo_accounts() -> list[Account]:
    """The identities a demo offers, in the order of their ids."""
    every = accounts.read_accounts(engine())
    found = [account for account in every if account.is_demo and not account.is_disabled]
    return sorted(found, key=lambda account: account.account_id)


def all_accounts() -> list[Account]:
    """Every account, by login name."""
    return accounts.read_accounts(engine())


def what_is_wrong_with(password: str, account: Account) -> str | None:
    """Why somebody's new password is not taken: "short", "long", "common"; None where it is."""
    return passwords.what_is_wrong(password, account.login_name, account.display_zh, account.display_en or "")


def change_password(account_id: int, old: str, new: str, address: str) -> str:
    """The id of a new session; every other one ends. Raises Refused."""
    return sessions.change_password(engine(), account_id, old, new, address)


def add_account(login_name: str, roles: list[str], by: int, **details) -> str:
    """The one-time secret of a new account. Raises InputError."""
    return accounts.add_account(engine(), login_name, roles, by=by, **details)


def disable_account(login_name: str, by: int) -> None:
    """Let somebody in no longer. Raises InputError."""
    accounts.disable_account(engine(), login_name, by=by)


def reset_password(login_name: str, by: int) -> str:
    """A new one-time secret. Raises InputError."""
    return accounts.reset_password(engine(), login_name, by=by)


def may_write_area(user: User, area_id: str) -> bool:
    """Whether an area lies within those the user is limited to; False for an area nobody knows.

    Ask for every write that concerns a place, besides the permission: what a form offered is not what it sends.
    """
    with engine().connect() as connection:
        return accounts.area_is_within(connection, area_id, user.area_ids)
