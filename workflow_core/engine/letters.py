"""Effects on other cases (``On``): they leave with the commit of the case that sends them, and are applied to each in a transaction of its own.

A letter is a row of the outbox for each case it goes to. It is applied and marked as sent in one transaction, hence once, whoever does it: the
process that sent it, right after its commit, or the clock, where that one died. What the other case refuses is written down in the one that sent it,
with a task for whoever oversees it; what cannot be tried at all is tried again, and ends among the dead letters.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflow_core.clock import civil_date
from workflow_core.definition import (
    COUNTY_OFFICE,
    SUPERVISOR,
    Effect,
    Escalate,
    On,
    Program,
    Role,
    RunBatch,
    Target,
    Workflow,
    path_of,
)
from workflow_core.engine import signs
from workflow_core.engine.bare import Bare
from workflow_core.engine.clockwork import catch_up
from workflow_core.engine.effects import apply
from workflow_core.engine.lending import lent, read_lent
from workflow_core.engine.opening import reference_of
from workflow_core.engine.reconcile import reconcile
from workflow_core.engine.runtime import SYSTEM_ACTOR, Runtime, not_suspended
from workflow_core.engine.state import TaskRow
from workflow_core.engine.versions import GONE
from workflow_core.engine.work import MOST_AUTOMATIC, SYSTEM_LOGIN, Work
from workflow_core.errors import CareError, Conflict, Damaged, Refused
from workflow_core.i18n import N_
from workflow_core.inputs import encode
from workflow_core.store import among, cases, faults, outbox
from workflow_core.store.database import Row, Tx
from workflow_core.store.outbox import Posted

_log = logging.getLogger(__name__)

PER_COMMIT = 50
"""So many letters are carried out in one transaction where nothing speaks against any of them."""
ATTEMPTS = 3
"""So often a letter is tried at once when somebody else is changing the case; then it is left to the clock."""
REFUSED = N_("Another case has refused what this one asked of it")
REFUSED_ORIGIN = "refused"
"""How the origin of the task about a refusal begins: it stays on the desk when the case that sent the letter is closed."""


@dataclass(frozen=True, eq=False)
class Letter:
    """One ``On`` of a change, on its way.

    :param what: what is to be done, as JSON values; see ``signs``. :param lent: what its references to the sender stand for.
    """

    effect: On
    what: dict[str, Any]
    lent: dict[str, Any]
    event: int
    at: datetime
    refs: tuple[str, ...] = ()


def written(work: Work, effect: On, at: datetime) -> Letter:
    """An effect on others, with what can be said of it at this moment."""
    place = signs.place_of(work.workflow, effect)
    target = effect.target
    refs: tuple[str, ...] = ()
    if not isinstance(target, Target):
        said: Any = work.view(at).value(target) if path_of(target) is not None else target
        refs = tuple(reference_of(one) for one in (said if isinstance(said, (list, tuple, frozenset)) else [said]) if one is not None)
    what = {"place": place} if place is not None else {"effects": signs.write(effect.do)}
    work.did("sent", effect=signs.sign(effect))
    return Letter(effect, what, lent(work, effect, at), work.event.n, at, refs)


@dataclass(frozen=True, eq=False)
class Order:
    """One ``RunBatch`` of a change, on its way. :param given: the batch's input, as JSON values."""

    batch: str
    given: dict[str, Any]
    event: int


class _OrderedError(Exception):
    """A letter that is an order: a batch takes transactions of its own."""

    def __init__(self, posted: Posted) -> None:
        super().__init__()
        self.posted = posted


class _WaitsError(Exception):
    """A letter to a case that nothing can be done with for now: it, or one that it asks, waits for an upgrade, or its program is gone."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def waits_for(error: CareError) -> str | None:
    """The code that says that a case waits for its program, where that is why something was refused; else None."""
    return next((code for code in (error.code, *(one.code for one in error.problems)) if code in (*GONE, "neighbour_not_moved")), None)


def ordered(work: Work, effect: RunBatch) -> Order:
    """A batch that a step orders, with what the step was given where that is its input."""
    form = effect.batch.form
    given = encode(work.given) if form is not None and isinstance(work.given, form) else {}
    work.did("batch_ordered", batch=effect.batch.name)
    return Order(effect.batch.name, given, work.event.n)


def _put_order(tx: Tx, work: Work, order: Order, n: int, now: datetime) -> list[str]:
    payload = {
        "case": work.state.ref, "from": work.state.case_id, "event": order.event, "program": work.program.name, "to_ref": order.batch,
        "batch": order.batch, "given": order.given, "division": work.state.division,
    }  # fmt: skip
    item = outbox.put(tx, "effect", f"{work.state.case_id}/{order.event}/batch{n}", payload, now, case_id=work.state.case_id)
    return [] if item is None else [item]


def post(tx: Tx, work: Work, now: datetime) -> list[str]:
    """Put the letters of a change into the outbox, one for each case they go to; their ids."""
    ids: list[str] = []
    for n, letter in enumerate(work.changes.letters, 1):
        if isinstance(letter, Order):
            ids += _put_order(tx, work, letter, n, now)
            continue
        for row in targets(tx, work, letter):
            dedup = f"{work.state.case_id}/{letter.event}/on{n}/{row['case_id']}"
            payload = {
                "case": work.state.ref, "from": work.state.case_id, "event": letter.event, "program": work.program.name, "to": row["case_id"],
                "to_ref": row["ref"], "what": letter.what, "lent": letter.lent, "hops": work.hops + 1, "version": work.program.version,
            }  # fmt: skip
            item = outbox.put(tx, "effect", dedup, payload, now, case_id=work.state.case_id)
            if item is not None:
                ids.append(item)
    return ids


def targets(tx: Tx, work: Work, letter: Letter) -> list[Row]:
    """The cases that a letter goes to, as they stand at the commit."""
    target = letter.effect.target
    if not isinstance(target, Target):
        return among.by_refs(tx, letter.refs)
    if target.which == "whole":
        return among.by_ids(tx, [work.state.whole_id]) if work.state.whole_id is not None else []
    if target.record is None:
        raise Damaged("target_unknown", N_("an effect names no other case"), hint=N_("run `care plugin check`"))
    other = work.program.workflow_of(target.record)
    if target.which == "parts":
        rows = among.parts(tx, work.state.case_id, other.name)
    else:
        ids = [one for one in (work.state.case_id, work.state.subject_id) if one is not None]
        name = None if target.party is None else target.party.name
        rows = [row for row in among.naming(tx, ids, work.program.name, other.name) if row["name"] == name]
    names = {stage.name for stage in target.stages}
    found = {row["case_id"]: row for row in rows if row["closed_at"] is None and (not names or row["stage"] in names)}
    return list(found.values())


def deliver_on(runtime: Runtime, ids: Sequence[str]) -> int:
    """Carry out letters that were just committed. Never raises: what cannot be done now is left to the clock.

    :returns: how many were carried out, or refused and listed.
    """
    done = 0
    for start in range(0, len(ids), PER_COMMIT):
        some = list(ids[start : start + PER_COMMIT])
        try:
            done += _together(runtime, some)
            continue
        except Exception:  # each is tried by itself, and told there
            _log.debug("letters are carried out one by one")
        for one in some:
            try:
                done += _alone(runtime, one)
            except _WaitsError as waits:
                _postponed(runtime, one, waits, claimed=False)
            except CareError as error:
                if faults.of_the_office(error):
                    return done  # the next would meet it too; the clock tries again
            except Exception:
                _log.exception("a letter could not be carried out")
    return done


def deliver_waiting(runtime: Runtime, *, most: int = 200) -> tuple[int, int]:
    """Carry out the letters that a process left behind.

    :returns: how many were carried out or listed, and how many failed this time.
    """
    now = runtime.clock.now()
    with runtime.db.write() as tx:
        waiting = outbox.claim(tx, now, most=most, kinds=("effect",))
    done = failed = 0
    for posted in waiting:
        try:
            done += _alone(runtime, posted.id)
        except _WaitsError as waits:
            _postponed(runtime, posted.id, waits, claimed=True)
        except CareError as error:
            if faults.of_the_office(error):
                raise
            failed += _failed(runtime, posted, error.code)
        except Exception as error:  # a program's code may fail in any way: the letter waits, the others go on
            _log.exception("a letter could not be carried out")
            failed += _failed(runtime, posted, type(error).__name__)
    return done, failed


def _postponed(runtime: Runtime, item: str, waits: _WaitsError, *, claimed: bool) -> None:
    with runtime.db.write() as tx:
        outbox.postponed(tx, item, waits.code, runtime.clock.now(), claimed=claimed)


def _failed(runtime: Runtime, posted: Posted, why: str) -> int:
    with runtime.db.write() as tx:
        outbox.failed(tx, posted.id, why, runtime.clock.now())
    return 1


def _together(runtime: Runtime, ids: Sequence[str]) -> int:
    with runtime.together() as tx:
        return sum(_apply(runtime, tx, one) for one in ids)


def _alone(runtime: Runtime, item: str) -> int:
    for attempt in range(ATTEMPTS):
        try:
            with runtime.committing(), runtime.db.write() as tx:
                return _apply(runtime, tx, item)
        except _OrderedError as order:
            return _obey(runtime, order.posted)
        except Conflict as error:
            if attempt == ATTEMPTS - 1 or error.code == "office_busy":
                raise
        except CareError as error:
            if faults.of_the_office(error) or error.code in ("program_failed", "automatic_loop"):
                raise
            if (waits := waits_for(error)) is not None:
                raise _WaitsError(waits) from error
            return _refused(runtime, item, error)
    return 0


def _apply(runtime: Runtime, tx: Tx, item: str) -> int:
    """Carry out one letter in this transaction; 0 where another has done it."""
    posted = outbox.get(tx, item)
    if posted is not None and "batch" in posted.payload:
        raise _OrderedError(posted)
    if posted is None or not outbox.sent(tx, item):
        return 0
    said = posted.payload
    if "register" in said:
        from workflow_core.engine.register_letters import follow

        follow(runtime, tx, said)
        return 1
    if said["hops"] > MOST_AUTOMATIC:
        raise Refused("goes_round", N_("cases of the program {program} set each other going in a circle"), program=said["program"])
    work = runtime.work(tx, said["to_ref"], SYSTEM_ACTOR, case_id=said["to"])
    effects = effects_of(work.program, work.workflow, said["what"], said.get("version"))
    not_suspended(work)
    now = max(runtime.clock.now(), work.last_at)
    catch_up(work, now)
    work.hops = said["hops"]
    tell(work, effects, now, sender=said["case"], lent=read_lent(effects, said["lent"]))
    runtime.ask_vetoes(work)
    runtime.save(tx, work, runtime.clock.now())
    return 1


def _obey(runtime: Runtime, posted: Posted) -> int:
    """Carry out an order: the plan is known by the letter's id, so that it is the same one when it is tried again."""
    from workflow_core.engine import batching

    try:
        batching.obey(runtime, posted)
    except CareError as error:
        if faults.of_the_office(error):
            raise
        if (waits := waits_for(error)) is not None:
            raise _WaitsError(waits) from error
        return _refused(runtime, posted.id, error)
    with runtime.db.write() as tx:
        return int(outbox.sent(tx, posted.id))


def effects_of(program: Program[Any], workflow: Workflow[Any, Any], what: Mapping[str, Any], version: int | None) -> Sequence[Effect]:
    """The effects of a letter, for a case of that workflow.

    :param version: the program's when it was sent.
    """
    return signs.find(program, what["place"], version).do if "place" in what else signs.read(program, workflow, what["effects"], version)


def tell(work: Work, effects: Sequence[Effect], at: datetime, *, sender: str, lent: Mapping[str, Any] | None = None) -> None:
    """A step in which another case (or a plan) does something to this one: all of it, or none.

    :param sender: what the history names as its cause: a case's reference, a plan.
    :param lent: what references to the sender stand for.
    :raises Refused: ``not_fired``: a transition is not possible here now, and why.
    """
    work.begin("told", at, actor=SYSTEM_LOGIN, sender=sender)
    work.lent, work.must_fire = dict(lent or {}), True
    apply(work, effects, at, origin=f"case:{sender}")
    work.lent, work.must_fire = {}, False
    reconcile(work, at)
    work.follow(at)


def _refused(runtime: Runtime, item: str, error: CareError) -> int:
    """List on the sender what the other case refused, and lay it on a desk."""
    with runtime.committing(), runtime.db.write() as tx:
        posted = outbox.get(tx, item)
        if posted is None or not outbox.sent(tx, item):
            return 0
        said = posted.payload
        told = {"case": said["to_ref"], "code": error.code, "reasons": reasons_of(error), "of": said["event"]}
        try:
            work = runtime.work(tx, said["case"], SYSTEM_ACTOR, case_id=said["from"])
        except CareError as gone:
            if gone.code not in GONE:
                raise
            _written_down(runtime, tx, said["from"], told)
            return 1
        now = max(runtime.clock.now(), work.last_at)
        work.begin("refused_elsewhere", now, actor=SYSTEM_LOGIN, **told)
        apply(work, [Escalate(overseer(work.state.division), REFUSED), *_of_refusal(work, said)], now, origin=REFUSED_ORIGIN)
        if work.state.is_open:
            reconcile(work, now)
        runtime.save(tx, work, runtime.clock.now())
    return 1


def _of_refusal(work: Work, said: Mapping[str, Any]) -> Sequence[Effect]:
    """What the program itself asks for where another case refuses; nothing of what a plan sent, or of an effect that is gone."""
    what = said.get("what", {})
    if "place" not in what:
        return ()
    try:
        return signs.find(work.program, what["place"], said.get("version")).refused
    except Damaged:
        return ()


def _written_down(runtime: Runtime, tx: Tx, sender: str, told: Mapping[str, Any]) -> None:
    """The same in a case that waits for its program itself: what was refused, and a task for whoever oversees it."""
    here = cases.load(tx, case_id=sender)
    if here is None:
        return
    bare, now = Bare(here, actor=SYSTEM_LOGIN), runtime.clock.now()
    state = bare.state
    event = bare.begin("refused_elsewhere", now, **told)
    to, n = overseer(state.division).name, state.next_task()
    entered = state.entries[-1].n if state.entries else 0
    state.tasks[n] = bare.changes.tasks[n] = TaskRow(
        n=n, name=f"escalation-{to}", title=REFUSED, kind="escalation", stage=state.stage, entered=entered, doers=(to,), opened_at=event.at,
        due=civil_date(event.at), origin=f"{REFUSED_ORIGIN}:{REFUSED}",
    )  # fmt: skip
    bare.save(runtime, tx, now)


def reasons_of(error: CareError) -> list[dict[str, Any]]:
    """Why something was refused, as an event keeps it."""
    said = [(one.message, one.values) for one in error.problems] or [(error.message, error.context)]
    return [{"message": message, "values": dict(values)} for message, values in said]


def overseer(division: str) -> Role:
    """Who is told of what went wrong in a case of that division with nobody at hand."""
    return COUNTY_OFFICE if len(division) <= 6 else SUPERVISOR
