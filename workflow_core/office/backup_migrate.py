"""Bringing an office's tables to this version, with a copy made first. Interrupted, it is run again: the steps are one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workflow_core.office.backup import copy_of

if TYPE_CHECKING:
    from workflow_core.office.office import Office
    from workflow_core.store.server.making import Installed


@dataclass(frozen=True)
class Migrated:
    """What was done.

    :param steps: the steps taken, oldest first. :param copy: of the office as it was; None where there was nothing to do, or none was wanted.
    :param guarded: what came of the server office; None where it was made with the steps.
    """

    steps: tuple[str, ...] = ()
    copy: Path | None = None
    guarded: Installed | None = None


def migrate(office: Office, folder: Path | None = None, *, copies: bool = True) -> Migrated:
    """Bring the tables to this version.

    :param folder: where the copy goes; ``backups`` in the office's folder where None. :param copies: whether one is made.
    :raises Damaged: ``office_too_new``, ``migration_failed``: nothing was changed; those of ``copy_of``.
    """
    from workflow_core.store.database import Database
    from workflow_core.store.schema import HEAD, KNOWN, check, revision

    db = Database(office.settings.address(office.folder))
    try:
        found = revision(db)
        if found == HEAD:
            return Migrated(guarded=office.guard(db))
        if found not in KNOWN:
            check(db)  # says why: empty, or of a newer version
    finally:
        db.dispose()
    copy = copy_of(office.folder, office.settings, folder).path if copies else None
    return Migrated(tuple(office.upgrade()), copy, office.guarded)
