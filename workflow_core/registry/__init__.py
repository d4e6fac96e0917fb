"""Which programs there are: the hooks that plugins implement, their discovery, and what became of those that failed.

A plugin that is broken in any way is listed as failed, with the reason; it takes nothing else with it.
"""

from workflow_core.registry.plugins import FailedPlugin, Failure, Plugin
from workflow_core.registry.registry import Registry

__all__ = ["FailedPlugin", "Failure", "Plugin", "Registry"]
