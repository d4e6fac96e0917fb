"""Who acts, who is meant, and what a case can be about."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from datetime import date
from typing import Any, Generic, Literal, TypeAlias, TypeVar, get_args

V_co = TypeVar("V_co", covariant=True)

Level: TypeAlias = Literal["village", "township", "county", "school", "clinic", "outside"]
PersonalField: TypeAlias = Literal[
    "name", "national_id", "phone", "address", "guardian", "guardian_phone", "father", "father_phone", "mother", "mother_phone",
    "guardian_workplace", "father_workplace", "mother_workplace", "note",
]  # fmt: skip


@dataclass(frozen=True)
class Role:
    """Who may do something. Accounts are granted roles for a scope; a program may bring roles of its own.

    :param withdrawn: it is given to nobody any more. Whoever holds it keeps it until it ends; what only it may do is told by ``care plugin check``.
    :param sees_whole: the personal fields of a file that it needs unmasked for its work, for a purpose that is kept; none where nothing is said.
        Of the standard roles careflow's own table says it.
    """

    name: str
    title: str
    _: KW_ONLY
    level: Level = "township"
    withdrawn: bool = False
    sees_whole: tuple[PersonalField, ...] = ()

    def __post_init__(self) -> None:
        wrong = [one for one in self.sees_whole if one not in get_args(PersonalField)]
        if wrong:
            raise ValueError(f"role {self.name}: no personal field of a file: {', '.join(map(str, wrong))}; one of {', '.join(get_args(PersonalField))}")


SYSTEM = Role("system", "The engine", level="outside")
"""``by=SYSTEM``: no person may; timers, batches and other cases do."""
AUTOMATIC = Role("automatic", "By itself", level="outside")
"""``by=AUTOMATIC``: the engine takes this transition as soon as its guards hold."""

CHILD_DIRECTOR = Role("child_director", "Village child director", level="village")
SUPERVISOR = Role("child_supervisor", "Township child supervisor")
SCHOOL = Role("school", "School", level="school")
CLINIC = Role("clinic", "Clinic", level="clinic")
COUNTY_OFFICE = Role("county_office", "County office", level="county")
EDUCATION = Role("education_bureau", "Education bureau", level="county")
CIVIL_AFFAIRS = Role("civil_affairs", "Civil affairs", level="county")
POLICE = Role("police", "Police", level="outside")

STANDARD_ROLES = (CHILD_DIRECTOR, SUPERVISOR, SCHOOL, CLINIC, COUNTY_OFFICE, EDUCATION, CIVIL_AFFAIRS, POLICE)
"""The roles every office knows (village child director and township child supervisor: 民发〔2019〕34号)."""


@dataclass(frozen=True)
class Person:
    """A person of the store, read-only."""

    ref: str
    born_on: date | None
    sex: Literal["male", "female"] | None

    def age(self, on: date) -> int | None:
        """Completed years on that day; None where the birth date is not known."""
        if self.born_on is None:
            return None
        return on.year - self.born_on.year - ((on.month, on.day) < (self.born_on.month, self.born_on.day))


@dataclass(frozen=True)
class Child(Person):
    """What every program may read of a child."""

    provisional: bool
    school: str
    grade: int | None
    village: str
    boards: bool | None
    left_behind: str
    """Who of the parents is away: both_away, father_away, mother_away, one_away; none: it is not left behind; empty: not known."""
    hardship: tuple[str, ...]
    guardian_kin: str
    related: tuple[str, ...] = ()
    """The references of today's guardian and parents: who is one of them is a relative by what is on file."""
    parents: tuple[str, ...] = ()
    """Those of them who are its mother or father."""


@dataclass(frozen=True)
class Volunteer(Person):
    """What every program may read of a volunteer.

    :param occupation: as the file has it: 教师, 五老 …
    """

    village: str
    occupation: str = ""
    workplace: str = ""


@dataclass(frozen=True)
class Place:
    """A school, clinic, children's home: something at an address that a case can be about."""

    ref: str
    kind: str


@dataclass(frozen=True)
class Division:
    """An administrative division by its official code: 2, 4, 6, 9 or 12 digits for province, city, county, township, village."""

    code: str
    name: str
    level: Literal["province", "city", "county", "township", "village"]


@dataclass(frozen=True)
class Kind(Generic[V_co]):
    """What a case can be about, or a party can be."""

    name: str
    type: type[V_co]


CHILD = Kind("child", Child)
VOLUNTEER = Kind("volunteer", Volunteer)
PERSON = Kind("person", Person)
PLACE = Kind("place", Place)
VILLAGE = Kind("village", Division)
TOWNSHIP = Kind("township", Division)
COUNTY = Kind("county", Division)


@dataclass(frozen=True, eq=False)
class Party(Generic[V_co]):
    """Somebody, or some case, tied to this case under a name. A party may do tasks and transitions of *this* case only."""

    name: str
    title: str
    _: KW_ONLY
    of: Kind[V_co] | type[V_co]
    many: bool = False


@dataclass(frozen=True)
class Relative:
    """Whoever stands in this relation to the subject today: an addressee, never an account."""

    name: str
    title: str


GUARDIANS, PARENTS = Relative("guardian", "Guardians"), Relative("parent", "Parents")

Who: TypeAlias = Role | Party[Any]
