"""A sheet whose rows rest on consent: without one nothing is stored, what is attested is recorded, and a no is kept as such."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.engine.conftest import TOWNSHIP, Town
from tests.engine.errand import PROGRAM
from tests.engine.lending import LIBRARY
from workflow_core.access.consents import Saying
from workflow_core.engine.import_rows import ImportReport
from workflow_core.errors import Misused, Refused
from workflow_core.store.tables import consent, journal, person

HEADS = "姓名,身份证号,Book,同意\n"
NUMBERS = ("432801201405010016", "432801201405010083", "43280120140501026X")


@pytest.fixture
def library(town_of: Callable[..., Town]) -> Town:
    """A town whose school lends books."""
    return town_of(LIBRARY)


def numbered(town: Town, n: int) -> str:
    """A child on file with a number."""
    ref = town.child()
    with town.db.write() as tx:
        tx.execute(update(person).where(person.c.ref == ref).values(national_id=NUMBERS[n]))
    return ref


def feed(town: Town, folder: Path, *lines: str, **how: Any) -> ImportReport:
    """The sheet is fed in."""
    file = folder / "loans.csv"
    file.write_text(HEADS + "\n".join(lines), encoding="utf-8")
    return town.engine.run_import(town.teacher, "library", file, division=TOWNSHIP, **how)


def row(n: int, said: str = "", book: str = "Journey") -> str:
    """One line of it."""
    return f"张三,{NUMBERS[n]},{book},{said}"


def codes(report: ImportReport) -> list[str]:
    """What is told of the rows."""
    return [one.code for one in report.problems]


def standing(town: Town, child: str) -> list[tuple[str, list[str]]]:
    """How lending stands for a child, and what was said."""
    found = [one for one in town.engine.consents_of(town.teacher, child) if one.consent.name == "lending"]
    return [(one.standing, [said["said"] for said in one.said]) for one in found]


def test_rows_without_consent_are_refused(library: Town, tmp_path: Path) -> None:
    """Nothing is stored for them, whatever the row says itself."""
    numbered(library, 0)
    numbered(library, 1)
    report = feed(library, tmp_path, row(0), row(1, "是"))
    assert (report.opened, report.rejected, codes(report)) == (0, 2, ["consent_missing", "consent_missing"])
    assert library.engine.cases(library.teacher) == []


def test_what_is_attested_is_recorded_for_each_row_that_is_taken(library: Town, tmp_path: Path) -> None:
    """One record a child, by whom and to which version; the case does not wait."""
    child = numbered(library, 0)
    report = feed(library, tmp_path, row(0), consent_on_file="2026-2")
    assert (report.opened, report.attested, report.problems) == (1, 1, [])
    assert library.stage(report.refs[0]) == "lent"
    assert standing(library, child) == [("holds", ["given"])]
    with library.db.read() as tx:
        (said,) = tx.rows(select(consent))
        kinds = [one.kind for one in tx.rows(select(journal).where(journal.c.stream.like("account/%")))]
    assert (said.attested, said.notice, said.recorded_by, said.reason) == (1, "2026-2", "teacher", "loans.csv")
    assert kinds.count("consents_attested") == 1


def test_the_same_sheet_again_changes_nothing(library: Town, tmp_path: Path) -> None:
    """What is on record is not recorded twice."""
    yes, no = numbered(library, 0), numbered(library, 1)
    feed(library, tmp_path, row(0), row(1, "否"), consent_on_file="2026-2")
    report = feed(library, tmp_path, row(0), row(1, "否"), consent_on_file="2026-2")
    assert (report.opened, report.unchanged, report.rejected, report.attested) == (0, 1, 1, 0)
    assert standing(library, yes) == [("holds", ["given"])]
    assert standing(library, no) == [("refused", ["refused"])]


def test_a_no_is_kept_and_nothing_else_of_the_row(library: Town, tmp_path: Path) -> None:
    """Whatever was attested, a no in the row is a no."""
    child = numbered(library, 0)
    report = feed(library, tmp_path, row(0, "否"), consent_on_file="2026-2")
    assert (report.opened, codes(report), report.attested) == (0, ["consent_refused"], 0)
    assert standing(library, child) == [("refused", ["refused"])]
    assert library.engine.cases(library.teacher) == []


def test_a_no_in_a_row_withdraws_what_was_given(library: Town, tmp_path: Path) -> None:
    """A consent in force is withdrawn by it, and what rests on it stops."""
    child = numbered(library, 0)
    (ref,) = feed(library, tmp_path, row(0), consent_on_file="2026-2").refs
    report = feed(library, tmp_path, row(0, "否"))
    assert codes(report) == ["consent_refused"]
    assert standing(library, child) == [("withdrawn", ["given", "withdrawn"])]
    assert library.stage(ref) == "dropped"


def test_a_list_does_not_undo_a_refusal_and_a_yes_in_the_row_does(library: Town, tmp_path: Path) -> None:
    """A blank row says nothing new; a yes, with the paper, does."""
    child = numbered(library, 0)
    saying = Saying(library.today, named="王奶奶", kin="grandparent")
    library.engine.refuse_consent(library.teacher, child, "lending", saying)
    assert codes(feed(library, tmp_path, row(0), consent_on_file="2026-2")) == ["consent_refused"]
    assert codes(feed(library, tmp_path, row(0, "是"))) == ["consent_refused"]
    assert feed(library, tmp_path, row(0, "是"), consent_on_file="2026-2").opened == 1
    assert standing(library, child) == [("holds", ["refused", "given"])]


def test_a_row_that_is_refused_leaves_no_record(library: Town, tmp_path: Path) -> None:
    """What the program refuses is not attested either."""
    child = numbered(library, 0)
    report = feed(library, tmp_path, row(0, book="forbidden"), consent_on_file="2026-2")
    assert (codes(report), report.attested) == (["denied"], 0)
    assert standing(library, child) == []


def test_a_stranger_comes_before_consent(library: Town, tmp_path: Path) -> None:
    """Who is not on file is told as that, and nothing is kept of a no."""
    assert codes(feed(library, tmp_path, row(0, "否"), consent_on_file="2026-2")) == ["child_unknown"]
    with library.db.read() as tx:
        assert tx.rows(select(consent)) == []


def test_a_trial_keeps_nothing(library: Town, tmp_path: Path) -> None:
    """A dry run says the same and records nothing."""
    yes, no = numbered(library, 0), numbered(library, 1)
    report = feed(library, tmp_path, row(0), row(1, "否"), consent_on_file="2026-2", dry_run=True)
    assert (report.opened, codes(report), report.attested) == (1, ["consent_refused"], 1)
    assert standing(library, yes) == standing(library, no) == []


@pytest.mark.parametrize(("notice", "code"), [("2026-1", "notice_old"), ("loans-2", "notice_other"), ("", "notice_missing")])
def test_an_older_or_other_notice_is_refused_before_the_first_row(library: Town, tmp_path: Path, notice: str, code: str) -> None:
    """Consents to it would not count."""
    with pytest.raises(Refused) as refused:
        feed(library, tmp_path, row(0), consent_on_file=notice)
    assert refused.value.code == code


def test_a_sheet_that_rests_on_no_consent_takes_none(town_of: Callable[..., Town], tmp_path: Path) -> None:
    """There is nothing to attest."""
    town = town_of(PROGRAM, replace(LIBRARY, name="free", imports=[replace(LIBRARY.imports[0], consent=None, refuses=None)]))
    file = tmp_path / "loans.csv"
    file.write_text(HEADS, encoding="utf-8")
    with pytest.raises(Misused) as misused:
        town.engine.run_import(town.teacher, "free", file, division=TOWNSHIP, consent_on_file="2026-2")
    assert misused.value.code == "consent_not_asked"
