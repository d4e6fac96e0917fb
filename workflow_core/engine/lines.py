"""Who waits for a place of a limit, in which order: written with each case, told by `care case why`. ``filling`` gives the places away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Any

from workflow_core.clock import stamp
from workflow_core.definition import Batch, Deny, Limit, Program, Transition, Waiting, Workflow, deny, path_of
from workflow_core.definition.upgrades import former_limits
from workflow_core.engine import among, machine
from workflow_core.engine.rows import plain
from workflow_core.engine.versions import left_behind
from workflow_core.engine.work import Work
from workflow_core.i18n import N_, Label
from workflow_core.store import canonical, plans
from workflow_core.store import lines as rows
from workflow_core.store.database import Row, Tx

LONGEST = 500
"""So many characters of a text tell two in line apart."""
FARTHEST = 1_000_000
"""Powers of ten of numbers are written from here, so that none is below nothing."""


@lru_cache(maxsize=512)
def of(workflow: Workflow[Any, Any]) -> tuple[Limit, ...]:
    """The limits of a workflow for which cases wait in line."""
    return tuple(limit for limit in workflow.limits if limit.waiting is not None)


def stand(tx: Tx, work: Work) -> None:
    """After a case was written: it stands in the lines of its stage, and in no other."""
    stages = {limit.waiting.stage.name for limit in of(work.workflow) if limit.waiting is not None}
    state = work.state
    if stages and (state.stage in stages or any(one.from_stage in stages for one in work.changes.events)):
        rows.stand(tx, state.case_id, wanted(work), new=state.read_version == 0)


def wanted(work: Work) -> list[dict[str, Any]]:
    """The lines that a case should stand in, as the table has them. One that is suspended stands in none: it comes back to its place when it goes on."""
    state, at = work.state, work.last_at
    if not state.is_open or state.suspended_at is not None:
        return []
    found = []
    for limit in of(work.workflow):
        key = work.key_of(limit, at) if limit.waiting is not None and limit.waiting.stage.name == state.stage else None
        if key is not None:
            found.append({"limit_name": limit.name, "program": state.program, "key": key, "rank": rank_of(work, limit, at), "since": stamp(state.stage_since)})
    return found


def rank_of(work: Work, limit: Limit, at: datetime) -> str:
    """Where a case belongs in a line, as text that sorts as its order does."""
    view = work.view(at)
    orders = () if limit.waiting is None else limit.waiting.orders
    return rank([view.value(one) if path_of(one) is not None else machine.ask_function(one, view) for one in orders])


def by_function(limit: Limit) -> bool:
    """Whether a line's order can change without any of its cases being written."""
    return limit.waiting is not None and any(path_of(one) is None for one in limit.waiting.orders)


def rank(values: Sequence[object]) -> str:
    """Values as one text that sorts, byte by byte, as they do one after the other; what is missing, or no number, comes last.

    Numbers of every kind sort by value, choices as they are listed, texts by their characters.
    """
    return "\x01".join(_rank(one) for one in values)


def _rank(value: object) -> str:
    if isinstance(value, (tuple, list)):
        return rank(value)
    if isinstance(value, Enum):
        return f"2{list(type(value)).index(value):06d}"
    if isinstance(value, (int, float, Decimal)):
        return _number(Decimal(value))
    if isinstance(value, datetime):
        return f"3{stamp(value)}"
    if isinstance(value, date):
        return f"3{value.isoformat()}"
    return "9" if value is None else f"4{str(plain(value))[:LONGEST]}"


def _number(value: Decimal) -> str:
    """Sign, exponent and digits; of a negative number turned round, so that the greater amount sorts first."""
    if value.is_nan():
        return "9"
    if value.is_infinite():
        return "13" if value > 0 else "10"
    if value == 0:
        return "12"
    digits = "".join(map(str, value.as_tuple().digits)).rstrip("0")
    power = value.adjusted()
    if value > 0:
        return f"12{power + FARTHEST:07d}{digits}"
    return f"11{FARTHEST - power:07d}{''.join(str(9 - int(one)) for one in digits)}~"


def made_up_by(tx: Tx, batches: Sequence[Batch[Any]], workflow: Workflow[Any, Any], place: tuple[str, str, str], limit: Limit) -> str | None:
    """The plan that is just putting cases into a line, or changes what its order goes by, if there is one: until it is done, who is first is not known."""
    waiting = limit.waiting
    if waiting is None:
        return None
    into = [one for one in workflow.transitions if one.target == waiting.stage]
    for row in rows.running_plans(tx, *place):
        may = [one for batch in batches if batch.name == row["batch"] for one in batch.may]
        if any(one is way for one in may for way in into) or (workflow.record in may and _orders(tx, row["plan_id"], waiting)):
            return str(row["ref"])
    return None


def not_moved(tx: Tx, program: Program[Any], limit: str, key: str, behind: frozenset[str] | None = None) -> str | None:
    """One in a line, by whatever name the limit had, whose case waits for an upgrade: until it has moved or is closed, who is first is not known.

    :param behind: the digests of the program's definitions of another structure, where they are at hand.
    """
    digests = left_behind(tx, program) if behind is None else behind
    return rows.behind(tx, program.name, [limit, *sorted(former_limits(program, limit))], key, sorted(digests)) if digests else None


def _orders(tx: Tx, plan_id: str, waiting: Waiting) -> bool:
    """Whether a plan still has to set a field by which a line is ordered. An order that is a function may go by any field."""
    paths = [path_of(one) for one in waiting.orders]
    after = 0
    while some := plans.waiting(tx, plan_id, after=after, most=LONGEST):
        if any(path is None or f'"{path.careflow_name}"' in canonical.dump(one["decision"]) for path in paths for one in some):
            return True
        after = some[-1]["n"]
    return False


def why(work: Work, transition: Transition[Any, Any, Any], at: datetime) -> list[Deny]:
    """Where a case stands in the lines that end with this transition, and what it waits for."""
    tx, found = work.world.tx, []
    standing: dict[str, Row] = {row["limit_name"]: row for row in rows.of(tx, work.state.case_id)}
    for limit in of(work.workflow):
        row = standing.get(limit.name)
        if limit.waiting is None or limit.waiting.fire is not transition or row is None or row["key"] != work.key_of(limit, at):
            continue
        size = next((one[2] for one in work.limits(at) if one[0] == limit.name), 0)
        said = {"n": rows.ahead(tx, row) + 1, "used": work.world.used(work.program.name, limit.name, row["key"]), "size": size}
        message = N_("it stands in line for a place, as number {n}; {used} of {size} are taken: {limit}")
        hint = N_("the place comes by itself, at the clock's next turn at the latest: care tick")
        found.append(deny(message, hint, "in_line", limit=Label(limit.reason), **said))
        if row["tried"] is not None:
            hint = N_("it is asked again when the case changes, and every day")
            found.append(deny(N_("the place was refused it on {day}, and is offered to the next"), hint, "passed_over", day=row["tried"]))
        waits = not_moved(tx, work.program, limit.name, row["key"])
        if waits is not None:
            error = among.not_moved(waits)
            found.append(deny(error.message, error.hint, error.code, ref=waits))
        plan = made_up_by(tx, work.program.all_batches(), work.workflow, (work.program.name, limit.name, row["key"]), limit)
        if plan is not None:
            found.append(deny(N_("the line is just being made up by {plan}"), N_("see: care batch show {plan}"), "line_made_up", plan=plan))
    return found
