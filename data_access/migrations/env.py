"""Alembic's entry point. schema.py hands it a connection that is already in a transaction; there is no alembic.ini."""

from alembic import context

from data_access.tables import UtcDateTime, metadata


def render_item(kind, item, autogen_context):
    """Write our own column type into a migration as what the database sees."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def include_name(name, kind, parent_names):
    """Leave the job queue's own tables alone."""
    return not (kind == "table" and name.startswith("huey_"))


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_item=render_item,
    include_name=include_name,
    # SQLite cannot alter most of a table: Alembic copies it instead
    render_as_batch=connection.dialect.name == "sqlite",
)
context.run_migrations()
