"""Who gets in, who is thrown out, and what is written down about it."""

from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from data_access import accounts, audit, passwords, sessions
from data_access.account_tables import accounts as accounts_table
from data_access.account_tables import audit_entries, log_in_failures
from data_access.account_tables import sessions as sessions_table
from data_access.engine import writing
from data_access.errors import InputError
from tests.data_access.rows import write_places_and_indicators

CHOSEN = "骑马去恩格贝 at dawn"


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch):
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def who(engine, session_id, **options):
    with engine.connect() as connection:
        return sessions.who(connection, session_id, **options)


def settled(engine, login_name="wang.fang", roles=("analyst",), **options) -> int:
    """The id of an account that has chosen its password."""
    secret = accounts.add_account(engine, login_name, roles, **options)
    account = who(engine, sessions.log_in(engine, login_name, secret, "10.0.0.1"))
    sessions.change_password(engine, account.account_id, secret, CHOSEN, "10.0.0.1")
    return account.account_id


def test_a_one_time_secret_opens_once_and_must_be_changed(engine):
    secret = accounts.add_account(engine, "Wang.Fang", ["analyst", "planner"], display_zh="王芳")
    account = who(engine, sessions.log_in(engine, "WANG.FANG", secret, "10.0.0.1"))

    assert (account.login_name, account.display_zh, account.must_change) == ("wang.fang", "王芳", True)
    assert account.roles == {"analyst", "planner"}
    new = sessions.change_password(engine, account.account_id, secret, CHOSEN, "10.0.0.1")
    assert not who(engine, new).must_change
    with pytest.raises(sessions.Refused):
        sessions.log_in(engine, "wang.fang", secret, "10.0.0.1")


def test_a_secret_nobody_used_ends(engine):
    secret = accounts.add_account(engine, "wang.fang", ["analyst"])
    with writing(engine) as connection:
        connection.execute(update(accounts_table).values(secret_until=datetime.now(UTC) - timedelta(seconds=1)))

    with pytest.raises(sessions.Refused):
        sessions.log_in(engine, "wang.fang", secret, "10.0.0.1")


def test_sessions_end_by_logging_out_password_reset_disabling_and_time(engine):
    account_id = settled(engine)
    settled(engine, "chief", ["administrator"])

    def entered():
        return sessions.log_in(engine, "wang.fang", CHOSEN, "10.0.0.1")

    first, second = entered(), entered()
    assert first != second
    sessions.log_out(engine, first)
    assert who(engine, first) is None and who(engine, second).account_id == account_id

    accounts.reset_password(engine, "wang.fang")
    assert who(engine, second) is None
    with pytest.raises(sessions.Refused):
        entered()

    third = sessions.log_in(engine, "chief", CHOSEN, "10.0.0.1")
    later = datetime.now(UTC)
    assert who(engine, third, now=later + timedelta(minutes=119)) is not None
    assert who(engine, third, now=later + timedelta(minutes=121)) is None
    with writing(engine) as connection:
        connection.execute(update(sessions_table).values(seen_at=later + timedelta(hours=12)))
    assert who(engine, third, now=later + timedelta(hours=12, minutes=1)) is None

    fourth = sessions.log_in(engine, "chief", CHOSEN, "10.0.0.1")
    settled(engine, "second-chief", ["administrator"])
    accounts.disable_account(engine, "chief")
    assert who(engine, fourth) is None
    with pytest.raises(sessions.Refused):
        sessions.log_in(engine, "chief", CHOSEN, "10.0.0.1")


def test_the_database_holds_neither_passwords_nor_session_ids(engine):
    settled(engine)
    session_id = sessions.log_in(engine, "wang.fang", CHOSEN, "10.0.0.1")

    with engine.connect() as connection:
        kept = connection.scalar(select(accounts_table.c.password_hash))
        hashes = set(connection.scalars(select(sessions_table.c.id_hash)))
    assert kept.startswith("$argon2id$") and CHOSEN not in kept
    assert session_id not in hashes and len(session_id) >= 22  # 128 bits, six to a sign


def test_guessing_slows_down_for_names_that_exist_and_names_that_do_not(engine):
    settled(engine)
    for name in ("wang.fang", "nobody"):
        waits = []
        for place in range(9):
            with pytest.raises(sessions.Refused) as refusal:
                sessions.log_in(engine, name, "wrong", f"10.1.{len(name)}.{place}")
            waits.append(refusal.value.wait_s)
        assert waits[:5] == [0] * 5  # five are free
        assert set(waits[5:]) <= {1, 2, 3} and min(waits[5:]) > 0

    with pytest.raises(sessions.Refused) as refusal:  # the right one, too, and from anywhere
        sessions.log_in(engine, "wang.fang", CHOSEN, "10.9.9.9")
    assert refusal.value.wait_s > 0
    with writing(engine) as connection:
        connection.execute(update(log_in_failures).values(last_at=datetime.now(UTC) - timedelta(seconds=3)))
    assert sessions.log_in(engine, "wang.fang", CHOSEN, "10.9.9.9")


def test_one_address_that_tries_many_names_is_slowed_though_it_has_an_account_of_its_own(engine):
    settled(engine)
    refused = []
    for number in range(22):
        with pytest.raises(sessions.Refused) as refusal:
            sessions.log_in(engine, f"somebody{number}", "wrong", "10.0.0.66")
        refused.append(refusal.value.wait_s)
        if number == 10:
            sessions.log_in(engine, "wang.fang", CHOSEN, "10.0.0.66")

    assert refused[:20] == [0] * 20
    assert refused[-1] > 0


def test_a_demo_identity_is_entered_with_a_click_only_until_somebody_real_has_an_account(engine):
    with writing(engine) as connection:
        accounts.add_demo_account(connection, "demo-leader", "leader", "领导小组", "Leading group")
    (leader,) = accounts.read_accounts(engine)
    as_leader = sessions.act_as(engine, leader.account_id)
    assert who(engine, as_leader).roles == {"leader"}
    with pytest.raises(sessions.Refused):
        sessions.log_in(engine, "demo-leader", "", "127.0.0.1")

    accounts.add_account(engine, "chief", ["administrator"])
    assert who(engine, as_leader) is None
    assert sessions.act_as(engine, leader.account_id) is None
    with pytest.raises(InputError, match="没有账号"):
        accounts.reset_password(engine, "demo-leader")


def test_the_last_administrator_stays(engine):
    accounts.add_account(engine, "chief", ["administrator"])

    with pytest.raises(InputError, match="最后一个管理员"):
        accounts.disable_account(engine, "chief")


def test_what_no_account_can_be_is_said(engine):
    for name, roles, areas, why in (
        ("x", ["leader"], [], "登录名"),
        ("wang fang", ["leader"], [], "登录名"),
        ("王芳", ["leader"], [], "登录名"),
        ("wang", ["king"], [], "king"),
        ("wang", [], [], "角色"),
        ("wang", ["reporter"], ["999999"], "999999"),
    ):
        with pytest.raises(InputError, match=why):
            accounts.add_account(engine, name, roles, area_ids=areas)
    accounts.add_account(engine, "wang", ["leader"])
    with pytest.raises(InputError, match="已存在"):
        accounts.add_account(engine, "WANG", ["leader"])


def test_an_area_is_within_itself_and_those_above_it(engine):
    write_places_and_indicators(engine)  # 150600 with 150602 and 150603 in it

    def within(area_id, limits):
        with engine.connect() as connection:
            return accounts.area_is_within(connection, area_id, limits)

    assert within("150602", {"150602"}) and within("150602", {"150600"}) and within("150602", set())
    assert not within("150603", {"150602"}) and not within("150600", {"150602"})
    assert not within("999999", set())


def test_the_record_is_added_to_and_never_changed(engine):
    account_id = settled(engine)
    with writing(engine) as connection:
        audit.record(connection, account_id, "adjustment approved", "adjustment 17", "新诊所开业", {"before": 81.5})
    newest = audit.read_entries(engine).iloc[0]
    assert list(newest[["login_name", "action", "subject", "reason"]]) == [
        "wang.fang",
        "adjustment approved",
        "adjustment 17",
        "新诊所开业",
    ]
    assert audit.broken_at(engine) is None

    for change in (delete(audit_entries), update(audit_entries).values(reason="另有原因")):
        with pytest.raises(DBAPIError, match="append-only"), writing(engine) as connection:
            connection.execute(change)


def test_an_entry_somebody_altered_behind_the_triggers_shows(engine):
    accounts.add_account(engine, "chief", ["administrator"])
    accounts.add_account(engine, "wang", ["leader"])
    with writing(engine) as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER audit_entries_no_update")
        else:
            connection.exec_driver_sql("ALTER TABLE audit_entries DISABLE TRIGGER USER")
        connection.execute(update(audit_entries).where(audit_entries.c.entry_id == 1).values(reason="x"))

    assert audit.broken_at(engine) == 1


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("骑马去恩格贝", "short"),
        ("Tr0ub4d", "short"),
        ("12345678", "common"),
        ("Password123!", "common"),
        ("kangtu2026", "common"),
        ("康图健康城市2026", "common"),
        ("wang.fang.1990", "common"),
        ("x" * 257, "long"),
        ("correct horse battery staple", None),
        ("骑马去恩格贝看日出", None),
        ("k" + "q7" * 60 + "mv", None),
    ],
)
def test_length_counts_and_common_words_are_refused(password, why):
    assert passwords.what_is_wrong(password, "wang.fang", "王芳") == why
