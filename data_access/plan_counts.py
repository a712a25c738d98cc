"""How many rows of each plan the store holds: what load-plans answers with."""

from collections.abc import Iterable

from sqlalchemy import Engine, func, select

from data_access.tables import (
    actions,
    plan_health_cells,
    plan_programmes,
    plan_services,
    plan_tasks,
    target_milestones,
    targets,
)

COUNTS = ("actions", "target_rows", "targets", "programmes", "health_cells", "services", "tasks")


def count_rows(engine: Engine, plan_ids: Iterable[str]) -> dict[str, dict[str, int]]:
    """plan_id -> how many of each of COUNTS. target_rows: the plan's own rows, which are the targets' milestones.

    Targets and their rows are those that stand: not the versions that a revision replaced or ended.
    """
    standing = targets.c.in_force_to.is_(None)
    queries = {
        table.name.removeprefix("plan_"): select(table.c.plan_id, func.count()).group_by(table.c.plan_id)
        for table in (actions, plan_programmes, plan_health_cells, plan_services, plan_tasks)
    }
    of_plan = select(targets.c.plan_id, func.count()).where(standing).group_by(targets.c.plan_id)
    queries |= {"targets": of_plan, "target_rows": of_plan.join_from(targets, target_milestones)}
    with engine.connect() as connection:
        counts = {name: dict(connection.execute(query).all()) for name, query in queries.items()}
    return {plan_id: {name: counts[name].get(plan_id, 0) for name in COUNTS} for plan_id in plan_ids}
