"""A whole and its parts at the command line: a round of health checks."""

from __future__ import annotations

import json

import pytest

from tests.cli.helping import TOWNSHIP, Care

WELL = ("--height", "142", "--weight", "34.2kg", "--pressure", "102/60", "--vision-left", "5.0", "--vision-right", "5.1")


@pytest.fixture
def clinic(cases: Care) -> Care:
    """An office with a round of health checks, and four children."""
    cases("program", "enable", "healthcheck", "--township", TOWNSHIP)
    cases("case", "open", "healthcheck.round", TOWNSHIP)
    return cases


def test_a_part_is_opened_of_a_whole_and_listed_with_it(clinic: Care) -> None:
    """The whole tells how many stand where, the part to which it belongs."""
    clinic("case", "open", "healthcheck.check", "C-000001", "--whole", "HR-26-00001")
    clinic("case", "open", "healthcheck.check", "C-000002")
    assert [one["ref"] for one in clinic("case", "list", "--whole", "HR-26-00001", "--json").json["cases"]] == ["HC-26-00001"]
    assert "HR-26-00001" in clinic("case", "show", "HC-26-00001").out
    assert "Health check, Listed, consent to be asked: 1" in clinic("case", "show", "HR-26-00001").out
    shown = clinic("case", "show", "HR-26-00001", "--json").json["case"]
    assert (shown["parts"], shown["whole"], shown["parties"]) == ([{"workflow": "check", "stage": "listed", "count": 1}], None, [])


def test_what_is_no_part_and_what_is_no_party_is_told(clinic: Care) -> None:
    """A case of another program, a party that the workflow has not, and a word without =."""
    ran = clinic("case", "open", "healthcheck.check", "C-000001", "--whole", "DR-26-00001", "--json", code=2)
    assert ran.json["error"]["code"] == "not_a_part"
    ran = clinic("case", "open", "healthcheck.check", "C-000001", "--party", "doctor=P-000001", "--json", code=2)
    assert ran.json["error"]["code"] == "party_unknown"
    assert "NAME=REF" in clinic("case", "open", "healthcheck.check", "C-000001", "--party", "doctor", code=2).err


def test_one_child_is_measured_at_the_desk(clinic: Care) -> None:
    """Judged at once, in words and for a script; what was found is flagged."""
    ran = clinic("healthcheck", "record", "C-000001", *WELL, "--consent-on-file", "2026-1")
    assert "bmi=17.0 weight=normal growth=normal pressure=normal vision=normal" in ran.out
    assert clinic("case", "list", "--flagged", "--json").json["cases"] == []
    heavy = clinic("healthcheck", "record", "C-000002", "--height", "142", "--weight", "70", "--consent-on-file", "2026-1", "--json").json
    assert (heavy["weight"], heavy["vision"], heavy["problems"]) == ("obese", None, [])
    assert [one["ref"] for one in clinic("case", "list", "--flagged", "--json").json["cases"]] == [heavy["case"]]
    assert clinic("healthcheck", "record", "C-000003", *WELL, "--json", code=1).json["error"]["code"] == "consent_missing"
    assert clinic("healthcheck", "record", "C-000003", "--pressure", "102", code=2).err


def test_a_history_tells_what_another_case_did(clinic: Care) -> None:
    """The end of the round reaches the check that waits, and its story says from where."""
    clinic("case", "open", "healthcheck.check", "C-000003", "--whole", "HR-26-00001")
    clinic("healthcheck", "record", "C-000001", *WELL, "--consent-on-file", "2026-1")
    clinic("tick")
    clinic("case", "advance", "HR-26-00001", "stop_waiting")
    told = clinic("case", "history", "HC-26-00001").out
    assert "HR-26-00001 had this done here" in told
    assert "Round is over" in told
    assert "other cases were told" in clinic("case", "history", "HR-26-00001").out
    assert json.loads(clinic("case", "why", "HR-26-00001", "--json").out)
