"""A guard written for another record, in a workflow."""

from __future__ import annotations

from tests.typing.sample import BACK, LENT, Loan, Policy, few_renewals, has_book
from workflow_core import CHILD, SCHOOL, Transition, Workflow

RETURN = Transition("return", "Back", source=LENT, target=BACK, by=SCHOOL, guards=[has_book])
LOANS = Workflow(  # wrong: misc
    "loan",
    "Loan",
    prefix="LN",
    subject=CHILD,
    record=Loan,
    policy=Policy,
    initial=LENT,
    stages=[LENT, BACK],
    transitions=[RETURN],
    open_by=[SCHOOL],
)
BOTH = [few_renewals, has_book]
