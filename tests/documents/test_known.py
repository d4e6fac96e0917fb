"""Which fields a program's papers have, from its forms; and what offices, schools and grades are called."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from careflow_dropout_return.forms import Cause, DropoutRecord, Way
from careflow_dropout_return.program import DROPOUT, PROGRAM
from workflow_core import ask, form
from workflow_core.documents.fields import find
from workflow_core.documents.known import facts_of, known_fields, notes_of, values_of
from workflow_core.documents.offices import check_issuer, county_values, grade_name, home_address, incomplete, township_values
from workflow_core.errors import Refused

RECORD = DropoutRecord(last_attended=date(2026, 9, 16), cause=Cause.WORK, parents_reached=False, days_missed=21)


def shout(text: str) -> str:
    return f"<{text}>"


@pytest.mark.parametrize(
    ("path", "holds", "personal"),
    [
        ("record.cause", "choice", False),
        ("record.destination", "text", True),
        ("policy.notice_days", "number", False),
        ("last.visit.met", "text", True),
        ("every.visit", "list", False),
        ("last.return.returned_on", "date", False),
        ("papers.return_notice.served_on", "date", False),
        ("lists.dropout_ledger.rows", "list", False),
        ("law.one.title", "text", False),
        ("paper.number", "text", False),
        ("record.parents_reached", "yes_no", False),
    ],
)
def test_a_programs_forms_are_fields_of_its_papers(path: str, holds: str, personal: bool) -> None:
    """The record, the policy, what was entered, the papers sent, the lists, the law."""
    note = find(known_fields(DROPOUT, listings=PROGRAM.listings, law=["one"]), path)
    assert note is not None
    assert (note.holds, note.personal) == (holds, personal)


def test_a_paper_of_no_case_knows_lists_and_law_only() -> None:
    """A monthly list has no record."""
    known = known_fields(None, listings=PROGRAM.listings)
    assert "record" not in known
    assert set(known["lists"].inside) == {"school_age_ledger", "suspected_ledger", "dropout_ledger"}


def test_a_filled_form_is_plain_values() -> None:
    """Choices with their label in the language of papers, dates as text."""
    found = values_of(RECORD, shout)
    assert (found["cause"], found["last_attended"], found["parents_reached"], found["presumed_cause"]) == (
        {"code": "WORK", "text": "<Gone to work>"},
        "2026-09-16",
        False,
        None,
    )


def test_all_that_is_known_is_a_table_of_labels_and_texts() -> None:
    """What has no value is left out."""
    assert facts_of(RECORD, shout) == [
        {"label": "<Last day attended>", "text": "2026年9月16日"},
        {"label": "<School days missed, as the school counted>", "text": "21"},
        {"label": "<Confirmed cause>", "text": "<Gone to work>"},
        {"label": "<Parents reached by the school>", "text": "否"},
        {"label": "<How many times the child has left>", "text": "1"},
    ]


@form
class Inner:
    """A row in a form."""

    met: str = ask("Met", personal=True)


@form
class Everything:
    """One field of every kind that a paper can meet."""

    rows: tuple[Inner, ...] = ask("Rows", default=())
    inner: Inner | None = ask("Inner", default=None)
    ways: frozenset[Way] = ask("Ways", default=frozenset())
    height: float = ask("Height", default=1.5)
    money: Decimal = ask("Money", default=Decimal("3.00"))


def test_forms_in_forms_and_several_values_have_their_notes_and_values() -> None:
    """Groups, lists of groups, lists of texts, numbers."""
    notes = notes_of(Everything)
    assert {name: note.holds for name, note in notes.items()} == {"rows": "list", "inner": "group", "ways": "list", "height": "number", "money": "number"}
    filled = Everything(rows=(Inner(met="x"),), inner=Inner(met="y"), ways=frozenset({Way.HOME, Way.PHONE}))
    assert values_of(filled, str) == {"rows": [{"met": "x"}], "inner": {"met": "y"}, "ways": ["Visit at home", "By telephone"], "height": 1.5, "money": 3}
    assert [one["label"] for one in facts_of(filled, str)] == ["Rows", "Ways", "Height", "Money"]


@pytest.mark.parametrize(
    ("name", "government", "street"),
    [
        ("高桥镇", "高桥镇人民政府", False),
        ("大坪乡", "大坪乡人民政府", False),
        ("东街道", "东街道办事处", True),
        ("东街道办事处", "东街道办事处", True),
        ("高桥镇人民政府", "高桥镇人民政府", False),
    ],
)
def test_a_township_has_a_government_and_a_street_an_office(name: str, government: str, street: bool) -> None:
    """The law speaks of the first only."""
    assert township_values(name) == {"name": name, "government": government, "is_street": street}


def test_a_county_may_call_its_bureau_otherwise() -> None:
    """教育局 unless the office says more."""
    assert county_values("示例县")["bureau"] == "示例县教育局"
    assert county_values("示例县", bureau="示例县教育体育局", court="示例法院")["bureau"] == "示例县教育体育局"


@pytest.mark.parametrize(("grade", "name"), [(1, "一年级"), (9, "九年级"), (None, None), (0, None), (12, None)])
def test_a_grade_in_words(grade: int | None, name: str | None) -> None:
    """Of compulsory schooling."""
    assert grade_name(grade) == name


@pytest.mark.parametrize(
    ("parts", "home"),
    [
        (("高桥镇", "裴坝村", "2组"), "高桥镇裴坝村2组"),
        (("高桥镇", "裴坝村", "裴坝村2组"), "高桥镇裴坝村2组"),
        (("高桥镇", "裴坝村", "示例县高桥镇裴坝村2组"), "示例县高桥镇裴坝村2组"),
        (("高桥镇", "", ""), "高桥镇"),
    ],
)
def test_an_address_says_nothing_twice(parts: tuple[str, str, str], home: str) -> None:
    """Files have the whole of it, or the house alone."""
    assert home_address(*parts) == home


def test_nobody_without_an_official_name_issues_a_paper() -> None:
    """The hint says where to enter it."""
    check_issuer("高桥镇人民政府", "township")
    for level, place in (("school", "care place edit"), ("township", "care.toml")):
        with pytest.raises(Refused) as refused:
            check_issuer(" ", level)
        assert refused.value.code == "issuer_unnamed"
        assert place in refused.value.advice()


def test_what_a_paper_lacks_is_told_before_it_is_signed() -> None:
    """A person may still fill it in by hand."""
    found: dict[str, Any] = {"child": {"name": "小甲", "born_on": None}}
    assert [one.place for one in incomplete(found, ("child.name", "child.born_on", "guardian.name"))] == ["child.born_on", "guardian.name"]


def test_the_front_door_loads_no_template_engine() -> None:
    """Checks and the engine import papers' rules without jinja2; reading the first template loads it."""
    code = "import sys, workflow_core.documents as d; assert 'jinja2' not in sys.modules; d.template_fields; assert 'jinja2' in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
