"""Files that a form asks for: named by their path, put beside the case, and kept in the answer by digest and name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from careflow_cli import ask

if TYPE_CHECKING:
    from careflow_cli.session import Session

T = TypeVar("T")
Asked = Mapping[str, tuple[type[Any], str]]
Step = Callable[[Mapping[str, object], bool, int], T]
"""Does something with values; whether it is a trial, and how many files were put beside the case before."""


def handed_in(session: Session, case: str, asks: Callable[[], Asked], given: Mapping[str, object], step: Step[T], *, dry_run: bool) -> T:
    """Does a step with what was given; the files that are named there are put beside the case.

    The step is tried before a file is put in, so that nothing stays behind of what is refused.

    :param asks: tells the fields, as ``Engine.asks`` does; called only where the path of a file was given.
    """
    paths = {name: Path(str(value)) for name, value in given.items() if _names_a_file(value)}
    if paths:
        wanted = {name.casefold() for one in ask.asked(asks()) if one.field.kind == "attachment" for name in (one.field.name, one.field.label)}
        paths = {name: path for name, path in paths.items() if name.strip().casefold() in wanted}
    if not paths:
        return step(given, dry_run, 0)
    values = {**given, **{name: _stored(path) for name, path in paths.items()}}
    tried = step(values, True, 0)
    if dry_run:
        return tried
    for path in paths.values():
        session.engine.attach(session.actor, case, path)
    return step(values, False, len(paths))


def _names_a_file(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(value) and Path(value).is_file()
    except (OSError, ValueError):  # too long for a path, or a sign that none may hold
        return False


def _stored(path: Path) -> dict[str, str]:
    from workflow_core.engine.keeping import read_file

    return {"digest": read_file(path)[0], "name": path.name}
