"""An office of one test's own: the programs that are named and no other, invented children, a clock that moves."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, TypeAlias, TypeVar

from workflow_core.access.grants import SYSTEM_ACTOR, Actor, Grant
from workflow_core.clock import OFFICE_ZONE, FixedClock, civil_date, day_begins
from workflow_core.definition import Batch, Import, Kind, Message, Party, Program, Role, Span, Stage, Workflow
from workflow_core.engine import Engine, Outcome
from workflow_core.engine.due import add_span
from workflow_core.engine.plan_views import Planned
from workflow_core.engine.upgrade_case import Becoming
from workflow_core.errors import CareError
from workflow_core.records import calendar, children, enabling, places, policies, volunteers
from workflow_core.registry import Registry
from workflow_core.store import journal
from workflow_core.store.database import Database
from workflow_core.testing import databases, telling
from workflow_core.testing.cases import Given, Life, given_of, subject_of
from workflow_core.testing.databases import ADMINISTRATOR, COUNTY, TOWNSHIP
from workflow_core.testing.helping import add_texts, first_role, install, upgraded, written
from workflow_core.testing.people import SCHOOL_NAME, Invented, invented_child, invented_volunteer
from workflow_core.testing.seen import Fed, Refusal

R = TypeVar("R")
V = TypeVar("V")
By: TypeAlias = Role | Actor | None
NewScenario: TypeAlias = Callable[..., "Scenario"]
"""The fixture ``scenario``: called like ``Scenario``, and what it makes is verified and closed when the test is over."""

BEGINS = date(2026, 9, 1)
"""The day on which a scenario begins where nothing else is said: a Tuesday, the first day of a term."""
HOUR = time(9)


class Scenario:
    """An office with these programs, each enabled in its county. Nothing else is looked for: what happens to be installed is not in it.

    It plays in the township 990101100 (高桥镇) of the county 990101; there are a second township, 990101101, a second county, 990102, and a village,
    990101100201. The calendar is the invented one of the training offices, 2025 to 2028. Use it as a context manager, or close it.

    :param programs: the definitions.
    :param on: the day on which it begins, at nine in the morning; or an instant.
    :param plugins: modules or objects with hooks (vetoes, observers, calendars); a program's own module is not among them unless it is named.
    :param training: a training office: four-eyes steps pass, marked as such.
    :param enabled: whether the programs are enabled in the county from the first day on.
    :param database: the address of a database with empty tables; a SQLite file of its own where None.
    :param folder: where its files are put; a temporary one where None.
    :raises Misused: ``programs_clash``, with every reason.
    """

    def __init__(
        self,
        *programs: Program[Any],
        on: date | datetime = BEGINS,
        plugins: Sequence[object] = (),
        training: bool = False,
        enabled: bool = True,
        database: str | None = None,
        folder: Path | None = None,
    ) -> None:
        self.programs, self.plugins = programs, plugins
        self._temporary = tempfile.TemporaryDirectory(prefix="care-scenario-") if folder is None else None
        self.folder = Path(self._temporary.name) if self._temporary is not None else folder or Path()
        self.clock = FixedClock(_instant(on))
        registry = Registry.of(*programs, plugins=plugins)
        if database is None:
            file = self.folder / "office.sqlite"
            file.write_bytes(databases.sqlite_bytes())
            self.db = Database(file)
        else:
            self.db = Database(database)
            databases.furnish(self.db)
        self.engine = Engine(self.db, registry, self.clock, training=training, papers=self.folder / "papers")
        self.lives: list[Life] = []
        self._people = {"child": 0, "volunteer": 0}
        for program in programs:
            add_texts(program)
            if enabled:
                self.enable(program)

    def __enter__(self) -> Scenario:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Closes the database, and takes the temporary folder away."""
        self.db.dispose()
        if self._temporary is not None:
            self._temporary.cleanup()

    # -- Time

    @property
    def now(self) -> datetime:
        """What the clock shows, in UTC."""
        return self.clock.instant

    @property
    def today(self) -> date:
        """The office's date."""
        return civil_date(self.clock.instant)

    def later(self, span: Span) -> Scenario:
        """Lets time go by; the clock has its turn at the beginning of every day on the way, and at the end.

        :param span: ``days(3)``, ``working_days(5)``, ``weeks(2)``, ``hours(6)`` … Of days and longer, the hour of the day stays.
        """
        with self.db.read() as tx:
            there = add_span(self.now, span, 1, span.n, lambda: calendar.load(tx, TOWNSHIP, ask=self.engine.runtime.registry.calendar))
        if span.unit not in ("minute", "hour"):
            there = datetime.combine(civil_date(there), self.now.astimezone(OFFICE_ZONE).time(), OFFICE_ZONE).astimezone(UTC)
        return self.until(there)

    def until(self, when: date | datetime) -> Scenario:
        """Lets time go by up to a day, nine in the morning, or an instant; the clock has its turn on the way as in ``later``.

        :raises ValueError: that has been already.
        """
        there = _instant(when)
        if there < self.now:
            raise ValueError(f"it is {telling.moment(self.now)} already: time does not go back to {telling.moment(there)}")
        while (morning := day_begins(self.today + timedelta(days=1))) < there:
            self.clock.instant = morning
            self.tick()
        self.clock.instant = there
        return self.tick()

    def tick(self) -> Scenario:
        """Gives the clock its turn now: what is due happens, messages leave.

        :raises AssertionError: a case could not be moved; it says which and why.
        """
        __tracebackhide__ = True
        report = self.engine.tick()
        if report.problems:
            raise AssertionError("\n".join(["the clock could not move every case:", *(f"  {one}" for one in report.problems)]))
        return self

    # -- People and places

    def child(self, n: int | None = None, *, division: str = TOWNSHIP, provisional: bool = False, **said: Any) -> Invented:
        """Puts an invented child on file: the next one, or the n-th; see ``invented_child`` for what may be said of it."""
        return self._on_file("child", invented_child(self._next("child", n), **said), division, provisional=provisional)

    def volunteer(self, n: int | None = None, *, division: str = TOWNSHIP, **said: Any) -> Invented:
        """Puts an invented volunteer on file: the next one, or the n-th; see ``invented_volunteer``."""
        return self._on_file("volunteer", invented_volunteer(self._next("volunteer", n), **said), division)

    def place(self, kind: str = "school", name: str = SCHOOL_NAME, *, division: str = TOWNSHIP) -> str:
        """A place's reference; it is put on file where it is not yet."""
        with self.db.write() as tx:
            return places.add(tx, ADMINISTRATOR.login, self.now, kind=kind, name=name, division=division).ref

    def who(self, role: Role | None = None, login: str = "", *, division: str = COUNTY, person: Invented | None = None) -> Actor:
        """An account to act with, where a role is not enough: a second one of the same role, one of another township, a volunteer.

        :param login: the role's name where empty. :param division: where it holds the role. :param person: the volunteer that the account is.
        """
        grants = () if role is None else (Grant(role.name, "division", division, None, "2020-01-01", None),)
        name = login or (role.name if role is not None else "somebody")
        return Actor(name, grants, self.engine.runtime.training, account_id=name, person_id="" if person is None else subject_of(self.db, person.ref))

    # -- Programs

    def enable(self, program: Program[Any], division: str = COUNTY) -> None:
        """Lets a program run in a division from now on."""
        with self.db.write() as tx:
            enabling.enable(tx, program, division, actor=ADMINISTRATOR, now=self.now)

    def disable(self, program: Program[Any], division: str = COUNTY) -> None:
        """Stops new cases of a program in a division; open ones go on."""
        with self.db.write() as tx:
            enabling.disable(tx, program.name, division, actor=ADMINISTRATOR, now=self.now)

    def install(self, *programs: Program[Any]) -> Scenario:
        """Puts other versions in the place of the programs of the same names: open cases stay on theirs until they are upgraded."""
        install(self, programs)
        return self

    def upgrade(self, program: Program[Any], *, undo: bool = False) -> tuple[Becoming, ...]:
        """Moves every open case onto the version that is installed, or takes those back that have had no step since; what became of each."""
        return upgraded(self, program, undo=undo)

    def policy(self, program: Program[Any] | None = None, /, *, division: str = TOWNSHIP, **fields: object) -> None:
        """Sets fields of a program's policy in a division from now on.

        :param program: may be left out where there is one only.
        :raises Misused: ``input_invalid``, with a problem for each field.
        """
        with self.db.write() as tx:
            policies.policy_set(tx, program or self.programs[0], division, given_of(fields), actor=ADMINISTRATOR, now=self.now)

    # -- Cases

    def open(
        self,
        workflow: Workflow[R, Any],
        about: Invented | Life | str | None = None,
        given: Given[R] = None,
        /,
        *,
        by: By = None,
        division: str = TOWNSHIP,
        whole: Life | None = None,
        parties: Mapping[Party[Any] | str, Life | Invented | str] | None = None,
        key: str = "",
        **fields: object,
    ) -> Life:
        """Opens a case.

        :param about: whom or what it is about; a new invented child or volunteer, the school or the township where nobody is said.
        :param given: the record, where a form is handier than fields one by one; fields are laid over it.
        :param by: the role or account that opens it; the first of ``open_by`` where None.
        :param whole: the case it is a part of; :param parties: who is tied to it, by the party or its name.
        :raises CareError: it was refused; notes tell every reason.
        """
        __tracebackhide__ = True
        try:
            made = self._open(workflow, about, given_of(given, fields), by, division, whole, parties, key=key)
        except CareError as error:
            error.add_note("\n".join(telling.told_error(error)))
            raise error.with_traceback(None)  # noqa: B904  (it is the same error)
        return self.life(made.ref)

    def refused(
        self,
        workflow: Workflow[R, Any],
        about: Invented | Life | str | None = None,
        given: Given[R] = None,
        /,
        *,
        by: By = None,
        division: str = TOWNSHIP,
        whole: Life | None = None,
        parties: Mapping[Party[Any] | str, Life | Invented | str] | None = None,
        key: str = "",
        **fields: object,
    ) -> Refusal:
        """Tries to open a case, which must be refused, and answers why; see ``open``. Nothing is changed.

        :raises AssertionError: it would be opened.
        """
        __tracebackhide__ = True
        try:
            self._open(workflow, about, given_of(given, fields), by, division, whole, parties, key=key, dry_run=True)
        except CareError as error:
            return Refusal(error.code, error.text(), error.problems)
        raise AssertionError(f"a case of {workflow.name} was not to be opened, and would be")

    def life(self, ref: str) -> Life:
        """A case by its reference: one that a step, a sheet or the calendar opened."""
        known = next((one for one in self.lives if one.ref == ref), None)
        if known is None:
            row = self.engine.show(SYSTEM_ACTOR, ref).row
            known = Life(self, self.engine.runtime.registry.workflow(row.program, row.workflow), ref)
            self.lives.append(known)
        return known

    def cases(self, workflow: Workflow[Any, Any] | None = None, stage: Stage | None = None) -> list[Life]:
        """Every case, or those of a workflow, in a stage; by reference."""
        which: dict[str, Any] = {} if workflow is None else {"program": self._program_of(workflow).name, "workflow": workflow.name}
        rows = self.engine.cases(SYSTEM_ACTOR, stage=None if stage is None else stage.name, limit=None, **which)
        return [self.life(row.ref) for row in rows]

    def desk(self, role: Role, *, overdue: bool = False) -> list[str]:
        """The titles of what waits for a role, the earliest due first.

        :param overdue: only what is late.
        """
        rows = self.engine.inbox(self.who(role), role=role.name, limit=10_000)
        return [row.title for row in rows if row.overdue or not overdue]

    @property
    def messages(self) -> tuple[Message, ...]:
        """Every message that has left so far, oldest first. They are caught here: nothing is sent anywhere."""
        while any(self.engine.deliver()):
            pass
        file = self.folder / "papers" / "messages.jsonl"
        lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []
        return tuple(
            Message(one["key"], one["to"], one["division"], one["case"], one["text"], datetime.fromisoformat(one["at"]), one["urgent"]) for one in lines
        )

    # -- Sheets and batches

    def feed(self, sheet: Import[Any], rows: Iterable[Mapping[str, object]] | str | Path, /, *, by: By = None, division: str = TOWNSHIP, **how: Any) -> Fed:
        """Feeds a sheet in.

        :param rows: a list of rows by heading, the text of a CSV file, or a file.
        :param by: the role or account; the first of the sheet's own where None.
        :param how: ``consent_on_file="2026-1"``, ``dry_run=True``, ``whole=REF`` as for the engine.
        :raises CareError: the sheet as a whole was refused.
        """
        __tracebackhide__ = True
        program = next(one for one in self.programs if any(sheet is each for each in one.imports))
        path = rows if isinstance(rows, Path) else written(self.folder / "sheet.csv", rows)
        feeder = by if isinstance(by, Actor) else self.who(by or first_role(sheet.by))
        try:
            report = self.engine.run_import(feeder, program.name, path, division=division, name=sheet.name, **how)
        except CareError as error:
            error.add_note("\n".join(telling.told_error(error)))
            raise error.with_traceback(None)  # noqa: B904  (it is the same error)
        wrong: dict[int, list[str]] = {}
        for one in report.problems:
            wrong.setdefault(one.row, []).append(one.code)
        verdicts = tuple(", ".join(wrong.get(row, [])) or "taken" for row in range(2, report.rows + 2))
        return Fed([] if report.dry_run else [self.life(ref) for ref in report.refs], verdicts, report)

    def decide(self, batch: Batch[Any], given: Given[Any] = None, /, *, by: By = None, division: str = TOWNSHIP, **fields: object) -> Planned:
        """Plans a batch and carries it out."""
        program = next(one for one in self.programs if any(batch is each for each in one.all_batches()))
        decider = by if isinstance(by, Actor) else self.who(by or first_role(batch.by))
        return self.engine.run_batch(decider, program.name, batch.name, given_of(given, fields), division=division)

    # -- What must hold

    def verify(self) -> None:
        """Sees that the history of every case is whole. The fixture does so at the end of each test.

        :raises AssertionError: it is not.
        """
        with self.db.read() as tx:
            found = list(journal.verify_all(tx).findings)
        if found:
            raise AssertionError("\n".join(["the chains are broken:", *(f"  {one}" for one in found)]))

    def told(self) -> str:
        """Every case that the test has touched, as lines for people: what a red test prints."""
        return "\n".join(line for life in self.lives for line in telling.told_case(life))

    # -- Inside

    def _program_of(self, workflow: Workflow[Any, Any]) -> Program[Any]:
        for program in self.programs:
            if any(workflow is one for one in program.workflows):
                return program
        raise ValueError(f"the workflow {workflow.name} belongs to none of the programs of this scenario")

    def _open(
        self,
        workflow: Workflow[Any, Any],
        about: Invented | Life | str | None,
        given: Mapping[str, object],
        by: By,
        division: str,
        whole: Life | None,
        parties: Mapping[Party[Any] | str, Life | Invented | str] | None,
        **how: Any,
    ) -> Outcome:
        if whole is not None:
            how["whole"] = whole.ref
        if parties:
            how["parties"] = {party if isinstance(party, str) else party.name: _ref(one) for party, one in parties.items()}
        subject = _ref(about) if about is not None else self._somebody(workflow.subject, division)
        if about is None or workflow.subject is None:  # whoever is named lies in a division already
            how["division"] = division
        opener = by if isinstance(by, Actor) else self.who(by or first_role(workflow.open_by))
        return self.engine.open(opener, f"{self._program_of(workflow).name}.{workflow.name}", subject, given, **how)

    def _next(self, kind: str, n: int | None) -> int:
        if n is not None:
            return n
        self._people[kind] += 1
        return self._people[kind] - 1

    def _on_file(self, kind: str, one: Invented, division: str, **how: Any) -> Invented:
        with self.db.write() as tx:
            add = children.add if kind == "child" else volunteers.add
            ref = add(tx, ADMINISTRATOR.login, self.now, one.said, division=division, **how).ref
        return Invented(one.name, one.national_id, one.born_on, one.said, ref)

    def _somebody(self, kind: Kind[Any] | None, division: str) -> str | None:
        if kind is None:
            return None
        makers: dict[str, Callable[[], str]] = {
            "child": lambda: self.child(division=division).ref,
            "volunteer": lambda: self.volunteer(division=division).ref,
            "person": lambda: self.volunteer(division=division).ref,
            "place": lambda: self.place(division=division),
            "village": lambda: databases.VILLAGE,
            "township": lambda: division,
            "county": lambda: division[:6],
        }
        return makers[kind.name]()


def _instant(when: date | datetime) -> datetime:
    if isinstance(when, datetime):
        return (when if when.tzinfo else when.replace(tzinfo=OFFICE_ZONE)).astimezone(UTC)
    return datetime.combine(when, HOUR, OFFICE_ZONE).astimezone(UTC)


def _ref(one: Invented | Life | str) -> str:
    return one if isinstance(one, str) else one.ref
