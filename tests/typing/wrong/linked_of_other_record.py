"""A field that the linked case's record does not have."""

from __future__ import annotations

from tests.typing.sample import Gift, LoanCase


def same_book(case: LoanCase) -> None:
    print(case.linked(Gift).record.lent_on)  # wrong: attr-defined
