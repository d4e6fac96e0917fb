"""A case that says what it is told, for guards and checks: they are pure, so no office is needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from careflow_dropout_return.forms import DropoutRecord
from careflow_dropout_return.policy import Policy
from careflow_dropout_return.program import SUSPECTED
from workflow_core import Child, Stage


@dataclass
class StillCase:
    """A case on 2 November 2026: a Monday."""

    record: DropoutRecord = field(default_factory=lambda: DropoutRecord(last_attended=date(2026, 9, 16)))
    policy: Policy = field(default_factory=Policy)
    today: date = date(2026, 11, 2)
    stage: Stage = SUSPECTED
    begun: dict[str, date] = field(default_factory=dict)
    written: dict[str, list[Any]] = field(default_factory=dict)
    done: tuple[str, ...] = ()
    asked: dict[str, list[Any]] = field(default_factory=dict)
    born_on: date | None = date(2013, 1, 5)

    @property
    def child(self) -> Child:
        return Child("P-1", self.born_on, None, False, "", 7, "", None, "", (), "")

    def entered(self, stage: Stage) -> date | None:
        return self.begun.get(stage.name)

    def results(self, of: Any, *, since: Any = None) -> Sequence[Any]:
        return self.written.get(of.name, [])

    def last(self, of: Any, *, since: Any = None) -> Any:
        return next(reversed(self.written.get(of.name, [])), None)

    def finished(self, task: Any) -> bool:
        return task.name in self.done

    def referrals(self, program: str) -> Sequence[Any]:
        return self.asked.get(program, [])


@pytest.fixture
def still() -> Callable[..., Any]:
    """Makes such a case; ``Any``, since it is a whole case only as far as guards look."""
    return StillCase
