"""Registers: entries that are nobody's stage, written beside the case and never changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from sqlalchemy import text

from tests.engine.conftest import TOWNSHIP, Town, actor
from tests.engine.outing import CALLS, KIT, NOTE, OUT, PROGRAM
from tests.engine.outing_help import at, code, guest_of, leave, version, view
from workflow_core.clock import stamp
from workflow_core.engine import Engine, register_letters
from workflow_core.errors import Misused, NotFound, NotPermitted, Refused
from workflow_core.registry import Registry
from workflow_core.store import doctor_registers, journal, journal_reading

ROOT = Path(__file__).parents[2]
Desks: TypeAlias = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def town(town_of: Callable[..., Town]) -> Town:
    return town_of(PROGRAM)


@pytest.fixture
def outing(town: Town) -> str:
    """An outing under way."""
    return town.engine.open(town.teacher, "outings.outing", town.child(), {}).ref


@pytest.fixture
def guest(town: Town, outing: str) -> str:
    """A guest of it."""
    return guest_of(town, outing)


def test_an_entry_leaves_the_version_of_the_case_alone(town: Town, outing: str, guest: str) -> None:
    """Whoever has read the case before may still change it."""
    before = version(town, outing)
    done = town.engine.enter(town.teacher, outing, "kit", {"guest": guest, "item": "shirt"})
    assert (done.n, done.of, done.kind, done.is_open) == (1, 1, "entered", True)
    assert version(town, outing) == before
    assert town.kinds(outing)[-1] == "entry_entered"


def test_all_that_is_wrong_with_an_entry_is_told_at_once(town: Town, outing: str) -> None:
    """And nothing is written."""
    with pytest.raises(Misused) as said:
        town.engine.enter(town.teacher, outing, "calls", {"group": "0", "presnt": "3"})
    assert {one.code for one in said.value.problems} == {"too_small", "field_unknown", "required_missing"}
    assert town.engine.entries(town.teacher, outing, "calls").entries == ()


def test_a_word_for_a_register_that_is_near_is_told(town: Town, outing: str) -> None:
    """And one that is not there is unknown."""
    with pytest.raises(NotFound) as said:
        town.engine.enter(town.teacher, outing, "kti", {})
    assert (said.value.code, said.value.context["meant"]) == ("register_unknown", "kit")


def test_only_who_is_named_may_enter(town: Town, outing: str) -> None:
    """The others are told who may."""
    with pytest.raises(NotPermitted) as said:
        town.engine.enter(town.supervisor, outing, "calls", {"group": 1, "present": 3})
    assert said.value.context["roles"] == "school"


def test_an_absence_stands_open_until_the_return(town: Town, outing: str, guest: str) -> None:
    """The return is an entry of its own; a guard sees one absence, closed."""
    out = leave(town, outing, guest)
    assert (out.is_open, out.due) == (True, town.clock.instant + timedelta(minutes=75))
    assert code(lambda: town.advance(outing, "end")) == "denied"
    town.clock.instant += timedelta(minutes=30)
    back = town.engine.enter(town.teacher, outing, "out", {"back_at": at(town)}, closes=out.n)
    assert (back.n, back.of, back.kind, back.is_open) == (2, 1, "closed", False)
    (seen,) = view(town, outing, lambda case: case.entries(OUT))
    assert (seen.with_whom, seen.back_at) == ("an aunt", town.clock.instant)
    town.advance(guest, "go_home")
    assert town.advance(outing, "end").stage == "over"


def test_a_return_that_names_the_same_closes_the_absence(town: Town, outing: str, guest: str) -> None:
    """Nobody needs to look up the number."""
    leave(town, outing, guest)
    town.clock.instant += timedelta(minutes=30)
    assert town.engine.enter(town.teacher, outing, "out", {"guest": guest, "back_at": at(town)}).kind == "closed"
    assert code(lambda: town.engine.enter(town.teacher, outing, "out", {"back_at": at(town)}, closes=1)) == "entry_not_open"


def test_of_one_kind_one_stands_open(town: Town, outing: str, guest: str) -> None:
    """A second absence, a second shirt is refused with the number of the first."""
    leave(town, outing, guest)
    assert code(lambda: leave(town, outing, guest)) == "entry_open"
    town.engine.enter(town.teacher, outing, "kit", {"guest": guest, "item": "shirt"})
    with pytest.raises(Refused) as said:
        town.engine.enter(town.teacher, outing, "kit", {"guest": guest, "item": "shirt", "size": "L"})
    assert (said.value.code, said.value.context["n"]) == ("entry_open", 1)
    assert town.engine.enter(town.teacher, outing, "kit", {"guest": guest, "item": "cap"}).n == 2


def test_a_correction_keeps_both(town: Town, outing: str, guest: str) -> None:
    """The reason is kept with it; what counts is the later one."""
    town.engine.enter(town.teacher, outing, "kit", {"guest": guest, "item": "shirt", "size": "S"})
    assert code(lambda: town.engine.enter(town.teacher, outing, "kit", {"size": "L"}, corrects=1)) == "reason_missing"
    done = town.engine.enter(town.teacher, outing, "kit", {"size": "L"}, corrects=1, reason="read wrongly")
    assert (done.n, done.of, done.kind, done.is_open) == (2, 1, "corrected", True)
    shown = town.engine.entries(town.teacher, outing, "kit").entries
    assert [(one["row"]["size"], one["holds"], one["reason"]) for one in shown] == [("S", False, ""), ("L", True, "read wrongly")]
    assert [row.size for row in view(town, outing, lambda case: case.entries(KIT))] == ["L"]
    assert code(lambda: town.engine.enter(town.teacher, outing, "kit", {"guest": guest, "item": "shirt"})) == "entry_open"


def test_what_is_struck_out_is_kept_and_makes_room(town: Town, outing: str, guest: str) -> None:
    """A guard no longer sees it, and its like may be entered."""
    town.engine.enter(town.teacher, outing, "kit", {"guest": guest, "item": "shirt"})
    town.engine.enter(town.teacher, outing, "kit", strikes=1, reason="the wrong child")
    assert view(town, outing, lambda case: case.entries(KIT)) == []
    assert town.engine.enter(town.teacher, outing, "kit", {"guest": guest, "item": "shirt"}).n == 3
    assert code(lambda: town.engine.enter(town.teacher, outing, "kit", {"size": "L"}, corrects=1, reason="again")) == "entry_struck"
    assert code(lambda: town.engine.enter(town.teacher, outing, "kit", {"size": "L"}, corrects=9, reason="again")) == "entry_unknown"
    assert code(lambda: town.engine.enter(town.teacher, outing, "kit", {}, corrects=3, strikes=3, reason="both")) == "entry_not_one"


def test_a_check_and_the_future_speak_against_an_entry(town: Town, outing: str, guest: str) -> None:
    """The check has the row before it; what is still to come has not happened."""
    assert code(lambda: leave(town, outing, guest, back_at=at(town, -5))) == "denied"
    assert code(lambda: leave(town, outing, guest, left_at=at(town, 5))) == "happened_in_future"
    out = leave(town, outing, guest)
    assert code(lambda: town.engine.enter(town.teacher, outing, "out", {"with_whom": "an uncle"}, closes=out.n)) == "entry_not_closed"


def test_an_entry_names_guests_of_this_outing(town: Town, outing: str) -> None:
    """Not another's guest, nor a case of another kind, nor none."""
    other = guest_of(town, town.engine.open(town.teacher, "outings.outing", town.child(), {}).ref)
    for ref in (other, outing, "GU-26-99999"):
        with pytest.raises(Misused) as said:
            town.engine.enter(town.teacher, outing, "kit", {"guest": ref, "item": "shirt"})
        assert [one.code for one in said.value.problems] == ["case_not_here"]


def test_what_follows_from_an_entry_is_a_step_of_the_case(town: Town, outing: str, guest: str) -> None:
    """It is taken right after the entry, by the system."""
    leave(town, outing, guest)
    assert town.kinds(outing) == ["opened", "entry_entered", "entry_followed"]
    assert town.engine.show(town.teacher, outing).record["away"] == 1


def test_who_is_not_back_in_time_is_noticed_once(town: Town, outing: str, guest: str) -> None:
    """Dated by when it fell due; the one who answers for it is told, and the guest's own case moves."""
    leave(town, outing, guest)
    town.clock.instant += timedelta(minutes=74)
    town.engine.tick()
    assert town.stage(guest) == "there"
    due = town.clock.instant + timedelta(minutes=1)
    town.clock.instant += timedelta(minutes=26)
    assert town.engine.tick().late == 1
    assert town.stage(guest) == "missing"
    assert [(one["kind"], one["at"]) for one in town.events(outing)][-1] == ("entry_late", stamp(due))
    assert [one.title for one in town.inbox(town.supervisor)] == ["Somebody is not back"]
    town.clock.instant += timedelta(minutes=60)
    assert town.engine.tick().late == 0


def test_an_alarm_that_falls_due_while_the_program_is_away_goes_off_when_it_is_back(town: Town, outing: str, guest: str) -> None:
    """Until then each turn of the clock tells that it waits; and it goes off once."""
    leave(town, outing, guest)
    town.clock.instant += timedelta(minutes=100)
    there = town.engine
    away = Engine(town.db, Registry.of(), town.clock, training=False, papers=Path(there.runtime.papers))
    assert [one["code"] for one in away.tick().problems if one["case"] == outing] == ["register_away"]
    assert there.tick().late == 1
    assert town.stage(guest) == "missing"
    assert there.tick().late == 0


def test_alarms_that_cannot_go_off_hold_up_no_other(town: Town, outing: str, guest: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many of them are due before it."""
    monkeypatch.setattr(register_letters, "MOST", 1)
    leave(town, outing, guest)
    second = town.engine.open(town.teacher, "outings.outing", town.child(), {}).ref
    town.clock.instant += timedelta(minutes=1)
    leave(town, second, guest_of(town, second))
    town.clock.instant += timedelta(minutes=100)
    posted = register_letters.post

    def post(tx: Any, work: Any, *how: Any) -> str | None:
        if work.state.ref == outing:
            raise Refused("no", "it cannot be noticed")
        return posted(tx, work, *how)

    monkeypatch.setattr(register_letters, "post", post)
    report = town.engine.tick()
    assert [(one["case"], one["code"]) for one in report.problems] == [(outing, "no")]
    assert report.late == 1


def test_who_is_back_in_time_is_not_missed(town: Town, outing: str, guest: str) -> None:
    """A correction of the hour moves the alarm, too."""
    out = leave(town, outing, guest)
    town.engine.enter(town.teacher, outing, "out", {"back_by": at(town, 180)}, corrects=out.n, reason="three hours were meant")
    town.clock.instant += timedelta(minutes=100)
    assert town.engine.tick().late == 0
    town.engine.enter(town.teacher, outing, "out", {"guest": guest, "back_at": at(town)})
    town.clock.instant += timedelta(days=1)
    assert town.engine.tick().late == 0
    assert town.stage(guest) == "there"


def test_a_suspended_case_takes_no_entry_and_is_not_late(town: Town, outing: str, guest: str) -> None:
    """When it goes on, what stands open is noticed."""
    leave(town, outing, guest)
    town.engine.suspend(town.supervisor, outing, "snow")
    assert code(lambda: town.engine.enter(town.teacher, outing, "calls", {"group": 1, "present": 3})) == "suspended"
    town.wait(days=1)
    assert town.stage(guest) == "there"
    town.engine.resume(town.supervisor, outing)
    town.wait()
    assert town.stage(guest) == "missing"


def test_in_a_closed_case_mistakes_are_corrected_and_nothing_is_entered(town: Town, outing: str) -> None:
    """What was wrong stays to be put right."""
    town.engine.enter(town.teacher, outing, "calls", {"group": 1, "present": 3})
    town.advance(outing, "end")
    assert code(lambda: town.engine.enter(town.teacher, outing, "calls", {"group": 2, "present": 3})) == "case_closed"
    assert town.engine.enter(town.teacher, outing, "calls", {"present": 4}, corrects=1, reason="miscounted").kind == "corrected"


def test_a_transition_that_is_taken_by_itself_sees_the_entries(town: Town, outing: str) -> None:
    """At the clock's next turn."""
    for group in (1, 2, 3):
        town.engine.enter(town.teacher, outing, "calls", {"group": group, "present": 3})
    town.wait()
    assert town.stage(outing) == "called"


def test_an_effect_enters_with_the_step(town: Town, outing: str) -> None:
    """And is undone with it."""
    town.engine.advance(town.teacher, outing, "note", {}, dry_run=True)
    assert view(town, outing, lambda case: case.entries(CALLS)) == []
    town.advance(outing, "note")
    assert [row.group for row in view(town, outing, lambda case: case.entries(CALLS))] == [9]


def test_the_last_entry_of_one_is_asked_by_its_key(town: Town, outing: str, guest: str) -> None:
    """A task or a transition has no key."""
    other = guest_of(town, outing)
    for one, item in ((guest, "shirt"), (other, "cap")):
        town.engine.enter(town.teacher, outing, "kit", {"guest": one, "item": item})
    assert view(town, outing, lambda case: case.last(KIT, key=(other, "cap")).item) == "cap"
    assert view(town, outing, lambda case: case.last(KIT, key=(other, "shirt"))) is None
    assert view(town, outing, lambda case: case.last(KIT).item) == "cap"
    assert view(town, outing, lambda case: case.last(OUT, key=guest)) is None
    for wrong in (lambda case: case.last(NOTE, key=1), lambda case: case.last(KIT, key=1), lambda case: case.last(CALLS, key=(1, 2))):
        with pytest.raises(LookupError):
            view(town, outing, wrong)


def test_personal_fields_are_masked_and_the_look_is_recorded(town: Town, outing: str, guest: str) -> None:
    """Whole only for a purpose, which is kept."""
    leave(town, outing, guest)
    assert [one["row"]["with_whom"] for one in town.engine.entries(town.teacher, outing, "out").entries] == ["***"]
    assert [one["says"]["given"]["with_whom"] for one in town.events(outing) if one["kind"] == "entry_entered"] == ["***"]
    assert code(lambda: town.engine.entries(town.teacher, outing, "out", unmasked=True)) == "purpose_missing"
    town.clock.instant += timedelta(minutes=1)
    shown = town.engine.entries(town.teacher, outing, "out", unmasked=True, purpose="the police asks")
    assert [one["row"]["with_whom"] for one in shown.entries] == ["an aunt"]
    with town.db.read() as tx:
        looks = [one["says"] for one in journal_reading.latest(tx, kind="register_read")]
        assert [(one["masked"], one["purpose"]) for one in looks] == [(False, "the police asks"), (True, "")]
        assert journal_reading.latest(tx, kind="entry_entered") == []


def test_what_only_some_may_see_is_not_told_to_others(town: Town, outing: str) -> None:
    """Neither by the register, nor by the history, nor by the count; also to those who may enter."""
    town.engine.enter(town.teacher, outing, "secrets", {"what": "a quarrel"})
    assert code(lambda: town.engine.entries(town.teacher, outing, "secrets")) == "not_permitted"
    assert "entry_entered" not in town.kinds(outing)
    assert "secrets" not in [one["register"] for one in town.engine.show(town.teacher, outing).registers]
    office = actor("office", "county_office", scope="990101")
    assert len(town.engine.entries(office, outing, "secrets").entries) == 1
    assert [one["register"] for one in town.engine.show(office, outing).registers] == ["out", "kit", "calls", "secrets"]


def test_a_ledger_has_a_line_for_each_matter(town: Town, outing: str, guest: str) -> None:
    """Personal fields are masked as names are; columns may ask the row and the case."""
    leave(town, outing, guest)
    town.engine.enter(town.teacher, outing, "kit", {"guest": guest, "item": "shirt"})
    town.engine.enter(town.teacher, outing, "kit", {"item": "cap"}, corrects=1, reason="a cap")
    assert [row[2:] for row in town.engine.listing(town.teacher, "outings", "given").rows] == [(guest, "cap")]
    assert [row[2:] for row in town.engine.listing(town.teacher, "outings", "away").rows] == [("***", "Under way")]
    whole = town.engine.listing(town.teacher, "outings", "away", unmasked=True, purpose="the parents ask")
    assert [row[2] for row in whole.rows] == ["an aunt"]


def test_what_was_changed_behind_the_office_is_found(town_of: Callable[..., Town]) -> None:
    """In what an entry says, and in where it stands."""
    town = town_of(PROGRAM)
    ref = town.engine.open(town.teacher, "outings.outing", town.child(), {}).ref
    for present in (1, 2, 3):
        town.engine.enter(town.teacher, ref, "calls", {"group": 1, "present": present})
    with town.db.write() as tx:
        whole = tx.value(text("SELECT payload FROM journal_payload WHERE stream LIKE 'register/%' AND n = 2"))
        tx.execute(text("UPDATE journal_payload SET payload = 'x' WHERE stream LIKE 'register/%' AND n = 2"))
    with town.db.read() as tx:
        assert [one.code for one in journal.verify_all(tx).findings] == ["payload_changed"]
    with town.db.write() as tx:
        tx.execute(text("UPDATE journal_payload SET payload = :whole WHERE stream LIKE 'register/%' AND n = 2").bindparams(whole=whole))


def test_the_check_up_looks_at_the_registers(town: Town, outing: str, guest: str) -> None:
    """An entry that is gone, one that is another's, one that stands open although it is closed."""
    out = leave(town, outing, guest)
    town.engine.enter(town.teacher, outing, "out", {"back_at": at(town)}, closes=out.n)
    for present in (1, 2):
        town.engine.enter(town.teacher, outing, "calls", {"group": 1, "present": present})
    with town.db.read() as tx:
        assert list(doctor_registers.entries(tx)) == []
    with town.db.write() as tx:
        again = "INSERT INTO register_open (case_id, register, n, slot) SELECT case_id, register, n, 'x' FROM register_entry"
        tx.execute(text(f"{again} WHERE kind = 'entered' AND register = 'out'"))
        tx.execute(text("UPDATE register_entry SET happened = '2026-08-01' WHERE register = 'calls' AND n = 1"))
        tx.execute(text("DELETE FROM register_entry WHERE register = 'calls' AND n = 2"))
    with town.db.read() as tx:
        found = [(one.code, one.place.rpartition("/")[2]) for one in doctor_registers.entries(tx)]
    assert found == [("entry_differs", f"{outing} calls 1"), ("entry_missing", "calls 2"), ("entry_stands_open", f"{outing} out 1")]


def test_a_dry_run_writes_nothing(town: Town, outing: str) -> None:
    """It says what would be."""
    done = town.engine.enter(town.teacher, outing, "calls", {"group": 1, "present": 3}, dry_run=True)
    assert (done.n, done.dry_run) == (1, True)
    assert town.engine.entries(town.teacher, outing, "calls").entries == ()


def test_a_case_out_of_sight_takes_no_entry(town: Town, outing: str) -> None:
    """It is unknown, as it is to every other command."""
    stranger = actor("stranger", "school", scope="990101101")
    assert code(lambda: town.engine.enter(stranger, outing, "calls", {"group": 1, "present": 3})) == "case_unknown"
    assert TOWNSHIP != "990101101"
