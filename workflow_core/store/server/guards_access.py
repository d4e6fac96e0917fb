"""Asking for access at a desk, and answering, as SQL: what ``access/requesting.py`` does, held against whoever writes past it.

A desk never writes a row of ``access_request`` by a statement, but for counting down what it was allowed. It asks the gate, which makes the row and its entries
in the journal of the account and of the child, and answers for whoever may. A reference is looked up in two transactions: the question is on record before
it is answered, so that trying one after the other is seen; and what is opened in an emergency shows nothing to the transaction that opens it, so that who
rolls back has seen nothing.
"""

from __future__ import annotations

from workflow_core.store.server.eyes import FIXED, NOW, TRAINING
from workflow_core.store.server.guards_case import PATH, STAMP
from workflow_core.store.server.looking import NO_SIGN

QUESTIONS = 50
"""For so many references one login may ask within a day and a night."""

TRIGGER = (
    "CREATE TRIGGER desk_access BEFORE INSERT ON public.journal FOR EACH ROW WHEN (session_user <> current_user AND NEW.kind IN ("
    "'access_asked', 'emergency_access', 'access_approved', 'access_refused', 'access_ended', 'access_reviewed')) EXECUTE FUNCTION gate.guard_access_entry()"
)

REQUESTS = f"""
CREATE FUNCTION gate.guard_access_request() RETURNS trigger LANGUAGE plpgsql {PATH} AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM gate_log.access w WHERE w.access_request_id = NEW.access_request_id AND w.what = 'writing' AND w.xid = pg_current_xact_id()) THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND EXISTS (SELECT 1 FROM gate.my_approval a WHERE a.access_request_id = OLD.access_request_id) AND NEW.used > OLD.used
        AND NEW.used <= NEW.rows AND to_jsonb(NEW) - 'used' = to_jsonb(OLD) - 'used' THEN
        INSERT INTO gate_log.access VALUES (NEW.access_request_id, NEW.person_id, 'spent', pg_current_xact_id());
        RETURN NEW;  -- what was approved is counted down
    END IF;
    PERFORM gate.deny('desk_not_permitted', 'access_request');
    RETURN NULL;
END $$;

-- Whether the gate itself is writing just now, beside what a desk may write.
CREATE FUNCTION gate.writes_itself() RETURNS boolean LANGUAGE plpgsql STABLE {PATH} AS $$
BEGIN
    RETURN EXISTS (SELECT 1 FROM gate_log.access w WHERE w.what = 'writing' AND w.xid = pg_current_xact_id_if_assigned());
END $$;

-- What is said of a request in the journal is written with the request, by the gate alone.
CREATE FUNCTION gate.guard_access_entry() RETURNS trigger LANGUAGE plpgsql {PATH} AS $$
BEGIN
    IF NOT gate.writes_itself() THEN
        PERFORM gate.deny('desk_not_permitted', 'journal');
    END IF;
    RETURN NEW;
END $$;

-- Where what is asked for lies today, and in which program.
CREATE FUNCTION gate.lies(a public.access_request, OUT division text, OUT program text) LANGUAGE plpgsql STABLE {PATH} AS $$
BEGIN
    SELECT coalesce(a.division, p.division, c.division, ''), c.program INTO division, program FROM (SELECT 1) x
      LEFT JOIN public.person p ON p.person_id = a.person_id LEFT JOIN public."case" c ON c.case_id = a.case_id;
END $$;

-- A purpose as it is kept, as access/looks.py: a sign of Chinese says as much as several letters.
CREATE FUNCTION gate.purpose(said text) RETURNS text LANGUAGE plpgsql STABLE {PATH} AS $$
DECLARE why text := btrim(regexp_replace(coalesce(said, ''), '[\\s\\u00a0\\u3000]+', ' ', 'g')); signs text := regexp_replace(why, '{NO_SIGN}', '', 'g');
BEGIN
    IF char_length(signs) + char_length(regexp_replace(signs, '[0-9A-Za-z]', '', 'g')) < 4 OR signs ~ '^(.)\\1*$' THEN
        PERFORM gate.deny('desk_purpose', 'access_request');
    END IF;
    RETURN why;
END $$;

-- The text of an object, as store/canonical.py writes it: keys in order, no white space, what says nothing left out.
CREATE FUNCTION gate.canonical(said jsonb) RETURNS text LANGUAGE sql IMMUTABLE {PATH} AS $$
    SELECT CASE jsonb_typeof(said)
        WHEN 'object' THEN '{{' || coalesce((SELECT string_agg(to_json(e.key)::text || ':' || gate.canonical(e.value), ',' ORDER BY e.key COLLATE "C")
            FROM jsonb_each(said) e WHERE e.value NOT IN ('null', '[]')), '') || '}}'
        WHEN 'array' THEN '[' || coalesce((SELECT string_agg(gate.canonical(e.value), ',' ORDER BY e.n) FROM jsonb_array_elements(said)
            WITH ORDINALITY e(value, n)), '') || ']'
        ELSE said::text END
$$;

-- Both entries: of the account's day, and of the child.
CREATE FUNCTION gate.record_access(a public.access_request, said_kind text, says jsonb, instant text, me gate.sight) RETURNS void LANGUAGE plpgsql {PATH} AS $$
DECLARE said text := gate.canonical(says || jsonb_build_object('access', a.ref)); about text := coalesce(a.person_id, a.case_id);
BEGIN
    PERFORM gate.record('account/' || me.account_id || '/' || to_char(instant::timestamptz AT TIME ZONE 'UTC' + interval '8 hours', 'YYYY-MM-DD'),
        said_kind, said, about, instant);
    IF a.person_id IS NOT NULL THEN
        PERFORM gate.record('person/' || a.person_id, said_kind, said, about, instant);
    END IF;
END $$;

-- The instant: the server's own; in a training office, whose time may be told, the one that is said.
CREATE FUNCTION gate.instant(said text) RETURNS text LANGUAGE plpgsql STABLE {PATH} AS $$
BEGIN
    IF said ~ '{STAMP}' AND {TRAINING} THEN
        RETURN said;
    END IF;
    RETURN {NOW};
END $$;

CREATE FUNCTION gate.later(instant text, much interval) RETURNS text LANGUAGE sql STABLE {PATH} AS $$
    SELECT to_char((instant::timestamptz + much) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;
"""

_SEEK = f"""
-- That a reference is asked for: on record before it is answered, and not without end.
CREATE FUNCTION gate.seek(named text) RETURNS jsonb LANGUAGE plpgsql {PATH} AS $$
BEGIN
    PERFORM gate.one_at_a_time();
    IF (SELECT count(DISTINCT q.about) FROM gate_log.asked q WHERE q.login = session_user AND q.about <> named
        AND q.at > gate.later({NOW}, interval '-1 day')) >= {QUESTIONS} THEN
        PERFORM gate.deny('desk_too_many', 'access_request');
    END IF;
    INSERT INTO gate_log.asked VALUES (session_user, named, {NOW}, pg_current_xact_id());
    RETURN '{{}}';
END $$;

-- A question is answered once it is on record, in an earlier transaction.
CREATE FUNCTION gate.must_have_asked(named text) RETURNS void LANGUAGE plpgsql STABLE {PATH} AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM gate_log.asked q WHERE q.login = session_user AND q.about = named AND q.at > gate.later({NOW}, interval '-15 minutes')
        AND q.xid IS DISTINCT FROM pg_current_xact_id_if_assigned()) THEN
        PERFORM gate.deny('desk_purpose', 'access_request');
    END IF;
END $$;

CREATE FUNCTION gate.new_id() RETURNS text LANGUAGE plpgsql {PATH} AS $$
DECLARE h text := lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0'); x text := gen_random_uuid()::text;
BEGIN
    RETURN substr(h, 1, 8) || '-' || substr(h, 9) || '-7' || substr(x, 16);
END $$;

CREATE FUNCTION gate.new_ref(what text, letter text) RETURNS text LANGUAGE plpgsql {PATH} AS $$
DECLARE n text;
BEGIN
    INSERT INTO public.sequence AS s (issuer, kind, year, next) VALUES ('office', 'ref/' || what, 0, 2)
        ON CONFLICT (issuer, kind, year) DO UPDATE SET next = s.next + 1 RETURNING (s.next - 1)::text INTO n;
    RETURN letter || '-' || lpad(n, greatest(6, length(n)), '0');
END $$;

-- The id behind a reference that this login has asked for in an earlier transaction, wherever it lies; of a file that was put into another, that one's.
CREATE FUNCTION gate.behind(named text) RETURNS jsonb LANGUAGE plpgsql STABLE {PATH} AS $$
DECLARE id text; onward text;
BEGIN
    PERFORM gate.must_have_asked(named);
    SELECT p.person_id, p.merged_into INTO id, onward FROM public.person p JOIN public.child k ON k.person_id = p.person_id WHERE p.ref = named;
    WHILE onward IS NOT NULL LOOP
        SELECT p.person_id, p.merged_into INTO id, onward FROM public.person p WHERE p.person_id = onward;
    END LOOP;
    RETURN jsonb_build_object('person_id', id, 'case_id', (SELECT c.case_id FROM public."case" c WHERE c.ref = named));
END $$;

-- What this login's own requests are about: it named the references itself.
CREATE FUNCTION gate.asked_about() RETURNS jsonb LANGUAGE plpgsql STABLE {PATH} AS $$
BEGIN
    RETURN (SELECT coalesce(jsonb_object_agg(a.ref, jsonb_build_object('child', p.ref, 'case_ref', c.ref, 'program', c.program)), '{{}}')
        FROM public.access_request a LEFT JOIN public.person p ON p.person_id = a.person_id LEFT JOIN public."case" c ON c.case_id = a.case_id
       WHERE a.login = session_user);
END $$;
"""


def _ask(longest: int, emergency: int, looks: int, most: int, fields: str) -> str:
    return f"""
CREATE FUNCTION gate.ask(asked jsonb, me gate.sight) RETURNS jsonb LANGUAGE plpgsql {PATH} AS $$
DECLARE r public.access_request; instant text := gate.instant(asked->>'at'); wanted jsonb; named text;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM gate.my_grant g WHERE g.role <> 'admin' OR gate.is_maker()) THEN
        PERFORM gate.deny('desk_not_permitted', 'access_request');
    END IF;
    r.kind := asked->>'kind'; r.person_id := asked->>'person_id'; r.case_id := asked->>'case_id'; r.division := asked->>'division';
    r.used := 0; r.login := session_user; r.asked_at := instant; r.purpose := gate.purpose(asked->>'purpose');
    r.rows := {looks}; r.until := asked->>'until'; r.state := 'waiting';
    SELECT coalesce(jsonb_agg(DISTINCT f), '[]') INTO wanted FROM jsonb_array_elements_text(coalesce(asked->'fields', '[]')) f;
    CASE r.kind
    WHEN 'emergency' THEN
        r.state := 'approved'; r.until := gate.later(instant, interval '{emergency} seconds'); wanted := '[]';
    WHEN 'division' THEN
        IF NOT r.division LIKE ANY (me.divisions) THEN  -- a desk sees nothing of another division but single files
            PERFORM gate.deny('desk_owner_needed', 'access_request');
        END IF;
        r.rows := (asked->>'rows')::integer;
    WHEN 'child', 'case' THEN NULL;
    ELSE PERFORM gate.deny('desk_identity', 'access_request');
    END CASE;
    IF num_nonnulls(r.person_id, r.case_id, r.division) <> 1
        OR (CASE r.kind WHEN 'division' THEN r.division WHEN 'case' THEN r.case_id ELSE r.person_id END) IS NULL
        OR (r.person_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM public.child k JOIN public.person p ON p.person_id = k.person_id
            WHERE k.person_id = r.person_id AND p.merged_into IS NULL AND p.erased_at IS NULL))
        OR (r.case_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM public."case" c WHERE c.case_id = r.case_id))
        OR EXISTS (SELECT 1 FROM jsonb_array_elements_text(wanted) f WHERE f <> ALL (ARRAY[{fields}])) THEN
        PERFORM gate.deny('desk_identity', 'access_request');
    END IF;
    IF NOT coalesce(r.rows BETWEEN 1 AND {most}, false) THEN
        PERFORM gate.deny('desk_count', 'access_request');
    END IF;
    IF NOT coalesce(r.until ~ '{STAMP}' AND r.until > instant AND r.until <= gate.later(instant, interval '{longest + 3600} seconds'), false) THEN
        PERFORM gate.deny('desk_time', 'access_request');
    END IF;
    r.fields := wanted::text;
    r.access_request_id := gate.new_id(); r.ref := gate.new_ref('access', 'A');
    PERFORM gate.begins(r.access_request_id, r.person_id);
    INSERT INTO gate_log.access VALUES (r.access_request_id, r.person_id, 'new', pg_current_xact_id());
    INSERT INTO public.access_request VALUES (r.*);
    named := (SELECT c.ref FROM public."case" c WHERE c.case_id = r.case_id);
    PERFORM gate.record_access(r, CASE r.kind WHEN 'emergency' THEN 'emergency_access' ELSE 'access_asked' END, jsonb_build_object('kind', r.kind,
        'division', r.division, 'case', named, 'fields', wanted, 'rows', r.rows, 'until', r.until, 'purpose', r.purpose), instant, me);
    PERFORM gate.done(r.access_request_id);
    RETURN jsonb_build_object('ref', r.ref);
END $$;
"""


_ANSWER = f"""
-- While the gate itself writes a row, and its entries in the journal of a child whose file may be out of sight.
CREATE FUNCTION gate.begins(id text, person text) RETURNS void LANGUAGE plpgsql {PATH} AS $$
BEGIN
    DELETE FROM gate_log.access w WHERE w.xid < pg_snapshot_xmin(pg_current_snapshot());
    INSERT INTO gate_log.access VALUES (id, person, 'writing', pg_current_xact_id());
END $$;

CREATE FUNCTION gate.done(id text) RETURNS void LANGUAGE plpgsql {PATH} AS $$
BEGIN
    DELETE FROM gate_log.access w WHERE w.access_request_id = id AND w.what = 'writing';
END $$;

-- Answers a request, looks back at an emergency, or ends what was asked for; nothing where somebody has done so already.
CREATE FUNCTION gate.answer(asked jsonb, me gate.sight) RETURNS jsonb LANGUAGE plpgsql {PATH} AS $$
DECLARE a public.access_request; becomes text := asked->>'state'; said text := btrim(coalesce(asked->>'text', '')); instant text := gate.instant(asked->>'at');
    says jsonb;
BEGIN
    SELECT * INTO a FROM public.access_request x WHERE x.ref = asked->>'ref' FOR UPDATE;
    IF a.ref IS NULL OR NOT (a.login = session_user OR gate.sees_request(a)) THEN
        PERFORM gate.deny('desk_out_of_scope', 'access_request');
    END IF;
    IF becomes <> 'ended' AND NOT gate.may_answer(a) THEN
        PERFORM gate.deny('desk_not_permitted', 'access_request');
    END IF;
    IF (CASE WHEN becomes IN ('approved', 'refused') THEN a.state <> 'waiting' OR a.until <= instant
            WHEN becomes = 'reviewed' THEN a.kind <> 'emergency' OR a.reviewed_at IS NOT NULL
            WHEN becomes = 'ended' THEN a.state NOT IN ('waiting', 'approved') OR a.until <= instant OR (a.state = 'approved' AND a.used >= a.rows)
            ELSE true END) THEN
        RETURN jsonb_build_object('done', false);
    END IF;
    CASE becomes
    WHEN 'reviewed' THEN
        a.review := gate.purpose(said); a.reviewed_at := instant; a.reviewed_by := session_user; says := jsonb_build_object('review', a.review);
    WHEN 'ended' THEN
        a.state := 'ended'; a.ended_at := instant; says := '{{}}';
    ELSE
        IF becomes = 'refused' AND said = '' THEN
            PERFORM gate.deny('desk_purpose', 'access_request');
        END IF;
        a.state := becomes; a.answer := said; a.answered_at := instant; a.answered_by := session_user;
        says := jsonb_build_object('answer', said, 'asked_by', a.login);
    END CASE;
    IF a.login = session_user AND becomes <> 'ended' THEN
        says := says || '{{"eyes": "training"}}';
    END IF;
    PERFORM gate.begins(a.access_request_id, a.person_id);
    UPDATE public.access_request x SET state = a.state, answer = a.answer, answered_at = a.answered_at, answered_by = a.answered_by, ended_at = a.ended_at,
        review = a.review, reviewed_at = a.reviewed_at, reviewed_by = a.reviewed_by WHERE x.access_request_id = a.access_request_id;
    PERFORM gate.record_access(a, 'access_' || becomes, says, instant, me);
    PERFORM gate.done(a.access_request_id);
    RETURN jsonb_build_object('done', true);
END $$;

CREATE FUNCTION gate.access(asked jsonb, me gate.sight) RETURNS jsonb LANGUAGE plpgsql {PATH} AS $$
BEGIN
    RETURN CASE asked->>'do'
        WHEN 'seek' THEN gate.seek(asked->>'about') WHEN 'behind' THEN gate.behind(asked->>'about') WHEN 'about' THEN gate.asked_about()
        WHEN 'ask' THEN gate.ask(asked, me) WHEN 'answer' THEN gate.answer(asked, me)
        WHEN 'transfer' THEN gate.ask_for_file(asked, me) WHEN 'take_back' THEN gate.take_back(asked) ELSE to_jsonb(gate.deny('desk_statement')) END;
END $$;
"""


def _answers(approvers: str) -> str:
    return f"""
-- As access/requesting.py: he holds the right there in his own name; what a deputy is lent is for the work, and is no second pair of eyes.
CREATE FUNCTION gate.oversees(a public.access_request) RETURNS boolean LANGUAGE plpgsql STABLE {FIXED} AS $$
DECLARE there record := gate.lies(a); roles text[];
BEGIN
    IF EXISTS (SELECT 1 FROM gate.my_grant g WHERE g.scope_kind = 'division' AND starts_with(there.division, g.scope) AND g.stands_for IS NULL
        AND g.role = 'admin' AND g.program IS NULL) THEN
        RETURN true;
    END IF;
    roles := ARRAY(SELECT g.role FROM gate.my_grant g WHERE g.scope_kind = 'division' AND starts_with(there.division, g.scope) AND g.stands_for IS NULL
        AND g.role IN ({approvers}) AND (g.program IS NULL OR a.kind <> 'case' OR g.program = there.program));
    RETURN cardinality(roles) > 0 AND NOT EXISTS (SELECT 1 FROM jsonb_array_elements_text(a.fields::jsonb) f WHERE NOT EXISTS (
        SELECT 1 FROM gate.sees_whole s WHERE s.role = ANY (roles) AND s.field = f AND s.many = (a.kind = 'division')));
END $$;

CREATE FUNCTION gate.may_answer(a public.access_request) RETURNS boolean LANGUAGE plpgsql STABLE {FIXED} AS $$
DECLARE there record := gate.lies(a);
BEGIN
    RETURN (gate.is_maker() AND EXISTS (SELECT 1 FROM gate.my_grant g WHERE g.scope_kind = 'division' AND starts_with(there.division, g.scope)))
        OR (a.login <> session_user AND NOT EXISTS (SELECT 1 FROM gate.my_grant g WHERE g.stands_for = a.login) AND gate.oversees(a));
END $$;

-- Whether somebody else's request is for this login to know of.
CREATE FUNCTION gate.sees_request(a public.access_request) RETURNS boolean LANGUAGE plpgsql STABLE {FIXED} AS $$
BEGIN
    RETURN (gate.me()).account_id IS NOT NULL AND (gate.oversees(a) OR (gate.is_maker() AND gate.may_answer(a)));
END $$;
"""


def asking() -> str:
    """The functions that hold the numbers and roles of ``access/requesting.py``."""
    from workflow_core.access.requesting import APPROVERS, EMERGENCY, LONGEST, LOOKS, MOST_ROWS
    from workflow_core.access.sight import FIELDS

    fields = ", ".join(f"'{name}'" for name in sorted(FIELDS))
    asked = _ask(int(LONGEST.total_seconds()), int(EMERGENCY.total_seconds()), LOOKS, MOST_ROWS, fields)
    return _answers(", ".join(f"'{role}'" for role in APPROVERS)) + _SEEK + asked + _ANSWER
