"""The engine: the only writer of cases. Its front door is ``Engine``; the other modules are private to this room."""

from workflow_core.engine.engine import Engine
from workflow_core.engine.outcome import Answer, InboxRow, Outcome, TaskAnswer, TickReport
from workflow_core.engine.reading import CaseRow, CaseShown, Titles
from workflow_core.engine.runtime import SYSTEM_ACTOR

__all__ = ["SYSTEM_ACTOR", "Answer", "CaseRow", "CaseShown", "Engine", "InboxRow", "Outcome", "TaskAnswer", "TickReport", "Titles"]
