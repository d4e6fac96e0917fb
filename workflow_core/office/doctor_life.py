"""What keeps an office going: cases against their programs, the clock, messages, the calendar, copies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from workflow_core.clock import civil_date, stamp, unstamp
from workflow_core.errors import Problem, Refused
from workflow_core.i18n import N_

if TYPE_CHECKING:
    from workflow_core.office.doctor import Checkup
    from workflow_core.office.office import Office
    from workflow_core.records.calendar import Calendar
    from workflow_core.store.database import Tx

_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
COPY_EVERY = timedelta(days=7)
"""An office with cases should have a copy no older than this."""
_ELSEWHERE = frozenset({"upgrade_needed", "definition_changed", "calendar_missing"})
"""Why a case cannot be read that another check tells once for all."""


def cases(office: Office, tx: Tx, now: datetime, found: Checkup) -> Iterator[Problem]:
    """Every open case: the places it holds, the lines it stands in, and when the clock looks at it."""
    from workflow_core.engine.expecting import expectations

    for one in expectations(office.engine.runtime, tx, now):
        if one.error:
            if one.error not in _ELSEWHERE:
                yield Problem("case_unreadable", N_("the case cannot be read ({error})"), place=one.ref, values={"error": one.error})
            continue
        if one.ended:
            yield Problem("end_open", N_("the case is open, and stands in {stage}, which ends a case"), place=one.ref, values={"stage": one.ended})
        for program, limit, _ in sorted(one.holds - one.held):
            yield Problem("hold_missing", N_("the case does not hold the place it should, of {limit}"), place=one.ref, values={"limit": f"{program}/{limit}"})
        for program, limit, _ in sorted(one.held - one.holds):
            yield Problem("hold_stray", N_("the case holds a place it should not, of {limit}"), place=one.ref, values={"limit": f"{program}/{limit}"})
        for limit in sorted(one.lines):
            found.mend("lines", one.case_id)
            yield Problem("line_differs", N_("the case does not stand in line as it should, for {limit}"), place=one.ref, values={"limit": limit})
        if one.wake is None or (one.wake_at is not None and one.wake_at <= stamp(one.wake)):
            continue
        found.mend("wake", one.case_id)
        lost = one.wake_at is None or (one.ringing is not None and stamp(one.ringing) < one.wake_at)
        if lost:
            yield Problem("wake_lost", N_("the clock would pass the case by"), place=one.ref)
        else:
            yield Problem("wake_late", N_("the clock would look at the case later than its program now asks"), place=one.ref)


def programs(office: Office, tx: Tx) -> Iterator[Problem]:
    """Programs that open cases run on, and that are not installed, or not so."""
    from workflow_core.office.upgrade import fits

    for one in fits(office, tx):
        if one.state == "missing":
            yield Problem("program_missing", N_("{cases} open cases run on a program that is not installed"), place=one.program, values={"cases": one.cases})
        elif one.state != "fits":
            message = N_("{cases} open cases run on version {version}, which is not what is installed")
            yield Problem("program_differs", message, place=one.program, values={"cases": one.cases, "version": one.version})


def clock(tx: Tx, now: datetime) -> Iterator[Problem]:
    """What the clock should have done by now."""
    from workflow_core.store import doctor, pulse

    latest = doctor.latest_entry(tx)
    if latest is not None and unstamp(latest) > now + _HOUR:
        days = {"latest": civil_date(unstamp(latest)).isoformat(), "today": civil_date(now).isoformat()}
        yield Problem("clock_back", N_("the clock says {today}, and entries were made on {latest}"), values=dict(days))
    late, since = doctor.late_cases(tx, now - _DAY)
    if late and since is not None:
        last = pulse.pulse(tx, now).at
        values: dict[str, object] = {"cases": late, "days": (now - unstamp(since)).days}
        message = N_("{cases} cases wait for the clock, the longest for {days} days; it has never had its turn")
        if last is not None:
            message, values["last"] = (
                N_("{cases} cases wait for the clock, the longest for {days} days; its last turn was {last}"),
                civil_date(last).isoformat(),
            )
        yield Problem("tick_late", message, values=values)
    for ref, name in doctor.lost_timers(tx, now - _DAY):
        yield Problem("timer_late", N_("the timer {timer} should have rung over a day ago"), place=ref, values={"timer": name})


def plans(tx: Tx, now: datetime) -> Iterator[Problem]:
    """Plans that somebody has begun and left half done for over an hour: a line waits until they are carried out to their end."""
    from workflow_core.store import plans as stored

    for one in stored.left(tx, now - _HOUR):
        values = {"day": civil_date(unstamp(one["at"])).isoformat(), "plan": one["ref"]}
        yield Problem(
            "plan_left", N_("the plan of {day} is begun and not carried out to its end; a line that it fills stands still"), place=one["ref"], values=values
        )


def messages(tx: Tx, now: datetime) -> Iterator[Problem]:
    """Messages that could not be delivered, or have waited too long."""
    from workflow_core.store import doctor, outbox

    dead = outbox.counts(tx)["dead"]
    if dead:
        yield Problem("letters_dead", N_("{count} messages could not be delivered"), values={"count": dead})
    late = doctor.late_messages(tx, now - _DAY)
    if late:
        yield Problem("letters_late", N_("{count} messages have waited for over a day"), values={"count": late})


def calendar(office: Office, tx: Tx, now: datetime, span: timedelta) -> Iterator[Problem]:
    """Years that the calendar lacks where programs run."""
    from workflow_core.records import calendar as days
    from workflow_core.records import enabling

    first = civil_date(now)
    missing: dict[int, set[str]] = {}
    for division in sorted({one.division for one in enabling.status(tx, now) if one.state == "enabled"}):
        known = days.load(tx, division, ask=office.registry.calendar)
        for n in range(span.days + 1):
            if not _known(known, first + timedelta(days=n)):
                missing.setdefault((first + timedelta(days=n)).year, set()).add(division)
    for year, divisions in sorted(missing.items()):
        values = {"year": year, "count": len(divisions)}
        yield Problem("calendar_missing", N_("days of {year} are missing for {count} divisions where programs run"), place=min(divisions), values=values)


def _known(known: Calendar, day: date) -> bool:
    try:
        known.day(day)
    except Refused:
        return False
    return True


def keeping(office: Office, tx: Tx, now: datetime) -> Iterator[Problem]:
    """Whether somebody can administer the office, and whether there is a copy of it."""
    from workflow_core.access import ADMIN
    from workflow_core.store import access, doctor, pulse

    if not access.holders(tx, ADMIN.name, stamp(now)):
        yield Problem("no_administrator", N_("nobody is administrator of this office"))
    oldest, copy = doctor.oldest_case(tx), pulse.last_copy(tx)
    if office.training or oldest is None or now - unstamp(oldest) <= COPY_EVERY:
        return
    if copy is None:
        yield Problem("no_copy", N_("no copy of this office was ever made with care office backup"))
    elif now - copy > COPY_EVERY:
        yield Problem("no_copy", N_("the last copy of this office is {days} days old"), values={"days": (now - copy).days})
