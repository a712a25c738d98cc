from datetime import UTC, date, datetime

from data_access import audit, scenarios

ASKED = {"area_id": "150600", "model": "mclp", "p": 25, "radius_km": 30.0}
REVIEW = ("ordos-2030", date(2026, 11, 15))


def save(engine, name="25 个中心卫生院", area_id="150600", owner="wang"):
    about = {"owner": owner, "owner_name": "王敏", "is_demo": True}
    result = {"people_share": 0.947, "chosen": [{"site_id": "150602101"}]}
    return scenarios.save_scenario(engine, name=name, area_id=area_id, parameters=ASKED, result=result, **about)


def test_a_scenario_is_read_back_as_it_was_worked_out(engine):
    found = scenarios.read_scenario(engine, save(engine))

    assert (found["name"], found["parameters"], found["owner_name"]) == ("25 个中心卫生院", ASKED, "王敏")
    assert found["result"]["chosen"] == [{"site_id": "150602101"}]
    assert found["is_demo"] and found["removed_at"] is None
    assert abs((datetime.now(UTC) - found["created_at"]).total_seconds()) < 60


def test_the_list_is_newest_first_and_of_the_areas_asked(engine):
    first, second = save(engine), save(engine, "六个点")
    save(engine, "别处", area_id="150700")

    assert scenarios.read_scenarios(engine, ["150600"])["scenario_id"].tolist() == [second, first]
    assert list(scenarios.read_scenarios(engine, []).columns) == list(scenarios.SCENARIOS)


def test_only_its_owner_takes_a_scenario_out_of_the_list_and_its_link_still_opens(engine):
    scenario_id = save(engine)

    assert not scenarios.remove_scenario(engine, scenario_id, owner="li")
    assert scenarios.remove_scenario(engine, scenario_id, owner="wang")
    assert not scenarios.remove_scenario(engine, scenario_id, owner="wang")
    assert scenarios.read_scenarios(engine).empty
    assert scenarios.read_scenario(engine, scenario_id)["removed_by"] == "wang"


def test_an_unknown_scenario_is_none(engine):
    assert scenarios.read_scenario(engine, "no-such") is None


def put(engine, scenario_id, note="请研究", who="wang"):
    return scenarios.put_before_review(engine, scenario_id, *REVIEW, note=note, put_by=who, put_by_name="王敏")


def test_what_lies_before_a_review_keeps_the_name_and_figures_of_its_day(engine):
    scenario_id = save(engine)
    assert put(engine, scenario_id)
    assert scenarios.rename_scenario(engine, scenario_id, "另一个名字", owner="wang")
    assert scenarios.remove_scenario(engine, scenario_id, owner="wang")

    lies = scenarios.read_before_review(engine, plan_id="ordos-2030", as_of=REVIEW[1])
    assert lies[["name", "note", "put_by_name", "area_id"]].iloc[0].tolist() == [
        "25 个中心卫生院",
        "请研究",
        "王敏",
        "150600",
    ]
    assert lies["figures"].iloc[0] == {"people_share": 0.947}  # the sites stay with the scenario
    assert scenarios.read_scenario(engine, scenario_id)["name"] == "另一个名字"
    assert scenarios.read_before_review(engine, as_of=date(2025, 11, 15)).empty


def test_a_scenario_lies_before_a_review_once_and_who_put_it_there_takes_it_back(engine):
    scenario_id = save(engine)

    assert put(engine, scenario_id) and not put(engine, scenario_id)
    number = int(scenarios.read_before_review(engine)["review_scenario_id"].iloc[0])
    assert not scenarios.take_back_from_review(engine, number, put_by="li")
    assert scenarios.take_back_from_review(engine, number, put_by="wang")
    assert list(scenarios.read_before_review(engine).columns) == list(scenarios.BEFORE_REVIEW)
    assert put(engine, scenario_id)


def test_what_was_taken_out_of_the_list_or_never_was_is_not_put_before_a_review(engine):
    scenario_id = save(engine)
    scenarios.remove_scenario(engine, scenario_id, owner="wang")

    assert not put(engine, scenario_id) and not put(engine, "no-such")
    assert not scenarios.rename_scenario(engine, scenario_id, "x", owner="wang")


def test_every_step_of_a_scenario_is_recorded(engine):
    scenario_id = save(engine)
    put(engine, scenario_id)
    scenarios.remove_scenario(engine, scenario_id, owner="li")  # not theirs: nothing was done
    scenarios.remove_scenario(engine, scenario_id, owner="wang")

    entries = audit.read_entries(engine)
    assert entries["action"].tolist() == ["scenario removed", "scenario put before a review", "scenario saved"]
    assert set(entries["subject"]) == {f"scenario {scenario_id}"}
