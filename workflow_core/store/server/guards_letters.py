"""What a step at a desk asks of other cases, and what it counts, as SQL. See :mod:`workflow_core.store.server.guards`.

A letter goes from a case of one's own to one that hangs together with it. It says where the effect stands in the program, not what it does: that is looked
up by the clock, in the program itself. What the sender's own event does not say was sent is not carried.
"""

from __future__ import annotations

from workflow_core.store.server.guards_case import PATH

GUARD = f"""
-- Whether two cases hang together: whole and part, party of one another, about a party of it; or the one is named by what stands in the other or was given.
CREATE FUNCTION gate.hang_together(c public."case", x public."case", given text) RETURNS boolean LANGUAGE plpgsql STABLE {PATH} AS $$
BEGIN
    RETURN x.case_id IS NOT DISTINCT FROM c.whole_id OR x.whole_id IS NOT DISTINCT FROM c.case_id OR x.case_id = c.case_id
        OR EXISTS (SELECT 1 FROM public.party p WHERE (p.case_id = x.case_id AND p.party_id IN (c.case_id, c.subject_id))
            OR (p.case_id = c.case_id AND p.party_id IN (x.case_id, x.subject_id)))
        OR position('"' || x.ref || '"' IN concat(c.record, ' ', given)) > 0;
END $$;

CREATE FUNCTION gate.letter_fits() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER {PATH} AS $$
DECLARE said jsonb; place jsonb; c public."case"; x public."case"; told record; me gate.sight := gate.me(); did jsonb;
BEGIN
    IF me.clock OR NEW.kind <> 'effect' THEN
        RETURN NULL;
    END IF;
    said := NEW.payload::jsonb; place := said->'what'->'place';
    IF said ? 'register' THEN  -- what follows from an entry follows in its own case
        IF said->>'to' IS DISTINCT FROM NEW.case_id OR NOT EXISTS (SELECT 1 FROM public.register_entry r WHERE r.case_id = NEW.case_id
            AND r.register = said->>'register' AND r.n = (said->>'entry')::integer AND r.recorded_by = session_user) THEN
            PERFORM gate.deny('desk_out_of_scope', 'outbox');
        END IF;
        RETURN NULL;
    END IF;
    SELECT y.* INTO c FROM public."case" y WHERE y.case_id = NEW.case_id;
    SELECT p.payload INTO told FROM gate_log.event l JOIN public.event_payload p ON p.case_id = l.case_id AND p.n = l.n
     WHERE l.case_id = NEW.case_id AND l.n = (said->>'event')::integer AND l.xid = pg_current_xact_id();
    did := told.payload::jsonb->'did';
    IF did IS NULL OR NOT (CASE WHEN said ? 'batch' THEN did @> jsonb_build_array(jsonb_build_object('what', 'batch_ordered', 'batch', said->'batch'))
        WHEN place IS NOT NULL THEN did @> jsonb_build_array(jsonb_build_object('what', 'sent', 'effect', place->'sign'))
        ELSE did @> '[{{"what":"sent"}}]' END) THEN
        PERFORM gate.deny('desk_no_event', 'outbox');
    END IF;
    IF said ? 'batch' THEN
        RETURN NULL;
    END IF;
    SELECT y.* INTO x FROM public."case" y WHERE y.case_id = said->>'to';
    IF place IS NULL THEN  -- said in full: only to where this login writes itself
        IF NOT gate.in_scope(x.case_id, me) OR NOT gate.works_on(x, me) THEN
            PERFORM gate.deny('desk_out_of_scope', 'outbox');
        END IF;
    ELSIF x.program IS DISTINCT FROM c.program OR place->>'workflow' IS DISTINCT FROM c.workflow OR NOT gate.hang_together(c, x, told.payload) THEN
        PERFORM gate.deny('desk_out_of_scope', 'outbox');
    END IF;
    RETURN NULL;
END $$;

-- A place is counted for a case of its own program.
CREATE FUNCTION gate.place_fits() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER {PATH} AS $$
BEGIN
    IF NOT (gate.me()).clock AND NOT EXISTS (SELECT 1 FROM public."case" c WHERE c.case_id = NEW.case_id AND c.program = NEW.program) THEN
        PERFORM gate.deny('desk_identity', 'hold_item');
    END IF;
    RETURN NULL;
END $$;

-- Numbers are drawn for the office, and for divisions and places above or below where one holds a role.
CREATE FUNCTION gate.rule_of_sequence() RETURNS trigger LANGUAGE plpgsql {PATH} AS $$
DECLARE lies text;
BEGIN
    IF NEW.issuer = 'office' OR (gate.me()).clock THEN
        RETURN NEW;
    END IF;
    SELECT coalesce((SELECT p.division FROM public.place p WHERE p.place_id = NEW.issuer), NEW.issuer) INTO lies;
    IF NOT EXISTS (SELECT 1 FROM gate.my_grant g LEFT JOIN public.place p ON g.scope_kind = 'place' AND p.place_id = g.scope
        WHERE starts_with(lies, coalesce(p.division, g.scope)) OR starts_with(coalesce(p.division, g.scope), lies)) THEN
        PERFORM gate.deny('desk_out_of_scope', 'sequence');
    END IF;
    RETURN NEW;
END $$;
"""
TRIGGERS = (
    "CREATE CONSTRAINT TRIGGER desk_commit_rule AFTER INSERT ON public.outbox DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW WHEN (session_user <> current_user) EXECUTE FUNCTION gate.letter_fits()",
    "CREATE CONSTRAINT TRIGGER desk_commit_rule AFTER INSERT ON public.hold_item DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW WHEN (session_user <> current_user) EXECUTE FUNCTION gate.place_fits()",
    "CREATE TRIGGER desk_rule BEFORE INSERT OR UPDATE ON public.sequence FOR EACH ROW WHEN (session_user <> current_user)"
    " EXECUTE FUNCTION gate.rule_of_sequence()",
)
