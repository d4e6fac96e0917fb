"""Papers in Word and as PDF: with the extras installed, once each; without them, an error that says what to do."""

from __future__ import annotations

import importlib
import zipfile
from io import BytesIO
from types import ModuleType
from typing import Any

import pytest

from tests.documents.conftest import KNOWN, VALUES
from workflow_core.documents import PaperFields, pdf, word
from workflow_core.documents.pdf import to_pdf
from workflow_core.documents.word import check_word, word_digest, word_fields, word_file
from workflow_core.errors import CareError, Misused, Refused


def lacking(*names: str) -> Any:
    def load(name: str) -> ModuleType:
        if name in names:
            raise ImportError(name)
        return importlib.import_module(name)

    return load


def document(*paragraphs: str) -> bytes:
    """A Word file with these paragraphs."""
    docx = pytest.importorskip("docx")
    made = docx.Document()
    for one in paragraphs:
        made.add_paragraph(one)
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def archive(**parts: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in {"word/document.xml": b"<w/>", **{name.replace("__", "/"): one for name, one in parts.items()}}.items():
            made.writestr(name, content)
    return out.getvalue()


def text_of(content: bytes) -> str:
    docx = pytest.importorskip("docx")
    return "\n".join(one.text for one in docx.Document(BytesIO(content)).paragraphs)


def test_without_weasyprint_the_hint_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the font."""
    monkeypatch.setattr(pdf, "import_module", lacking("weasyprint"))
    with pytest.raises(Refused) as refused:
        to_pdf("<p>x</p>")
    assert refused.value.code == "pdf_not_installed"
    assert "careflow[pdf]" in refused.value.advice()


def test_without_docxtpl_the_hint_names_the_extra(monkeypatch: pytest.MonkeyPatch, fields: PaperFields) -> None:
    """Before anything of the file is run."""
    monkeypatch.setattr(word, "import_module", lacking("docxtpl"))
    with pytest.raises(Refused) as refused:
        word_file(archive(), fields)
    assert refused.value.code == "docx_not_installed"
    assert "careflow[docx]" in refused.value.advice()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"no archive", "docx_unreadable"),
        (archive(word__vbaProject=b"x"), "docx_forbidden"),
        (archive(word__embeddings__oleObject1=b"x"), "docx_forbidden"),
        (archive(word__media__big=b"0" * (word.MOST_BYTES + 1)), "docx_forbidden"),
    ],
)
def test_what_is_no_plain_word_file_is_refused(content: bytes, code: str, fields: PaperFields) -> None:
    """An .odt, macros, embedded objects, an archive that grows when it is unpacked."""
    with pytest.raises(Misused) as refused:
        word_file(content, fields)
    assert refused.value.code == code


def test_a_pdf_is_made_of_each_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several become one file; nothing is fetched."""
    try:
        pytest.importorskip("weasyprint")
    except OSError:
        pytest.skip("Pango is not installed")
    made = to_pdf("<p>甲</p><img src='http://127.0.0.1:9/x'>", "<p>乙</p>")
    assert made.startswith(b"%PDF")


def test_a_word_file_is_filled_with_the_same_fields() -> None:
    """Loops over paragraphs too; what is not known is a blank; signs of XML are text."""
    pytest.importorskip("docxtpl")
    found = {**VALUES, "visits": [{"met": "祖父<&>"}, {"met": "祖母"}]}
    made = word_file(
        document("{{ child.name }}：{{ paper.number|blank(3) }}", "{%p for one in visits %}", "{{ one.met }}", "{%p endfor %}"), PaperFields(KNOWN, found)
    )
    assert text_of(made) == "小甲：＿＿＿\n祖父<&>\n祖母"


def test_a_word_template_is_read_and_checked_like_any_other(fields: PaperFields) -> None:
    """Misspelt fields, forbidden words."""
    pytest.importorskip("docxtpl")
    assert word_fields(document("{{ child.name }}{% for v in visits %}{{ v.on }}{% endfor %}")) == {"child.name", "visits", "visits.on"}
    assert [one.code for one in check_word(document("{{ child.nmae }}", "{{ 'x' * 9 }}"), KNOWN)] == ["template_forbidden", "field_unknown"]
    assert [one.code for one in check_word(document("{% if %}"), KNOWN)] == ["template_syntax"]
    for forbidden in ("{{ ''.__class__ }}", "{{ child.name.upper() }}", "{{ child.nmae }}"):
        with pytest.raises(CareError):
            word_file(document(forbidden), fields)


def test_the_digest_of_a_word_file_does_not_hang_on_the_hour() -> None:
    """Two archives of the same parts say the same."""
    first, second = archive(word__a=b"1"), archive(word__a=b"1")
    assert word_digest(first) == word_digest(second)
    assert word_digest(first) != word_digest(archive(word__a=b"2"))
