"""The least that a command with click and SQLAlchemy takes: open a database, ask one thing, print it."""

import click
from sqlalchemy import create_engine, text


@click.command()
@click.argument("path")
def program(path: str) -> None:
    """Print some references."""
    with create_engine(f"sqlite:///{path}").connect() as connection:
        for (ref,) in connection.execute(text('SELECT ref FROM "case" ORDER BY ref LIMIT 40')):
            click.echo(ref)


program()
