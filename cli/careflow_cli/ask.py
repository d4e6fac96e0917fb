"""Prompts from forms: each field with its label, its choices, its help and its default, asked again until the answer can be taken."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from workflow_core.errors import Misused, Problem, Refused
from workflow_core.i18n import N_, translate

if TYPE_CHECKING:
    from workflow_core.inputs import FieldInfo

T = TypeVar("T")

SKIP = frozenset({"form"})
"""What cannot be typed at a prompt: it is handed in by ``--from``."""


@dataclass(frozen=True)
class Question:
    """One field that is asked.

    :param form: the form (or record) that it is a field of.
    """

    form: type[Any]
    field: FieldInfo


def questions(form: type[Any]) -> list[Question]:
    """The fields of a form, or of a record."""
    from workflow_core.inputs import fields_for

    return [Question(form, field) for field in fields_for(form)]


def asked(found: Mapping[str, tuple[type[Any], str]]) -> list[Question]:
    """The fields that a task or a transition asks, as ``Engine.asks`` tells them."""
    known = {form: {one.field.name: one for one in questions(form)} for form, _ in found.values()}
    return [known[form][name] for form, name in found.values()]


def at_a_terminal() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def complete(wanted: Sequence[Question], given: Mapping[str, object], *, all_of_them: bool | None = None, check: bool = False) -> dict[str, object]:
    """What was given, and what a person answers to the rest.

    Without a terminal nothing is asked, and whoever takes the values says everything that is missing at once.

    :param all_of_them: asks optional fields too; where None, only if nothing at all was given.
    :param check: whether what was given is read by these very forms afterwards: then what is wrong with it is told before anything is asked.
    :raises Misused: ``input_invalid``.
    """
    found = dict(given)
    if not at_a_terminal():
        return found
    if check:
        _check(wanted, given)
    everything = not given if all_of_them is None else all_of_them
    said = {_folded(name) for name in given}
    for question in wanted:
        field = question.field
        if {_folded(field.name), _folded(field.label)} & said or field.kind in SKIP:
            continue
        if field.required or everything:
            answer = prompt(question)
            if answer:
                found[field.name] = answer
    return found


def _check(wanted: Sequence[Question], given: Mapping[str, object]) -> None:
    """Tell what is wrong with what was given, each field by its own form; a file's path is looked at when it is put in."""
    from workflow_core.inputs import validate_some

    forms = list(dict.fromkeys(one.form for one in wanted))
    of = {_folded(name): one for one in wanted for name in (one.field.name, one.field.label)}
    problems: list[Problem] = []
    for form in forms:
        asked_here = {key: of.get(_folded(key)) for key in given}
        values = {key: given[key] for key, one in asked_here.items() if (one is None and form is forms[0]) or (one is not None and one.form is form)}
        files = {key for key in values if (one := asked_here[key]) is not None and one.field.kind == "attachment"}
        try:
            validate_some(form, {key: said for key, said in values.items() if key not in files}, only=[one.field.name for one in wanted if one.form is form])
        except Misused as wrong:
            problems += wrong.problems
    if problems:
        raise Misused("input_invalid", N_("{count} of the values given cannot be taken"), problems=problems, count=len(problems))


def _folded(name: str) -> str:
    return name.strip().replace("-", "_").casefold()


def prompt(question: Question) -> str:
    """Asks one field until the answer can be taken; empty where nothing is said of a field that may be left out."""
    from workflow_core.inputs import show, validate_some

    field = question.field
    _introduce(field)
    default = show(field.default) if field.default not in (None, "", ()) else ""
    while True:
        typed = str(click.prompt(_label(field, default), default="", show_default=False, err=True)).strip()
        answer = _chosen(field, typed)
        if not answer:
            if not field.required or field.optional:
                return ""
            click.echo("  " + translate("this one is needed"), err=True)
            continue
        if field.kind == "attachment":
            if Path(answer).expanduser().is_file():
                return str(Path(answer).expanduser())
            click.echo("  " + translate("there is no such file"), err=True)
            continue
        try:
            validate_some(question.form, {field.name: answer}, only=[field.name])
        except Misused as wrong:
            for problem in wrong.problems:
                click.echo(f"  {problem.text()}" + (f" ({problem.advice()})" if problem.hint else ""), err=True)
            continue
        return answer


def _introduce(field: FieldInfo) -> None:
    """Says what is asked, and lists the choices with a number each."""
    if field.help:
        click.echo(f"  {field.help}", err=True)
    for n, (_, label) in enumerate(field.choices, 1):
        click.echo(f"  {n:>2}  {label}", err=True)


_FORMATS = {"date": "2026-10-21", "instant": "2026-10-21 09:00", "time": "07:30"}


def _label(field: FieldInfo, default: str) -> str:
    notes = []
    if field.unit:
        notes.append(field.unit)
    if field.kind == "yes_no":
        notes.append(translate("yes/no"))
    if field.kind == "attachment":
        notes.append(translate("the path of a file"))
    if field.choices:
        notes.append(translate("numbers, apart by commas") if field.many else translate("number or word"))
    notes += [translate("like {example}", example=_FORMATS[field.kind])] if field.kind in _FORMATS else []
    if default:
        notes.append(translate("Enter: {default}", default=default))
    elif not field.required or field.optional:
        notes.append(translate("Enter: nothing"))
    return field.label + (f" ({'; '.join(notes)})" if notes else "")


def _chosen(field: FieldInfo, typed: str) -> str:
    """The names of the choices that were picked by number; anything else as it was typed."""
    if not field.choices or not typed:
        return typed
    words = typed.replace("，", ",").replace("、", ",").split(",") if field.many else [typed]
    picked = []
    for word in words:
        number = word.strip()
        if number.isdecimal() and 1 <= int(number) <= len(field.choices):
            picked.append(field.choices[int(number) - 1][0])
        else:
            picked.append(number)
    return ", ".join(picked)


def confirmed(step: Callable[[str], T], reason: str) -> T:
    """Does the step; where a warning stands in its way and somebody is there, asks for the reason and does it all the same."""
    try:
        return step(reason)
    except Refused as refused:
        if reason or refused.code != "confirm_needed" or not at_a_terminal():
            raise
        click.echo(refused.text(), err=True)
        for problem in refused.problems:
            click.echo(f"  - {problem.text()}", err=True)
    typed = str(click.prompt(translate("why all the same? (Enter: do not)"), default="", show_default=False, err=True)).strip()
    if not typed:
        raise click.exceptions.Abort
    return step(typed)


def nothing_given() -> str:
    """What is said where a change names no value."""
    return translate("nothing is given: write --set FIELD=VALUE, or --from FILE")
