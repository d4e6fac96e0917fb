"""The parts of a definition in words, in the reader's language: by when, how often, what happens, what a guard asks.

For pictures and pages of a program (``diagram``, ``portrait``). What a township may set is told with the program's own value and a star.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from textwrap import dedent
from typing import Any

from workflow_core.definition import (
    AUTOMATIC,
    SYSTEM,
    AnyOf,
    AnyTime,
    Consented,
    Daily,
    Do,
    Document,
    Done,
    Draft,
    Earliest,
    Effect,
    Escalate,
    Every,
    Filled,
    Fire,
    Is,
    Moment,
    NoneIn,
    Notify,
    On,
    Open,
    OpenTask,
    Paper,
    Per,
    Period,
    Program,
    Refer,
    Span,
    Stage,
    Task,
    When,
    Who,
    form_fields,
    path_of,
)
from workflow_core.definition.fields import label_of
from workflow_core.i18n import N_, language, translate

STAR = "*"
"""Marks what a township may set for itself."""
_ONE = {
    "minute": N_("1 minute"), "hour": N_("1 hour"), "day": N_("1 day"), "school_day": N_("1 school day"), "working_day": N_("1 working day"),
    "week": N_("1 week"), "month": N_("1 month"), "year": N_("1 year"),
}  # fmt: skip
_MANY = {
    "minute": N_("{n} minutes"), "hour": N_("{n} hours"), "day": N_("{n} days"), "school_day": N_("{n} school days"), "working_day": N_("{n} working days"),
    "week": N_("{n} weeks"), "month": N_("{n} months"), "year": N_("{n} years"),
}  # fmt: skip
_EACH = {
    "minute": N_("every minute"), "hour": N_("every hour"), "day": N_("every day"), "school_day": N_("every school day"),
    "working_day": N_("every working day"), "week": N_("every week"), "month": N_("every month"), "year": N_("every year"),
}  # fmt: skip
_PERIODS = {"day": N_("day"), "week": N_("week"), "month": N_("month"), "quarter": N_("quarter"), "term": N_("term"), "year": N_("year")}


def number(n: Any, policy: type[Any]) -> str:
    """A number as it is written, or the program's own value of a field of the policy, with a star."""
    path = path_of(n)
    if path is None:
        return f"{n:g}" if isinstance(n, (int, float)) else "…"
    field = form_fields(policy).get(path.careflow_name) if path.careflow_of is policy else None
    if field is None or field.required or not isinstance(field.default, (int, float)):
        return translate(label_of(n))
    return f"{field.default:g}{STAR}"


def span(said: Span, policy: type[Any]) -> str:
    """A length of time: ``5 school days*``."""
    n = number(said.n, policy)
    return translate(_ONE[said.unit]) + n[1:] if n in ("1", f"1{STAR}") else translate(_MANY[said.unit], n=n)


def due(said: Any, policy: type[Any], *, of_timer: bool = False) -> str:
    """By when a task is due; of a timer, when it rings."""
    if isinstance(said, Span):
        words = N_("after {span}") if of_timer else N_("within {span}")
        return translate(words, span=span(said, policy))
    if isinstance(said, Earliest):
        return translate(N_("whichever comes first: {whens}"), whens=joined(due(one, policy, of_timer=of_timer) for one in said.of))
    if isinstance(said, Moment):
        anchor = _anchor(said.anchor)
        if said.sign == 0 or (path_of(said.span.n) is None and not said.span.n):
            return translate(N_("on the day: {anchor}"), anchor=anchor)
        return translate(N_("{span} before: {anchor}") if said.sign < 0 else N_("{span} after: {anchor}"), span=span(said.span, policy), anchor=anchor)
    return ""


def _anchor(anchor: object) -> str:
    if isinstance(anchor, Task):
        return translate(N_("“{task}” was last done"), task=translate(anchor.title))
    if isinstance(anchor, tuple):
        return translate(N_("one of these was last done: {tasks}"), tasks=joined(translate(one.title) for one in anchor))
    if isinstance(anchor, Stage):
        return translate(N_("“{stage}” began"), stage=translate(anchor.title))
    if isinstance(anchor, Paper):
        words = N_("“{paper}” was signed") if anchor.event == "signed" else N_("“{paper}” was served")
        return translate(words, paper=translate(anchor.document.title))
    if isinstance(anchor, Period):
        return translate(N_("the {period} began"), period=translate(_PERIODS[anchor.name]))
    return translate(label_of(anchor)) if path_of(anchor) is not None else translate(N_("it was opened"))


def schedules(task: Task[Any], policy: type[Any]) -> str:
    """How often a task comes; empty for once."""
    return joined(said for one in task.schedules if (said := _schedule(one, policy)))


def _schedule(one: object, policy: type[Any]) -> str:
    if isinstance(one, AnyTime):
        return translate(N_("at any time"))
    if isinstance(one, Every):
        often = again(one.span, policy)
        return often if one.times is None else translate(N_("{often}, {n} times"), often=often, n=_times(one.times, policy))
    if isinstance(one, Daily):
        times = joined(f"{at.hour}:{at.minute:02d}" for at in sorted(one.at))
        if len(set(one.on)) == 7:
            return translate(N_("each day at {times}"), times=times)
        return translate(N_("at {times} on the weekdays {days}"), times=times, days=joined(str(day) for day in sorted(set(one.on))))
    if isinstance(one, Per):
        said = translate(N_("{n} in each {period}"), n=_times(one.times, policy), period=translate(_PERIODS[one.period.name]))
        return said if one.by_day is None else translate(N_("{often}, by day {day} of it"), often=said, day=one.by_day)
    return ""


def period(one: Period) -> str:
    """``month``, ``term``."""
    return translate(_PERIODS[one.name])


def again(every: Span, policy: type[Any]) -> str:
    """``every week``, ``every 2 weeks*``."""
    n = number(every.n, policy)
    return translate(_EACH[every.unit]) + n[1:] if n in ("1", f"1{STAR}") else translate(N_("every {span}"), span=span(every, policy))


def _times(times: Any, policy: type[Any]) -> str:
    return translate(N_("as many as the case asks for")) if path_of(times) is None and callable(times) else number(times, policy)


def who(doers: Iterable[Who]) -> str:
    """Who may: titles of roles and parties; how it is said of what nobody does."""
    found = [
        translate(N_("other cases and the clock")) if one == SYSTEM else translate(N_("by itself")) if one == AUTOMATIC else translate(one.title)
        for one in doers
    ]
    return joined(found)


def effects(said: Sequence[Effect], program: Program[Any]) -> list[str]:
    """What happens, as far as a person notices it: who is told, which paper is drafted, what is opened."""
    return list(dict.fromkeys(line for one in said for line in _effect(one, program)))


def _effect(one: Effect, program: Program[Any]) -> Iterator[str]:
    if isinstance(one, When):
        inner = effects([*one.do, *one.otherwise], program)
        yield from (translate(N_("where it applies: {what}"), what=line) for line in inner)
    elif isinstance(one, Escalate):
        yield translate(N_("laid before {who}: {reason}"), who=translate(one.to.title), reason=translate(one.reason))
    elif isinstance(one, Notify):
        yield translate(N_("a message to {who}: {message}"), who=translate(one.to.title), message=translate(one.message))
    elif isinstance(one, Draft):
        yield translate(N_("drafted: {paper}"), paper=translate(one.document.title))
    elif isinstance(one, Refer):
        yield translate(N_("referred to {program}: {reason}"), program=one.program, reason=translate(one.reason))
    elif isinstance(one, OpenTask):
        yield translate(N_("to do: {task}"), task=translate(one.task.title))
    elif isinstance(one, Do):
        yield translate(N_("counts as done: {task}"), task=translate(one.task.title))
    elif isinstance(one, Fire):
        yield translate(N_("goes on: {transition}"), transition=translate(one.transition.title))
    elif isinstance(one, Open):
        yield translate(N_("a case is opened: {workflow}"), workflow=translate(program.workflow_of(type(one.record)).title))
    elif isinstance(one, On):
        yield from (translate(N_("in other cases: {what}"), what=line) for line in effects(one.do, program))
        yield from (translate(N_("where another case refuses: {what}"), what=line) for line in effects(one.refused, program))


def heard(said: Iterable[Effect]) -> list[str]:
    """The reasons of escalations and messages alone: the words in which somebody hears of it."""
    found: list[str] = []
    for one in said:
        if isinstance(one, (Escalate, Notify)):
            found.append(translate(one.reason if isinstance(one, Escalate) else one.message))
        elif isinstance(one, When):
            found += heard([*one.do, *one.otherwise])
    return found


def drafted(said: Iterable[Effect]) -> list[Document]:
    """The papers that effects draft."""
    found: list[Document] = []
    for one in said:
        if isinstance(one, Draft):
            found.append(one.document)
        elif isinstance(one, When):
            found += drafted([*one.do, *one.otherwise])
    return found


def guard(asked: Callable[..., Any]) -> list[str]:
    """What a guard asks, or says when it denies. A plain function is read, not run: what it denies with stands in its text."""
    if isinstance(asked, Done):
        return [translate(N_("done: {tasks}"), tasks=joined(translate(one.title) for one in asked.tasks))]
    if isinstance(asked, Filled):
        return [translate(N_("filled in: {fields}"), fields=joined(translate(label_of(one)) for one in asked.fields))]
    if isinstance(asked, Is):
        wanted = joined(translate(str(getattr(one, "value", one))) if one is not None else translate(N_("not known")) for one in asked.values)
        return [translate(N_("{field} is: {wanted}"), field=translate(label_of(asked.field)), wanted=wanted)]
    if isinstance(asked, Consented):
        return [translate(N_("consent to: {what}"), what=translate(asked.consent.title))]
    if isinstance(asked, NoneIn):
        stages = joined(translate(one.title) for one in asked.stages)
        return [translate(N_("no part of it is at: {stages}"), stages=stages) if stages else translate(N_("no part of it is open"))]
    if isinstance(asked, AnyOf):
        return [translate(N_("one of: {guards}"), guards=joined(line for one in asked.guards for line in guard(one)))]
    denies = denials(asked)
    if denies:
        return [translate(N_("not if: {reason}"), reason=open_places(translate(one))) for one in denies]
    doc = (inspect.getdoc(asked) or "").split("\n\n")[0]
    if doc and language() == "en":
        return [" ".join(doc.split()).rstrip(".")]
    return [translate(N_("see: care case why"))]


@cache
def denials(asked: Callable[..., Any]) -> tuple[str, ...]:
    """The msgids with which a function denies, as they stand in its text and in that of the functions of its own package that it asks; none where it
    cannot be read."""
    return tuple(dict.fromkeys(_denials(asked, [])))


def _denials(asked: Callable[..., Any], seen: list[Callable[..., Any]]) -> Iterator[str]:
    seen.append(asked)
    try:
        tree = ast.parse(dedent(inspect.getsource(asked)))
    except (OSError, TypeError, SyntaxError):
        return
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        if getattr(call.func, "id", "") in ("deny", "warn"):
            said = call.args[0].value if call.args and isinstance(call.args[0], ast.Constant) else None
            if isinstance(said, str):
                yield said
            continue
        other = _called(asked, call.func)
        if other is not None and not any(other is one for one in seen):
            yield from _denials(other, seen)


def _called(asked: Callable[..., Any], named: ast.expr) -> Callable[..., Any] | None:
    """The plain function of the same package that a call names, by itself or in a module."""
    known = getattr(asked, "__globals__", {})
    if isinstance(named, ast.Name):
        found = known.get(named.id)
    elif isinstance(named, ast.Attribute) and isinstance(named.value, ast.Name) and inspect.ismodule(known.get(named.value.id)):
        found = getattr(known[named.value.id], named.attr, None)
    else:
        found = None
    own = asked.__module__.partition(".")[0]
    return found if inspect.isfunction(found) and found.__module__.partition(".")[0] == own else None


def open_places(text: str) -> str:
    """A reason before anything is known: three dots in the place of each value."""
    out, depth = [], 0
    for sign in text:
        depth += sign == "{"
        if depth == 0:
            out.append(sign)
        elif sign == "}":
            depth -= 1
            out.append("…")
    return "".join(out)


def joined(parts: Iterable[str]) -> str:
    """Several, one after the other."""
    return translate(N_(", ")).join(part for part in parts if part)
