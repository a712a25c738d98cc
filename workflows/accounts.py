"""manage.py add-account, disable-account, reset-password, accounts: who may come in.

The first administrator is made here. There is no page for it: whoever found such a page first would own the site.
"""

from argparse import ArgumentParser, Namespace

from data_access import audit
from data_access.account_tables import ROLES
from data_access.accounts import (
    SECRET_LASTS,
    Account,
    add_account,
    disable_account,
    read_accounts,
    reset_password,
)
from data_access.engine import make_engine
from data_access.schema import refuse_outdated
from settings import Settings


def add_arguments(command: str, parser: ArgumentParser) -> None:
    """The arguments of one of the four commands."""
    if command == "accounts":
        return
    parser.add_argument("name", help="the login name: small Latin letters, digits and . _ -")
    if command == "add-account":
        parser.add_argument("--roles", nargs="+", required=True, choices=ROLES, metavar="ROLE", help=", ".join(ROLES))
        parser.add_argument("--area", nargs="+", default=[], metavar="CODE", help="limit to these areas (default: all)")
        parser.add_argument("--display-zh", default="", metavar="NAME", help="the name shown in Chinese")
        parser.add_argument("--display-en", default="", metavar="NAME", help="the name shown in English")


def run(command: str, arguments: Namespace, settings: Settings) -> None:
    """Do one of the four. Raises InputError that says why it cannot be done."""
    engine = make_engine(settings.database_url)
    refuse_outdated(engine)
    if command == "add-account":
        names = {"display_zh": arguments.display_zh, "display_en": arguments.display_en}
        secret = add_account(engine, arguments.name, arguments.roles, area_ids=arguments.area, **names)
        _tell(f"账号 {arguments.name.strip().lower()} 已添加。", secret)
    elif command == "reset-password":
        _tell(
            f"账号 {arguments.name.strip().lower()} 的口令已重设，原有登录全部失效。",
            reset_password(engine, arguments.name),
        )
    elif command == "disable-account":
        disable_account(engine, arguments.name)
        print(f"账号 {arguments.name.strip().lower()} 已停用，其登录立即失效。reset-password 可重新启用。")
    else:
        for account in read_accounts(engine):
            print(_line(account))
        if (entry := audit.broken_at(engine)) is not None:
            print(f"注意：操作记录第 {entry} 条与前一条接不上，可能被人改动。请与备份核对。")


def _tell(done: str, secret: str) -> None:
    print(done)
    print(f"一次性口令（只显示这一次，{SECRET_LASTS.days} 天内有效，首次登录须更改）：{secret}")


def _line(account: Account) -> str:
    marks = [word for is_so, word in ((account.is_demo, "演示"), (account.is_disabled, "已停用")) if is_so]
    where = "、".join(sorted(account.area_ids)) or "全部区划"
    return "\t".join([account.login_name, account.display_zh, " ".join(sorted(account.roles)), where, *marks])
