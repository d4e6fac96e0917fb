"""The last entry, used without asking whether there is one: mended."""

from __future__ import annotations

from tests.typing.sample import LOOK, LoanCase, Wear
from workflow_core import Deny, deny


def torn(case: LoanCase) -> Deny | None:
    look = case.last(LOOK)
    return None if look is not None and look.wear is Wear.TORN else deny("not torn")
