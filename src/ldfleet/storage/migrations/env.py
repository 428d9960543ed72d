"""Alembic's entry: runs on the connection it is given (storage/schema.py)."""

from alembic import context

from ldfleet.storage.access_tables import users

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=users.metadata,
    # SQLite can't alter most of a table in place.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
