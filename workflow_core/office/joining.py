"""A desk's folder of a server office: the settings alone, since the office itself lies on the server."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from workflow_core.errors import Conflict, Misused
from workflow_core.i18n import N_
from workflow_core.office.making import make_folder
from workflow_core.office.office import TRAINING
from workflow_core.office.settings import CONFIG, Settings, address_problems


@dataclass(frozen=True)
class Joined:
    """A desk's folder.

    :param login: as whom it is at the office. :param desk: whether the database itself keeps that login to its own; else it is the owner's.
    """

    folder: Path
    login: str
    training: bool
    desk: bool


def join(folder: Path | str, database: str) -> Joined:
    """Makes a folder from which one works in an office that is there already, on a PostgreSQL server.

    :param database: ``postgresql://[login@]host/name``, without a password.
    :raises Misused: ``database_invalid``, ``folder_unwritable``, ``folder_not_empty``. :raises Conflict: ``office_exists``.
    :raises Damaged: the database is not to be reached, or there is no office in it.
    """
    from workflow_core.store import access
    from workflow_core.store.schema import open_database
    from workflow_core.store.server.session import own_login

    home = Path(folder)
    if "://" not in database:
        raise Misused("database_invalid", N_("only an office on a server can be joined"), hint=N_("postgresql://host/name"))
    wrong = address_problems(database)
    if wrong:
        raise Misused("database_invalid", N_("this is no address for an office's database"), problems=wrong)
    if (home / CONFIG).exists():
        raise Conflict("office_exists", N_("there is an office in {folder} already"), hint=N_("choose another folder; nothing was changed"), folder=str(home))
    db = open_database(database)
    try:
        with db.read() as tx:
            training = access.setting_of(tx, TRAINING) == "1"
            desk = own_login(tx)
            login = desk or str(db.engine.url.username or "")
    finally:
        db.dispose()
    make_folder(home, Settings(training, database))
    return Joined(home, login, training, desk is not None)
