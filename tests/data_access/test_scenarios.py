from datetime import UTC, datetime

from data_access import scenarios

ASKED = {"area_id": "150600", "model": "mclp", "p": 25, "radius_km": 30.0}


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
