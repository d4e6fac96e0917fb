"""What is shown of a plan: its decisions, and what it was asked with, without what their forms hold for some eyes only.

Whoever may see a plan need not know the people in it, so that every field with ``personal`` or ``seen_by`` is shown as stars, whoever asks; who acts in a
case reads them there. What is kept, and carried out, is whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from workflow_core.access import masking
from workflow_core.engine.hiding import Eyes, Fields, forms_of
from workflow_core.engine.runtime import Runtime

Hide = Callable[[Mapping[str, Any], str], dict[str, Any]]
"""Values of a form, and by what they were asked for, into the same with stars."""


def masked_input(runtime: Runtime, program: str, batch: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """What a plan was asked with, as it is shown; of a program that is gone all of it is stars."""
    found: Mapping[str, Any] = next((one for one in _known(runtime, program).get("batches", ()) if one["name"] == batch), {})
    return _nobody({"": _fields(found.get("form"))}).values(given)


def masked_decision(runtime: Runtime, program: str, stored: Mapping[str, Any]) -> dict[str, Any]:
    """A decision as it is shown: what it opens or does and where, without who is in it."""
    known = _known(runtime, program)
    shown = dict(stored)
    if "open" in stored:
        said = stored["open"]
        shown["open"] = {**said, "record": _hiding(known, "name", said["workflow"])(said["record"], "")}
    if "do" in stored:
        shown["do"] = [_effect(one, _hiding(known, "prefix", str(stored["on"]).partition("-")[0]), known) for one in stored["do"]]
    return shown


def _effect(one: Mapping[str, Any], hide: Hide, known: Mapping[str, Any]) -> dict[str, Any]:
    shown = dict(one)
    asker = str(one.get("transition") or one.get("task") or "")
    if one.get("input") is not None:
        shown["input"] = hide(one["input"], asker)
    if one.get("row") is not None:
        shown["row"] = hide(one["row"], str(one.get("register")))
    if "field" in one:
        shown["value"] = hide({one["field"]: one["value"]}, "")[one["field"]]
    if "values" in one:
        shown["values"] = _hiding(known, "record", one["record"])(one["values"], "")
    if one.get("about") is not None:
        shown["about"] = masking.masked_within(one["about"])
    if "set" in one:
        shown["set"] = [_effect(each, hide, known) for each in one["set"]]
    return shown


def _hiding(known: Mapping[str, Any], by: str, name: str) -> Hide:
    """What hides the values of one workflow: of that name or prefix, or with that record."""
    alike = (one for one in known.get("workflows", ()) if (one[by]["name"] if by == "record" else one[by]) == name)
    found: Mapping[str, Any] = next(alike, {})
    eyes = _nobody(forms_of(found))
    return lambda values, asker: eyes.values(masking.masked_within(values), asker)


def _known(runtime: Runtime, program: str) -> Mapping[str, Any]:
    from workflow_core.definition.snapshot import snapshot

    found = runtime.registry.programs.get(program)
    return {} if found is None else snapshot(found)


def _nobody(forms: Mapping[str, Fields]) -> Eyes:
    return Eyes(False, lambda _: False, forms)


def _fields(form: Mapping[str, Any] | None) -> Fields:
    return {one["name"]: one for one in (form or {}).get("fields", ())}
