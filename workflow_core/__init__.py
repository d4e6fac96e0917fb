"""careflow for authors: everything a program file imports, and nothing else.

The names are loaded on first use, so that importing one room of the engine does not load them all.
"""
# ruff: noqa: I001, RUF022  (one name a line, in one alphabet with __all__, so that the two are compared by eye)

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workflow_core.definition import (
        AUTOMATIC as AUTOMATIC,
        Amend as Amend,
        AnyTime as AnyTime,
        Attachment as Attachment,
        Batch as Batch,
        CHILD as CHILD,
        CHILD_DIRECTOR as CHILD_DIRECTOR,
        CIVIL_AFFAIRS as CIVIL_AFFAIRS,
        CLINIC as CLINIC,
        COUNTY as COUNTY,
        COUNTY_OFFICE as COUNTY_OFFICE,
        CalendarDay as CalendarDay,
        Case as Case,
        CaseRef as CaseRef,
        Change as Change,
        Channel as Channel,
        Child as Child,
        Choice as Choice,
        CloseTask as CloseTask,
        Column as Column,
        Consent as Consent,
        DAY as DAY,
        Deny as Deny,
        Desk as Desk,
        Division as Division,
        Do as Do,
        Document as Document,
        Draft as Draft,
        Due as Due,
        EDUCATION as EDUCATION,
        Effect as Effect,
        Escalate as Escalate,
        Every as Every,
        Fact as Fact,
        Fire as Fire,
        GUARDIANS as GUARDIANS,
        Import as Import,
        Issued as Issued,
        Kind as Kind,
        Limit as Limit,
        Listing as Listing,
        MONTH as MONTH,
        Message as Message,
        Moment as Moment,
        Money as Money,
        Notify as Notify,
        Observe as Observe,
        Observed as Observed,
        On as On,
        Once as Once,
        Open as Open,
        OpenTask as OpenTask,
        PARENTS as PARENTS,
        PERSON as PERSON,
        PER_DIVISION as PER_DIVISION,
        PER_SUBJECT as PER_SUBJECT,
        PER_WHOLE as PER_WHOLE,
        PLACE as PLACE,
        POLICE as POLICE,
        Party as Party,
        Per as Per,
        Period as Period,
        Person as Person,
        Place as Place,
        Program as Program,
        QUARTER as QUARTER,
        Refer as Refer,
        Referral as Referral,
        Register as Register,
        Role as Role,
        Routine as Routine,
        RunBatch as RunBatch,
        SCHOOL as SCHOOL,
        SUPERVISOR as SUPERVISOR,
        SYSTEM as SYSTEM,
        SetField as SetField,
        Span as Span,
        Stage as Stage,
        Summary as Summary,
        TERM as TERM,
        TOWNSHIP as TOWNSHIP,
        Tally as Tally,
        Target as Target,
        Task as Task,
        Timer as Timer,
        Transition as Transition,
        Use as Use,
        VILLAGE as VILLAGE,
        VOLUNTEER as VOLUNTEER,
        Volunteer as Volunteer,
        WEEK as WEEK,
        WHOLE as WHOLE,
        Warn as Warn,
        When as When,
        Workflow as Workflow,
        YEAR as YEAR,
        after as after,
        any_of as any_of,
        ask as ask,
        at as at,
        before as before,
        consented as consented,
        days as days,
        deny as deny,
        done as done,
        earliest as earliest,
        filled as filled,
        form as form,
        hookimpl as hookimpl,
        hours as hours,
        is_ as is_,
        minutes as minutes,
        months as months,
        none_in as none_in,
        ref as ref,
        school_days as school_days,
        warn as warn,
        weeks as weeks,
        where_party as where_party,
        working_days as working_days,
        years as years,
    )
    from workflow_core.definition.effects import (  # a module of that name would hide it
        parts as parts,
    )

__all__ = [
    "AUTOMATIC", "Amend", "AnyTime", "Attachment", "Batch", "CHILD", "CHILD_DIRECTOR", "CIVIL_AFFAIRS", "CLINIC", "COUNTY", "COUNTY_OFFICE", "CalendarDay",
    "Case", "CaseRef", "Change", "Channel", "Child", "Choice", "CloseTask", "Column", "Consent", "DAY", "Deny", "Desk", "Division", "Do", "Document", "Draft",
    "Due", "EDUCATION", "Effect", "Escalate", "Every", "Fact", "Fire", "GUARDIANS", "Import", "Issued", "Kind", "Limit", "Listing", "MONTH", "Message",
    "Moment", "Money", "Notify", "Observe", "Observed", "On", "Once", "Open", "OpenTask", "PARENTS", "PERSON", "PER_DIVISION", "PER_SUBJECT", "PER_WHOLE",
    "PLACE", "POLICE", "Party", "Per", "Period", "Person", "Place", "Program", "QUARTER", "Refer", "Referral", "Register", "Role", "Routine", "RunBatch",
    "SCHOOL", "SUPERVISOR", "SYSTEM", "SetField", "Span", "Stage", "Summary", "TERM", "TOWNSHIP", "Tally", "Target", "Task", "Timer", "Transition", "Use",
    "VILLAGE", "VOLUNTEER", "Volunteer", "WEEK", "WHOLE", "Warn", "When", "Workflow", "YEAR", "after", "any_of", "ask", "at", "before", "consented", "days",
    "deny", "done", "earliest", "filled", "form", "hookimpl", "hours", "is_", "minutes", "months", "none_in", "parts", "ref", "school_days", "warn", "weeks",
    "where_party", "working_days", "years",
]  # fmt: skip


if not TYPE_CHECKING:  # mypy would believe that every name exists

    def __getattr__(name: str) -> Any:
        if name not in __all__:
            raise AttributeError(f"workflow_core has no public name {name!r}")
        import workflow_core.definition

        return getattr(workflow_core.definition, name)


def __dir__() -> list[str]:
    return sorted(__all__)
