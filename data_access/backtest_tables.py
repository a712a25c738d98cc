"""Back-tests: past years' forecasts and flags of a plan held against what came. All of it can be worked out again."""

from sqlalchemy import Column, Date, Integer, LargeBinary, String, Table

from data_access.tables import UtcDateTime, metadata

# The newest of each plan; a job makes it, since it takes from seconds to minutes.
backtests = Table(
    "backtests",
    metadata,
    Column("plan_id", String(60), primary_key=True),
    Column("as_of", Date, nullable=False),
    Column("last_submission_id", Integer, nullable=False),  # the newest submission it saw
    Column("made_at", UtcDateTime, nullable=False),
    Column("forecasts", LargeBinary, nullable=False),  # models.backtest_scores.ERRORS as a Feather file
    Column("flags", LargeBinary, nullable=False),  # models.flag_backtest.past_flags as a Feather file
)
