"""The papers of dropout return: every one is sound, cites its article, says no more than the law, and prints whatever a file knows or does not know."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from careflow_dropout_return import program
from careflow_dropout_return.program import PROGRAM
from tests.documents.strange import prints_for_any_case
from workflow_core.documents import Known, Library, Note, PaperFields
from workflow_core.documents.fields import find
from workflow_core.documents.known import known_fields, law_names
from workflow_core.documents.page import to_text
from workflow_core.documents.pdf import to_pdf
from workflow_core.documents.word import check_word, word_file
from workflow_core.engine.paper_templates import sample

FOLDER = Path(program.__file__).parent / "templates"
LIBRARY = Library(FOLDER)
LAW = LIBRARY.law()


def of_program() -> Known:
    """The fields of all workflows of the program together: a template belongs to one, and its values come from there."""
    found: dict[str, Note] = {}
    for workflow in reversed(PROGRAM.workflows):
        known = known_fields(workflow, listings=PROGRAM.listings, law=law_names(LAW))
        for name, note in known.items():
            inside = found[name].inside if name in found else {}
            found[name] = Note(note.label, note.holds, note.personal, {**inside, **note.inside})
    return found


KNOWN = of_program()
NAMES = sorted(path.name for path in FOLDER.glob("*.html.j2"))
DRAFTS = ("pleading.html.j2", "police_report.html.j2", "support_request.html.j2")
SERVED = ("persuasion_letter.html.j2", "return_notice.html.j2", "return_order.html.j2")


def paper(name: str, given_values: dict[str, Any], **about: Any) -> str:
    """One paper, with the law's words in it."""
    head = {"copies": [""], "title": "题", **(given_values.get("paper") or {}), **about}
    return LIBRARY.html(name, PaperFields(KNOWN, {**given_values, "paper": head, "law": LAW}))


@pytest.mark.parametrize("name", NAMES)
def test_a_paper_is_sound(name: str) -> None:
    """It names only fields that there are, and uses only what a template may."""
    assert LIBRARY.check(name, KNOWN) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_paper_prints_for_any_case(name: str) -> None:
    """Two hundred files, whole, half empty and strange: each prints, and nothing in it runs."""
    prints_for_any_case(LIBRARY, name, KNOWN, paper, ["suspected", "GONE"])


@pytest.mark.parametrize("name", NAMES)
def test_a_paper_cites_its_article(name: str) -> None:
    """By the title of the law and the article, as the program ships them."""
    text = to_text(paper(name, {}))
    assert any(article["title"] in text for article in LAW.values())


@pytest.mark.parametrize("name", NAMES)
def test_no_paper_threatens_with_what_the_law_does_not_have(name: str) -> None:
    """Article 58 of 义务教育法 has no fine; a coercion is none of these offices'."""
    text = to_text(paper(name, {}))
    assert not re.search(r"罚款|处罚|拘留|强制执行|取消低保|停发", text)


@pytest.mark.parametrize("name", NAMES)
def test_a_blank_paper_can_be_filled_in_by_hand(name: str) -> None:
    """Of a case of which nothing is known, blanks or empty cells are left, and no words run into one another for lack of a value."""
    made = paper(name, {})
    assert "＿＿" in to_text(made) or "<td></td>" in made


@pytest.mark.parametrize("name", DRAFTS)
def test_a_draft_says_that_a_person_decides(name: str) -> None:
    """On its face."""
    assert "草稿：" in to_text(paper(name, {}, draft=True))


@pytest.mark.parametrize("name", SERVED)
def test_a_served_paper_brings_its_receipt(name: str) -> None:
    """On a sheet of its own, with room for a refusal and two witnesses."""
    text = to_text(paper(name, {}, number="高桥镇限返〔2026〕3号"))
    assert "送 达 回 证" in text
    assert "见证人签名" in text
    assert text.count("高桥镇限返〔2026〕3号") == 2


@pytest.mark.parametrize("name", SERVED)
def test_as_many_copies_as_are_asked_for(name: str) -> None:
    """Each with its name on it, and its own receipt; sheets are not numbered across copies."""
    made = paper(name, {}, copies=["送达联", "存根联"])
    assert made.count("送　达　回　证") == 2
    assert made.index("送达联") < made.index("存根联")
    assert "@bottom-center { content: none; }" in made


def test_a_street_office_urges_and_does_not_order() -> None:
    """义务教育法 gives the order to a 乡镇人民政府 and to the county's bureau; a 街道办事处 is neither."""
    street = to_text(paper("return_notice.html.j2", {"township": {"name": "东街道", "is_street": True}}))
    town = to_text(paper("return_notice.html.j2", {"township": {"name": "高桥镇", "is_street": False}}))
    assert "责令" not in street.replace("应当责令", "")
    assert "责令你（们）" in town


def test_the_order_stands_on_the_articles_of_whoever_gives_it() -> None:
    """The bureau on both laws; a township on article 58 alone."""
    bureau = to_text(paper("return_order.html.j2", {"issuer": {"name": "示例县教育局", "level": "county"}}))
    township = to_text(paper("return_order.html.j2", {"issuer": {"name": "高桥镇人民政府", "level": "township"}}))
    assert LAW["minors_83"]["title"] in bureau
    assert LAW["minors_83"]["title"] not in township


def test_a_street_office_does_not_order_either_under_another_title() -> None:
    """The order's template, in the hands of a 街道办事处, urges and names the bureau."""
    office = {"issuer": {"name": "东街道办事处", "level": "township"}, "township": {"name": "东街道", "is_street": True}}
    street = to_text(paper("return_order.html.j2", office))
    assert "责令限期改正通知书" not in street.splitlines()[:6]
    assert "现责令你（们）" not in street
    assert "街道办事处依法不作出责令" in street


def test_the_remedy_is_what_the_office_has_set_or_a_blank() -> None:
    """No period and no authority is invented."""
    blank = to_text(paper("return_order.html.j2", {}))
    given_by_office = to_text(paper("return_order.html.j2", {"issuer": {"remedy": "（本机关法制审核的救济告知）"}}))
    assert "受理机关：＿" in blank
    assert "（本机关法制审核的救济告知）" in given_by_office
    assert "六十日" not in blank


def test_a_suspected_dropout_is_not_called_a_dropout() -> None:
    """The registration's title follows the stage."""
    titles = [to_text(paper("registration.html.j2", {"case": {"stage": {"code": code, "text": "x"}}})).splitlines()[0] for code in ("suspected", "registered")]
    assert titles == ["疑似辍学学生登记表", "辍学学生登记表"]


def test_a_month_without_dropouts_is_reported_as_such() -> None:
    """报零: an empty list says so."""
    text = to_text(paper("monthly_report.html.j2", {"today": "2026-11-28"}))
    assert text.startswith("2026年11月义务教育阶段学生辍学情况月报表")
    assert "本月无辍学学生" in text


def test_the_articles_are_quoted_as_the_law_has_them() -> None:
    """The sentences that the papers lean on, word for word."""
    assert LAW["education_58"]["text"].endswith("由当地乡镇人民政府或者县级人民政府教育行政部门给予批评教育，责令限期改正。")
    assert LAW["minors_28"]["text"].endswith("劝返无效的，应当及时向教育行政部门书面报告。")
    assert all(
        re.fullmatch(r"《中华人民共和国(义务教育法|未成年人保护法)》第[一二三四五六七八九十百零]+条(第[一二三]款)?", one["title"]) for one in LAW.values()
    )


def test_all_of_them_become_one_pdf() -> None:
    """Each is laid out by the printer's library, its own sheets; where that is not installed this is not tried (CI has it)."""
    pytest.importorskip("weasyprint")
    made = to_pdf(*(paper(name, sample(KNOWN)) for name in NAMES))
    assert made.startswith(b"%PDF-")
    assert len(made) > 20_000


def test_what_they_name_can_stand_in_a_word_file() -> None:
    """An office's own letterhead: every field that is one value, by its name; where the library is not installed this is not tried (CI has it)."""
    pytest.importorskip("docxtpl")
    docx = pytest.importorskip("docx")
    named = {path for name in NAMES for path in LIBRARY.fields(name)}
    fields = sorted(path for path in named if (note := find(KNOWN, path)) is not None and note.holds in ("text", "date", "number", "choice"))
    fields = [path for path in fields if path.split(".")[0] not in ("every", "guardians", "lists", "facts")]
    letter = docx.Document()
    for path in fields:
        letter.add_paragraph(f"{path}: {{{{ {path} }}}}")
    out = BytesIO()
    letter.save(out)
    assert check_word(out.getvalue(), KNOWN) == []
    filled = docx.Document(BytesIO(word_file(out.getvalue(), PaperFields(KNOWN, sample(KNOWN)))))
    assert len(filled.paragraphs) == len(fields) > 40
    assert [one.text for one in filled.paragraphs if "{" in one.text] == []
