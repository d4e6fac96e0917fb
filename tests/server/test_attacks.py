"""What a clerk with psql may try: to be told a value by a refusal, to pull a child or a case over, to borrow the clock's rights, to write under another day."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from typing import Any

import psycopg
import pytest

from tests.server.conftest import HERE, THERE, ServerOffice
from tests.server.test_gate import SENT, STAMP, Raw, _code, _letter, a_case, event, step
from workflow_core.store import among, cases, desk, holds, journal, outbox, people, person_merge, sequences, transfers
from workflow_core.store.statement import Statement


@pytest.fixture
def director(pristine: ServerOffice) -> Iterator[Raw]:
    """The child director's bare session."""
    with closing(pristine.raw("director")) as connection:
        yield Raw(pristine, "director", connection)


@pytest.fixture
def supervisor(pristine: ServerOffice) -> Iterator[Raw]:
    """The supervisor's bare session."""
    with closing(pristine.raw("supervisor")) as connection:
        yield Raw(pristine, "supervisor", connection)


def test_a_refusal_quotes_no_row(director: Raw) -> None:
    """The database's own words for a row that it refuses hold the whole row: they are not handed on."""
    person, number = director.office.rows("SELECT person_id, national_id FROM person WHERE name = '赵一'")[0]
    correct = {"the_person": person, "name": None, "name_key": "x", "phone": None, "updated_at": STAMP}
    with pytest.raises(psycopg.errors.NotNullViolation) as caught:
        director.write((people._CORRECT_ADULT, correct))
    director.connection.rollback()
    told = [caught.value.diag.message_primary, caught.value.diag.message_detail, str(caught.value)]
    assert caught.value.diag.column_name == "name"
    assert not [one for one in told if one and (number in one or person in one)]


def test_a_key_that_is_taken_is_still_told_by_its_name(director: Raw) -> None:
    """What the application has to know of a refusal comes through: the kind, and the name of the rule."""
    case = a_case(director)
    with pytest.raises(psycopg.errors.UniqueViolation) as caught:
        director.write(step(case), *event(director, case), *event(director, case))
    director.connection.rollback()
    assert (caught.value.diag.constraint_name, caught.value.diag.message_detail) == ("event_pkey", None)


def test_no_case_is_pulled_over(director: Raw) -> None:
    """Whoever knows all of another township's case cannot make it lie in his own."""
    case = a_case(director, THERE)
    assert director.refused(step(case, division=HERE), *event(director, case)) == "desk_out_of_scope"
    assert director.refused(step(a_case(director), division=THERE), *event(director, a_case(director))) == "desk_out_of_scope"


def _transfer(raw: Raw, person: str, kind: str, old: str, new: str) -> tuple[Statement, dict[str, Any]]:
    row = {"transfer_id": "t1", "ref": "T-000009", "person_id": person, "kind": kind, "from_division": old, "to_division": new, "reason": "x",
           "asked_at": STAMP, "asked_by": raw.login, "state": "waiting", "told_at": STAMP}  # fmt: skip
    return transfers._INSERT, row


def test_a_transfer_moves_nothing_before_it_is_accepted(supervisor: Raw) -> None:
    """No statement asks for a file; and who offers one does not accept it himself."""
    foreign, own = a_case(supervisor, THERE), a_case(supervisor)
    for kind in ("ask", "offer"):
        assert supervisor.refused(_transfer(supervisor, foreign["subject_id"], kind, THERE, HERE)) == "desk_out_of_scope"
    offered = _transfer(supervisor, own["subject_id"], "offer", HERE, THERE)
    supervisor.write(offered)
    supervisor.connection.rollback()
    assert supervisor.refused(offered, step(own, division=THERE), *event(supervisor, own)) == "desk_out_of_scope"
    answer = {"of": "T-000009", "state": "accepted", "answer": None, "answered_at": STAMP, "answered_by": supervisor.login}
    assert supervisor.refused(offered, (transfers._ANSWER, answer)) == "desk_out_of_scope"


def test_a_case_is_handed_over_by_those_who_oversee_it_and_taken_by_the_others(supervisor: Raw) -> None:
    """Nobody offers a case that is not his own, takes what he has offered himself, or makes another row of it."""
    foreign, own = a_case(supervisor, THERE), a_case(supervisor)

    def offer(case: dict[str, Any], old: str, new: str) -> tuple[Statement, dict[str, Any]]:
        row = {"transfer_id": "t2", "ref": "T-000008", "case_id": case["case_id"], "shown": "{}", "kind": "offer", "from_division": old, "to_division": new,
               "reason": "x", "asked_at": STAMP, "asked_by": supervisor.login, "state": "waiting", "told_at": STAMP}  # fmt: skip
        return transfers._INSERT, row

    assert supervisor.refused(offer(foreign, THERE, HERE)) == "desk_out_of_scope"
    assert supervisor.refused(offer(own, THERE, HERE)) == "desk_out_of_scope"
    offered = offer(own, HERE, THERE)
    supervisor.write(offered)
    supervisor.connection.rollback()
    answer = {"of": "T-000008", "state": "accepted", "answer": None, "answered_at": STAMP, "answered_by": supervisor.login}
    assert supervisor.refused(offered, (transfers._ANSWER, answer)) == "desk_out_of_scope"
    assert supervisor.refused(offered, (transfers._READDRESS, {"of": "T-000008", "keeper": THERE})) == "desk_out_of_scope"
    assert supervisor.refused(offered, step(own, division=THERE), *event(supervisor, own)) == "desk_out_of_scope"


def test_nobody_becomes_a_party_who_is_not_in_sight(director: Raw) -> None:
    """Not by being exchanged for another either: a party of one's case is seen."""
    case = a_case(director)
    (other,) = director.office.rows("SELECT person_id FROM person WHERE division = %s LIMIT 1", THERE)[0]
    row = {"case_id": case["case_id"], "n": 77, "name": "proxy", "kind": "person", "party_id": case["subject_id"], "since": STAMP}
    tied = [step(case), *event(director, case), (among._INSERT_PARTY, row)]
    director.write(*tied)
    director.connection.rollback()
    assert director.refused(*tied, (person_merge._MOVE["parties"], {"into": other, "person": case["subject_id"]})) == "desk_out_of_scope"


def test_the_clock_is_no_errand_boy(director: Raw) -> None:
    """A letter goes from a case of one's own to one in sight: the clock carries it out with rights that its writer has not."""
    case, foreign = a_case(director), a_case(director, THERE)
    moved = [step(case), *event(director, case, says=SENT)]
    director.write(*moved, (outbox._PUT, _letter(case)))
    director.connection.rollback()
    spoilt = [
        _letter(case, foreign),
        _letter(case, foreign, register="visits"),
        _letter(case, **{"from": foreign["case_id"]}),
        _letter(case, to_ref=foreign["ref"]),
        _letter(case, case=foreign["ref"]),
        _letter(case, batch="close", division=THERE),
        {**_letter(case), "dedup": f"{foreign['case_id']}/1/on1"},
        _letter(case, register="visits", entry=1),
    ]
    assert {director.refused(*moved, (outbox._PUT, letter)) for letter in spoilt} == {"desk_out_of_scope"}


def test_a_letter_says_what_its_step_says(director: Raw) -> None:
    """What is sent, and which batch is ordered, stands in the event; and what a program has declared goes to cases that hang together with the sender."""
    case = a_case(director)
    (ref,) = director.office.rows('SELECT ref FROM "case" WHERE division = %s AND ref > %s ORDER BY ref LIMIT 1', HERE, case["ref"])[0]
    (other,) = director.office.rows('SELECT case_id FROM "case" WHERE ref = %s', ref)[0]
    moved = [step(case), *event(director, case, says=SENT)]
    place = {"place": {"workflow": case["workflow"], "sign": "On parts", "n": 0, "plain": []}}
    director.write(*moved, (outbox._PUT, _letter(case, what=place)))
    director.connection.rollback()
    director.write(*moved, (outbox._PUT, _letter(case, batch="close", division=HERE)))
    director.connection.rollback()
    apart = {"case_id": other, "ref": ref}
    director.write(*moved, (outbox._PUT, _letter(case, apart)))  # in full, where one writes oneself
    director.connection.rollback()
    for letter in (_letter(case, apart, what=place), _letter(case, what={"place": {**place["place"], "workflow": "another"}})):
        assert director.refused(*moved, (outbox._PUT, letter)) == "desk_out_of_scope"
    for unsaid in ({"batch": "open", "division": HERE}, {"what": {"place": {**place["place"], "sign": "On whole"}}}, {"event": 1}):
        assert director.refused(*moved, (outbox._PUT, _letter(case, **unsaid))) == "desk_no_event"


def test_a_place_is_counted_for_its_own_program(director: Raw) -> None:
    """And numbers are drawn where one holds a role."""
    case = a_case(director)
    place = {"program": "camp", "limit_name": "l", "key": "k"}
    taken = [(holds._TAKE, {**place, "used": 1, "size": 9}), (holds._ADD, {**place, "case_id": case["case_id"], "once": None})]
    assert director.refused(step(case), *event(director, case), *taken) == "desk_identity"
    number = {"kind": "paper/notice", "year": 2026, "next": 2, "count": 1}
    director.write((sequences._TAKE, {**number, "issuer": HERE}), (sequences._TAKE, {**number, "issuer": HERE[:6]}))
    director.connection.rollback()
    assert director.refused((sequences._TAKE, {**number, "issuer": THERE})) == "desk_out_of_scope"
    assert director.connection.execute("SELECT * FROM sequence").fetchall() == []


def test_a_signed_paper_is_no_draft_again(director: Raw) -> None:
    """What was signed stays as it was signed, by whichever way round."""
    case = a_case(director)
    paper = {"case_id": case["case_id"], "n": 77, "name": "notice", "title": "Notice", "state": "signed", "drafted_at": STAMP, "drafted_by": director.login}
    signed = [step(case), *event(director, case), (cases._INSERT_PAPER, {**paper, "signed_at": STAMP, "signed_by": director.login})]
    where = {"the_case": case["case_id"], "the_n": 77}
    director.write(*signed, (cases._UPDATE_PAPER, {**where, "state": "served", "served_on": "2026-10-21"}))
    director.connection.rollback()
    assert director.refused(*signed, (cases._UPDATE_PAPER, {**where, "state": "draft"})) == "desk_history"


@pytest.mark.parametrize("header", [{"recorded_at": "now"}, {"at": "now"}, {"at": "2026-10-21"}])
def test_an_instant_is_written_as_one(director: Raw, header: dict[str, Any]) -> None:
    """What the database takes for a time and the application does not is refused, in a training office too."""
    case = a_case(director)
    assert director.refused(step(case), *event(director, case, **header)) == "desk_time"


def _entry(raw: Raw, stream: str, **header: Any) -> list[tuple[Statement, dict[str, Any]]]:
    from workflow_core.store import chain

    row = {**dict.fromkeys(chain.JOURNAL), "stream": stream, "n": 1, "at": STAMP, "actor": raw.login, "kind": "printed", **header}
    return [(journal._ENTER, chain.seal(chain.JOURNAL, row, {}, "").row)]


def test_an_entry_stands_under_its_own_day_and_name(director: Raw) -> None:
    """A day that was sealed takes no more entries, and the system's name stands where the system writes."""
    (account,) = director.office.rows("SELECT account_id FROM account WHERE login = %s", director.login)[0]
    for day in ("2026-10-20", "2026-10-21/x", ""):
        assert director.refused(*_entry(director, f"account/{account}/{day}")) == "desk_time"
    assert director.refused(*_entry(director, f"account/{account}/2026-10-21", actor="system", kind="entry_made")) == "desk_actor"


def test_what_is_refused_has_a_code(director: Raw) -> None:
    """Bad input to the one function is answered, and quotes nothing."""
    with pytest.raises(psycopg.Error) as caught:
        director.connection.execute("SELECT desk.write(%s)", [json.dumps({"do": "x"})])
    director.connection.rollback()
    assert _code(caught.value).startswith("22")


@pytest.mark.parametrize("blank", ["\t\n\t\n\t", "\u3000\u3000\u3000\u3000\u3000"])
def test_a_blank_is_no_purpose(director: Raw, blank: str) -> None:
    """Whatever kind of blank it is, of tabs or of full width."""
    (person,) = director.office.rows("SELECT person_id FROM person WHERE name = '赵一'")[0]
    with pytest.raises(psycopg.Error) as caught:
        director.send([{"look": {"person": person, "fields": ["name"], "purpose": blank}}])
    director.connection.rollback()
    assert _code(caught.value) == "desk_purpose"


def test_a_paper_is_not_opened_by_hanging_it_elsewhere(server_office: ServerOffice) -> None:
    """Who knows a content's digest, which stands in the case, does not come to read it so; who comes with the content may hang it anywhere."""
    with closing(server_office.raw("director")) as connection:
        _hangs(Raw(server_office, "director", connection))


def _hangs(director: Raw) -> None:
    case = a_case(director)
    hung = {"case_id": case["case_id"], "n": 77, "name": "scan", "media_type": "text/plain", "at": STAMP, "by": director.login}
    moved = [step(case), *event(director, case)]
    digest = sha256(b"a page").hexdigest()
    page = (desk._BLOB, {"digest": digest, "content": "\\x" + b"a page".hex(), "size": 6, "at": STAMP})
    hang = (cases._INSERT_ATTACHMENT, {**hung, "digest": digest})
    director.write(*moved, page, hang)
    director.connection.rollback()
    director.office.rows("INSERT INTO blob (digest, content, size, at) VALUES (%s, %s, 6, %s) RETURNING digest", digest, b"a page", STAMP)
    assert director.refused(*moved, hang) == "desk_out_of_scope"
    director.write(*moved, page, hang)
