"""The back-test in a real browser: worked out while the page says so, then the finding, the verdicts, the files."""


def test_the_finding_stands_over_its_dots_and_every_indicator_has_its_verdict(visit):
    seen = visit("/backtest", language="en")
    seen.page.wait_for_selector(".kt-backtest", timeout=60_000)
    seen.settle()

    assert seen.heading().startswith("Of ") and " missed (" in seen.heading()
    assert seen.page.locator("#backtest-calibration .point").count() >= 5
    verdicts = seen.page.locator(".kt-backtest-table .kt-status").all_inner_texts()
    assert {"Use it", "Switch off"} <= set(verdicts)
    assert verdicts == sorted(verdicts, key=["Switch off", "About as good", "Use it", "Too few to say"].index)

    seen.page.locator(".kt-choice-against select").select_option("own_path")
    seen.page.wait_for_url("**against=own_path**")
    seen.settle()
    href = seen.page.locator("a.kt-download[href*='backtest-chances.csv']").get_attribute("href")
    assert "against=own_path" in href
