"""What may stand in a form of which only the snapshot is left: stored values that its fields allow, for trying what reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

PLAIN: dict[str, tuple[Any, ...]] = {
    "str": ("text", ""),
    "int": (1, 0),
    "float": (1.5, 0),
    "bool": (True, False),
    "date": ("2026-01-05",),
    "datetime": ("2026-01-05T01:00:00.000000Z",),
    "time": ("07:30:00",),
    "Decimal": ("1.50", "0"),
    "Attachment": ({"digest": "0" * 64, "name": "scan.pdf"},),
}
"""By the name of a type what may be stored, the fullest first."""
MANY = re.compile(r"^(?:tuple|list|frozenset|Sequence)\[(.*)\]$")
LITERAL = re.compile(r"^Literal\[(.*)\]$")


def stored(form: Mapping[str, Any] | None) -> Iterator[dict[str, Any]]:
    """Records that the form allows: all filled in; all that may be empty empty; and every other value of each field by itself.

    :param form: a FORM of a snapshot; None: nothing was asked, and nothing is given.
    """
    if form is None:
        return
    fields: Sequence[Mapping[str, Any]] = form["fields"]
    full = {one["name"]: _values(one)[0] for one in fields}
    yield full
    yield {one["name"]: _values(one)[-1] for one in fields}
    for one in fields:
        for value in _values(one)[1:]:
            yield {**full, one["name"]: value}


def _values(field: Mapping[str, Any]) -> list[Any]:
    """What may be stored for one field, the fullest first, the emptiest last."""
    name = str(field["type"])
    optional, name = name.endswith("?"), name.removesuffix("?")
    many = MANY.match(name)
    base = many[1] if many else name
    literal = LITERAL.match(base)
    found: list[Any]
    if "choices" in field:
        found = list(field["choices"])
    elif "fields" in field:
        found = list(stored(field))
    elif literal is not None:
        found = [one.strip().strip("'\"") for one in literal[1].split(",")]
    else:
        found = list(PLAIN.get(base, ("X-26-00001",)))  # a case is stored by its reference
    if many:
        found = [[one] for one in found] + [[]]
    return [*found, None] if optional else found
