"""Attempts that failed: what somebody asked for and may not, kept in the journal without a value of what was asked (未成年人网络保护条例 art. 36).

Of the same attempt by the same account one entry in ten minutes is kept, and at most so many a day: a script that tries a thousand times fills no journal.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from workflow_core.store import access as accounts
from workflow_core.store import journal, journal_reading
from workflow_core.store.database import Tx

KIND = "denied"
AGAIN = timedelta(minutes=10)
"""The same attempt within that time is not written again."""
MOST = 200
"""So many of a day and an account are kept."""
STRANGERS = "strangers"
"""In whose stream the attempts of those stand who have no account."""

_LOGIN = re.compile(r"[\w.@-]{1,64}\Z")
_WORD = re.compile(r"[a-z][a-z0-9_ -]{0,80}\Z")


def denied(tx: Tx, login: str, code: str, doing: str, now: datetime, *, machine: bool = False) -> bool:
    """Writes down an attempt that was refused; False where it stands there already, or the day is full.

    :param login: of whoever tried; the machine's user where he has no account. :param code: the refusal's. :param doing: the words of the command alone
        (``child reveal``), never what was said with them. :param machine: ``login`` is a user of the machine: an account that has the same name and is tied to
        another user is somebody else's.
    """
    row = accounts.by_os_user(tx, login) if machine else accounts.by_login(tx, login) or accounts.by_os_user(tx, login)
    who = row["login"] if row is not None else login if _LOGIN.match(login) else "-"
    stream = journal.account_stream(row["account_id"] if row is not None else STRANGERS, now)
    payload = {"code": code if _WORD.match(code) else "-", "doing": doing if _WORD.match(doing) else "-", **({} if row is not None else {"login": who})}
    lately = journal_reading.said_since(tx, stream, KIND, now - AGAIN)
    if payload in lately or journal_reading.count(tx, stream, KIND) >= MOST:
        return False
    journal.append(tx, stream, who, KIND, payload, now)
    return True
