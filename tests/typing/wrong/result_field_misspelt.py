"""A misspelt field of what was written down."""

from __future__ import annotations

from tests.typing.sample import LOOK, LoanCase, Wear
from workflow_core import Deny, deny


def torn(case: LoanCase) -> Deny | None:
    return None if any(look.weer is Wear.TORN for look in case.results(LOOK)) else deny("not torn")  # wrong: attr-defined
