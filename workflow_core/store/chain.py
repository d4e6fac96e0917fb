"""A chain of records over salted commitments: nobody can change one unseen, and yet a person can be erased from it.

A record's digest covers the digest before it, its header, and a *commitment* to its payload: the hash of a secret salt and the payload.
Erasing a person takes salt and payload away; the commitment stays, tells nothing without the salt, and the chain still verifies.
Pure functions: nothing here reads or writes a database.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from workflow_core.errors import Problem
from workflow_core.i18n import N_
from workflow_core.store import canonical

GENESIS = ""
"""What the first record of a chain names as the digest before it."""

CASE = ("case_id", "n", "at", "recorded_at", "actor", "on_behalf", "kind", "transition", "from_stage", "to_stage", "code_version")
"""The columns of an event that its digest covers."""

JOURNAL = ("stream", "n", "at", "actor", "kind", "subject")
"""The columns of a journal entry that its digest covers."""


SALT = 32
"""Signs of a salt."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A record ready to be stored.

    :param row: the record's own row: what was given, with commitment, previous and digest.
    :param salt: for the payload's row, and nowhere else.
    :param payload: the payload as text, for the payload's row.
    """

    row: dict[str, Any]
    salt: str
    payload: str
    digest: str


def commitment(salt: str, payload: str) -> str:
    """The hash of salt and payload, in hexadecimal. Where the one ends and the other begins is fixed by the salt's length (:data:`SALT`)."""
    return sha256(f"{salt}{payload}".encode()).hexdigest()


def digest(previous: str, header: Mapping[str, Any], committed: str) -> str:
    """The hash of a record; the header is an object in braces, so that the borders of the three cannot be moved."""
    return sha256(f"{previous}{canonical.dump(header)}{committed}".encode()).hexdigest()


def seal(fields: Sequence[str], row: Mapping[str, Any], payload: Any, previous: str) -> Sealed:
    """Seal a new record.

    :param fields: :data:`CASE` or :data:`JOURNAL`; ``row`` has a value for each, as it is stored.
    :param payload: of JSON's own types.
    :param previous: the digest of the record before it, or :data:`GENESIS`.
    """
    salt, content = secrets.token_hex(SALT // 2), canonical.dump(payload)
    committed = commitment(salt, content)
    made = digest(previous, {field: row[field] for field in fields}, committed)
    return Sealed({**row, "commitment": committed, "previous": previous, "digest": made}, salt, content, made)


def verify(records: Iterable[Mapping[str, Any]], fields: Sequence[str], place: str, *, last: Any, end: str | None = None) -> Iterator[Problem]:
    """Tell whatever is wrong with one chain.

    :param records: in the order of ``n``: the header's fields, commitment, previous, digest, salt, payload, erased_at.
    :param fields: :data:`CASE` or :data:`JOURNAL`.
    :param place: what to call the chain: a case's reference, a stream.
    :param last: the number of the last record there must be.
    :param end: the digest of the last record, where it is kept elsewhere too.
    """
    n, before = 0, GENESIS
    for record in records:
        expected, here = n + 1, f"{place} {record['n']}"
        n = record["n"] if isinstance(record["n"], int) else expected  # what is no number at all is no record's own: its digest says so
        if n != expected:
            yield Problem("chain_gap", N_("Records {first} to {last} are missing."), place=here, values={"first": expected, "last": n - 1})
        elif record["previous"] != before:
            yield Problem("chain_broken", N_("It does not follow from the record before it."), place=here)
        if _digest_of(record, fields) != record["digest"]:
            yield Problem("record_changed", N_("The record was changed after it was written."), place=here)
        if record["payload"] is None or record["salt"] is None:
            if record["erased_at"] is None:
                yield Problem("payload_missing", N_("What was recorded is missing, and was not erased by anybody's right."), place=here)
        elif len(record["salt"]) != SALT or commitment(record["salt"], record["payload"]) != record["commitment"]:
            yield Problem("payload_changed", N_("What was recorded was changed after it was written."), place=here)
        before = record["digest"]
    if not isinstance(last, int):
        yield Problem("chain_end", N_("The end of the chain is not where it was written to be."), place=place)
    elif n < last:
        yield Problem("chain_cut", N_("Records {first} to {last} are missing at the end."), place=place, values={"first": n + 1, "last": last})
    elif n > last or (end is not None and before != end):
        yield Problem("chain_end", N_("The end of the chain is not where it was written to be."), place=place)


def _digest_of(record: Mapping[str, Any], fields: Sequence[str]) -> str | None:
    """The digest that a record should have; None where it holds what none holds: SQLite takes bytes into a column of text."""
    try:
        return digest(record["previous"], {field: record[field] for field in fields}, record["commitment"])
    except TypeError:
        return None
