"""The registry: one value that knows every program of a process. Whoever runs the office makes it; nothing is made at import time."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

from workflow_core.definition import CalendarDay, Change, Channel, Deny, Program, Workflow, deny, hookimpl
from workflow_core.errors import Misused, NotFound, Problem
from workflow_core.i18n import N_, add_catalogue
from workflow_core.nearest import nearest
from workflow_core.registry.admission import Admission, handed_over
from workflow_core.registry.hooks import call, hooks_of, new_manager
from workflow_core.registry.loading import Candidate, in_file, installed
from workflow_core.registry.patience import Patience
from workflow_core.registry.plugins import FailedPlugin, Failure, Plugin, Source, Unloadable

_log = logging.getLogger(__name__)

PLUGIN_SECONDS = 5.0
"""So long a veto, an observer, a calendar may take; one that takes longer is not asked again by this process."""


class Registry:
    """The programs, the plugins that brought them, and the plugins that failed.

    Made by ``discover`` (an office) or ``of`` (a test); read only afterwards, so that threads may share it.
    """

    def __init__(self, candidates: Iterable[Candidate] = ()) -> None:
        self.patience = Patience(PLUGIN_SECONDS)
        self._manager = new_manager()
        self._admission = Admission()
        self._plugins: dict[str, Plugin] = {}
        self._failed: dict[str, FailedPlugin] = {}
        loaded: list[tuple[str, Any]] = []
        for candidate in candidates:
            try:
                plugin = candidate.load()
                if any(plugin is known or _same_file(plugin, known) for _, known in loaded):
                    continue  # tried out from its file, and installed from there too
                name = self._free_name(candidate.source)
                self._plugins[name] = self._admitted(name, candidate.source, plugin)
                loaded.append((name, plugin))
            except Unloadable as error:
                self._fail(error.failed(candidate.source))
        for name, plugin in reversed(loaded):  # pluggy asks the last one registered first
            self._manager.register(plugin, name)

    @classmethod
    def discover(cls, *, paths: Sequence[Path] = (), entry_points: bool = True) -> Registry:
        """Loads what is named and what is installed, each by itself. It raises for no plugin; see ``failed``.

        :param paths: files to try out without packaging them (``--plugin path/program.py``). They come before what is installed.
        :param entry_points: whether to look among the installed distributions.
        """
        return cls([*map(in_file, paths), *(installed() if entry_points else ())])

    @classmethod
    def of(cls, *programs: Program[Any], plugins: Iterable[object] = ()) -> Registry:
        """A registry of these programs, and of plugins given as objects (or modules) with hooks. It looks for nothing else: for tests.

        :raises Misused: they clash, or one of them is not what it should be; ``problems`` has each.
        """
        given = [*([_Given(programs)] if programs else []), *plugins]
        registry = cls(Candidate(Source(f"given-{n}", "given"), lambda plugin=plugin: plugin) for n, plugin in enumerate(given))  # type: ignore[misc]
        if registry._failed:
            wrong = [Problem(one.code, one.message, one.name, one.hint, dict(one.values)) for one in registry._failed.values()]
            raise Misused("programs_clash", N_("these programs cannot run together"), hint=N_("see each problem"), problems=wrong)
        return registry

    # -- What there is -----------------------------------------------------------------------------------------------------------------------------

    @property
    def programs(self) -> Mapping[str, Program[Any]]:
        """The programs by name, sorted."""
        return MappingProxyType(dict(sorted(self._admission.programs.items())))

    @property
    def plugins(self) -> Mapping[str, Plugin]:
        """The plugins that were loaded, by name."""
        return MappingProxyType(self._plugins)

    @property
    def failed(self) -> Mapping[str, FailedPlugin]:
        """The plugins that were not, by name."""
        return MappingProxyType(self._failed)

    @property
    def channels(self) -> Mapping[str, Channel]:
        """The message channels that plugins bring, by name."""
        return MappingProxyType(self._admission.channels)

    def program(self, name: str) -> Program[Any]:
        """The program of that name.

        :raises NotFound: ``program_unknown``: none of the loaded plugins brings it.
        """
        found = self._admission.programs.get(name)
        if found is None:
            meant = nearest(name, self._admission.programs)
            hint = N_("did you mean {meant}?") if meant else N_("see which there are, and which failed, with: care plugin list")
            raise NotFound("program_unknown", N_("there is no program {name}"), hint=hint, name=name, meant=meant)
        return found

    def workflow(self, program: str, name: str) -> Workflow[Any, Any]:
        """A workflow by name.

        :raises NotFound: ``program_unknown`` or ``workflow_unknown``.
        """
        found = self.program(program)
        for workflow in found.workflows:
            if workflow.name == name:
                return workflow
        names = [workflow.name for workflow in found.workflows]
        meant = nearest(name, names)
        hint = N_("did you mean {meant}?") if meant else N_("it has: {names}")
        raise NotFound("workflow_unknown", N_("{program} has no workflow {name}"), hint=hint, program=program, name=name, meant=meant, names=", ".join(names))

    def brought_by(self, program: str) -> Plugin:
        """The plugin that brought a program.

        :raises NotFound: ``program_unknown``.
        """
        return self._plugins[self._admission.brought_by[self.program(program).name]]

    def code_version(self, program: str) -> str:
        """What events store of the code that ran: the distribution's version, or ``sha256:…`` of a file.

        :raises NotFound: ``program_unknown``.
        """
        return self.brought_by(program).code_version

    def templates(self, program: str) -> Path | None:
        """The folder with the program's templates, beside its module; None where it has none.

        :raises NotFound: ``program_unknown``.
        """
        home = self.brought_by(program).folder or _folder(sys.modules.get(self.program(program).policy.__module__))
        return home / "templates" if home is not None and (home / "templates").is_dir() else None

    # -- What plugins are asked, one by one --------------------------------------------------------------------------------------------------------

    def veto(self, change: Change) -> list[Deny]:
        """What speaks against a change that is about to be committed: every plugin's reason. One that crashes denies, with ``veto_failed``."""
        found: list[Deny] = []
        for plugin, function in self._implementations("careflow_veto"):
            try:
                answer = self.patience.wait_for(f"{plugin} veto", partial(call, function, change=change))
                if isinstance(answer, Deny):
                    found.append(answer)
                elif answer is not None:
                    raise TypeError
            except (Exception, SystemExit) as error:
                _report(Failure.of(plugin, "careflow_veto", error))
                hint = N_("tell whoever looks after the office: the log has the reason")
                found.append(deny("the plugin {plugin} could not say whether this is allowed", hint, "veto_failed", plugin=plugin))
        return found

    def observe(self, change: Change) -> list[Failure]:
        """Tells the plugins of a change that was committed.

        :returns: those that crashed; each is in the log already.
        """
        found: list[Failure] = []
        for plugin, function in self._implementations("careflow_observe"):
            try:
                self.patience.wait_for(f"{plugin} observe", partial(call, function, change=change))
            except (Exception, SystemExit) as error:
                found.append(_report(Failure.of(plugin, "careflow_observe", error)))
        return found

    def calendar(self, division: str, year: int) -> tuple[CalendarDay, ...] | None:
        """A division's days in a year, from the first plugin that knows them; None where none does."""
        for plugin, function in self._implementations("careflow_calendar"):
            try:
                answer = self.patience.wait_for(f"{plugin} calendar", partial(call, function, division=division, year=year))
                if answer is None:
                    continue
                if all(isinstance(day, CalendarDay) for day in answer):
                    return tuple(answer)
                raise TypeError
            except (Exception, SystemExit) as error:
                _report(Failure.of(plugin, "careflow_calendar", error))
        return None

    def _implementations(self, hook: str) -> Iterator[tuple[str, Callable[..., Any]]]:
        for implementation in reversed(self._manager.hook.__dict__[hook].get_hookimpls()):
            yield implementation.plugin_name, implementation.function

    # -- How they come in --------------------------------------------------------------------------------------------------------------------------

    def _admitted(self, name: str, source: Source, plugin: Any) -> Plugin:
        hooks = hooks_of(self._manager, plugin)
        programs = handed_over("careflow_programs", [function for hook, function in hooks if hook == "careflow_programs"], Program)
        channels = handed_over("careflow_channels", [function for hook, function in hooks if hook == "careflow_channels"], Channel)
        try:
            self._admission.admit(name, programs, channels)
        except Unloadable:
            raise
        except Exception as error:  # something inside is not even of the right kind
            message, hint = N_("it hands over a program that is not built as one: {error}"), N_("run mypy --strict over it: that says where")
            raise Unloadable(Problem("not_a_program", message, hint=hint, values={"error": type(error).__name__})) from error
        folder = _folder(plugin)
        if folder is not None:
            for catalogue in (folder / "locale").glob("*/LC_MESSAGES/*.mo"):
                add_catalogue(catalogue.stem, folder / "locale")
        return Plugin(name, source.origin, source.version or _digest(plugin), programs, tuple(sorted({hook for hook, _ in hooks})), folder)

    def _fail(self, failed: FailedPlugin) -> None:
        name = failed.name if failed.name not in self._failed and failed.name not in self._plugins else f"{failed.name} ({failed.origin})"
        self._failed[name] = failed
        _log.info("plugin %s failed: %s\n%s", name, failed.code, failed.traceback)

    def _free_name(self, source: Source) -> str:
        return source.name if source.name not in self._plugins and source.name not in self._failed else f"{source.name} ({source.origin})"


class _Given:
    """Programs handed over by hand."""

    def __init__(self, programs: Sequence[Program[Any]]) -> None:
        self._programs = list(programs)

    @hookimpl
    def careflow_programs(self) -> list[Program[Any]]:
        return self._programs


def _same_file(one: object, other: object) -> bool:
    here, there = getattr(one, "__file__", None), getattr(other, "__file__", None)
    return here is not None and there is not None and Path(here).resolve() == Path(there).resolve()


def _folder(module: object) -> Path | None:
    file = getattr(module, "__file__", None)
    return Path(file).resolve().parent if file else None


def _digest(plugin: object) -> str:
    file = getattr(plugin, "__file__", None)
    return f"sha256:{sha256(Path(file).read_bytes()).hexdigest()[:12]}" if file else "given"


def _report(failure: Failure) -> Failure:
    _log.error("plugin %s: %s raised %s at %s\n%s", failure.plugin, failure.hook, failure.error, failure.at, failure.trace)
    return failure
