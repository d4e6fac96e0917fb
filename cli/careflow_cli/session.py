"""What one run of ``care`` works with: the office, the registry, the engine and who acts, each made when it is first asked for."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from workflow_core.clock import OFFICE_ZONE
from workflow_core.errors import Misused

if TYPE_CHECKING:
    from workflow_core.registry import Registry

F = TypeVar("F", bound=Callable[..., Any])

CONFIG = "care.toml"
"""The file that makes a folder an office."""


@dataclass
class Session:
    """The words that stand before the command, and what follows from them.

    :param folder: ``--office``, where it was given.
    :param now: ``--now``, where it was given: an instant.
    :param login: ``--as``, where it was given.
    :param plugins: the files of ``--plugin``.
    """

    folder: Path | None = None
    now: datetime | None = None
    login: str | None = None
    plugins: tuple[Path, ...] = field(default=())

    def found_folder(self) -> Path | None:
        """The office's folder: ``--office``, ``CARE_OFFICE``, else the nearest folder upwards with a care.toml; None where there is none."""
        if self.folder is not None:
            return self.folder
        named = os.environ.get("CARE_OFFICE")
        if named:
            return Path(named)
        here = Path.cwd()
        return next((folder for folder in (here, *here.parents) if (folder / CONFIG).is_file()), None)

    def office_folder(self) -> Path:
        """The office's folder.

        :raises Misused: none is named, and there is none here (``office_missing``).
        """
        folder = self.found_folder()
        if folder is None:
            raise Misused("office_missing", "there is no office here", hint="name it with --office DIR or CARE_OFFICE, or make one: care office init")
        return folder

    @cached_property
    def registry(self) -> Registry:
        """Every program that is installed or named by ``--plugin``; the plugins that failed among it."""
        from workflow_core.registry import Registry

        return Registry.discover(paths=self.plugins)


def instant(text: str) -> datetime:
    """The instant that ``--now`` names: office time where no zone is said.

    :raises Misused: it is none (``now_invalid``).
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Misused("now_invalid", "{text} is no time", hint="write it like 2026-10-21T09:00, in the office's time", text=text) from None
    return found if found.tzinfo else found.replace(tzinfo=OFFICE_ZONE)


def current() -> Session:
    """The session of the command that runs."""
    found = click.get_current_context().find_object(Session)
    return Session() if found is None else found


pass_session = click.make_pass_decorator(Session, ensure=True)
