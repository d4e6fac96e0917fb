"""What goes away is dated: authors are told beforehand, the day comes by itself, and who missed it is told what to use."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from inspect import signature
from pathlib import Path

import pytest

import workflow_core
from tools.references import hooks
from tools.references.checks import DEPRECATED as EXAMPLE
from workflow_core.checks import check, check_files, deprecated
from workflow_core.clock import civil_date
from workflow_core.definition import deprecations
from workflow_core.definition.deprecations import DEPRECATED, LEAST_DAYS, Deprecated
from workflow_core.registry import Registry
from workflow_core.registry.hooks import SPECS

LONG_AGO, SOON = date(2026, 1, 1), date(2026, 12, 31)
TABLE = tuple(
    Deprecated(name, LONG_AGO, SOON, instead)
    for name, instead in [
        ("Task.help", "the task's title"),
        ("Escalate", "OpenTask(…)"),
        ("careflow_observe", "a channel"),
        ("careflow_veto.change", "careflow_veto(case)"),
    ]
)
PROGRAM = """
from workflow_core import *

@form
class Policy:
    n: int = ask("N", default=1)

@form
class Record:
    n: int = ask("N", default=1)

A, B = Stage("a", "A"), Stage("b", "B", final=True)
LOOK = Task("look", "Look", by=SCHOOL, due=days(3), late=[Notify(SCHOOL, "late")])
END = Transition("end", "End", source=A, target=B, by=SCHOOL)
W = Workflow("w", "W", prefix="W", subject=None, record=Record, policy=Policy, initial=A, stages=[A, B], transitions=[END], tasks={A: [LOOK]}, open_by=[SCHOOL])
PROGRAM = Program("p", "P", version=1, policy=Policy, workflows=[W])

@hookimpl
def careflow_programs():
    return [PROGRAM]
"""


def exists(row: Deprecated) -> bool:
    """Whether the name of a row is still there."""
    if row.owner in SPECS:
        return not row.parameter or row.parameter in signature(SPECS[row.owner]).parameters
    value = getattr(workflow_core, row.owner, None)
    if value is None or not row.parameter:
        return value is not None
    return row.parameter in ({one.name for one in fields(value)} if is_dataclass(value) else set(signature(value).parameters))


def faults(table: tuple[Deprecated, ...], today: date) -> list[str]:
    """What is wrong with a table on a day."""
    found = [f"{row.name} is gone since {row.until}: take it out" for row in table if row.until <= today and exists(row)]
    found += [f"{row.name} is gone before its day, {row.until}" for row in table if row.until > today and not exists(row)]
    found += [f"{row.name} works on for too short" for row in table if (row.until - row.since).days < LEAST_DAYS]
    return found + [f"{row.name} has nothing instead" for row in table if not row.instead.strip()]


def test_nothing_is_there_longer_than_it_was_said() -> None:
    """The day comes by itself: whoever runs the tests on it takes the name out."""
    assert faults(DEPRECATED, civil_date(datetime.now(UTC))) == []


def test_a_day_that_has_come_is_seen() -> None:
    """The test above would see it: on the day, not before, and not a name that went too early or too soon."""
    assert faults(TABLE, SOON - timedelta(days=1)) == []
    assert len(faults(TABLE, SOON)) == len(TABLE)
    assert faults((Deprecated("Stag", LONG_AGO, SOON, "Stage"),), LONG_AGO) == ["Stag is gone before its day, 2026-12-31"]
    assert faults((Deprecated("Stage", LONG_AGO, LONG_AGO + timedelta(days=9), " "),), LONG_AGO) == [
        "Stage works on for too short", "Stage has nothing instead",
    ]  # fmt: skip


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if all of these were deprecated."""
    monkeypatch.setattr(deprecated, "DEPRECATED", TABLE)
    monkeypatch.setattr(deprecations, "DEPRECATED", TABLE)
    monkeypatch.setattr(hooks, "DEPRECATED", TABLE)


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize(
    ("line", "name"),
    [
        ('MORE = Task("more", "More", by=SCHOOL, help="Look")', "Task.help"),
        ("LATE = Escalate", "Escalate"),
        ("from workflow_core import Escalate as Up", "Escalate"),
        ("import workflow_core as c\nLATE = c.Escalate", "Escalate"),
        ('import workflow_core\nMORE = workflow_core.Task("more", "More", by=SCHOOL, help="Look")', "Task.help"),
        ("@hookimpl\ndef careflow_observe():\n    pass", "careflow_observe"),
        ("@hookimpl\ndef careflow_veto(change):\n    pass", "careflow_veto.change"),
    ],
)
def test_an_author_is_told_what_goes_away(tmp_path: Path, line: str, name: str) -> None:
    """Wherever a file uses it: with the day, the line, and what to use instead."""
    file = tmp_path / "program.py"
    file.write_text(PROGRAM, encoding="utf-8")
    assert list(check_files([file], "p")) == []
    file.write_text(f"{PROGRAM}\n{line}\n", encoding="utf-8")
    told = list(check_files([file], "p"))
    assert {(one.code, one.severity) for one in told} == {("deprecated_name", "warning")}
    assert {one.values["name"] for one in told} == {name}
    assert all("2026-12-31" in one.text() and "program.py, line " in one.text() and one.advice().startswith("use ") for one in told)


@pytest.mark.usefixtures("table")
def test_the_check_of_a_program_looks_into_its_file(tmp_path: Path) -> None:
    """``care plugin check`` tells it among the rest."""
    file = tmp_path / "program.py"
    file.write_text(PROGRAM.replace("Notify", "Escalate"), encoding="utf-8")
    program = Registry.discover(paths=[file], entry_points=False).program("p")
    assert [(one.code, one.place) for one in check(program)] == [("deprecated_name", "p")]


@pytest.mark.usefixtures("table")
def test_the_example_of_the_page_is_told(tmp_path: Path) -> None:
    """The wrong one by this code, the right one by none."""
    file = tmp_path / "example.py"
    for text, wanted in zip(EXAMPLE["deprecated_name"], (["Task.help"], []), strict=True):
        file.write_text(text, encoding="utf-8")
        assert [one.values["name"] for one in check_files([file], "p")] == wanted


def test_the_page_lists_what_goes_away(request: pytest.FixtureRequest) -> None:
    """With its days; or says that nothing does."""
    assert (hooks.NOTHING in hooks.page()) is (not DEPRECATED)
    request.getfixturevalue("table")
    assert "| `Escalate` | 2026-01-01 | 2026-12-31 | OpenTask(…) |" in hooks.page()


@pytest.mark.parametrize(
    ("name", "source", "code"),
    [
        ("careflow_listen", "from workflow_core import hookimpl\n@hookimpl\ndef careflow_listen(change): ...", "hook_gone"),
        ("careflow_veto.event", "from workflow_core import hookimpl\n@hookimpl\ndef careflow_veto(event): ...", "hook_signature"),
        ("Stag", "from workflow_core import Stag", "import_failed"),
    ],
)
def test_a_plugin_that_missed_the_day_is_told_what_to_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, source: str, code: str) -> None:
    """It is listed as failed; the hint names what has taken the place."""
    monkeypatch.setattr(deprecations, "DEPRECATED", (Deprecated(name, LONG_AGO, SOON, "something new"),))
    file = tmp_path / "late.py"
    file.write_text(source, encoding="utf-8")
    (failed,) = Registry.discover(paths=[file], entry_points=False).failed.values()
    assert failed.code == code
    assert "something new" in failed.advice()
    assert "2026-12-31" in failed.text() + failed.advice()
