"""A program that asks another one for help, as a plugin's file, for ``care --plugin``."""

from __future__ import annotations

from typing import Any

from tests.engine.test_referrals import ASKS
from workflow_core import Program, hookimpl


@hookimpl
def careflow_programs() -> list[Program[Any]]:
    return [ASKS]
