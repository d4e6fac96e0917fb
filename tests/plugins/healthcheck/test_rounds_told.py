"""What a round tells its checks, and which round a sheet goes into."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

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
    bare("child", "edit", listed, "--set", "left_behind=yes", "--reason", "asked the school")
    ref = "HR-26-00001"
    bare("case", "open", "healthcheck.round", TOWNSHIP)
    bare("case", "advance", ref, "freeze")
    told = ("held_on=2026-10-20", "make_up_on=2026-10-30", "place=高桥镇中心小学", "clinic=高桥镇卫生院", "doctor=钱医生", "notice=2026-1")
    bare("case", "advance", ref, "schedule", *(word for one in told for word in ("--set", one)))
    bare("tick")
    (tmp_path / "day.csv").write_text(AUTUMN, encoding="utf-8")
    bare("healthcheck", "import", tmp_path / "day.csv", "--township", TOWNSHIP, "--consent-on-file", "2026-1")
    found = checks(bare, ref)
    assert len(found) == 2
    for one in found:
        assert (one["planned_on"], one["place"], one["clinic"], one["notice"]) == ("2026-10-20", "高桥镇中心小学", "高桥镇卫生院", "2026-1")
