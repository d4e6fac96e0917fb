"""Where a program runs: enabled and disabled per division, dated, inherited from the county.

The nearest division with a row decides: a township's own, else its county's, and so on; of several rows of one division the latest that has begun.
How it runs there is in ``policies.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

from workflow_core.clock import day_begins, stamp, unstamp
from workflow_core.definition import Program
from workflow_core.i18n import N_
from workflow_core.records import divisions
from workflow_core.records.divisions import ancestors
from workflow_core.records.policies import PolicyChange, PolicyHistory, PolicyLine, PolicyShown, policy_history, policy_in_force, policy_set, policy_show
from workflow_core.store import enabling as rows
from workflow_core.store import journal
from workflow_core.store.database import Row, Tx

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workflow_core.access.grants import Actor

__all__ = [
    "Changed",
    "PolicyChange",
    "PolicyHistory",
    "PolicyLine",
    "PolicyShown",
    "Standing",
    "Stranded",
    "disable",
    "enable",
    "in_force",
    "policy_history",
    "policy_in_force",
    "policy_set",
    "policy_show",
    "status",
    "stranded",
]

State: TypeAlias = Literal["enabled", "disabled"]
_ADMIN = "admin"


@dataclass(frozen=True)
class Standing:
    """How a program stands in a division.

    :param from_division: whose row decides; empty where there is none: then it is disabled.
    :param since: from when that row holds; None where there is none.
    """

    program: str
    division: str
    state: State
    from_division: str
    since: datetime | None

    @property
    def inherited(self) -> bool:
        """Whether another division's row decides."""
        return self.from_division != self.division


@dataclass(frozen=True)
class Stranded:
    """Open cases that go on after a program is disabled: none is closed, no new one can be opened.

    :param cases: how many of them stand in that stage of that workflow in that division.
    """

    division: str
    workflow: str
    stage: str
    cases: int


@dataclass(frozen=True)
class Changed:
    """What enabling or disabling did.

    :param changed: False where it stood so already: nothing was written.
    :param before: how it stood.
    :param since: from when the change holds.
    :param later: when rows dated later change it again, and to what.
    :param apart: divisions within, whose own rows say otherwise and stand.
    :param stranded: open cases that drain.
    """

    changed: bool
    before: Standing
    since: datetime
    later: tuple[tuple[datetime, State], ...] = ()
    apart: tuple[str, ...] = ()
    stranded: tuple[Stranded, ...] = ()

    @property
    def open_cases(self) -> int:
        """How many cases drain."""
        return sum(one.cases for one in self.stranded)


def in_force(tx: Tx, program: str, division: str, on: date) -> bool:
    """Whether new cases of a program may be opened in a division on a day."""
    return _standing(tx, program, division, day_begins(on + timedelta(days=1))).state == "enabled"


def _standing(tx: Tx, program: str, division: str, before: datetime) -> Standing:
    """How it stands by the rows that began before an instant."""
    line = (division, *ancestors(division))
    latest = {row["division"]: row for row in rows.states(tx, program, line, stamp(before))}
    row = next((latest[code] for code in line if code in latest), None)
    if row is None:
        return Standing(program, division, "disabled", "", None)
    return Standing(program, division, cast(State, row["state"]), row["division"], unstamp(row["since"]))


def standing(tx: Tx, program: str, division: str, at: datetime) -> Standing:
    """How a program stands in a division at an instant."""
    return _standing(tx, program, division, at + timedelta(microseconds=1))


def enable(tx: Tx, program: Program[Any], division: str, *, actor: Actor, now: datetime, since: date | None = None) -> Changed:
    """Lets a program run in a division, from a day on (from now where none is said). Twice is harmless.

    :raises NotFound: ``division_unknown``.
    :raises NotPermitted: the actor is no administrator there.
    """
    return _change(tx, program.name, division, "enabled", actor, now, since)


def disable(tx: Tx, program: str, division: str, *, actor: Actor, now: datetime, since: date | None = None, dry_run: bool = False) -> Changed:
    """Stops new cases of a program in a division; open ones drain, and are told.

    :param program: its name; it need not be installed any more.
    :param dry_run: tell what it would strand, and write nothing.
    :raises NotFound: ``division_unknown``.
    :raises NotPermitted: the actor is no administrator there.
    """
    return _change(tx, program, division, "disabled", actor, now, since, dry_run=dry_run)


def _change(tx: Tx, program: str, division: str, state: State, actor: Actor, now: datetime, since: date | None, *, dry_run: bool = False) -> Changed:
    code = divisions.get(tx, division).code
    doing = N_("enable a program") if state == "enabled" else N_("disable a program")
    actor.require(_ADMIN, division=code, program=program, doing=doing)
    begins = now if since is None else day_begins(since)
    before = standing(tx, program, code, begins)
    below = _latest(rows.states_below(tx, program, code), begins)
    apart = tuple(row["division"] for row in below if row["state"] != state)
    left = stranded(tx, program, code, without=apart) if state == "disabled" else ()
    later = tuple((unstamp(row["since"]), cast(State, row["state"])) for row in rows.later_states(tx, program, code, stamp(begins)))
    if before.state == state:
        return Changed(False, before, begins, later, apart, left)
    if not dry_run:
        rows.set_state(tx, {"program": program, "division": code, "since": stamp(begins), "state": state, "by": actor.login, "at": stamp(now)})
        journal.append(
            tx,
            journal.account_stream(actor.account_id, now),
            actor.login,
            f"program_{state}",
            {"program": program, "division": code, "since": stamp(begins)},
            now,
            subject=program,
        )
    return Changed(True, before, begins, later, apart, left)


def _latest(found: Iterable[Row], at: datetime) -> list[Row]:
    """Of each division the row that holds at an instant."""
    limit = stamp(at)
    kept = {row["division"]: row for row in found if row["since"] <= limit}
    return list(kept.values())


def stranded(tx: Tx, program: str, division: str, *, without: tuple[str, ...] = ()) -> tuple[Stranded, ...]:
    """The open cases of a program in a division, counted by stage.

    :param without: divisions within that are left out.
    """
    found = rows.open_cases(tx, program, division)
    return tuple(Stranded(row["division"], row["workflow"], row["stage"], row["cases"]) for row in found if not row["division"].startswith(without))


def status(tx: Tx, at: datetime, *, program: str | None = None, scopes: tuple[str, ...] = ("",)) -> list[Standing]:
    """Where programs are enabled or disabled at an instant: a line for each division with a row of its own.

    :param scopes: only in these subtrees (``Actor.divisions()``), and what lies above them and is inherited.
    """
    limit = stamp(at)
    kept: dict[tuple[str, str], Row] = {}
    for row in rows.every_state(tx):
        if row["since"] <= limit and program in (None, row["program"]) and any(_related(row["division"], scope) for scope in scopes):
            kept[row["program"], row["division"]] = row
    return [Standing(row["program"], row["division"], cast(State, row["state"]), row["division"], unstamp(row["since"])) for row in kept.values()]


def _related(division: str, scope: str) -> bool:
    return division.startswith(scope) or scope.startswith(division)
