"""The least that a command line with click takes."""

import click


@click.group()
def program() -> None:
    """A program with two commands."""


@program.command()
def first() -> None:
    """The first of them."""


@program.command()
def second() -> None:
    """The second of them."""


program()
