"""Plans as people see them: one with its decisions, and lists of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflow_core.access.grants import Actor
from workflow_core.clock import civil_date, unstamp
from workflow_core.engine import plan_masks
from workflow_core.engine.runtime import SYSTEM_ACTOR, Runtime
from workflow_core.errors import NotFound
from workflow_core.i18n import N_, translate
from workflow_core.store import cases
from workflow_core.store import plans as rows
from workflow_core.store.database import Row, Tx


@dataclass(frozen=True)
class Planned:
    """A plan.

    :param ref: PLAN-26-00012; empty where it was not stored (a dry run).
    :param state: ``planned``, ``running`` (begun, and perhaps left off), ``done``, ``dropped``.
    :param summary: what the plan tells about itself. :param counts: decisions ``planned``, ``done``, ``refused``.
    :param items: the decisions: ``key, state, decision``, ``refusal`` (a code and its text), ``case``.
    :param digest: of the snapshot it was made from.
    """

    ref: str
    program: str
    batch: str
    division: str
    state: str
    input: Mapping[str, Any]
    summary: Mapping[str, Any]
    counts: Mapping[str, int]
    digest: str
    by: str
    at: str
    items: tuple[Mapping[str, Any], ...] = ()
    dry_run: bool = False

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return {**self.__dict__, "items": [dict(one) for one in self.items]}


def show(runtime: Runtime, actor: Actor, ref: str) -> Planned:
    """One plan with its decisions.

    :raises NotFound: ``plan_unknown``.
    """
    with runtime.db.read() as tx:
        return shown(runtime, tx, visible(runtime, tx, actor, ref))


def listed(runtime: Runtime, actor: Actor, *, program: str | None = None, open_only: bool = False) -> list[Planned]:
    """The plans in scope, the latest first, without their decisions."""
    with runtime.db.read() as tx:
        found = rows.listed(tx, divisions=actor.divisions(program=program), program=program, open_only=open_only)
        return [_plain(runtime, row, rows.counts(tx, row["plan_id"])) for row in found]


def left(runtime: Runtime, actor: Actor) -> list[str]:
    """The references of the plans that this account may carry on: begun over an hour ago, and not carried out to their end."""
    with runtime.db.read() as tx:
        found = [rows.by_ref(tx, one["ref"]) for one in rows.left(tx, runtime.clock.now() - rows.LEFT_AFTER)]
    return [row["ref"] for row in found if row is not None and _may_run(runtime, actor, row)]


def _may_run(runtime: Runtime, actor: Actor, row: Row) -> bool:
    program = runtime.registry.programs.get(row["program"])
    batches = () if program is None else program.all_batches()
    return any(actor.may(who.name, division=row["division"], program=row["program"]) for one in batches if one.name == row["batch"] for who in one.by)


def told_left(tx: Tx, now: datetime) -> list[dict[str, str]]:
    """The plans that somebody has begun and left for over an hour, as the clock tells of them at each of its turns."""
    message = N_("the plan of {day} is begun and not carried out to its end; a line that it fills stands still")
    return [
        {"case": one["ref"], "code": "plan_left", "message": translate(message, day=civil_date(unstamp(one["at"])).isoformat())}
        for one in rows.left(tx, now - rows.LEFT_AFTER)
    ]


def read(tx: Tx, plan_id: str) -> Row:
    """The row of a plan that is there."""
    found = rows.by_id(tx, plan_id)
    if found is None:
        raise NotFound("plan_unknown", N_("there is no plan {ref}"), hint=N_("see: care batch list"), ref=plan_id)
    return found


def visible(runtime: Runtime, tx: Tx, actor: Actor, ref: str) -> Row:
    """The row of a plan in sight.

    :raises NotFound: ``plan_unknown``.
    """
    row = rows.by_ref(tx, ref.strip().upper())
    if row is None or not (actor is SYSTEM_ACTOR or actor.sees(division=row["division"], program=row["program"])):
        raise NotFound("plan_unknown", N_("there is no plan {ref}"), hint=N_("see: care batch list"), ref=ref)
    return row


def shown(runtime: Runtime, tx: Tx, row: Row) -> Planned:
    """A plan from its row, with its decisions; what its forms hold for some eyes only is shown as stars."""
    found = rows.items(tx, row["plan_id"])
    refs = cases.refs(tx, [one["case_id"] for one in found if one["case_id"]])
    items = [
        {
            **{name: one[name] for name in ("n", "key", "state", "refusal")},
            "decision": plan_masks.masked_decision(runtime, row["program"], one["decision"]),
            "case": refs.get(one["case_id"]),
        }
        for one in found
    ]
    return _plain(runtime, row, rows.counts(tx, row["plan_id"]), tuple(items))


def tried(runtime: Runtime, row: Mapping[str, Any], decided: Sequence[tuple[str, Mapping[str, Any]]]) -> Planned:
    """A plan that is not stored: what a trial shows.

    :param row: what its row would say: ``program, batch, division, input, summary, digest, by``. :param decided: of each decision its key and what is kept.
    """
    items = tuple(
        {"n": n, "key": key, "state": "planned", "decision": plan_masks.masked_decision(runtime, row["program"], stored), "refusal": None, "case": None}
        for n, (key, stored) in enumerate(decided, 1)
    )
    given = plan_masks.masked_input(runtime, row["program"], row["batch"], row["input"])
    said = {name: row[name] for name in ("program", "batch", "division", "summary", "digest", "by")}
    return Planned(**said, ref="", state="planned", input=given, at="", counts={"planned": len(items), "done": 0, "refused": 0}, items=items, dry_run=True)


def _plain(runtime: Runtime, row: Row, counts: Mapping[str, int], items: tuple[Mapping[str, Any], ...] = ()) -> Planned:
    said = {name: row[name] for name in ("ref", "program", "batch", "division", "state", "summary", "digest", "by", "at")}
    return Planned(**said, input=plan_masks.masked_input(runtime, row["program"], row["batch"], row["input"]), counts=counts, items=items)
