"""Whole values, as SQL: a desk says whom it needs to see, which fields and why; that is written into the journal, and from the next transaction on the
views show those fields for a while. So a look that was rolled back has shown nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from workflow_core.store.chain import JOURNAL
from workflow_core.store.server.eyes import NOW
from workflow_core.store.server.guards_case import PATH, header, sha

LASTS = "15 minutes"
"""For how long a look shows what it was for."""

NO_SIGN = r"[^0-9A-Za-z\u00c0-\u1fff\u3041-\ud7ff\uf900-\ufaff\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff66-\uffdc\U00020000-\U0003ffff]"
"""What says nothing in a purpose, whatever the database's locale holds for a letter."""

TABLES = """
CREATE TABLE gate.sees_whole (role text NOT NULL, field text NOT NULL, many boolean NOT NULL, PRIMARY KEY (role, field, many));
"""

FIND = f"""
-- Whose files these are, of those in sight, by values that whoever asks knows already; and whose files a text fits.
-- Of a number the whole counts, and what its mask shows.
CREATE FUNCTION gate.find(asked jsonb, me gate.sight) RETURNS jsonb LANGUAGE plpgsql STABLE {PATH} AS $$
DECLARE given text[] := ARRAY(SELECT jsonb_array_elements_text(asked->'values')); what text := asked->>'by'; part text; digits text;
BEGIN
    IF cardinality(given) > 5000 THEN
        PERFORM gate.deny('desk_purpose', 'find');
    END IF;
    IF what IN ('national_id', 'name_key', 'phone') THEN
        RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('person_id', p.person_id, 'said', to_jsonb(p)->>what)), '[]') FROM public.person p
            WHERE p.merged_into IS NULL AND gate.sees_person(p.person_id, me)
              AND CASE what WHEN 'national_id' THEN p.national_id = ANY (given) WHEN 'name_key' THEN p.name_key = ANY (given) ELSE p.phone = ANY (given) END);
    ELSIF what = 'text' THEN
        part := asked->>'text'; digits := asked->>'digits';
        IF char_length(part) < 1 THEN
            PERFORM gate.deny('desk_purpose', 'find');
        END IF;
        RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('person_id', x.person_id, 'said', '')), '[]') FROM (
            SELECT c.person_id FROM public.child c JOIN public.person p ON p.person_id = c.person_id
             WHERE p.merged_into IS NULL AND (position(part IN p.name_key) > 0 OR p.ref = upper(part)
                OR p.national_id = upper(digits)
                OR (char_length(digits) = 4 AND char_length(p.national_id) >= 12
                    AND (starts_with(p.national_id, upper(digits)) OR right(p.national_id, 4) = upper(digits)))
                OR (char_length(digits) = 8 AND char_length(p.national_id) = 18 AND substr(p.national_id, 7, 8) = digits)
                OR EXISTS (SELECT 1 FROM public.relation r JOIN public.person o ON o.person_id = r.other_id WHERE r.person_id = p.person_id AND r.until IS NULL
                    AND (position(part IN o.name_key) > 0 OR (char_length(digits) >= 4 AND o.phone = digits)
                         OR (char_length(digits) = 4 AND char_length(o.phone) >= 11 AND right(o.phone, 4) = digits))))
               AND gate.sees_person(p.person_id, me) ORDER BY p.ref LIMIT 1000) x);
    END IF;
    RETURN '[]';
END $$;
"""

LOOK = f"""
-- An entry at the end of a stream, as store/journal.py writes it.
CREATE FUNCTION gate.record(to_stream text, said_kind text, said text, about text, instant text) RETURNS void LANGUAGE plpgsql {PATH} AS $$
DECLARE h record; secret text := replace(gen_random_uuid()::text, '-', ''); r public.journal;
BEGIN
    INSERT INTO public.journal_head AS x (stream, n, digest) VALUES (to_stream, 1, '') ON CONFLICT (stream) DO UPDATE SET n = x.n + 1
        RETURNING x.n, x.digest INTO h;
    r.stream := to_stream; r.n := h.n; r.at := instant; r.actor := session_user; r.kind := said_kind; r.subject := about;
    r.commitment := {sha("secret || said")}; r.previous := h.digest;
    r.digest := {sha(f"r.previous || {header(JOURNAL)} || r.commitment")};
    INSERT INTO public.journal VALUES (r.*);
    INSERT INTO public.journal_payload (stream, n, salt, payload) VALUES (to_stream, h.n, secret, said);
    UPDATE public.journal_head x SET digest = r.digest WHERE x.stream = to_stream;
END $$;

-- The roles by which this login sees a file that lies there.
CREATE FUNCTION gate.roles_over(division text, place text) RETURNS text[] LANGUAGE plpgsql STABLE {PATH} AS $$
BEGIN
    RETURN ARRAY(SELECT DISTINCT g.role FROM gate.my_grant g WHERE ((g.scope_kind = 'division' AND starts_with(division, g.scope))
        OR (g.scope_kind = 'place' AND g.scope = place)));
END $$;

CREATE FUNCTION gate.look(asked jsonb, me gate.sight) RETURNS jsonb LANGUAGE plpgsql {PATH} AS $$
DECLARE
    fields text[] := ARRAY(SELECT jsonb_array_elements_text(asked->'fields') ORDER BY 1);
    why text := btrim(coalesce(asked->>'purpose', ''), E' \\t\\n\\r\\f\\u00a0\\u3000');
    id text := asked->>'person'; p record; roles text[]; allowed text[]; own text[]; said text; ends text; maker boolean;
    now_xid xid8 := pg_current_xact_id(); begins text := {NOW}; signs text;
BEGIN
    IF asked ? 'close' THEN  -- what a look of this login opened, by the instant at which it would end
        DELETE FROM gate.unmasking u WHERE u.login = session_user AND u.until = asked->>'close';
        RETURN jsonb_build_object('until', NULL);
    END IF;
    signs := regexp_replace(why, '{NO_SIGN}', '', 'g');  -- as access/looks.py: a sign of Chinese says as much as several letters
    IF char_length(signs) + char_length(regexp_replace(signs, '[0-9A-Za-z]', '', 'g')) < 4 OR signs ~ '^(.)\\1*$' OR cardinality(fields) = 0 THEN
        PERFORM gate.deny('desk_purpose', 'look');
    END IF;
    ends := to_char((clock_timestamp() + interval '{LASTS}') AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
    DELETE FROM gate.unmasking u WHERE u.until <= {NOW};
    maker := gate.is_maker();
    said := '{{"fields":' || (SELECT '[' || string_agg(to_json(f)::text, ',') || ']' FROM unnest(fields) f) || ',"purpose":' || to_json(why)::text || '}}';
    IF id IS NULL THEN
        RETURN gate.look_many(asked, fields, why, ends, me);
    END IF;
    IF NOT gate.sees_person(id, me) THEN
        PERFORM gate.deny('desk_out_of_scope', 'look');
    END IF;
    SELECT x.division, k.school INTO p FROM public.person x LEFT JOIN public.child k ON k.person_id = x.person_id WHERE x.person_id = id;
    roles := gate.roles_over(p.division, p.school);
    IF cardinality(roles) = 0 AND EXISTS (SELECT 1 FROM gate.my_approval a WHERE a.person_id = id AND a.kind = 'emergency') THEN
        roles := ARRAY(SELECT g.role FROM gate.my_grant g WHERE g.scope_kind <> 'own');  -- what one's role sees whole anywhere
    ELSIF (cardinality(roles) = 0 OR me.person <> '') AND (id = me.person OR EXISTS (SELECT 1 FROM public."case" c WHERE c.subject_id = id
        AND c.closed_at IS NULL AND gate.works_on(c, me))) THEN  -- whoever works on an open case about him, and not who sees that he is offered
        roles := roles || ARRAY['party'];
    END IF;
    PERFORM gate.one_at_a_time();
    own := ARRAY(SELECT f FROM unnest(fields) f WHERE maker OR EXISTS (SELECT 1 FROM gate.sees_whole s WHERE s.role = ANY (roles) AND s.field = f
        AND NOT s.many) OR EXISTS (SELECT 1 FROM gate.my_approval a WHERE a.person_id = id AND a.fields::jsonb ? f));
    allowed := ARRAY(SELECT f FROM unnest(fields) f WHERE f = ANY (own)
        OR EXISTS (SELECT 1 FROM gate.my_approval a WHERE a.fields::jsonb ? f AND gate.covers(a.access_request_id, a.division, a.rows, p.division, id)));
    IF allowed <> fields AND NOT coalesce((asked->>'most')::boolean, false) THEN
        PERFORM gate.deny('desk_not_permitted', 'look');
    END IF;
    fields := allowed;
    INSERT INTO gate_log.lent SELECT a.access_request_id, id FROM gate.my_approval a WHERE gate.covers(a.access_request_id, a.division, a.rows, p.division, id)
        AND EXISTS (SELECT 1 FROM unnest(allowed) f WHERE a.fields::jsonb ? f AND f <> ALL (own)) ON CONFLICT DO NOTHING;
    IF cardinality(fields) = 0 THEN
        RETURN jsonb_build_object('until', NULL);
    END IF;
    said := '{{"fields":' || (SELECT '[' || string_agg(to_json(f)::text, ',') || ']' FROM unnest(fields) f) || ',"purpose":' || to_json(why)::text || '}}';
    INSERT INTO gate.unmasking SELECT session_user, id, NULL, f, ends, now_xid FROM unnest(fields) f
     WHERE f IN ('name', 'national_id', 'phone', 'address', 'note', 'guardian') OR f LIKE '%\\_workplace';
    INSERT INTO gate.unmasking
        SELECT session_user, r.other_id, NULL, CASE WHEN f LIKE '%\\_phone' THEN 'phone' ELSE 'name' END, ends, now_xid
          FROM public.relation r, unnest(fields) f WHERE r.person_id = id AND r.until IS NULL AND f IN (r.kind, r.kind || '_phone');
    PERFORM gate.record('account/' || me.account_id || '/' || to_char(clock_timestamp() AT TIME ZONE 'UTC' + interval '8 hours', 'YYYY-MM-DD'),
        'revealed', said, id, begins);
    PERFORM gate.record('person/' || id, 'revealed', said, id, begins);
    RETURN jsonb_build_object('until', ends);
END $$;
"""


def rights_of(roles: Mapping[str, Iterable[str]]) -> list[tuple[str, str, bool]]:
    """The same of a program's own roles, which are no standard ones: of one file and of many."""
    from workflow_core.access.sight import FIELDS, SIGHTS

    return [(role, field, many) for role in roles if role not in SIGHTS for field in sorted(FIELDS.keys() & set(roles[role])) for many in (False, True)]


def rights() -> Iterable[tuple[str, str, bool]]:
    """Which role sees which field whole: role, field, whether in a list of many."""
    from workflow_core.access.sight import SIGHTS

    sights: Mapping[str, object] = SIGHTS
    return [(role, field, many) for role in sights for many in (False, True) for field in sorted(SIGHTS[role].of("many" if many else "one"))]
