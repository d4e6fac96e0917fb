"""What is known of a plugin: loaded, failed, or failing at work."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workflow_core.definition import Program
from workflow_core.errors import Problem
from workflow_core.i18n import translate


@dataclass(frozen=True, eq=False)
class Source:
    """Where a plugin comes from.

    :param name: the entry point's name, or the file's without its suffix.
    :param origin: the distribution with its version, or the file's path: for people.
    :param version: the distribution's version; empty for a file.
    """

    name: str
    origin: str
    version: str = ""


@dataclass(frozen=True, eq=False)
class Plugin:
    """A plugin that was loaded.

    :param code_version: what events store: the distribution's version, or a digest of the file.
    :param hooks: the names of the hooks that it implements, sorted.
    """

    name: str
    origin: str
    code_version: str
    programs: tuple[Program[Any], ...]
    hooks: tuple[str, ...]
    folder: Path | None

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        programs = [program.name for program in self.programs]
        return {"name": self.name, "state": "loaded", "origin": self.origin, "version": self.code_version, "programs": programs, "hooks": list(self.hooks)}


@dataclass(frozen=True, eq=False)
class FailedPlugin:
    """A plugin that was not loaded, and why. All else goes on without it.

    :param code: stable, in snake_case (``import_failed``, ``hook_unknown``, ``program_clash`` …).
    :param message: a msgid; :param hint: a msgid: what to do next; :param values: what their placeholders stand for.
    :param traceback: for the log, where something was raised.
    """

    name: str
    code: str
    message: str
    hint: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    origin: str = ""
    traceback: str = ""

    def text(self) -> str:
        """The message in the reader's language."""
        return translate(self.message, **self.values)

    def advice(self) -> str:
        """The hint in the reader's language."""
        return translate(self.hint, **self.values) if self.hint else ""

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return {"name": self.name, "state": "failed", "origin": self.origin, "code": self.code, "message": self.text(), "hint": self.advice()}


@dataclass(frozen=True, eq=False)
class Failure:
    """A hook implementation that raised while the office was at work.

    What it said is left out, also from the trace: a foreign message may hold a person's name.

    :param error: the type of what was raised; :param at: the file's name and the line.
    :param trace: the calls that led there, for the log.
    """

    plugin: str
    hook: str
    error: str
    at: str
    trace: str

    @classmethod
    def of(cls, plugin: str, hook: str, error: BaseException) -> Failure:
        """What may be told of an exception."""
        frames = traceback.extract_tb(error.__traceback__)
        at = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
        return cls(plugin, hook, type(error).__name__, at, "".join(traceback.format_list(frames)) + type(error).__name__)

    def as_dict(self) -> dict[str, str]:
        """For ``--json``."""
        return {"plugin": self.plugin, "hook": self.hook, "error": self.error, "at": self.at}


class Unloadable(Exception):
    """Inside this room: why a plugin cannot be loaded. It becomes a ``FailedPlugin`` at the door."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem

    def failed(self, source: Source) -> FailedPlugin:
        """The plugin as it is listed; what was raised inside it goes to the log."""
        told = self.problem
        trace = "".join(traceback.format_exception(self.__cause__)) if self.__cause__ else ""
        return FailedPlugin(source.name, told.code, told.message, told.hint, told.values, source.origin, trace)
