"""A town with children, volunteers and the people who bring them together, from the first day of a term."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from careflow_pairing.program import PROGRAM
from tests.engine.conftest import TOWNSHIP, Town, actor, make_town
from tests.plugins.pairing import people
from workflow_core.engine.plan_views import Planned
from workflow_core.records import children as files
from workflow_core.store.database import Database


class Term:
    """A township's term, which begins on Tuesday, 1 September 2026."""

    def __init__(self, town: Town, folder: Path) -> None:
        self.town, self.engine, self.folder = town, town.engine, folder
        self.clerk = actor("supervisor", "child_supervisor")
        self.director = actor("director", "child_director")
        self.county = actor("county", "county_office", "child_supervisor", scope="990101")
        self.kids: dict[int, str] = {}

    def children(self, *some: people.SomeChild, division: str = TOWNSHIP) -> list[str]:
        """Puts children on file; their references."""
        refs = []
        with self.town.db.write() as tx:
            for one in some:
                said = {
                    "name": one.name, "national_id": one.number, "address": one.village, "guardian": one.guardian, "guardian_kin": one.guardian_kin,
                    "guardian_phone": one.phone,
                }  # fmt: skip
                refs.append(files.add(tx, "boss", self.town.clock.now(), said, division=division).ref)
        return refs

    def volunteers(self, *some: people.SomeVolunteer, division: str = TOWNSHIP) -> list[str]:
        """Takes their sheet in; the references of their cases."""
        sheet = people.volunteer_sheet(self.folder / f"volunteers-{some[0].number}.xlsx", list(some))
        return self.engine.run_import(self.county, "pairing", sheet, division=division, name="volunteers").refs

    def queue(self, *refs: str, division: str = TOWNSHIP) -> list[str]:
        """Puts children into the queue with their consents attested; the references of their needs."""
        told = self.engine.attest_consents(self.county, "pairing.pairing", refs, "2026-1", division=division)
        assert {one.verdict for one in told} <= {"attested", "on_file"}
        needs = []
        for ref in refs:
            needs.append(self.engine.open(self.county, "pairing.need", ref, {}).ref)
            self.do(self.county, needs[-1], "assess", needs="company")
        return needs

    def match(self, **given: Any) -> Planned:
        """Matches the township."""
        return self.engine.run_batch(self.clerk, "pairing", "match", given, division=TOWNSHIP)

    def approve(self, *pairs: str) -> None:
        """Approves proposals."""
        for ref in pairs:
            self.do(self.clerk, ref, "approve")

    def begin(self, *pairs: str) -> None:
        """Brings proposals to life: both are asked, the card is signed, the county is told."""
        for ref in pairs:
            self.approve(ref)
            self.do(self.clerk, ref, "ask_proxy", answered_on=self.today)
            self.do(self.director, ref, "ask_family", answered_on=self.today, child_agreed=True)
            self.sign_card(ref)
            self.engine.advance(self.clerk, ref, "sign", {"signed_on": self.today})
            self.engine.advance(self.clerk, ref, "start")

    def sign_card(self, pair: str) -> None:
        """The supervisor signs the matching card."""
        self.engine.sign(self.clerk, f"{pair}.card", confirm="the office is new")

    def living(self, kids: int = 1, *volunteers: people.SomeVolunteer) -> list[str]:
        """Pairs that are active from today on, one for each child."""
        self.volunteers(*(volunteers or people.volunteers(kids)))
        self.queue(*self.children(*people.children(kids)))
        self.match()
        pairs = self.pairs()
        self.begin(*pairs)
        return pairs

    def do(self, who: Any, ref: str, task: str, **given: Any) -> None:
        """Somebody does a task of a case, by its name."""
        self.engine.do_task(who, f"{ref}.{task}", {name: str(value) if isinstance(value, date) else value for name, value in given.items()})

    def talk(self, *pairs: str, **given: Any) -> None:
        """The clerk enters today's talk on the volunteer's behalf."""
        for ref in pairs:
            self.do(self.clerk, ref, "talk", talked_on=self.today, topics="school", **given)

    def pairs(self, stage: str | None = None) -> list[str]:
        """The pairs, by reference."""
        return [row.ref for row in self.engine.cases(self.clerk, program="pairing", workflow="pair", stage=stage, limit=None)]

    def case(self, workflow: str, n: int = 0) -> str:
        """The n-th case of a workflow."""
        return [row.ref for row in self.engine.cases(self.clerk, program="pairing", workflow=workflow, limit=None)][n]

    def stage(self, ref: str) -> str:
        """Where a case stands."""
        return self.engine.show(self.clerk, ref).row.stage

    def record(self, ref: str) -> Any:
        """What a case knows."""
        return self.engine.show(self.clerk, ref).record

    def waiting(self, who: Any) -> set[str]:
        """The titles of what waits for somebody."""
        return {row.title for row in self.engine.inbox(who, limit=1000)}

    def wait(self, days: int, *, talking: Sequence[str] = ()) -> None:
        """Lets days pass, with a talk each week for those who do not fall silent; the clock has its turn each day."""
        for _ in range(days):
            self.town.wait(days=1)
            if self.today.weekday() == 2:
                self.talk(*talking)

    @property
    def today(self) -> date:
        return self.town.today


@pytest.fixture
def term(database: Database, tmp_path: Path) -> Iterator[Term]:
    """A township's term, on each database; what must always hold is looked at when it is over."""
    town = make_town(database, tmp_path, PROGRAM)
    yield Term(town, tmp_path)
    town.verify()


@pytest.fixture
def refusal() -> Callable[[Callable[[], object]], str]:
    """The code of the error that a call raises."""
    from workflow_core.errors import CareError

    def code(call: Callable[[], object]) -> str:
        with pytest.raises(CareError) as caught:
            call()
        return caught.value.problems[0].code if caught.value.problems else caught.value.code

    return code
