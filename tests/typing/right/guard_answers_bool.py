"""A truth value where a guard answers None or a reason: mended."""

from __future__ import annotations

from tests.typing.sample import LoanCase
from workflow_core import Deny, deny


def not_lent(case: LoanCase) -> Deny | None:
    return None if case.record.lent_on is None else deny("lent")


NO = deny("lent")
