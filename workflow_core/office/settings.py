"""What stands in an office's care.toml, and what the machine says of its user."""

from __future__ import annotations

import difflib
import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from workflow_core.clock import OFFICE_ZONE
from workflow_core.errors import Damaged, Misused, NotPermitted, Problem
from workflow_core.i18n import N_

CONFIG = "care.toml"
"""The file that makes a folder an office."""

DATABASE = "office.sqlite"
"""The database of an office that names no other, in its folder."""

PAPERS = "papers"
"""The folder of papers and messages, within the office's."""

TEMPLATES = "templates"
"""The folder of the office's own templates of papers, within the office's: one folder for each program."""

ISSUER = ("name", "bureau", "court", "phone", "address", "contact", "remedy")
"""What may be said of an office that issues papers, each a text."""

_KEYS: dict[str, type[Any]] = {"training": bool, "database": str, "messages": list, "issuers": dict, "transfer_days": int, "bulk_rows": int}
_SHAPES = {
    bool: N_("write true or false"),
    str: N_("write a text in quotes"),
    int: N_("write a whole number, 1 or more"),
    list: N_('write a list of texts: ["file", "console"]'),
    dict: N_('write a table for each division: [issuers."990101"]'),
}


@dataclass(frozen=True)
class Settings:
    """An office's settings.

    :param training: may be told the time and the actor; its people are invented.
    :param database: a file, relative to the office's folder, or ``postgresql://host/name``, without a password.
    :param messages: the channels by which messages leave: ``file`` (papers/messages.jsonl), ``console``, or one that a plugin brings.
    :param issuers: of the offices that issue papers, by the code of their division: ``[issuers."990101"]`` with ``name`` (of the government, where it is
        called otherwise), ``bureau``, ``court``, ``phone``, ``address``, ``contact``, ``remedy`` (what the office's lawyers want said about remedies).
    :param transfer_days: after so many days a transfer of a child's file that nobody has answered is told again, and as often after.
    :param bulk_rows: so many people may leave the office unmasked at once; for more another person's approval is needed (``care access request``).
    """

    training: bool = False
    database: str = DATABASE
    messages: tuple[str, ...] = ("file",)
    issuers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    transfer_days: int = 10
    bulk_rows: int = 50

    def address(self, folder: Path) -> str:
        """Where the database is."""
        return self.database if "://" in self.database else str(folder / self.database)

    def text(self) -> str:
        """The file that ``read`` reads."""
        return (
            "# A careflow office. This folder holds children's files: keep it to yourself, and keep copies of it.\n"
            f"training = {'true' if self.training else 'false'}\n"
            f"database = {_quoted(self.database)}\n"
            f"messages = [{', '.join(map(_quoted, self.messages))}]\n"
            f"transfer_days = {self.transfer_days}\n"
            f"bulk_rows = {self.bulk_rows}\n"
        ) + "".join(
            f"\n[issuers.{_quoted(code)}]\n" + "".join(f"{name} = {_quoted(said)}\n" for name, said in about.items()) for code, about in self.issuers.items()
        )


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")  # TOML's basic strings escape as JSON's do, and DEL besides


def read(folder: Path) -> Settings:
    """The settings of the office in a folder.

    :raises Misused: ``office_missing``: there is no office.
    :raises NotPermitted: ``office_forbidden``: it is another user's.
    :raises Damaged: ``settings_damaged``, with everything that is wrong.
    """
    path = folder / CONFIG
    try:
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise Misused(
            "office_missing", N_("there is no office in {folder}"), hint=N_("make one: care --office {folder} office init"), folder=str(folder)
        ) from None
    except PermissionError:
        raise NotPermitted(
            "office_forbidden", N_("the office in {folder} belongs to somebody else"), hint=N_("log in as its owner"), folder=str(folder)
        ) from None
    except OSError as error:
        raise _damaged(path, [Problem("unreadable", N_("it cannot be read ({reason})"), values={"reason": error.strerror or type(error).__name__})]) from None
    try:
        found = tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _damaged(path, [Problem("not_toml", N_("it is no TOML file: {reason}"), values={"reason": str(error)})]) from None
    problems = _problems(found)
    if problems:
        raise _damaged(path, problems)
    return Settings(**{**found, "messages": tuple(found.get("messages", Settings.messages))})


def _problems(found: dict[str, Any]) -> list[Problem]:
    problems = []
    for key, value in found.items():
        if key not in _KEYS:
            close = difflib.get_close_matches(key, _KEYS, n=1)
            hint = N_("did you mean {close}?") if close else N_("the settings are training, database, messages, transfer_days, bulk_rows and issuers")
            problems.append(Problem("setting_unknown", N_("there is no such setting"), key, hint, {"close": "".join(close)}))
        elif (
            type(value) is not _KEYS[key]
            or (isinstance(value, int) and value < 1 and _KEYS[key] is int)
            or (isinstance(value, list) and not all(isinstance(one, str) for one in value))
        ):
            problems.append(Problem("setting_invalid", N_("the setting has another type"), key, _SHAPES[_KEYS[key]]))
    if isinstance(found.get("database"), str):
        problems += address_problems(found["database"])
    if isinstance(found.get("issuers"), dict):
        problems += _issuer_problems(found["issuers"])
    return problems


def _issuer_problems(issuers: dict[str, Any]) -> list[Problem]:
    problems = []
    for code, about in issuers.items():
        place = f"issuers.{code}"
        if not (code.isascii() and code.isdigit() and len(code) in (2, 4, 6, 9, 12)):
            hint = N_('write its digits in quotes: [issuers."990101"]')
            problems.append(Problem("issuer_code", N_("{code} is no division's code"), place, hint, {"code": code}))
        if not isinstance(about, dict):
            problems.append(Problem("setting_invalid", N_("the setting has another type"), place, _SHAPES[dict]))
            continue
        for name, said in about.items():
            if name not in ISSUER:
                close = difflib.get_close_matches(name, ISSUER, n=1)
                hint = N_("did you mean {close}?") if close else N_("of an issuer there may be: {names}")
                values = {"close": "".join(close), "names": ", ".join(ISSUER)}
                problems.append(Problem("setting_unknown", N_("there is no such setting"), f"{place}.{name}", hint, values))
            elif not isinstance(said, str) or not said.strip():
                problems.append(Problem("setting_invalid", N_("the setting has another type"), f"{place}.{name}", _SHAPES[str]))
    return problems


def address_problems(address: str) -> list[Problem]:
    """What is wrong with a database's address."""
    if not address.strip():
        return [Problem("database_empty", N_("no database is named"), "database", N_("a file, or postgresql://host/name"))]
    if "://" not in address:
        return []
    parts = urlsplit(address)
    if parts.password is not None or "password" in parse_qs(parts.query):
        hint = N_("leave it out; put it into ~/.pgpass, which only you can read")
        return [Problem("database_password", N_("a password does not belong into an address"), "database", hint)]
    return []


def _damaged(path: Path, problems: list[Problem]) -> Damaged:
    return Damaged("settings_damaged", N_("{file} cannot be used"), hint=N_("repair it by hand, or take it from a copy"), problems=problems, file=str(path))


def os_login() -> str:
    """The machine's user, by the process and not by the environment, which anybody may set."""
    if hasattr(os, "getuid"):
        import pwd

        try:
            return pwd.getpwuid(os.getuid()).pw_name
        except KeyError:
            return f"uid{os.getuid()}"
    import getpass

    return getpass.getuser()


def parse_now(text: str) -> datetime:
    """The instant that ``--now`` names: the office's time where no zone is said.

    :raises Misused: ``now_invalid``.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Misused("now_invalid", N_("{text} is no time"), hint=N_("write it like 2026-10-21T09:00, in the office's time"), text=text) from None
    return found if found.tzinfo else found.replace(tzinfo=OFFICE_ZONE)
