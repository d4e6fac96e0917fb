"""The rows that say where a program runs and how: their statements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BindParameter, bindparam, func, select

from workflow_core.store.database import Row, Tx
from workflow_core.store.statement import Statement
from workflow_core.store.tables import case, enablement, policy

_LEVELS = 5
_PAST_DIGITS = ":"
_DIVISIONS: list[BindParameter[str]] = [bindparam(f"division{n}") for n in range(_LEVELS)]

_STATES = Statement(
    select(enablement.c.division, enablement.c.since, enablement.c.state)
    .where(enablement.c.program == bindparam("program"), enablement.c.division.in_(_DIVISIONS), enablement.c.since < bindparam("before"))
    .order_by(enablement.c.since)
)
_POLICIES = Statement(
    select(policy.c.division, policy.c.since, policy.c.values_json)
    .where(policy.c.program == bindparam("program"), policy.c.division.in_(_DIVISIONS), policy.c.since < bindparam("before"))
    .order_by(policy.c.since)
)
_ALL_STATES = Statement(select(enablement).order_by(enablement.c.program, enablement.c.division, enablement.c.since))
_STATES_BELOW = Statement(
    select(enablement)
    .where(enablement.c.program == bindparam("program"), enablement.c.division > bindparam("first"), enablement.c.division < bindparam("past"))
    .order_by(enablement.c.division, enablement.c.since)
)
_LATER_POLICIES = Statement(
    select(policy.c.since)
    .where(policy.c.program == bindparam("program"), policy.c.division == bindparam("division"), policy.c.since > bindparam("since"))
    .order_by(policy.c.since)
)
_LATER_STATES = Statement(
    select(enablement.c.since, enablement.c.state)
    .where(enablement.c.program == bindparam("program"), enablement.c.division == bindparam("division"), enablement.c.since > bindparam("since"))
    .order_by(enablement.c.since)
)
_OPEN_CASES = Statement(
    select(case.c.division, case.c.workflow, case.c.stage, func.count().label("cases"))
    .where(case.c.program == bindparam("program"), case.c.closed_at.is_(None), case.c.division >= bindparam("first"), case.c.division < bindparam("past"))
    .group_by(case.c.division, case.c.workflow, case.c.stage)
    .order_by(case.c.division, case.c.workflow, case.c.stage)
)


def _upsert(table: Any, column: str) -> Statement:
    """A row of that instant, or the same instant's row rewritten: a training office's clock may stand still."""
    return Statement.upsert(
        lambda insert: _rewriting(insert(table), column),
    )


def _rewriting(made: Any, column: str) -> Any:
    fresh = {name: made.excluded[name] for name in (column, "by", "at")}
    return made.on_conflict_do_update(index_elements=["program", "division", "since"], set_=fresh)


_SET_STATE = _upsert(enablement, "state")
_SET_POLICY = _upsert(policy, "values_json")


def _named(divisions: Sequence[str]) -> dict[str, str]:
    wanted = [*divisions, *[divisions[-1]] * (_LEVELS - len(divisions))]
    return {f"division{n}": division for n, division in enumerate(wanted)}


def states(tx: Tx, program: str, divisions: Sequence[str], before: str) -> list[Row]:
    """Division, since, state of at most five divisions, oldest first.

    :param before: only rows that began before this instant.
    """
    return tx.rows(_STATES, {"program": program, "before": before, **_named(divisions)})


def policies(tx: Tx, program: str, divisions: Sequence[str], before: str) -> list[Row]:
    """Division, since, values_json of at most five divisions, oldest first."""
    return tx.rows(_POLICIES, {"program": program, "before": before, **_named(divisions)})


def every_state(tx: Tx) -> list[Row]:
    """All rows of all programs, by program, division and time."""
    return tx.rows(_ALL_STATES)


def states_below(tx: Tx, program: str, division: str) -> list[Row]:
    """The rows of what lies in a division, without its own, by division and time."""
    return tx.rows(_STATES_BELOW, {"program": program, "first": division, "past": division + _PAST_DIGITS})


def later_states(tx: Tx, program: str, division: str, since: str) -> list[Row]:
    """What is dated after an instant: since, state."""
    return tx.rows(_LATER_STATES, {"program": program, "division": division, "since": since})


def later_policies(tx: Tx, program: str, division: str, since: str) -> list[str]:
    """When a division's policy changes after an instant."""
    return [row["since"] for row in tx.rows(_LATER_POLICIES, {"program": program, "division": division, "since": since})]


def open_cases(tx: Tx, program: str, division: str) -> list[Row]:
    """Division, workflow, stage, cases of the open cases in a subtree."""
    return tx.rows(_OPEN_CASES, {"program": program, "first": division, "past": division + _PAST_DIGITS})


def set_state(tx: Tx, row: dict[str, str]) -> None:
    """Write program, division, since, state, by, at."""
    tx.execute(_SET_STATE, row)


def set_policy(tx: Tx, row: dict[str, str]) -> None:
    """Write program, division, since, values_json, by, at."""
    tx.execute(_SET_POLICY, row)
