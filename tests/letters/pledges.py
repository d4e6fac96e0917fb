"""Pledges: a volunteer's case, a child's case to which it is tied, a paper of each, and a list that names both."""

from __future__ import annotations

from datetime import date
from typing import Any

from workflow_core import (
    CHILD,
    SCHOOL,
    SUPERVISOR,
    VOLUNTEER,
    Column,
    Document,
    Draft,
    Listing,
    Party,
    Program,
    Stage,
    Transition,
    Workflow,
    ask,
    form,
    hookimpl,
    ref,
)


@form
class Helper:
    """What is known of who helps."""

    places: int = ask("Places", default=1, ge=0)
    asked_on: date | None = ask("Asked on", default=None)


@form
class Pledge:
    """What is promised."""

    what: str = ask("What is promised")


@form
class Rules:
    """What a township sets."""

    days: int = ask("Days", default=7, ge=1)


HELPER = Party("helper", "Helper", of=Helper)
WITNESS = Party("witness", "Witness", of=VOLUNTEER)
READY, AWAY = Stage("ready", "Ready"), Stage("away", "Away", final=True)
MADE, KEPT = Stage("made", "Made"), Stage("kept", "Kept", final=True)
CARD = Document("card", "Card", template="card.html.j2", signed_by=SUPERVISOR)
THANKS = Document("thanks", "Thanks", template="thanks.html.j2", signed_by=SUPERVISOR)
LEAVE = Transition("leave", "Leave", source=READY, target=AWAY, by=SUPERVISOR, do=[Draft(THANKS)])
KEEP = Transition("keep", "Keep", source=MADE, target=KEPT, by=SUPERVISOR, do=[Draft(CARD)])
HELPERS = Workflow(
    "helper", "Helper", prefix="HE", subject=VOLUNTEER, record=Helper, policy=Rules, initial=READY, stages=[READY, AWAY], transitions=[LEAVE],
    open_by=[SUPERVISOR],
)  # fmt: skip
PLEDGES = Workflow(
    "pledge", "Pledge", prefix="PL", subject=CHILD, record=Pledge, policy=Rules, initial=MADE, stages=[MADE, KEPT], transitions=[KEEP],
    parties=[HELPER, WITNESS], open_by=[SCHOOL, SUPERVISOR],
)  # fmt: skip
LIST = Listing("pledges", "Pledges", of=Pledge, columns=[Column("Helper", HELPER), Column("Witness", WITNESS), Column("What is promised", ref(Pledge).what)])
WHO = Listing("who", "Who helps", of=Helper, columns=[Column("Places", ref(Helper).places)])
PROGRAM: Program[Any] = Program("pledges", "Pledges", version=1, policy=Rules, workflows=[HELPERS, PLEDGES], listings=[LIST, WHO])


@hookimpl
def careflow_programs() -> list[Program[Any]]:
    """The program of this file."""
    return [PROGRAM]
