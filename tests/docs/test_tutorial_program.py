"""docs/tutorial-program.md is followed from an empty folder: careflow comes from its wheel into an environment that the page makes itself."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.clean import ROOT, build_wheel, lend_libraries
from tools.run_readme import Step, run, steps

PAGE = ROOT / "docs/tutorial-program.md"
TEXT = PAGE.read_text("utf-8")
PROGRAM, TESTS = "careflow_five_ones/program.py", "tests/test_program.py"
LAST = "The workflow and the program"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", flags=re.M | re.S)
PUT = """\
import re, sys
old, new = open({program!r}, encoding="utf-8").read(), sys.stdin.read()
def cut(text):
    pieces = re.split(r"^# -- (.*)$", text, flags=re.M)
    return {{"": pieces[0], **dict(zip(pieces[1::2], pieces[2::2]))}}
parts, given = cut(old), cut(new)
last = parts.pop({last!r})
parts |= {{name: body for name, body in given.items() if name or body.strip()}}
parts[{last!r}] = parts.pop({last!r}, last)
whole = "".join((f"# -- {{name}}\\n\\n" if name else "") + body.strip("\\n") + "\\n\\n\\n" for name, body in parts.items())
open({program!r}, "w", encoding="utf-8").write(whole.rstrip("\\n") + "\\n")
"""
"""What the page asks the reader to do in an editor: each part in the place of the part of the same name, a new one before the last."""


def story() -> Iterator[Step]:
    """The page as one list of commands; what is typed stays in the folder to which the page has led."""
    yield Step(0, 'ln -s "$WHEELS" wheels')
    for found in BLOCK.finditer(TEXT):
        language, line, text = found[1], TEXT[: found.start()].count("\n") + 1, found[2]
        if language == "python" and text.startswith('"""The life of a case'):
            yield Step(line, f"cat > {TESTS} <<'WRITTEN'\n{text}WRITTEN")
        elif language == "python":
            yield Step(line, f"cat > part.txt <<'WRITTEN'\n{text}WRITTEN\npython \"$PUT\" < part.txt && rm part.txt")
        for step in steps(f"```{language}\n{text}```"):
            command = f"set -e\n{step.command}\nset +e" if language == "sh" else step.command
            yield Step(step.line + line - 1, command, step.shown, step.code)


@pytest.fixture
def around(tmp_path: Path) -> dict[str, str]:
    """Wheels, libraries that pip finds installed, and no network. Neither ``care`` nor careflow is there."""
    build_wheel(ROOT, tmp_path / "wheels")
    lend_libraries(tmp_path / "libraries")
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "pybabel").symlink_to(Path(sys.executable).parent / "pybabel")
    (tools / "python3").symlink_to(Path(sys.base_prefix) / "bin/python3")
    (tmp_path / "put.py").write_text(PUT.format(program=PROGRAM, last=LAST), encoding="utf-8")
    return {
        "PATH": f"{tools}:/usr/bin:/bin",
        "PYTHONPATH": str(tmp_path / "libraries"),
        "PIP_NO_INDEX": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "WHEELS": str(tmp_path / "wheels"),
        "PUT": str(tmp_path / "put.py"),
    }


def test_from_an_empty_folder_to_a_closed_case(around: dict[str, str]) -> None:
    """Every block of the page, in its order, prints what is shown."""
    wrong = run(list(story()), around)
    assert not wrong, "\n".join(wrong)


def test_nothing_on_the_page_is_left_out() -> None:
    """A block of another kind would be shown and never tried."""
    assert {found[1] for found in BLOCK.finditer(TEXT)} == {"console", "sh", "python"}
    assert len(BLOCK.findall(TEXT)) == TEXT.count("\n```") / 2
