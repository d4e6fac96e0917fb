"""Many steps, a few hundred in one commit: a disk is waited for once, and other desks get their turn in between."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from workflow_core.engine.runtime import Runtime
from workflow_core.errors import CareError, Conflict, Damaged
from workflow_core.store import faults

T = TypeVar("T")
R = TypeVar("R")

PER_COMMIT = 200
"""So many steps are written in one transaction."""


def each(runtime: Runtime, items: Iterable[T], step: Callable[[T], R], *, per_commit: int = PER_COMMIT) -> Iterator[tuple[T, R | CareError]]:
    """Do a step for each, and say what became of it. A step that is refused leaves nothing behind and stops no other.

    :param step: a command of the engine for one of them.
    :returns: with each item, in their order, what the step answered or why it was refused.
    :raises Damaged: the office cannot be reached or written; what was said before is committed.
    """
    rest = iter(items)
    while chunk := list(islice(rest, per_commit)):
        answers = _together(runtime, chunk, step)
        for number, item in enumerate(chunk):
            yield item, _alone(item, step) if answers is None else answers[number]


def _together(runtime: Runtime, chunk: Sequence[T], step: Callable[[T], R]) -> list[R | CareError] | None:
    """What became of each, in one transaction.

    :returns: None where they do not come through together: then each is tried by itself, and whoever it is that fails is told there.
    """
    answers: list[R | CareError] = []
    try:
        with runtime.together() as tx:
            for item in chunk:
                try:
                    with tx.savepoint():
                        answers.append(step(item))
                except (Conflict, Damaged):
                    raise
                except CareError as error:
                    answers.append(error)
    except Exception:
        return None
    return answers


def _alone(item: T, step: Callable[[T], R]) -> R | CareError:
    try:
        return step(item)
    except Damaged:
        raise
    except CareError as error:
        if faults.of_the_office(error):
            raise  # the next would meet it too, after as long a wait
        return error
