"""Forms to stored values and back."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow_core import Attachment, CaseRef, Choice, ask, form
from workflow_core.errors import Damaged
from workflow_core.inputs import decode, encode, encode_value, fields_for, show


class Cause(Choice):
    POVERTY = "Poverty"
    WORK = "Works"


@form
class Inner:
    how_many: int = ask("How many")
    why: Cause | None = ask("Why", default=None)


PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(max_size=8),
    int: st.integers(),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    date: st.dates(),
    datetime: st.datetimes(min_value=datetime(1000, 1, 1), timezones=st.just(UTC)),
    time: st.times(),
    Decimal: st.decimals(allow_nan=False, allow_infinity=False),
    Cause: st.sampled_from(Cause),
    Attachment: st.builds(Attachment, st.text("0123456789abcdef", min_size=64, max_size=64), st.text(max_size=5)),
    CaseRef[Inner]: st.text(max_size=5),
    Inner: st.builds(Inner, how_many=st.integers(), why=st.none() | st.sampled_from(Cause)),
}


@st.composite
def filled_forms(draw: st.DrawFn) -> Any:
    """A form with fields of any types, and values for them."""
    hints: dict[str, Any] = {}
    values: dict[str, Any] = {}
    several: Any = tuple
    for n, base in enumerate(draw(st.lists(st.sampled_from(list(PLAIN)), max_size=6))):
        kind = draw(st.sampled_from(["one", "maybe", "several"]))
        name = f"field_{n}"
        if kind == "one":
            hints[name], value = base, PLAIN[base]
        elif kind == "maybe":
            hints[name], value = base | None, st.none() | PLAIN[base]
        else:
            hints[name], value = several[base, ...], st.lists(PLAIN[base], max_size=3).map(tuple)
        values[name] = draw(value)
    made: Any = form(type("Made", (), {"__annotations__": hints, **{name: ask(name) for name in hints}}))
    return made(**values)


@given(filled_forms())
def test_what_is_stored_comes_back(filled: Any) -> None:
    """Any form survives being written as JSON text and read again."""
    assert decode(type(filled), json.loads(json.dumps(encode(filled)))) == filled


@form
class Visit:
    visited_on: date = ask("Date of the visit")
    outcome: Cause | None = ask("Result", default=Cause.WORK)


def test_a_missing_field_takes_its_default() -> None:
    """A record stored before a field was added is read with the field's default; a field that is gone is left out."""
    assert decode(Visit, {"visited_on": "2026-10-21", "gone": 1}) == Visit(visited_on=date(2026, 10, 21))


def test_a_choice_is_stored_by_its_name() -> None:
    """A label may be reworded without touching what is stored."""
    assert encode(Visit(visited_on=date(2026, 10, 21)))["outcome"] == "WORK"


@pytest.mark.parametrize("stored", [{}, {"visited_on": "soon"}, {"visited_on": "2026-10-21", "outcome": "NEVER"}, {"visited_on": 7}])
def test_a_damaged_record_is_told_by_field(stored: dict[str, Any]) -> None:
    """A stored value that cannot be read is reported as damage, with the field's name and without its content."""
    with pytest.raises(Damaged) as told:
        decode(Visit, stored)
    assert told.value.context["field"].startswith("Visit.")


def test_one_field_is_written_like_the_whole() -> None:
    """A single value is written as in the whole form."""
    assert encode_value(Visit, "visited_on", date(2026, 10, 21)) == "2026-10-21"


@pytest.mark.parametrize("hint", [dict[str, int], int | str, tuple[int, int], object, list[int | None]])
def test_a_type_no_form_can_hold_is_refused(hint: Any) -> None:
    """A field of a type that could not be stored is an error of the definition."""
    odd: Any = form(type("Odd", (), {"__annotations__": {"field": hint}, "field": ask("Field")}))
    with pytest.raises(TypeError):
        fields_for(odd)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        (True, "yes"),
        (Cause.POVERTY, "Poverty"),
        (date(2026, 10, 21), "2026-10-21"),
        (datetime(2026, 10, 20, 23, 0, tzinfo=UTC), "2026-10-21 07:00"),
        (time(7, 30), "07:30"),
        (3.0, "3"),
        (Decimal("1200.50"), "1200.50"),
        ((Cause.POVERTY, Cause.WORK), "Poverty, Works"),
        (Attachment("0" * 64, "scan.jpg"), "scan.jpg"),
        (Inner(how_many=2), "How many: 2"),
    ],
)
def test_values_are_shown_for_people(monkeypatch: pytest.MonkeyPatch, value: object, shown: str) -> None:
    """A value is shown as people write it, instants in the office's time."""
    monkeypatch.setenv("CARE_LANG", "en")
    assert show(value) == shown


def test_a_form_describes_its_fields() -> None:
    """A prompt learns of each field what is typed, whether it must be, and the choices."""
    first, second = fields_for(Visit)
    assert (first.name, first.kind, first.required) == ("visited_on", "date", True)
    assert (second.kind, second.optional, second.default, [name for name, _ in second.choices]) == ("choice", True, Cause.WORK, ["POVERTY", "WORK"])
