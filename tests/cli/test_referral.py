"""What a case asks of another program, listed and answered at a desk."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import NUMBERS
from tests.cli.helping import TOWNSHIP, Care

PLUGIN = Path(__file__).parent / "asking_plugin.py"


def test_a_referral_is_listed_and_answered(office: Care) -> None:
    """The inbox tells of it; its program is not installed, so it is declined here, and the case's history has the answer."""

    def care(*words: object, code: int = 0) -> str:
        ran = office("--plugin", PLUGIN, *words, code=code)
        return ran.out + ran.err

    care("child", "add", "--township", TOWNSHIP, "--set", "name=赵一", "--set", f"national_id={NUMBERS[0]}")
    care("program", "enable", "asks", "--township", TOWNSHIP)
    care("case", "open", "asks", "C-000001", "--set", "title=fetch the books")
    care("case", "advance", "AS-26-00001", "ask")
    assert "nobody has taken it up: 1." in care("inbox")
    shown = care("case", "referral", "list")
    assert "AS-26-00001.r1" in shown
    assert "does not run here" in shown
    assert "referral_unknown" in care("case", "referral", "decline", "AS-26-00001.r2", "--reason", "x", "--json", code=5)
    assert care("case", "referral", "decline", "AS-26-00001.r1", "--reason", "not entitled") == "AS-26-00001.r1: declined.\n"
    assert "does nothing about it: not entitled" in care("case", "history", "AS-26-00001")
    assert care("case", "referral", "list") == "No referral waits.\n"
