"""Two programs of the tests, one of which asks the other for help, as a plugin's file."""

from __future__ import annotations

from typing import Any

from tests.engine.test_referrals import AID, ASKS
from workflow_core import Program, hookimpl


@hookimpl
def careflow_programs() -> list[Program[Any]]:
    return [ASKS, AID]
