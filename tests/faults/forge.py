"""What the tests of this room share: offices to be harmed, a way to harm them, and what must hold afterwards."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from workflow_core.clock import OFFICE_ZONE
from workflow_core.office import Office
from workflow_core.office.doctor import Checkup, examine
from workflow_core.store.database import Database
from workflow_core.store.tables import METADATA
from workflow_core.store.tables import case as case_table
from workflow_core.store.tables import outbox as outbox_table
from workflow_core.store.tables import person as person_table

ROOT = Path(__file__).parents[2]
PLUGIN = ROOT / "tests/faults/programs.py"
TOWNSHIP = "990101100"
NOW = datetime(2026, 10, 21, 9, tzinfo=OFFICE_ZONE)
TESTS_SERVER = {"office_unguarded", "setting_unsafe"}
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
LEFT_OUT = {"journal", "journal_payload", "journal_head", "lease", "setting", "account", "grant_", "blob", "calendar", "definition", "request"}
CHANCE = {"salt", "commitment", "previous", "digest", "last_error", "attempts", "next_at"}
"""Columns that differ from run to run, or by how often a message was tried."""


@dataclass
class Ran:
    """What became of a process."""

    code: int
    out: str
    err: str
    calls: int

    @property
    def killed(self) -> bool:
        return self.code == -9

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Forge:
    """Runs ``care`` in children of a process that has everything imported."""

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch
        scratch.mkdir(parents=True, exist_ok=True)
        scratch.chmod(0o777)
        env = {**os.environ, "PYTHONPATH": str(ROOT), "CARE_LANG": "en", "PYTHONDONTWRITEBYTECODE": "1"}
        words = [sys.executable, "-m", "tests.faults.worker"]
        self.process = subprocess.Popen(words, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._line() == "ready"

    def run(self, *words: object, **befalls: Any) -> Ran:
        """One ``care`` command."""
        job = {"words": [str(word) for word in words], "scratch": str(self.scratch), **befalls}
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        return Ran(**json.loads(self._line()))

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(30)
        if self.process.stdout is not None:
            self.process.stdout.close()

    def _line(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the worker died"
        return line.strip()


@dataclass
class Ground:
    """An office in a folder, on one of the databases, that a test may harm.

    :param drop: takes its database away.
    """

    folder: Path
    forge: Forge
    now: datetime = NOW
    drop: Callable[[], None] = field(default=lambda: None)

    def care(self, *words: object, now: datetime | None = None, **befalls: Any) -> Ran:
        """One command in it, at its time."""
        at = (now or self.now).astimezone(OFFICE_ZONE).strftime("%Y-%m-%dT%H:%M")
        ran = self.forge.run("--office", self.folder, "--plugin", PLUGIN, "--now", at, *words, **befalls)
        log = self.folder / "care-errors.log"
        if "itself failed" in ran.err and log.exists():  # the folder is gone when somebody reads of it
            ran.err += log.read_text("utf-8")
        return ran

    def done(self, *words: object, **befalls: Any) -> Ran:
        """One command that must go well, or refuse single rows."""
        ran = self.care(*words, **befalls)
        assert ran.code in (0, 1), f"{words}: exit {ran.code}\n{ran.err}\n{ran.out}"
        return ran

    def opened(self, now: datetime | None = None) -> Office:
        return Office.open(self.folder, now=now or self.now, plugins=[PLUGIN])

    def examine(self, now: datetime | None = None) -> Checkup:
        """A check-up, without what is said of the tests' own server."""
        office = self.opened(now)
        try:
            found = examine(office)
        finally:
            office.close()
        found.findings = [one for one in found.findings if one.problem.code not in TESTS_SERVER]
        return found

    def must_be_whole(self, *but: str, now: datetime | None = None) -> None:
        """Nothing is damaged, and nothing but what is named wants attention."""
        told = [one.as_dict() for one in self.examine(now).findings if one.problem.code not in but]
        assert told == [], told

    def content(self) -> dict[str, list[str]]:
        """All rows that people made, with references for ids: two offices in which the same was done have the same."""
        office = self.opened()
        try:
            return content(office.db)
        finally:
            office.close()

    def letters(self) -> list[str]:
        """The keys of the messages in the office's file."""
        path = self.folder / "papers/messages.jsonl"
        return [json.loads(line)["key"] for line in path.read_text("utf-8").splitlines() if line] if path.exists() else []

    def sent(self) -> list[str]:
        """The keys of the messages that the office takes for sent."""
        office = self.opened()
        try:
            with office.db.read() as tx:
                return [row.dedup for row in tx.rows(select(outbox_table.c.dedup).where(outbox_table.c.state == "sent", outbox_table.c.kind == "message"))]
        finally:
            office.close()


def content(db: Database) -> dict[str, list[str]]:
    """The rows of each table, sorted, without what is left to chance."""
    with db.read() as tx:
        known = {row.case_id: row.ref for row in tx.rows(select(case_table.c.case_id, case_table.c.ref))}
        known |= {row.person_id: row.ref for row in tx.rows(select(person_table.c.person_id, person_table.c.ref))}

        def plain(value: object) -> object:
            return UUID.sub(lambda found: known.get(found[0], "<id>"), value) if isinstance(value, str) else value

        found = {}
        for table in METADATA.sorted_tables:
            if table.name not in LEFT_OUT:
                rows = [{name: plain(value) for name, value in row.items() if name not in CHANCE} for row in tx.rows(select(table))]
                rows = [row for row in rows if row.get("kind") != "files"]  # one number for each time a township's files were written
                found[table.name] = sorted(json.dumps(row, ensure_ascii=False, sort_keys=True, default=str) for row in rows)
        return found


def differences(one: dict[str, list[str]], other: dict[str, list[str]]) -> dict[str, tuple[list[str], list[str]]]:
    """What stands in one only, by table: missing, too much."""
    return {name: (sorted(set(one[name]) - set(other[name])), sorted(set(other[name]) - set(one[name]))) for name in one if one[name] != other[name]}


def copied(folder: Path, to: Path) -> Path:
    """A copy of a folder."""
    shutil.copytree(folder, to)
    return to


def later(**span: int) -> datetime:
    """After the story's beginning."""
    return NOW + timedelta(**span)
