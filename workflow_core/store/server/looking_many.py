"""Whole values of many at once, as SQL: of those who are named, so many as the office lets go without another person's approval, and whom a sheet's rows name.

A look at many names each file that it opens; each is told of it, and they are counted: more than the office's ``bulk_rows`` within a day and a night need an
approval of this login that covers them all, which is counted down with the look itself. What a sheet's rows name is not counted: whoever brings the sheet
knows the whole number, or the name and the birth date, of everybody whom it opens.
"""

from __future__ import annotations

from workflow_core.store.server.eyes import NOW
from workflow_core.store.server.guards_case import PATH

MOST = 5000
"""So many may be named at once."""

BULK = 50
"""So many, where the office has said nothing else."""

TABLES = """
CREATE TABLE gate.bulk (rows integer NOT NULL);
CREATE TABLE IF NOT EXISTS gate_log.many (login text NOT NULL, person_id text NOT NULL, at text NOT NULL, PRIMARY KEY (login, person_id));
CREATE TABLE IF NOT EXISTS gate_log.lent (access_request_id text NOT NULL, person_id text NOT NULL, PRIMARY KEY (access_request_id, person_id));
"""

LOOK_MANY = f"""
-- What is counted of a login is counted by one of its sessions at a time.
CREATE FUNCTION gate.one_at_a_time() RETURNS void LANGUAGE plpgsql {PATH} AS $$
BEGIN
    INSERT INTO gate_log.many VALUES (session_user, '', {NOW}) ON CONFLICT (login, person_id) DO UPDATE SET at = excluded.at;
END $$;

-- Whether an approval for so many files of a division covers one more: what it lends is lent to no more, looked at one after the other, too.
CREATE FUNCTION gate.covers(approval text, of_division text, most integer, lies text, id text) RETURNS boolean LANGUAGE plpgsql STABLE {PATH} AS $$
BEGIN
    RETURN of_division IS NOT NULL AND starts_with(lies, of_division)
        AND (SELECT count(*) FROM gate_log.lent l WHERE l.access_request_id = approval AND l.person_id <> id) < most;
END $$;

-- Who is meant by a look at many: by id, or by what the rows of a sheet say of them.
CREATE FUNCTION gate.named(asked jsonb, me gate.sight) RETURNS text[] LANGUAGE plpgsql STABLE {PATH} AS $$
DECLARE said jsonb := asked->'rows'; numbers text[]; names text[]; days text[];
BEGIN
    IF jsonb_array_length(coalesce(asked->'people', '[]')) + jsonb_array_length(coalesce(said->'numbers', '[]'))
        + jsonb_array_length(coalesce(said->'named', '[]')) + jsonb_array_length(coalesce(said->'phones', '[]')) > {MOST} THEN
        PERFORM gate.deny('desk_purpose', 'look');
    END IF;
    IF said IS NULL THEN
        RETURN ARRAY(SELECT p.person_id FROM public.person p WHERE p.person_id IN (SELECT jsonb_array_elements_text(asked->'people'))
            AND gate.sees_person(p.person_id, me));
    END IF;
    numbers := ARRAY(SELECT jsonb_array_elements_text(coalesce(said->'numbers', '[]')));
    SELECT coalesce(array_agg(e->>0), '{{}}'), coalesce(array_agg(e->>1), '{{}}') INTO names, days FROM jsonb_array_elements(coalesce(said->'named', '[]')) e;
    RETURN ARRAY(SELECT p.person_id FROM public.person p WHERE p.merged_into IS NULL AND gate.sees_person(p.person_id, me)
        AND (p.national_id = ANY (numbers) OR (p.name_key = ANY (names) AND (p.name_key, p.born_on) IN (SELECT * FROM unnest(names, days)))));
END $$;

-- Whether a role of this login sees that field whole, in a list, of whom lies there.
CREATE FUNCTION gate.shows_many(wanted text, lies text, place text) RETURNS boolean LANGUAGE plpgsql STABLE {PATH} AS $$
BEGIN
    RETURN EXISTS (SELECT 1 FROM gate.my_grant g WHERE ((g.scope_kind = 'division' AND starts_with(lies, g.scope))
            OR (g.scope_kind = 'place' AND g.scope = place))
        AND (gate.is_maker() OR EXISTS (SELECT 1 FROM gate.sees_whole s WHERE s.role = g.role AND s.field = wanted AND s.many)));
END $$;

CREATE FUNCTION gate.look_many(asked jsonb, fields text[], why text, ends text, me gate.sight) RETURNS jsonb LANGUAGE plpgsql {PATH} AS $$
DECLARE now_xid xid8 := pg_current_xact_id(); begins text := {NOW}; ids text[] := gate.named(asked, me); id text; said text; shown text[]; opened text[];
    total integer; a public.access_request;
BEGIN
    PERFORM gate.one_at_a_time();
    IF asked ? 'instead' THEN  -- of an earlier look for the same sheet, which ends with this one
        DELETE FROM gate.unmasking u WHERE u.login = session_user AND u.until = asked->>'instead';
    END IF;
    WITH lying AS (SELECT p.person_id, p.division, coalesce(k.school, '') AS school FROM public.person p
            LEFT JOIN public.child k ON k.person_id = p.person_id WHERE p.person_id = ANY (ids)),
        may AS (SELECT d.division, d.school, f FROM (SELECT DISTINCT division, school FROM lying) d, unnest(fields) f
            WHERE gate.shows_many(f, d.division, d.school)),
        open AS (INSERT INTO gate.unmasking (login, person_id, field, until, xid)
            SELECT session_user, l.person_id, m.f, ends, now_xid FROM lying l JOIN may m ON m.division = l.division AND m.school = l.school
             WHERE (m.f IN ('name', 'national_id', 'phone', 'address', 'note', 'guardian') OR m.f LIKE '%\\_workplace')
            UNION SELECT session_user, r.other_id, CASE WHEN m.f LIKE '%\\_phone' THEN 'phone' ELSE 'name' END, ends, now_xid
              FROM lying l JOIN may m ON m.division = l.division AND m.school = l.school
              JOIN public.relation r ON r.person_id = l.person_id AND r.until IS NULL AND m.f IN (r.kind, r.kind || '_phone'))
    SELECT array_agg(DISTINCT l.person_id), array_agg(DISTINCT m.f) INTO opened, shown
      FROM lying l JOIN may m ON m.division = l.division AND m.school = l.school;
    IF asked ? 'rows' THEN  -- a guardian of that telephone and name, to whom another child is tied
        INSERT INTO gate.unmasking (login, person_id, field, until, xid)
            SELECT DISTINCT session_user, p.person_id, 'name', ends, now_xid FROM jsonb_array_elements(coalesce(asked->'rows'->'phones', '[]')) e
              JOIN public.person p ON p.phone = e->>0 AND p.name_key = e->>1
             WHERE gate.sees_person(p.person_id, me) AND gate.shows_many('guardian', p.division, '');
        IF opened IS NULL THEN
            RETURN jsonb_build_object('until', ends);
        END IF;
    ELSIF opened IS NULL THEN
        PERFORM gate.deny('desk_not_permitted', 'look');
    ELSIF NOT gate.is_maker() THEN
        SELECT count(*) INTO total FROM (SELECT unnest(opened) UNION
            SELECT m.person_id FROM gate_log.many m WHERE m.login = session_user AND m.person_id <> '' AND m.at > gate.later(begins, interval '-1 day')) x;
        IF total > coalesce((SELECT b.rows FROM gate.bulk b), {BULK}) THEN
            SELECT r.* INTO a FROM gate.my_approval r WHERE r.kind = 'division' AND r.rows - r.used >= cardinality(opened)
                AND NOT EXISTS (SELECT 1 FROM public.person p WHERE p.person_id = ANY (opened) AND NOT starts_with(p.division, r.division))
             ORDER BY r.rows - r.used, r.ref LIMIT 1;
            IF NOT FOUND THEN
                PERFORM gate.deny('desk_bulk', 'look');
            END IF;
            UPDATE public.access_request r SET used = r.used + cardinality(opened) WHERE r.access_request_id = a.access_request_id;
        ELSE
            INSERT INTO gate_log.many SELECT session_user, o, begins FROM unnest(opened) o ON CONFLICT (login, person_id) DO UPDATE SET at = excluded.at;
        END IF;
    END IF;
    said := '{{' || CASE WHEN a.ref IS NULL THEN '' ELSE '"access":' || to_json(a.ref)::text || ',' END || '"fields":[' ||
        (SELECT string_agg(to_json(f)::text, ',' ORDER BY f) FROM unnest(shown) f) || '],"purpose":' || to_json(why)::text || '}}';
    PERFORM gate.record('account/' || me.account_id || '/' || to_char(clock_timestamp() AT TIME ZONE 'UTC' + interval '8 hours', 'YYYY-MM-DD'),
        'revealed', said, NULL, begins);
    FOREACH id IN ARRAY opened LOOP  -- told in the stream of everybody whose file is open now, whether it is read or not
        PERFORM gate.record('person/' || id, 'revealed', said, id, begins);
    END LOOP;
    RETURN jsonb_build_object('until', ends, 'access', a.ref);
END $$;
"""
