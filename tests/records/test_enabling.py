"""Where a program runs, and how it runs there."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from workflow_core import Program, Stage, Workflow, ask, form
from workflow_core.access import Actor, Grant
from workflow_core.clock import stamp
from workflow_core.errors import Misused, NotFound, NotPermitted
from workflow_core.records import divisions, enabling
from workflow_core.store import journal
from workflow_core.store.database import Database, Tx
from workflow_core.store.statement import Statement
from workflow_core.store.tables import case, definition

NOW = datetime(2026, 10, 21, 1, tzinfo=UTC)
TODAY = date(2026, 10, 21)
COUNTY, TOWN, OTHER = "990101", "990101100", "990101101"


@form
class Loan:
    book: str = ask("Book", default="")


@form
class Policy:
    days_lent: int = ask("Days a book is lent", default=14, ge=1)
    reminders: int = ask("Reminders", default=2, ge=0)


LENT = Stage("lent", "Lent")
LOANS = Workflow("loan", "Loan", prefix="LN", subject=None, record=Loan, policy=Policy, initial=LENT, stages=[LENT], transitions=[])
READING = Program("reading", "Reading corner", version=1, policy=Policy, workflows=[LOANS])


def admin(scope: str = "", program: str | None = None) -> Actor:
    return Actor("ruth", (Grant("admin", "division", scope, program, "", None),), training=False, account_id="a1")


@pytest.fixture
def filled(database: Database) -> Database:
    with database.write() as tx:
        divisions.take(tx, {"99": "示范省", "9901": "示范市", COUNTY: "青溪县", TOWN: "高桥镇", OTHER: "柳林乡", "990102": "云岭县"})
    return database


def enable(tx: Tx, division: str, **options: Any) -> enabling.Changed:
    return enabling.enable(tx, READING, division, actor=admin(), now=options.pop("now", NOW), **options)


def disable(tx: Tx, division: str, **options: Any) -> enabling.Changed:
    return enabling.disable(tx, "reading", division, actor=admin(), now=options.pop("now", NOW), **options)


def runs(tx: Tx, division: str, on: date = TODAY) -> bool:
    return enabling.in_force(tx, "reading", division, on)


def test_a_township_inherits_from_its_county(filled: Database) -> None:
    """Enabled in a county means in its townships, and nowhere else."""
    with filled.write() as tx:
        assert not runs(tx, TOWN)
        assert enable(tx, COUNTY).changed
        assert runs(tx, TOWN)
        assert runs(tx, COUNTY)
        assert not runs(tx, "990102")
        assert not runs(tx, TOWN, TODAY - timedelta(days=1))


def test_the_nearest_row_decides(filled: Database) -> None:
    """A township that opted out stays out when the county goes on, and back in when it says so."""
    with filled.write() as tx:
        enable(tx, COUNTY)
        disable(tx, TOWN)
        assert (runs(tx, TOWN), runs(tx, OTHER)) == (False, True)
        assert enable(tx, COUNTY, now=NOW + timedelta(hours=1)).apart == (TOWN,)
        enable(tx, TOWN, now=NOW + timedelta(hours=2))
        assert runs(tx, TOWN)


def test_a_change_may_be_dated(filled: Database) -> None:
    """It holds from the beginning of that day; what is dated later is told."""
    with filled.write() as tx:
        enable(tx, TOWN, since=date(2026, 11, 1))
        assert (runs(tx, TOWN, date(2026, 10, 31)), runs(tx, TOWN, date(2026, 11, 1))) == (False, True)
        disable(tx, TOWN, since=date(2027, 1, 1))
        assert not runs(tx, TOWN, date(2027, 1, 1))
        assert [state for _, state in enable(tx, TOWN, since=date(2026, 10, 25)).later] == ["enabled", "disabled"]


def test_a_later_row_overrides_even_in_the_same_instant(filled: Database) -> None:
    """A training office's clock may stand still: the last word holds."""
    with filled.write() as tx:
        enable(tx, TOWN)
        disable(tx, TOWN)
        assert not runs(tx, TOWN)


def test_twice_is_harmless_and_says_so(filled: Database) -> None:
    """Enabling what is enabled, or disabling what is not, writes nothing."""
    with filled.write() as tx:
        enable(tx, COUNTY)
        again = enable(tx, TOWN)
        assert (again.changed, again.before.from_division, again.before.inherited) == (False, COUNTY, True)
        assert not disable(tx, "990102").changed
        assert journal.verify_all(tx).entries == 1


def open_cases(tx: Tx, *places: str) -> None:
    tx.execute(Statement(insert(definition)), {"digest": "d", "program": "reading", "version": 1, "structure": "s", "snapshot": "{}", "at": stamp(NOW)})
    for n, place in enumerate(places):
        row = {"case_id": f"c{n}", "ref": f"LN-{n}", "program": "reading", "workflow": "loan", "definition": "d", "stage": "lent", "stage_since": stamp(NOW)}
        tx.execute(Statement(insert(case)), {**row, "division": place, "opened_at": stamp(NOW), "closed_at": None})
    tx.execute(Statement(insert(case)), {**row, "case_id": "closed", "ref": "LN-X", "division": places[0], "opened_at": stamp(NOW), "closed_at": stamp(NOW)})


def test_disabling_tells_what_it_strands_and_lets_it_drain(filled: Database) -> None:
    """Open cases are counted by place and stage; those where the program goes on are not among them, closed ones neither."""
    with filled.write() as tx:
        enable(tx, COUNTY)
        open_cases(tx, TOWN, TOWN, OTHER, "990102")
        first = disable(tx, COUNTY, dry_run=True)
        assert [(one.division, one.workflow, one.stage, one.cases) for one in first.stranded] == [(TOWN, "loan", "lent", 2), (OTHER, "loan", "lent", 1)]
        assert runs(tx, TOWN)
        disable(tx, OTHER)
        enable(tx, OTHER, now=NOW + timedelta(hours=1))
        second = disable(tx, COUNTY, now=NOW + timedelta(hours=2))
        assert (second.open_cases, second.apart) == (2, (OTHER,))
        assert (runs(tx, TOWN), runs(tx, OTHER)) == (False, True)


def test_status_lists_each_division_with_a_word_of_its_own(filled: Database) -> None:
    """In scope, with what is inherited from above."""
    with filled.write() as tx:
        enable(tx, COUNTY)
        disable(tx, TOWN)
        told = enabling.status(tx, NOW, scopes=(TOWN,))
        assert [(one.division, one.state) for one in told] == [(COUNTY, "enabled"), (TOWN, "disabled")]
        assert [one.division for one in enabling.status(tx, NOW, scopes=("990102",))] == []
        assert enabling.status(tx, NOW - timedelta(days=1)) == []


def test_only_an_administrator_of_the_place_may(filled: Database) -> None:
    """The county next door may not, a school may not; an administrator of that program may."""
    with filled.write() as tx:
        for who in (admin("990102"), admin(program="camp"), Actor("may", (Grant("school", "division", "", None, "", None),), training=False)):
            with pytest.raises(NotPermitted):
                enabling.enable(tx, READING, TOWN, actor=who, now=NOW)
            with pytest.raises(NotPermitted):
                enabling.policy_set(tx, READING, TOWN, {"reminders": 1}, actor=who, now=NOW)
        assert enabling.enable(tx, READING, TOWN, actor=admin(COUNTY, "reading"), now=NOW).changed
        with pytest.raises(NotFound):
            enable(tx, "990109")


def say(tx: Tx, division: str, **given: object) -> enabling.PolicyChange:
    return enabling.policy_set(tx, READING, division, given, actor=admin(), now=NOW)


def test_a_policy_is_overlaid_field_by_field(filled: Database) -> None:
    """What the township did not say is the county's; what neither said is the default."""
    with filled.write() as tx:
        assert enabling.policy_in_force(tx, READING, TOWN, TODAY) == Policy()
        say(tx, COUNTY, days_lent="21")
        say(tx, TOWN, reminders=5)
        assert enabling.policy_in_force(tx, READING, TOWN, TODAY) == Policy(days_lent=21, reminders=5)
        assert enabling.policy_in_force(tx, READING, OTHER, TODAY) == Policy(days_lent=21)
        assert enabling.policy_in_force(tx, READING, TOWN, TODAY - timedelta(days=1)) == Policy()
        say(tx, COUNTY, days_lent="28")
        assert enabling.policy_in_force(tx, READING, TOWN, TODAY).days_lent == 28


def test_a_policy_is_shown_beside_default_and_county(filled: Database) -> None:
    """Each field with its value, whose word it is, the program's default and what would be inherited."""
    with filled.write() as tx:
        say(tx, COUNTY, days_lent=21)
        say(tx, TOWN, days_lent=10)
        first, second = enabling.policy_show(tx, READING, TOWN, TODAY).lines
        assert (first.value, first.default, first.inherited, first.from_division) == (10, 14, 21, TOWN)
        assert (first.differs_from_default, first.differs_from_above) == (True, True)
        assert (second.value, second.from_division) == (2, "")
        assert [line.name for line in enabling.policy_show(tx, READING, OTHER, TODAY).differences()] == ["days_lent"]


def test_what_was_said_stays_when_the_default_changes(filled: Database) -> None:
    """A township that says today's default keeps it under a program whose default is another."""

    @form
    class Newer:
        days_lent: int = ask("Days a book is lent", default=30, ge=1)

    with filled.write() as tx:
        assert say(tx, TOWN, days_lent=14).changed == {"days_lent": (14, 14)}
        newer = Program("reading", "Reading corner", version=2, policy=Newer, workflows=[])
        assert enabling.policy_in_force(tx, newer, TOWN, TODAY) == Newer(days_lent=14)
        assert enabling.policy_in_force(tx, newer, OTHER, TODAY) == Newer(days_lent=30)


def test_a_field_may_be_inherited_again(filled: Database) -> None:
    """Unset, the county's word holds."""
    with filled.write() as tx:
        say(tx, COUNTY, days_lent=21)
        say(tx, TOWN, days_lent=10, reminders=4)
        back = enabling.policy_set(tx, READING, TOWN, {}, unset=["days_lent"], actor=admin(), now=NOW)
        assert back.changed == {"days_lent": (10, 21)}
        assert enabling.policy_in_force(tx, READING, TOWN, TODAY) == Policy(days_lent=21, reminders=4)


def test_a_dry_run_shows_and_writes_nothing(filled: Database) -> None:
    """What it would change is told as it would be."""
    with filled.write() as tx:
        would = enabling.policy_set(tx, READING, TOWN, {"days_lent": 10}, actor=admin(), now=NOW, dry_run=True)
        assert (would.changed, would.shown.lines[0].value) == ({"days_lent": (14, 10)}, 10)
        assert enabling.policy_in_force(tx, READING, TOWN, TODAY) == Policy()
        assert say(tx, TOWN, days_lent=10).changed
        assert say(tx, TOWN, days_lent=10).changed == {}
        assert journal.verify_all(tx).entries == 1


def test_a_wrong_policy_is_refused_with_all_its_faults(filled: Database) -> None:
    """Checked by the program's form, names to unset among it; nothing is written."""
    with filled.write() as tx:
        with pytest.raises(Misused) as told:
            enabling.policy_set(tx, READING, TOWN, {"days_lent": 0, "remainders": 3}, unset=["colour"], actor=admin(), now=NOW)
        assert {problem.place: problem.code for problem in told.value.problems} == {
            "days_lent": "too_small",
            "remainders": "field_unknown",
            "colour": "field_unknown",
        }
        with pytest.raises(Misused) as nothing:
            say(tx, TOWN)
        assert nothing.value.code == "policy_empty"
        assert enabling.policy_in_force(tx, READING, TOWN, TODAY) == Policy()


def test_a_policy_may_be_dated(filled: Database) -> None:
    """It holds from the beginning of that day, and what is dated later is told."""
    with filled.write() as tx:
        enabling.policy_set(tx, READING, TOWN, {"days_lent": 7}, actor=admin(), now=NOW, since=date(2026, 11, 1))
        assert enabling.policy_in_force(tx, READING, TOWN, date(2026, 10, 31)).days_lent == 14
        assert enabling.policy_in_force(tx, READING, TOWN, date(2026, 11, 1)).days_lent == 7
        assert len(say(tx, TOWN, reminders=1).later) == 1
