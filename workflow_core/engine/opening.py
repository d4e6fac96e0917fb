"""Cases that a case opens: its parts, and others of its program, in the same transaction.

Whatever opens cases of its own accord (an effect, a batch, an import) comes through ``open_part``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflow_core.access.grants import Actor
from workflow_core.definition import Kind, Open, Party, Person, Workflow, path_of
from workflow_core.engine import machine
from workflow_core.engine.among import parts_of
from workflow_core.engine.runtime import SYSTEM_ACTOR, Runtime
from workflow_core.engine.state import CaseState, PartyRow
from workflow_core.engine.view import CaseView
from workflow_core.engine.work import Work
from workflow_core.engine.world import World
from workflow_core.errors import Damaged, Misused, NotFound, Refused
from workflow_core.i18n import N_
from workflow_core.store import among, cases, facts
from workflow_core.store.database import Tx

DIVISIONS = ("village", "township", "county")


@dataclass(frozen=True, eq=False)
class Opening:
    """A case that a change opens.

    :param subject: its reference, where it is about somebody; :param event: the step that opens it, to be told there.
    """

    effect: Open
    subject: str | None
    parties: Mapping[Party[Any], object]
    event: Any


def asked(work: Work, effect: Open, at: datetime) -> Opening:
    """What an effect of a case asks to be opened, with what can be said of it at this moment."""
    subject = value_of(effect.subject, work, at)
    parties = {party: value_of(one, work, at) for party, one in effect.parties.items()}
    return Opening(effect, None if subject is None else reference_of(subject), parties, work.event)


def value_of(value: object, work: Work, at: datetime) -> Any:
    """A value, or what a reference or a function says that stands for one."""
    if path_of(value) is not None:
        return work.view(at).value(value)
    if isinstance(value, Callable) and not isinstance(value, type):  # type: ignore[arg-type]
        return machine.ask_function(value, work.view(at))  # type: ignore[arg-type]
    return value


def carry_out(runtime: Runtime, tx: Tx, sender: Work, now: datetime) -> list[Work]:
    """The cases that a change opens, in memory: the change's step tells their references. The caller writes them after the case itself."""
    opened: list[Work] = []
    world = World(tx, runtime.registry)
    world.neighbours.states[sender.state.case_id] = (sender.workflow, sender.state)
    for one in sender.changes.opens:
        at = one.event.at
        workflow = sender.program.workflow_of(type(one.effect.record))
        whole = sender.state if one.effect.child and workflow in parts_of(sender.program, sender.workflow) else None
        subject = one.subject or _own_subject(sender.state, workflow, world)
        work = open_part(
            runtime,
            tx,
            one.effect,
            program=sender.program.name,
            whole=whole,
            subject=subject,
            division=sender.state.division,
            parties=one.parties,
            now=at,
            world=world,
            apart=[other for other in opened if other.workflow is workflow],
        )
        name = {"workflow": workflow.name}
        did = {"what": "opened", "case": work.state.ref, **name} if work is not None else {"what": "not_opened", "why": "already_open", **name}
        one.event.payload.setdefault("did", []).append(did)
        if work is not None:
            opened.append(work)
    return opened


def open_part(
    runtime: Runtime,
    tx: Tx,
    effect: Open,
    *,
    program: str,
    whole: CaseState | None,
    subject: str | None,
    division: str,
    now: datetime,
    actor: Actor = SYSTEM_ACTOR,
    parties: Mapping[Party[Any], object] | None = None,
    world: World | None = None,
    apart: Sequence[Work] = (),
) -> Work | None:
    """A case that ``Open`` asks for, in memory; the caller writes it with ``runtime.save(tx, work, now)``.

    :param tx: a writing transaction.
    :param whole: the case that it becomes a part of; None where it stands alone. It is held until the transaction ends.
    :param subject: the reference of whom it is about; :param division: where it belongs if it is about nobody.
    :param parties: by party, a person, a reference, or a case; those of the effect where None.
    :param apart: cases that were opened in this transaction and are not written yet.
    :returns: None where there is such a case already: with this key ever, without a key an open one.
    :raises Refused: ``whole_closed``, and whatever opening a case may be refused for (``not_enabled``).
    """
    from workflow_core.engine.advancing import new_work

    workflow = runtime.registry.program(program).workflow_of(type(effect.record))
    if whole is not None:
        hold_whole(tx, whole)
    about = workflow.subject is not None and workflow.subject.name not in DIVISIONS
    person = facts.subject(tx, subject) if about and subject is not None else None
    person_id, whole_id = None if person is None else person["person_id"], None if whole is None else whole.case_id
    if person_id is not None or effect.key:
        before = among.same(tx, program, workflow.name, person_id, whole_id, effect.key)
        if any(effect.key or row["closed_at"] is None for row in before):
            return None
        if any((one.state.subject_id, one.state.whole_id, one.state.key) == (person_id, whole_id, effect.key) for one in apart):
            return None
    return new_work(
        runtime,
        tx,
        actor,
        f"{program}.{workflow.name}",
        subject,
        effect.record,
        division=None if about else division,
        key=effect.key,
        now=now,
        stage=effect.stage,
        asks_access=False,
        whole=whole,
        parties=party_rows(tx, workflow, effect.parties if parties is None else parties),
        world=world,
    )


def hold_whole(tx: Tx, whole: CaseState) -> None:
    """Hold a whole until the transaction ends, so that nobody closes it, or takes it to another stage, while a part is opened.

    :raises Refused: ``whole_closed``. :raises Conflict: ``case_changed``: it has gone to another stage since it was read.
    """
    held = among.lock(tx, whole.case_id)
    if held is not None and held["closed_at"] is None and held["stage"] != whole.stage and held["version"] != whole.read_version:
        raise cases.changed(whole.ref)
    if not whole.is_open or (held is not None and held["closed_at"] is not None):
        raise Refused("whole_closed", N_("{whole} is closed: nothing can become a part of it"), whole=whole.ref)


def tied(runtime: Runtime, tx: Tx, actor: Actor, what: tuple[Any, Workflow[Any, Any]], whole: str | None, parties: Mapping[str, object]) -> dict[str, Any]:
    """What a person who opens a case says it is tied to, for ``new_work``.

    :param what: its program and workflow; :param whole: the reference of the case it becomes a part of; :param parties: references by the party's name.
    :raises Misused: ``not_a_part``, ``party_unknown``. :raises Refused: ``whole_closed``. :raises NotFound: ``case_unknown``.
    """
    program, workflow = what
    state = None
    if whole is not None:
        work = runtime.work(tx, whole, actor)
        if work.program is not program or workflow not in parts_of(program, work.workflow):
            raise Misused("not_a_part", N_("a case of {workflow} is no part of {whole}"), workflow=workflow.name, whole=whole)
        hold_whole(tx, work.state)
        state = work.state
    named = {party.name: party for party in workflow.parties}
    for name in parties:
        if name not in named:
            known = ", ".join(named)
            hint = N_("it has: {names}") if known else ""
            raise Misused("party_unknown", N_("{workflow} has no party {party}"), hint=hint, workflow=workflow.name, party=name, names=known)
    return {"whole": state, "parties": party_rows(tx, workflow, {named[name]: one for name, one in parties.items()})}


def party_rows(tx: Tx, workflow: Workflow[Any, Any], parties: Mapping[Party[Any], object]) -> list[PartyRow]:
    """The parties of a new case.

    :param parties: by party, one or (where it may be ``many``) several: a person or its reference, a case or its reference.
    :raises Damaged: ``party_unknown``: the workflow has no such party. :raises NotFound: there is no such person, or case.
    """
    found: list[PartyRow] = []
    for party, said in parties.items():
        if not any(one is party for one in workflow.parties):
            raise Damaged("party_unnamed", N_("{workflow} has no party {party}"), hint=N_("run `care plugin check`"), workflow=workflow.name, party=party.name)
        for one in said if isinstance(said, (list, tuple)) else [said]:
            if one is not None:
                kind = party.of.name if isinstance(party.of, Kind) else "case"
                found.append(PartyRow(len(found) + 1, party.name, kind, _party_id(tx, kind, one)))
    return found


def _party_id(tx: Tx, kind: str, said: Any) -> str:
    ref = reference_of(said)
    if kind == "case":
        cases = among.by_refs(tx, [ref])
        if not cases:
            raise NotFound("case_unknown", N_("there is no case {ref}"), hint=N_("see: care case list"), ref=ref)
        return str(cases[0]["case_id"])
    if kind in DIVISIONS:
        return facts.division(tx, ref).code
    person = facts.subject(tx, ref)
    if person is None:
        raise NotFound("person_unknown", N_("there is no such person on file"))
    return str(person["person_id"])


def reference_of(said: Any) -> str:
    """The reference of a person, a division or a case, however it is given."""
    if isinstance(said, (Person, CaseView)):
        return said.ref
    return str(getattr(said, "code", None) or getattr(said, "ref", None) or said)


def _own_subject(state: CaseState, workflow: Workflow[Any, Any], world: World) -> str | None:
    """Whom a case is about that says nothing of it: whom this one is about, if that is of the kind."""
    if workflow.subject is None or workflow.subject.name in DIVISIONS:
        return state.division if workflow.subject is not None else None
    if workflow.subject.name == state.subject_kind and state.subject_id is not None:
        return facts.name_of(world.tx, state.subject_id)[0]
    return None
