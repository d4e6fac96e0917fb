"""The commands of pairing, in a training office: from the sheet to the county's view."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from careflow_cli.main import run
from tests.plugins.pairing import people

Care = Callable[..., Any]
DIVISIONS = "code,name\n99,示范省\n9901,示范市\n990101,青溪县\n990101100,高桥镇\n990101101,柳林乡\n"


@pytest.fixture
def care(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Care:
    """Runs ``care`` in a new training office; its JSON where ``--json`` is among the words."""
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("CARE_LANG", raising=False)
    (tmp_path / "divisions.csv").write_text(DIVISIONS, encoding="utf-8")

    def call(*words: object, now: str = "2026-10-12T09:00", code: int = 0) -> Any:
        capfd.readouterr()
        answered = run(["--office", str(tmp_path / "office"), "--now", now, *(str(word) for word in words)])
        out, err = capfd.readouterr()
        assert answered == code, f"exit {answered}: {err}{out}"
        return json.loads(out) if "--json" in words else out + err

    call("office", "init", "--training", "--divisions", tmp_path / "divisions.csv")
    call("child", "import", people.child_roster(tmp_path / "roster.xlsx", people.children(6)), "--township", "990101100")
    call("program", "enable", "pairing", "--township", "990101100")
    return call


def here(tmp_path: Path, *extra: str) -> Path:
    numbers = [one.number for one in people.children(6)]
    file = tmp_path / "children.txt"
    file.write_text("\n".join([*numbers, *extra]) + "\n", encoding="utf-8")
    return file


def ready(care: Care, tmp_path: Path, capacity: int = 2) -> None:
    """Volunteers are on file, children in the queue."""
    sheet = people.volunteer_sheet(tmp_path / "volunteers.xlsx", [people.volunteer(n, capacity=capacity) for n in range(2)])
    assert care("pairing", "import-volunteers", sheet, "--township", "990101100", "--json")["opened"] == 2
    assert care("pairing", "queue", "--children", here(tmp_path), "--consent-on-file", "2026-1", "--township", "990101100", "--json")["queued"] == 6


def test_the_queue_tells_what_it_could_not_take(care: Care, tmp_path: Path) -> None:
    """Unknown numbers are told with their line, the others go on; a second time nobody is registered twice."""
    file = here(tmp_path, "432801201109112309")
    words = ("pairing", "queue", "--children", file, "--consent-on-file", "2026-1", "--township", "990101100", "--json")
    first = care(*words, code=1)
    assert (first["queued"], [(one["line"], one["verdict"]) for one in first["problems"]]) == (6, [(7, "unknown")])
    again = care(*words, code=1)
    assert (again["queued"], again["registered_before"]) == (0, 6)
    assert "notice" in care(*words[:5], "2024-1", *words[6:8], code=1)


def test_a_line_is_told_by_its_place_in_the_file_and_in_words(care: Care, tmp_path: Path) -> None:
    """Blank lines count, as an editor counts them; a number given twice is one child; a need that was only opened is taken up."""
    care("case", "open", "pairing.need", "C-000001")
    file = tmp_path / "children.txt"
    file.write_text("\n".join(["", people.children(1)[0].number, "", "432801201109112309", people.children(1)[0].number]), encoding="utf-8")
    words = ("pairing", "queue", "--children", file, "--consent-on-file", "2026-1", "--township", "990101100")
    assert "1 children could be queued" in care(*words, "--dry-run", code=1)
    told = care(*words, code=1)
    assert "1 children are in the queue now" in told
    assert "4" in told.splitlines()[2]
    assert "no child on file has this number" in told
    assert [row["stage"] for row in care("case", "list", "--workflow", "need", "--json")["cases"]] == ["queued"]


def test_the_commands_speak_chinese(care: Care, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a command says itself is in the catalogue too: its sentences, its headings, the names of its numbers."""
    ready(care, tmp_path)
    monkeypatch.setenv("CARE_LANG", "zh_CN")
    told = care("pairing", "match", "--township", "990101100")
    assert all(word in told for word in ("已配对儿童", "仍在等候"))
    assert "Children paired" not in told
    assert "没有失联的结对" in care("pairing", "silent", "--township", "990101100")


def test_a_trial_a_match_and_its_approval(care: Care, tmp_path: Path) -> None:
    """The trial writes nothing, the match proposes what it showed, approval is done once, and a second match finds nothing to do."""
    ready(care, tmp_path)
    trial = care("pairing", "match", "--township", "990101100", "--dry-run", "--json")
    assert care("case", "list", "--workflow", "pair", "--json")["cases"] == []
    match = care("pairing", "match", "--township", "990101100", "--json")
    assert (match["pairs"], match["paired"], match["seats"], match["proposed"]) == (trial["pairs"], 4, 4, 4)
    assert care("pairing", "approve", "--all", "--township", "990101100", "--json") | {"approved": 4} == {"approved": 4, "refused": [], "dry_run": False}
    assert care("pairing", "approve", "--all", "--township", "990101100", "--json")["approved"] == []
    assert care("pairing", "match", "--township", "990101100", "--json")["paired"] == 0
    assert "PLAN-26-00002" in care("batch", "list")


def test_why_this_one(care: Care, tmp_path: Path) -> None:
    """Of a child: its proxy parent and why; of one without: what barred the others. No name is told."""
    ready(care, tmp_path)
    pairs = care("pairing", "match", "--township", "990101100", "--json")["pairs"]
    told = care("pairing", "match", "--township", "990101100", "--explain", pairs[0]["child"], "--json")["explanation"]
    assert (told["need"], told["proxy"]) == (pairs[0]["need"], pairs[0]["proxy"])
    waiting = next(
        row["subject"] for row in care("case", "list", "--workflow", "need", "--json")["cases"] if row["subject"] not in {one["child"] for one in pairs}
    )
    other = care("pairing", "match", "--township", "990101100", "--explain", waiting, "--json")["explanation"]
    assert (other["proxy"], other["why"]) == (None, "no_place")
    text = care("pairing", "match", "--township", "990101100", "--explain", waiting)
    assert not any(one.name in text for one in [*people.children(6), *people.volunteers(2)])
    assert "C-999999" in care("pairing", "match", "--township", "990101100", "--explain", "C-999999", code=2)


def test_another_one_is_proposed_by_hand(care: Care, tmp_path: Path) -> None:
    """The proposal is withdrawn for it; a proxy parent without a place is refused."""
    ready(care, tmp_path, capacity=3)
    (pair, *_) = care("pairing", "match", "--township", "990101100", "--json")["pairs"]
    proxies = [row["ref"] for row in care("case", "list", "--workflow", "proxy", "--json")["cases"]]
    (other,) = [ref for ref in proxies if ref != pair["proxy"]]
    full = care("pairing", "change", pair["child"], "--to", other, "--township", "990101100", "--json", code=1)["plan"]
    assert [one["refusal"]["code"] for one in full["items"] if one["refusal"]] == ["limit_full"]
    assert "no such child" in care("pairing", "change", "C-999999", "--to", other, "--township", "990101100", code=1)
    assert "no such proxy parent" in care("pairing", "change", pair["child"], "--to", "PP-26-99999", "--township", "990101100", code=1)


def test_a_hard_rule_holds_by_hand_too(care: Care, tmp_path: Path) -> None:
    """Whom a proposal was rejected with is not proposed again by hand, whom it was not rejected with is, and it is said; an approved one stays."""
    ready(care, tmp_path, capacity=2)
    match = care("pairing", "match", "--township", "990101100", "--json")
    pair = match["pairs"][0]
    mate = next(one for one in match["pairs"] if one["proxy"] != pair["proxy"])
    refs = {row["subject"]: row["ref"] for row in care("case", "list", "--workflow", "pair", "--json")["cases"]}
    for one in (pair, mate):
        care("case", "advance", refs[one["child"]], "reject", "--set", "why=no")
    words = ("pairing", "change", pair["child"], "--township", "990101100", "--to")
    assert "was rejected" in care(*words, pair["proxy"], code=1)
    assert care(*words, pair["proxy"], "--json", code=1)["why_not"] == "turned_down"
    assert "Proposed" in care(*words, mate["proxy"])
    care("pairing", "approve", "--all", "--township", "990101100")
    assert "already" in care(*words, mate["proxy"], code=1)


def test_who_is_asked_is_named_by_title(care: Care, tmp_path: Path) -> None:
    """A party of the case, as a role is, not by its name in the program."""
    ready(care, tmp_path)
    care("pairing", "match", "--township", "990101100")
    care("pairing", "approve", "--all", "--township", "990101100")
    (line,) = [one for one in care("case", "show", "PR-26-00001").splitlines() if "Ask the proxy parent" in one]
    assert "Proxy parent, Township child supervisor" in line


def test_township_and_county_look_at_their_pairs(care: Care, tmp_path: Path) -> None:
    """Pairs by stage, free places; nobody is silent yet; one of --township and --county is needed."""
    ready(care, tmp_path, capacity=3)
    care("pairing", "match", "--township", "990101100")
    found = care("pairing", "progress", "--county", "990101", "--json")
    assert found["pairs"] == [{"township": "高桥镇", "stage": "Proposed", "pairs": 6}]
    assert found["free_places"] == {"高桥镇": 0}
    assert care("pairing", "silent", "--township", "990101100", "--json")["pairs"] == []
    assert "--county" in care("pairing", "silent", code=2)
    assert "高桥镇" in care("pairing", "progress", "--township", "990101100")
