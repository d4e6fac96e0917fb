"""Who works at the camp beside the roles that every office knows."""

from __future__ import annotations

from workflow_core import Role

LEADER = Role("camp_leader", "Camp leader", level="county", sees_whole=("name", "guardian", "guardian_phone"))
TUTOR = Role("camp_tutor", "Tutor", level="county", sees_whole=("name", "guardian_phone"))
