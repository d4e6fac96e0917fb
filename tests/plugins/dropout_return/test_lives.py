"""Whole lives of a case, through the engine's front door, with a clock that moves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.plugins.dropout_return.conftest import Life
from workflow_core.errors import NotPermitted, Refused


def denied(life: Life, who: str, transition: str, **given: object) -> dict[str, dict[str, Any]]:
    """Why a step is refused: the values of each reason, by its code."""
    with pytest.raises(Refused) as error:
        life.step(who, transition, **given)
    return {problem.code: problem.values for problem in error.value.problems}


def watch(life: Life, task: str, times: int, days: int, missed: int = 0) -> None:
    for _ in range(times):
        life.do("school", task, looked_on=life.today, days_missed=missed)
        life.wait(days)


# ------------------------------------------------------------------ the child comes back


def test_a_child_that_returns_is_watched_and_then_cleared_by_itself(life: Life) -> None:
    """Persuaded, back, four weekly looks, five monthly ones; nobody has to close the case."""
    life.persuade()
    life.wait(2)
    life.visit("AGREED", promised_for=life.today)
    life.come_back()
    assert (life.stage, life.desk("school")) == ("monitored", ["Attendance of the week"])
    watch(life, "watch_weekly", 4, 7)
    assert (life.stage, life.desk("school")) == ("monitored", ["Attendance of the month"])
    watch(life, "watch_monthly", 4, 31)
    life.do("school", "watch_monthly", looked_on=life.today, days_missed=0)
    assert life.stage == "cleared"
    assert [paper["document"] for paper in life.shown.papers] == ["registration", "persuasion_letter", "home_visit", "clearing"]
    assert life.story()[-1]["actor"] == "system"


def test_a_child_that_returns_before_anything_was_decided_is_watched_too(life: Life) -> None:
    """A suspicion that ends well still gets its looks."""
    life.come_back()
    assert life.stage == "monitored"


def test_weekly_and_monthly_looks_that_are_missed_do_not_count(life: Life) -> None:
    """Six silent weeks clear nobody: the four looks are still wanted."""
    life.come_back()
    life.wait(42)
    assert life.stage == "monitored"
    assert "Nobody has looked at a returned child's attendance" in life.desk("supervisor", overdue=True)
    watch(life, "watch_weekly", 4, 7)
    assert life.desk("school") == ["Attendance of the month"]


def test_a_look_in_the_holidays_is_skipped_with_its_reason(life: Life) -> None:
    """A skipped look counts as one."""
    life.come_back()
    for _ in range(4):
        life.town.engine.skip_task(life.people["school"], f"{life.ref}.watch_weekly", "winter holidays")
        life.wait(7)
    assert life.desk("school") == ["Attendance of the month"]


# ------------------------------------------------------------------ not a dropout


def test_a_child_at_another_school_is_excused_with_its_proof(life: Life) -> None:
    """Without proof the check is refused; with it, and a reason, the case is closed."""
    with pytest.raises(Refused) as error:
        life.do("school", "verify", checked_on=life.today, finding="TRANSFERRED")
    assert [problem.code for problem in error.value.problems] == ["no_proof"]
    assert "not_checked" in denied(life, "school", "excuse", decided_on=life.today, why="moved")
    life.do("school", "verify", checked_on=life.today, finding="TRANSFERRED", proof="roll no. 7")
    life.step("school", "excuse", decided_on=life.today, why="moved with the parents")
    assert (life.stage, life.desk("school"), life.desk("supervisor")) == ("excused", [], [])


def test_a_child_found_elsewhere_late_is_excused_from_any_stage(life: Life) -> None:
    """A check in between opens the way out, also when the notice runs already."""
    life.notice()
    assert "not_excused" in denied(life, "school", "excuse", decided_on=life.today, why="moved")
    life.do("village", "recheck", checked_on=life.today, finding="TRANSFERRED", proof="roll no. 7")
    life.step("school", "excuse", decided_on=life.today, why="moved with the parents")
    assert life.stage == "excused"


# ------------------------------------------------------------------ registration and persuasion


def test_registering_is_a_task_as_soon_as_it_is_possible(life: Life) -> None:
    """Proven and away for 35 days: the school has three school days, and doing the task takes the step."""
    assert life.desk("school") == ["Check with parents and other schools"]
    life.do("school", "verify", checked_on=life.today, finding="GONE")
    assert life.desk("school") == ["Register the dropout"]
    life.do("school", "register")
    assert life.stage == "registered"


def test_who_has_left_only_lately_is_checked_each_week_until_it_lasts(life: Life) -> None:
    """The reason tells the days; the task to register comes by itself when they are over."""
    life.town.engine.edit(life.people["school"], life.ref, {"last_attended": "2026-10-12"}, "the class book says so")
    life.do("school", "verify", checked_on=life.today, finding="GONE")
    assert denied(life, "school", "confirm") == {"not_away_long_enough": {"away": 9, "needed": 30}}
    life.wait(7)
    assert life.desk("school") == ["Check with parents and other schools"]
    life.wait(15, every=1)
    assert "Register the dropout" in life.desk("school")


def test_the_confirmed_cause_begins_persuasion_by_itself(life: Life) -> None:
    """Nobody has to press anything."""
    life.register()
    assert (life.stage, life.desk("village")) == ("registered", ["Confirm the cause"])
    life.do("village", "cause", enquired_on=life.today, cause="POVERTY", destination="")
    assert (life.stage, sorted(life.desk("village"))) == ("persuading", ["Persuasion visit", "Serve the school's letter"])


def test_a_report_is_denied_before_three_visits_have_failed(life: Life) -> None:
    """The reason counts; the third failed visit opens the way, and the task with its three working days."""
    life.persuade()
    assert denied(life, "school", "report") == {"rounds_left": {"failed": 0, "rounds": 3}}
    life.visit()
    life.wait(7)
    life.visit("NOBODY")
    assert denied(life, "school", "report") == {"rounds_left": {"failed": 2, "rounds": 3}}
    life.wait(7)
    life.visit()
    [task] = [one for one in life.shown.tasks if one["task"] == "written_report"]
    assert (task["state"], task["due"]) == ("open", "2026-11-09")
    life.step("school", "report")
    assert life.stage == "reporting"


def test_the_report_is_drafted_before_it_is_sent(life: Life) -> None:
    """While the case is in persuasion, sending is refused with the step to take."""
    life.persuade()
    life.fail()
    with pytest.raises(Refused) as error:
        life.do("school", "written_report", sent_on=life.today)
    assert [problem.code for problem in error.value.problems] == ["not_drafted"]


def test_several_visits_in_one_week_are_all_kept(life: Life) -> None:
    """The ledger keeps every round, and each counts."""
    life.persuade()
    for _ in range(3):
        life.visit()
        life.wait(1)
    life.step("school", "report")
    assert [one["state"] for one in life.shown.tasks if one["task"] == "visit"][:3] == ["done"] * 3


def test_a_broken_promise_is_a_failed_round(life: Life) -> None:
    """The task to report comes by itself on the day after the promised one."""
    life.persuade()
    life.visit()
    life.visit()
    life.visit("AGREED", promised_for=life.today + timedelta(days=2))
    assert "Send the written report" not in life.desk("school")
    life.wait(3)
    assert "Send the written report" in life.desk("school")


# ------------------------------------------------------------------ relapse


def test_a_relapse_reopens_persuasion_in_the_same_case(life: Life) -> None:
    """Three days missed in a week: persuasion begins again, and the visits of the first time do not count."""
    life.persuade()
    life.fail()
    life.come_back()
    life.wait(5)
    life.do("school", "watch_weekly", looked_on=life.today, days_missed=3)
    assert (life.stage, life.record["episode"], life.record["cause"], life.record["presumed_cause"]) == ("persuading", 2, None, "AVERSION")
    assert denied(life, "school", "report") == {"rounds_left": {"failed": 0, "rounds": 3}, "cause_unknown": {}}
    assert sorted(life.desk("village")) == ["Confirm the cause", "Persuasion visit", "Serve the school's letter"]


def test_a_second_round_goes_its_own_way_to_the_report(life: Life) -> None:
    """After a relapse the cause is confirmed anew, three more visits fail, and the silence of the pause is nobody's fault."""
    life.persuade()
    life.fail()
    life.come_back()
    life.wait(30)
    life.do("school", "missing", looked_on=life.today, days_missed=4)
    assert life.stage == "persuading"
    life.wait(1)
    assert "No persuasion visit for weeks" not in life.desk("supervisor")
    life.do("village", "cause", enquired_on=life.today, cause="LEARNING", destination="")
    life.fail()
    life.step("school", "report")
    assert life.stage == "reporting"


def test_an_old_notice_does_not_count_for_a_second_departure(life: Life) -> None:
    """After the return and the relapse, a new notice has a receipt of its own."""
    life.notice()
    life.sign("supervisor", "return_notice")
    life.serve("supervisor", "return_notice")
    life.come_back()
    life.wait(30)
    life.do("school", "missing", looked_on=life.today, days_missed=5)
    life.do("village", "cause", enquired_on=life.today, cause="WORK", destination="")
    life.fail()
    life.step("school", "report")
    life.sign("school", "written_report")
    life.do("school", "written_report", sent_on=life.today)
    life.do("supervisor", "talk", talked_on=life.today, met="the mother", result="none")
    life.step("supervisor", "notice")
    assert set(denied(life, "bureau", "order")) == {"not_served"}
    assert "The notice runs out: order the return if the child is not back" not in life.desk("bureau")


# ------------------------------------------------------------------ notice, order, court


def test_the_notice_needs_the_report_and_the_talk(life: Life) -> None:
    """Both reasons are told at once."""
    life.report()
    assert set(denied(life, "supervisor", "notice")) == {"not_reported", "parents_not_spoken_to"}
    assert "Criticise and advise the parents" in life.desk("supervisor")


def test_the_notice_runs_from_its_receipt_and_then_waits_for_the_bureau(life: Life) -> None:
    """Served on Monday, seven days: on the day they end the bureau has a task, and may order on the next."""
    life.notice()
    life.wait(2)
    life.sign("supervisor", "return_notice")
    life.serve("supervisor", "return_notice")
    served = life.today
    assert denied(life, "bureau", "order") == {"time_left": {"day": served + timedelta(days=7)}}
    life.wait(6)
    assert life.desk("bureau") == []
    life.wait(1)
    assert life.desk("bureau") == ["The notice runs out: order the return if the child is not back"]
    assert "See whether the notice was followed" in life.desk("supervisor")
    life.wait(14)
    assert life.desk("bureau", overdue=True)
    assert "Nobody has looked whether the notice was followed" in life.desk("county", overdue=True)
    life.step("bureau", "order")
    assert (life.stage, "The notice runs out: order the return if the child is not back" in life.desk("bureau")) == ("ordered", False)


def test_a_corrected_receipt_moves_its_deadline(life: Life) -> None:
    """The date was mistyped: what counts from it counts anew."""
    life.notice()
    life.sign("supervisor", "return_notice")
    life.wait(6)
    life.serve("supervisor", "return_notice")
    served = life.today - timedelta(days=4)
    life.serve("supervisor", "return_notice", served, reason="the receipt says so")
    assert denied(life, "bureau", "order") == {"time_left": {"day": served + timedelta(days=7)}}
    assert life.due("follow_notice") == (served + timedelta(days=7)).isoformat()
    life.wait(3)
    assert life.desk("bureau") == ["The notice runs out: order the return if the child is not back"]


def test_the_court_is_a_persons_decision(life: Life) -> None:
    """When the order has run out the county is told; nothing goes to court by itself, and nobody below may send it."""
    life.order()
    life.sign("deputy", "return_order")
    life.serve("bureau", "return_order")
    life.wait(16)
    assert life.stage == "ordered"
    assert "The order runs out: decide on the court if the child is not back" in life.desk("county")
    with pytest.raises(NotPermitted):
        life.step("supervisor", "to_court", decided_on=life.today, why="it is time")
    life.step("county", "to_court", decided_on=life.today, why="every step was in vain")
    assert (life.stage, life.desk("supervisor")) == ("in_court", ["Ask where the matter stands at the court"])
    life.step("bureau", "persuade_again", decided_on=life.today, why="the court asks for one more try")
    assert life.stage == "persuading"


def test_nobody_is_given_up_before_school_age_ends(life: Life) -> None:
    """The child is twelve."""
    assert denied(life, "county", "age_out", decided_on=life.today, why="gone") == {"of_school_age": {"age": 12, "needed": 16}}


# ------------------------------------------------------------------ help by cause


def test_child_labour_is_laid_on_the_supervisors_desk_at_once(life: Life) -> None:
    """Due the same day, and it stays there when the case moves on."""
    life.persuade("WORK")
    assert "Early marriage or child labour: report it to the police" in life.desk("supervisor")
    life.come_back()
    assert "Early marriage or child labour: report it to the police" in life.desk("supervisor")


@pytest.mark.parametrize(("cause", "program"), [("POVERTY", "aid"), ("UNCARED", "pairing"), ("MARRIAGE", "protection"), ("AVERSION", None)])
def test_help_is_asked_by_cause(life: Life, cause: str, program: str | None) -> None:
    """The referral is written down in the event that confirmed the cause, whether the other program runs or not."""
    life.persuade(cause)
    referred = [one["program"] for event in life.story() for one in event["says"].get("did", []) if one["what"] == "referred"]
    assert referred == ([program] if program else [])


# ------------------------------------------------------------------ nobody is forgotten

SILENCES: dict[str, tuple[Callable[[Life], None], str]] = {
    "suspected": (lambda life: None, "supervisor"),
    "registered": (Life.register, "supervisor"),
    "persuading": (Life.persuade, "supervisor"),
    "reporting": (Life.report, "county"),
    "noticed": (Life.notice, "county"),
    "ordered": (Life.order, "county"),
    "in_court": (Life.sue, "county"),
    "monitored": (Life.come_back, "supervisor"),
}


@pytest.mark.parametrize("stage", SILENCES)
def test_silence_in_a_stage_is_heard(life: Life, stage: str) -> None:
    """Seven weeks without a step: something is overdue on the desk of who must hear it."""
    reach, who = SILENCES[stage]
    reach(life)
    assert life.stage == stage
    life.wait(49)
    assert life.stage == stage
    assert life.desk(who, overdue=True)


def test_a_forgotten_child_reaches_the_county(life: Life) -> None:
    """First the supervisor; when nothing happens there either, the county office."""
    life.wait(14)
    assert "A suspected dropout lies still: check, register or excuse" in life.desk("supervisor")
    assert life.desk("county") == []
    life.wait(14)
    assert life.desk("county") == ["A township leaves a dropout unattended"]


def test_an_escalation_is_one_task_that_reminds(life: Life) -> None:
    """Seven weeks of silence do not bury the supervisor under a task a week."""
    life.wait(49)
    assert len(life.desk("supervisor")) == len(set(life.desk("supervisor")))


def test_a_step_takes_what_was_late_off_the_desk(life: Life) -> None:
    """Once the case has moved on, nobody looks for what was late before."""
    life.wait(28)
    life.register()
    assert (life.desk("supervisor"), life.desk("county")) == (["Confirm the cause"], [])


def test_one_late_tick_is_many_small_ones(new_life: Callable[[], Life]) -> None:
    """Six weeks without the clock's turn, then one: the same events with the same dates, and the same desks, as with a turn a day."""
    late, daily = new_life(), new_life()
    for life, every in ((late, None), (daily, 1)):
        life.persuade()
        life.visit("AGREED", promised_for=life.today + timedelta(days=3))
        life.wait(42, every=every)

    def told(life: Life) -> list[Any]:
        return [(event["n"], event["at"], event["kind"], event["actor"], event["says"]) for event in life.story()]

    assert told(late) == told(daily)
    assert [late.desk(who) for who in late.people] == [daily.desk(who) for who in daily.people]


def test_every_life_can_be_explained_to_its_end(life: Life) -> None:
    """Events are numbered without gaps, each with its time, its actor and its kind."""
    life.notice()
    life.wait(42)
    story = life.story()
    assert [event["n"] for event in story] == list(range(1, len(story) + 1))
    assert all(event["at"] and event["actor"] and event["kind"] for event in story)
    assert sorted(event["at"] for event in story) == [event["at"] for event in story]
