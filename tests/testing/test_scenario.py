"""The kit: a case lives in an office of its own, in tests of three lines."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from careflow_dropout_return.papers import NOTICE
from careflow_dropout_return.program import DROPOUT
from careflow_dropout_return.program import PROGRAM as DROPOUT_RETURN
from tests.engine.lending import LENDING, LIBRARY
from tests.engine.mentoring import MENTOR, TALK
from tests.engine.mentoring import PROGRAM as MENTORING
from tests.testing.tutoring import BEGUN, BEHIND, CAUGHT_UP, EXAMINE, EXAMINED, LEAVE, LESSON, PROGRAM, SILENT, TUTORING, Lesson, Result, Subject
from workflow_core import CHILD_DIRECTOR, SCHOOL, SUPERVISOR, Change, Deny, days, deny, hookimpl, hours, school_days, weeks, working_days
from workflow_core.errors import Conflict, Misused, NotPermitted, Refused
from workflow_core.testing import Life, NewScenario, Scenario, invented_child, invented_volunteer
from workflow_core.testing.telling import moment


@pytest.fixture
def case(scenario: NewScenario) -> Life:
    """A child that is tutored from 1 September 2026 on."""
    return scenario(PROGRAM).open(TUTORING)


def taught(case: Life, times: int = 2) -> Life:
    for _ in range(times):
        case.do(LESSON, held_on=case.scenario.today, subject=Subject.CHINESE)
        case.scenario.later(weeks(1))
    return case


# ------------------------------------------------------------------ steps


def test_a_case_goes_its_way_in_three_lines(case: Life) -> None:
    """Tasks and transitions are named by their Python names, and who acts is whoever may."""
    taught(case)
    case.take(EXAMINE, mark=70)
    assert case.stage is CAUGHT_UP
    assert case.closed


def test_a_form_is_given_as_itself_too(case: Life) -> None:
    """So mypy sees what is missing; what was written down comes back as the form."""
    said = Lesson(held_on=date(2026, 9, 1), subject=Subject.CHINESE, sheet=case.attach())
    case.do(LESSON, said)
    assert case.results(LESSON) == [said]
    assert case.record.subject is Subject.CHINESE


def test_fields_by_keyword_are_laid_over_the_form(case: Life) -> None:
    """The form is the usual input, the keyword what this test is about."""
    taught(case).take(EXAMINE, Result(mark=99), mark=10)
    assert case.stage is EXAMINED


def test_a_role_that_may_not_is_refused(case: Life) -> None:
    """``by`` says who acts."""
    with pytest.raises(NotPermitted):
        taught(case).take(EXAMINE, mark=70, by=CHILD_DIRECTOR)


def test_an_account_of_another_township_does_not_see_the_case(case: Life) -> None:
    """``who`` makes an account where a role is not enough."""
    stranger = case.scenario.who(SCHOOL, "stranger", division="990101101")
    assert case.refused(LESSON, held_on=case.scenario.today, subject="MATHS", by=stranger).code == "case_unknown"


def test_a_refusal_is_a_value_with_its_codes_and_numbers(case: Life) -> None:
    """Nothing is changed by the trial."""
    refusal = case.refused(EXAMINE, mark=70)
    assert "too_few" in refusal
    assert refusal.codes == {"too_few"}
    assert refusal.values["too_few"] == {"held": 0, "lessons": 2}
    assert case.stage is BEGUN


def test_a_wrong_input_is_refused_with_every_fault(case: Life) -> None:
    """All fields at once."""
    assert [one.place for one in case.refused(LESSON, subject="GREEK").problems] == ["subject", "held_on"]


def test_a_warning_passes_with_a_reason(case: Life) -> None:
    """``confirm`` is the reason."""
    assert "early" in case.refused(LEAVE)
    assert case.take(LEAVE, confirm="the family moved").closed


def test_a_second_open_case_is_refused(case: Life) -> None:
    """Limits hold in a scenario as in an office."""
    assert case.scenario.refused(TUTORING, case.child).code == "already_open"
    with pytest.raises((Refused, Conflict)) as caught:
        case.scenario.open(TUTORING, case.child)
    assert caught.value.code == "already_open"
    with pytest.raises(AssertionError, match="was not to be opened"):
        case.scenario.refused(TUTORING)


def test_a_record_is_corrected_and_a_case_rests(case: Life) -> None:
    """Deadlines stand still while it rests."""
    due = case.due(LESSON)
    case.edit(note="a note").suspend()
    case.scenario.later(days(10))
    case.resume()
    assert case.record.note == "a note"
    assert due is not None
    assert case.due(LESSON) == date(2026, 9, 17)


# ------------------------------------------------------------------ time


def test_the_clock_has_its_turn_on_the_way(case: Life) -> None:
    """What is missed on the way is missed on its day, as it would have been with a tick a night."""
    case.scenario.later(weeks(4))
    told = [(one.kind, one.at.date().isoformat()) for one in case.history if one.kind in ("occurrence_missed", "timer_fired")]
    assert told[0] == ("occurrence_missed", "2026-09-07")
    assert ("timer_fired", "2026-09-21") in told
    assert case.states(LESSON) == ["missed", "missed", "missed", "missed", "open"]


def test_a_timer_tells_when_it_goes_off(case: Life) -> None:
    """It moves with the lesson it is counted from, and its escalation lies with the role."""
    assert case.fires(SILENT) == datetime.fromisoformat("2026-09-22T00:00+08:00")
    case.scenario.later(weeks(3))
    assert case.fires(SILENT) is None
    assert ("child_supervisor", "Nobody teaches this child") in case.escalations
    assert "Nobody teaches this child" in case.scenario.desk(SUPERVISOR)


@pytest.mark.parametrize(
    ("span", "there"),
    [
        (days(3), "2026-09-04 09:00"),
        (hours(6), "2026-09-01 15:00"),
        (working_days(5), "2026-09-08 09:00"),
        (school_days(4), "2026-09-07 09:00"),
    ],
)
def test_time_goes_by_in_the_spans_of_programs(scenario: NewScenario, span: Any, there: str) -> None:
    """Of days and longer the hour stays; working days come from the invented calendar."""
    assert moment(scenario(PROGRAM).later(span).now) == there


def test_time_does_not_go_back(scenario: NewScenario) -> None:
    """A slip in a test is told, not lived."""
    with pytest.raises(ValueError, match="does not go back"):
        scenario(PROGRAM).until(date(2026, 8, 31))


def test_a_scenario_begins_when_it_is_told_to(scenario: NewScenario) -> None:
    """A day means nine in the morning in the office's zone; an instant is itself."""
    assert moment(scenario(PROGRAM, on=date(2027, 3, 1)).now) == "2027-03-01 09:00"
    with Scenario(PROGRAM, on=datetime.fromisoformat("2027-03-01T23:30+08:00")) as world:
        assert (moment(world.now), world.today) == ("2027-03-01 23:30", date(2027, 3, 1))


# ------------------------------------------------------------------ people, sheets, messages, policy


def test_the_same_number_is_always_the_same_child() -> None:
    """Its ID number bears a region code that no living person has, and its check digit is right."""
    assert invented_child(7) == invented_child(7)
    numbers = {one.national_id for n in range(400) for one in (invented_child(n), invented_volunteer(n))}
    assert len(numbers) == 800
    assert {number[:6] for number in numbers} == {"432801"}


def test_what_is_said_of_a_child_is_in_its_file(scenario: NewScenario) -> None:
    """And what is left out is not."""
    world = scenario(PROGRAM)
    child = world.child(3, school=None, address="板厂村")
    assert (child.ref, "school" in child.said, child.said["address"]) == ("C-000001", False, "板厂村")
    assert world.open(TUTORING, child).child == child.ref


def test_a_sheet_tells_the_verdict_of_each_row(scenario: NewScenario) -> None:
    """Rows by heading; the case of a good row can be looked at."""
    world = scenario(PROGRAM)
    child = world.child()
    fed = world.feed(BEHIND, [child.row(科目="CHINESE"), child.row(科目="CHINESE"), invented_child(9).row(科目="GREEK")])
    assert fed.verdicts[0] == "taken"
    assert fed.verdicts[1] == "same_child_again"
    assert fed.verdicts[2] not in ("taken", "")
    assert [one.record.subject for one in fed.lives] == [Subject.CHINESE]


def test_a_sheet_may_be_text_or_a_file(scenario: NewScenario, tmp_path: Path) -> None:
    """As a desk would keep it."""
    world, file = scenario(PROGRAM), tmp_path / "behind.csv"
    one, other = world.child(), world.child()
    text = f"姓名,身份证号码,科目\n{one.name},{one.national_id},CHINESE\n"
    file.write_text(text.replace(one.name, other.name).replace(one.national_id, other.national_id), "utf-8")
    assert [world.feed(BEHIND, sheet).report.opened for sheet in (text, file)] == [1, 1]
    assert len(world.cases(TUTORING, BEGUN)) == 2


def test_messages_are_caught(case: Life) -> None:
    """Each once, with whom it is for; nothing is sent anywhere."""
    taught(case).take(EXAMINE, mark=10)
    assert [(one.to, one.text, one.ref) for one in case.scenario.messages] == [("child_supervisor", "A child was examined", case.ref)]
    assert len(case.scenario.messages) == 1


def test_a_township_sets_its_policy(scenario: NewScenario) -> None:
    """It holds from then on."""
    world = scenario(PROGRAM)
    world.policy(lessons=1)
    assert taught(world.open(TUTORING), 1).take(EXAMINE, mark=60).stage is CAUGHT_UP
    with pytest.raises(Misused):
        world.policy(lessons=0)


def test_a_program_that_is_not_enabled_opens_nothing(scenario: NewScenario) -> None:
    """Enabling is part of what can be tried."""
    world = scenario(PROGRAM, enabled=False)
    with pytest.raises(Refused, match="does not run"):
        world.open(TUTORING)
    world.enable(PROGRAM)
    assert world.open(TUTORING).stage is BEGUN
    world.disable(PROGRAM)
    with pytest.raises(Refused, match="does not run"):
        world.open(TUTORING)


def test_nothing_is_discovered(scenario: NewScenario) -> None:
    """What is installed beside it is not in a scenario."""
    assert list(scenario(PROGRAM).engine.runtime.registry.programs) == ["tutoring"]


def test_hooks_are_named(scenario: NewScenario) -> None:
    """A veto is asked in a scenario to which it is given."""

    class Holidays:
        @hookimpl
        def careflow_veto(self, change: Change) -> Deny | None:
            return deny("not in the holidays", code="holidays") if change.kind == "task_done" else None

    case = scenario(PROGRAM, plugins=[Holidays()]).open(TUTORING)
    assert case.refused(LESSON, held_on=date(2026, 9, 1), subject="MATHS").codes == {"holidays"}


def test_a_consent_lets_a_case_go_on(scenario: NewScenario) -> None:
    """The guardian says yes on paper; later he takes it back."""
    world = scenario(LIBRARY)
    case = world.open(LIBRARY.workflow("loan"), title="Journey to the West", by=SCHOOL)
    before = case.stage.name
    case.consent(LENDING)
    assert (before, case.stage.name != before) == ("asked", True)
    assert case.consent(LENDING, "withdrawn").stage.name != "asked"


def test_a_party_does_what_its_case_asks(scenario: NewScenario) -> None:
    """With ``by`` left out, a task of a party alone is done by the party itself."""
    world = scenario(MENTORING)
    mentor = world.volunteer()
    own = world.open(MENTORING.workflow("mentor"), mentor, by=SCHOOL)
    case = world.open(MENTORING.workflow("mentoring"), parties={MENTOR: own})
    case.do(TALK, on=world.today, by=world.who(None, "mentor", person=mentor))
    assert case.history[-1].actor == "mentor"


# ------------------------------------------------------------------ papers


@pytest.fixture
def notice(scenario: NewScenario) -> Life:
    """A dropout case with its notice drafted by hand."""
    case = scenario(DROPOUT_RETURN, on=date(2026, 10, 21)).open(DROPOUT, last_attended=date(2026, 9, 16))
    case.draft(NOTICE)
    return case


def test_a_paper_is_drafted_signed_and_served(notice: Life) -> None:
    """Each state after the other; the number comes with the signature."""
    paper = notice.paper(NOTICE)
    assert (paper.state, paper.number) == ("draft", "")
    paper.sign()
    assert (paper.state, paper.number) == ("signed", "高桥镇限返〔2026〕1号")
    assert paper.serve().served_on == date(2026, 10, 21)


def test_a_field_is_on_a_paper_or_not(notice: Life) -> None:
    """By the field's name, whatever the template does with it; a misspelt one is told."""
    paper = notice.paper(NOTICE)
    assert paper.shows("child.name")
    assert not paper.shows("child.class_name")
    assert paper.says("限期返校")
    with pytest.raises(KeyError, match=r"child\.nane"):
        paper.shows("child.nane")
    with pytest.raises(ValueError, match="a yes or no"):
        paper.shows("paper.draft")


def test_what_is_personal_on_a_paper_is_told(notice: Life) -> None:
    """By field, for drafts and for what was signed; a paper for the public has none."""
    paper = notice.paper(NOTICE)
    assert "child.name" in paper.personal()
    assert "child.name" in paper.sign().personal()


def test_a_paper_is_void(notice: Life) -> None:
    """A voided paper keeps its number."""
    paper = notice.paper(NOTICE).sign()
    paper.void()
    assert (paper.state, paper.number != "") == ("void", True)


# ------------------------------------------------------------------ the class alone


def test_the_class_needs_no_pytest() -> None:
    """In a notebook or a script: it closes what it opened and takes its folder away."""
    with Scenario(PROGRAM) as world:
        folder = world.folder
        taught(world.open(TUTORING)).take(EXAMINE, mark=70)
        world.verify()
    assert not folder.exists()


def test_what_was_tampered_with_is_seen() -> None:
    """``verify`` looks at the chains, as the fixture does at the end."""
    from sqlalchemy import update

    from workflow_core.store.tables import event

    with Scenario(PROGRAM) as world:
        case = world.open(TUTORING)
        with world.db.write() as tx:
            tx.execute(update(event).where(event.c.n == 1).values(actor="somebody else"))
        with pytest.raises(AssertionError, match="chains are broken"):
            world.verify()
        assert case.history[0].actor == "somebody else"
