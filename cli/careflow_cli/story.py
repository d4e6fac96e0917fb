"""A case's history as a story: when, who, what came of it, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

import click

from careflow_cli import journal_words
from careflow_cli import titles as called
from careflow_cli.output import moment
from careflow_cli.width import pad, width, wrap
from workflow_core.i18n import N_, Label, Labels, translate

if TYPE_CHECKING:
    from workflow_core.engine import Titles

_HEADLINES = {
    "opened": N_("Opened: {to}"),
    "advanced": N_("{transition}: {from} → {to}"),
    "task_done": N_("Done: {task}"),
    "task_undone": N_("Taken back, it waits again: {task}"),
    "task_corrected": N_("Corrected: {task}"),
    "task_skipped": N_("Skipped: {task}"),
    "task_assigned": N_("Laid on {whom}: {task}"),
    "handed_over": N_("{giver} handed over to {to}"),
    "task_added": N_("Added a task for {whom}: {task}"),
    "task_opened": N_("It is time for: {task}"),
    "task_late": N_("Overdue: {task}"),
    "occurrence_missed": N_("Missed: {task}"),
    "timer_fired": N_("A deadline passed"),
    "entry_entered": N_("Entered in {register}, number {entry}"),
    "entry_closed": N_("Closed in {register}: number {of}, by number {entry}"),
    "entry_corrected": N_("Corrected in {register}: number {of}, by number {entry}"),
    "entry_struck": N_("Struck out in {register}: number {of}, by number {entry}"),
    "entry_followed": N_("Followed from {register}, number {entry}"),
    "entry_late": N_("Not closed in time in {register}: number {entry}"),
    "consent_refused": N_("No consent was given, and it needs one"),
    "consent_withdrawn": N_("The consent was withdrawn"),
    "noted": N_("Note: {note}"),
    "attached": N_("A file was put in: {name}"),
    "suspended": N_("Suspended: its deadlines stand still"),
    "resumed": N_("Goes on after {days} days"),
    "reopened": N_("Opened again: {to}"),
    "overridden": N_("Put past the rules: {from} → {to}"),
    "upgraded": N_("Moved to version {version} of its program: {from} → {to}"),
    "upgrade_undone": N_("Taken back to version {version} of its program: {from} → {to}"),
    "closed_by_hand": N_("Closed without its program: {from} → {to}"),
    "corrected": N_("The record was corrected"),
    "identified": N_("It is now known whom the case is about: {subject}"),
    "referral_accepted": N_("{program} takes care of it, in {case}"),
    "referral_declined": N_("{program} does nothing about it: {answer}"),
    "referral_closed": N_("{program} has answered: {answer}"),
    "transferred": N_("It moved with the child: {from_name} → {to_name}"),
    "kept_at_transfer": N_("The child moved, {from_name} → {to_name}; the case stays"),
    "ended_at_transfer": N_("The child moved, {from_name} → {to_name}; the case ends"),
    "imported": N_("Brought up to date from a sheet"),
    "told": N_("{sender} had this done here"),
    "refused_elsewhere": N_("{case} has refused what this case asked of it"),
    "passed_over": N_("A place was free, and the next in line got it"),
    "paper_drafted": N_("Drafted by hand: {document}"),
    "paper_signed": N_("Signed: {document}"),
    "paper_served": N_("Served on {served_on}: {document}"),
    "receipt_corrected": N_("The receipt was corrected, {before_on} → {served_on}: {document}"),
    "paper_answered": N_("Answered on {answered_on}: {document}"),
    "paper_voided": N_("Void: {document}"),
}
_HANDED = N_("It was handed over by itself: {from_name} → {to_name}")
"""Of a case that went elsewhere without its child's file."""
_DID = {
    "task_opened": N_("to do: {task}"),
    "due_moved": N_("another date for: {task}"),
    "task_closed": N_("no longer to do: {task}"),
    "task_done": N_("done with it: {task}"),
    "drafted": N_("a paper was drafted: {document}"),
    "draft_voided": N_("a draft is void, {reason}: {document}"),
    "entered": N_("entered: {register}"),
    "notified": N_("told {to}: {message}"),
    "escalated": N_("laid before {to}: {reason}"),
    "escalation_over": N_("over, since it was done after all: {reason}"),
    "referred": N_("asked {program} to take care: {reason}"),
    "observed": N_("noted of the child: {fact}"),
    "amended": N_("the child's own file was corrected: {field}"),
    "not_fired": N_("could not be taken by itself: {transition}"),
    "opened": N_("a case was opened: {case}"),
    "not_opened": N_("no case was opened, since there is one already"),
    "sent": N_("other cases were told"),
    "held_back": N_("nothing follows from it: it is not needed now"),
}


def tell(events: Sequence[Mapping[str, Any]], titles: Titles) -> None:
    """Writes the story, oldest first.

    :param events: as ``Engine.history`` gives them; :param titles: as it gives them with them.
    """
    who = [_who(event) for event in events]
    room = max((width(one) for one in who), default=0)
    columns = get_terminal_size().columns
    for event, actor in zip(events, who, strict=True):
        first = f"{moment(event['at'])}  {pad(actor, room)}  "
        indent = width(first)
        cells = max(columns - indent, 30)
        head, *rest = wrap(headline(event, titles), cells)
        click.echo(first + click.style(head, bold=True))
        for line in rest:
            click.echo(" " * indent + line)
        for said in details(event, titles):
            for n, line in enumerate(wrap(said, cells - 2)):
                click.echo(" " * indent + ("· " if n == 0 else "  ") + line)


def _who(event: Mapping[str, Any]) -> str:
    if event["actor"] == "system":
        return translate("by itself")
    if event.get("on_behalf"):
        return translate("{actor} for {other}", actor=event["actor"], other=event["on_behalf"])
    return str(event["actor"])


def headline(event: Mapping[str, Any], titles: Titles) -> str:
    """What happened, in one line."""
    kind = str(event["kind"])
    says: Mapping[str, Any] = event["says"]
    if event.get("erased"):
        return translate("What was written here was erased")
    if kind not in _HEADLINES:
        return journal_words.kind(kind)
    named: dict[str, Any] = {name: said for name, said in says.items() if isinstance(said, (str, int))}
    opened = [one for one in says.get("did", ()) if one.get("what") == "task_opened"]
    if kind == "task_opened" and not opened:
        return translate("The deadlines were counted anew")
    named["whom"] = called.roles(str(says.get("to", "")).split(", "))
    named["task"] = translate(str(says["title"])) if says.get("title") else task(says, titles) or called.listed(task(one, titles) for one in opened)
    if says.get("register"):
        named["register"] = Label(titles.registers.get(str(says["register"]), str(says["register"])))
    if says.get("document"):
        named["document"] = paper(says, titles)
    named["from"] = Label(titles.stages.get(event["from"], event["from"] or ""))
    named["to"] = Label(titles.stages.get(event["to"], event["to"] or ""))
    named["transition"] = Label(titles.transitions.get(event["transition"], event["transition"] or ""))
    return translate(_HANDED if kind == "transferred" and says.get("alone") else _HEADLINES[kind], **named)


def paper(says: Mapping[str, Any], titles: Titles) -> str:
    """What a paper is called, with its number where it has one."""
    title = translate(titles.papers.get(str(says["document"]), str(says["document"])))
    return f"{title} {says['number']}" if says.get("number") else title


def task(says: Mapping[str, Any], titles: Titles) -> str:
    """What a task is called."""
    name = str(says.get("task", ""))
    title = translate(titles.tasks.get(name, name))
    return f"{title} · {says['about']}" if says.get("about") else title


def details(event: Mapping[str, Any], titles: Titles) -> list[str]:
    """What was entered, why, and what followed."""
    says: Mapping[str, Any] = event["says"]
    lines: list[str] = []
    for name in ("record", "given"):
        if isinstance(says.get(name), Mapping):
            asker = str(says.get("task") or event.get("transition") or says.get("register") or "") if name == "given" else ""
            old = says.get("before_input") if name == "given" else None
            lines += _corrections(old, says[name], titles, asker) if isinstance(old, Mapping) else called.answers(says[name], titles, asker)
    lines += _changes(says, titles)
    if says.get("reason"):
        lines.append(translate("why: {reason}", reason=says["reason"]))
    if event["kind"] in ("paper_served", "receipt_corrected") and says.get("refused"):
        lines.append(translate("it was refused; witnesses signed"))
    if says.get("confirmed"):
        lines.append(translate("in spite of a warning, because: {reason}", reason=says["confirmed"]))
    if says.get("same_eyes"):
        lines.append(translate("four eyes were wanted; a training office lets it pass"))
    for one in says.get("reasons", ()):
        values = {name: Labels(said) if isinstance(said, list) else Label(str(said)) for name, said in one["values"].items()}
        lines.append(translate(one["message"], **values))
    return lines + [line for one in says.get("did", ()) if (line := did(one, titles))]


def _corrections(before: Mapping[str, Any], after: Mapping[str, Any], titles: Titles, asker: str) -> list[str]:
    """What was entered anew for a task that was done: before → after, of the fields that changed."""
    return [
        f"{called.label(name, titles, asker)}: {called.value(name, before.get(name), titles) or '–'} → {called.value(name, after[name], titles) or '–'}"
        for name in after
        if after[name] != before.get(name)
    ]


def _changes(says: Mapping[str, Any], titles: Titles) -> list[str]:
    """The fields of the record that changed: before → after."""
    before, after, given = (says.get(name) or {} for name in ("before", "after", "given"))
    changed = [name for name in after if name not in given or before.get(name)]
    return [
        translate(
            "{label}: {old} → {new}",
            label=called.label(name, titles),
            old=called.value(name, before.get(name), titles) or "–",
            new=called.value(name, after[name], titles) or "–",
        )
        for name in changed
    ]


def did(one: Mapping[str, Any], titles: Titles) -> str:
    """What followed, in one line; empty for what only the engine needs to know."""
    text = _DID.get(str(one.get("what")))
    if text is None:
        return ""
    named: dict[str, Any] = {name: Label(str(said)) for name, said in one.items()}
    named["task"] = task(one, titles)
    named["register"] = Label(titles.registers.get(str(one.get("register")), str(one.get("register"))))
    named["document"] = Label(titles.papers.get(str(one.get("document")), str(one.get("document"))))
    named["transition"] = Label(titles.transitions.get(str(one.get("transition")), str(one.get("transition"))))
    named["field"] = called.label(str(one.get("field", "")), titles)
    if "to" in one:
        named["to"] = called.role(str(one["to"]))
    said = translate(text, **named)
    return said + translate(", by {due}", due=one["due"]) if one.get("due") else said
