"""Runs the commands of a Markdown file in order and compares what they print with what the file shows.

usage: python tools/run_readme.py README.md

A ```sh block is run as it stands. In a ```console block a line after "$ " is a command ("> " continues it), and the lines below it, if any, are what it
must print: "…" stands for anything within a line, and for any lines where it is alone on one. A command meant to be refused says so: "$ care …  # exit 1".
All run in one shell; each block starts in the same empty folder, in which ``careflow`` is this checkout. Other blocks are not run.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FENCE = re.compile(r"^```(\w*)\s*$")
EXIT = re.compile(r"\s+#\s*exit (\d+)\s*$")
MARK = "\x1e"
MINUTES = 15


@dataclass
class Step:
    """One command: where it stands, what it must print (nothing shown: anything), how it must end; ``fresh`` begins a block."""

    line: int
    command: str
    shown: list[str] = field(default_factory=list)
    code: int = 0
    fresh: bool = False


def steps(text: str) -> list[Step]:
    """The commands of a Markdown text, in order."""
    found: list[Step] = []
    for kind, first, lines in _blocks(text):
        found += _console(first, lines) if kind == "console" else [Step(first, "\n".join(lines), fresh=True)]
    return found


def _blocks(text: str) -> Iterator[tuple[str, int, list[str]]]:
    kind, first, lines = "", 0, list[str]()
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        fence = FENCE.match(line)
        if not fence and inside:
            lines.append(line)
        elif fence and inside:
            if kind in ("sh", "console"):
                yield kind, first, lines
            inside = False
        elif fence:
            inside, kind, first, lines = True, fence[1], number + 1, []


def _console(first: int, lines: list[str]) -> list[Step]:
    found: list[Step] = []
    for number, line in enumerate(lines, first):
        if line.startswith("$ "):
            found.append(Step(number, line[2:], fresh=not found))
        elif line.startswith("> ") and found and not found[-1].shown:
            found[-1].command += "\n" + line[2:]
        elif found:
            found[-1].shown.append(line)
        else:
            raise SystemExit(f"line {number}: output before any command")
    for step in found:
        ending = EXIT.search(step.command)
        if ending:
            step.code, step.command = int(ending[1]), step.command[: ending.start()]
    return found


def script(found: list[Step]) -> str:
    """All steps as one shell script that marks where each begins and how it ended."""
    parts = ["START=$PWD"]
    for number, step in enumerate(found):
        if step.fresh:
            parts.append('cd "$START"')
        parts.append(f"printf '\\036{number}\\n'\n{{\n{step.command}\n}} </dev/null\nprintf '\\036=%d\\n' $?")
    return "\n".join(parts) + "\n"


def matches(shown: list[str], printed: str) -> bool:
    """Whether the text that was printed is the one that is shown, "…" standing for anything."""
    pattern = "".join(
        r"(?:.*\n)*?" if line.strip() == "…" else ".*".join(re.escape(part) for part in line.rstrip().split("…")) + r"\n" for line in _trim(shown)
    )
    return re.fullmatch(pattern, "".join(line.rstrip() + "\n" for line in _trim(printed.splitlines()))) is not None


def _trim(lines: list[str]) -> list[str]:
    kept = list(lines)
    while kept and not kept[-1].strip():
        kept.pop()
    return kept


def run(found: list[Step], more: Mapping[str, str] | None = None) -> list[str]:
    """Runs the steps; answers what went otherwise than shown, each as a text of several lines.

    :param more: what else stands in the environment, or otherwise than as a rule.
    """
    with tempfile.TemporaryDirectory() as home:
        Path(home, "careflow").symlink_to(ROOT, target_is_directory=True)
        around = {key: value for key, value in os.environ.items() if not key.startswith(("CARE_", "LC_", "MAKE"))}
        around |= {"HOME": home, "LANG": "C.UTF-8", "NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "120"}
        around["PATH"] = f"{ROOT / '.venv/bin'}{os.pathsep}{os.environ['PATH']}"
        around |= more or {}
        shell = ["bash", "-c", script(found)]
        done = subprocess.run(
            shell, cwd=home, env=around, timeout=MINUTES * 60, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
    pieces = done.stdout.decode("utf-8", "replace").split(MARK)[1:]
    wrong = []
    for number, step in enumerate(found):
        printed = pieces[2 * number].partition("\n")[2] if 2 * number < len(pieces) else ""
        ended = pieces[2 * number + 1] if 2 * number + 1 < len(pieces) else "=nothing: the shell had ended"
        code = ended[1:].split("\n")[0]
        said = f"line {step.line}: $ {step.command}\n"
        if code != str(step.code):
            wrong.append(f"{said}  exit {code}, not {step.code}; it printed:\n{printed}")
        elif step.shown and not matches(step.shown, printed):
            wrong.append(f"{said}  is shown to print:\n{chr(10).join(step.shown)}\n  and printed:\n{printed}")
    return wrong


def main(words: list[str]) -> int:
    """Runs the file's commands; answers the exit code."""
    if len(words) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    found = steps(Path(words[0]).read_text("utf-8"))
    wrong = run(found) if found else []
    print(*wrong, sep="\n")
    print(f"{words[0]}: {len(found)} commands run, {sum(bool(step.shown) for step in found)} outputs compared, {len(wrong)} otherwise than shown")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
