"""The guards on the tables, as SQL: what somebody at a desk may make of a row. They are asked only inside the gate (where ``session_user`` is not the owner),
so they cost the owner nothing.

Row guards look at one row when it is written; deferred ones look at the whole of a step when it is committed: the case's version and its events, the chain,
the stage. They know no program: which guards a way has is the application's business, that it is a way of the definition and that this login has the role
for it is looked up in the definition's snapshot.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workflow_core.store.server import masks
from workflow_core.store.server.guards_case import PATH, sha
from workflow_core.store.server.sights import RULES
from workflow_core.store.server.views import quoted
from workflow_core.store.tables import METADATA

_INSIDE = "WHEN (session_user <> current_user)"

IN_CASE = ("task", "timer", "document", "party", "attachment", "waiting", "line", "hold_item")
"""Rows of a case that are written together with an event of it, and not without."""

_KEPT = ("task", "timer", "document", "party", "attachment", "event", "event_payload", "journal", "journal_payload", "case", "person", "child", "volunteer",
         "observation", "consent", "referral", "transfer", "hold", "sequence", "request", "blob", "journal_head", "register_entry", "relation", "outbox",
         "access_request", "petition", "place")  # fmt: skip
"""Of these a desk takes no row away."""

_FIXED = ("event", "event_payload", "journal", "journal_payload", "blob", "register_entry", "attachment", "observation", "consent", "request")
"""Of these a desk changes no row."""

CLOCKS = ("seal", "seal_head", "lease", "setting", "plan", "plan_item", "definition")
"""What the clock's login writes, and no desk."""

PEOPLES = ("child", "volunteer", "relation", "observation", "consent")
"""Rows of a person's file."""


def _keep_masked(table: str) -> str:
    """What is written back as it was shown, masked, is left as it is."""
    parts = []
    for column, masked in RULES[table].masked.items():
        mask = masks.MASKS[masked.mask](f"OLD.{column}")
        parts.append(f"IF NEW.{column} IS DISTINCT FROM OLD.{column} AND NEW.{column} = ({mask}) THEN NEW.{column} := OLD.{column}; END IF;")
    return " ".join(parts)


PEOPLE = f"""
-- Whether this login may write in a file that it sees: what was approved for looking, or is only offered, is not written in.
CREATE FUNCTION gate.keeps_person(id text, me gate.sight) RETURNS boolean LANGUAGE plpgsql STABLE {PATH} AS $$
BEGIN
    RETURN gate.knows_person(id, me) AND (me.clock OR gate.moving(id)
        OR NOT EXISTS (SELECT 1 FROM public.transfer t WHERE t.person_id = id AND t.state = 'waiting' AND t.kind = 'offer')
        OR EXISTS (SELECT 1 FROM public.person p LEFT JOIN public.child k ON k.person_id = p.person_id
                    WHERE p.person_id = id AND (p.division LIKE ANY (me.divisions) OR k.school = ANY (me.places))));
END $$;

CREATE FUNCTION gate.guard_person() RETURNS trigger LANGUAGE plpgsql {PATH} AS $$
DECLARE me gate.sight := gate.me();
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NOT NEW.division LIKE ANY (me.divisions) OR (NOT me.clock AND NOT gate.works(NEW.division, NULL)) THEN
            PERFORM gate.deny('desk_out_of_scope', 'person');
        END IF;
        IF concat(NEW.name, NEW.national_id, NEW.phone, NEW.address) LIKE '%*%' THEN
            PERFORM gate.deny('desk_masked', 'person');
        END IF;
        RETURN NEW;
    END IF;
    IF NOT gate.keeps_person(OLD.person_id, me) OR (NEW.division <> OLD.division
        AND NOT ((me.clock OR OLD.division LIKE ANY (me.divisions) OR gate.moving(OLD.person_id)) AND gate.moves_there(OLD.person_id, NEW.division, me))) THEN
        PERFORM gate.deny('desk_out_of_scope', 'person');
    END IF;
    IF NEW.person_id <> OLD.person_id OR NEW.ref <> OLD.ref OR NEW.erased_at IS DISTINCT FROM OLD.erased_at THEN
        PERFORM gate.deny('desk_identity', 'person');
    END IF;
    {_keep_masked("person")}
    IF (NEW.name IS DISTINCT FROM OLD.name AND NEW.name LIKE '%*%') OR (NEW.national_id IS DISTINCT FROM OLD.national_id AND NEW.national_id LIKE '%*%')
        OR (NEW.phone IS DISTINCT FROM OLD.phone AND NEW.phone LIKE '%*%') THEN
        PERFORM gate.deny('desk_masked', 'person');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION gate.guard_of_person() RETURNS trigger LANGUAGE plpgsql {PATH} AS $$
DECLARE me gate.sight := gate.me(); id text;
BEGIN
    id := CASE WHEN TG_OP = 'DELETE' THEN to_jsonb(OLD)->>'person_id' ELSE to_jsonb(NEW)->>'person_id' END;
    IF NOT gate.keeps_person(id, me) OR (TG_OP = 'UPDATE' AND NOT gate.keeps_person(to_jsonb(OLD)->>'person_id', me)) THEN
        PERFORM gate.deny('desk_out_of_scope', TG_TABLE_NAME);
    END IF;
    IF TG_TABLE_NAME = 'relation' AND NOT gate.knows_person(to_jsonb(NEW)->>'other_id', me) THEN  -- tied, he would come into sight
        PERFORM gate.deny('desk_out_of_scope', 'relation');
    END IF;
    IF TG_TABLE_NAME = 'consent' AND NOT gate.may_name(to_jsonb(NEW)->>'evidence', me) THEN
        PERFORM gate.deny('desk_out_of_scope', 'consent');
    END IF;
    IF TG_TABLE_NAME IN ('observation', 'consent') AND NOT me.clock AND (to_jsonb(NEW)->>'recorded_by') NOT IN (session_user, 'system') THEN
        PERFORM gate.deny('desk_actor', TG_TABLE_NAME);
    END IF;
    IF TG_TABLE_NAME = 'relation' AND TG_OP = 'UPDATE' THEN
        {_keep_masked("relation")}
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE FUNCTION gate.guard_note() RETURNS trigger LANGUAGE plpgsql {PATH} AS $$
BEGIN
    {_keep_masked("child")}
    RETURN NEW;
END $$;
"""

JOURNALS = f"""
CREATE FUNCTION gate.guard_journal() RETURNS trigger LANGUAGE plpgsql {PATH} AS $$
DECLARE me gate.sight := gate.me(); before text;
BEGIN
    IF NOT gate.sees_head(NEW.stream, me) THEN
        PERFORM gate.deny('desk_out_of_scope', 'journal');
    END IF;
    IF NEW.actor <> session_user AND NOT (NEW.actor = 'system' AND (me.clock
        OR (NEW.kind = 'amended' AND starts_with(NEW.stream, 'person/')) OR (starts_with(NEW.kind, 'entry_') AND starts_with(NEW.stream, 'register/')))) THEN
        PERFORM gate.deny('desk_actor', 'journal');
    END IF;
    IF gate.far_off(NEW.at) OR (split_part(NEW.stream, '/', 1) = 'account'  -- a stream of one day, on which it is sealed
        AND NEW.stream <> 'account/' || split_part(NEW.stream, '/', 2)
            || to_char(NEW.at::timestamptz AT TIME ZONE 'UTC' + interval '8 hours', '/YYYY-MM-DD')) THEN
        PERFORM gate.deny('desk_time', 'journal');
    END IF;
    SELECT j.digest INTO before FROM public.journal j WHERE j.stream = NEW.stream AND j.n = NEW.n - 1;
    IF NEW.n < 1 OR coalesce(before, '') <> NEW.previous OR (before IS NULL AND NEW.n > 1) OR NEW.digest <> gate.digest(NEW) THEN
        PERFORM gate.deny('desk_chain', 'journal');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION gate.guard_journal_payload() RETURNS trigger LANGUAGE plpgsql {PATH} AS $$
BEGIN
    IF NEW.erased_at IS NOT NULL OR NOT EXISTS (SELECT 1 FROM public.journal j WHERE j.stream = NEW.stream AND j.n = NEW.n
        AND j.commitment = {sha("NEW.salt || NEW.payload")}) THEN
        PERFORM gate.deny('desk_chain', 'journal_payload');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION gate.guard_journal_head() RETURNS trigger LANGUAGE plpgsql {PATH} AS $$
DECLARE me gate.sight := gate.me();
BEGIN
    IF NOT gate.sees_head(NEW.stream, me) THEN
        PERFORM gate.deny('desk_out_of_scope', 'journal_head');
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.stream <> OLD.stream OR NEW.n NOT BETWEEN OLD.n AND OLD.n + 1) THEN
        PERFORM gate.deny('desk_chain', 'journal_head');
    END IF;
    RETURN NEW;
END $$;

-- A stream that was written to: its head is its last entry, which has a payload.
CREATE FUNCTION gate.stream_whole() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER {PATH} AS $$
DECLARE h public.journal_head; last record;
BEGIN
    SELECT * INTO h FROM public.journal_head x WHERE x.stream = NEW.stream;
    SELECT j.n, j.digest, p.payload INTO last FROM public.journal j LEFT JOIN public.journal_payload p ON p.stream = j.stream AND p.n = j.n
     WHERE j.stream = NEW.stream ORDER BY j.n DESC LIMIT 1;
    IF h.stream IS NULL OR h.n <> coalesce(last.n, 0) OR h.digest <> coalesce(last.digest, '') OR (last.n IS NOT NULL AND last.payload IS NULL) THEN
        PERFORM gate.deny('desk_chain', 'journal_head');
    END IF;
    IF TG_TABLE_NAME = 'journal' AND to_jsonb(NEW)->>'actor' = 'system' AND to_jsonb(NEW)->>'kind' = 'amended' AND NOT (gate.me()).clock
        AND NOT gate.amends(split_part(NEW.stream, '/', 2)) THEN  -- the system amends a file by a step that says so
        PERFORM gate.deny('desk_actor', 'journal');
    END IF;
    RETURN NULL;
END $$;
"""

OTHERS = f"""
CREATE FUNCTION gate.guard_hold() RETURNS trigger LANGUAGE plpgsql {PATH} AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.program, OLD.limit_name, OLD.key) <> (NEW.program, NEW.limit_name, NEW.key) THEN
        PERFORM gate.deny('desk_identity', 'hold');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION gate.hold_whole() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER {PATH} AS $$
DECLARE place record; there integer; counted integer;
BEGIN
    IF TG_OP = 'DELETE' THEN place := OLD; ELSE place := NEW; END IF;
    SELECT h.used INTO counted FROM public.hold h WHERE (h.program, h.limit_name, h.key) = (place.program, place.limit_name, place.key);
    SELECT count(DISTINCT coalesce('w' || i.once, 'c' || i.case_id)) INTO there FROM public.hold_item i
     WHERE (i.program, i.limit_name, i.key) = (place.program, place.limit_name, place.key);
    IF counted IS DISTINCT FROM there THEN
        PERFORM gate.deny('desk_count', 'hold');
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION gate.guard_sequence() RETURNS trigger LANGUAGE plpgsql {PATH} AS $$
DECLARE before integer := CASE WHEN TG_OP = 'UPDATE' THEN OLD.next ELSE 1 END;
BEGIN
    IF NEW.next < before OR NEW.next - before > 1000 THEN
        PERFORM gate.deny('desk_count', 'sequence');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION gate.guard_request() RETURNS trigger LANGUAGE plpgsql {PATH} AS $$
BEGIN
    IF NEW.actor <> session_user THEN
        PERFORM gate.deny('desk_actor', 'request');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION gate.guard_blob() RETURNS trigger LANGUAGE plpgsql {PATH} AS $$
BEGIN
    IF NEW.digest <> encode(sha256(NEW.content), 'hex') OR NEW.size <> length(NEW.content) THEN
        PERFORM gate.deny('desk_chain', 'blob');
    END IF;
    DELETE FROM gate_log.brought b WHERE b.xid < pg_snapshot_xmin(pg_current_snapshot());
    INSERT INTO gate_log.brought VALUES (NEW.digest, pg_current_xact_id());
    RETURN NEW;
END $$;

-- Whether a letter names the case that it comes from, and goes to one that this login sees, or to a batch there: the clock carries it out, whoever wrote it.
CREATE FUNCTION gate.sent_by(said jsonb, id text, me gate.sight) RETURNS boolean LANGUAGE plpgsql STABLE {PATH} AS $$
BEGIN
    RETURN said->>'from' = id
        AND EXISTS (SELECT 1 FROM public."case" c WHERE c.case_id = id AND c.ref = said->>'case' AND c.program = said->>'program'
            AND (NOT said ? 'batch' OR said->>'division' = c.division))
        AND (said ? 'batch' OR EXISTS (SELECT 1 FROM public."case" x WHERE x.case_id = said->>'to' AND x.ref = said->>'to_ref'
            AND gate.knows_case(x.case_id, me)));
END $$;

CREATE FUNCTION gate.guard_outbox() RETURNS trigger LANGUAGE plpgsql {PATH} AS $$
BEGIN
    IF (gate.me()).clock OR gate.writes_itself() THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        PERFORM gate.deny('desk_clock_only', 'outbox');
    END IF;
    IF NEW.kind = 'message' AND NEW.case_id IS NULL AND starts_with(NEW.dedup, 'transfer/') AND NEW.state = 'waiting' AND NEW.attempts = 0
        AND EXISTS (SELECT 1 FROM public.transfer t WHERE t.ref = split_part(NEW.dedup, '/', 2) AND (gate.sits(t.from_division) OR gate.sits(t.to_division))
            AND NEW.payload::jsonb->>'case' = t.ref AND NEW.payload::jsonb->>'division' IN (t.from_division, t.to_division)) THEN
        RETURN NEW;  -- whoever is to answer is told; it names nobody
    END IF;
    IF NEW.state <> 'waiting' OR NEW.attempts <> 0 OR NEW.case_id IS NULL OR NOT gate.in_scope(NEW.case_id, gate.me())
        OR NOT starts_with(NEW.dedup, NEW.case_id || '/') OR (NEW.kind = 'effect' AND NOT gate.sent_by(NEW.payload::jsonb, NEW.case_id, gate.me()))
        OR (NEW.kind = 'message' AND NOT EXISTS (SELECT 1 FROM public."case" c WHERE c.case_id = NEW.case_id
            AND (c.ref, c.division) = (NEW.payload::jsonb->>'case', NEW.payload::jsonb->>'division'))) THEN
        PERFORM gate.deny('desk_out_of_scope', 'outbox');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION gate.letter_whole() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER {PATH} AS $$
BEGIN
    IF NOT (gate.me()).clock AND NEW.case_id IS NOT NULL AND NOT gate.touched(NEW.case_id) AND NOT EXISTS (SELECT 1
        FROM public.register_entry r WHERE r.case_id = NEW.case_id) THEN
        PERFORM gate.deny('desk_no_event', 'outbox');
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION gate.guard_register() RETURNS trigger LANGUAGE plpgsql {PATH} AS $$
DECLARE me gate.sight := gate.me(); id text := CASE WHEN TG_OP = 'DELETE' THEN to_jsonb(OLD)->>'case_id' ELSE to_jsonb(NEW)->>'case_id' END;
BEGIN
    IF NOT me.clock AND NOT gate.in_scope(id, me) THEN
        PERFORM gate.deny('desk_out_of_scope', TG_TABLE_NAME);
    END IF;
    IF NOT me.clock AND NOT EXISTS (SELECT 1 FROM public."case" c WHERE c.case_id = id AND gate.works_on(c, me)) THEN
        PERFORM gate.deny('desk_not_permitted', TG_TABLE_NAME);
    END IF;
    IF TG_OP = 'UPDATE' AND NOT me.clock THEN
        PERFORM gate.deny('desk_clock_only', TG_TABLE_NAME);
    END IF;
    IF TG_TABLE_NAME = 'register_entry' AND ((NOT me.clock AND (to_jsonb(NEW)->>'recorded_by') NOT IN (session_user, 'system'))
        OR (to_jsonb(NEW)->>'stream') <> 'register/' || id || '/' || (to_jsonb(NEW)->>'register')) THEN
        PERFORM gate.deny('desk_actor', TG_TABLE_NAME);
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE FUNCTION gate.guard_referral() RETURNS trigger LANGUAGE plpgsql {PATH} AS $$
DECLARE me gate.sight := gate.me();
BEGIN
    IF me.clock THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'INSERT' AND (NOT gate.in_scope(NEW.from_case, me) OR NEW.state <> 'waiting')
        OR TG_OP = 'UPDATE' AND (NOT (OLD.division LIKE ANY (me.divisions) OR gate.in_scope(OLD.from_case, me))
            OR (OLD.referral_id, OLD.from_case, OLD.program) <> (NEW.referral_id, NEW.from_case, NEW.program)) THEN
        PERFORM gate.deny('desk_out_of_scope', 'referral');
    END IF;
    IF (TG_OP = 'INSERT' AND NEW.asked_by NOT IN (session_user, 'system'))
        OR (TG_OP = 'UPDATE' AND NEW.state <> OLD.state AND NEW.answered_by IS DISTINCT FROM session_user) THEN
        PERFORM gate.deny('desk_actor', 'referral');
    END IF;
    RETURN NEW;
END $$;

-- What a case asks, and what is answered to it, stands in its history.
CREATE FUNCTION gate.referral_whole() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER {PATH} AS $$
BEGIN
    IF NOT (gate.me()).clock AND NOT gate.touched(NEW.from_case) THEN
        PERFORM gate.deny('desk_no_event', 'referral');
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION gate.guard_petition() RETURNS trigger LANGUAGE plpgsql {PATH} AS $$
DECLARE me gate.sight := gate.me();
BEGIN
    IF NOT EXISTS (SELECT 1 FROM public.person p WHERE p.person_id = NEW.person_id AND p.division LIKE ANY (me.divisions))
        OR TG_OP = 'INSERT' AND (NEW.state <> 'waiting' OR NEW.recorded_by <> session_user)
        OR TG_OP = 'UPDATE' AND (OLD.state <> 'waiting' OR NEW.answered_by IS DISTINCT FROM session_user OR (NEW.state IN ('refused', 'withdrawn')
            AND (OLD.recorded_by = session_user OR EXISTS (SELECT 1 FROM gate.my_grant g WHERE g.stands_for = OLD.recorded_by))
            AND NOT gate.is_maker())
            OR to_jsonb(OLD) - ARRAY['state', 'answer', 'answered_at', 'answered_by']
                <> to_jsonb(NEW) - ARRAY['state', 'answer', 'answered_at', 'answered_by']) THEN
        PERFORM gate.deny('desk_out_of_scope', 'petition');
    END IF;
    IF NOT me.clock AND NOT EXISTS (SELECT 1 FROM public.person p WHERE p.person_id = NEW.person_id AND gate.keeps_files(p.division)) THEN
        PERFORM gate.deny('desk_not_permitted', 'petition');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION gate.guard_transfer() RETURNS trigger LANGUAGE plpgsql {PATH} AS $$
DECLARE me gate.sight := gate.me(); was public.transfer;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        was := OLD;
    END IF;
    IF NEW.case_id IS NOT NULL OR was.case_id IS NOT NULL THEN
        PERFORM gate.hands_over(was, NEW, me);
        RETURN NEW;
    END IF;
    IF NOT me.clock AND NOT gate.writes_itself() AND (NOT (NEW.from_division LIKE ANY (me.divisions) OR NEW.to_division LIKE ANY (me.divisions))
        OR NOT starts_with((SELECT p.division FROM public.person p WHERE p.person_id = NEW.person_id), NEW.from_division) AND NEW.state = 'waiting'
        OR TG_OP = 'INSERT' AND (NEW.state <> 'waiting' OR NEW.asked_by <> session_user
            OR NEW.kind <> 'offer' OR NOT NEW.from_division LIKE ANY (me.divisions))
        OR TG_OP = 'UPDATE' AND NEW.state IN ('accepted', 'refused')
            AND NOT CASE NEW.kind WHEN 'offer' THEN NEW.to_division LIKE ANY (me.divisions) ELSE NEW.from_division LIKE ANY (me.divisions) END
        OR TG_OP = 'UPDATE' AND NEW.state = 'withdrawn'
            AND NOT CASE NEW.kind WHEN 'offer' THEN NEW.from_division LIKE ANY (me.divisions) ELSE NEW.to_division LIKE ANY (me.divisions) END
        OR TG_OP = 'UPDATE' AND (OLD.state <> 'waiting' OR (OLD.transfer_id, OLD.person_id, OLD.kind, OLD.to_division)
            <> (NEW.transfer_id, NEW.person_id, NEW.kind, NEW.to_division))) THEN
        PERFORM gate.deny('desk_out_of_scope', 'transfer');
    END IF;
    IF TG_OP = 'UPDATE' AND NOT me.clock AND NEW.state <> OLD.state AND NEW.answered_by IS DISTINCT FROM session_user THEN
        PERFORM gate.deny('desk_actor', 'transfer');
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.state = 'accepted' THEN
        DELETE FROM gate_log.moved m WHERE m.xid < pg_snapshot_xmin(pg_current_snapshot());
        INSERT INTO gate_log.moved VALUES (NEW.person_id, pg_current_xact_id());
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION gate.never() RETURNS trigger LANGUAGE plpgsql {PATH} AS $$
BEGIN
    PERFORM gate.deny(TG_ARGV[0], TG_TABLE_NAME);
    RETURN NULL;
END $$;

CREATE FUNCTION gate.clock_only() RETURNS trigger LANGUAGE plpgsql {PATH} AS $$
BEGIN
    IF NOT (gate.me()).clock THEN
        PERFORM gate.deny('desk_owner_needed', TG_TABLE_NAME);
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""

_ROW: Mapping[str, str] = {
    "case": "guard_case", "event": "guard_event", "event_payload": "guard_event_payload", "person": "guard_person", "journal": "guard_journal",
    "journal_payload": "guard_journal_payload", "journal_head": "guard_journal_head", "hold": "guard_hold", "sequence": "guard_sequence",
    "request": "guard_request", "blob": "guard_blob", "outbox": "guard_outbox", "register_entry": "guard_register", "register_open": "guard_register",
    "referral": "guard_referral", "place": "guard_place", "transfer": "guard_transfer", "petition": "guard_petition", "access_request": "guard_access_request",
    **dict.fromkeys(IN_CASE, "guard_in_case"), **dict.fromkeys(PEOPLES, "guard_of_person"),
}  # fmt: skip
_AT_COMMIT: tuple[tuple[str, str, str], ...] = (
    *((table, "with_event", "INSERT OR UPDATE OR DELETE") for table in IN_CASE),
    ("case", "case_whole", "INSERT OR UPDATE"),
    ("event", "event_whole", "INSERT"),
    ("journal", "stream_whole", "INSERT"),
    ("journal_head", "stream_whole", "INSERT OR UPDATE"),
    ("hold", "hold_whole", "INSERT OR UPDATE"),
    ("hold_item", "hold_whole", "INSERT OR DELETE"),
    ("outbox", "letter_whole", "INSERT"),
    ("referral", "referral_whole", "INSERT OR UPDATE"),
)


def triggers() -> Iterator[str]:
    """A guard on every table: a table without rules of its own is the owner's."""
    for table in METADATA.sorted_tables:
        name = f"public.{quoted(table.name)}"
        own = _ROW.get(table.name)
        if own is None:
            what = "gate.clock_only()" if table.name in CLOCKS else "gate.never('desk_owner_needed')"
            yield f"CREATE TRIGGER desk_row BEFORE INSERT OR UPDATE OR DELETE ON {name} FOR EACH ROW {_INSIDE} EXECUTE FUNCTION {what}"
            continue
        kept, fixed = table.name in _KEPT, table.name in _FIXED
        doing = " OR ".join(["INSERT", *([] if fixed else ["UPDATE"]), *([] if kept else ["DELETE"])])
        yield f"CREATE TRIGGER desk_row BEFORE {doing} ON {name} FOR EACH ROW {_INSIDE} EXECUTE FUNCTION gate.{own}()"
        if kept:
            yield f"CREATE TRIGGER desk_kept BEFORE DELETE ON {name} FOR EACH ROW {_INSIDE} EXECUTE FUNCTION gate.never('desk_history')"
        if fixed:
            yield f"CREATE TRIGGER desk_fixed BEFORE UPDATE ON {name} FOR EACH ROW {_INSIDE} EXECUTE FUNCTION gate.never('desk_history')"
        if table.name in ("child", "volunteer"):
            yield f"CREATE TRIGGER desk_note BEFORE UPDATE ON {name} FOR EACH ROW {_INSIDE} EXECUTE FUNCTION gate.guard_note()"
    for number, (table_name, what, doing) in enumerate(_AT_COMMIT):
        yield (
            f"CREATE CONSTRAINT TRIGGER desk_commit_{number} AFTER {doing} ON public.{quoted(table_name)} DEFERRABLE INITIALLY DEFERRED "
            f"FOR EACH ROW {_INSIDE} EXECUTE FUNCTION gate.{what}()"
        )
