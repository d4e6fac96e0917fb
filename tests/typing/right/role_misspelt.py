"""A misspelt role: mended."""

from __future__ import annotations

from workflow_core import SCHOOL

ROLES = [SCHOOL]
