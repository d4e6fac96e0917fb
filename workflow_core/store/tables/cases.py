"""Cases and the rows keyed by them; what must hold across cases; what was asked of others."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, ForeignKeyConstraint, Index, Integer, LargeBinary, Table, UniqueConstraint, text

from workflow_core.store.tables.columns import METADATA, NO_DUE, count, flag, json_text, key, may, n, need, one_of, partial_index

# -- Cases -------------------------------------------------------------------------------------------------------------------------------------------

case = Table(
    "case",
    METADATA,
    key("case_id"),
    need("ref", unique=True),
    need("program"),
    need("workflow"),
    need("definition", ForeignKey("definition.digest")),
    need("stage"),
    need("stage_since"),
    may("subject_kind"),
    may("subject_id"),
    may("whole_id", ForeignKey("case.case_id")),
    need("division", ForeignKey("division.code")),
    may("place_id", ForeignKey("place.place_id")),  # for a grant on one school
    may("assignee"),
    need("key", server_default=text("''")),  # one open case per (workflow, subject, key), held by a row of hold
    may("wake_at"),  # the earliest instant at which the clock must look at the case
    may("due"),  # the earliest due date of an open task, for lists
    may("outcome"),
    json_text("record"),
    count("version", 1),
    need("opened_at"),
    may("closed_at"),
    may("suspended_at"),
    may("erased_at"),  # whom it was about is erased: it counts, and says nothing any more
    Index(None, "program", "workflow", "stage", "division"),
    Index(None, "subject_id"),
    Index(None, "whole_id"),
    partial_index("case", ["wake_at", "case_id"], "wake_at IS NOT NULL"),
)

task = Table(
    "task",
    METADATA,
    key("case_id", ForeignKey("case.case_id")),
    n(),
    need("name"),
    need("title"),
    need("state", server_default=text("'open'")),
    need("kind", server_default=text("'task'")),
    count("track"),  # which of its schedules
    count("occurrence", 1),
    json_text("doers"),  # names of the roles and parties that may do it
    may("about"),
    may("due"),
    may("anchor"),  # what the due date was counted from: while this stands, the date stands
    need("opened_at"),
    may("window_from"),
    may("slot"),  # the instant at which it began to be asked for, where that is a time of the day
    may("closed_at"),
    may("closed_by"),
    may("happened"),
    may("input"),
    may("assignee"),
    may("claimed_by"),
    may("reason"),
    count("reminders"),
    flag("late_done"),
    need("stage"),  # in which it was opened
    count("entered"),  # the event with which that stay in its stages began
    may("origin"),  # the timer or effect that opened it
    Column("covers", Integer),  # closed by what was entered for that other row
    count("version", 1),
    one_of("state", "open", "done", "missed", "skipped", "closed", "undone"),
    one_of("kind", "task", "adhoc", "escalation", "reply", "paper"),
)

waiting = Table(
    "waiting",
    METADATA,
    key("case_id"),
    n(),
    key("role"),
    need("division"),
    need("due", server_default=text(f"'{NO_DUE}'")),
    may("place_id"),
    may("assignee"),
    ForeignKeyConstraint(["case_id", "n"], ["task.case_id", "task.n"]),
    # Each holds one kind of desk in the order in which it is read: a division's, the whole office's, a school's, one person's own.
    Index(None, "role", "division", "due", "case_id", "n"),
    Index(None, "role", "due", "case_id", "n"),
    partial_index("waiting", ["role", "place_id", "due", "case_id", "n"], "place_id IS NOT NULL"),
    partial_index("waiting", ["assignee", "due", "case_id", "n"], "assignee IS NOT NULL"),
    comment="the inbox: one row per open task and role; gone when the task is no longer open",
)

timer = Table(
    "timer",
    METADATA,
    key("case_id", ForeignKey("case.case_id")),
    n(),
    need("name"),
    may("due_at"),
    need("state", server_default=text("'waiting'")),
    need("entered"),  # which entry of the stage it belongs to
    may("anchor"),  # what the instant was counted from
    count("fired"),
    may("remaining"),  # what was left when the case was suspended
    one_of("state", "waiting", "fired", "stopped"),
)

event = Table(
    "event",
    METADATA,
    key("case_id", ForeignKey("case.case_id")),
    n(),  # the case's version after it
    need("at"),  # when it took effect
    need("recorded_at"),
    need("actor"),
    may("on_behalf"),
    need("kind"),  # opened, advanced, task_done, …
    may("transition"),
    may("from_stage"),
    may("to_stage"),
    need("code_version"),
    need("commitment"),
    need("previous"),
    need("digest"),
    Index(None, "recorded_at"),
)

event_payload = Table(
    "event_payload",
    METADATA,
    key("case_id"),
    n(),
    may("salt"),
    may("payload"),
    may("erased_at"),  # set together with salt and payload removed: the chain still verifies
    ForeignKeyConstraint(["case_id", "n"], ["event.case_id", "event.n"]),
)

document = Table(
    "document",
    METADATA,
    key("case_id", ForeignKey("case.case_id")),
    n(),
    need("name"),
    need("title"),
    need("state", server_default=text("'draft'")),
    may("issuer"),
    Column("year", Integer),
    Column("number", Integer),
    may("number_text"),
    json_text("fields"),  # what was filled in when it was signed
    may("template"),  # its digest
    may("content", ForeignKey("blob.digest")),  # the page as it was signed
    may("sealed"),  # the digest over all that was signed
    need("drafted_at"),
    need("drafted_by"),
    may("signed_at"),
    may("signed_by"),
    may("served_on"),
    may("receipt"),  # what the receipt says
    may("scan", ForeignKey("blob.digest")),  # the receipt itself
    may("answered_on"),
    may("answer"),
    may("voided_at"),
    may("void_reason"),
    may("erased_at"),  # somebody it named is erased: it is no longer what was signed, or nothing of it is left but its number
    one_of("state", "draft", "signed", "served", "answered", "void"),
    UniqueConstraint("issuer", "name", "year", "number"),  # a voided number stays taken
)

party = Table(
    "party",
    METADATA,
    key("case_id", ForeignKey("case.case_id")),
    n(),
    need("name"),
    need("kind"),
    need("party_id"),
    need("since"),
    may("until"),
    json_text("data"),
    Index(None, "party_id"),
)

register_entry = Table(
    "register_entry",
    METADATA,
    key("case_id", ForeignKey("case.case_id")),
    key("register"),
    n(),  # the entry's number in the register's own stream of the journal, which holds what it says
    need("stream"),
    count("of", None),  # the entry that this one closes, corrects or strikes out; its own number for the first of a matter
    need("kind"),
    need("happened"),
    may("slot"),  # of whom at most one stands open
    need("recorded_at"),
    need("recorded_by"),
    one_of("kind", "entered", "closed", "corrected", "struck"),
    ForeignKeyConstraint(["stream", "n"], ["journal.stream", "journal.n"]),
)

register_open = Table(
    "register_open",
    METADATA,
    key("case_id"),
    key("register"),
    n(),  # the first entry of the matter that stands open
    need("slot"),  # two who enter the same at once: one of them is told
    may("due"),
    flag("late_done"),
    ForeignKeyConstraint(["case_id", "register", "n"], ["register_entry.case_id", "register_entry.register", "register_entry.n"]),
    UniqueConstraint("case_id", "register", "slot"),
    partial_index("register_open", ["due", "case_id", "register", "n"], "due IS NOT NULL AND late_done = 0"),
    comment="what stands open in registers; gone when it is closed",
)

attachment = Table(
    "attachment",
    METADATA,
    key("case_id", ForeignKey("case.case_id")),
    n(),
    need("name"),
    need("digest", ForeignKey("blob.digest")),
    may("media_type"),
    may("note"),
    need("at"),
    need("by"),
    may("removed_at"),
)

blob = Table(
    "blob",
    METADATA,
    key("digest"),  # sha256 of the content: the same bytes are stored once
    count("size", None),
    Column("content", LargeBinary, nullable=False),
    need("at"),
)

# -- What must hold across cases ---------------------------------------------------------------------------------------------------------------------

hold = Table(
    "hold",
    METADATA,
    key("program"),
    key("limit_name"),
    key("key"),
    count("used"),
    count("size", None),
    CheckConstraint("used >= 0", name="used"),
)

hold_item = Table(
    "hold_item",
    METADATA,
    key("program"),
    key("limit_name"),
    key("key"),
    key("case_id", ForeignKey("case.case_id", deferrable=True, initially="DEFERRED")),  # the hold is taken before its case is written
    may("once"),  # cases with the same word here take one place together
    ForeignKeyConstraint(["program", "limit_name", "key"], ["hold.program", "hold.limit_name", "hold.key"]),
    Index(None, "case_id"),
)

line = Table(
    "line",
    METADATA,
    key("case_id", ForeignKey("case.case_id")),
    key("limit_name"),
    need("program"),
    need("key"),  # of which place of the limit: as in hold
    need("rank"),  # its order, as text that sorts alike
    need("since"),
    may("tried"),  # the day on which the place was refused it: it is asked again the next day, or when the case changes
    Index(None, "program", "limit_name", "key", "rank", "since", "case_id"),
)

sequence = Table("sequence", METADATA, key("issuer"), key("kind"), Column("year", Integer, primary_key=True, autoincrement=False), count("next", None))

lease = Table("lease", METADATA, key("name"), need("holder"), need("until"))

plan = Table(
    "plan",
    METADATA,
    key("plan_id"),
    need("ref", unique=True),  # PLAN-26-00012, as people say it
    need("program"),
    need("batch"),
    need("division", ForeignKey("division.code")),
    may("whole_id", ForeignKey("case.case_id")),
    need("state", server_default=text("'planned'")),
    json_text("input"),
    json_text("summary"),
    need("digest"),  # of the snapshot it was made from
    count("carried_out"),
    need("by"),
    need("at"),
    one_of("state", "planned", "running", "done", "dropped"),
    Index(None, "program", "batch", "division"),
    Index(None, "state", "ref"),  # those that are begun and left
)

plan_item = Table(
    "plan_item",
    METADATA,
    key("plan_id", ForeignKey("plan.plan_id")),
    n(),
    need("key"),
    json_text("decision"),
    need("state", server_default=text("'planned'")),
    may("refusal"),
    may("case_id"),
    one_of("state", "planned", "done", "refused"),
)

# -- What was asked of others ------------------------------------------------------------------------------------------------------------------------

referral = Table(
    "referral",
    METADATA,
    key("referral_id"),
    need("from_case", ForeignKey("case.case_id")),
    need("program"),  # a name: where it is not enabled, the referral waits
    need("division", ForeignKey("division.code")),
    may("subject_kind"),
    may("subject_id"),
    need("reason"),
    flag("urgent"),
    may("reply_task"),
    need("state", server_default=text("'waiting'")),
    may("to_case", ForeignKey("case.case_id")),
    may("answer"),
    need("asked_at"),
    need("asked_by"),
    may("answered_at"),
    may("answered_by"),
    Index(None, "program", "division", "state"),
    Index(None, "from_case"),
    Index(None, "subject_id"),
)

transfer = Table(
    "transfer",
    METADATA,
    key("transfer_id"),
    need("ref", unique=True),
    may("person_id", ForeignKey("person.person_id")),  # whose file; or else
    may("case_id", ForeignKey("case.case_id")),  # the one case that is handed over, while the file stays where it is
    may("shown"),  # of a case: JSON, what the other side is told of it before it accepts
    need("kind", server_default=text("'ask'")),  # who began it: the township that keeps the file offers it, another one asks for it
    need("from_division", ForeignKey("division.code")),
    need("to_division", ForeignKey("division.code")),
    need("reason"),
    need("state", server_default=text("'waiting'")),
    may("answer"),
    need("asked_at"),
    need("asked_by"),
    may("answered_at"),
    may("answered_by"),
    need("told_at"),  # when those who are to answer were told of it last
    count("reminders"),
    one_of("kind", "ask", "offer"),
    CheckConstraint("(person_id IS NULL) <> (case_id IS NULL)", name="one"),
    one_of("state", "waiting", "accepted", "refused", "withdrawn", "lapsed"),
    Index(None, "state", "told_at"),
    Index(None, "from_division", "state"),
    Index(None, "to_division", "state"),
    Index(None, "person_id"),
    Index(None, "case_id"),
)

access_request = Table(
    "access_request",
    METADATA,
    key("access_request_id"),
    need("ref", unique=True),
    need("kind"),
    need("login", ForeignKey("account.login")),
    may("person_id", ForeignKey("person.person_id")),
    may("case_id", ForeignKey("case.case_id")),
    may("division", ForeignKey("division.code")),  # of a request for all that lies there; of one child, or one case, it is looked up where they lie now
    need("fields", server_default=text("'[]'")),
    count("rows"),  # so many files may be shown under it, and so many were
    count("used"),
    need("purpose"),
    need("state", server_default=text("'waiting'")),
    need("until"),
    need("asked_at"),
    may("answer"),
    may("answered_at"),
    may("answered_by"),
    may("ended_at"),
    may("review"),  # of an emergency: what whoever looked at it afterwards says of it
    may("reviewed_at"),
    may("reviewed_by"),
    one_of("kind", "child", "division", "case", "emergency"),
    one_of("state", "waiting", "approved", "refused", "ended"),
    Index(None, "login", "state"),
    Index(None, "state", "asked_at"),
    Index(None, "person_id"),
)
