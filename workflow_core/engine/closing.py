"""Closing a case that nothing can be done with any more: its program is gone, or no upgrade has a place for it.

The definition that the office keeps with the case tells in which stages it may end. Nothing of the program runs: no guard is asked, no effect carried out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from workflow_core.access.grants import ADMIN, WHOLE_OFFICE, Actor
from workflow_core.clock import stamp
from workflow_core.engine.bare import Bare
from workflow_core.engine.outcome import Outcome
from workflow_core.engine.runtime import Runtime, unknown
from workflow_core.engine.tasking import need_reason
from workflow_core.engine.upgrading import has_place
from workflow_core.engine.versions import fits
from workflow_core.errors import Damaged, Misused, NotFound, Refused
from workflow_core.i18n import N_
from workflow_core.nearest import nearest
from workflow_core.store import among, cases, definitions, holds, lines
from workflow_core.store.again import again
from workflow_core.store.database import Row, Tx

CLOSED_UNSIGNED = N_("the case was closed without its program")


def close(runtime: Runtime, actor: Actor, ref: str, reason: str, *, stage: str = "") -> Outcome:
    """Close a case without its program: everything goes off the desks, its places are given back, drafts are void.

    :param stage: in which final stage it ends; may be left out where there is only one.
    :raises NotPermitted: ``not_permitted``: the account is no administrator of the office. :raises NotFound: ``case_unknown``, ``stage_unknown``.
    :raises Refused: ``program_here``: it can be worked on; ``upgrade_waits``: the new version has a place for it.
    :raises Refused: ``case_closed``; ``parts_open``. :raises Misused: ``stage_missing``; the reason is missing.
    """
    actor.require(ADMIN.name, division=WHOLE_OFFICE, doing=N_("close a case whose program is gone"))
    need_reason(reason)
    return again(runtime.db, lambda: _close(runtime, actor, ref, reason, stage))


def _close(runtime: Runtime, actor: Actor, ref: str, reason: str, stage: str) -> Outcome:
    with runtime.committing(), runtime.db.write() as tx:
        here = cases.load(tx, ref=ref)
        if here is None:
            raise unknown(ref)
        _must_be_gone(runtime, tx, actor, here)
        target = _target(_workflow(tx, here.case), stage)
        still = sum(row["n"] - row["closed"] for row in among.counts(tx, here.case["case_id"]))
        if still:
            raise Refused("parts_open", N_("{n} parts of it are still open"), hint=N_("see them: `care case list --whole {ref}`"), n=still, ref=ref)
        bare, now = Bare(here, actor=actor.login), runtime.clock.now()
        state = bare.state
        event = bare.begin("closed_by_hand", now, reason=reason)
        event.from_stage, event.to_stage = state.stage, target["name"]
        bare.close_tasks(event.at)
        for paper in state.papers.values():
            if paper.state == "draft":
                paper.state, paper.voided_at, paper.void_reason = "void", event.at, CLOSED_UNSIGNED
                bare.changes.papers[paper.n] = paper
        state.stage, state.stage_since, state.closed_at, state.outcome = target["name"], event.at, event.at, target["outcome"]
        state.suspended_at = state.wake_at = None
        holds.release_all(tx, state.case_id)
        lines.stand(tx, state.case_id, [])
        bare.save(runtime, tx, now)
    told = {"n": event.n, "kind": event.kind, "at": stamp(event.at), "actor": event.actor, "from": event.from_stage, "to": event.to_stage, "transition": None}
    return Outcome(state.ref, state.version, state.stage, target["title"], (told,), ())


def _must_be_gone(runtime: Runtime, tx: Tx, actor: Actor, here: cases.Loaded) -> None:
    row = here.case
    if row["closed_at"] is not None:
        raise Refused("case_closed", N_("the case is closed"), hint=N_("see: care case history {ref}"), ref=row["ref"])
    program = runtime.registry.programs.get(row["program"])
    if program is not None and any(one.name == row["workflow"] for one in program.workflows) and fits(tx, program, row["definition"]):
        hint = N_("close it by a transition: `care case why {ref}`; or past the rules: `care case override {ref} --to STAGE`")
        raise Refused("program_here", N_("the program of {ref} is installed, and can close it"), hint=hint, ref=row["ref"])
    if program is not None and has_place(runtime, tx, actor, program, here):
        message, hint = N_("{ref} waits for an upgrade, which has a place for it"), N_("move it first: care program upgrade {program} --case {ref}")
        raise Refused("upgrade_waits", message, hint=hint, ref=row["ref"], program=program.name)


def _workflow(tx: Tx, row: Row) -> Mapping[str, Any]:
    kept = definitions.get(tx, row["definition"])
    found = [] if kept is None else [one for one in json.loads(kept["snapshot"])["workflows"] if one["name"] == row["workflow"]]
    if not found:
        raise Damaged("definition_missing", N_("the definition that cases run on is not in the office"), hint=N_("run `care office doctor`"))
    return dict(found[0])


def _target(workflow: Mapping[str, Any], stage: str) -> Mapping[str, Any]:
    finals = {one["name"]: one for one in workflow["stages"] if one["final"]}
    names = ", ".join(finals)
    if not stage and len(finals) > 1:
        raise Misused("stage_missing", N_("say in which stage it ends"), hint=N_("add --to, one of: {names}"), names=names)
    if stage and stage not in finals:
        meant = nearest(stage, finals)
        hint = N_("did you mean {meant}?") if meant else N_("one of: {names}")
        raise NotFound("stage_unknown", N_("there is no stage {stage}"), hint=hint, stage=stage, meant=meant, names=names)
    found: Mapping[str, Any] = finals[stage or next(iter(finals))]
    return found
