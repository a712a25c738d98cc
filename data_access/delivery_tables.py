"""What the plans deliver: counts of programmes, health cells through their life, tasks."""

from sqlalchemy import Boolean, Column, Date, Float, ForeignKey, Index, Integer, String, Table, Text

from data_access.tables import REFERS_TO, metadata, one_of

PROGRAMME_KINDS = ("screening", "exam", "vaccination", "sign_up", "management", "self_management")
# How the counts of one period stand to those of the next: a period's own, this year's so far, or how many there are.
COUNTED = ("in_period", "cumulative", "level")
REPORT_EVERY = ("month", "quarter", "year")
STATUSES_OF_A_COUNT = ("provisional", "final", "certified")
# The steps of a programme, in their order.
STAGES = ("eligible", "invited", "attended", "positive", "confirmed", "followed_up", "uploaded")

# Programmes ---------------------------------------------------------------------------------------------------------

# A programme as an area runs it; what a plan says of it stands in plan_programmes.
programmes = Table(
    "programmes",
    metadata,
    Column("programme_id", String(80), primary_key=True),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text),
    Column(
        "area_id", String(40), ForeignKey("areas.area_id"), nullable=False
    ),  # where it runs, with all that lies in it
    Column("plan_id", String(60)),  # what it implements; no key: packs come and go
    Column("plan_programme_id", String(80)),
    Column("kind", String(20), nullable=False),
    Column("sex", String(10)),  # all, female, male; NULL: not stated
    Column("age_min", Float),  # years
    Column("age_max", Float),
    Column("eligibility_zh", Text),
    Column("cycle_months", Integer),  # a person is due once in so many months; NULL: there is no round
    Column("first_month", Integer, nullable=False, default=1),  # of a round: 9 for a season from September
    Column("first_year", Integer),  # of the first round; NULL: the last cycle_months months are the round
    Column("counted", String(12), nullable=False),
    Column("person_rule", String(8), nullable=False, default="sum"),  # sum: one visit a round; max: may come each year
    Column("report_every", String(8), nullable=False),
    Column("stages", Text, nullable=False),  # of STAGES, joined with ;
    Column("coverage_target_percent", Float),
    Column("quota_count", Float),  # persons a round
    Column("delivered_by_zh", Text),
    Column("indicator_id", String(80), info={REFERS_TO: "indicators"}),  # the figure it yields
    Column("numerator_stage", String(16)),
    Column("denominator_stage", String(16)),
    Column("started_on", Date),
    Column("ended_on", Date),
    Column("submission_id", Integer, ForeignKey("submissions.submission_id")),
    one_of("kind", PROGRAMME_KINDS),
    one_of("counted", COUNTED),
    one_of("person_rule", ("sum", "max")),
    one_of("report_every", REPORT_EVERY),
)

# Whose turn it is. A row holds from its year on, every cycle_months; a later row of the area takes its place.
programme_rota = Table(
    "programme_rota",
    metadata,
    Column("programme_id", String(80), ForeignKey("programmes.programme_id"), primary_key=True),
    Column("area_id", String(40), ForeignKey("areas.area_id"), primary_key=True),
    Column("year_due", Integer, primary_key=True),
    Column("batch", Integer),
    Column("submission_id", Integer, ForeignKey("submissions.submission_id")),
)

# Append-only, as observations are (programme_ledger.py alone writes here). A count that was reported against a certified
# one is kept aside: it is superseded by its own submission from the start, and never stood.
programme_counts = Table(
    "programme_counts",
    metadata,
    Column("count_id", Integer, primary_key=True),
    Column("programme_id", String(80), info={REFERS_TO: "programmes"}, nullable=False),
    Column("area_id", String(40), info={REFERS_TO: "areas"}, nullable=False),
    Column("period", String(8), nullable=False),  # 2024, 2024Q3, 2024-07
    Column("stage", String(16), nullable=False),
    Column("time", Float, nullable=False),  # year at the period's end, as of observations
    Column("value", Float, nullable=False),  # persons, whole
    Column("status", String(12), nullable=False),
    Column("is_questioned", Boolean, nullable=False, default=False),  # taken although it is odd: the note says why
    Column("reported_on", Date),
    Column("note", Text),
    Column("submission_id", Integer, nullable=False),
    Column("stated_by", Integer, nullable=False),
    Column("superseded_by", Integer),
    one_of("stage", STAGES),
    one_of("status", STATUSES_OF_A_COUNT),
)
programme_count_confirmations = Table(
    "programme_count_confirmations",
    metadata,
    Column("submission_id", Integer, primary_key=True),
    Column("count_id", Integer, primary_key=True),
    Index("ix_programme_count_confirmations_count_id", "count_id"),
)
Index(
    "uq_programme_counts_current",
    programme_counts.c.programme_id,
    programme_counts.c.period,
    programme_counts.c.area_id,
    programme_counts.c.stage,
    unique=True,
    sqlite_where=programme_counts.c.superseded_by.is_(None),
    postgresql_where=programme_counts.c.superseded_by.is_(None),
)
Index(
    "ix_programme_counts_current_stated_by",
    programme_counts.c.stated_by,
    sqlite_where=programme_counts.c.superseded_by.is_(None),
    postgresql_where=programme_counts.c.superseded_by.is_(None),
)
Index(
    "ix_programme_counts_superseded_key",
    programme_counts.c.programme_id,
    programme_counts.c.period,
    programme_counts.c.area_id,
    programme_counts.c.stage,
    sqlite_where=programme_counts.c.superseded_by.is_not(None),
    postgresql_where=programme_counts.c.superseded_by.is_not(None),
)

# The last submission that changed a programme's counts: millions of them need not be looked through to know.
programme_states = Table(
    "programme_states",
    metadata,
    Column("programme_id", String(80), primary_key=True),
    Column("changed_by", Integer, nullable=False),
)

# The villages and communities of an area, and whether self-management has begun in them.
selfcare_villages = Table(
    "selfcare_villages",
    metadata,
    Column("village_id", String(60), primary_key=True),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text),
    Column("area_id", String(40), ForeignKey("areas.area_id"), nullable=False),  # the township
    Column("started_on", Date),  # NULL: not begun
    Column("persons_on_record", Integer),  # 建档总人数, not the residents
    Column("participants", Integer),
    Column("active_persons", Integer),
    Column("counted_on", Date),  # the day the three counts are of
    Column("submission_id", Integer, ForeignKey("submissions.submission_id")),
    Index("ix_selfcare_villages_area_id", "area_id"),
)

# Every count of a village that was ever sent, by the day it is of; what an undone import said does not count.
selfcare_village_counts = Table(
    "selfcare_village_counts",
    metadata,
    Column("village_id", String(60), primary_key=True),  # no key: the register's row may be taken back
    Column("counted_on", Date, primary_key=True),
    Column("submission_id", Integer, ForeignKey("submissions.submission_id"), primary_key=True),
    Column("persons_on_record", Integer),
    Column("participants", Integer),
    Column("active_persons", Integer),
)

# What health points can be exchanged for, by whom it is offered.
points_services = Table(
    "points_services",
    metadata,
    Column("service_id", String(80), primary_key=True),
    Column("plan_id", String(60), nullable=False),
    Column("department_zh", Text),  # as the plan names it; NULL: a township's own
    Column("area_id", String(40), ForeignKey("areas.area_id"), nullable=False),  # where it is offered
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text),
    Column("offered_from", Date),
    Column("offered_to", Date),
    Column("submission_id", Integer, ForeignKey("submissions.submission_id")),
    Index("ix_points_services_area_id", "area_id"),
)
