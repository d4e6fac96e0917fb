"""A guard that asks for a consent by its name."""

from __future__ import annotations

from tests.typing.sample import BACK, LENT
from workflow_core import SCHOOL, Consent, Transition, consented

LENDING = Consent("lending", "Lending books", notice="2026-1")
BRING = Transition("bring", "Bring back", source=LENT, target=BACK, by=SCHOOL, guards=[consented("lending")])  # wrong: arg-type
