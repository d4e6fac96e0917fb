"""The name of a transition where the transition belongs."""

from __future__ import annotations

from typing import Any

from tests.typing.sample import BACK, LENT
from workflow_core import SCHOOL, SYSTEM, Transition

END: Transition[Any, Any, Any] = Transition("end", "End", source=LENT, target=BACK, by=SYSTEM)
CLOSE = Transition("close", "Close", source=LENT, target=BACK, by=SCHOOL, parts_become="end")  # wrong: arg-type
