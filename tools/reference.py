"""Makes the pages of ``docs/reference`` from the code, so that none can say what is no longer so.

usage: python tools/reference.py write | check

write   writes every page; pages that nobody makes any more are taken away
check   fails, showing the difference, where a page is not what the code says

A page that meets something without a description (a new table, a kind of event, an environment variable) stops with its name.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs/reference"

if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))


def pages() -> dict[str, Callable[[], str]]:
    """Each page's name, and what makes it."""
    from tools.references import api, checks, commands, errors, events, hooks, permissions, programs, roles, settings, tables, testing

    made = {
        "commands": commands.page,
        "hooks": hooks.page,
        "settings": settings.page,
        "checks": checks.page,
        "errors": errors.page,
        "program-api": api.page,
        "roles": roles.page,
        "permissions": permissions.page,
        "events": events.page,
        "tables": tables.page,
        "testing": testing.page,
        **programs.pages(),
    }
    return {f"{name}.md": make for name, make in made.items()}


def write() -> None:
    """Writes every page, and takes away those that nobody makes."""
    made = pages()
    for path in FOLDER.rglob("*.md"):
        if _name(path) not in made:
            path.unlink()
    for name, make in made.items():
        (FOLDER / name).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / name).write_text(make(), encoding="utf-8")


def differences() -> list[str]:
    """What is otherwise than the code says, as lines of a diff; empty where all is well."""
    made = pages()
    lines = [f"docs/reference/{_name(path)} is made by nobody" for path in sorted(FOLDER.rglob("*.md")) if _name(path) not in made]
    for name, make in made.items():
        path = FOLDER / name
        there = path.read_text(encoding="utf-8") if path.exists() else ""
        shown = f"docs/reference/{name}"
        lines += difflib.unified_diff(there.splitlines(), make().splitlines(), shown, f"{shown} (as the code says)", lineterm="", n=1)
    return lines


def _name(path: Path) -> str:
    """Of a page, as it is named in ``pages``."""
    return path.relative_to(FOLDER).as_posix()


def main(words: list[str]) -> int:
    """Runs one of the two; answers the exit code."""
    if words == ["write"]:
        write()
        return 0
    if words != ["check"]:
        print(__doc__, file=sys.stderr)
        return 2
    lines = differences()
    print(*lines, sep="\n")
    print("docs/reference says otherwise than the code: make reference" if lines else f"docs/reference: {len(pages())} pages, as the code says")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
