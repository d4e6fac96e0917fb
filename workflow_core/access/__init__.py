"""Access: accounts, grants, scope, masking, and the journal of who looked. Nothing granted means nobody may."""

from workflow_core.access.grants import ADMIN, KEEPERS, SYSTEM_ACTOR, WHOLE_OFFICE, Actor, Grant, ScopeKind, known_roles

__all__ = ["ADMIN", "KEEPERS", "SYSTEM_ACTOR", "WHOLE_OFFICE", "Actor", "Grant", "ScopeKind", "known_roles"]
