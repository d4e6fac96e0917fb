"""An erasure also takes the traces that no row of the child's leads to; what is somebody else's it leaves."""

from __future__ import annotations

import io
import os
import zipfile
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from tests.office.forgetting import ANYBODY, FIRST, FOUND, SECOND, Town, end, on_file
from workflow_core.access.consents import Saying
from workflow_core.errors import Refused
from workflow_core.office import erasing
from workflow_core.records import children, merging, places, volunteers
from workflow_core.store import desk as at_desk
from workflow_core.store import tables
from workflow_core.store.erase_words import Words, spelt
from workflow_core.store.statement import Statement
from workflow_core.testing.people import Invented

DROPOUT = FOUND["dropout_return"].workflows[0]


def opened(desk: Town, child: Invented) -> str:
    """A case about a child."""
    return desk.scenario.open(DROPOUT, child, by=ANYBODY, last_attended=desk.scenario.today).ref


def write(desk: Town, statement: Any, **row: Any) -> None:
    """Writes a row behind the engine's back."""
    with desk.db.write() as tx:
        tx.execute(Statement(statement), row)


def test_a_number_is_found_however_it_is_written(desk: Town) -> None:
    """In groups, with a small x, a name with a gap: none of it is left in another case's history, nor in the key of a request."""
    child, other = on_file(desk, 1), on_file(desk, 2)
    phone, number = child.said["guardian_phone"], child.national_id[:-1] + "X"
    write(desk, update(tables.person).where(tables.person.c.ref == child.ref).values(national_id=number))
    grouped = (f"{number[:6]} {number[6:14]} {number[14:].lower()}", f"{number[:6]} {number[6:10]} {number[10:14]} {number[14:]}")
    ways = (number.lower(), *grouped, f"{phone[:3]}-{phone[3:7]}-{phone[7:]}", f"{child.name[0]}　{child.name[1:]}")
    ref = opened(desk, other)
    for said in ways:
        desk.scenario.engine.note(ANYBODY, ref, said)
    write(desk, insert(tables.request), key=f"open {child.name}", actor="x", digest="d", result="{}", at="2026-01-01")
    desk.ask_and_erase(child.ref)
    assert (desk.holding(child.name, *ways), desk.faults()) == ({}, [])
    assert spelt(["1234567"]) == {"1234567"}


def test_a_receipt_that_was_replaced_goes_too(desk: Town) -> None:
    """The scan of a receipt that a corrected one took the place of is pointed to by nothing, and is not left."""
    child = on_file(desk, 1)
    ref = opened(desk, child)
    with desk.db.write() as tx:
        left = f"the first receipt of {child.name}".encode()
        at_desk.keep_blob(tx, sha256(left).hexdigest(), left, desk.scenario.now)
    end(desk, ref, "over")
    desk.ask_and_erase(child.ref)
    assert desk.holding(child.name) == {}


def test_what_a_home_is_called_and_its_telephone_stay(desk: Town) -> None:
    """Where a home is the guardian, its name and telephone are the home's: neither the place nor another case loses them."""
    with desk.db.write() as tx:
        home = places.add(tx, "x", desk.scenario.now, kind="home", name="青溪福利院", division="990101100").ref
        tx.execute(Statement(update(tables.place).where(tables.place.c.ref == home).values(phone="07431234567")))
    child, other = on_file(desk, 1, guardian="青溪福利院", guardian_phone="07431234567"), on_file(desk, 2)
    ref = opened(desk, other)
    desk.scenario.engine.note(ANYBODY, ref, "met at 青溪福利院, 07431234567")
    assert desk.ask_and_erase(child.ref).elsewhere == {}
    with desk.db.read() as tx:
        place = tx.one(select(tables.place).where(tables.place.c.ref == home))
    assert place is not None
    assert (place.name, place.name_key, place.phone) == ("青溪福利院", "青溪福利院", "07431234567")
    assert not any(one["erased"] for one in desk.scenario.engine.history(ANYBODY, ref)[0])


def test_who_spoke_for_the_child_in_its_own_case_goes_with_it(desk: Town) -> None:
    """A guardian who is a party of nothing but the child's own cases is needed by nobody any more."""
    child = on_file(desk, 1)
    ref = opened(desk, child)
    with desk.db.write() as tx:
        guardian = tx.value(select(tables.relation.c.other_id))
        case_id = tx.value(select(tables.case.c.case_id).where(tables.case.c.ref == ref))
    write(desk, insert(tables.party), case_id=case_id, n=1, name="speaker", kind="person", party_id=guardian, since="2026-01-01", data="{}")
    end(desk, ref, "over")
    desk.ask_and_erase(child.ref)
    assert desk.holding(child.said["guardian"], child.said["guardian_phone"]) == {}


def test_what_a_party_s_own_row_says_of_it_goes(desk: Town) -> None:
    """A child who was a party of another's case: that it was one stays, what was said of it there does not."""
    child, other = on_file(desk, 1), on_file(desk, 2)
    ref = opened(desk, other)
    with desk.db.read() as tx:
        person_id, case_id = children.get(tx, child.ref).person_id, tx.value(select(tables.case.c.case_id).where(tables.case.c.ref == ref))
    until = {"since": "2026-01-01", "until": "2026-02-01", "data": '{"illness":"asthma"}'}
    write(desk, insert(tables.party), case_id=case_id, n=1, name="witness", kind="child", party_id=person_id, **until)
    desk.ask_and_erase(child.ref)
    assert (desk.holding("asthma"), desk.faults()) == ({}, [])


def test_files_are_told_by_what_they_hold_or_are_called_and_the_name_is_not_kept(desk: Town) -> None:
    """Lists of other programs, packed ones, a photograph called like the child, a brother's evidence: told; what is told says no name."""
    child, other = on_file(desk, 1), on_file(desk, 2)
    folder = desk.scenario.folder
    (folder / "list.csv").write_bytes(child.name.encode("gb18030"))
    (folder / f"{child.name}.jpg").write_bytes(b"a picture")
    with zipfile.ZipFile(folder / "list.xlsx", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("sheet.xml", child.name)
    (folder / "broken.zip").write_bytes(b"PK\x03\x04 cut off")
    scan = folder.parent / "evidence.txt"
    scan.write_text(f"for {child.name} and another", encoding="utf-8")
    consent = next(one for workflow in FOUND["pairing"].workflows for one in workflow.consents)
    saying = Saying(notice=consent.notice, by="", named="冯某某", kin="grandparent", on=desk.scenario.today, child="agrees")
    desk.scenario.engine.give_consent(ANYBODY, other.ref, f"pairing.{consent.name}", saying, evidence=scan)
    found = desk.ask_and_erase(child.ref)
    assert (sorted(found.unreached["files"]), found.unreached["attachments"]) == (["***.jpg", "list.csv", "list.xlsx"], [other.ref])
    with desk.db.read() as tx:
        assert child.name not in str(tx.rows(select(tables.erasure)))


@pytest.mark.parametrize("step", ["withdraw", "approve"])
def test_what_was_asked_of_a_file_that_was_merged_since_can_still_be_answered(desk: Town, step: str) -> None:
    """By either reference: it would wait for ever otherwise; and nobody asks for the same child twice."""
    child, double = on_file(desk, 1), on_file(desk, 2, national_id=None, provisional=True)
    erasing.ask(desk.office, FIRST, double.ref, "the family asks for it")
    with desk.db.write() as tx:
        merging.merge(tx, ANYBODY.login, desk.scenario.now, double.ref, child.ref, reason="the same child")
    with pytest.raises(Refused) as twice:
        erasing.ask(desk.office, FIRST, child.ref, "the family asks for it")
    done = getattr(erasing, step)(desk.office, SECOND, double.ref if step == "withdraw" else child.ref)
    assert (twice.value.code, done.state, erasing.waiting(desk.office)) == ("erasure_asked", "withdrawn" if step == "withdraw" else "done", [])
    assert (desk.holding(child.name, double.name) == {}) == (step == "approve")


def test_of_two_that_were_asked_for_and_merged_none_is_left_waiting(desk: Town) -> None:
    """Carrying out the one carries out the other."""
    child, double = on_file(desk, 1), on_file(desk, 2, national_id=None, provisional=True)
    for one in (child, double):
        erasing.ask(desk.office, FIRST, one.ref, "the family asks for it")
    with desk.db.write() as tx:
        merging.merge(tx, ANYBODY.login, desk.scenario.now, double.ref, child.ref, reason="the same child")
    assert (erasing.approve(desk.office, SECOND, child.ref).state, erasing.waiting(desk.office)) == ("done", [])


def test_what_tells_of_an_erasure_stays_whoever_asked_for_it(desk: Town) -> None:
    """A volunteer whose login is his telephone asked for one as an administrator: when he is erased himself, the chains still hold."""
    said = {"name": "关大爱", "national_id": "432801198001010015", "phone": "13700000088"}
    child = on_file(desk, 1)
    end(desk, opened(desk, child), "over")
    with desk.db.write() as tx:
        made = volunteers.add(tx, "x", desk.scenario.now, said, division="990101100")
    erasing.ask(desk.office, replace(FIRST, login=said["phone"]), child.ref, "why")
    erasing.approve(desk.office, SECOND, child.ref)
    desk.ask_and_erase(made.ref)
    assert desk.faults() == []


def test_of_the_messages_a_namesake_s_stay(desk: Town) -> None:
    """Where a line says whose reference it is, the child's name goes though somebody else bears it, and a longer name stays whole."""
    child, other = on_file(desk, 1), on_file(desk, 2)
    for n, name in enumerate((child.name, f"{child.name}二"), 3):
        on_file(desk, n, name=name)
    messages = desk.scenario.folder / "papers" / "messages.jsonl"
    messages.parent.mkdir(exist_ok=True)
    lines = [f"{child.ref} {child.name}", f"{other.ref} {child.name}", f"{child.ref} and {child.name}二"]
    messages.write_text("\n".join(lines), encoding="utf-8")
    desk.ask_and_erase(child.ref)
    assert messages.read_text(encoding="utf-8").splitlines() == [f"{child.ref} {'*' * 9}", *lines[1:]]


@pytest.mark.parametrize("way", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_packed_file_that_is_damaged_hinders_nothing(way: int) -> None:
    """Whatever byte of it is another: what can be read of it is looked through."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", way) as packed:
        packed.writestr("名.txt", "0123456789" * 9)
    whole = held.getvalue()
    for n in range(4, len(whole)):
        damaged = whole[:n] + bytes([whole[n] ^ 0xFF]) + whole[n + 1 :]
        assert next(erasing._read_through(damaged)) == damaged
        assert len(list(erasing._read_through(damaged))) in (1, 2)


def test_a_file_whose_name_is_no_unicode_is_told_as_it_is_read(desk: Town) -> None:
    """Another system put it there: its name is told, and without the child's."""
    child = on_file(desk, 1)
    for folder in (desk.scenario.folder, desk.scenario.folder / "backups"):
        folder.mkdir(exist_ok=True)
        Path(os.fsdecode(os.fsencode(folder) + b"/" + f"名单{child.name}.csv".encode("gb18030"))).write_bytes(b"1")
    found = desk.ask_and_erase(child.ref)
    assert (found.unreached["files"], [one["file"] for one in found.unreached["copies"]]) == (["名单***.csv"], ["名单***.csv"])


def test_where_the_messages_cannot_be_changed_nothing_is_erased(desk: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rather no erasure than one that is told as done while a file of the office still names the child."""
    child = on_file(desk, 1)
    erasing.ask(desk.office, FIRST, child.ref, "the family asks for it")

    def full(office: Any, words: Words, goes: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(erasing, "_in_files", full)
        with pytest.raises(Refused) as error:
            erasing.approve(desk.office, SECOND, child.ref)
    assert (error.value.code, error.value.hint != "") == ("messages_unwritable", True)
    with desk.db.read() as tx:
        assert children.get(tx, child.ref).name == child.name
    assert erasing.approve(desk.office, SECOND, child.ref).state == "done"
