"""The frame at work: the address holds the view, links take it along, language and colours are a click away."""


def test_a_choice_goes_into_the_address_and_the_address_brings_it_back(visit):
    seen = visit("/", language="en")
    whole = seen.heading()

    seen.page.select_option("label.kt-choice-area select", "150621")
    seen.page.wait_for_function("(before) => document.querySelector('#main h1').innerText !== before", arg=whole)
    assert "area=150621" in seen.address()
    district = seen.heading()

    seen.page.go_back()
    seen.page.wait_for_function("(before) => document.querySelector('#main h1').innerText !== before", arg=district)
    assert seen.heading() == whole

    seen.go("/?area=150621")
    assert seen.heading() == district


def test_the_option_for_all_takes_its_key_out_of_the_address(visit):
    seen = visit("/behind?status=behind", language="en")

    seen.page.select_option("label.kt-choice-status select", "any")
    seen.page.wait_for_function("() => !location.search.includes('status')")
    seen.settle()
    assert "need attention" in seen.heading()


def test_the_top_bar_takes_plan_and_area_along_and_says_where_one_is(visit):
    seen = visit("/?plan=ordos-2030&area=150621", language="en")

    assert seen.page.inner_text(".kt-nav [aria-current=page]") == "Overview"
    seen.page.click(".kt-nav a:has-text('Falling behind')")
    seen.page.wait_for_function("() => location.pathname === '/behind'")
    seen.settle()
    assert "plan=ordos-2030&area=150621" in seen.address()
    assert "Dalad Banner" in seen.heading()
    assert seen.page.inner_text(".kt-nav [aria-current=page]") == "Falling behind"


def test_the_other_language_shows_the_same_view_and_stays(visit):
    seen = visit("/?area=150621")
    seen.page.click("#kt-language")
    seen.settle()

    assert "area=150621" in seen.address()
    assert "Dalad Banner" in seen.heading()
    seen.page.goto(seen.site + "/behind")
    seen.settle()
    assert seen.page.get_attribute("html", "lang") == "en"


def test_the_colours_are_switched_and_stay(visit):
    seen = visit("/")
    paper = "getComputedStyle(document.body).backgroundColor"
    assert seen.page.evaluate(paper) == "rgb(255, 255, 255)"

    with seen.page.expect_navigation():
        seen.page.click("#kt-theme")
    seen.settle()
    assert seen.page.evaluate(paper) == "rgb(20, 25, 31)"
    seen.go("/behind")
    assert seen.page.get_attribute("html", "data-bs-theme") == "dark"


def test_the_first_tab_leads_past_the_top_bar(visit):
    seen = visit("/", language="en")
    seen.page.keyboard.press("Tab")

    assert seen.page.evaluate("document.activeElement.innerText") == "To the content"
    seen.page.keyboard.press("Enter")
    assert seen.page.evaluate("document.activeElement.id") == "main"


def test_the_search_finds_an_area_by_its_name_in_either_language(visit):
    seen = visit("/", language="en")
    seen.page.fill("#kt-search", "达拉特")
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_url("**/search?q=**")
    seen.settle()

    assert "Dalad Banner" in seen.page.inner_text("#main")


def test_a_file_is_of_the_view_that_is_shown(visit):
    seen = visit("/behind?area=150621&status=failing", language="en")
    shown = int(seen.heading().split()[0])

    with seen.page.expect_download() as download:
        seen.page.click(".kt-downloads a:has-text('CSV')")
    text = download.value.path().read_bytes().decode("utf-8-sig")
    assert download.value.suggested_filename == "kangtu-behind.csv"
    assert len(text.strip().splitlines()) == shown + 1
    assert "演示数据 DEMO DATA" in text.splitlines()[0]


def test_paper_carries_the_finding_and_the_mark_but_no_controls(visit):
    seen = visit("/")
    seen.page.emulate_media(media="print")

    assert seen.page.locator("#main h1").is_visible()
    assert seen.page.locator(".kt-demo").is_visible()
    assert not seen.page.locator(".kt-controls").is_visible()
    assert not seen.page.locator(".kt-nav").is_visible()
