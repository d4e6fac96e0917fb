"""Two hundred proposals are approved, and the process is killed in the middle: run again, each pair is approved once."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from threading import Thread

from careflow_pairing.program import PROGRAM
from tests.engine.conftest import TOWNSHIP, make_town
from tests.plugins.pairing import people
from tests.plugins.pairing.conftest import Term
from workflow_core.store.database import Database

KILLED = """
    import os, signal, sys
    from pathlib import Path
    from careflow_pairing.program import PROGRAM
    from tests.engine.conftest import START, actor
    from workflow_core.clock import FixedClock
    from workflow_core.engine import Engine
    from workflow_core.registry import Registry
    from workflow_core.store.database import Database

    engine = Engine(Database(sys.argv[1]), Registry.of(PROGRAM), FixedClock(START), training=False, papers=Path(sys.argv[2]))
    clerk = actor("supervisor", "child_supervisor")
    waiting = [row.case for row in engine.inbox(clerk, limit=1000) if row.name == "approve"]
    for n, _ in enumerate(engine.each(waiting, lambda ref: engine.do_task(clerk, f"{ref}.approve", {}), per_commit=40)):
        if n == 110:
            os.kill(os.getpid(), signal.SIGKILL)
"""


def test_killed_while_two_hundred_are_approved(database_address: str, tmp_path: Path) -> None:
    """A part is approved, the rest waits; the second run takes the rest and nothing twice."""
    term = Term(make_town(Database(database_address), tmp_path, PROGRAM), tmp_path)
    term.volunteers(*(people.volunteer(n, capacity=3) for n in range(67)))
    term.queue(*term.children(*people.children(200)))
    made = term.match()
    assert (made.summary["paired"], made.counts["done"]) == (200, 200)
    script = [sys.executable, "-c", textwrap.dedent(KILLED), database_address, str(tmp_path)]
    ended = subprocess.run(script, cwd=Path(__file__).resolve().parents[3], capture_output=True, timeout=300)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    waiting = _waiting(term)
    assert 0 < len(waiting) < 200
    for _, answer in term.engine.each(waiting, lambda ref: term.engine.do_task(term.clerk, f"{ref}.approve", {})):
        assert not hasattr(answer, "exit_code")
    pairs = term.pairs("proposed")
    assert (len(pairs), len({term.engine.show(term.clerk, ref).row.subject for ref in pairs})) == (200, 200)
    assert {[event["kind"] for event in term.engine.history(term.clerk, ref)[0]].count("task_done") for ref in pairs} == {1}
    assert _waiting(term) == []
    term.town.verify()
    term.town.db.dispose()


def test_two_who_approve_all_at_once_approve_each_once(term: Term) -> None:
    """The second is told that it is done already."""
    term.volunteers(*people.volunteers(6))
    term.queue(*term.children(*people.children(8)))
    term.match()
    wanted = _waiting(term)
    told: list[str] = []

    def approve() -> None:
        for _, answer in term.engine.each(wanted, lambda ref: term.engine.do_task(term.clerk, f"{ref}.approve", {})):
            told.append(str(getattr(answer, "code", "done")))

    both = [Thread(target=approve) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert told.count("done") == len(wanted) == len(told) / 2
    assert set(told) <= {"done", "task_closed", "case_changed"}


def _waiting(term: Term) -> list[str]:
    rows = term.engine.inbox(term.clerk, township=TOWNSHIP, limit=1000)
    return [row.case for row in rows if row.name == "approve"]
