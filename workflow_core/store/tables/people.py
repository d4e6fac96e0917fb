"""Divisions, calendar, places; people, their relations and what is known of them."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, SmallInteger, Table, text

from workflow_core.store.tables.columns import METADATA, TEXT, count, flag, json_text, key, may, n, need, one_of

# -- Divisions, calendar, places ---------------------------------------------------------------------------------------------------------------------

division = Table(
    "division",
    METADATA,
    key("code"),  # the official code without trailing zeros: a division's subtree is a range of codes
    need("name"),
    may("parent", ForeignKey("division.code")),
    need("level"),  # province, city, county, township, village
    may("closed_on"),
    may("merged_into", ForeignKey("division.code")),
    Index(None, "parent"),
    Index(None, "name"),
)

calendar = Table(
    "calendar",
    METADATA,
    key("division"),  # '' = the whole office; no foreign key for that reason
    key("day"),
    flag("working"),
    flag("school"),
    may("term"),
    may("name"),
)

place = Table(
    "place",
    METADATA,
    key("place_id"),
    need("ref", unique=True),
    need("kind"),  # school, clinic, home, desk
    need("name"),
    need("name_key"),  # NFKC, no white space: what names are compared by
    need("division", ForeignKey("division.code")),
    may("code"),  # the official code of a school or clinic
    may("address"),
    may("phone"),
    count("version", 1),
    need("created_at"),
    need("updated_at"),
    may("closed_at"),
    Index(None, "division", "kind"),
    Index(None, "name_key"),
)

# -- People ------------------------------------------------------------------------------------------------------------------------------------------

person = Table(
    "person",
    METADATA,
    key("person_id"),
    need("ref", unique=True),  # C-000123 for children, P-000123 for others
    need("name"),
    need("name_key"),
    may("national_id", unique=True),  # several NULLs are no clash on either database
    may("sex"),
    may("born_on"),
    may("phone"),
    need("division", ForeignKey("division.code")),
    may("village"),
    may("address"),
    may("ethnicity"),
    count("version", 1),
    may("merged_into", ForeignKey("person.person_id")),
    need("created_at"),
    need("updated_at"),
    may("erased_at"),  # nothing is left of the person but the reference
    CheckConstraint("sex IN ('male', 'female')", name="sex"),
    Index(None, "name_key", "born_on"),
    Index(None, "division", "name_key"),  # any part of a name: LIKE '%…%' over the divisions in scope, which this index alone answers
    Index(None, "phone"),
)

child = Table(
    "child",
    METADATA,
    key("person_id", ForeignKey("person.person_id")),
    flag("provisional"),  # identity still open
    may("school", ForeignKey("place.place_id")),
    Column("grade", Integer),
    may("class_name"),
    Column("boards", SmallInteger),
    may("left_behind"),  # who of the parents is away: both_away, father_away, mother_away, one_away; none
    Column("hardship", TEXT, nullable=False, server_default=text("'[]'")),
    need("status", server_default=text("'active'")),  # active, moved, of age, died
    may("note"),
    Index(None, "school", "grade", "class_name"),
)

volunteer = Table(
    "volunteer",
    METADATA,
    key("person_id", ForeignKey("person.person_id")),
    need("status", server_default=text("'active'")),
    may("occupation"),
    may("workplace"),
    may("note"),
)

relation = Table(
    "relation",
    METADATA,
    key("relation_id"),
    need("person_id", ForeignKey("person.person_id")),  # the child
    need("other_id", ForeignKey("person.person_id")),
    need("kind"),  # guardian, father, mother
    may("kin"),
    may("since"),
    may("until"),
    may("workplace"),
    Index(None, "person_id"),
    Index(None, "other_id"),
)

observation = Table(
    "observation",
    METADATA,
    key("person_id", ForeignKey("person.person_id")),
    n(),
    need("name"),
    need("value"),
    may("unit"),
    need("happened"),
    may("about"),
    may("program"),
    may("case_id"),
    Column("corrects", Integer),  # the n of the observation this one corrects
    need("recorded_at"),
    need("recorded_by"),
    Index(None, "person_id", "name", "happened"),
)

consent = Table(
    "consent",
    METADATA,
    key("person_id", ForeignKey("person.person_id")),  # the child
    n(),
    need("program"),
    need("name"),  # the purpose, as the program names it
    need("said"),  # given, refused, withdrawn
    need("basis"),  # consent, statutory_duty, emergency
    may("notice"),  # the version of what the guardian was told
    may("given_by", ForeignKey("person.person_id")),  # the guardian, where he is on file
    may("given_name"),  # his name, where he is not
    may("given_kin"),  # how he is related to the child, where he is not on file
    may("child_said"),  # agrees, disagrees: what the child says itself
    need("said_on"),  # the day it was said
    may("evidence", ForeignKey("blob.digest")),
    flag("on_paper"),  # the signed paper lies in the office
    flag("attested"),  # for a list of children at once, by who recorded it
    may("expires"),  # the last day on which it counts
    may("reason"),
    need("recorded_at"),
    need("recorded_by"),
    one_of("said", "given", "refused", "withdrawn"),
    one_of("basis", "consent", "statutory_duty", "emergency"),
    Index(None, "program", "name"),
)

erasure = Table(
    "erasure",
    METADATA,
    key("erasure_id"),
    need("person_id", ForeignKey("person.person_id")),  # the child
    need("ref"),
    need("division"),
    need("reason"),
    need("state", server_default=text("'asked'")),
    need("asked_at"),
    need("asked_by"),
    may("answered_at"),  # the instant that all that was erased bears
    may("answered_by"),  # the second person
    json_text("told"),  # how much went, and what lies where the office cannot reach
    may("cleaned_at"),  # when the bytes were gone from the database's own files
    one_of("state", "asked", "withdrawn", "done"),
    Index(None, "person_id"),
    Index(None, "state"),
)

petition = Table(
    "petition",
    METADATA,
    key("petition_id"),
    need("ref", unique=True),  # Q-000012
    need("person_id", ForeignKey("person.person_id")),  # the child
    need("kind"),
    need("said_by"),  # who asked, and as what
    need("what"),
    need("state", server_default=text("'waiting'")),
    need("received_on"),
    need("due"),
    need("recorded_at"),
    need("recorded_by"),
    may("answer"),  # what was done, or why it was not
    may("answered_at"),
    may("answered_by"),
    one_of("kind", "see", "copy", "correct", "add", "erase"),
    one_of("state", "waiting", "granted", "refused", "withdrawn"),
    Index(None, "person_id"),
    Index(None, "state", "due"),
)
"""What a child, or whoever may speak for it, asks of the office about its data, and the answer."""
