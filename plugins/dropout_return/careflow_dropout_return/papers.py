"""The papers: who signs them, how they are numbered, how many days they allow. A case records them as drafts; a person signs, a person serves."""

from __future__ import annotations

from careflow_dropout_return.policy import Policy
from workflow_core import EDUCATION, SCHOOL, SUPERVISOR, Document, ref

P = ref(Policy)
COPIES = ("送达联", "存根联")
"""One copy for the family, one that stays with whoever issued it: what the copies are called is printed on them."""

# ------------------------------------------------------------------ signed

REGISTRATION = Document("registration", "Registration of a dropout", template="registration.html.j2", signed_by=SCHOOL)
ROUND = Document("home_visit", "Record of a persuasion visit", template="home_visit.html.j2", signed_by=SCHOOL)
REPORT = Document("written_report", "Written report on a dropout", template="written_report.html.j2", number="辍报〔{year}〕{n}号", signed_by=SCHOOL)
CLEARING = Document("clearing", "Clearing slip", template="clearing.html.j2", signed_by=SCHOOL)

# ------------------------------------------------------------------ signed and served: the receipt starts the clock

LETTER = Document(
    "persuasion_letter", "Letter urging the return", template="persuasion_letter.html.j2", number="义劝通字〔{year}〕第{n}号",
    signed_by=SCHOOL, served_with_receipt=True, days=P.letter_days, copies=COPIES,
)  # fmt: skip
NOTICE = Document(
    "return_notice", "Notice to return to school", template="return_notice.html.j2", number="{township}限返〔{year}〕{n}号",
    signed_by=SUPERVISOR, served_with_receipt=True, days=P.notice_days, copies=COPIES,
)  # fmt: skip
ORDER = Document(
    "return_order", "Order to return to school", template="return_order.html.j2", number="责改字〔{year}〕第{n}号",
    signed_by=EDUCATION, served_with_receipt=True, days=P.order_days, copies=COPIES, four_eyes=True,
)  # fmt: skip
TOWNSHIP_ORDER = Document(  # 义务教育法 art. 58 names the township's government beside the bureau: drafted by hand, where a place wants it beside the notice
    "township_order", "Township's order to return to school", template="return_order.html.j2", number="{township}责改〔{year}〕{n}号",
    signed_by=SUPERVISOR, served_with_receipt=True, days=P.order_days, copies=COPIES, four_eyes=True,
)  # fmt: skip

# ------------------------------------------------------------------ drafts for good: a person takes them further

LEAVE = Document("leave", "Form for later enrolment or leave", template="leave.html.j2", draft_only=True)
POLICE_REPORT = Document("police_report", "Draft report to the police", template="police_report.html.j2", draft_only=True)
SUPPORT_REQUEST = Document("support_request", "Draft request for support of a lawsuit", template="support_request.html.j2", draft_only=True)
PLEADING = Document("pleading", "Draft statement of claim", template="pleading.html.j2", draft_only=True)
