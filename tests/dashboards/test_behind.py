from tests.dashboards.asking import links, of_type, page, rows, text


def flags(site, search=""):
    """Target and area of each flag listed, in order."""
    return [(row[0], row[1].split("  ")[0].strip()) for row in rows(page(site, "/behind", search)) if len(row) == 10][
        1:
    ]


def test_the_gravest_comes_first_whatever_the_area(small_site):
    # Gap in tolerances of 0.5, at most three: 26.0 and 66.0 count as three, 23.4 is 2.3, 22.9 is 1.3. Severity, chance and a
    # seventh of it for the gap: 0.95 and 0.92 (of one tenth: reversing first), 0.83, 0.59. Dongsheng is on course, likely to
    # miss and fast enough: its signs do not agree.
    assert flags(small_site) == [
        ("Smoking rate, age 15+", "Dalad Banner"),
        ("Two-cancer screening", "Dalad Banner"),
        ("Smoking rate, age 15+", "Ordos"),
        ("Smoking rate, age 15+", "准格尔旗"),
        ("Smoking rate, age 15+", "Dongsheng"),
    ]
    assert text(of_type(page(small_site, "/behind"), "H1")) == "5 cases need attention in Ordos and its districts"


def test_a_flag_carries_figure_goal_gap_paces_chance_and_owner(small_site):
    first = next(row for row in rows(page(small_site, "/behind")) if row[0] == "Two-cancer screening")

    assert first[2] == "Behind"
    assert first[3:9] == [
        "66.0 % 2025",
        "≥ 90 % 2030",
        "−14.0 points",
        "+6.0 points",
        "+1.5 points",
        "likely to miss, about 90 %",
    ]
    assert first[9] == "Municipal Health Commission"


def test_a_mark_that_the_forecast_contradicts_is_for_study(small_site):
    studied = [row for row in rows(page(small_site, "/behind")) if len(row) == 10 and "Needs study" in row[2]]

    assert [row[1].strip() for row in studied] == ["Dongsheng"]


def test_the_address_filters_by_area_action_and_status(small_site):
    assert flags(small_site, "?area=150600") == [("Smoking rate, age 15+", "Ordos")]
    assert flags(small_site, "?action=women") == [("Two-cancer screening", "Dalad Banner")]
    assert flags(small_site, "?status=reversing") == [("Smoking rate, age 15+", "Dalad Banner")]
    assert len(flags(small_site, "?status=failing")) == 3
    assert len(flags(small_site, "?status=all")) == 9
    assert flags(small_site, "?area=150600&status=cannot_judge") == [("Health promotion policy system", "Ordos")]


def test_the_overviews_counts_are_the_lengths_of_the_lists_they_lead_to(small_site):
    overview = links(page(small_site))
    for words, href in overview.items():
        if href.startswith("/behind?") and words.split()[0].isdigit():
            assert len(flags(small_site, href.removeprefix("/behind"))) == int(words.split()[0])


def test_nothing_to_list_says_so_and_leads_on(small_site):
    nothing = page(small_site, "/behind", "?status=slow&area=150600")

    assert "Nothing needs attention in this choice" in text(nothing)
    assert links(nothing)["Show everything that needs attention"] == "/behind"


def test_each_flag_leads_to_its_evidence(small_site):
    evidence = links(page(small_site, "/behind"))["Two-cancer screening"]

    assert evidence.startswith("/indicator?plan=test-2030&area=150621&indicator=two_cancer_screening&target=")


def test_the_sentence_of_each_flag_is_in_the_readers_language(small_site):
    assert "One sentence on smoking_15plus." in text(page(small_site, "/behind"))
    assert "smoking_15plus 的一句话。" in text(page(small_site, "/behind", language="zh"))


def test_a_meeting_chooses_how_many_cases_it_has_time_for(small_site):
    assert len(flags(small_site, "?show=5")) == 5
    assert "4.0 times its own pace is needed." in text(page(small_site, "/behind"))  # 6.0 against 1.5
    assert "it must turn round first." in text(page(small_site, "/behind"))
    assert "Signs: status, chance, pace" in text(page(small_site, "/behind"))


def test_how_many_districts_will_miss_is_said_where_three_have_a_chance(small_site):
    # Smoking: three areas with 0.72, 0.93 and 0.55, five years ahead: at least one misses for certain, probably two.
    assert "of 3 areas probably 2 will miss (80 % range: 1 to 3)" in text(page(small_site, "/behind"))
