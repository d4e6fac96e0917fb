"""The papers of pairing: every one is sound, cites its article, publishes no child, and prints whatever a file knows or does not know."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import careflow_pairing
from careflow_pairing import ledgers, papers
from careflow_pairing.forms import HonourRecord, NeedRecord, PairRecord, ProxyRecord, Visit
from careflow_pairing.policy import Policy
from tests.documents.strange import prints_for_any_case
from workflow_core import Document
from workflow_core.documents import Known, Library, Note, PaperFields
from workflow_core.documents.known import known_fields, law_names, notes_of
from workflow_core.documents.page import to_text

FOLDER = Path(careflow_pairing.__file__).parent / "templates"
LIBRARY = Library(FOLDER)
LAW = LIBRARY.law()
NAMES = sorted(path.name for path in FOLDER.glob("*.html.j2"))
PAPERS = [one for one in vars(papers).values() if isinstance(one, Document)]
VISITS = Note("visits", "group", inside=notes_of(Visit))
PERSON = known_fields(None)["volunteer"].inside
KNOWN: Known = {
    **known_fields(None, listings=[ledgers.PAIRS, ledgers.ROSTER, ledgers.HONOURS], law=law_names(LAW)),
    "record": Note("record", "group", inside={**notes_of(HonourRecord), **notes_of(NeedRecord), **notes_of(ProxyRecord), **notes_of(PairRecord)}),
    "policy": Note("policy", "group", inside=notes_of(Policy)),
    "last": Note("last", "group", inside={"visit": VISITS}),
    "every": Note("every", "group", inside={"visit": Note("visits", "list", inside=VISITS.inside)}),
    "parties": Note(
        "parties", "group", inside={"proxy": Note("proxy", "group", inside={**PERSON, "record": Note("record", "group", inside=notes_of(ProxyRecord))})}
    ),
}


def paper(name: str, found: dict[str, Any], **about: Any) -> str:
    """One paper, with the law's words in it."""
    head = {"copies": [""], "title": "题", **(found.get("paper") or {}), **about}
    return LIBRARY.html(name, PaperFields(KNOWN, {**found, "paper": head, "law": LAW}))


def test_every_paper_has_its_template_and_every_template_its_paper() -> None:
    """No more, no fewer."""
    assert sorted(one.template for one in PAPERS) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_paper_is_sound(name: str) -> None:
    """It names only fields that there are, and uses only what a template may."""
    assert LIBRARY.check(name, KNOWN) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_paper_prints_for_any_case(name: str) -> None:
    """Two hundred files, whole, half empty and strange: each prints, and nothing in it runs."""
    prints_for_any_case(LIBRARY, name, KNOWN, paper, ["NONE", "DOUBT", "DANGER"])


@pytest.mark.parametrize("name", NAMES)
def test_a_paper_cites_its_article(name: str) -> None:
    """By the title of the law and the article, as the program ships them."""
    text = to_text(paper(name, {}))
    assert any(article["title"] in text for article in LAW.values())


@pytest.mark.parametrize("name", NAMES)
def test_a_blank_paper_can_be_filled_in_by_hand(name: str) -> None:
    """Of a case of which nothing is known, blanks or empty cells are left."""
    made = paper(name, {})
    assert "＿＿" in to_text(made) or "<td></td>" in made


@pytest.mark.parametrize("name", ["pairing_table.html.j2", "assistance_roster.html.j2"])
def test_a_list_of_children_says_that_it_is_not_for_the_public(name: str) -> None:
    """In so many words, and with the article."""
    text = to_text(paper(name, {}))
    assert "不得上网、张贴、转发" in text
    assert LAW["personal_28"]["title"] in text


def test_no_paper_is_public() -> None:
    """What names a child is never posted."""
    assert not any(one.public for one in PAPERS)


@pytest.mark.parametrize("name", ["commendation_list.html.j2", "vetting_letter.html.j2"])
def test_a_paper_about_proxy_parents_names_no_child(name: str) -> None:
    """No field of a child is in it."""
    assert not [path for path in LIBRARY.fields(name) if path.split(".")[0] in ("child", "guardian", "guardians", "father", "mother", "school")]


def test_the_card_has_neither_number_nor_address_of_the_child() -> None:
    """Three people carry it about."""
    assert not {"child.national_id", "child.address", "child.home", "child.born_on"} & set(LIBRARY.fields("card.html.j2"))


def test_the_vetting_letter_asks_for_the_result_only() -> None:
    """Never for the record, and its answer has no room for one."""
    text = to_text(paper("vetting_letter.html.j2", {}, number="高桥镇准查〔2026〕3号"))
    assert "记录的内容不必提供，本机关不收集、不保存" in text
    assert text.count("高桥镇准查〔2026〕3号") == 2


def test_a_second_query_names_the_first() -> None:
    """Each year again; the first time nothing is said of an earlier one."""
    again = to_text(paper("vetting_letter.html.j2", {"record": {"vetted_on": "2026-03-01", "query_number": "查12"}}))
    assert "上次查询：2026年3月1日，编号查12" in again
    assert "在其与儿童结对之前查询" in to_text(paper("vetting_letter.html.j2", {}))


@pytest.mark.parametrize(("age", "said"), [(7, True), (13, True), (14, False), (None, True)])
def test_the_consent_form_says_what_kind_of_data_it_is(age: int | None, said: bool) -> None:
    """Of a child below fourteen it is sensitive by its age."""
    assert ("不满十四周岁未成年人的个人信息，" in to_text(paper("consent_form.html.j2", {"child": {"age": age}}))) is said


def test_the_child_has_a_voice_of_its_own() -> None:
    """From eight years on it answers itself; a no is a no."""
    text = to_text(paper("consent_form.html.j2", {}))
    assert "八周岁以上必须本人填写" in text
    assert "孩子不愿意的，不安排结对" in text


@pytest.mark.parametrize(("code", "mark"), [("NONE", "☑ 未发现"), ("DOUBT", "☑ 有疑问"), ("DANGER", "☑ 有危险")])
def test_a_visit_shows_what_was_seen(code: str, mark: str) -> None:
    """One of three boxes is ticked; none where no visit is on file."""
    text = to_text(paper("visit_record.html.j2", {"last": {"visit": {"danger": {"code": code, "text": "x"}}}}))
    assert [mark in text, text.count("☑")] == [True, 1]
    assert "☑" not in to_text(paper("visit_record.html.j2", {}))


def test_the_articles_are_quoted_as_the_law_has_them() -> None:
    """Titles in one form; sentences that end."""
    titles = r"《中华人民共和国(未成年人保护法|个人信息保护法)》第[一二三四五六七八九十百零]+条(第[一二三]款)?"
    assert all(re.fullmatch(titles, one["title"]) and one["text"].endswith("。") for one in LAW.values())
    used = {path.split(".")[1] for name in NAMES for path in LIBRARY.fields(name) if path.startswith("law.")}
    assert used == set(LAW)


def test_every_paper_is_told() -> None:
    """In the guide to papers, and none that is not there."""
    guide = (Path(__file__).resolve().parents[3] / "docs" / "papers.md").read_text("utf-8")
    section = guide.split("## The papers of pairing\n", 1)[1].split("\n## ", 1)[0]
    assert {f"{name}.html.j2" for name in re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)} == set(NAMES)
