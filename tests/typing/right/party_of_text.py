"""The name of a party where the party belongs: mended."""

from __future__ import annotations

from tests.typing.sample import LENT, Loan
from workflow_core import Open, Party, where_party

WITH = Party("with", "With", of=Loan)
OPEN = Open(Loan(book="x"), parties={WITH: "C-000001"})
THERE = where_party(WITH, Loan, LENT)
