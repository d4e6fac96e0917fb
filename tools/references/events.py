"""``events.md``: every kind of event in a case's history, of effect noted in one, and of entry in the journal, each found in the source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tools.references.errors import ROOT, File, sources
from tools.references.markdown import document, table, tick

INTRO = """\
Each change of a case is one event in the case's own chain; what is no change of a case (who looked, what was exported, granted, set) is an entry in
the journal. Neither is ever changed or deleted: a mistake is corrected by a new one. `care case history REF` tells a case's events, `care journal
show` the latest entries, `care journal verify` proves that all of them are as they were written."""
EVENTS = {
    "opened": "the case was opened, with its record",
    "advanced": "a transition was taken, by a person or by itself; what its form asked, before → after of the record",
    "task_opened": "time opened a task: its window began, its condition came true",
    "task_done": "a task was done; what was entered, and the day it happened",
    "task_corrected": "what was entered for a task was corrected; the old entry is kept",
    "task_undone": "a task's entry was taken back; it waits again",
    "task_skipped": "a task was skipped, with the reason",
    "handed_over": "somebody left, and what lay with him by name went to another: the tasks' numbers, and which of them went `back` to the role's desk",
    "task_assigned": "a task was laid on an account by name, or claimed, or handed over",
    "task_added": "a task of its own was added to the case",
    "task_late": "a task was not done by its day; what its `late` says was carried out",
    "occurrence_missed": "the window of a recurring task ended without it",
    "timer_fired": "a timer fell due; its effects were carried out",
    "entry_followed": "what an entry of a register asks for was carried out",
    "entry_late": "what stood open in a register was not closed in time; what its `late` says was carried out",
    "noted": "a note was written",
    "attached": "a file was put in",
    "consent_withdrawn": "a consent that the case rests on was withdrawn: the program's transition was taken, or the case was suspended",
    "consent_refused": "a consent that the case waits for was refused: the program's transition was taken",
    "suspended": "the case was suspended: its deadlines stand still",
    "resumed": "the case goes on; its deadlines moved by as long as it stood still",
    "reopened": "a closed case was opened again",
    "overridden": "the case was put into a stage past all guards, with the reason",
    "upgraded": "the case went on to another version of its program; which, how its stages are called now, before → after of the record, and `undo`: all that "
    "takes it back",
    "upgrade_undone": "the case was taken back to the version it came from",
    "closed_by_hand": "an administrator closed the case without its program, with the reason",
    "corrected": "the record was corrected; before → after",
    "identified": "it became known whom the case is about",
    "told": "another case, or a plan, acted on this one; who, and what it did",
    "refused_elsewhere": "what this case asked of another could not be carried out there; which case, and why",
    "passed_over": "a place was free, and the transition that gives it was denied to the first in line; why, and of which limit",
    "referral_accepted": "what the case asked of another program is taken care of; in which case",
    "referral_declined": "another program does nothing about what the case asked; why",
    "referral_closed": "another program has answered what the case asked",
    "transferred": "the case went to another township with the child, or by itself (`alone`); reason, both divisions and the transfer",
    "kept_at_transfer": "the child moved and the case stays; why, with reason, both divisions and the transfer",
    "ended_at_transfer": "the child moved and the case ends; reason, both divisions and the transfer",
    "imported": "a row of a sheet brought the case up to date",
    "paper_drafted": "a paper was drafted by hand",
    "paper_signed": "a paper was signed; it got its number",
    "paper_served": "a paper was served; what its receipt says",
    "receipt_corrected": "what a paper's receipt says was corrected",
    "paper_answered": "a paper was answered",
    "paper_voided": "a paper was voided, with the reason; its number stays taken",
}
DID = {
    "task_opened": "a task was opened",
    "task_closed": "a task was closed, undone",
    "task_done": "a task was recorded as done",
    "drafted": "a paper was drafted",
    "draft_voided": "a draft was voided: a later one took its place, or the case ended",
    "sent": "another case was asked to do something; it is told there as `told`",
    "batch_ordered": "a batch was ordered; its plan is made after this step",
    "entered": "something was entered in a register of the case",
    "notified": "a message was put into the outbox",
    "escalated": "a task was laid on a role's desk, or reminded of",
    "escalation_over": "what was laid on a role's desk because a task was late is over: it was done after all",
    "referred": "another program was asked",
    "observed": "a fact about the subject was written",
    "amended": "the child's own file was corrected",
    "due_moved": "a due date moved, because what it counts from moved",
    "not_fired": "a transition could not be taken by itself; the reasons",
    "identity_settled": "it became known who the child is; the task that asked for it is done",
    "held_back": "a timer fell due while its `unless` held: nothing was done",
}
ENTRIES = {
    "account_added": "an account was made",
    "account_closed": "an account was closed",
    "password_set": "the password with which an account logs in to the office's server was set, by whom",
    "role_asked": "a role was asked for that another administrator must grant: the request's reference, role, scope, from when until when",
    "role_granted": "a role was given: role, scope, from when until when; in whose stead, who asked for it, and `eyes` where nobody else looked",
    "role_refused": "a role that was asked for was refused, taken back, or its time was over: `state` says which",
    "deputy_named": "somebody stands in for an account while it is away: from when until when",
    "work_handed_over": "somebody's work was handed over to another: how many things went there, how many back to the role's desk",
    "deputy_ended": "standing in for an account was ended before its time",
    "role_revoked": "a role was taken back",
    "program_enabled": "a program was enabled in a division",
    "program_disabled": "a program was disabled in a division",
    "policy_set": "fields of a policy were set or unset",
    "calendar_imported": "years of a calendar were taken in",
    "roster_imported": "a roster was taken in: the file's name and the counts",
    "place_added": "a school, clinic or other place was made",
    "place_changed": "a place was changed",
    "place_closed": "a place was closed",
    "file_made": "a child's file was made, with where it comes from",
    "file_changed": "a child's file was changed; before → after",
    "files_merged": "two files of one child became one",
    "merged_from": "another file was put into this one",
    "merged_into": "this file was put into another one",
    "related": "a guardian, father or mother was named",
    "relation_ended": "a relation ended; it stays on file with its dates",
    "petition_received": "somebody who may speak for the child asked to see, copy, correct, add or erase; until when it is to be answered",
    "petition_answered": "what was asked of the office about a child's data was granted, refused or withdrawn",
    "petition_printed": "the answer to what was asked was printed",
    "transfer_asked": "another township asked for the file",
    "transfer_offered": "the file, or one case, was offered to another township",
    "transfer_accepted": "a transfer was accepted: the file, or one case, is another township's; what became of each open case",
    "transfer_refused": "a transfer was refused, with the reason",
    "transfer_withdrawn": "a transfer was taken back by those who began it",
    "transfer_lapsed": "a transfer is over because the file went elsewhere",
    "amended": "a program corrected the child's file, through a case",
    "file_opened": "somebody opened a child's file",
    "case_opened": "somebody opened a case",
    "history_read": "somebody read a case's history",
    "consent_given": "a guardian consented, or another basis was written down: program, purpose, notice, who, the child's own voice, until when",
    "consent_refused": "a guardian refused",
    "consent_withdrawn": "a guardian withdrew",
    "consents_attested": "for a list of children it was attested that signed consents lie in the office: notice and count",
    "revealed": "fields were shown unmasked; which, and for what purpose",
    "repaired": "a damaged office was repaired: what was done",
    "backed_up": "a copy of the office was made",
    "restored": "an office was made anew from a copy",
    "template_accepted": "an office's own template of a paper took the place of the program's; its digest",
    "register_read": "somebody read what was entered in a register of a case: which, masked or not, for what purpose",
    "entry_entered": "something was entered in a register of a case",
    "entry_closed": "what stood open in a register was closed; by a new entry",
    "entry_corrected": "an entry of a register was corrected, with the reason; by a new entry",
    "entry_struck": "an entry of a register was struck out, with the reason; it stays to be read",
    "exported": "a list left the office: which fields, masked or not, for what purpose, how many people",
    "access_report_told": "what is kept of a child was drawn up for those who may speak for it: for whom",
    "handed_out": "a list, or papers together, left the office as a file or as JSON: what, how many rows, the SHA-256 of the rows",
    "access_asked": "somebody asked to see more than his role shows: of what, how much, what for, until when",
    "access_approved": "another person allowed it",
    "access_refused": "another person refused it",
    "access_ended": "an approval was ended before its time, or a request taken back",
    "emergency_access": "a file was opened at once, in an emergency: why, and until when",
    "access_reviewed": "another person looked at that afterwards, and said whether it was right",
    "access_log_told": "it was told who looked at a child's file",
    "denied": "somebody asked for what he may not: which command, which refusal; of the same one entry in ten minutes",
    "erasure_asked": "an administrator asked for a child's erasure, and why",
    "erasure_withdrawn": "an erasure that was asked for was withdrawn, or refused",
    "erased": "a child was erased by a second administrator: who had asked, and from how many events and entries it took what they said",
    "keep_set": "the office set how long a program's closed cases are kept, and why",
}
WRITERS = {  # what writes an entry, and which argument says its kind
    "journal.append": (3, "kind"),
    "journal_bulk.Entry": (1, "kind"),
    "_looked": (3, "kind"),
    "looks._both": (3, "kind"),
    "petitions._both": (3, "kind"),
    "record": (2, "kind"),
    "_journal_access": (4, "kind"),
    "_insert_access": (4, "kind"),
    "batch.change": (None, "kind"),
}
EXPANDED = {
    "program_{state}": ("program_enabled", "program_disabled"),
    "access_{state}": ("access_approved", "access_refused"),
    "entry_{kind}": ("entry_entered", "entry_closed", "entry_corrected", "entry_struck"),
    "consent_{said}": ("consent_given", "consent_refused", "consent_withdrawn"),
}


def page() -> str:
    """The page."""
    events, did, entries = (dict(found) for found in (kinds("begin"), kinds("did"), journal_kinds()))
    entries.setdefault("file_changed", "workflow_core.records.child_batch")
    for what, found, told in (("kinds of event", events, EVENTS), ("effects noted", did, DID), ("kinds of entry", entries, ENTRIES)):
        if set(found) != set(told):
            raise SystemExit(
                f"tools/references/events.py: {what}: {', '.join(sorted(set(found) ^ set(told)))} stand only in the code or only in the description"
            )
    return document(
        "Events and entries",
        INTRO,
        "## Events of a case\n\n`kind` in `care case history REF --json`, and in what a plugin is told ([`Change`](program-api.md#change)).",
        table(["kind", "what happened", "written by"], [(tick(name), EVENTS[name], events[name]) for name in EVENTS]),
        "### What an event carried out\n\nListed in its `says.did`, each with `what`.",
        table(["what", "meaning"], [(tick(name), DID[name]) for name in DID]),
        "## Entries of the journal\n\nLists show nothing that is not masked, and are not recorded.",
        table(["kind", "what happened", "written by"], [(tick(name), ENTRIES[name], entries[name]) for name in ENTRIES]),
    )


def kinds(method: str) -> Iterator[tuple[str, str]]:
    """The first argument of every ``work.begin(…)`` or ``work.did(…)``, with the file."""
    for path in sources():
        if "engine" not in path.parts:
            continue
        file = File(path)
        for node in ast.walk(file.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == method and node.args:
                yield from ((kind, _home(path)) for kind in file.strings(node.args[0], node))


def journal_kinds() -> Iterator[tuple[str, str]]:
    """Every kind that an entry of the journal can have, with the file.

    :raises SystemExit: a kind is computed.
    """
    for path in sources():
        if "testing" in path.parts:  # the authors' test kit writes nothing itself, and names its own things as it likes
            continue
        file = File(path)
        for node in ast.walk(file.tree):
            if isinstance(node, ast.Call) and (place := WRITERS.get(_called(node, path))) is not None:
                yield from ((kind, _home(path)) for kind in _kind(file, node, *place))


def _kind(file: File, node: ast.Call, position: int | None, keyword: str) -> list[str]:
    given = next((one.value for one in node.keywords if one.arg == keyword), None)
    if given is None and position is not None and position < len(node.args):
        given = node.args[position]
    if given is None:
        return []
    if isinstance(given, ast.JoinedStr):
        return list(EXPANDED[ast.unparse(given)[2:-1]])
    found = file.strings(given, node)
    passed_on = isinstance(given, ast.Attribute | ast.Name)
    if not found and not passed_on:
        raise SystemExit(f"{file.home}:{node.lineno}: the kind of this entry cannot be read from the source")
    return found


def _called(node: ast.Call, path: Path) -> str:
    name = ast.unparse(node.func)
    return f"{path.stem}.{name}" if name == "_both" else name


def _home(path: Path) -> str:
    return re.sub(r"\.py$", "", path.relative_to(ROOT).as_posix()).replace("/", ".")
