"""Finds plugins, among the installed distributions and in files, and imports each by itself."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from importlib import metadata
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
from pathlib import Path
from typing import Any

from workflow_core.definition.deprecations import gone
from workflow_core.errors import Problem
from workflow_core.i18n import N_
from workflow_core.nearest import nearest
from workflow_core.registry.faults import LOOK, own_line
from workflow_core.registry.plugins import Source, Unloadable

GROUP = "careflow.plugins"
"""The entry-point group: ``dropout_return = "careflow_dropout_return.program"``."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """Something that may be a plugin: where it comes from, and how to get it (which raises ``Unloadable``)."""

    source: Source
    load: Callable[[], Any]


def in_file(path: Path) -> Candidate:
    """A plugin in a file; where the file lies in a package, it is imported as part of that package."""
    return Candidate(Source(path.stem, str(path)), lambda: _load_file(path))


def installed() -> list[Candidate]:
    """What the installed distributions offer, by name."""
    return sorted((_entry_point(point) for point in metadata.entry_points(group=GROUP)), key=lambda one: (one.source.name, one.source.origin))


def _entry_point(point: metadata.EntryPoint) -> Candidate:
    dist = point.dist
    return Candidate(Source(point.name, f"{dist.name} {dist.version}" if dist else point.value, dist.version if dist else ""), lambda: _load_entry_point(point))


def _load_entry_point(point: metadata.EntryPoint) -> Any:
    with _importing():
        return point.load()


def _load_file(path: Path) -> Any:
    if not path.is_file():
        raise Unloadable(Problem("file_missing", N_("there is no file {path}"), hint=N_("check the path given with --plugin"), values={"path": str(path)}))
    with _importing():
        return _as_part_of_package(path) if (path.parent / "__init__.py").exists() else _alone(path)


def _alone(path: Path) -> Any:
    # The name is the path's own, so that two files named program.py live side by side. The source is compiled here, because importlib's cache
    # compares times by the second, and an author edits faster; and so that nothing is written beside the file.
    name = f"careflow_file_{path.stem}_{sha256(str(path.resolve()).encode()).hexdigest()[:8]}"
    module = module_from_spec(ModuleSpec(name, None, origin=str(path)))
    module.__file__ = str(path)
    sys.modules[name] = module  # annotations are resolved through it
    try:
        exec(compile(path.read_bytes(), str(path), "exec"), module.__dict__)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _as_part_of_package(path: Path) -> Any:
    names, folder = [path.stem], path.resolve().parent
    while (folder / "__init__.py").exists():
        names.insert(0, folder.name)
        folder = folder.parent
    if str(folder) not in sys.path:
        sys.path.append(str(folder))  # last, so that it hides nothing
    module = importlib.import_module(".".join(names))
    found = getattr(module, "__file__", None)
    if found is None or Path(found).resolve() != path.resolve():
        problem = Problem(
            "other_file",
            N_("the module {module} of this file is already taken by {found}"),
            hint=N_("rename the package, or uninstall the other one"),
            values={"module": ".".join(names), "found": found},
        )
        raise Unloadable(problem)
    return module


@contextmanager
def _importing() -> Iterator[None]:
    """What goes wrong while foreign code is imported, as a reason.

    A plugin may do anything while it is imported, even leave the process; only the person at the keyboard stops us.
    """
    try:
        yield
    except (KeyboardInterrupt, Unloadable):
        raise
    except SystemExit as error:
        message, hint = N_("it wanted to leave the process while it was imported"), N_("put what runs under: if __name__ == '__main__'")
        raise Unloadable(Problem("import_exited", message, hint=hint)) from error
    except SyntaxError as error:
        place = {"file": error.filename or "", "line": error.lineno, "said": error.msg}
        raise Unloadable(Problem("import_failed", N_("line {line}: {said}"), hint=N_("correct {file}"), values=place)) from error
    except BaseException as error:
        raise Unloadable(_import_failed(error)) from error


def _import_failed(error: BaseException) -> Problem:
    values: dict[str, Any] = {"error": type(error).__name__, "said": str(error)}
    place = own_line(error)
    hint = LOOK if place else N_("the log has the whole trace: care plugin list writes it to the office's care-errors.log")
    values |= place
    if isinstance(error, ModuleNotFoundError):
        hint, values["module"] = N_("install what brings {module}"), error.name
    elif isinstance(error, ImportError) and str(error.name or "").split(".")[0] == "workflow_core":
        hint = N_("this careflow has no such name: the plugin may want a newer one")
        was, meant = gone(_missed(str(error))), _meant(str(error))
        if was is not None:
            hint = N_("{name} is gone since {until}: use {instead}")
            values |= {"name": was.name, "until": was.until.isoformat(), "instead": was.instead}
        elif meant:
            hint, values["meant"] = N_("did you mean {meant}?"), meant
    return Problem("import_failed", N_("it cannot be imported: {error}: {said}"), hint=hint, values=values)


def _meant(said: str) -> str | None:
    import workflow_core

    return nearest(_missed(said), workflow_core.__all__)


def _missed(said: str) -> str:
    """The name in "cannot import name 'Stag' from 'workflow_core'"."""
    return said.split("'")[1] if said.count("'") >= 2 else ""
