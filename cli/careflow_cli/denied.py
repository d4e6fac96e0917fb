"""What somebody tried and may not: written into the office's journal, without a value of what was said."""

from __future__ import annotations

from collections.abc import Sequence

import click

from careflow_cli.session import Session
from workflow_core.errors import CareError, NotPermitted


def note(ctx: click.Context, args: Sequence[str], error: NotPermitted) -> None:
    """Writes a refusal down, where there is an office that can be written to.

    :param args: the words of the command line.
    """
    session = ctx.find_object(Session)
    if session is None or session.found_folder() is None:
        return
    from workflow_core.access import attempts
    from workflow_core.store.server.session import own_login

    try:
        with session.db.write() as tx:
            desk = own_login(tx)  # of a server office: there nobody is whom the machine says
            machine = desk is None and not session.office.impersonated
            attempts.denied(tx, desk or session.office.login, error.code, " ".join(words(ctx, args)), session.now_instant, machine=machine)
    except CareError:
        return  # the refusal itself is what is told: an office that cannot be opened or written to keeps nothing


def words(ctx: click.Context, args: Sequence[str]) -> list[str]:
    """The names of the command and its groups, and nothing else of what was typed."""
    found: list[str] = []
    command: click.Command | None = ctx.command
    for word in args:
        if not isinstance(command, click.Group):
            break
        within = None if word.startswith("-") else command.get_command(ctx, word)
        if within is not None:
            found.append(word)
            command = within
    return found
