"""Messages leave with the commit and are delivered after it: at least once, with a key by which a channel drops what it has sent."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from workflow_core.clock import OFFICE_ZONE, stamp
from workflow_core.definition import Message
from workflow_core.engine.runtime import Runtime
from workflow_core.i18n import translate
from workflow_core.private_file import private_folder
from workflow_core.store import outbox
from workflow_core.store.again import again
from workflow_core.store.outbox import Posted

FILE, CONSOLE = "file", "console"
SEND_SECONDS = 30.0
"""So long a plugin's channel may take for a message; one that takes longer is not used again by this process."""
MESSAGE_FILE = "messages.jsonl"
"""The file channel: one JSON object a line, in the office's folder for papers."""


def deliver(runtime: Runtime, *, most: int = 50) -> tuple[int, int]:
    """Deliver what waits, by every channel.

    :returns: how many were sent, and how many failed this time; those are tried again later, and end as dead letters.
    """
    now = runtime.clock.now()
    waiting = again(runtime.db, lambda: _claimed(runtime, now, most))
    if not waiting:
        return 0, 0
    failed, done = [], []
    channels = channels_of(runtime)
    for posted in waiting:
        error = _send(runtime, channels, _message(posted), again=posted.attempts > 1)
        if error:
            failed.append((posted.id, error))
        else:
            done.append(posted.id)
    again(runtime.db, lambda: _settle(runtime, done, failed, now))
    return len(done), len(failed)


def _claimed(runtime: Runtime, now: datetime, most: int) -> list[Posted]:
    with runtime.db.write() as tx:
        return outbox.claim(tx, now, most=most, kinds=("message",))


def _settle(runtime: Runtime, done: list[str], failed: list[tuple[str, str]], now: datetime) -> None:
    with runtime.db.write() as tx:
        outbox.all_sent(tx, done)
        for item, error in failed:
            outbox.failed(tx, item, error, now)


def channels_of(runtime: Runtime) -> Mapping[str, Callable[[Message], None]]:
    """The ways messages leave this office: those its settings name, of the built-in ones and those of plugins."""
    there: dict[str, Callable[[Message], None]] = {FILE: lambda message: to_file(runtime.papers, message), CONSOLE: to_console}
    there.update({name: channel.send for name, channel in runtime.registry.channels.items()})
    return {name: there.get(name, _absent) for name in runtime.channels}


def _absent(message: Message) -> None:
    raise LookupError("no plugin brings this channel")


def to_file(folder: Path, message: Message) -> None:
    """Append a message to the office's file of messages."""
    private_folder(folder)
    line = {
        "key": message.key,
        "to": message.to,
        "division": message.division,
        "case": message.ref,
        "text": message.text,
        "at": stamp(message.at),
        "urgent": message.urgent,
    }
    content = json.dumps(line, ensure_ascii=False).encode() + b"\n"
    handle = os.open(folder / MESSAGE_FILE, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        size = os.lseek(handle, 0, os.SEEK_END)
        if size and os.pread(handle, 1, size - 1) != b"\n":
            content = b"\n" + content  # a full disk cut the last one off: that one comes again, and this one stays whole
        while content:
            content = content[os.write(handle, content) :]
        os.fsync(handle)
    finally:
        os.close(handle)


def in_file(folder: Path, key: str) -> bool:
    """Whether a message stands in the office's file already, whole: a process may have died between writing it and saying so."""
    try:
        with (folder / MESSAGE_FILE).open("rb") as file:
            return any(key.encode() in line and line.endswith(b"}\n") and json.loads(line)["key"] == key for line in file)
    except FileNotFoundError:
        return False


def to_console(message: Message) -> None:
    """Write a message to the terminal's error stream."""
    mark = "!! " if message.urgent else ""
    sys.stderr.write(f"{mark}{message.at.astimezone(OFFICE_ZONE):%Y-%m-%d %H:%M} {message.to} ({message.division}) {message.ref}: {message.text}\n")


def _send(runtime: Runtime, channels: Mapping[str, Callable[[Message], None]], message: Message, *, again: bool) -> str:
    for name, send in channels.items():
        try:
            if name in (FILE, CONSOLE):  # ours do not hang
                if not (again and name == FILE and in_file(runtime.papers, message.key)):
                    send(message)
            else:
                runtime.registry.patience.wait_for(f"{name} send", partial(send, message), SEND_SECONDS)
        except Exception as error:  # a channel may fail in any way; the message waits and the failure is shown
            return f"{name}: {type(error).__name__}"
    return ""


def _message(posted: Posted) -> Message:
    said: dict[str, Any] = posted.payload
    at: datetime = posted.at
    return Message(
        key=posted.dedup,
        to=said["to"],
        division=said["division"],
        ref=said["case"],
        text=translate(said["message"]),
        at=at,
        urgent=bool(said["urgent"]),
    )
