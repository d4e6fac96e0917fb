"""Whether a plugin's hook implementations are what the specifications ask for; what pluggy lets pass is refused here."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pluggy

from workflow_core.definition import HOOK_NAMESPACE
from workflow_core.definition.deprecations import gone
from workflow_core.errors import Problem
from workflow_core.i18n import N_
from workflow_core.nearest import nearest
from workflow_core.registry import hookspecs
from workflow_core.registry.plugins import Unloadable

PREFIX = "careflow_"
SPECS: dict[str, Callable[..., Any]] = {name: spec for name, spec in vars(hookspecs).items() if name.startswith(PREFIX)}
"""The hooks by name."""


def new_manager() -> pluggy.PluginManager:
    """A plugin manager with our specifications and no plugin: one for each registry, none at import time."""
    manager = pluggy.PluginManager(HOOK_NAMESPACE)
    manager.add_hookspecs(hookspecs)
    return manager


def hooks_of(manager: pluggy.PluginManager, plugin: object) -> list[tuple[str, Callable[..., Any]]]:
    """The hooks that the plugin implements, by name, each with its function.

    :raises Unloadable: a function is marked as a hook and is none, has the wrong arguments, or nothing is marked at all.
    """
    found: list[tuple[str, Callable[..., Any]]] = []
    for name in dir(plugin):
        options = manager.parse_hookimpl_opts(plugin, name)
        if options is None:
            continue
        hook = options.get("specname") or name
        if hook not in SPECS:
            raise Unloadable(_unknown(hook))
        function = getattr(plugin, name)
        fault = _fault(hook, function, wraps=bool(options.get("wrapper") or options.get("hookwrapper")))
        if fault is not None:
            raise Unloadable(fault)
        found.append((hook, function))
    if not found:
        raise Unloadable(_none(plugin))
    return found


def _unknown(name: str) -> Problem:
    was = gone(name)
    if was is not None:
        values = {"hook": name, "until": was.until.isoformat(), "instead": was.instead}
        return Problem("hook_gone", N_("the hook {hook} is gone since {until}"), hint=N_("use {instead}"), values=values)
    meant = nearest(name, SPECS)
    hint = N_("did you mean {meant}?") if meant else N_("the hooks are: {hooks}")
    return Problem("hook_unknown", N_("there is no hook {hook}"), hint=hint, values={"hook": name, "meant": meant, "hooks": ", ".join(SPECS)})


def _none(plugin: object) -> Problem:
    bare = [name for name in dir(plugin) if name.startswith(PREFIX)]
    message = N_("no function of it is marked as a hook")
    hint = N_("write @hookimpl above {hook}") if bare else N_("a program is handed over by careflow_programs, with @hookimpl above it")
    return Problem("hook_missing", message, hint=hint, values={"hook": bare[0] if bare else ""})


def _fault(hook: str, function: Callable[..., Any], *, wraps: bool) -> Problem | None:
    offered = list(inspect.signature(SPECS[hook]).parameters)
    values = {"hook": hook, "wanted": f"{hook}({', '.join(offered)})"}
    hint = N_("write {wanted}; what is not needed may be left out")
    if wraps:
        return Problem("hook_signature", N_("{hook} wraps the others, which no hook of careflow can"), hint=N_("use a plain @hookimpl"), values=values)
    if inspect.iscoroutinefunction(function) or inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        return Problem("hook_signature", N_("{hook} must answer at once: a plain function that returns its answer"), hint=hint, values=values)
    unnamed = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    asked = inspect.signature(function).parameters.values()
    wrong = [one.name for one in asked if one.kind in unnamed or (one.name not in offered and one.default is one.empty)]
    if not wrong:
        return None
    was = next((row for row in map(gone, [f"{hook}.{name}" for name in wrong]) if row is not None), None)
    if was is not None:
        values |= {"name": was.name, "until": was.until.isoformat(), "instead": was.instead}
        return Problem("hook_signature", N_("{name} is gone since {until}"), hint=N_("use {instead}"), values=values)
    message = N_("{hook} has arguments that nobody gives it: {wrong}")
    return Problem("hook_signature", message, hint=hint, values={**values, "wrong": ", ".join(wrong)})


def call(function: Callable[..., Any], **offered: object) -> Any:
    """Calls one implementation with those of the arguments that it asks for, by name."""
    wanted = inspect.signature(function).parameters
    return function(**{name: value for name, value in offered.items() if name in wanted})
