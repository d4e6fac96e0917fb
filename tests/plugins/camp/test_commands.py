"""The camp's commands, typed in a training office: seats, the draw and whether it fits, the days themselves."""

from __future__ import annotations

import csv
import json
import sqlite3
import subprocess
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from careflow_cli.main import run
from workflow_core.records.values import check_digit

COUNTY, TOWNSHIP = "990101", "990101100"
DIVISIONS = "code,name\n99,示范省\n9901,示范市\n990101,青溪县\n990101100,高桥镇\n990101101,柳林乡\n"
SECRET, PUBLIC = "c4" * 32, "03081217263109"
SPRING, CLOSED, DRAWN = "2027-05-17T09:00", "2027-06-10T17:00", "2027-06-20T21:00"
ED = "ED-27-00001"
Care = Callable[..., Any]


@pytest.fixture
def care(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Care:
    """Runs ``care`` in a new training office with nine children of two schools on file; its JSON where ``--json`` is among the words."""
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("CARE_LANG", raising=False)
    monkeypatch.chdir(tmp_path)

    def call(*words: object, now: str = SPRING, code: int = 0) -> Any:
        capfd.readouterr()
        answered = run(["--office", str(tmp_path / "office"), "--now", now, *(str(word) for word in words)])
        out, err = capfd.readouterr()
        assert answered == code, f"exit {answered}: {err}{out}"
        return json.loads(out) if "--json" in words else out + err

    (tmp_path / "divisions.csv").write_text(DIVISIONS, encoding="utf-8")
    kids = [(f"{'张王李赵钱孙周吴郑'[n]}甲", number(n), "高桥镇中心小学" if n < 6 else "板厂小学") for n in range(9)]
    sheet(tmp_path / "roster.csv", ("姓名", "身份证号", "学校", "年级", "留守情况", "监护人", "与儿童关系"),
          [(name, no, school, "四年级", "父母双方外出", f"{name}奶", "祖母") for name, no, school in kids])  # fmt: skip
    sheet(tmp_path / "nominations.csv", ("姓名", "身份证号", "父母外出月数"), [(name, no, 12) for name, no, _ in kids])
    sheet(tmp_path / "tutors.csv", ("组号", "辅导员", "电话", "查询日期", "查询编号"), [(1, "辅导员甲", "19900001001", "2027-06-01", "查1")])
    call("office", "init", "--training", "--divisions", tmp_path / "divisions.csv")
    call("child", "import", tmp_path / "roster.csv", "--township", TOWNSHIP)
    call("program", "enable", "camp", "--township", COUNTY)
    return call


def number(n: int) -> str:
    first = f"43280120170301{n * 2 + 1:03d}"
    return first + check_digit(first)


def sheet(path: Path, head: tuple[str, ...], rows: list[Any]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])


def nominated(care: Care, *how: object) -> None:
    """An edition of six seats, committed to, with nine nominated, or those that are named."""
    care("case", "open", "camp.edition", COUNTY, "--set", "starts_on=2027-07-10", "--set", "ends_on=2027-07-12", "--set", "seats=6", "--set",
         "public_source=体彩第27070期", "--set", "nominate_by=2027-06-10", "--set", "public_on=2027-06-20")  # fmt: skip
    care("case", "advance", ED, "announce")
    care("camp", "allot", ED)
    care("camp", "commit", ED, "--commitment", sha256(SECRET.encode()).hexdigest())
    care("case", "advance", ED, "open")
    care("camp", *(how or ("import", "nominations.csv", "--township", TOWNSHIP)))
    Path("secret.txt").write_text(f"{SECRET}\n", encoding="utf-8")


def drawn(care: Care) -> None:
    """The same, drawn, and its seats offered."""
    nominated(care)
    care("camp", "close", ED, now=CLOSED)
    care("camp", "draw", ED, "--secret-file", "secret.txt", "--public", PUBLIC, now=DRAWN)
    care("tick", now=DRAWN)


# ------------------------------------------------------------------ seats


def test_seats_of_a_file_and_of_the_registry(care: Care, tmp_path: Path) -> None:
    """Each method by its name; by school, and by township."""
    (tmp_path / "counts.csv").write_text("name,count\n甲,53\n乙,24\n丙,23\n", encoding="utf-8")
    assert care("camp", "quota", "--from", "counts.csv", "--seats", 7, "--json")["seats"] == {"甲": 4, "乙": 2, "丙": 1}
    for method, wanted in (("sainte-lague", [3, 2, 2]), ("dhondt", [4, 2, 1]), ("huntington-hill", [3, 2, 2])):
        said = care("camp", "quota", "--from", "counts.csv", "--seats", 7, "--method", method, "--json")
        assert list(said["seats"].values()) == wanted
    assert care("camp", "quota", "--county", COUNTY, "--seats", 3, "--json")["seats"] == {"板厂小学": 1, "高桥镇中心小学": 2}
    assert care("camp", "quota", "--county", COUNTY, "--by", "township", "--seats", 3, "--json")["seats"] == {"高桥镇": 3, "柳林乡": 0}


def test_what_is_wrong_with_counts_is_told_all_at_once(care: Care, tmp_path: Path) -> None:
    """Each with its code and a hint; one alone by itself."""
    (tmp_path / "bad.csv").write_text("甲,3\n甲,4\n乙,many\n", encoding="utf-8")
    error = care("camp", "quota", "--from", "bad.csv", "--seats", 0, "--json", code=1)["error"]
    assert [one["code"] for one in error["problems"]] == ["seats_not_positive", "school_twice", "count_not_whole"]
    assert all(one["hint"] for one in error["problems"])
    assert error["problems"][1]["message"].endswith("lines 1, 2")
    (tmp_path / "good.csv").write_text("甲,3\n", encoding="utf-8")
    assert care("camp", "quota", "--from", "good.csv", "--seats", -1, "--json", code=1)["error"]["code"] == "seats_not_positive"
    care("camp", "quota", "--seats", 3, code=2)


def test_an_editions_seats_are_tried_and_allotted(care: Care) -> None:
    """A trial writes nothing; a file of counts takes the registry's place."""
    care("case", "open", "camp.edition", COUNTY, "--set", "starts_on=2027-07-10", "--set", "ends_on=2027-07-12", "--set", "seats=6")
    care("case", "advance", ED, "announce")
    assert care("camp", "allot", ED, "--dry-run", "--json")["seats"] == {"板厂小学": 2, "高桥镇中心小学": 4}
    assert care("case", "show", ED, "--json")["case"]["record"]["allotment"] == []
    Path("counts.csv").write_text("板厂小学,30\n高桥镇中心小学,30\n", encoding="utf-8")
    assert care("camp", "allot", ED, "--from", "counts.csv", "--json")["seats"] == {"板厂小学": 3, "高桥镇中心小学": 3}
    told = care("--lang", "zh_CN", "case", "show", ED)
    assert "学校：板厂小学" in told
    assert "reserve" not in told


# ------------------------------------------------------------------ the draw


def test_a_secret_is_made_and_shown_once_and_is_nowhere_in_the_office(care: Care, tmp_path: Path) -> None:
    """Only its SHA-256 is kept; no file of the office has it."""
    care("case", "open", "camp.edition", COUNTY, "--set", "starts_on=2027-07-10", "--set", "ends_on=2027-07-12", "--set", "seats=6")
    care("case", "advance", ED, "announce")
    said = care("camp", "commit", ED, "--json")
    assert sha256(said["secret"].encode()).hexdigest() == said["commitment"]
    assert care("case", "show", ED, "--json")["case"]["record"]["commitment"] == said["commitment"]
    files = [file for file in (tmp_path / "office").rglob("*") if file.is_file()]
    assert files
    assert not any(said["secret"].encode() in file.read_bytes() for file in files)


def test_seats_that_nobody_can_have_are_told_when_nominations_close(care: Care) -> None:
    """One child is nominated for six seats."""
    nominated(care, "nominate", "C-000001", "--away", 12)
    assert care("camp", "close", ED, "--json", now=CLOSED)["unused"] == 5


def test_what_was_published_verifies_and_any_changed_byte_does_not(care: Care, tmp_path: Path) -> None:
    """In the office, from files without one, and by the six lines in a shell."""
    nominated(care)
    digest = care("camp", "close", ED, "--json", now=CLOSED)["digest"]
    assert "Nothing is drawn yet" in care("camp", "verify", ED, now=CLOSED)
    care("camp", "draw", ED, "--secret-file", "secret.txt", "--public", PUBLIC, "--dry-run", now=DRAWN)
    asked = ("--case", ED, "--set", f"secret={SECRET}", "--set", f"public_value={PUBLIC}", "--dry-run")
    assert care("batch", "plan", "camp.draw", *asked, "--json", now=DRAWN)["plan"]["input"] == {"secret": "***", "public_value": PUBLIC}
    assert SECRET not in care("batch", "plan", "camp.draw", *asked, now=DRAWN)
    done = care("camp", "draw", ED, "--secret-file", "secret.txt", "--public", PUBLIC, "--json", now=DRAWN)
    assert (done["done"], done["refused"]) == (10, [])
    care("camp", "draw", ED, "--secret-file", "secret.txt", "--public", "1", now=DRAWN, code=1)
    said = care("camp", "verify", ED, "--write-list", "list.txt", "--write-order", "order.txt", now=DRAWN)
    assert sha256(Path("list.txt").read_bytes()).hexdigest() == digest
    published = ["--commitment", sha256(SECRET.encode()).hexdigest(), "--digest", digest, "--secret", SECRET, "--public", PUBLIC]
    files = ["--list", "list.txt", "--order", "order.txt"]
    care("camp", "verify", *files, *published)
    order = Path("order.txt").read_bytes()
    recipe = said[said.index("secret=") :]
    subprocess.run(["sh"], input=recipe.encode(), cwd=tmp_path, check=True, capture_output=True)
    assert Path("order.txt").read_bytes() == order
    for at in range(0, len(order), 37):
        Path("order.txt").write_bytes(order[:at] + bytes([order[at] ^ 1]) + order[at + 1 :])
        assert care("camp", "verify", *files, *published, "--json", code=1)["error"]["code"] == "order_wrong"
    care("camp", "verify", "--list", "list.txt", code=2)


def test_a_changed_camper_is_not_taken_and_a_changed_file_is_told(care: Care) -> None:
    """A tier is edited by nobody; what was published is compared with what the office has, and never written over."""
    drawn(care)
    camper = care("case", "list", "--whole", ED, "--json", now=DRAWN)["cases"][0]["ref"]
    assert care("case", "edit", camper, "--set", "tier=1", "--reason", "a favour", "--json", now=DRAWN, code=1)["error"]["code"] == "field_fixed"
    files = ["--list", "list.txt", "--order", "order.txt"]
    care("camp", "verify", ED, "--write-list", "list.txt", "--write-order", "order.txt", now=DRAWN)
    care("camp", "verify", ED, *files, now=DRAWN)
    for name, code in (("list.txt", "list_wrong"), ("order.txt", "order_wrong")):
        before = Path(name).read_bytes()
        Path(name).write_bytes(b"1 CM-27-99999\n")
        assert care("camp", "verify", ED, *files, "--json", now=DRAWN, code=1)["error"]["code"] == code
        assert Path(name).read_bytes() == b"1 CM-27-99999\n"
        Path(name).write_bytes(before)


# ------------------------------------------------------------------ the days


def test_a_camp_at_the_desk(care: Care) -> None:
    """One more nominated by hand; groups, arrivals, a roll from the printed list, how the seats stand, all papers in one print."""
    drawn(care)
    offered = care("case", "list", "--program", "camp", "--workflow", "camper", "--stage", "offered", "--json", now=DRAWN)["cases"]
    assert len(offered) == 6
    Path("kids.txt").write_text("".join(f"{one['subject']}\n" for one in offered), encoding="utf-8")
    care("consent", "attest", "camp.camp", "--children", "kids.txt", "--consent-on-file", "2026-1", "--township", COUNTY, now=DRAWN)
    for one in offered:
        care("task", "done", f"{one['ref']}.health", "--set", "stated_on=2027-06-20", "--set", "fit=yes", now=DRAWN)
        care("task", "done", f"{one['ref']}.contact", "--set", "name=王五", "--set", "phone=19900009999", now=DRAWN)
    assert care("camp", "groups", ED, "--tutors", "tutors.csv", "--json", now=DRAWN)["groups"] == {"1": 6}
    care("case", "advance", ED, "ready", "--confirm", "the papers are signed by hand", now=DRAWN)
    care("task", "done", f"{ED}.check_staff", "--set", "checked_on=2027-06-20", "--set", "asked=3", now=DRAWN)
    first, *rest = [one["ref"] for one in offered]
    care("case", "advance", ED, "begin", now="2027-07-10T08:00")
    assert care("camp", "roll-call", ED, "--group", 1, "--all-here", "--json", now="2027-07-10T08:05", code=1)["error"]["code"] == "nobody_arrived"
    assert care("camp", "arrive", ED, "--absent", first, "--json", now="2027-07-10T09:00")["absent"] == [first]
    noon = "2027-07-10T12:05"
    care("tick", now=noon)
    there = care("camp", "roll-call", ED, "--group", 1, "--show", "--json", now=noon)["campers"]
    assert {one["ref"]: one["stage"] for one in there} == {first: "confirmed", **dict.fromkeys(rest, "arrived")}
    care("camp", "roll-call", ED, "--group", 1, now=noon, code=2)
    assert care("camp", "roll-call", ED, "--group", 9, "--all-here", "--json", now=noon, code=1)["error"]["code"] == "no_such_group"
    told = care("camp", "roll-call", ED, "--group", 1, "--absent", rest[0], now=noon)
    assert f"missing: {rest[0]}" in told
    assert f"expected, has not arrived: {first}" in told
    assert care("camp", "roll-call", ED, "--group", 1, "--all-here", "--json", now=noon, code=1)["error"]["code"] == "called_already"
    night = "2027-07-10T20:05"
    care("tick", now=night)
    assert care("camp", "roll-call", ED, "--group", 1, "--all-here", "--json", now=night, code=1)["error"]["code"] == "somebody_missing"
    assert [one["ref"] for one in care("case", "list", "--flagged", "--json", now=noon)["cases"]] == [rest[0]]
    past = ["camp", "roll-call", ED, "--group", 1, "--at"]
    care(*past, "2027-07-10 07:05", "--all-here", "--late", "停电", now=night)
    care(*past, "2027-07-10 07:05", "--late", "停电", now=night, code=2)
    for morning, why in (("2027-07-10 07:05", "called_already"), ("2027-07-10 12:05", "called_already"), ("2027-07-10 20:01", "not_late")):
        error = care(*past, morning, "--all-here", "--late", "停电", "--json", now=night, code=1)["error"]
        assert why in [error["code"], *(one["code"] for one in error.get("problems", []))]
    assert [one["code"] for one in care("camp", "pass-on", ED, "--json", now=noon, code=1)["error"]["problems"]] == ["no_seat_free"]
    stands = care("camp", "seats", ED, "--json", now=noon)["schools"]
    assert sum(one["seats"] for one in stands) == 6
    printed = care("document", "print", "--whole", ED, "--to", "all.html", "--json", now=noon)["papers"]
    assert {paper.split(".")[0] for paper in printed} == {ED, first, *rest}
    assert len(care("document", "print", "badge", "--whole", ED, "--to", "badges.html", "--json", now=noon)["papers"]) == 6


def test_one_child_is_nominated_at_the_desk(care: Care) -> None:
    """Held to what a row is held to; twice changes nothing."""
    care("case", "open", "camp.edition", COUNTY, "--set", "starts_on=2027-07-10", "--set", "ends_on=2027-07-12", "--set", "seats=6")
    care("case", "edit", ED, "--set", "public_source=体彩第27070期", "--set", "public_on=2027-06-20", "--reason", "the notice")
    care("case", "advance", ED, "announce")
    care("camp", "allot", ED)
    assert care("camp", "nominate", "C-000001", "--json", code=1)["error"]["code"] == "whole_missing"
    care("case", "advance", ED, "open")
    assert care("camp", "nominate", "C-000001", "--away", 12, "--json")["cases"] == ["CM-27-00001"]
    assert care("camp", "nominate", "C-000001", "--json")["unchanged"] == 1


def test_an_edition_is_opened_for_a_county_by_code_or_by_name(care: Care) -> None:
    """And who names nothing, or a child, is told what is wanted."""
    said = ("--set", "starts_on=2027-07-10", "--set", "ends_on=2027-07-12", "--set", "seats=6", "--json")
    assert care("case", "open", "camp.edition", *said, code=2)["error"]["hint"].startswith("a division's code or name")
    assert care("case", "open", "camp.edition", "C-000001", *said, code=5)["error"]["code"] == "division_unknown"
    assert care("case", "open", "camp.edition", "青溪县", *said)["ref"] == ED
    assert "or a division (its code or name)" in " ".join(care("case", "open", "--help").split())


def test_counts_from_a_file_are_held_to_what_quota_says(care: Care) -> None:
    """The school is named, full-width digits are digits, and a school that no child on file goes to is told."""
    dates = ("--set", "starts_on=2027-07-10", "--set", "ends_on=2027-07-12", "--set", "seats=6")
    assert care("case", "open", "camp.edition", COUNTY, *dates, "--json", now="2027-08-01T09:00", code=1)["error"]["problems"][0]["code"] == "day_over"
    care("case", "open", "camp.edition", COUNTY, *dates)
    assert "case why" in care("camp", "commit", ED, "--json", code=5)["error"]["hint"]
    care("case", "advance", ED, "announce")
    Path("counts.csv").write_text("学校,人数\n高桥镇中心小学,６\n板厂小学,三\n", encoding="utf-8")
    error = care("camp", "allot", ED, "--from", "counts.csv", "--json", code=1)["error"]
    assert "板厂小学" in json.dumps(error, ensure_ascii=False)
    Path("counts.csv").write_text("学校,人数\n高桥镇中心小学,６\n远方小学,3\n", encoding="utf-8")
    assert "nominated: 远方小学" in care("camp", "allot", ED, "--from", "counts.csv", "--dry-run")


def test_a_task_that_waits_is_told_as_to_be_done(care: Care, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not as a way that is open: in 中文 the two are different words."""
    care("case", "open", "camp.edition", COUNTY, "--set", "starts_on=2027-07-10", "--set", "ends_on=2027-07-12", "--set", "seats=6")
    care("case", "advance", ED, "announce")
    monkeypatch.setenv("CARE_LANG", "zh_CN")
    listed = care("task", "list", ED)
    assert ("待办" in listed, "可行" in listed) == (True, False)


def test_a_plan_that_was_left_half_carried_out_lies_in_the_inbox(care: Care, tmp_path: Path) -> None:
    """With the command that carries it on, and the clock tells of it too."""
    drawn(care)
    care("camp", "groups", ED, "--tutors", "tutors.csv", now=DRAWN)
    (database,) = (tmp_path / "office").glob("*.sqlite")
    with sqlite3.connect(database) as raw:
        ((plan,),) = raw.execute("UPDATE plan SET state = 'running' WHERE batch = 'groups' RETURNING ref").fetchall()
    raw.close()
    later = "2027-06-20T22:30"
    assert f"care batch run {plan}" in care("inbox", now=later)
    assert plan in care("tick", now=later, code=1)
    care("batch", "run", plan, now=later)
    assert plan not in care("inbox", now=later)
