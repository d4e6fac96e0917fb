"""An opened office."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workflow_core.clock import Clock, FixedClock, SystemClock, stamp
from workflow_core.errors import Damaged, Misused
from workflow_core.i18n import N_
from workflow_core.office.settings import PAPERS, TEMPLATES, Settings, os_login, read

if TYPE_CHECKING:
    from workflow_core.access.grants import Actor
    from workflow_core.definition import Program
    from workflow_core.engine import Engine
    from workflow_core.registry import Registry
    from workflow_core.store.database import Database, Tx
    from workflow_core.store.server.making import Installed

TRAINING = "training"
"""The setting in the database that says what kind of office it was made as: care.toml alone could be edited."""


class Office:
    """Database, programs, clock and actor of one folder; each is made when it is first asked for.

    :param now: what the clock shows, instead of the machine's time.
    :param login: whom to act for, instead of the machine's user.
    :param plugins: program files to try out.
    """

    def __init__(self, folder: Path, settings: Settings, *, now: datetime | None = None, login: str | None = None, plugins: Sequence[Path] = ()) -> None:
        self.folder = folder
        self.settings = settings
        self.plugins = tuple(plugins)
        self.clock: Clock = SystemClock() if now is None else FixedClock(now)
        self.impersonated = login is not None
        self.login = os_login() if login is None else login
        self.guarded: Installed | None = None
        """What came of the server office, where the tables were brought up to date."""

    @classmethod
    def open(cls, folder: Path | str, *, now: datetime | None = None, login: str | None = None, plugins: Sequence[Path] = ()) -> Office:
        """The office in a folder. Its database is opened at the first use.

        :param now: only a training office may be told the time; :param login: or the actor.
        :raises Misused: ``office_missing``, ``now_refused``, ``as_refused``.
        :raises NotPermitted: ``office_forbidden``.
        :raises Damaged: ``settings_damaged``.
        """
        settings = read(Path(folder))
        if not settings.training:
            refuse_pretence(now, login)
        return cls(Path(folder), settings, now=now, login=login, plugins=plugins)

    @property
    def training(self) -> bool:
        """Whether it is a training office."""
        return self.settings.training

    @property
    def papers(self) -> Path:
        """The folder of papers and messages."""
        return self.folder / PAPERS

    @property
    def templates(self) -> Path:
        """The folder of the office's own templates of papers; it need not be there."""
        return self.folder / TEMPLATES

    @cached_property
    def db(self) -> Database:
        """The database.

        :raises Refused: ``office_exposed``, ``office_disk_open``: others on the machine can read the file of an office on SQLite.
        :raises Damaged: ``office_unreachable``, ``office_needs_migration``, ``settings_differ`` …
        """
        from workflow_core.office.shutting import refuse_exposed
        from workflow_core.store import access
        from workflow_core.store.schema import open_database

        refuse_exposed(self.folder, self.settings)
        db = open_database(self.settings.address(self.folder))
        with db.read() as tx:
            made_as = access.setting_of(tx, TRAINING)
        if made_as != str(int(self.training)):
            db.dispose()
            message = N_("care.toml says another kind of office than the one that was made here")
            raise Damaged("settings_differ", message, hint=N_("set training in care.toml to what it was"))
        return db

    @cached_property
    def registry(self) -> Registry:
        """The programs that are installed or named; the plugins that failed among it."""
        from workflow_core.registry import Registry

        return Registry.discover(paths=self.plugins)

    @cached_property
    def engine(self) -> Engine:
        """The engine over this office."""
        from workflow_core.engine import Engine

        settings = self.settings
        return Engine(
            self.db, self.registry, self.clock,
            training=self.training, papers=self.papers, channels=settings.messages, templates=self.templates, issuers=settings.issuers,
            transfer_days=settings.transfer_days, bulk_rows=settings.bulk_rows,
        )  # fmt: skip

    def actor(self, tx: Tx) -> Actor:
        """Whoever acts, with the grants that hold now.

        :raises NotPermitted: ``login_unknown``, ``login_closed``.
        """
        from workflow_core.access.accounts import load_actor
        from workflow_core.access.grants import ADMIN
        from workflow_core.definition import STANDARD_ROLES
        from workflow_core.store.server.session import own_login

        desk = own_login(tx)  # at a desk of a server office nobody is whom the machine says, but whom the database knows
        if desk is not None and self.impersonated:
            raise Misused("as_refused", N_("a desk's login acts for itself"), hint=N_("leave --as out, and log in to the database as that account"))
        login = self.login if desk is None else desk
        actor = load_actor(tx, login, self.clock.now(), self.training, impersonated=self.impersonated or desk is not None)
        standard = {role.name for role in (ADMIN, *STANDARD_ROLES)}
        if all(one.role in standard for one in actor.grants):
            return actor
        ours = {role.name: frozenset[str](role.sees_whole) for program in self.registry.programs.values() for role in program.roles}
        return replace(actor, further={one.role: ours[one.role] for one in actor.grants if one.role in ours})

    def guard(self, db: Database) -> Installed:
        """Makes the server office, or brings it to this version's, with the definitions that cases are pinned to: a desk stores none. Nothing on SQLite."""
        from workflow_core.store import server

        made = server.install(db, bulk_rows=self.settings.bulk_rows)
        if made.made:
            with db.write() as tx:
                for program in self.registry.programs.values():
                    self.pin(tx, program)
        return made

    def pin(self, tx: Tx, program: Program[Any]) -> None:
        """Stores a program's definition; what its own roles see whole holds at the desks of a server office from then on."""
        from workflow_core.definition.snapshot import snapshot, snapshot_digest, structure_digest
        from workflow_core.store import definitions, server

        structure, now = structure_digest(program), stamp(self.clock.now())
        definitions.keep(tx, snapshot_digest(program), program.name, program.version, structure, snapshot(program), now)
        server.program_roles(tx, {role.name: role.sees_whole for role in program.roles})
        server.program_imports(tx, program.name, {who.name for one in program.imports if one.create_subject for who in one.by})

    def upgrade(self) -> list[str]:
        """Brings the tables to this version's; the steps taken.

        :raises Refused: ``office_exposed``. :raises Damaged: ``office_too_new``, ``migration_failed``.
        """
        from workflow_core.office.shutting import refuse_exposed
        from workflow_core.store import migrate
        from workflow_core.store.database import Database

        refuse_exposed(self.folder, self.settings)
        db = Database(self.settings.address(self.folder))
        try:
            steps = migrate.upgrade(db)
            self.guarded = self.guard(db)
            return steps
        finally:
            db.dispose()

    def close(self) -> None:
        """Closes the database, if it was opened."""
        opened = self.__dict__.pop("db", None)
        if opened is not None:
            opened.dispose()


def refuse_pretence(now: datetime | None, login: str | None) -> None:
    """What only a training office allows.

    :raises Misused: ``now_refused``, ``as_refused``.
    """
    if now is not None:
        raise Misused("now_refused", N_("only a training office may be told the time"), hint=N_("leave --now out"))
    if login is not None:
        raise Misused("as_refused", N_("only a training office may be told who acts"), hint=N_("leave --as out, and log in as that user"))
