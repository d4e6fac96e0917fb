"""A child is erased: nothing of the live office says who it was, what counts still counts, and the chains hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from tests.engine.outing import PROGRAM as OUTINGS
from tests.office.forgetting import ANYBODY, FIRST, FOUND, IN_TERM, SECOND, OneChild, Town, end, end_all, look, on_file
from workflow_core.access.consents import Saying
from workflow_core.access.grants import Grant
from workflow_core.clock import stamp
from workflow_core.errors import NotFound, NotPermitted, Refused
from workflow_core.office import erasing
from workflow_core.records import children
from workflow_core.store import journal, tables
from workflow_core.store.erase_words import GONE, Words
from workflow_core.store.statement import Statement
from workflow_core.testing.people import Invented

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


def test_a_deputy_is_no_second_person_and_nobody_answers_for_an_account_that_is_closed(desk: Town) -> None:
    """Nor does whom it is about carry it out; a third one does, unless whoever asked has left."""
    child, now = on_file(desk, 1), stamp(desk.office.clock.now())
    with desk.db.write() as tx:
        tx.execute(Statement(insert(tables.account)), {"account_id": "gone", "login": "gone", "created_at": now})
    for asker, who in (("gone", replace(SECOND, grants=(*SECOND.grants, Grant("school", "division", "990101", None, "", None, "gone")))), (None, None)):
        erasing.ask(desk.office, replace(FIRST, login=asker or FIRST.login), child.ref, "why")
        with desk.db.read() as tx:
            himself = replace(SECOND, person_id=children.get(tx, child.ref).person_id)
        with pytest.raises(NotPermitted) as told:
            erasing.approve(desk.office, who or himself, child.ref)
        assert told.value.code == "four_eyes"
        if asker:
            with desk.db.write() as tx:
                tx.execute(Statement(update(tables.account).where(tables.account.c.login == "gone").values(closed_at=now)))
            with pytest.raises(Refused) as lapsed:
                erasing.approve(desk.office, SECOND, child.ref)
            assert lapsed.value.code == "erasure_lapsed"
            erasing.withdraw(desk.office, SECOND, child.ref)


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
    with pytest.raises(Refused) as gone, desk.db.read() as tx:
        children.get(tx, child.ref)
    shown = engine.show(ANYBODY, ref)
    assert (error.value.code, again.value.code, gone.value.code) == ("case_erased", "child_erased", "child_erased")
    assert shown.erased == {"on": desk.scenario.today.isoformat(), "asked_by": FIRST.login, "answered_by": SECOND.login}
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
    assert words.without("张一一, 张一一二, 13300000001", also=True) == f"{GONE}, 张一一二, 13300000001"
    assert words.without("C-000001: 13300000001") == f"C-000001: {GONE}"
    assert words.in_place("张一一, 张一一二!".encode(), also=True).decode() == "*********, 张一一二!"
    assert words.in_place(b"C-000001: 13300000001") == b"C-000001: ***********"


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


def test_registers_lose_what_names_the_child(tmp_path: Path) -> None:
    """Of its own case every entry; of another child's the entry that names it; the others are read as before, and nothing stands open that is gone."""
    made = OneChild(OUTINGS, on=IN_TERM, folder=tmp_path, training=True)
    desk, engine = Town(made, tmp_path, lambda: b""), made.engine
    child, other = on_file(desk, 1), on_file(desk, 2)
    own, theirs = (made.open(OUTINGS.workflows[0], one, by=ANYBODY).ref for one in (child, other))
    engine.enter(ANYBODY, own, "calls", {"group": 1, "present": 3})
    engine.enter(ANYBODY, own, "secrets", {"what": "a quarrel"})
    engine.enter(ANYBODY, theirs, "secrets", {"what": f"{child.name} was hit"})
    engine.enter(ANYBODY, theirs, "secrets", {"what": "nothing else"})
    end(desk, own, "over")
    found = desk.ask_and_erase(child.ref)
    assert found.elsewhere == {theirs: 1}
    told = [(one["register"], one["erased"]) for ref in (own, theirs) for one in entries(desk, ref)]
    assert told == [("calls", True), ("secrets", True), ("secrets", True), ("secrets", False)]
    assert (desk.faults(), desk.holding(child.name, "a quarrel")) == ([], {})
    made.close()


def entries(desk: Town, ref: str) -> list[dict[str, Any]]:
    """The entries of a case's registers, in the order of registers and of writing."""
    table, said = tables.register_entry, tables.journal_payload
    of = select(tables.case.c.case_id).where(tables.case.c.ref == ref).scalar_subquery()
    joined = table.join(said, (said.c.stream == table.c.stream) & (said.c.n == table.c.n))
    query = select(table.c.register, table.c.n, said.c.erased_at).select_from(joined).where(table.c.case_id == of).order_by(table.c.register, table.c.n)
    with desk.db.read() as tx:
        return [{"register": row["register"], "erased": row["erased_at"] is not None} for row in tx.rows(query)]


def test_who_came_by_a_sheet_is_erased_like_anybody(desk: Town) -> None:
    """A child on whom an absence sheet opened a case; the row of the sheet, too, is in no record any more."""
    child = on_file(desk, 1)
    (sheet,) = FOUND["dropout_return"].imports
    row = child.row(**{"就读学校": "高桥镇中心小学", "班主任": "丁某某", "最后到校日期": "2026-09-16"})
    report = desk.scenario.feed(sheet, [row], by=ANYBODY).report
    (desk.scenario.folder / "sheet.csv").unlink()
    assert report.opened == 1
    end_all(desk, child)
    desk.ask_and_erase(child.ref)
    assert (desk.holding(child.name, child.national_id, "丁某某"), desk.faults()) == ({}, [])
