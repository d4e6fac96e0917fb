"""The scan of what is printed finds what it is there for."""

from __future__ import annotations

import pytest

from careflow_cli import main
from tests import printed
from workflow_core.testing import invented_child

KID = invented_child(7)


@pytest.mark.parametrize(
    "said", [KID.name, f"姓名：{KID.name}，女", KID.national_id, f"({KID.national_id})", KID.said["guardian_phone"], f"call 电话{KID.said['guardian_phone']}"]
)
def test_a_personal_value_is_found(said: str) -> None:
    """Wherever it stands in a line."""
    assert len(printed.found(f"the case of {said} waits")) == 1


@pytest.mark.parametrize("said", ["周*", "4328**********4516", "199****0007", "2026-10-21 09:00", "DR-26-00001.1", "0123456789abcdef13300000001", "1" * 18])
def test_what_is_masked_is_not(said: str) -> None:
    """Nor a date, a reference, or a digest."""
    assert printed.found(said) == []


def test_what_somebody_typed_himself_is_no_secret() -> None:
    """It may come back in the answer."""
    assert printed.found(f"there is no {KID.name}", typed=f"find {KID.name}") == []


@pytest.mark.unmasks
def test_every_run_is_looked_at(capsys: pytest.CaptureFixture[str]) -> None:
    """By the door that all tests use; the command is named, and its values are not."""
    before = list(printed.KEPT)
    main.run(["inbox", "--role", "school", KID.name])
    printed.look(KID.national_id, ("child", "show", "C-000001"), "stdout")
    printed.look(KID.national_id, ("child", "show", "C-000001", "--unmasked"), "stdout")
    assert main.run.__module__ == "tests.printed"
    assert printed.KEPT[len(before) :] == [f"care child show, stdout: {KID.national_id}"]
    printed.KEPT[:] = before
    capsys.readouterr()
