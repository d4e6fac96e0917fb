"""Papers from a terminal: drafted, signed, served, answered, void, printed into files of each kind; and a township's own templates."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.cli.helping import TOWNSHIP, Care, Ran
from workflow_core.documents import pdf
from workflow_core.records.values import check_digit

PLUGIN = Path(__file__).parents[1] / "letters" / "letters.py"
REF = "LT-26-00001"
SERVED = ("--on", "2026-10-21", "--place", "裴坝村2组", "--by", "丁一", "--received-by", "赵大", "--relation", "爷爷")


@pytest.fixture
def letters(cases: Care) -> Care:
    """An office in which three letters are drafted, of children who are invented."""

    def call(*words: object, code: int | None = 0, breaks: bool = False) -> Ran:
        return cases("--plugin", PLUGIN, *words, code=code, breaks=breaks)

    call("program", "enable", "letters", "--township", TOWNSHIP)
    for n in (1, 2, 3):
        call("case", "open", "letters", f"C-00000{n}", "--set", "title=the books")
        call("case", "advance", f"LT-26-0000{n}", "send")
    return call


def papers(letters: Care, ref: str = REF) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = letters("document", "list", ref, "--json").json["papers"]
    return found


def test_who_has_nothing_to_do_with_a_case_prints_none_of_its_papers(letters: Care) -> None:
    """A paper shows names and numbers whole; that there is one may be known."""
    letters("account", "add", "doctor")
    letters("account", "grant", "doctor", "clinic", "--township", TOWNSHIP)
    assert letters("--as", "doctor", "document", "print", REF, "--json", code=3).json["error"]["code"] == "paper_not_yours"
    assert letters("--as", "doctor", "document", "list", REF, "--json").json["papers"]


def test_papers_that_are_printed_together_say_who_printed_them(letters: Care, tmp_path: Path) -> None:
    """At the foot of each; one alone is no list."""
    for kind in ("html", "txt"):
        letters("document", "print", REF, "LT-26-00002", "--to", tmp_path / f"two.{kind}")
        letters("document", "print", REF, "--to", tmp_path / f"one.{kind}")
        assert "Printed by" in (tmp_path / f"two.{kind}").read_text("utf-8")
        assert "Printed by" not in (tmp_path / f"one.{kind}").read_text("utf-8")
    assert letters("journal", "show", "--kind", "handed_out", "--json").json["entries"][0]["says"]["rows"] == 2


@pytest.mark.unmasks  # who received a paper is told to whoever works on its case
def test_a_paper_lives_from_draft_to_answer(letters: Care) -> None:
    """Each step says what came of it, and the list shows where the paper stands."""
    assert letters("document", "draft", REF, "slip", "--json").json["paper"]["ref"] == f"{REF}.p2"
    (signed,) = letters("document", "sign", f"{REF}.notice", "--json").json["papers"]
    assert (signed["ref"], signed["number"]) == (f"{REF}.p1", "高桥镇告〔2026〕1号")
    assert letters("document", "serve", f"{REF}.notice", *SERVED, "--json").json["paper"]["served_on"] == "2026-10-21"
    letters("document", "answer", f"{REF}.notice", "--text", "they will come")
    assert [(one["name"], one["state"]) for one in papers(letters)] == [("notice", "answered"), ("slip", "draft")]
    shown = letters("document", "show", f"{REF}.notice").out
    for said in ("高桥镇告〔2026〕1号", "裴坝村2组", "赵大, 爷爷", "丁一", "they will come"):
        assert said in shown
    assert letters("document", "show", f"{REF}.p1", "--json").json["paper"]["intact"] is True
    assert "高桥镇告〔2026〕1号" in letters("document", "list", REF).out


@pytest.mark.unmasks  # who received a paper is told to whoever works on its case
def test_a_paper_tells_the_hour_of_its_service_and_the_place_also_in_chinese(letters: Care) -> None:
    """As the receipt has them; the heading of the place is not that of a scope."""
    letters("document", "sign", f"{REF}.notice")
    letters("document", "serve", f"{REF}.notice", *SERVED, "--at", "09:30")
    assert "2026-10-21 09:30" in letters("document", "show", f"{REF}.notice").out
    said = letters("--lang", "zh_CN", "document", "show", f"{REF}.notice").out
    assert "送达地点" in said
    assert "范围" not in said


def test_of_several_each_is_signed_by_itself(letters: Care) -> None:
    """The refused ones are listed with their reasons, and the exit code says so."""
    ran = letters("document", "sign", f"{REF}.p1", "LT-26-00002.p1", f"{REF}.p9", "--json", code=1)
    assert [one["number"] for one in ran.json["papers"]] == ["高桥镇告〔2026〕1号", "高桥镇告〔2026〕2号"]
    assert [(one["ref"], one["code"]) for one in ran.json["refused"]] == [(f"{REF}.p9", "paper_unknown")]
    assert "paper_signed" in letters("document", "sign", f"{REF}.p1", "--json", code=1).out
    assert "has been signed already" in letters("document", "sign", f"{REF}.p1", f"{REF}.p9", code=1).out


def test_a_receipt_that_cannot_be_true_tells_all_that_is_wrong(letters: Care) -> None:
    """In the future, nowhere, by nobody, to nobody."""
    letters("document", "sign", f"{REF}.p1")
    ran = letters("document", "serve", f"{REF}.p1", "--on", "2026-10-22", "--json", code=2)
    wanted = {"receipt_in_future", "place_missing", "server_missing", "receiver_missing"}
    assert {one["code"] for one in ran.json["error"]["problems"]} == wanted
    plain = letters("document", "serve", f"{REF}.p1", "--on", "2026-10-21", code=2).err
    for option in ("--place", "--by", "--received-by", "--refused", "--why", "--witness"):
        assert option in plain
    assert "not been signed" in letters("document", "serve", "LT-26-00002.p1", *SERVED, code=1).err


def test_what_is_refused_says_which_command_goes_on(letters: Care) -> None:
    """A paper that is not there, one that is void, one that was not signed or served."""
    assert "there: p1 notice" in letters("document", "sign", f"{REF}.p99", code=5).err
    assert f"care document sign {REF}.p1" in letters("document", "serve", f"{REF}.p1", *SERVED, code=1).err
    letters("document", "sign", f"{REF}.p1")
    assert f"care document serve {REF}.p1 --on" in letters("document", "answer", f"{REF}.p1", "--text", "yes", code=1).err
    letters("document", "void", f"{REF}.p1", "--reason", "wrong child")
    assert f"care document draft {REF} notice" in letters("document", "sign", f"{REF}.p1", code=1).err


def test_a_paper_with_a_gap_is_signed_with_confirm(letters: Care, tmp_path: Path) -> None:
    """A child whose family is not on file: said what lacks and how to go on; the reason is told in the story."""
    first = "43280120130409005"
    row = f"周五,{first}{check_digit(first)},高桥镇初级中学,七年级"
    (tmp_path / "one.csv").write_text(f"姓名,身份证号码,就读学校,年级\n{row}\n", encoding="utf-8")
    letters("child", "import", tmp_path / "one.csv", "--township", TOWNSHIP)
    letters("case", "open", "letters", "C-000005", "--set", "title=the books")
    letters("case", "advance", "LT-26-00004", "send")
    ran = letters("document", "sign", "LT-26-00004.p1", code=1)
    assert "guardian.name is not known" in ran.err
    assert "--confirm" in ran.err
    letters("document", "sign", "LT-26-00004.p1", "--confirm", "written in by hand")
    assert "in spite of a warning, because: written in by hand" in letters("case", "history", "LT-26-00004").out


def test_show_says_how_a_signed_paper_would_come_out_today(letters: Care, tmp_path: Path) -> None:
    """The same, until its template is another."""
    letters("document", "sign", f"{REF}.p1")
    assert "it would come out the same" in letters("document", "show", f"{REF}.p1").out
    file = tmp_path / "notice.html.j2"
    file.write_text('{% extends "plugin/notice.html.j2" %}\n{% block to %}敬爱的家长：{% endblock %}', encoding="utf-8")
    letters("document", "template", "accept", file, "--program", "letters")
    assert "its template was changed since" in letters("document", "show", f"{REF}.p1").out
    assert letters("document", "show", f"{REF}.p1", "--json").json["paper"]["made_again"] == "template"


def test_a_refusal_is_entered_with_two_witnesses(letters: Care) -> None:
    """And told as one in the case's story."""
    letters("document", "sign", f"{REF}.p1")
    refusal = ("--on", "2026-10-21", "--place", "家中", "--by", "丁一", "--refused", "--why", "不愿签收", "--witness", "赵甲", "--witness", "钱乙")
    letters("document", "serve", f"{REF}.p1", *refusal)
    assert "it was refused; witnesses signed" in letters("case", "history", REF).out


def test_correcting_a_receipt_moves_what_counts_from_it(letters: Care) -> None:
    """With a reason; the story tells both days."""
    letters("document", "sign", f"{REF}.p1")
    later = [*("2026-10-22" if word == "2026-10-21" else word for word in SERVED)]
    letters("--now", "2026-10-22T09:00", "document", "serve", f"{REF}.p1", *later)
    assert "serve it again with --reason" in letters("--now", "2026-10-22T09:00", "document", "serve", f"{REF}.p1", *later, code=1).err
    assert "2026-10-29" in letters("task", "list", REF).out
    letters("--now", "2026-10-23T09:00", "document", "serve", f"{REF}.p1", *SERVED, "--reason", "misread")
    assert "2026-10-28" in letters("task", "list", REF).out
    assert "2026-10-22 → 2026-10-21" in letters("case", "history", REF).out


def test_case_show_and_history_tell_papers_by_title_and_number(letters: Care) -> None:
    """With the reference by which each is called."""
    letters("document", "sign", f"{REF}.p1")
    letters("document", "void", f"{REF}.p1", "--reason", "wrong child")
    shown = letters("case", "show", REF).out
    assert f"{REF}.p1" in shown
    assert "高桥镇告〔2026〕1号" in shown
    told = letters("case", "history", REF).out
    assert "Signed: Notice 高桥镇告〔2026〕1号" in told
    assert "Void: Notice 高桥镇告〔2026〕1号" in told
    assert "why: wrong child" in told
    assert "--reason" in letters("document", "void", f"{REF}.p1", code=2).err


def test_a_page_is_printed_into_the_offices_folder(letters: Care) -> None:
    """Readable by its owner alone; a draft is marked 草稿, a void one 作废."""
    file = Path(letters("document", "print", f"{REF}.p1", "--json").json["file"])
    assert (file.parent.name, file.name, file.stat().st_mode & 0o777) == ("papers", f"{REF}.p1.html", 0o600)
    assert "草　稿" in file.read_text("utf-8")
    letters("document", "void", f"{REF}.p1", "--reason", "wrong child")
    letters("document", "print", f"{REF}.p1")
    assert "作　废" in file.read_text("utf-8")
    assert letters("document", "print", REF, "--json", code=5).json["error"]["code"] == "no_papers"


def test_papers_of_many_cases_become_one_file(letters: Care, tmp_path: Path) -> None:
    """The newest of one kind of each case, void ones left out; as a page and as text."""
    letters("document", "void", "LT-26-00003.p1", "--reason", "wrong child")
    letters("document", "sign", f"{REF}.p1", "LT-26-00002.p1")
    words = ("document", "print", "notice", "--program", "letters", "--where", "stage=sent", "--township", TOWNSHIP)
    ran = letters(*words, "--to", tmp_path / "all.html", "--copies", "2", "--json")
    assert ran.json["papers"] == [f"{REF}.p1", "LT-26-00002.p1"]
    page = (tmp_path / "all.html").read_text("utf-8")
    assert (page.count("<html"), (tmp_path / "all.html").stat().st_mode & 0o777) == (1, 0o600)
    copies = 2 * 2  # so many of each were asked for, and the paper itself has a 存根
    assert page.count('<p class="copy">') == 2 * copies
    letters(*words, "--to", tmp_path / "all.txt")
    assert "高桥镇告〔2026〕1号" in (tmp_path / "all.txt").read_text("utf-8")
    assert letters("document", "print", "slip", "--program", "letters", "--json", code=5).json["error"]["code"] == "no_such_papers"
    assert "which papers?" in letters("document", "print", code=2).err
    assert "the paper's name" in letters("document", "print", REF, f"{REF}.p1", "--program", "letters", code=2).err


def test_what_is_not_installed_or_not_known_is_refused_with_a_hint(letters: Care, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PDF without its library, Word without a file of one's own, an ending nobody knows; no file is left."""

    def lacking(name: str) -> object:
        raise ImportError(name)

    monkeypatch.setattr(pdf, "import_module", lacking)
    for ending, code, said in (("pdf", 1, "careflow[pdf]"), ("docx", 1, "template accept"), ("odt", 2, ".html")):
        assert said in letters("document", "print", f"{REF}.p1", "--to", tmp_path / f"x.{ending}", code=code).err
        assert not (tmp_path / f"x.{ending}").exists()


def test_papers_are_printed_as_pdf(letters: Care, tmp_path: Path) -> None:
    """One and many, into one file that is readable by its owner alone; where the library is not installed this is not tried (CI has it)."""
    pytest.importorskip("weasyprint")
    letters("document", "sign", f"{REF}.p1")
    file = tmp_path / "all.pdf"
    ran = letters("document", "print", f"{REF}.p1", "LT-26-00002.p1", "--to", file, "--json")
    assert ran.json["papers"] == [f"{REF}.p1", "LT-26-00002.p1"]
    assert (file.read_bytes()[:5], file.stat().st_mode & 0o777) == (b"%PDF-", 0o600)
    one = tmp_path / "one.pdf"
    letters("document", "print", f"{REF}.p1", "--to", one)
    assert file.stat().st_size > one.stat().st_size > 1000


def test_a_paper_is_printed_into_the_offices_own_word_file(letters: Care, tmp_path: Path) -> None:
    """Accepted as a template, filled in with what was signed; one paper a file. Where the library is not installed this is not tried (CI has it)."""
    pytest.importorskip("docxtpl")
    docx = pytest.importorskip("docx")
    made = docx.Document()
    made.add_paragraph("{{ issuer.name }} {{ paper.number }}：{{ child.name }}，{{ record.title }}")
    made.save(tmp_path / "notice.docx")
    letters("document", "template", "accept", tmp_path / "notice.docx", "--program", "letters")
    letters("document", "sign", f"{REF}.p1")
    letters("case", "edit", REF, "--set", "title=the pens", "--reason", "misheard")
    file = tmp_path / "letter.docx"
    assert letters("document", "print", f"{REF}.p1", "--to", file, "--json").json["papers"] == [f"{REF}.p1"]
    assert [one.text for one in docx.Document(str(file)).paragraphs] == ["高桥镇人民政府 高桥镇告〔2026〕1号：赵一，the books"]
    assert file.stat().st_mode & 0o777 == 0o600
    assert "one paper" in letters("document", "print", f"{REF}.p1", "LT-26-00002.p1", "--to", file, code=2).err


def test_every_print_is_in_the_journal(letters: Care) -> None:
    """Who printed which paper."""
    letters("document", "print", f"{REF}.p1")
    assert f"{REF}.p1" in letters("journal", "show", "--json").out


def test_a_template_of_ones_own_is_checked_and_accepted(letters: Care, tmp_path: Path) -> None:
    """Wrong ones are told with file and line; accepted, the list says whose it is, and papers use it."""
    file = tmp_path / "notice.html.j2"
    file.write_text('{% extends "plugin/notice.html.j2" %}\n{% block to %}{{ guardain.name }}{% endblock %}', encoding="utf-8")
    ran = letters("document", "template", "check", file, "--program", "letters", "--json", code=1)
    assert [(one["code"], one["place"]) for one in ran.json["problems"]] == [("field_unknown", "notice.html.j2:2")]
    assert "did you mean guardian?" in letters("document", "template", "check", file, "--program", "letters", code=1).out
    assert "field_unknown" in letters("document", "template", "accept", file, "--program", "letters", "--json", code=2).out
    file.write_text('{% extends "plugin/notice.html.j2" %}\n{% block to %}敬爱的家长：{% endblock %}', encoding="utf-8")
    assert "can be used" in letters("document", "template", "check", file, "--program", "letters").out
    letters("document", "template", "accept", file, "--program", "letters")
    found = {one["template"]: one["own"] for one in letters("document", "template", "list", "letters", "--json").json["templates"]}
    assert (found["notice.html.j2"], found["slip.html.j2"]) == (True, False)
    assert "your own" in letters("document", "template", "list").out
    page = Path(letters("document", "print", f"{REF}.p1", "--json").json["file"]).read_text("utf-8")
    assert "敬爱的家长" in page


def test_the_fields_of_templates_are_listed(letters: Care) -> None:
    """With what each is, what it holds, and whether it is personal."""
    found = {one["field"]: one for one in letters("document", "template", "fields", "letters", "--json").json["fields"]}
    assert (found["child.name"]["personal"], found["record.since"]["holds"]) == (True, "date")
    assert "What it is about" in letters("document", "template", "fields", "letters", "--template", "notice.html.j2").out


def test_the_fields_of_templates_are_told_in_chinese(letters: Care, monkeypatch: pytest.MonkeyPatch) -> None:
    """What each is, and what it holds; every field that every paper has."""
    from workflow_core.documents.fields import Note
    from workflow_core.documents.known import EVERY_PAPER
    from workflow_core.i18n import translate_in

    def labels(known: Mapping[str, Note]) -> list[str]:
        return [label for one in known.values() for label in (one.label, *labels(one.inside))]

    assert not [one for one in labels(EVERY_PAPER) if translate_in("zh_CN", one).isascii()]
    monkeypatch.setenv("CARE_LANG", "zh_CN")
    shown = "".join(letters("document", "template", "fields", "letters").out.split())
    assert "child.born_on出生日期日期是" in shown
    assert "child.grade年级，1至9数字" in shown
