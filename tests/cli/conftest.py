"""A runner of `care` that swallows no exception, in a home of its own."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from careflow_cli import failure
from careflow_cli.main import run
from tests.cli.helping import NOW, TOWNSHIP, Care, Ran, process
from workflow_core.records.values import check_digit

NUMBERS = [first + check_digit(first) for first in ("43280120130405001", "43280120130406002", "43280120130407003", "43280120130408004")]
ROSTER = "姓名,性别,出生日期,身份证号码,家庭住址,就读学校,年级,监护人,与儿童关系,联系电话\n" + "".join(
    f"{name},,,{number},裴坝村2组,高桥镇初级中学,七年级,{guardian},爷爷,13300000001\n"
    for name, number, guardian in zip(("赵一", "钱二", "孙三", "李四"), NUMBERS, ("赵大", "钱大", "孙大", "李大"), strict=True)
)
ABSENCES = "姓名,身份证号,就读学校,班主任,最后到校日期\n" + "".join(
    f"{name},{number},高桥镇初级中学,丁老师,2026-09-16\n" for name, number in zip(("赵一", "钱二", "孙三"), NUMBERS[:3], strict=True)
)
"""Invented people."""


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine reaches a test; the working folder is empty."""
    for name in list(os.environ):
        if name.startswith("CARE_") or name in ("LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "COLUMNS"):
            monkeypatch.delenv(name)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(home)


@pytest.fixture
def care(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Care:
    """Runs ``care`` in this process: ``care("case", "list", code=0)``. An exception that careflow would apologise for is raised.

    ``code`` is the exit code that is expected, None for any; ``breaks`` lets the apology happen.
    """

    def call(*words: object, code: int | None = 0, breaks: bool = False) -> Ran:
        capfd.readouterr()
        with monkeypatch.context() as patched:
            if not breaks:
                patched.setattr(failure, "broken", _raise)
            answered = run([str(word) for word in words])
        out, err = capfd.readouterr()
        assert code is None or answered == code, f"exit {answered}, not {code}: {err}{out}"
        return Ran(answered, out, err)

    return call


def _raise(error: BaseException, *_: object, **__: object) -> int:
    raise error


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two offices: ``empty``, and ``cases`` in which three cases are open. They are copied, never changed."""
    home = tmp_path_factory.mktemp("offices")
    (home / "divisions.csv").write_text("code,name\n99,示范省\n9901,示范市\n990101,青溪县\n990101100,高桥镇\n", encoding="utf-8")
    (home / "roster.csv").write_text(ROSTER, encoding="utf-8")
    (home / "absences.csv").write_text(ABSENCES, encoding="utf-8")
    for name in ("empty", "cases"):
        process("--office", home / name, "--now", NOW, "office", "init", "--training", "--divisions", home / "divisions.csv")
    for words in (
        ("child", "import", home / "roster.csv", "--township", TOWNSHIP),
        ("program", "enable", "dropout_return", "--township", TOWNSHIP),
        ("dropout-return", "import", home / "absences.csv", "--township", TOWNSHIP),
    ):
        process("--office", home / "cases", "--now", NOW, *words)
    return home


@pytest.fixture
def divisions(made: Path) -> Path:
    """A file of divisions."""
    return made / "divisions.csv"


def _in(folder: Path, made: Path, tmp_path: Path, care: Care) -> Care:
    copy = tmp_path / folder.name
    shutil.copytree(folder, copy)

    def call(*words: object, code: int | None = 0, breaks: bool = False) -> Ran:
        now = () if "--now" in words else ("--now", NOW)
        return care("--office", copy, *now, *words, code=code, breaks=breaks)

    return call


@pytest.fixture
def office(made: Path, tmp_path: Path, care: Care) -> Care:
    """Runs ``care`` in an empty training office of a township, at nine on the 21st of October 2026."""
    return _in(made / "empty", made, tmp_path, care)


@pytest.fixture
def cases(made: Path, tmp_path: Path, care: Care) -> Care:
    """Runs ``care`` in a training office with four children, of whom three have an open case."""
    return _in(made / "cases", made, tmp_path, care)
