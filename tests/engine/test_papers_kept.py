"""What a check-up says of papers and numbers that were changed behind the engine's back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.engine.conftest import Town
from tests.letters.desk import Desk, make_desk
from workflow_core.office.doctor import Checkup, examine_rows

SERVER_OF_TESTS = {"office_unguarded", "setting_unsafe"}
CHANGES = {
    "paper_changed": ["UPDATE document SET fields = '{}'"],
    "number_gap": ["UPDATE sequence SET next = next + 2 WHERE kind LIKE 'paper/%'"],
    "number_behind": ["UPDATE sequence SET next = 1 WHERE kind LIKE 'paper/%'"],
}


@pytest.fixture
def desk(town_of: Callable[..., Town], tmp_path: Path) -> Desk:
    return make_desk(town_of, tmp_path)


def looked_at(desk: Desk) -> list[tuple[str, str]]:
    found = examine_rows(desk.town.db, Checkup()).findings
    return [(one.problem.code, one.problem.place) for one in found if one.problem.code not in SERVER_OF_TESTS]


def test_signed_papers_are_found_sound(desk: Desk) -> None:
    """Served and void ones too: a void paper keeps its number."""
    first, second = desk.served(), desk.signed()
    desk.engine.void(desk.town.supervisor, f"{second}.p1", "the wrong child")
    assert desk.engine.paper(desk.town.teacher, f"{first}.p1").number
    assert looked_at(desk) == []


@pytest.mark.parametrize("code", CHANGES)
def test_what_was_changed_is_found(desk: Desk, code: str) -> None:
    """By its own code, and where it is."""
    ref = desk.signed()
    with desk.town.db.write() as tx:
        for change in CHANGES[code]:
            tx.connection.execute(text(change))
    found = looked_at(desk)
    assert {one for one, _ in found} == {code}
    assert all(place == f"{ref}.p1" if code == "paper_changed" else "paper/" in place for _, place in found)


def test_a_seal_that_was_made_anew_differs_from_the_history(desk: Desk) -> None:
    """Whoever changes a paper and its seal does not change the chain."""
    from workflow_core.clock import civil_date
    from workflow_core.documents.papers import signed_digest

    ref = desk.signed()
    with desk.town.db.write() as tx:
        row = tx.connection.execute(text("SELECT name, number_text, signed_by, template, content FROM document WHERE sealed IS NOT NULL")).one()
        sealed = signed_digest(row.name, row.number_text, civil_date(desk.town.clock.instant), row.signed_by, {}, row.template, row.content)
        tx.connection.execute(text("UPDATE document SET fields = '{}', sealed = :sealed"), {"sealed": sealed})
    assert looked_at(desk) == [("paper_changed", f"{ref}.p1")]


def test_a_case_that_is_gone_leaves_a_gap(desk: Desk) -> None:
    """Its number was given, and is nowhere."""
    desk.sent()
    with desk.town.db.write() as tx:
        tx.connection.execute(text("UPDATE sequence SET next = next + 1 WHERE kind LIKE 'ref/%' AND year > 0"))
    assert [code for code, _ in looked_at(desk)] == ["number_gap"]
