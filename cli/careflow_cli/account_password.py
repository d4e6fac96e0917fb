"""``care account password``: the password with which a desk logs in to the server, asked for and never said in a command."""

from __future__ import annotations

import sys

import click

from careflow_cli import output
from careflow_cli.clicks import Command, argument
from careflow_cli.session import Session, pass_session
from workflow_core.errors import Misused
from workflow_core.i18n import N_, translate

_LEAST = 10


@click.command("password", cls=Command)
@argument("login", help="the account")
@pass_session
def password(session: Session, login: str) -> None:
    """Set the password with which an account logs in to the office's server: asked for, or read from standard input. It is sent as a SCRAM verifier only."""
    from workflow_core.access.accounts import password_set

    session.must_be_admin(N_("set a password"))
    session.must_own()
    if sys.stdin.isatty():
        word = click.prompt(translate("Password of {login}", login=login), hide_input=True, confirmation_prompt=True)
    else:
        word = sys.stdin.readline().rstrip("\n")
    if len(word) < _LEAST:
        raise Misused("password_short", N_("the password has fewer than {least} signs"), hint=N_("a sentence is good"), least=_LEAST)
    with session.db.write() as tx:
        password_set(tx, login, word, actor=session.actor, now=session.now_instant)
    output.say(N_("{login} logs in with the new password from now on."), login=login)
