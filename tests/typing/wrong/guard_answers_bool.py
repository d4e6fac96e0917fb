"""A truth value where a guard answers None or a reason."""

from __future__ import annotations

from tests.typing.sample import LoanCase
from workflow_core import Deny, deny


def not_lent(case: LoanCase) -> Deny | None:
    return case.record.lent_on is None  # wrong: return-value


NO = deny("lent")
