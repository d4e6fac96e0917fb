"""Every program at the desks of a server office, each step with the login of whoever takes it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import NUMBERS
from tests.server.conftest import HERE, OTHERS, WHOLE, ServerOffice
from tests.server.filled import VOLUNTEERS, volunteers_sheet


def test_own_cases_are_what_lies_on_ones_desk(filled_office: ServerOffice) -> None:
    """Whoever holds a role for his own cases sees the case of which a task was laid on his desk, does it, and then sees it no more."""
    care, helper = filled_office.care, filled_office.login("helper")
    assert [one["ref"] for one in json.loads(care("helper", "case", "list", "--json").out)["cases"]] == ["DR-26-00002"]
    care("helper", "task", "done", "DR-26-00002.1", "--set", "checked_on=2026-10-21", "--set", "finding=Left school")
    care("helper", "case", "show", "DR-26-00002", code=5)
    care("helper", "child", "show", "C-000002", code=5)
    care("supervisor", "task", "assign", "DR-26-00003.1", "--to", helper)
    assert "DR-26-00003.1" in care("helper", "inbox").out
    care("owner", "journal", "verify")


def test_a_health_day_is_taken_in_by_the_clinic(filled_office: ServerOffice) -> None:
    """A sheet of measurements opens its cases in the stage that the program says; a child that is measured at school likewise."""
    care, sheet = filled_office.care, filled_office.home / "measures.csv"
    sheet.write_text(f"姓名,身份证号,身高,体重,测量日期\n赵一,{NUMBERS[0]},150,40,2026-10-20\n", encoding="utf-8")
    care("clinician", "healthcheck", "import", sheet, "--township", HERE, "--consent-on-file", "2026-1")
    care("school", "healthcheck", "record", "C-000004", "--height", "150", "--weight", "41", "--consent-on-file", "2026-1")
    care("owner", "journal", "verify")


def test_places_are_kept_at_a_desk(filled_office: ServerOffice) -> None:
    """Schools and clinics of one's own township, by those who keep its files; a roster brings a school that is new."""
    care, sheet = filled_office.care, filled_office.home / "roster.csv"
    care("director", "place", "add", "高桥卫生院", "--kind", "clinic", "--township", HERE)
    care("director", "place", "edit", "PL-0003", "--address", "镇上")
    care("clinician", "place", "edit", "PL-0003", "--address", "street", code=3)
    sheet.write_text("姓名,出生日期,就读学校,监护人\n钱新,2014-01-02,高桥镇新学校,钱父\n", encoding="utf-8")
    care("director", "child", "import", sheet, "--township", HERE)
    assert "高桥镇新学校" in care("director", "place", "list").out


def test_consents_are_attested_by_number(filled_office: ServerOffice) -> None:
    """At a desk, which sees numbers masked, a list of numbers finds its children; a consent that is taken back is told of."""
    care, numbers = filled_office.care, filled_office.home / "some.txt"
    numbers.write_text(f"{NUMBERS[2]}\n{OTHERS[0]}\n", encoding="utf-8")
    told = care("director", "consent", "attest", "pairing.pairing", "--children", numbers, "--consent-on-file", "2026-1", "--township", HERE, code=1).out
    assert "attested 1, not on file 1" in told
    care("director", "consent", "give", "C-000004", "pairing.pairing", "--by", "guardian", "--notice", "2026-1", "--child", "agrees", "--paper")
    care("director", "consent", "withdraw", "C-000001", "pairing.pairing", "--by", "guardian")
    assert "withdrawn" in care("director", "consent", "show", "C-000001").out


def test_volunteers_are_kept_at_a_desk(filled_office: ServerOffice) -> None:
    """Found again by number and by name, corrected, and put on file once."""
    care, one = filled_office.care, VOLUNTEERS[0]
    ref = json.loads(care("supervisor", "volunteer", "list", "--text", one.name, "--json").out)["volunteers"][0]["ref"]
    care("supervisor", "volunteer", "edit", ref, "--set", "occupation=teacher", "--reason", "told")
    again = [word for name in ("name", "national_id", "phone") for word in ("--set", f"{name}={one.said[name]}")]
    assert ref in care("supervisor", "volunteer", "add", "--township", HERE, *again, code=1).err
    care("supervisor", "pairing", "import-volunteers", volunteers_sheet(filled_office.home), "--township", HERE)
    assert filled_office.rows("SELECT count(*) FROM volunteer") == [(len(VOLUNTEERS),)]
    assert filled_office.rows("SELECT count(*) FROM person WHERE name LIKE '%%*%%' OR phone LIKE '%%*%%' OR national_id LIKE '%%*%%'") == [(0,)]


def test_a_transfer_is_refused_at_the_other_desk(filled_office: ServerOffice) -> None:
    """The township to which a file was offered says no, with its reason, and sees it no more; the first one reads why."""
    care = filled_office.care
    assert care("neighbour", "child", "show", "C-000004", code=5).out == ""
    care("neighbour", "child", "transfer", "refuse", "T-000001", "--reason", "lives with an aunt")
    assert "lives with an aunt" in care("supervisor", "child", "transfer", "list", "--all").out
    assert "T-000001" in care("neighbour", "child", "transfer", "list", "--all").out
    care("owner", "journal", "verify")


def test_a_camp_is_filled_at_a_desk(filled_office: ServerOffice) -> None:
    """A school nominates its pupil."""
    care = filled_office.care
    care("owner", "child", "edit", "C-000001", "--set", "left_behind=父母双方外出", "--set", "grade=四年级", "--reason", "told")
    care("school", "camp", "nominate", "C-000001", "--edition", "ED-26-00001", "--away", "12")


OWNERS = {
    "boss": """account add somebody | account approve G-000001 | account close {boss} | account grant {school} police --division 99
        account deputy {school} --to {leaver} --until 2026-10-30 | account hand-over {leaver} --to {director} | account refuse G-000001 --reason no
        account revoke {school} school | program disable camp --county 990101 | program enable camp --county 990101
        program policy set camp --county 990101 --set grade_from=4 | program upgrade camp | message retry --all | office calendar import {sheet}""",
    "supervisor": """batch plan pairing.match --township 990101100 | batch run PLAN-26-00001 | batch drop PLAN-26-00001
        pairing match --township 990101100 | pairing change C-000002 --to P-000007 --township 990101100
        child merge C-000001 --into C-000002 --reason same""",
    "county": "camp draw ED-26-00001 | camp allot ED-26-00001",
}


@pytest.mark.parametrize("who", OWNERS)
def test_what_is_the_owners_is_said_at_once(filled: ServerOffice, who: str) -> None:
    """Before anything is asked for or looked up; with who does it."""
    names = {name: filled.login(name) for name in ("boss", "school", "leaver", "director")}
    for said in OWNERS[who].replace("\n", "|").split("|"):
        told = filled.care(who, *(word.format(**names, sheet=Path(__file__)) for word in said.split()), code=3).err
        assert "a desk's login cannot do this" in told, said
        assert "login that owns the office's database" in told, said


def test_a_pair_from_the_proposal_to_the_talk(filled_office: ServerOffice) -> None:
    """Approved, asked, signed and begun at the supervisor's desk; the proxy parent sees his own child's case at his, and enters the week's talk."""
    care = filled_office.care
    care("supervisor", "pairing", "approve", "PR-26-00002")
    care("supervisor", "task", "done", "PR-26-00002.ask_proxy", "--set", "answered_on=2026-10-21")
    care("director", "task", "done", "PR-26-00002.ask_family", "--set", "answered_on=2026-10-21", "--set", "child_agreed=yes")
    care("supervisor", "document", "sign", "PR-26-00002.card", "--confirm", "new here")
    care("supervisor", "case", "advance", "PR-26-00002", "sign", "--set", "signed_on=2026-10-21")
    care("supervisor", "case", "advance", "PR-26-00002", "start")
    listed = [one["ref"] for one in json.loads(care("volunteer", "case", "list", "--json").out)["cases"]]
    assert "PR-26-00001" in listed
    assert not [ref for ref in listed if ref.startswith(("DR-", "HC-", "CM-"))]
    care("volunteer", "task", "done", "PR-26-00001.talk", "--set", "talked_on=2026-10-21", "--set", "topics=school")
    child = json.loads(care("volunteer", "case", "show", "PR-26-00001", "--json").out)["case"]["subject"]
    assert json.loads(care("volunteer", "child", "show", child, "--json").out)["child"]["left_behind"] is None
    assert "13300000001" in care("volunteer", "child", "reveal", child, "--field", "guardian_phone", "--purpose", "to tell when I come").out
    care("volunteer", "child", "reveal", child, "--field", "national_id", "--purpose", "to tell when I come", code=3)
    care("volunteer", "child", "show", "C-000003", code=5)
    care("owner", "journal", "verify")


def test_a_finding_is_told_to_the_parents(filled_office: ServerOffice) -> None:
    """High pressure: the clinic enters it, the school signs its result and tells the parents; it is read again."""
    care = filled_office.care
    care("clinician", "healthcheck", "record", "C-000004", "--height", "150", "--weight", "41", "--pressure", "150/100", "--consent-on-file", "2026-1")
    ref = [one["ref"] for one in json.loads(care("clinician", "case", "list", "--program", "healthcheck", "--workflow", "check", "--json").out)["cases"]][-1]
    care("school", "document", "sign", f"{ref}.result")
    care("school", "task", "done", f"{ref}.tell", "--set", "told_on=2026-10-21", "--set", "told=Parents")
    assert json.loads(care("clinician", "case", "show", ref, "--json").out)["case"]["stage"] == "rechecking"
    care("owner", "journal", "verify")


def test_a_camp_is_attended(filled_office: ServerOffice) -> None:
    """The county sets the camp going, its leader says who has not come and enters what happens."""
    care = filled_office.care
    care("county", "case", "override", "ED-26-00001", "--to", "running", "--reason", "it has begun")
    camper = json.loads(care("county", "case", "list", "--whole", "ED-26-00001", "--json").out)["cases"][0]["ref"]
    care("county", "case", "override", camper, "--to", "confirmed", "--reason", "it has begun")
    care("leader", "case", "advance", camper, "no_show")
    care("leader", "case", "enter", "ED-26-00001", "incidents", "--set", "at=2026-10-21T08:00", "--set", "what=fall")
    assert "leader" in care("leader", "case", "entries", "ED-26-00001", "incidents").out
    assert json.loads(care("leader", "case", "show", camper, "--json").out)["case"]["stage"] == "withdrawn"
    care("owner", "journal", "verify")


def test_who_looked_is_told_and_searched(filled_office: ServerOffice) -> None:
    """A clerk's desk reads no journal of others, and says who tells a guardian who looked: the administrator at his, who searches and exports it masked."""
    care, out = filled_office.care, filled_office.home / "journal.csv"
    care("school", "child", "reveal", "C-000002", "--field", "guardian_phone", "--purpose", "about Friday's visit")
    assert "an administrator of the whole office tells it" in care("director", "access", "log", "--child", "C-000002", code=3).err
    care("director", "child", "access-report", "C-000002", "--purpose", "the mother asks for it", code=3)
    assert "about Friday's visit" in care("boss", "access", "log", "--child", "C-000002").out
    assert "about Friday's visit" in care("boss", "journal", "search", "--child", "C-000002", "--json").out
    care("boss", "journal", "export", "--to", out, "--purpose", "the yearly inspection")
    assert "revealed" in out.read_text("utf-8-sig")
    assert not [value for value in WHOLE if value in out.read_text("utf-8-sig")]
