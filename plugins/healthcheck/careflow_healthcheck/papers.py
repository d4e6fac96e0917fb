"""The papers: who signs them, how they are numbered. A case records them as drafts; a person signs.

The notice, the result and the referral are the school's to hand out: the clinic reports to the school, and the school to the guardians (the rules for
health checks of 2021). Roster and report are of a whole round, and the township's.
"""

from __future__ import annotations

from collections.abc import Sequence

from workflow_core import SCHOOL, SUPERVISOR, Document, Listing

# ------------------------------------------------------------------ of one child's check

NOTICE = Document("notice", "Notice of the health check, with the consent", template="notice.html.j2", signed_by=SCHOOL)
RESULT = Document("result", "Result for the guardian", template="result.html.j2", signed_by=SCHOOL)
REFERRAL = Document("referral", "Letter advising a visit to a hospital", template="referral.html.j2", number="转诊〔{year}〕{n}号", signed_by=SCHOOL)
HEALTH_FILE = Document("health_file", "Health file", template="health_file.html.j2", signed_by=SCHOOL)
CHECK_PAPERS = (NOTICE, RESULT, REFERRAL, HEALTH_FILE)

# ------------------------------------------------------------------ of a round


def roster_paper(lists: Sequence[Listing]) -> Document:
    """The doctor's roster.

    :param lists: one listing of the name ``roster``: case and child first, then its columns.
    """
    return Document("roster", "Roster for the doctor", template="roster.html.j2", signed_by=SUPERVISOR, lists=lists)


ROUND_REPORT = Document("round_report", "Report of the round", template="round_report.html.j2", number="体检〔{year}〕{n}号", signed_by=SUPERVISOR)
