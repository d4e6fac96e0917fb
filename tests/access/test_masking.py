"""What a masked value still shows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow_core.access import masking


def test_the_usual_values_are_masked_as_agreed() -> None:
    """Enough to check against a paper in hand."""
    assert masking.name("张三") == masking.name("张小明") == "张*"
    assert masking.national_id("432801201908234516") == "4328**********4516"
    assert masking.phone("13348165738") == "133****5738"
    assert (masking.phone("8221234"), masking.phone("110"), masking.national_id("12345")) == ("*****34", "***", "*****")
    assert (masking.address("裴坝村2组"), masking.address("裴坝村"), masking.address("某路3号")) == ("裴坝村***", "裴坝村", "***")


def test_of_a_place_of_work_the_city_is_shown_and_no_firm() -> None:
    """Where no city or county is named nothing of it is."""
    shown = {"江北省临港市某某电子厂": "江北省临港市***", "临港市": "临港市", "某某超市": "***", "外省打工": "***", "青溪县城关建材店": "青溪县***"}
    assert {one: masking.workplace(one) for one in shown} == shown


def test_names_and_numbers_are_masked_in_what_somebody_wrote() -> None:
    """The longest name first; one sign alone is no name, and a masked one is none."""
    said = "张三丰 and 张三 of 张*, 王: 13800001111, 432801201405010019, 20261021"
    assert masking.words(said, ["张三", "张三丰", "王", "张*", None]) == "张* and 张* of 张*, 王: 138****1111, 4328**********0019, 20261021"
    assert masking.words_within({"a": ["张三", 3, None]}, ["张三"]) == {"a": ["张*", 3, None]}


@pytest.mark.parametrize("mask", [masking.name, masking.national_id, masking.phone, masking.address, masking.workplace, masking.free_text])
def test_nothing_stays_nothing(mask: object) -> None:
    """An empty field says nothing by being masked."""
    assert [mask(None), mask("")] == [None, ""]  # type: ignore[operator]


@given(st.text("0123456789", min_size=1, max_size=20))
def test_a_masked_number_never_shows_more_than_eight_signs(number: str) -> None:
    """Of any length; and more than half of what it shows of a short one is hidden."""
    for mask in (masking.national_id, masking.phone):
        hidden = mask(number)
        assert hidden is not None
        assert len(hidden) == len(number)
        assert hidden.count("*") >= min(4, len(number))


def test_a_row_is_masked_by_its_fields() -> None:
    """What is not personal stays."""
    row = {"ref": "C-000001", "name": "甲一", "guardian_phone": "13348165738", "grade": 3, "note": "体弱", "mother": None}
    assert masking.masked(row) == {"ref": "C-000001", "name": "甲*", "guardian_phone": "133****5738", "grade": 3, "note": "***", "mother": None}


def test_what_a_journal_says_is_masked_however_deep() -> None:
    """Before and after, single values and lists; what is not personal stays, also the names of fields."""
    said = {"fields": ["name", "phone"], "after": {"name": "张小明", "grade": 3, "father": ["张三", None]}, "was": [{"guardian_phone": "13348165738"}]}
    assert masking.masked_within(said) == {
        "fields": ["name", "phone"],
        "after": {"name": "张*", "grade": 3, "father": ["张*", None]},
        "was": [{"guardian_phone": "133****5738"}],
    }


def test_numbers_in_what_somebody_wrote_are_masked() -> None:
    """An ID number, a mobile number; a digest and a reference stay."""
    assert masking.masked_within({"reason": "他的号码是432801201908234516，电话13348165738。"}) == {"reason": "他的号码是4328**********4516，电话133****5738。"}
    for same in ("C-000123", "a" * 10 + "13348165738" * 3, "2026-10-21T01:00:00.000000Z", "DR-26-00001"):
        assert masking.masked_within([same]) == [same]
