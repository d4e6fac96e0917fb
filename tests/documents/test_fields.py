"""What a template may name: checked against notes, with what was meant and what is personal."""

from __future__ import annotations

from datetime import date

import pytest

from tests.documents.conftest import KNOWN, VALUES
from workflow_core.documents import PaperFields, check_fields, personal_fields
from workflow_core.documents.dates import in_characters, in_figures
from workflow_core.documents.fields import Section
from workflow_core.errors import Misused


@pytest.mark.parametrize(
    ("day", "figures", "characters"),
    [
        (date(2026, 10, 21), "2026年10月21日", "二〇二六年十月二十一日"),
        (date(2027, 1, 1), "2027年1月1日", "二〇二七年一月一日"),
        (date(2030, 12, 30), "2030年12月30日", "二〇三〇年十二月三十日"),
        (date(2026, 2, 10), "2026年2月10日", "二〇二六年二月十日"),
        (date(2026, 11, 11), "2026年11月11日", "二〇二六年十一月十一日"),
        (date(2026, 8, 31), "2026年8月31日", "二〇二六年八月三十一日"),
        (date(2026, 8, 20), "2026年8月20日", "二〇二六年八月二十日"),
    ],
)
def test_a_date_has_two_chinese_forms(day: date, figures: str, characters: str) -> None:
    """In figures within a text, in characters where a form asks for it."""
    assert (in_figures(day), in_characters(day)) == (figures, characters)


def test_fields_that_are_known_pass() -> None:
    """Parts of a date and of a choice among them."""
    assert check_fields(["child.name", "child.sex.code", "paper.signed_on.characters", "visits.on.year", "words"], KNOWN) == []


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("chlid.name", "did you mean child?"),
        ("child.nane", "did you mean child.name?"),
        ("visits.mett", "did you mean visits.met?"),
        ("today.charcters", "did you mean"),
        ("paper.zzz", "one of: paper.title, paper.number, paper.days, paper.signed_on"),
        ("child.name.upper", "one of: "),
    ],
)
def test_a_field_that_is_none_is_told_with_what_was_meant(path: str, hint: str) -> None:
    """Where nothing is like it, with what there is."""
    (problem,) = check_fields([path], KNOWN, "x:1")
    assert (problem.code, problem.place) == ("field_unknown", "x:1")
    assert problem.advice().startswith(hint) or hint == "did you mean"


def test_personal_fields_are_found_alone_and_inside_what_is_handed_on() -> None:
    """A paper for the public may name none of them."""
    assert personal_fields(["child.name", "child.sex", "paper.number"], KNOWN) == ["child.name"]
    assert personal_fields(["visits", "today"], KNOWN) == []
    assert personal_fields(["visits", "today"], KNOWN, handed=["visits"]) == ["visits"]


def test_a_section_answers_for_its_fields_only() -> None:
    """None for what is not known, an error for what is no field."""
    section = PaperFields(KNOWN, VALUES).sections()["child"]
    assert section.take("kin") is None
    with pytest.raises(Misused, match="no field"):
        section.take("phone")


def test_a_group_of_which_nothing_is_known_is_false() -> None:
    """So that a template can ask for it."""
    assert not Section(KNOWN["child"].inside, None)


def test_values_that_are_no_fields_are_refused() -> None:
    """What is stored with a signed paper is all that could be printed."""
    with pytest.raises(Misused) as refused:
        PaperFields(KNOWN, {"chidl": {}}).sections()
    assert refused.value.code == "field_unknown"
