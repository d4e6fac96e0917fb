"""A misspelt field of the record, in a guard."""

from __future__ import annotations

from tests.typing.sample import LoanCase
from workflow_core import Deny, deny


def lent(case: LoanCase) -> Deny | None:
    return None if case.record.lent_onn else deny("not lent")  # wrong: attr-defined
