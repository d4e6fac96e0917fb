"""Consents and the cases that rest on them: what waits goes on, what is withdrawn stops, and nothing else does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.engine.conftest import TOWNSHIP, Town, actor
from tests.engine.lending import LENDING, LIBRARY
from workflow_core.access.consents import Saying
from workflow_core.checks import check
from workflow_core.definition import Change, Deny, deny, hookimpl
from workflow_core.errors import Misused, NotFound, NotPermitted, Refused
from workflow_core.records import merging
from workflow_core.store import journal
from workflow_core.store.database import Database

GRANNY: dict[str, Any] = {"named": "王奶奶", "kin": "grandparent", "paper": True, "child": "agrees"}


@pytest.fixture
def library(town_of: Callable[..., Town]) -> Town:
    """A town whose school lends books, takes pictures and counts."""
    return town_of(LIBRARY)


def yes(town: Town, **changes: Any) -> Saying:
    """A grandmother consents today."""
    return Saying(**{"on": town.today, "notice": "2026-2", **GRANNY, **changes})


def no(town: Town, **changes: Any) -> Saying:
    """A grandmother says no today."""
    return Saying(**{"on": town.today, "named": "王奶奶", "kin": "grandparent", **changes})


def lend(town: Town, child: str) -> str:
    """A loan is asked for."""
    return town.engine.open(town.teacher, "library.loan", child, {"title": "Journey to the West"}).ref


def picture(town: Town, child: str) -> str:
    """A picture is planned."""
    return town.engine.open(town.teacher, "library.picture", child, {"title": "At school"}).ref


def give(town: Town, child: str, name: str = "lending", **changes: Any) -> Any:
    """A consent is recorded."""
    return town.engine.give_consent(town.teacher, child, name, yes(town, **changes))


def withdraw(town: Town, child: str, name: str = "lending", **changes: Any) -> Any:
    """A consent is withdrawn."""
    return town.engine.withdraw_consent(town.teacher, child, name, no(town, **changes))


def test_the_program_is_sound() -> None:
    """The program of these tests has no fault."""
    assert [one.code for one in check(LIBRARY) if one.severity == "error"] == []


def test_a_case_waits_for_consent_and_why_names_the_command(library: Town) -> None:
    """Without a consent the automatic transition is not taken, and its reason says how one is recorded."""
    child = library.child()
    ref = lend(library, child)
    assert library.stage(ref) == "asked"
    (answer,) = [one for one in library.engine.why(library.teacher, ref) if one.transition == "lend"]
    (reason,) = answer.reasons
    assert (reason.code, reason.text()) == ("consent_missing", "there is no consent to: Lending books to the child")
    assert reason.advice() == f"when the guardian has agreed: `care consent give {child} lending`"


def test_a_consent_lets_the_waiting_case_go_on_at_once(library: Town) -> None:
    """What waited for it moves with the same command; another child's case does not."""
    child, other = library.child(), library.child()
    ref, others = lend(library, child), lend(library, other)
    told = give(library, child)
    assert [(one.ref, one.how, one.stage) for one in told.cases] == [(ref, "moved", "lent")]
    assert (library.stage(ref), library.stage(others)) == ("lent", "asked")
    assert library.kinds(ref) == ["opened", "advanced"]


def test_a_consent_that_is_there_already_counts_when_the_case_is_opened(library: Town) -> None:
    """A new case of a child whose guardian has consented does not wait."""
    child = library.child()
    give(library, child)
    assert library.stage(lend(library, child)) == "lent"


def test_a_task_that_hangs_on_a_consent_opens_with_it(library: Town) -> None:
    """``only_if`` is looked at again when the consent arrives."""
    child = library.child()
    ref = picture(library, child)
    assert library.tasks(ref) == []
    give(library, child, "pictures", notice="2026-1")
    assert library.tasks(ref) == ["smile"]


def test_a_consent_counts_for_its_purpose_alone(library: Town) -> None:
    """Who may lend books may not take pictures for that."""
    child = library.child()
    ref = picture(library, child)
    give(library, child)
    assert library.tasks(ref) == []
    with pytest.raises(Refused):
        library.advance(ref, "take")


def test_what_rests_on_the_law_needs_no_consent(library: Town) -> None:
    """With a statutory duty as basis the guard holds, and recording a consent to it is refused."""
    child = library.child()
    ref = library.engine.open(library.teacher, "library.count", child, {"title": "Census"}).ref
    library.advance(ref, "close")
    with pytest.raises(Refused) as refused:
        give(library, child, "counting", notice="2026-1")
    assert refused.value.code == "consent_not_needed"


def test_withdrawal_takes_the_way_out_and_stops_nothing_else(library: Town) -> None:
    """The case that rests on it leaves by its transition; the child's other case goes on."""
    child = library.child()
    loan, other = lend(library, child), picture(library, child)
    give(library, child)
    give(library, child, "pictures", notice="2026-1")
    told = withdraw(library, child)
    assert [(one.ref, one.how, one.stage) for one in told.cases] == [(loan, "moved", "dropped")]
    assert library.kinds(loan) == ["opened", "advanced", "consent_withdrawn", "advanced"]
    assert (library.stage(other), library.tasks(other)) == ("seen", ["smile"])
    library.advance(other, "take")


def test_withdrawal_without_a_way_out_suspends_with_a_task_for_the_supervisor(library: Town) -> None:
    """Where the program names none, the case rests and the supervisor is asked at once."""
    child = library.child()
    ref = picture(library, child)
    give(library, child, "pictures", notice="2026-1")
    told = withdraw(library, child, "pictures")
    assert [(one.ref, one.how) for one in told.cases] == [(ref, "suspended")]
    with pytest.raises(Refused) as refused:
        library.advance(ref, "take")
    assert refused.value.code == "suspended"
    (row,) = library.inbox(library.supervisor)
    assert (row.case, row.due) == (ref, library.today)
    library.engine.do_task(library.supervisor, row.ref, {"note": "the picture was deleted"})
    assert library.inbox(library.supervisor) == []


def test_a_way_out_that_does_not_lead_on_from_there_suspends(library: Town) -> None:
    """A case in another stage than the way out leads from rests instead."""
    child = library.child()
    give(library, child)
    ref = lend(library, child)
    library.advance(ref, "remind")
    assert [(one.ref, one.how, one.stage) for one in withdraw(library, child).cases] == [(ref, "suspended", "late")]


def test_a_suspended_case_keeps_resting_and_the_supervisor_is_asked(library: Town) -> None:
    """A case that rested before is not moved by a withdrawal, and somebody must look at it."""
    child = library.child()
    give(library, child)
    ref = lend(library, child)
    library.engine.suspend(library.supervisor, ref, "holidays")
    assert [(one.ref, one.how) for one in withdraw(library, child).cases] == [(ref, "rests")]
    assert [row.case for row in library.inbox(library.supervisor)] == [ref]
    with pytest.raises(Misused):
        library.engine.resume(library.supervisor, ref)
    library.engine.resume(library.supervisor, ref, "only to close it")
    assert library.stage(ref) == "lent"


def test_a_veto_does_not_keep_what_was_withdrawn(town_of: Callable[..., Town]) -> None:
    """A plugin may speak against the way out; then the case rests all the same."""

    class Stubborn:
        @hookimpl
        def careflow_veto(self, change: Change) -> Deny | None:
            return deny("not now") if change.transition == "stop" else None

    town = town_of(LIBRARY, plugins=[Stubborn()])
    child = town.child()
    give(town, child)
    ref = lend(town, child)
    assert [(one.ref, one.how) for one in withdraw(town, child).cases] == [(ref, "suspended")]
    assert town.stage(ref) == "lent"


def test_an_emergency_holds_without_consent_until_its_end(library: Town) -> None:
    """A reason and an end take the place of a consent; a withdrawal of the consent stops nothing while it lasts."""
    child = library.child()
    ref = lend(library, child)
    end = library.today + timedelta(days=3)
    saying = Saying(library.today, basis="emergency", reason="the guardian cannot be reached, the school is flooded", expires=end)
    library.engine.give_consent(library.teacher, child, "lending", saying)
    assert library.stage(ref) == "lent"
    give(library, child)
    assert withdraw(library, child).cases == ()
    assert library.stage(ref) == "lent"
    library.advance(ref, "return")
    library.wait(days=4)
    assert library.stage(lend(library, child)) == "asked"


def test_an_expired_consent_no_longer_counts_and_the_case_is_looked_at(library: Town) -> None:
    """It counts to the end of its last day; the clock looks at who waits each day."""
    child = library.child()
    give(library, child, expires=library.today + timedelta(days=2))
    library.wait(days=2)
    first = lend(library, child)
    assert library.stage(first) == "lent"
    library.advance(first, "return")
    library.wait(days=1)
    second = lend(library, child)
    assert library.stage(second) == "asked"
    library.wait(days=1)
    assert library.stage(second) == "asked"
    give(library, child)
    assert library.stage(second) == "lent"


def test_a_consent_from_a_day_to_come_is_refused(library: Town) -> None:
    """Nobody has consented tomorrow."""
    with pytest.raises(Refused) as refused:
        give(library, library.child(), on=library.today + timedelta(days=1))
    assert refused.value.code == "in_future"


def test_a_refusal_is_kept_and_lets_nothing_go_on(library: Town) -> None:
    """The case waits; what is on record says that it was refused, and a later consent counts again."""
    child = library.child()
    ref = lend(library, child)
    told = library.engine.refuse_consent(library.teacher, child, "lending", no(library))
    assert [(one.ref, one.how) for one in told.cases] == [(ref, "looked_at")]
    (stands,) = library.engine.consents_of(library.teacher, child)
    assert (stands.standing, [one["said"] for one in stands.said]) == ("refused", ["refused"])
    give(library, child)
    assert library.stage(ref) == "lent"


def test_what_is_in_force_is_withdrawn_and_not_refused(library: Town) -> None:
    """A refusal would leave running what rests on the consent."""
    child = library.child()
    give(library, child)
    with pytest.raises(Refused) as refused:
        library.engine.refuse_consent(library.teacher, child, "lending", no(library))
    assert refused.value.code == "consent_in_force"
    withdraw(library, child)
    with pytest.raises(Refused) as refused:
        withdraw(library, child)
    assert refused.value.code == "nothing_to_withdraw"


def test_of_two_files_that_are_merged_what_was_said_last_decides(library: Town) -> None:
    """On one day: a withdrawal in the file that stays is not undone by what the other one's guardian had said before."""
    kept, gone = library.child(), library.child()
    for child, say in ((kept, give), (gone, give), (kept, withdraw)):
        library.clock.instant += timedelta(minutes=1)
        say(library, child)
    with library.db.write() as tx:
        merging.merge(tx, "x", library.clock.instant, gone, kept)
    (stands,) = library.engine.consents_of(library.teacher, kept)
    assert (stands.standing, [(one["n"], one["said"]) for one in stands.said]) == ("withdrawn", [(1, "given"), (2, "given"), (3, "withdrawn")])


def test_what_has_run_out_can_be_withdrawn_where_something_still_rests_on_it(library: Town) -> None:
    """A consent that ran out stops nothing by itself; the family's word does."""
    child = library.child()
    give(library, child, expires=library.today)
    ref = lend(library, child)
    library.wait(days=2)
    assert library.stage(ref) == "lent"
    assert [one.ref for one in withdraw(library, child).cases] == [ref]
    assert library.stage(ref) != "lent"


def test_a_withdrawal_is_not_older_than_what_it_withdraws(library: Town) -> None:
    """The latest day decides: a withdrawal dated before the consent would change nothing."""
    child = library.child()
    give(library, child)
    with pytest.raises(Refused) as refused:
        withdraw(library, child, on=library.today - timedelta(days=1))
    assert refused.value.code == "before_given"


def test_the_evidence_is_kept_with_it(library: Town, tmp_path: Path) -> None:
    """A scan is kept by its digest; without scan and paper a consent is refused."""
    child = library.child()
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(b"signed")
    with pytest.raises(Refused) as refused:
        give(library, child, paper=False)
    assert refused.value.code == "evidence_missing"
    library.engine.give_consent(library.teacher, child, "lending", yes(library, paper=False), evidence=scan)
    (stands,) = library.engine.consents_of(library.teacher, child)
    assert stands.said[0]["evidence"] is not None


def test_who_has_no_role_there_records_nothing(library: Town) -> None:
    """Administering is not the work itself, and a child elsewhere does not exist."""
    child = library.child()
    with pytest.raises(NotPermitted):
        library.engine.give_consent(library.admin, child, "lending", yes(library))
    with pytest.raises(NotFound) as unknown:
        library.engine.give_consent(actor("stranger", "school", scope="990102"), child, "lending", yes(library))
    assert unknown.value.code == "child_unknown"
    with pytest.raises(NotFound) as unknown:
        library.engine.give_consent(library.teacher, child, "lendign", yes(library))
    assert unknown.value.code == "consent_unknown"


def test_each_of_it_is_in_the_childs_journal(library: Town) -> None:
    """Given, withdrawn and refused stand in the child's own stream."""
    child = library.child()
    give(library, child)
    withdraw(library, child)
    library.engine.refuse_consent(library.teacher, child, "lending", no(library, by="child", named="", kin=""))
    with library.db.read() as tx:
        kinds = [row["kind"] for row in tx.rows(journal._STREAM_ENTRIES, {"of": journal.person_stream(_id(library.db, child))})]
    assert kinds == ["consent_given", "consent_withdrawn", "consent_refused"]


def _id(db: Database, ref: str) -> str:
    from workflow_core.store import facts

    with db.read() as tx:
        found = facts.subject(tx, ref)
    assert found is not None
    return str(found["person_id"])


def test_a_list_attests_each_child_once(library: Town) -> None:
    """Each line gets a verdict; what was refused is not undone, what is on file is not doubled, and the waiting cases go on."""
    waits, has, refused, elsewhere = library.child(), library.child(), library.child(), library.child("990101101")
    ref = lend(library, waits)
    give(library, has)
    library.engine.refuse_consent(library.teacher, refused, "lending", no(library))
    lines = [waits, has, refused, elsewhere, "C-999999", waits.lower()]
    told = library.engine.attest_consents(library.teacher, "lending", lines, "2026-2", division=TOWNSHIP, origin="list.txt")
    assert [one.verdict for one in told] == ["attested", "on_file", "refused", "elsewhere", "unknown", "on_file"]
    assert library.stage(ref) == "lent"
    (stands,) = library.engine.consents_of(library.teacher, waits)
    (said,) = stands.said
    assert (said["attested"], said["on_paper"], said["notice"], said["recorded_by"], said["child_said"]) == (1, 1, "2026-2", "teacher", "agrees")
    again = library.engine.attest_consents(library.teacher, "lending", lines, "2026-2", division=TOWNSHIP)
    assert [one.verdict for one in again] == ["on_file", "on_file", "refused", "elsewhere", "unknown", "on_file"]


def test_a_trial_of_a_list_writes_nothing(library: Town) -> None:
    """The verdicts are those of the real run."""
    child = library.child()
    told = library.engine.attest_consents(library.teacher, "lending", [child, child], "2026-2", division=TOWNSHIP, dry_run=True)
    assert [one.verdict for one in told] == ["attested", "on_file"]
    assert library.engine.consents_of(library.teacher, child) == []


@pytest.mark.parametrize(("notice", "code"), [("2026-1", "notice_old"), ("lend-3", "notice_other"), (" ", "notice_missing")])
def test_a_list_of_another_notice_is_refused(library: Town, notice: str, code: str) -> None:
    """What the guardians signed must be the notice in use, or a newer one."""
    with pytest.raises(Refused) as refused:
        library.engine.attest_consents(library.teacher, "lending", [library.child()], notice, division=TOWNSHIP)
    assert refused.value.code == code


def test_how_a_purpose_stands_in_a_division(library: Town) -> None:
    """Every child for whom anything was said, and how it stands today."""
    given, refused, silent = library.child(), library.child(), library.child()
    give(library, given)
    library.engine.refuse_consent(library.teacher, refused, "lending", no(library))
    found = library.engine.consents_in(library.teacher, "library.lending", TOWNSHIP)
    assert [(stands.child, stands.standing) for _, stands in found] == [(given, "holds"), (refused, "refused")]
    assert silent not in [stands.child for _, stands in found]


def test_a_newer_notice_asks_everybody_anew(town_of: Callable[..., Town], library: Town) -> None:
    """A consent to an older notice no longer counts once the program names a newer one."""
    from dataclasses import replace

    from workflow_core.access import consents

    child = library.child()
    give(library, child)
    (stands,) = library.engine.consents_of(library.teacher, child)
    newer = replace(LENDING, notice="2026-3")
    assert consents.standing(stands.said, "library", LENDING, library.today) == "holds"
    assert consents.standing(stands.said, "library", newer, library.today) == "older_notice"
    assert consents.standing(stands.said, "library", newer, date(2020, 1, 1)) == "missing"
