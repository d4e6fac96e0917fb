"""What is kept of a child: which kinds and how much, by which programs, on what basis, for how long, and who looked at it.

Whoever may speak for the child may ask for it, and is to have it without conditions (未成年人网络保护条例 art. 34; 个人信息保护法 art. 17, 45). The file is
told as it is; of a case, which kinds of things it holds and how many, not what was written there: that may tell who reported something, and is looked
through by a person before it is handed out. Protection work is left out whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from workflow_core.access import masking, sight
from workflow_core.access.grants import Actor
from workflow_core.clock import civil_date, unstamp
from workflow_core.definition.keeping import in_months
from workflow_core.engine import consenting, looks_log
from workflow_core.engine.due import add_calendar
from workflow_core.engine.looks_log import Look, is_protection
from workflow_core.engine.runtime import Runtime
from workflow_core.engine.titles import titles_for
from workflow_core.records import child_views, children
from workflow_core.store import canonical, child_kept, journal, retention
from workflow_core.store.database import Row, Tx

_PHONES = ("guardian_phone", "father_phone", "mother_phone")


@dataclass(frozen=True)
class ChildReport:
    """What is kept of a child; titles are msgids.

    :param file: the child's file; of others' telephones a part, and that there is a note.
    :param cases: each ``ref, program, title, stage, opened, closed, until`` (kept until, once it is over), ``kinds`` (what its record knows), and how many
        ``events, tasks, papers, files, entries`` it has.
    :param elsewhere: so many more lie where this account may not look; whoever keeps them answers for them.
    :param uses: ``program, field, purpose``: what a program reads of the file, and what for.
    :param consents: ``program, title, basis, standing, on``.
    :param observed: ``name, value, unit, on, program``. :param ties: who is or was tied to the child: ``kind, name, since, until``.
    """

    ref: str
    on: date
    file: Mapping[str, Any]
    ties: tuple[Mapping[str, Any], ...]
    cases: tuple[Mapping[str, Any], ...]
    elsewhere: int
    uses: tuple[Mapping[str, Any], ...]
    consents: tuple[Mapping[str, Any], ...]
    observed: tuple[Mapping[str, Any], ...]
    looks: tuple[Look, ...]

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return {**self.__dict__, "on": self.on.isoformat(), "looks": [one.as_dict() for one in self.looks]}


def draw_up(runtime: Runtime, actor: Actor, ref: str, *, purpose: str) -> ChildReport:
    """Draw up what is kept of a child; that it was, for whom and why, is written down.

    :param purpose: who asked, as what.
    :raises NotFound: ``child_unknown``. :raises Misused: ``purpose_missing``, ``purpose_short``.
    :raises NotPermitted: ``not_seen_whole``: this account may not see a child's file whole; ``desk_owner_needed``: at a desk that does not read the journal.
    """
    now = runtime.clock.now()
    with runtime.db.write() as tx:
        if tx.desk:
            child_views.get(tx, actor, ref)
            looks_log.must_read_all(tx, actor)
        file = child_views.show(tx, actor, now, ref, unmasked=True, purpose=purpose)
        on_file = child_views.get(tx, actor, file["ref"])
        for stream in (journal.account_stream(actor.account_id or actor.login, now), journal.person_stream(on_file.person_id)):
            journal.append(tx, stream, actor.login, "access_report_told", {"purpose": purpose.strip()}, now, subject=on_file.person_id)
        seen_whole = sight.whole(actor, "one", division=on_file.division, place_id=on_file.school_id)
        ties = tuple(
            {"kind": one.kind, "name": one.name if one.kind in seen_whole else masking.name(one.name), "since": one.since, "until": one.until}
            for one in children.ties_ever(tx, on_file)
        )
        rows = [row for row in child_kept.cases(tx, on_file.person_id) if not is_protection(runtime, row["program"])]
        seen = [row for row in rows if runtime.sees_case(tx, actor, row)]
        months = retention.lengthened(tx)
        cases = tuple(_case(runtime, tx, row, months) for row in seen)
        facts = {one.name: one.title for program in runtime.registry.programs.values() for each in program.workflows for one in each.reads}
        observed = tuple(
            {"name": facts.get(row["name"], row["name"]), "value": row["value"], "unit": row["unit"], "on": row["happened"], "program": row["program"]}
            for row in child_kept.observed(tx, on_file.person_id)
            if not row["program"] or not is_protection(runtime, row["program"])
        )
    stands = [one for one in consenting.of_child(runtime, actor, file["ref"]) if not is_protection(runtime, one.program)]
    programs = sorted({row["program"] for row in seen} | {one.program for one in stands})
    consents = tuple(
        {
            "program": one.program,
            "title": one.consent.title,
            "basis": one.consent.basis,
            "standing": one.standing,
            "on": one.said[-1]["said_on"] if one.said else None,
        }
        for one in stands
    )
    shown = {name: masking.phone(value) if name in _PHONES else value for name, value in file.items()}
    shown["note"] = masking.free_text(file.get("note"))  # it may say who reported something
    looked = tuple(looks_log.of_child(runtime, actor, file["ref"])[1])
    return ChildReport(file["ref"], civil_date(now), shown, ties, cases, len(rows) - len(seen), _uses(runtime, programs), consents, observed, looked)


def _case(runtime: Runtime, tx: Tx, row: Row, months: Mapping[str, int]) -> dict[str, Any]:
    titles, _ = titles_for(runtime, tx, row)
    closed = None if row["closed_at"] is None else civil_date(unstamp(row["closed_at"]))
    record: Mapping[str, Any] = canonical.load(row["record"])
    return {
        "ref": row["ref"],
        "program": row["program"],
        "title": titles.program,
        "stage": titles.stages.get(row["stage"], row["stage"]),
        "opened": civil_date(unstamp(row["opened_at"])).isoformat(),
        "closed": None if closed is None else closed.isoformat(),
        "until": None if closed is None else _until(runtime, row, closed, months),
        "kinds": [titles.fields.get(name, name) for name, value in record.items() if value not in (None, "", [], {}, False)],
        **{name: int(row[name]) for name in ("events", "tasks", "papers", "files", "entries")},
    }


def _until(runtime: Runtime, row: Row, closed: date, months: Mapping[str, int]) -> str | None:
    program = runtime.registry.programs.get(row["program"])
    if program is None:
        return None
    own = next((one.keep for one in program.workflows if one.name == row["workflow"]), None)
    set_here = months.get(f"{row['program']}.{row['workflow']}") or (months.get(row["program"]) if own is None else None)  # what it says itself goes first
    own = own or program.keep
    length = set_here or in_months(own.length)
    return add_calendar(closed, max(length, 0 if own.least is None else in_months(own.least)), "month").isoformat()


def _uses(runtime: Runtime, programs: list[str]) -> tuple[dict[str, Any], ...]:
    found = []
    for name in programs:
        program = runtime.registry.programs.get(name)
        for one in program.uses if program is not None else ():
            field: Any = one.field
            found.append({"program": name, "field": str(field.careflow_name), "purpose": one.purpose})
    return tuple(found)
