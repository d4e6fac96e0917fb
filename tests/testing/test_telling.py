"""A red test of an author says what was denied and why, what waits, and when the next timer goes off; seen in pytest's own output."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]
PROGRAM = Path(__file__).parent / "tutoring.py"
BEGINNING = "from tutoring import *\nfrom workflow_core.testing import *\nfrom datetime import date\n\n"


@pytest.fixture
def red(pytester: pytest.Pytester) -> Callable[[str], str]:
    """Runs an author's test that must fail; what pytest prints of it."""

    def run(body: str) -> str:
        pytester.makepyfile(tutoring=PROGRAM.read_text("utf-8"))
        pytester.makepyfile(test_author=BEGINNING + body)
        done = pytester.runpytest("-p", "no:cacheprovider", "-q", "--tb=short")
        done.assert_outcomes(failed=1)
        return str(done.stdout)

    return run


def test_a_denied_step_tells_each_reason_and_what_waits(red: Callable[[str], str]) -> None:
    """The reason with its code and hint, the task with who and when, the timer, and how it came there."""
    told = red("def test_it(scenario):\n    case = scenario(PROGRAM).open(TUTORING)\n    case.take(EXAMINE, mark=70)\n")
    for line in (
        "Refused: it cannot be done now  [denied]",
        "· 0 of 2 lessons were held  [too_few]",
        "→ hold another: the task 'lesson'",
        "TU-26-00001 stands in 'Tutored' (begun); it is 2026-09-01 09:00",
        "waits: lesson: 'Lesson', for school or child_director, due 2026-09-07",
        "timer: silent goes off at 2026-09-22 00:00",
        "2026-09-01 09:00  school  opened",
    ):
        assert line in told


def test_a_wrong_stage_is_told_though_its_office_is_closed(red: Callable[[str], str]) -> None:
    """What was asserted after the block is not hidden by a database that is gone."""
    told = red("def test_it():\n    with Scenario(PROGRAM) as world:\n        stage = world.open(TUTORING).stage\n    assert stage is CAUGHT_UP\n")
    assert "begun is caught_up" in told
    assert "the case cannot be told any more" in told


def test_a_second_scenario_is_refused_on_every_database(red: Callable[[str], str]) -> None:
    """A test that is green on SQLite is not red on PostgreSQL for that."""
    told = red("def test_it(scenario):\n    scenario(PROGRAM)\n    scenario(PROGRAM)\n")
    assert "a test plays one scenario, whatever the database" in told


def test_a_wrong_stage_tells_what_keeps_the_case_there(red: Callable[[str], str]) -> None:
    """``assert case.stage is …`` says where it stands, and why each way out is shut."""
    told = red(
        "def test_it(scenario):\n"
        "    case = scenario(PROGRAM).open(TUTORING)\n"
        "    for _ in range(2):\n"
        "        case.do(LESSON, held_on=case.scenario.today, subject=Subject.MATHS)\n"
        "        case.scenario.later(weeks(1))\n"
        "    case.take(EXAMINE, mark=50)\n"
        "    assert case.stage is CAUGHT_UP\n"
    )
    assert "examined is caught_up" in told
    assert "finish → caught_up, by itself: not open" in told
    assert "· the examination was not passed  [not_passed]" in told


def test_any_other_red_test_tells_of_its_cases_too(red: Callable[[str], str]) -> None:
    """In a section of the report of its own."""
    told = red("def test_it(scenario):\n    case = scenario(PROGRAM).open(TUTORING)\n    assert case.record.lessons == 3\n")
    assert "the cases of the scenario" in told
    assert "waits: lesson" in told


def test_a_step_that_was_to_be_refused_and_is_open(red: Callable[[str], str]) -> None:
    """It says to whom it is open."""
    told = red(
        "def test_it(scenario):\n    case = scenario(PROGRAM).open(TUTORING)\n    case.refused(LESSON, held_on=case.scenario.today, subject=Subject.MATHS)\n"
    )
    assert "'lesson' was to be refused, and is open to school" in told


def test_a_paper_that_is_not_there(pytester: pytest.Pytester, red: Callable[[str], str]) -> None:
    """It names the paper, and where the case stands."""
    told = red(
        "def test_it(scenario):\n    case = scenario(PROGRAM).open(TUTORING)\n    case.paper(Document('card', 'Card', template='card.html.j2'))\n".replace(
            "def test_it", "from workflow_core import Document\n\ndef test_it"
        )
    )
    assert "TU-26-00001 has no paper 'card'" in told
    assert "stands in 'Tutored'" in told


def test_a_green_test_says_nothing(pytester: pytest.Pytester) -> None:
    """And the header names the version of the kit and the databases."""
    pytester.makepyfile(tutoring=PROGRAM.read_text("utf-8"))
    pytester.makepyfile(test_author=BEGINNING + "def test_it(scenario):\n    assert scenario(PROGRAM).open(TUTORING).stage is BEGUN\n")
    done = pytester.runpytest("-p", "no:cacheprovider")
    done.assert_outcomes(passed=1)
    assert "careflow test kit: 1, scenarios on sqlite" in str(done.stdout)
    assert "the cases of the scenario" not in str(done.stdout)


def test_both_databases_are_asked_for_by_an_option(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where PostgreSQL is not to be found that half is skipped and said loudly; asked for by the environment it is red."""
    monkeypatch.setenv("CARE_POSTGRES_BIN", str(tmp_path))
    for name in ("CI", "CARE_REQUIRE_POSTGRES"):
        monkeypatch.delenv(name, raising=False)
    pytester.makepyfile(tutoring=PROGRAM.read_text("utf-8"))
    pytester.makepyfile(test_author=BEGINNING + "def test_it(scenario):\n    assert scenario(PROGRAM).open(TUTORING).stage is BEGUN\n")
    done = pytester.runpytest("-p", "no:cacheprovider", "--care-database=both")
    done.assert_outcomes(passed=1, skipped=1)
    assert "NOT TESTED ON POSTGRESQL" in str(done.stdout)
    monkeypatch.setenv("CARE_REQUIRE_POSTGRES", "1")
    pytester.runpytest("-p", "no:cacheprovider", "--care-database=postgresql").assert_outcomes(errors=1)


def test_a_scenario_whose_chains_are_broken_is_red(pytester: pytest.Pytester) -> None:
    """The fixture looks when the test is over."""
    pytester.makepyfile(tutoring=PROGRAM.read_text("utf-8"))
    pytester.makepyfile(
        test_author=BEGINNING + "from sqlalchemy import update\nfrom workflow_core.store.tables import event\n\n"
        "def test_it(scenario):\n    world = scenario(PROGRAM)\n    world.open(TUTORING)\n"
        "    with world.db.write() as tx:\n        tx.execute(update(event).values(actor='somebody else'))\n"
    )
    done = pytester.runpytest("-p", "no:cacheprovider")
    done.assert_outcomes(passed=1, errors=1)
    assert "the chains are broken" in str(done.stdout)


def test_pytest_starts_without_the_engine(tmp_path: Path) -> None:
    """Who has careflow installed and tests something else does not wait for it."""
    heavy = ("sqlalchemy", "alembic", "transitions", "jinja2", "pydantic", "rich", "workflow_core.engine", "workflow_core.definition")
    (tmp_path / "test_other.py").write_text(
        "import sys\n\ndef test_it():\n    assert 'workflow_core.testing.plugin' in sys.modules\n"
        f"    assert [one for one in {heavy} if one in sys.modules] == []\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:hypothesispytest", "test_other.py"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
