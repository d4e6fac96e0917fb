"""What kinds of event a login writes with any tool at all: what a step at a desk is, in its own name, where it works."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from tests.server.conftest import ServerOffice
from tests.server.test_gate import Raw, a_case, event, step
from tools.references.events import kinds as kinds_in_the_source
from workflow_core.store import cases
from workflow_core.store.server import kinds
from workflow_core.store.statement import Statement

FUTURE = "2099-01-01T00:00:00.000000Z"
GROUPS = (kinds.STEPS, kinds.EITHER, kinds.BY_TIME, kinds.OF_THE_CLOCK, kinds.OF_THE_OWNER)


@pytest.fixture
def director(pristine: ServerOffice) -> Iterator[Raw]:
    """The child director's bare session."""
    with closing(pristine.raw("director")) as connection:
        yield Raw(pristine, "director", connection)


def test_every_kind_is_somebodys() -> None:
    """A kind that is added is classified: each that the engine writes stands in one group, and no other."""
    listed = sorted(one for group in GROUPS for one in group)
    assert listed == sorted({kind for kind, _ in kinds_in_the_source("begin")})


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        *((kind, "desk_clock_only") for kind in sorted(kinds.OF_THE_CLOCK)),
        *((kind, "desk_not_permitted") for kind in (*sorted(kinds.OF_THE_OWNER), "invented", "revealed")),
        *((kind, "desk_actor") for kind in sorted(kinds.BY_TIME)),
    ],
)
def test_a_desk_writes_the_kinds_of_a_desk(director: Raw, kind: str, code: str) -> None:
    """Neither the clock's, nor the owner's, nor one that there is not, nor what time does in one's own name."""
    case = a_case(director)
    assert director.refused(step(case), *event(director, case, kind=kind)) == code


def test_a_deed_has_a_name(director: Raw) -> None:
    """Nobody hides behind the system."""
    case = a_case(director)
    assert director.refused(step(case), *event(director, case, actor="system")) == "desk_actor"


@pytest.mark.parametrize(
    ("kind", "says"), [("timer_fired", {"timer": "none_such"}), ("task_late", {"n": 1}), ("occurrence_missed", {"n": 1}), ("timer_fired", {})]
)
def test_time_is_not_forged(director: Raw, kind: str, says: dict[str, object]) -> None:
    """What time does needs the alarm of the case, and the row to which it happened."""
    case = a_case(director)
    told = event(director, case, kind=kind, actor="system", at=FUTURE, says=says)
    assert director.refused(step(case), *told) == "desk_clock_only"
    sooner = (cases._WAKE, {"the_case": case["case_id"], "read_version": case["version"], "wake_at": case["opened_at"], "read_wake": case["wake_at"]})
    woken = {**case, "wake_at": case["opened_at"]}
    assert director.refused(sooner, step(woken), *told) == "desk_clock_only"


def test_an_administrator_takes_no_step(server_office: ServerOffice) -> None:
    """Whoever only administers sees the case, and writes nothing in it."""
    server_office.rows("UPDATE grant_ SET role = 'admin' WHERE login = %s RETURNING 1", server_office.login("director"))
    with closing(server_office.raw("director")) as connection:
        raw = Raw(server_office, "director", connection)
        case = a_case(raw)
        assert raw.refused(step(case), *event(raw, case)) == "desk_not_permitted"


def test_no_step_puts_the_clock_off(director: Raw) -> None:
    """The alarm of a case rings no later than a timer of it that runs."""
    case = a_case(director)
    assert director.office.rows("SELECT 1 FROM timer WHERE case_id = %s AND state = 'waiting'", case["case_id"])
    for later in (None, FUTURE):
        assert director.refused(step(case, wake_at=later), *event(director, case)) == "desk_clock_only"


def test_what_waits_for_a_paper_begins_as_it_is_served(server_office: ServerOffice) -> None:
    """At the desk of whoever serves it; again when the receipt is corrected; and by no other day, and no other step."""
    care, ref = server_office.care, "DR-26-00001"
    care("director", "task", "done", f"{ref}.verify", "--set", "checked_on=2026-10-21", "--set", "finding=GONE")
    care("supervisor", "case", "advance", ref, "confirm")
    care("supervisor", "task", "done", f"{ref}.cause", "--set", "enquired_on=2026-10-21", "--set", "cause=AVERSION", "--set", "destination=")
    care("school", "document", "sign", f"{ref}.persuasion_letter")
    with closing(server_office.raw("director")) as connection:
        raw = Raw(server_office, "director", connection)
        case = a_case(raw)
        told: dict[str, Any] = {"kind": "paper_served", "says": {"n": _letter(server_office, case)}}
        for day in ("2026-10-19", "2026-10-20"):
            assert raw.refused(step(case), *event(raw, case, **told), _gone_off(server_office, case, day)) == "desk_clock_only"
        assert raw.refused(step(case), *event(raw, case), _gone_off(server_office, case, "2026-10-20")) == "desk_clock_only"
    delivered = ("--received-by", "赵大", "--place", "家里", "--by", "王干事")
    care("director", "document", "serve", f"{ref}.persuasion_letter", "--on", "2026-10-21", *delivered)
    assert server_office.rows("SELECT state, fired FROM timer WHERE name = 'letter_received'") == [("fired", 1)]
    assert server_office.rows("SELECT state FROM task WHERE name = 'serve_letter'") == [("done",)]
    later = ("--on", "2026-10-22", *delivered, "--reason", "misread")
    care("supervisor", "document", "serve", f"{ref}.persuasion_letter", *later, now="2026-10-23T09:00")
    assert server_office.rows("SELECT state, fired FROM timer WHERE name = 'letter_received'") == [("fired", 2)]
    care("owner", "journal", "verify")


def _letter(office: ServerOffice, case: dict[str, Any]) -> int:
    return int(office.rows("SELECT n FROM document WHERE case_id = %s AND state = 'signed'", case["case_id"])[0][0])


def _gone_off(office: ServerOffice, case: dict[str, Any], day: str) -> tuple[Statement, dict[str, Any]]:
    """The statement that lets the timer go off that waits for the letter, counted from a day."""
    row = office.rows("SELECT to_jsonb(t) FROM timer t WHERE case_id = %s AND name = 'letter_received'", case["case_id"])[0][0]
    assert (row["state"], row["due_at"]) == ("waiting", None)
    changed = {"state": "fired", "fired": 1, "anchor": f"{day}T16:00:00+00:00", "due_at": f"{day}T16:00:00.000000Z"}
    return cases._UPDATE_TIMER, {**{name: row[name] for name in ("name", "entered")}, **changed, "the_case": case["case_id"], "the_n": row["n"]}
