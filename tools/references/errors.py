"""``errors.md``: every code that an error, a problem or a refusal can have, with what it says, found in the source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, TypeAlias

from tools.references.markdown import cell, document, table, tick
from workflow_core import errors
from workflow_core.errors import CareError

ROOT = Path(__file__).resolve().parents[2]
KINDS = {kind.__name__: kind.exit_code for kind in CareError.__subclasses__()}
PLACES = {  # which argument is the code, the message, the hint: position and keyword
    **dict.fromkeys(KINDS, ((0, "code"), (1, "message"), (None, "hint"))),
    "Problem": ((0, "code"), (1, "message"), (3, "hint")),
    "Unreadable": ((0, "code"), (1, "message"), (2, "hint")),
    "deny": ((2, "code"), (0, "reason"), (1, "hint")),
    "warn": ((2, "code"), (0, "reason"), (1, "hint")),
}
DEFAULTS = {"deny": "denied", "warn": "warned"}
INTRO = """\
What careflow refuses it refuses with a code, which scripts may rely on; a message; and where something can be done, a hint. The texts stand here as
the code has them: `{name}` is filled in, and both come in the reader's language. With `--json` the answer is `{"error": {"code", "message", "hint",
"context", "problems"}}`."""
TABLES: dict[str, tuple[str, ...]] = {
    "workflow_core/records/roster.py": ("CODES",),
    "workflow_core/records/children.py": ("_UNREADABLE",),
    "workflow_core/records/volunteers.py": ("_FAULTS",),
    "workflow_core/engine/import_rows.py": ("MESSAGES",),
    "workflow_core/inputs/validation.py": ("_TELLING", "_OTHERWISE"),
}
"""Tables in which codes stand with their texts; what is built from them names no code of its own."""


@dataclass
class Told:
    """One code in one role.

    :param messages: what it may say, in the order in which it was found; :param homes: the files.
    """

    messages: dict[str, None] = field(default_factory=dict)
    hints: dict[str, None] = field(default_factory=dict)
    homes: dict[str, None] = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """One place where a code is given."""

    called: str
    code: str
    messages: tuple[str, ...]
    hints: tuple[str, ...]
    home: str


def page() -> str:
    """The page."""
    found = calls()
    raised = _gathered([one for one in found if one.called in KINDS], lambda one: (one.code, KINDS[one.called]))
    problems = _gathered([*(one for one in found if one.called not in {*KINDS, *DEFAULTS}), *_from_tables()], lambda one: (one.code,))
    core = [one for one in found if one.called in DEFAULTS]
    denials = _gathered([one for one in core if one.home.startswith("workflow_core")], lambda one: (one.code,))
    own = _gathered([one for one in core if one.home.startswith("plugins")], lambda one: (one.home.split("/")[1], one.code))
    kinds = [
        (number, tick(name), re.sub(r" \(exit \d\)", "", cell(getattr(errors, name).__doc__))) for name, number in sorted(KINDS.items(), key=lambda one: one[1])
    ]
    return document(
        "Errors",
        INTRO,
        table(["exit", "kind", "meaning"], kinds),
        "## Errors\n\nWhat a whole command is refused with.",
        table(["code", "exit", "message", "hint", "raised in"], [(tick(str(k[0])), k[1], *_texts(told), _homes(told)) for k, told in raised]),
        "## Problems\n\nWhat is told *within* an error, or of one row, one field, one plugin: several at once, each with its place.",
        table(["code", "message", "hint", "told in"], [(tick(str(k[0])), *_texts(told), _homes(told)) for k, told in problems]),
        "## Refusals of the engine\n\nWhat a step can be denied with beside the guards of its program. `care case why REF` tells them before they happen.",
        table(["code", "message", "hint", "told in"], [(tick(str(k[0])), *_texts(told), _homes(told)) for k, told in denials]),
        "## Refusals of the programs that come with careflow",
        table(["program", "code", "message", "hint"], [(tick(str(k[0])), tick(str(k[1])), *_texts(told)) for k, told in own]),
    )


def _texts(told: Told) -> tuple[str, str]:
    return " / ".join(one for one in told.messages if one), " / ".join(one for one in told.hints if one)


def _homes(told: Told) -> str:
    return ", ".join(sorted({home.removesuffix(".py").removesuffix("/__init__").replace("/", ".").removeprefix("cli.") for home in told.homes}))


def _gathered(found: Sequence[Call], key: Any) -> list[tuple[tuple[Any, ...], Told]]:
    by: dict[tuple[Any, ...], Told] = {}
    for one in found:
        told = by.setdefault(key(one), Told())
        told.messages.update(dict.fromkeys(one.messages))
        told.hints.update(dict.fromkeys(one.hints))
        told.homes[one.home] = None
    return sorted(by.items())


def _from_tables() -> Iterator[Call]:
    for home, names in TABLES.items():
        module = import_module(home.removesuffix(".py").replace("/", "."))
        for name in names:
            held = getattr(module, name)
            for key, value in held.items() if isinstance(held, dict) else [("", held)]:
                parts = [value.message, value.hint] if hasattr(value, "message") else list(value)
                code, message, hint = (parts[0], parts[1], parts[2]) if len(parts) == 3 else (key, parts[0], parts[1])
                if name == "_UNREADABLE":
                    code, message, hint = key, parts[1], ""
                yield Call("Problem", code, (message,), (hint,), home)


def sources() -> Iterator[Path]:
    """Every file of ours that may refuse something."""
    for folder in ("workflow_core", "cli/careflow_cli", "plugins"):
        yield from sorted(path for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts and "build" not in path.parts)


def calls() -> list[Call]:
    """Every place where a code is given, in the order of files and lines."""
    return [one for path in sources() for one in File(path).calls()]


Bound: TypeAlias = dict[str, tuple[ast.expr, ast.FunctionDef | None]]
"""What a function's arguments are at one of its calls, each with the function that the call stands in."""


class File:
    """One file of source, in which names are followed to the texts they stand for."""

    def __init__(self, path: Path) -> None:
        self.home = path.relative_to(ROOT).as_posix()
        self.tree = ast.parse(path.read_text("utf-8"))
        self.parents = {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    def calls(self) -> Iterator[Call]:
        """The calls that give a code; not those inside ``deny`` itself, which makes a ``Deny`` of whatever it is given."""
        own = {node.name for node in self.tree.body if isinstance(node, ast.FunctionDef)}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in PLACES and node.func.id not in own:
                yield from self._call(node)

    def _call(self, node: ast.Call) -> Iterator[Call]:
        called = node.func.id if isinstance(node.func, ast.Name) else ""
        given = [self._given(node, *place) for place in PLACES[called]]
        if given[0] is None and called in DEFAULTS:
            given[0] = ast.Constant(DEFAULTS[called])
        function = self._function(node)
        chosen = given[1]
        if isinstance(chosen, ast.Call) and isinstance(chosen.func, ast.Attribute) and isinstance(chosen.func.value, ast.Dict):  # {code: message}[…]
            for key, value in zip(chosen.func.value.keys, chosen.func.value.values, strict=True):
                for code in self._strings(key, function, {}, node) if key is not None else ():
                    yield Call(called, code, tuple(self._strings(value, function, {}, node)), (), self.home)
            return
        rows = self._rows(given[0], function)
        for row in rows:
            texts = [self._strings(row.get(one.id, one) if isinstance(one, ast.Name) else one, function, {}, node) if one is not None else [] for one in given]
            yield from (Call(called, code, tuple(texts[1]), tuple(texts[2]), self.home) for code in texts[0])
        for bound in [] if rows else self._bindings(function, [one for one in given if one is not None]):
            codes, messages, hints = ([] if one is None else self._strings(one, function, bound, node) for one in given)
            if not codes and not self._passed_on(given[0]):
                raise SystemExit(f"{self.home}:{node.lineno}: the code of this {called} cannot be read from the source")
            for code in codes:
                yield Call(called, code, tuple(messages), tuple(hints), self.home)

    def _rows(self, code: ast.expr | None, function: ast.FunctionDef | None) -> list[dict[str, ast.expr]]:
        """Where a code is taken out of a table together with its texts (``code, message, hint = _WHY[state]``): each row, by the names it is unpacked to."""
        for node in ast.walk(function) if function is not None and isinstance(code, ast.Name) else ():
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple) and isinstance(node.value, ast.Subscript):
                names = [one.id for one in node.targets[0].elts if isinstance(one, ast.Name)]
                held = node.value.value
                if isinstance(code, ast.Name) and code.id in names and isinstance(held, ast.Name):
                    tables = [one for line in self.tree.body for name, one in _pairs(line) if name == held.id and isinstance(one, ast.Dict)]
                    values = [value for one in tables for value in one.values if isinstance(value, ast.Tuple)]
                    return [dict(zip(names, value.elts, strict=True)) for value in values]
        return []

    def _passed_on(self, code: ast.expr | None) -> bool:
        """An error that tells on what another one said: that one is listed where it is made."""
        if isinstance(code, ast.Attribute) and code.attr in ("code", "reason"):
            return True
        return isinstance(code, ast.Name) and self.home in TABLES

    @staticmethod
    def _given(node: ast.Call, position: int | None, keyword: str) -> ast.expr | None:
        named = next((one.value for one in node.keywords if one.arg == keyword), None)
        return named if named is not None or position is None or position >= len(node.args) else node.args[position]

    def _function(self, node: ast.AST) -> ast.FunctionDef | None:
        while node in self.parents:
            node = self.parents[node]
            if isinstance(node, ast.FunctionDef):
                return node
        return None

    def _bindings(self, function: ast.FunctionDef | None, given: Sequence[ast.expr]) -> list[Bound]:
        """Where a text is an argument of the function it stands in: each call of that function in this file, as what its arguments are there."""
        if function is None:
            return [{}]
        names = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
        used = {node.id for one in given for node in ast.walk(one) if isinstance(node, ast.Name)} & {*names, *(one.arg for one in function.args.kwonlyargs)}
        if not used or self.home in TABLES:
            return [{}]
        found: list[Bound] = []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function.name:
                outer = self._function(node)
                bound: Bound = {name: (value, outer) for name, value in zip(names, node.args, strict=False)}
                bound |= {one.arg: (one.value, outer) for one in node.keywords if one.arg}
                found.append(bound)
        return found or [{}]

    def strings(self, node: ast.expr, at: ast.AST) -> list[str]:
        """The texts that an expression can be, used at a place."""
        return self._strings(node, self._function(at), {}, at)

    def _strings(self, node: ast.expr, function: ast.FunctionDef | None, bound: Bound, at: ast.AST) -> list[str]:
        """The texts that an expression can be, used at a place; none where it is computed."""
        if isinstance(node, ast.Constant):
            return [node.value] if isinstance(node.value, str) else []
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("N_", "translate", "Label") and node.args:
            return self._strings(node.args[0], function, bound, at)
        if isinstance(node, ast.IfExp):
            return [*self._strings(node.body, function, bound, at), *self._strings(node.orelse, function, bound, at)]
        if isinstance(node, ast.BoolOp):
            return [text for one in node.values for text in self._strings(one, function, bound, at)]
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            return [text for one in self._items(node, at) for text in self._strings(one, function, bound, at)]
        if isinstance(node, ast.Name):
            if node.id in bound:
                value, outer = bound[node.id]
                return self._strings(value, outer, {}, value)
            return [text for value in self._assigned(node.id, function, at) for text in self._strings(value, function, bound, at)]
        return []

    def _items(self, node: ast.Subscript, at: ast.AST) -> list[ast.expr]:
        """What stands in a table under a key that is written out: ``MESSAGES["child_unknown"][0]``."""
        key = node.slice.value if isinstance(node.slice, ast.Constant) else None
        held = node.value
        tables = self._items(held, at) if isinstance(held, ast.Subscript) else self._assigned(held.id, None, at) if isinstance(held, ast.Name) else []
        found: list[ast.expr] = []
        for one in tables:
            if isinstance(one, ast.Dict):
                found += [value for name, value in zip(one.keys, one.values, strict=True) if isinstance(name, ast.Constant) and name.value == key]
            elif isinstance(one, ast.Tuple) and isinstance(key, int):
                found.append(one.elts[key])
        return found

    def _assigned(self, name: str, function: ast.FunctionDef | None, at: ast.AST) -> list[ast.expr]:
        """What a name was made to be: in the function at hand before that place, else in the file, else in the file it was imported from."""
        found = self._before(name, function, at) if function is not None else []
        found = found or [value for node in self.tree.body for target, value in _pairs(node) if target == name]
        if found:
            return found
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom) and node.module and any(one.name == name for one in node.names):
                for path in (ROOT / f"{node.module.replace('.', '/')}.py", ROOT / node.module.replace(".", "/") / "__init__.py"):
                    if path.exists():
                        return [value for inner in ast.walk(ast.parse(path.read_text("utf-8"))) for target, value in _pairs(inner) if target == name]
        return []

    def _before(self, name: str, function: ast.FunctionDef, at: ast.AST) -> list[ast.expr]:
        """What a name can be at a place: the assignment right before it in its block, and those in branches between the two."""
        found: list[ast.expr] = []
        while at is not function and at in self.parents:
            parent = self.parents[at]
            for block in (getattr(parent, kind, None) for kind in ("body", "orelse", "finalbody")):
                if not isinstance(block, list) or at not in block:
                    continue
                for line in reversed(block[: block.index(at)]):
                    found += [value for node in ast.walk(line) for target, value in _pairs(node) if target == name]
                    if any(target == name for target, _ in _pairs(line)):
                        return found
            at = parent
        return found


def _pairs(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
        yield node.target.id, node.value
    for target in node.targets if isinstance(node, ast.Assign) else ():
        if isinstance(target, ast.Name) and isinstance(node, ast.Assign):
            yield target.id, node.value
        elif isinstance(target, ast.Tuple) and isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple):
            yield from ((one.id, value) for one, value in zip(target.elts, node.value.elts, strict=True) if isinstance(one, ast.Name))
