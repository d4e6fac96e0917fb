"""Guards of two records in one transition."""

from __future__ import annotations

from tests.typing.sample import BACK, LENT, Gift, Loan, Policy, few_renewals, has_book
from workflow_core import SCHOOL, Case, Deny, Transition

RETURN = Transition[Loan, Policy](
    "return",
    "Back",
    source=LENT,
    target=BACK,
    by=SCHOOL,
    guards=[few_renewals, has_book],  # wrong: list-item
)
USED = (has_book, Gift, Case, Deny)
