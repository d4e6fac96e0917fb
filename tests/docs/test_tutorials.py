"""The pages with commands are run, here or by ``make docs``; what they show of a prompt is tried here, since only a terminal asks."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from tools.run_readme import ROOT, run, script, steps

STAFF = {"en": ROOT / "docs/tutorial-staff.md", "zh_CN": ROOT / "docs/zh/tutorial-staff.md"}
HERE = (
    tuple(f"docs/howto-{who}.md" for who in ("staff", "admin", "author"))
    + tuple(f"docs/zh/tutorial-{who}.md" for who in ("staff", "admin"))
    + ("README.zh_CN.md",)
)
"""The pages that are run here; the others take longer, and ``make docs`` runs them all."""
RUN = ("README.md", "docs/tutorial-staff.md", "docs/tutorial-admin.md", *HERE)
PROMPT = re.compile(r"\): ?")


@pytest.mark.parametrize("page", RUN)
def test_a_page_with_commands_is_run(page: str) -> None:
    """``make docs`` runs it, and something in it is compared."""
    target = (ROOT / "Makefile").read_text("utf-8").partition("\nRUN :=")[2].partition("\n\n")[0]
    assert page in target.split()
    assert any(step.shown for step in steps((ROOT / page).read_text("utf-8")))


@pytest.mark.parametrize("page", HERE)
def test_a_page_is_true(page: str) -> None:
    """Every command ends as it says, and prints what is shown."""
    wrong = run(steps((ROOT / page).read_text("utf-8")))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("page", [one for one in RUN if "zh" in one])
def test_a_chinese_page_speaks_chinese(page: str) -> None:
    """Its commands are run in Chinese, and it leads to the English page, which leads back."""
    text = (ROOT / page).read_text("utf-8")
    english = page.replace("README.zh_CN", "README").replace("docs/zh/", "docs/")
    assert "export CARE_LANG=zh_CN" in text
    assert "[English](" in text
    assert f"]({os.path.relpath(page, Path(english).parent)})" in (ROOT / english).read_text("utf-8")


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """The folder in which the tutorial's office was made, and the school's sheet handed in."""
    blocks = STAFF["en"].read_text("utf-8").partition("\n## What waits")[0]
    (tmp_path / "careflow").symlink_to(ROOT, target_is_directory=True)
    around = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "LANG": "C.UTF-8"}
    around = {name: value for name, value in around.items() if not name.startswith(("CARE_", "LC_"))}
    subprocess.run(["bash", "-c", script(steps(blocks))], cwd=tmp_path, env=around, check=True, capture_output=True, stdin=subprocess.DEVNULL)
    return tmp_path


@pytest.mark.parametrize("lang", STAFF)
def test_the_prompt_is_as_it_is_shown(desk: Path, lang: str) -> None:
    """The block is played line by line: what the page shows as typed is typed, and the screen then holds what the page shows."""
    [block] = re.findall(r"^```text\n\$ care (task done .*?)\n(.*?)^```$", STAFF[lang].read_text("utf-8"), flags=re.M | re.S)
    words, shown = block[0].split(), [line.rstrip() for line in block[1].splitlines()]
    typed = [line[found.end() :] for line in shown if (found := PROMPT.search(line))]
    env = {**{name: value for name, value in os.environ.items() if not name.startswith("CARE_")}, "CARE_LANG": lang, "NO_COLOR": "1", "TERM": "dumb"}
    command = ["--office", str(desk / "office"), "--now", "2026-10-20T09:00", "--as", "chen", *words]
    screen = ""
    with pexpect.spawn(str(Path(sys.executable).parent / "care"), command, env=env, encoding="utf-8", timeout=60, dimensions=(60, 120)) as care:
        for answer in typed:
            care.expect(r"\): ")
            screen += care.before + care.after
            care.sendline(answer)
        care.expect(pexpect.EOF)
        screen += care.before
    assert len(typed) >= 4
    assert [line.rstrip() for line in screen.splitlines()] == shown
