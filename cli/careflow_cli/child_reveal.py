"""``care child reveal``: single fields of a child's file as they are, for a purpose that is kept."""

from __future__ import annotations

from typing import Any

import click

from careflow_cli import output
from careflow_cli.child_keep import ref_argument
from careflow_cli.child_words import TITLES, cells
from careflow_cli.clicks import Command, option
from careflow_cli.common import fields_said, json_option
from careflow_cli.session import Session, pass_session
from workflow_core.i18n import N_, translate

unmasked_option = option("--unmasked", is_flag=True, help="with the names, numbers and phones that your roles may see whole; needs --purpose, and is kept")
purpose_option = option("--purpose", default="", metavar="TEXT", help="why it is needed unmasked; it is kept in the journal")


@click.command("reveal", cls=Command)
@ref_argument
@option(
    "--field",
    "--fields",
    "fields",
    multiple=True,
    required=True,
    metavar="NAME",
    help="name, national_id, address, guardian, guardian_phone, father, father_phone, mother, mother_phone or note; say it again for more",
)
@purpose_option
@json_option
@pass_session
def reveal(session: Session, child: str, fields: tuple[str, ...], purpose: str, as_json: bool) -> None:
    """Show fields of a child's file as they are: these and no others, once. That you saw them, and why, is written down."""
    from workflow_core.records import child_views

    wanted = list(cells(dict.fromkeys(fields_said(fields))))
    with session.db.write() as tx:
        found: dict[str, Any] = child_views.reveal(tx, session.actor, session.now_instant, child, wanted, purpose=purpose)
    if as_json:
        output.document({"child": found})
    else:
        output.facts([(TITLES[name], value or translate(N_("not on file"))) for name, value in found.items()])
