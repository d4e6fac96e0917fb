"""docs/authors.md is run from top to bottom: its program is put together step by step, and each command prints what the page shows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tools.run_readme import ROOT, Step, run, steps

PAGE = ROOT / "docs/authors.md"
PARTS = ("", "What is written down", "Stages", "Guards", "Tasks", "Transitions", "Timers", "The program")
"""The parts of the program's file, in their order."""


def blocks() -> Iterator[tuple[str, int, str]]:
    """Language, line and text of each block."""
    text = PAGE.read_text(encoding="utf-8")
    for found in re.finditer(r"^```(\w+)\n(.*?)^```$", text, flags=re.M | re.S):
        yield found[1], text[: found.start()].count("\n") + 2, found[2]


def parts_of(block: str) -> dict[str, str]:
    """A block of Python by its parts; what stands before the first one is the part without a name."""
    pieces = re.split(r"^# -- (.*)$", block, flags=re.M)
    return {"": pieces[0], **dict(zip(pieces[1::2], pieces[2::2], strict=True))}


def whole(parts: dict[str, str]) -> str:
    return "\n".join((f"# -- {name}\n" if name else "") + parts[name] for name in PARTS if name in parts)


def written(name: str, text: str, line: int) -> Step:
    return Step(line, f"cat > {name} <<'WRITTEN'\n{text}\nWRITTEN")


def story() -> Iterator[Step]:
    """The page as one list of commands: files are written where it says so, and its commands follow."""
    yield Step(0, "mkdir work && cd work && START=$PWD && export MYPYPATH=$PWD/../careflow", fresh=True)
    parts: dict[str, str] = {}
    for language, line, text in blocks():
        if language == "python" and text.startswith("from datetime"):
            yield written("wrong.py", text, line)
        elif language == "python":
            found = parts_of(text)
            assert set(found) <= set(PARTS), f"line {line}: a part that has no place in the file"
            parts |= {name: body for name, body in found.items() if name or body.strip()}
            yield written("program.py", whole(parts), line)
        elif language in ("sh", "console"):
            for step in steps(f"```{language}\n{text}```"):
                step.line += line - 2
                if language == "sh":  # a command that fails must not go by unseen
                    step.command = f"(set -e\n{step.command}\n)"
                yield step


def test_the_page_is_true() -> None:
    """Every step works, and prints what is shown."""
    wrong = run(list(story()))
    assert not wrong, "\n".join(wrong)


def test_every_block_of_python_is_one() -> None:
    """What is shown can be compiled."""
    for language, line, text in blocks():
        if language == "python":
            ast.parse(text, filename=f"{PAGE.name}:{line}")


def test_the_step_by_step_program_is_the_whole_program() -> None:
    """Nothing is imported in vain: at the end every imported name is used."""
    parts: dict[str, str] = {}
    for language, _, text in blocks():
        if language == "python" and not text.startswith("from datetime"):
            parts |= {name: body for name, body in parts_of(text).items() if name or body.strip()}
    tree = ast.parse(whole(parts))
    imported = {one.name for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == "workflow_core" for one in node.names}
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert imported - used == set()


MISSING = {
    "**Fields for some eyes only.**": lambda: "asked.personal" not in (ROOT / "workflow_core/engine/reading.py").read_text(encoding="utf-8"),
}
"""What the page says is not there yet, and how one sees that this is still so."""


@pytest.mark.parametrize("claim", MISSING)
def test_what_is_said_to_be_missing_is_missing(claim: str) -> None:
    """When it comes, the page says so no longer."""
    assert claim in PAGE.read_text(encoding="utf-8")
    assert MISSING[claim](), f"it is there now: take it out of docs/authors.md (What is not there yet), and say how it is used: {claim}"


def test_the_files_that_the_architecture_names_are_there() -> None:
    """Each `engine/runtime.py` and each room is a file or folder."""
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    named = {name for name in re.findall(r"`([\w/]+(?:\.py|/))`", text) if "/" in name}
    assert len(named) > 20
    roots = (ROOT, ROOT / "workflow_core", ROOT / "cli")
    assert {name for name in named if not any((root / name).exists() for root in roots)} == set()
    rooms = {path.name for path in (ROOT / "workflow_core").iterdir() if (path / "__init__.py").exists()}
    assert {room for room in rooms if f"`workflow_core/{room}/`" not in text} == set()
