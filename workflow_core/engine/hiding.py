"""Fields for some eyes only: what of a case's values somebody may read, by what its forms say (``personal``, ``seen_by``).

Whoever acts in the case (opens or corrects it, takes one of its steps, does one of its tasks) reads its personal fields; a party those of what the party is
asked; a field with ``seen_by`` is read by those roles alone, whoever acts. Of anything else three stars are shown: that something was entered, and not what.
It is told by the installed program and by the definition that is kept with the case, so that a program that is gone hides what it hid.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from workflow_core.access import grants, masking
from workflow_core.access.grants import Actor
from workflow_core.definition import Workflow
from workflow_core.engine.doers import STAND_INS, names_of
from workflow_core.engine.runtime import SYSTEM_ACTOR, Runtime
from workflow_core.engine.titles import kept_workflow
from workflow_core.store import desk, facts, own_cases, parties, people
from workflow_core.store.database import Tx

STARS = "***"
FREE = ("note",)
"""What an event says in free words that only those read who act in the case."""
ENGINES = ("undo",)
"""What an event keeps for the engine alone: nobody reads it in a history."""

_EVERYWHERE = (SYSTEM_ACTOR, grants.SYSTEM_ACTOR)
"""The engine itself, and whoever looks with its eyes: a scenario of the test kit."""

Fields = Mapping[str, Mapping[str, Any]]
"""The fields of a form, as a snapshot has them, by name."""


@dataclass(frozen=True)
class Eyes:
    """What somebody may read of one case.

    :param acts: whether he acts in it. :param may: whether he holds a role there. :param forms: the fields of each form, by the name of what asks with it:
        ``""`` the record, a task, a step, a register. :param own: the tasks and steps that he is asked for as a party.
    :param names: of the case's own people: whoever does not act in it reads their masks in what others wrote.
    :param named: whether the workflow names him among those who read it (``seen_by``); so he reads its papers, and no field that is for others.
    """

    acts: bool
    may: Callable[[str], bool]
    forms: Mapping[str, Fields]
    named: bool = False
    own: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()

    def beside(self, older: Mapping[str, Any]) -> Eyes:
        """These, and for fields that are gone what an older version of the workflow said of them."""
        old = forms_of(older)
        return replace(self, forms={asker: {**old.get(asker, {}), **self.forms.get(asker, {})} for asker in {**old, **self.forms}})

    def hides(self, field: Mapping[str, Any] | None, acts: bool) -> bool:
        """Whether a field is hidden; one that no form has any more is so from those who do not act."""
        if field is None:
            return not acts
        named = field.get("seen_by") or ()
        return not any(map(self.may, named)) if named else bool(field.get("personal")) and not acts

    def values(self, said: Mapping[str, Any], asker: str = "") -> dict[str, Any]:
        """The values of a form, those that are hidden as stars; what is empty stays so.

        :param asker: the task, step or register that asked for them; empty for the record.
        """
        return self._values(said, self.forms.get(asker, {}), self.acts or asker in self.own)

    def words(self, said: Any) -> Any:
        """What somebody wrote: to who acts as it is, to others with the names and numbers in it masked."""
        return said if self.acts else masking.words_within(said, self.names)

    def _values(self, said: Mapping[str, Any], fields: Fields, acts: bool) -> dict[str, Any]:
        return {name: self._value(value, fields.get(name), acts) for name, value in said.items()}

    def _value(self, value: Any, field: Mapping[str, Any] | None, acts: bool) -> Any:
        if value in (None, "", [], {}):
            return value
        if self.hides(field, acts):
            return STARS
        within = {one["name"]: one for one in (field or {}).get("fields", ())}
        if within and isinstance(value, Mapping):
            return self._values(value, within, acts)
        if within and isinstance(value, list):
            return [self._values(one, within, acts) if isinstance(one, Mapping) else one for one in value]
        return value if acts else self.words(value)

    def says(self, says: Mapping[str, Any], transition: str | None = None) -> dict[str, Any]:
        """What an event says."""
        asker = str(says.get("task") or transition or says.get("register") or "")
        forms = ("record", "before", "after", "given", "before_input")
        told = {name: said if name in forms else self.words(said) for name, said in says.items() if name not in ENGINES}
        for name in forms:
            if isinstance(told.get(name), Mapping):
                told[name] = self.values(told[name], asker if name in ("given", "before_input") else "")
        for name in FREE:
            if told.get(name) and not self.acts:
                told[name] = STARS
        return told


def eyes_on(runtime: Runtime, tx: Tx, actor: Actor, row: Any) -> Eyes:
    """What somebody may read of a case.

    :param row: the case's row.
    """
    if actor in _EVERYWHERE:
        return Eyes(True, lambda _: True, {}, named=True)
    kept = kept_workflow(tx, row["definition"], row["workflow"])
    program, workflow = runtime.registry.programs.get(row["program"]), None
    forms: Mapping[str, Fields] = forms_of(kept)
    if program is not None:
        from workflow_core.definition.snapshot import snapshot

        workflow = next((one for one in program.workflows if one.name == row["workflow"]), None)
        now: Mapping[str, Any] = next((one for one in snapshot(program)["workflows"] if one["name"] == row["workflow"]), {})
        forms = {asker: {**forms.get(asker, {}), **forms_of(now).get(asker, {})} for asker in {**forms, **forms_of(now)}}
    as_party = own_cases.names_of(tx, row["case_id"], actor.person_id) if actor.person_id else frozenset[str]()
    desks = (actor.login, *actor.stands_for) if actor.owns(program=row["program"]) else ()
    laid = [login for login in desks if desk.lies_on(tx, row["case_id"], login)]

    def may(role: str) -> bool:
        return any(actor.may(role, division=row["division"], place_id=row["place_id"], program=row["program"], assignee=one) for one in laid or (None,))

    doers = _doers(workflow) if workflow is not None else _kept_doers(kept)
    asked = [one for part in ("tasks", "transitions") for one in kept.get(part, ())]
    own = frozenset(str(one["name"]) for one in asked if as_party & set(one.get("by", ())))
    named = workflow is not None and any(may(role) for role in names_of(tuple(workflow.seen_by)))
    acts = any(map(may, doers - as_party))
    return Eyes(acts, may, forms, named, own, () if acts else people_in(tx, row))


def people_in(tx: Tx, row: Any) -> tuple[str, ...]:
    """The names of a case's own people: of whom it is about, of those who are tied to that one, and of its parties. Nobody's at a desk, which reads masks.

    :param row: the case's row.
    """
    if tx.desk:
        return ()
    found = list(parties.names(tx, [row["case_id"]]).values())
    if row["subject_id"] is not None and row["subject_kind"] in ("child", "volunteer"):
        found.append(facts.name_of(tx, row["subject_id"])[1])
        found += [one["name"] for one in people.relations(tx, [row["subject_id"]], ended=True).get(row["subject_id"], [])]
    return tuple(dict.fromkeys(one for one in found if one))


def may_read(runtime: Runtime, actor: Actor, workflow: Workflow[Any, Any], row: Any) -> Eyes:
    """The same for many cases of one installed workflow, without what was kept of older versions, and without parties.

    :param row: with ``division``, ``place_id``, ``program``.
    """
    from workflow_core.definition.snapshot import snapshot

    found = next(one for one in snapshot(runtime.registry.program(row["program"]))["workflows"] if one["name"] == workflow.name)

    def may(role: str) -> bool:
        return actor in _EVERYWHERE or actor.may(role, division=row["division"], place_id=row["place_id"], program=row["program"])

    return Eyes(any(map(may, _doers(workflow))), may, forms_of(found))


def _doers(workflow: Workflow[Any, Any]) -> set[str]:
    """The names of all roles and parties that act in a workflow."""
    asked = [one.doers for one in workflow.transitions] + [one.doers for one in workflow.all_tasks()] + [one.doers for one in workflow.registers]
    asked += [tuple(workflow.open_by), tuple(workflow.edit_by)]
    return {name for doers in asked for name in names_of(doers)}


def _kept_doers(workflow: Mapping[str, Any]) -> set[str]:
    """The same out of a definition that is kept."""
    named = {name for part in ("tasks", "transitions") for one in workflow.get(part, ()) for name in one.get("by", ())}
    parties = {one["name"] for one in workflow.get("parties", ())}
    return named | {role.name for role in STAND_INS} if named & parties else named


def forms_of(workflow: Mapping[str, Any]) -> dict[str, Fields]:
    """The fields of each form of a workflow, as a snapshot has it, by what asks with it: as ``Eyes.forms``."""
    found: dict[str, Any] = {"": workflow.get("record")}
    for part, name in (("tasks", "form"), ("transitions", "form"), ("registers", "row")):
        found |= {one["name"]: one.get(name) for one in workflow.get(part, ())}
    return {asker: {one["name"]: one for one in (form or {}).get("fields", ())} for asker, form in found.items()}


def along(fields: Fields, path: str) -> list[Mapping[str, Any] | None]:
    """The fields that say who reads a value: its own, those of the forms that it stands in, and of a whole form all within it; None for one that is unknown.

    :param path: ``contact.who``.
    """
    found: list[Mapping[str, Any] | None] = []
    for name in path.split("."):
        field = fields.get(name)
        found.append(field)
        if field is None:
            return found
        fields = {one["name"]: one for one in field.get("fields", ())}
    return found + [deeper for name in fields for deeper in along(fields, name)]
