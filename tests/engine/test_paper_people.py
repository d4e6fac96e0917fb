"""Papers and lists name whom a case is about beside the child: its volunteer, and whoever is tied to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine.conftest import TOWNSHIP, Town
from tests.letters import pledges
from tests.letters.desk import Desk, engine_of
from workflow_core.checks import check
from workflow_core.documents.page import to_text
from workflow_core.records import volunteers
from workflow_core.records.values import check_digit


def number(first: str) -> str:
    """An ID number with its check digit."""
    return first + check_digit(first)


HELPER = {"name": "王一一", "national_id": number("43280119850501001"), "phone": "19900000001", "village": "兰草村", "workplace": "中心小学"}
WITNESS = {"name": "赵二一", "national_id": number("43280119860502002"), "village": "板厂村"}


@pytest.fixture
def desk(town_of: Callable[..., Town], tmp_path: Path) -> Desk:
    town = town_of(pledges.PROGRAM)
    town.engine = engine_of(town, tmp_path, town.db)
    return Desk(town, tmp_path)


def volunteer(desk: Desk, said: dict[str, str]) -> str:
    """A volunteer on file."""
    with desk.town.db.write() as tx:
        return volunteers.add(tx, "boss", desk.town.clock.instant, said, division=TOWNSHIP).ref


def pledge(desk: Desk, **witness: str) -> tuple[str, str]:
    """A pledge and the case of whoever gave it."""
    helper = desk.engine.open(desk.town.supervisor, "pledges.helper", volunteer(desk, HELPER), {"places": 2}).ref
    made = desk.engine.open(desk.town.supervisor, "pledges.pledge", desk.town.child(), {"what": "books"}, parties={"helper": helper, **witness})
    return made.ref, helper


def test_a_paper_names_the_parties(desk: Desk) -> None:
    """Of a case whom it is about and what is written down of it; of a person that person; of nobody a blank."""
    ref, _ = pledge(desk, witness=volunteer(desk, WITNESS))
    desk.engine.advance(desk.town.supervisor, ref, "keep")
    assert "王一一｜男｜41｜19900000001｜2｜赵二一｜板厂村" in to_text(desk.page(ref))
    alone = desk.engine.open(desk.town.supervisor, "pledges.pledge", desk.town.child(), {"what": "pens"}).ref
    desk.engine.advance(desk.town.supervisor, alone, "keep")
    assert "｜＿" in to_text(desk.page(alone))


def test_a_paper_of_a_volunteers_case_names_the_volunteer(desk: Desk) -> None:
    """With what the file of a volunteer has."""
    _, helper = pledge(desk)
    desk.engine.advance(desk.town.supervisor, helper, "leave")
    assert f"王一一｜{HELPER['national_id']}｜中心小学｜2" in to_text(desk.page(helper))


def test_a_list_names_the_parties_and_masks_them(desk: Desk) -> None:
    """Like the child's name: whole only for a purpose; empty where nobody is."""
    pledge(desk)
    assert [row[2:] for row in desk.engine.listing(desk.town.supervisor, "pledges", "pledges").rows] == [("王*", "", "books")]
    whole = desk.engine.listing(desk.town.supervisor, "pledges", "pledges", unmasked=True, purpose="a meeting")
    assert [row[2:4] for row in whole.rows] == [("王一一", "")]


def test_a_list_of_volunteers_cases_names_the_volunteers(desk: Desk) -> None:
    """And its heading says so."""
    _, helper = pledge(desk)
    listed = desk.engine.listing(desk.town.supervisor, "pledges", "who", unmasked=True, purpose="a meeting")
    assert (listed.columns[1], listed.rows) == ("Volunteer", ((helper, "王一一", "2"),))


def test_the_program_is_sound() -> None:
    """Its templates name parties that there are, and a party may be a column."""
    assert [one for one in check(pledges.PROGRAM) if one.severity == "error"] == []
