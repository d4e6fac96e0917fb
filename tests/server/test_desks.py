"""The application at desks of a server office: its commands run with a clerk's login."""

from __future__ import annotations

import json

from tests.cli.conftest import ABSENCES, NUMBERS
from tests.server.conftest import HERE, OTHERS, THERE, ServerOffice, join


def test_a_clerk_looks_around(pristine: ServerOffice) -> None:
    """Inbox, lists, a search by the whole name and by digits, a file: in scope, masked, and nothing of the other township."""
    care = pristine.care
    assert "DR-26-00001.1" in care("director", "inbox").out
    listed = json.loads(care("director", "case", "list", "--json").out)
    assert len(listed["cases"]) == 3
    for text in ("赵一", NUMBERS[0], "0019"):
        assert "C-000001" in care("director", "child", "find", text).out
    for part in (NUMBERS[0][:6], NUMBERS[0][2:10], "3000", "1330000"):  # what a mask hides is not told by trying either
        assert "C-0" not in care("director", "child", "find", part).out
    assert "C-000005" not in care("director", "child", "find", "周").out
    assert care("director", "child", "show", "C-000005", code=5).out == ""
    assert care("director", "case", "show", "DR-26-00004", code=5).out == ""
    assert json.loads(care("newcomer", "case", "list", "--json").out)["cases"] == []


def test_a_case_is_worked_on(server_office: ServerOffice) -> None:
    """Claimed, done, advanced, a paper drafted, signed, printed with the whole name and served; the chains are whole, the clock finds nothing wrong."""
    care = server_office.care
    care("director", "task", "claim", "DR-26-00001.1")
    care("director", "task", "done", "DR-26-00001.1", "--set", "checked_on=2026-10-21", "--set", "finding=Left school")
    assert care("director", "case", "advance", "DR-26-00001", "confirm", code=3).out == ""
    care("supervisor", "case", "advance", "DR-26-00001", "confirm")
    care("supervisor", "case", "note", "DR-26-00001", "called at noon")
    care("supervisor", "document", "draft", "DR-26-00001", "return_notice")
    care("supervisor", "document", "sign", "DR-26-00001.p2")
    paper = server_office.home / "notice.txt"
    care("supervisor", "document", "print", "DR-26-00001.p2", "--to", paper)
    assert "赵一" in paper.read_text("utf-8")
    delivered = ("--received-by", "赵大", "--place", "家里", "--by", "王干事", "--by", "孙干事")
    care("supervisor", "document", "serve", "DR-26-00001.p2", "--on", "2026-10-21", *delivered)
    care("director", "task", "skip", "DR-26-00002.1", "--reason", "a mistake of the list")
    care("supervisor", "task", "hand-over", "--of", server_office.login("director"), "--to", server_office.login("supervisor"))
    care("supervisor", "case", "why", "DR-26-00001")
    assert server_office.login("director") in care("director", "case", "history", "DR-26-00001").out
    care("supervisor", "case", "open", "dropout_return", "C-000004", "--set", "last_attended=2026-10-01")
    care("supervisor", "case", "open", "dropout_return", "C-000004", "--set", "last_attended=2026-10-01", code=1)
    care("owner", "journal", "verify")
    wrong = [
        one
        for one in json.loads(care("owner", "office", "doctor", "--json", code=None).out)["findings"]
        if one["check"] in ("chains", "waiting", "holds", "stages")
    ]
    assert wrong == []


def test_files_are_kept(server_office: ServerOffice) -> None:
    """A child is added and corrected, found again instead of added twice, and shown whole for a purpose; nothing on file turns into its mask."""
    care = server_office.care
    care("director", "child", "add", "--township", HERE, "--set", "name=钱新", "--set", "born_on=2014-01-02", "--set", "guardian=钱父")
    assert "C-000001" in care("director", "child", "add", "--township", HERE, "--set", "name=赵一", "--set", "born_on=2013-04-05", code=1).err
    care("director", "child", "add", "--township", HERE, "--set", "name=周五", "--set", f"national_id={OTHERS[0]}", code=4)
    care("director", "child", "edit", "C-000001", "--set", "grade=8", "--reason", "moved up a class")
    care("director", "child", "edit", "C-000001", "--set", "guardian_phone=13399998888", "--reason", "a new number")
    assert NUMBERS[0] in care("director", "child", "reveal", "C-000001", "--field", "national_id", "--purpose", "to tell the school").out
    assert care("school", "child", "reveal", "C-000001", "--field", "national_id", "--purpose", "to tell the police", code=3).out == ""
    whole = care("owner", "child", "show", "C-000001", "--unmasked", "--purpose", "to compare").out
    assert all(value in whole for value in ("赵一", "赵大", NUMBERS[0], "13399998888", "裴坝村2组"))
    assert server_office.rows("SELECT count(*) FROM person WHERE name LIKE '%%*%%' OR phone LIKE '%%*%%' OR national_id LIKE '%%*%%'") == [(0,)]
    care("owner", "journal", "verify")


def test_sheets_are_taken_in(server_office: ServerOffice) -> None:
    """A roster that is on file changes nothing; a list of absences opens its case; a list goes out whole for a purpose."""
    care = server_office.care
    roster = server_office.desks["director"].parent / "roster.csv"
    from tests.cli.conftest import ROSTER

    roster.write_text(ROSTER, encoding="utf-8")
    assert "unchanged 4" in care("director", "child", "import", roster, "--township", HERE).out
    roster.write_text(ABSENCES.split("\n")[0] + f"\n李四,{NUMBERS[3]},高桥镇初级中学,丁老师,2026-09-16\n", encoding="utf-8")
    assert "cases opened 1" in care("supervisor", "dropout-return", "import", roster, "--township", HERE).out
    out = server_office.home / "children.csv"
    care("director", "child", "export", "--township", HERE, "--to", out, "--unmasked", "--purpose", "for the visit list")
    assert NUMBERS[0] in out.read_text("utf-8-sig")
    assert OTHERS[0] not in out.read_text("utf-8-sig")


def test_a_child_moves(server_office: ServerOffice) -> None:
    """Offered by the township that keeps the file and accepted by the other, with its case; and then the first sees it no more."""
    care = server_office.care
    care("supervisor", "child", "transfer", "offer", "C-000001", "--to", THERE, "--reason", "moved")
    care("neighbour", "child", "transfer", "accept", "T-000001")
    assert "DR-26-00001" in care("neighbour", "case", "list").out
    assert care("supervisor", "child", "show", "C-000001", code=5).out == ""
    care("owner", "journal", "verify")


def test_a_case_is_handed_over_by_itself(server_office: ServerOffice) -> None:
    """The other desk is told what it is and sees nothing of it; refused, and then accepted: the case is on the other desk alone, and the file stays."""
    care = server_office.care
    offer = ("case", "transfer", "offer", "DR-26-00001", "--to", THERE, "--reason", "sleeps at the aunt's")
    care("supervisor", *offer)
    care("director", *offer, code=3)
    (told,) = json.loads(care("neighbour", "case", "transfer", "list", "--json").out)["transfers"]
    assert (told["case"], told["stage"], told["mine"]) == ("DR-26-00001", "suspected", True)
    care("neighbour", "case", "show", "DR-26-00001", code=5)
    care("neighbour", "case", "transfer", "refuse", "T-000001", "--reason", "nobody is here")
    assert "nobody is here" in care("supervisor", "case", "transfer", "list", "--all", "--json").out
    care("supervisor", *offer)
    care("neighbour", "case", "transfer", "accept", "T-000002")
    assert "DR-26-00001" in care("neighbour", "case", "list").out
    care("neighbour", "case", "show", "DR-26-00001")
    care("supervisor", "case", "show", "DR-26-00001", code=5)
    assert care("supervisor", "child", "show", "C-000001").out != ""
    assert [row[0] for row in server_office.rows("SELECT dedup FROM outbox WHERE dedup LIKE 'transfer/%' ORDER BY dedup")] == [
        f"transfer/{ref}/{what}/child_supervisor" for ref in ("T-000001", "T-000002") for what in ("answered", "begun")
    ]  # fmt: skip
    care("owner", "journal", "verify")


def test_the_clock_ticks_with_a_login_of_its_own(server_office: ServerOffice) -> None:
    """It does for all townships what the owner's tick would have done, after a migration too, and a second turn finds nothing left."""
    later = "2026-11-30T09:00"
    server_office.care("owner", "office", "migrate")
    report = json.loads(server_office.care("ticker", "tick", "--json", now=later).out)
    assert report["cases"] >= 4
    assert json.loads(server_office.care("ticker", "tick", "--json", now=later).out)["cases"] == 0
    server_office.care("owner", "journal", "verify", now=later)
    found = json.loads(server_office.care("owner", "office", "doctor", "--json", code=None, now=later).out)["findings"]
    assert [one["place"] for one in found if one["place"].startswith("DR-")] == []


def test_what_asks_for_the_whole_office_is_the_owners(server_office: ServerOffice) -> None:
    """An administrator at a desk is told so; an account that is added may come in, one that is closed not."""
    care = server_office.care
    care("owner", "account", "add", server_office.login("chief"))
    care("owner", "account", "grant", server_office.login("chief"), "admin")
    join(server_office, "chief")
    for words in (
        ("journal", "verify"),
        ("office", "backup"),
        ("office", "migrate"),
        ("account", "add", "somebody"),
        ("program", "enable", "healthcheck", "--township", HERE),
    ):
        assert "owns the office's database" in care("chief", *words, code=3).err, words
    care("chief", "journal", "show")
    care("owner", "account", "close", server_office.login("chief"))
    assert "account is closed" in care("chief", "inbox", code=3).err


def test_nobody_pretends_at_a_desk(pristine: ServerOffice) -> None:
    """Who acts is who is logged in to the database."""
    assert "acts for itself" in pristine.care("director", "--as", pristine.login("supervisor"), "inbox", code=2).err
    assert json.loads(pristine.care("director", "office", "status", "--json").out)["login"] == pristine.login("director")


def test_the_owner_brings_it_up_to_date(server_office: ServerOffice) -> None:
    """As often as he likes, and the desks go on."""
    assert server_office.login("director") in server_office.care("owner", "office", "migrate").out
    assert "DR-26-00001.1" in server_office.care("director", "inbox").out
