"""Lives told paper by paper: drafted, signed by whoever may, served, and what runs from there."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from careflow_cli import story
from careflow_dropout_return.program import DROPOUT, PROGRAM
from tests.engine.conftest import make_town
from tests.plugins.dropout_return.conftest import PHOTO, PICTURE, Life
from workflow_core.documents.page import to_text
from workflow_core.errors import Misused, NotPermitted, Refused
from workflow_core.records.policies import policy_set
from workflow_core.store.database import Database

REFUSED: dict[str, Any] = {"refused": True, "why_refused": "they say that school is of no use", "witnesses": ("one neighbour", "another neighbour")}
RECEIVED: dict[str, Any] = {"received_by": "张大", "servers": ("丁一",)}
ABOUT_PAPERS = {"paper_drafted", "paper_signed", "paper_served", "receipt_corrected", "paper_voided"}


def told(life: Life) -> list[tuple[str, str]]:
    """What happened to papers, oldest first: what, and to which."""
    found = []
    for event in life.story():
        if event["kind"] in ABOUT_PAPERS:
            found.append((event["kind"], event["says"]["document"]))
        else:
            found += [("drafted", one["document"]) for one in event["says"].get("did", []) if one["what"] == "drafted"]
    return found


def papers(life: Life) -> dict[str, Any]:
    """The papers of the case by name, the latest of each."""
    return {one.name: one for one in life.town.engine.papers(life.people["school"], life.ref)}


def text(life: Life, paper: str) -> str:
    """What a paper says, without white space."""
    [(_, page)] = life.town.engine.pages(life.people["school"], [f"{life.ref}.{paper}"])
    return "".join(to_text(page).split())


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[[Life], str]:
    """A case's history, as the command line tells it on a wide screen."""

    def told_by(life: Life) -> str:
        monkeypatch.setenv("COLUMNS", "200")
        capsys.readouterr()
        story.tell(*life.town.engine.history(life.people["school"], life.ref))
        return capsys.readouterr().out

    return told_by


def in_order(text: str, wanted: list[str]) -> list[str]:
    """Those that are not told after the one before them."""
    missing, at = [], 0
    for one in wanted:
        found = text.find(one, at)
        if found < 0:
            missing.append(one)
        else:
            at = found + len(one)
    return missing


# ------------------------------------------------------------------ two lives


def test_the_way_to_the_court_is_told_paper_by_paper(life: Life, say: Callable[[Life], str]) -> None:
    """Registered, urged, visited, reported, given notice, ordered; at the court's door lie two drafts that only a person takes further."""
    life.persuade()
    life.sign("school", "registration")
    life.sign("school", "persuasion_letter")
    life.serve("village", "persuasion_letter", **RECEIVED)
    life.visit()
    life.sign("school", "home_visit")
    life.wait(7)
    life.do("village", "follow_letter", checked_on=life.today)
    life.visit()
    life.wait(7)
    life.visit()
    life.step("school", "report")
    life.sign("school", "written_report")
    life.do("school", "written_report", sent_on=life.today)
    life.do("supervisor", "talk", talked_on=life.today, met="the father", result="he thinks about it")
    life.step("supervisor", "notice")
    life.sign("supervisor", "return_notice")
    life.serve("village", "return_notice")
    life.wait(8)
    life.step("bureau", "order")
    life.sign("deputy", "return_order")
    life.serve("bureau", "return_order", **REFUSED)
    life.do("village", "police", talked_on=life.today, met="the father", result="he will not listen")
    life.wait(16)
    life.step("county", "to_court", decided_on=life.today, why="every step was in vain")
    assert told(life) == [
        ("drafted", "registration"),
        ("drafted", "persuasion_letter"),
        ("paper_signed", "registration"),
        ("paper_signed", "persuasion_letter"),
        ("paper_served", "persuasion_letter"),
        ("drafted", "home_visit"),
        ("paper_signed", "home_visit"),
        ("drafted", "home_visit"),
        ("drafted", "written_report"),
        ("paper_signed", "written_report"),
        ("drafted", "return_notice"),
        ("paper_signed", "return_notice"),
        ("paper_served", "return_notice"),
        ("drafted", "return_order"),
        ("paper_signed", "return_order"),
        ("paper_served", "return_order"),
        ("drafted", "police_report"),
        ("drafted", "pleading"),
        ("drafted", "support_request"),
    ]
    numbers = {name: one.number for name, one in papers(life).items() if one.number}
    assert numbers == {
        "persuasion_letter": "义劝通字〔2026〕第1号",
        "written_report": "辍报〔2026〕1号",
        "return_notice": "高桥镇限返〔2026〕1号",
        "return_order": "责改字〔2026〕第1号",
    }
    pleading = text(life, "pleading")
    assert all(number in pleading for number in numbers.values())
    history = say(life)
    wanted = [
        "a paper was drafted: Registration of a dropout",
        "a paper was drafted: Letter urging the return",
        "Signed: Registration of a dropout",
        "2026-10-21 09:00  school      Signed: Letter urging the return 义劝通字〔2026〕第1号",
        "Served on 2026-10-21: Letter urging the return 义劝通字〔2026〕第1号",
        "a paper was drafted: Record of a persuasion visit",
        "Signed: Record of a persuasion visit",
        "Report in writing: Persuasion → Written report",
        "a paper was drafted: Written report on a dropout",
        "2026-11-04 09:00  school      Signed: Written report on a dropout 辍报〔2026〕1号",
        "a paper was drafted: Notice to return to school",
        "2026-11-04 09:00  supervisor  Signed: Notice to return to school 高桥镇限返〔2026〕1号",
        "Served on 2026-11-04: Notice to return to school 高桥镇限返〔2026〕1号",
        "a paper was drafted: Order to return to school",
        "2026-11-12 09:00  deputy      Signed: Order to return to school 责改字〔2026〕第1号",
        "Served on 2026-11-12: Order to return to school 责改字〔2026〕第1号",
        "it was refused; witnesses signed",
        "a paper was drafted: Draft report to the police",
        "2026-11-28 09:00  county      Go to court: Ordered to return → Before the court",
        "a paper was drafted: Draft statement of claim",
        "a paper was drafted: Draft request for support of a lawsuit",
    ]
    assert in_order(history, wanted) == [], history
    kept = history + json.dumps(life.story(), ensure_ascii=False)
    assert [one for one in (*RECEIVED["servers"], RECEIVED["received_by"], *REFUSED["witnesses"]) if one in kept] == []
    with pytest.raises(Refused) as error:
        life.sign("county", "pleading")
    assert error.value.code == "draft_only"


def test_the_way_back_is_told_paper_by_paper(life: Life, say: Callable[[Life], str]) -> None:
    """Urged by a letter, back, proved, watched, cleared: the slip names the proof, and is signed after the case is closed."""
    life.persuade()
    life.sign("school", "registration")
    life.sign("school", "persuasion_letter")
    life.serve("school", "persuasion_letter")
    life.wait(3)
    life.come_back()
    for task, times, days in (("watch_weekly", 4, 7), ("watch_monthly", 5, 31)):
        for _ in range(times):
            life.do("school", task, looked_on=life.today, days_missed=0)
            life.wait(days)
    assert life.stage == "cleared"
    life.sign("school", "clearing")
    assert told(life)[-2:] == [("drafted", "clearing"), ("paper_signed", "clearing")]
    assert PHOTO["name"] in text(life, "clearing")
    history = say(life)
    wanted = [
        "Opened: Suspected dropout",
        "Register as dropout: Suspected dropout → Registered dropout",
        "a paper was drafted: Registration of a dropout",
        "Signed: Registration of a dropout",
        "Signed: Letter urging the return 义劝通字〔2026〕第1号",
        "Served on 2026-10-21: Letter urging the return 义劝通字〔2026〕第1号",
        "done with it: Serve the school's letter",
        f"A file was put in: {PHOTO['name']}",
        "2026-10-24 09:00  school",
        "Record the return: Persuasion → Back in class, watched",
        *["Done: Attendance of the week"] * 4,
        *["Done: Attendance of the month"] * 5,
        "Clear: Back in class, watched → Cleared",
        "a paper was drafted: Clearing slip",
        "Signed: Clearing slip",
    ]
    assert in_order(history, wanted) == [], history


# ------------------------------------------------------------------ evidence, leave


def test_without_evidence_nobody_is_cleared(life: Life) -> None:
    """All looks are done and the case stays; the proof that comes later lets it go."""
    life.come_back(proved=False)
    assert "Hand in the proof of the return" in life.desk("school")
    for task, times, days in (("watch_weekly", 4, 7), ("watch_monthly", 5, 31)):
        for _ in range(times):
            life.do("school", task, looked_on=life.today, days_missed=0)
            life.wait(days)
    assert life.stage == "monitored"
    assert "A return is not proved" in life.desk("supervisor")
    [answer] = life.town.engine.why(life.people["school"], life.ref, "clear")
    assert [reason.code for reason in answer.reasons] == ["no_evidence"]
    life.do("school", "evidence", given_on=life.today, evidence=PHOTO)
    assert life.stage == "cleared"


def test_after_a_relapse_the_second_return_is_proved_anew(life: Life) -> None:
    """The first photograph shows the first return."""
    life.come_back()
    assert "Hand in the proof of the return" not in life.desk("school")
    life.wait(5)
    life.do("school", "missing", looked_on=life.today, days_missed=4)
    life.wait(5)
    life.come_back(proved=False)
    assert "Hand in the proof of the return" in life.desk("school")


def test_an_illness_brings_the_form_and_the_leave_excuses(life: Life) -> None:
    """The parents ask, the township approves; the approval with its number and its scan closes the case, and is printed into the form."""
    life.persuade("HEALTH")
    assert "Advise the parents on leave" in life.desk("school")
    assert papers(life)["leave"].state == "draft"
    with pytest.raises(Refused) as error:
        life.do("school", "recheck", checked_on=life.today, finding="ON_LEAVE", proof="a letter")
    assert [problem.code for problem in error.value.problems] == ["no_leave"]
    until = life.today + timedelta(days=90)
    decided = {"decided_by": "高桥镇人民政府", "decided_on": life.today, "number": "高政教〔2026〕7号", "evidence": PHOTO}
    life.do("school", "leave", kind="BREAK", begins_on=life.today, ends_on=until, **decided)
    life.do("school", "recheck", checked_on=life.today, finding="ON_LEAVE")
    form = text(life, "leave")
    assert "☑休学" in form
    assert "批准文号：高政教〔2026〕7号" in form
    life.step("school", "excuse", decided_on=life.today, why="on approved leave")
    assert life.stage == "excused"


# ------------------------------------------------------------------ signing and serving


def test_a_township_may_order_too(life: Life) -> None:
    """义务教育法 art. 58 names it beside the bureau: its own number and article, its own signature, and its own receipt."""
    life.notice()
    life.town.engine.draft(life.people["school"], life.ref, "township_order")
    with pytest.raises(NotPermitted):
        life.sign("bureau", "township_order")
    life.sign("supervisor", "township_order")
    life.serve("village", "township_order", **REFUSED)
    order = papers(life)["township_order"]
    assert (order.number, order.state) == ("高桥镇责改〔2026〕1号", "served")
    page = text(life, "township_order")
    assert page.count("高桥镇人民政府") >= 2
    assert "第五十八条" in page
    assert "第八十三条" not in page
    assert "罚款" not in page


def test_an_order_is_signed_by_another_than_drafted_it(life: Life) -> None:
    """Whoever took the step does not sign."""
    life.order()
    with pytest.raises(Refused) as error:
        life.sign("bureau", "return_order")
    assert error.value.code == "same_eyes"
    with pytest.raises(NotPermitted):
        life.sign("supervisor", "return_order")
    life.sign("deputy", "return_order")
    assert life.to_sign("bureau") == []


@pytest.mark.parametrize(
    ("reach", "who", "signer", "paper", "task"),
    [
        (Life.persuade, "village", "school", "persuasion_letter", "serve_letter"),
        (Life.notice, "supervisor", "supervisor", "return_notice", "serve_notice"),
        (Life.order, "bureau", "deputy", "return_order", "serve_order"),
    ],
    ids=["letter", "notice", "order"],
)
def test_a_paper_waits_on_desks_until_its_receipt_is_in(life: Life, reach: Any, who: str, signer: str, paper: str, task: str) -> None:
    """First on the signer's, then on the server's; nobody can say it is served, and the receipt does the task by itself, at once."""
    reach(life)
    assert paper in life.to_sign(signer)
    life.sign(signer, paper)
    assert paper not in life.to_sign(signer)
    with pytest.raises(Refused) as error:
        life.do(who, task)
    assert [problem.code for problem in error.value.problems] == ["not_served"]
    life.serve(who, paper)
    assert life.states(task) == ["done"]
    assert life.states(task.replace("serve", "follow")) == ["open"]


def test_a_refused_receipt_starts_the_clock_too(life: Life) -> None:
    """With why, and two witnesses who did not deliver it; less is told all at once, and nothing is written."""
    life.notice()
    life.sign("supervisor", "return_notice")
    with pytest.raises(Misused) as error:
        life.serve("supervisor", "return_notice", refused=True, witnesses=("somebody",))
    assert {problem.code for problem in error.value.problems} == {"witnesses_missing", "witness_is_server", "refusal_reason_missing"}
    assert papers(life)["return_notice"].state == "signed"
    life.serve("supervisor", "return_notice", **REFUSED)
    assert life.due("follow_notice") == (life.today + timedelta(days=7)).isoformat()


def test_a_void_notice_takes_its_clock_along(life: Life) -> None:
    """It was served to the wrong address: the new one has the next number and a clock of its own; silence about it is heard."""
    life.notice()
    life.sign("supervisor", "return_notice")
    life.serve("supervisor", "return_notice")
    engine = life.town.engine
    engine.void(life.people["supervisor"], f"{life.ref}.return_notice", "served at the wrong address")
    life.wait(14)
    assert life.desk("bureau") == []
    assert "The township's notice still lies unserved" in life.desk("county")
    engine.draft(life.people["supervisor"], life.ref, "return_notice")
    life.sign("supervisor", "return_notice")
    assert papers(life)["return_notice"].number == "高桥镇限返〔2026〕2号"
    life.serve("supervisor", "return_notice")
    life.wait(7)
    assert life.desk("bureau") == ["The notice runs out: order the return if the child is not back"]


def test_one_record_of_visits_waits_at_a_time(life: Life) -> None:
    """Three visits before the school signs are one record with three lines; the next visit begins another."""
    life.persuade()
    for _ in range(3):
        life.visit()
        life.wait(1)
    assert life.to_sign("school").count("home_visit") == 1
    assert "第3次劝返" in text(life, "home_visit")
    life.sign("school", "home_visit")
    life.visit()
    assert life.to_sign("school").count("home_visit") == 1


# ------------------------------------------------------------------ the local penalty


def test_the_penalty_is_refused_unless_the_policy_has_it(database: Database, tmp_path: Path) -> None:
    """Off: refused with its reason. On: written down, without a paper, and the order goes on running."""
    life = Life(make_town(database, tmp_path, PROGRAM))
    life.order()
    life.sign("deputy", "return_order")
    life.serve("bureau", "return_order")
    life.wait(16)
    why = {"decided_on": life.today, "why": "the local rule of 2024"}
    with pytest.raises(Refused) as error:
        life.step("bureau", "penalty", **why)
    assert [problem.code for problem in error.value.problems] == ["penalty_off"]
    with life.town.db.write() as tx:
        policy_set(tx, PROGRAM, "990101", {"penalty_step": True}, actor=life.town.admin, now=life.town.clock.now())
    before = [one.name for one in papers(life).values()]
    life.step("bureau", "penalty", **why)
    assert (life.stage, [one.name for one in papers(life).values()]) == ("ordered", before)
    life.step("county", "to_court", decided_on=life.today, why="every step was in vain")
    assert life.stage == "in_court"


# ------------------------------------------------------------------ every page

STAGES = {
    "suspected": lambda life: None,
    "registered": Life.register,
    "persuading": Life.persuade,
    "reporting": Life.report,
    "noticed": Life.notice,
    "ordered": Life.order,
    "in_court": Life.sue,
    "monitored": Life.come_back,
}


@pytest.mark.parametrize("stage", STAGES)
def test_every_paper_prints_in_every_stage(life: Life, stage: str) -> None:
    """Drafted by hand wherever a case stands, each page is filled in from the case and names the child."""
    STAGES[stage](life)
    assert life.stage == stage
    names = [document.name for document in DROPOUT.documents()]
    for name in names:
        life.town.engine.draft(life.people["supervisor"], life.ref, name)
    refs = [one.ref for one in papers(life).values()]
    pages = dict(life.town.engine.pages(life.people["supervisor"], refs))
    assert len(pages) == len(names)
    assert all("张三" in page for page in pages.values())


def test_a_proof_is_the_file_and_not_its_name(life: Life) -> None:
    """A digest that is not kept with this case proves nothing: refused, whether it is somebody's invention or lies with another case."""
    engine, school = life.town.engine, life.people["school"]
    elsewhere = engine.open(school, "dropout_return", life.town.child(), {"last_attended": "2026-09-16"}).ref
    engine.attach(school, elsewhere, PICTURE)
    before = life.story()
    for digest in ("0" * 64, PHOTO["digest"]):
        with pytest.raises(Misused) as error:
            engine.advance(school, life.ref, "return", {"returned_on": life.today, "evidence": {"digest": digest, "name": "photo.jpg"}})
        [problem] = error.value.problems
        assert (problem.code, problem.place) == ("file_not_kept", "evidence")
        assert f"care case attach {life.ref}" in problem.advice()
    assert (life.stage, life.story()) == ("suspected", before)
    life.come_back()
    assert life.stage == "monitored"
