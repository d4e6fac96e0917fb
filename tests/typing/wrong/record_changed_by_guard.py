"""A guard that changes the record."""

from __future__ import annotations

from tests.typing.sample import LoanCase
from workflow_core import Deny


def count(case: LoanCase) -> Deny | None:
    case.record.renewals = 1  # wrong: misc
    return None
