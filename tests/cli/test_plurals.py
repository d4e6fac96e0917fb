"""One of a thing is told as one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import workflow_core
from workflow_core.i18n import translate
from workflow_core.plurals import ONE, SEVERAL

POT = Path(workflow_core.__file__).parent / "locale" / "careflow.pot"


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARE_LANG", "en")


def test_one_is_no_more_than_one() -> None:
    """And two are two."""
    assert (translate("{n} days", n=1), translate("{n} days", n=2), translate("{n} days", n=0)) == ("1 day", "2 days", "0 days")
    assert translate("({days} days late)", days="1") == "(1 day late)"
    assert translate("(reminded {n} times)", n=1) == "(reminded once)"
    assert "{count}" not in (said := translate("days of {year} are missing for {count} divisions where programs run", year=2026, count=1))
    assert said == "days of 2026 are missing for 1 division where programs run"


def test_chinese_has_one_form(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its catalogue says it of any number."""
    monkeypatch.setenv("CARE_LANG", "zh_CN")
    assert translate("{n} days", n=1).replace("1", "2") == translate("{n} days", n=2)


def test_what_is_said_of_one_is_said_of_many_somewhere() -> None:
    """Every entry's text is one that the code says, and names nothing that the text does not."""
    said = set(re.findall(r'^msgid "(.*)"$', POT.read_text(encoding="utf-8"), re.MULTILINE))
    assert set(ONE) <= said
    for msgid, (counted, one) in ONE.items():
        assert f"{{{counted}}}" in msgid
        assert set(re.findall(r"\{\w+\}", msgid)) >= set(re.findall(r"\{\w+\}", one)) >= set(re.findall(r"\{\w+\}", msgid)) - {f"{{{counted}}}"}


def test_each_of_several_counts_is_told_by_itself() -> None:
    """One error beside two warnings, and the other way round; every part is one that the code says."""
    msgid = "{programs}: {errors} errors, {warnings} warnings."
    assert translate(msgid, programs="a", errors=1, warnings=2) == "a: 1 error, 2 warnings."
    assert translate(msgid, programs="a", errors=2, warnings=1) == "a: 2 errors, 1 warning."
    said = set(re.findall(r'^msgid "(.*)"$', POT.read_text(encoding="utf-8"), re.MULTILINE))
    assert set(SEVERAL) <= said
    parts = [(msgid, *part) for msgid, some in SEVERAL.items() for part in some]
    assert all(many in msgid and f"{{{counted}}}" in many and f"{{{counted}}}" in one for msgid, counted, many, one in parts)


def test_every_bare_count_of_days_is_held_to_it() -> None:
    """A text that begins with a number of days, weeks, hours or times has its singular."""
    said = re.findall(r'^msgid "(.*)"$', POT.read_text(encoding="utf-8"), re.MULTILINE)
    assert not [text for text in said if re.fullmatch(r"\{\w+\} (\w+ )?(seconds|minutes|hours|days|weeks|months|years|times|rows)", text) and text not in ONE]
