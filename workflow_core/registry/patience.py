"""Patience with foreign code: it gets so much time, and whoever took longer is not waited for again by this process.

Python cannot end a thread that hangs. So foreign code runs in one of its own, which is left behind when the time is over, and ends with the process.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any

Box = list[Any]
Call = tuple[Callable[[], Any], Box, threading.Event]


class TookTooLong(Exception):
    """It did not answer in time, now or at an earlier call."""


class Patience:
    """How long foreign code is waited for.

    :param seconds: for each call.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._given_up: set[str] = set()
        self._here = threading.local()

    def wait_for(self, name: str, function: Callable[[], Any], seconds: float | None = None) -> Any:
        """Call a function and wait for its answer.

        :param name: whose it is. Once it took too long, it is not called again. :param seconds: instead of those of this patience.
        :raises TookTooLong: it did not answer in time. :raises BaseException: what the function raises.
        """
        if name in self._given_up:
            raise TookTooLong
        box: Box = []
        done = threading.Event()
        self._calls().put((function, box, done))
        if not done.wait(self.seconds if seconds is None else seconds):
            self._given_up.add(name)
            del self._here.calls  # the thread hangs: the next call gets another
            raise TookTooLong
        raised, answer = box
        if raised is not None:
            raise raised
        return answer

    def _calls(self) -> queue.SimpleQueue[Call]:
        """The way to this thread's helper, which is made when it is first needed."""
        calls: queue.SimpleQueue[Call] | None = getattr(self._here, "calls", None)
        if calls is None:
            calls = self._here.calls = queue.SimpleQueue()
            threading.Thread(target=_serve, args=(calls,), name="careflow-plugins", daemon=True).start()
        return calls


def _serve(calls: queue.SimpleQueue[Call]) -> None:
    while True:
        function, box, done = calls.get()
        try:
            box[:] = (None, function())
        except BaseException as error:  # handed over to whoever waits, SystemExit too
            box[:] = (error, None)
        done.set()
        del function, box, done
