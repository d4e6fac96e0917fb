"""What follows from an entry of a register: a letter from its case to itself, carried out right after the commit as a step of the case, once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from workflow_core.clock import stamp, unstamp
from workflow_core.definition import Effect, Register
from workflow_core.engine.clockwork import catch_up
from workflow_core.engine.effects import apply
from workflow_core.engine.entries import find_register, matters, row_of
from workflow_core.engine.reconcile import reconcile
from workflow_core.engine.runtime import SYSTEM_ACTOR, Runtime, not_suspended
from workflow_core.engine.work import SYSTEM_LOGIN, Work
from workflow_core.errors import CareError, NotFound
from workflow_core.i18n import N_
from workflow_core.store import faults, outbox, registers
from workflow_core.store.again import again
from workflow_core.store.database import Tx

MOST = 200
"""So many are looked up at once."""


def post(tx: Tx, work: Work, register: Register[Any], which: str, n: int, of: int, at: datetime, now: datetime) -> str | None:
    """Put into the outbox what follows from an entry; the letter's id."""
    state = work.state
    payload = {
        "case": state.ref, "from": state.case_id, "event": 0, "program": work.program.name, "to": state.case_id, "to_ref": state.ref, "hops": 0,
        "register": register.name, "entry": n, "of": of, "which": which, "at": stamp(at),
    }  # fmt: skip
    return outbox.put(tx, "effect", f"{state.case_id}/{register.name}/{n}/{which}", payload, now, case_id=state.case_id)


def follow(runtime: Runtime, tx: Tx, said: Mapping[str, Any]) -> None:
    """Carry out what follows from an entry, as a step of its case; nothing where the case, or what was late, is closed by now."""
    work = runtime.work(tx, said["to_ref"], SYSTEM_ACTOR, case_id=said["to"])
    register, late = find_register(work.workflow, said["register"]), said["which"] == "late"
    found = next((one for one in matters(work.world.entries(work.state.case_id), register) if one.n == said["of"]), None)
    if found is None or found.said is None or found.struck or not work.state.is_open or (late and not found.is_open):
        return
    not_suspended(work)
    at = max(unstamp(said["at"]), work.last_at)
    catch_up(work, at)
    work.begin("entry_late" if late else "entry_followed", at, actor=SYSTEM_LOGIN, register=register.name, entry=said["entry"])
    effects: Sequence[Effect] = getattr(register, said["which"])
    row = row_of(register, found)
    for effect in effects:
        work.given = row  # a transition that one of them fires has an input of its own
        apply(work, [effect], at, origin=f"entry:{register.name}/{said['of']}/{said['which']}")
    work.given = None
    reconcile(work, at)
    work.follow(at)
    runtime.ask_vetoes(work)
    runtime.save(tx, work, runtime.clock.now())


def notice_late(runtime: Runtime) -> tuple[int, list[dict[str, str]]]:
    """Have each case do what is to be done about what stands open past its time: once, and dated by when it fell due.

    :returns: how many were noticed, and of the cases that could not be looked at what is wrong: case, code, message.
    """
    now, done, problems = runtime.clock.now(), 0, list[dict[str, str]]()
    while True:
        with runtime.db.read() as tx:
            rows = registers.late(tx, now, MOST, len(problems))
        for row in rows:
            try:
                again(runtime.db, partial(_notice, runtime, row, now))
            except CareError as error:
                if faults.of_the_office(error):
                    raise
                problems.append({"case": row["ref"], "code": error.code, "message": error.text()})
            else:
                done += 1
        if len(rows) < MOST:
            return done, problems


def _notice(runtime: Runtime, row: Mapping[str, Any], now: datetime) -> None:
    with runtime.committing(), runtime.db.write() as tx:
        program = runtime.registry.programs.get(row["program"])
        workflow = next((one for one in program.workflows if one.name == row["workflow"]), None) if program is not None else None
        register = next((one for one in workflow.registers if one.name == row["register"]), None) if workflow is not None else None
        if register is None:  # the program is away, or this register of it: it stays due, and is noticed when it is back
            raise NotFound("register_away", N_("the register {register} is not there just now: what is late in it waits"),
                           hint=N_("see: care plugin list"), register=row["register"])  # fmt: skip
        if not registers.noticed(tx, row["case_id"], row["register"], row["n"]) or not register.late:
            return
        work = runtime.work(tx, row["ref"], SYSTEM_ACTOR, case_id=row["case_id"])
        item = post(tx, work, register, "late", row["n"], row["n"], unstamp(row["due"]), now)
        runtime.left.letters += [item] if item is not None else []
