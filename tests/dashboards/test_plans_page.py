"""The plans' pages on the thirteen packs: nothing missing, nothing hidden made up, everything found."""

import csv
import io
import shutil
from datetime import date

import pytest

from dashboards import departments
from dashboards.app import create_app
from data_access.engine import make_engine
from settings import Settings
from tests.dashboards.asking import links, of_type, page, parts, rows, text
from workflows.packs import PACKS, built_in_packs, load_plans

TODAY = date(2026, 11, 15)
PLAN_IDS = [path.name for path in built_in_packs()]


@pytest.fixture(scope="module")
def loaded_store(migrated_sqlite, tmp_path_factory):
    """The file of a store with all packs and no figures."""
    path = tmp_path_factory.mktemp("plans") / "kangtu.db"
    shutil.copy(migrated_sqlite, path)
    engine = make_engine(f"sqlite:///{path}")
    load_plans(engine, today=TODAY)
    engine.dispose()
    return path


@pytest.fixture(scope="module")
def site(loaded_store):
    """Asks the site on the packs."""
    engine = make_engine(f"sqlite:///{loaded_store}")
    settings = Settings(database_url=f"sqlite:///{loaded_store}", data_folder=loaded_store.parent)
    yield create_app(settings, engine).server.test_client()
    engine.dispose()


def sheet(plan_id: str, name: str) -> list[dict]:
    """The rows of a pack's file."""
    with (PACKS / plan_id / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def download(site, name: str, **state) -> list[dict]:
    """The rows of a CSV file of the site."""
    answer = site.get(f"/download/{name}.csv", query_string=state)
    return list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))


def with_class(component, name: str) -> list[dict]:
    return [
        part
        for part in parts(component)
        if isinstance(part, dict) and name in str(part.get("props", {}).get("className", "")).split()
    ]


def body_rows(component, table: str) -> list[list[str]]:
    return [row for found in with_class(component, table) for row in rows(found)[1:]]


def test_all_thirteen_plans_are_listed_with_their_counts(site):
    listed = {row[0]: row for row in body_rows(page(site, "/plans"), "kt-plans")}

    assert len(listed) == 13
    ordos = listed["Healthy Ordos Action Implementation Plan Ordos City, Inner Mongolia"]
    assert ordos[1:3] == ["2019–2030", "鄂府办发〔2020〕33号 25 Mar 2020"]
    assert ordos[3:] == ["Outcome plan", "47", "116", "45", "18", "35", "—", "—"]


def test_the_list_says_what_is_hidden_and_what_is_inferred(site):
    listed = {row[0]: row[-1] for row in body_rows(page(site, "/plans", language="zh"), "kt-plans")}

    # Shenyang's main table keeps 17 names without value and year (shared reading of the text).
    assert listed["“健康沈阳2030”行动规划 辽宁省沈阳市"] == "数值隐去17项 年份隐去17项"
    assert listed["余姚市卫生健康工作要点 浙江省余姚市（推定）"].endswith("地区为推定")


def test_the_title_of_the_list_is_what_most_plans_ask_for(site):
    title = text(of_type(page(site, "/plans"), "H1"))

    assert title == "10 of 13 plans ask for the same: Residents' health literacy rate"


@pytest.mark.parametrize("plan_id", PLAN_IDS)
def test_every_action_and_target_stands_under_its_plan(site, plan_id):
    shown = page(site, f"/plans/{plan_id}", language="zh")
    said = text(shown)

    assert [row["title_zh"] for row in sheet(plan_id, "actions") if row["title_zh"] not in said] == []
    milestones = download(site, "plan", plan_id=plan_id, lang="zh")
    assert len(milestones) == len(sheet(plan_id, "targets"))
    assert len(body_rows(shown, "kt-targets")) == len({row["目标编号"] for row in milestones})


# Ordos and Nantong also ask in their overall goals, without a number.
KEEP_RISING = ("2022, 2030 keep rising", "2022、2030 持续提高", "2022（推定）、2030（推定） 持续提高")


def milestones_of(site, plan_id: str, name: str, language: str = "en") -> list[str]:
    """What the plan asks of one target, by its name."""
    shown = body_rows(page(site, f"/plans/{plan_id}", language=language), "kt-targets")
    said = [" ".join(row[1].split()) for row in shown if row[0].startswith(name)]
    return [words for words in said if words not in KEEP_RISING]


def test_milestones_read_as_the_plan_means_them(site):
    literacy = "Residents' health literacy"

    assert milestones_of(site, "ordos-2030", literacy) == ["2022 ≥ 22 % → 2030 ≥ 30 %"]
    assert milestones_of(site, "ordos-2030", "居民健康素养水平", "zh") == ["2022 ≥ 22% → 2030 ≥ 30%"]
    assert milestones_of(site, "nantong-2030", "居民健康素养水平", "zh") == ["2022（推定） ≥ 29% → 2030（推定） ≥ 32%"]


def test_a_hidden_number_is_said_to_be_hidden_and_never_filled_in(site):
    assert milestones_of(site, "wuzhong-uplift", "居民健康素养水平", "zh") == ["年份原文隐去 ≥ 数值原文隐去"]
    assert milestones_of(site, "wuzhong-uplift", "Residents' health") == ["year hidden ≥ number hidden in the text"]


def test_changes_from_a_baseline_say_from_when_and_which_way(site):
    salt = milestones_of(site, "shenyang-2030", "Daily salt intake")
    knowledge = milestones_of(site, "ordos-2030", "Nutrition")
    myopia = milestones_of(site, "ordos-2030", "Overall myopia rate")

    assert salt == ["2030 at least 20 % below the baseline"]
    assert knowledge == ["2022 at least 10 % above 2019 → 2030 at least 10 % above 2022"]
    assert "≤ −0.5 points a year" in myopia


def test_the_title_says_what_is_asked_by_when_of_how_many(site):
    title = text(of_type(page(site, "/plans/ordos-2030"), "H1"))

    assert title == "Healthy Ordos Action Implementation Plan: 116 targets up to 2030, led by 6 departments"


def test_a_big_plan_is_folded_and_opens_where_the_address_says(site):
    whole, diabetes = page(site, "/plans/ordos-2030"), page(site, "/plans/ordos-2030", "?action=diabetes")

    assert {chapter["props"]["open"] for chapter in of_type(whole, "Details")} == {False}
    assert [chapter["props"]["open"] for chapter in of_type(diabetes, "Details")] == [True]
    assert len(body_rows(diabetes, "kt-targets")) == 2


def test_filters_by_department_kind_and_words_stand_in_the_address(site):
    disabled = page(site, "/plans/ordos-2030", "?department=市残疾人联合会")
    coverage = page(site, "/plans/ordos-2030", "?rule=unit_coverage")
    words = page(site, "/plans/ordos-2030", "?q=oral 12")

    assert "Family-doctor sign-up rate of persons with disabilities" in text(disabled)
    assert all("Municipal Disabled Persons' Federation" in text(action) for action in with_class(disabled, "kt-action"))
    assert {row[2].split(",")[0] for row in body_rows(coverage, "kt-targets")} == {"A share of units"}
    assert len(body_rows(words, "kt-targets")) <= 1
    assert "Nothing in this plan fits this choice" in text(page(site, "/plans/ordos-2030", "?q=zzz"))


def test_an_unknown_plan_is_not_found(site):
    assert "There is no such page" in text(page(site, "/plans/atlantis"))


def test_one_search_finds_targets_actions_and_departments_of_all_plans(site):
    by_department = page(site, "/plans", "?q=残疾人联合会", language="zh")
    in_english = page(site, "/plans", "?q=disabled persons' federation&show=all")
    by_indicator = page(site, "/plans", "?q=hypertension awareness")

    assert "/plans/ordos-2030?action=disability-health" in links(by_department).values()
    assert "/plans/ordos-2030?action=disability-health" in links(in_english).values()
    assert "/plans/ordos-2030?action=cardiovascular" in links(by_indicator).values()
    assert "No plan holds all of these words" in text(page(site, "/plans", "?q=zzz"))


def test_the_search_looks_at_what_is_to_be_delivered_too(site):
    assert "/plans/ordos-2030?part=programmes&q=免费婚检" in {
        address.replace("%E5%85%8D%E8%B4%B9%E5%A9%9A%E6%A3%80", "免费婚检")
        for address in links(page(site, "/plans", "?q=免费婚检", language="zh")).values()
    }


def test_full_width_forms_and_capitals_do_not_matter_to_the_search(site):
    counted = [text(of_type(page(site, "/plans", f"?q={q}"), "H1")).split()[0] for q in ("bmi", "ＢＭＩ", "BMI")]

    assert len(set(counted)) == 1


def test_health_literacy_is_compared_across_plans(site):
    shown = page(site, "/plans/compare", "?indicator=health_literacy_rate")

    title = text(of_type(shown, "H1"))
    assert title == (
        "Residents' health literacy rate: for 2030, from ≥ 30 % (Ordos City, Inner Mongolia) "
        "to ≥ 32 % (Nantong, Jiangsu, year inferred)"
    )
    by_plan = {row[0]: " ".join(row[2].split()) for row in body_rows(shown, "kt-compare")[:6]}
    assert by_plan["Healthy Ordos Action Implementation Plan"] == "2022 ≥ 22 % → 2030 ≥ 30 %"
    assert by_plan["Healthy Nantong implementation scheme (25 actions)"] == (
        "2022 (inferred) ≥ 29 % → 2030 (inferred) ≥ 32 %"
    )
    assert by_plan["Qianjiang patriotic health annual work points"] == "2023 (inferred) ≥ 37.2 %"


def test_the_figure_shows_hidden_years_as_hollow_dots(site):
    shown = page(site, "/plans/compare", "?indicator=health_literacy_rate")
    figure = of_type(shown, "Graph")[0]["props"]["figure"]
    symbols = {trace["name"]: list(trace["marker"]["symbol"]) for trace in figure["data"]}

    assert symbols["Ordos City, Inner Mongolia"] == ["circle", "circle"]
    assert symbols["Nantong, Jiangsu"] == ["circle-open", "circle-open"]


def test_the_chooser_holds_the_indicators_of_two_plans_and_more(site):
    chooser = of_type(page(site, "/plans/compare"), "Dropdown")[0]["props"]

    assert len(chooser["options"]) == 91  # counted in the packs' targets
    assert chooser["options"][0]["label"] == "Residents' health literacy rate (10 plans)"
    assert chooser["value"] == "health_literacy_rate"


def test_a_text_that_a_bureaus_pack_has_in_english_only_is_shown_and_marked_so_to_a_chinese_reader(
    loaded_store, tmp_path
):
    shutil.copy(loaded_store, tmp_path / "kangtu.db")
    pack = tmp_path / "beijing-lifestyle"
    shutil.copytree(PACKS / "beijing-lifestyle", pack)
    rows_of_pack = [
        {name: value for name, value in row.items() if name != "rule_zh"}
        for row in sheet("beijing-lifestyle", "health_cells")
    ]
    write(pack / "health_cells.csv", rows_of_pack)
    engine = make_engine(f"sqlite:///{tmp_path / 'kangtu.db'}")
    load_plans(engine, [pack], today=TODAY)
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'kangtu.db'}", data_folder=tmp_path)
    site = create_app(settings, engine).server.test_client()

    shown = page(site, "/plans/beijing-lifestyle", "?part=cells", language="zh")
    engine.dispose()
    marked = [span["props"]["children"] for span in of_type(shown, "Span") if span["props"].get("lang") == "en"]
    assert "At least 1500 created by the end year." in marked


def test_a_department_reads_in_both_languages():
    assert departments.english("市体育局") == "Municipal Sports Bureau"
    assert departments.english("卫生计生委") == "Health and Family Planning Commission"
    assert departments.english("呼伦贝尔学院") is None


def test_a_revised_target_shows_what_it_asked_before(loaded_store, tmp_path):
    shutil.copy(loaded_store, tmp_path / "kangtu.db")
    pack = tmp_path / "ordos-2030"
    shutil.copytree(PACKS / "ordos-2030", pack)
    revise(pack)
    engine = make_engine(f"sqlite:///{tmp_path / 'kangtu.db'}")
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'kangtu.db'}", data_folder=tmp_path)
    site = create_app(settings, engine).server.test_client()
    before = milestones_of(site, "ordos-2030", "Residents' health literacy")
    load_plans(engine, [pack], today=TODAY)

    after = milestones_of(site, "ordos-2030", "Residents' health literacy")
    engine.dispose()
    assert before == ["2022 ≥ 22 % → 2030 ≥ 30 %"]
    assert after == [
        "2022 ≥ 22 % → 2030 ≥ 33 % Revised; before: 2022 ≥ 22 % → 2030 ≥ 30 % until 15 May 2026 · raised after the yearly review"
    ]


def revise(pack) -> None:
    """Health literacy by 2030 goes from 30 to 33 % on 16 May 2026."""
    targets = sheet("ordos-2030", "targets")
    for row in targets:
        if row["indicator_id"] == "health_literacy_rate" and row["value"] == "30":
            row["value"] = "33"
    plan = sheet("ordos-2030", "plan")
    plan[0] |= {"revised_on": "2026-05-16", "revision_note": "raised after the yearly review"}
    for name, changed in (("targets", targets), ("plan", plan)):
        write(pack / f"{name}.csv", changed)


def write(path, changed: list[dict]) -> None:
    """The rows as a sheet of a pack."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, changed[0].keys())
        writer.writeheader()
        writer.writerows(changed)


def test_a_judged_plan_shows_the_mark_of_its_own_area_with_the_way_to_the_evidence(small_site):
    shown = page(small_site, "/plans/test-2030")

    evidence = "/indicator?target=test-2030%2Fsmoking_15plus&plan=test-2030&area=150600&indicator=smoking_15plus"
    assert evidence in links(shown).values()
    assert "Behind" in text(with_class(shown, "kt-targets"))


def test_before_any_plan_is_loaded_the_pages_say_what_to_do(client):
    assert "load-plans" in text(page(client, "/plans"))
    assert "No indicator is asked for by two plans" in text(page(client, "/plans/compare"))
