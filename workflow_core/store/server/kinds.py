"""What kinds of event a desk writes, and in whose name: the table, and the guard that is made from it.

A kind that is in none of these is written by the owner's login alone. A test holds the table against every kind that the engine writes.
"""

from __future__ import annotations

from workflow_core.store.server.eyes import TRAINING
from workflow_core.store.server.guards_case import PATH

STEPS = frozenset({
    "task_done", "task_corrected", "task_undone", "task_skipped", "task_assigned", "task_added", "noted", "attached", "suspended", "resumed", "reopened",
    "overridden", "corrected", "identified", "consent_withdrawn", "consent_refused", "referral_accepted", "referral_declined", "referral_closed",
    "transferred", "kept_at_transfer", "ended_at_transfer", "imported", "paper_drafted", "paper_signed", "paper_served", "receipt_corrected",
    "paper_answered", "paper_voided",
})  # fmt: skip
"""What somebody does: in his own name."""

EITHER = frozenset({"opened", "advanced"})
"""What somebody does, or what follows from it by itself: then in the system's name."""

BY_TIME = frozenset({"task_opened", "task_late", "occurrence_missed", "timer_fired"})
"""What time does, made up for before a step where the clock has not come by: in the system's name, and not before the case's alarm rings. Also right after
a paper was signed or served, since what is counted from it may be due at once."""

SETS_OFF = frozenset({"paper_signed", "paper_served", "receipt_corrected"})
"""The steps after which time is made up for in the same transaction."""

OF_THE_CLOCK = frozenset({"told", "refused_elsewhere", "passed_over", "entry_followed", "entry_late"})
"""What is left to the clock's login: letters from other cases, places that became free, what stands open in registers."""

OF_THE_OWNER = frozenset({"handed_over", "upgraded", "upgrade_undone", "closed_by_hand"})
"""What administering needs."""


DAY = "to_char({}::timestamptz AT TIME ZONE 'UTC' + interval '8 hours', 'YYYY-MM-DD')"
"""The civil date of an instant."""


def _array(names: frozenset[str]) -> str:
    return "ARRAY[" + ", ".join(f"'{name}'" for name in sorted(names)) + "]"


GUARD = f"""
-- Whether this login works on a case: a role but the administrator's covers it, or it is a party of it.
CREATE FUNCTION gate.works_on(c public."case", me gate.sight) RETURNS boolean LANGUAGE plpgsql STABLE {PATH} AS $$
BEGIN
    RETURN gate.moving(c.subject_id) OR gate.moving(c.case_id)
        OR EXISTS (SELECT 1 FROM gate.my_grant g WHERE (g.role <> 'admin' OR gate.is_maker()) AND (g.program IS NULL OR g.program = c.program)
            AND CASE g.scope_kind WHEN 'division' THEN starts_with(c.division, g.scope) WHEN 'place' THEN g.scope = c.place_id
                ELSE starts_with(c.division, g.scope)
                AND EXISTS (SELECT 1 FROM gate.laid o WHERE o.case_id = c.case_id AND o.assignee = coalesce(g.stands_for, session_user)) END)
        OR (me.person <> '' AND EXISTS (SELECT 1 FROM public.party y LEFT JOIN public."case" b ON b.case_id = y.party_id
            WHERE y.case_id = c.case_id AND y.until IS NULL AND (y.party_id = me.person OR b.subject_id = me.person)));
END $$;

-- Whether an instant is more than an hour from now.
CREATE FUNCTION gate.ahead(said text) RETURNS boolean LANGUAGE plpgsql STABLE {PATH} AS $$
BEGIN
    RETURN said::timestamptz > clock_timestamp() + interval '1 hour';
END $$;

-- A timer has gone off when it was due, and not before: by itself; or by a step that signed or served the paper from whose day it is counted.
CREATE FUNCTION gate.rule_of_timer() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER {PATH} AS $$
DECLARE before integer := 0; was text;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        before := OLD.fired; was := OLD.anchor;
    END IF;
    IF NEW.fired <= before OR (gate.me()).clock THEN
        RETURN NULL;
    ELSIF TG_OP = 'UPDATE' AND OLD.state = 'waiting' AND OLD.due_at IS NOT NULL AND (NOT gate.ahead(OLD.due_at) OR {TRAINING}) THEN
        RETURN NULL;
    ELSIF NEW.fired = before + 1 AND NEW.anchor IS DISTINCT FROM was AND (NEW.state = 'waiting' OR NOT gate.ahead(NEW.due_at) OR {TRAINING}) AND EXISTS (
        SELECT 1 FROM public.event e JOIN gate_log.event l ON l.case_id = e.case_id AND l.n = e.n AND l.xid = pg_current_xact_id()
          JOIN public.event_payload p ON p.case_id = e.case_id AND p.n = e.n
          JOIN public.document d ON d.case_id = e.case_id AND d.n = (p.payload::jsonb->>'n')::integer
         WHERE e.case_id = NEW.case_id AND e.actor = session_user AND e.kind = ANY ({_array(SETS_OFF)})
           AND CASE e.kind WHEN 'paper_signed' THEN {DAY.format("d.signed_at")} ELSE d.served_on END
             IN (SELECT {DAY.format("one")} FROM unnest(string_to_array(NEW.anchor, '|')) AS one)) THEN
        RETURN NULL;
    END IF;
    PERFORM gate.deny('desk_clock_only', 'timer');
END $$;

CREATE FUNCTION gate.rule_of_event() RETURNS trigger LANGUAGE plpgsql {PATH} AS $$
BEGIN
    IF (gate.me()).clock THEN
        RETURN NEW;
    END IF;
    IF NEW.kind = ANY ({_array(OF_THE_CLOCK)}) THEN
        PERFORM gate.deny('desk_clock_only', 'event');
    ELSIF NEW.kind <> ALL ({_array(STEPS | EITHER | BY_TIME)}) THEN
        PERFORM gate.deny('desk_not_permitted', 'event');
    ELSIF (NEW.kind = ANY ({_array(STEPS)}) AND NEW.actor = 'system') OR (NEW.kind = ANY ({_array(BY_TIME)}) AND NEW.actor <> 'system') THEN
        PERFORM gate.deny('desk_actor', 'event');
    END IF;
    RETURN NEW;
END $$;

-- Of the whole of a step: who takes it works there; what the system opens follows from a step of another case; time has done nothing before it was due.
CREATE FUNCTION gate.step_fits() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER {PATH} AS $$
DECLARE me gate.sight := gate.me(); since integer := 0; e record;
BEGIN
    IF me.clock THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        since := OLD.version;
    END IF;
    FOR e IN SELECT x.n, x.kind, x.actor, x.at, p.payload::jsonb AS says FROM public.event x JOIN public.event_payload p ON p.case_id = x.case_id AND p.n = x.n
        WHERE x.case_id = NEW.case_id AND x.n > since AND x.n <= NEW.version LOOP
        IF e.actor <> 'system' AND NOT gate.works_on(NEW, me) AND (TG_OP = 'INSERT' OR NOT gate.works_on(OLD, me)) THEN
            PERFORM gate.deny('desk_not_permitted', 'event');
        ELSIF e.kind = 'opened' AND e.actor = 'system' AND NOT EXISTS (SELECT 1 FROM gate_log.event l
            WHERE l.xid = pg_current_xact_id() AND l.case_id <> NEW.case_id) THEN
            PERFORM gate.deny('desk_actor', 'event');
        ELSIF e.kind = ANY ({_array(BY_TIME - {"task_opened"})}) AND (
            (TG_OP = 'UPDATE' AND (OLD.wake_at IS NULL OR OLD.wake_at > e.at) AND NOT EXISTS (SELECT 1 FROM public.event x WHERE x.case_id = NEW.case_id
                AND x.n > since AND x.n < e.n AND x.actor = session_user AND x.kind = ANY ({_array(SETS_OFF)})))
            OR (gate.ahead(e.at) AND NOT {TRAINING}) OR NOT CASE e.kind
                WHEN 'timer_fired' THEN (SELECT coalesce(sum(t.fired), 0) FROM public.timer t WHERE t.case_id = NEW.case_id AND t.name = e.says->>'timer')
                    >= greatest(1, (SELECT count(*) FROM public.event y JOIN public.event_payload q ON q.case_id = y.case_id AND q.n = y.n
                        WHERE y.case_id = NEW.case_id AND y.kind = 'timer_fired' AND q.payload::jsonb->>'timer' = e.says->>'timer'))
                WHEN 'task_late' THEN EXISTS (SELECT 1 FROM public.task t WHERE t.case_id = NEW.case_id AND t.n = (e.says->>'n')::integer
                    AND t.late_done = 1 AND t.due <= {DAY.format("e.at")})
                ELSE EXISTS (SELECT 1 FROM public.task t WHERE t.case_id = NEW.case_id AND t.n = (e.says->>'n')::integer AND t.state = 'missed') END) THEN
            PERFORM gate.deny('desk_clock_only', 'event');
        END IF;
    END LOOP;
    -- the alarm rings for every timer that runs
    IF EXISTS (SELECT 1 FROM public."case" c JOIN public.timer t ON t.case_id = c.case_id AND t.state = 'waiting' AND t.due_at IS NOT NULL
        WHERE c.case_id = NEW.case_id AND c.closed_at IS NULL AND c.suspended_at IS NULL AND (c.wake_at IS NULL OR c.wake_at > t.due_at)) THEN
        PERFORM gate.deny('desk_clock_only', 'case');
    END IF;
    RETURN NULL;
END $$;
"""
TRIGGERS = (
    "CREATE CONSTRAINT TRIGGER desk_rule AFTER INSERT OR UPDATE ON public.timer DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
    " WHEN (session_user <> current_user) EXECUTE FUNCTION gate.rule_of_timer()",
    "CREATE TRIGGER desk_rule BEFORE INSERT ON public.event FOR EACH ROW WHEN (session_user <> current_user) EXECUTE FUNCTION gate.rule_of_event()",
    'CREATE CONSTRAINT TRIGGER desk_commit_rule AFTER INSERT OR UPDATE ON public."case" DEFERRABLE INITIALLY DEFERRED'
    " FOR EACH ROW WHEN (session_user <> current_user) EXECUTE FUNCTION gate.step_fits()",
)
