"""What one run of ``care`` works with: the office, the registry, the engine and who acts, each made when it is first asked for."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from workflow_core.clock import civil_date
from workflow_core.errors import Misused, NotPermitted, Problem, Refused
from workflow_core.i18n import N_, Label, translate

if TYPE_CHECKING:
    from workflow_core.access import Actor
    from workflow_core.access.approval import Approval
    from workflow_core.definition import Deny, Workflow
    from workflow_core.engine import Engine
    from workflow_core.office import Office
    from workflow_core.registry import Registry
    from workflow_core.store.database import Database

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
    :param details: why a plugin could not be loaded goes to the office's log, with its trace.
    """

    folder: Path | None = None
    now: datetime | None = None
    login: str | None = None
    plugins: tuple[Path, ...] = field(default=())
    details: bool = False
    _names: dict[str, str] = field(default_factory=dict)

    def named_folder(self) -> Path | None:
        """``--office``, else ``CARE_OFFICE``; None where neither is said."""
        if self.folder is not None:
            return self.folder
        named = os.environ.get("CARE_OFFICE")
        return Path(named) if named else None

    def found_folder(self) -> Path | None:
        """The office's folder: ``--office``, ``CARE_OFFICE``, else the nearest folder upwards with a care.toml; None where there is none."""
        named = self.named_folder()
        if named is not None:
            return named
        here = Path.cwd()
        return next((folder for folder in (here, *here.parents) if (folder / CONFIG).is_file()), None)

    def office_folder(self) -> Path:
        """The office's folder.

        :raises Misused: none is named, and there is none here (``office_missing``).
        """
        folder = self.found_folder()
        if folder is None:
            raise Misused("office_missing", N_("there is no office here"), hint=N_("name it with --office DIR or CARE_OFFICE, or make one: care office init"))
        return folder

    @cached_property
    def registry(self) -> Registry:
        """Every program that is installed or named by ``--plugin``; the plugins that failed among it."""
        from careflow_cli import failure
        from workflow_core.registry import Registry

        folder = self.found_folder()
        failure.keep_log(folder if folder is not None and folder.is_dir() else None, details=self.details)
        return Registry.discover(paths=self.plugins)

    @cached_property
    def office(self) -> Office:
        """The office, opened.

        :raises Misused: there is none (``office_missing``), or ``--now`` or ``--as`` for a real one.
        """
        from workflow_core.office import Office

        opened = Office.open(self.office_folder(), now=self.now, login=self.login, plugins=self.plugins)
        opened.registry = self.registry
        return opened

    @cached_property
    def actor(self) -> Actor:
        """Who gives the command, with the grants that hold now.

        :raises NotPermitted: nobody the office knows.
        """
        with self.db.read() as tx:
            return self.office.actor(tx)

    @cached_property
    def approved(self) -> list[Approval]:
        """What the account may see by another person's approval now."""
        from workflow_core.access import approval

        actor = self.actor
        with self.db.read() as tx:
            return approval.held(tx, actor, self.now_instant)

    @property
    def out(self) -> ModuleType:
        """Where a program's own commands print: ``document``, ``say``, ``tell``, ``table``, ``facts``, as ours do."""
        from careflow_cli import output

        return output

    def refuse(self, why: Deny, *more: Deny) -> NoReturn:
        """For a program's own commands, which know no error of ours: ends one with a reason, its code and its hint; with several, all are told at once.

        :raises Refused: always.
        """
        if more:
            reasons = [Problem(one.code, one.reason, hint=one.hint, values=dict(one.values)) for one in (why, *more)]
            raise Refused(why.code, N_("it cannot be done now"), problems=reasons)
        raise Refused(why.code, why.reason, hint=why.hint, **dict[str, Any](why.values))

    @property
    def db(self) -> Database:
        """The office's database."""
        return self.office.db

    @property
    def engine(self) -> Engine:
        """The engine of the office."""
        return self.office.engine

    @property
    def now_instant(self) -> datetime:
        """The instant of the command."""
        return self.office.clock.now()

    @property
    def today(self) -> date:
        """The office's date."""
        return civil_date(self.now_instant)

    def workflow(self, name: str) -> Workflow[Any, Any]:
        """A workflow by ``program``, or ``program.workflow`` where it has several.

        :raises NotFound: there is no such program or workflow.
        :raises Misused: the program has several, and none is named.
        """
        program_name, _, workflow_name = name.partition(".")
        program = self.registry.program(program_name)
        if workflow_name:
            return self.registry.workflow(program_name, workflow_name)
        opened = [one for one in program.workflows if one.open_by] or program.workflows  # a duty of the calendar opens by itself, and is not meant
        if len(opened) > 1:
            names = ", ".join(f"{program_name}.{one.name}" for one in opened)
            raise Misused("workflow_ambiguous", N_("{program} has several workflows"), hint=N_("name one of: {names}"), program=program_name, names=names)
        return opened[0]

    def record_of(self, ref: str) -> type[Any]:
        """The form of a case's record."""
        row = self.engine.show(self.actor, ref).row
        return self.registry.workflow(row.program, row.workflow).record

    def tie_cases(self, refs: Sequence[str], child: str, reason: str) -> None:
        """Says of cases whom they are about: the file that theirs went into."""
        for ref in refs:
            self.engine.identify(self.actor, ref, child, reason)

    def must_be_admin(self, doing: str) -> None:
        """Refuses whoever is no administrator of the office.

        :param doing: a msgid: what was asked for.
        :raises NotPermitted: ``not_permitted``.
        """
        from workflow_core.access import ADMIN, WHOLE_OFFICE

        self.actor.require(ADMIN.name, division=WHOLE_OFFICE, doing=doing)

    def must_own(self, hint: str = "") -> None:
        """Refuses a desk's login of a server office: it sees a part of the office, and what asks for all of it would be wrong.

        :param hint: a msgid: who does it instead, where that is not told with the error.
        :raises NotPermitted: ``desk_owner_needed``.
        """
        from workflow_core.store.server.session import owner_needed

        if self.db.desk:
            raise owner_needed(hint)

    def must_work(self, division: str, doing: str, *, at_places: bool = False, keeping: bool = True) -> None:
        """Refuses whoever holds no role there but perhaps the administrator's: administering is not the work itself.

        :param doing: a msgid: what was asked for. :param at_places: a role at a school is enough: what is done concerns its own pupils alone.
        :param keeping: files and lists are changed: that is for those who keep them (``access.KEEPERS``), not for whoever looks up a child for another task.
        :raises NotPermitted: ``not_permitted``.
        """
        from workflow_core.access import ADMIN, KEEPERS

        held = self.actor.roles_at(division=division) - {ADMIN.name}
        held = held & KEEPERS if keeping else held
        if at_places and self.actor.places():
            return
        if not held and not (self.actor.every_role and self.actor.sees(division=division)):
            raise NotPermitted(
                "not_permitted",
                N_("you may not: {doing} (division {division})"),
                hint=N_("it needs a role there; see what you hold: care account show"),
                doing=Label(doing),
                division=division,
            )

    def division_code(self, text: str) -> str:
        """The code of the division that is meant by a code or a name.

        :raises NotFound: there is none (``division_unknown``).
        :raises Misused: the name means several (``division_ambiguous``).
        """
        from workflow_core.records import divisions

        with self.db.read() as tx:
            return divisions.resolve(tx, text).code

    def division_name(self, code: str) -> str:
        """A division's name; its code where the office does not know it."""
        from workflow_core.store import divisions

        if code not in self._names:
            with self.db.read() as tx:
                row = divisions.one(tx, code)
            self._names[code] = row["name"] if row is not None else code
        return self._names[code]

    def program_title(self, name: str) -> str:
        """A program's title in the reader's language; its name where it is not installed."""
        program = self.registry.programs.get(name)
        return name if program is None else translate(program.title)

    def division_names(self) -> list[tuple[str, str]]:
        """Every division of the office: code and name."""
        from workflow_core.store import divisions

        with self.db.read() as tx:
            return [(row["code"], row["name"]) for row in divisions.names(tx, "")]


pass_session = click.make_pass_decorator(Session, ensure=True)
