"""The name of a role where the role belongs."""

from __future__ import annotations

from tests.typing.sample import BACK, LENT
from workflow_core import SCHOOL, Transition

RETURN = Transition("return", "Brought back", source=LENT, target=BACK, by=("school",))  # wrong: arg-type
AGAIN = SCHOOL
