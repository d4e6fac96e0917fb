"""What guardians consented to: who may, what counts, what is wrong; kept in the child's file and journal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow_core import Consent
from workflow_core.access import Actor, Grant, consents, masking
from workflow_core.access.consents import Saying, same_or_newer
from workflow_core.errors import CareError, Misused, NotFound, Refused
from workflow_core.records import children, divisions, merging
from workflow_core.store import canonical, journal
from workflow_core.store import consents as rows
from workflow_core.store.database import Database, Tx

NOW = datetime(2026, 10, 21, 1, tzinfo=UTC)
TODAY = date(2026, 10, 21)
MAY = Actor("may", (Grant("school", "division", "990101", None, "2020-01-01", None),), training=False, account_id="a1")
LENDING = Consent("lending", "Lending books", notice="2026-2")
OLD, YOUNG = "2014-05-01", "2019-10-22"
"""Twelve years; and the day before the seventh birthday."""


class File:
    """One child on file, in a transaction that writes."""

    def __init__(self, tx: Tx, born_on: str = OLD) -> None:
        self.tx = tx
        fields = {"name": "张三", "born_on": born_on, "guardian": "张奶奶", "guardian_kin": "奶奶", "mother": "李四"}
        self.file = children.add(tx, "may", NOW, fields, division="990101100")

    @property
    def row(self) -> Any:
        """The child as the functions take it."""
        return consents.child_of(self.tx, MAY, self.file.ref)

    def give(self, consent: Consent = LENDING, **changes: Any) -> dict[str, Any]:
        """The guardian consents today."""
        said = {"on": TODAY, "by": "guardian", "notice": "2026-2", "child": "agrees", "paper": True, **changes}
        return consents.give(self.tx, MAY, NOW, self.row, "library", consent, Saying(**said))

    def said(self) -> list[Any]:
        """All that is on record."""
        return rows.of(self.tx, [self.file.person_id])[self.file.person_id]

    def standing(self, consent: Consent = LENDING, on: date = TODAY) -> str:
        """How it stands."""
        return consents.standing(self.said(), "library", consent, on)


@pytest.fixture
def tx(database: Database) -> Iterator[Tx]:
    """A transaction that writes, in an office with two townships."""
    with database.write() as writing:
        divisions.take(writing, {"99": "示范省", "9901": "示范市", "990101": "青溪县", "990101100": "高桥镇", "990102": "云岭县"})
        yield writing


@pytest.fixture
def child(tx: Tx) -> File:
    """A child of twelve."""
    return File(tx)


def codes(refused: pytest.ExceptionInfo[CareError]) -> list[str]:
    """What is wrong, one or several things."""
    return [one.code for one in refused.value.problems] or [refused.value.code]


# ------------------------------------------------------------------ which notice counts


@pytest.mark.parametrize(
    ("notice", "wanted", "counts"),
    [
        ("2026-1", "2026-1", True),
        ("2026-2", "2026-1", True),
        ("2026-10", "2026-9", True),
        ("2027-1", "2026-9", True),
        ("2026-1", "2026-2", False),
        ("2025-9", "2026-1", False),
        ("health-2", "health-1", True),
        (" Health-2 ", "health-2", True),
        ("health-2", "2026-1", False),
        ("2026-1-2", "2026-1", False),
        ("", "2026-1", False),
        (None, "2026-1", False),
    ],
)
def test_the_same_notice_counts_or_a_newer_one(notice: str | None, wanted: str, counts: bool) -> None:
    """Numbers are compared as numbers; what stands around them must be the same."""
    assert same_or_newer(notice, wanted) is counts


@given(st.lists(st.integers(0, 3000), min_size=1, max_size=3), st.lists(st.integers(0, 3000), min_size=1, max_size=3))
def test_of_two_versions_of_one_notice_at_least_one_covers_the_other(one: list[int], other: list[int]) -> None:
    """The order is total among versions of one shape, and two that cover each other are the same."""
    here, there = "v" + ".".join(map(str, one)), "v" + ".".join(map(str, other))
    if len(one) == len(other):
        assert same_or_newer(here, there) or same_or_newer(there, here)
        assert (same_or_newer(here, there) and same_or_newer(there, here)) == (one == other)
    else:
        assert not same_or_newer(here, there)


# ------------------------------------------------------------------ giving


def test_a_guardian_on_file_consents(child: File) -> None:
    """Who, what for, to which notice, the child's voice, the paper, and who recorded it."""
    child.give()
    (said,) = child.said()
    (tie,) = [one for one in child.file.ties if one.kind == "guardian"]
    assert (said.given_by, said.given_ref, said.name, said.program, said.notice) == (tie.other_id, tie.ref, "lending", "library", "2026-2")
    assert (said.said, said.basis, said.child_said, said.on_paper, said.said_on, said.recorded_by) == ("given", "consent", "agrees", 1, "2026-10-21", "may")
    assert child.standing() == "holds"


@pytest.mark.parametrize("by", ["mother", "reference"])
def test_parents_and_references_are_as_good(child: File, by: str) -> None:
    """A parent is a guardian by law; a person's reference names whoever is tied to the child."""
    tie = next(one for one in child.file.ties if one.kind == "mother")
    assert child.give(by=tie.ref.lower() if by == "reference" else by)["given_by"] == tie.other_id


def test_next_of_kin_who_is_not_on_file_is_named(child: File) -> None:
    """With name and kinship; the name is kept, and no tie is made of it."""
    said = child.give(by="", named="王外婆", kin="grandparent")
    assert (said["given_by"], said["given_name"], said["given_kin"]) == (None, "王外婆", "grandparent")


@pytest.mark.parametrize(
    "who",
    [
        {"by": "father"},
        {"by": "P-999999"},
        {"by": "child"},
        {"by": "", "named": "王邻居", "kin": "other"},
        {"by": "", "named": "王邻居"},
    ],
)
def test_who_is_no_guardian_cannot_consent(child: File, who: dict[str, Any]) -> None:
    """Nobody's neighbour, no stranger, not the child alone; the hint names the command that enters a guardian."""
    with pytest.raises(Refused) as refused:
        child.give(**who)
    assert codes(refused) == ["not_guardian"]
    assert "care child relate" in refused.value.advice()
    assert child.said() == []


def test_a_tie_that_has_ended_is_none(child: File) -> None:
    """Who was the guardian once may not consent today."""
    children.unrelate(child.tx, "may", NOW, child.file.ref, "guardian")
    with pytest.raises(Refused) as refused:
        child.give()
    assert codes(refused) == ["not_guardian"]


def test_the_child_is_heard_from_eight_years(tx: Tx, child: File) -> None:
    """On that day, in completed years; below it may be heard, and need not."""
    with pytest.raises(Refused) as refused:
        child.give(child="")
    assert codes(refused) == ["child_voice_missing"]
    young = File(tx, YOUNG)
    assert young.give(child="")["child_said"] is None
    with pytest.raises(Refused) as refused:
        young.give(replace(LENDING, child_from=6), child="")
    assert codes(refused) == ["child_voice_missing"]
    assert young.give(replace(LENDING, child_from=7), child="")["said"] == "given"  # seven tomorrow


def test_what_the_child_does_not_want_is_no_consent(child: File) -> None:
    """It is recorded as the child's own refusal; the hint says how."""
    with pytest.raises(Refused) as refused:
        child.give(child="disagrees")
    assert codes(refused) == ["child_disagrees"]
    assert f"care consent refuse {child.file.ref} lending --by child" in refused.value.advice()
    consents.refuse(child.tx, MAY, NOW, child.row, "library", LENDING, Saying(TODAY, by="child"))
    assert (child.standing(), child.said()[0].child_said) == ("refused", "disagrees")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"on": date(2026, 10, 22)}, "in_future"),
        ({"on": date(2014, 4, 30)}, "before_birth"),
        ({"expires": date(2026, 10, 20)}, "ends_before"),
        ({"notice": ""}, "notice_missing"),
        ({"notice": "2026-1"}, "notice_old"),
        ({"notice": "pairing-7"}, "notice_other"),
        ({"paper": False}, "evidence_missing"),
        ({"by": ""}, "guardian_missing"),
        ({"named": "王五", "kin": "relative"}, "guardian_twice"),
        ({"basis": "emergency", "expires": date(2026, 10, 30)}, "reason_missing"),
        ({"basis": "statutory_duty", "reason": "art. 58"}, "end_missing"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_written(child: File, changes: dict[str, Any], code: str) -> None:
    """Each fault has its code and no value of the child in it."""
    with pytest.raises(Refused) as refused:
        child.give(**changes)
    assert (codes(refused), child.said()) == ([code], [])
    assert "张" not in refused.value.text() + refused.value.advice()


def test_all_faults_are_told_at_once(child: File) -> None:
    """Nobody mends one to meet the next."""
    with pytest.raises(Refused) as refused:
        child.give(on=date(2026, 10, 22), by="father", notice="2026-1", child="", paper=False)
    assert refused.value.code == "consent_invalid"
    assert codes(refused) == ["in_future", "not_guardian", "notice_old", "child_voice_missing", "evidence_missing"]


# ------------------------------------------------------------------ what counts


def test_the_latest_day_decides(child: File) -> None:
    """A paper that is entered late does not undo what was said after it was signed."""
    consents.refuse(child.tx, MAY, NOW, child.row, "library", LENDING, Saying(date(2026, 10, 10), by="mother"))
    child.give(on=date(2026, 10, 1))
    assert (child.standing(), child.standing(on=date(2026, 10, 5))) == ("refused", "holds")
    child.give(on=date(2026, 10, 11))
    assert child.standing() == "holds"


def test_of_one_day_the_one_recorded_last_decides(child: File) -> None:
    """Given in the morning, withdrawn at noon."""
    child.give()
    consents.withdraw(child.tx, MAY, NOW, child.row, "library", LENDING, Saying(TODAY, by="guardian"))
    assert child.standing() == "withdrawn"


def test_it_counts_to_the_end_of_its_last_day_and_not_before_its_first(child: File) -> None:
    """Neither the day after, nor the day before."""
    child.give(expires=date(2026, 10, 25))
    days = {day: child.standing(on=date(2026, 10, day)) for day in (20, 21, 25, 26)}
    assert days == {20: "missing", 21: "holds", 25: "holds", 26: "expired"}


def test_it_counts_for_one_purpose_of_one_program(child: File) -> None:
    """Not for another purpose, nor for another program's of the same name."""
    child.give()
    assert child.standing(Consent("pictures", "Pictures", notice="2026-1")) == "missing"
    assert consents.standing(child.said(), "other", LENDING, TODAY) == "missing"


def test_an_older_notice_does_not_cover_a_newer_one(child: File) -> None:
    """When the program's notice is raised, everybody is asked anew; a newer paper covers the older notice."""
    child.give()
    assert child.standing(replace(LENDING, notice="2026-3")) == "older_notice"
    assert child.standing(replace(LENDING, notice="2026-1")) == "holds"


def test_a_statutory_duty_needs_no_record_and_an_emergency_needs_one(child: File) -> None:
    """What the law asks for holds always; an emergency until its last day, beside whatever the guardian says."""
    assert child.standing(replace(LENDING, basis="statutory_duty")) == "not_needed"
    urgent = replace(LENDING, basis="emergency")
    assert child.standing(urgent) == "missing"
    child.give(urgent, by="", basis="emergency", reason="flood", expires=date(2026, 10, 23), paper=False, child="", notice="")
    consents.refuse(child.tx, MAY, NOW, child.row, "library", LENDING, Saying(TODAY, by="guardian"))
    assert (child.standing(), child.standing(on=date(2026, 10, 24))) == ("holds", "refused")


# ------------------------------------------------------------------ what is kept


def test_it_is_told_in_the_childs_journal_with_the_name_masked(child: File) -> None:
    """The chain holds, and what an administrator is shown names nobody."""
    child.give(by="", named="王外婆", kin="grandparent")
    stream = journal.person_stream(child.file.person_id)
    assert journal.verify_stream(child.tx, stream) == []
    last = list(child.tx.rows(journal._STREAM_ENTRIES, {"of": stream}))[-1]
    told = masking.masked_within(canonical.load(last.payload))
    assert (last.kind, told["guardian"], told["notice"], told["given_kin"]) == (
        "consent_given",
        "王*",
        "2026-2",
        "grandparent",
    )


def test_consents_go_with_a_file_that_is_merged(tx: Tx, child: File) -> None:
    """What was recorded in a provisional file is the child's."""
    other = children.add(tx, "may", NOW, {"name": "张三"}, division="990101100", provisional=True)
    row = consents.child_of(tx, MAY, other.ref)
    consents.give(tx, MAY, NOW, row, "library", LENDING, Saying(TODAY, named="王外婆", kin="grandparent", notice="2026-2", paper=True))
    merging.merge(tx, "may", NOW, other.ref, child.file.ref, reason="the same child", move_cases=lambda *_: None)
    assert child.standing() == "holds"
    assert consents.child_of(tx, MAY, other.ref)["ref"] == child.file.ref


def test_a_child_out_of_sight_does_not_exist(child: File) -> None:
    """Neither does one that nobody knows."""
    stranger = replace(MAY, grants=(replace(MAY.grants[0], scope="990102"),))
    for actor, ref in ((stranger, child.file.ref), (MAY, "C-999999")):
        with pytest.raises(NotFound) as unknown:
            consents.child_of(child.tx, actor, ref)
        assert unknown.value.code == "child_unknown"


def test_a_purpose_is_named_alone_where_that_is_clear() -> None:
    """By its name, with its program, or by the program where it has one alone."""
    found = [("library", LENDING), ("camp", Consent("going", "Going", notice="1")), ("health", Consent("lending", "Scales", notice="1"))]
    assert consents.purpose(found, "library.lending") == found[0]
    assert consents.purpose(found, "going") == found[1]
    assert consents.purpose(found, "camp") == found[1]
    with pytest.raises(Misused) as ambiguous:
        consents.purpose(found, "lending")
    assert ambiguous.value.code == "consent_ambiguous"
    with pytest.raises(NotFound) as unknown:
        consents.purpose(found, "lendign")
    assert unknown.value.code == "consent_unknown"
