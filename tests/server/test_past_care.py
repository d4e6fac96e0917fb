"""What whoever goes past `care` may not: answer for others, in nobody's name, or by rights and counts of yesterday."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from threading import Thread
from typing import Any

import psycopg
import pytest

from tests.server.conftest import HERE, THERE, ServerOffice
from tests.server.test_gate import STAMP, Raw, _code, a_case, event, step
from workflow_core.store import cases, chain, journal, outbox, petitions, places, referrals, registers, transfers


@pytest.fixture
def somebody(filled: ServerOffice) -> Iterator[Callable[[str], Raw]]:
    """Bare sessions of the filled office, whose work is undone."""
    with ExitStack() as stack:
        yield lambda who: Raw(filled, who, stack.enter_context(closing(filled.raw(who))))


def test_a_familys_request_is_for_those_who_keep_files(somebody: Callable[[str], Raw]) -> None:
    """Whoever only holds another role there, or administers, neither receives nor answers it; and nobody answers without his name."""
    (person,) = somebody("director").office.rows("SELECT person_id FROM person WHERE name = '赵一'")[0]

    def asked(raw: Raw) -> tuple[Any, dict[str, Any]]:
        row = {"petition_id": "q", "ref": "Q-000900", "person_id": person, "kind": "see", "said_by": "x", "what": "y", "received_on": "2026-10-21"}
        return petitions._ADD, {**row, "due": "2026-11-20", "recorded_at": STAMP, "recorded_by": raw.login}

    for who in ("police", "clinician", "pairer", "boss"):
        raw = somebody(who)
        assert raw.refused(asked(raw)) == "desk_not_permitted"
    raw = somebody("director")
    answer = {"of": "Q-000900", "state": "granted", "answer": "x", "answered_at": STAMP, "answered_by": raw.login}
    raw.write(asked(raw), (petitions._ANSWER, answer))
    raw.connection.rollback()
    assert raw.refused(asked(raw), (petitions._ANSWER, {**answer, "answered_by": None})) == "desk_out_of_scope"
    for state in ("refused", "withdrawn"):  # alone, by whoever received it
        assert raw.refused(asked(raw), (petitions._ANSWER, {**answer, "state": state})) == "desk_out_of_scope"


def test_a_transfer_is_answered_by_its_side_in_ones_own_name(somebody: Callable[[str], Raw]) -> None:
    """Who offered a file does not refuse it for the others, these do not take it back, and nobody writes another's name."""
    (ref,) = somebody("supervisor").office.rows("SELECT ref FROM transfer WHERE state = 'waiting' AND kind = 'offer'")[0]
    for who, state, by, code in (
        ("supervisor", "refused", "supervisor", "desk_out_of_scope"),
        ("neighbour", "withdrawn", "neighbour", "desk_out_of_scope"),
        ("neighbour", "refused", "county", "desk_actor"),
    ):
        raw = somebody(who)
        answer = {"of": ref, "state": state, "answer": "x", "answered_at": STAMP, "answered_by": raw.office.login(by)}
        assert raw.refused((transfers._ANSWER, answer)) == code
    letter = {"id": "m", "at": STAMP, "due_at": STAMP, "next_at": STAMP, "kind": "message", "case_id": None, "attempts": 0, "state": "waiting"}
    says = {"to": "child_supervisor", "message": "x", "division": THERE, "case": ref}
    told = {**letter, "dedup": f"transfer/{ref}/x", "payload": json.dumps(says)}
    somebody("supervisor").write((outbox._PUT, told))
    elsewhere = {**told, "payload": json.dumps({**says, "division": "990101"})}
    assert [somebody(who).refused((outbox._PUT, row)) for who, row in (("director", told), ("supervisor", elsewhere))] == ["desk_out_of_scope"] * 2


def test_what_a_case_asks_of_others_stands_in_its_history(somebody: Callable[[str], Raw]) -> None:
    """A referral is written and answered with an event of its case, in one's own name."""
    raw = somebody("director")
    case = a_case(raw)
    row = {"referral_id": "r", "from_case": case["case_id"], "program": "pairing", "division": HERE, "reason": "x", "urgent": 0, "state": "waiting"}
    asked = (cases._INSERT_REFERRAL, {**row, "asked_at": STAMP, "asked_by": raw.login})
    answer = {"of": "r", "was": "waiting", "state": "declined", "answer": "x", "to_case": None, "answered_at": STAMP}
    assert raw.refused(asked) == "desk_no_event"
    told = (step(case), *event(raw, case), asked)
    assert raw.refused(*told, (referrals._ANSWER, {**answer, "answered_by": raw.office.login("supervisor")})) == "desk_actor"
    raw.write(*told, (referrals._ANSWER, {**answer, "answered_by": raw.login}))


def test_the_system_says_nothing_that_a_step_did_not(somebody: Callable[[str], Raw]) -> None:
    """Nobody writes that the system amended a file without the step that did; a step's messages go to where its case lies."""
    raw = somebody("director")
    case = a_case(raw)
    stream = f"person/{case['subject_id']}"
    n, head = raw.office.rows("SELECT n, digest FROM journal_head WHERE stream = %s", stream)[0]
    row = {**dict.fromkeys(chain.JOURNAL), "stream": stream, "n": n + 1, "at": STAMP, "actor": "system", "kind": "amended"}
    sealed = chain.seal(chain.JOURNAL, row, {"field": "grade"}, head)
    payload = {"stream": stream, "n": n + 1, "salt": sealed.salt, "payload": sealed.payload}
    claim, move = (journal._CLAIM, {"stream": stream, "n": 1, "digest": ""}), (journal._MOVE, {"of": stream, "digest": sealed.digest})
    assert raw.refused(claim, (journal._ENTER, sealed.row), (journal._PAYLOAD, payload), move) == "desk_actor"
    letter = {"id": "m", "at": STAMP, "due_at": STAMP, "next_at": STAMP, "kind": "message", "case_id": case["case_id"], "attempts": 0, "state": "waiting"}
    for division, code in ((THERE, "desk_out_of_scope"), (HERE, "")):
        said = {"to": "child_supervisor", "message": "x", "case": case["ref"], "division": division}
        told = (outbox._PUT, {**letter, "dedup": f"{case['case_id']}/x", "payload": json.dumps(said)})
        if code:
            assert raw.refused(step(case), *event(raw, case), told) == code
        else:
            raw.write(step(case), *event(raw, case), told)


def test_who_is_offered_a_file_opens_nothing_of_it(somebody: Callable[[str], Raw]) -> None:
    """The township that a child is offered to sees the masks until it has accepted; who works on an open case about somebody sees whole what that needs."""
    (offered,) = somebody("neighbour").office.rows("SELECT person_id FROM transfer WHERE state = 'waiting' AND kind = 'offer'")[0]
    (paired,) = somebody("volunteer").office.rows("SELECT person_id FROM person WHERE ref = 'C-000001'")[0]
    codes = {}
    for who, person in (("neighbour", offered), ("townadmin", offered), ("volunteer", paired)):
        raw = somebody(who)
        try:
            raw.send([{"look": {"person": person, "fields": ["name", "guardian_phone"], "purpose": "to see who it is"}}])
            codes[who] = ""
        except psycopg.Error as error:
            codes[who] = _code(error)
        raw.connection.rollback()
    assert codes == {"neighbour": "desk_not_permitted", "townadmin": "desk_not_permitted", "volunteer": ""}


def test_who_administers_writes_in_no_register(somebody: Callable[[str], Raw]) -> None:
    """An entry is made by whoever works in the case; the list of places is kept by roles that hold in every program."""
    raw = somebody("townadmin")
    case = a_case(raw, THERE)
    entry = {"case_id": case["case_id"], "register": "visits", "n": 1, "stream": f"register/{case['case_id']}/visits", "of": 1, "kind": "entered"}
    assert raw.refused((registers._ENTER, {**entry, "happened": STAMP, "recorded_at": STAMP, "recorded_by": raw.login})) == "desk_not_permitted"
    place = {"place_id": "p", "ref": "PL-0900", "kind": "school", "name": "x", "name_key": "x", "division": HERE, "version": 1}
    kept = (places._INSERT, {**place, "created_at": STAMP, "updated_at": STAMP})
    assert somebody("pairer").refused(kept) == "desk_out_of_scope"
    somebody("director").write(kept)


def test_what_is_approved_for_so_many_is_lent_to_no_more(filled_office: ServerOffice) -> None:
    """A field that only an approval for one file of the township opens is opened of one, looked at one after the other, too; and of that one again."""
    login, far = filled_office.login("clinician"), "2126-01-01T00:00:00.000000Z"
    with closing(filled_office.as_owner()) as owner:
        owner.execute(
            b"INSERT INTO access_request (access_request_id, ref, kind, login, division, fields, rows, used, purpose, until, asked_at, state)"
            b" VALUES ('a', 'A-000900', 'division', %s, %s, '[\"address\"]', 1, 0, 'x', %s, %s, 'approved')",
            [login, HERE, far, STAMP],
        )
    ids = [one for (one,) in filled_office.rows("SELECT person_id FROM child JOIN person USING (person_id) WHERE division = %s", HERE)]
    with closing(filled_office.raw("clinician")) as connection:
        raw, codes = Raw(filled_office, "clinician", connection), []
        for one in (ids[0], ids[0], ids[1]):
            try:
                raw.send([{"look": {"person": one, "fields": ["address"], "purpose": "the way to the family"}}], commit=True)
                codes.append("")
            except psycopg.Error as error:
                codes.append(_code(error))
                connection.rollback()
    assert codes == ["", "", "desk_not_permitted"]


def test_rights_and_counts_are_those_of_now(server_office: ServerOffice) -> None:
    """Two sessions of a login count together; a transaction that knows what was when it began writes nothing; who administers a program reads no journal."""
    ids = [one for (one,) in server_office.rows("SELECT person_id FROM child JOIN person USING (person_id) WHERE division = %s", HERE)]
    with closing(server_office.as_owner()) as owner:
        owner.execute("DELETE FROM gate.bulk; INSERT INTO gate.bulk VALUES (2)")
        owner.execute(b"UPDATE grant_ SET role = 'admin', scope = '', program = 'pairing' WHERE login = %s", [server_office.login("county")])
    codes: list[str] = []

    def look(raw: Raw, people: list[str]) -> None:
        raw.send([{"look": {"people": people, "fields": ["name"], "purpose": "the list of the meeting"}}])

    def second(raw: Raw) -> None:
        try:
            look(raw, ids[2:4])
        except psycopg.Error as error:
            codes.append(_code(error))

    with closing(server_office.raw("director")) as one, closing(server_office.raw("director")) as other:
        first = Raw(server_office, "director", one)
        look(first, ids[:2])
        waits = Thread(target=second, args=[Raw(server_office, "director", other)])
        waits.start()
        waits.join(0.3)
        assert waits.is_alive()
        one.commit()
        waits.join()
        assert codes == ["desk_bulk"]
        one.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        case = a_case(first)
        assert first.refused(step(case), *event(first, case)) == "desk_statement"
    with closing(server_office.raw("county")) as connection:
        assert connection.execute("SELECT count(*) FROM journal WHERE actor <> session_user").fetchone() == (0,)
