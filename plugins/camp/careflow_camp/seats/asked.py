"""What an allotment is asked for, and everything that is wrong with it, told at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from unicodedata import normalize

from workflow_core import Deny, deny


class SeatsRefused(ValueError):
    """Seats cannot be allotted like this.

    :param why: every reason, in the order of the input, each with code and hint; names of schools, never of people.
    """

    def __init__(self, why: Sequence[Deny]) -> None:
        self.why = tuple(why)
        super().__init__("; ".join(one.text() for one in self.why))


@dataclass(frozen=True)
class School:
    """One claim, checked. ``least`` and ``most`` are what it must and may get.

    :param children: one or more: who has no child has no claim.
    """

    name: str
    children: int
    least: int
    most: int


@dataclass(frozen=True)
class Asked:
    """An allotment that can be made.

    :param names: all of them in the order they came, also those without children.
    """

    names: tuple[str, ...]
    schools: tuple[School, ...]
    seats: int


def checked(counts: Iterable[tuple[str, object]], seats: int, at_least: int, capacity: Mapping[str, int] | None) -> Asked:
    """Reads counts and bounds.

    :raises SeatsRefused: with everything that is wrong.
    """
    given = [(name.strip(), cell) for name, cell in counts]
    why = _of_numbers(seats, at_least)
    children: dict[str, int] = {}
    for name, times in Counter(name for name, _ in given).items():
        if not name:
            why.append(deny("{n} counts have no name", hint="each line: a school's name, then the number of its children", code="name_missing", n=times))
        elif times > 1:
            why.append(deny("{name} is there {n} times", hint="one line for each school: add the numbers up", code="school_twice", name=name, n=times))
    for name, cell in given:
        number = whole(cell)
        if number is None:
            told = deny(
                "the count of {name} is no whole number: {cell}", hint="digits only, without unit or comma", code="count_not_whole", name=name, cell=cell
            )
            why.append(told)
        elif number < 0:
            why.append(deny("the count of {name} is negative: {cell}", hint="count the children again", code="count_negative", name=name, cell=cell))
        else:
            children[name] = number
    why += _of_capacity(capacity or {}, {name for name, _ in given})
    if not why and not any(children.values()):
        why.append(deny("there are no children to allot seats for", hint="give each school's number of children", code="no_children"))
    if why:
        raise SeatsRefused(why)
    most = {name: min(number, (capacity or {}).get(name, number)) for name, number in children.items()}
    schools = tuple(School(name, number, min(at_least, most[name]), most[name]) for name, number in children.items() if number)
    needed = sum(school.least for school in schools)
    if needed > seats:
        hint = "raise the seats, or lower what each school gets at least"
        told = deny("{least} for each school takes {needed} seats, and there are {seats}", hint=hint, code="at_least_impossible", least=at_least, needed=needed,
                    seats=seats)  # fmt: skip
        raise SeatsRefused([told])
    return Asked(tuple(name for name, _ in given), schools, seats)


def whole(cell: object) -> int | None:
    """A cell as a whole number; None where it is none. A truth value is none, a text only in plain digits."""
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int):
        return cell
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() else None
    if isinstance(cell, str):
        digits = normalize("NFKC", cell).strip()  # full-width digits are digits
        bare = digits.removeprefix("-")
        return int(digits) if bare.isascii() and bare.isdigit() and len(bare) <= 18 else None
    return None


def _of_numbers(seats: int, at_least: int) -> list[Deny]:
    why = []
    if whole(seats) is None or seats < 1:
        why.append(deny("{seats} seats cannot be allotted", hint="one seat or more", code="seats_not_positive", seats=seats))
    if whole(at_least) is None or at_least < 0:
        why.append(deny("no school can get {least} seats", hint="zero or more for each school", code="at_least_negative", least=at_least))
    return why


def _of_capacity(capacity: Mapping[str, int], names: set[str]) -> list[Deny]:
    why = []
    for name, most in capacity.items():
        if name not in names:
            why.append(deny("{name} has a limit and no count", hint="give its number of children too", code="capacity_unknown", name=name))
        if whole(most) is None or most < 0:
            why.append(deny("the limit of {name} is no number of seats: {most}", hint="zero or more", code="capacity_not_whole", name=name, most=most))
    return why
