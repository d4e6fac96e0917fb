"""What an effect on another case says of the one that sends it: the other cannot know, so it is lent the values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from workflow_core.definition import Amend, Effect, Enter, FieldPath, Fire, Observe, On, SetField, Target, form_fields, path_of
from workflow_core.engine.work import Work
from workflow_core.inputs import decode, decode_value, encode, encode_value


def lent(work: Work, effect: On, at: datetime) -> dict[str, Any]:
    """What the references to the sender, or to the input at hand, stand for: the other case cannot know."""
    other = effect.target.record if isinstance(effect.target, Target) else None
    theirs = (other, work.workflow.policy)
    forms = {work.workflow.record, *(task.form for task in work.workflow.all_tasks()), *(one.form for one in work.workflow.transitions), type(work.given)}
    found: dict[str, Any] = {}
    for path in references(effect.do):
        if path.careflow_of in forms and path.careflow_of not in theirs:
            value = work.view(at).value(path)
            found[repr(path)] = None if value is None else _stored(path, value)
    return found


def references(effects: Sequence[Effect]) -> Iterator[FieldPath]:
    """The references that stand for values in effects."""
    for effect in effects:
        values: list[object] = []
        if isinstance(effect, (SetField, Amend)):
            values = [effect.value]
        elif isinstance(effect, Fire):
            values = [effect.input, *(one.value for one in effect.set)]
        elif isinstance(effect, Observe):
            values = [effect.value, effect.on]
        elif isinstance(effect, Enter):
            values = [effect.row]
        for value in values:
            path = path_of(value)
            if path is not None:
                yield path
        yield from references([*getattr(effect, "do", ()), *getattr(effect, "otherwise", ())])


def _stored(path: FieldPath, value: Any) -> Any:
    return encode(value) if not path.careflow_name else encode_value(path.careflow_of, path.careflow_name, value)


def read_lent(effects: Sequence[Effect], lent: Mapping[str, Any]) -> dict[str, Any]:
    """The values that were lent, by reference, of the types that their fields have."""
    found: dict[str, Any] = {}
    for path in references(effects):
        if repr(path) in lent:
            stored = lent[repr(path)]
            if path.careflow_name and stored is not None:
                stored = decode_value(form_fields(path.careflow_of)[path.careflow_name].type, stored)
            found[repr(path)] = stored if path.careflow_name or stored is None else decode(path.careflow_of, stored)
    return found
