"""Reviews of the past in the browser: chosen once, they go along; the newest is one step away."""

OLD = "as_of=2025-11-15"


def test_the_chosen_review_goes_along_from_page_to_page_and_back_to_the_newest(visit):
    seen = visit("/", language="zh")
    newest = seen.heading()
    seen.page.select_option(".kt-choice-as_of select", "2025-11-15")
    seen.page.wait_for_selector(".kt-notice-review")
    seen.settle()

    assert OLD in seen.address()
    assert seen.heading() != newest
    for path in ("/behind", "/indicator", "/changes", "/queue"):
        seen.page.click(f".kt-nav a[href^='{path}']")
        seen.page.wait_for_url(f"**{path}?*{OLD}*")
        seen.settle()
        assert "正在查看2025年11月15日的研判" in seen.page.inner_text("#main"), path
    assert OLD not in seen.page.get_attribute(".kt-nav a[href^='/map']", "href")

    seen.page.click(".kt-notice-review a")
    seen.page.wait_for_function("() => !location.search.includes('as_of')")
    seen.settle()
    assert seen.page.locator(".kt-notice-review").count() == 0


def test_what_moved_leads_from_the_overview_to_the_indicator(visit):
    seen = visit("/", language="en")
    seen.page.click(".kt-since a")
    seen.page.wait_for_url("**/changes?*")
    seen.settle()

    assert "since 15 Nov 2025" in seen.heading()
    target = seen.page.inner_text(".kt-moved tbody th a >> nth=0")
    seen.page.click(".kt-moved tbody th a >> nth=0")
    seen.page.wait_for_url("**/indicator?*")
    seen.settle()
    assert target.lower() in seen.heading().lower()


def test_the_queue_is_narrowed_by_its_selectors(visit):
    seen = visit("/queue", language="en")
    everything = seen.heading()
    seen.page.select_option(".kt-choice-kind select", "may_meet")
    seen.page.wait_for_url("**kind=may_meet*")
    seen.page.wait_for_function(f"() => document.querySelector('#main h1').innerText.trim() !== {everything!r}")
    seen.settle()

    words = seen.page.locator(".kt-flags tbody tr:first-child td[data-label='By the rule']").all_inner_texts()
    assert words
    assert all("Behind" in word or "Reversing" in word for word in words)


def test_a_day_without_a_review_is_said_so_without_noise(visit):
    seen = visit("/?as_of=2025-03-03", language="en")

    assert seen.heading() == "The plan has not been judged as of 3 Mar 2025"
    assert seen.untranslated() == []
