"""A case whose program is not there, or is another than its own: its rows, and the few steps that need no definition."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from workflow_core.engine.rows import state_of, written_of
from workflow_core.engine.state import Changes, EventRow
from workflow_core.engine.versions import code_version
from workflow_core.store import cases
from workflow_core.store.database import Tx

if TYPE_CHECKING:
    from workflow_core.engine.runtime import Runtime


class Bare:
    """A case as it is stored. Its record is JSON's own types; nothing is reckoned, opened or asked.

    :param actor: the login of who acts; :param on_behalf: of whom he stands in for, as a deputy.
    """

    def __init__(self, loaded: cases.Loaded, *, actor: str, on_behalf: str | None = None) -> None:
        self.state = state_of(loaded, None)
        self.changes = Changes()
        self.actor, self.on_behalf = actor, on_behalf
        self.known = frozenset([("task", n) for n in self.state.tasks] + [("timer", n) for n in self.state.timers] + [("paper", n) for n in self.state.papers])

    def begin(self, kind: str, at: datetime, **payload: Any) -> EventRow:
        """Begin the step: one event, and the next version of the case."""
        self.state.version += 1
        said = {name: value for name, value in payload.items() if value not in (None, "", {}, [])}
        event = EventRow(self.state.version, max(at, self.state.last_at or at), kind, self.actor, self.on_behalf, said)
        self.changes.events.append(event)
        return event

    def close_tasks(self, at: datetime) -> None:
        """Take everything off the desks, and stop what waits for its time."""
        for row in self.state.open_tasks():
            row.state, row.closed_at = "closed", at
            self.changes.tasks[row.n] = row
        for timer in self.state.timers.values():
            if timer.state == "waiting":
                timer.state = "stopped"
                self.changes.timers[timer.n] = timer

    def save(self, runtime: Runtime, tx: Tx, now: datetime) -> None:
        """Write it whole.

        :raises Conflict: ``case_changed``. :raises Refused: ``vetoed``.
        """
        runtime.ask_vetoes(self)
        code = code_version(runtime.registry, self.state.program)
        cases.write(tx, written_of(self.state, self.changes, now, code, lambda kind, n: (kind, n) in self.known))
        runtime.tell(self)
