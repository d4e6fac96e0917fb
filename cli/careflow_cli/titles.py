"""What names are called: stages, tasks, transitions, fields, roles by their titles, in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from careflow_cli.session import Session
from workflow_core.clock import OFFICE_ZONE, unstamp
from workflow_core.i18n import N_, Label, language, translate

if TYPE_CHECKING:
    from workflow_core.definition import Party, Role
    from workflow_core.engine import Titles

_STATES = {
    "open": N_("to be done"),
    "done": N_("done"),
    "missed": N_("missed"),
    "skipped": N_("skipped"),
    "closed": N_("closed"),
    "undone": N_("taken back"),
    "draft": N_("draft"),
    "signed": N_("signed"),
    "served": N_("served"),
    "answered": N_("answered"),
    "void": N_("void"),
}
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


def state(name: str) -> str:
    """The state of a task or a paper."""
    return translate(_STATES.get(name, name))


def role(name: str) -> str:
    """A role's title, or that of a party of a program's cases; the name where neither the house nor a program knows it."""
    from workflow_core.access import known_roles

    found = known_roles().get(name) or known_roles(_roles_of_programs()).get(name) or _party(name)
    return translate(found.title) if found is not None else name


def _roles_of_programs() -> list[Sequence[Role]]:
    ctx = click.get_current_context(silent=True)
    session = ctx.find_object(Session) if ctx is not None else None
    return [program.roles for program in session.registry.programs.values()] if session is not None else []


def _party(name: str) -> Party[Any] | None:
    ctx = click.get_current_context(silent=True)
    session = ctx.find_object(Session) if ctx is not None else None
    programs = session.registry.programs.values() if session is not None else ()
    return next((party for program in programs for workflow in program.workflows for party in workflow.parties if party.name == name), None)


def roles(names: Iterable[str]) -> str:
    """Several roles in one line."""
    return listed(role(name) for name in names)


def listed(words: Iterable[str]) -> str:
    """Several words in one line."""
    return ("、" if language() == "zh_CN" else ", ").join(words)


def value(name: str, stored: Any, titles: Titles) -> str:
    """A stored value of a field as people read it: a choice by its label, an instant in the office's time."""
    if stored in (None, "", []):
        return ""
    if isinstance(stored, bool):
        return translate("yes") if stored else translate("no")
    if isinstance(stored, list):
        return listed(value(name, one, titles) for one in stored)
    if isinstance(stored, Mapping):
        return str(stored.get("name", "")) or listed(
            translate("{label}: {said}", label=label(key, titles, name), said=said) for key, one in stored.items() if (said := value(key, one, titles))
        )
    text = str(stored)
    if _INSTANT.fullmatch(text):
        return unstamp(text).astimezone(OFFICE_ZONE).strftime("%Y-%m-%d %H:%M")
    return translate(titles.choices.get(f"{name}.{text}", "")) or text


def subject(ref: str | None, name: str | None) -> str:
    """Whom a case is about: the reference and the masked name."""
    return " ".join(part for part in (ref, name) if part)


def task(title: str, kind: str, about: str = "", at: str | None = None) -> str:
    """What is to be done, as lists show it; a paper that waits for its signature says so.

    :param about: for which of several; :param at: when it began to be asked for, where that is a time of the day.
    """
    said = translate("sign: {paper}", paper=Label(title)) if kind == "paper" else translate(title)
    return " · ".join([said, *([about] if about else []), *([at[11:]] if at else [])])


def label(name: str, titles: Titles, asker: str = "") -> str:
    """What a field is called; by the task or transition that asks it, where that calls it otherwise."""
    return translate(titles.fields.get(f"{asker}.{name}") or titles.fields.get(name, name))


def answers(given: Mapping[str, Any], titles: Titles, asker: str = "") -> list[str]:
    """What was entered: a line for each field that says something.

    :param asker: the task or transition that asked; empty for the case's record.
    """
    order = {name: n for n, name in enumerate(titles.fields)}
    found = ((name, value(name, given[name], titles)) for name in sorted(given, key=lambda name: order.get(name, len(order))))
    return [translate("{label}: {said}", label=label(name, titles, asker), said=said) for name, said in found if said]
