"""Whose rows a desk sees: for each table of the office the condition on its rows, and the columns that are masked. One table of rules, from which policies
and views are made; a test fails for a table, or a personal column, that is not in it.

The conditions call functions of the schema ``gate`` (:mod:`workflow_core.store.server.eyes`). ``t`` is the row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

EVERYBODY = "true"
"""What an office knows and no person is in: divisions, the calendar, programs and their settings."""

CLOCK = "(SELECT (gate.me()).clock)"
"""Nobody's desk: only the clock's login sees it."""

_ME = "(SELECT gate.me())"


def _near(x: str) -> str:
    """Whether a case lies in a division of one's own, or at one's school: as most that somebody asks for, and seen without asking a function for each row."""
    at = f"ARRAY[{x}.program || '/' || {x}.place_id, '/' || {x}.place_id] && (SELECT gate.at_places())::text[]"
    return f"(({x}.program || '/' || {x}.division) LIKE ANY ((SELECT gate.pairs())::text[]) OR ({x}.place_id IS NOT NULL AND {at}))"


# OFFSET 0: looked up for each row, by its key. Else PostgreSQL may read all cases of the office before the first row of a page.
_CASE = f"EXISTS (SELECT 1 FROM gate.case_key k WHERE k.case_id = t.case_id AND {_near('k')} OFFSET 0) OR gate.sees_case(t.case_id, {_ME})"
_PUPIL = "EXISTS (SELECT 1 FROM gate.child_key k WHERE k.person_id = t.person_id AND k.school = ANY ((SELECT gate.places())::text[]) OFFSET 0)"
_PERSON = f"gate.sees_person(t.person_id, {_ME})"
_ACCOUNT = f"gate.sees_account(t.login, {_ME})"
_ADMIN = "('%' = ANY ((SELECT (gate.me()).admin)::text[]) AND '%' = ANY ((SELECT gate.wide())::text[]))"
"""An administrator of the whole office, and not of a program in it alone."""
_STREAM = f"gate.sees_stream(t.stream, {_ME})"


def _below(column: str) -> str:
    return f"t.{column} LIKE ANY ((SELECT gate.divisions())::text[])"


@dataclass(frozen=True)
class Masked:
    """A masked column.

    :param mask: of :data:`workflow_core.store.server.masks.MASKS`. :param field: the field of a person's file that it shows; whoever has unmasked that
        sees it whole. :param person: the column with the person's id. :param by: the column whose value stands before the field's name: ``father``.
    """

    mask: str
    field: str
    person: str = "person_id"
    by: str = ""


@dataclass(frozen=True)
class Rule:
    """What a desk sees of a table.

    :param sees: the condition on a row ``t``.
    :param masked: columns of which it sees the mask. :param instead: columns of which it sees something else: an expression over ``t``.
    """

    sees: str
    masked: Mapping[str, Masked] = field(default_factory=dict)
    instead: Mapping[str, str] = field(default_factory=dict)


_OF_CASE = Rule(_CASE)
_PAPERS = "gate.shows_papers(t.case_id, (SELECT gate.me()))"

RULES: Mapping[str, Rule] = {
    "calendar": Rule(EVERYBODY),
    "definition": Rule(EVERYBODY),
    "division": Rule(EVERYBODY),
    "enablement": Rule(EVERYBODY),
    "place": Rule(EVERYBODY),  # schools and clinics: their telephone is public
    "policy": Rule(EVERYBODY),
    "setting": Rule(EVERYBODY),
    "lease": Rule(CLOCK),
    "sequence": Rule(CLOCK),  # a number is drawn by the one function, which answers with it
    "seal": Rule(CLOCK),
    "seal_head": Rule(CLOCK),
    "erasure": Rule(f"{CLOCK} OR (t.state = 'asked' AND {_ADMIN})"),
    "request": Rule(f"t.actor = session_user OR {CLOCK}"),
    "case": Rule(f"{_near('t')} OR gate.sees_case(t.case_id, {_ME})"),
    "waiting": Rule(f"t.division LIKE ANY ((SELECT gate.wide())::text[]) OR {_CASE}"),
    "task": _OF_CASE,
    "timer": _OF_CASE,
    "event": _OF_CASE,
    "event_payload": Rule(_CASE, instead={"salt": "NULL::text"}),
    # What was filled into a paper, and its page, name the child: whoever has opened the child's file sees them.
    "document": Rule(_CASE, instead={"fields": f"CASE WHEN {_PAPERS} THEN t.fields ELSE '{{}}' END"}),
    "party": _OF_CASE,
    "attachment": _OF_CASE,
    "register_entry": _OF_CASE,
    "register_open": _OF_CASE,
    "line": _OF_CASE,
    "hold_item": _OF_CASE,
    "hold": Rule(f"gate.sees_hold(t.program, t.limit_name, t.key, {_ME})"),
    "blob": Rule(f"gate.sees_blob(t.digest, {_ME})"),
    "referral": Rule(f"{_below('division')} OR gate.sees_case(t.from_case, {_ME}) OR gate.sees_case(t.to_case, {_ME})"),
    "petition": Rule(_PERSON),
    "transfer": Rule(f"{_below('from_division')} OR {_below('to_division')}"),
    "outbox": Rule(_CASE),
    "plan": Rule(_below("division")),
    "plan_item": Rule(f"gate.sees_plan(t.plan_id, {_ME})"),
    "person": Rule(
        f"{_below('division')} OR {_PUPIL} OR {_PERSON} OR t.person_id = ANY ((SELECT gate.named_there())::text[])",
        {
            "name": Masked("name", "name"),
            "name_key": Masked("name", "name"),
            "national_id": Masked("national_id", "national_id"),
            "phone": Masked("phone", "phone"),
            "address": Masked("address", "address"),
        },
    ),
    "child": Rule(_PERSON, {"note": Masked("free_text", "note")}),
    "volunteer": Rule(_PERSON, {"note": Masked("free_text", "note")}),
    "relation": Rule(_PERSON, {"workplace": Masked("workplace", "_workplace", by="kind")}),
    "observation": Rule(_PERSON),
    "consent": Rule(_PERSON, {"given_name": Masked("name", "guardian")}),
    "account": Rule(_ACCOUNT),
    "grant_": Rule(_ACCOUNT),
    "deputy": Rule(f"{_ACCOUNT} OR gate.sees_account(t.deputy, {_ME})"),
    "grant_request": Rule(_ACCOUNT),
    "access_request": Rule(f"t.login = session_user OR {CLOCK} OR gate.sees_request(t.*)"),
    "journal": Rule(_STREAM),
    "journal_payload": Rule(_STREAM, instead={"salt": "NULL::text", "payload": f"gate.said(t.stream, t.payload, {_ME})"}),
    "journal_head": Rule(f"gate.sees_head(t.stream, {_ME})"),
}
"""By the tables' names. ``true`` in ``sees``: everybody who has an open account."""
