"""What the journal's entries and the events of cases are called, and what they say, in the reader's language.

One table for both: ``care journal search`` tells them in one list. ``--json`` keeps the short names, which never change.
"""

from __future__ import annotations

from workflow_core.errors import Misused
from workflow_core.i18n import N_, translate

KINDS = {
    # of cases
    "advanced": N_("advanced"),
    "attached": N_("file attached"),
    "closed_by_hand": N_("closed by hand"),
    "consent_refused": N_("consent refused"),
    "consent_withdrawn": N_("consent withdrawn"),
    "corrected": N_("record corrected"),
    "ended_at_transfer": N_("ended at transfer"),
    "handed_over": N_("work handed over"),
    "identified": N_("child identified"),
    "imported": N_("brought by a sheet"),
    "kept_at_transfer": N_("kept at transfer"),
    "noted": N_("noted"),
    "occurrence_missed": N_("occurrence missed"),
    "opened": N_("case begun"),
    "overridden": N_("overridden"),
    "paper_answered": N_("paper answered"),
    "paper_drafted": N_("paper drafted"),
    "paper_served": N_("paper served"),
    "paper_signed": N_("paper signed"),
    "paper_voided": N_("paper voided"),
    "passed_over": N_("passed over"),
    "receipt_corrected": N_("receipt corrected"),
    "referral_accepted": N_("referral accepted"),
    "referral_closed": N_("referral closed"),
    "referral_declined": N_("referral declined"),
    "refused_elsewhere": N_("refused elsewhere"),
    "reopened": N_("reopened"),
    "resumed": N_("resumed"),
    "suspended": N_("case suspended"),
    "task_added": N_("task added"),
    "task_assigned": N_("task assigned"),
    "task_corrected": N_("task corrected"),
    "task_done": N_("task done"),
    "task_late": N_("task late"),
    "task_opened": N_("task opened"),
    "task_skipped": N_("task skipped"),
    "task_undone": N_("task undone"),
    "timer_fired": N_("deadline passed"),
    "told": N_("told by another case"),
    "transferred": N_("case transferred"),
    "upgrade_undone": N_("upgrade undone"),
    "upgraded": N_("upgraded"),
    # of registers
    "entry_closed": N_("entry closed"),
    "entry_corrected": N_("entry corrected"),
    "entry_entered": N_("entry made"),
    "entry_followed": N_("entry followed"),
    "entry_late": N_("entry late"),
    "entry_struck": N_("entry struck out"),
    # of files
    "amended": N_("file amended"),
    "consent_given": N_("consent given"),
    "consents_attested": N_("consents attested"),
    "erased": N_("erased"),
    "erasure_asked": N_("erasure asked"),
    "erasure_withdrawn": N_("erasure withdrawn"),
    "file_changed": N_("file changed"),
    "file_made": N_("file made"),
    "files_merged": N_("files merged"),
    "merged_from": N_("merged from"),
    "merged_into": N_("merged into"),
    "related": N_("relation entered"),
    "relation_ended": N_("relation ended"),
    "roster_imported": N_("roster imported"),
    "transfer_accepted": N_("transfer accepted"),
    "petition_received": N_("request received"),
    "petition_answered": N_("request answered"),
    "petition_printed": N_("answer printed"),
    "transfer_asked": N_("transfer asked"),
    "transfer_lapsed": N_("transfer lapsed"),
    "transfer_offered": N_("transfer offered"),
    "transfer_refused": N_("transfer refused"),
    "transfer_withdrawn": N_("transfer withdrawn"),
    # of looks, and of what left the office
    "access_approved": N_("access approved"),
    "access_asked": N_("access asked"),
    "access_ended": N_("access ended"),
    "access_log_told": N_("access log told"),
    "access_refused": N_("access refused"),
    "access_report_told": N_("access report told"),
    "access_reviewed": N_("access reviewed"),
    "case_opened": N_("case opened"),
    "denied": N_("denied"),
    "emergency_access": N_("emergency access"),
    "exported": N_("exported"),
    "file_opened": N_("file opened"),
    "handed_out": N_("handed out"),
    "history_read": N_("history read"),
    "register_read": N_("register read"),
    "revealed": N_("revealed"),
    # of the office
    "account_added": N_("account added"),
    "account_closed": N_("account closed"),
    "backed_up": N_("backed up"),
    "calendar_imported": N_("calendar imported"),
    "deputy_ended": N_("deputy ended"),
    "deputy_named": N_("deputy named"),
    "keep_set": N_("keeping set"),
    "password_set": N_("password set"),
    "place_added": N_("place added"),
    "place_changed": N_("place changed"),
    "place_closed": N_("place closed"),
    "policy_set": N_("policy set"),
    "program_disabled": N_("program disabled"),
    "program_enabled": N_("program enabled"),
    "repaired": N_("repaired"),
    "restored": N_("restored"),
    "role_asked": N_("role asked"),
    "role_granted": N_("role granted"),
    "role_refused": N_("role refused"),
    "role_revoked": N_("role revoked"),
    "template_accepted": N_("template accepted"),
    "work_handed_over": N_("work handed on"),
}
"""Every kind of event and of entry, and its title."""

NAMES = {
    "access": N_("approval"), "after": N_("after"), "answer": N_("answer"), "asked_by": N_("asked by"), "before": N_("before"),
    "by": N_("by"), "case": N_("case"), "cases": N_("cases"), "changes": N_("changes"), "children": N_("children"), "code": N_("code"),
    "consent": N_("consent"), "deputy": N_("deputy"), "digest": N_("digest"), "division": N_("division"), "doing": N_("tried"), "entries": N_("entries"),
    "events": N_("events"), "evidence": N_("evidence"), "expires": N_("expires"), "eyes": N_("second pair of eyes"), "field": N_("field"),
    "fields": N_("fields"), "file": N_("file"), "four_eyes": N_("four eyes"), "from": N_("from"), "from_stage": N_("from stage"),
    "into": N_("into"), "kin": N_("kin"), "kind": N_("kind"), "list": N_("list"), "login": N_("login"), "looks": N_("looks"), "made_at": N_("made at"),
    "masked": N_("masked"), "months": N_("kept for months"), "moved": N_("moved along"), "notice": N_("notice"),
    "on": N_("on"), "origin": N_("origin"), "os_user": N_("machine user"), "paper": N_("on paper"), "people": N_("people"), "program": N_("program"),
    "purpose": N_("purpose"), "reason": N_("reason"), "ref": N_("reference"), "register": N_("register"),
    "request": N_("request"), "review": N_("review"), "role": N_("role"), "rows": N_("rows"), "said": N_("said"), "scope": N_("scope"),
    "scope_kind": N_("kind of scope"), "shut": N_("shut"), "since": N_("since"), "state": N_("state"), "taken": N_("taken"), "left": N_("left there"),
    "template": N_("template"), "to": N_("to"), "to_stage": N_("to stage"), "township": N_("township"), "transfer": N_("transfer"),
    "transition": N_("step"), "until": N_("until"), "value": N_("value"), "values": N_("values"), "volunteer": N_("volunteer"), "what": N_("what"),
    "duplicates": N_("duplicates"), "imported": N_("imported"), "rejected": N_("rejected"), "unchanged": N_("unchanged"), "updated": N_("updated"),
    "sheet": N_("sheet"), "row": N_("row"), "number": N_("number"), "which": N_("which"), "years": N_("of the years"), "withdrawn": N_("withdrawn"),
    "given_kin": N_("guardian's kinship"), "step": N_("at step"), "basis": N_("basis"), "child_said": N_("the child says"), "said_on": N_("said on"),
    "on_paper": N_("on paper"), "attested": N_("attested"), "stands_for": N_("stands in for"), "lines": N_("lines"), "take": N_("to be taken back"),
    "back": N_("back with the role"),
}  # fmt: skip
"""What an entry says beside: its names, and their titles. A name that a program or a file's field brings stays as it is, or bears that field's title."""


def kind(name: str) -> str:
    """A kind of entry as people read it."""
    return translate(KINDS[name]) if name in KINDS else name.replace("_", " ")


def kind_named(text: str) -> str:
    """The kind that somebody means: by its short name or its title, in English or in the reader's language.

    :raises Misused: ``kind_unknown``: nothing is written under it, so that an empty answer would be believed.
    """
    said = text.strip().casefold()
    short = said.replace("-", "_").replace(" ", "_")
    found = next((name for name, title in KINDS.items() if said in (title.casefold(), translate(title).casefold())), short)
    if found in KINDS:
        return found
    names = {one.casefold().replace(" ", "_"): name for name, title in KINDS.items() for one in (translate(title), title, name)}
    from difflib import get_close_matches  # only when something is wrong

    near = list(dict.fromkeys(names[one] for one in get_close_matches(short, names, n=5, cutoff=0.5)))
    hint = N_("did you mean one of: {near}?") if near else N_("the kinds are: {known}")
    raise Misused("kind_unknown", N_("nothing is written as {kind}"), hint=hint, kind=text.strip(), near=", ".join(near), known=", ".join(sorted(KINDS)))


def _small(title: str) -> str:
    """A title within a line: ``ID number`` keeps its capitals."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def name(said: str) -> str:
    """The name of something that an entry says, each part of ``before.phone`` by its own title."""
    from careflow_cli.child_words import TITLES

    def one(part: str) -> str:
        title = NAMES.get(part) or TITLES.get(part)
        return part if title is None else _small(translate(title))

    return ".".join(one(part) for part in said.split("."))
