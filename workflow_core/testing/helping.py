"""Small things that a scenario needs."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from workflow_core.definition import Program, Role
from workflow_core.i18n import add_catalogue


def first_role(by: Any) -> Role | None:
    """The first role of one or several who may."""
    return next((one for one in (by if isinstance(by, (tuple, list)) else (by,)) if isinstance(one, Role)), None)


def add_texts(program: Program[Any]) -> None:
    """The catalogues beside the module that the program comes from, as an installed plugin's are added."""
    file = getattr(sys.modules.get(program.policy.__module__), "__file__", None)
    for catalogue in (Path(file).resolve().parent / "locale").glob("*/LC_MESSAGES/*.mo") if file else ():
        add_catalogue(catalogue.stem, catalogue.parents[2])


def written(path: Path, rows: Iterable[Mapping[str, object]] | str) -> Path:
    """Rows, by heading or as text, as a CSV file."""
    if isinstance(rows, str):
        path.write_text(rows, encoding="utf-8")
        return path
    listed = list(rows)
    headings = list(dict.fromkeys(heading for row in listed for heading in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, headings)
        writer.writeheader()
        writer.writerows(listed)
    return path
