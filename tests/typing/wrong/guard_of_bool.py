"""A guard that answers with a truth value, in a transition."""

from __future__ import annotations

from tests.typing.sample import BACK, LENT, LoanCase
from workflow_core import SCHOOL, Deny, Transition, deny


def new(case: LoanCase) -> bool:
    return case.record.renewals == 0


RETURN = Transition("return", "Back", source=LENT, target=BACK, by=SCHOOL, guards=[new])  # wrong: list-item
NO: Deny = deny("used")
