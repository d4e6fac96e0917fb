"""What an effect on another case is, written down for the time between the commit that sends it and the one that carries it out.

Effects hold functions of the program, which no row can hold. One that stands in the program's file is written down as where it is found there: by
what it says, so that it is found again in a newer version that left it alone. One that a plan or an import made is written down whole, and must be
plain: no function in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from workflow_core.definition import (
    CloseTask,
    Do,
    Document,
    Draft,
    Effect,
    Enter,
    Fact,
    Fire,
    On,
    Open,
    OpenTask,
    Program,
    Register,
    SetField,
    Target,
    Task,
    Transition,
    Workflow,
    form_fields,
    path_of,
    ref,
)
from workflow_core.definition.upgrades import upgrade_of
from workflow_core.errors import Damaged
from workflow_core.i18n import N_
from workflow_core.inputs import decode, decode_value, encode, encode_value


def sign(effect: Effect) -> str:
    """What an effect says, in a line: ``on parts Check/listed: fire miss``."""
    named = [getattr(effect, name, None) for name in ("task", "document", "transition", "fact", "register")]
    words = [type(effect).__name__, *(one.name for one in named if isinstance(one, (Task, Document, Transition, Fact, Register)))]
    if isinstance(effect, On):
        target = effect.target
        words.append(target.which if isinstance(target, Target) else repr(target) if path_of(target) is not None else "")
        if isinstance(target, Target):
            words += [target.record.__name__ if target.record else "", *(stage.name for stage in target.stages)]
    if isinstance(effect, SetField):
        words.append(repr(effect.field))
    inner = [*getattr(effect, "do", ()), *getattr(effect, "otherwise", ()), *getattr(effect, "set", ())]
    return " ".join(one for one in words if one) + (f" ({'; '.join(sign(one) for one in inner)})" if inner else "")


@lru_cache(maxsize=256)
def _ons(workflow: Workflow[Any, Any]) -> tuple[tuple[str, On], ...]:
    return tuple((sign(one), one) for one in workflow.all_effects() if isinstance(one, On))


def place_of(workflow: Workflow[Any, Any], effect: On) -> dict[str, Any] | None:
    """Where an effect stands in its workflow: what it says, and the how many-th of those that say so; None where it stands nowhere."""
    said = sign(effect)
    alike = [one for sign_, one in _ons(workflow) if sign_ == said]
    where = {"workflow": workflow.name, "sign": said, "plain": plain(effect)}
    return next(({**where, "n": n} for n, one in enumerate(alike) if one is effect), None)


def plain(effect: Effect) -> list[Any]:
    """The same as JSON values, by which it is found after an upgrade: without what chose the cases of an ``On`` when it was sent."""
    named = [[kind, one.name] for kind in _NAMED if isinstance(one := getattr(effect, kind, None), _KINDS)]
    target = effect.target if isinstance(effect, On) else None
    which = target.which if isinstance(target, Target) else "" if target is None or path_of(target) is None else "ref"
    field = path.careflow_name if isinstance(effect, SetField) and (path := path_of(effect.field)) is not None else ""
    inner = [*getattr(effect, "do", ()), *getattr(effect, "otherwise", ()), *getattr(effect, "set", ())]
    return [type(effect).__name__, named, which, field, [plain(one) for one in inner]]


_NAMED = ("task", "document", "transition", "fact", "register")
_KINDS = (Task, Document, Transition, Fact, Register)


def find(program: Program[Any], place: Mapping[str, Any], version: int | None = None) -> On:
    """The effect that stands there, or what the program's upgrades have made of it.

    :param version: the program's when it was sent; None: the present one.
    :raises Damaged: ``effect_gone``: the program has changed, and has no such effect any more.
    """
    workflow, alike = next((one for one in program.workflows if one.name == place["workflow"]), None), []
    if workflow is not None:
        alike = [one for said, one in _ons(workflow) if said == place["sign"]]
    if place["n"] >= len(alike) and version is not None and version < program.version and "plain" in place:
        workflow, names = upgrade_of(program, place["workflow"], version)[0], renamed(program, version)
        wanted = _renamed(place["plain"], names)
        alike = [] if workflow is None else [one for _, one in _ons(workflow) if plain(one) == wanted]
    if place["n"] >= len(alike):
        raise gone(program)
    found: On = alike[place["n"]]
    return found


def renamed(program: Program[Any], version: int) -> dict[str, str]:
    """What tasks of an older version are called now, where the upgrades say so."""
    found: dict[str, str] = {}
    for one in sorted((one for one in program.upgrades if one.since <= version), key=lambda one: one.since):
        found.update({old: new.name for old, new in one.tasks.items() if new is not None})
    return found


def _renamed(one: list[Any], names: Mapping[str, str]) -> list[Any]:
    kind, named, which, field, inner = one
    return [kind, [[of, names.get(name, name) if of == "task" else name] for of, name in named], which, field, [_renamed(each, names) for each in inner]]


def write(effects: Sequence[Effect]) -> list[dict[str, Any]]:
    """Effects as JSON values.

    :raises Damaged: ``effect_not_plain``: a function stands in one, or it is of a kind that only a program's file may hold.
    """
    return [_write(one) for one in effects]


def _write(effect: Effect) -> dict[str, Any]:
    if isinstance(effect, Fire):
        given = None if effect.input is None else encode(effect.input)
        return {"effect": "fire", "transition": effect.transition.name, "input": given, "set": [_write(one) for one in effect.set]}
    if isinstance(effect, SetField):
        path = path_of(effect.field)
        if path is not None and not callable(effect.value) and path_of(effect.value) is None:
            return {"effect": "set", "field": path.careflow_name, "value": encode_value(path.careflow_of, path.careflow_name, effect.value)}
    if isinstance(effect, Do):
        return {"effect": "do", "task": effect.task.name, "input": None if effect.input is None else encode(effect.input)}
    if isinstance(effect, Enter) and not callable(effect.row) and path_of(effect.row) is None:
        return {"effect": "enter", "register": effect.register.name, "row": encode(effect.row)}
    if isinstance(effect, OpenTask):
        return {"effect": "open_task", "task": effect.task.name, "about": effect.about}
    if isinstance(effect, CloseTask):
        return {"effect": "close_task", "task": effect.task.name}
    if isinstance(effect, Draft):
        return {"effect": "draft", "document": effect.document.name}
    if isinstance(effect, Open) and effect.whole is None and effect.parties == {} and not callable(effect.subject):
        about = {"record": type(effect.record).__name__, "values": encode(effect.record), "subject": getattr(effect.subject, "ref", effect.subject)}
        return {"effect": "open", **about, "key": effect.key, "child": effect.child, "stage": None if effect.stage is None else effect.stage.name}
    message, hint = N_("the effect {effect} cannot be sent from here"), N_("tell whoever maintains the program")
    raise Damaged("effect_not_plain", message, hint=hint, effect=type(effect).__name__)


def read(program: Program[Any], workflow: Workflow[Any, Any], written: Sequence[Mapping[str, Any]], version: int | None = None) -> list[Effect]:
    """The effects that ``write`` wrote, for a case of that workflow.

    :param version: the program's when they were written; None: the present one.
    :raises Damaged: ``effect_gone``: what one of them names is no longer there.
    """
    names = renamed(program, version) if version is not None and version < program.version else {}
    return [_read(program, workflow, {**one, "task": names.get(one["task"], one["task"])} if "task" in one else one) for one in written]


def _read(program: Program[Any], workflow: Workflow[Any, Any], one: Mapping[str, Any]) -> Effect:
    kind = one["effect"]
    if kind == "fire":
        transition = _named(workflow.transitions, one["transition"], program)
        given = None if one["input"] is None or transition.form is None else decode(transition.form, one["input"])
        sets = [_read(program, workflow, each) for each in one["set"]]
        return Fire(transition, given, set=[each for each in sets if isinstance(each, SetField)])
    if kind == "set":
        field = form_fields(workflow.record).get(one["field"])
        if field is None:
            raise gone(program)
        return SetField(getattr(ref(workflow.record), field.name), decode_value(field.type, one["value"]))
    if kind == "enter":
        register = _named(workflow.registers, one["register"], program)
        return Enter(register, decode(register.row, one["row"]))
    if kind == "draft":
        return Draft(_named(workflow.documents(), one["document"], program))
    if kind == "open":
        other = next((each for each in program.workflows if each.record.__name__ == one["record"]), None)
        if other is None:
            raise gone(program)
        stage = None if one["stage"] is None else other.stage(one["stage"])
        return Open(decode(other.record, one["values"]), one["subject"], key=one["key"], child=one["child"], stage=stage)
    task = _named(workflow.all_tasks(), one["task"], program)
    if kind == "do":
        return Do(task, None if one["input"] is None or task.form is None else decode(task.form, one["input"]))
    return OpenTask(task, one["about"]) if kind == "open_task" else CloseTask(task)


def _named(things: Sequence[Any], name: str, program: Program[Any]) -> Any:
    found = next((one for one in things if one.name == name), None)
    if found is None:
        raise gone(program)
    return found


def gone(program: Program[Any]) -> Damaged:
    """The error for what was sent and is no longer in the program."""
    return Damaged("effect_gone", N_("the program {program} no longer has the effect that was sent"), hint=N_("see to the case by hand"), program=program.name)
