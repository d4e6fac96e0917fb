"""What a plugin's files use that goes away: read from their source, so that it is seen before it is ever called."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from workflow_core.checks.finding import Finding, found
from workflow_core.definition import Program
from workflow_core.definition.deprecations import DEPRECATED, Deprecated

HOME = "workflow_core"


def check_deprecated(program: Program[Any]) -> Iterator[Finding]:
    """``deprecated_name``, in every module of the program's package that has been imported, or in its file."""
    if not DEPRECATED:
        return
    home = program.policy.__module__
    package = home.partition(".")[0]
    modules = [module for name, module in sorted(sys.modules.items()) if name in (home, package) or name.startswith(f"{package}.")]
    files = [Path(file) for module in modules if (file := getattr(module, "__file__", None)) is not None]
    yield from check_files(dict.fromkeys(files), program.name)


def check_files(files: Iterable[Path], place: str) -> Iterator[Finding]:
    """``deprecated_name`` in these files.

    :param place: what the findings are told of: a program's or a plugin's name.
    """
    for file in files:
        try:
            tree = ast.parse(file.read_bytes())
        except (OSError, SyntaxError, ValueError):
            continue  # not Python's source: a compiled module, a plugin out of an archive
        for row, line in _uses(tree, DEPRECATED):
            yield found("deprecated_name", place, name=row.name, until=row.until.isoformat(), instead=row.instead, file=file.name, line=line)


def _uses(tree: ast.Module, table: tuple[Deprecated, ...]) -> Iterator[tuple[Deprecated, int]]:
    names = _imported(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == HOME:
            yield from ((row, node.lineno) for row in table for alias in node.names if not row.parameter and alias.name == row.owner)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and names.get(node.value.id) == HOME:
            yield from ((row, node.lineno) for row in table if not row.parameter and row.owner == node.attr)
        elif isinstance(node, ast.Name) and "*" in names and node.id not in names:
            yield from ((row, node.lineno) for row in table if not row.parameter and row.owner == node.id)
        elif isinstance(node, ast.Call):
            given = {one.arg for one in node.keywords}
            yield from ((row, node.lineno) for row in table if row.parameter in given and row.owner == _called(node.func, names))
        elif isinstance(node, ast.FunctionDef) and node.decorator_list:
            asked = {one.arg for one in (*node.args.args, *node.args.kwonlyargs)}
            yield from ((row, node.lineno) for row in table if row.owner == node.name and (not row.parameter or row.parameter in asked))


def _imported(tree: ast.Module) -> dict[str, str]:
    """What the file's own names stand for: ``workflow_core`` itself, or a public name of it; ``*`` where it takes them all."""
    known: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == HOME:
            known |= {alias.asname or alias.name: alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            known |= {alias.asname or alias.name: HOME for alias in node.names if alias.name == HOME}
    return known


def _called(function: ast.expr, names: dict[str, str]) -> str:
    if isinstance(function, ast.Name):
        return names.get(function.id, function.id if "*" in names else "")
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and names.get(function.value.id) == HOME:
        return function.attr
    return ""
