"""The papers: who signs them, and how they are numbered. A case records them as drafts; a person signs."""

from __future__ import annotations

from workflow_core import EDUCATION, SCHOOL, SUPERVISOR, Document

REGISTRATION = Document("registration", "Registration of a dropout", template="registration.html.j2", signed_by=SCHOOL)
REPORT = Document("written_report", "Written report on a dropout", template="written_report.html.j2", number="辍报〔{year}〕{n}号", signed_by=SCHOOL)
NOTICE = Document(
    "return_notice", "Notice to return to school", template="return_notice.html.j2", number="{township}限返〔{year}〕{n}号",
    signed_by=SUPERVISOR, served_with_receipt=True,
)  # fmt: skip
ORDER = Document(
    "return_order", "Order to return to school", template="return_order.html.j2", number="责改字〔{year}〕第{n}号",
    signed_by=EDUCATION, served_with_receipt=True,
)  # fmt: skip
PLEADING = Document("pleading", "Draft statement of claim", template="pleading.html.j2", draft_only=True)
CLEARING = Document("clearing", "Clearing slip", template="clearing.html.j2", signed_by=SCHOOL)
