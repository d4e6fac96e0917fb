"""Looking: one case, its history, lists of cases, the inbox. Reading never changes a case; opening one file is recorded."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from workflow_core.access import approval, masking
from workflow_core.access.grants import Actor
from workflow_core.clock import civil_date
from workflow_core.engine.periods import civil_time
from workflow_core.engine.runtime import SYSTEM_ACTOR, Runtime, unknown
from workflow_core.engine.titles import Titles as Titles
from workflow_core.engine.titles import kept_titles, kept_workflow, titles_for
from workflow_core.engine.titles import titles_of as titles_of
from workflow_core.engine.versions import MOVED, MOVED_BACK
from workflow_core.errors import NotFound
from workflow_core.i18n import N_
from workflow_core.store import among, cases, desk, facts, journal
from workflow_core.store.database import Row, Tx


@dataclass(frozen=True)
class CaseRow:
    """A case in a list.

    :param subject_name: masked.
    """

    ref: str
    program: str
    workflow: str
    stage: str
    stage_title: str
    division: str
    subject: str | None
    subject_name: str | None
    due: date | None
    overdue: bool
    opened_at: str
    closed: bool
    suspended: bool
    version: int

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return {**self.__dict__, "due": None if self.due is None else self.due.isoformat()}


@dataclass(frozen=True)
class CaseShown:
    """One case with all that a screen shows of it.

    :param titles: the titles of stages, tasks, transitions and fields by name, from the installed program or, with it gone, from the snapshot.
    :param erased: of a case about somebody who was erased: ``on``, the day, and, but at a desk, ``asked_by`` and ``answered_by``.
    """

    row: CaseRow
    record: Mapping[str, Any]
    tasks: tuple[dict[str, Any], ...]
    timers: tuple[dict[str, Any], ...]
    papers: tuple[dict[str, Any], ...]
    titles: Titles
    readable_only: bool
    whole: str | None = None
    parts: tuple[dict[str, Any], ...] = ()
    parties: tuple[dict[str, Any], ...] = ()
    registers: tuple[dict[str, Any], ...] = ()
    erased: Mapping[str, str] | None = None

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            **self.row.as_dict(),
            "record": dict(self.record),
            "tasks": list(self.tasks),
            "timers": list(self.timers),
            "papers": list(self.papers),
            "whole": self.whole,
            "parts": list(self.parts),
            "parties": list(self.parties),
            "registers": list(self.registers),
            "readable_only": self.readable_only,
            **({"erased": dict(self.erased)} if self.erased is not None else {}),
        }


def show(runtime: Runtime, actor: Actor, ref: str) -> CaseShown:
    """One case. The journal keeps who opened it; where its program is gone the stored definition tells the titles.

    What its forms hold for some eyes only is shown to others as stars (``hiding``).
    """
    from workflow_core.engine import hiding, register_looks
    from workflow_core.records import gone

    with runtime.db.read() as tx:
        loaded = _visible(runtime, tx, actor, ref, approved=True)
        titles, installed = titles_for(runtime, tx, loaded.case)
        subject, name = (None, None) if loaded.case["subject_id"] is None else facts.name_of(tx, loaded.case["subject_id"])
        today = civil_date(runtime.clock.now())
        row = _case_row({**loaded.case, "subject": subject, "subject_name": name}, titles, today)
        around = _around(tx, loaded.case, titles)
        kept = register_looks.summary(runtime, tx, actor, loaded.case)
        eyes = hiding.eyes_on(runtime, tx, actor, loaded.case)
        erased = None if loaded.case["erased_at"] is None else gone.told(tx, loaded.case["erased_at"])
    _looked(runtime, actor, loaded.case, "case_opened")
    tasks = tuple(
        {
            "ref": f"{ref}.{one['n']}",
            "task": one["name"],
            "title": one["title"],
            "state": one["state"],
            "kind": one["kind"],
            "about": one["about"] or "",
            "at": civil_time(one["slot"]),
            "due": one["due"],
            "overdue": one["state"] == "open" and one["due"] is not None and one["due"] < today.isoformat(),
            "happened": one["happened"],
            "by": one["closed_by"],
            "roles": json.loads(one["doers"]),
            "assignee": one["assignee"],
            "given": None if one["input"] is None else eyes.values(json.loads(one["input"]), one["name"]),
            "reason": eyes.words(one["reason"]),
        }
        for one in loaded.tasks
    )
    timers = tuple({"timer": one["name"], "due": one["due_at"], "fired": one["fired"]} for one in loaded.timers if one["state"] == "waiting")
    papers = tuple(
        {
            "ref": f"{ref}.p{one['n']}",
            "n": one["n"],
            "document": one["name"],
            "title": one["title"],
            "state": one["state"],
            "number": one["number_text"],
            "served_on": one["served_on"],
        }
        for one in loaded.papers
    )
    record = eyes.values(json.loads(loaded.case["record"]))
    return CaseShown(row, record, tasks, timers, papers, titles, not installed, registers=kept, erased=erased, **around)


def _around(tx: Tx, row: Row, titles: Titles) -> dict[str, Any]:
    """The whole, how many parts stand where, and the parties (a person's name masked)."""
    whole = among.by_ids(tx, [row["whole_id"]]) if row["whole_id"] is not None else []
    counted = sorted((one["workflow"], one["stage"], one["n"]) for one in among.counts(tx, row["case_id"]))
    parties = []
    for one in among.parties(tx, row["case_id"]):
        if one["kind"] == "case":
            found = among.by_ids(tx, [one["party_id"]])
            ref, name = (found[0]["ref"] if found else None), None
        elif one["kind"] in ("village", "township", "county"):
            ref, name = one["party_id"], None
        else:
            ref, called = facts.name_of(tx, one["party_id"])
            name = masking.name(called)
        parties.append({"party": one["name"], "title": titles.parties.get(one["name"], one["name"]), "ref": ref, "name": name})
    return {
        "whole": whole[0]["ref"] if whole else None,
        "parts": tuple({"workflow": workflow, "stage": stage, "count": n} for workflow, stage, n in counted),
        "parties": tuple(parties),
    }


def history(runtime: Runtime, actor: Actor, ref: str) -> tuple[list[dict[str, Any]], Titles]:
    """Every event of a case, oldest first: ``n, at, actor, kind`` and what it says; and the titles to tell it with.

    What was entered in its registers stands among the events, where it was written (``n`` is its number there); personal fields are masked. What forms hold
    for some eyes only is shown to others as stars (``hiding``).
    """
    from workflow_core.engine import hiding, register_looks

    with runtime.db.read() as tx:
        loaded = _visible(runtime, tx, actor, ref, approved=True)
        titles, _ = titles_for(runtime, tx, loaded.case)
        rows = cases.events(tx, loaded.case["case_id"])
        eyes = hiding.eyes_on(runtime, tx, actor, loaded.case)
        for row in rows:
            if row["kind"] in (MOVED, MOVED_BACK) and row["payload"] is not None:  # what was written before is told in its own version's words
                says = json.loads(row["payload"])
                older = says["definition"], says.get("workflow", loaded.case["workflow"])
                titles, eyes = titles.beside(kept_titles(tx, *older)), eyes.beside(kept_workflow(tx, *older))
        entered = register_looks.in_history(runtime, tx, actor, loaded.case)
    _looked(runtime, actor, loaded.case, "history_read")
    told = [
        {
            "n": row["n"],
            "at": row["at"],
            "recorded_at": row["recorded_at"],
            "actor": row["actor"],
            "on_behalf": row["on_behalf"],
            "kind": row["kind"],
            "transition": row["transition"],
            "from": row["from_stage"],
            "to": row["to_stage"],
            "erased": row["erased_at"] is not None,
            "says": eyes.says(json.loads(row["payload"]), row["transition"]) if row["payload"] is not None else {},
        }
        for row in rows
    ]
    return register_looks.among_events(told, entered), titles


def list_cases(
    runtime: Runtime,
    actor: Actor,
    *,
    program: str | None = None,
    workflow: str | None = None,
    stage: str | None = None,
    division: str | None = None,
    subject: str | None = None,
    whole: str | None = None,
    flagged: bool = False,
    open_only: bool = False,
    limit: int | None = 200,
    after: str = "",
) -> list[CaseRow]:
    """Cases that this account may see, by reference.

    :param whole: parts of this case alone; :param flagged: only those that stand in a stage in which something is to be followed up.
    """
    today = civil_date(runtime.clock.now())
    divisions, places = actor.divisions(program=program), actor.places(program=program)
    with runtime.db.read() as tx:
        about = None
        if subject is not None:
            about = facts.subject(tx, subject)
            if about is None:
                raise _nobody(subject)
        of = None
        if whole is not None:
            of = _visible(runtime, tx, actor, whole).case["case_id"]
        rows = desk.cases(
            tx,
            divisions=None if "" in divisions else divisions,
            places=places,
            own_of=actor.login if actor.owns(program=program) else None,
            party=actor.person_id or None,
            program=program,
            workflow=workflow,
            stage=stage,
            division=division,
            subject_id=None if about is None else about["person_id"],
            whole_id=of,
            stages=_flagged(runtime) if flagged else None,
            open_only=open_only,
            limit=limit,
            after=after,
        )
        known: dict[tuple[str, str], Titles] = {}
        shown = []
        for row in rows:
            if not runtime.sees_case(tx, actor, row):
                continue
            key = (row["definition"], row["workflow"])
            if key not in known:
                known[key] = titles_for(runtime, tx, row)[0]
            shown.append(_case_row(row, known[key], today))
        if about is not None and not (shown or after or in_sight(actor, about)):
            raise _nobody(subject)
        return shown


def in_sight(actor: Actor, file: Mapping[str, Any]) -> bool:
    """Whether an account may know that a person's file is there."""
    return actor is SYSTEM_ACTOR or actor.sees(division=file["division"], place_id=file["school"])


def _nobody(ref: str | None) -> NotFound:
    return NotFound("child_unknown", N_("there is no {ref} on file"), hint=N_("see: care child find"), ref=ref)


def _flagged(runtime: Runtime) -> list[tuple[str, str, str]]:
    """Every stage in which something is to be followed up: program, workflow, stage."""
    return [
        (program.name, workflow.name, stage.name)
        for program in runtime.registry.programs.values()
        for workflow in program.workflows
        for stage in workflow.stages
        if stage.flagged
    ]


def _visible(runtime: Runtime, tx: Tx, actor: Actor, ref: str, *, approved: bool = False) -> cases.Loaded:
    """:param approved: also what another person approved; then ``_looked`` counts it down."""
    loaded = cases.load(tx, ref=ref)
    if loaded is None or not (runtime.sees_case(tx, actor, loaded.case) or (approved and _approved(runtime, tx, actor, loaded.case))):
        raise unknown(ref)
    return loaded


def _approved(runtime: Runtime, tx: Tx, actor: Actor, row: Row) -> approval.Approval | None:
    return approval.of_case(approval.held(tx, actor, runtime.clock.now()), row["case_id"], row["subject_id"])


def _looked(runtime: Runtime, actor: Actor, row: Row, kind: str) -> None:
    """未成年人网络保护条例 art. 36: whoever looks at a minor's file is recorded. The look is written after it is known that he may."""
    if actor is SYSTEM_ACTOR:
        return
    now = runtime.clock.now()
    with runtime.db.write() as tx:
        says = {"case": row["ref"]}
        if not runtime.sees_case(tx, actor, row):
            by = _approved(runtime, tx, actor, row)
            if by is None:
                raise unknown(row["ref"])
            approval.spend(tx, by, 1, now)
            says["access"] = by.ref
        stream = journal.account_stream(actor.account_id or actor.login, now)
        journal.append(tx, stream, actor.login, kind, says, now, subject=row["subject_id"])


def _case_row(row: Mapping[str, Any], titles: Titles, today: date) -> CaseRow:
    due = None if row["due"] is None else date.fromisoformat(row["due"])
    return CaseRow(
        ref=row["ref"],
        program=row["program"],
        workflow=row["workflow"],
        stage=row["stage"],
        stage_title=titles.stages.get(row["stage"], row["stage"]),
        division=row["division"],
        subject=row["subject"],
        subject_name=masking.name(row["subject_name"]),
        due=due,
        overdue=due is not None and due < today,
        opened_at=row["opened_at"],
        closed=row["closed_at"] is not None,
        suspended=row["suspended_at"] is not None,
        version=row["version"],
    )
