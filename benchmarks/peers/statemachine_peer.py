"""The job by python-statemachine and SQLAlchemy's ORM."""

from __future__ import annotations

import sys
from typing import Any

import job
from sqlalchemy import ForeignKey, Index, UniqueConstraint, create_engine, delete, event, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from statemachine import State, StateMachine


class Base(DeclarativeBase):
    pass


class Policy(Base):
    __tablename__ = "policy"
    division: Mapped[str] = mapped_column(primary_key=True)
    values_json: Mapped[str]


class Case(Base):
    __tablename__ = "case"
    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    division: Mapped[str]
    stage: Mapped[str]
    stage_since: Mapped[str]
    due: Mapped[str]
    version: Mapped[int] = mapped_column()
    head: Mapped[str]
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  (the ORM's own compare-and-set)


class Event(Base):
    __tablename__ = "event"
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[str]
    actor: Mapped[str]
    kind: Mapped[str]
    transition: Mapped[str]
    from_stage: Mapped[str]
    to_stage: Mapped[str]
    commitment: Mapped[str]
    previous: Mapped[str]
    digest: Mapped[str]


class Payload(Base):
    __tablename__ = "payload"
    case_id: Mapped[int] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    salt: Mapped[str]
    payload: Mapped[str]


class Task(Base):
    __tablename__ = "task"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    n: Mapped[int]
    name: Mapped[str]
    state: Mapped[str]
    due: Mapped[str]
    opened_at: Mapped[str]
    closed_at: Mapped[str | None]
    __table_args__ = (UniqueConstraint("case_id", "n"),)


class Waiting(Base):
    __tablename__ = "waiting"
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    division: Mapped[str]
    due: Mapped[str]
    __table_args__ = (Index("desk", "role", "division", "due"),)


class Hold(Base):
    __tablename__ = "hold"
    key: Mapped[str] = mapped_column(primary_key=True)
    used: Mapped[int]
    size: Mapped[int]


class HoldItem(Base):
    __tablename__ = "hold_item"
    key: Mapped[str] = mapped_column(ForeignKey("hold.key"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True)


class Errand(StateMachine):
    near = State(initial=True, value="near")
    far = State(value="far")
    go = near.to(far, cond=["titled", "patient"])
    back = far.to(near, cond=["titled", "patient"])

    def __init__(self, case: Case, session: Session) -> None:
        self.session = session
        super().__init__(model=case, state_field="stage")

    def titled(self) -> bool:
        return job.has_title(self.model.title)

    def patient(self) -> bool:
        policy = self.session.get(Policy, self.model.division)
        return policy is not None and job.is_patient(policy.values_json)


ENGINE = create_engine(f"sqlite:///{sys.argv[1]}")


@event.listens_for(ENGINE, "connect")
def _connected(raw: Any, _: object) -> None:
    raw.isolation_level = None
    for pragma in ("foreign_keys = ON", "journal_mode = WAL", "synchronous = FULL"):
        raw.execute(f"PRAGMA {pragma}")


@event.listens_for(ENGINE, "begin")
def _begun(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def make() -> None:
    Base.metadata.create_all(ENGINE)
    with Session(ENGINE) as session, session.begin():
        session.add_all([Policy(division=job.DIVISION, values_json='{"patience":10}'), Hold(key=job.DIVISION, used=0, size=1_000_000)])
        for number in range(1, job.CASES + 1):
            case = {"id": number, "ref": f"ER-26-{number:05d}", "title": "books", "division": job.DIVISION, "stage": "near", "stage_since": job.AT}
            session.add(Case(**case, due=job.DUE["near"], head=""))
            session.add(Task(id=number, case_id=number, n=1, name="call", state="open", due=job.DUE["near"], opened_at=job.AT))
            session.flush()
            session.add(Waiting(task_id=number, role="school", division=job.DIVISION, due=job.DUE["near"]))


def advance(case_id: int) -> None:
    with Session(ENGINE) as session, session.begin():
        case = session.get_one(Case, case_id)
        before, version = case.stage, case.version
        if not job.may("school", case.division):
            raise PermissionError
        Errand(case, session).send(job.WAY[before])
        header, salt, payload, commitment, digest = job.sealed(case.id, version + 1, before, case.head)
        session.add(Event(case_id=case.id, n=version + 1, commitment=commitment, previous=case.head, digest=digest, **header))
        session.add(Payload(case_id=case.id, n=version + 1, salt=salt, payload=payload))
        case.stage_since, case.due, case.head = job.AT, job.DUE[case.stage], digest
        task = session.scalars(select(Task).where(Task.case_id == case.id, Task.state == "open")).one()
        task.state, task.closed_at = "closed", job.AT
        session.execute(delete(Waiting).where(Waiting.task_id == task.id))
        opened = Task(case_id=case.id, n=task.n + 1, name=job.TASK[case.stage], state="open", due=job.DUE[case.stage], opened_at=job.AT)
        session.add(opened)
        session.flush()
        session.add(Waiting(task_id=opened.id, role="school", division=case.division, due=opened.due))
        if case.stage == "far":
            if session.execute(update(Hold).where(Hold.key == case.division, Hold.used < Hold.size).values(used=Hold.used + 1)).rowcount != 1:
                raise RuntimeError("full")
            session.add(HoldItem(key=case.division, case_id=case.id))
        else:
            session.execute(delete(HoldItem).where(HoldItem.key == case.division, HoldItem.case_id == case.id))
            session.execute(update(Hold).where(Hold.key == case.division).values(used=Hold.used - 1))


make()
job.serve(advance)
