"""A desk at which letters are written, for the tests of the engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from tests.engine.conftest import TOWNSHIP, Town
from tests.letters.letters import PROGRAM
from workflow_core.clock import stamp
from workflow_core.documents.papers import Receipt
from workflow_core.engine import Engine
from workflow_core.errors import CareError
from workflow_core.store.database import Database
from workflow_core.store.ids import uuid7
from workflow_core.store.statement import Statement
from workflow_core.store.tables import person, relation


@dataclass
class Desk:
    """A town in which letters are written."""

    town: Town
    folder: Path

    @property
    def engine(self) -> Engine:
        return self.town.engine

    def child(self) -> str:
        """A child with a guardian to write to."""
        ref = self.town.child()
        now, person_id, stated = stamp(self.town.clock.instant), uuid7(), {"name": "张大", "name_key": "张大", "division": TOWNSHIP}
        with self.town.db.write() as tx:
            child_id = tx.value(select(person.c.person_id).where(person.c.ref == ref))
            tx.execute(Statement(insert(person)), {"person_id": person_id, "ref": f"P-{ref}", **stated, "created_at": now, "updated_at": now})
            tx.execute(Statement(insert(relation)), {"relation_id": uuid7(), "person_id": child_id, "other_id": person_id, "kind": "guardian", "kin": "father"})
        return ref

    def sent(self) -> str:
        """A case whose notice is drafted."""
        ref = self.engine.open(self.town.teacher, "letters", self.child(), {"title": "the books"}).ref
        self.engine.advance(self.town.supervisor, ref, "send")
        return ref

    def signed(self) -> str:
        """A case whose notice is signed."""
        ref = self.sent()
        self.engine.sign(self.town.supervisor, f"{ref}.p1")
        return ref

    def served(self, **how: Any) -> str:
        """A case whose notice is served, today."""
        ref = self.signed()
        self.serve(ref, **how)
        return ref

    def serve(self, ref: str, *, reason: str = "", **how: Any) -> None:
        receipt = replace(Receipt(self.town.today, "裴坝村2组", received_by="张大", servers=("丁一",)), **how)
        self.engine.serve(self.town.supervisor, f"{ref}.notice", receipt, reason=reason)

    def number(self, ref: str, paper: str = "p1") -> str:
        return self.engine.paper(self.town.teacher, f"{ref}.{paper}").number

    def state(self, ref: str, paper: str = "p1") -> str:
        return self.engine.paper(self.town.teacher, f"{ref}.{paper}").state

    def page(self, ref: str, paper: str = "p1") -> str:
        ((_, page),) = self.engine.pages(self.town.supervisor, [f"{ref}.{paper}"])
        return page

    def own(self, name: str, text: str) -> None:
        """Puts a template of the office's own into its folder, unchecked."""
        path = self.folder / "templates" / "letters" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        self.engine.runtime.forget_library("letters")


def engine_of(town: Town, folder: Path, db: Database, *, training: bool = False) -> Engine:
    said = {"990101": {"bureau": "青溪县教育体育局"}, TOWNSHIP: {"phone": "0000-1234567"}}
    return Engine(db, town.engine.runtime.registry, town.clock, training=training, papers=folder, templates=folder / "templates", issuers=said)


def make_desk(town_of: Callable[..., Town], folder: Path, *, training: bool = False) -> Desk:
    """A desk in a town where letters are enabled."""
    town = town_of(PROGRAM, training=training)
    town.engine = engine_of(town, folder, town.db, training=training)
    return Desk(town, folder)


def code_of(act: Callable[[], object]) -> str:
    """The code with which something is refused."""
    with pytest.raises(CareError) as refused:
        act()
    return refused.value.code
