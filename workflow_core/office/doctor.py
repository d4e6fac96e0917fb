"""The office's check-up: everything that must hold in it, looked at; each finding with what to do about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

from workflow_core.errors import CareError, Problem
from workflow_core.i18n import N_, translate
from workflow_core.office.doctor_words import REMEDIES, WARNINGS

if TYPE_CHECKING:
    from workflow_core.office.office import Office
    from workflow_core.store.database import Database, Tx

MOST = 100
"""So many findings of one code are told; the rest are counted."""

Severity = Literal["damage", "warning"]


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it must be.

    :param check: the check that found it.
    :param remedy: a msgid: what to do, with the values of the problem.
    """

    check: str
    severity: Severity
    problem: Problem
    remedy: str

    def advice(self) -> str:
        """The remedy in the reader's language."""
        return translate(self.remedy, **self.problem.values)

    def as_dict(self) -> dict[str, str]:
        """For ``--json``."""
        said = self.problem
        return {"check": self.check, "code": said.code, "severity": self.severity, "place": said.place, "message": said.text(), "remedy": self.advice()}


@dataclass
class Checkup:
    """What a check-up found.

    :param checks: by name: a msgid of what was looked at; :param notes: of what could not be looked at, why.
    :param counts: how many findings there are of each code; of each the first hundred are in ``findings``.
    :param mendable: the ids of cases of which rows can be made anew, by what is to be made.
    :param repaired: how many rows of which kind were made anew.
    """

    folder: str = ""
    checks: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    mendable: dict[str, set[str]] = field(default_factory=dict)
    repaired: dict[str, int] = field(default_factory=dict)

    @property
    def damaged(self) -> bool:
        """Whether anything is damaged."""
        return any(one.severity == "damage" for one in self.findings)

    @property
    def exit_code(self) -> int:
        """6 where something is damaged, 1 where something wants attention, else 0."""
        return 6 if self.damaged else 1 if self.findings else 0

    def add(self, check: str, problem: Problem) -> None:
        """Count a finding, and keep it while there is room."""
        self.counts[problem.code] += 1
        if self.counts[problem.code] <= MOST:
            values = {"folder": self.folder, **problem.values}
            told = Problem(problem.code, problem.message, problem.place, problem.hint, values)
            severity: Severity = "warning" if problem.code in WARNINGS else "damage"
            self.findings.append(Finding(check, severity, told, REMEDIES.get(problem.code) or problem.hint or REMEDIES[""]))

    def mend(self, what: str, case_id: str) -> None:
        """Remember that a case's rows can be made anew."""
        self.mendable.setdefault(what, set()).add(case_id)

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "clean": not self.findings,
            "damaged": self.damaged,
            "checks": [{"check": name, "title": translate(title), "note": self.notes.get(name, "")} for name, title in self.checks.items()],
            "findings": [one.as_dict() for one in self.findings],
            "counts": dict(self.counts),
            "repaired": self.repaired,
        }


def examine(office: Office) -> Checkup:
    """Look at everything: folder, database, chains, cases, and what keeps the office going. It changes nothing, and reads all rows as of one instant."""
    from workflow_core.office import doctor_files

    found = Checkup(str(office.folder))
    _look(found, "files", N_("folder and files"), lambda: doctor_files.files(office.folder, office.settings))
    try:
        db = office.db
    except CareError as error:
        found.checks["database"] = N_("the database opens")
        found.add("database", _told(error))
        return found
    examine_rows(db, found)
    _examine_life(office, db, found)
    return found


def examine_rows(db: Database, found: Checkup) -> Checkup:
    """Look at what a database alone can tell: also of a copy in which no program runs."""
    from workflow_core.store import doctor, doctor_database, doctor_papers, doctor_registers, journal

    _look(found, "tables", N_("the tables are those of this software"), lambda: doctor_database.tables(db))
    with _reading(found, db) as tx:
        look = _looking(found, tx)
        look("pages", N_("pages and indexes of the database"), lambda: doctor_database.pages(tx))
        look("settings", N_("settings of the database"), lambda: doctor_database.settings(tx))
        look("keys", N_("no row points to nothing"), lambda: doctor_database.keys(tx))
        look("chains", N_("the chains of all cases and of the journal"), lambda: iter(journal.verify_all(tx).findings))
        look("registers", N_("the registers of cases hold what was entered"), lambda: doctor_registers.entries(tx))
        look("stages", N_("every case stands where its history says"), lambda: doctor.stages(tx))
        look("numbers", N_("numbers of cases and papers: none twice, none missing"), lambda: doctor_papers.numbers(tx))
        look("inbox", N_("the inbox holds what is open"), lambda: _mendable(found, "desks", doctor.desks(tx)))
        look("due", N_("due dates in lists"), lambda: _mendable(found, "due", doctor.due_dates(tx)))
        look("rest", N_("nothing rings for a case at rest"), lambda: _mendable(found, "rest", doctor.awake(tx)))
        look("places", N_("limits count what is held"), lambda: doctor.holds(tx))
        look("papers", N_("papers and files are what was stored"), lambda: _papers(tx))
    return found


def examine_pages(db: Database, found: Checkup) -> Checkup:
    """Look at the pages alone: of an office whose tables are of another version."""
    from workflow_core.store import doctor_database

    with _reading(found, db) as tx:
        _looking(found, tx)("pages", N_("pages and indexes of the database"), lambda: doctor_database.pages(tx))
    return found


def _examine_life(office: Office, db: Database, found: Checkup) -> None:
    from workflow_core.office import doctor_life, retention

    now = office.clock.now()
    with _reading(found, db) as tx:
        look = _looking(found, tx)
        look("cases", N_("open cases against their programs"), lambda: doctor_life.cases(office, tx, now, found))
        look("programs", N_("programs of open cases"), lambda: doctor_life.programs(office, tx))
        look("clock", N_("the clock has its turn"), lambda: doctor_life.clock(tx, now))
        look("plans", N_("plans are carried out to their end"), lambda: doctor_life.plans(tx, now))
        look("messages", N_("messages leave"), lambda: doctor_life.messages(tx, now))
        look("calendar", N_("the calendar of the coming 400 days"), lambda: doctor_life.calendar(office, tx, now, timedelta(days=400)))
        look("retention", N_("nothing is kept past its time"), lambda: retention.doctor(tx, office.registry, now))
        look("keeping", N_("copies and administrators"), lambda: doctor_life.keeping(office, tx, now))


class _reading:  # noqa: N801  (used as a statement)
    """A reading transaction as of one instant; an error that ends it is a finding."""

    def __init__(self, found: Checkup, db: Database) -> None:
        self.found, self._opened = found, db.read()

    def __enter__(self) -> Tx:
        from workflow_core.store import doctor_database

        tx = self._opened.__enter__()
        doctor_database.steady(tx)
        return tx

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: Any) -> bool:
        try:
            self._opened.__exit__(kind, error, trace)
        except CareError as broken:
            self.found.add("database", _told(broken))
            return True
        return False


def _papers(tx: Tx) -> Iterator[Problem]:
    from workflow_core.clock import civil_date, unstamp
    from workflow_core.documents.papers import signed_digest
    from workflow_core.store import doctor, doctor_papers
    from workflow_core.store.canonical import load

    yield from doctor.blobs(tx)
    yield from doctor.papers(tx)
    for row, kept in doctor_papers.signed(tx):
        signed_on = civil_date(unstamp(row.signed_at))
        sealed = signed_digest(row.name, row.number_text or "", signed_on, row.signed_by or "", load(row.fields), row.template or "", row.content or "")
        if sealed != row.sealed or kept not in (None, sealed):
            yield Problem("paper_changed", N_("a signed paper, or what it was made from, is not what was signed"), place=f"{row.ref}.p{row.n}")


def _mendable(found: Checkup, what: str, problems: Iterable[tuple[str, Problem]]) -> Iterator[Problem]:
    for case_id, problem in problems:
        found.mend(what, case_id)
        yield problem


def _looking(found: Checkup, tx: Tx) -> Callable[[str, str, Callable[[], Iterable[Problem]]], None]:
    """Looks within a savepoint, so that after an error of the database the next check can still ask."""

    def look(name: str, title: str, check: Callable[[], Iterable[Problem]]) -> None:
        def within() -> Iterator[Problem]:
            with tx.savepoint():
                yield from check()

        _look(found, name, title, within)

    return look


def _look(found: Checkup, name: str, title: str, check: Callable[[], Iterable[Problem]]) -> None:
    found.checks[name] = title
    try:
        for problem in check():
            found.add(name, problem)
    except CareError as error:
        if error.code == "check_unavailable":
            found.notes[name] = f"{error.text()}: {error.advice()}"
        else:
            found.add(name, _told(error))


def _told(error: CareError) -> Problem:
    return Problem(error.code, error.message, hint=error.hint, values=dict(error.context))
