"""Acting as another in the demo; and coming in by the front door where people have accounts."""

import shutil

import pytest

from data_access import accounts
from data_access.engine import make_engine
from tests.browser.conftest import PHONE, served, visiting

CHOSEN = "noon ride to Engebei"


def test_one_acts_as_the_second_analyst_and_back(visit):
    seen = visit("/queue", language="zh")
    assert "演示访客" in seen.page.inner_text("#kt-account summary")
    seen.page.click("#kt-account summary")
    with seen.page.expect_navigation():
        seen.page.click("#kt-account button:has-text('分析员乙')")
    seen.settle()

    assert "分析员乙" in seen.page.inner_text("#kt-account summary")
    assert seen.address().startswith("/queue")
    assert not seen.page.locator(".kt-nav a:has-text('账号管理')").count()
    seen.page.click("#kt-account summary")
    assert seen.page.locator("#kt-account button[aria-current]").inner_text().startswith("分析员乙")
    seen.page.keyboard.press("Escape")
    assert not seen.page.locator("#kt-account[open]").count()
    seen.page.click("#kt-account summary")
    with seen.page.expect_navigation():
        seen.page.click("#kt-account button:has-text('回到演示访客')")
    seen.settle()
    assert "演示访客" in seen.page.inner_text("#kt-account summary")


def test_the_menu_fits_a_phone_in_english(visit):
    seen = visit("/", language="en", size=PHONE)
    seen.page.click("#kt-account summary")

    box = seen.page.locator(".kt-account-menu").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= PHONE[0]
    assert seen.overflow() <= 0
    assert seen.untranslated() == []


@pytest.fixture(scope="module")
def house(demo_store, tmp_path_factory):
    """The address of a site whose one account is chief's, and the one-time secret."""
    folder = tmp_path_factory.mktemp("house")
    shutil.copytree(demo_store[1] / "geo", folder / "geo")
    for file in demo_store[1].glob("kangtu.db*"):  # the write-ahead log goes along
        shutil.copy(file, folder)
    url = f"sqlite:///{folder / 'kangtu.db'}"
    engine = make_engine(url)
    secret = accounts.add_account(engine, "chief", ["administrator", "leader"], display_zh="主任", display_en="Chief")
    engine.dispose()
    with served(url, folder) as address:
        yield address, secret


def test_the_first_log_in_leads_through_a_new_password_and_the_log_out_ends_it(chromium, house):
    site, secret = house
    with visiting(chromium, site) as visit:
        seen = visit("/behind?area=150621", language="en", settled="main h1")
        page = seen.page
        assert seen.heading() == "Log in" and seen.untranslated() == []
        for name, text in (("name", "chief"), ("password", secret)):
            page.fill(f"input[name={name}]", text)
        page.click("button[type=submit]")
        page.wait_for_url("**/account/password")
        assert seen.untranslated() == [] and seen.overflow() <= 0
        for name, text in (("old", secret), ("new", CHOSEN), ("again", CHOSEN)):
            page.fill(f"input[name={name}]", text)
        page.click("button:has-text('Keep this password')")
        page.wait_for_url(f"{site}/")
        seen.settle()
        assert page.inner_text("#kt-account summary").startswith("Chief")
        assert seen.untranslated() == []

        page.click("#kt-account summary")
        with page.expect_navigation():
            page.click("#kt-account button:has-text('Log out')")
        assert seen.heading() == "Log in"
        page.goto(f"{site}/accounts")
        assert page.url == f"{site}/login?next=%2Faccounts"
