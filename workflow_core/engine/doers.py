"""Who may do what a party is asked for: the party itself, and a clerk of the township on its behalf, so that nothing stalls where nobody has a login."""

from __future__ import annotations

from collections.abc import Sequence

from workflow_core.access.grants import Actor
from workflow_core.definition import CHILD_DIRECTOR, SUPERVISOR, Party, Role, Who
from workflow_core.engine.runtime import OVERSEERS
from workflow_core.engine.state import TaskRow
from workflow_core.engine.work import Work
from workflow_core.errors import Refused
from workflow_core.i18n import N_
from workflow_core.store import own_cases

STAND_INS: tuple[Role, ...] = (SUPERVISOR, CHILD_DIRECTOR)
"""Who may do for a party what the party is asked for."""


def names_of(doers: Sequence[Who]) -> tuple[str, ...]:
    """On whose desks something lies: those named, and with a party also those who may stand in for it."""
    named = [who.name for who in doers]
    if any(isinstance(who, Party) for who in doers):
        named += [role.name for role in STAND_INS]
    return tuple(dict.fromkeys(named))


def roles_of(doers: Sequence[Who]) -> tuple[Who, ...]:
    """The roles by which somebody may do something, those who may stand in for a party among them."""
    roles = [who for who in doers if not isinstance(who, Party)]
    return (*roles, *STAND_INS) if len(roles) < len(doers) else tuple(roles)


def all_roles(work: Work) -> tuple[Who, ...]:
    """Everybody who has anything to do with a case: for what may be written down by each of them."""
    workflow = work.workflow
    takers = [who for one in workflow.transitions for who in one.doers]
    doers = [who for one in workflow.all_tasks() for who in one.doers]
    return tuple(dict.fromkeys([*workflow.open_by, *workflow.edit_by, *workflow.seen_by, *takers, *doers, *OVERSEERS]))


def stand_in(work: Work, actor: Actor, doers: Sequence[Who], said: str | None) -> None:
    """Note for whom somebody acts: a party is asked, and somebody else does it.

    :param said: the person's reference, as it was given; left out, it is the party's.
    :raises Refused: ``not_a_party``: that person is not the one who is asked.
    """
    asked = [who for who in doers if isinstance(who, Party)]
    if not asked or any(who.name in work.state.acts_as for who in asked):
        if said is not None and asked:
            raise Refused("not_a_party", N_("nobody does on his own behalf what he is asked for himself"), hint=N_("leave out --on-behalf"))
        return
    there = own_cases.people_of(work.world.tx, work.state.case_id)
    people = [there[who.name] for who in asked if who.name in there]
    if said is not None and said not in people:
        hint = N_("it is asked of: {people}")
        raise Refused("not_a_party", N_("{ref} is not asked for this"), hint=hint, ref=said, people=", ".join(people) or "-")
    own = any(isinstance(who, Role) and actor.may(who.name, **work.state.where) for who in doers)
    work.on_behalf = said or (None if own else next(iter(people), None))


def stead_for(actor: Actor, work: Work, row: TaskRow) -> str | None:
    """In whose stead an account does a task: of whom it lies with by name, or of whom it holds the role from; None: in its own right."""
    if row.assignee is not None and row.assignee in actor.stands_for:
        return row.assignee
    return None if row.assignee == actor.login else actor.stead(row.doers, **work.state.where)
