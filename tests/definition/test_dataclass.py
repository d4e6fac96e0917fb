"""The dataclasses that are cheap to make behave as the standard library's do."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import pytest

from workflow_core.dataclass import dataclass

V = TypeVar("V")
Made = Callable[..., Any]
BOTH = pytest.mark.parametrize("made", [dataclass, dataclasses.dataclass], ids=["ours", "theirs"])


@dataclass(frozen=True)
class Kept(Generic[V]):
    name: str
    worth: V
    notes: list[str] = dataclasses.field(default_factory=list, compare=False, repr=False)


@dataclass(frozen=True)
class More(Kept[int]):
    """A subclass of a frozen class."""

    _: dataclasses.KW_ONLY
    extra: int = 3


@dataclass(frozen=True, slots=True)
class Tight:
    name: str
    number: int = 0


@dataclass
class Loose:
    name: str
    total: int = dataclasses.field(init=False)
    seen: list[str] = dataclasses.field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        self.total = len(self.name)


def sample(made: Made) -> Any:
    @made(frozen=True, kw_only=True)
    class Sample:
        name: str
        number: int = 0
        notes: tuple[str, ...] = dataclasses.field(default=(), repr=False)

    return Sample


@BOTH
def test_a_constructor_has_the_same_signature(made: Made) -> None:
    """``help`` and tools see names, types and defaults."""
    assert str(inspect.signature(sample(made))) == "(*, name: 'str', number: 'int' = 0, notes: 'tuple[str, ...]' = ()) -> None"


@BOTH
def test_a_field_that_is_missing_or_unknown_is_told(made: Made) -> None:
    """The words are Python's own."""
    of = sample(made)
    with pytest.raises(TypeError, match=r"Sample\.__init__\(\) missing 1 required keyword-only argument: 'name'"):
        of()
    with pytest.raises(TypeError, match="unexpected keyword argument 'nam'"):
        of(nam="x")


@BOTH
def test_values_are_equal_by_their_fields(made: Made) -> None:
    """And so are their hashes; another class's never."""
    of, other = sample(made), sample(made)
    assert (of(name="a"), hash(of(name="a"))) == (of(name="a", number=0), hash(of(name="a", number=0)))
    assert of(name="a") != of(name="b")
    assert of(name="a") != other(name="a")


@BOTH
def test_what_is_frozen_stays(made: Made) -> None:
    """Neither set nor deleted, nor added to."""
    one = sample(made)(name="a")
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot assign to field 'name'"):
        one.name = "b"
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot delete field 'name'"):
        del one.name
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot assign to field 'colour'"):
        one.colour = "red"


@BOTH
def test_it_is_shown_by_its_fields(made: Made) -> None:
    """Those that are to be shown."""
    assert repr(sample(made)(name="a", notes=("x",))).endswith("Sample(name='a', number=0)")


@BOTH
def test_the_standard_library_sees_a_dataclass(made: Made) -> None:
    """Its functions work on it."""
    one = sample(made)(name="a")
    assert dataclasses.asdict(dataclasses.replace(one, number=2)) == {"name": "a", "number": 2, "notes": ()}
    assert [field.name for field in dataclasses.fields(one)] == ["name", "number", "notes"]


@BOTH
def test_identity_where_nothing_is_compared(made: Made) -> None:
    """``eq=False`` leaves equality and hash alone."""

    class One:
        name: str

    of = made(frozen=True, eq=False)(One)
    assert of("a") != of("a")
    assert len({of("a"), of("a")}) == 2


@BOTH
def test_what_can_change_has_no_hash(made: Made) -> None:
    """It may not be a key."""

    class One:
        name: str

    of = made(One)
    one = of("a")
    one.name = "b"
    assert one == of("b")
    with pytest.raises(TypeError, match="unhashable"):
        hash(one)


@BOTH
def test_a_class_may_write_its_own(made: Made) -> None:
    """Its equality, its hash and its words are left as they are, and its constructor where that is wished."""

    @made(frozen=True, init=False)
    class One:
        name: str

        def __init__(self) -> None:
            object.__setattr__(self, "name", "mine")

        def __eq__(self, other: object) -> bool:
            return True

        def __hash__(self) -> int:
            return 7

        def __repr__(self) -> str:
            return "One!"

    assert (One().name, repr(One()), hash(One()), One() == 5) == ("mine", "One!", 7, True)


@BOTH
def test_a_class_without_fields(made: Made) -> None:
    """All are alike."""

    @made(frozen=True)
    class Nothing:
        pass

    assert {Nothing()} == {Nothing()}


def test_a_subclass_of_a_frozen_class_is_frozen_too() -> None:
    """In all its fields, its own and those it inherits."""
    one = More("a", 1, extra=5)
    assert (one.name, one.worth, one.notes, one.extra) == ("a", 1, [], 5)
    for name in ("name", "extra", "colour"):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(one, name, 1)
    assert one != Kept("a", 1)


def test_the_standard_library_may_make_a_subclass() -> None:
    """And it must be frozen, as of its own classes."""

    @dataclasses.dataclass(frozen=True)
    class Third(Kept[int]):
        third: int = 0

    assert Third("a", 1, third=2).third == 2
    with pytest.raises(TypeError, match="cannot inherit non-frozen dataclass from a frozen one"):
        dataclasses.dataclass(type("Fourth", (Kept,), {}))


def test_each_instance_has_a_list_of_its_own() -> None:
    """A factory is called for each, and what is not compared is not."""
    first, second = Kept("a", 1), Kept("a", 1)
    first.notes.append("x")
    assert (second.notes, first == second, repr(first)) == ([], True, "Kept(name='a', worth=1)")


def test_fields_that_are_no_arguments() -> None:
    """They are made afterwards, or by their factory."""
    one = Loose("four")
    assert (one.total, one.seen) == (4, [])
    with pytest.raises(TypeError, match="positional argument"):
        Loose("four", 4)  # type: ignore[call-arg]


@pytest.mark.parametrize("one", [Kept("a", 1), More("a", 1, extra=2), Tight("a", 2), Loose("abc")], ids=lambda one: type(one).__name__)
def test_they_are_copied_and_pickled(one: object) -> None:
    """As any other value."""
    assert copy.deepcopy(one) == one
    assert pickle.loads(pickle.dumps(one)) == one


def test_slots_are_slots() -> None:
    """No room for anything else."""
    one = Tight("a")
    assert not hasattr(one, "__dict__")
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.number = 2  # type: ignore[misc]


def test_a_class_without_words_has_none() -> None:
    """The standard library writes a signature there; what was written stays."""
    assert (Kept.__doc__, More.__doc__) == (None, "A subclass of a frozen class.")


def test_a_plain_subclass_is_made_by_its_base() -> None:
    """It has no constructor of its own."""

    class Child(Loose):
        pass

    assert Child("ab").total == 2
