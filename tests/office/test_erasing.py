"""A child is erased: nothing of the live office says who it was, what counts still counts, and the chains hold. On both databases, by their bytes."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some
from sqlalchemy import func, select, update

from workflow_core.access import looks
from workflow_core.access.consents import Saying
from workflow_core.access.grants import ADMIN, WHOLE_OFFICE, Actor, Grant
from workflow_core.errors import CareError, NotFound, NotPermitted, Refused
from workflow_core.office import erasing
from workflow_core.office.doctor import Checkup, examine_rows
from workflow_core.records import children, merging
from workflow_core.registry import Registry
from workflow_core.store import journal, seals, tables
from workflow_core.store.database import Database
from workflow_core.store.erase_words import GONE, Words
from workflow_core.store.statement import Statement
from workflow_core.testing.people import Invented
from workflow_core.testing.scenario import Scenario
from workflow_core.testing.walks import Walk, program_walks

FOUND = Registry.discover().programs
PROGRAMS = [FOUND[name] for name in ("camp", "dropout_return", "healthcheck", "pairing")]
WALKED = [
    (program, one) for program in PROGRAMS for one in program.workflows if one.name != "camper" and one.subject is not None and one.subject.name == "child"
]
WHOLE = (Grant(ADMIN.name, "division", WHOLE_OFFICE, None, "2020-01-01", None),)
FIRST, SECOND = (Actor(login, WHOLE, training=False, account_id=login) for login in ("admin-a", "admin-b"))
ANYBODY = Actor("anybody", WHOLE, training=True, every_role=True, account_id="anybody")
SERVER_OF_TESTS = {"setting_unsafe"}


class OneChild(Scenario):
    """An office whose cases are all about one child; its guardian's phone is also its sibling's."""

    about: Invented | None = None

    def child(self, n: int | None = None, **said: Any) -> Invented:
        """The child."""
        return self.about or super().child(n, **said)


@dataclass
class Town:
    """An office in which a child is erased.

    :param data: the folder of the database's own files.
    """

    scenario: OneChild
    data: Path
    dump: Callable[[], bytes]

    @property
    def office(self) -> Any:
        """What an erasure needs of an office."""
        here = self.scenario
        return SimpleNamespace(db=here.db, clock=here.clock, folder=here.folder, training=False)

    @property
    def db(self) -> Database:
        """Its database."""
        return self.scenario.db

    def ask_and_erase(self, ref: str) -> erasing.Erasure:
        """One asks, another one carries it out."""
        erasing.ask(self.office, FIRST, ref, "the family asks for it")
        return erasing.approve(self.office, SECOND, ref)

    def holding(self, *words: str) -> dict[str, list[str]]:
        """Where each of the words stands: in which files of the office and of the database; those that stand nowhere are left out."""
        self.flush()
        files = [path for folder in {self.scenario.folder, self.data} for path in folder.rglob("*") if path.is_file() and "backups" not in path.parts]
        contents = {str(path): path.read_bytes() for path in files} | {"dump": self.dump()}
        found = {word: [name for name, content in contents.items() if word.encode() in content] for word in words}
        return {word: names for word, names in found.items() if names}

    def flush(self) -> None:
        """Have the server write its pages to its files."""
        if self.db.dialect_name != "sqlite":
            with self.db.connect() as bare:
                bare.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("CHECKPOINT")

    def faults(self) -> list[str]:
        """What the check-up finds in the rows."""
        found = examine_rows(self.db, Checkup())
        return [f"{one.problem.code} {one.problem.place}" for one in found.findings if one.problem.code not in SERVER_OF_TESTS]


IN_TERM = date(2026, 10, 21)


@pytest.fixture
def town(request: pytest.FixtureRequest, database_address: str, tmp_path: Path) -> Iterator[Town]:
    """An office with all programs, on each database."""
    folder = tmp_path / "office"
    folder.mkdir()
    made = OneChild(*PROGRAMS, on=IN_TERM, database=database_address, folder=folder, training=True)
    if made.db.dialect_name == "sqlite":
        yield Town(made, Path(database_address).parent, lambda: b"")
    else:
        cluster = request.getfixturevalue("care_cluster")
        with made.db.read() as tx:
            number = tx.connection.exec_driver_sql("SELECT oid FROM pg_database WHERE datname = current_database()").scalar_one()
        words = [str(cluster.programs / "pg_dump"), database_address]
        yield Town(made, cluster.home / "data" / "base" / str(number), lambda: subprocess.run(words, check=True, capture_output=True).stdout)
    made.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Town]:
    """An office with two programs, on SQLite: for what does not depend on the database."""
    made = OneChild(FOUND["dropout_return"], FOUND["pairing"], on=IN_TERM, folder=tmp_path, training=True)
    yield Town(made, tmp_path, lambda: b"")
    made.close()


def on_file(town: Town, n: int = 0, **said: Any) -> Invented:
    """An invented child, put on file."""
    return Scenario.child(town.scenario, n, **said)


def words_of(one: Invented) -> list[str]:
    """What says who a child is."""
    return [one.name, one.national_id, one.said["guardian"], one.said["guardian_phone"]]


def end(town: Town, ref: str, why: str) -> None:
    """Brings a case to its end, past its guards."""
    life = town.scenario.life(ref)
    if not life.closed:
        final = next(one for one in life.workflow.stages if one.final)
        town.scenario.engine.override(ANYBODY, ref, final.name, why)


def end_all(town: Town, child: Invented) -> None:
    """Brings all that is open about a child to its end."""
    for row in town.scenario.engine.cases(ANYBODY, subject=child.ref, open_only=True, limit=None):
        end(town, row.ref, f"{child.name} has moved away")
    town.scenario.tick()


# -- By generated lives -----------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("walk_of", [pytest.param(2, id="lives")])
def test_after_an_erasure_nothing_says_who_it_was(town: Town, walk_of: int) -> None:
    """Several programs, papers signed and served, messages sent, consents, a merged file, looks and exports: whatever came of it, no byte is left."""
    quick = settings(max_examples=walk_of, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
    numbers = iter(range(100))

    @quick
    @given(some.tuples(*(program_walks(program, workflow, most=6) for program, workflow in WALKED)))
    def property_of(walks: tuple[Walk, ...]) -> None:
        n = next(numbers)
        child = on_file(town, n)
        family = {name: child.said[name] for name in ("guardian", "guardian_phone") if n % 2}
        sibling = on_file(town, n + 100, **family)
        double = on_file(town, n + 200, national_id=None, name=child.name, provisional=True)
        town.scenario.about = child
        for walk in walks:
            try:
                life = walk.go(town.scenario)
            except (CareError, StopIteration):
                continue  # a program that takes no such child
            town.scenario.engine.note(ANYBODY, life.ref, f"{child.name}, {child.national_id}")
        merge(town, double, child)
        look(town, child)
        town.scenario.about = None
        end_all(town, child)
        before = counted(town)
        assert len(town.holding(*words_of(child))) == 4
        found = town.ask_and_erase(child.ref)
        kept = set(words_of(sibling))
        gone = [word for word in words_of(child) if word not in kept]
        assert len(gone) == (2 if n % 2 else 4)
        assert (found.state, found.clean, town.holding(*gone)) == ("done", True, {})
        assert len(town.holding(*words_of(sibling))) == 4
        assert (counted(town), town.faults()) == (before, [])

    property_of()
    town.scenario.clock.instant = town.scenario.clock.instant.replace(year=town.scenario.clock.instant.year + 1)
    with town.db.write() as tx:
        while seals.seal_days(tx, town.scenario.now):
            pass
    assert town.faults() == []


def merge(town: Town, gone: Invented, kept: Invented) -> None:
    """One file goes into the other."""
    with town.db.write() as tx:
        merging.merge(tx, ANYBODY.login, town.scenario.now, gone.ref, kept.ref, reason=f"{kept.name} twice")


def look(town: Town, child: Invented) -> None:
    """Somebody looks, and hands out."""
    with town.db.write() as tx:
        person_id = children.get(tx, child.ref).person_id
        looks.revealed(tx, ANYBODY, person_id, ["name"], purpose=f"a letter to {child.name}", now=town.scenario.now)
        looks.exported(tx, ANYBODY, "children", [person_id], ["name"], purpose=f"for {child.said['guardian']}", now=town.scenario.now)


def counted(town: Town) -> list[Any]:
    """How many cases there are, by township, program, stage and month: what a statistic is made of."""
    case = tables.case
    columns = (func.substr(case.c.division, 1, 9), case.c.program, case.c.workflow, case.c.stage, func.substr(case.c.opened_at, 1, 7))
    named = [column.label(f"c{n}") for n, column in enumerate(columns)]
    with town.db.read() as tx:
        return [tuple(row.values()) for row in tx.rows(select(*named, func.count().label("n")).group_by(*named).order_by(*named))]


# -- One by one -------------------------------------------------------------------------------------------------------------------------------------------

DROPOUT = FOUND["dropout_return"].workflows[0]


def dropout(town: Town, child: Invented) -> str:
    """A case about a child who left school."""
    return town.scenario.open(DROPOUT, child, by=ANYBODY, last_attended=town.scenario.today - timedelta(days=45)).ref


def visited(town: Town, child: Invented, met: str) -> str:
    """A case with the signed record of a visit, on which stands who was met; the paper's reference."""
    ref, engine, today = dropout(town, child), town.scenario.engine, town.scenario.today
    engine.do_task(ANYBODY, f"{ref}.verify", {"checked_on": today, "finding": "GONE"}, confirm="so it is")
    engine.advance(ANYBODY, ref, "confirm", {}, confirm="so it is")
    engine.do_task(ANYBODY, f"{ref}.cause", {"enquired_on": today, "cause": "AVERSION", "destination": ""}, confirm="so it is")
    engine.do_task(ANYBODY, f"{ref}.visit", {"visited_on": today, "met": met, "outcome": "AGREED", "promised_for": today}, confirm="so it is")
    engine.sign(ANYBODY, f"{ref}.home_visit", confirm="so it is")
    return next(one.ref for one in engine.papers(ANYBODY, ref) if one.name == "home_visit")


def test_another_child_s_paper_loses_the_name_and_nothing_else(town: Town) -> None:
    """A signed page on which several children stand goes on saying the rest, can be printed, and the check-up knows why it is another."""
    child, other = on_file(town, 1), on_file(town, 2)
    paper = visited(town, other, f"{child.name} and grandmother")
    found = town.ask_and_erase(child.ref)
    page = dict(town.scenario.engine.pages(ANYBODY, [paper]))[paper]
    assert (child.name in page, f"{GONE} and grandmother" in page, other.name in page) == (False, True, True)
    assert paper.rpartition(".")[0] in found.elsewhere
    assert (town.faults(), town.holding(child.name)) == ([], {})


def test_of_a_paper_of_its_own_the_number_is_left(desk: Town) -> None:
    """The page is gone, and printing it is refused with the reason; the row of numbers has no gap."""
    child = on_file(desk, 1)
    paper = visited(desk, child, "the grandmother")
    end(desk, paper.rpartition(".")[0], "over")
    desk.ask_and_erase(child.ref)
    with pytest.raises(Refused) as error:
        desk.scenario.engine.pages(ANYBODY, [paper])
    assert (error.value.code, desk.faults()) == ("paper_erased", [])


def test_what_is_open_hinders_it_and_is_named(desk: Town) -> None:
    """Nothing is asked, and nothing is carried out, while a case is open."""
    child = on_file(desk, 1)
    ref = dropout(desk, child)
    for step in ("ask", "attempt"):
        with pytest.raises(Refused) as error:
            getattr(erasing, step)(desk.office, FIRST, child.ref, *(["why"] if step == "ask" else []))
        assert (error.value.code, [one.place for one in error.value.problems]) == ("erasure_hindered", [ref])


def test_it_needs_a_second_person(desk: Town) -> None:
    """Who asked may not carry it out; a third may; before anybody asked nobody may."""
    child = on_file(desk, 1)
    with pytest.raises(NotFound):
        erasing.approve(desk.office, SECOND, child.ref)
    erasing.ask(desk.office, FIRST, child.ref, "why")
    with pytest.raises(Refused) as twice:
        erasing.ask(desk.office, SECOND, child.ref, "why")
    with pytest.raises(NotPermitted) as alone:
        erasing.approve(desk.office, FIRST, child.ref)
    assert (twice.value.code, alone.value.code) == ("erasure_asked", "four_eyes")
    assert [one.ref for one in erasing.waiting(desk.office)] == [child.ref]
    assert erasing.approve(desk.office, SECOND, child.ref).answered_by == SECOND.login


def test_it_may_be_withdrawn_and_asked_for_again(desk: Town) -> None:
    """The child stays on file meanwhile."""
    child = on_file(desk, 1)
    erasing.ask(desk.office, FIRST, child.ref, "why")
    assert erasing.withdraw(desk.office, SECOND, child.ref).state == "withdrawn"
    with desk.db.read() as tx:
        assert children.get(tx, child.ref).name == child.name
    assert erasing.ask(desk.office, FIRST, child.ref, "why").state == "asked"


def test_a_trial_says_all_and_writes_nothing(town: Town) -> None:
    """What would go is what goes."""
    child = on_file(town, 1)
    end(town, dropout(town, child), "over")
    with town.db.read() as tx:
        before = [tx.rows(select(table)) for table in tables.METADATA.sorted_tables]
    tried = erasing.attempt(town.office, FIRST, child.ref)
    with town.db.read() as tx:
        assert [tx.rows(select(table)) for table in tables.METADATA.sorted_tables] == before
    done = town.ask_and_erase(child.ref)
    assert (tried.taken["events"], tried.taken["entries"]) == (done.taken["events"], done.taken["entries"])


def test_a_namesake_keeps_everything(desk: Town) -> None:
    """Two children of one name: what says the name without saying which one stays as it is."""
    child, namesake = on_file(desk, 1), on_file(desk, 2, name=on_file(desk, 3).name)
    gone = on_file(desk, 4, name=namesake.name)
    ref = dropout(desk, child)
    desk.scenario.engine.note(ANYBODY, ref, f"a friend of {namesake.name}")
    desk.ask_and_erase(gone.ref)
    with desk.db.read() as tx:
        assert children.get(tx, namesake.ref).name == namesake.name
    assert any(namesake.name in str(one["says"]) for one in desk.scenario.engine.history(ANYBODY, ref)[0])
    assert desk.faults() == []


def test_nobody_can_work_on_what_is_left_of_a_case(desk: Town) -> None:
    """It is shown and counted, and neither reopened nor corrected; the file is gone, and a second erasure says when."""
    child = on_file(desk, 1)
    ref = dropout(desk, child)
    end(desk, ref, "over")
    desk.ask_and_erase(child.ref)
    engine = desk.scenario.engine
    with pytest.raises(Refused) as error:
        engine.reopen(ANYBODY, ref, "why not")
    with pytest.raises(Refused) as again:
        erasing.ask(desk.office, FIRST, child.ref, "why")
    with pytest.raises(NotFound), desk.db.read() as tx:
        children.get(tx, child.ref)
    shown = engine.show(ANYBODY, ref)
    assert (error.value.code, again.value.code) == ("case_erased", "child_erased")
    assert (shown.row.closed, shown.record, {one["erased"] for one in engine.history(ANYBODY, ref)[0]}) == (True, {}, {True})


def test_what_the_office_cannot_reach_is_told(desk: Town) -> None:
    """What was handed out and shown, with dates; copies; files that people put into the folder. Messages of the office's own lose the name in place."""
    child = on_file(desk, 1)
    look(desk, child)
    (desk.scenario.folder / "backups").mkdir()
    (desk.scenario.folder / "backups" / "care-1.tar.gz").write_bytes(b"a copy")
    (desk.scenario.folder / "list.csv").write_text(child.name, encoding="utf-8")
    (desk.scenario.folder / "papers").mkdir(exist_ok=True)
    messages = desk.scenario.folder / "papers" / "messages.jsonl"
    messages.write_text(f'{{"key": "1", "text": "call {child.name}"}}\n', encoding="utf-8")
    size = messages.stat().st_size
    found = desk.ask_and_erase(child.ref)
    assert [one["kind"] for one in found.unreached["handed_out"]] == ["revealed", "exported"]
    assert [one["file"] for one in found.unreached["copies"]] == ["care-1.tar.gz"]
    assert found.unreached["files"] == ["list.csv"]
    assert (messages.stat().st_size, child.name in messages.read_text(encoding="utf-8")) == (size, False)


def test_who_takes_more_away_than_an_erasure_is_found(town: Town) -> None:
    """The mark of an erasure alone hides nothing: the journal says how many records each one took."""
    child, other = on_file(town, 1), on_file(town, 2)
    end(town, dropout(town, child), "over")
    ref = dropout(town, other)
    found = town.ask_and_erase(child.ref)
    payload = tables.event_payload
    of = select(tables.case.c.case_id).where(tables.case.c.ref == ref).scalar_subquery()
    with town.db.write() as tx:
        tx.execute(Statement(update(payload).where(payload.c.case_id == of).values(salt=None, payload=None, erased_at=found.answered_at)))
        assert [one.code for one in journal.verify_all(tx).findings] == ["erased_unrecorded"]


def test_words_that_somebody_else_bears_need_a_reference() -> None:
    """A shared word goes only where the child is meant; a longer name keeps its beginning."""
    words = Words(frozenset({"张一一"}), frozenset({"13300000001"}), frozenset({"C-000001"}), frozenset({"张一一二"}))
    assert words.without("张一一, 张一一二, 13300000001") == f"{GONE}, 张一一二, 13300000001"
    assert words.without("C-000001: 13300000001") == f"C-000001: {GONE}"
    assert words.in_place("张一一!".encode()) == b"*********!"


def test_consents_and_evidence_go(desk: Town) -> None:
    """Who consented, as what, and the signed paper that was put in."""
    child = on_file(desk, 1)
    scan = desk.scenario.folder.parent / "scan.txt"
    scan.write_text(f"signed: {child.said['guardian']}", encoding="utf-8")
    consent = next(one for workflow in FOUND["pairing"].workflows for one in workflow.consents)
    name = f"pairing.{consent.name}"
    saying = Saying(notice=consent.notice, by="", named="冯某某", kin="grandparent", on=desk.scenario.today, child="agrees")
    desk.scenario.engine.give_consent(ANYBODY, child.ref, name, saying, evidence=scan)
    desk.ask_and_erase(child.ref)
    with desk.db.read() as tx:
        assert [tx.rows(select(one)) for one in (tables.consent, tables.blob)] == [[], []]
    assert (desk.holding("冯某某"), desk.faults()) == ({}, [])
