"""Who may answer a request for access: the gate's rule and the application's are one, over grants of every kind."""

from __future__ import annotations

import random
from contextlib import closing

import psycopg

from tests.server.conftest import COUNTY, HERE, THERE, ServerOffice
from tests.server.test_asking import gate, person
from tests.server.test_gate import STAMP, Raw, _code, a_case
from workflow_core.access import approval, requesting
from workflow_core.access.grants import Actor, Grant
from workflow_core.clock import unstamp
from workflow_core.store import approvals
from workflow_core.store.database import Database

_REQUEST = "access_request_id, ref, kind, login, person_id, case_id, division, fields, rows, used, purpose, state, until, asked_at"
_GRANT = "grant_id, login, role, scope_kind, scope, program, since, by, at, stands_for"
_ROLES = ("admin", "child_supervisor", "county_office", "child_director", "school", "civil_affairs")


def _requests(office: ServerOffice) -> list[tuple[object, ...]]:
    case = a_case(Raw(office, "director", psycopg.Connection.__new__(psycopg.Connection)), THERE)
    about = [("child", person(office, "C-000005"), None, None), ("emergency", person(office, "C-000005"), None, None), ("case", None, case["case_id"], None),
             ("division", None, None, HERE), ("child", person(office, "C-000001"), None, None)]  # fmt: skip
    found: list[tuple[object, ...]] = []
    for kind, child, of_case, division in about:
        for who in ("director", "newcomer"):
            for fields in ("[]", '["name", "guardian_phone"]', '["national_id"]'):
                n = len(found) + 1
                found.append((f"r{n}", f"A-{n:06}", kind, office.login(who), child, of_case, division, fields, 20, 0, "the sister lives here",
                              "waiting", "2999-01-01T00:00:00.000000Z", STAMP))  # fmt: skip
    return found


def _grants(office: ServerOffice, seed: int) -> list[Grant]:
    dice = random.Random(seed)
    stead = (None, None, None, office.login("director"), office.login("county"))
    return [
        Grant(dice.choice(_ROLES), "division", dice.choice((HERE, THERE, COUNTY, "")), dice.choice((None, None, "dropout_return", "camp")),
              "2020-01-01T00:00:00.000000Z", None, dice.choice(stead))
        for _ in range(dice.choice((0, 1, 1, 2, 3)))
    ]  # fmt: skip


def _application(login: str, grants: list[Grant], one: approval.Approval) -> str:
    actor = Actor(login, tuple(grants), True, account_id="x")
    if requesting.may_answer(actor, one):
        return "answers"
    return "sees" if one.login == login or requesting._oversees(actor, one) else "knows nothing"


def _gates(raw: Raw, ref: str) -> str:
    seen = raw.connection.execute("SELECT count(*) FROM access_request WHERE ref = %s", [ref]).fetchone()
    said = "answers"
    try:
        gate(raw, do="answer", ref=ref, state="anything")
    except psycopg.Error as error:
        said = {"desk_not_permitted": "sees", "desk_out_of_scope": "knows nothing"}[_code(error)]
        raw.connection.rollback()
    assert (seen == (1,)) == (said != "knows nothing")
    return said


def test_the_gate_and_the_application_let_the_same_answer(pristine: ServerOffice) -> None:
    """Of every kind of request, over grants of every width, lent ones too: what a login's desk shows, and what it may answer."""
    login, met = pristine.login("newcomer"), set()
    db = Database(pristine.owner)
    with closing(pristine.as_owner()) as owner, closing(pristine.raw("newcomer")) as connection:
        raw = Raw(pristine, "newcomer", connection)
        try:
            for asked in _requests(pristine):
                owner.execute(f"INSERT INTO access_request ({_REQUEST}) VALUES ({', '.join(['%s'] * len(asked))})".encode(), asked)
            with db.read() as tx:
                refs = [ref for (ref,) in owner.execute("SELECT ref FROM access_request ORDER BY ref").fetchall()]
                found = [approval.read(row, unstamp(STAMP)) for ref in refs if (row := approvals.by_ref(tx, ref))]
            for seed in range(40):
                grants = _grants(pristine, seed)
                owner.execute("DELETE FROM grant_ WHERE login = %s", [login])
                for n, one in enumerate(grants):
                    values = (f"g{n}", login, one.role, one.scope_kind, one.scope, one.program, one.since, "x", one.since, one.stands_for)
                    owner.execute(f"INSERT INTO grant_ ({_GRANT}) VALUES ({', '.join(['%s'] * len(values))})".encode(), values)
                for request in found:
                    expected = _application(login, grants, request)
                    met.add(expected)
                    assert (seed, request.ref, _gates(raw, request.ref)) == (seed, request.ref, expected)
                connection.rollback()
        finally:
            connection.rollback()
            owner.execute("DELETE FROM access_request")
            owner.execute("DELETE FROM grant_ WHERE login = %s", [login])
            db.dispose()
    assert met == {"answers", "sees", "knows nothing"}
