"""Forms are frozen, keyword-only values; a reference names a field and can never be taken for its value."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import MISSING, FrozenInstanceError, dataclass
from datetime import date
from typing import Any

import pytest

from workflow_core import SCHOOL, Child, Choice, ask, days, form, ref
from workflow_core.definition import FieldPath, form_fields, path_of
from workflow_core.definition.fields import label_of


class Wear(Choice):
    NEW = "As new"
    TORN = "Torn"


@form
class Inner:
    page: int = ask("Page", ge=1)


@form
class Loan:
    book: str = ask("Book", also=("书名",))
    lent_on: date | None = ask("Lent on", default=None)
    wear: Wear = ask("Wear", default=Wear.NEW, seen_by=[SCHOOL])
    phone: str = ask("Telephone", default="", personal=True)
    weight: float = ask("Weight", default=0.0, unit="kg", ge=0, le=9)
    inner: Inner | None = ask("Inner", default=None)


L: Any = ref(Loan)


def test_a_form_is_filled_in_by_name_and_then_stands() -> None:
    """A form takes its fields by name, has their defaults, compares by value, and cannot be changed."""
    loan = Loan(book="Journey to the West")
    assert (loan.lent_on, loan.wear) == (None, Wear.NEW)
    assert loan == Loan(book="Journey to the West")
    with pytest.raises(FrozenInstanceError):
        loan.book = "Water Margin"  # type: ignore[misc]
    with pytest.raises(TypeError, match="book"):
        Loan()  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Loan("Journey to the West")  # type: ignore[call-arg]


def test_a_form_tells_its_fields_in_order_with_all_that_was_said_of_them() -> None:
    """The fields of a form have their resolved types, labels, bounds and defaults."""
    fields = form_fields(Loan)
    assert list(fields) == ["book", "lent_on", "wear", "phone", "weight", "inner"]
    assert [field.name for field in fields.values() if field.required] == ["book"]
    assert fields["book"].default is MISSING
    assert fields["book"].asked.also == ("书名",)
    assert fields["lent_on"].type == date | None
    assert fields["wear"].asked.seen_by == (SCHOOL,)
    assert fields["phone"].asked.personal
    assert (fields["weight"].asked.unit, fields["weight"].asked.ge, fields["weight"].asked.le) == ("kg", 0, 9)


def test_what_is_no_form_has_no_fields() -> None:
    """Asking a plain class for its fields says what is missing."""
    with pytest.raises(TypeError, match="@form"):
        form_fields(int)


def test_a_plain_dataclass_has_fields_too() -> None:
    """A child's file is read by reference like a form; without a label a field is called by its name."""

    @dataclass
    class Plain:
        pages: int

    assert "born_on" in form_fields(Child)
    assert form_fields(Child)["born_on"].asked.label == "born_on"
    assert label_of("no reference") == "no reference"


def test_a_reference_is_a_name() -> None:
    """It knows its form and its field, also inside a form of the form, and says so."""
    assert path_of(L.book) is not None
    assert (L.book.careflow_of, L.book.careflow_name) == (Loan, "book")
    assert L.inner.page.careflow_name == "inner.page"
    assert repr(L.inner.page) == "Loan.inner.page"
    assert path_of("book") is None
    assert path_of(days(L.weight).n) is not None


USES: list[tuple[str, Callable[[Any], object]]] = [
    ("bool", bool),
    ("not", lambda one: not one),
    ("or", lambda one: one or 3),
    ("if", lambda one: 1 if one else 2),
    ("==", lambda one: one == 3),
    ("!=", lambda one: one != 3),
    ("== with another", lambda one: L.book == L.phone),
    ("in", lambda one: one in [1, 2]),
    ("contains", lambda one: 1 in one),
    ("<", lambda one: one < 3),
    (">=", lambda one: one >= 3),
    ("+", lambda one: one + 1),
    ("1 +", lambda one: 1 + one),
    ("-", lambda one: one - 1),
    ("10 -", lambda one: 10 - one),
    ("*", lambda one: one * 2),
    ("/", lambda one: one / 2),
    ("//", lambda one: one // 2),
    ("%", lambda one: one % 2),
    ("**", lambda one: one**2),
    ("-one", lambda one: -one),
    ("abs", abs),
    ("int", int),
    ("float", float),
    ("round", round),
    ("len", len),
    ("for", list),
    ("[0]", lambda one: one[0]),
    ("call", lambda one: one()),
    ("f-string", lambda one: f"{one}"),
    ("str", str),
    ("set", lambda one: setattr(one, "book", 1)),
    ("max", lambda one: max(one, 3)),
]


@pytest.mark.parametrize("use", [use for _, use in USES], ids=[name for name, _ in USES])
def test_a_reference_used_as_a_value_raises(use: Callable[[Any], object]) -> None:
    """Comparing, reckoning with, asking for the truth of or printing a reference is a mistake, and says what to write instead."""
    with pytest.raises(TypeError, match="reference"):
        use(L.weight)


def test_a_reference_can_be_copied() -> None:
    """A definition that holds references may be copied with them."""
    same = copy.deepcopy(L.inner.page)
    assert isinstance(same, FieldPath)
    assert repr(same) == "Loan.inner.page"
    assert hash(same) == hash(L.inner.page)


def test_a_choice_is_stored_by_name_and_shown_by_label() -> None:
    """The label may be reworded; the member's name stays."""
    assert (Wear.TORN.name, Wear.TORN.value) == ("TORN", "Torn")
