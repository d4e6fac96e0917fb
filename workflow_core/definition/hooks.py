"""The marker with which a plugin says that a function implements one of the hooks."""

from __future__ import annotations

import pluggy

HOOK_NAMESPACE = "careflow"

hookimpl = pluggy.HookimplMarker(HOOK_NAMESPACE)
"""``@hookimpl`` above a function named like a hook (``careflow_programs``)."""
