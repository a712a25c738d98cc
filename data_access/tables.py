"""Every table Kangtu keeps. Migrations (data_access/migrations) are generated from these.

Ids of things people name (areas, indicators, plans, targets) are text and are what the frames carry;
codes keep their leading zeros and length. Times are UTC. Missing is NULL, never zero.
"""

from datetime import UTC

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    false,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

AREA_LEVELS = ("nation", "province", "prefecture", "county", "township", "village")
REFERS_TO = "refers_to"  # in a column's info: the register its ids stand in, where no foreign key says so
STATUSES_OF_A_FIGURE = ("provisional", "final", "revised")


class UtcDateTime(TypeDecorator):
    """A moment in UTC; SQLite keeps no time zone, so it is taken off on the way in and put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value, dialect):
        if value is None:
            return None
        moment = value.astimezone(UTC)  # a naive moment would be read as this machine's time: hand aware ones
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value, dialect):
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    """The check that a text column holds one of the listed words."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


# What came in -------------------------------------------------------------------------------------------------------

# One import (or one undoing of an import): all its rows or none.
submissions = Table(
    "submissions",
    metadata,
    Column("submission_id", Integer, primary_key=True),
    Column("kind", String(40), nullable=False),  # a kind of data_access/kinds.py, or "undo"
    Column("file_name", Text),  # as the user called it; only ever shown
    Column("file_hash", String(64)),  # SHA-256 of the bytes: the same file twice is a no-op
    Column("received_at", UtcDateTime, nullable=False),
    Column("received_from", String(80), nullable=False),
    Column("rows_read", Integer, nullable=False, default=0),
    Column("rows_stored", Integer, nullable=False, default=0),
    Column("rows_unchanged", Integer, nullable=False, default=0),
    Column("rows_refused", Integer, nullable=False, default=0),  # only with "accept the good rows"
    Column("is_demo", Boolean, nullable=False, default=False),  # synthetic: marked on every page and export
    Column("undoes", Integer, ForeignKey("submissions.submission_id")),
    Column("undone_by", Integer, ForeignKey("submissions.submission_id")),
    Column(
        "previous_state", JSON
    ),  # what an undo of a register import (areas, facilities...) puts back; what an undo took
    Column(
        "is_form", Boolean, nullable=False, default=False, server_default=false()
    ),  # one row, typed into the site's form
    Column("reason", Text),  # why somebody changed what stood, in their own words
)

# Places -------------------------------------------------------------------------------------------------------------

areas = Table(
    "areas",
    metadata,
    Column("area_id", String(40), primary_key=True),  # GB/T 2260 and below (6, 9, 12 digits), or another scheme's code
    Column("level", String(12), nullable=False),
    # Deferred: within one import a child may stand before its parent, a merged township before its heir.
    Column("parent_id", String(40), ForeignKey("areas.area_id", deferrable=True, initially="DEFERRED")),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text),
    Column("kind", Text),  # 旗, 区, 镇, 苏木, 街道, 开发区...
    Column("former_names_zh", Text),  # joined with ；
    Column("is_unit", Boolean, nullable=False, default=True),  # False: a development zone, not counted among townships
    Column("valid_from", Date),
    Column("valid_to", Date),  # the last day; NULL while it exists
    Column("merged_into", String(40), ForeignKey("areas.area_id", deferrable=True, initially="DEFERRED")),
    Column("seat_lon", Float),  # WGS-84 / CGCS2000, degrees
    Column("seat_lat", Float),
    Column("seat_source", Text),
    Column("seat_precision_km", Float),
    Column("submission_id", Integer, ForeignKey("submissions.submission_id")),
    one_of("level", AREA_LEVELS),
    Index("ix_areas_parent_id", "parent_id"),
    Index("ix_areas_level", "level"),
)

boundaries = Table(
    "boundaries",
    metadata,
    Column("area_id", String(40), ForeignKey("areas.area_id"), primary_key=True),
    Column("valid_from", Date, primary_key=True),  # 0001-01-01 where not stated
    Column("valid_to", Date),
    Column("geometry", LargeBinary, nullable=False),  # WKB, longitude/latitude, CGCS2000 (EPSG:4490)
    Column("is_illustrative", Boolean, nullable=False, default=False),  # 示意: cells, not administrative boundaries
    Column("declared_datum", String(12), nullable=False),
    Column("source", Text, nullable=False),
    Column("review_number", Text),  # 审图号
    Column("submission_id", Integer, ForeignKey("submissions.submission_id")),
)

population = Table(
    "population",
    metadata,
    Column("area_id", String(40), ForeignKey("areas.area_id"), primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("group_id", String(40), primary_key=True),  # "all", or a named group such as women_35_64
    Column("persons", Float, nullable=False),
    Column("basis", Text),  # census, registered, synthetic...
    Column("source", Text),
    Column("submission_id", Integer, ForeignKey("submissions.submission_id")),
)

facilities = Table(
    "facilities",
    metadata,
    Column("facility_id", String(60), primary_key=True),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text),
    Column("facility_type", String(40), nullable=False),
    Column("grade", Text),
    Column("area_id", String(40), ForeignKey("areas.area_id"), nullable=False),
    Column("lon", Float),  # WGS-84
    Column("lat", Float),
    Column("declared_datum", String(12)),
    Column("declared_lon", Float),  # as it came
    Column("declared_lat", Float),
    Column("services", Text),  # service slugs joined with ;
    Column("beds", Integer),
    Column("staff", Integer),
    Column("opened", Date),
    Column("closed", Date),
    Column("submission_id", Integer, ForeignKey("submissions.submission_id")),
    Column("doctors", Integer),  # 执业（助理）医师, among the staff
    Column("nurses", Integer),  # 注册护士, among the staff
    Index("ix_facilities_area_id", "area_id"),
)

health_cells = Table(
    "health_cells",
    metadata,
    Column("health_cell_id", String(60), primary_key=True),
    Column("cell_type", String(60), nullable=False),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text),
    Column("area_id", String(40), ForeignKey("areas.area_id"), nullable=False),
    Column("title_level", Text),  # national, region, prefecture, county
    Column("applied_on", Date),
    Column("certified_on", Date),
    Column("expires_on", Date),
    Column("withdrawn_on", Date),
    Column("lon", Float),
    Column("lat", Float),
    Column("declared_datum", String(12)),
    Column("evidence", Text),
    Column("submission_id", Integer, ForeignKey("submissions.submission_id")),
    Column("declared_lon", Float),  # as it came; NULL in rows from before it was kept
    Column("declared_lat", Float),
    Column("renewed_on", Date),  # the last renewal
    Index("ix_health_cells_area_id", "area_id"),
)

# Plans --------------------------------------------------------------------------------------------------------------

indicators = Table(
    "indicators",
    metadata,
    Column("indicator_id", String(80), primary_key=True),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("unit", String(40), nullable=False),  # percent, per_1000, per_100k, count, years...
    Column("lower_bound", Float),
    Column("upper_bound", Float),
    Column("decimals", Integer, nullable=False, default=1),
    Column("default_direction", String(20), nullable=False),  # the target's own direction goes before it
    Column("within_year", String(12), nullable=False, default="level"),  # level: a stock; cumulative: this year so far
    Column("denominator_zh", Text),
    Column("denominator_en", Text),
    Column("definition_zh", Text),
    Column("definition_en", Text),
    Column("source", Text),
    Column("submission_id", Integer, ForeignKey("submissions.submission_id")),
    Column(
        "series_break", String(8)
    ),  # the first period of the present definition: figures before measure something else
    one_of("default_direction", ("higher_is_better", "lower_is_better", "hold")),
    one_of("within_year", ("level", "cumulative")),
)

plans = Table(
    "plans",
    metadata,
    Column("plan_id", String(60), primary_key=True),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("place_zh", Text, nullable=False),
    Column("place_en", Text, nullable=False),
    Column(
        "area_id", String(40)
    ),  # the area the plan is for, where it can be named; not a key: its areas may come later
    Column("place_is_inferred", Boolean, nullable=False, default=False),  # the text hides it: shown as inferred
    Column("admin_level", String(12), nullable=False),
    Column("period_start", Integer),
    Column("period_end", Integer),
    Column("period_is_inferred", Boolean, nullable=False, default=False),
    Column("issued", Date),
    Column("document_no", Text),
    Column("kind", String(40), nullable=False),  # outcome_plan, mechanism, programme, annual_work_points
    Column("note_zh", Text),
    Column("note_en", Text),
    Column("pack_hash", String(64)),  # SHA-256 over the pack's files: loading the same pack twice is a no-op
)

actions = Table(
    "actions",
    metadata,
    Column("plan_id", String(60), ForeignKey("plans.plan_id", ondelete="CASCADE"), primary_key=True),
    Column("action_id", String(80), primary_key=True),
    Column("action_no", String(40), nullable=False),
    Column("sort_order", Integer, nullable=False),
    Column("parent_action_id", String(80)),  # from the dotted number
    Column("title_zh", Text, nullable=False),
    Column("title_en", Text, nullable=False),
    Column("lead_departments_zh", Text),  # joined with ;
    Column("cooperating_departments_zh", Text),
    Column("summary_zh", Text),
    Column("summary_en", Text),
)

# One row for each version of a target: the value in force on a date is the version whose dates hold it.
targets = Table(
    "targets",
    metadata,
    Column("target_id", String(240), primary_key=True),  # plan/action/indicator/rule..., the same in every version
    Column("version", Integer, primary_key=True),
    Column("in_force_from", Date),  # the plan's date of issue for version 1, where known
    Column("in_force_to", Date),
    Column("revision_note", Text),
    Column("plan_id", String(60), nullable=False),
    Column("action_id", String(80), nullable=False),
    Column("indicator_id", String(80), ForeignKey("indicators.indicator_id"), nullable=False),
    Column("sort_order", Integer, nullable=False),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("unit", String(40), nullable=False),
    Column("direction", String(20), nullable=False),
    Column("rule", String(40), nullable=False),
    Column("scope", String(20), nullable=False),
    Column("denominator_zh", Text),
    Column("denominator_en", Text),
    Column("benchmark_area_id", String(40)),  # a level without a value: reach or beat this area's figure, where named
    Column("benchmark_indicator_id", String(80)),  # of this indicator; NULL: the target's own
    Column("either_with", String(80)),  # second branch of a rule: the indicator of the first, in the same action
    Column("applies_from", Float),  # the value of that indicator from which this branch holds in its place
    Column("nature", String(20)),  # binding 约束性, expected 预期性, advocated 倡导性; NULL: the plan does not say
    Column("lead_departments_zh", Text),
    Column("source_zh", Text),  # document and section
    ForeignKeyConstraint(["plan_id", "action_id"], ["actions.plan_id", "actions.action_id"], ondelete="CASCADE"),
    one_of("direction", ("higher_is_better", "lower_is_better", "hold")),
    Index("ix_targets_plan_id", "plan_id"),
    Index("ix_targets_indicator_id", "indicator_id"),
)

# One row for each row the plan's text yields: a target has one or several.
target_milestones = Table(
    "target_milestones",
    metadata,
    Column("target_id", String(240), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),  # 1, 2... in the plan's order
    Column("milestone_order", Integer),  # the plan's own sequence where years are hidden
    Column("year", Integer),
    Column("year_is_inferred", Boolean, nullable=False, default=False),  # shown as inferred wherever it is used
    Column("comparator", String(12), nullable=False),  # >=, <=, <, >, =, trend_up, trend_down
    Column("value", Float),
    Column("baseline_year", Text),  # a year, previous_year, or the plan's own words
    Column("masked", Boolean, nullable=False, default=False),
    Column("masked_part", String(40)),  # value, year, place joined with ;
    Column("text_zh", Text),  # the target's name as worded for this milestone, where it differs
    Column("note_zh", Text),
    Column("note_en", Text),
    ForeignKeyConstraint(["target_id", "version"], ["targets.target_id", "targets.version"], ondelete="CASCADE"),
)

# The delivery side of the plans: what each plan says, kept as the plan says it.
plan_programmes = Table(
    "plan_programmes",
    metadata,
    Column("plan_id", String(60), ForeignKey("plans.plan_id", ondelete="CASCADE"), primary_key=True),
    Column("programme_id", String(80), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("target_population_zh", Text),
    Column("target_population_en", Text),
    Column("sex", String(10)),
    Column("age_min", Float),
    Column("age_max", Float),
    Column("cycle", Text),
    Column("quota_count", Float),
    Column("coverage_target_percent", Float),
    Column("year", Integer),
    Column("year_is_inferred", Boolean, nullable=False, default=False),
    Column("delivered_by_zh", Text),
    Column("delivered_by_en", Text),
    Column("data_points_zh", Text),
    Column("data_points_en", Text),
    Column("masked", Boolean, nullable=False, default=False),
    Column("masked_part", String(40)),
    Column("note_zh", Text),
    Column("note_en", Text),
)

plan_health_cells = Table(
    "plan_health_cells",
    metadata,
    Column("plan_id", String(60), ForeignKey("plans.plan_id", ondelete="CASCADE"), primary_key=True),
    Column("cell_type", String(80), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("unit_scope", Text),
    Column("rule_zh", Text),
    Column("rule_en", Text),
    Column("quota", Float),
    Column("quota_unit", String(20)),  # count or percent
    Column("year", Integer),
    Column("year_is_inferred", Boolean, nullable=False, default=False),
    Column("masked", Boolean, nullable=False, default=False),
    Column("masked_part", String(40)),
    Column("note_zh", Text),
    Column("note_en", Text),
)

plan_services = Table(
    "plan_services",
    metadata,
    Column("plan_id", String(60), ForeignKey("plans.plan_id", ondelete="CASCADE"), primary_key=True),
    Column("standard_id", String(120), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("rule_zh", Text),
    Column("rule_en", Text),
    Column("value", Float),
    Column("unit", Text),
    Column("year", Integer),
    Column("year_is_inferred", Boolean, nullable=False, default=False),
    Column("masked", Boolean, nullable=False, default=False),
    Column("masked_part", String(40)),
    Column("note_zh", Text),
    Column("note_en", Text),
)

plan_tasks = Table(
    "plan_tasks",
    metadata,
    Column("plan_id", String(60), ForeignKey("plans.plan_id", ondelete="CASCADE"), primary_key=True),
    Column("task_no", String(40), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("title_zh", Text, nullable=False),
    Column("title_en", Text, nullable=False),
    Column("responsible_departments_zh", Text),
    Column("deliverable_zh", Text),
    Column("deliverable_en", Text),
    Column("quantity", Float),
    Column("unit", Text),
    Column("due", Text),
    Column("masked", Boolean, nullable=False, default=False),
    Column("masked_part", String(40)),
    Column("note_zh", Text),
    Column("note_en", Text),
)

# Figures ------------------------------------------------------------------------------------------------------------

# Append-only: a changed figure is a new row, and the old one says what superseded it. What was known on a past date
# is the rows whose submission had come by then and whose successor had not. No foreign keys: PostgreSQL checks them row
# by row, two thirds of the time it took to store an import. ledger.py alone writes here, and checks whole files at once.
observations = Table(
    "observations",
    metadata,
    Column("observation_id", Integer, primary_key=True),
    Column("indicator_id", String(80), info={REFERS_TO: "indicators"}, nullable=False),
    Column("area_id", String(40), info={REFERS_TO: "areas"}, nullable=False),
    Column("period", String(8), nullable=False),  # 2024, 2024Q3, 2024-07
    Column("time", Float, nullable=False),  # year at the period's end: 2024 -> 2024.0, 2024Q3 -> 2023.75
    Column("numerator", Float),
    Column("denominator", Float),
    Column("value", Float),  # in the indicator's unit; worked out from the counts where there are counts
    Column("lower", Float),  # 95 % interval, where one came with the value
    Column("upper", Float),
    Column("status", String(12), nullable=False, default="final"),
    Column("reported_on", Date),  # when the district reported it, where stated
    Column("note", Text),
    Column("submission_id", Integer, nullable=False),  # that wrote the row
    # The import whose file says so: submission_id itself, or the earlier import that an undo fell back on.
    Column("stated_by", Integer, nullable=False),
    Column("superseded_by", Integer),
    one_of("status", STATUSES_OF_A_FIGURE),
)

# A later import that says the same as the current figure stores no figure, only that it said so: when the first import
# is undone, the second still stands.
observation_confirmations = Table(
    "observation_confirmations",
    metadata,
    Column("submission_id", Integer, primary_key=True),
    Column("observation_id", Integer, primary_key=True),
    Index("ix_observation_confirmations_observation_id", "observation_id"),
)

# Judgement ----------------------------------------------------------------------------------------------------------

# One run judges one plan as of one day, on the figures known by then. Pages read the newest finished run.
judgement_runs = Table(
    "judgement_runs",
    metadata,
    Column("run_id", Integer, primary_key=True),
    Column("plan_id", String(60), ForeignKey("plans.plan_id"), nullable=False),
    Column("as_of", Date, nullable=False),
    Column("last_submission_id", Integer),  # the newest submission the run saw: a newer one makes the run stale
    Column("pack_hash", String(64)),
    Column("parameters", JSON, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Index("ix_judgement_runs_plan_id", "plan_id"),
)

marks = Table(
    "marks",
    metadata,
    Column("run_id", Integer, ForeignKey("judgement_runs.run_id", ondelete="CASCADE"), primary_key=True),
    Column("target_id", String(240), primary_key=True),
    Column("area_id", String(40), primary_key=True),
    Column("indicator_id", String(80), nullable=False),
    Column("action_id", String(80), nullable=False),
    Column("status", String(16), nullable=False),  # achieved on_course slow behind reversing cannot_judge
    Column("reason", String(40)),  # a slug of models/judging.py: why it cannot be judged, or what the mark rests on
    Column("period", String(8)),  # of the figure judged
    Column("time", Float),
    Column("observed", Float),
    Column("figure_status", String(12)),  # provisional, final, revised
    Column("baseline_time", Float),  # where the path starts; NULL: there is no path from a baseline
    Column("baseline_value", Float),
    Column("path_value", Float),
    Column("gap", Float),  # indicator's unit; positive is ahead, whichever way is better
    Column("tolerance", Float),
    Column("next_year", Integer),
    Column("next_value", Float),
    Column("final_year", Integer),
    Column("final_value", Float),
    Column("comparator", String(12)),
    Column("pace_needed", Float),  # unit a year, positive is in the target's direction
    Column("pace_seen", Float),
    Column("p_miss", Float),  # at the final milestone, by the forecast in force; NULL: withheld
    Column("p_miss_model", Float),  # the same by the model's; where nothing was adjusted it is p_miss
    Column("forecast_version", String(12), nullable=False, default="model", server_default="model"),  # or adjusted
    Column("p_miss_basis", String(16)),  # full, reference (3-4 points), withheld
    Column("trend", String(16)),  # up flat down not_testable
    Column("needs_study", Boolean, nullable=False, default=False),  # the marks disagree
    Column("is_noisy", Boolean, nullable=False, default=False),  # one standard error exceeds the tolerance's cap
    Column("units_failing", JSON(none_as_null=True)),  # area_ids, for a target each unit must meet
    Column("sentence_zh", Text),
    Column("sentence_en", Text),
    Index("ix_marks_run_id_area_id", "run_id", "area_id"),
)

forecasts = Table(
    "forecasts",
    metadata,
    Column("run_id", Integer, ForeignKey("judgement_runs.run_id", ondelete="CASCADE"), primary_key=True),
    Column("indicator_id", String(80), primary_key=True),
    Column("area_id", String(40), primary_key=True),
    Column("time", Float, primary_key=True),  # calendar year
    # model: every series has it. adjusted: beside it, where an analyst's approved adjustment was in force
    Column("version", String(12), primary_key=True, default="model", server_default="model"),
    Column("mean", Float, nullable=False),
    Column("q025", Float, nullable=False),
    Column("q100", Float, nullable=False),
    Column("q250", Float, nullable=False),
    Column("q500", Float, nullable=False),
    Column("q750", Float, nullable=False),
    Column("q900", Float, nullable=False),
    Column("q975", Float, nullable=False),
)

# Work ---------------------------------------------------------------------------------------------------------------

jobs = Table(
    "jobs",
    metadata,
    Column("job_id", String(36), primary_key=True),  # UUID
    Column("kind", String(40), nullable=False),
    Column("owner", String(80), nullable=False),
    Column("scope", JSON, nullable=False),  # area_ids the owner may see; [] is everything
    Column("parameters", JSON, nullable=False),
    Column("state", String(12), nullable=False),
    Column("progress", Float, nullable=False, default=0.0),  # 0 to 1
    Column("message", Text),
    Column("result", JSON),
    Column("cancel_requested", Boolean, nullable=False, default=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
    one_of("state", ("queued", "running", "done", "failed", "cancelled")),
    Index("ix_jobs_owner_created_at", "owner", "created_at"),
)

# The one current figure of each indicator, area and period. Each further index costs a million-row import seconds.
Index(
    "uq_observations_current",
    observations.c.indicator_id,
    observations.c.area_id,
    observations.c.period,
    unique=True,
    sqlite_where=observations.c.superseded_by.is_(None),
    postgresql_where=observations.c.superseded_by.is_(None),
)

# What an undo has to take back.
Index(
    "ix_observations_current_stated_by",
    observations.c.stated_by,
    sqlite_where=observations.c.superseded_by.is_(None),
    postgresql_where=observations.c.superseded_by.is_(None),
)

# The history of a figure.
Index(
    "ix_observations_superseded_key",
    observations.c.indicator_id,
    observations.c.area_id,
    observations.c.period,
    sqlite_where=observations.c.superseded_by.is_not(None),
    postgresql_where=observations.c.superseded_by.is_not(None),
)
