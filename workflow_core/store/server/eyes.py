"""The functions that know whose rows are whose, as SQL: they read with the owner's rights, ask for ``session_user`` and nobody else, and answer yes or no.

They lie in the schema ``gate``, which no desk may use: a desk's session reaches them through the policies and views alone.
"""

from __future__ import annotations

from workflow_core.store.server import masks

FIXED = "COST 2 SECURITY DEFINER SET search_path = pg_catalog, pg_temp"
"""How such a function is run."""
NOW = "to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
"""This instant, as ``clock.stamp`` writes it."""

TRAINING = "EXISTS (SELECT 1 FROM public.setting s WHERE s.key = 'training' AND s.value = '1')"


def _base(x: str) -> str:
    """Whether a case lies in somebody's own scope: a grant covers it, something of it is laid on his desk (for who holds a role for his own cases), or he is a
    party of it."""
    return (
        f"(({x}.program || '/' || {x}.division) LIKE ANY (me.pairs)"
        f" OR ({x}.place_id IS NOT NULL AND ({x}.program || '/' || {x}.place_id) = ANY (me.at_places))"
        f" OR ({x}.place_id IS NOT NULL AND ('/' || {x}.place_id) = ANY (me.at_places))"
        f" OR (me.own <> '{{}}' AND EXISTS (SELECT 1 FROM gate.laid o WHERE o.case_id = {x}.case_id"
        f" AND (o.assignee || '/' || {x}.program || '/' || {x}.division) LIKE ANY (me.own)))"
        f" OR (me.person <> '' AND EXISTS (SELECT 1 FROM public.party y LEFT JOIN public.\"case\" b ON b.case_id = y.party_id"
        f" WHERE y.case_id = {x}.case_id AND y.until IS NULL AND (y.party_id = me.person OR b.subject_id = me.person))))"
    )


_PATTERN = "CASE WHEN g.program IS NULL THEN '%' ELSE replace(g.program, '_', '\\_') END || '/' || g.scope || '%'"

_OWN = "replace(replace(replace(coalesce(g.stands_for, session_user), '\\', '\\\\'), '_', '\\_'), '%', '\\%') || '/' || " + _PATTERN
"""The desks on which one's own cases lie: one's own, and that of whom one stands in for."""

_HELD = {
    "pairs": f"coalesce(array_agg({_PATTERN}) FILTER (WHERE g.scope_kind = 'division'), '{{}}')",
    "wide": "coalesce(array_agg(g.scope || '%') FILTER (WHERE g.scope_kind = 'division' AND g.program IS NULL), '{}')",
    "divisions": "coalesce(array_agg(g.scope || '%') FILTER (WHERE g.scope_kind = 'division'), '{}')",
    "at_places": "coalesce(array_agg(coalesce(g.program, '') || '/' || g.scope) FILTER (WHERE g.scope_kind = 'place'), '{}')",
    "places": "coalesce(array_agg(g.scope) FILTER (WHERE g.scope_kind = 'place'), '{}')",
}
"""Where a login's roles hold, as ``gate.me`` has it, and each by a function of its own: a policy that asks for one takes half as long."""


def _held(what: str) -> str:
    clock = "false" if "places" in what else "pg_has_role(session_user, 'careflow_tick', 'MEMBER')"
    return f"""CREATE FUNCTION gate.{what}() RETURNS text[] LANGUAGE plpgsql STABLE {FIXED} AS $$
BEGIN
    RETURN coalesce((SELECT CASE WHEN {clock} THEN ARRAY['%'] ELSE (SELECT {_HELD[what]} FROM gate.my_grant g) END
        FROM public.account a WHERE a.login = session_user AND a.closed_at IS NULL), '{{}}');
END $$;"""


ME = f"""
-- On whose desk something of a case lies: what waits there, and what this transaction has taken off it, so that whoever does his task ends his step.
CREATE VIEW gate.laid AS SELECT w.case_id, w.assignee FROM public.waiting w WHERE w.assignee IS NOT NULL
 UNION ALL SELECT l.case_id, l.assignee FROM gate_log.laid l WHERE l.xid = pg_current_xact_id_if_assigned();

-- The grants of this login that hold now; in a training office, whose time may be told, those without an end.
CREATE VIEW gate.my_grant AS SELECT g.* FROM public.grant_ g
 WHERE g.login = session_user AND ((g.since <= {NOW} AND (g.until IS NULL OR g.until > {NOW})) OR (g.until IS NULL AND {TRAINING}));

CREATE TYPE gate.sight AS (
    login text, account_id text, person text, clock boolean, pairs text[], wide text[], divisions text[], at_places text[], places text[], own text[],
    near text[], admin text[]
);

CREATE FUNCTION gate.me() RETURNS gate.sight LANGUAGE plpgsql STABLE {FIXED} AS $$
DECLARE me gate.sight;
BEGIN
    me.login := session_user;
    me.clock := pg_has_role(session_user, 'careflow_tick', 'MEMBER');
    SELECT a.account_id, coalesce(a.person_id, '') INTO me.account_id, me.person FROM public.account a WHERE a.login = session_user AND a.closed_at IS NULL;
    IF me.account_id IS NULL THEN
        me.clock := false; me.person := '';
        me.pairs := '{{}}'; me.wide := '{{}}'; me.divisions := '{{}}'; me.at_places := '{{}}'; me.places := '{{}}'; me.own := '{{}}';
        me.near := '{{}}'; me.admin := '{{}}';
        RETURN me;
    END IF;
    SELECT {_HELD["pairs"]}, {_HELD["wide"]}, {_HELD["divisions"]}, {_HELD["at_places"]}, {_HELD["places"]},
           coalesce(array_agg({_OWN}) FILTER (WHERE g.scope_kind = 'own'), '{{}}'),
           coalesce(array_agg(CASE g.scope_kind WHEN 'division' THEN g.scope ELSE p.division END) FILTER (WHERE g.scope_kind <> 'own'), '{{}}'),
           coalesce(array_agg(g.scope || '%') FILTER (WHERE g.scope_kind = 'division' AND g.role = 'admin' AND g.program IS NULL), '{{}}')
      INTO me.pairs, me.wide, me.divisions, me.at_places, me.places, me.own, me.near, me.admin
      FROM gate.my_grant g LEFT JOIN public.place p ON p.place_id = g.scope;
    IF me.clock THEN
        me.pairs := ARRAY['%']; me.wide := ARRAY['%']; me.divisions := ARRAY['%'];
    END IF;
    RETURN me;
END $$;

{chr(10).join(map(_held, _HELD))}
"""


def _sees_case(named: str, approved: str) -> str:
    """Whether a case is in sight; ``knows_case`` is the same without what is seen by approval: nothing that lasts longer is tied to that."""
    return f"""CREATE FUNCTION gate.{named}(id text, me gate.sight) RETURNS boolean LANGUAGE plpgsql STABLE {FIXED} AS $$
DECLARE c record;
BEGIN
    IF id IS NULL THEN
        RETURN false;
    END IF;
    SELECT x.case_id, x.whole_id, x.subject_id, x.division, {_base("x")} AS mine INTO c FROM public."case" x WHERE x.case_id = id;
    IF NOT FOUND OR me.account_id IS NULL THEN
        RETURN false;
    END IF;
    IF c.mine THEN
        RETURN true;
    END IF;
    RETURN gate.moving(c.subject_id) OR gate.moving(c.case_id){approved}
        -- what is about nobody, above one's own: parts hang on it
        OR (c.subject_id IS NULL AND EXISTS (SELECT 1 FROM unnest(me.near) AS n(code) WHERE starts_with(n.code, c.division)))
        -- neighbours of a case of one's own: its whole, its parts, its parties, those whose party it is
        OR EXISTS (SELECT 1 FROM public."case" x WHERE x.case_id = c.whole_id AND {_base("x")})
        OR EXISTS (SELECT 1 FROM public."case" x WHERE x.whole_id = c.case_id AND {_base("x")})
        OR EXISTS (SELECT 1 FROM public.party p JOIN public."case" x ON x.case_id = p.case_id
                    WHERE p.party_id = c.case_id AND p.until IS NULL AND {_base("x")})
        OR EXISTS (SELECT 1 FROM public.party p JOIN public."case" x ON x.case_id = p.party_id
                    WHERE p.case_id = c.case_id AND p.until IS NULL AND {_base("x")});
END $$;"""


def _sees_person(named: str, approved: str) -> str:
    """The same of a person."""
    return f"""CREATE FUNCTION gate.{named}(id text, me gate.sight) RETURNS boolean LANGUAGE plpgsql STABLE {FIXED} AS $$
DECLARE p record;
BEGIN
    IF id IS NULL OR me.account_id IS NULL THEN
        RETURN false;
    END IF;
    SELECT x.division, k.school INTO p FROM public.person x LEFT JOIN public.child k ON k.person_id = x.person_id WHERE x.person_id = id;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    IF p.division LIKE ANY (me.divisions) OR p.school = ANY (me.places) OR id = me.person THEN
        RETURN true;
    END IF;
    RETURN gate.moving(id) OR gate.moving('of/' || id){approved}
        OR EXISTS (SELECT 1 FROM public."case" x WHERE x.subject_id = id AND {_base("x")})
        OR EXISTS (SELECT 1 FROM public.party y JOIN public."case" x ON x.case_id = y.case_id WHERE y.party_id = id AND y.until IS NULL AND {_base("x")})
        OR EXISTS (SELECT 1 FROM public."case" b JOIN public.party y ON y.party_id = b.case_id JOIN public."case" x ON x.case_id = y.case_id
                    WHERE b.subject_id = id AND y.until IS NULL AND {_base("x")})
        -- guardians and parents of the children one sees
        OR EXISTS (SELECT 1 FROM public.relation r JOIN public.person q ON q.person_id = r.person_id LEFT JOIN public.child k ON k.person_id = r.person_id
                    WHERE r.other_id = id AND r.until IS NULL AND (q.division LIKE ANY (me.divisions) OR k.school = ANY (me.places) OR gate.moving(r.person_id)
                        OR gate.moving('of/' || r.person_id)
                        OR EXISTS (SELECT 1 FROM public."case" x WHERE x.subject_id = r.person_id AND {_base("x")})))
        -- a file that is offered to one's township, before it is accepted
        OR EXISTS (SELECT 1 FROM public.transfer t WHERE t.person_id = id AND t.kind = 'offer' AND t.state = 'waiting'
            AND t.to_division LIKE ANY (me.divisions));
END $$;"""


_NEAR_APPROVED = """
        -- by approval, with those tied to the child
        OR EXISTS (SELECT 1 FROM gate.my_approval a WHERE a.person_id = id
            OR EXISTS (SELECT 1 FROM public.relation r WHERE r.person_id = a.person_id AND r.other_id = id AND r.until IS NULL))"""


CASES = f"""
-- Whether this transaction has accepted the transfer of a child: its file and cases are moved by whoever does that, whichever township they lie in; or of a
-- case by itself, by the case's id: of whom it is about, 'of/' and the id, the file is then seen.
CREATE FUNCTION gate.moving(id text) RETURNS boolean LANGUAGE plpgsql STABLE {FIXED} AS $$
BEGIN
    RETURN id IS NOT NULL AND pg_current_xact_id_if_assigned() IS NOT NULL
        AND EXISTS (SELECT 1 FROM gate_log.moved m WHERE m.person_id = id AND m.xid = pg_current_xact_id_if_assigned());
END $$;

-- Whether this login is a training office's maker, who holds every role there.
CREATE FUNCTION gate.is_maker() RETURNS boolean LANGUAGE plpgsql STABLE {FIXED} AS $$
BEGIN
    RETURN {TRAINING} AND EXISTS (SELECT 1 FROM public.setting s WHERE s.key = 'maker' AND s.value = session_user);
END $$;

-- What holds for this login by approval, as access/approval.py has it: until its end, for so many files, and while there is work that it was for. What this
-- transaction has counted down shows what it was counted for; what it has opened itself shows nothing yet: it could be rolled back.
CREATE VIEW gate.my_approval AS SELECT a.* FROM public.access_request a
 WHERE a.login = session_user AND a.state = 'approved' AND (a.until > {NOW} OR {TRAINING})
   AND (a.used < a.rows OR EXISTS (SELECT 1 FROM gate_log.access w WHERE w.access_request_id = a.access_request_id AND w.what = 'spent'
        AND w.xid = pg_current_xact_id_if_assigned()))
   AND NOT EXISTS (SELECT 1 FROM gate_log.access w WHERE w.access_request_id = a.access_request_id AND w.what = 'new'
        AND w.xid = pg_current_xact_id_if_assigned())
   AND EXISTS (SELECT 1 FROM gate.my_grant g WHERE g.role <> 'admin' OR gate.is_maker())
   AND EXISTS (SELECT 1 FROM public.account o WHERE o.login = session_user AND o.closed_at IS NULL);

-- Whether an approval shows a case: of the case itself, or in an emergency of the child that it is about.
CREATE FUNCTION gate.approved_case(id text, about text) RETURNS boolean LANGUAGE plpgsql STABLE {FIXED} AS $$
BEGIN
    RETURN EXISTS (SELECT 1 FROM gate.my_approval a WHERE a.case_id = id OR (a.kind = 'emergency' AND a.person_id = about));
END $$;

-- Whom a case that is seen by approval names: whom it is about, and its parties.
CREATE FUNCTION gate.named_there() RETURNS text[] LANGUAGE plpgsql STABLE {FIXED} AS $$
BEGIN
    RETURN ARRAY(SELECT y.person_id FROM gate.my_approval a
        JOIN public."case" c ON c.case_id = a.case_id OR (a.kind = 'emergency' AND c.subject_id = a.person_id)
        CROSS JOIN LATERAL (SELECT c.subject_id AS person_id UNION SELECT o.party_id FROM public.party o WHERE o.case_id = c.case_id AND o.until IS NULL) y
        WHERE y.person_id IS NOT NULL);
END $$;

CREATE FUNCTION gate.in_scope(id text, me gate.sight) RETURNS boolean LANGUAGE plpgsql STABLE {FIXED} AS $$
BEGIN
    RETURN EXISTS (SELECT 1 FROM public."case" c WHERE c.case_id = id AND ({_base("c")} OR gate.moving(c.subject_id) OR gate.moving(c.case_id)));
END $$;

{_sees_case("sees_case", " OR gate.approved_case(id, c.subject_id)")}

{_sees_case("knows_case", "")}

CREATE FUNCTION gate.shows_papers(id text, me gate.sight) RETURNS boolean LANGUAGE plpgsql STABLE {FIXED} AS $$
DECLARE about text;
BEGIN
    IF me.clock THEN
        RETURN true;
    END IF;
    SELECT c.subject_id INTO about FROM public."case" c WHERE c.case_id = id;
    RETURN about IS NULL OR about = ANY (gate.whole_ids('name'))
        OR EXISTS (SELECT 1 FROM public.person p WHERE p.person_id = about AND p.division LIKE ANY (gate.whole_scopes('name')))
        OR NOT EXISTS (SELECT 1 FROM public.person p WHERE p.person_id = about);
END $$;

CREATE FUNCTION gate.sees_blob(asked text, me gate.sight) RETURNS boolean LANGUAGE plpgsql STABLE {FIXED} AS $$
BEGIN
    RETURN me.clock
        OR EXISTS (SELECT 1 FROM public.attachment a WHERE a.digest = asked AND gate.sees_case(a.case_id, me) AND gate.shows_papers(a.case_id, me))
        OR EXISTS (SELECT 1 FROM public.document d WHERE asked IN (d.content, d.scan) AND gate.sees_case(d.case_id, me) AND gate.shows_papers(d.case_id, me))
        OR EXISTS (SELECT 1 FROM public.consent k WHERE k.evidence = asked AND gate.sees_person(k.person_id, me)
            AND k.person_id = ANY (gate.whole_ids('name')));
END $$;

CREATE FUNCTION gate.sees_hold(asked text, named text, place text, me gate.sight) RETURNS boolean LANGUAGE plpgsql STABLE {FIXED} AS $$
DECLARE id text;
BEGIN
    IF me.account_id IS NULL THEN
        RETURN false;
    ELSIF me.clock THEN
        RETURN true;
    END IF;
    id := substring(place from '[0-9a-f]{{8}}-[0-9a-f]{{4}}-[0-9a-f]{{4}}-[0-9a-f]{{4}}-[0-9a-f]{{12}}');
    IF id IS NULL THEN  -- counted by a division, or by what a field says
        RETURN EXISTS (SELECT 1 FROM unnest(me.near) AS n(code) WHERE starts_with(n.code, split_part(place, ':', 1)) OR starts_with(place, n.code))
            OR EXISTS (SELECT 1 FROM public.hold_item i WHERE (i.program, i.limit_name, i.key) = (asked, named, place) AND gate.sees_case(i.case_id, me));
    END IF;
    RETURN gate.sees_case(id, me) OR gate.sees_person(id, me)
        OR EXISTS (SELECT 1 FROM public.hold_item i WHERE (i.program, i.limit_name, i.key) = (asked, named, place) AND gate.sees_case(i.case_id, me));
END $$;

CREATE FUNCTION gate.sees_plan(id text, me gate.sight) RETURNS boolean LANGUAGE plpgsql STABLE {FIXED} AS $$
BEGIN
    RETURN EXISTS (SELECT 1 FROM public.plan p WHERE p.plan_id = id AND p.division LIKE ANY (me.divisions));
END $$;
"""

KEYS = """
-- By what a case, and a child, is seen at a glance; for the views alone.
CREATE VIEW gate.case_key AS SELECT c.case_id, c.program, c.division, c.place_id FROM public."case" c;
CREATE VIEW gate.child_key AS SELECT k.person_id, k.school FROM public.child k;
"""

PEOPLE = f"""
CREATE TABLE gate.unmasking (
    login text NOT NULL COLLATE "C", person_id text COLLATE "C", scope text COLLATE "C", field text NOT NULL COLLATE "C", until text NOT NULL COLLATE "C",
    xid xid8 NOT NULL
);
CREATE INDEX ON gate.unmasking (login, until);

CREATE FUNCTION gate.whole_ids(asked text) RETURNS text[] LANGUAGE plpgsql STABLE {FIXED} AS $$
BEGIN
    RETURN ARRAY(SELECT u.person_id FROM gate.unmasking u WHERE u.login = session_user AND u.field = asked AND u.person_id IS NOT NULL AND u.until > {NOW}
        AND u.xid IS DISTINCT FROM pg_current_xact_id_if_assigned());
END $$;

CREATE FUNCTION gate.whole_scopes(asked text) RETURNS text[] LANGUAGE plpgsql STABLE {FIXED} AS $$
BEGIN
    IF pg_has_role(session_user, 'careflow_tick', 'MEMBER') AND (gate.me()).clock THEN
        RETURN ARRAY['%'];
    END IF;
    RETURN ARRAY(SELECT u.scope || '%' FROM gate.unmasking u WHERE u.login = session_user AND u.field = asked AND u.scope IS NOT NULL AND u.until > {NOW}
        AND u.xid IS DISTINCT FROM pg_current_xact_id_if_assigned());
END $$;

{_sees_person("sees_person", _NEAR_APPROVED)}

{_sees_person("knows_person", "")}
"""

_MASKED = " ".join(
    f"WHEN '{kind}' THEN to_jsonb({masks.MASKS[kind]('word')})" for kind in ("name", "national_id", "phone", "address", "free_text")
)  # fmt: skip

OFFICE = f"""
CREATE FUNCTION gate.sees_account(asked text, me gate.sight) RETURNS boolean LANGUAGE plpgsql STABLE {FIXED} AS $$
BEGIN
    RETURN me.account_id IS NOT NULL AND (asked = session_user OR me.clock OR '%' = ANY (me.admin)
        OR EXISTS (SELECT 1 FROM public.grant_ g LEFT JOIN public.place p ON p.place_id = g.scope CROSS JOIN unnest(me.near) AS n(code)
                    WHERE g.login = asked AND (g.until IS NULL OR g.until > {NOW})
                      AND (starts_with(n.code, coalesce(p.division, g.scope)) OR starts_with(coalesce(p.division, g.scope), n.code))));
END $$;

CREATE FUNCTION gate.sees_head(asked text, me gate.sight) RETURNS boolean LANGUAGE plpgsql STABLE {FIXED} AS $$
BEGIN
    RETURN me.account_id IS NOT NULL AND CASE split_part(asked, '/', 1)
        WHEN 'account' THEN me.clock OR split_part(asked, '/', 2) = me.account_id
        WHEN 'person' THEN gate.sees_person(split_part(asked, '/', 2), me) OR EXISTS (SELECT 1 FROM gate_log.access w  -- while the gate asks for a file
            WHERE w.person_id = split_part(asked, '/', 2) AND w.what = 'writing' AND w.xid = pg_current_xact_id_if_assigned())
        WHEN 'register' THEN gate.sees_case(split_part(asked, '/', 2), me)
        ELSE me.clock END;
END $$;

CREATE FUNCTION gate.sees_stream(asked text, me gate.sight) RETURNS boolean LANGUAGE plpgsql STABLE {FIXED} AS $$
BEGIN
    RETURN me.account_id IS NOT NULL AND (me.clock OR '%' = ANY (me.admin) OR CASE split_part(asked, '/', 1)
        WHEN 'account' THEN split_part(asked, '/', 2) = me.account_id
        WHEN 'register' THEN gate.sees_case(split_part(asked, '/', 2), me)
        ELSE false END);
END $$;

-- As access/masking.py: before and after, single values and lists, however deep.
CREATE FUNCTION gate.masked(said jsonb, mask text) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE word text;
BEGIN
    CASE jsonb_typeof(said)
    WHEN 'object' THEN
        RETURN coalesce((SELECT jsonb_object_agg(e.key, gate.masked(e.value, coalesce(gate.mask_of(e.key), mask))) FROM jsonb_each(said) e), '{{}}');
    WHEN 'array' THEN
        RETURN coalesce((SELECT jsonb_agg(gate.masked(e.value, mask) ORDER BY e.n) FROM jsonb_array_elements(said) WITH ORDINALITY e(value, n)), '[]');
    WHEN 'string' THEN
        word := said #>> '{{}}';
        RETURN CASE mask {_MASKED} ELSE said END;
    ELSE
        RETURN said;
    END CASE;
END $$;

CREATE FUNCTION gate.said(stream text, payload text, me gate.sight) RETURNS text LANGUAGE plpgsql STABLE {FIXED} AS $$
BEGIN
    RETURN CASE WHEN me.clock OR payload IS NULL OR starts_with(stream, 'register/') THEN payload ELSE gate.masked(payload::jsonb, NULL)::text END;
END $$;
"""


def mask_of(fields: dict[str, str]) -> str:
    """The function that names the mask of a field; ``fields`` from the field's name to the mask's."""
    cases = " ".join(f"WHEN '{name}' THEN '{mask}'" for name, mask in sorted(fields.items()))
    return (
        "CREATE FUNCTION gate.mask_of(field text) RETURNS text LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS "
        f"$$ SELECT CASE field {cases} END $$;"
    )
