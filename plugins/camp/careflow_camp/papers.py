"""The papers: who signs them, how they are numbered. A case records them as drafts; a person signs. None of them asks for money."""

from __future__ import annotations

from careflow_camp.ledgers import COMPLETED_LIST, DRAWN_LIST, FROZEN_PRINTED, GROUPS_PRINTED, INSURED_PRINTED, ORDER_PRINTED, ROLL_PRINTED
from careflow_camp.roles import LEADER
from workflow_core import EDUCATION, Document

# ------------------------------------------------------------------ of an edition

NOTICE = Document("notice", "Notice of the camp, with its annexes", template="notice.html.j2", number="营通〔{year}〕{n}号", signed_by=EDUCATION)
LIST_ANNOUNCED = Document(
    "list_announcement", "Announcement of the frozen list", template="list_announcement.html.j2", number="营名〔{year}〕{n}号", signed_by=EDUCATION,
    lists=[FROZEN_PRINTED],
)  # fmt: skip
DRAW_ANNOUNCED = Document(
    "draw_announcement", "Announcement of the draw", template="draw_announcement.html.j2", number="营签〔{year}〕{n}号", signed_by=EDUCATION,
    lists=[ORDER_PRINTED],
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
