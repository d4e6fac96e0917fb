"""Papers in Word: a township's own .docx with the same fields in it, through the same sandbox. Needs the extra ``careflow[docx]`` (docxtpl).

docxtpl turns a document's XML into a template text; that text is read by our grammar and run in our environment, so that a Word file may do no more than
a page. Its own tags work: ``{%p for … %}`` repeats paragraphs, ``{%tr for … %}`` rows of a table.
"""

from __future__ import annotations

import json
import re
import zipfile
from hashlib import sha256
from importlib import import_module
from io import BytesIO
from typing import Any

from workflow_core.documents import grammar
from workflow_core.documents.fields import Known, PaperFields, check_fields, check_public
from workflow_core.documents.library import Library
from workflow_core.documents.rendering import guarded, parse_tree
from workflow_core.errors import CareError, Misused, Problem, Refused
from workflow_core.i18n import N_

MOST_BYTES = 10 * 1024 * 1024
"""A Word file, unpacked: 10 MiB."""


def word_file(content: bytes, fields: PaperFields, name: str = "template.docx") -> bytes:
    """A paper as a .docx.

    :param content: the template's bytes.
    :raises Refused: ``docx_not_installed``, ``output_too_large``.
    :raises Misused: ``docx_unreadable``, ``field_unknown``, ``template_syntax``, ``template_forbidden``.
    """
    _told(_read(content, name).problems)
    paper = _opened(content)
    with guarded(name):
        paper.render(fields.sections(), jinja_env=Library(None).environment(word=True), autoescape=True)
    out = BytesIO()
    paper.save(out)
    if out.tell() > MOST_BYTES:
        raise Refused("output_too_large", N_("the paper grows beyond {most} MiB"), hint=N_("look for a loop in its template"), most=MOST_BYTES // 1024 // 1024)
    return out.getvalue()


def word_fields(content: bytes, name: str = "template.docx") -> set[str]:
    """Every field that a Word template names.

    :raises Misused: ``docx_unreadable``, ``template_syntax``.
    """
    return set(_read(content, name).used)


def check_word(content: bytes, known: Known, name: str = "template.docx", *, public: bool = False) -> list[Problem]:
    """All that is wrong with a Word template.

    :param public: its paper is posted or published: it may name no personal field.
    """
    try:
        reading = _read(content, name)
    except CareError as error:
        return list(error.problems) or [Problem(error.code, error.message, name, error.hint, error.context)]
    personal = check_public(reading.used, known, name, handed=reading.handed) if public else []
    return [*reading.problems, *check_fields(reading.used, known, name), *personal]


def word_digest(content: bytes) -> str:
    """The digest of what a .docx says: of its parts, not of the archive, which has the time of day in it."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = [(one, sha256(archive.read(one)).hexdigest()) for one in sorted(archive.namelist())]
    return sha256(json.dumps(parts).encode()).hexdigest()


def _read(content: bytes, name: str) -> grammar.Reading:
    _fits(content)
    paper = _opened(content)
    source = paper.patch_xml(paper.get_xml())
    for uri in (paper.HEADER_URI, paper.FOOTER_URI):
        source += "".join(paper.patch_xml(paper.get_part_xml(part)) for _, part in paper.get_headers_footers(uri))
    with guarded(name):
        return parse_tree(source, name)


def _opened(content: bytes) -> Any:
    try:
        docxtpl: Any = import_module("docxtpl")
    except ImportError:
        raise Refused("docx_not_installed", N_("papers in Word need one more package"), hint=N_("install careflow[docx]")) from None
    paper = docxtpl.DocxTemplate(BytesIO(content))
    paper.init_docx()
    return paper


def _fits(content: bytes) -> None:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            size = sum(one.file_size for one in archive.infolist())
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError):
        raise _unreadable() from None
    if "word/document.xml" not in names:
        raise _unreadable()
    if size > MOST_BYTES or any(re.search(r"vbaProject|\.bin$|oleObject", one) for one in names):
        raise Misused("docx_forbidden", N_("the Word file is too large, or holds macros or embedded objects"), hint=N_("save it as a plain .docx"))


def _unreadable() -> Misused:
    return Misused("docx_unreadable", N_("that is not a Word file (.docx)"), hint=N_("save it as .docx, not as .doc"))


def _told(problems: list[Problem]) -> None:
    from workflow_core.documents.rendering import told

    told(problems)
