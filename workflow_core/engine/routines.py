"""Duties of the calendar: in every division where a program runs, a case is opened at the beginning of each period, once.

What somebody, or a sheet, opened in a period is that period's case: the calendar opens no second one. Of terms, the holidays between two are none.
A clock that comes late opens what it missed, each dated by the beginning of its period, and lets time catch up in it: nothing of a month is lost
because a machine stood still over its first day.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import date, datetime
from functools import partial
from typing import Any

from workflow_core.clock import civil_date, day_begins
from workflow_core.definition import Program, Routine
from workflow_core.engine import advancing
from workflow_core.engine.clockwork import catch_up
from workflow_core.engine.periods import TermsOf, period_of
from workflow_core.engine.runtime import SYSTEM_ACTOR, Runtime
from workflow_core.engine.world import World
from workflow_core.errors import CareError
from workflow_core.i18n import N_, translate
from workflow_core.records import enabling
from workflow_core.store import desk, faults
from workflow_core.store.again import again
from workflow_core.store.database import Tx

_log = logging.getLogger(__name__)

FAILED = N_("the program failed: {error}")
MOST_BACK = 24
"""So many missed periods of one division are opened at most: an office that slept for years is not buried."""


def open_due(runtime: Runtime, now: datetime) -> tuple[int, list[dict[str, str]]]:
    """Open the cases of every routine whose period has begun.

    :returns: how many were opened, and what could not be: ``case`` (the routine and its division), ``code``, ``message``.
    """
    opened = 0
    problems: list[dict[str, str]] = []
    for program in runtime.registry.programs.values():
        for routine in program.routines:
            failed: set[str] = set()
            for division, begin, since in _listed(runtime, program, routine, now, problems):
                if division in failed:
                    continue  # periods are opened in their order: the latest one opened says where to go on
                try:
                    again(runtime.db, partial(_open, runtime, program, routine, division, begin, max(since, day_begins(begin)), now))
                    opened += 1
                except CareError as error:
                    if faults.of_the_office(error):
                        raise
                    if error.code != "already_open":  # another machine has just opened it
                        failed.add(division)
                        problems.append(_problem(program, routine, division, error.code, error.text()))
                except Exception as error:  # a program's code may fail in any way: its duty waits, the others go on, and the log has the trace
                    failed.add(division)
                    _log.exception("the duty %s.%s could not be opened", program.name, routine.name)
                    problems.append(_problem(program, routine, division, "program_failed", translate(FAILED, error=type(error).__name__)))
    return opened, problems


def _listed(runtime: Runtime, program: Program[Any], routine: Routine, now: datetime, problems: list[dict[str, str]]) -> list[tuple[str, date, datetime]]:
    try:
        return list(_due(runtime, program, routine, now))
    except CareError as error:  # a calendar is missing: other duties, and all cases, need not wait for it
        if faults.of_the_office(error):
            raise
        problems.append(_problem(program, routine, "", error.code, error.text()))
        return []


def _problem(program: Program[Any], routine: Routine, division: str, code: str, message: str) -> dict[str, str]:
    return {"case": f"{program.name}.{routine.name} {division}".strip(), "code": code, "message": message}


def key_of(routine: Routine, begin: date) -> str:
    """What makes the case of one period the same case: ``monthly:2026-11-01``."""
    return f"{routine.name}:{begin.isoformat()}"


def _due(runtime: Runtime, program: Program[Any], routine: Routine, now: datetime) -> Iterator[tuple[str, date, datetime]]:
    """Division, first day of the period, and from when the program has run there."""
    today = civil_date(now)
    with runtime.db.read() as tx:
        world = World(tx, runtime.registry)
        rows = enabling.status(tx, now, program=program.name)
        begun = {row.from_division: row.since for row in rows if row.state == "enabled" and row.since is not None}
        if not begun:
            return
        last = desk.latest_keys(tx, program.name, routine.opens.name, f"{routine.name}:")
        for division in desk.divisions_of_level(tx, routine.at.name, sorted(begun)):
            if not enabling.in_force(tx, program.name, division, today):
                continue
            since = max(at for code, at in begun.items() if division.startswith(code))
            terms = world.calendar(division).term_of
            begin, end = period_of(routine.per.name, civil_date(since), terms)
            if division in last:
                begin, end = period_of(routine.per.name, date.fromisoformat(last[division].partition(":")[2]), terms)
                begin, end = period_of(routine.per.name, end, terms)
            waiting = []
            while begin <= today:
                if routine.per.name != "term" or terms(begin)[2]:
                    waiting.append(begin)
                begin, end = period_of(routine.per.name, end, terms)
            for one in _not_there(tx, program, routine, division, waiting[-MOST_BACK:], terms):
                yield division, one, since


def _not_there(tx: Tx, program: Program[Any], routine: Routine, division: str, begins: list[date], terms: TermsOf) -> list[date]:
    """The periods of these in which nobody, and no sheet, has opened such a case already: it is that period's, whatever has become of it."""
    if not begins:
        return []
    there = {period_of(routine.per.name, civil_date(at), terms)[0] for at in desk.opened_without_key(tx, program.name, routine.opens.name, division)}
    return [one for one in begins if one not in there]


def _open(runtime: Runtime, program: Program[Any], routine: Routine, division: str, begin: date, at: datetime, now: datetime) -> None:
    with runtime.committing(), runtime.db.write() as tx:
        work = advancing.new_work(
            runtime,
            tx,
            SYSTEM_ACTOR,
            f"{program.name}.{routine.opens.name}",
            division,
            routine.opens.record(),
            division=division,
            key=key_of(routine, begin),
            now=at,
            asks_access=False,
        )
        catch_up(work, now)
        runtime.ask_vetoes(work)
        runtime.save(tx, work, now)
