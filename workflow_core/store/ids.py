"""Identifiers: UUID version 7 (RFC 9562) as text, so that they sort by the time they were made."""

from __future__ import annotations

import os
import secrets
import sys
import threading
import time

_RANDOM_BITS = 74
_FRESH = 1 << (_RANDOM_BITS - 1)
"""A fresh random part leaves its top bit clear: room to count up within one millisecond."""


class _Source:
    """The last value given out: milliseconds, then 74 random bits."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.last = 0

    def next(self) -> int:
        # An id is no statement about the office's time, which a training office may set: it needs the machine's, to be unique.
        millisecond = time.time_ns() // 1_000_000
        with self.lock:
            if millisecond > self.last >> _RANDOM_BITS:
                self.last = millisecond << _RANDOM_BITS | secrets.randbelow(_FRESH)
            else:  # the same millisecond, or a clock that was set back: stay above what was given out (RFC 9562, 6.2, method 2)
                self.last += 1 + secrets.randbits(32)
            return self.last

    def forget(self) -> None:
        self.lock = threading.Lock()
        self.last = 0


_source = _Source()
if sys.platform != "win32":
    os.register_at_fork(after_in_child=_source.forget)  # else two children would count up from the same value


def uuid7() -> str:
    """Make an id: 36 characters, greater than every id this process made before."""
    value = _source.next()
    millisecond, random = value >> _RANDOM_BITS, value & ((1 << _RANDOM_BITS) - 1)
    whole = millisecond << 80 | 0x7 << 76 | (random >> 62) << 64 | 0b10 << 62 | random & ((1 << 62) - 1)
    text = f"{whole:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
