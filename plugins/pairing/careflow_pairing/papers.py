"""The papers: who signs them, how they are numbered. A case records them as drafts; a person signs. None is for the public, none publishes a child."""

from __future__ import annotations

from careflow_pairing.ledgers import HONOURS, PAIRS, ROSTER
from workflow_core import COUNTY_OFFICE, SUPERVISOR, Document

# ------------------------------------------------------------------ of a proxy parent

VETTING_LETTER = Document(
    "vetting_letter", "Request for a vetting", template="vetting_letter.html.j2", number="{township}准查〔{year}〕{n}号", signed_by=SUPERVISOR,
)  # fmt: skip

# ------------------------------------------------------------------ of a child's need

CONSENT_FORM = Document("consent_form", "Consent of the guardian to a proxy parent", template="consent_form.html.j2", draft_only=True)

# ------------------------------------------------------------------ of a pair

CARD = Document(
    "card", "Matching card", template="card.html.j2", number="结〔{year}〕{n}号", signed_by=SUPERVISOR, copies=("代理家长联", "监护人联", "存根联"),
)  # fmt: skip
VISIT_RECORD = Document("visit_record", "Record of a visit", template="visit_record.html.j2", signed_by=SUPERVISOR)

# ------------------------------------------------------------------ of a township's year

PAIRING_TABLE = Document("pairing_table", "Table of pairs", template="pairing_table.html.j2", signed_by=SUPERVISOR, lists=[PAIRS])
ASSISTANCE_ROSTER = Document("assistance_roster", "Assistance roster", template="assistance_roster.html.j2", signed_by=SUPERVISOR, lists=[ROSTER])
COMMENDATION_LIST = Document("commendation_list", "Commendation list", template="commendation_list.html.j2", signed_by=COUNTY_OFFICE, lists=[HONOURS])
