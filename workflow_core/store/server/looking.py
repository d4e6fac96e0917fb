"""Whole values, as SQL: a desk says whom it needs to see, which fields and why; that is written into the journal, and from the next transaction on the
views show those fields for a while. So a look that was rolled back has shown nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from workflow_core.store.chain import JOURNAL
from workflow_core.store.server.eyes import NOW
from workflow_core.store.server.guards_case import PATH, header, sha

LASTS = "15 minutes"
"""For how long a look shows what it was for."""

TABLES = """
CREATE TABLE gate.sees_whole (role text NOT NULL, field text NOT NULL, many boolean NOT NULL, PRIMARY KEY (role, field, many));
"""

LOOK = f"""
-- An entry at the end of a stream, as store/journal.py writes it.
CREATE FUNCTION gate.record(to_stream text, said_kind text, said text, about text) RETURNS void LANGUAGE plpgsql {PATH} AS $$
DECLARE h record; secret text := replace(gen_random_uuid()::text, '-', ''); r public.journal;
BEGIN
    INSERT INTO public.journal_head AS x (stream, n, digest) VALUES (to_stream, 1, '') ON CONFLICT (stream) DO UPDATE SET n = x.n + 1 RETURNING x.n, x.digest INTO h;
    r.stream := to_stream; r.n := h.n; r.at := {NOW}; r.actor := session_user; r.kind := said_kind; r.subject := about;
    r.commitment := {sha("secret || said")}; r.previous := h.digest;
    r.digest := {sha(f"r.previous || {header(JOURNAL)} || r.commitment")};
    INSERT INTO public.journal VALUES (r.*);
    INSERT INTO public.journal_payload (stream, n, salt, payload) VALUES (to_stream, h.n, secret, said);
    UPDATE public.journal_head x SET digest = r.digest WHERE x.stream = to_stream;
END $$;

-- The roles by which this login sees a file that lies there.
CREATE FUNCTION gate.roles_over(division text, place text) RETURNS text[] LANGUAGE plpgsql STABLE {PATH} AS $$
BEGIN
    RETURN ARRAY(SELECT DISTINCT g.role FROM gate.my_grant g WHERE ((g.scope_kind = 'division' AND starts_with(division, g.scope)) OR (g.scope_kind = 'place' AND g.scope = place)));
END $$;

CREATE FUNCTION gate.look(asked jsonb, me gate.sight) RETURNS jsonb LANGUAGE plpgsql {PATH} AS $$
DECLARE
    fields text[] := ARRAY(SELECT jsonb_array_elements_text(asked->'fields') ORDER BY 1); why text := btrim(coalesce(asked->>'purpose', ''));
    id text := asked->>'person'; p record; roles text[]; allowed text[]; said text; ends text; maker boolean; wide text[];
    now_xid xid8 := pg_current_xact_id();
BEGIN
    IF char_length(why) < 4 OR cardinality(fields) = 0 THEN
        PERFORM gate.deny('desk_purpose', 'look');
    END IF;
    ends := to_char((clock_timestamp() + interval '{LASTS}') AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
    DELETE FROM gate.unmasking u WHERE u.until <= {NOW};
    SELECT EXISTS (SELECT 1 FROM public.setting s JOIN public.setting t ON t.key = 'training' AND t.value = '1' WHERE s.key = 'maker' AND s.value = session_user)
      INTO maker;
    said := '{{"fields":' || (SELECT '[' || string_agg(to_json(f)::text, ',') || ']' FROM unnest(fields) f) || ',"purpose":' || to_json(why)::text || '}}';
    IF id IS NULL THEN
        wide := ARRAY(SELECT DISTINCT g.scope FROM gate.my_grant g WHERE g.scope_kind = 'division'
            AND (maker OR NOT EXISTS (SELECT 1 FROM unnest(fields) f WHERE NOT EXISTS (SELECT 1 FROM gate.sees_whole s WHERE s.role = g.role AND s.field = f AND s.many))));
        IF cardinality(wide) = 0 THEN
            PERFORM gate.deny('desk_not_permitted', 'look');
        END IF;
        INSERT INTO gate.unmasking SELECT session_user, NULL, w, f, ends, now_xid FROM unnest(wide) w,
            (SELECT DISTINCT CASE WHEN f IN ('guardian', 'father', 'mother') THEN 'name' WHEN f LIKE '%\\_phone' THEN 'phone' ELSE f END AS f FROM unnest(fields) f) x
         UNION ALL SELECT session_user, NULL, w, f, ends, now_xid FROM unnest(wide) w, unnest(fields) f WHERE f = 'guardian';
        PERFORM gate.record('account/' || me.account_id || '/' || to_char(clock_timestamp() AT TIME ZONE 'UTC' + interval '8 hours', 'YYYY-MM-DD'),
            'revealed', said, NULL);
        RETURN jsonb_build_object('until', ends);
    END IF;
    IF NOT gate.sees_person(id, me) THEN
        PERFORM gate.deny('desk_out_of_scope', 'look');
    END IF;
    SELECT x.division, k.school INTO p FROM public.person x LEFT JOIN public.child k ON k.person_id = x.person_id WHERE x.person_id = id;
    roles := gate.roles_over(p.division, p.school);
    IF cardinality(roles) = 0 OR me.person <> '' THEN
        roles := roles || ARRAY['party'];
    END IF;
    allowed := ARRAY(SELECT f FROM unnest(fields) f WHERE maker OR EXISTS (SELECT 1 FROM gate.sees_whole s WHERE s.role = ANY (roles) AND s.field = f AND NOT s.many));
    IF allowed <> fields THEN
        PERFORM gate.deny('desk_not_permitted', 'look');
    END IF;
    INSERT INTO gate.unmasking SELECT session_user, id, NULL, f, ends, now_xid FROM unnest(fields) f
     WHERE f IN ('name', 'national_id', 'phone', 'address', 'note', 'guardian');
    INSERT INTO gate.unmasking
        SELECT session_user, r.other_id, NULL, CASE WHEN f LIKE '%\\_phone' THEN 'phone' ELSE 'name' END, ends, now_xid
          FROM public.relation r, unnest(fields) f WHERE r.person_id = id AND f IN (r.kind, r.kind || '_phone');
    PERFORM gate.record('account/' || me.account_id || '/' || to_char(clock_timestamp() AT TIME ZONE 'UTC' + interval '8 hours', 'YYYY-MM-DD'), 'revealed', said, id);
    PERFORM gate.record('person/' || id, 'revealed', said, id);
    RETURN jsonb_build_object('until', ends);
END $$;
"""


def rights() -> Iterable[tuple[str, str, bool]]:
    """Which role sees which field whole: role, field, whether in a list of many."""
    from workflow_core.access.sight import SIGHTS

    sights: Mapping[str, object] = SIGHTS
    return [(role, field, many) for role in sights for many in (False, True) for field in sorted(SIGHTS[role].of("many" if many else "one"))]
