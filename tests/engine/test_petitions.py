"""What a family asks about its data waits until it is answered, by two where it is refused, and the answer is printed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from workflow_core.access.grants import Actor, Grant
from workflow_core.definition import SCHOOL, SUPERVISOR
from workflow_core.engine import answers_due, petitions
from workflow_core.errors import CareError, Misused, NotFound, NotPermitted, Refused
from workflow_core.registry import Registry
from workflow_core.store import journal_reading
from workflow_core.testing.scenario import Scenario

DROPOUT = Registry.discover().programs["dropout_return"]


def of(login: str, division: str = "990101", role: str = SUPERVISOR.name) -> Actor:
    """Somebody with a role."""
    return Actor(login, (Grant(role, "division", division, None, "2020-01-01", None),), training=False, account_id=login)


ONE, OTHER, ELSEWHERE, LOOKS = of("one"), of("other"), of("elsewhere", "990102"), of("boss", role="admin")


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Scenario]:
    """An office."""
    with Scenario(DROPOUT, on=date(2026, 10, 21), folder=tmp_path) as made:
        yield made


def received(here: Scenario, kind: str = "correct", on: date | None = None) -> petitions.Petition:
    """A request about a child."""
    return petitions.receive(here.engine.runtime, ONE, here.child().ref, kind, said_by="the mother", what="the grade is four", on=on)


def test_it_waits_until_it_is_answered(here: Scenario) -> None:
    """With a day; told as late when that is over; seen by those who work there and by nobody else; answered once."""
    runtime, made = here.engine.runtime, received(here, on=here.today - timedelta(days=16))
    assert (made.ref, made.late, made.due) == ("Q-000001", True, here.today - timedelta(days=1))
    assert [answers_due.requests_waiting(runtime, who) for who in (OTHER, ELSEWHERE, LOOKS)] == [(1, 1), (0, 0), (0, 0)]
    done = petitions.answer(runtime, ONE, made.ref, "granted", "the grade was corrected")
    assert (done.state, done.late, answers_due.requests_waiting(runtime, OTHER), petitions.listed(runtime, OTHER)) == ("granted", False, (0, 0), [])
    assert [one.ref for one in petitions.listed(runtime, OTHER, every=True)] == [made.ref]
    with pytest.raises(Refused) as twice:
        petitions.answer(runtime, OTHER, made.ref, "refused", "no")
    assert twice.value.code == "petition_answered"
    with here.db.read() as tx:
        kinds = [one["kind"] for one in journal_reading.latest(tx, kind="petition_answered", limit=10)]
    assert kinds == ["petition_answered"]


def test_who_received_it_does_not_refuse_it_alone(here: Scenario) -> None:
    """A colleague does, with a reason, who does not stand in for that one."""
    runtime, made = here.engine.runtime, received(here)
    with pytest.raises(NotPermitted) as alone:
        petitions.answer(runtime, ONE, made.ref, "refused", "it is right as it stands")
    with pytest.raises(Misused) as silent:
        petitions.answer(runtime, OTHER, made.ref, "refused", " ")
    with pytest.raises(NotPermitted) as lent:
        petitions.answer(runtime, replace(OTHER, grants=(*OTHER.grants, replace(ONE.grants[0], stands_for="one"))), made.ref, "refused", "it is right")
    assert (alone.value.code, silent.value.code, lent.value.code) == ("four_eyes", "reason_missing", "four_eyes")
    assert petitions.answer(runtime, OTHER, made.ref, "refused", "it is right as it stands").answered_by == OTHER.login


def test_who_received_it_does_not_say_alone_that_it_was_withdrawn(here: Scenario) -> None:
    """Nor an ordinary account of a training office; whoever holds every role there does, and it is marked."""
    runtime, made = here.engine.runtime, received(here)
    for state in petitions.UNDONE:
        with pytest.raises(NotPermitted) as alone:
            petitions.answer(runtime, replace(ONE, training=True), made.ref, state, "she called")
        assert alone.value.code == "four_eyes"
    petitions.answer(runtime, replace(ONE, training=True, every_role=True), made.ref, "withdrawn", "she called")
    with here.db.read() as tx:
        (told,) = journal_reading.latest(tx, kind="petition_answered", limit=10)
    assert '"eyes":"training"' in str(told).replace(" ", "").replace("'", '"')


@pytest.mark.parametrize(("who", "code"), [(ELSEWHERE, "petition_unknown"), (LOOKS, "not_permitted"), (of("s", role=SCHOOL.name), "")])
def test_only_who_works_there_answers(here: Scenario, who: Actor, code: str) -> None:
    """Elsewhere it looks as if there were none; administering is not the work."""
    made = received(here)
    told = ""
    try:
        petitions.answer(here.engine.runtime, who, made.ref, "granted", "done")
    except CareError as error:
        told = error.code
    assert told == code


def test_what_says_nothing_is_refused(here: Scenario) -> None:
    """Nobody, nothing, a day to come; a child that is not on file."""
    runtime, child = here.engine.runtime, here.child().ref
    for said in ({"said_by": " ", "what": "x"}, {"said_by": "x", "what": ""}, {"said_by": "x", "what": "x", "on": here.today + timedelta(days=1)}):
        with pytest.raises(Misused):
            petitions.receive(runtime, ONE, child, "see", **said)
    with pytest.raises(NotFound):
        petitions.receive(runtime, ONE, "C-009999", "see", said_by="x", what="x")


def test_the_answer_bears_the_name_and_printing_it_is_written_down(here: Scenario) -> None:
    """It goes to the family; before it is answered there is none."""
    runtime, made = here.engine.runtime, received(here)
    with pytest.raises(Refused) as waits:
        petitions.to_print(runtime, ONE, made.ref)
    petitions.answer(runtime, ONE, made.ref, "granted", "done")
    found, name, division = petitions.to_print(runtime, ONE, made.ref)
    assert (waits.value.code, found.state, "*" in name, division[:6]) == ("petition_waits", "granted", False, "990101")
    with here.db.read() as tx:
        assert len(journal_reading.latest(tx, kind="petition_printed", limit=10)) == 1
