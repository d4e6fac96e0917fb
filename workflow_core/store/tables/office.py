"""Where programs run, who may do what, and what was done: definitions, accounts, the journal, messages."""

from __future__ import annotations

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, Table, text

from workflow_core.store.tables.columns import METADATA, count, json_text, key, may, n, need, one_of, partial_index

# -- Programs: where they run, and how ---------------------------------------------------------------------------------------------------------------

definition = Table(
    "definition",
    METADATA,
    key("digest"),
    need("program"),
    count("version", None),
    need("structure"),  # the digest of stages and field types alone: a change of it needs a new version
    need("snapshot"),
    need("at"),
    Index(None, "program", "version"),
)

enablement = Table(
    "enablement",
    METADATA,
    key("program"),
    key("division", ForeignKey("division.code")),
    key("since"),  # an instant
    need("state"),
    need("by"),
    need("at"),
    one_of("state", "enabled", "disabled"),
)

policy = Table(
    "policy",
    METADATA,
    key("program"),
    key("division", ForeignKey("division.code")),
    key("since"),  # an instant
    json_text("values_json"),
    need("by"),
    need("at"),
)

# -- Accounts, journal, messages ---------------------------------------------------------------------------------------------------------------------

account = Table(
    "account",
    METADATA,
    key("account_id"),
    need("login", unique=True),
    may("name"),
    may("os_user", unique=True),
    may("language"),
    may("person_id", ForeignKey("person.person_id")),  # a volunteer with a login: may do what his own cases ask of him
    need("created_at"),
    may("closed_at"),
)

deputy = Table(
    "deputy",
    METADATA,
    key("deputy_id"),
    need("login", ForeignKey("account.login")),  # who is away
    need("deputy", ForeignKey("account.login")),
    need("since"),
    need("until"),  # there is none without an end
    need("by"),
    need("at"),
    may("ended_at"),
    may("ended_by"),
    Index(None, "login"),
    Index(None, "deputy"),
)

grant = Table(
    "grant_",  # GRANT is a word of SQL
    METADATA,
    key("grant_id"),
    need("login", ForeignKey("account.login")),
    need("role"),
    need("scope_kind"),
    need("scope"),  # a division's code (of own cases: in which they must lie), or a place_id; '' the whole office
    may("program"),
    need("since"),
    may("until"),
    need("by"),
    need("at"),
    may("stands_for", ForeignKey("account.login")),  # a deputy's: in whose stead; None: held in the own right
    may("deputy_id", ForeignKey("deputy.deputy_id")),
    may("source"),  # the absent one's grant that it follows
    one_of("scope_kind", "division", "place", "own"),
    Index(None, "login"),
    Index(None, "role", "scope"),
)

grant_request = Table(
    "grant_request",
    METADATA,
    key("ref"),  # G-000012
    need("what", server_default=text("'give'")),  # take: an administrator's right that another shall lose
    need("login", ForeignKey("account.login")),
    need("role"),
    need("scope_kind"),
    need("scope"),
    may("program"),
    need("since"),
    may("until"),
    may("deputy_id", ForeignKey("deputy.deputy_id")),  # where it is a deputy's: of which deputyship, and after whose grant
    may("source"),
    need("state", server_default=text("'waiting'")),
    need("asked_by", ForeignKey("account.login")),
    need("asked_at"),
    may("answered_by"),
    may("answered_at"),
    may("answer"),
    one_of("what", "give", "take"),
    one_of("state", "waiting", "granted", "refused", "withdrawn", "lapsed"),
    partial_index("grant_request", ["ref"], "state = 'waiting'"),
)
"""Rights that two pairs of eyes give or take: asked for by one, granted by another."""

setting = Table("setting", METADATA, key("key"), need("value"))

journal = Table(
    "journal",
    METADATA,
    key("stream"),  # an account's day, or a person's file
    n(),
    need("at"),
    need("actor"),
    need("kind"),
    may("subject"),
    need("commitment"),
    need("previous"),
    need("digest"),
    Index(None, "subject", "at"),
    Index(None, "at"),
)

journal_payload = Table(
    "journal_payload",
    METADATA,
    key("stream"),
    n(),
    may("salt"),
    may("payload"),
    may("erased_at"),
    ForeignKeyConstraint(["stream", "n"], ["journal.stream", "journal.n"]),
)

journal_head = Table("journal_head", METADATA, key("stream"), count("n", None), need("digest"))
"""Where each stream ends: two writers of one stream queue here and not for anybody else, and a tail cut off is seen."""

seal = Table("seal", METADATA, key("day"), count("chains", None), need("previous"), need("digest"), need("at"))
"""One for each civil day that is over: a digest over where every chain stood that was written to on it. See :mod:`workflow_core.store.seals`."""

seal_head = Table(
    "seal_head",
    METADATA,
    key("day", ForeignKey("seal.day")),
    key("chain"),  # case/<its id>, or a stream of the journal
    count("n", None),
    need("digest"),
    Index(None, "chain", "n"),
)

request = Table("request", METADATA, key("key"), need("actor"), need("digest"), json_text("result"), need("at"))

outbox = Table(
    "outbox",
    METADATA,
    key("id"),
    need("at"),
    need("due_at"),
    need("kind"),
    may("case_id"),
    json_text("payload"),
    need("dedup", unique=True),
    count("attempts"),
    need("state", server_default=text("'waiting'")),
    may("last_error"),
    need("next_at"),
    one_of("kind", "message", "effect"),
    one_of("state", "waiting", "sent", "dead"),
    partial_index("outbox", ["next_at", "id"], "state = 'waiting'"),
    Index(None, "case_id"),
)
