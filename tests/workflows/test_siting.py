import pytest
from sqlalchemy import insert

from data_access import jobs, tables
from data_access.delivery_tables import programme_counts
from data_access.errors import InputError
from geo.siting_problem import Watch
from settings import Settings
from tests.workflows import siting_store
from workflows import siting_job
from workflows.jobs import Jobs, run_job
from workflows.siting import read_question
from workflows.siting_answer import answer_question

ASKED = {"area_id": "150699", "model": "mclp", "p": 1, "radius_km": 12, "candidates": "seats", "standing": "none"}


@pytest.fixture
def store(engine):
    siting_store.fill(engine)
    return engine


def answer(store, **asked):
    return answer_question(read_question(store, ASKED | asked), Watch())


def chosen(result):
    return [site["site_id"] for site in result["chosen"]]


def test_one_site_stands_where_most_people_live_within_twelve_kilometres(store):
    result = answer(store)

    # at 二镇: 一街道 (11.1 km) and itself, 700 of 1,000 people and two of four places
    assert (chosen(result), result["value"], result["proven"]) == (["150699100"], 700, True)
    assert (result["people_share"], result["places_share"]) == (0.7, 0.5)
    assert [place["covered"] for place in result["demand"]] == [True, True, False, False]
    assert result["demand"][0]["distance_m"] == 11131.9


def test_a_street_office_is_served_but_nobody_builds_there(store):
    assert "150699001" not in set(read_question(store, ASKED).sites["site_id"])


def test_the_hospital_that_stands_stays_and_the_curve_says_what_one_more_adds(store):
    result = answer(store, p=2, standing="central")

    assert chosen(result) == ["h-1", "150699101"]
    assert [site["people_added"] for site in result["chosen"]] == pytest.approx([700, 200])
    shares = {point["p"]: point["people_share"] for point in result["curve"]}
    assert shares == {1: 0.7, 2: 0.9, 3: 1.0, 4: 1.0}  # four candidates: three seats and the hospital


def test_locked_forbidden_and_added_sites(store):
    assert chosen(answer(store, lock=["150699102"])) == ["150699102"]
    assert chosen(answer(store, forbid=["150699100"])) == ["150699101"]
    between = {"name": "新点", "lon": 0.05, "lat": 0.0}  # 5.6 km from 一街道 and from 二镇
    assert chosen(answer(store, added=[between], radius_km=6)) == ["added-0.05000,0.00000"]
    other = {"name": "远点", "lon": 0.9, "lat": 0.0}  # what else is added does not change which one is forbidden
    asked = {"added": [other, between], "forbid": ["added-0.05000,0.00000"], "radius_km": 6}
    assert chosen(answer(store, **asked)) == ["150699100"]


def test_a_township_without_people_or_seat_is_left_out_and_counted(store):
    with store.begin() as connection:
        connection.exec_driver_sql("DELETE FROM population WHERE area_id = '150699102'")

    result = answer(store)

    assert (result["left_out"], result["places"], result["people"]) == (1, 3, 900)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"model": "best"}, "没有这种选址模型"),
        ({"area_id": "999999"}, "没有地区 999999"),
        ({"group_id": "women_35_64"}, "无法推演"),
        ({"p": None}, "需要设点个数"),
        ({"p": 9}, "只有 3 个"),
        ({"p": 1.5}, "须是整数"),
        ({"radius_km": None}, "需要服务半径"),
        ({"radius_km": -1}, "服务半径"),
        ({"lock": ["150699100"], "forbid": ["150699100"]}, "既要保留又被禁用"),
        ({"lock": ["gone"]}, "gone 已不在候选之中"),
        ({"added": [{"name": "x", "lon": 39.8, "lat": 109.9}]}, "不是经纬度"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_in_words(store, asked, words):
    with pytest.raises(InputError, match=words):
        read_question(store, ASKED | asked)


def test_a_place_nobody_can_reach_is_named_where_everybody_should_be(store):
    with pytest.raises(InputError, match="四苏木"):
        answer(store, model="lscp", forbid=["150699102"])


def test_an_area_outside_the_askers_scope_is_not_there(store):
    assert len(read_question(store, ASKED, ("150600",)).demand) == 4
    with pytest.raises(InputError, match="无权查看"):
        read_question(store, ASKED, ("150601",))


def submitted(store, tmp_path, asked):
    office = Jobs(store, Settings(data_folder=tmp_path, database_url=str(store.url)))
    return office, office.submit("siting", "wang", [], asked)


@pytest.mark.parametrize("most_pairs", [siting_job.MOST_PAIRS_HERE, 0])
def test_the_job_answers_here_and_in_a_process_of_its_own_alike(store, tmp_path, monkeypatch, most_pairs):
    monkeypatch.setattr(siting_job, "MOST_PAIRS_HERE", most_pairs)
    _office, job_id = submitted(store, tmp_path, ASKED)
    run_job(store, Settings(data_folder=tmp_path), job_id)

    job = jobs.read_job(store, job_id, owner="wang")
    assert (job["state"], job["result"]["value"], chosen(job["result"])) == ("done", 700, ["150699100"])


def test_a_cancelled_job_ends_its_solver_at_once(store, tmp_path, monkeypatch):
    monkeypatch.setattr(siting_job, "MOST_PAIRS_HERE", 0)
    office, job_id = submitted(store, tmp_path, ASKED)
    claim = jobs.claim

    def claim_and_cancel(engine, claimed_id):
        job = claim(engine, claimed_id)
        office.cancel(claimed_id, owner="wang")
        return job

    monkeypatch.setattr(jobs, "claim", claim_and_cancel)
    run_job(store, Settings(data_folder=tmp_path), job_id)

    job = jobs.read_job(store, job_id, owner="wang")
    assert (job["state"], job["result"]) == ("cancelled", None)


def test_sites_can_be_for_those_a_programme_is_meant_for(store):
    women = [("150699101", "2025", 90), ("150699101", "2024", 999), ("150699100", "2025", 40)]
    rows = [
        {"programme_id": "screening", "area_id": area, "period": period, "stage": "eligible", "time": float(period)}
        | {"value": count, "status": "final", "submission_id": 1, "stated_by": 1}
        for area, period, count in women
    ]
    with store.begin() as connection:
        connection.execute(insert(programme_counts), rows)

    result = answer(store, group_id="programme:screening", radius_km=5)

    # the newest counts: 90 at 三镇, 40 at 二镇; the two townships without one are left out
    assert (chosen(result), result["people"], result["value"], result["left_out"]) == (["150699101"], 130, 90, 2)


VILLAGES = [("150699101201", "甲村", 0.25, 120.0), ("150699101202", "乙嘎查", 0.35, 50.0)]  # of 三镇, which counts 200


def add_villages(store, villages=VILLAGES):
    own = {"level": "village", "parent_id": "150699101", "seat_lat": 0.0, "seat_source": "实测"}
    with store.begin() as connection:
        rows = [own | {"area_id": code, "name_zh": name, "seat_lon": lon} for code, name, lon, _people in villages]
        connection.execute(insert(tables.areas), rows)
        rows = [{"area_id": code, "year": 2020, "group_id": "all", "persons": n} for code, *_about, n in villages]
        connection.execute(insert(tables.population), [row for row in rows if row["persons"] is not None])


def standing_at(result):
    return {place["name_zh"]: (place["people"], place["level"]) for place in result["demand"]}


def test_where_villages_are_known_their_people_stand_there_and_not_at_the_seat(store):
    add_villages(store)

    result = answer(store, candidates="seats", radius_km=4)

    stand = standing_at(result)
    assert "三镇" not in stand and (stand["甲村"], stand["乙嘎查"]) == ((120, "village"), (50, "village"))
    assert (result["places"], result["people"], result["left_out"]) == (5, 400 + 300 + 120 + 50 + 100, 0)


@pytest.mark.parametrize("unknown", ["place", "people"])
def test_of_a_township_with_some_unknown_villages_the_rest_stands_at_its_seat(store, unknown):
    lacking = ("150699101202", "乙嘎查", None if unknown == "place" else 0.35, None if unknown == "people" else 50.0)
    add_villages(store, [VILLAGES[0], lacking])

    stand = standing_at(answer(store))

    assert (stand["甲村"], stand["三镇"]) == ((120, "village"), (80, "township"))  # 200 less the 120 of 甲村
    assert "乙嘎查" not in stand


def test_those_eligible_for_a_programme_stand_at_villages_too(store):
    add_villages(store)
    rows = [
        {"programme_id": "screening", "area_id": area, "period": "2025", "stage": "eligible", "time": 2025.0}
        | {"value": count, "status": "final", "submission_id": 1, "stated_by": 1}
        for area, count in (("150699101201", 30), ("150699101202", 9), ("150699101", 39), ("150699100", 10))
    ]
    with store.begin() as connection:
        connection.execute(insert(programme_counts), rows)

    result = answer(store, group_id="programme:screening")

    assert standing_at(result) == {"二镇": (10, "township"), "甲村": (30, "village"), "乙嘎查": (9, "village")}
