"""The simulator: what it finds, that it finds the same again, and that it says what is wrong with odds."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from tests.simulate import planted
from workflow_core import SUPERVISOR, Transition
from workflow_core.errors import Misused
from workflow_core.registry import Registry
from workflow_core.testing.simulate import simulate_lives as simulate
from workflow_core.testing.simulate_chart import chart
from workflow_core.testing.simulate_odds import odds_of, read_odds
from workflow_core.testing.simulate_report import GRAVE, percentile
from workflow_core.testing.simulate_world import month

FOUND = Registry.discover().programs
FIRST_PARTY = [(FOUND[name], one) for name in ("camp", "dropout_return", "healthcheck", "pairing") for one in FOUND[name].workflows]


ENDS_SELDOM: dict[tuple[str, str], set[str]] = {}
"""Final stages that a hundred lives need not come to, and why."""


def own_odds(program: Any) -> Path | None:
    """The file of odds that the program ships, where it does."""
    file = Path(str(sys.modules[program.policy.__module__].__file__)).parent / "odds.toml"
    return file if file.is_file() else None


def codes(report: Any) -> list[tuple[str, str]]:
    return [(one.code, one.place) for one in report.problems]


def test_a_planted_trap_is_found_with_what_holds_the_cases_in_it() -> None:
    """A stage whose only way out nothing ever satisfies: the check of definitions cannot see it, a hundred lives can."""
    report = simulate(planted.TRAP, cases=100, weeks=12)
    (trap,) = [one for one in report.problems if one.code == "trap"]
    assert (trap.place, trap.values["n"] > 5) == ("bog", True)
    assert trap.advice() == "most often: it weighs … only"
    assert ("never_taken", "climb") in codes(report)
    assert ("never_fired", "late") in codes(report)
    assert ("never_fired", "still") not in codes(report)


def test_cases_that_go_round_for_ever_are_told_as_a_circle() -> None:
    """Each stage is left, and yet none finds an end."""
    (circle,) = [one for one in simulate(planted.ROUND, cases=100, weeks=12).problems if one.code == "goes_round"]
    assert circle.text().endswith("cases go round for ever: On the shore, In the marsh")


@pytest.mark.parametrize("program", [planted.STUCK, planted.BARRED], ids=["nobody can do anything more", "only the clock goes on"])
def test_cases_that_are_stuck_where_others_get_away_are_told(program: Any) -> None:
    """A few lucky ones come to an end: that does not hide the many that never can."""
    report = simulate(program, cases=200, seed=2)
    (stuck,) = [one for one in report.problems if one.code == "stuck"]
    assert (stuck.place, stuck.values["n"] > 100, report.ends["over"] > 0) == ("new", True, True)
    assert stuck.advice() == "most often: it weighs …"


def test_a_wait_that_ends_is_no_trap() -> None:
    """Every way refused for longer than eight weeks: in the end each case gets away."""
    wait = Transition("wait", "Wait", source=planted.NEW, target=planted.OVER, by=SUPERVISOR, guards=[planted.long_enough])
    report = simulate(planted.program(ways=(wait,), timers=(planted.WATCH,)), cases=100)
    assert codes(report) == []
    assert report.freed["new"][0] >= 70


def test_a_sound_program_has_nothing_said_against_it() -> None:
    """All that it foresees happens in two hundred lives."""
    report = simulate(planted.SOUND, cases=200)
    assert codes(report) == []
    assert report.ends["over"] + sum(report.open.values()) == report.cases == 200
    assert report.counts["timers"]["still"] > 0
    assert report.counts["late"]["weigh"] > 0


def test_the_same_seed_gives_the_same_result_with_any_number_of_processes() -> None:
    """And another seed another one."""
    first = simulate(planted.TRAP, cases=220, weeks=8, seed=7, jobs=1).as_dict()
    assert simulate(planted.TRAP, cases=220, weeks=8, seed=7, jobs=2).as_dict() == first
    assert simulate(planted.TRAP, cases=220, weeks=8, seed=8, jobs=1).as_dict() != first


def test_odds_are_kept() -> None:
    """A chance of nothing never happens; days that are said are the days that pass."""
    said = {"chance": {"sink": 1, "rise": 1, "weigh": 1}, "days": {"sink": [10, 10], "weigh": [2, 2], "rise": [3, 3]}}
    report = simulate(planted.SOUND, cases=60, odds=odds_of(said, planted.SOUND))
    assert report.open.total() == 0
    assert 10 <= (percentile(report.stays["new"], 50) or 0) <= 14
    assert 4 <= (percentile(report.stays["bog"], 50) or 0) <= 9
    none = simulate(planted.SOUND, cases=30, odds=odds_of({"chance": {"sink": 0}}, planted.SOUND))
    assert none.open == {"new": 30}
    assert codes(none) == [("never_reached", "bog"), ("never_reached", "over"), ("trap", "new")]


def test_a_field_is_filled_in_by_its_shares() -> None:
    """What is never found is never written down."""
    program = FOUND["dropout_return"]
    odds = odds_of({"fields": {"Verification.finding": {"GONE": 1}, "DropoutRecord.last_attended": [-30, -20]}, "chance": {"return": 0, "age_out": 0}}, program)
    report = simulate(program, cases=20, weeks=10, odds=odds)
    assert report.ends == {}
    assert report.counts["ways"]["excuse"] == 0
    assert report.counts["ways"]["confirm"] > 0


def test_all_that_is_wrong_with_odds_is_told_at_once() -> None:
    """Misspelt names with a guess, numbers out of bounds, sections that are not there."""
    wrong = {
        "chances": {}, "chance": {"go": 2, "sikn": 1}, "days": {"sink": [5, 2], "rise": "soon"}, "fields": {"Look.wight": [1, 2], "Look.weight": [9, 1]},
        "policy": {"what": 1},
    }  # fmt: skip
    with pytest.raises(Misused) as refused:
        odds_of(wrong, planted.SOUND)
    places = [one.place for one in refused.value.problems]
    assert places[:7] == ["chances", "days.sink", "days.rise", "chance.go", "chance.sikn", "fields.Look.wight", "fields.Look.weight"]
    assert len(places) == 8
    assert refused.value.problems[4].values["meant"] == "sink"
    with pytest.raises(Misused, match="odds in"):
        odds_of({"fields": {"Visit.outcome": {"ABSENT": 1}}}, FOUND["dropout_return"])


def test_a_file_of_odds_that_is_none_is_refused(tmp_path: Path) -> None:
    """Not there, or not TOML."""
    with pytest.raises(Misused, match="no file"):
        read_odds(tmp_path / "odds.toml", planted.SOUND)
    (tmp_path / "odds.toml").write_text("chance = [", encoding="utf-8")
    with pytest.raises(Misused, match="odds in"):
        read_odds(tmp_path / "odds.toml", planted.SOUND)


def test_the_ready_odds_of_dropout_return_are_right() -> None:
    """They name what the program has; with them most cases that were persuaded come to the order, as the township reported."""
    import careflow_dropout_return

    program = FOUND["dropout_return"]
    odds = read_odds(Path(str(careflow_dropout_return.__file__)).parent / "odds.toml", program)
    assert odds.chance_of("return", "persuading") == pytest.approx(194 / 2594, abs=0.001)
    assert odds.chance_of("return", "ordered") == pytest.approx(33 / 53, abs=0.01)
    report = simulate(program, cases=40, seed=1, odds=odds)
    assert report.counts["edges"]["noticed", "ordered"] > report.counts["edges"]["persuading", "monitored"]
    assert not {one.code for one in report.problems} & set(GRAVE)


@pytest.mark.parametrize(("program", "workflow"), FIRST_PARTY, ids=[f"{program.name}.{one.name}" for program, one in FIRST_PARTY])
def test_no_case_of_ours_is_caught(program: Any, workflow: Any) -> None:
    """Every workflow that comes with careflow: no trap, no circle, no fault in the program."""
    report = simulate(program, workflow, cases=40, weeks=30, seed=5, odds=own_odds(program))
    assert not {one.code for one in report.problems} & set(GRAVE)


def test_a_way_of_the_system_that_nothing_fires_is_not_taken_by_chance() -> None:
    """Nobody takes it in an office: whoever comes to the stage before it lies there."""
    report = simulate(planted.UNFIRED, cases=60)
    assert report.counts["ways"]["drift"] == 0
    assert [(one.code, one.place) for one in report.problems if one.code in GRAVE] == [("trap", "bog")]


def test_what_hangs_on_a_batch_is_told_as_not_simulated() -> None:
    """Of the camp the stages that a decision over all campers leads to, and those behind them; none of them is called unreachable."""
    program = FOUND["camp"]
    report = simulate(program, program.workflow("edition"), cases=60, weeks=30, seed=5, odds=own_odds(program))
    beyond = [one.place for one in report.problems if one.code == "not_simulated"]
    assert beyond[-5:] == ["drawn", "ready", "running", "over", "closed"]
    assert not {one.place for one in report.problems if one.code == "never_reached"} & {"drawn", "ready", "running", "over", "closed"}


@pytest.mark.parametrize(("program", "workflow"), FIRST_PARTY, ids=[f"{program.name}.{one.name}" for program, one in FIRST_PARTY])
def test_every_workflow_of_ours_comes_to_its_ends(program: Any, workflow: Any) -> None:
    """Each final stage is seen, but for those that are told as not simulated; and cases do end."""
    known = ENDS_SELDOM.get((program.name, workflow.name), set())
    report = simulate(program, workflow, cases=100, weeks=52, seed=5, odds=own_odds(program))
    beyond = {one.place for one in report.problems if one.code == "not_simulated"}
    ends = {stage.name for stage in workflow.stages if stage.final}
    assert ends - set(report.ends) - beyond <= known
    assert report.days


def test_a_form_that_names_a_case_is_filled_in() -> None:
    """In the record, and on the way: with some case beside."""
    report = simulate(planted.NAMING, cases=60)
    assert (report.failed, report.unopened) == ({}, 0)
    assert report.counts["ways"]["name"] > 0


def test_a_record_that_chance_does_not_find_is_not_simulated_and_no_fault_of_the_program() -> None:
    """It says so, and how to help chance."""
    report = simulate(planted.CANNOT_OPEN, cases=10)
    assert codes(report)[0] == ("not_simulated", "")
    assert not {one.code for one in report.problems} & set(GRAVE)
    said = odds_of({"fields": {"Exact.share": {"0.12": 1}}}, planted.CANNOT_OPEN)
    assert simulate(planted.CANNOT_OPEN, cases=10, odds=said).unopened == 0


@pytest.mark.parametrize(("cases", "weeks"), [(3, 52), (20, 7)])
def test_a_look_that_is_too_short_to_tell_says_so(cases: int, weeks: int) -> None:
    """Too few cases, or too few weeks, to see that one is caught."""
    report = simulate(planted.TRAP, cases=cases, weeks=weeks)
    assert "too_short" in {one.code for one in report.problems}
    assert not report.sound


def test_a_case_in_which_more_and_more_is_done_goes_round(monkeypatch: pytest.MonkeyPatch) -> None:
    """It does not end silently as one that is open."""
    monkeypatch.setattr("workflow_core.testing.simulate_life.MOST_ACTS", 1)
    report = simulate(planted.SOUND, cases=40, jobs=1)
    assert report.round["bog"] > 0
    assert ("goes_round", "bog") in codes(report)


def test_each_case_is_told_as_it_is_lived() -> None:
    """For a bar that shows how far it is."""
    seen: list[int] = []
    simulate(planted.SOUND, cases=12, weeks=8, told=lambda: seen.append(1))
    assert len(seen) == 12


def test_the_chart_is_a_picture_that_can_be_read_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Well-formed, with a column for each week that has work, in the reader's language, loading nothing."""
    report = simulate(planted.SOUND, cases=30)
    root = ET.fromstring(chart(report, {"child_supervisor": "Township child supervisor"}))
    tall = [one for one in root.iter("{http://www.w3.org/2000/svg}rect") if one.get("fill") == "#4269d0"]
    assert len(tall) > 5
    assert "Township child supervisor" in chart(report, {"child_supervisor": "Township child supervisor"})
    monkeypatch.setenv("CARE_LANG", "zh_CN")
    assert "儿童督导员" in chart(report, {"child_supervisor": "Township child supervisor"})
    assert "href" not in chart(report)


def test_a_chart_of_nothing_is_a_chart() -> None:
    """Nobody did anything, and nothing ended."""
    report = simulate(planted.SOUND, cases=2, weeks=1, odds=odds_of({"chance": {"sink": 0}}, planted.SOUND))
    assert ET.fromstring(chart(report)).tag.endswith("svg")


def test_numbers_less_than_one_are_refused() -> None:
    """Of cases, weeks and processes."""
    with pytest.raises(Misused, match="1 or more"):
        simulate(planted.SOUND, cases=0)


def test_every_year_has_a_calendar() -> None:
    """Terms lie in their bounds, the National Day is no working day, and no month is left out."""
    for year in (2026, 2031):
        days = {day: what for number in range(1, 13) for day, what in month(year, number).items()}
        assert len(days) == 365
        assert all(what.bounds is None or what.bounds[0] <= day <= what.bounds[1] for day, what in days.items())
        assert not [day for day, what in days.items() if what.working and (day.month, day.day) == (10, 1)]
        assert 180 < sum(what.school for what in days.values()) < 220
