"""The one door for every change of a case: read it, let time catch up, ask access and guards, change it in memory, write it whole.

Reading and thinking happen in a reading transaction; then one short writing transaction compares the version and sets the new one. So the
database's write lock is held for the writing alone, and of two who read the same version one is told that the other was first.

What only a change needs is imported by the change: whoever looks at the inbox does not wait for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workflow_core.access.grants import Actor
from workflow_core.clock import Clock, stamp
from workflow_core.definition import COUNTY_OFFICE, STANDARD_ROLES, SUPERVISOR, SYSTEM, Change, Party, Program, Role, Warn, Who
from workflow_core.definition.snapshot import snapshot, snapshot_digest, structure_digest
from workflow_core.engine import versions
from workflow_core.engine.committing import Committing, committing
from workflow_core.engine.outcome import Outcome
from workflow_core.errors import Conflict, NotFound, NotPermitted, Problem, Refused
from workflow_core.i18n import N_
from workflow_core.registry import Registry
from workflow_core.store import cases, definitions, desk, own_cases
from workflow_core.store.again import again
from workflow_core.store.canonical import dump, load
from workflow_core.store.database import Database, Tx
from workflow_core.store.faults import Collided

if TYPE_CHECKING:
    from workflow_core.documents import Library
    from workflow_core.engine.bare import Bare
    from workflow_core.engine.state import CaseState
    from workflow_core.engine.work import Work
    from workflow_core.engine.world import World

SYSTEM_ACTOR = Actor(SYSTEM.name, (), False)
"""Who acts when the engine does: never asked for a role."""

OVERSEERS: tuple[Role, ...] = (SUPERVISOR, COUNTY_OFFICE)
"""Who may set a case right by hand, with a reason, and lay tasks on desks."""

Act = Callable[["Work", datetime], None]


class Runtime:
    """What every command of the engine works with.

    :param training: four-eyes steps pass, marked as such.
    :param papers: the folder for messages and papers.
    :param channels: the names of the channels by which messages leave.
    :param templates: the office's folder of templates of its own, one folder for each program.
    :param issuers: what is said of the offices that issue papers, by division.
    :param transfer_days: after so many days a transfer that nobody answered is told again.
    :param bulk_rows: so many people may leave the office unmasked at once; for more an approval is needed.
    """

    def __init__(
        self,
        db: Database,
        registry: Registry,
        clock: Clock,
        *,
        training: bool,
        papers: Path,
        channels: Sequence[str] = ("file",),
        templates: Path | None = None,
        issuers: Mapping[str, Mapping[str, str]] | None = None,
        transfer_days: int = 10,
        bulk_rows: int = 50,
    ) -> None:
        self.db = db
        self.registry = registry
        self.clock = clock
        self.training = training
        self.papers = papers
        self.channels = tuple(channels)
        self.templates = templates
        self.issuers: Mapping[str, Mapping[str, str]] = issuers or {}
        self.transfer_days = transfer_days
        self.bulk_rows = bulk_rows
        self._libraries: dict[str, Library] = {}
        self.left = Committing()

    # -- Reading -----------------------------------------------------------------------------------------------------------------------------------

    def work(self, tx: Tx, ref: str, actor: Actor, *, case_id: str | None = None, on_behalf: str | None = None, world: World | None = None) -> Work:
        """A case, ready to be changed.

        :param world: of the same transaction, where several cases are changed in one.
        :raises NotFound: ``case_unknown``: it does not exist, or lies outside what this account may see.
        """
        from workflow_core.engine.among import load_parties
        from workflow_core.engine.rows import state_of
        from workflow_core.engine.work import Work
        from workflow_core.engine.world import World

        loaded = cases.load(tx, case_id=case_id) if case_id is not None else cases.load(tx, ref=ref)
        if loaded is None or not self.sees_case(tx, actor, loaded.case):
            raise unknown(ref)
        if loaded.case["erased_at"] is not None:
            raise Refused("case_erased", N_("whom {ref} was about is erased: it counts, and nothing can be done with it"), ref=loaded.case["ref"])
        program = self.registry.program(loaded.case["program"])
        versions.must_fit(tx, program, loaded.case["definition"])
        workflow = self.registry.workflow(program.name, loaded.case["workflow"])
        state = state_of(loaded, workflow)
        if actor.person_id:
            state.acts_as = own_cases.names_of(tx, state.case_id, actor.person_id)
        if actor.owns(program=program.name):
            state.lies_on = next((one for one in (actor.login, *actor.stands_for) if desk.lies_on(tx, state.case_id, one)), None)
        state.stead = actor.stead(**state.where)
        if workflow.parties:
            load_parties(tx, state)
        return Work(program, workflow, state, world or self.left.world or World(tx, self.registry), actor=actor.login, on_behalf=on_behalf)

    def sees(self, actor: Actor, row: Any) -> bool:
        """Whether an account may see a case at all."""
        return actor is SYSTEM_ACTOR or actor.sees(division=row["division"], place_id=row["place_id"], program=row["program"])

    def sees_case(self, tx: Tx, actor: Actor, row: Any) -> bool:
        """The same, for a case that is opened by itself: a party sees its own cases."""
        return self.sees_or_owns(tx, actor, row) or bool(actor.person_id and own_cases.names_of(tx, row["case_id"], actor.person_id))

    def sees_or_owns(self, tx: Tx, actor: Actor, row: Any) -> bool:
        """The same without the parties: whoever has a role there, or one for his own cases and something of the case on his desk."""
        return self.sees(actor, row) or (
            actor.owns(program=row["program"]) and any(desk.lies_on(tx, row["case_id"], one) for one in (actor.login, *actor.stands_for))
        )

    def may(self, actor: Actor, doers: tuple[Who, ...], state: CaseState) -> bool:
        """Whether an account holds one of these roles for a case, is that party of it, or may stand in for it."""
        from workflow_core.engine.doers import roles_of

        if actor is SYSTEM_ACTOR or any(who.name in state.acts_as for who in doers if isinstance(who, Party)):
            return True
        return any(actor.may(who.name, **state.where) for who in roles_of(doers))

    def demand(self, actor: Actor, doers: tuple[Who, ...], state: CaseState) -> None:
        """Refuse an account that holds none of these roles for a case, and note in whose stead it holds one.

        :raises NotPermitted: ``not_permitted``, naming who may.
        """
        if not self.may(actor, doers, state):
            raise not_permitted(doers)
        self.stand(actor, doers, state)

    def stand(self, actor: Actor, doers: tuple[Who, ...], state: CaseState) -> None:
        """Note in whose stead an account does what these may do: nobody's where it holds one of the roles in its own right."""
        from workflow_core.engine.doers import roles_of

        if actor.stands_for:
            state.stead = actor.stead([who.name for who in roles_of(doers)], **state.where)

    def library(self, program: str) -> Library:
        """The templates of a program: a township's own before those it ships."""
        if program not in self._libraries:
            from workflow_core.documents import Library

            own = None if self.templates is None else self.templates / program
            self._libraries[program] = Library(self.registry.templates(program), own)
        return self._libraries[program]

    def forget_library(self, program: str) -> None:
        """Read a program's templates anew: one was put into the office's folder."""
        self._libraries.pop(program, None)

    def roles(self) -> frozenset[str]:
        """The names of all roles of this office: the standard ones and those of its programs."""
        own = [role.name for program in self.registry.programs.values() for role in program.roles]
        return frozenset([*(role.name for role in STANDARD_ROLES), *own])

    # -- Changing ----------------------------------------------------------------------------------------------------------------------------------

    def change(
        self,
        actor: Actor,
        ref: str,
        act: Act,
        *,
        expect: int | None = None,
        dry_run: bool = False,
        request: tuple[str, Any] | None = None,
        on_behalf: str | None = None,
    ) -> Outcome:
        """Change one case.

        A clock that was set back does no harm: the step is dated like the one before it, and what fell due already stays done.

        :param act: does the change in memory; it begins the steps.
        :param expect: the version the caller has seen; another one is a conflict.
        :param request: an idempotency key and the input it came with.
        :raises Conflict: ``case_changed``: somebody else was faster; nothing was written.
        """
        return again(self.db, lambda: self._change(actor, ref, act, expect, dry_run, request, on_behalf))

    def _change(self, actor: Actor, ref: str, act: Act, expect: int | None, dry_run: bool, request: tuple[str, Any] | None, on_behalf: str | None) -> Outcome:
        from workflow_core.engine.clockwork import catch_up

        clock = self.clock.now()
        with self.db.read() as tx:
            done = self.done_before(tx, actor, request)
            if done is not None:
                return done
            work = self.work(tx, ref, actor, on_behalf=on_behalf)
            if expect is not None and work.state.version != expect:
                raise cases.changed(ref)
            now = max(clock, work.last_at)
            catch_up(work, now)
            act(work, now)
            work.follow(now)
            outcome = self.outcome(work, dry_run=dry_run)
            self.ask_vetoes(work)
            if dry_run:
                self.try_holds(tx, work)
                return outcome
        try:
            with self.committing(), self.db.write() as tx:
                self.save(tx, work, clock)
                self.remember(tx, actor, request, outcome, clock)
        except Collided:
            raise
        except Conflict:
            return self.done_meanwhile(actor, request)
        return outcome

    @contextmanager
    def committing(self) -> Iterator[None]:
        """Around a writing transaction: what must be told of it is told after it, or not at all."""
        with committing(self, self.left):
            yield

    @contextmanager
    def together(self) -> Iterator[Tx]:
        """One writing transaction for several cases: what the programs read of the office around them is read once."""
        from workflow_core.engine.world import World

        here = self.left
        with self.committing(), self.db.write() as tx:
            here.world = World(tx, self.registry)
            try:
                yield tx
            finally:
                here.world = None

    def save(self, tx: Tx, work: Work, now: datetime) -> None:
        """Write a change, whole: places that are counted first, then the case and all that goes with it."""
        from workflow_core.engine import beside
        from workflow_core.engine.rows import plain, timer_row, written_of
        from workflow_core.store import desk, facts, journal, outbox

        state, changes = work.state, work.changes
        if not changes.events:
            timers = [timer_row(row) for row in changes.timers.values()]
            wake_at, read_wake = (None if one is None else stamp(one) for one in (state.wake_at, state.read_wake))
            cases.wake(tx, state.case_id, state.read_version, wake_at, timers, read_wake=read_wake)
            return
        for login in sorted(changes.lays_on):
            if not desk.keep_open(tx, login):  # closed since it was read
                raise cases.changed(state.ref)
        opened = beside.before(self, tx, work, now)
        before = work.known
        written = written_of(state, changes, now, self.registry.code_version(work.program.name), lambda kind, n: (kind, n) in before)
        state.head = cases.write(tx, written)
        self.left.letters += beside.after(self, tx, work, opened, now)
        self.left.places += beside.given_back(work)
        for one in changes.amendments:
            if state.subject_id is None:
                continue
            facts.amend(tx, state.subject_id, one["field"], one["value"], one["at"])
            journal.append(
                tx,
                journal.person_stream(state.subject_id),
                one["actor"],
                "amended",
                {"field": one["field"], "value": plain(one["value"]), "case": state.ref},
                now,
                subject=state.subject_id,
            )
        for n, message in enumerate(changes.messages, 1):
            about = {**message, "case": state.ref, "program": state.program, "division": state.division}
            outbox.put(tx, "message", f"{state.case_id}/{message['event']}/{n}", about, now, case_id=state.case_id)
        if changes.amendments and state.subject_id is not None:
            work.world.forget_child(state.subject_id)
        self.tell(work)

    def outcome(self, work: Work, *, dry_run: bool = False, warnings: tuple[Warn, ...] = ()) -> Outcome:
        """What a change did, for whoever asked for it."""
        state = work.state
        events = tuple(
            {"n": one.n, "kind": one.kind, "at": stamp(one.at), "actor": one.actor, "from": one.from_stage, "to": one.to_stage, "transition": one.transition}
            for one in work.changes.events
        )
        opened = tuple(
            {
                "ref": f"{state.ref}.{row.n}",
                "task": row.name,
                "title": row.title,
                "kind": row.kind,
                "about": row.about,
                "due": None if row.due is None else row.due.isoformat(),
            }
            for row in work.changes.tasks.values()
            if row.state == "open" and ("task", row.n) not in work.known
        )
        stage = work.workflow.stage(state.stage)
        return Outcome(state.ref, state.version, stage.name, stage.title, events, opened, warnings or tuple(work.warnings), dry_run)

    def ask_vetoes(self, work: Work | Bare) -> None:
        """Ask every plugin whether something speaks against the change.

        :raises Refused: ``vetoed``, with each reason.
        """
        said = [one for change in self._told(work) for one in self.registry.veto(change)]
        if said:
            problems = [Problem(one.code, one.reason, hint=one.hint, values=dict(one.values)) for one in said]
            raise Refused("vetoed", N_("a plugin speaks against this change"), problems=problems)

    def try_holds(self, tx: Tx, work: Work) -> None:
        """Say in a dry run whether there is room, without taking it."""
        from workflow_core.engine import beside

        beside.try_places(tx, work)

    def pin(self, tx: Tx, program: Program[Any], now: datetime) -> str:
        """Store the definition that a new case is pinned to.

        :returns: its digest.
        """
        digest = snapshot_digest(program)
        definitions.keep(tx, digest, program.name, program.version, structure_digest(program), snapshot(program), stamp(now))
        return digest

    def remember(self, tx: Tx, actor: Actor, request: tuple[str, Any] | None, outcome: Outcome, now: datetime) -> None:
        """Keep what a request was answered, so that it may come again."""
        if request is not None:
            result = {**outcome.as_dict(), "stage_title": outcome.stage_title}
            definitions.remember_request(tx, request[0], actor.login, _input_digest(request[1]), result, stamp(now))

    def done_meanwhile(self, actor: Actor, request: tuple[str, Any] | None) -> Outcome:
        """While an error is handled: what the same request was answered, where its twin was faster; else the error goes on."""
        with self.db.read() as tx:
            done = self.done_before(tx, actor, request)
        if done is None:
            raise
        return done

    def done_before(self, tx: Tx, actor: Actor, request: tuple[str, Any] | None) -> Outcome | None:
        if request is None:
            return None
        row = definitions.earlier_request(tx, request[0])
        if row is None:
            return None
        if row["digest"] != _input_digest(request[1]) or row["actor"] != actor.login:
            raise Conflict("request_reused", N_("the request {key} came before with other content"), hint=N_("use a new key for a new request"), key=request[0])
        said = load(row["result"])
        return Outcome(said["ref"], said["version"], said["stage"], said["stage_title"], tuple(said["events"]), tuple(said["tasks"]), again=True)

    def tell(self, work: Work | Bare) -> None:
        """Have the plugins told of a change after the commit."""
        self.left.told += self._told(work)

    def _told(self, work: Work | Bare) -> list[Change]:
        state = work.state
        return [
            Change(
                program=state.program,
                workflow=state.workflow,
                ref=state.ref,
                kind=one.kind,
                transition=one.transition,
                from_stage=one.from_stage,
                to_stage=one.to_stage,
                at=one.at,
                actor=one.actor,
            )
            for one in work.changes.events
        ]


def unknown(ref: str) -> NotFound:
    """The error for a case that does not exist, or that this account may not see: the two look the same."""
    return NotFound("case_unknown", N_("there is no case {ref}"), hint=N_("see: care case list"), ref=ref)


def not_suspended(work: Work) -> None:
    """Refuse what a suspended case does not take.

    :raises Refused: ``suspended``.
    """
    if work.state.suspended_at is not None:
        raise Refused("suspended", N_("the case is suspended"), hint=N_("resume it first: `care case resume {ref}`"), ref=work.state.ref)


def not_permitted(doers: tuple[Who, ...]) -> NotPermitted:
    """The error for an account without the role, naming who may."""
    roles = ", ".join(who.name for who in doers)
    return NotPermitted("not_permitted", N_("this account may not do that here"), hint=N_("who may: {roles}"), roles=roles)


def _input_digest(given: Any) -> str:
    from workflow_core.engine.rows import plain

    return sha256(dump(plain(given)).encode()).hexdigest()
