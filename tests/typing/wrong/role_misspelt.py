"""A misspelt role."""

from __future__ import annotations

from workflow_core import SCHOL as SCHOOL  # wrong: attr-defined

ROLES = [SCHOOL]
