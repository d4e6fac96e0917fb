"""The clock of keeping: which children are on file past the time for which their programs may keep them. It tells; it erases nothing by itself.

个人信息保护法 art. 19: no longer than needed; art. 47: what is no longer needed is to be erased, without anybody having to ask.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from workflow_core.clock import civil_date, unstamp
from workflow_core.definition.keeping import KEEP, Keep, in_months
from workflow_core.engine.due import add_calendar
from workflow_core.errors import Misused, Problem, Refused
from workflow_core.i18n import N_, Label, translate
from workflow_core.store import access, erasures, journal, petitions, retention

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflow_core.access.grants import Actor
    from workflow_core.registry import Registry
    from workflow_core.store.database import Row, Tx

OF_AGE = 18
"""A child's file without any case serves the programs of the children of its age; of whoever is of age it serves nobody (未成年人保护法 art. 2)."""
MOST_MONTHS = 1200


@dataclass(frozen=True)
class Kept:
    """How long a program's closed cases are kept here.

    :param workflow: empty for the program as a whole. :param months: as the office has it; :param own: as the program says; :param least: as a law demands.
    """

    program: str
    workflow: str
    months: int
    own: int
    least: int
    because: str

    def as_dict(self) -> dict[str, object]:
        """For ``--json``."""
        return {**self.__dict__, "because": translate(self.because)}


@dataclass(frozen=True)
class Past:
    """A child, or a volunteer, who is on file past its time.

    :param since: the day on which the last of its times was over. :param cases: how many closed cases it has, by ``program.workflow``.
    :param needed: it is active, and a child under age: its file may serve other programs, and a person must weigh that.
    """

    ref: str
    division: str
    since: date
    cases: Mapping[str, int]
    needed: bool

    def as_dict(self) -> dict[str, object]:
        """For ``--json``."""
        return {**self.__dict__, "since": self.since.isoformat(), "cases": dict(self.cases)}


def times(tx: Tx, registry: Registry) -> list[Kept]:
    """How long is kept what, program by program, and its workflows that have a time of their own."""
    set_here = retention.lengthened(tx)
    found = []
    for program in registry.programs.values():
        ways = [("", program.keep), *((one.name, one.keep) for one in program.workflows if one.keep is not None)]
        ways += [(one.name, program.keep) for one in program.workflows if one.keep is None and f"{program.name}.{one.name}" in set_here]
        for workflow, keep in ways:
            found.append(_kept(set_here, program.name, workflow, keep))
    return found


def _kept(set_here: Mapping[str, int], program: str, workflow: str, keep: Keep) -> Kept:
    own, least = in_months(keep.length), in_months(keep.least) if keep.least is not None else 0
    here = set_here.get(f"{program}.{workflow}" if workflow else program, own)
    return Kept(program, workflow, max(here, least), own, least, keep.because)


def past(tx: Tx, registry: Registry, now: datetime) -> Iterator[Past]:
    """The children and volunteers who are past their time, by reference: all their cases are over, and of each
    the time is. Those of whom anything is open are none."""
    today = civil_date(now)
    months = {(one.program, one.workflow): one.months for one in times(tx, registry)}
    fallback = in_months(KEEP.length)

    def until(row: Row) -> date:
        length = months.get((row.program, row.workflow)) or months.get((row.program, "")) or fallback
        return add_calendar(civil_date(unstamp(row.last)), length, "month")

    for _, group in itertools.groupby(retention.ended(tx), key=lambda row: row.person_id):
        rows = list(group)
        if any(row.open for row in rows):
            continue
        since = max(until(row) for row in rows)
        if since < today:
            yield Past(rows[0].ref, rows[0].division, since, {f"{row.program}.{row.workflow}": row.cases for row in rows}, _needed(rows[0], today))
    for row in retention.without_cases(tx, add_calendar(today, -12 * OF_AGE, "month").isoformat()):
        yield Past(row.ref, row.division, add_calendar(date.fromisoformat(row.born_on), 12 * OF_AGE, "month"), {}, needed=False)
    for row in retention.left(tx):
        since = add_calendar(civil_date(unstamp(row.updated_at)), fallback, "month")
        if since < today:
            yield Past(row.ref, row.division, since, {}, needed=False)


def _needed(row: Row, today: date) -> bool:
    if row.volunteer is not None:
        return bool(row.status == "active")
    under_age = row.born_on is None or add_calendar(date.fromisoformat(row.born_on), 12 * OF_AGE, "month") > today
    return bool(under_age and row.status == "active")


def set_time(tx: Tx, registry: Registry, actor: Actor, now: datetime, which: str, months: int, *, reason: str) -> Kept:
    """Say how long this office keeps a program's closed cases, or those of one of its workflows.

    :param which: ``pairing`` or ``pairing.need``.
    :raises NotFound: ``program_unknown``, ``workflow_unknown``. :raises Misused: ``keep_invalid``, ``reason_missing``.
    :raises Refused: ``keep_too_short``: a law demands longer.
    """
    name, _, workflow = which.partition(".")
    program = registry.program(name)
    keep = program.keep
    if workflow:
        keep = registry.workflow(name, workflow).keep or program.keep
    if not 1 <= months <= MOST_MONTHS:
        raise Misused("keep_invalid", N_("a time to keep is 1 month or more, {most} at most"), most=MOST_MONTHS)
    if not reason.strip():
        raise Misused("reason_missing", N_("why so long?"), hint=N_("say it with --reason: the law, or who decided it"))
    least = in_months(keep.least) if keep.least is not None else 0
    if months < least:
        message = N_("{which} must be kept for {least} months at the least: {because}")
        raise Refused("keep_too_short", message, which=which, least=least, because=Label(keep.because))
    access.set_setting(tx, f"{retention.PREFIX}{which}", str(months))
    said = {"which": which, "months": months, "reason": reason.strip()}
    journal.append(tx, journal.account_stream(actor.account_id, now), actor.login, "keep_set", said, now)
    return _kept(retention.lengthened(tx), name, workflow, keep)


def doctor(tx: Tx, registry: Registry, now: datetime) -> Iterator[Problem]:
    """What waits to be erased: children past their time, erasures that a second person must carry out, or that were granted and not asked for, files still to
    be written anew."""
    count = sum(1 for one in past(tx, registry, now) if not one.needed)
    if count:
        yield Problem("past_its_time", N_("{count} people are on file past the time for which they may be kept"), values={"count": count})
    message = N_("its erasure was asked for on {day}, and nobody has carried it out")
    for row in erasures.asked(tx):
        values = {"ref": row.ref, "kind": _kind(row.ref), "day": civil_date(unstamp(row.asked_at)).isoformat()}
        yield Problem("erasure_waits", message, place=row.ref, values=values)
    message = N_("the erasure of {ref} was granted to the family on {day}, and nobody has asked for it")
    for row in petitions.promised(tx):
        values = {"ref": row.child, "kind": _kind(row.child), "day": civil_date(unstamp(row.answered_at)).isoformat()}
        yield Problem("erasure_promised", message, place=row.ref, values=values)
    for row in erasures.unclean(tx):
        yield Problem(
            "erasure_unclean",
            N_("it is erased, and the database's files were not written anew"),
            place=row.ref,
            values={"ref": row.ref, "kind": _kind(row.ref)},
        )


def _kind(ref: str) -> str:
    return "volunteer" if ref.startswith("P-") else "child"
