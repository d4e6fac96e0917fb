"""What people do with a case beside its transitions: note, attach, suspend, resume, reopen, override, correct, say who it is about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from mimetypes import guess_type
from pathlib import Path
from typing import Any

from workflow_core.access.grants import Actor
from workflow_core.clock import civil_date
from workflow_core.definition import form_fields
from workflow_core.engine import asking
from workflow_core.engine.clockwork import stood_still
from workflow_core.engine.doers import all_roles
from workflow_core.engine.effects import apply
from workflow_core.engine.outcome import Outcome
from workflow_core.engine.reconcile import reconcile
from workflow_core.engine.runtime import OVERSEERS, Runtime, not_suspended
from workflow_core.engine.state import IDENTITY, REST
from workflow_core.engine.tasking import need_reason
from workflow_core.engine.work import Work
from workflow_core.errors import Misused, NotFound, Refused
from workflow_core.i18n import N_, Label
from workflow_core.inputs import validate_some
from workflow_core.nearest import nearest
from workflow_core.store import desk, facts

MOST_BYTES = 20 * 1024 * 1024
"""The largest file that is taken in: 20 MiB."""


def note(runtime: Runtime, actor: Actor, ref: str, text: str) -> Outcome:
    """Write something down with a case."""
    if not text.strip():
        raise Misused("note_empty", N_("the note is empty"), hint=N_("write it behind the case: care case note {ref} TEXT"), ref=ref)

    def act(work: Work, now: datetime) -> None:
        runtime.demand(actor, all_roles(work), work.state)
        work.begin("noted", now, note=text.strip())

    return runtime.change(actor, ref, act)


def attach(runtime: Runtime, actor: Actor, ref: str, path: Path, text: str = "") -> Outcome:
    """Keep a file with a case, by its digest; the same bytes are stored once.

    :raises Misused: ``file_unreadable``, ``file_too_large``.
    """
    digest, content, size = read_file(path)

    def act(work: Work, now: datetime) -> None:
        runtime.demand(actor, all_roles(work), work.state)
        work.begin("attached", now, name=path.name, digest=digest, size=size, note=text)
        media = guess_type(path.name)[0]
        work.changes.attachments.append({"name": path.name, "digest": digest, "media_type": media, "note": text or None, "at": now, "by": actor.login})

    with runtime.committing(), runtime.db.write() as tx:
        desk.keep_blob(tx, digest, content, runtime.clock.now())
        return runtime.change(actor, ref, act)


def read_file(path: Path) -> tuple[str, bytes, int]:
    """A file that is handed in: its digest, its bytes and their number.

    :raises Misused: ``file_unreadable``, ``file_too_large``.
    """
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= MOST_BYTES else b""
    except OSError as error:
        raise Misused("file_unreadable", N_("the file cannot be read: {why}"), why=error.strerror or type(error).__name__) from None
    if size > MOST_BYTES:
        raise Misused("file_too_large", N_("the file is larger than {most} MiB"), hint=N_("scan it with fewer dots per inch"), most=MOST_BYTES // 1024 // 1024)
    return sha256(content).hexdigest(), content, size


def suspend(runtime: Runtime, actor: Actor, ref: str, reason: str) -> Outcome:
    """Let a case rest: its timers and due dates stand still until it is resumed.

    :raises Refused: ``never_suspended``: its stage is one in which somebody answers for the child at every hour.
    """

    def act(work: Work, now: datetime) -> None:
        need_reason(reason)
        runtime.demand(actor, (*work.workflow.edit_by, *OVERSEERS), work.state)
        must_be_open(work)
        if work.state.suspended_at is not None:
            raise Refused("suspended", N_("the case is suspended already"))
        stage = work.workflow.stage(work.state.stage)
        if stage.never_rests:
            hint = N_("what can happen from here: care case why {ref}")
            raise Refused("never_suspended", N_("a case in {stage} is never suspended"), hint=hint, stage=Label(stage.title), ref=ref)
        work.begin("suspended", now, reason=reason)
        work.state.suspended_at = now
        reconcile(work, now)

    return runtime.change(actor, ref, act)


def resume(runtime: Runtime, actor: Actor, ref: str, reason: str = "") -> Outcome:
    """Let a suspended case go on: what was still to run when it was suspended runs from now."""

    def act(work: Work, now: datetime) -> None:
        runtime.demand(actor, (*work.workflow.edit_by, *OVERSEERS), work.state)
        since = work.state.suspended_at
        if since is None:
            raise Refused("not_suspended", N_("the case is not suspended"))
        if any(row.origin.startswith(REST) for row in work.state.open_tasks()):  # a consent was withdrawn: that it goes on all the same is to be explained
            need_reason(reason)
        work.begin("resumed", now, reason=reason, days=(civil_date(now) - civil_date(since)).days)
        work.state.suspended_at = None
        stood_still(work, since, now)
        reconcile(work, now)

    return runtime.change(actor, ref, act)


def reopen(runtime: Runtime, actor: Actor, ref: str, reason: str) -> Outcome:
    """Open a closed case again, in the stage that its program names for it.

    :raises Refused: ``not_closed``, ``never_reopened``.
    """

    def act(work: Work, now: datetime) -> None:
        need_reason(reason)
        runtime.demand(actor, (*work.workflow.edit_by, *OVERSEERS), work.state)
        if work.state.is_open:
            raise Refused("not_closed", N_("the case is not closed"))
        target = work.workflow.reopen_to
        if target is None:
            raise Refused("never_reopened", N_("cases of this kind are not reopened"), hint=N_("open a new one: `care case open`"))
        work.begin("reopened", now, reason=reason)
        work.move(target, now)
        apply(work, work.workflow.enter.get(target, ()), now)
        reconcile(work, now)

    return runtime.change(actor, ref, act)


def override(runtime: Runtime, actor: Actor, ref: str, stage: str, reason: str) -> Outcome:
    """Put a case into a stage by hand. For supervisors, when what happened fits no transition; told as such in its history.

    :raises NotFound: ``stage_unknown``.
    """

    def act(work: Work, now: datetime) -> None:
        need_reason(reason)
        runtime.demand(actor, OVERSEERS, work.state)
        names = [one.name for one in work.workflow.stages]
        if stage not in names:
            meant = nearest(stage, names)
            hint = N_("did you mean {meant}?") if meant else N_("one of: {names}")
            raise NotFound("stage_unknown", N_("there is no stage {stage}"), hint=hint, stage=stage, meant=meant, names=", ".join(names))
        not_suspended(work)
        if stage == work.state.stage:
            raise Refused("same_stage", N_("the case is in that stage"))
        target = work.workflow.stage(stage)
        left = work.view(now).open_parts() if target.final else 0
        if left:
            hint = N_("see them: `care case list --whole {ref}`")
            raise Refused("parts_open", N_("{n} parts of it are still open"), hint=hint, n=left, ref=work.state.ref)
        work.begin("overridden", now, reason=reason)
        work.move(target, now)
        apply(work, work.workflow.enter.get(target, ()), now)
        reconcile(work, now)

    return runtime.change(actor, ref, act)


def edit(runtime: Runtime, actor: Actor, ref: str, given: Mapping[str, object], reason: str, *, expect: int | None = None) -> Outcome:
    """Correct fields of a case's record. What was there before stays in its history; what counts from a corrected date moves.

    :raises Misused: ``input_invalid``. :raises Refused: ``denied``: the workflow never allows such a record; ``field_fixed``: only steps write it.
    """

    def act(work: Work, now: datetime) -> None:
        need_reason(reason)
        runtime.demand(actor, (*work.workflow.edit_by, *OVERSEERS), work.state)
        values = validate_some(work.workflow.record, given, school_year=asking.school_year(civil_date(now)))
        if not values:
            fields = ", ".join(form_fields(work.workflow.record))
            raise Misused("nothing_given", N_("nothing was given to correct"), hint=N_("fields: {fields}"), fields=fields)
        asking.not_fixed(work, [name for name, value in values.items() if value != getattr(work.state.record, name)])
        work.begin("corrected", now, reason=reason)
        work.set_record(**values)
        asking.hold_always(work, now)
        reconcile(work, now)

    return runtime.change(actor, ref, act, expect=expect)


def identify(runtime: Runtime, actor: Actor, ref: str, child: str, reason: str) -> Outcome:
    """Say who a case is about, where it was opened about somebody whose file was provisional.

    :raises NotFound: ``child_unknown``.
    """

    def act(work: Work, now: datetime) -> None:
        need_reason(reason)
        runtime.demand(actor, (*work.workflow.edit_by, *work.workflow.open_by, *OVERSEERS), work.state)
        found = facts.subject(work.world.tx, child)
        if found is None or not actor.sees(division=found["division"], place_id=found["school"], program=work.program.name):
            raise NotFound("child_unknown", N_("there is no {ref} on file"), hint=N_("see: care child find"), ref=child)
        about(work, found, now, reason=reason)

    return runtime.change(actor, ref, act)


def about(work: Work, found: Mapping[str, Any], now: datetime, *, reason: str) -> None:
    """A step that ties a case to another file: its places that are counted go with it."""
    state = work.state
    if found["person_id"] == state.subject_id:
        raise Refused("same_child", N_("the case is about that child already"))
    work.begin("identified", now, reason=reason, subject=found["ref"])
    held = [(name, key) for name, key, _, _, stages, _ in work.limits(now) if state.stage in stages]
    state.subject_id, state.place_id, state.division = found["person_id"], found["school"], found["division"]
    for name, key in held:
        work.let_go(name, key)
    for name, key, size, text, stages, once in work.limits(now):
        if state.stage in stages:
            work.hold(name, key, size, text, once)
    for row in state.open_tasks():
        if row.origin == IDENTITY:
            work.close_row(row, "done", now, by=work.actor)
        work.touch(row)
    reconcile(work, now)


def must_be_open(work: Work) -> None:
    """Refuse what a closed case does not take.

    :raises Refused: ``case_closed``.
    """
    if not work.state.is_open:
        raise Refused("case_closed", N_("the case is closed"), hint=N_("reopen it first: `care case reopen {ref}`"), ref=work.state.ref)
