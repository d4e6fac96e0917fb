"""A date set to what a function of numbers answers."""

from __future__ import annotations

from tests.typing.sample import L, LoanCase
from workflow_core import SetField


def more(case: LoanCase) -> int:
    return case.record.renewals + 1


SET = SetField(L.lent_on, more)  # wrong: arg-type
