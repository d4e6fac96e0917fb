"""A field of an entry that its form does not have."""

from __future__ import annotations

from tests.typing.sample import LOG, LoanCase


def first_look(case: LoanCase) -> None:
    print(case.entries(LOG, open_only=True)[0].lookd_on)  # wrong: attr-defined
    last = case.last(LOG, key="Town")
    print(last.wear if last is not None else "")
