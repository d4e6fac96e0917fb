"""What the installed distributions offer to the command line, read from their own files.

``importlib.metadata`` would tell the same, and takes longer to import than all of ``care --help`` needs otherwise: it brings a reader of e-mail along.
The two files are read as the packaging specifications have them: entry points as an ini file, the summary as a header line.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Point:
    """One entry point.

    :param value: ``package.module:object``.
    :param summary: its distribution's one line about itself.
    """

    group: str
    name: str
    value: str
    summary: str


def points(*groups: str) -> Iterator[Point]:
    """The entry points of these groups, of every distribution on the path; one whose files are damaged offers nothing."""
    for folder in dict.fromkeys(sys.path):
        for file in sorted(Path(folder or ".").glob("*.dist-info/entry_points.txt")):
            try:
                found = list(_points(file, groups))
            except (OSError, ValueError):
                continue  # a stranger's damaged installation must not take the list of commands down with it
            yield from found


def _points(file: Path, groups: tuple[str, ...]) -> Iterator[Point]:
    said = file.read_text(encoding="utf-8")
    if not any(f"[{group}]" in said for group in groups):
        return
    summary, group = _summary(file.with_name("METADATA")), ""
    for line in map(str.strip, said.splitlines()):
        if line.startswith("["):
            group = line.strip("[]")
        elif group in groups and line and not line.startswith("#"):
            name, sign, value = line.partition("=")
            if not sign or not name.strip() or not value.strip():
                raise ValueError(f"no entry point: {file}")
            yield Point(group, name.strip(), value.partition("[")[0].strip(), summary)


def _summary(file: Path) -> str:
    header = file.read_text(encoding="utf-8").partition("\n\n")[0]
    return next((line.partition(":")[2].strip() for line in header.splitlines() if line.startswith("Summary:")), "")
