"""Forecast runs: what was forecast on which day, and the forecasts, kept by pool.

A pool is what changes together: the series of one indicator at one frequency, of a plan's areas. Its forecasts are a
block that is found by the hash of everything that went into it, so that runs share the blocks of unchanged pools.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from data_access.tables import UtcDateTime, metadata, one_of

RUN_STATES = ("running", "finished", "failed", "cancelled")

forecast_runs = Table(
    "forecast_runs",
    metadata,
    Column("run_id", Integer, primary_key=True),
    Column("as_of", Date, nullable=False),
    Column("state", String(12), nullable=False),
    Column("method", Integer, nullable=False),  # version: grows whenever the same figures get other forecasts
    Column("parameters", JSON, nullable=False),
    Column("seed", Integer, nullable=False),
    Column("inputs_hash", String(64)),  # over the hashes of all its pools; NULL until it is finished
    Column("series_total", Integer, nullable=False, default=0),  # an estimate until it is finished
    Column("series_done", Integer, nullable=False, default=0),
    Column("last_submission_id", Integer, nullable=False),  # the newest submission the run saw
    Column("message", Text),  # why it failed
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    one_of("state", RUN_STATES),
    Index("ix_forecast_runs_as_of", "as_of"),
)

forecast_blocks = Table(
    "forecast_blocks",
    metadata,
    Column("block_id", Integer, primary_key=True),
    Column("input_hash", String(64), nullable=False, unique=True),  # SHA-256 of history, method, parameters and seed
    Column("method", String(20), nullable=False),  # pooled, last_value
    Column("method_version", Integer, nullable=False),
    Column("times", JSON, nullable=False),  # calendar years forecast; a series has those after its last point
    Column("series", Integer, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
)

# What a run's pools are: one row when the pool is done. plan_id is empty for indicators that no plan asks for.
forecast_pools = Table(
    "forecast_pools",
    metadata,
    Column("run_id", Integer, ForeignKey("forecast_runs.run_id", ondelete="CASCADE"), primary_key=True),
    Column("plan_id", String(60), primary_key=True),
    Column("indicator_id", String(80), primary_key=True),
    Column("frequency", String(8), primary_key=True),
    Column("part", Integer, primary_key=True),  # 0, or the part of an indicator with too many series for one pool
    Column("parts", Integer, nullable=False),
    Column("block_id", Integer, ForeignKey("forecast_blocks.block_id")),  # NULL: nothing in it can be forecast
    Column("is_reused", Boolean, nullable=False, default=False),  # the block is an earlier run's
)

# One row a series; what is packed are little-endian doubles.
forecast_series = Table(
    "forecast_series",
    metadata,
    Column("block_id", Integer, ForeignKey("forecast_blocks.block_id", ondelete="CASCADE"), primary_key=True),
    Column("area_id", String(40), primary_key=True),
    Column("first_time", Integer, nullable=False),  # position in the block's times
    Column("fan", LargeBinary, nullable=False),  # for each time from there on: mean and the seven quantiles
    Column("history", LargeBinary, nullable=False),  # what it rests on: all times, then all values
    Column("counts_sum", BigInteger, nullable=False),  # checksum of the numerators and denominators behind the values
)
