"""A misspelt guard."""

from __future__ import annotations

from tests.typing.sample import BACK, LENT, few_renewals
from workflow_core import SCHOOL, Transition

RETURN = Transition("return", "Back", source=LENT, target=BACK, by=SCHOOL, guards=[few_renewal])  # wrong: name-defined
AGAIN = few_renewals
