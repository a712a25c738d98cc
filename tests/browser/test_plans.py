"""The plans in a real browser: found, opened, compared, in both languages and on a phone."""

import pytest

from tests.browser.conftest import PHONE
from tests.browser.test_every_page import unknown_faults

ADDRESSES = [
    "/plans?q=hypertension",
    "/plans/ordos-2030",
    "/plans/ordos-2030?action=chronic-disease",
    "/plans/nantong-2030?open=all",
    "/plans/ordos-2030?part=programmes",
    "/plans/beijing-lifestyle?part=cells",
    "/plans/shenyang-2030?part=services",
    "/plans/qianjiang-patriotic?part=tasks",
    "/plans/compare?indicator=infant_mortality_rate",
]


@pytest.mark.parametrize(("language", "theme"), [("zh", "dark"), ("en", "light")])
@pytest.mark.parametrize("address", ADDRESSES)
def test_every_view_is_quiet_translated_and_usable_by_everybody(visit, address, language, theme):
    seen = visit(address, language=language, theme=theme)

    assert seen.untranslated() == []
    assert unknown_faults(seen.page) == []
    assert seen.overflow() <= 0


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_view_fits_a_phone(visit, address):
    assert visit(address, language="en", size=PHONE).overflow() <= 0


def test_the_first_screen_of_a_big_plan_says_what_is_asked_of_whom_by_when(visit):
    seen = visit("/plans/ordos-2030", language="en")

    assert seen.heading() == "Healthy Ordos Action Implementation Plan: 116 targets up to 2030, led by 6 departments"
    chronic = seen.page.locator("#chapter-chronic-disease summary")
    assert chronic.inner_text().split("\n")[:4] == ["8", "Chronic disease action", "15", "2022, 2030"]
    assert chronic.bounding_box()["y"] < 900
    assert not seen.page.get_by_text("Cardiovascular and cerebrovascular disease", exact=True).is_visible()


def test_an_action_opens_by_keyboard_and_its_target_leads_to_the_evidence(visit):
    seen = visit("/plans/ordos-2030", language="en")

    seen.page.locator("#chapter-chronic-disease summary").focus()
    seen.page.keyboard.press("Enter")
    row = seen.page.get_by_role("row", name="Hypertension awareness rate")
    assert "2022 ≥ 55 % → 2030 ≥ 65 %" in row.inner_text().replace("\u00a0", " ")
    row.locator("a[href^='/indicator']").click()
    seen.page.wait_for_url("**/indicator?**")
    seen.settle()
    assert "Hypertension awareness rate" in seen.heading()


def test_what_is_typed_is_looked_for_in_all_plans_and_stands_in_the_address(visit):
    seen = visit("/plans")

    seen.page.fill("#plans-q", "残疾人联合会")
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_url("**/plans?q=*")
    seen.settle()
    assert "提到“残疾人联合会”" in seen.heading()
    seen.page.get_by_role("link", name="残疾人家庭医生签约率").first.click()
    seen.page.wait_for_url("**/plans/ordos-2030?action=disability-health")
    seen.settle()
    assert seen.heading().startswith("健康鄂尔多斯行动实施方案：符合条件的有")


def test_a_search_within_a_plan_keeps_what_was_chosen_before(visit):
    seen = visit("/plans/ordos-2030?action=chronic-disease", language="en")

    seen.page.fill("#plans-q", "diabetes")
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_url("**q=diabetes**")
    seen.settle()
    assert "action=chronic-disease" in seen.address()
    assert seen.heading().endswith(": 2 targets fit this choice")


def test_another_indicator_is_compared_when_it_is_chosen(visit):
    seen = visit("/plans/compare", language="en")

    assert seen.heading().startswith("Residents' health literacy rate: for 2030, from ≥\u00a030")
    seen.page.locator(".kt-choice-indicator .dash-dropdown").click()
    seen.page.keyboard.type("infant mort")
    seen.page.locator("label", has_text="Infant mortality rate (5 plans)").last.click()
    seen.page.wait_for_url("**indicator=infant_mortality_rate**")
    seen.settle()
    assert seen.heading().startswith("Infant mortality rate: for 2030, from ≤\u00a03")
