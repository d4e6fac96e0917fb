"""The job by SpiffWorkflow: its state is read from and written to the database as its serializer gives it, beside the same rows by the bare driver."""

from __future__ import annotations

import io
import sqlite3
import sys

import job
from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow

ERRAND = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="definitions" targetNamespace="http://bpmn.io/schema/bpmn">
  <bpmn:process id="errand" isExecutable="true">
    <bpmn:startEvent id="start"><bpmn:outgoing>begin</bpmn:outgoing></bpmn:startEvent>
    <bpmn:sequenceFlow id="begin" sourceRef="start" targetRef="near" />
    <bpmn:manualTask id="near"><bpmn:incoming>begin</bpmn:incoming><bpmn:incoming>back</bpmn:incoming><bpmn:outgoing>go</bpmn:outgoing></bpmn:manualTask>
    <bpmn:sequenceFlow id="go" sourceRef="near" targetRef="far" />
    <bpmn:manualTask id="far"><bpmn:incoming>go</bpmn:incoming><bpmn:outgoing>on</bpmn:outgoing></bpmn:manualTask>
    <bpmn:sequenceFlow id="on" sourceRef="far" targetRef="again" />
    <bpmn:exclusiveGateway id="again" default="stop">
      <bpmn:incoming>on</bpmn:incoming><bpmn:outgoing>back</bpmn:outgoing><bpmn:outgoing>stop</bpmn:outgoing>
    </bpmn:exclusiveGateway>
    <bpmn:sequenceFlow id="back" sourceRef="again" targetRef="near"><bpmn:conditionExpression>True</bpmn:conditionExpression></bpmn:sequenceFlow>
    <bpmn:sequenceFlow id="stop" sourceRef="again" targetRef="end" />
    <bpmn:endEvent id="end"><bpmn:incoming>stop</bpmn:incoming></bpmn:endEvent>
  </bpmn:process>
</bpmn:definitions>
"""
TABLES = """
CREATE TABLE policy (division TEXT PRIMARY KEY, values_json TEXT NOT NULL);
CREATE TABLE "case" (
  id INTEGER PRIMARY KEY, ref TEXT NOT NULL UNIQUE, title TEXT NOT NULL, division TEXT NOT NULL, stage TEXT NOT NULL, stage_since TEXT NOT NULL,
  due TEXT NOT NULL, version INTEGER NOT NULL, head TEXT NOT NULL, workflow TEXT NOT NULL
);
CREATE TABLE event (
  case_id INTEGER NOT NULL REFERENCES "case", n INTEGER NOT NULL, at TEXT NOT NULL, actor TEXT NOT NULL, kind TEXT NOT NULL, transition TEXT,
  from_stage TEXT, to_stage TEXT, commitment TEXT NOT NULL, previous TEXT NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (case_id, n)
);
CREATE TABLE payload (case_id INTEGER NOT NULL, n INTEGER NOT NULL, salt TEXT, payload TEXT, PRIMARY KEY (case_id, n));
CREATE TABLE task (
  case_id INTEGER NOT NULL REFERENCES "case", n INTEGER NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL, due TEXT NOT NULL,
  opened_at TEXT NOT NULL, closed_at TEXT, PRIMARY KEY (case_id, n)
);
CREATE TABLE waiting (
  case_id INTEGER NOT NULL, n INTEGER NOT NULL, role TEXT NOT NULL, division TEXT NOT NULL, due TEXT NOT NULL, PRIMARY KEY (case_id, n, role)
);
CREATE INDEX desk ON waiting (role, division, due);
CREATE TABLE hold (key TEXT PRIMARY KEY, used INTEGER NOT NULL, size INTEGER NOT NULL);
CREATE TABLE hold_item (key TEXT NOT NULL REFERENCES hold, case_id INTEGER NOT NULL REFERENCES "case", PRIMARY KEY (key, case_id));
"""
SERIALIZER = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure())
DB = sqlite3.connect(sys.argv[1], isolation_level=None)
for pragma in ("foreign_keys = ON", "journal_mode = WAL", "synchronous = FULL"):
    DB.execute(f"PRAGMA {pragma}")


def make() -> None:
    DB.executescript(TABLES)
    parser = BpmnParser()
    parser.add_bpmn_io(io.BytesIO(ERRAND.encode()))
    spec = parser.get_spec("errand")
    DB.execute("BEGIN IMMEDIATE")
    DB.execute("INSERT INTO policy VALUES (?, ?)", (job.DIVISION, '{"patience":10}'))
    DB.execute("INSERT INTO hold VALUES (?, 0, 1000000)", (job.DIVISION,))
    for number in range(1, job.CASES + 1):
        workflow = BpmnWorkflow(spec)
        workflow.do_engine_steps()
        state = SERIALIZER.serialize_json(workflow)
        row = (number, f"ER-26-{number:05d}", "books", job.DIVISION, "near", job.AT, job.DUE["near"], 1, "", state)
        DB.execute('INSERT INTO "case" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)', row)
        DB.execute("INSERT INTO task VALUES (?, 1, 'call', 'open', ?, ?, NULL)", (number, job.DUE["near"], job.AT))
        DB.execute("INSERT INTO waiting VALUES (?, 1, 'school', ?, ?)", (number, job.DIVISION, job.DUE["near"]))
    DB.execute("COMMIT")


def advance(case_id: int) -> None:
    DB.execute("BEGIN IMMEDIATE")
    title, division, stage, version, head, state = DB.execute(
        'SELECT title, division, stage, version, head, workflow FROM "case" WHERE id = ?', (case_id,)
    ).fetchone()
    (policy,) = DB.execute("SELECT values_json FROM policy WHERE division = ?", (division,)).fetchone()
    if not (job.may("school", division) and job.has_title(title) and job.is_patient(policy)):
        raise PermissionError
    workflow = SERIALIZER.deserialize_json(state)
    task = workflow.get_next_task(state=TaskState.READY, manual=True)
    if task.task_spec.bpmn_id != stage:
        raise RuntimeError("the workflow stands elsewhere")
    task.data.update(job.GIVEN)
    task.run()
    workflow.do_engine_steps()
    target = workflow.get_next_task(state=TaskState.READY, manual=True).task_spec.bpmn_id
    header, salt, payload, commitment, digest = job.sealed(case_id, version + 1, stage, head)
    new = (target, job.AT, job.DUE[target], version + 1, digest, SERIALIZER.serialize_json(workflow), case_id, version)
    sql = 'UPDATE "case" SET stage = ?, stage_since = ?, due = ?, version = ?, head = ?, workflow = ? WHERE id = ? AND version = ?'
    if DB.execute(sql, new).rowcount != 1:
        raise RuntimeError("changed")
    DB.execute("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (case_id, version + 1, *header.values(), commitment, head, digest))
    DB.execute("INSERT INTO payload VALUES (?, ?, ?, ?)", (case_id, version + 1, salt, payload))
    (n,) = DB.execute("SELECT n FROM task WHERE case_id = ? AND state = 'open'", (case_id,)).fetchone()
    DB.execute("UPDATE task SET state = 'closed', closed_at = ? WHERE case_id = ? AND n = ?", (job.AT, case_id, n))
    DB.execute("DELETE FROM waiting WHERE case_id = ? AND n = ?", (case_id, n))
    DB.execute("INSERT INTO task VALUES (?, ?, ?, 'open', ?, ?, NULL)", (case_id, n + 1, job.TASK[target], job.DUE[target], job.AT))
    DB.execute("INSERT INTO waiting VALUES (?, ?, 'school', ?, ?)", (case_id, n + 1, division, job.DUE[target]))
    if target == "far":
        if DB.execute("UPDATE hold SET used = used + 1 WHERE key = ? AND used < size", (division,)).rowcount != 1:
            raise RuntimeError("full")
        DB.execute("INSERT INTO hold_item VALUES (?, ?)", (division, case_id))
    else:
        DB.execute("DELETE FROM hold_item WHERE key = ? AND case_id = ?", (division, case_id))
        DB.execute("UPDATE hold SET used = used - 1 WHERE key = ?", (division,))
    DB.execute("COMMIT")


make()
job.serve(advance)
