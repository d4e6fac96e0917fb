"""A chain shows whatever was changed, and bears what was erased by right."""

from __future__ import annotations

from typing import Any

import pytest

from workflow_core.store import chain

Record = dict[str, Any]


def records(count: int) -> list[Record]:
    made: list[Record] = []
    previous = chain.GENESIS
    for n in range(1, count + 1):
        sealed = chain.seal(chain.JOURNAL, {"stream": "s", "n": n, "at": "t", "actor": "li", "kind": "note", "subject": None}, {"said": n}, previous)
        made.append({**sealed.row, "salt": sealed.salt, "payload": sealed.payload, "erased_at": None})
        previous = sealed.digest
    return made


def codes(made: list[Record], *, last: int = 3, end: str | None = None) -> list[str]:
    return [problem.code for problem in chain.verify(made, chain.JOURNAL, "s", last=last, end=end)]


def test_a_whole_chain_has_no_findings() -> None:
    """Nothing is reported where nothing was touched."""
    made = records(3)
    assert codes(made, end=made[-1]["digest"]) == []
    assert codes([], last=0) == []


@pytest.mark.parametrize("field", ["actor", "at", "kind", "subject", "commitment"])
def test_a_changed_header_is_found(field: str) -> None:
    """Each field of the header is covered."""
    made = records(3)
    made[1][field] = "x"
    assert "record_changed" in codes(made)


def test_a_changed_payload_is_found() -> None:
    """The commitment covers payload and salt."""
    made = records(3)
    made[1]["payload"] = '{"said":9}'
    assert codes(made) == ["payload_changed"]
    made = records(3)
    made[1]["salt"] = "0" * 32
    assert codes(made) == ["payload_changed"]


def test_a_removed_record_is_found() -> None:
    """In the middle, at the start, and at the end."""
    made = records(3)
    assert codes([made[0], made[2]]) == ["chain_gap"]
    assert codes(made[1:]) == ["chain_gap"]
    assert codes(made[:2]) == ["chain_cut"]
    assert codes([]) == ["chain_cut"]


def test_a_gap_tells_which_records() -> None:
    """The numbers are in the message, and the place names the chain."""
    made = records(5)
    (problem,) = chain.verify([made[0], made[3], made[4]], chain.JOURNAL, "DR-26-00001", last=5)
    assert problem.text() == "Records 2 to 3 are missing."
    assert problem.place == "DR-26-00001 4"


def test_an_exchanged_record_is_found() -> None:
    """A record that is sound by itself does not follow from the one before it."""
    made = records(3)
    made[1] = records(2)[1] | {"previous": "0" * 64}
    other = chain.seal(chain.JOURNAL, {name: made[1][name] for name in chain.JOURNAL}, {"said": 2}, "0" * 64)
    made[1] |= {**other.row, "salt": other.salt, "payload": other.payload}
    assert codes(made) == ["chain_broken", "chain_broken"]


def test_an_erased_payload_is_right() -> None:
    """The chain still verifies when the row says that it was erased, and only then."""
    made = records(3)
    made[1] |= {"salt": None, "payload": None}
    assert codes(made) == ["payload_missing"]
    made[1]["erased_at"] = "t"
    assert codes(made) == []


def test_a_rewritten_end_is_found_where_it_is_kept_elsewhere() -> None:
    """A last record that was sealed anew differs from the end that was noted."""
    made = records(3)
    assert codes(made, end="0" * 64) == ["chain_end"]
    assert codes(made, last=2) == ["chain_end"]


def test_equal_payloads_have_different_commitments() -> None:
    """The salt keeps anybody from guessing an erased payload."""
    row = {"stream": "s", "n": 1, "at": "t", "actor": "li", "kind": "note", "subject": None}
    first, second = (chain.seal(chain.JOURNAL, row, {"a": 1}, chain.GENESIS) for _ in range(2))
    assert first.payload == second.payload
    assert first.row["commitment"] != second.row["commitment"]


def test_the_digests_are_the_documented_ones() -> None:
    """Anybody can check a chain without this software."""
    assert chain.commitment("salt", '{"a":1}') == "38df60ba354b2e5e7df624bb10feb2b4b8b465ef6523fd28e321b537cba57566"
