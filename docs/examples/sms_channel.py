"""A message channel: text messages, through a gateway that takes a POST for each. Nothing but Python's own library is needed.

The office's care.toml names it, ``messages = ["file", "sms"]``; two variables of the environment say where the gateway is and whom to call:

    CARE_SMS_GATEWAY=http://127.0.0.1:8080/send
    CARE_SMS_NUMBERS=/etc/careflow/numbers.csv      with the columns role, division and number; one number may serve a whole county
"""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from time import monotonic
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from workflow_core import Channel, Message, hookimpl

SECONDS = 20.0
"""For all numbers together: the engine waits 30 for a channel; what fails sooner is tried again sooner."""


def numbers_for(role: str, division: str) -> list[str]:
    """Who is called: those of the division itself, else of the nearest one above it that has any."""
    with Path(os.environ["CARE_SMS_NUMBERS"]).open(encoding="utf-8-sig", newline="") as file:
        known = [row for row in csv.DictReader(file) if row["role"] == role and division.startswith(row["division"])]
    nearest = max((len(row["division"]) for row in known), default=0)
    return [row["number"] for row in known if len(row["division"]) == nearest]


def send(message: Message) -> None:
    """Hands one message to the gateway, for each number. Whatever is raised here makes the message wait and come again.

    Delivery is at least once: the key is the same each time, and the gateway drops what it has sent under it.
    """
    numbers = numbers_for(message.to, message.division)
    if not numbers:
        raise LookupError("nobody is to be called there")  # at last it lies with the dead letters, where people see it
    text = f"{'【急】' if message.urgent else ''}{message.ref} {message.text}".strip()
    until = monotonic() + SECONDS
    for n, number in enumerate(numbers):
        body = json.dumps({"number": number, "text": text}, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": f"{message.key}/{number}"}
        try:
            share = max(0.1, (until - monotonic()) / (len(numbers) - n))  # of what is left, so that a slow one leaves time for the others
            urlopen(Request(os.environ["CARE_SMS_GATEWAY"], body, headers), timeout=share).close()
        except HTTPError as error:  # an answer of 4xx or 5xx
            error.close()
            raise


@hookimpl
def careflow_channels() -> list[Channel]:
    """The channel, under the name that care.toml says."""
    return [Channel("sms", send)]
