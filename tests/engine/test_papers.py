"""Papers through the engine: numbered without a gap, whatever fails or is killed, and the clock that starts when they are served."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.engine.conftest import Town, actor
from tests.letters.desk import Desk, code_of, engine_of, make_desk
from workflow_core.clock import stamp
from workflow_core.documents.page import to_text
from workflow_core.documents.papers import Receipt
from workflow_core.errors import Misused, NotFound, NotPermitted, Refused
from workflow_core.store.database import Database
from workflow_core.store.tables import blob, document

ROOT = Path(__file__).parents[2]


@pytest.fixture
def desk(town_of: Callable[..., Town], tmp_path: Path) -> Desk:
    return make_desk(town_of, tmp_path)


# -- The life ------------------------------------------------------------------------------------------------------------------------------------------


def test_a_paper_lives_from_draft_to_answer(desk: Desk) -> None:
    """Each step is an event of the case, and the paper says who, when and how."""
    ref = desk.served()
    desk.engine.answer(desk.town.supervisor, f"{ref}.notice", "they will come on Monday")
    found = desk.engine.paper(desk.town.teacher, f"{ref}.p1")
    assert (found.state, found.number, found.signed_by, found.served_on) == ("answered", "高桥镇告〔2026〕1号", "supervisor", "2026-09-01")
    assert (found.answer, found.intact, (found.receipt or {})["received_by"]) == ("they will come on Monday", True, "张大")
    assert desk.town.kinds(ref) == ["opened", "advanced", "paper_signed", "paper_served", "paper_answered"]


def test_an_answer_does_not_come_before_the_paper(desk: Desk) -> None:
    """It is refused; the receipt of an answered paper can still be corrected, with a reason, and moves what hangs on it."""
    ref = desk.served()
    town, day = desk.town, desk.town.today
    assert code_of(lambda: desk.engine.answer(town.supervisor, f"{ref}.notice", "yes", day - timedelta(days=1))) == "answer_before_service"
    town.wait(days=2)
    desk.engine.answer(town.supervisor, f"{ref}.notice", "yes")
    later = Receipt(day + timedelta(days=1), "村部", received_by="张大", servers=("丁一",))
    assert code_of(lambda: desk.engine.serve(town.supervisor, f"{ref}.notice", later)) == "paper_answered"
    desk.engine.serve(town.supervisor, f"{ref}.notice", later, reason="misread")
    found = desk.engine.paper(town.supervisor, f"{ref}.notice")
    assert (found.state, found.answer, found.served_on) == ("answered", "yes", later.served_on.isoformat())
    assert town.due(ref, "follow") == (later.served_on + timedelta(days=7)).isoformat()


def test_a_paper_is_drafted_by_hand(desk: Desk) -> None:
    """By a name that the program has; an unknown one tells the nearest."""
    ref = desk.sent()
    desk.engine.draft(desk.town.teacher, ref, "slip")
    assert [one.name for one in desk.engine.papers(desk.town.teacher, ref)] == ["notice", "slip"]
    with pytest.raises(NotFound) as refused:
        desk.engine.draft(desk.town.teacher, ref, "slap")
    assert (refused.value.code, refused.value.advice()) == ("document_unknown", "did you mean slip?")


@pytest.mark.parametrize("paper", ["p9", "slip"])
def test_a_paper_that_is_not_there_is_not_found(desk: Desk, paper: str) -> None:
    """By number or by name; the hint says which there are."""
    ref = desk.sent()
    with pytest.raises(NotFound) as refused:
        desk.engine.paper(desk.town.teacher, f"{ref}.{paper}")
    assert (refused.value.code, refused.value.advice()) == ("paper_unknown", "there: p1 notice")
    assert code_of(lambda: desk.engine.paper(desk.town.teacher, ref)) == "paper_ref"


def test_what_a_papers_state_does_not_allow_is_refused_and_writes_nothing(desk: Desk) -> None:
    """Served before signed, signed twice, answered before served, drafts that nobody signs, papers that are not served, void ones."""
    town, ref = desk.town, desk.sent()
    for name in ("claim", "slip"):
        desk.engine.draft(town.teacher, ref, name)
    assert code_of(lambda: desk.serve(ref)) == "paper_not_signed"
    assert code_of(lambda: desk.engine.answer(town.supervisor, f"{ref}.p1", "yes")) == "paper_not_signed"
    assert code_of(lambda: desk.engine.sign(town.supervisor, f"{ref}.claim")) == "draft_only"
    desk.engine.sign(town.supervisor, f"{ref}.slip")
    receipt = Receipt(town.today, "村部", received_by="张大", servers=("丁一",))
    assert code_of(lambda: desk.engine.serve(town.supervisor, f"{ref}.slip", receipt)) == "not_served_ever"
    desk.engine.sign(town.supervisor, f"{ref}.p1")
    assert code_of(lambda: desk.engine.sign(town.supervisor, f"{ref}.p1")) == "paper_signed"
    assert code_of(lambda: desk.engine.answer(town.supervisor, f"{ref}.p1", "yes")) == "paper_not_served"
    desk.serve(ref)
    assert code_of(lambda: desk.serve(ref)) == "paper_served"
    assert code_of(lambda: desk.engine.answer(town.supervisor, f"{ref}.p1", " ")) == "answer_empty"
    assert code_of(lambda: desk.engine.answer(town.supervisor, f"{ref}.p1", "yes", town.today + timedelta(days=1))) == "answer_in_future"
    assert code_of(lambda: desk.engine.void(town.supervisor, f"{ref}.p1", " ")) == "reason_missing"
    before = town.kinds(ref)
    desk.engine.void(town.supervisor, f"{ref}.p1", "wrong child")
    assert code_of(lambda: desk.engine.void(town.supervisor, f"{ref}.p1", "again")) == "paper_void"
    assert code_of(lambda: desk.engine.sign(town.supervisor, f"{ref}.p1")) == "paper_void"
    assert town.kinds(ref) == [*before, "paper_voided"]


def test_everything_that_is_wrong_with_a_receipt_is_told_at_once(desk: Desk) -> None:
    """A future day, no place, nobody who delivered it; a refusal with one witness, who delivered it, and no reason."""
    ref, tomorrow = desk.signed(), desk.town.today + timedelta(days=1)
    with pytest.raises(Misused) as refused:
        desk.serve(ref, served_on=tomorrow, place="", received_by="", servers=())
    assert {one.code for one in refused.value.problems} == {"receipt_in_future", "place_missing", "receiver_missing", "server_missing"}
    with pytest.raises(Misused) as refused:
        desk.serve(ref, served_on=desk.town.today - timedelta(days=1), refused=True, witnesses=("丁一",))
    wanted = {"receipt_before_signing", "refused_and_received", "witnesses_missing", "witness_is_server", "refusal_reason_missing"}
    assert {one.code for one in refused.value.problems} == wanted
    assert desk.state(ref) == "signed"


def test_a_refusal_with_two_witnesses_counts_as_service(desk: Desk) -> None:
    """The days run all the same."""
    ref = desk.served(received_by="", refused=True, why_refused="he would not take it", witnesses=("赵甲", "钱乙"))
    assert (desk.state(ref), desk.town.due(ref, "follow")) == ("served", "2026-09-08")


def test_only_who_may_signs_and_nobody_elsewhere_sees_it(desk: Desk) -> None:
    """The school does not sign the township's notice; another township does not know the case."""
    ref = desk.sent()
    with pytest.raises(NotPermitted):
        desk.engine.sign(desk.town.teacher, f"{ref}.p1")
    stranger = actor("stranger", "child_supervisor", scope="990101101")
    for look in (lambda: desk.engine.pages(stranger, [ref]), lambda: desk.engine.papers(stranger, ref), lambda: desk.engine.sign(stranger, f"{ref}.p1")):
        assert code_of(look) == "case_unknown"


@pytest.mark.parametrize("training", [False, True])
def test_four_eyes_sign_but_for_training(town_of: Callable[..., Town], tmp_path: Path, training: bool) -> None:
    """Whoever drafted the paper does not sign it; in a training office one person may play both."""
    desk = make_desk(town_of, tmp_path, training=training)
    ref = desk.sent()
    desk.engine.draft(desk.town.supervisor, ref, "slip")
    if training:
        desk.engine.sign(desk.town.supervisor, f"{ref}.slip")
    else:
        assert code_of(lambda: desk.engine.sign(desk.town.supervisor, f"{ref}.slip")) == "same_eyes"
        desk.engine.sign(actor("other", "child_supervisor"), f"{ref}.slip")
    assert desk.state(ref, "slip") == "signed"


def test_a_paper_with_a_gap_is_signed_only_by_who_confirms_it(desk: Desk) -> None:
    """A family whose name is not on file: the paper waits, and no number is taken; with a reason it is signed, and the reason stays with the case."""
    town = desk.town
    ref = desk.engine.open(town.teacher, "letters", town.child(), {"title": "the books"}).ref
    desk.engine.advance(town.supervisor, ref, "send")
    with pytest.raises(Refused) as refused:
        desk.engine.sign(town.supervisor, f"{ref}.p1")
    assert (refused.value.code, [(one.code, one.values["field"]) for one in refused.value.problems]) == ("confirm_needed", [("field_empty", "guardian.name")])
    assert (desk.state(ref), desk.number(ref)) == ("draft", "")
    assert desk.number(desk.signed()) == "高桥镇告〔2026〕1号"
    desk.engine.sign(town.supervisor, f"{ref}.p1", confirm="the name is written in by hand")
    assert desk.number(ref) == "高桥镇告〔2026〕2号"
    assert (town.events(ref)[-1]["says"]["confirmed"], town.events(ref)[-1]["says"]["warnings"]) == ("the name is written in by hand", ["field_empty"])


# -- Numbers -------------------------------------------------------------------------------------------------------------------------------------------


def test_two_desks_that_sign_at_once_get_two_numbers(desk: Desk, database_address: str) -> None:
    """Eight papers at four desks, each with a connection of its own: eight numbers, no gap."""
    refs = [desk.sent() for _ in range(8)]

    def sign(ref: str) -> None:
        db = Database(database_address)
        engine_of(desk.town, desk.folder, db).sign(desk.town.supervisor, f"{ref}.p1")
        db.dispose()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(sign, refs))
    numbers = {int(re.findall(r"〕(\d+)号", desk.number(ref))[0]) for ref in refs}
    assert numbers == set(range(1, 9))


KILLED = """
import os, signal, sys
from pathlib import Path
from tests.engine.conftest import actor
from tests.letters.letters import PROGRAM
from workflow_core.clock import FixedClock, unstamp
from workflow_core.engine import Engine
from workflow_core.engine import papering
from workflow_core.registry import Registry
from workflow_core.store.database import Database

address, folder, instant, ref, when = sys.argv[1:]
engine = Engine(Database(address), Registry.of(PROGRAM), FixedClock(unstamp(instant)), training=False, papers=Path(folder))
if when == "before":
    papering.reconcile = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # the number is taken, and nothing is committed
engine.sign(actor("supervisor", "child_supervisor"), ref + ".p1")
os.kill(os.getpid(), signal.SIGKILL)  # signed, and nobody has seen the page
"""


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_process_killed_between_signing_and_printing_burns_no_number(desk: Desk, database_address: str, tmp_path: Path, when: str) -> None:
    """Killed before the end of the transaction, the number is not taken; after it, the paper has it, and prints as it was signed."""
    first, second = desk.sent(), desk.sent()
    words = [sys.executable, "-c", KILLED, database_address, str(tmp_path), stamp(desk.town.clock.instant), first, when]
    assert subprocess.run(words, cwd=ROOT, env=dict(os.environ), check=False, timeout=60).returncode == -signal.SIGKILL
    desk.engine.sign(desk.town.supervisor, f"{second}.p1")
    if when == "before":
        assert (desk.state(first), desk.number(second)) == ("draft", "高桥镇告〔2026〕1号")
    else:
        assert (desk.number(first), desk.number(second)) == ("高桥镇告〔2026〕1号", "高桥镇告〔2026〕2号")
        assert "高桥镇告〔2026〕1号" in to_text(desk.page(first))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{{ child.nmae }}", "field_unknown"),
        ("{% if %}", "template_syntax"),
        ("{{ child.__class__ }}", "template_forbidden"),
        ("<script>1</script>", "template_forbidden"),
        ("{% for a in range(500) %}{% for b in range(500) %}{{ a }}{% endfor %}{% endfor %}", "template_endless"),
        ("{% for a in range(300) %}" + "字" * 20_000 + "{% endfor %}", "output_too_large"),
    ],
)
def test_a_template_that_fails_burns_no_number(desk: Desk, text: str, code: str) -> None:
    """A misspelt field, a mistake, an attribute, a script, a loop without end, more than 10 MiB: nothing is half written, and the next gets number one."""
    ref = desk.sent()
    desk.own("notice.html.j2", f"<html><body>{text}</body></html>")
    before = desk.town.kinds(ref)
    assert code_of(lambda: desk.engine.sign(desk.town.supervisor, f"{ref}.p1")) == code
    assert (desk.state(ref), desk.town.kinds(ref)) == ("draft", before)
    desk.own("notice.html.j2", "<html><body>{{ paper.number }}</body></html>")
    desk.engine.sign(desk.town.supervisor, f"{ref}.p1")
    assert to_text(desk.page(ref)).strip() == "高桥镇告〔2026〕1号"


def test_an_issuer_without_a_name_spends_no_number(desk: Desk) -> None:
    """A school's paper of a case that knows no school."""
    ref = desk.sent()
    desk.engine.draft(desk.town.teacher, ref, "report")
    assert code_of(lambda: desk.engine.sign(desk.town.teacher, f"{ref}.report")) == "issuer_unnamed"
    assert (desk.state(ref, "report"), desk.number(ref, "report")) == ("draft", "")


def test_a_void_papers_number_stays_taken(desk: Desk) -> None:
    """The page stays too, marked; a new paper has the next number."""
    ref = desk.signed()
    desk.engine.void(desk.town.supervisor, f"{ref}.p1", "wrong name")
    desk.engine.draft(desk.town.supervisor, ref, "notice")
    desk.engine.sign(desk.town.supervisor, f"{ref}.p2")
    assert [one.number for one in desk.engine.papers(desk.town.teacher, ref)] == ["高桥镇告〔2026〕1号", "高桥镇告〔2026〕2号"]
    assert "作　废" in desk.page(ref, "p1")
    assert [found for found, _ in desk.engine.pages(desk.town.supervisor, [ref])] == [f"{ref}.p2"]


def test_numbers_begin_anew_each_year(desk: Desk) -> None:
    """The year of the signature counts."""
    desk.signed()
    desk.town.clock.instant += timedelta(days=150)
    assert desk.number(desk.signed()) == "高桥镇告〔2027〕1号"


# -- The clock -----------------------------------------------------------------------------------------------------------------------------------------


def test_serving_starts_the_days_and_correcting_the_receipt_moves_them(desk: Desk) -> None:
    """Neither the draft nor the signature does; the task's day and the timer move with the receipt."""
    town, ref = desk.town, desk.signed()
    town.wait(days=3)
    assert town.due(ref, "follow") is None
    desk.serve(ref)
    assert town.due(ref, "follow") == "2026-09-11"
    town.wait(days=1)
    desk.serve(ref, served_on=date(2026, 9, 2), reason="misread")
    assert town.due(ref, "follow") == "2026-09-09"
    said = town.events(ref)[-1]["says"]
    assert (said["before_on"], said["served_on"], said["reason"]) == ("2026-09-04", "2026-09-02", "misread")
    town.wait(days=3)
    assert "timer_fired" not in town.kinds(ref)
    town.wait(days=2)
    assert "timer_fired" in town.kinds(ref)


def test_a_scan_is_kept_with_the_receipt(desk: Desk, tmp_path: Path) -> None:
    """By its digest; a file that is not there is refused, and nothing is served."""
    ref, scan = desk.signed(), tmp_path / "scan.jpg"
    receipt = Receipt(desk.town.today, "村部", received_by="张大", servers=("丁一",))
    assert code_of(lambda: desk.engine.serve(desk.town.supervisor, f"{ref}.p1", receipt, scan=scan)) == "file_unreadable"
    assert desk.state(ref) == "signed"
    scan.write_bytes(b"a picture")
    desk.engine.serve(desk.town.supervisor, f"{ref}.p1", receipt, scan=scan)
    with desk.town.db.read() as tx:
        (row,) = tx.rows(select(document.c.scan))
        assert tx.value(select(blob.c.content).where(blob.c.digest == row["scan"])) == b"a picture"
