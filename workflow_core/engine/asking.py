"""What a task or a transition asks, and what was given: a form of its own, fields of the record, or both, checked together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from workflow_core.clock import civil_date
from workflow_core.definition import Deny, Task, Transition, Warn, form_fields, path_of
from workflow_core.engine import machine
from workflow_core.engine.state import CaseState
from workflow_core.engine.work import Work
from workflow_core.errors import Misused, NotPermitted, Problem, Refused
from workflow_core.i18n import N_, Label
from workflow_core.inputs import encode, encode_value, validate, validate_some
from workflow_core.store import desk

Asks = Task[Any] | Transition[Any, Any, Any]


@dataclass(frozen=True)
class Given:
    """An input that was checked.

    :param form: the form's instance; None where none is asked.
    :param fills: fields of the record that were given.
    :param raw: both as they are stored with the event.
    """

    form: Any
    fills: dict[str, Any]
    raw: dict[str, Any]


def filled_fields(asks: Asks) -> tuple[str, ...]:
    """The names of the record's fields that it fills."""
    return tuple(path.careflow_name for path in map(path_of, asks.fills) if path is not None)


def asked_fields(asks: Asks, record: type[Any]) -> dict[str, tuple[type[Any], str]]:
    """Every field that is asked: its name, and the class and name that describe it, for prompts and sheets."""
    found: dict[str, tuple[type[Any], str]] = {}
    if asks.form is not None:
        found.update({name: (asks.form, name) for name in form_fields(asks.form)})
    found.update({name: (record, name) for name in filled_fields(asks)})
    return found


def read_input(work: Work, asks: Asks, given: Mapping[str, object], at: datetime, *, trial: bool = False) -> Given:
    """Check an input against what is asked; all that is wrong is told at once.

    :param trial: nothing will be written: then a file that it names need not be kept yet, since it may still be put in before the step is taken.
    :raises Misused: ``input_invalid``; with ``file_not_kept`` where it names a file by a digest that is not kept with the case.
    """
    fills = filled_fields(asks)
    own = set(form_fields(asks.form)) if asks.form is not None else set()
    year = school_year(civil_date(at))
    problems: list[Problem] = []
    form, filled = None, {}
    for_form = {name: value for name, value in given.items() if name in own or name not in fills}
    try:
        if asks.form is not None:
            form = validate(asks.form, for_form, school_year=year)
        elif for_form:
            validate_some(work.workflow.record, for_form, only=fills, school_year=year)
    except Misused as error:
        problems += error.problems
    try:
        filled = validate_some(work.workflow.record, {name: value for name, value in given.items() if name in fills}, only=fills, school_year=year)
    except Misused as error:
        problems += error.problems
    if fills and not filled and asks.form is None and not problems:
        problems.append(Problem("nothing_given", N_("nothing was filled in"), hint=N_("give at least one of: {fields}"), values={"fields": ", ".join(fills)}))
    if problems:
        raise Misused("input_invalid", N_("the input is not right"), hint=N_("nothing was written: correct it and give it again"), problems=problems)
    raw = {**(encode(form) if form is not None else {}), **_encoded(work.workflow.record, filled)}
    lost = [] if trial else files_not_kept(work, raw)
    if lost:
        raise Misused("input_invalid", N_("the input is not right"), hint=N_("nothing was written: correct it and give it again"), problems=lost)
    return Given(form, filled, raw)


def run_checks(work: Work, asks: Asks, given: Given, at: datetime, confirm: str) -> None:
    """Ask the definition's checks of the case and the input.

    :param confirm: a reason; with it, warnings pass and are kept.
    :raises Refused: ``denied``, with every reason.
    """
    said = [one for one in (machine.ask_guard(_bound(check, given.form), work.view(at, given.form)) for check in asks.checks) if one is not None]
    settle(work, said, confirm, asks.name)


def settle(work: Work, said: list[Deny], confirm: str, what: str = "") -> None:
    """Refuse for what was said, unless all of it are warnings and a person confirms them.

    :param what: the transition or task whose input was checked.
    :raises Refused: ``denied``, or ``confirm_needed`` where a reason would let it pass.
    """
    hard = [one for one in said if not isinstance(one, Warn)]
    soft = [one for one in said if isinstance(one, Warn)]
    if hard or (soft and not confirm):
        problems = [as_problem(one) for one in said]
        if hard:
            hint = N_("change what you enter, or see: care case why {ref} {what}") if what else N_("see: care case why {ref}")
            raise Refused("denied", N_("it cannot be done now"), hint=hint, problems=problems, ref=work.state.ref, what=what)
        raise Refused("confirm_needed", N_("it can be done if you confirm it"), hint=N_("repeat it with --confirm and a reason"), problems=problems)
    work.warnings += soft


def hold_always(work: Work, at: datetime) -> None:
    """Refuse a record that must never be, when a person has opened the case or corrected it.

    :raises Refused: ``denied``, with the reason of each guard of ``always``.
    """
    said = machine.ask_guards(work.workflow.always, work.view(at)) if work.workflow.always else []
    if said:
        raise Refused("denied", N_("it cannot be done now"), problems=[as_problem(one) for one in said])


def not_fixed(work: Work, names: Sequence[str]) -> None:
    """Refuse what a person writes by hand and only steps may write.

    :param names: of the record's fields that would become another value.
    :raises Refused: ``field_fixed``, with all of them.
    """
    fields = form_fields(work.workflow.record)
    fixed = [name for name in names if fields[name].fixed_in(work.state.stage)]
    if fixed:
        hint = N_("who wrote it: care case history {ref}; an entry that was wrong is corrected where it was made: care task correct")
        raise Refused("field_fixed", N_("only the steps of a case write: {fields}"), hint=hint, fields=", ".join(fixed), ref=work.state.ref)


def as_problem(said: Deny) -> Problem:
    """A guard's no as a problem."""
    return Problem(said.code, said.reason, hint=said.hint, values=dict(said.values))


def four_eyes(state: CaseState, asks: Asks, actor: str, *, training: bool) -> bool:
    """Whether somebody else than this account did what it must be done after; a deputy's eyes are those of whom he stands in for, too.

    :returns: False where the same account did both, which only a training office lets pass.
    :raises NotPermitted: ``four_eyes``.
    """
    others: set[str] = set()
    mine = {actor, *([state.stead] if state.stead is not None else [])}
    for one in asks.four_eyes:
        if isinstance(one, Task):
            others.update(row.closed_by for row in state.rows_of(one.name) if row.state == "done" and row.closed_by is not None)
        else:
            others.update(result.actor for result in state.taken if result.transition == one.name)
    if mine.isdisjoint(others):
        return True
    if not training:
        raise NotPermitted("four_eyes", N_("somebody else must do this: you did the step before it"), hint=N_("hand it to a colleague with the role"))
    return False


def school_year(day: date) -> int:
    """The year in which the school year of a day began: the first of September."""
    return day.year if day.month >= 9 else day.year - 1


def labelled(title: str) -> Label:
    """A title as a value of a message, translated with it."""
    return Label(title)


def _encoded(record: type[Any], values: dict[str, Any]) -> dict[str, Any]:
    return {name: encode_value(record, name, value) for name, value in values.items()}


def files_not_kept(work: Work, raw: Mapping[str, Any]) -> list[Problem]:
    """A proof is the file, not its name: what is named by a digest must lie with this case."""
    named = [(field, digest) for field, value in raw.items() for digest in _digests(value)]
    if not named:
        return []
    kept = desk.files_kept(work.world.tx, work.state.case_id) | {one["digest"] for one in work.changes.attachments}
    hint = N_("put it in first: `care case attach {case} FILE`; or give the file's path")
    return [
        Problem("file_not_kept", N_("this file is not kept with the case"), field, hint, {"case": work.state.ref})
        for field, digest in named
        if digest not in kept
    ]


def _digests(value: Any) -> list[str]:
    """The digests of the files in a stored value, however deep they lie."""
    if isinstance(value, Mapping):
        if value.keys() == {"digest", "name"}:
            return [value["digest"]]
        return [digest for one in value.values() for digest in _digests(one)]
    return [digest for one in value for digest in _digests(one)] if isinstance(value, list) else []


def _bound(check: Any, form: Any) -> Any:
    def ask(case: Any) -> Deny | None:
        said: Deny | None = check(case, form)
        return said

    ask.__name__ = getattr(check, "__name__", "check")
    return ask
