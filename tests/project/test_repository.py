"""What no file of the repository may hold, and what every file keeps to."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SKIPPED = {".git", ".venv", "build", "dist", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".import_linter_cache"}
BINARY = {".mo", ".xlsx", ".xls", ".db", ".png", ".pyc", ".pdf", ".gz"}
# Written in pieces, so that this file does not hold what it forbids.
REGISTRIES = [one + two for one, two in [("pypi", ".org"), ("python", "hosted"), ("npm", "js"), ("debian", ".org"), ("rubygems", ".org"), ("crates", ".io")]]
WORKPLACE = ["/wo" + "rk/", ".." + "/shared"]
MAY_NAME = {".ci/run": {".." + "/shared"}}
LIMIT = 420


def files() -> list[Path]:
    """The files under version control, or in a copy without it, all that were not made by a tool."""
    listed = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, text=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        found = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        found = [path for path in ROOT.rglob("*") if not SKIPPED & set(path.relative_to(ROOT).parts) and ".egg-info" not in str(path)]
    return sorted(path for path in found if path.is_file() and path.suffix not in BINARY)


FILES = files()


@pytest.mark.parametrize("word", [*REGISTRIES, *WORKPLACE])
def test_a_word_of_one_machine_is_nowhere(word: str) -> None:
    """No host of a registry and no path of a workplace: the project installs and runs from anybody's mirror, anywhere."""
    holding = [path.relative_to(ROOT).as_posix() for path in FILES if word in path.read_text("utf-8").lower()]
    assert [name for name in holding if word not in MAY_NAME.get(name, set())] == []


def test_files_of_code_stay_small() -> None:
    """A longer file holds two things, as a rule. A migration is a record of tables, written once and never edited."""
    code = [path.relative_to(ROOT).as_posix() for path in FILES if path.suffix == ".py"]
    lines = {name: len((ROOT / name).read_text("utf-8").splitlines()) for name in code if "/migrations/versions/" not in name}
    assert {name: count for name, count in lines.items() if count > LIMIT} == {}


def test_nothing_is_left_open_in_the_code() -> None:
    """What is missing is said in an issue, not in a comment."""
    mark = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|X" + r"XX)\b")
    assert [path.name for path in FILES if path.suffix == ".py" and mark.search(path.read_text("utf-8"))] == []


def test_every_decision_is_listed() -> None:
    """The list of decisions names each record, and its title."""
    folder = ROOT / "docs/decisions"
    listed = (folder / "README.md").read_text("utf-8")
    for record in sorted(folder.glob("0*.md")):
        number, title = record.read_text("utf-8").splitlines()[0].removeprefix("# ").split(": ", 1)
        assert f"| [{number}]({record.name}) | {title} |" in listed


def test_links_between_documents_lead_somewhere() -> None:
    """A relative link in a Markdown file names a file that is there."""
    broken = [
        f"{path.relative_to(ROOT)}: {target}"
        for path in FILES
        if path.suffix == ".md"
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", re.sub(r"^```.*?^```$", "", path.read_text("utf-8"), flags=re.M | re.S))
        if not (path.parent / target).exists()
    ]
    assert broken == []
