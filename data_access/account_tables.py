"""Who may come in: accounts, their roles, sessions and the record of what they did."""

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from data_access.tables import REFERS_TO, UtcDateTime, metadata, one_of

ROLES = ("leader", "planner", "analyst", "reporter", "administrator")

# An account is never deleted, only disabled: the record goes on naming it.
accounts = Table(
    "accounts",
    metadata,
    Column("account_id", Integer, primary_key=True),
    Column("login_name", String(40), nullable=False, unique=True),  # lower case
    Column("display_zh", Text, nullable=False),
    Column("display_en", Text),
    Column("password_hash", Text),  # argon2id; NULL where nobody can log in with one (demo accounts)
    Column("must_change", Boolean, nullable=False, default=False),  # the password is a one-time secret
    Column("secret_until", UtcDateTime),  # when that secret ends
    Column("is_demo", Boolean, nullable=False, default=False),  # entered with a click, only while all accounts are
    Column("is_disabled", Boolean, nullable=False, default=False),
    Column("created_at", UtcDateTime, nullable=False),
    CheckConstraint("login_name = lower(login_name)", name="login_name_is_lower"),
)

account_roles = Table(
    "account_roles",
    metadata,
    Column("account_id", Integer, ForeignKey("accounts.account_id"), primary_key=True),
    Column("role", String(16), primary_key=True),
    one_of("role", ROLES),
)

# Where an account is limited to: these areas and what lies in them. No row: everywhere.
account_areas = Table(
    "account_areas",
    metadata,
    Column("account_id", Integer, ForeignKey("accounts.account_id"), primary_key=True),
    Column("area_id", String(40), primary_key=True, info={REFERS_TO: "areas"}),
)

# Those who are logged in. The row goes when the session ends.
sessions = Table(
    "sessions",
    metadata,
    Column("id_hash", String(64), primary_key=True),  # SHA-256 of the id: who reads the table can use none of them
    Column("account_id", Integer, ForeignKey("accounts.account_id"), nullable=False),
    Column("began_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),  # to the minute
    Index("ix_sessions_account_id", "account_id"),
)

# Failed log-ins by name and by address.
log_in_failures = Table(
    "log_in_failures",
    metadata,
    Column("subject_hash", String(64), primary_key=True),  # people type passwords into the field for names
    Column("failures", Integer, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
)

# What was done. Append-only: triggers refuse changes, and each entry holds the digest of the one before it.
audit_entries = Table(
    "audit_entries",
    metadata,
    Column("entry_id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("account_id", Integer, ForeignKey("accounts.account_id")),  # NULL: the command line, or the demo's visitor
    Column("action", String(60), nullable=False),  # "log in", "account added", "adjustment approved"
    Column("subject", Text, nullable=False),  # on what: "account 3", "adjustment 17"
    Column("reason", Text),
    Column("details", JSON),
    Column("digest", String(64), nullable=False),
    Index("ix_audit_entries_account_id", "account_id"),
)
