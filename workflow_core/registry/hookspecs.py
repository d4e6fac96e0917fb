"""The hooks: everything that a plugin can give to careflow.

A plugin describes and answers; the engine acts. Implementations are called one by one, in the order of the plugins' names (``tryfirst`` and
``trylast`` are honoured), so that one that fails takes nothing from the others. An implementation may leave out arguments that it does not need.

While the office is at work each call has so much time: a veto, an observer, a calendar 5 seconds, a channel 30 for each message. It runs in a thread of
its own; one that takes longer is left behind there, not waited for, and not asked again by that process, so that a plugin that hangs costs one wait and not
one for each change. What it raised goes to the log with the plugin's name, the kind of the exception and the line; what the exception said does not, since
it may hold a name. Nothing of this undoes a change that was committed.

What fails at loading (a hook that is not known, arguments that nobody gives, an import that raises, a clash of names) makes that plugin a failed one, and
no other: its programs' cases can still be read, printed, verified and closed.
"""

from __future__ import annotations

from typing import Any

import pluggy

from workflow_core.definition import HOOK_NAMESPACE, CalendarDay, Change, Channel, Deny, Program

hookspec = pluggy.HookspecMarker(HOOK_NAMESPACE)


@hookspec
def careflow_programs() -> list[Program[Any]]:
    """Hands over the care programs of this plugin. Asked once, when the plugin is loaded.

    Order: of two plugins with a program of one name, or workflows of one prefix, the first is kept and the other listed as failed; a file named on the
    command line comes before what is installed.

    Failure: a plugin that raises here, or hands over anything else, is listed as failed with the reason; its cases can still be read.

    Example::

        from workflow_core import SCHOOL, Program, Stage, Transition, Workflow, ask, form, hookimpl

        @form
        class Loan:
            book: str = ask("Book")
            returned: bool = ask("Brought back", default=False)

        @form
        class Policy:
            days_lent: int = ask("Days a book is lent", default=14, ge=1)

        LENT = Stage("lent", "Lent")
        BACK = Stage("back", "Brought back", final=True)
        RETURN = Transition("return", "Brought back", source=LENT, target=BACK, by=SCHOOL)
        LOANS = Workflow("loan", "Loan", prefix="LN", subject=None, record=Loan, policy=Policy, initial=LENT, stages=[LENT, BACK],
                         transitions=[RETURN], open_by=[SCHOOL])

        @hookimpl
        def careflow_programs() -> list[Program[Policy]]:
            return [Program("reading", "Reading corner", version=1, policy=Policy, workflows=[LOANS])]
    """
    raise NotImplementedError


@hookspec
def careflow_veto(change: Change) -> Deny | None:
    """Asked before the commit of every change, of every program: None, or why it must not happen.

    Order: all are asked, and all reasons are told together. It must answer at once and change nothing: whoever makes the change waits for it, and a
    dry run asks it too.

    Failure: one that raises, answers anything else, or takes longer than 5 seconds denies the change with the code ``veto_failed``: a rule that
    cannot be asked is not a rule that was kept. One that took too long is not asked again by that process: it goes on denying.

    Example::

        from workflow_core import Change, Deny, deny, hookimpl

        @hookimpl
        def careflow_veto(change: Change) -> Deny | None:
            if change.transition == "clear" and change.at.month == 7:
                return deny("nothing is cleared in July: the schools cannot be asked", "clear it in September", code="school_holidays")
            return None
    """
    raise NotImplementedError


@hookspec
def careflow_observe(change: Change) -> None:
    """Told after the commit of every change, of every program.

    Order: none is promised. A change is told once by the process that made it, and not again after a crash: what must not be missed is read
    from the cases' histories.

    Failure: one that raises is reported in the log and stops nobody; the change stands. One that takes longer than 5 seconds is not waited for,
    and not told again by that process: send what is slow by a channel.

    Example::

        import logging

        from workflow_core import Change, hookimpl

        @hookimpl
        def careflow_observe(change: Change) -> None:
            logging.getLogger(__name__).info("%s: %s", change.ref, change.kind)
    """
    raise NotImplementedError


@hookspec
def careflow_channels() -> list[Channel]:
    """Hands over ways for messages to leave the office (text messages, mail). Asked once, when the plugin is loaded.

    Order: of two plugins with a channel of one name the first is kept and the other listed as failed.

    Failure: a plugin that raises here is listed as failed. A ``send`` that raises, or takes longer than 30 seconds, makes that message wait; it is
    tried again, later each time, and at last lies with the dead letters, where people see it.

    Example::

        from pathlib import Path

        from workflow_core import Channel, Message, hookimpl

        def append(message: Message) -> None:
            with Path("messages.txt").open("a", encoding="utf-8") as file:
                file.write(f"{message.to}: {message.text}\\n")

        @hookimpl
        def careflow_channels() -> list[Channel]:
            return [Channel("notebook", append)]
    """
    raise NotImplementedError


@hookspec
def careflow_calendar(division: str, year: int) -> list[CalendarDay] | None:
    """Knows a division's working days and school days in a year, or answers None. Asked for what the office's own calendar lacks.

    Order: the first plugin that answers anything but None decides; what the office has imported itself comes before all of them.

    Failure: one that raises, or takes longer than 5 seconds, is reported in the log, and the next is asked. Where nobody knows, the year counts as
    missing: nothing is guessed.

    Example::

        from datetime import date, timedelta

        from workflow_core import CalendarDay, hookimpl

        @hookimpl
        def careflow_calendar(division: str, year: int) -> list[CalendarDay] | None:
            if not division.startswith("9901") or year != 2026:
                return None
            days = (date(year, 1, 1) + timedelta(days=n) for n in range(365))
            return [CalendarDay(day, working=day.weekday() < 5, school=day.weekday() < 5 and day.month not in (2, 7, 8)) for day in days]
    """
    raise NotImplementedError
