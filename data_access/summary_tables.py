"""What is worked out when reports come in, so that no page has to: programmes as they stand, the quality of reports.

Nothing here is a source: all of it follows from the ledgers and registers, and can be worked out again at any time.
"""

from sqlalchemy import Column, Date, Float, Index, Integer, String, Table, Text

from data_access.tables import metadata

# A programme at its newest period, in an area whose reader may be shown it.
programme_summaries = Table(
    "programme_summaries",
    metadata,
    Column("programme_id", String(80), primary_key=True),
    Column("area_id", String(40), primary_key=True),
    Column("counts_by", Integer, nullable=False),  # the submission that changed its counts last
    Column("registers_by", Integer, nullable=False),  # the newest that may have changed areas, programmes or rotas
    Column("coverage", Float),
    Column("expected_share", Float),
    Column("worst", String(16)),
    Column("shortfall", Float),
    Column("units", Integer, nullable=False),
    Column("units_reported", Integer, nullable=False),
)

# What is known of the quality of an indicator's or a programme's reports, and how long it holds.
quality_subjects = Table(
    "quality_subjects",
    metadata,
    Column("kind", String(12), primary_key=True),  # indicator or programme
    Column("subject", String(80), primary_key=True),
    Column("worked_out_by", Integer, nullable=False),  # the newest submission it takes into account
    Column("worked_out_on", Date, nullable=False),
    Column("holds_until", Date, nullable=False),  # the last day on which the same reports are due
)


def _tallies(name: str, *of: Column) -> Table:
    """How many reports, figures or findings of a measure; days: how late, of the measure days."""
    return Table(
        name,
        metadata,
        *of,
        Column("area_id", String(40), primary_key=True),
        Column("reporter", String(200), primary_key=True),  # "": not known
        Column("measure", String(12), primary_key=True),
        Column("days", Integer, primary_key=True),
        Column("number", Integer, nullable=False),
    )


quality_tallies = _tallies(
    "quality_tallies",
    Column("kind", String(12), primary_key=True),
    Column("subject", String(80), primary_key=True),
)
quality_totals = _tallies("quality_totals")  # of all subjects

quality_findings = Table(
    "quality_findings",
    metadata,
    Column("finding_id", Integer, primary_key=True),
    Column("kind", String(12), nullable=False),
    Column("subject", String(80), nullable=False),
    Column("area_id", String(40), nullable=False),
    Column("district", String(40)),
    Column("period", String(8), nullable=False),
    Column("end_month", Integer, nullable=False),  # numbered through the calendar: December of year 1 is 12
    Column("stage", String(16), nullable=False),
    Column("check", String(12), nullable=False),
    Column("value", Float),
    Column("other", Float),
    Column("reporter", Text),
    Index("ix_quality_findings_subject", "kind", "subject"),
    Index("ix_quality_findings_order", "end_month", "district", "subject"),
)
