"""A stage's name where the stage belongs, in a target: mended."""

from __future__ import annotations

from tests.typing.sample import LENT, L, Loan
from workflow_core import On, SetField, parts

AFTER = On(parts(Loan, LENT), [SetField(L.book, "x")])
