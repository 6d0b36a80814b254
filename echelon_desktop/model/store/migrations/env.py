"""What alembic runs to apply the revisions; the connection, in a transaction, comes from ``migrate``."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
context.run_migrations()
