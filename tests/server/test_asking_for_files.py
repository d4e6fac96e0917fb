"""Asking another township for a child's file at a desk: by number and name, without being shown a file."""

from __future__ import annotations

from contextlib import closing
from hashlib import sha256
from typing import Any

import pytest

from tests.server.conftest import HERE, OTHERS, THERE, ServerOffice
from tests.server.test_asking import denied, gate
from tests.server.test_gate import STAMP, Raw


def test_a_file_is_asked_for_given_and_asked_for_in_vain(server_office: ServerOffice) -> None:
    """The supervisor who keeps it answers at her desk; who asks sees no more than he knew, and takes back what he asked for."""
    care = server_office.care
    ask = ("child", "transfer", "ask", "--set", f"national_id={OTHERS[0]}", "--to", HERE, "--reason", "moved here", "--set")
    assert "no such child" in care("supervisor", *ask, "name=李四", code=5).err
    assert "T-000001" in care("supervisor", *ask, "name=周五").out
    assert "T-000001" in care("supervisor", *ask, "name=周五").out
    assert "周" not in care("supervisor", "child", "transfer", "list").out
    assert "wait for your answer: 1" in care("neighbour", "inbox").err
    care("supervisor", "child", "transfer", "withdraw", "T-000001", "--reason", "not now")
    assert "T-000002" in care("supervisor", *ask, "name=周五").out
    care("supervisor", "child", "transfer", "accept", "T-000002", code=3)
    care("neighbour", "child", "transfer", "accept", "T-000002")
    assert "周*" in care("supervisor", "child", "show", "C-000005").out
    assert server_office.rows("SELECT count(*) FROM outbox WHERE dedup = 'transfer/T-000001/begun/child_supervisor'") == [(1,)]
    assert not [about for (about,) in server_office.rows("SELECT about FROM gate_log.asked") if OTHERS[0] in about or len(about) != 67]
    care("owner", "journal", "verify")


@pytest.mark.parametrize(
    ("who", "more", "code"),
    [
        ("director", {}, "desk_not_permitted"),
        ("supervisor", {"to": THERE}, "desk_not_permitted"),
        ("county", {"to": "990101"}, "desk_identity"),
        ("supervisor", {"reason": " "}, "desk_identity"),
        ("supervisor", {"name": "李四"}, "desk_purpose"),
    ],
)
def test_who_asks_for_a_file_past_the_application(pristine: ServerOffice, who: str, more: dict[str, Any], code: str) -> None:
    """Not without the role, for another township, without a reason, or before the question is on record."""
    asked = {"do": "transfer", "salt": "s", "number": OTHERS[0], "name": "周五", "to": HERE, "reason": "moved here", "at": STAMP, **more}
    with closing(pristine.raw(who)) as connection:
        raw = Raw(pristine, who, connection)
        gate(raw, do="seek", about="id/" + sha256(f"s/{OTHERS[0]}/周五".encode()).hexdigest())
        assert denied(raw, **asked) == code
