"""Which words of the template language a template may use, and which fields it names: told from its tree, before anything of it runs.

A county's own template is somebody else's text run in our process, so it may do little: print fields, choose, repeat, set a name, fill the blocks of a
base, use the pieces that come with careflow. It cannot define a macro, build a longer text from shorter ones, reach an attribute of a value, or load a file.
What it cannot say needs no guarding against: no text can grow but by being printed, and what is printed is counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from jinja2 import nodes

from workflow_core.errors import Problem
from workflow_core.i18n import N_

HOUSE = ("base.html.j2", "base_letter.html.j2", "base_form.html.j2", "base_ledger.html.j2", "parts.html.j2")
"""The templates that come with careflow. Their names are taken: no folder's file of that name is ever read instead."""
PLUGIN = "plugin/"
"""Before a template's name: the program's own one, for a county's template that extends what it replaces."""

FILTERS = frozenset({"blank", "first", "join", "last", "length", "lines", "trim"})
TESTS = frozenset({"none", "defined", "odd", "even"})
LOOP = frozenset({"index", "index0", "first", "last", "length", "revindex"})
FUNCTIONS = frozenset({"range", "super"})

_STATEMENTS = (nodes.Output, nodes.If, nodes.For, nodes.Extends, nodes.Block, nodes.FromImport, nodes.Assign)
_PLAIN = (nodes.And, nodes.Or, nodes.Not, nodes.Compare, nodes.Operand, nodes.CondExpr, nodes.Add, nodes.Sub, nodes.Neg)
_SAID: Mapping[type[nodes.Node], str] = {
    nodes.Include: "include", nodes.Import: "import … as", nodes.Macro: "macro", nodes.CallBlock: "call", nodes.FilterBlock: "filter",
    nodes.AssignBlock: "set … endset", nodes.With: "with", nodes.ScopedEvalContextModifier: "autoescape", nodes.Concat: "~", nodes.Mul: "*", nodes.Pow: "**",
    nodes.Div: "/", nodes.FloorDiv: "//", nodes.Mod: "%", nodes.Dict: "{…}", nodes.Slice: "[…:…]",
}  # fmt: skip


@dataclass
class Reading:
    """What the tree of a template says.

    :param used: every field it names, with the line where it does so first.
    :param handed: the fields it hands to a piece: with all that is inside them.
    :param extends: the template it extends; :param imports: those it takes pieces from.
    :param problems: what it may not do, with the line.
    """

    used: dict[str, int] = field(default_factory=dict)
    handed: set[str] = field(default_factory=set)
    extends: str | None = None
    imports: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read(tree: nodes.Template, name: str, *, house: bool = False) -> Reading:
    """Everything that can be told of a template without running it.

    :param name: for the places of problems.
    :param house: it came with careflow, and may define the pieces that others use.
    """
    reader = _Reader(name, house)
    reader.body(tree.body, {})
    return reader.reading


Scope = dict[str, "str | None"]
"""Local names: the path that each stands for, or None where it is no field."""


class _Reader:
    def __init__(self, name: str, house: bool) -> None:
        self.name = name
        self.house = house
        self.reading = Reading()
        self.pieces: set[str] = set()

    def body(self, statements: list[nodes.Node], scope: Scope) -> None:
        for statement in statements:
            self.statement(statement, scope)

    def statement(self, node: nodes.Node, scope: Scope) -> None:
        if isinstance(node, nodes.Output):
            for part in node.nodes:
                if not isinstance(part, nodes.TemplateData):
                    self.expression(part, scope)
        elif isinstance(node, nodes.If):
            self.expression(node.test, scope)
            for branch in node.elif_:
                self.statement(branch, scope)
            self.body(node.body, scope)
            self.body(node.else_, scope)
        elif isinstance(node, nodes.For):
            self.loop(node, scope)
        elif isinstance(node, nodes.Block):
            self.body(node.body, dict(scope))
        elif isinstance(node, nodes.Assign) and isinstance(node.target, nodes.Name):
            self.expression(node.node, scope)
            if _calls(node.node):
                self.forbid(node, "set … = …()")
            scope[node.target.name] = self.path(node.node, scope)
        elif isinstance(node, nodes.Extends) and isinstance(node.template, nodes.Const) and isinstance(node.template.value, str):
            self.reading.extends = node.template.value
        elif isinstance(node, nodes.FromImport) and isinstance(node.template, nodes.Const) and node.template.value in HOUSE and not node.with_context:
            self.reading.imports.append(node.template.value)
            self.pieces.update(one if isinstance(one, str) else one[1] for one in node.names)
        elif isinstance(node, nodes.Macro) and self.house:
            self.pieces.add(node.name)
            self.body(node.body, {**scope, **{one.name: None for one in node.args}})
        else:
            self.forbid(node, _SAID.get(type(node), type(node).__name__.lower()))

    def loop(self, node: nodes.For, scope: Scope) -> None:
        self.expression(node.iter, scope)
        if node.recursive:
            self.forbid(node, "for … recursive")
        inner = {**scope, "loop": None}
        if isinstance(node.target, nodes.Name):
            inner[node.target.name] = self.path(node.iter, scope)
        else:
            self.forbid(node, "for …, … in")
        if node.test is not None:
            self.expression(node.test, inner)
        self.body(node.body, inner)
        self.body(node.else_, scope)

    def expression(self, node: nodes.Node, scope: Scope) -> None:
        if isinstance(node, nodes.Const):
            return
        if isinstance(node, (nodes.Name, nodes.Getattr, nodes.Getitem)):
            self.field(node, scope)
        elif isinstance(node, nodes.Filter):
            self.filter(node, scope)
        elif isinstance(node, nodes.Test):
            if node.name not in TESTS:
                self.forbid(node, f"is {node.name}")
            self.expression(node.node, scope)
        elif isinstance(node, nodes.Call):
            self.call(node, scope)
        elif isinstance(node, (nodes.List, nodes.Tuple)):
            if not all(isinstance(item, nodes.Const) for item in node.items):
                self.forbid(node, "[…]")
        elif isinstance(node, _PLAIN) or (self.house and isinstance(node, nodes.Concat)):
            for child in node.iter_child_nodes():
                self.expression(child, scope)
        else:
            self.forbid(node, _SAID.get(type(node), type(node).__name__.lower()))

    def field(self, node: nodes.Name | nodes.Getattr | nodes.Getitem, scope: Scope) -> None:
        """Notes a field; an attribute of anything else is none of ours."""
        inside = node if isinstance(node, nodes.Name) else node.node
        if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
            self.forbid(node, f".{node.attr}")
            return
        if isinstance(node, nodes.Getitem) and not (isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, int)):
            self.forbid(node, "[…]")
            return
        path = self.path(node, scope)
        if path is not None:
            self.reading.used.setdefault(path, node.lineno)
            return
        if isinstance(node, nodes.Name):
            return
        if isinstance(node, nodes.Getattr) and isinstance(inside, nodes.Name) and inside.name == "loop" and "loop" in scope:
            if node.attr not in LOOP:
                self.forbid(node, f"loop.{node.attr}")
        elif self.house:
            self.expression(inside, scope)
        else:
            self.forbid(node, f".{node.attr}" if isinstance(node, nodes.Getattr) else "[…]")

    def filter(self, node: nodes.Filter, scope: Scope) -> None:
        if node.name not in FILTERS:
            self.forbid(node, f"|{node.name}")
        elif node.node is None or not all(isinstance(one, nodes.Const) for one in node.args) or node.kwargs or node.dyn_args or node.dyn_kwargs:
            self.forbid(node, f"|{node.name}(…)")
        else:
            self.expression(node.node, scope)

    def call(self, node: nodes.Call, scope: Scope) -> None:
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        if name not in self.pieces | FUNCTIONS or node.dyn_args or node.dyn_kwargs:
            self.forbid(node, f"{name or '…'}()")
            return
        for one in (*node.args, *(pair.value for pair in node.kwargs)):
            if _calls(one):
                self.forbid(node, f"{name}(…())")
                return
            self.expression(one, scope)
            path = self.path(one, scope)
            if path is not None:
                self.reading.handed.add(path)

    def path(self, node: nodes.Node, scope: Scope) -> str | None:
        """The field that an expression stands for; None where it is none: a number, a text, an attribute of a piece."""
        if isinstance(node, nodes.Name):
            return scope.get(node.name, node.name)
        if isinstance(node, nodes.Getattr):
            above = self.path(node.node, scope)
            return None if above is None else f"{above}.{node.attr}"
        if isinstance(node, nodes.Getitem) or (isinstance(node, nodes.Filter) and node.name in ("first", "last") and node.node is not None):
            return self.path(node.node, scope) if node.node is not None else None
        return None

    def forbid(self, node: nodes.Node, what: str) -> None:
        hint = N_("a template prints fields, chooses (if), repeats (for), sets a name, fills blocks; see docs/papers.md")
        message, place = N_("line {line}: a template may not use {what}"), f"{self.name}:{node.lineno}"
        self.reading.problems.append(Problem("template_forbidden", message, place, hint, {"line": node.lineno, "what": what}))


def _calls(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Call) or any(True for _ in node.find_all(nodes.Call))
