"""What was handed in with a command: ``--set k=v``, ``--from file``, joined to one mapping."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from careflow_cli.clicks import option
from workflow_core.errors import Misused, Problem
from workflow_core.i18n import N_

F = TypeVar("F", bound=Callable[..., Any])


def given_options(function: F) -> F:
    """``--set`` and ``--from``: what a form asks, without a prompt."""
    function = option("--set", "sets", multiple=True, metavar="FIELD=VALUE", help="one field of what is asked; may be said several times")(function)
    said = click.Path(path_type=Path, dir_okay=False)
    return option("--from", "source", type=said, metavar="FILE", help="what is asked, from a .json file, or a sheet with one row")(function)


def given(sets: Sequence[str], source: Path | None) -> dict[str, object]:
    """What was handed in, by field; ``--set`` goes before the file.

    :raises Misused: a ``--set`` has no ``=`` (``set_invalid``, all of them), or the file cannot be read as values.
    """
    found: dict[str, object] = dict(_from_file(source)) if source is not None else {}
    problems = []
    for word in sets:
        name, equals, value = word.partition("=")
        if not equals or not name.strip():
            problems.append(Problem("set_invalid", "there is no = in it", name.strip(), "write --set field=value"))
        else:
            found[name.strip()] = value
    if problems:
        raise Misused("set_invalid", "{count} of the --set cannot be read", problems=problems, count=len(problems))
    return found


def _from_file(path: Path) -> Mapping[str, object]:
    if path.suffix.lower() == ".json":
        return json_object(path)
    rows = sheet_rows(path)
    if len(rows) != 1:
        hint = N_("for many at once: care task done --from")
        raise Misused("one_row_wanted", "{file} holds {count} rows, and one is wanted", hint=hint, file=path.name, count=len(rows))
    return {title: value for title, value in rows[0][1].items() if value not in (None, "")}


def json_object(path: Path) -> Mapping[str, object]:
    """The object that a JSON file holds.

    :raises Misused: there is no such file (``file_missing``), or it holds no object (``json_invalid``).
    """
    try:
        found = json.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        raise Misused("file_missing", "there is no file {file}", hint="check the path", file=path.name) from None
    except (OSError, ValueError):
        found = None
    if not isinstance(found, dict):
        raise Misused("json_invalid", "{file} holds no JSON object", hint="write one object with a value for each field", file=path.name)
    return found


def sheet_rows(path: Path) -> list[tuple[int, Mapping[str, object]]]:
    """The rows of a plain sheet, each with its number in the sheet, as title to cell; the first row that is not blank holds the titles.

    :raises Misused: the file is no sheet.
    """
    from workflow_core.records.sheet_files import open_sheets

    titles: list[str] | None = None
    found: list[tuple[int, Mapping[str, object]]] = []
    for sheet in open_sheets(path)[:1]:
        for number, cells in enumerate(sheet.rows(), 1):
            if not any(cell not in (None, "") for cell in cells):
                continue
            if titles is None:
                titles = [str(cell).strip() for cell in cells]
            else:
                found.append((number, {title: cell for title, cell in zip(titles, cells, strict=False) if title}))
    return found
