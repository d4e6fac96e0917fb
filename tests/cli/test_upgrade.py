"""``care program upgrade`` and ``care case close``: an administrator's way with versions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.helping import TOWNSHIP, Care, Ran

HERE = Path(__file__).parents[1] / "faults"


@pytest.fixture
def books(cases: Care, monkeypatch: pytest.MonkeyPatch) -> Care:
    """Runs ``care`` in an office with two open loans of version 1, with version 2 installed."""

    def with_version(n: int) -> Care:
        file = HERE / f"lent_{('first', 'second')[n - 1]}.py"

        def call(*words: object, code: int | None = 0, breaks: bool = False) -> Ran:
            return cases("--plugin", file, *words, code=code, breaks=breaks)

        return call

    first = with_version(1)
    first("program", "enable", "books", "--township", TOWNSHIP)
    for n in (1, 2):
        first("case", "open", "books", f"C-00000{n}", "--set", "title=Heidi")
    first("case", "advance", "LB-26-00002", "give")
    return with_version(2)


def test_a_trial_tells_each_case_and_writes_nothing(books: Care) -> None:
    """Counts, then what becomes of each; as JSON all of it."""
    said = books("program", "upgrade", "books", "--dry-run")
    assert "is now: fetch → bring; dropped: stamp" in said.out
    assert "2 of 2 cases would move to version 2." in said.out
    document = books("program", "upgrade", "books", "--dry-run", "--json").json
    assert (document["done"], document["left"], document["dry_run"]) == (2, 0, True)
    assert {one["stage"]: one["to"] for one in document["counts"]} == {"waiting": "wished", "out": "reading"}
    assert "upgrade" in books("case", "advance", "LB-26-00002", "return", code=1).err


def test_there_and_back(books: Care) -> None:
    """The history tells both; a second time there is nothing to do."""
    assert "2 of 2 cases moved to version 2." in books("program", "upgrade", "books").out
    assert "Every open case runs on version 2." in books("program", "upgrade", "books").out
    told = books("case", "history", "LB-26-00002").out
    assert "Moved to version 2 of its program: Lent → With the child" in told
    assert "2 of 2 cases would be taken back." in books("program", "upgrade", "books", "--undo", "--dry-run").out
    assert "2 of 2 cases were taken back." in books("program", "upgrade", "books", "--undo").out
    assert "Taken back to version 1 of its program: With the child → Lent" in books("case", "history", "LB-26-00002").out
    assert "Nothing to take back" in books("program", "upgrade", "books", "--undo").out


def test_one_case_by_itself(books: Care) -> None:
    """The other one waits."""
    assert "1 of 1 case moved" in books("program", "upgrade", "books", "--case", "LB-26-00001").out
    assert "It waits for an upgrade of its program" in books("case", "show", "LB-26-00002").err
    assert books("program", "upgrade", "books", "--case", "LB-26-00009", code=5).err.startswith("Error: there is no case LB-26-00009")


def test_stopped_it_says_that_nothing_is_half_done(books: Care, monkeypatch: pytest.MonkeyPatch) -> None:
    """After Ctrl-C the same command goes on."""
    from workflow_core.engine import upgrade_case, upgrading

    real, seen = upgrade_case.move, []

    def stopping(*given: object, **named: object) -> object:
        seen.append(1)
        if len(seen) == 2:
            raise KeyboardInterrupt
        return real(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(upgrading, "move", stopping)
    assert "Stopped. Each case has moved or has not moved" in books("program", "upgrade", "books", code=130).err
    monkeypatch.undo()
    left = books("program", "upgrade", "books", "--dry-run", "--json").json
    assert left["done"] == 2
    assert "2 of 2 cases moved" in books("program", "upgrade", "books").out


def test_only_an_administrator(books: Care) -> None:
    """Told which role it needs."""
    books("account", "add", "clerk")
    books("account", "grant", "clerk", "school", "--township", TOWNSHIP)
    said = books("--as", "clerk", "program", "upgrade", "books", code=3)
    assert "admin" in said.err


# ------------------------------------------------------------------ the program is gone


def test_a_case_of_a_program_that_is_gone_is_read_verified_and_closed(books: Care, cases: Care) -> None:
    """Nothing of the program is needed for it."""
    assert "Its program is not installed" in cases("case", "show", "LB-26-00002").err
    assert "Hand out: Asked for → Lent" in cases("case", "history", "LB-26-00002").out
    assert "care case close" in cases("office", "upgrade-check", code=1).out.replace("\n", " ")
    cases("case", "close", "LB-26-00001", code=2)
    assert cases("case", "close", "LB-26-00001", "--reason", "no longer run").out.strip() == "LB-26-00001: Brought back"
    several = cases("case", "close", "LB-26-00001", "LB-26-00002", "--reason", "no longer run", "--json", code=1).json
    assert (several["done"], [one["code"] for one in several["refused"]]) == (["LB-26-00002"], ["case_closed"])
    assert "Closed without its program: Lent → Brought back" in cases("case", "history", "LB-26-00002").out
    verified = json.loads(cases("journal", "verify", "--json").out)
    assert (verified["found"], verified["problems"]) == (0, [])
    assert verified["events"] > 3
    assert cases("case", "close", "DR-26-00001", "--reason", "why", code=1).err.startswith("Refused: the program of DR-26-00001 is installed")
