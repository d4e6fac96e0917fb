"""Open cases taken to the installed version of their program, and back: a few hundred in one commit, each whole, each once.

What is still to be done is told by the definition that each case runs on. So there is no list that could be lost: a process that dies leaves cases that have
moved and cases that have not, and the same command goes on with the rest. Parts go before their wholes, so that no whole counts stages it does not know.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from workflow_core.access.grants import ADMIN, WHOLE_OFFICE, Actor
from workflow_core.checks import Finding
from workflow_core.definition import Program, Workflow
from workflow_core.definition.snapshot import snapshot_digest
from workflow_core.engine import bulk, lines
from workflow_core.engine.among import parts_of
from workflow_core.engine.runtime import Runtime
from workflow_core.engine.upgrade_case import Becoming, move
from workflow_core.engine.upgrade_letters import must_arrive
from workflow_core.engine.upgrade_routes import Routes, translated
from workflow_core.engine.work import Work
from workflow_core.engine.world import World
from workflow_core.errors import CareError, NotFound, Refused
from workflow_core.i18n import N_
from workflow_core.store import cases, faults, outbox, upgrades
from workflow_core.store import lines as standing
from workflow_core.store.again import again
from workflow_core.store.database import Row, Tx

PER_COMMIT = 200
"""So many cases are taken in one transaction."""
Progress = Callable[[int, int], None]
"""Is told after each case how many there have been, and how many there are in all."""


@dataclass(frozen=True)
class Upgraded:
    """What became, or would become, of the cases that ran on another version.

    :param findings: what is wrong with the upgrade itself, by the older version's number.
    :param done: how many were taken; :param left: how many have no place, and stay as they are.
    """

    program: str
    version: int
    dry_run: bool
    cases: tuple[Becoming, ...]
    findings: tuple[tuple[int, Finding], ...] = ()

    @property
    def done(self) -> int:
        """How many have a place."""
        return sum(one.problem is None for one in self.cases)

    @property
    def left(self) -> int:
        """How many have none."""
        return len(self.cases) - self.done

    def counts(self) -> list[tuple[str, str, str, int]]:
        """How many go from which stage to which: workflow, stage, stage, number; an empty target: they have no place."""
        return [(*key, n) for key, n in sorted(Counter((one.workflow, one.stage, one.to) for one in self.cases).items())]

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "program": self.program,
            "version": self.version,
            "dry_run": self.dry_run,
            "done": self.done,
            "left": self.left,
            "counts": [{"workflow": workflow, "stage": stage, "to": to or None, "cases": n} for workflow, stage, to, n in self.counts()],
            "findings": [{"from_version": version, **one.as_dict()} for version, one in self.findings],
            "cases": [one.as_dict() for one in self.cases],
        }


@dataclass(frozen=True)
class _Work:
    """What one run works with: the definition that cases shall run on, the ways to it, and the cases that are to go, parts first.

    :param senders: the cases that have sent something to others which has not arrived.
    """

    program: Program[Any]
    pinned: str
    routes: Routes
    behind: frozenset[str]
    rows: list[Row]
    senders: frozenset[str]


def upgrade(runtime: Runtime, actor: Actor, program: str, *, case: str | None = None, dry_run: bool = False, progress: Progress | None = None) -> Upgraded:
    """Take the open cases of a program, and closed parts of open wholes, to the installed version. What is refused stays as it is, and is listed.

    :param case: this one alone, open or closed. :param dry_run: say what would become of each; nothing is written.
    :raises NotPermitted: ``not_permitted``: the account is no administrator of the office. :raises NotFound: ``program_unknown``, ``case_unknown``.
    """
    actor.require(ADMIN.name, division=WHOLE_OFFICE, doing=N_("move cases to another version of their program"))
    owner = runtime.registry.program(program)
    with runtime.db.read() if dry_run else runtime.db.write() as tx:
        pinned = snapshot_digest(owner) if dry_run else runtime.pin(tx, owner, runtime.clock.now())
        todo = _todo(runtime, tx, owner, pinned, case)
        findings = tuple((todo.routes.version(digest), one) for digest, each in todo.routes.problems.items() for one in each if _of(todo.rows, digest))
        if dry_run:
            return Upgraded(owner.name, owner.version, True, tuple(_tried(runtime, tx, actor, todo, progress)), findings)
    found: list[Becoming] = []

    def step(row: Row) -> Becoming | None:
        return again(runtime.db, lambda: _taken(runtime, actor, todo, row))

    for row, answer in bulk.each(runtime, todo.rows, step, per_commit=PER_COMMIT):
        if answer is not None:
            found.append(told(row, answer) if isinstance(answer, CareError) else answer)
        if progress is not None:
            progress(len(found), len(todo.rows))
    return Upgraded(owner.name, owner.version, False, tuple(found), findings)


def _of(rows: list[Row], digest: str) -> bool:
    return any(row["definition"] == digest for row in rows)


def _todo(runtime: Runtime, tx: Tx, owner: Program[Any], pinned: str, case: str | None) -> _Work:
    behind = World(tx, runtime.registry).left_behind(owner.name)
    if case is not None and ((there := cases.load(tx, ref=case)) is None or there.case["program"] != owner.name):
        raise NotFound("case_unknown", N_("there is no case {ref}"), hint=N_("see: care case list"), ref=case)
    rows = upgrades.to_move(tx, sorted(behind)) if case is None else upgrades.one_to_move(tx, sorted(behind), case)
    routes = Routes(tx, owner, frozenset(row["definition"] for row in rows))
    rows.sort(key=lambda row: -_depth(owner, _workflow(routes, row)))  # a stable order: by reference among those of one depth
    return _Work(owner, pinned, routes, behind, rows, outbox.senders(tx))


def _workflow(routes: Routes, row: Row) -> Workflow[Any, Any] | None:
    from workflow_core.definition.upgrades import upgrade_of

    return upgrade_of(routes.program, row["workflow"], routes.version(row["definition"]))[0]


def _depth(program: Program[Any], workflow: Workflow[Any, Any] | None) -> int:
    """Of how many wholes, one in the other, its cases are parts."""
    depth = 0
    while workflow is not None and workflow.part_of is not None and depth < len(program.workflows):
        depth, whole = depth + 1, workflow.part_of
        workflow = next((one for one in program.workflows if one.record is whole), None)
    return depth


def _tried(runtime: Runtime, tx: Tx, actor: Actor, todo: _Work, progress: Progress | None) -> Iterator[Becoming]:
    """What would become of each. Nothing is written; a place that several want is found free by each of them."""
    stuck: dict[str, str] = {}
    going = {row["case_id"] for row in todo.rows}
    for start in range(0, len(todo.rows), PER_COMMIT):
        world = _world(runtime, tx, todo)
        some = todo.rows[start : start + PER_COMMIT]
        loaded = {one.case["case_id"]: one for one in cases.load_many(tx, [row["case_id"] for row in some])}
        for n, row in enumerate(some, start + 1):
            here = loaded[row["case_id"]]
            try:
                if row["case_id"] in stuck:
                    raise _parts_first(stuck[row["case_id"]])
                work, becomes = _moved(runtime, tx, world, actor, todo, here)
                if parts_of(todo.program, work.workflow):
                    lagging = upgrades.lagging_parts(tx, row["case_id"], sorted(todo.behind))
                    if (part := next((one["ref"] for one in lagging if one["case_id"] not in going), None)) is not None:
                        raise _parts_first(part)
                runtime.ask_vetoes(work)
                runtime.try_holds(tx, work)
                yield becomes
            except CareError as error:
                if faults.of_the_office(error):
                    raise
                if here.case["whole_id"] is not None:
                    stuck[here.case["whole_id"]] = row["ref"]
                yield told(row, error)
            if progress is not None:
                progress(n, len(todo.rows))


def _taken(runtime: Runtime, actor: Actor, todo: _Work, row: Row) -> Becoming | None:
    """Take one case, in one transaction; None where somebody else has done it."""
    with runtime.committing(), runtime.db.write() as tx:
        here = cases.load(tx, case_id=row["case_id"])
        if here is None or here.case["definition"] not in todo.behind:
            return None
        world = runtime.left.world or World(tx, runtime.registry)
        _translating(world, runtime, todo)
        work, becomes = _moved(runtime, tx, world, actor, todo, here)
        if parts_of(todo.program, work.workflow) and (part := upgrades.lagging(tx, row["case_id"], sorted(todo.behind), parts=True)) is not None:
            raise _parts_first(part)
        runtime.ask_vetoes(work)
        runtime.save(tx, work, runtime.clock.now())
        if work.changes.events[0].payload["undo"]["lines"]:  # it stood in lines of stages that this version may not have
            standing.stand(tx, row["case_id"], lines.wanted(work))
        return becomes


def _moved(runtime: Runtime, tx: Tx, world: World, actor: Actor, todo: _Work, here: cases.Loaded) -> tuple[Work, Becoming]:
    route = todo.routes.of(here.case["definition"], here.case["workflow"])
    now = runtime.clock.now()
    if here.case["case_id"] in todo.senders:
        must_arrive(tx, route, here.case["case_id"])
    return move(tx, world, translated(here, route, now), route, todo.pinned, actor=actor.login, now=now)


def has_place(runtime: Runtime, tx: Tx, actor: Actor, program: Program[Any], here: cases.Loaded) -> bool:
    """Whether the installed version has a place for a case that runs on an older one: as the trial finds, its parts left out of account."""
    digest, behind = here.case["definition"], World(tx, runtime.registry).left_behind(program.name)
    todo = _Work(program, snapshot_digest(program), Routes(tx, program, behind | {digest}), behind, [], outbox.senders(tx))
    try:
        work, _ = _moved(runtime, tx, _world(runtime, tx, todo), actor, todo, here)
        runtime.try_holds(tx, work)
    except CareError as error:
        if faults.of_the_office(error):
            raise
        return False
    return True


def _world(runtime: Runtime, tx: Tx, todo: _Work) -> World:
    world = World(tx, runtime.registry)
    _translating(world, runtime, todo)
    return world


def _translating(world: World, runtime: Runtime, todo: _Work) -> None:
    """While cases move, one that looks at its whole, which goes after it, sees it in the words of the new version."""

    def as_moved(other: cases.Loaded) -> Any:
        route = todo.routes.of(other.case["definition"], other.case["workflow"])
        return route.workflow, translated(other, route, runtime.clock.now()).state

    world.as_moved = as_moved


def _parts_first(part: str) -> Refused:
    return Refused("parts_first", N_("its part {part} has not moved"), hint=N_("see why: care program upgrade NAME --dry-run"), part=part)


def told(row: Row, error: CareError) -> Becoming:
    """What is said of a case that has no place."""
    reasons = [one.text() for one in error.problems] or [error.text()]
    hints = list(dict.fromkeys(filter(None, [*(one.advice() for one in error.problems), error.advice()])))
    return Becoming(row["ref"], row["workflow"], row["stage"], problem={"code": error.code, "reasons": reasons, "hint": "; ".join(hints)})
