"""``care volunteer``: on file, listed, shown, corrected; an account that is a volunteer's."""

from __future__ import annotations

from tests.cli.helping import TOWNSHIP, Care
from workflow_core.records.values import check_digit

FIRST = "43280119800325321"
NUMBER = FIRST + check_digit(FIRST)


def add(care: Care, *more: object) -> str:
    said = ("--set", "name=乙一", "--set", f"national_id={NUMBER}", "--set", "phone=13348165738", "--set", "village=裴坝村")
    ref: str = care("volunteer", "add", "--township", TOWNSHIP, *said, *more, "--json").json["volunteer"]["ref"]
    return ref


def test_a_volunteer_is_put_on_file_and_listed_masked(office: Care) -> None:
    """No name and no number leaves a list."""
    ref = add(office)
    (shown,) = office("volunteer", "list", "--json").json["volunteers"]
    assert (shown["ref"], shown["name"], shown["national_id"]) == (ref, "乙*", f"4328{'*' * 10}{NUMBER[-4:]}")
    assert NUMBER not in office("volunteer", "list").out
    assert "裴坝村" in office("volunteer", "list", "--text", "乙").out


def test_all_that_is_wrong_is_told(office: Care) -> None:
    """Exit code 2, every fault, and what to do."""
    ran = office("volunteer", "add", "--township", TOWNSHIP, "--set", "name=乙一", "--set", "national_id=432801198003253210", code=2)
    assert "check digit" in ran.err
    add(office)
    assert (
        "care volunteer edit P-000001" in office("volunteer", "add", "--township", TOWNSHIP, "--set", "name=乙一", "--set", f"national_id={NUMBER}", code=1).err
    )


def test_whoever_unmasks_says_why(office: Care) -> None:
    """Without a purpose nothing is shown."""
    ref = add(office)
    assert office("volunteer", "show", ref, "--json").json["volunteer"]["phone"] == "133****5738"
    assert "--purpose" in office("volunteer", "show", ref, "--unmasked", code=2).err
    assert "13348165738" in office("volunteer", "show", ref, "--unmasked", "--purpose", "to call him").out


def test_a_file_is_corrected_and_one_who_left_is_listed_no_more(office: Care) -> None:
    """With a reason; nothing to change is a wrong use."""
    ref = add(office)
    assert office("volunteer", "edit", ref, "--status", "left", "--reason", "moved", "--json").json["volunteer"]["version"] == 2
    assert office("volunteer", "list", "--json").json["volunteers"] == []
    assert len(office("volunteer", "list", "--all", "--json").json["volunteers"]) == 1
    office("volunteer", "edit", ref, "--reason", "nothing", code=2)


def test_an_account_may_be_a_volunteers(office: Care) -> None:
    """It has no role, and an empty inbox."""
    ref = add(office)
    assert "needs no role" in office("account", "add", "mentor", "--volunteer", ref).out
    assert ref in office("account", "show", "mentor").out
    assert office("account", "show", "mentor", "--json").json["account"]["volunteer"] == ref
    assert office("--as", "mentor", "inbox", "--json").json["tasks"] == []
    assert "there is no volunteer" in office("account", "add", "other", "--volunteer", "P-999999", code=5).err
