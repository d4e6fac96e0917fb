"""The job by django-fsm-2 and Django's ORM."""

from __future__ import annotations

import sys

import django
import job
from django.conf import settings

settings.configure(
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": sys.argv[1],
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"},
        }
    },
    INSTALLED_APPS=[],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
)
django.setup()

from django.db import connection, models, transaction  # noqa: E402
from django.db.models import F  # noqa: E402
from django_fsm import FSMField, transition  # noqa: E402


class Base(models.Model):
    class Meta:
        abstract = True
        app_label = "peer"


class Policy(Base):
    division = models.CharField(max_length=12, primary_key=True)
    values_json = models.TextField()


class Case(Base):
    ref = models.CharField(max_length=20, unique=True)
    title = models.TextField()
    division = models.CharField(max_length=12)
    stage = FSMField(default="near")
    stage_since = models.CharField(max_length=30)
    due = models.CharField(max_length=10)
    version = models.IntegerField(default=1)
    head = models.CharField(max_length=64)

    def titled(self) -> bool:
        return job.has_title(self.title)

    def patient(self) -> bool:
        return job.is_patient(Policy.objects.get(pk=self.division).values_json)

    @transition(field=stage, source="near", target="far", conditions=[titled, patient])
    def go(self) -> None:
        """Go."""

    @transition(field=stage, source="far", target="near", conditions=[titled, patient])
    def back(self) -> None:
        """Come back."""


class Event(Base):
    case = models.ForeignKey(Case, on_delete=models.PROTECT)
    n = models.IntegerField()
    at = models.CharField(max_length=30)
    actor = models.CharField(max_length=64)
    kind = models.CharField(max_length=30)
    transition = models.CharField(max_length=30)
    from_stage = models.CharField(max_length=30)
    to_stage = models.CharField(max_length=30)
    commitment = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta(Base.Meta):
        constraints = (models.UniqueConstraint(fields=["case", "n"], name="event_n"),)


class Payload(Base):
    event = models.OneToOneField(Event, on_delete=models.PROTECT)
    salt = models.CharField(max_length=32)
    payload = models.TextField()


class Task(Base):
    case = models.ForeignKey(Case, on_delete=models.PROTECT)
    n = models.IntegerField()
    name = models.CharField(max_length=30)
    state = models.CharField(max_length=10, default="open")
    due = models.CharField(max_length=10)
    opened_at = models.CharField(max_length=30)
    closed_at = models.CharField(max_length=30, null=True)

    class Meta(Base.Meta):
        constraints = (models.UniqueConstraint(fields=["case", "n"], name="task_n"),)


class Waiting(Base):
    task = models.ForeignKey(Task, on_delete=models.PROTECT)
    role = models.CharField(max_length=30)
    division = models.CharField(max_length=12)
    due = models.CharField(max_length=10)

    class Meta(Base.Meta):
        indexes = (models.Index(fields=["role", "division", "due"], name="desk"),)


class Hold(Base):
    key = models.CharField(max_length=30, primary_key=True)
    used = models.IntegerField(default=0)
    size = models.IntegerField()


class HoldItem(Base):
    hold = models.ForeignKey(Hold, on_delete=models.PROTECT)
    case = models.ForeignKey(Case, on_delete=models.PROTECT)

    class Meta(Base.Meta):
        constraints = (models.UniqueConstraint(fields=["hold", "case"], name="item"),)


def make() -> None:
    with connection.schema_editor() as editor:
        for model in (Policy, Case, Event, Payload, Task, Waiting, Hold, HoldItem):
            editor.create_model(model)
    with transaction.atomic():
        Policy.objects.create(division=job.DIVISION, values_json='{"patience":10}')
        Hold.objects.create(key=job.DIVISION, size=1_000_000)
        for number in range(1, job.CASES + 1):
            case = Case.objects.create(id=number, ref=f"ER-26-{number:05d}", title="books", division=job.DIVISION, stage_since=job.AT, due=job.DUE["near"])
            task = Task.objects.create(case=case, n=1, name="call", due=job.DUE["near"], opened_at=job.AT)
            Waiting.objects.create(task=task, role="school", division=job.DIVISION, due=task.due)


def advance(case_id: int) -> None:
    with transaction.atomic():
        case = Case.objects.get(pk=case_id)
        before, version = case.stage, case.version
        if not job.may("school", case.division):
            raise PermissionError
        getattr(case, job.WAY[before])()
        header, salt, payload, commitment, digest = job.sealed(case.pk, version + 1, before, case.head)
        new = {"stage": case.stage, "stage_since": job.AT, "due": job.DUE[case.stage], "version": version + 1, "head": digest}
        if Case.objects.filter(pk=case.pk, version=version).update(**new) != 1:
            raise RuntimeError("changed")
        event = Event.objects.create(case=case, n=version + 1, commitment=commitment, previous=case.head, digest=digest, **header)
        Payload.objects.create(event=event, salt=salt, payload=payload)
        task = Task.objects.get(case=case, state="open")
        task.state, task.closed_at = "closed", job.AT
        task.save(update_fields=["state", "closed_at"])
        Waiting.objects.filter(task=task).delete()
        opened = Task.objects.create(case=case, n=task.n + 1, name=job.TASK[case.stage], due=job.DUE[case.stage], opened_at=job.AT)
        Waiting.objects.create(task=opened, role="school", division=case.division, due=opened.due)
        if case.stage == "far":
            if Hold.objects.filter(pk=case.division, used__lt=F("size")).update(used=F("used") + 1) != 1:
                raise RuntimeError("full")
            HoldItem.objects.create(hold_id=case.division, case=case)
        else:
            HoldItem.objects.filter(hold_id=case.division, case=case).delete()
            Hold.objects.filter(pk=case.division).update(used=F("used") - 1)


make()
job.serve(advance)
