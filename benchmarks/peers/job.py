"""The job that every peer does, and how it is told to begin: nothing here but the standard library.

One durable step of a case: is this account's role enough here; do both guards hold (the second asks for the township's policy); then, in one transaction,
the case by compare-and-set, an event chained by hash over a salted commitment with its payload in a row of its own, the open task closed and taken off the
desk, the next one opened and put on it, and a counted place taken or given back.
"""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import Callable
from hashlib import sha256
from time import perf_counter

CASES = 150
DIVISION = "990101100"
GRANTS = (("school", "990101"),)
GIVEN = {"met": "the grandmother, at the village's shop", "said": "she will bring the child to the bus on Monday morning"}
AT = "2026-09-01T01:00:00.000000Z"
DUE = {"near": "2026-09-06", "far": "2026-09-08"}
OTHER = {"near": "far", "far": "near"}
WAY = {"near": "go", "far": "back"}
TASK = {"near": "call", "far": "visit"}


def may(role: str, division: str) -> bool:
    """Whether the account holds the role there."""
    return any(held == role and division.startswith(scope) for held, scope in GRANTS)


def has_title(title: str) -> bool:
    """The first guard."""
    return bool(title)


def is_patient(policy: str) -> bool:
    """The second guard."""
    return int(json.loads(policy)["patience"]) > 0


def sealed(case_id: int, n: int, stage: str, previous: str) -> tuple[dict[str, str], str, str, str, str]:
    """The event's header; salt and payload; commitment and digest."""
    salt = secrets.token_hex(16)
    payload = json.dumps({"given": GIVEN, "did": [{"what": "task_opened", "task": TASK[OTHER[stage]]}]}, sort_keys=True, separators=(",", ":"))
    commitment = sha256(f"{salt}{payload}".encode()).hexdigest()
    header = {"at": AT, "actor": "teacher", "kind": "advanced", "transition": WAY[stage], "from_stage": stage, "to_stage": OTHER[stage]}
    text = json.dumps({"case_id": case_id, "n": n, **header}, sort_keys=True, separators=(",", ":"))
    return header, salt, payload, commitment, sha256(f"{previous}{text}{commitment}".encode()).hexdigest()


def serve(advance: Callable[[int], None]) -> None:
    """Take every case a step further whenever a line comes in, and say how long one took."""
    print("ready", flush=True)
    for _ in sys.stdin:
        before = perf_counter()
        for case_id in range(1, CASES + 1):
            advance(case_id)
        print((perf_counter() - before) / CASES, flush=True)
