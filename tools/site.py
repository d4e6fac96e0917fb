"""The documentation as a site: ``python tools/site.py [--serve]`` puts the pages together in ``build/pages`` and has them built into ``build/site``.

The pages lie where they belong (README at the top, a program's beside the program) and link to one another as files of the repository do. So they are put
together in the same places, with every file that one of them links to; a link that leads nowhere, or a page that no menu leads to, is a fault.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGES = ROOT / "build" / "pages"
TOP = ("README.md", "README.zh_CN.md", "CHANGELOG.md")
_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)")
_FENCE = re.compile(r"^(`{3,})")
_TITLE = re.compile(r"^#{1,6} (.+)$")
_CODE = re.compile(r"^(`{3,})[^\n]*\n.*?^\1`*$", re.MULTILINE | re.DOTALL)


def pages(root: Path) -> list[Path]:
    """The pages of the site, by their place in the repository."""
    return sorted([*(root / name for name in TOP), *(root / "docs").rglob("*.md"), *root.glob("plugins/*/README.md")])


def linked(page: Path, root: Path) -> Iterator[Path]:
    """The files that a page links to and that are no pages themselves.

    :raises SystemExit: one of them is not there.
    """
    for target in _LINK.findall(_CODE.sub("", page.read_text(encoding="utf-8"))):
        if "://" in target or target.startswith("mailto:"):
            continue
        file = (page.parent / target).resolve()
        if not file.exists():
            sys.exit(f"{page.relative_to(root)}: the link {target} leads nowhere")
        if file.is_file() and file.suffix != ".md":
            yield file


def assemble(root: Path, into: Path) -> int:
    """Put the pages and what they link to into a folder, in the places they have in the repository.

    :return: the number of pages.
    """
    shutil.rmtree(into, ignore_errors=True)
    found = pages(root)
    for file in {*found, *(one for page in found for one in linked(page, root))}:
        target = into / file.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        if file in found:
            target.write_text(with_anchors(file.read_text(encoding="utf-8")), encoding="utf-8")
        else:
            shutil.copyfile(file, target)
    return len(found)


def with_anchors(text: str) -> str:
    """A page whose headings say their anchors: those that a repository's viewer gives them, so that one link leads there and here."""
    given: dict[str, int] = {}
    lines, inside = text.splitlines(), ""
    for n, line in enumerate(lines):
        if fence := _FENCE.match(line):
            inside = "" if inside and fence[1].startswith(inside) else inside or fence[1]
        elif not inside and (title := _TITLE.match(line)):
            slug = re.sub(r"[^\w\- ]", "", title[1].lower()).replace(" ", "-")
            given[slug] = given.get(slug, -1) + 1
            lines[n] = f"{line} {{#{slug}{f'-{given[slug]}' if given[slug] else ''}}}"
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str]) -> int:
    """Build the site, or show it on this machine while one writes."""
    count = assemble(ROOT, PAGES)
    os.environ["NO_MKDOCS_2_WARNING"] = "1"
    if list(arguments) == ["--serve"]:
        return subprocess.run([sys.executable, "-m", "mkdocs", "serve", "--dev-addr", "127.0.0.1:8000"], cwd=ROOT, check=False).returncode
    done = subprocess.run([sys.executable, "-m", "mkdocs", "build", "--strict", "--clean"], cwd=ROOT, check=False, capture_output=True, text=True)
    print(f"{count} pages in build/site" if done.returncode == 0 else done.stderr)  # asked to be quiet, it would not count what it warns of
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
