"""From a mark to its arithmetic, from an indicator to the funnel, and what an assessment looks like."""


def test_a_mark_in_the_list_opens_its_arithmetic(visit):
    seen = visit("/behind", language="en")
    seen.page.click(".kt-flags .kt-to-working >> nth=0")
    seen.page.wait_for_function("() => location.pathname === '/working'")
    seen.settle()

    assert seen.heading().startswith("How this mark was made")
    assert seen.page.locator(".kt-working").count() >= 4
    assert seen.untranslated() == []


def test_the_indicators_page_leads_to_the_arithmetic_and_to_the_funnel(visit):
    seen = visit("/indicator?area=150600&indicator=health_literacy_rate", language="en")
    seen.page.click(".kt-verdict a:has-text('How this mark was made')")
    seen.page.wait_for_function("() => location.pathname === '/working'")
    seen.settle()
    assert "Residents' health literacy level" in seen.heading()

    seen.page.go_back()
    seen.settle()
    seen.page.click("a:has-text('truly differ from the whole')")
    seen.page.wait_for_function("() => location.pathname === '/funnel'")
    seen.settle()
    assert "9 districts" in seen.heading()


def test_the_funnel_of_the_townships_is_drawn_with_its_table(visit):
    seen = visit("/funnel?level=township&indicator=two_cancer_screening_coverage", language="en")

    assert "of 77 townships truly differ" in seen.heading()
    assert seen.page.locator("#funnel-figure .scatterlayer .point").count() >= 77
    assert seen.page.locator(".kt-grid .ag-row").count() > 0


def test_an_example_scheme_never_looks_official(visit):
    seen = visit("/assessment", language="zh")

    assert "EXAMPLE SCHEME" in seen.page.inner_text(".kt-example")
    assert seen.page.locator(".kt-mark").count() == 0
