"""The field of a row that says no to a consent."""

from __future__ import annotations

from collections.abc import Iterable

from tests.typing.sample import Policy
from workflow_core import CHILD, SCHOOL, Consent, Desk, Effect, Import, ask, form, ref

LENDING = Consent("lending", "Lending books", notice="2026-1")


@form
class Row:
    book: str = ask("Book")
    agrees: bool | None = ask("The guardian consents", default=None)


def take(desk: Desk[Policy], row: Row) -> Iterable[Effect]:
    return []


SHEET = Import("books", "Books", row=Row, subject=CHILD, take=take, by=[SCHOOL], consent=LENDING, refuses=ref(Row).book)  # wrong: arg-type
