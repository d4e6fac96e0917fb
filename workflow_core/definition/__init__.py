"""What a program *is*: frozen, typed values without any input or output.

Everything an author needs is offered again by ``workflow_core``; this room imports the standard library and pluggy only.
"""

from workflow_core.definition.batches import Batch, RunBatch, Summary
from workflow_core.definition.case import Case, Deny, Desk, Issued, Observed, Referral, Since, Tally, Warn, deny, warn
from workflow_core.definition.effects import (
    WHOLE,
    Amend,
    CloseTask,
    Do,
    Draft,
    Effect,
    Enter,
    Escalate,
    Fire,
    Notify,
    Observe,
    On,
    Open,
    OpenTask,
    Refer,
    SetField,
    Target,
    When,
    where_party,
)
from workflow_core.definition.effects import parts as _parts
from workflow_core.definition.fields import Attachment, CaseRef, Choice, FieldPath, FormField, Money, ask, form, form_fields, path_of, ref
from workflow_core.definition.guards import AnyOf, Consented, Done, Filled, Is, NoneIn, any_of, consented, done, filled, is_, none_in
from workflow_core.definition.hooks import HOOK_NAMESPACE, CalendarDay, Change, Channel, Message, hookimpl
from workflow_core.definition.keeping import KEEP, Keep
from workflow_core.definition.moving import GOES, STAYS, Moved
from workflow_core.definition.parts import (
    PER_DIVISION,
    PER_SUBJECT,
    PER_WHOLE,
    Column,
    Consent,
    Document,
    Fact,
    Limit,
    Listing,
    Paper,
    Register,
    Stage,
    Task,
    Timer,
    Transition,
    Waiting,
)
from workflow_core.definition.people import (
    AUTOMATIC,
    CHILD,
    CHILD_DIRECTOR,
    CIVIL_AFFAIRS,
    CLINIC,
    COUNTY,
    COUNTY_OFFICE,
    EDUCATION,
    GUARDIANS,
    PARENTS,
    PERSON,
    PLACE,
    POLICE,
    SCHOOL,
    STANDARD_ROLES,
    SUPERVISOR,
    SYSTEM,
    TOWNSHIP,
    VILLAGE,
    VOLUNTEER,
    Child,
    Division,
    Kind,
    Party,
    Person,
    Place,
    Relative,
    Role,
    Volunteer,
    Who,
)
from workflow_core.definition.program import API_VERSION, Import, Program, Routine, Use, Workflow
from workflow_core.definition.snapshot import snapshot_digest, structure_digest
from workflow_core.definition.time import (
    DAY,
    MONTH,
    QUARTER,
    TERM,
    WEEK,
    YEAR,
    AnyTime,
    Daily,
    Due,
    Earliest,
    Every,
    Moment,
    Once,
    Per,
    Period,
    Schedule,
    Span,
    after,
    at,
    before,
    days,
    earliest,
    hours,
    minutes,
    months,
    school_days,
    weeks,
    working_days,
    years,
)
from workflow_core.definition.upgrades import OldCase, Upgrade

__all__ = [
    "API_VERSION", "AUTOMATIC", "CHILD", "CHILD_DIRECTOR", "CIVIL_AFFAIRS", "CLINIC", "COUNTY", "COUNTY_OFFICE", "DAY", "EDUCATION", "GOES", "GUARDIANS",
    "HOOK_NAMESPACE", "KEEP", "MONTH", "PARENTS", "PERSON", "PER_DIVISION", "PER_SUBJECT", "PER_WHOLE", "PLACE", "POLICE", "QUARTER", "SCHOOL",
    "STANDARD_ROLES",
    "STAYS", "SUPERVISOR", "SYSTEM", "TERM", "TOWNSHIP", "VILLAGE", "VOLUNTEER", "WEEK", "WHOLE", "YEAR", "Amend", "AnyOf", "AnyTime", "Attachment", "Batch",
    "CalendarDay", "Case", "CaseRef", "Change", "Channel", "Child", "Choice", "CloseTask", "Column", "Consent", "Consented", "Daily", "Deny", "Desk",
    "Division", "Do", "Document", "Done", "Draft", "Due", "Earliest", "Effect", "Enter", "Escalate", "Every", "Fact", "FieldPath", "Filled", "Fire",
    "FormField", "Import", "Is", "Issued", "Keep", "Kind", "Limit", "Listing", "Message", "Moment", "Money", "Moved", "NoneIn", "Notify", "Observe", "Observed",
    "OldCase", "On", "Once", "Open", "OpenTask", "Paper", "Party", "Per", "Period", "Person", "Place", "Program", "Refer", "Referral", "Register", "Relative",
    "Role", "Routine", "RunBatch", "Schedule", "SetField", "Since", "Span", "Stage", "Summary", "Tally", "Target", "Task", "Timer", "Transition", "Upgrade",
    "Use", "Volunteer", "Waiting", "Warn", "When", "Who", "Workflow", "after", "any_of", "ask", "at", "before", "consented", "days", "deny", "done", "earliest",
    "filled", "form", "form_fields", "hookimpl", "hours", "is_", "minutes", "months", "none_in", "parts", "path_of", "ref", "school_days", "snapshot_digest",
    "structure_digest", "warn", "weeks", "where_party", "working_days", "years",
]  # fmt: skip

parts = _parts  # the module of that name is private, and would hide it
