"""Asking another township for a child's file, from a desk, as SQL: ``records/transfers.py``, for a file that is out of sight until it is given.

Whoever asks knows number and name. Neither is kept in the log of questions, but a digest of both with a salt that the desk alone knows.
"""

from __future__ import annotations

from workflow_core.store.server.guards_case import PATH, sha


def asking() -> str:
    """The functions, with the roles and words of the application."""
    from workflow_core.definition import COUNTY_OFFICE, SUPERVISOR
    from workflow_core.records.transfers import ASKED

    return f"""
-- Whether this login answers for the files there, as engine/transferring.py has it.
CREATE FUNCTION gate.sits(code text) RETURNS boolean LANGUAGE plpgsql STABLE {PATH} AS $$
BEGIN
    RETURN EXISTS (SELECT 1 FROM gate.my_grant g WHERE g.scope_kind = 'division' AND g.program IS NULL AND starts_with(code, g.scope)
        AND (g.role IN ('{SUPERVISOR.name}', '{COUNTY_OFFICE.name}') OR gate.is_maker()));
END $$;

CREATE FUNCTION gate.ask_for_file(asked jsonb, me gate.sight) RETURNS jsonb LANGUAGE plpgsql {PATH} AS $$
DECLARE t public.transfer; instant text := gate.instant(asked->>'at'); number text := asked->>'number'; called text := asked->>'name';
    whole text := (asked->>'salt') || '/' || (asked->>'number') || '/' || (asked->>'name'); lies text; o public.outbox; there record;
BEGIN
    t.to_division := asked->>'to'; t.reason := btrim(coalesce(asked->>'reason', ''));
    IF NOT coalesce(gate.sits(t.to_division), false) THEN
        PERFORM gate.deny('desk_not_permitted', 'transfer');
    END IF;
    IF t.reason = '' OR NOT EXISTS (SELECT 1 FROM public.division d WHERE d.code = t.to_division AND d.level IN ('township', 'village')) THEN
        PERFORM gate.deny('desk_identity', 'transfer');
    END IF;
    PERFORM gate.must_have_asked('id/' || {sha("whole")});
    SELECT p.person_id, p.division INTO t.person_id, lies FROM public.person p JOIN public.child k ON k.person_id = p.person_id
     WHERE p.national_id = number AND p.name_key = called AND p.merged_into IS NULL AND p.erased_at IS NULL;
    IF t.person_id IS NULL OR left(lies, 9) = left(t.to_division, 9) THEN
        RETURN '{{}}';
    END IF;
    SELECT x.ref, x.kind INTO there FROM public.transfer x WHERE x.person_id = t.person_id AND x.to_division = t.to_division AND x.state = 'waiting';
    IF FOUND THEN
        RETURN jsonb_build_object('ref', there.ref, 'kind', there.kind);
    END IF;
    t.transfer_id := gate.new_id(); t.ref := gate.new_ref('transfer', 'T'); t.kind := 'ask'; t.from_division := left(lies, 9); t.state := 'waiting';
    t.asked_at := instant; t.asked_by := session_user; t.told_at := instant; t.reminders := 0;
    PERFORM gate.begins(t.transfer_id, t.person_id);
    INSERT INTO public.transfer VALUES (t.*);
    PERFORM gate.record('person/' || t.person_id, 'transfer_asked', gate.canonical(jsonb_build_object('transfer', t.ref, 'from', t.from_division,
        'to', t.to_division, 'reason', t.reason)), t.person_id, instant);
    o.id := gate.new_id(); o.at := instant; o.due_at := instant; o.next_at := instant; o.kind := 'message'; o.attempts := 0; o.state := 'waiting';
    o.dedup := 'transfer/' || t.ref || '/begun/{SUPERVISOR.name}';
    o.payload := gate.canonical(jsonb_build_object('to', '{SUPERVISOR.name}', 'message', '{ASKED.replace("'", "''")}', 'urgent', false,
        'division', t.from_division, 'case', t.ref));
    INSERT INTO public.outbox VALUES (o.*);
    PERFORM gate.done(t.transfer_id);
    RETURN jsonb_build_object('ref', t.ref, 'kind', 'ask');
END $$;

-- A case by itself is offered by those who oversee it, to one at a time, and answered by those who oversee the other division; nothing else of the row changes.
-- Whoever accepts it moves it, and its parts, in the same transaction.
CREATE FUNCTION gate.hands_over(was public.transfer, t public.transfer, me gate.sight) RETURNS void LANGUAGE plpgsql {PATH} AS $$
DECLARE stands boolean; fits boolean; answers text[] := ARRAY['state', 'answer', 'answered_at', 'answered_by'];
BEGIN
    IF me.clock THEN
        RETURN;
    END IF;
    stands := EXISTS (SELECT 1 FROM public."case" c WHERE c.case_id = t.case_id AND c.division = t.from_division AND c.closed_at IS NULL
        AND c.whole_id IS NULL);
    IF was.transfer_id IS NULL THEN
        fits := stands AND t.state = 'waiting' AND t.kind = 'offer' AND t.asked_by = session_user AND gate.sits(t.from_division)
            AND gate.in_scope(t.case_id, me)
            AND NOT EXISTS (SELECT 1 FROM public.transfer x WHERE x.case_id = t.case_id AND x.state = 'waiting');
    ELSE
        fits := was.state = 'waiting' AND t.answered_by = session_user AND to_jsonb(was) - answers = to_jsonb(t) - answers AND CASE t.state
            WHEN 'accepted' THEN stands AND gate.sits(t.to_division) WHEN 'refused' THEN gate.sits(t.to_division)
            WHEN 'waiting' THEN false ELSE gate.sits(t.from_division) END;
    END IF;
    IF NOT coalesce(fits, false) THEN
        PERFORM gate.deny('desk_out_of_scope', 'transfer');
    END IF;
    IF t.state = 'accepted' THEN
        DELETE FROM gate_log.moved m WHERE m.xid < pg_snapshot_xmin(pg_current_snapshot());
        INSERT INTO gate_log.moved WITH RECURSIVE along AS (
            SELECT c.case_id, c.subject_id FROM public."case" c WHERE c.case_id = t.case_id
            UNION SELECT p.case_id, p.subject_id FROM public."case" p JOIN along a ON p.whole_id = a.case_id
             WHERE p.closed_at IS NULL AND left(p.division, 9) = left(t.from_division, 9))
            SELECT a.case_id, pg_current_xact_id() FROM along a
            UNION SELECT 'of/' || a.subject_id, pg_current_xact_id() FROM along a WHERE a.subject_id IS NOT NULL;
    END IF;
END $$;

-- What one's own township has asked for, and nobody has answered, is taken back.
CREATE FUNCTION gate.take_back(asked jsonb) RETURNS jsonb LANGUAGE plpgsql {PATH} AS $$
DECLARE t public.transfer; why text := btrim(coalesce(asked->>'reason', '')); instant text := gate.instant(asked->>'at');
BEGIN
    SELECT * INTO t FROM public.transfer x WHERE x.ref = asked->>'ref' AND x.kind = 'ask' FOR UPDATE;
    IF t.ref IS NULL OR NOT gate.sits(t.to_division) THEN
        PERFORM gate.deny('desk_out_of_scope', 'transfer');
    END IF;
    IF why = '' THEN
        PERFORM gate.deny('desk_identity', 'transfer');
    END IF;
    IF t.state <> 'waiting' THEN
        RETURN jsonb_build_object('done', false);
    END IF;
    PERFORM gate.begins(t.transfer_id, t.person_id);
    UPDATE public.transfer x SET state = 'withdrawn', answer = why, answered_at = instant, answered_by = session_user WHERE x.transfer_id = t.transfer_id;
    PERFORM gate.record('person/' || t.person_id, 'transfer_withdrawn', gate.canonical(jsonb_build_object('transfer', t.ref, 'from', t.from_division,
        'to', t.to_division, 'reason', why)), t.person_id, instant);
    PERFORM gate.done(t.transfer_id);
    RETURN jsonb_build_object('done', true);
END $$;
"""
