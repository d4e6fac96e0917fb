"""A stage's name where the stage belongs, in a target."""

from __future__ import annotations

from tests.typing.sample import LENT, L, Loan
from workflow_core import On, SetField, parts

AFTER = On(parts(Loan, "lent"), [SetField(L.book, "x")])  # wrong: arg-type
