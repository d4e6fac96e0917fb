"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "blob",
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_blob")),
    )
    op.create_table(
        "calendar",
        sa.Column("division", TEXT, nullable=False),
        sa.Column("day", TEXT, nullable=False),
        sa.Column("working", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("school", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("term", TEXT, nullable=True),
        sa.Column("name", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("division", "day", name=op.f("pk_calendar")),
    )
    op.create_table(
        "definition",
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("program", TEXT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("structure", TEXT, nullable=False),
        sa.Column("snapshot", TEXT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_definition")),
    )
    with op.batch_alter_table("definition", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_definition_program_version"), ["program", "version"], unique=False)

    op.create_table(
        "division",
        sa.Column("code", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("parent", TEXT, nullable=True),
        sa.Column("level", TEXT, nullable=False),
        sa.Column("closed_on", TEXT, nullable=True),
        sa.Column("merged_into", TEXT, nullable=True),
        sa.ForeignKeyConstraint(["merged_into"], ["division.code"], name=op.f("fk_division_merged_into")),
        sa.ForeignKeyConstraint(["parent"], ["division.code"], name=op.f("fk_division_parent")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_division")),
    )
    with op.batch_alter_table("division", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_division_name"), ["name"], unique=False)
        batch_op.create_index(batch_op.f("ix_division_parent"), ["parent"], unique=False)

    op.create_table(
        "hold",
        sa.Column("program", TEXT, nullable=False),
        sa.Column("limit_name", TEXT, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("used", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.CheckConstraint("used >= 0", name=op.f("ck_hold_used")),
        sa.PrimaryKeyConstraint("program", "limit_name", "key", name=op.f("pk_hold")),
    )
    op.create_table(
        "journal",
        sa.Column("stream", TEXT, nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=True),
        sa.Column("commitment", TEXT, nullable=False),
        sa.Column("previous", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("stream", "n", name=op.f("pk_journal")),
    )
    with op.batch_alter_table("journal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_journal_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_journal_subject_at"), ["subject", "at"], unique=False)

    op.create_table(
        "journal_head",
        sa.Column("stream", TEXT, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("stream", name=op.f("pk_journal_head")),
    )
    op.create_table(
        "lease",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("holder", TEXT, nullable=False),
        sa.Column("until", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("due_at", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("case_id", TEXT, nullable=True),
        sa.Column("payload", TEXT, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("dedup", TEXT, nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("state", TEXT, server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("last_error", TEXT, nullable=True),
        sa.Column("next_at", TEXT, nullable=False),
        sa.CheckConstraint("kind IN ('message', 'effect')", name=op.f("ck_outbox_kind")),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'dead')", name=op.f("ck_outbox_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("dedup", name=op.f("uq_outbox_dedup")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            "ix_outbox_next_at_id", ["next_at", "id"], unique=False, sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'")
        )

    op.create_table(
        "request",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("result", TEXT, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_request")),
    )
    op.create_table(
        "sequence",
        sa.Column("issuer", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("next", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("issuer", "kind", "year", name=op.f("pk_sequence")),
    )
    op.create_table(
        "seal",
        sa.Column("day", TEXT, nullable=False),
        sa.Column("chains", sa.Integer(), nullable=False),
        sa.Column("previous", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_seal")),
    )
    op.create_table(
        "seal_head",
        sa.Column("day", TEXT, nullable=False),
        sa.Column("chain", TEXT, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["day"], ["seal.day"], name=op.f("fk_seal_head_day")),
        sa.PrimaryKeyConstraint("day", "chain", name=op.f("pk_seal_head")),
    )
    with op.batch_alter_table("seal_head", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seal_head_chain_n"), ["chain", "n"], unique=False)

    op.create_table(
        "setting", sa.Column("key", TEXT, nullable=False), sa.Column("value", TEXT, nullable=False), sa.PrimaryKeyConstraint("key", name=op.f("pk_setting"))
    )
    op.create_table(
        "enablement",
        sa.Column("program", TEXT, nullable=False),
        sa.Column("division", TEXT, nullable=False),
        sa.Column("since", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.CheckConstraint("state IN ('enabled', 'disabled')", name=op.f("ck_enablement_state")),
        sa.ForeignKeyConstraint(["division"], ["division.code"], name=op.f("fk_enablement_division")),
        sa.PrimaryKeyConstraint("program", "division", "since", name=op.f("pk_enablement")),
    )
    op.create_table(
        "journal_payload",
        sa.Column("stream", TEXT, nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("salt", TEXT, nullable=True),
        sa.Column("payload", TEXT, nullable=True),
        sa.Column("erased_at", TEXT, nullable=True),
        sa.ForeignKeyConstraint(["stream", "n"], ["journal.stream", "journal.n"], name=op.f("fk_journal_payload_stream_n")),
        sa.PrimaryKeyConstraint("stream", "n", name=op.f("pk_journal_payload")),
    )
    op.create_table(
        "person",
        sa.Column("person_id", TEXT, nullable=False),
        sa.Column("ref", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("name_key", TEXT, nullable=False),
        sa.Column("national_id", TEXT, nullable=True),
        sa.Column("sex", TEXT, nullable=True),
        sa.Column("born_on", TEXT, nullable=True),
        sa.Column("phone", TEXT, nullable=True),
        sa.Column("division", TEXT, nullable=False),
        sa.Column("village", TEXT, nullable=True),
        sa.Column("address", TEXT, nullable=True),
        sa.Column("ethnicity", TEXT, nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("merged_into", TEXT, nullable=True),
        sa.Column("created_at", TEXT, nullable=False),
        sa.Column("updated_at", TEXT, nullable=False),
        sa.Column("erased_at", TEXT, nullable=True),
        sa.CheckConstraint("sex IN ('male', 'female')", name=op.f("ck_person_sex")),
        sa.ForeignKeyConstraint(["division"], ["division.code"], name=op.f("fk_person_division")),
        sa.ForeignKeyConstraint(["merged_into"], ["person.person_id"], name=op.f("fk_person_merged_into")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person")),
        sa.UniqueConstraint("national_id", name=op.f("uq_person_national_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_person_ref")),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_division_name_key"), ["division", "name_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_person_name_key_born_on"), ["name_key", "born_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_person_phone"), ["phone"], unique=False)

    op.create_table(
        "account",
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("login", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=True),
        sa.Column("os_user", TEXT, nullable=True),
        sa.Column("language", TEXT, nullable=True),
        sa.Column("person_id", TEXT, nullable=True),
        sa.Column("created_at", TEXT, nullable=False),
        sa.Column("closed_at", TEXT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name=op.f("fk_account_person_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_account")),
        sa.UniqueConstraint("login", name=op.f("uq_account_login")),
        sa.UniqueConstraint("os_user", name=op.f("uq_account_os_user")),
    )
    op.create_table(
        "deputy",
        sa.Column("deputy_id", TEXT, nullable=False),
        sa.Column("login", TEXT, nullable=False),
        sa.Column("deputy", TEXT, nullable=False),
        sa.Column("since", TEXT, nullable=False),
        sa.Column("until", TEXT, nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("ended_at", TEXT, nullable=True),
        sa.Column("ended_by", TEXT, nullable=True),
        sa.ForeignKeyConstraint(["deputy"], ["account.login"], name=op.f("fk_deputy_deputy")),
        sa.ForeignKeyConstraint(["login"], ["account.login"], name=op.f("fk_deputy_login")),
        sa.PrimaryKeyConstraint("deputy_id", name=op.f("pk_deputy")),
    )
    with op.batch_alter_table("deputy", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deputy_deputy"), ["deputy"], unique=False)
        batch_op.create_index(batch_op.f("ix_deputy_login"), ["login"], unique=False)

    op.create_table(
        "grant_request",
        sa.Column("ref", TEXT, nullable=False),
        sa.Column("what", TEXT, server_default=sa.text("'give'"), nullable=False),
        sa.Column("login", TEXT, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("scope_kind", TEXT, nullable=False),
        sa.Column("scope", TEXT, nullable=False),
        sa.Column("program", TEXT, nullable=True),
        sa.Column("since", TEXT, nullable=False),
        sa.Column("until", TEXT, nullable=True),
        sa.Column("deputy_id", TEXT, nullable=True),
        sa.Column("source", TEXT, nullable=True),
        sa.Column("state", TEXT, server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("asked_by", TEXT, nullable=False),
        sa.Column("asked_at", TEXT, nullable=False),
        sa.Column("answered_by", TEXT, nullable=True),
        sa.Column("answered_at", TEXT, nullable=True),
        sa.Column("answer", TEXT, nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'granted', 'refused', 'withdrawn', 'lapsed')", name=op.f("ck_grant_request_state")),
        sa.CheckConstraint("what IN ('give', 'take')", name=op.f("ck_grant_request_what")),
        sa.ForeignKeyConstraint(["asked_by"], ["account.login"], name=op.f("fk_grant_request_asked_by")),
        sa.ForeignKeyConstraint(["deputy_id"], ["deputy.deputy_id"], name=op.f("fk_grant_request_deputy_id")),
        sa.ForeignKeyConstraint(["login"], ["account.login"], name=op.f("fk_grant_request_login")),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_grant_request")),
    )
    with op.batch_alter_table("grant_request", schema=None) as batch_op:
        batch_op.create_index(
            "ix_grant_request_ref", ["ref"], unique=False, sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'")
        )

    op.create_table(
        "grant_",
        sa.Column("grant_id", TEXT, nullable=False),
        sa.Column("login", TEXT, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("scope_kind", TEXT, nullable=False),
        sa.Column("scope", TEXT, nullable=False),
        sa.Column("program", TEXT, nullable=True),
        sa.Column("since", TEXT, nullable=False),
        sa.Column("until", TEXT, nullable=True),
        sa.Column("by", TEXT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("stands_for", TEXT, nullable=True),
        sa.Column("deputy_id", TEXT, nullable=True),
        sa.Column("source", TEXT, nullable=True),
        sa.CheckConstraint("scope_kind IN ('division', 'place', 'own')", name=op.f("ck_grant__scope_kind")),
        sa.ForeignKeyConstraint(["deputy_id"], ["deputy.deputy_id"], name=op.f("fk_grant__deputy_id")),
        sa.ForeignKeyConstraint(["login"], ["account.login"], name=op.f("fk_grant__login")),
        sa.ForeignKeyConstraint(["stands_for"], ["account.login"], name=op.f("fk_grant__stands_for")),
        sa.PrimaryKeyConstraint("grant_id", name=op.f("pk_grant_")),
    )
    with op.batch_alter_table("grant_", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_grant__login"), ["login"], unique=False)
        batch_op.create_index(batch_op.f("ix_grant__role_scope"), ["role", "scope"], unique=False)

    op.create_table(
        "place",
        sa.Column("place_id", TEXT, nullable=False),
        sa.Column("ref", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("name_key", TEXT, nullable=False),
        sa.Column("division", TEXT, nullable=False),
        sa.Column("code", TEXT, nullable=True),
        sa.Column("address", TEXT, nullable=True),
        sa.Column("phone", TEXT, nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", TEXT, nullable=False),
        sa.Column("updated_at", TEXT, nullable=False),
        sa.Column("closed_at", TEXT, nullable=True),
        sa.ForeignKeyConstraint(["division"], ["division.code"], name=op.f("fk_place_division")),
        sa.PrimaryKeyConstraint("place_id", name=op.f("pk_place")),
        sa.UniqueConstraint("ref", name=op.f("uq_place_ref")),
    )
    with op.batch_alter_table("place", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_place_division_kind"), ["division", "kind"], unique=False)
        batch_op.create_index(batch_op.f("ix_place_name_key"), ["name_key"], unique=False)

    op.create_table(
        "policy",
        sa.Column("program", TEXT, nullable=False),
        sa.Column("division", TEXT, nullable=False),
        sa.Column("since", TEXT, nullable=False),
        sa.Column("values_json", TEXT, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["division"], ["division.code"], name=op.f("fk_policy_division")),
        sa.PrimaryKeyConstraint("program", "division", "since", name=op.f("pk_policy")),
    )
    op.create_table(
        "case",
        sa.Column("case_id", TEXT, nullable=False),
        sa.Column("ref", TEXT, nullable=False),
        sa.Column("program", TEXT, nullable=False),
        sa.Column("workflow", TEXT, nullable=False),
        sa.Column("definition", TEXT, nullable=False),
        sa.Column("stage", TEXT, nullable=False),
        sa.Column("stage_since", TEXT, nullable=False),
        sa.Column("subject_kind", TEXT, nullable=True),
        sa.Column("subject_id", TEXT, nullable=True),
        sa.Column("whole_id", TEXT, nullable=True),
        sa.Column("division", TEXT, nullable=False),
        sa.Column("place_id", TEXT, nullable=True),
        sa.Column("assignee", TEXT, nullable=True),
        sa.Column("key", TEXT, server_default=sa.text("('')"), nullable=False),
        sa.Column("wake_at", TEXT, nullable=True),
        sa.Column("due", TEXT, nullable=True),
        sa.Column("outcome", TEXT, nullable=True),
        sa.Column("record", TEXT, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("opened_at", TEXT, nullable=False),
        sa.Column("closed_at", TEXT, nullable=True),
        sa.Column("suspended_at", TEXT, nullable=True),
        sa.Column("erased_at", TEXT, nullable=True),
        sa.ForeignKeyConstraint(["definition"], ["definition.digest"], name=op.f("fk_case_definition")),
        sa.ForeignKeyConstraint(["division"], ["division.code"], name=op.f("fk_case_division")),
        sa.ForeignKeyConstraint(["place_id"], ["place.place_id"], name=op.f("fk_case_place_id")),
        sa.ForeignKeyConstraint(["whole_id"], ["case.case_id"], name=op.f("fk_case_whole_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case")),
        sa.UniqueConstraint("ref", name=op.f("uq_case_ref")),
    )
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_program_workflow_stage_division"), ["program", "workflow", "stage", "division"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_subject_id"), ["subject_id"], unique=False)
        batch_op.create_index(
            "ix_case_wake_at_case_id",
            ["wake_at", "case_id"],
            unique=False,
            sqlite_where=sa.text("wake_at IS NOT NULL"),
            postgresql_where=sa.text("wake_at IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_case_whole_id"), ["whole_id"], unique=False)

    op.create_table(
        "child",
        sa.Column("person_id", TEXT, nullable=False),
        sa.Column("provisional", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("school", TEXT, nullable=True),
        sa.Column("grade", sa.Integer(), nullable=True),
        sa.Column("class_name", TEXT, nullable=True),
        sa.Column("boards", sa.SmallInteger(), nullable=True),
        sa.Column("left_behind", TEXT, nullable=True),
        sa.Column("hardship", TEXT, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("status", TEXT, server_default=sa.text("'active'"), nullable=False),
        sa.Column("note", TEXT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name=op.f("fk_child_person_id")),
        sa.ForeignKeyConstraint(["school"], ["place.place_id"], name=op.f("fk_child_school")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_child")),
    )
    with op.batch_alter_table("child", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_child_school_grade_class_name"), ["school", "grade", "class_name"], unique=False)

    op.create_table(
        "consent",
        sa.Column("person_id", TEXT, nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("program", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("said", TEXT, nullable=False),
        sa.Column("basis", TEXT, nullable=False),
        sa.Column("notice", TEXT, nullable=True),
        sa.Column("given_by", TEXT, nullable=True),
        sa.Column("given_name", TEXT, nullable=True),
        sa.Column("given_kin", TEXT, nullable=True),
        sa.Column("child_said", TEXT, nullable=True),
        sa.Column("said_on", TEXT, nullable=False),
        sa.Column("evidence", TEXT, nullable=True),
        sa.Column("on_paper", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("attested", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("expires", TEXT, nullable=True),
        sa.Column("reason", TEXT, nullable=True),
        sa.Column("recorded_at", TEXT, nullable=False),
        sa.Column("recorded_by", TEXT, nullable=False),
        sa.CheckConstraint("basis IN ('consent', 'statutory_duty', 'emergency')", name=op.f("ck_consent_basis")),
        sa.CheckConstraint("said IN ('given', 'refused', 'withdrawn')", name=op.f("ck_consent_said")),
        sa.ForeignKeyConstraint(["evidence"], ["blob.digest"], name=op.f("fk_consent_evidence")),
        sa.ForeignKeyConstraint(["given_by"], ["person.person_id"], name=op.f("fk_consent_given_by")),
        sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name=op.f("fk_consent_person_id")),
        sa.PrimaryKeyConstraint("person_id", "n", name=op.f("pk_consent")),
    )
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consent_program_name"), ["program", "name"], unique=False)

    op.create_table(
        "observation",
        sa.Column("person_id", TEXT, nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.Column("unit", TEXT, nullable=True),
        sa.Column("happened", TEXT, nullable=False),
        sa.Column("about", TEXT, nullable=True),
        sa.Column("program", TEXT, nullable=True),
        sa.Column("case_id", TEXT, nullable=True),
        sa.Column("corrects", sa.Integer(), nullable=True),
        sa.Column("recorded_at", TEXT, nullable=False),
        sa.Column("recorded_by", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name=op.f("fk_observation_person_id")),
        sa.PrimaryKeyConstraint("person_id", "n", name=op.f("pk_observation")),
    )
    with op.batch_alter_table("observation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_observation_person_id_name_happened"), ["person_id", "name", "happened"], unique=False)

    op.create_table(
        "relation",
        sa.Column("relation_id", TEXT, nullable=False),
        sa.Column("person_id", TEXT, nullable=False),
        sa.Column("other_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("kin", TEXT, nullable=True),
        sa.Column("since", TEXT, nullable=True),
        sa.Column("until", TEXT, nullable=True),
        sa.Column("workplace", TEXT, nullable=True),
        sa.ForeignKeyConstraint(["other_id"], ["person.person_id"], name=op.f("fk_relation_other_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name=op.f("fk_relation_person_id")),
        sa.PrimaryKeyConstraint("relation_id", name=op.f("pk_relation")),
    )
    with op.batch_alter_table("relation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_relation_other_id"), ["other_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_relation_person_id"), ["person_id"], unique=False)

    op.create_table(
        "petition",
        sa.Column("petition_id", TEXT, nullable=False),
        sa.Column("ref", TEXT, nullable=False),
        sa.Column("person_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("said_by", TEXT, nullable=False),
        sa.Column("what", TEXT, nullable=False),
        sa.Column("state", TEXT, server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("received_on", TEXT, nullable=False),
        sa.Column("due", TEXT, nullable=False),
        sa.Column("recorded_at", TEXT, nullable=False),
        sa.Column("recorded_by", TEXT, nullable=False),
        sa.Column("answer", TEXT, nullable=True),
        sa.Column("answered_at", TEXT, nullable=True),
        sa.Column("answered_by", TEXT, nullable=True),
        sa.CheckConstraint("kind IN ('see', 'copy', 'correct', 'add', 'erase')", name=op.f("ck_petition_kind")),
        sa.CheckConstraint("state IN ('waiting', 'granted', 'refused', 'withdrawn')", name=op.f("ck_petition_state")),
        sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name=op.f("fk_petition_person_id")),
        sa.PrimaryKeyConstraint("petition_id", name=op.f("pk_petition")),
        sa.UniqueConstraint("ref", name=op.f("uq_petition_ref")),
    )
    with op.batch_alter_table("petition", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_petition_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_petition_state_due"), ["state", "due"], unique=False)

    op.create_table(
        "transfer",
        sa.Column("transfer_id", TEXT, nullable=False),
        sa.Column("ref", TEXT, nullable=False),
        sa.Column("person_id", TEXT, nullable=True),
        sa.Column("case_id", TEXT, nullable=True),
        sa.Column("shown", TEXT, nullable=True),
        sa.Column("kind", TEXT, server_default=sa.text("'ask'"), nullable=False),
        sa.Column("from_division", TEXT, nullable=False),
        sa.Column("to_division", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("state", TEXT, server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("answer", TEXT, nullable=True),
        sa.Column("asked_at", TEXT, nullable=False),
        sa.Column("asked_by", TEXT, nullable=False),
        sa.Column("answered_at", TEXT, nullable=True),
        sa.Column("answered_by", TEXT, nullable=True),
        sa.Column("told_at", TEXT, nullable=False),
        sa.Column("reminders", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("kind IN ('ask', 'offer')", name=op.f("ck_transfer_kind")),
        sa.CheckConstraint("(person_id IS NULL) <> (case_id IS NULL)", name=op.f("ck_transfer_one")),
        sa.CheckConstraint("state IN ('waiting', 'accepted', 'refused', 'withdrawn', 'lapsed')", name=op.f("ck_transfer_state")),
        sa.ForeignKeyConstraint(["case_id"], ["case.case_id"], name=op.f("fk_transfer_case_id")),
        sa.ForeignKeyConstraint(["from_division"], ["division.code"], name=op.f("fk_transfer_from_division")),
        sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name=op.f("fk_transfer_person_id")),
        sa.ForeignKeyConstraint(["to_division"], ["division.code"], name=op.f("fk_transfer_to_division")),
        sa.PrimaryKeyConstraint("transfer_id", name=op.f("pk_transfer")),
        sa.UniqueConstraint("ref", name=op.f("uq_transfer_ref")),
    )
    with op.batch_alter_table("transfer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_transfer_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_transfer_from_division_state"), ["from_division", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_transfer_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_transfer_state_told_at"), ["state", "told_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_transfer_to_division_state"), ["to_division", "state"], unique=False)

    op.create_table(
        "erasure",
        sa.Column("erasure_id", TEXT, nullable=False),
        sa.Column("person_id", TEXT, nullable=False),
        sa.Column("ref", TEXT, nullable=False),
        sa.Column("division", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("state", TEXT, server_default=sa.text("'asked'"), nullable=False),
        sa.Column("asked_at", TEXT, nullable=False),
        sa.Column("asked_by", TEXT, nullable=False),
        sa.Column("answered_at", TEXT, nullable=True),
        sa.Column("answered_by", TEXT, nullable=True),
        sa.Column("told", TEXT, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("cleaned_at", TEXT, nullable=True),
        sa.CheckConstraint("state IN ('asked', 'withdrawn', 'done')", name=op.f("ck_erasure_state")),
        sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name=op.f("fk_erasure_person_id")),
        sa.PrimaryKeyConstraint("erasure_id", name=op.f("pk_erasure")),
    )
    with op.batch_alter_table("erasure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_erasure_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_erasure_state"), ["state"], unique=False)

    op.create_table(
        "volunteer",
        sa.Column("person_id", TEXT, nullable=False),
        sa.Column("status", TEXT, server_default=sa.text("'active'"), nullable=False),
        sa.Column("occupation", TEXT, nullable=True),
        sa.Column("workplace", TEXT, nullable=True),
        sa.Column("note", TEXT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name=op.f("fk_volunteer_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_volunteer")),
    )
    op.create_table(
        "access_request",
        sa.Column("access_request_id", TEXT, nullable=False),
        sa.Column("ref", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("login", TEXT, nullable=False),
        sa.Column("person_id", TEXT, nullable=True),
        sa.Column("case_id", TEXT, nullable=True),
        sa.Column("division", TEXT, nullable=True),
        sa.Column("fields", TEXT, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("rows", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("used", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("purpose", TEXT, nullable=False),
        sa.Column("state", TEXT, server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("until", TEXT, nullable=False),
        sa.Column("asked_at", TEXT, nullable=False),
        sa.Column("answer", TEXT, nullable=True),
        sa.Column("answered_at", TEXT, nullable=True),
        sa.Column("answered_by", TEXT, nullable=True),
        sa.Column("ended_at", TEXT, nullable=True),
        sa.Column("review", TEXT, nullable=True),
        sa.Column("reviewed_at", TEXT, nullable=True),
        sa.Column("reviewed_by", TEXT, nullable=True),
        sa.CheckConstraint("kind IN ('child', 'division', 'case', 'emergency')", name=op.f("ck_access_request_kind")),
        sa.CheckConstraint("state IN ('waiting', 'approved', 'refused', 'ended')", name=op.f("ck_access_request_state")),
        sa.ForeignKeyConstraint(["case_id"], ["case.case_id"], name=op.f("fk_access_request_case_id")),
        sa.ForeignKeyConstraint(["division"], ["division.code"], name=op.f("fk_access_request_division")),
        sa.ForeignKeyConstraint(["login"], ["account.login"], name=op.f("fk_access_request_login")),
        sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name=op.f("fk_access_request_person_id")),
        sa.PrimaryKeyConstraint("access_request_id", name=op.f("pk_access_request")),
        sa.UniqueConstraint("ref", name=op.f("uq_access_request_ref")),
    )
    with op.batch_alter_table("access_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_access_request_login_state"), ["login", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_access_request_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_access_request_state_asked_at"), ["state", "asked_at"], unique=False)

    op.create_table(
        "attachment",
        sa.Column("case_id", TEXT, nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("media_type", TEXT, nullable=True),
        sa.Column("note", TEXT, nullable=True),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.Column("removed_at", TEXT, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.case_id"], name=op.f("fk_attachment_case_id")),
        sa.ForeignKeyConstraint(["digest"], ["blob.digest"], name=op.f("fk_attachment_digest")),
        sa.PrimaryKeyConstraint("case_id", "n", name=op.f("pk_attachment")),
    )
    op.create_table(
        "document",
        sa.Column("case_id", TEXT, nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("state", TEXT, server_default=sa.text("'draft'"), nullable=False),
        sa.Column("issuer", TEXT, nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("number_text", TEXT, nullable=True),
        sa.Column("fields", TEXT, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("template", TEXT, nullable=True),
        sa.Column("content", TEXT, nullable=True),
        sa.Column("sealed", TEXT, nullable=True),
        sa.Column("drafted_at", TEXT, nullable=False),
        sa.Column("drafted_by", TEXT, nullable=False),
        sa.Column("signed_at", TEXT, nullable=True),
        sa.Column("signed_by", TEXT, nullable=True),
        sa.Column("served_on", TEXT, nullable=True),
        sa.Column("receipt", TEXT, nullable=True),
        sa.Column("scan", TEXT, nullable=True),
        sa.Column("answered_on", TEXT, nullable=True),
        sa.Column("answer", TEXT, nullable=True),
        sa.Column("voided_at", TEXT, nullable=True),
        sa.Column("void_reason", TEXT, nullable=True),
        sa.Column("erased_at", TEXT, nullable=True),
        sa.CheckConstraint("state IN ('draft', 'signed', 'served', 'answered', 'void')", name=op.f("ck_document_state")),
        sa.ForeignKeyConstraint(["case_id"], ["case.case_id"], name=op.f("fk_document_case_id")),
        sa.ForeignKeyConstraint(["content"], ["blob.digest"], name=op.f("fk_document_content")),
        sa.ForeignKeyConstraint(["scan"], ["blob.digest"], name=op.f("fk_document_scan")),
        sa.PrimaryKeyConstraint("case_id", "n", name=op.f("pk_document")),
        sa.UniqueConstraint("issuer", "name", "year", "number", name=op.f("uq_document_issuer_name_year_number")),
    )
    op.create_table(
        "event",
        sa.Column("case_id", TEXT, nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("recorded_at", TEXT, nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("on_behalf", TEXT, nullable=True),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("transition", TEXT, nullable=True),
        sa.Column("from_stage", TEXT, nullable=True),
        sa.Column("to_stage", TEXT, nullable=True),
        sa.Column("code_version", TEXT, nullable=False),
        sa.Column("commitment", TEXT, nullable=False),
        sa.Column("previous", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.case_id"], name=op.f("fk_event_case_id")),
        sa.PrimaryKeyConstraint("case_id", "n", name=op.f("pk_event")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_recorded_at"), ["recorded_at"], unique=False)

    op.create_table(
        "hold_item",
        sa.Column("program", TEXT, nullable=False),
        sa.Column("limit_name", TEXT, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("case_id", TEXT, nullable=False),
        sa.Column("once", TEXT, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.case_id"], name=op.f("fk_hold_item_case_id"), initially="DEFERRED", deferrable=True),
        sa.ForeignKeyConstraint(
            ["program", "limit_name", "key"], ["hold.program", "hold.limit_name", "hold.key"], name=op.f("fk_hold_item_program_limit_name_key")
        ),
        sa.PrimaryKeyConstraint("program", "limit_name", "key", "case_id", name=op.f("pk_hold_item")),
    )
    with op.batch_alter_table("hold_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hold_item_case_id"), ["case_id"], unique=False)

    op.create_table(
        "line",
        sa.Column("case_id", TEXT, nullable=False),
        sa.Column("limit_name", TEXT, nullable=False),
        sa.Column("program", TEXT, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("rank", TEXT, nullable=False),
        sa.Column("since", TEXT, nullable=False),
        sa.Column("tried", TEXT, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.case_id"], name=op.f("fk_line_case_id")),
        sa.PrimaryKeyConstraint("case_id", "limit_name", name=op.f("pk_line")),
    )
    with op.batch_alter_table("line", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_line_program_limit_name_key_rank_since_case_id"), ["program", "limit_name", "key", "rank", "since", "case_id"], unique=False
        )

    op.create_table(
        "party",
        sa.Column("case_id", TEXT, nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("party_id", TEXT, nullable=False),
        sa.Column("since", TEXT, nullable=False),
        sa.Column("until", TEXT, nullable=True),
        sa.Column("data", TEXT, server_default=sa.text("'{}'"), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.case_id"], name=op.f("fk_party_case_id")),
        sa.PrimaryKeyConstraint("case_id", "n", name=op.f("pk_party")),
    )
    with op.batch_alter_table("party", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_party_party_id"), ["party_id"], unique=False)

    op.create_table(
        "plan",
        sa.Column("plan_id", TEXT, nullable=False),
        sa.Column("ref", TEXT, nullable=False),
        sa.Column("program", TEXT, nullable=False),
        sa.Column("batch", TEXT, nullable=False),
        sa.Column("division", TEXT, nullable=False),
        sa.Column("whole_id", TEXT, nullable=True),
        sa.Column("state", TEXT, server_default=sa.text("'planned'"), nullable=False),
        sa.Column("input", TEXT, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("summary", TEXT, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("carried_out", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.CheckConstraint("state IN ('planned', 'running', 'done', 'dropped')", name=op.f("ck_plan_state")),
        sa.ForeignKeyConstraint(["division"], ["division.code"], name=op.f("fk_plan_division")),
        sa.ForeignKeyConstraint(["whole_id"], ["case.case_id"], name=op.f("fk_plan_whole_id")),
        sa.PrimaryKeyConstraint("plan_id", name=op.f("pk_plan")),
        sa.UniqueConstraint("ref", name=op.f("uq_plan_ref")),
    )
    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_program_batch_division"), ["program", "batch", "division"], unique=False)
        batch_op.create_index(batch_op.f("ix_plan_state_ref"), ["state", "ref"], unique=False)

    op.create_table(
        "referral",
        sa.Column("referral_id", TEXT, nullable=False),
        sa.Column("from_case", TEXT, nullable=False),
        sa.Column("program", TEXT, nullable=False),
        sa.Column("division", TEXT, nullable=False),
        sa.Column("subject_kind", TEXT, nullable=True),
        sa.Column("subject_id", TEXT, nullable=True),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("urgent", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("reply_task", TEXT, nullable=True),
        sa.Column("state", TEXT, server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("to_case", TEXT, nullable=True),
        sa.Column("answer", TEXT, nullable=True),
        sa.Column("asked_at", TEXT, nullable=False),
        sa.Column("asked_by", TEXT, nullable=False),
        sa.Column("answered_at", TEXT, nullable=True),
        sa.Column("answered_by", TEXT, nullable=True),
        sa.ForeignKeyConstraint(["division"], ["division.code"], name=op.f("fk_referral_division")),
        sa.ForeignKeyConstraint(["from_case"], ["case.case_id"], name=op.f("fk_referral_from_case")),
        sa.ForeignKeyConstraint(["to_case"], ["case.case_id"], name=op.f("fk_referral_to_case")),
        sa.PrimaryKeyConstraint("referral_id", name=op.f("pk_referral")),
    )
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_referral_from_case"), ["from_case"], unique=False)
        batch_op.create_index(batch_op.f("ix_referral_program_division_state"), ["program", "division", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_referral_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "register_entry",
        sa.Column("case_id", TEXT, nullable=False),
        sa.Column("register", TEXT, nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stream", TEXT, nullable=False),
        sa.Column("of", sa.Integer(), nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("happened", TEXT, nullable=False),
        sa.Column("slot", TEXT, nullable=True),
        sa.Column("recorded_at", TEXT, nullable=False),
        sa.Column("recorded_by", TEXT, nullable=False),
        sa.CheckConstraint("kind IN ('entered', 'closed', 'corrected', 'struck')", name=op.f("ck_register_entry_kind")),
        sa.ForeignKeyConstraint(["case_id"], ["case.case_id"], name=op.f("fk_register_entry_case_id")),
        sa.ForeignKeyConstraint(["stream", "n"], ["journal.stream", "journal.n"], name=op.f("fk_register_entry_stream_n")),
        sa.PrimaryKeyConstraint("case_id", "register", "n", name=op.f("pk_register_entry")),
    )
    op.create_table(
        "register_open",
        sa.Column("case_id", TEXT, nullable=False),
        sa.Column("register", TEXT, nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("slot", TEXT, nullable=False),
        sa.Column("due", TEXT, nullable=True),
        sa.Column("late_done", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id", "register", "n"],
            ["register_entry.case_id", "register_entry.register", "register_entry.n"],
            name=op.f("fk_register_open_case_id_register_n"),
        ),
        sa.PrimaryKeyConstraint("case_id", "register", "n", name=op.f("pk_register_open")),
        sa.UniqueConstraint("case_id", "register", "slot", name=op.f("uq_register_open_case_id_register_slot")),
        comment="what stands open in registers; gone when it is closed",
    )
    with op.batch_alter_table("register_open", schema=None) as batch_op:
        batch_op.create_index(
            "ix_register_open_due_case_id_register_n",
            ["due", "case_id", "register", "n"],
            unique=False,
            sqlite_where=sa.text("due IS NOT NULL AND late_done = 0"),
            postgresql_where=sa.text("due IS NOT NULL AND late_done = 0"),
        )

    op.create_table(
        "task",
        sa.Column("case_id", TEXT, nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("state", TEXT, server_default=sa.text("'open'"), nullable=False),
        sa.Column("kind", TEXT, server_default=sa.text("'task'"), nullable=False),
        sa.Column("track", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("occurrence", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("doers", TEXT, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("about", TEXT, nullable=True),
        sa.Column("due", TEXT, nullable=True),
        sa.Column("anchor", TEXT, nullable=True),
        sa.Column("opened_at", TEXT, nullable=False),
        sa.Column("window_from", TEXT, nullable=True),
        sa.Column("slot", TEXT, nullable=True),
        sa.Column("closed_at", TEXT, nullable=True),
        sa.Column("closed_by", TEXT, nullable=True),
        sa.Column("happened", TEXT, nullable=True),
        sa.Column("input", TEXT, nullable=True),
        sa.Column("assignee", TEXT, nullable=True),
        sa.Column("claimed_by", TEXT, nullable=True),
        sa.Column("reason", TEXT, nullable=True),
        sa.Column("reminders", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("late_done", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("stage", TEXT, nullable=False),
        sa.Column("entered", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("origin", TEXT, nullable=True),
        sa.Column("covers", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("kind IN ('task', 'adhoc', 'escalation', 'reply', 'paper')", name=op.f("ck_task_kind")),
        sa.CheckConstraint("state IN ('open', 'done', 'missed', 'skipped', 'closed', 'undone')", name=op.f("ck_task_state")),
        sa.ForeignKeyConstraint(["case_id"], ["case.case_id"], name=op.f("fk_task_case_id")),
        sa.PrimaryKeyConstraint("case_id", "n", name=op.f("pk_task")),
    )
    op.create_table(
        "timer",
        sa.Column("case_id", TEXT, nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("due_at", TEXT, nullable=True),
        sa.Column("state", TEXT, server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("entered", TEXT, nullable=False),
        sa.Column("anchor", TEXT, nullable=True),
        sa.Column("fired", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("remaining", TEXT, nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'fired', 'stopped')", name=op.f("ck_timer_state")),
        sa.ForeignKeyConstraint(["case_id"], ["case.case_id"], name=op.f("fk_timer_case_id")),
        sa.PrimaryKeyConstraint("case_id", "n", name=op.f("pk_timer")),
    )
    op.create_table(
        "event_payload",
        sa.Column("case_id", TEXT, nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("salt", TEXT, nullable=True),
        sa.Column("payload", TEXT, nullable=True),
        sa.Column("erased_at", TEXT, nullable=True),
        sa.ForeignKeyConstraint(["case_id", "n"], ["event.case_id", "event.n"], name=op.f("fk_event_payload_case_id_n")),
        sa.PrimaryKeyConstraint("case_id", "n", name=op.f("pk_event_payload")),
    )
    op.create_table(
        "plan_item",
        sa.Column("plan_id", TEXT, nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("decision", TEXT, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("state", TEXT, server_default=sa.text("'planned'"), nullable=False),
        sa.Column("refusal", TEXT, nullable=True),
        sa.Column("case_id", TEXT, nullable=True),
        sa.CheckConstraint("state IN ('planned', 'done', 'refused')", name=op.f("ck_plan_item_state")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.plan_id"], name=op.f("fk_plan_item_plan_id")),
        sa.PrimaryKeyConstraint("plan_id", "n", name=op.f("pk_plan_item")),
    )
    op.create_table(
        "waiting",
        sa.Column("case_id", TEXT, nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("division", TEXT, nullable=False),
        sa.Column("due", TEXT, server_default=sa.text("'9999-12-31'"), nullable=False),
        sa.Column("place_id", TEXT, nullable=True),
        sa.Column("assignee", TEXT, nullable=True),
        sa.ForeignKeyConstraint(["case_id", "n"], ["task.case_id", "task.n"], name=op.f("fk_waiting_case_id_n")),
        sa.PrimaryKeyConstraint("case_id", "n", "role", name=op.f("pk_waiting")),
        comment="the inbox: one row per open task and role; gone when the task is no longer open",
    )
    with op.batch_alter_table("waiting", schema=None) as batch_op:
        batch_op.create_index(
            "ix_waiting_assignee_due_case_id_n",
            ["assignee", "due", "case_id", "n"],
            unique=False,
            sqlite_where=sa.text("assignee IS NOT NULL"),
            postgresql_where=sa.text("assignee IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_waiting_role_division_due_case_id_n"), ["role", "division", "due", "case_id", "n"], unique=False)
        batch_op.create_index(batch_op.f("ix_waiting_role_due_case_id_n"), ["role", "due", "case_id", "n"], unique=False)
        batch_op.create_index(
            "ix_waiting_role_place_id_due_case_id_n",
            ["role", "place_id", "due", "case_id", "n"],
            unique=False,
            sqlite_where=sa.text("place_id IS NOT NULL"),
            postgresql_where=sa.text("place_id IS NOT NULL"),
        )


def downgrade() -> None:
    """Go back. Meant for a developer's own database: an office restores its backup."""
    with op.batch_alter_table("waiting", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_waiting_role_place_id_due_case_id_n", sqlite_where=sa.text("place_id IS NOT NULL"), postgresql_where=sa.text("place_id IS NOT NULL")
        )
        batch_op.drop_index(batch_op.f("ix_waiting_role_due_case_id_n"))
        batch_op.drop_index(batch_op.f("ix_waiting_role_division_due_case_id_n"))
        batch_op.drop_index("ix_waiting_assignee_due_case_id_n", sqlite_where=sa.text("assignee IS NOT NULL"), postgresql_where=sa.text("assignee IS NOT NULL"))

    op.drop_table("waiting")
    op.drop_table("plan_item")
    op.drop_table("event_payload")
    op.drop_table("timer")
    op.drop_table("task")
    with op.batch_alter_table("register_open", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_register_open_due_case_id_register_n",
            sqlite_where=sa.text("due IS NOT NULL AND late_done = 0"),
            postgresql_where=sa.text("due IS NOT NULL AND late_done = 0"),
        )

    op.drop_table("register_open")
    op.drop_table("register_entry")
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_referral_subject_id"))
        batch_op.drop_index(batch_op.f("ix_referral_program_division_state"))
        batch_op.drop_index(batch_op.f("ix_referral_from_case"))

    op.drop_table("referral")
    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_state_ref"))
        batch_op.drop_index(batch_op.f("ix_plan_program_batch_division"))

    op.drop_table("plan")
    with op.batch_alter_table("party", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_party_party_id"))

    op.drop_table("party")
    with op.batch_alter_table("line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_line_program_limit_name_key_rank_since_case_id"))

    op.drop_table("line")
    with op.batch_alter_table("hold_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hold_item_case_id"))

    op.drop_table("hold_item")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_event_recorded_at"))

    op.drop_table("event")
    op.drop_table("document")
    op.drop_table("attachment")
    with op.batch_alter_table("access_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_access_request_state_asked_at"))
        batch_op.drop_index(batch_op.f("ix_access_request_person_id"))
        batch_op.drop_index(batch_op.f("ix_access_request_login_state"))

    op.drop_table("access_request")
    op.drop_table("volunteer")
    with op.batch_alter_table("erasure", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_erasure_state"))
        batch_op.drop_index(batch_op.f("ix_erasure_person_id"))

    op.drop_table("erasure")
    with op.batch_alter_table("petition", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_petition_state_due"))
        batch_op.drop_index(batch_op.f("ix_petition_person_id"))

    op.drop_table("petition")
    with op.batch_alter_table("transfer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_transfer_to_division_state"))
        batch_op.drop_index(batch_op.f("ix_transfer_state_told_at"))
        batch_op.drop_index(batch_op.f("ix_transfer_person_id"))
        batch_op.drop_index(batch_op.f("ix_transfer_from_division_state"))
        batch_op.drop_index(batch_op.f("ix_transfer_case_id"))

    op.drop_table("transfer")
    with op.batch_alter_table("relation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_relation_person_id"))
        batch_op.drop_index(batch_op.f("ix_relation_other_id"))

    op.drop_table("relation")
    with op.batch_alter_table("observation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_observation_person_id_name_happened"))

    op.drop_table("observation")
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consent_program_name"))

    op.drop_table("consent")
    with op.batch_alter_table("child", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_child_school_grade_class_name"))

    op.drop_table("child")
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_whole_id"))
        batch_op.drop_index("ix_case_wake_at_case_id", sqlite_where=sa.text("wake_at IS NOT NULL"), postgresql_where=sa.text("wake_at IS NOT NULL"))
        batch_op.drop_index(batch_op.f("ix_case_subject_id"))
        batch_op.drop_index(batch_op.f("ix_case_program_workflow_stage_division"))

    op.drop_table("case")
    op.drop_table("policy")
    with op.batch_alter_table("place", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_place_name_key"))
        batch_op.drop_index(batch_op.f("ix_place_division_kind"))

    op.drop_table("place")
    with op.batch_alter_table("grant_", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_grant__role_scope"))
        batch_op.drop_index(batch_op.f("ix_grant__login"))

    op.drop_table("grant_")
    with op.batch_alter_table("grant_request", schema=None) as batch_op:
        batch_op.drop_index("ix_grant_request_ref", sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))

    op.drop_table("grant_request")
    with op.batch_alter_table("deputy", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deputy_login"))
        batch_op.drop_index(batch_op.f("ix_deputy_deputy"))

    op.drop_table("deputy")
    op.drop_table("account")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_phone"))
        batch_op.drop_index(batch_op.f("ix_person_name_key_born_on"))
        batch_op.drop_index(batch_op.f("ix_person_division_name_key"))

    op.drop_table("person")
    op.drop_table("journal_payload")
    op.drop_table("enablement")
    op.drop_table("setting")
    with op.batch_alter_table("seal_head", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_seal_head_chain_n"))

    op.drop_table("seal_head")
    op.drop_table("seal")
    op.drop_table("sequence")
    op.drop_table("request")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_next_at_id", sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
        batch_op.drop_index(batch_op.f("ix_outbox_case_id"))

    op.drop_table("outbox")
    op.drop_table("lease")
    op.drop_table("journal_head")
    with op.batch_alter_table("journal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_journal_subject_at"))
        batch_op.drop_index(batch_op.f("ix_journal_at"))

    op.drop_table("journal")
    op.drop_table("hold")
    with op.batch_alter_table("division", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_division_parent"))
        batch_op.drop_index(batch_op.f("ix_division_name"))

    op.drop_table("division")
    with op.batch_alter_table("definition", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_definition_program_version"))

    op.drop_table("definition")
    op.drop_table("calendar")
    op.drop_table("blob")
