"""A draw that nobody can bend and everybody can repeat.

Before nominations close, the organiser publishes the SHA-256 of a secret (``commitment``). Closing freezes the list of who takes part; its SHA-256 (``digest``)
is published too. The draw waits for a public value that nobody could know before: the seed is the secret, a colon and that value. Inside a tier of need the
order is that of the lots, smallest first: a lot is the SHA-256 of the seed, a colon and the reference. Whoever has the list, the secret and the public
value gets the same order with ``sha256sum`` and ``sort``: ``recipe`` says how. Drawing again gives the same; there is nothing to choose.

The secret is not in the office before the draw. ``new_secret`` makes it from the system's source of randomness; it is shown once, to whoever keeps it on paper;
only its SHA-256 is stored. Nobody who reads the office's files, or types them in, can work out the order beforehand; and who keeps the secret does not know the
public value. A secret that is lost after closing cannot be replaced: two sheets, in two sealed envelopes, with two of the organisers.

All texts are bytes of UTF-8; lines end with one line feed, the last one too; numbers are decimal without leading zeros; SHA-256 is written in 64 small
hexadecimal digits.

* the list: a line ``TIER REFERENCE`` for each, one blank between; lines in order of the references' bytes.
* the order: a line ``TIER LOT REFERENCE`` for each; by tier as a number, then lot, then reference as bytes. Line 1 has place 1.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple

from workflow_core import Deny, deny

SECRET = re.compile(r"[0-9a-f]{64}")
"""32 bytes from the system's source, in hexadecimal."""
PUBLIC_VALUE = re.compile(r"[0-9A-Za-z.,+-]{1,64}")
"""No blanks, no full-width signs: two people who type it from the newspaper type the same."""
REFERENCE = re.compile(r"[0-9A-Za-z._/-]{1,64}")


class Entry(NamedTuple):
    """Somebody on the list.

    :param tier: of need, from 1; :param reference: of the case, never a name.
    """

    tier: int
    reference: str


class Lot(NamedTuple):
    """A line of the order."""

    tier: int
    lot: str
    reference: str


class DrawRefused(ValueError):
    """Nothing can be drawn like this.

    :param why: every reason, each with code and hint.
    """

    def __init__(self, why: Sequence[Deny]) -> None:
        self.why = tuple(why)
        super().__init__("; ".join(one.text() for one in self.why))


# ------------------------------------------------------------------ the promise


def new_secret() -> str:
    """64 hexadecimal digits that nobody can guess."""
    return secrets.token_hex(32)


def commitment(secret: str) -> str:
    """What is published of a secret before nominations close: the SHA-256 of its 64 letters, without a line feed."""
    return sha256(secret.encode()).hexdigest()


def is_digest(text: str) -> Deny | None:
    """Whether something can be the SHA-256 of anything: 64 small hexadecimal digits."""
    if SECRET.fullmatch(text):
        return None
    return deny("this is no SHA-256", hint="64 digits from 0 to 9 and a to f, as `care camp commit` prints them", code="not_a_digest")


def secret_fits(secret: str, published: str) -> Deny | None:
    """Whether a secret is the one that was committed to."""
    if not published:
        return deny("no secret was committed to before nominations closed", hint="there is no draw without: care camp commit", code="no_commitment")
    if not SECRET.fullmatch(secret):
        return deny("this is no secret of a draw", hint="64 digits from 0 to 9 and a to f, from the sealed envelope", code="not_a_secret")
    if commitment(secret) == published:
        return None
    return deny("the secret does not fit the SHA-256 that was published", hint="read it again, sign by sign, from the sealed envelope", code="secret_wrong")


def public_value_fits(value: str) -> Deny | None:
    """Whether everybody would type it like this."""
    if PUBLIC_VALUE.fullmatch(value):
        return None
    hint = "digits, letters, full stops, commas, plus and minus signs only; no blanks: 03081217263109"
    return deny("the public value cannot be typed in one way only", hint=hint, code="public_value_unclear")


# ------------------------------------------------------------------ the list and its order


def frozen_list(entries: Iterable[Entry]) -> str:
    """The list as it is published: see above.

    :raises DrawRefused: nobody is on it; somebody twice; a tier below 1; a reference that is not letters, digits and ``._/-``.
    """
    given = list(entries)
    why: list[Deny] = []
    if not given:
        why.append(deny("nobody is on the list", hint="admit nominations before you close them", code="list_empty"))
    seen: set[str] = set()
    for tier, reference in given:
        if not REFERENCE.fullmatch(reference):
            why.append(
                deny("a reference has a sign that may not be there: {ref}", hint="letters, digits, . _ / -", code="reference_unclear", ref=ascii(reference))
            )
        if reference in seen:
            why.append(deny("{ref} is on the list twice", hint="once for each", code="listed_twice", ref=ascii(reference)))
        if tier < 1:
            why.append(deny("the tier of {ref} is {tier}", hint="tiers begin with 1", code="tier_below_one", ref=ascii(reference), tier=tier))
        seen.add(reference)
    if why:
        raise DrawRefused(why)
    return "".join(f"{tier} {reference}\n" for tier, reference in sorted(given, key=lambda one: one.reference))


def digest(text: str) -> str:
    """SHA-256 of a list or an order, line feeds and all."""
    return sha256(text.encode()).hexdigest()


def seed(secret: str, public_value: str) -> str:
    """What the lots are made from: the secret, a colon, the public value."""
    return f"{secret}:{public_value}"


def lot(seed: str, reference: str) -> str:
    """The lot of one reference: the SHA-256 of the seed, a colon and the reference."""
    return sha256(f"{seed}:{reference}".encode()).hexdigest()


def draw(entries: Iterable[Entry], seed: str) -> list[Lot]:
    """Everybody in the order drawn: the first has place 1. Neither the order of the entries nor anything else but entries and seed matters.

    Time grows with n log n.
    """
    return sorted(Lot(tier, lot(seed, reference), reference) for tier, reference in entries)


def order_text(order: Iterable[Lot]) -> str:
    """The order as it is published: see above."""
    return "".join(f"{tier} {lot} {reference}\n" for tier, lot, reference in order)


# ------------------------------------------------------------------ whether it was done like that


def verify(*, commitment: str, digest: str, secret: str, public_value: str, listed: bytes, order: bytes) -> Deny | None:
    """Does it all again, and names the first thing that does not fit: the secret, the list, the public value, or a line of the order. None where all fits.

    :param commitment: published before closing; :param digest: published at closing; :param secret: revealed at the draw; :param public_value: as the notice
        named it; :param listed: the frozen list, to the byte; :param order: the order that was announced, to the byte.
    """
    entries = read_list(listed)
    if (why := secret_fits(secret, commitment)) is not None:
        return why
    if sha256(listed).hexdigest() != digest:
        return deny("the list is not the one that was frozen", hint="compare it, byte by byte, with the one that was published", code="list_changed")
    if entries is None:
        return deny("the list is not written as the rule says", hint="each line: tier, one blank, reference", code="list_unreadable")
    if (why := public_value_fits(public_value)) is not None:
        return why
    expected = order_text(draw(entries, seed(secret, public_value))).encode()
    if expected == order:
        return None
    ours, theirs = expected.split(b"\n"), order.split(b"\n")
    line = next((n for n, (one, other) in enumerate(zip(ours, theirs, strict=False), 1) if one != other), min(len(ours), len(theirs)) + 1)
    hint = "secret and list fit: see whether the public value is the one that the notice names"
    return deny("the order is another one from line {line} on", hint=hint, code="order_wrong", line=line)


def read_list(listed: bytes) -> list[Entry] | None:
    """The entries of a list; None where it is not written to the byte as ``frozen_list`` writes it."""
    try:
        lines = [line.split(" ") for line in listed.decode("ascii").splitlines()]
        entries = [Entry(int(tier), reference) for tier, reference in lines]
        return entries if frozen_list(entries).encode() == listed else None
    except ValueError:
        return None


# ------------------------------------------------------------------ by hand

RECIPE = """\
secret={secret}; public={public}; export LC_ALL=C
printf %s "$secret" | sha256sum
sha256sum < list.txt
while read -r tier ref; do
  printf '%s %s %s\\n' "$tier" "$(printf %s "$secret:$public:$ref" | sha256sum | cut -c 1-64)" "$ref"
done < list.txt | sort -k 1,1n -k 2,2 -k 3,3 > order.txt
"""
"""Six lines for a shell. The second prints the commitment, the third the digest of the list; the rest writes the order."""


def recipe(secret: str = "SECRET", public_value: str = "VALUE") -> str:
    """The six lines, for a notice (nothing is known yet) or for a draw that was made."""
    return RECIPE.format(secret=secret, public=public_value)
