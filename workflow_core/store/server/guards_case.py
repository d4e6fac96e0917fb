"""The guards on a case and its rows, as SQL: scope, version, chain, stage. See :mod:`workflow_core.store.server.guards`."""

from __future__ import annotations

from workflow_core.store.chain import CASE, JOURNAL
from workflow_core.store.server.eyes import NOW

PATH = "SET search_path = pg_catalog, pg_temp"
STAMP = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{6}Z$"
"""An instant, as ``clock.stamp`` writes it."""


def header(fields: tuple[str, ...]) -> str:
    """The canonical header of a record, as ``canonical.dump`` writes it: keys in order, no white space."""
    parts = [f"'\"{name}\":' || coalesce(to_json(r.{name})::text, 'null')" for name in sorted(fields)]
    return "'{' || " + " || ',' || ".join(parts) + " || '}'"


def sha(text: str) -> str:
    """The digest of a text, as ``chain.py`` takes it."""
    return f"encode(sha256(convert_to({text}, 'UTF8')), 'hex')"


CHAINS = f"""
CREATE FUNCTION gate.digest(r public.event) RETURNS text LANGUAGE sql STABLE {PATH} AS $$
    SELECT {sha(f"r.previous || {header(CASE)} || r.commitment")}
$$;
CREATE FUNCTION gate.digest(r public.journal) RETURNS text LANGUAGE sql STABLE {PATH} AS $$
    SELECT {sha(f"r.previous || {header(JOURNAL)} || r.commitment")}
$$;

-- Whether this login holds one of these roles where the case lies, or is that party of it.
CREATE FUNCTION gate.holds(wanted text[], c public."case") RETURNS boolean LANGUAGE plpgsql STABLE {PATH} AS $$
DECLARE me gate.sight := gate.me(); maker boolean;
BEGIN
    maker := gate.is_maker();
    RETURN EXISTS (SELECT 1 FROM gate.my_grant g WHERE (g.role = ANY (wanted) OR maker) AND (g.program IS NULL OR g.program = c.program)
            AND ((g.scope_kind = 'division' AND starts_with(c.division, g.scope)) OR (g.scope_kind = 'place' AND g.scope = c.place_id)
              OR (g.scope_kind = 'own' AND starts_with(c.division, g.scope)
                  AND EXISTS (SELECT 1 FROM gate.laid o WHERE o.case_id = c.case_id AND o.assignee = coalesce(g.stands_for, session_user)))))
        OR EXISTS (SELECT 1 FROM public.party y LEFT JOIN public."case" b ON b.case_id = y.party_id
            WHERE me.person <> '' AND y.case_id = c.case_id AND y.until IS NULL AND y.name = ANY (wanted)
              AND (y.party_id = me.person OR b.subject_id = me.person));
END $$;

-- Whether a case may begin in that stage, as a sheet's rows do: it is reached from the first one by automatic ways, and (own) by those of this login's roles.
CREATE FUNCTION gate.begins_in(w jsonb, wanted text, c public."case", own boolean) RETURNS boolean LANGUAGE plpgsql STABLE {PATH} AS $$
DECLARE reached text[] := ARRAY[w->>'initial']; further text[];
BEGIN
    LOOP
        IF wanted = ANY (reached) THEN
            RETURN true;
        END IF;
        further := ARRAY(SELECT DISTINCT t->>'target' FROM jsonb_array_elements(w->'transitions') t
            WHERE t->>'target' <> ALL (reached) AND EXISTS (SELECT 1 FROM unnest(reached) AS r(stage) WHERE t->'sources' ? r.stage)
              AND (t->'by' ? 'automatic' OR (own AND gate.holds(ARRAY(SELECT jsonb_array_elements_text(t->'by')), c))));
        IF further = '{{}}' THEN
            RETURN false;
        END IF;
        reached := reached || further;
    END LOOP;
END $$;

-- Whether this login holds any role there but the administrator's.
CREATE FUNCTION gate.works(division text, place text) RETURNS boolean LANGUAGE plpgsql STABLE {PATH} AS $$
BEGIN
    RETURN EXISTS (SELECT 1 FROM gate.my_grant g WHERE g.role <> 'admin' AND ((g.scope_kind = 'division' AND starts_with(division, g.scope))
        OR (g.scope_kind = 'place' AND g.scope = place)));
END $$;

-- Whether a file or case that is one's own, or is being moved, may come to lie there.
CREATE FUNCTION gate.moves_there(person text, division text, me gate.sight) RETURNS boolean LANGUAGE plpgsql STABLE {PATH} AS $$
BEGIN
    RETURN division LIKE ANY (me.divisions) OR (gate.moving(person) AND EXISTS (SELECT 1 FROM public.transfer t WHERE t.person_id = person
        AND t.state = 'accepted' AND starts_with(division, t.to_division)));
END $$;

-- Whether a text is no instant as the application writes one, or one more than an hour from the server's; in a training office time may be told.
CREATE FUNCTION gate.far_off(said text) RETURNS boolean LANGUAGE plpgsql STABLE {PATH} AS $$
BEGIN
    IF said !~ '{STAMP}' THEN  -- 'now' is an instant to the database, and to nobody else
        RETURN true;
    END IF;
    RETURN abs(extract(epoch FROM said::timestamptz - clock_timestamp())) > 3600
        AND NOT EXISTS (SELECT 1 FROM public.setting s WHERE s.key = 'training' AND s.value = '1');
END $$;

CREATE FUNCTION gate.touched(id text) RETURNS boolean LANGUAGE plpgsql STABLE {PATH} AS $$
BEGIN
    RETURN EXISTS (SELECT 1 FROM gate_log.event e WHERE e.case_id = id AND e.xid = pg_current_xact_id());
END $$;
"""

CASES = f"""
CREATE FUNCTION gate.guard_case() RETURNS trigger LANGUAGE plpgsql {PATH} AS $$
DECLARE me gate.sight := gate.me(); old_row jsonb; new_row jsonb;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NOT me.clock AND NOT ((NEW.program || '/' || NEW.division) LIKE ANY (me.pairs)
            OR (NEW.place_id IS NOT NULL AND ARRAY[NEW.program || '/' || NEW.place_id, '/' || NEW.place_id] && me.at_places)) THEN
            PERFORM gate.deny('desk_out_of_scope', 'case');
        END IF;
        IF NOT me.clock AND NOT gate.works(NEW.division, NEW.place_id) THEN
            PERFORM gate.deny('desk_not_permitted', 'case');
        END IF;
        IF NEW.whole_id IS NOT NULL AND NOT gate.knows_case(NEW.whole_id, me) THEN
            PERFORM gate.deny('desk_out_of_scope', 'case');
        END IF;
        IF NEW.subject_id IS NOT NULL AND EXISTS (SELECT 1 FROM public.person p WHERE p.person_id = NEW.subject_id)
            AND NOT gate.knows_person(NEW.subject_id, me) AND NOT me.clock THEN
            PERFORM gate.deny('desk_out_of_scope', 'person');
        END IF;
        RETURN NEW;
    END IF;
    old_row := to_jsonb(OLD) - 'wake_at'; new_row := to_jsonb(NEW) - 'wake_at';
    IF old_row = new_row THEN
        -- the clock may be asked to look sooner at what one sees, and by nobody to look later
        IF NOT me.clock AND (NOT gate.sees_case(OLD.case_id, me) OR OLD.closed_at IS NOT NULL OR NEW.wake_at IS NULL OR NEW.wake_at > OLD.wake_at) THEN
            NEW.wake_at := OLD.wake_at;
        END IF;
        RETURN NEW;
    END IF;
    IF NOT me.clock AND NOT gate.in_scope(OLD.case_id, me) THEN
        PERFORM gate.deny('desk_out_of_scope', 'case');
    END IF;
    IF NEW.version <= OLD.version THEN
        PERFORM gate.deny('desk_no_event', 'case');
    END IF;
    IF (OLD.case_id, OLD.ref, OLD.program, OLD.key, OLD.opened_at, coalesce(OLD.whole_id, ''))
        IS DISTINCT FROM (NEW.case_id, NEW.ref, NEW.program, NEW.key, NEW.opened_at, coalesce(NEW.whole_id, '')) OR NEW.erased_at IS DISTINCT FROM OLD.erased_at
        OR (NOT me.clock AND (OLD.definition, OLD.workflow) IS DISTINCT FROM (NEW.definition, NEW.workflow)) THEN
        PERFORM gate.deny('desk_identity', 'case');
    END IF;
    IF NOT me.clock AND NEW.division <> OLD.division AND NOT gate.moves_there(OLD.subject_id, NEW.division, me) THEN
        PERFORM gate.deny('desk_out_of_scope', 'case');
    END IF;
    IF NOT me.clock AND NEW.subject_id IS DISTINCT FROM OLD.subject_id AND NOT gate.knows_person(NEW.subject_id, me) THEN
        PERFORM gate.deny('desk_out_of_scope', 'person');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION gate.guard_event() RETURNS trigger LANGUAGE plpgsql {PATH} AS $$
DECLARE me gate.sight := gate.me(); before text; here text := {NOW};
BEGIN
    IF NOT me.clock AND NOT gate.in_scope(NEW.case_id, me) THEN
        PERFORM gate.deny('desk_out_of_scope', 'event');
    END IF;
    IF NEW.actor <> session_user AND NEW.actor <> 'system' THEN
        PERFORM gate.deny('desk_actor', 'event');
    END IF;
    -- for whom one stands in as a deputy, or for a party of the case, who has said it
    IF NEW.on_behalf IS NOT NULL AND NOT EXISTS (SELECT 1 FROM public.deputy d WHERE d.login = NEW.on_behalf AND d.deputy = session_user
        AND d.ended_at IS NULL
        AND ((d.since <= here AND d.until > here) OR EXISTS (SELECT 1 FROM public.setting s WHERE s.key = 'training' AND s.value = '1')))
        AND NOT EXISTS (SELECT 1 FROM public.party y LEFT JOIN public."case" b ON b.case_id = y.party_id
            JOIN public.person p ON p.person_id IN (y.party_id, b.subject_id) WHERE y.case_id = NEW.case_id AND p.ref = NEW.on_behalf) THEN
        PERFORM gate.deny('desk_actor', 'event');
    END IF;
    IF gate.far_off(NEW.recorded_at) OR NEW.at !~ '{STAMP}' THEN
        PERFORM gate.deny('desk_time', 'event');
    END IF;
    SELECT e.digest INTO before FROM public.event e WHERE e.case_id = NEW.case_id AND e.n = NEW.n - 1;
    IF NEW.n < 1 OR coalesce(before, '') <> NEW.previous OR (before IS NULL AND NEW.n > 1) OR NEW.digest <> gate.digest(NEW) THEN
        PERFORM gate.deny('desk_chain', 'event');
    END IF;
    INSERT INTO gate_log.event (case_id, n, login, at, xid) VALUES (NEW.case_id, NEW.n, session_user, here, pg_current_xact_id());
    RETURN NEW;
END $$;

CREATE FUNCTION gate.guard_event_payload() RETURNS trigger LANGUAGE plpgsql {PATH} AS $$
BEGIN
    IF NEW.erased_at IS NOT NULL OR NOT EXISTS (SELECT 1 FROM public.event e JOIN gate_log.event l ON l.case_id = e.case_id AND l.n = e.n
        WHERE e.case_id = NEW.case_id AND e.n = NEW.n AND l.xid = pg_current_xact_id() AND e.commitment = {sha("NEW.salt || NEW.payload")}) THEN
        PERFORM gate.deny('desk_chain', 'event_payload');
    END IF;
    RETURN NEW;
END $$;

-- Whether this login may name a content that is kept: it sees it, or came with it in this transaction. Named in a case that is open to it, it would be seen.
CREATE FUNCTION gate.may_name(content text, me gate.sight) RETURNS boolean LANGUAGE plpgsql STABLE {PATH} AS $$
BEGIN
    RETURN content IS NULL OR gate.sees_blob(content, me)
        OR EXISTS (SELECT 1 FROM gate_log.brought b WHERE b.digest = content AND b.xid = pg_current_xact_id());
END $$;

CREATE FUNCTION gate.guard_in_case() RETURNS trigger LANGUAGE plpgsql {PATH} AS $$
DECLARE me gate.sight := gate.me(); id text; was jsonb; becomes jsonb; word text;
BEGIN
    IF TG_OP = 'UPDATE' AND ((to_jsonb(OLD)->>'case_id') <> (to_jsonb(NEW)->>'case_id') OR (to_jsonb(OLD)->>'n') IS DISTINCT FROM (to_jsonb(NEW)->>'n')) THEN
        PERFORM gate.deny('desk_identity', TG_TABLE_NAME);
    END IF;
    id := CASE WHEN TG_OP = 'DELETE' THEN to_jsonb(OLD)->>'case_id' ELSE to_jsonb(NEW)->>'case_id' END;
    IF NOT me.clock AND NOT gate.in_scope(id, me) AND (TG_TABLE_NAME <> 'hold_item' OR EXISTS (SELECT 1 FROM public."case" c WHERE c.case_id = id)) THEN
        PERFORM gate.deny('desk_out_of_scope', TG_TABLE_NAME);
    END IF;
    IF TG_TABLE_NAME = 'waiting' AND TG_OP <> 'INSERT' AND me.own <> '{{}}' AND to_jsonb(OLD)->>'assignee' IS NOT NULL THEN
        DELETE FROM gate_log.laid l WHERE l.xid < pg_snapshot_xmin(pg_current_snapshot());
        INSERT INTO gate_log.laid VALUES (id, to_jsonb(OLD)->>'assignee', pg_current_xact_id());
    END IF;
    IF TG_TABLE_NAME = 'party' AND TG_OP <> 'DELETE' AND NOT me.clock THEN
        id := to_jsonb(NEW)->>'party_id';  -- whoever becomes a party comes into sight: he must be in sight already
        IF (EXISTS (SELECT 1 FROM public."case" c WHERE c.case_id = id) AND NOT gate.knows_case(id, me))
            OR (EXISTS (SELECT 1 FROM public.person p WHERE p.person_id = id) AND NOT gate.knows_person(id, me)) THEN
            PERFORM gate.deny('desk_out_of_scope', 'party');
        END IF;
    END IF;
    IF TG_TABLE_NAME IN ('task', 'document', 'attachment') AND NOT me.clock THEN
        was := CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(OLD) ELSE '{{}}'::jsonb END; becomes := to_jsonb(NEW);
        FOREACH word IN ARRAY ARRAY['closed_by', 'signed_by', 'drafted_by', 'by'] LOOP
            IF becomes->>word IS DISTINCT FROM was->>word AND becomes->>word NOT IN (session_user, 'system') THEN
                PERFORM gate.deny('desk_actor', TG_TABLE_NAME);
            END IF;
        END LOOP;
        FOREACH word IN ARRAY ARRAY['digest', 'content', 'scan'] LOOP
            IF TG_TABLE_NAME <> 'task' AND becomes->>word IS DISTINCT FROM was->>word AND NOT gate.may_name(becomes->>word, me) THEN
                PERFORM gate.deny('desk_out_of_scope', TG_TABLE_NAME);
            END IF;
        END LOOP;
        IF TG_TABLE_NAME = 'document' AND was->>'state' <> 'draft' THEN
            IF becomes->>'state' = 'draft' THEN  -- where anything could be written into it
                PERFORM gate.deny('desk_history', 'document');
            END IF;
            FOREACH word IN ARRAY ARRAY['name', 'issuer', 'year', 'number', 'number_text', 'fields', 'template', 'content', 'sealed',
        'signed_at', 'signed_by'] LOOP
                IF becomes->>word IS DISTINCT FROM was->>word THEN
                    PERFORM gate.deny('desk_history', 'document');
                END IF;
            END LOOP;
        END IF;
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE FUNCTION gate.with_event() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER {PATH} AS $$
DECLARE id text := CASE WHEN TG_OP = 'DELETE' THEN to_jsonb(OLD)->>'case_id' ELSE to_jsonb(NEW)->>'case_id' END;
BEGIN
    IF NOT gate.touched(id) AND NOT (gate.me()).clock THEN
        PERFORM gate.deny('desk_no_event', TG_TABLE_NAME);
    END IF;
    RETURN NULL;
END $$;

-- A case that was changed: every version since has its event, written in this transaction, and the stage is that of the last one that entered any.
CREATE FUNCTION gate.case_whole() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER {PATH} AS $$
DECLARE c public."case"; since integer := 0; entered text; ends boolean; me gate.sight := gate.me();
BEGIN
    SELECT * INTO c FROM public."case" x WHERE x.case_id = NEW.case_id;
    IF TG_OP = 'UPDATE' THEN
        IF NEW.version = OLD.version THEN
            RETURN NULL;
        END IF;
        since := OLD.version;
    END IF;
    IF (SELECT count(*) FROM gate_log.event l WHERE l.case_id = NEW.case_id AND l.n > since AND l.n <= NEW.version AND l.xid = pg_current_xact_id())
        <> NEW.version - since THEN
        PERFORM gate.deny('desk_no_event', 'case');
    END IF;
    SELECT e.to_stage INTO entered FROM public.event e WHERE e.case_id = c.case_id AND e.to_stage IS NOT NULL ORDER BY e.n DESC LIMIT 1;
    IF entered IS DISTINCT FROM c.stage THEN
        PERFORM gate.deny('desk_stage', 'case');
    END IF;
    -- closed in a stage that ends the case, and in no other; at rest only by a step that says so
    SELECT (x->>'final')::boolean INTO ends FROM public.definition d, jsonb_array_elements(d.snapshot::jsonb->'workflows') w,
        jsonb_array_elements(w->'stages') x
     WHERE d.digest = c.definition AND d.program = c.program AND w->>'name' = c.workflow AND x->>'name' = c.stage;
    IF NOT me.clock AND (ends IS NULL OR ends <> (c.closed_at IS NOT NULL)) THEN
        PERFORM gate.deny('desk_stage', 'case');
    END IF;
    IF NOT me.clock AND TG_OP = 'UPDATE' AND NEW.suspended_at IS NOT NULL AND OLD.suspended_at IS NULL AND NOT EXISTS (
        SELECT 1 FROM public.event e WHERE e.case_id = c.case_id AND e.n > since AND e.kind IN ('suspended', 'consent_withdrawn', 'consent_refused')) THEN
        PERFORM gate.deny('desk_no_event', 'case');
    END IF;
    RETURN NULL;
END $$;

-- An event that was written: it is one of the case's versions, says what was recorded, and moved the case by a way that there is.
CREATE FUNCTION gate.event_whole() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER {PATH} AS $$
DECLARE c public."case"; w jsonb; way jsonb; was text; doers text[]; oversees boolean; me gate.sight := gate.me();
BEGIN
    SELECT * INTO c FROM public."case" x WHERE x.case_id = NEW.case_id;
    IF c.version IS NULL OR c.version < NEW.n THEN
        PERFORM gate.deny('desk_no_event', 'event');
    END IF;
    IF NOT EXISTS (SELECT 1 FROM public.event_payload p WHERE p.case_id = NEW.case_id AND p.n = NEW.n AND p.payload IS NOT NULL) THEN
        PERFORM gate.deny('desk_chain', 'event_payload');
    END IF;
    IF NEW.to_stage IS NULL THEN
        IF NEW.from_stage IS NOT NULL OR NEW.transition IS NOT NULL OR NEW.kind IN ('advanced', 'opened', 'reopened', 'overridden') THEN
            PERFORM gate.deny('desk_stage', 'event');
        END IF;
        RETURN NULL;
    END IF;
    SELECT e.to_stage INTO was FROM public.event e WHERE e.case_id = NEW.case_id AND e.n < NEW.n AND e.to_stage IS NOT NULL ORDER BY e.n DESC LIMIT 1;
    IF was IS DISTINCT FROM NEW.from_stage THEN
        PERFORM gate.deny('desk_stage', 'event');
    END IF;
    IF me.clock AND NEW.kind <> 'advanced' THEN
        RETURN NULL;
    END IF;
    SELECT x INTO w FROM public.definition d, jsonb_array_elements(d.snapshot::jsonb->'workflows') x WHERE d.digest = c.definition
        AND d.program = c.program AND x->>'name' = c.workflow;
    IF w IS NULL THEN
        PERFORM gate.deny('desk_stage', 'event');
    END IF;
    IF NEW.kind = 'opened' THEN
        IF NEW.n <> 1 OR NOT (NEW.to_stage = w->>'initial' OR gate.begins_in(w, NEW.to_stage, c, false) OR gate.begins_in(w, NEW.to_stage, c, true)) THEN
            PERFORM gate.deny('desk_stage', 'event');
        END IF;
        RETURN NULL;
    END IF;
    oversees := NEW.actor = session_user AND gate.holds(ARRAY['child_supervisor', 'county_office'], c);
    IF NEW.kind IN ('overridden', 'reopened') THEN
        IF NOT oversees AND NOT (NEW.kind = 'reopened' AND NEW.actor = session_user AND NEW.to_stage = w->>'reopen_to'
            AND gate.works(c.division, c.place_id)) THEN
            PERFORM gate.deny('desk_not_permitted', 'event');
        END IF;
        IF NOT EXISTS (SELECT 1 FROM jsonb_array_elements(w->'stages') s WHERE s->>'name' = NEW.to_stage) THEN
            PERFORM gate.deny('desk_stage', 'event');
        END IF;
        RETURN NULL;
    END IF;
    IF NEW.kind <> 'advanced' THEN
        PERFORM gate.deny('desk_stage', 'event');
    END IF;
    SELECT t INTO way FROM jsonb_array_elements(w->'transitions') t
     WHERE t->>'name' = NEW.transition AND t->>'target' = NEW.to_stage AND t->'sources' ? NEW.from_stage;
    IF way IS NULL THEN
        PERFORM gate.deny('desk_stage', 'event');
    END IF;
    doers := ARRAY(SELECT jsonb_array_elements_text(way->'by'));
    IF NEW.actor = 'system' THEN
        IF NOT (me.clock OR doers && ARRAY['system', 'automatic']
            OR EXISTS (SELECT 1 FROM jsonb_array_elements(w->'timers') t WHERE t->>'fires' = NEW.transition)) THEN
            PERFORM gate.deny('desk_not_permitted', 'event');
        END IF;
    ELSIF NOT gate.holds(doers, c) THEN
        PERFORM gate.deny('desk_not_permitted', 'event');
    END IF;
    RETURN NULL;
END $$;
"""
