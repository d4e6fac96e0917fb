"""The papers of a living pair, as the office prints them: whom they name, and whom they do not."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

import careflow_pairing
from tests.plugins.pairing.conftest import Term
from tests.plugins.pairing.people import child, volunteer
from workflow_core.documents.page import to_text
from workflow_core.i18n import add_catalogue

LI = volunteer(1, village="兰草村", capacity=2)
KID = child(1, village="兰草村", born_on=date(2015, 5, 1), guardian_kin="祖父母")


@pytest.fixture(autouse=True)
def words() -> None:
    """The program's 中文, as an installed program has it."""
    add_catalogue("careflow_pairing", Path(careflow_pairing.__file__).parent / "locale")


@pytest.fixture
def pair(term: Term) -> str:
    """A pair that is active, of the same village."""
    term.volunteers(LI)
    term.queue(*term.children(KID))
    term.match()
    (ref,) = term.pairs()
    term.begin(ref)
    return ref


def text(term: Term, case: str, paper: str, who: Any = None) -> str:
    """What a paper says, without white space; it is drafted by hand where nothing drafted it."""
    actor = who or term.clerk
    if paper not in {one.name for one in term.engine.papers(actor, case)}:
        term.engine.draft(actor, case, paper)
    ((_, page),) = term.engine.pages(actor, [f"{case}.{paper}"])
    return "".join(to_text(page).split())


def missing(said: str, *wanted: str) -> list[str]:
    """What is not said."""
    return [one for one in wanted if one not in said]


def test_the_card_names_both_and_says_why(term: Term, pair: str) -> None:
    """Child, guardian and proxy parent by name; near, not how near the house is; no number."""
    said = text(term, pair, "card")
    assert missing(said, KID.name, KID.guardian, LI.name, LI.phone, "同村", "团员", "2026年9月1日查询") == []
    assert KID.number not in said
    assert LI.number not in said


def test_the_visit_record_keeps_every_visit(term: Term, pair: str) -> None:
    """The latest in full, those before in a table."""
    term.do(term.clerk, pair, "visit", visited_on=term.today, seen="会唱歌了", agreed="每天读书", where="HOME")
    term.do(term.clerk, pair, "visit", visited_on=term.today, seen="想妈妈", agreed="周日视频", where="SCHOOL", danger="DOUBT")
    said = text(term, pair, "visit_record")
    assert missing(said, "第2次走访", "想妈妈", "每天读书", "周日视频", "☑有疑问", LI.name) == []
    assert "会唱歌了" not in said


def test_the_vetting_letter_names_whom_it_asks_about(term: Term) -> None:
    """By name and number; nothing of a child."""
    term.volunteers(volunteer(2, result="未查询", vetted_on=None))
    case = term.case("proxy")
    term.engine.advance(term.clerk, case, "register")
    said = text(term, case, "vetting_letter")
    other = volunteer(2)
    assert missing(said, other.name, other.number, "公安局", "在其与儿童结对之前查询") == []
    assert "上次查询" not in said


def test_the_consent_form_is_filled_in_as_far_as_the_file_knows(term: Term) -> None:
    """Of a child that is eleven: below fourteen, and old enough to be asked."""
    (need,) = term.queue(*term.children(KID))
    said = text(term, need, "consent_form")
    assert missing(said, KID.name, "11周岁", KID.guardian, "不满十四周岁未成年人的个人信息", "每周谈心1次") == []
    assert KID.number not in said


def test_the_township_s_lists_name_who_is_with_whom(term: Term, pair: str) -> None:
    """The table of pairs and the roster for work; the commendation without children."""
    term.town.wait(days=140)
    case = term.case("commendation")
    for paper in ("pairing_table", "assistance_roster"):
        said = text(term, case, paper, term.county)
        assert missing(said, KID.name, LI.name, "兰草村", "同村", "不得上网、张贴、转发") == []
    honours = text(term, case, "commendation_list", term.county)
    assert missing(honours, LI.name, "团员", "务农") == []
    assert KID.name not in honours
    assert "年度优秀代理家长" in honours
