"""What is asked at the terminal when a consent, a refusal or a withdrawal is recorded."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, cast

import click

from careflow_cli import ask as asking
from workflow_core import Choice, ask, form
from workflow_core.i18n import translate
from workflow_core.inputs import validate_some

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflow_core.access.consents import Basis, Saying
    from workflow_core.definition import Consent


class Voice(Choice):
    """What a child says itself."""

    AGREES = "It agrees"
    DISAGREES = "It does not agree"


@form
class Yes:
    """A guardian consents."""

    by: str = ask("Who on file consents", default="", help="guardian, father, mother, or the person's reference; leave it out where he is not on file")
    named: str = ask("Name of a guardian who is not on file", default="", personal=True)
    kin: str = ask("How he is related to the child", default="", help="father, mother, grandparent, sibling, relative; only of who is not on file")
    notice: str = ask("Version of the notice that was signed", default="")
    child: Voice | None = ask("What the child says itself", default=None, help="asked of older children: from eight years, unless the program says otherwise")
    on: date | None = ask("The day on which it was said", default=None, help="left out: today")
    expires: date | None = ask("The last day on which it counts", default=None, help="left out: without end")
    paper: bool | None = ask("Does the signed paper lie in the office?", default=None)


@form
class No:
    """A guardian, or the child, refuses or withdraws."""

    by: str = ask("Who on file says so", default="", help="guardian, father, mother, child, or the person's reference; leave it out where he is not on file")
    named: str = ask("Name of a guardian who is not on file", default="", personal=True)
    kin: str = ask("How he is related to the child", default="", help="father, mother, grandparent, sibling, relative; only of who is not on file")
    on: date | None = ask("The day on which it was said", default=None, help="left out: today")
    reason: str = ask("Why", default="")


def saying(wanted: type[Any], said: Mapping[str, Any], today: date, consent: Consent) -> Saying:
    """What was said, from the options that were given and, at a terminal, from the answers to the rest.

    :param wanted: ``Yes`` or ``No``.
    :raises Misused: ``input_invalid``.
    """
    from workflow_core.access.consents import Saying
    from workflow_core.records import words

    basis = cast("Basis", said.get("basis") or "consent")
    given = {name: value for name, value in said.items() if value not in (None, "", False) and name not in ("basis", "reason")}
    if said.get("reason") and wanted is No:
        given["reason"] = said["reason"]
    if basis == "consent" and asking.at_a_terminal() and not {"by", "named"} & set(given):
        click.echo(translate("The notice in use is {notice}.", notice=consent.notice), err=True)
        given = asking.complete(asking.questions(wanted), given, all_of_them=True)
    values = validate_some(wanted, given)
    kin = words.kinship(values.get("kin") or "")
    voice = values.get("child")
    return Saying(
        on=values.get("on") or today,
        by=values.get("by") or "",
        named=values.get("named") or "",
        kin=kin if isinstance(kin, str) else values.get("kin") or "",
        notice=values.get("notice") or "",
        child="" if voice is None else voice.name.lower(),
        paper=bool(values.get("paper")),
        expires=values.get("expires"),
        basis=basis,
        reason=said.get("reason") or values.get("reason") or "",
    )
