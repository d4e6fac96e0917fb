"""The marker with which a plugin says that a function implements one of the hooks, and the values that hooks take and give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from datetime import date, datetime

import pluggy

HOOK_NAMESPACE = "careflow"

hookimpl = pluggy.HookimplMarker(HOOK_NAMESPACE)
"""``@hookimpl`` above a function named like a hook (``careflow_programs``)."""


@dataclass(frozen=True)
class Change:
    """One change of a case, as plugins are told of it. It holds nothing personal: what they may read beyond it they ask for by reference.

    :param program: the program's name; :param workflow: the workflow's.
    :param ref: the case's reference (``DR-26-00417``).
    :param kind: what happened: ``opened``, ``advanced``, ``task_done`` …
    :param transition: its name, where one was taken.
    :param from_stage: the stage before, and ``to_stage`` the one after, by name; equal where the case stayed, None before the opening.
    :param at: the instant, in UTC.
    :param actor: the account's login; ``system`` for the clock.
    """

    program: str
    workflow: str
    ref: str
    _: KW_ONLY
    kind: str
    transition: str | None = None
    from_stage: str | None = None
    to_stage: str | None = None
    at: datetime
    actor: str


@dataclass(frozen=True)
class Message:
    """A message to whoever holds a role for a case's division.

    :param key: the same for each attempt to deliver it: delivery is at least once, so a channel drops what it has sent under this key.
    :param to: the name of the role, the party or the relation that is addressed.
    :param division: the official code; :param ref: the case's reference, empty where there is none.
    :param text: in the office's language; it names a person by reference only.
    """

    key: str
    to: str
    division: str
    ref: str
    text: str
    at: datetime
    urgent: bool = False


@dataclass(frozen=True)
class Channel:
    """A way for messages to leave the office.

    :param name: what the office's settings call it; unique in an office.
    :param send: delivers one message; what it raises makes the message wait and be tried again.
    """

    name: str
    send: Callable[[Message], None]


@dataclass(frozen=True)
class CalendarDay:
    """One day of a division's calendar.

    :param working: offices work (a make-up Saturday does, a holiday does not); :param school: there are lessons.
    :param term: the school term it lies in (``2026-autumn``), empty between terms.
    :param name: the holiday's name, where it has one.
    """

    day: date
    _: KW_ONLY
    working: bool
    school: bool
    term: str = ""
    name: str = ""
