"""Whatever an office holds, no list, find, show, inbox or export tells a school, a volunteer or a clerk of a child out of sight."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.access.matrix.county import HERE, THERE, County
from tests.engine.mentoring import HELPER, MENTOR, Mentoring
from workflow_core import Open
from workflow_core.engine.opening import open_part
from workflow_core.testing.people import invented_child, invented_volunteer

EXAMPLES = 25 if os.environ.get("CARE_FAULT_RUNS") else 5
PLACES = ((HERE, "甲小学"), (HERE, "乙小学"), (THERE, "丙小学"), (THERE, None))
"""Where a child can be on file: its township, and its school."""
REF = re.compile(r"\b(?:C|P|MG|ME)-\d\d[-\d]*\d")
LISTS = (
    "inbox", "case list", "case list --program mentoring", "case referral list", "task list", "batch list", "child find 4328", "child find 张",
    "child transfer list", "volunteer list", "place list", "account list", "access list", "journal show", f"child export --township {HERE}",
    f"child export --township {THERE}", f"inbox --township {THERE}", f"case list --township {THERE}",
)  # fmt: skip


@dataclass(frozen=True)
class Kid:
    """A child to be put on file.

    :param at: which of ``PLACES``. :param case: whether a case is open about it. :param helper: which volunteer helps in it, if any.
    :param laid: whether its case lies on the desk of somebody who holds a role for his own cases alone.
    """

    at: int
    case: bool
    helper: int | None
    laid: bool


KIDS = st.lists(st.builds(Kid, at=st.integers(0, 3), case=st.booleans(), helper=st.sampled_from([None, 0, 1]), laid=st.booleans()), min_size=2, max_size=5)


class Bare(County):
    """A county with schools and nobody in them."""

    plugin = Path(__file__).parent / "matrix" / "mentors.py"
    programs = ("mentoring",)

    def _people(self) -> None:
        for town, school in PLACES:
            if school is not None:
                self._do("place", "add", school, "--kind", "school", "--township", town)
        rows = self._do("place", "list", "--json").json["places"]
        for login, words in {
            "school": ("school", "--place", next(row["ref"] for row in rows if row["name"] == "甲小学")),
            "clerk": ("child_director", "--township", THERE),
            "helper": ("school", "--own"),
        }.items():
            self._do("account", "add", login)
            self._do("account", "grant", login, *words)


@dataclass
class Filled:
    """What one example has put into the county, and what each may see of it."""

    refs: set[str] = field(default_factory=set)
    seen: dict[str, set[str]] = field(default_factory=lambda: {login: set() for login in ("school", "clerk", "helper", "volunteer")})
    files: dict[str, set[str]] = field(default_factory=lambda: {"school": set(), "clerk": set()})


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def county(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bare]:
    """The county, on each kind of database."""
    home = tmp_path_factory.mktemp("sight") / "county"
    if request.param == "sqlite":
        made = Bare(home, None)
        yield made
        made.close()
        return
    cluster = request.getfixturevalue("care_cluster")
    name = cluster.make("template0")
    made = Bare(home, cluster.address(name))
    yield made
    made.close()
    cluster.drop(name)


def fill(county: Bare, kids: list[Kid]) -> Filled:
    """Children, volunteers and cases as they are drawn."""
    filled = Filled()
    helpers = []
    for n in range(2):
        one = invented_volunteer(n)
        words = [word for name in ("name", "national_id", "phone") for word in ("--set", f"{name}={one.said[name]}")]
        helpers.append(county.do("volunteer", "add", "--township", HERE, *words, "--json").json["volunteer"]["ref"])
    mentors = [county.do("case", "open", "mentoring.mentor", ref, "--json").json["ref"] for ref in helpers]
    filled.refs |= {*helpers, *mentors}
    county.do("account", "add", "volunteer", "--volunteer", helpers[0])
    filled.seen["volunteer"] |= {helpers[0], mentors[0]}
    for n, kid in enumerate(kids):
        _add(county, filled, n, kid, helpers, mentors)
    return filled


def _add(county: Bare, filled: Filled, n: int, kid: Kid, helpers: list[str], mentors: list[str]) -> None:
    town, school = PLACES[kid.at]
    said = {name: value for name, value in invented_child(n, school=school).said.items() if name != "address"}
    words = [word for name, value in said.items() for word in ("--set", f"{name}={value}")]
    ref = county.do("child", "add", "--township", town, *words, "--json").json["child"]["ref"]
    known = {ref}
    if kid.case:
        case = _case(county, ref, town, None if kid.helper is None else (mentors[kid.helper], helpers[kid.helper]))
        known |= {case} | (set() if kid.helper is None else {mentors[kid.helper], helpers[kid.helper]})
        if kid.laid:
            county.lay("helper", f"{case}.sort")
            filled.seen["helper"] |= known
        if kid.helper == 0:
            filled.seen["volunteer"] |= known
    filled.refs |= known
    for login, there in (("school", school == "甲小学"), ("clerk", town == THERE)):
        if there:
            filled.seen[login] |= known
            filled.files[login].add(ref)


def _case(county: Bare, child: str, town: str, helper: tuple[str, str] | None) -> str:
    """A case about a child, in which a volunteer helps."""
    engine = county.engine
    runtime, now = engine.runtime, engine.runtime.clock.now()
    parties: dict[Any, object] = {} if helper is None else {MENTOR: helper[0], HELPER: helper[1]}
    with runtime.committing(), runtime.db.write() as tx:
        work = open_part(runtime, tx, Open(Mentoring()), program="mentoring", whole=None, subject=child, division=town, now=now, parties=parties)
        assert work is not None
        runtime.save(tx, work, now)
        return str(work.state.ref)


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(kids=KIDS)
def test_nobody_is_told_of_a_child_out_of_sight(county: Bare, kids: list[Kid]) -> None:
    """By its own reference, by a case about it, or by who helps it; and what is in sight is shown."""
    try:
        filled = fill(county, kids)
        for login, seen in filled.seen.items():
            for words in LISTS:
                told = county.do(*words.split(), "--json", login=login)
                assert set(REF.findall(told.out + told.err)) & filled.refs <= seen, f"{login}: care {words}"
            for ref in sorted(filled.refs):
                noun = {"C": "child", "P": "volunteer"}.get(ref.partition("-")[0], "case")
                told = county.do(noun, "show", ref, "--json", login=login)
                assert (set(REF.findall(told.out + told.err)) - {ref}) & filled.refs <= seen, f"{login}: care {noun} show"
                assert ref in seen or told.code == 5, f"{login}: care {noun} show: {told.code}"
        for login, files in filled.files.items():
            assert {one["ref"] for one in county.do("child", "find", "4328", "--json", login=login).json["children"]} == files
    finally:
        county.forget()
