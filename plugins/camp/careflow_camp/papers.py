"""The papers: who signs them, how they are numbered. A case records them as drafts; a person signs. None of them asks for money."""

from __future__ import annotations

from careflow_camp.ledgers import COMPLETED_LIST, DRAWN_LIST, FROZEN_PRINTED, GROUPS_PRINTED, INSURED_PRINTED, ORDER_PRINTED, ROLL_PRINTED
from careflow_camp.roles import LEADER
from careflow_camp.rules import EditionCase, all_allotted
from workflow_core import EDUCATION, Deny, Document, deny

# ------------------------------------------------------------------ of an edition


def complete(case: EditionCase) -> Deny | None:
    """The notice names the promise and the seats of each school: without them it is not the one that the draw is held against."""
    if not case.record.commitment:
        hint = "before nominations close: care camp commit {ref}"
        return deny("nobody has committed to a secret for the draw", hint=hint, code="not_committed", ref=case.ref)
    return all_allotted(case.record)


def list_frozen(case: EditionCase) -> Deny | None:
    """There is a list, and it cannot change any more."""
    return None if case.record.digest else deny("the list is not frozen yet", hint="close nominations: care camp close {ref}", code="not_frozen", ref=case.ref)


def order_drawn(case: EditionCase) -> Deny | None:
    """The draw is made to its end, with secret and value."""
    return None if case.record.secret else deny("nothing is drawn yet", hint="draw: care camp draw {ref}", code="not_drawn", ref=case.ref)


NOTICE = Document(
    "notice", "Notice of the camp, with its annexes", template="notice.html.j2", number="营通〔{year}〕{n}号", signed_by=EDUCATION, guards=[complete]
)
LIST_ANNOUNCED = Document(
    "list_announcement", "Announcement of the frozen list", template="list_announcement.html.j2", number="营名〔{year}〕{n}号", signed_by=EDUCATION,
    lists=[FROZEN_PRINTED], guards=[list_frozen],
)  # fmt: skip
DRAW_ANNOUNCED = Document(
    "draw_announcement", "Announcement of the draw", template="draw_announcement.html.j2", number="营签〔{year}〕{n}号", signed_by=EDUCATION,
    lists=[ORDER_PRINTED], guards=[order_drawn],
)  # fmt: skip
"""Whoever keeps these two and the notice has all that the draw is repeated with, from the day on that it could not be changed any more."""
GROUPS_PAPER = Document("group_list", "Group lists", template="group_list.html.j2", signed_by=LEADER, lists=[GROUPS_PRINTED])
ROLL_SHEET = Document("roll_sheet", "Roll-call sheets", template="roll_sheet.html.j2", signed_by=LEADER, lists=[ROLL_PRINTED])
INSURANCE = Document("insurance_list", "Insurance list", template="insurance_list.html.j2", signed_by=LEADER, lists=[INSURED_PRINTED])
CLOSING_REPORT = Document(
    "closing_report", "Closing report", template="closing_report.html.j2", number="营报〔{year}〕{n}号", signed_by=LEADER, lists=[COMPLETED_LIST, DRAWN_LIST]
)
EDITION_PAPERS = (NOTICE, LIST_ANNOUNCED, DRAW_ANNOUNCED, GROUPS_PAPER, ROLL_SHEET, INSURANCE, CLOSING_REPORT)

# ------------------------------------------------------------------ of a camper

CONSENT_FORM = Document("consent_form", "Consent of the guardian to the camp", template="consent_form.html.j2", draft_only=True)
LETTER = Document("admission", "Admission letter", template="admission.html.j2", number="营〔{year}〕{n}号", signed_by=LEADER)
BADGE = Document("badge", "Badge", template="badge.html.j2")
"""No official paper: nobody signs it."""
CAMPER_PAPERS = (CONSENT_FORM, LETTER, BADGE)
