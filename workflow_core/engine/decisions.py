"""A plan's decisions as they are stored, and back: what a program's pure function said, kept by names and plain values until it is carried out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from workflow_core.definition import Batch, CloseTask, Do, Draft, Effect, Fire, On, Open, OpenTask, Program, SetField, Workflow, path_of
from workflow_core.engine import signs
from workflow_core.engine.opening import reference_of
from workflow_core.engine.view import CaseView
from workflow_core.errors import CareError, Refused
from workflow_core.i18n import N_
from workflow_core.inputs import decode, encode
from workflow_core.store import canonical

TELL = N_("tell whoever maintains the program")
MAY = N_("tell whoever maintains the program: may=[…] names what a plan may do")


@dataclass(frozen=True)
class Decision:
    """One thing a plan decided.

    :param key: what it is about, for lists: a case's reference; of a case to be opened its workflow, whom it is about, and its key.
    :param stored: as it is kept; :param rests_on: the references of the cases of the snapshot that it rests on.
    """

    key: str
    stored: dict[str, Any]
    rests_on: tuple[str, ...]


def digest_of(workflow: str, stage: str, record: str, subject_id: str | None, resting: bool) -> str:
    """What a plan has seen of a case, as a word: another word, and a decision that rests on it no longer fits."""
    said = canonical.dump([workflow, stage, canonical.load(record), subject_id, resting])
    return sha256(said.encode()).hexdigest()[:24]


def gather(
    batch: Batch[Any], program: Program[Any], effects: Iterable[Effect], known: Mapping[str, CaseView], about: Mapping[str, Sequence[str]]
) -> list[Decision]:
    """What a plan said, checked against what it may say. Several for one case become one, in the plan's order.

    :param known: the cases of the snapshot by reference; :param about: their references by whom they are about.
    :raises Refused: ``plan_may_not``, ``plan_outside``, ``plan_twice``: then nothing of the plan is kept.
    """
    found: dict[str, Decision] = {}
    for effect in effects:
        if isinstance(effect, On):
            one = _on(batch, effect, known)
            if one.key in found:
                found[one.key].stored["do"].extend(one.stored["do"])
                continue
        elif isinstance(effect, Open):
            one = _open(batch, program, effect, known, about)
            if one.key in found:
                raise Refused("plan_twice", N_("the plan opens the case {key} twice"), hint=TELL, key=one.key)
        else:
            raise _may_not(batch, effect)
        found[one.key] = one
    changed = {one.key for one in found.values() if "on" in one.stored}  # what the plan itself changes cannot speak against what follows from it
    return [one if "on" in one.stored else replace(one, rests_on=tuple(ref for ref in one.rests_on if ref not in changed)) for one in found.values()]


def _open(batch: Batch[Any], program: Program[Any], effect: Open, known: Mapping[str, CaseView], about: Mapping[str, Sequence[str]]) -> Decision:
    _allowed(batch, effect, program.workflow_of(type(effect.record)))
    values = [effect.subject, *_each(effect.parties.values())]
    if any(path_of(value) is not None or (callable(value) and not isinstance(value, type)) for value in values):
        raise Refused("plan_may_not", N_("a plan says whom a case is about: no function, and no reference"), hint=TELL)
    workflow = program.workflow_of(type(effect.record))
    subject = None if effect.subject is None else reference_of(effect.subject)
    stored = {
        "workflow": workflow.name,
        "record": encode(effect.record),
        "subject": subject,
        "parties": {party.name: [reference_of(one) for one in _each([said])] for party, said in effect.parties.items()},
        "key": effect.key,
        "stage": None if effect.stage is None else effect.stage.name,
        "whole": None if effect.whole is None else effect.whole.ref,
    }
    resting = [one.ref for one in (effect.whole, *values) if isinstance(one, CaseView)]
    for ref in resting:
        if ref not in known:
            raise _outside(ref)
    rests_on = tuple(dict.fromkeys([*resting, *about.get(subject or "", ())]))
    return Decision(f"{workflow.name}:{subject or stored['whole'] or ''}:{effect.key}", {"open": stored}, rests_on)


def _each(values: Iterable[Any]) -> list[Any]:
    return [one for value in values for one in (value if isinstance(value, (list, tuple)) else [value])]


def _on(batch: Batch[Any], effect: On, known: Mapping[str, CaseView]) -> Decision:
    target = effect.target
    if not isinstance(target, CaseView) or target.ref not in known:
        raise _outside(getattr(target, "ref", ""))
    for one in effect.do:
        _allowed(batch, one, target.workflow)
    return Decision(target.ref, {"on": target.ref, "do": signs.write(effect.do)}, (target.ref,))


def _outside(ref: object) -> Refused:
    return Refused("plan_outside", N_("the plan means a case that it was not given"), hint=TELL, ref=str(ref))


def _allowed(batch: Batch[Any], effect: Effect, workflow: Workflow[Any, Any]) -> None:
    named: object = None
    if isinstance(effect, Fire):
        named = effect.transition
    elif isinstance(effect, (Do, OpenTask, CloseTask)):
        named = effect.task
    elif isinstance(effect, Draft):
        named = effect.document
    elif isinstance(effect, SetField):
        named = workflow.record
    elif isinstance(effect, Open):
        named = type(effect.record)
    if named is None or not any(one is named for one in batch.may):
        raise _may_not(batch, effect)
    for inner in getattr(effect, "set", ()):
        _allowed(batch, inner, workflow)


def _may_not(batch: Batch[Any], effect: Effect) -> Refused:
    return Refused("plan_may_not", N_("the plan of {batch} may not do this: {what}"), hint=MAY, batch=batch.name, what=signs.sign(effect))


# ------------------------------------------------------------------ and back


def effects_on(program: Program[Any], workflow: Workflow[Any, Any], stored: Mapping[str, Any]) -> list[Effect]:
    """The effects of a decision on a case.

    :raises Refused: ``plan_outdated``: the program has no such part any more.
    """
    try:
        return signs.read(program, workflow, stored["do"])
    except CareError as error:
        raise _outdated() from error


def open_effect(program: Program[Any], stored: Mapping[str, Any]) -> Open:
    """The case that a decision opens; whom it is about, its parties and its whole stand in it by reference.

    :raises Refused: ``plan_outdated``.
    """
    try:
        workflow = program.workflow(stored["workflow"])
        record = decode(workflow.record, stored["record"])
        stage = None if stored["stage"] is None else workflow.stage(stored["stage"])
        parties = {next(party for party in workflow.parties if party.name == name): refs for name, refs in stored["parties"].items()}
    except (KeyError, StopIteration, CareError) as error:
        raise _outdated() from error
    return Open(record, subject=stored["subject"], parties=parties, key=stored["key"], stage=stage)


def _outdated() -> Refused:
    return Refused("plan_outdated", N_("the program was changed since this was planned"), hint=N_("plan anew: `care batch plan`"))
