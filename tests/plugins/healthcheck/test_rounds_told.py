"""What a round tells its checks, and which round a sheet goes into."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.plugins.healthcheck.pupils import AUTUMN, NAMES, NUMBERS, SHEET, TOWNSHIP

Care = Callable[..., Any]


def checks(care: Care, whole: str) -> list[dict[str, Any]]:
    """The records of a round's checks."""
    refs = [one["ref"] for one in care("case", "list", "--whole", whole, "--all", "--json")["cases"]]
    return [care("case", "show", ref, "--json")["case"]["record"] for ref in refs]


def test_a_sheet_of_the_next_term_is_another_round(care: Care) -> None:
    """The first round's results were all in: the second sheet did not go into it."""
    rounds = care("case", "list", "--workflow", "round", "--all", "--json")["cases"]
    assert [(one["ref"], one["stage"]) for one in rounds] == [("HR-26-00001", "results_in"), ("HR-26-00002", "under_way")]
    assert [len(checks(care, one["ref"])) for one in rounds] == [1, 2]


def test_the_calendar_opens_no_second_round_beside_one_of_this_term(care: Care) -> None:
    """Each term had its round, opened with a sheet; the next term gets its own."""
    care("tick")
    assert len(care("case", "list", "--workflow", "round", "--all", "--json")["cases"]) == 2
    care("tick", now="2027-03-20T09:00")
    rounds = care("case", "list", "--workflow", "round", "--all", "--json", now="2027-03-20T09:00")["cases"]
    assert [one["stage"] for one in rounds].count("planned") == 1
    care("tick", now="2027-03-21T09:00")
    assert len(care("case", "list", "--workflow", "round", "--all", "--json", now="2027-03-21T09:00")["cases"]) == 3


def test_a_sheet_fed_in_again_after_its_round_has_gone_on_measures_nobody_anew(care: Care, tmp_path: Path) -> None:
    """Each row is told as measured, and no further round is opened."""
    care("case", "advance", "HR-26-00002", "enter")
    (tmp_path / "again.csv").write_text(AUTUMN, encoding="utf-8")
    said = care("healthcheck", "import", tmp_path / "again.csv", "--township", TOWNSHIP, "--consent-on-file", "2026-1", "--json", code=1)
    assert ({one["code"] for one in said["problems"]}, said["measured"]) == ({"measured_twice"}, 0)
    assert len(care("case", "list", "--workflow", "round", "--all", "--json")["cases"]) == 2


def test_a_late_sheet_goes_into_the_round_that_it_names(care: Care, tmp_path: Path) -> None:
    """Though its results were all in."""
    (tmp_path / "late.csv").write_text(SHEET + f"{NAMES[2]},{NUMBERS[2]},139.0,31.0,5.0,5.0,2026-03-10\n", encoding="utf-8")
    words = ("healthcheck", "import", tmp_path / "late.csv", "--township", TOWNSHIP, "--consent-on-file", "2026-1")
    care(*words, "--round", "HR-26-00001")
    assert len(checks(care, "HR-26-00001")) == 2


def test_a_listed_childs_papers_know_day_place_clinic_and_notice(bare: Care, tmp_path: Path) -> None:
    """Set when the day is set, whether the child was listed before or is measured without being listed."""
    listed = bare("child", "find", NAMES[0], "--json")["children"][0]["ref"]
    bare("child", "edit", listed, "--set", "left_behind=双方外出", "--reason", "asked the school")
    ref = "HR-26-00001"
    bare("case", "open", "healthcheck.round", TOWNSHIP)
    bare("case", "advance", ref, "freeze")
    assert [one["subject"] for one in bare("case", "list", "--whole", ref, "--json")["cases"]] == [listed]
    told = ("held_on=2026-10-20", "make_up_on=2026-10-30", "place=高桥镇中心小学", "clinic=高桥镇卫生院", "doctor=钱医生", "notice=2026-1")
    bare("case", "advance", ref, "schedule", *(word for one in told for word in ("--set", one)))
    bare("tick")
    (tmp_path / "day.csv").write_text(AUTUMN, encoding="utf-8")
    bare("healthcheck", "import", tmp_path / "day.csv", "--township", TOWNSHIP, "--consent-on-file", "2026-1")
    found = checks(bare, ref)
    assert len(found) == 2
    for one in found:
        assert (one["planned_on"], one["place"], one["clinic"], one["notice"]) == ("2026-10-20", "高桥镇中心小学", "高桥镇卫生院", "2026-1")


def stage(care: Care, ref: str) -> str:
    """Where a case stands."""
    return str(care("case", "show", ref, "--json")["case"]["stage"])


@pytest.fixture
def frozen(bare: Care) -> tuple[Care, str, str]:
    """The command, a frozen round on whose list one child is, and that child."""
    child = bare("child", "find", NAMES[0], "--json")["children"][0]["ref"]
    bare("case", "open", "healthcheck.round", TOWNSHIP)
    bare("case", "advance", "HR-26-00001", "freeze")
    bare("case", "open", "healthcheck.check", child, "--whole", "HR-26-00001")
    assert stage(bare, "HR-26-00001") == "frozen"
    return bare, "HR-26-00001", child


def test_the_first_result_of_a_sheet_starts_the_round_at_once(frozen: tuple[Care, str, str], tmp_path: Path) -> None:
    """No tick lies between."""
    care, ref, _ = frozen
    (tmp_path / "day.csv").write_text(AUTUMN, encoding="utf-8")
    care("healthcheck", "import", tmp_path / "day.csv", "--township", TOWNSHIP, "--consent-on-file", "2026-1")
    assert stage(care, ref) == "under_way"


def test_the_first_child_measured_at_the_desk_starts_the_round_at_once(frozen: tuple[Care, str, str]) -> None:
    """As a sheet's first row does."""
    care, ref, child = frozen
    care("healthcheck", "record", child, "--height", "141", "--weight", "33.5", "--consent-on-file", "2026-1")
    assert stage(care, ref) == "under_way"


def test_a_refusal_on_record_closes_the_check_that_waited(frozen: tuple[Care, str, str]) -> None:
    """At once; and it is told as what it was."""
    care, ref, child = frozen
    (check,) = care("case", "list", "--whole", ref, "--json")["cases"]
    assert check["stage"] == "listed"
    care("consent", "refuse", child, "healthcheck", "--named", "周奶奶", "--kin", "grandparent")
    assert stage(care, check["ref"]) == "refused"
    assert "consent_refused" in [one["kind"] for one in care("case", "history", check["ref"], "--json")["events"]]


def test_a_no_in_the_sheet_closes_the_check_that_waited(frozen: tuple[Care, str, str], tmp_path: Path) -> None:
    """It is kept, and nothing is measured."""
    care, ref, _ = frozen
    (check,) = care("case", "list", "--whole", ref, "--json")["cases"]
    head, first, *_ = AUTUMN.splitlines()
    (tmp_path / "day.csv").write_text(f"{head},家长是否同意\n{first},否\n", encoding="utf-8")
    care("healthcheck", "import", tmp_path / "day.csv", "--township", TOWNSHIP, "--consent-on-file", "2026-1", code=1)
    assert stage(care, check["ref"]) == "refused"
