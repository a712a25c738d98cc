"""Accounts: who they are, what they may be, where they are limited to."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, delete, exists, insert, select, update

from data_access import audit
from data_access.account_tables import ROLES, account_areas, account_roles, accounts, sessions
from data_access.engine import writing
from data_access.errors import InputError
from data_access.passwords import hashed, one_time_secret
from data_access.tables import areas

LOGIN_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
SECRET_LASTS = timedelta(days=7)
LONGEST_DISPLAY = 40


@dataclass(frozen=True)
class Account:
    account_id: int
    login_name: str
    display_zh: str
    display_en: str | None
    must_change: bool
    is_demo: bool
    is_disabled: bool
    created_at: datetime
    roles: frozenset[str]
    area_ids: frozenset[str]


def any_real(connection: Connection) -> bool:
    """Whether anybody real has an account, disabled or not: from then on everybody logs in."""
    return bool(connection.scalar(select(exists().where(accounts.c.is_demo.is_(False)))))


def read_accounts(engine: Engine) -> list[Account]:
    """Every account, by login name."""
    with engine.connect() as connection:
        ids = connection.scalars(select(accounts.c.account_id).order_by(accounts.c.login_name)).all()
        return [read_account(connection, account_id) for account_id in ids]


def read_account(connection: Connection, account_id: int) -> Account | None:
    """One account by its id, or None."""
    columns = [accounts.c[name] for name in Account.__dataclass_fields__ if name in accounts.c]
    row = connection.execute(select(*columns).where(accounts.c.account_id == account_id)).mappings().first()
    if row is None:
        return None
    roles = connection.scalars(select(account_roles.c.role).where(account_roles.c.account_id == account_id))
    limits = connection.scalars(select(account_areas.c.area_id).where(account_areas.c.account_id == account_id))
    return Account(**row, roles=frozenset(roles), area_ids=frozenset(limits))


def find_account(connection: Connection, login_name: str) -> Account | None:
    """One account by its login name, however it is capitalised, or None."""
    found = connection.scalar(select(accounts.c.account_id).where(accounts.c.login_name == login_name.strip().lower()))
    return None if found is None else read_account(connection, found)


def add_account(
    engine: Engine,
    login_name: str,
    roles: Collection[str],
    *,
    area_ids: Collection[str] = (),
    display_zh: str = "",
    display_en: str = "",
    by: int | None = None,
) -> str:
    """Add somebody; returns the one-time secret for the first log-in, which is kept nowhere.

    by: the account that adds it, None for the command line. Raises InputError.
    """
    login_name = login_name.strip().lower()
    secret = one_time_secret()
    kept = hashed(secret)  # before the transaction: it takes a while
    with writing(engine) as connection:
        _check(connection, login_name, roles, area_ids, display_zh, display_en)
        if find_account(connection, login_name):
            raise InputError(f"账号 {login_name} 已存在。请换一个登录名；重设口令请用 reset-password。")
        row = {
            "login_name": login_name,
            "display_zh": display_zh.strip() or login_name,
            "display_en": display_en.strip() or None,
            "password_hash": kept,
            "must_change": True,
            "secret_until": datetime.now(UTC) + SECRET_LASTS,
            "is_demo": False,
        }
        account_id = _insert(connection, row, roles, area_ids)
        details = {"roles": sorted(roles), "area_ids": sorted(area_ids)}
        audit.record(connection, by, "account added", f"account {account_id} {login_name}", details=details)
    return secret


def add_demo_account(
    connection: Connection, login_name: str, role: str, display_zh: str, display_en: str, area_ids: Collection[str] = ()
) -> bool:
    """Add a demo account: entered with a click, without a password, while there are no real ones. False where it is."""
    if find_account(connection, login_name):
        return False
    row = {
        "login_name": login_name,
        "display_zh": display_zh,
        "display_en": display_en,
        "must_change": False,
        "is_demo": True,
    }
    _insert(connection, row, [role], area_ids)
    return True


def _insert(connection: Connection, row: dict, roles: Collection[str], area_ids: Collection[str]) -> int:
    values = {**row, "is_disabled": False, "created_at": datetime.now(UTC)}
    account_id = connection.execute(insert(accounts).values(values)).inserted_primary_key[0]
    for role in sorted(set(roles)):
        connection.execute(insert(account_roles).values(account_id=account_id, role=role))
    for area_id in sorted(set(area_ids)):
        connection.execute(insert(account_areas).values(account_id=account_id, area_id=area_id))
    return account_id


def _check(connection, login_name, roles, area_ids, display_zh, display_en) -> None:
    if not LOGIN_NAME.fullmatch(login_name):
        raise InputError(f"登录名“{login_name[:60]}”不可用：请用 2 至 40 个小写字母、数字或 . _ -，以字母或数字开头。")
    unknown = sorted(set(roles) - set(ROLES))
    if unknown or not roles:
        raise InputError(f"角色“{'、'.join(unknown)}”不存在。请从 {'、'.join(ROLES)} 中选择一个或几个。")
    if len(display_zh) > LONGEST_DISPLAY or len(display_en) > LONGEST_DISPLAY:
        raise InputError(f"显示名称过长，请不超过 {LONGEST_DISPLAY} 个字。")
    known = set(connection.scalars(select(areas.c.area_id).where(areas.c.area_id.in_(list(area_ids)))))
    missing = sorted(set(area_ids) - known)
    if missing:
        raise InputError(f"区划代码 {'、'.join(missing)} 不在区划表中。请先导入区划，或更正代码。")


def disable_account(engine: Engine, login_name: str, *, by: int | None = None) -> None:
    """Let somebody in no longer; their sessions end at once. Raises InputError."""
    with writing(engine) as connection:
        account = _named(connection, login_name)
        _keep_one_administrator(connection, account)
        connection.execute(update(accounts).where(accounts.c.account_id == account.account_id).values(is_disabled=True))
        end_sessions(connection, account.account_id)
        audit.record(connection, by, "account disabled", f"account {account.account_id} {account.login_name}")


def reset_password(engine: Engine, login_name: str, *, by: int | None = None) -> str:
    """Give somebody a new one-time secret and, where they were disabled, let them in again. Raises InputError."""
    secret = one_time_secret()
    kept = hashed(secret)
    values = {"password_hash": kept, "must_change": True, "is_disabled": False}
    with writing(engine) as connection:
        account = _named(connection, login_name)
        connection.execute(
            update(accounts)
            .where(accounts.c.account_id == account.account_id)
            .values(**values, secret_until=datetime.now(UTC) + SECRET_LASTS)
        )
        end_sessions(connection, account.account_id)
        audit.record(connection, by, "password reset", f"account {account.account_id} {account.login_name}")
    return secret


def set_password(connection: Connection, account_id: int, kept: str) -> None:
    """Keep the password somebody has chosen, checked and hashed (passwords.py); all their sessions end."""
    values = {"password_hash": kept, "must_change": False, "secret_until": None}
    connection.execute(update(accounts).where(accounts.c.account_id == account_id).values(values))
    end_sessions(connection, account_id)
    audit.record(connection, account_id, "password changed", f"account {account_id}")


def end_sessions(connection: Connection, account_id: int) -> None:
    """End every session of an account."""
    connection.execute(delete(sessions).where(sessions.c.account_id == account_id))


def _named(connection: Connection, login_name: str) -> Account:
    account = find_account(connection, login_name)
    if account is None or account.is_demo:
        raise InputError(f"没有账号“{login_name[:60]}”。manage.py accounts 可列出全部账号。")
    return account


def _keep_one_administrator(connection: Connection, leaving: Account) -> None:
    others = (
        select(accounts.c.account_id)
        .join(account_roles, account_roles.c.account_id == accounts.c.account_id)
        .where(
            account_roles.c.role == "administrator",
            accounts.c.is_demo.is_(False),
            accounts.c.is_disabled.is_(False),
            accounts.c.account_id != leaving.account_id,
        )
    )
    if "administrator" in leaving.roles and connection.scalar(others.limit(1)) is None:
        raise InputError("这是最后一个管理员账号，停用后无人能管理账号。请先添加另一个管理员。")


def area_is_within(connection: Connection, area_id: str, limits: Collection[str]) -> bool:
    """Whether an area is one of the limits or lies in one; without limits every area that exists is."""
    above = connection.execute(select(areas.c.parent_id).where(areas.c.area_id == area_id)).first()
    if above is None:
        return False
    seen = set()
    here = area_id
    while limits and here not in limits:
        seen.add(here)
        here = connection.scalar(select(areas.c.parent_id).where(areas.c.area_id == here))
        if here is None or here in seen:
            return False
    return True
