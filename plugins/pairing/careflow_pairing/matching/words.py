"""What the codes of a match say to people, in the reader's language; scripts get the codes."""

from __future__ import annotations

from careflow_pairing.forms import Nearness
from workflow_core import deny

_SAID = {
    one.code: one
    for one in (
        deny("a relative, by a relation on file", code="kin"),
        deny("somebody of the same village", code="same_village"),
        deny("somebody of the township: nobody nearer had a place for it", code="same_township"),
        deny("all places that it could have had went to children who come before it", code="no_place"),
        deny("nobody who may be with this child has a file here", code="nobody_possible"),
        deny("no consent is on record", code="no_consent"),
        deny("it has a proxy parent already", code="already_paired"),
        deny("its brother or sister has a proxy parent with whom it may not be", code="sibling_elsewhere"),
        deny("not vetted", code="not_vetted"),
        deny("the vetting has run out", code="vetting_lapsed"),
        deny("barred: a hit, or a case of art. 22", code="barred"),
        deny("no place was left", code="no_place_left"),
        deny("of another township, and no relative", code="other_township"),
        deny("an adolescent girl has a woman here", code="other_sex"),
        deny("takes only relatives and the same village", code="near_only"),
        deny("the child's own mother or father", code="own_parent"),
        deny("a proposal of the two was rejected", code="turned_down"),
        deny("no child on file has this number: read it again, or put the child on file first", code="unknown"),
        deny("the child belongs to another township", code="elsewhere"),
        deny("the guardian has refused, or withdrawn the consent: a list does not undo that", code="refused"),
        deny("waits in the queue already", code="registered"),
        deny("it has a proxy parent already", code="paired"),
        deny("no such child waits in the queue here", code="child_unknown"),
        deny("no such proxy parent is approved here", code="proxy_unknown"),
    )
}
CODES = frozenset(_SAID)


def said(code: str | Nearness) -> str:
    """A code, or a nearness, as people read it.

    :raises KeyError: a code that a match does not have.
    """
    return deny(code.value).text() if isinstance(code, Nearness) else _SAID[code].text()
