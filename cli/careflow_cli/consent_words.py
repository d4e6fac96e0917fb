"""What is said of a consent, at the desk and on the page of what is kept."""

from __future__ import annotations

from workflow_core.i18n import N_

STANDING = {
    "holds": N_("holds"),
    "not_needed": N_("the law asks for it: no consent is needed"),
    "missing": N_("missing"),
    "refused": N_("refused"),
    "withdrawn": N_("withdrawn"),
    "expired": N_("has run out"),
    "older_notice": N_("to an older notice: no longer counts"),
}
"""How a purpose stands for a child."""

BASIS = {"consent": N_("consent"), "statutory_duty": N_("statutory duty"), "emergency": N_("emergency")}
"""What a purpose rests on (个人信息保护法 art. 13)."""
