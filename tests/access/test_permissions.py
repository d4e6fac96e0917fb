"""Every command, given as everybody who may ask, about everything he may ask about, is answered as the table says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tests.access.matrix.asked import about, ask
from tests.access.matrix.county import County
from tests.access.matrix.words import WORDS
from tools.permissions.table import ON_A_SERVER, ROWS
from tools.references.commands import commands

SLOW = ("healthcheck curves", "office restore", "office init", "plugin check", "plugin simulate")
"""Of the answers of these that are all the same, the first few are asked for."""
FEW = 3


@pytest.fixture(params=["sqlite", "postgresql"])
def county(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[County]:
    """The county, on each kind of database."""
    monkeypatch.setenv("CARE_LANG", "en")
    if request.param == "sqlite":
        made = County(tmp_path / "county", None)
        yield made
        made.close()
        return
    cluster, names = request.getfixturevalue("care_cluster"), []

    def new_database() -> str:
        names.append(cluster.make("template0"))
        return str(cluster.address(names[-1]))

    made = County(tmp_path / "county", new_database(), new_database)
    yield made
    made.close()
    for name in names:
        cluster.drop(name)


def test_every_command_is_in_the_table() -> None:
    """With words to give it; and nothing else is."""
    there = {" ".join(words[1:]) for words, command, _ in commands() if not isinstance(command, click.Group)}
    assert (there - set(ROWS), set(ROWS) - there) == (set(), set())
    assert (there - set(WORDS), set(WORDS) - there) == (set(), set())
    assert [name for name, row in ROWS.items() if (row.other is not None) != about(WORDS[name])] == []


def test_every_answer_is_as_the_table_says(county: County, tmp_path: Path) -> None:
    """And none names what is out of sight."""
    wrong = []
    for command, row in ROWS.items():
        given: Counter[str] = Counter()
        for n, ((desk, where), expected) in enumerate(row.cells().items()):
            given[expected] += 1
            if command in SLOW and given[expected] > FEW:
                continue
            if command in ON_A_SERVER and expected == "done" and not county.on_a_server:
                expected = "refused"
            if command in FINDS and expected == "done" and county.on_a_server:
                expected = "refused"
            try:
                found = ask(county, command, desk, where, tmp_path / f"{command} {n}")
            except Exception as error:
                wrong.append(f"care {command}, {desk}, {where}: {type(error).__name__}: {error}")
                continue
            told = (found.answer.err or found.answer.out).strip()[:200]
            if found.outcome != expected:
                wrong.append(f"care {command}, {desk}, {where}: {found.outcome}, not {expected}: {told}")
            if found.shown and command not in REVEALS:
                wrong.append(f"care {command}, {desk}, {where}: tells of {found.shown}: {told}")
    assert not wrong, "\n".join([f"{len(wrong)} answers are otherwise:", *wrong[:30]])


FINDS = ("office doctor",)
"""Looks at the tests' server, which does not wait for its disk, and says so: it was done, and ends with 1."""

REVEALS = ("child reveal", "child access-report", "child request print")
"""Show what is whole, to whoever may see it, for a purpose: that is what they are for."""
