"""Asking for access at a desk, and answering there: each with the own login, and nothing more by raw SQL."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import psycopg
import pytest

from tests.server.conftest import HERE, NOW, THERE, ServerOffice
from tests.server.test_attacks import _entry
from tests.server.test_gate import STAMP, Raw, _code, a_case, event, step
from workflow_core.store import among, approvals, person_merge
from workflow_core.store.server.guards_access import QUESTIONS

THEIRS, OWN = "C-000005", "C-000001"
"""A child of the other township, and one of the director's own."""


@pytest.fixture
def director(pristine: ServerOffice) -> Iterator[Raw]:
    """The child director's bare session."""
    with closing(pristine.raw("director")) as connection:
        yield Raw(pristine, "director", connection)


def gate(raw: Raw, **asked: Any) -> Any:
    """One question to the gate, as psql would put it."""
    row = raw.connection.execute("SELECT desk.write(%s)", [json.dumps([{"access": asked}])]).fetchone()
    return None if row is None else row[0][0]


def denied(raw: Raw, **asked: Any) -> str:
    """The code with which it is refused."""
    with pytest.raises(psycopg.Error) as caught:
        gate(raw, **asked)
    raw.connection.rollback()
    return _code(caught.value)


def person(office: ServerOffice, ref: str) -> str:
    return str(office.rows("SELECT person_id FROM person WHERE ref = %s", ref)[0][0])


def wish(office: ServerOffice, **more: Any) -> dict[str, Any]:
    """What a clerk asks the gate for."""
    return {"do": "ask", "kind": "child", "person_id": person(office, THEIRS), "purpose": "her sister lives here", "rows": 20, "fields": [],
            "until": "2026-10-25T00:00:00.000000Z", "at": STAMP, **more}  # fmt: skip


def test_in_an_emergency_a_clerks_desk_opens_a_file_at_once(server_office: ServerOffice) -> None:
    """Masked as everywhere, for hours, and on the desk of whoever answers for it, who looks at it afterwards; both chains are whole."""
    care = server_office.care
    care("director", "child", "show", THEIRS, code=5)
    case = server_office.rows("""SELECT c.ref FROM "case" c JOIN person p ON p.person_id = c.subject_id WHERE p.ref = %s""", THEIRS)[0][0]
    care("director", "case", "show", case, code=5)
    told = care("director", "access", "emergency", "--child", THEIRS, "--reason", "brought in hurt").out
    assert THEIRS in told
    seen = care("director", "child", "show", THEIRS).out
    assert "周*" in seen
    assert not {"周五", "周大"} & set(seen.split())
    assert case in care("director", "case", "show", case).out
    assert "周五" in care("director", "child", "reveal", THEIRS, "--field", "name", "--purpose", "to tell the doctor").out
    said = care("neighbour", "inbox").err
    assert "In an emergency files were opened at once" in said
    assert "owner's address" not in said
    care("director", "access", "review", "A-000001", "--reason", "it was right", code=3)
    assert "looked at" in care("neighbour", "access", "review", "A-000001", "--reason", "it was right").out
    assert "emergency" not in care("neighbour", "inbox").err
    assert server_office.rows("SELECT used, reviewed_by FROM access_request") == [(3, server_office.login("neighbour"))]
    kinds = server_office.rows("SELECT kind FROM journal WHERE stream = 'person/' || %s AND kind LIKE %s ORDER BY n", person(server_office, THEIRS), "%acc%")
    assert kinds == [("emergency_access",), ("access_reviewed",)]
    care("owner", "journal", "verify")


def test_what_is_asked_for_at_a_desk_is_answered_at_another(server_office: ServerOffice) -> None:
    """Approved it shows the field that was asked for, and nobody's own township to anybody; refused and ended it shows nothing."""
    care = server_office.care
    for n, words in enumerate((("--child", THEIRS, "--fields", "name"), ("--child", "C-000006")), 1):
        assert f"A-00000{n}" in care("director", "access", "request", *words, "--purpose", "her sister lives here").out
    care("director", "child", "show", THEIRS, code=5)
    assert THEIRS in care("director", "access", "list").out
    assert "A-00000" not in care("supervisor", "access", "list").out
    assert "A-000001" in care("neighbour", "access", "list").out
    assert care("director", "access", "approve", "A-000001", code=3).err
    care("supervisor", "access", "approve", "A-000001", code=5)
    care("neighbour", "access", "approve", "A-000001")
    care("county", "access", "refuse", "A-000002", "--reason", "ask the mother")
    assert "周五" in care("director", "child", "show", THEIRS, "--unmasked", "--purpose", "to find her sister").out
    care("director", "child", "reveal", THEIRS, "--field", "guardian_phone", "--purpose", "to find her sister", code=3)
    with closing(server_office.raw("director")) as connection:
        look = {"person": person(server_office, THEIRS), "fields": ["guardian_phone"], "purpose": "to find her sister"}
        with pytest.raises(psycopg.Error) as caught:
            connection.execute("SELECT desk.write(%s)", [json.dumps([{"look": look}])])
        assert _code(caught.value) == "desk_not_permitted"
    care("director", "access", "end", "A-000001")
    care("director", "child", "show", THEIRS, code=5)
    care("director", "child", "show", "C-000006", code=5)
    said = json.loads(care("director", "access", "list", "--all", "--json").out)["yours"]
    assert [(one["state"], one["child"], one["answer"]) for one in said] == [("refused", "C-000006", "ask the mother"), ("ended", THEIRS, "")]
    care("owner", "journal", "verify")


def test_a_case_and_many_of_ones_own_are_asked_for_too(server_office: ServerOffice) -> None:
    """A case by its reference; a whole division only where the desk sees it; what is not on file is said not to be."""
    care = server_office.care
    case = a_case(Raw(server_office, "director", closing), THERE)["ref"]  # type: ignore[arg-type]
    why = ("--purpose", "the father moved to us")
    care("director", "access", "request", "--case", case, *why)
    care("neighbour", "access", "approve", "A-000001")
    assert case in care("director", "case", "show", case).out
    care("director", "access", "request", "--division", HERE, "--rows", 80, *why)
    assert "A-000002" in care("supervisor", "inbox").err + care("supervisor", "access", "list").out
    assert "handed out by those who keep them" in care("director", "access", "request", "--division", THERE, "--rows", 80, *why, code=3).err
    assert "no child C-999999" in care("director", "access", "request", "--child", "C-999999", *why, code=5).err
    assert "no case DR-26-99999" in care("director", "access", "request", "--case", "DR-26-99999", *why, code=5).err
    assert server_office.rows("SELECT DISTINCT about FROM gate_log.asked ORDER BY 1") == [("C-999999",), (case,), ("DR-26-99999",)]


def test_a_reference_is_answered_once_the_question_is_on_record(director: Raw) -> None:
    """Who rolls back has learnt nothing; and nobody tries one after the other without end."""
    assert denied(director, do="behind", about=THEIRS) == "desk_purpose"
    gate(director, do="seek", about=THEIRS)
    assert denied(director, do="behind", about=THEIRS) == "desk_purpose"
    for n in range(QUESTIONS):
        gate(director, do="seek", about=f"C-{n:06}")
    assert denied(director, do="seek", about=f"C-{QUESTIONS:06}") == "desk_too_many"


def test_an_emergency_that_is_rolled_back_has_shown_nothing(director: Raw) -> None:
    """The transaction that opens a file does not see it."""
    gate(director, **wish(director.office, kind="emergency"))
    count = "SELECT count(*) FROM person WHERE ref = %s"
    assert director.connection.execute(count, [THEIRS]).fetchone() == (0,)
    director.connection.rollback()


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"until": "2036-10-25T00:00:00.000000Z"}, "desk_time"),
        ({"until": "now"}, "desk_time"),
        ({"purpose": "x"}, "desk_purpose"),
        ({"fields": ["secret"]}, "desk_identity"),
        ({"kind": "anything"}, "desk_identity"),
        ({"person_id": "nobody"}, "desk_identity"),
        ({"division": HERE}, "desk_identity"),
        ({"kind": "division", "person_id": None, "division": THERE}, "desk_owner_needed"),
        ({"kind": "division", "person_id": None, "division": HERE, "rows": 1_000_000}, "desk_count"),
    ],
)
def test_nothing_is_asked_for_that_the_application_would_not_ask(director: Raw, more: dict[str, Any], code: str) -> None:
    """Not for years, not without a reason, not for a field, a row or a division that there is not."""
    assert denied(director, **wish(director.office, **more)) == code


def test_an_emergency_is_as_the_house_has_it(director: Raw) -> None:
    """Whatever is said with it, it lasts for hours, shows so many files, names whoever asked, and nobody has looked at it yet."""
    spoilt = {"until": "2036-10-25T00:00:00.000000Z", "rows": 9999, "fields": ["name"], "login": "x", "used": -5, "state": "ended"}
    gate(director, **wish(director.office, kind="emergency", **spoilt))
    columns = "login, state, until, rows, used, fields, reviewed_by"
    said = director.connection.execute(f"SELECT {columns} FROM access_request".encode()).fetchall()
    director.connection.rollback()
    assert said == [(director.login, "approved", "2026-10-21T14:00:00.000000Z", 20, 0, "[]", None)]


def test_no_row_is_written_by_a_statement(director: Raw) -> None:
    """A request that is inserted, and so stands in no journal, is refused, in whosever name; so is one that the same transaction has asked for and changes."""
    row = {"access_request_id": "x", "ref": "A-000099", "kind": "emergency", "login": director.login,
           "person_id": person(director.office, THEIRS), "fields": "[]", "rows": 20,
           "used": 0, "purpose": "brought in hurt", "state": "approved", "until": "2026-10-21T14:00:00.000000Z", "asked_at": STAMP}  # fmt: skip
    for one in (row, {**row, "login": director.office.login("school")}):
        assert director.refused((approvals._INSERT, one)) == "desk_not_permitted"
    ref = gate(director, **wish(director.office))["ref"]
    answer = {"of": ref, "new_state": "approved", "new_answer": "", "new_answered_at": STAMP, "new_answered_by": director.office.login("neighbour")}
    assert director.refused((approvals._ANSWER, answer)) == "desk_not_permitted"


def test_an_entry_about_a_request_is_written_with_it(director: Raw) -> None:
    """Nobody writes into a child's stream, or his own, that something was approved."""
    (account,) = director.office.rows("SELECT account_id FROM account WHERE login = %s", director.login)[0]
    for stream in (f"person/{person(director.office, OWN)}", f"account/{account}/2026-10-21"):
        assert director.refused(*_entry(director, stream, kind="access_approved")) == "desk_not_permitted"


@pytest.fixture
def asked(pristine: ServerOffice) -> Iterator[Callable[..., Raw]]:
    """Bare sessions beside a request of the director's that waits (A-000001) and an emergency of hers (A-000002): what a test does to them is undone."""
    owner = pristine.as_owner()
    ids = [person(pristine, THEIRS)] * 2
    columns = "access_request_id, ref, kind, login, person_id, fields, rows, used, purpose, state, until, asked_at"
    for n, (kind, state) in enumerate((("child", "waiting"), ("emergency", "approved")), 1):
        row = (f"r{n}", f"A-00000{n}", kind, pristine.login("director"), ids[0], '["name"]', 20, 3, "her sister", state, "2999-01-01T00:00:00.000000Z", STAMP)
        owner.execute(f"INSERT INTO access_request ({columns}) VALUES ({', '.join(['%s'] * len(row))})".encode(), row)
    opened: list[psycopg.Connection[Any]] = []

    def session(who: str) -> Raw:
        opened.append(pristine.raw(who))
        return Raw(pristine, who, opened[-1])

    yield session
    for one in opened:
        one.close()
    owner.execute("DELETE FROM access_request")
    owner.close()


@pytest.mark.parametrize("state", ["approved", "refused", "reviewed"])
def test_nobody_answers_his_own(asked: Callable[..., Raw], state: str) -> None:
    """Nor does he who has no role there, who is told of none."""
    about = {"do": "answer", "ref": "A-000002" if state == "reviewed" else "A-000001", "state": state, "text": "it was right"}
    assert denied(asked("director"), **about) == "desk_not_permitted"
    assert denied(asked("supervisor"), **about) == "desk_out_of_scope"
    neighbour = asked("neighbour")
    assert gate(neighbour, **about) == {"done": True}
    assert gate(neighbour, **{**about, "state": "anything"}) == {"done": False}
    neighbour.connection.rollback()


def test_what_was_approved_is_not_stretched(asked: Callable[..., Raw]) -> None:
    """No statement prolongs it, raises its count, takes back what was used, changes what it was for, or puts another child under it; counted down it may be."""
    director = asked("director")
    spend = approvals._SPEND
    director.write((spend, {"of": "A-000002", "at": STAMP, "count": 17}))
    director.connection.rollback()
    assert director.refused((spend, {"of": "A-000002", "at": STAMP, "count": -3})) == "desk_not_permitted"
    assert director.refused((approvals._END, {"of": "A-000002", "at": STAMP})) == "desk_not_permitted"
    assert director.refused((approvals._REVIEW, {"of": "A-000002", "text": "it was right", "by": director.login, "at": STAMP})) == "desk_not_permitted"
    moved = {"into": person(director.office, "C-000006"), "person": person(director.office, THEIRS)}
    assert director.refused((person_merge._MOVE["access_requests"], moved)) == "desk_not_permitted"
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        director.connection.execute("UPDATE access_request SET until = '2999-01-01'")
    director.connection.rollback()


def test_what_is_seen_by_approval_is_tied_to_nothing(asked: Callable[..., Raw]) -> None:
    """A child that is seen for hours becomes no party of one's case, by which it would be seen for good, and its file is not written in."""
    director = asked("director")
    child = person(director.office, THEIRS)
    assert director.connection.execute("SELECT count(*) FROM person WHERE person_id = %s", [child]).fetchone() == (1,)
    director.connection.rollback()
    case = a_case(director)
    row = {"case_id": case["case_id"], "n": 77, "name": "proxy", "kind": "person", "party_id": child, "since": STAMP}
    assert director.refused(step(case), *event(director, case), (among._INSERT_PARTY, row)) == "desk_out_of_scope"
    assert director.refused(step(case, subject_id=child), *event(director, case)) == "desk_out_of_scope"


@pytest.mark.parametrize(
    "spoilt", ["used = rows", "state = 'ended'", "until = '2020-01-01T00:00:00.000000Z'", "login = (SELECT min(login) FROM account WHERE login LIKE 'newc%')"]
)
def test_what_is_over_shows_nothing(pristine: ServerOffice, asked: Callable[..., Raw], spoilt: str) -> None:
    """Used up, ended, past its time (where time is not told), and of somebody who holds no role: nothing by raw SQL either."""
    who = "newcomer" if "newc" in spoilt else "director"
    raw = asked(who)
    with closing(pristine.as_owner()) as owner:
        owner.execute("UPDATE setting SET value = '0' WHERE key = 'training'")
        try:
            count = "SELECT count(*) FROM person WHERE ref = %s"
            before = raw.connection.execute(count, [THEIRS]).fetchone()
            raw.connection.rollback()
            owner.execute(f"UPDATE access_request SET {spoilt} WHERE ref = 'A-000002'".encode())
            after = raw.connection.execute(count, [THEIRS]).fetchone()
        finally:
            owner.execute("UPDATE setting SET value = '1' WHERE key = 'training'")
            owner.execute(
                "UPDATE access_request SET used = 3, state = 'approved', until = '2999-01-01T00:00:00.000000Z', login = %s WHERE ref = 'A-000002'",
                [pristine.login("director")],
            )
    assert (before, after) == ((int(who == "director"),), (0,))


def test_the_last_look_is_a_look(server_office: ServerOffice) -> None:
    """What is counted down to nothing in a transaction still shows there what it was counted for."""
    care = server_office.care
    care("director", "access", "emergency", "--child", THEIRS, "--reason", "brought in hurt", now=NOW)
    with closing(server_office.as_owner()) as owner:
        owner.execute("UPDATE access_request SET used = 19")
    assert THEIRS in care("director", "child", "show", THEIRS).out
    care("director", "child", "show", THEIRS, code=5)
