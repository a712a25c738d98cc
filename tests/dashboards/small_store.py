"""A store small enough to count by hand: Ordos with three banners, one plan of two actions and four targets, judged.

What pages must show of it: at the prefecture 1 behind, 1 on course, 1 achieved, 1 that cannot be judged; the worst
district is 达拉特旗 with smoking reversing and screening behind.
"""

from datetime import UTC, date, datetime

from sqlalchemy import Engine

from data_access import judgements, tables
from data_access.engine import writing

AREAS = [
    ("150000", "province", None, "内蒙古自治区", "Inner Mongolia"),
    ("150600", "prefecture", "150000", "鄂尔多斯市", "Ordos"),
    ("150602", "county", "150600", "东胜区", "Dongsheng"),
    ("150621", "county", "150600", "达拉特旗", "Dalad Banner"),
    ("150622", "county", "150600", "准格尔旗", None),
]
INDICATORS = [
    ("smoking_15plus", "15岁以上人群吸烟率", "Smoking rate, age 15+", "percent", 1, "lower_is_better"),
    ("two_cancer_screening", "适龄妇女“两癌”筛查率", "Two-cancer screening", "percent", 1, "higher_is_better"),
    ("under5_mortality", "5岁以下儿童死亡率", "Under-5 mortality", "per_1000", 2, "lower_is_better"),
    ("policy_system", "健康促进政策体系", "Health promotion policy system", "completion", 0, "higher_is_better"),
]
# target, action, comparator, year, value
TARGETS = [
    ("smoking_15plus", "tobacco", "<=", 2030, 20.0),
    ("two_cancer_screening", "women", ">=", 2030, 90.0),
    ("under5_mortality", "women", "<=", 2030, 6.0),
    ("policy_system", "tobacco", "=", 2030, 1.0),
]
# indicator, area, status, observed, path, gap, pace needed, pace seen, probability, trend, needs study
MARKS = [
    ("smoking_15plus", "150600", "behind", 23.4, 22.25, -1.15, 0.85, 0.2, 0.81, "flat", False),
    ("two_cancer_screening", "150600", "on_course", 81.0, 80.0, 1.0, 2.25, 2.5, 0.30, "up", False),
    ("under5_mortality", "150600", "achieved", 4.1, 6.0, 1.9, None, 0.1, 0.05, "down", False),
    ("policy_system", "150600", "cannot_judge", None, None, None, None, None, None, None, False),
    ("smoking_15plus", "150602", "on_course", 21.5, 22.25, 0.75, 0.4, 0.5, 0.72, "down", True),
    ("smoking_15plus", "150621", "reversing", 26.0, 22.25, -3.75, 1.5, -0.4, 0.93, "up", False),
    ("smoking_15plus", "150622", "slow", 22.9, 22.25, -0.65, 0.7, 0.4, 0.55, "flat", False),
    ("two_cancer_screening", "150602", "achieved", 91.0, 80.0, 11.0, None, 1.0, 0.06, "up", False),
    ("two_cancer_screening", "150621", "behind", 66.0, 80.0, -14.0, 6.0, 1.5, 0.90, "flat", False),
]


def fill(engine: Engine, *, is_demo: bool = False) -> None:
    """Write all of it; the figures come with one submission of 15 November 2026."""
    with writing(engine) as connection:
        submission = {
            "submission_id": 1,
            "kind": "observations",
            "received_at": datetime(2026, 11, 15, 1, tzinfo=UTC),
            "received_from": "test",
            "is_demo": is_demo,
        }
        connection.execute(tables.submissions.insert(), submission)
        connection.execute(tables.areas.insert(), [area_row(*area) for area in AREAS])
        connection.execute(tables.indicators.insert(), [indicator_row(*indicator) for indicator in INDICATORS])
        write_plan(connection)
        connection.execute(tables.observations.insert(), list(figure_rows()))
        run_id = judgements.start_run(
            connection, "test-2030", as_of=date(2026, 11, 15), last_submission_id=1, pack_hash="a", parameters={}
        )
        connection.execute(tables.marks.insert(), [mark_row(run_id, *mark) for mark in MARKS])
        judgements.finish_run(connection, run_id)


def area_row(area_id, level, parent_id, name_zh, name_en) -> dict:
    return {"area_id": area_id, "level": level, "parent_id": parent_id, "name_zh": name_zh, "name_en": name_en}


def indicator_row(indicator_id, name_zh, name_en, unit, decimals, direction) -> dict:
    return {
        "indicator_id": indicator_id,
        "name_zh": name_zh,
        "name_en": name_en,
        "unit": unit,
        "decimals": decimals,
        "default_direction": direction,
    }


def write_plan(connection) -> None:
    plan = {
        "plan_id": "test-2030",
        "name_zh": "健康试验行动",
        "name_en": "Healthy Test Action",
        "place_zh": "鄂尔多斯市",
        "place_en": "Ordos",
        "area_id": "150600",
        "admin_level": "prefecture",
        "period_start": 2020,
        "period_end": 2030,
        "kind": "outcome_plan",
    }
    connection.execute(tables.plans.insert(), plan)
    actions = [
        ("tobacco", "1", "控烟行动", "Tobacco control"),
        ("women", "2", "促进妇幼健康", "Maternal and child health"),
    ]
    connection.execute(
        tables.actions.insert(),
        [
            {
                "plan_id": "test-2030",
                "action_id": action_id,
                "action_no": no,
                "sort_order": int(no),
                "title_zh": zh,
                "title_en": en,
                "lead_departments_zh": "市卫生健康委员会",
            }
            for action_id, no, zh, en in actions
        ],
    )
    by_id = {indicator[0]: indicator for indicator in INDICATORS}
    for order, (indicator_id, action_id, comparator, year, value) in enumerate(TARGETS):
        _id, zh, en, unit, _decimals, direction = by_id[indicator_id]
        target = {
            "target_id": f"test-2030/{indicator_id}",
            "version": 1,
            "plan_id": "test-2030",
            "action_id": action_id,
            "indicator_id": indicator_id,
            "sort_order": order,
            "name_zh": zh,
            "name_en": en,
            "unit": unit,
            "direction": direction,
            "rule": "completion" if unit == "completion" else "level",
            "scope": "plan_area",
        }
        connection.execute(tables.targets.insert(), target)
        milestone = {"comparator": comparator, "year": year, "value": value}
        connection.execute(
            tables.target_milestones.insert(),
            {"target_id": target["target_id"], "version": 1, "position": 1, **milestone},
        )


def figure_rows():
    """The figures judged, for 2025; and smoking of 达拉特旗 for 2024 only in 准格尔旗's place: one report is late."""
    for indicator_id, area_id, _status, observed, *_rest in MARKS:
        if observed is not None:
            late = (indicator_id, area_id) == ("smoking_15plus", "150622")
            yield {
                "indicator_id": indicator_id,
                "area_id": area_id,
                "period": "2024" if late else "2025",
                "time": 2024.0 if late else 2025.0,
                "value": observed,
                "status": "provisional",
                "reported_on": date(2026, 3, 1),
                "stated_by": 1,
                "submission_id": 1,
            }


def mark_row(run_id, indicator_id, area_id, status, observed, path, gap, needed, seen, p_miss, trend, study) -> dict:
    _id, action_id, comparator, year, value = next(target for target in TARGETS if target[0] == indicator_id)
    return {
        "run_id": run_id,
        "target_id": f"test-2030/{indicator_id}",
        "area_id": area_id,
        "indicator_id": indicator_id,
        "action_id": action_id,
        "status": status,
        "reason": "no_evidence" if status == "cannot_judge" else None,
        "period": None if observed is None else "2025",
        "time": None if observed is None else 2025.0,
        "observed": observed,
        "figure_status": None if observed is None else "provisional",
        "path_value": path,
        "gap": gap,
        "tolerance": 0.5,
        "next_year": year,
        "next_value": value,
        "final_year": year,
        "final_value": value,
        "comparator": comparator,
        "pace_needed": needed,
        "pace_seen": seen,
        "p_miss": p_miss,
        "p_miss_basis": "withheld" if p_miss is None else "full",
        "trend": trend,
        "needs_study": study,
        "is_noisy": False,
        "sentence_zh": f"{indicator_id} 的一句话。",
        "sentence_en": f"One sentence on {indicator_id}.",
    }
