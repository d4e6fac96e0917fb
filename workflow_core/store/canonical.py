"""JSON as it is stored and hashed: compact, keys sorted, Chinese written as Chinese, so that equal values are equal texts."""

from __future__ import annotations

import json
from typing import Any

_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def dump(value: Any) -> str:
    """Write a value of JSON's own types.

    :raises TypeError: for a value that JSON does not have (a date, a Decimal): its form turns it into text first.
    :raises ValueError: for a number that is not finite.
    """
    return _encode(value)


def load(text: str) -> Any:
    """Read what :func:`dump` wrote."""
    return json.loads(text)
