"""The store: tables, transactions and migrations. The only home of sqlalchemy and alembic."""
