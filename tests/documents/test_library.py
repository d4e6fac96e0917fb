"""Where templates lie, whose comes first, and what is accepted in place of a program's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.documents.conftest import KNOWN, VALUES
from workflow_core.documents import Library, PaperFields, accept
from workflow_core.documents.rendering import Limits
from workflow_core.errors import CareError, Misused, Refused

FIELDS = PaperFields(KNOWN, VALUES)


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """A program's templates, and a township's own, by now without any."""
    program, own = tmp_path / "program", tmp_path / "own"
    program.mkdir()
    own.mkdir()
    (program / "notice.html.j2").write_text("{% block body %}{{ paper.title }}{% endblock %}!", "utf-8")
    (program / "order.html.j2").write_text("order", "utf-8")
    return program, own


def test_a_townships_own_template_comes_first(folders: tuple[Path, Path]) -> None:
    """It may extend the one that it replaces."""
    program, own = folders
    (own / "notice.html.j2").write_text('{% extends "plugin/notice.html.j2" %}{% block body %}own {{ super() }}{% endblock %}', "utf-8")
    assert Library(program, own).html("notice.html.j2", FIELDS).endswith("own Notice!")
    assert Library(program, own).source("notice.html.j2").own
    assert Library(program).html("notice.html.j2", FIELDS).endswith(">Notice!")


@pytest.mark.parametrize(
    ("name", "meant"), [("notise.html.j2", "notice.html.j2"), ("../../etc/x", ""), ("/etc/passwd", ""), ("notice.html", "notice.html.j2"), ("", "")]
)
def test_a_template_that_is_not_there_is_told(folders: tuple[Path, Path], name: str, meant: str) -> None:
    """With the one that was meant; no path leads out of the folders."""
    with pytest.raises(Refused) as refused:
        Library(folders[0]).source(name)
    assert (refused.value.code, refused.value.context["meant"]) == ("template_missing", meant)


def test_careflows_bases_are_nobodys_to_replace(folders: tuple[Path, Path]) -> None:
    """A file of their name in a folder is never read: pieces may do what templates may not."""
    program, own = folders
    (own / "parts.html.j2").write_text("{% macro people(x) %}evil{% endmacro %}", "utf-8")
    assert "evil" not in Library(program, own).source("parts.html.j2").text


def test_a_base_that_is_missing_is_told(folders: tuple[Path, Path]) -> None:
    """Not as a crash of the template engine."""
    (folders[0] / "a.html.j2").write_text('{% extends "b.html.j2" %}', "utf-8")
    with pytest.raises(Refused) as refused:
        Library(folders[0]).html("a.html.j2", FIELDS)
    assert refused.value.code == "template_missing"


@pytest.mark.parametrize("length", [1, 2, 9])
def test_templates_that_extend_one_another_in_a_ring_or_a_long_row_are_refused(folders: tuple[Path, Path], length: int) -> None:
    """Before any of them runs."""
    for number in range(length):
        (folders[0] / f"t{number}.html.j2").write_text(f'{{% extends "t{(number + 1) % length}.html.j2" %}}', "utf-8")
    with pytest.raises(Misused) as refused:
        Library(folders[0]).html("t0.html.j2", FIELDS)
    assert refused.value.code == "template_circular"


@pytest.mark.parametrize(("content", "code"), [(b"\xff\xfe\xb0", "template_unreadable"), (b"x" * 2000, "template_too_large")])
def test_a_file_that_cannot_be_read_is_told(folders: tuple[Path, Path], content: bytes, code: str) -> None:
    """Not UTF-8, or too large."""
    (folders[0] / "bad.html.j2").write_bytes(content)
    with pytest.raises(Misused) as refused:
        Library(folders[0], limits=Limits(source=1000)).source("bad.html.j2")
    assert refused.value.code == code


def test_the_digest_changes_with_the_template_and_with_what_it_extends(folders: tuple[Path, Path]) -> None:
    """Equal digests: equal papers, for equal fields."""
    program, _ = folders
    (program / "child.html.j2").write_text('{% extends "notice.html.j2" %}', "utf-8")
    before = Library(program).digest("child.html.j2")
    assert Library(program).digest("child.html.j2") == before
    (program / "notice.html.j2").write_text("{{ paper.title }}?", "utf-8")
    assert Library(program).digest("child.html.j2") != before


def test_a_check_tells_all_that_is_wrong_with_file_and_line(folders: tuple[Path, Path]) -> None:
    """In the template and in what it extends."""
    program, _ = folders
    (program / "base.x.html.j2").write_text("", "utf-8")
    (program / "notice.html.j2").write_text("\n{{ child.nmae }}{% block body %}{% endblock %}", "utf-8")
    (program / "child.html.j2").write_text('{% extends "notice.html.j2" %}\n{% block body %}\n{{ paper.x }}{{ "a" * 2 }}{% endblock %}', "utf-8")
    found = Library(program).check("child.html.j2", KNOWN)
    assert sorted((one.code, one.place) for one in found) == [
        ("field_unknown", "child.html.j2:3"),
        ("field_unknown", "notice.html.j2:2"),
        ("template_forbidden", "child.html.j2:3"),
    ]


def test_plain_text_comes_from_a_template_of_its_own_or_from_the_page(folders: tuple[Path, Path]) -> None:
    """Where both are there, its own; nothing is escaped in it."""
    program, _ = folders
    (program / "order.txt.j2").write_text("{{ paper.title }} <b> {{ paper.number|blank(2) }}", "utf-8")
    library = Library(program)
    assert library.text("notice.html.j2", FIELDS) == "Notice!\n"
    assert library.text("order.html.j2", FIELDS).startswith("Notice <b>")


def test_a_good_template_of_ones_own_is_accepted_and_nothing_is_written(folders: tuple[Path, Path]) -> None:
    """Putting it there is the caller's."""
    program, own = folders
    assert accept("notice.html.j2", b"{{ child.name }}", program, KNOWN, lambda: FIELDS, own) == []
    assert list(own.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("notice.html.j2", b"{{ child.nmae }}", "field_unknown"),
        ("notice.html.j2", b"{% if %}", "template_syntax"),
        ("notice.html.j2", b"{{ ''.__class__ }}", "template_forbidden"),
        ("notice.html.j2", b"<script>1</script>", "template_forbidden"),
        ("notice.html.j2", b"{{ child }}", "template_forbidden"),
        ("notice.html.j2", b"\xff\xfe", "template_unreadable"),
        ("notice.html.j2", b'{% extends "notice.html.j2" %}', "template_circular"),
        ("notice.html.j2", b"{% for a in range(500) %}{% for b in range(500) %}" + b"x" * 60 + b"{% endfor %}{% endfor %}", "output_too_large"),
        ("letter.html.j2", b"x", "template_missing"),
        ("parts.html.j2", b"x", "template_missing"),
        ("notice.docx", b"x", "docx_unreadable"),
        ("letter.docx", b"x", "template_missing"),
    ],
)
def test_a_bad_template_of_ones_own_is_not_accepted(folders: tuple[Path, Path], name: str, content: bytes, code: str) -> None:
    """Misspelt, forbidden, endless, in the place of nothing."""
    found = accept(name, content, folders[0], KNOWN, lambda: FIELDS, folders[1])
    assert code in {one.code for one in found}


def test_what_a_trial_raises_is_told_as_a_problem(folders: tuple[Path, Path]) -> None:
    """Also where the fields themselves cannot be made."""

    def fields() -> PaperFields:
        raise Refused("no_example", "there is no case to try it with")

    found = accept("notice.html.j2", b"x", folders[0], KNOWN, fields, folders[1])
    assert [one.code for one in found] == ["no_example"]


def test_personal_fields_of_a_template_are_found_through_its_base(folders: tuple[Path, Path]) -> None:
    """For papers for the public."""
    (folders[0] / "notice.html.j2").write_text("{{ child.name }}{% block body %}{% endblock %}", "utf-8")
    (folders[0] / "list.html.j2").write_text('{% extends "notice.html.j2" %}', "utf-8")
    assert Library(folders[0]).personal("list.html.j2", KNOWN) == ["child.name"]


def test_an_error_of_a_check_names_no_person(folders: tuple[Path, Path]) -> None:
    """A message tells the field, never its value."""
    (folders[0] / "notice.html.j2").write_text("{% for x in child.name %}{% endfor %}", "utf-8")
    with pytest.raises(CareError) as refused:
        Library(folders[0]).html("notice.html.j2", FIELDS)
    assert "小甲" not in str(refused.value.as_dict())


@pytest.mark.parametrize(("public", "codes"), [(False, []), (True, ["personal_in_public"])])
def test_a_townships_own_paper_for_the_public_names_nobody_either(folders: tuple[Path, Path], public: bool, codes: list[str]) -> None:
    """The program's rule holds for what is put in its template's place."""
    program, own = folders
    found = accept("notice.html.j2", b"{{ child.name }}", program, KNOWN, lambda: FIELDS, own, public=public)
    assert [one.code for one in found] == codes
