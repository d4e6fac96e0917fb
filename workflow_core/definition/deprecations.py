"""What goes away: each name with the day since which it is deprecated, the day from which it is gone, and what to use instead.

A row is added with the version that brings what is to be used instead. Until ``until`` the old name goes on working, and ``care plugin check`` tells
authors of it. On that day a test fails until the old name has been taken out; the row stays, so that a plugin that still uses it is told what to use.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Deprecated:
    """Something of the public API that goes away.

    :param name: a public name (``Refer``), a parameter of one (``Task.help``), a hook (``careflow_observe``), or an argument of one
        (``careflow_observe.change``).
    :param since: the day of the release that deprecates it; :param until: the first day on which it is no longer there.
    :param instead: what to use, as it is written in a program.
    """

    name: str
    since: date
    until: date
    instead: str

    @property
    def owner(self) -> str:
        """The name before the dot: what a parameter or an argument belongs to, or the name itself."""
        return self.name.partition(".")[0]

    @property
    def parameter(self) -> str:
        """The name after the dot; empty where all of it goes."""
        return self.name.partition(".")[2]


LEAST_DAYS = 180
"""So long a name works on after it is deprecated: an author may look at the program once in half a year."""

DEPRECATED: tuple[Deprecated, ...] = ()
"""Everything that goes away or has gone. Nothing does, yet."""


def gone(name: str, table: tuple[Deprecated, ...] | None = None) -> Deprecated | None:
    """The row of a name, for whoever misses it."""
    return next((one for one in (DEPRECATED if table is None else table) if one.name == name), None)
