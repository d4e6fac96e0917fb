"""A guard that changes the record: mended."""

from __future__ import annotations

from tests.typing.sample import LoanCase
from workflow_core import Deny


def count(case: LoanCase) -> Deny | None:
    assert case.record.renewals >= 0
    return None
