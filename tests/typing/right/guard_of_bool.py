"""A guard that answers with a truth value, in a transition: mended."""

from __future__ import annotations

from tests.typing.sample import BACK, LENT, LoanCase
from workflow_core import SCHOOL, Deny, Transition, deny


def new(case: LoanCase) -> Deny | None:
    return None if case.record.renewals == 0 else deny("used")


RETURN = Transition("return", "Back", source=LENT, target=BACK, by=SCHOOL, guards=[new])
NO: Deny = deny("used")
