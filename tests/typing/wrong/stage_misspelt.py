"""A misspelt stage."""

from __future__ import annotations

from tests.typing.sample import BACK, LENT
from workflow_core import SCHOOL, Transition

RETURN = Transition("return", "Brought back", source=LENTT, target=BACK, by=SCHOOL)  # wrong: name-defined
