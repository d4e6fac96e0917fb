"""``care child erase``, ``access-report`` and ``care office retention``, as they are typed."""

from __future__ import annotations

from pathlib import Path

from tests.cli.helping import TOWNSHIP, Care, Ran


def error(ran: Ran) -> str:
    """The code of the error that was answered."""
    return str(ran.json["error"]["code"])


def over(cases: Care) -> None:
    """The first case comes to its end."""
    cases("case", "override", "DR-26-00001", "--to", "excused", "--reason", "over")


def test_an_erasure_is_asked_for_and_carried_out(cases: Care) -> None:
    """It says what went, what cannot be reached, and is told to the other administrator in between."""
    assert "DR-26-00001" in cases("child", "erase", "C-000001", "--dry-run", code=1).err
    over(cases)
    assert "nothing was written" in cases("child", "erase", "C-000001", "--dry-run").out
    asked = cases("child", "erase", "C-000001", "--reason", "the family asks for it")
    assert "--approve" in asked.out
    assert "C-000001" in cases("inbox").err
    assert error(cases("child", "erase", "C-000001", "--approve", "--json", code=2)) == "erasure_unconfirmed"
    done = cases("child", "erase", "C-000001", "--approve", "--yes", "--json").json["erasure"]
    assert (done["state"], done["clean"], done["taken"]["cases"]) == ("done", True, 1)
    assert error(cases("child", "show", "C-000001", "--json", code=1)) == "child_erased"
    assert "approved it" in cases("case", "show", "DR-26-00001").out
    assert not cases("office", "doctor", "--json", code=None).json["damaged"]
    assert cases("journal", "verify").code == 0


def test_what_was_done_with_an_erased_child_is_found_by_its_reference(cases: Care) -> None:
    """The reference stays; what was approved of the file, or waits, ends with it."""
    over(cases)
    cases("account", "add", "away")
    place = cases("place", "add", "远山学校", "--kind", "school", "--township", TOWNSHIP, "--json").json["places"][0]["ref"]
    cases("account", "grant", "away", "school", "--place", place)
    cases("--as", "away", "access", "request", "--child", "C-000001", "--purpose", "her sister is here")
    cases("--as", "away", "access", "emergency", "--child", "C-000001", "--reason", "found at the station")
    cases("child", "erase", "C-000001", "--reason", "the family asks for it")
    cases("child", "erase", "C-000001", "--approve", "--yes")
    assert {one["state"] for one in cases("--as", "away", "access", "list", "--all", "--json").json["yours"]} == {"ended"}
    found = cases("journal", "search", "--child", "c-000001", "--json").json["found"]
    assert {"erased", "erasure_asked", "emergency_access"} <= {one["kind"] for one in found}
    assert cases("journal", "show", "--subject", "C-000001", "--kind", "erased", "--json").json["entries"] != []
    assert error(cases("journal", "search", "--child", "C-009999", "--json", code=5)) == "child_unknown"


def test_it_can_be_withdrawn_and_says_what_it_wants(cases: Care) -> None:
    """Without an option it asks which; withdrawn it is over; nothing is left to be cleaned."""
    over(cases)
    assert "--dry-run" in cases("child", "erase", "C-000001", code=2).err
    cases("child", "erase", "C-000001", "--reason", "a mistake")
    assert "stays on file" in cases("child", "erase", "C-000001", "--withdraw").out
    assert cases("child", "erase", "C-000001", "--clean", "--json").json["erasure"]["state"] == "withdrawn"


def test_the_report_is_a_page_in_chinese(cases: Care, tmp_path: Path) -> None:
    """Whatever the screen speaks; it may be a file, or text; who asked for it is said."""
    told = cases("child", "access-report", "C-000001", "--purpose", "the grandfather asks").out
    assert [word in told for word in ("赵一", "劝返复学", "13300000001")] == [True, True, False]
    page = tmp_path / "report.html"
    cases("child", "access-report", "C-000001", "--purpose", "the grandfather asks", "--to", page)
    content = page.read_text(encoding="utf-8")
    assert [word in content for word in ("Content-Security-Policy", "赵一", '<span class="n">DR-26-00001</span>')] == [True, True, True]
    assert error(cases("child", "access-report", "C-000001", "--json", code=2)) == "purpose_missing"
    assert error(cases("child", "access-report", "C-000001", "--purpose", "the grandfather asks", "--to", "x.doc", "--json", code=2)) == "print_kind"
    assert cases("child", "access-report", "C-000001", "--purpose", "the grandfather asks", "--json").json["report"]["ref"] == "C-000001"


def test_who_is_past_the_time_is_listed(cases: Care) -> None:
    """Three years after the end of its case; the office may keep longer, with a reason."""
    over(cases)
    assert "Nobody" in cases("office", "retention").out
    later = ("--now", "2029-10-23T09:00:00+08:00")
    assert "C-000001" in cases(*later, "office", "retention").out
    assert cases("office", "retention", "--set", "dropout_return", "--months", "48", "--reason", "decided", "--json").json["times"][0]["months"] == 48
    assert "Nobody" in cases(*later, "office", "retention").out
    assert error(cases("office", "retention", "--set", "dropout_return", "--months", "60", "--json", code=2)) == "reason_missing"
    assert "dropout_return" in cases("office", "retention", "--times").out


def test_a_request_for_a_correction_is_received_answered_and_printed(cases: Care, tmp_path: Path) -> None:
    """It stands in the inbox until then; the answer is a page in Chinese with the decision and its reason."""
    said = ("--kind", "correct", "--by", "母亲", "--what", "年级有误")
    ref = cases("child", "request", "receive", "C-000001", *said, "--json").json["request"]["ref"]
    assert "care child request list" in cases("inbox").err
    assert [word in cases("child", "request", "list").out for word in (ref, "年级有误")] == [True, True]
    assert "--grant" in cases("child", "request", "answer", ref, code=2).err
    page = tmp_path / "answer.html"
    told = cases("child", "request", "answer", ref, "--refuse", "--reason", "与学籍一致", "--to", page).out
    assert [str(page) in told.replace("\n", ""), "--to FILE" in told] == [True, False]
    assert [word in page.read_text(encoding="utf-8") for word in ("与学籍一致", "不予同意", "赵一", "法院")] == [True] * 4
    assert "与学籍一致" in cases("child", "request", "print", ref).out
    assert "care child request list" not in cases("inbox").err
    assert cases("child", "request", "print", ref, "--to", tmp_path / "again.txt", "--json").json["file"].endswith("again.txt")
    over(cases)
    cases("child", "erase", "C-000001", "--reason", "the family asks for it")
    done = cases("child", "erase", "C-000001", "--approve", "--yes", "--also-elsewhere", "none", "--json").json["erasure"]
    assert {"petition_printed", "revealed"} <= {one["kind"] for one in done["unreached"]["handed_out"]}
    assert "***" in cases("child", "request", "list", "--all").out


def test_a_name_that_may_mean_anything_else_is_shown_and_decided(cases: Care) -> None:
    """The dry run shows the place without the name; nothing is carried out before somebody says which go."""
    over(cases)
    cases("case", "note", "DR-26-00002", "met 赵一 there")
    shown = cases("child", "erase", "C-000001", "--dry-run").out
    assert [word in shown for word in ("DR-26-00002", "[赵*]", "赵一")] == [True, True, False]
    cases("child", "erase", "C-000001", "--reason", "the family asks for it")
    assert error(cases("child", "erase", "C-000001", "--approve", "--yes", "--json", code=1)) == "elsewhere_undecided"
    done = cases("child", "erase", "C-000001", "--approve", "--yes", "--also-elsewhere", "all", "--json").json["erasure"]
    assert (done["unsure"], done["elsewhere"]) == ([], {"DR-26-00002": 1})
