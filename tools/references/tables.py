"""``tables.md``: the store's tables and columns, with the comments that stand beside them in the source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import CheckConstraint, Column, Index, Table, UniqueConstraint

from tools.references.markdown import document, inline, table, tick
from workflow_core.store import tables as room
from workflow_core.store.tables import METADATA
from workflow_core.store.tables.columns import say_conditions

HOME = Path(room.__file__).parent
INTRO = """\
What lies in an office's database, for whoever backs it up, reports from it, or writes a migration. Only careflow writes here: a row changed by hand
breaks its chain, and `care journal verify` says so. Programs have no tables of their own."""
ABOUT = {
    "division": "administrative divisions, from province to village",
    "calendar": "working days, school days and terms, day by day",
    "place": "schools, clinics, homes",
    "person": "everybody on file: children, guardians, parents, volunteers",
    "child": "what is known of a person who is a child",
    "volunteer": "what is known of a person who is a volunteer",
    "relation": "who is whose guardian, father or mother, from when until when",
    "observation": "dated facts about a person, which any program may add or read",
    "consent": "on what basis a child's data is used: what its guardian gave, refused or withdrew, and for what purpose",
    "erasure": "children whose erasure one administrator asked for and another one carried out; nothing in it says who they were",
    "definition": "snapshots of programs, which cases are pinned to",
    "enablement": "where a program runs, from when",
    "policy": "what a division said of a program's policy, from when",
    "case": "one line per case: where it stands, and its record",
    "task": "each occurrence of each task of a case",
    "waiting": "the inbox: one row per open task and role; gone when the task is no longer open",
    "timer": "the timers of a case",
    "event": "every change of a case, chained",
    "event_payload": "what an event says; a row of its own, so that it can be erased and the chain still holds",
    "document": "the papers of a case",
    "party": "who or what is tied to a case under a name; not used yet",
    "register_entry": "the entries of a case's registers; what each says lies in the journal, in the register's own stream",
    "register_open": "what stands open in registers: at most one of a kind, and by when it must be closed",
    "attachment": "which files belong to a case",
    "blob": "the files themselves, each content once",
    "hold": "how much of a limit is used",
    "hold_item": "which cases use it",
    "line": "which cases wait for a place of it, in which order",
    "sequence": "the next number of each kind",
    "lease": "who is doing what only one may do at a time",
    "plan": "a batch's stored decision, and how far it has been carried out",
    "plan_item": "the items of a plan, each carried out once",
    "referral": "what a case asked of another program",
    "petition": "what a child, or whoever may speak for it, asks about its data: to see, copy, correct, add, erase; and the answer",
    "transfer": "children's files offered to another township or asked for by one, single cases handed over, and the answers",
    "access_request": "who asked to see more than his role shows, for how long and how much; the answers; and who looked in an emergency",
    "account": "who may use the office",
    "deputy": "who stands in for whom while one is away, from when until when",
    "grant_": "which role an account holds, where, until when; and in whose stead",
    "grant_request": "rights that one administrator asked for, to give or to take, and another grants; and the answers",
    "setting": "what the office was made as",
    "journal": "what was done that is no change of a case, chained by stream",
    "journal_payload": "what an entry says; a row of its own, so that it can be erased and the chain still holds",
    "journal_head": "where each stream ends",
    "seal": "a civil day that is over, put under one digest, which follows from that of the day before",
    "seal_head": "where each chain stood that was written to on that day",
    "request": "answers to requests that may come again",
    "outbox": "messages, and effects on other cases, until they are delivered",
}


def page() -> str:
    """The page."""
    if set(ABOUT) != set(METADATA.tables):
        raise SystemExit(
            f"tools/references/tables.py: {', '.join(sorted(set(ABOUT) ^ set(METADATA.tables)))} stand only in the code or only in the description"
        )
    said = dict(_comments())
    general = inline("\n\n".join((room.__doc__ or "").split("\n\n")[1:]).replace(":func:", ""))
    index = [(f"[`{name}`](#{name})", about) for name, about in ABOUT.items()]
    return document("Tables", INTRO, general, table(["table", "holds"], index), *(_one(METADATA.tables[name], said) for name in ABOUT))


def _one(one: Table, said: dict[tuple[str, str], str]) -> str:
    rows = [(tick(column.name), _type(column), _rules(column), said.get((one.name, column.name), "")) for column in one.columns]
    parts = [f"## {one.name}\n\n{ABOUT[one.name][0].upper()}{ABOUT[one.name][1:]}.", table(["column", "type", "rules", "meaning"], rows)]
    more = [f"- {line}" for line in _constraints(one)]
    return "\n\n".join([*parts, *(["\n".join(more)] if more else [])])


def _type(column: Column[Any]) -> str:
    return str(column.type).lower()


def _rules(column: Column[Any]) -> str:
    found = ["key" if column.primary_key else "", "" if column.nullable or column.primary_key else "needed", "unique" if column.unique else ""]
    found += [f"→ {key.target_fullname}" for key in column.foreign_keys if key.constraint is not None and len(key.constraint.columns) == 1]
    if column.server_default is not None:
        found.append(f"else {tick(str(getattr(column.server_default, 'arg', '')))}")
    return ", ".join(one for one in found if one)


def _constraints(one: Table) -> Iterator[str]:
    checks = [rule for rule in one.constraints if isinstance(rule, CheckConstraint)]
    for check in sorted(checks, key=lambda rule: str(rule.sqltext)):
        yield f"holds: `{check.sqltext}`"
    for key in sorted(one.foreign_key_constraints, key=lambda rule: tuple(rule.column_keys)):
        if len(key.columns) > 1:
            yield f"`{', '.join(key.column_keys)}` → {key.referred_table.name}"
    uniques = [rule for rule in one.constraints if isinstance(rule, UniqueConstraint) and len(rule.columns) > 1]
    for unique in uniques:
        yield f"unique together: `{', '.join(column.name for column in unique.columns)}`"
    say_conditions()
    for index in sorted(one.indexes, key=_columns):
        where = index.dialect_options["sqlite"].get("where")
        yield f"index: `{_columns(index)}`" + (f" where `{where}`" if where is not None else "")


def _columns(index: Index) -> str:
    return ", ".join(column.name for column in index.columns)


def _comments() -> Iterator[tuple[tuple[str, str], str]]:
    """The comment behind each column, by table and column."""
    for path in sorted(HOME.glob("*.py")):
        now = ""
        for line in path.read_text("utf-8").splitlines():
            code, _, comment = line.partition("  # ")
            if named := re.search(r'^(?:\w+ = Table\()?\s*"(\w+)",', code):
                now = named[1]
            column = re.match(r'\s+(?:(n)\(|(?:need|may|key|count|flag|json_text|Column)\("(\w+)")', code)
            if column and comment:
                yield (now, column[1] or column[2]), comment.strip()
