"""What a test looks at: plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from workflow_core.errors import Problem

if TYPE_CHECKING:
    from workflow_core.engine.import_rows import ImportReport
    from workflow_core.testing.cases import Life


@dataclass(frozen=True)
class Waits:
    """One thing that waits in a case.

    :param name: the task's name. :param kind: ``task``, ``escalation``, ``paper`` (to be signed), ``adhoc`` (added by hand), ``reply``.
    :param by: the names of the roles and parties that may do it.
    """

    ref: str
    name: str
    title: str
    kind: str
    due: date | None
    overdue: bool
    by: tuple[str, ...]


@dataclass(frozen=True)
class Event:
    """One line of a case's history.

    :param kind: ``opened``, ``advanced``, ``task_done``, ``occurrence_missed``, ``timer_fired`` …
    :param at: the instant for which it counts.
    :param says: what else the event holds.
    """

    n: int
    kind: str
    at: datetime
    actor: str
    transition: str | None
    stage: str | None
    says: Mapping[str, Any] = field(repr=False, default_factory=dict)


@dataclass(frozen=True)
class Refusal:
    """Why something was refused.

    :param code: of the error as a whole (``denied``, ``not_permitted``, ``input_invalid`` …).
    :param problems: each reason, with its own code, text and hint.
    """

    code: str
    text: str
    problems: tuple[Problem, ...] = ()

    @property
    def codes(self) -> frozenset[str]:
        """The code of each reason; the error's own where it has only one."""
        return frozenset(one.code for one in self.problems) or frozenset({self.code})

    @property
    def values(self) -> Mapping[str, Mapping[str, Any]]:
        """What each reason was told with, by its code: ``{"rounds_left": {"failed": 1, "rounds": 3}}``."""
        return {one.code: one.values for one in self.problems}

    def __contains__(self, code: object) -> bool:
        return code in self.codes


@dataclass(frozen=True)
class Fed:
    """What became of a sheet that was fed in.

    :param lives: the cases that it opened.
    :param verdicts: for each row that was given, in order: ``taken``, or the codes of what is wrong with it.
    :param report: the counts: ``report.opened``, ``report.rejected`` …
    """

    lives: Sequence[Life]
    verdicts: tuple[str, ...]
    report: ImportReport
