"""Who works at the camp beside the roles that every office knows."""

from __future__ import annotations

from workflow_core import Role

LEADER = Role("camp_leader", "Camp leader", level="county")
TUTOR = Role("camp_tutor", "Tutor", level="county")
