"""``program-api.md``: every public name of ``workflow_core`` with its signature and docstring, read from the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import workflow_core
from tools.references.markdown import code, document, first_sentence, prose, table

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "workflow_core/definition"
INTRO = """\
What a program's file imports from `workflow_core`, and all that it may import from there: what is not in this list may change without notice.
[authors.md](../authors.md) builds a program with it, step by step; [checks.md](checks.md) tells what may be wrong with one."""

ROOMS = {
    "program": "Programs and workflows",
    "parts": "The parts of a workflow",
    "fields": "Forms and fields",
    "case": "What a guard sees, and answers",
    "guards": "Ready guards",
    "effects": "Effects",
    "batches": "Batches",
    "upgrades": "Upgrades",
    "moving": "When the child moves",
    "keeping": "How long it is kept",
    "time": "Time",
    "people": "People, roles, kinds",
    "hooks": "Hooks",
}
"""The files of the definition, in the order of the page."""


@dataclass(frozen=True)
class Name:
    """A public name as it stands in the source.

    :param shown: its signature, or the line that makes it.
    :param members: what it offers itself: signature and docstring of each.
    """

    name: str
    shown: str
    doc: str
    members: tuple[tuple[str, str], ...] = ()


def page() -> str:
    """The page."""
    rooms = {room: dict(names_of(HOME / f"{room}.py")) for room in ROOMS}
    missing = set(workflow_core.__all__) - {name for found in rooms.values() for name in found}
    if missing:
        raise SystemExit(f"tools/references/api.py finds no source of {', '.join(sorted(missing))}: name its file in ROOMS")
    parts, index = [], []
    seen: dict[str, int] = {}
    for room, title in ROOMS.items():
        here = [rooms[room][name] for name in sorted(set(rooms[room]) & set(workflow_core.__all__), key=lambda name: (name.lower(), name))]
        index.append((title, ", ".join(f"[`{one.name}`](#{_anchor(one.name, seen)})" for one in here)))
        parts.append(f"## {title}")
        parts += [entry(one) for one in here]
    return document("The names of a program", INTRO, table(["what for", "names"], index), *parts)


def _anchor(name: str, seen: dict[str, int]) -> str:
    """A heading's address on the page: of two that differ in capitals alone (``CHILD``, ``Child``) the second gets a number."""
    low = name.lower()
    seen[low] = seen.get(low, -1) + 1
    return f"{low}-{seen[low]}" if seen[low] else low


def entry(one: Name) -> str:
    """A name as the page tells it."""
    lines = [f"### {one.name}", code(one.shown)]
    if one.doc:
        lines.append(prose(one.doc))
    if one.members:
        lines.append(table(["of each", "what"], [(f"`{shown}`", first_sentence(doc)) for shown, doc in one.members]))
    return "\n\n".join(lines)


def names_of(path: Path) -> Iterator[tuple[str, Name]]:
    """What a file makes at its top, by name."""
    body = ast.parse(path.read_text("utf-8")).body
    classes = {node.name: node for node in body if isinstance(node, ast.ClassDef)}
    for node, after in zip(body, [*body[1:], None], strict=True):
        said = after.value.value if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) and isinstance(after.value.value, str) else ""
        if isinstance(node, ast.ClassDef):
            yield node.name, _class(node, classes)
        elif isinstance(node, ast.FunctionDef):  # of overloaded ones the last, which has the docstring
            yield node.name, Name(node.name, _call(node.name, node, skip=0), ast.get_docstring(node) or "")
        elif isinstance(node, ast.Assign):
            for name, value in _assigned(node):
                yield name, Name(name, f"{name} = {ast.unparse(value)}", said)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            yield node.target.id, Name(node.target.id, f"{node.target.id} = {ast.unparse(node.value)}", said)


def _assigned(node: ast.Assign) -> Iterator[tuple[str, ast.expr]]:
    target, value = node.targets[0], node.value
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        yield from ((one.id, each) for one, each in zip(target.elts, value.elts, strict=True) if isinstance(one, ast.Name))
    elif isinstance(target, ast.Name):
        yield target.id, value


def _class(node: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> Name:
    made = next((one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == "__init__"), None)
    if made is not None:
        shown = _call(node.name, made, skip=1)
    else:
        fields = list(_fields(node, classes))
        shown = _laid_out(node.name, fields, "") if fields else f"class {node.name}"
    return Name(node.name, shown, ast.get_docstring(node) or "", tuple(_members(node, classes)))


def _bases(node: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> Iterator[ast.ClassDef]:
    for base in node.bases:
        named = base.value if isinstance(base, ast.Subscript) else base
        if isinstance(named, ast.Name) and named.id in classes:
            yield from _bases(classes[named.id], classes)
            yield classes[named.id]


def _fields(node: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> Iterator[str]:
    for one in (*_bases(node, classes), node):
        for line in one.body:
            if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
                keyword_only = ast.unparse(line.annotation) == "KW_ONLY"
                yield "*" if keyword_only else f"{line.target.id}: {ast.unparse(line.annotation)}{_default(line.value)}"


def _default(value: ast.expr | None) -> str:
    if value is None:
        return ""
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "field":
        made = next((one.value for one in value.keywords if one.arg == "default_factory"), None)
        if isinstance(made, ast.Lambda):
            return f" = {ast.unparse(made.body)}"
        return " = {}" if isinstance(made, ast.Name) and made.id == "dict" else " = …"
    return f" = {ast.unparse(value)}"


def _members(node: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> Iterator[tuple[str, str]]:
    for one in (*_bases(node, classes), node):
        for line in one.body:
            if isinstance(line, ast.FunctionDef) and not line.name.startswith("_"):
                marks = {ast.unparse(mark) for mark in line.decorator_list}
                doc = ast.get_docstring(line) or ""
                answer = f" -> {ast.unparse(line.returns)}" if line.returns is not None else ""
                yield (f"{line.name}{answer}" if "property" in marks else _call(line.name, line, skip=1, wrap=False)), doc


def _call(name: str, node: ast.FunctionDef, *, skip: int, wrap: bool = True) -> str:
    given = node.args
    positional = [*given.posonlyargs, *given.args]
    defaults: list[ast.expr | None] = [*[None] * (len(positional) - len(given.defaults)), *given.defaults]
    shown = [f"{_typed(one)}{_default(default)}" for one, default in list(zip(positional, defaults, strict=True))[skip:]]
    if given.vararg is not None:
        shown.append(f"*{_typed(given.vararg)}")
    elif given.kwonlyargs:
        shown.append("*")
    shown += [f"{_typed(one)}{_default(default)}" for one, default in zip(given.kwonlyargs, given.kw_defaults, strict=True)]
    if given.kwarg is not None:
        shown.append(f"**{_typed(given.kwarg)}")
    answer = f" -> {ast.unparse(node.returns)}" if node.returns is not None and node.name != "__init__" else ""
    return _laid_out(name, shown, answer) if wrap else f"{name}({', '.join(shown)}){answer}"


def _typed(one: ast.arg) -> str:
    return f"{one.arg}: {ast.unparse(one.annotation)}" if one.annotation is not None else one.arg


def _laid_out(name: str, given: list[str], answer: str) -> str:
    short = f"{name}({', '.join(given)}){answer}"
    if len(short) <= 100:
        return short
    return "\n".join([f"{name}(", *(f"    {one}," for one in given), f"){answer}"])
