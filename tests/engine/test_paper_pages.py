"""Papers as they are printed: kept as they were signed, from the program's templates or a township's own; and ledgers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select, update

from tests.engine.conftest import TOWNSHIP, Town, actor
from tests.letters.desk import Desk, code_of, make_desk
from workflow_core.documents import rendering
from workflow_core.engine import Engine
from workflow_core.engine.paper_templates import accept_template, check_template, template_fields, templates
from workflow_core.errors import Damaged, NotFound, NotPermitted, Refused
from workflow_core.registry import Registry
from workflow_core.store.statement import Statement
from workflow_core.store.tables import blob, document, journal, journal_payload


@pytest.fixture
def desk(town_of: Callable[..., Town], tmp_path: Path) -> Desk:
    return make_desk(town_of, tmp_path)


# -- What was signed -----------------------------------------------------------------------------------------------------------------------------------


def test_a_draft_follows_the_file_and_a_signed_page_never_changes(desk: Desk) -> None:
    """The case's record is corrected before and after the signature."""
    ref = desk.sent()
    assert "the books" in desk.page(ref)
    desk.engine.edit(desk.town.teacher, ref, {"title": "the pens"}, "misheard")
    assert "the pens" in desk.page(ref)
    assert "草　稿" in desk.page(ref)
    desk.engine.sign(desk.town.supervisor, f"{ref}.p1")
    signed = desk.page(ref)
    assert "草　稿" not in signed
    desk.engine.edit(desk.town.teacher, ref, {"title": "the desks"}, "misheard again")
    desk.own("notice.html.j2", "<html><body>other</body></html>")
    assert desk.page(ref) == signed


@pytest.mark.parametrize("part", ["page", "fields", "number"])
def test_a_paper_that_somebody_changed_in_the_database_is_told_and_not_printed(desk: Desk, part: str) -> None:
    """Its page, what was filled in, its number."""
    ref = desk.signed()
    changes = {
        "page": update(blob).values(content=b"<html><body>pay 500</body></html>"),
        "fields": update(document).values(fields='{"child":{"name":"another"}}'),
        "number": update(document).values(number_text="高桥镇告〔2026〕9号"),
    }
    with desk.town.db.write() as tx:
        tx.execute(Statement(changes[part]), {})
    assert desk.engine.paper(desk.town.teacher, f"{ref}.p1").intact is False
    with pytest.raises(Damaged) as refused:
        desk.page(ref)
    assert refused.value.code == "paper_damaged"


def test_every_print_is_recorded(desk: Desk) -> None:
    """Which papers, for what; with the one who printed, and with the child."""
    ref = desk.signed()
    desk.page(ref)
    with desk.town.db.read() as tx:
        said = select(journal_payload.c.payload).join(journal, (journal.c.stream == journal_payload.c.stream) & (journal.c.n == journal_payload.c.n))
        rows = tx.rows(said.where(journal.c.kind == "exported"))
    assert len(rows) == 2
    assert all(f"{ref}.p1" in row["payload"] and "print" in row["payload"] for row in rows)


def test_a_list_of_papers_does_not_say_who_received_them(desk: Desk) -> None:
    """Lists are not recorded; showing one paper is."""
    ref = desk.served()
    (listed,) = desk.engine.papers(desk.town.teacher, ref)
    assert (listed.receipt, listed.served_on) == (None, "2026-09-01")
    desk.engine.paper(desk.town.teacher, f"{ref}.p1")
    with desk.town.db.read() as tx:
        assert tx.rows(select(journal.c.kind).where(journal.c.kind == "file_opened"))


# -- A township's own ----------------------------------------------------------------------------------------------------------------------------------


def test_a_townships_own_template_is_checked_before_it_is_accepted(desk: Desk, tmp_path: Path) -> None:
    """A misspelt field is told with its line, and nothing is changed; accepted, it is used, readable by its owner alone."""
    file, runtime = tmp_path / "notice.html.j2", desk.engine.runtime
    file.write_text('{% extends "plugin/notice.html.j2" %}\n{% block to %}{{ guardain.name }}{% endblock %}', encoding="utf-8")
    owner, problems = check_template(runtime, file)
    assert (owner, [(one.code, one.place) for one in problems]) == ("letters", [("field_unknown", "notice.html.j2:2")])
    assert code_of(lambda: accept_template(runtime, desk.town.admin, file)) == "template_refused"
    assert not any(one.own for one in templates(runtime))
    file.write_text('{% extends "plugin/notice.html.j2" %}\n{% block to %}敬爱的家长：{% endblock %}', encoding="utf-8")
    with pytest.raises(NotPermitted):
        accept_template(runtime, desk.town.supervisor, file)
    where = accept_template(runtime, desk.town.admin, file)
    assert where.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in templates(runtime) if one.own] == ["notice.html.j2"]
    assert "敬爱的家长" in desk.page(desk.sent())


def test_a_template_that_replaces_none_is_refused(desk: Desk, tmp_path: Path) -> None:
    """With the name that was probably meant."""
    file = tmp_path / "notise.html.j2"
    file.write_text("x", encoding="utf-8")
    with pytest.raises(NotFound) as refused:
        check_template(desk.engine.runtime, file)
    assert (refused.value.code, refused.value.advice()) == ("template_unknown", "did you mean notice.html.j2?")


def test_the_fields_of_a_program_can_be_asked(desk: Desk) -> None:
    """Those of every paper and those of the program's own forms; personal ones are marked."""
    found = {one.field: one for one in template_fields(desk.engine.runtime, "letters")}
    assert found["child.name"].personal
    assert found["record.title"].label == "What it is about"
    assert "guardians[].kin" in found


def test_without_a_word_file_of_its_own_an_office_prints_no_word(desk: Desk) -> None:
    """The hint says what to make."""
    with pytest.raises(Refused) as refused:
        desk.engine.word(desk.town.supervisor, f"{desk.signed()}.p1")
    assert refused.value.code == "word_missing"
    assert "notice.docx" in refused.value.advice()


# -- Ledgers -------------------------------------------------------------------------------------------------------------------------------------------


def test_a_ledger_masks_names_but_for_a_purpose(desk: Desk) -> None:
    """Who took it out is recorded either way."""
    ref = desk.sent()
    masked = desk.engine.listing(desk.town.teacher, "letters", "open_letters")
    assert [row[0] for row in masked.rows] == [ref]
    assert "张三" not in masked.rows[0]
    assert code_of(lambda: desk.engine.listing(desk.town.teacher, "letters", "open_letters", unmasked=True)) == "purpose_missing"
    whole = desk.engine.listing(desk.town.teacher, "letters", "open_letters", unmasked=True, purpose="the monthly list")
    assert "张三" in whole.rows[0]
    with desk.town.db.read() as tx:
        assert len(tx.rows(select(journal.c.kind).where(journal.c.kind == "exported", journal.c.stream.like("account/%")))) == 2


def test_a_ledger_shows_only_what_one_may_see(desk: Desk) -> None:
    """Another township's is empty; one that is not in reach is not there."""
    desk.sent()
    stranger = actor("stranger", "child_supervisor", scope="990101101")
    assert desk.engine.listing(stranger, "letters", "open_letters").rows == ()
    assert code_of(lambda: desk.engine.listing(stranger, "letters", "open_letters", division=TOWNSHIP)) == "listing_elsewhere"
    assert code_of(lambda: desk.engine.listing(stranger, "letters", "open_letters", division="98")) == "division_unknown"
    assert code_of(lambda: desk.engine.listing(desk.town.teacher, "letters", "open_leters")) == "listing_unknown"


# -- Made again, and gone ---------------------------------------------------------------------------------------------------------------------------------


def test_showing_a_signed_paper_tells_how_it_would_come_out_today(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same; otherwise by its template; otherwise by careflow. The page that was signed is printed in any case."""
    ref = desk.signed()

    def told() -> str:
        return desk.engine.paper(desk.town.teacher, f"{ref}.p1").made_again

    before = desk.page(ref)
    assert told() == "same"
    desk.engine.edit(desk.town.teacher, ref, {"title": "the pens"}, "misheard")
    assert told() == "same"
    desk.own("notice.html.j2", '{% extends "plugin/notice.html.j2" %}\n{% block to %}敬爱的家长：{% endblock %}')
    assert told() == "template"
    desk.own("notice.html.j2", '{% extends "plugin/notice.html.j2" %}\n{% block to %}{{ child.nmae }}{% endblock %}')
    assert told() == "template"
    (desk.folder / "templates" / "letters" / "notice.html.j2").unlink()
    desk.engine.runtime.forget_library("letters")
    rendered = rendering.render
    monkeypatch.setattr("workflow_core.documents.library.render", lambda *given, **how: rendered(*given, **how).replace("</p>", " </p>"))
    assert told() == "careflow"
    assert desk.page(ref) == before
    desk.engine.draft(desk.town.teacher, ref, "slip")
    assert desk.engine.paper(desk.town.teacher, f"{ref}.slip").made_again == ""


def test_a_signed_paper_outlives_its_program(desk: Desk) -> None:
    """With the plugin gone it is listed, shown and printed as it was signed; a draft, which only its program can make, says what is missing."""
    ref = desk.served()
    desk.engine.draft(desk.town.supervisor, ref, "slip")
    page = desk.page(ref)
    desk.town.engine = Engine(desk.town.db, Registry.of(), desk.town.clock, training=False, papers=desk.folder)
    assert [(one.name, one.state) for one in desk.engine.papers(desk.town.teacher, ref)] == [("notice", "served"), ("slip", "draft")]
    shown = desk.engine.paper(desk.town.teacher, f"{ref}.notice")
    assert (shown.number, shown.intact, shown.made_again, (shown.receipt or {})["place"]) == ("高桥镇告〔2026〕1号", True, "", "裴坝村2组")
    assert desk.engine.pages(desk.town.supervisor, [ref]) == [(f"{ref}.p1", page)]
    assert code_of(lambda: desk.engine.pages(desk.town.supervisor, [f"{ref}.slip"])) == "paper_unsigned"
    assert code_of(lambda: desk.engine.pages(desk.town.supervisor, [f"{ref}.p9"])) == "paper_unknown"
    assert code_of(lambda: desk.engine.sign(desk.town.supervisor, f"{ref}.slip")) == "program_unknown"
    stranger = actor("stranger", "child_supervisor", scope="990101101")
    assert code_of(lambda: desk.engine.pages(stranger, [ref])) == "case_unknown"
