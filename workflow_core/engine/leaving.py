"""Somebody leaves: all work that lies with him by name goes to another in one command, or back to where everybody with the role finds it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from workflow_core.access import accounts
from workflow_core.access.deputies import deputies_of
from workflow_core.access.granted import record
from workflow_core.access.grants import ADMIN, Actor
from workflow_core.clock import stamp
from workflow_core.engine import bulk
from workflow_core.engine.bare import Bare
from workflow_core.engine.rows import written_of
from workflow_core.engine.runtime import SYSTEM_ACTOR, Runtime
from workflow_core.engine.state import CaseState, TaskRow
from workflow_core.engine.versions import code_version
from workflow_core.engine.work import Work
from workflow_core.errors import CareError, Conflict, Damaged, Misused, NotFound, NotPermitted, Refused
from workflow_core.i18n import N_
from workflow_core.store import access as account_rows
from workflow_core.store import cases, desk, lying, own_cases
from workflow_core.store.database import Row, Tx

EVENT = "handed_over"
PER_COMMIT = 200
"""So many cases are written in one transaction."""
ROUNDS = 20
"""So often what has come to lie there meanwhile is handed over, too, before an account is closed."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Laid:
    """One thing that lies with whoever leaves.

    :param kind: ``task``, ``case``, ``paper``, ``plan``, ``transfer``, ``right`` (that he asked for), ``deputy`` (he has, or is).
    :param became: ``taken`` by the other; ``role``: it lies where everybody with the role, or the office that it concerns, finds it; ``ends`` when
        the account is closed; ``left``: it could not be moved; ``other``: it was taken as a deputy and lies with the absent one, who finds it there.
    :param reason: why it is left; of ``other``, with whom it lies.
    :param title: what it is called: a msgid, or a name.
    """

    kind: str
    ref: str
    title: str
    became: str
    roles: tuple[str, ...] = ()
    reason: str = ""

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        said = {"kind": self.kind, "ref": self.ref, "title": self.title, "became": self.became}
        return {**said, "roles": list(self.roles), "reason": self.reason or None}


@dataclass(frozen=True)
class HandedOver:
    """What became of everything that lay with an account.

    :param elsewhere: how many cases hold something of his and are not this administrator's to touch.
    :param closed: whether the account is closed now.
    """

    giver: str
    taker: str
    items: tuple[Laid, ...]
    elsewhere: int
    closed: bool
    dry_run: bool

    def count(self, became: str) -> int:
        """How many became that."""
        return sum(one.became == became for one in self.items)

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        counts = {became: self.count(became) for became in ("taken", "role", "ends", "left", "other")}
        said = {"of": self.giver, "to": self.taker, "dry_run": self.dry_run, "closed": self.closed, "elsewhere": self.elsewhere}
        return {**said, "counts": counts, "items": [one.as_dict() for one in self.items]}


def hand_over(
    runtime: Runtime, actor: Actor, giver: str, taker: str, *, close: bool = False, dry_run: bool = False, progress: Progress | None = None
) -> HandedOver:
    """Hands over all that lies with an account by name. It may be done again: what was handed over lies there no more.

    Whoever leaves does it himself, or an administrator of where the cases lie. What the other may not do goes back to the role's desk. The history of each
    case says who handed over to whom. What comes to lie there while it runs is handed over before the account is closed; nothing can come after.

    :param close: close the account afterwards, so that its roles and deputies end.
    :raises NotFound: ``account_unknown``. :raises Misused: ``hand_over_to_himself``. :raises NotPermitted: ``not_permitted``.
    :raises Refused: ``account_closed``: of whom should take it; ``work_left``: something could not be moved, so that the account is not closed;
        ``last_admin``.
    """
    now = runtime.clock.now()
    with runtime.db.read() as tx:
        receiver = _receiver(tx, actor, giver, taker, now, runtime.training)
        beside = _beside(tx, actor, giver, now)
    if close:
        _try_to_close(runtime, actor, giver, now)
    items: list[Laid] = []
    for _ in range(ROUNDS):
        moved, elsewhere = _round(runtime, actor, giver, receiver, dry_run, progress)
        items += moved
        done = HandedOver(giver, taker, (*items, *beside), elsewhere, False, dry_run)
        stuck = bool(elsewhere or done.count("left"))
        if dry_run or not close or stuck or _closed(runtime, actor, giver, now):
            break
    if dry_run:
        return done
    if done.items or close:
        said = {"login": giver, "to": taker, "taken": str(done.count("taken")), "back": str(done.count("role")), "left": str(done.count("left"))}
        with runtime.db.write() as tx:
            row = account_rows.by_login(tx, giver)
            record(tx, actor, "work_handed_over", dict(said), now, row["account_id"] if row is not None else "")
    with runtime.db.read() as tx:
        left = account_rows.by_login(tx, giver)
    if not close:
        return replace(done, closed=left is not None and left["closed_at"] is not None)
    if stuck or left is None or left["closed_at"] is None:
        raise Refused(
            "work_left",
            N_("{login} is not closed: something still lies there that could not be moved ({count}); all else is handed over"),
            hint=N_("see what: care account hand-over {login} --to {to} --dry-run; an administrator of the whole office may move it"),
            login=giver,
            to=taker,
            count=done.elsewhere + done.count("left"),
        )
    return replace(done, closed=True)


def _round(runtime: Runtime, actor: Actor, giver: str, receiver: Actor, dry_run: bool, progress: Progress | None) -> tuple[list[Laid], int]:
    """Hand over what lies there now; and in how many cases something lies that is not this actor's to touch."""
    with runtime.db.read() as tx:
        rows = lying.cases_of(tx, giver)
    mine = [row for row in rows if _may(actor, giver, row)]
    items: list[Laid] = []
    answers = _tried(runtime, mine, giver, receiver) if dry_run else _done(runtime, actor, mine, giver, receiver)
    for n, laid in enumerate(answers, 1):
        items += laid
        if progress is not None:
            progress(n, len(mine))
    return items, len(rows) - len(mine)


def _closed(runtime: Runtime, actor: Actor, giver: str, now: datetime) -> bool:
    """Close the account, unless something has come to lie there meanwhile: whoever lays something on a desk keeps its account from being closed."""
    try:
        with runtime.db.write() as tx:
            accounts.account_close(tx, giver, actor=actor, now=now)
            if lying.cases_of(tx, giver):
                raise _Undo
    except _Undo:
        return False
    return True


def _receiver(tx: Tx, actor: Actor, giver: str, taker: str, now: datetime, training: bool) -> Actor:
    """Who takes it over, with what he holds in his own right."""
    if actor.login != giver and not actor.divisions(ADMIN.name):
        message, hint = N_("you may not hand over the work of {login}"), N_("{login} may, and an administrator; a single task: care task assign")
        raise NotPermitted("not_permitted", message, hint=hint, login=giver)
    for login in (giver, taker):
        if account_rows.by_login(tx, login) is None:
            raise NotFound("account_unknown", N_("there is no account {login}"), hint=N_("see: care account list"), login=login)
    if giver == taker:
        raise Misused("hand_over_to_himself", N_("nobody takes over from himself"), hint=N_("name a colleague: --to LOGIN"))
    try:
        found = accounts.load_actor(tx, taker, now, training, impersonated=True)
    except NotPermitted:
        hint = N_("name somebody who is there: care account list")
        raise Refused("account_closed", N_("the account {login} is closed"), hint=hint, login=taker) from None
    return replace(found, grants=tuple(one for one in found.grants if one.stands_for is None))


def _may(actor: Actor, giver: str, row: Row) -> bool:
    return actor.login == giver or actor.may(ADMIN.name, division=row["division"], program=row["program"])


class _Undo(Exception):
    """Leaves a transaction without its changes."""


def _try_to_close(runtime: Runtime, actor: Actor, giver: str, now: datetime) -> None:
    """See that the account could be closed, before anything is moved."""
    try:
        with runtime.db.write() as tx:
            accounts.account_close(tx, giver, actor=actor, now=now)
            raise _Undo
    except _Undo:
        return


# ------------------------------------------------------------------ cases


def _tried(runtime: Runtime, rows: Sequence[Row], giver: str, taker: Actor) -> Iterator[list[Laid]]:
    with runtime.db.read() as tx:
        for loaded in cases.load_many(tx, [row["case_id"] for row in rows]):
            yield _moved(runtime, tx, Bare(loaded, actor="").state, giver, taker)


def _done(runtime: Runtime, actor: Actor, rows: Sequence[Row], giver: str, taker: Actor) -> Iterator[list[Laid]]:
    """Each case in a step of its own, some hundreds in a commit."""
    for row, answer in bulk.each(runtime, rows, lambda row: _case(runtime, actor, row, giver, taker), per_commit=PER_COMMIT):
        if isinstance(answer, CareError):
            yield [Laid("case", row["ref"], row["program"], "left", reason=answer.text())]
        else:
            yield answer


def _case(runtime: Runtime, actor: Actor, row: Row, giver: str, taker: Actor) -> list[Laid]:
    laid: list[Laid] = []

    def act(work: Work, now: datetime) -> None:
        work.done_by(actor)
        laid[:] = _moved(runtime, work.world.tx, work.state, giver, taker)
        if laid:
            work.begin(EVENT, now, **_said(laid, giver, taker.login))
            work.changes.lays_on |= {taker.login} if any(one.became == "taken" for one in laid) else set()
            work.changes.tasks.update(_changed(work.state, laid))

    try:
        runtime.change(SYSTEM_ACTOR, row["ref"], act)
    except (Conflict, Damaged):
        raise
    except CareError:  # its program is gone, or speaks against it: what lies with somebody who leaves is moved nevertheless, and nothing else of it
        return _bare(runtime, actor, row, giver, taker)
    return laid


def _bare(runtime: Runtime, actor: Actor, row: Row, giver: str, taker: Actor) -> list[Laid]:
    """The same of a case of which no program runs."""
    now = runtime.clock.now()
    with runtime.committing(), runtime.db.write() as tx:
        loaded = cases.load(tx, case_id=row["case_id"])
        if loaded is None or not desk.keep_open(tx, taker.login):
            raise cases.changed(row["ref"])
        bare = Bare(loaded, actor=actor.login)
        laid = _moved(runtime, tx, bare.state, giver, taker)
        if laid:
            bare.begin(EVENT, now, **_said(laid, giver, taker.login))
            bare.changes.tasks.update(_changed(bare.state, laid))
            code = code_version(runtime.registry, bare.state.program)
            cases.write(tx, written_of(bare.state, bare.changes, now, code, lambda kind, n: (kind, n) in bare.known))
            runtime.tell(bare)
    return laid


def _moved(runtime: Runtime, tx: Tx, state: CaseState, giver: str, taker: Actor) -> list[Laid]:
    """Lay what lies with one on the other, in memory: what he may do; else back on the role's desk."""
    here: dict[str, Any] = {"division": state.division, "place_id": state.place_id, "program": state.program, "assignee": taker.login}
    party = own_cases.names_of(tx, state.case_id, taker.person_id) if taker.person_id else frozenset()
    laid = []
    for row in state.open_tasks():
        if row.assignee != giver:
            continue
        may = any(taker.may(role, **here) for role in row.doers) or not party.isdisjoint(row.doers)
        row.assignee, row.claimed_by = (taker.login if may else None), None
        laid.append(Laid("task", f"{state.ref}.{row.n}", row.title, "taken" if may else "role", tuple(row.doers)))
    if state.assignee == giver and state.is_open:
        may = taker.sees(**here)
        state.assignee = taker.login if may else None
        laid.append(Laid("case", state.ref, state.program, "taken" if may else "role"))
    return laid


def _changed(state: CaseState, laid: Sequence[Laid]) -> dict[int, TaskRow]:
    return {n: state.tasks[n] for n in (int(one.ref.rpartition(".")[2]) for one in laid if one.kind == "task")}


def _said(laid: Sequence[Laid], giver: str, taker: str) -> dict[str, Any]:
    """What the case's history keeps."""
    tasks = {became: [one.ref.rpartition(".")[2] for one in laid if one.kind == "task" and one.became == became] for became in ("taken", "role")}
    case = next((one.became for one in laid if one.kind == "case"), None)
    return {"giver": giver, "to": taker, "tasks": tasks["taken"], "back": tasks["role"], "assigned": case}


# ------------------------------------------------------------------ what else bears his name


def _beside(tx: Tx, actor: Actor, giver: str, now: datetime) -> list[Laid]:
    """What bears his name and lies with nobody by name: it is told, so that nobody looks for it."""
    found = [
        Laid("task", f"{row['ref']}.{row['n']}", row["title"], "other", reason=row["assignee"])
        for row in lying.claimed_of(tx, giver)
        if _may(actor, giver, row)
    ]
    found += [Laid("paper", f"{row['ref']}.p{row['n']}", row["title"], "role") for row in lying.drafts_of(tx, giver) if _may(actor, giver, row)]
    found += [Laid("plan", row["ref"], row["batch"], "role") for row in lying.plans_of(tx, giver) if _may(actor, giver, row)]
    found += [Laid("transfer", row["ref"], "", "role") for row in lying.transfers_of(tx, giver) if _of_office(actor, giver, row)]
    found += [Laid("right", row["ref"], row["role"], "ends") for row in lying.rights_of(tx, giver)]
    for one in deputies_of(tx, giver, now):
        found.append(Laid("deputy", one.login if one.deputy == giver else one.deputy, stamp(one.until), "ends"))
    return found


def _of_office(actor: Actor, giver: str, row: Row) -> bool:
    return actor.login == giver or actor.may(ADMIN.name, division=row["division"])
