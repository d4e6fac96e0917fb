"""``checks.md``: each code of a check with a program that is wrong in that way and its mended twin, taken from the samples that the tests run."""

from __future__ import annotations

import ast
import copy
import inspect
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

from tests.checks import samples
from tools.references.markdown import code, document, table
from workflow_core.checks import CODES, WHY

INTRO = """\
`care plugin check NAME`, or of a file that is not installed `care plugin check program.py`, tells everything that is wrong with a program at once. An
**error** is a program that cannot do what it says; a **warning** is most likely an oversight (`--strict` makes it count). What mypy sees in the
editor already is told here again for whoever does not use it. Each example is run by the tests: the wrong one gives this code and no other, the right
one nothing."""
SCRIPTS = """\
## In scripts, in CI and before a commit

Several programs and files may be named at once; what they do to each other (`refers_in_circle`) is told of those that are named, and of installed ones
also against all that are installed.

| exit code | when |
|---|---|
| 0 | nothing is wrong, or there are warnings only |
| 1 | there are errors; with `--strict` also where there are warnings; a plugin cannot even be loaded |
| 2 | the command is used wrongly |
| 5 | there is no such program, plugin or file |

`--json` writes one document. Its fields stay as they are; others may be added. `code` is one of those below, or of those of a plugin that cannot be
loaded ([errors](errors.md)); `place` is `workflow.part`, or the program's name; `message` and `hint` are in the language of the reader.

```json
{"programs": ["reading"], "errors": 1, "warnings": 0,
 "problems": [{"program": "reading", "code": "prefix_syntax", "severity": "error", "place": "loan.prefix",
               "message": "ln- is no prefix", "hint": "one to six capital letters: DR makes DR-26-00417"}]}
```

For the tool pre-commit this repository has the hook `careflow-check`, which looks at every `program.py` that is committed:

```yaml
repos:
  - repo: https://example.org/careflow  # where your careflow comes from
    rev: v0.1.0
    hooks:
      - id: careflow-check
        args: [--strict]
```"""
BASE = """\
## The program of the examples

A sound program, a school that lends books. Each example below is a file of its own that imports this one (`from __future__ import annotations`,
`from reading import *`) and changes it: `program(loan(prefix="ln-"))` is this program with another prefix, `entering(effect)` does `effect` when a book
becomes late, `giving()` is a second workflow."""
HAND_MADE = {
    "unused_part": (
        'made = program()\nFORGOTTEN = Stage("lost", "Lost")',
        "made = program()",
    )
}
"""What needs a whole file: the end of one, after the sound program."""
TEMPLATES = {
    "template_missing": ('Document("slip", "Slip", template="silp.html.j2")', 'Document("slip", "Slip", template="slip.html.j2")'),
    "field_unknown": ("{{ child.nmae }}", "{{ child.name }}"),
    "personal_in_public": ("{{ child.name }}", "{{ child.ref }}"),
    "template_unsound": ("{{ child.name.upper() }}", "{{ child.name }}"),
}
"""What is told of templates, which are files beside a program: wrong and right. Tried in tests/checks/test_templates.py."""
DEPRECATED = {
    "deprecated_name": (
        'from workflow_core import Task\n\nLOOK = Task("look", "Look", by=SCHOOL, help="Open every page")  # as if Task.help were deprecated',
        'from workflow_core import Task\n\nLOOK = Task("look", "Look", by=SCHOOL)',
    )
}
"""What is told of names that go away; the example does as if there were one. Tried in tests/checks/test_deprecated.py."""
TRIED_ELSEWHERE = {**TEMPLATES, **DEPRECATED}
MODULES = [import_module(f"tests.checks.{path.stem}") for path in sorted(Path(samples.__file__).parent.glob("samples_*.py"))]
"""The samples file themselves in ``SAMPLES`` when they are imported."""


STANDARD = ("dataclasses", "datetime", "decimal")
"""Modules of the standard library that an example imports itself; what the sound program imports it has already."""
OTHER = 'OTHER = Stage("other", "Another")'
"""Stands with the examples that use it: in the sound program it would be a part that nobody uses."""


@dataclass(frozen=True)
class Example:
    """One code's example.

    :param wrong: the code of the wrong program; :param right: of its mended twin. They give ``made``, the program.
    :param module: where the names come from.
    """

    code: str
    wrong: str
    right: str
    module: ModuleType


@cache
def examples() -> dict[str, Example]:
    """The first sample of each code."""
    found: dict[str, tuple[str, ModuleType]] = {}
    for one, sample in samples.SAMPLES:
        module = sys.modules[sample.__module__]
        found.setdefault(one, (sample.__name__, module))
    drafts = {one: tuple(_snippet(module, name, mended=mended) for mended in (False, True)) for one, (name, module) in found.items()}
    laid = iter(_formatted([text for pair in drafts.values() for text in pair]))
    made = {one: Example(one, next(laid), next(laid), found[one][1]) for one in drafts}
    made |= {one: Example(one, wrong, right, samples) for one, (wrong, right) in {**HAND_MADE, **TRIED_ELSEWHERE}.items()}
    missing = set(CODES) - set(made)
    if missing:
        raise SystemExit(f"tools/references/checks.py: no example of {', '.join(sorted(missing))}: add a sample to tests/checks")
    unsaid = set(CODES) - set(WHY)
    if unsaid:
        raise SystemExit(f"tools/references/checks.py: workflow_core/checks/reasons.py does not say why these matter: {', '.join(sorted(unsaid))}")
    return {one: made[one] for one in CODES}


def base() -> str:
    """The sound program that all examples are changes of, as source."""
    source = inspect.getsource(samples)
    lines = source[source.index("class Wear(Choice)") :].replace(OTHER + "\n", "")
    return "from datetime import date\nfrom typing import Any\n\nfrom workflow_core import *\n\n\n" + lines.replace("  # fmt: skip", "")


def page() -> str:
    """The page."""
    index = [(f"[`{one}`](#{one})", about.severity, about.meaning) for one, about in CODES.items()]
    parts = []
    for one, about in CODES.items():
        example = examples()[one]
        said = f"> {about.message}  \n> → {about.hint}"
        what = f"{about.meaning} ({about.severity.capitalize()}.)\n\n**Why it matters.** {WHY[one]}"
        parts.append(f"## {one}\n\n{what}\n\n{said}\n\nWrong:\n\n{code(example.wrong)}\n\nRight:\n\n{code(example.right)}")
    return document("Checks of a program", INTRO, table(["code", "severity", "meaning"], index), SCRIPTS, BASE, code(base()), *parts)


def _snippet(module: ModuleType, name: str, *, mended: bool) -> str:
    """A sample as straight code: ``mended`` decided, and what it uses of its own file before it."""
    body = ast.parse(f"{OTHER}\n{inspect.getsource(module)}").body
    defined = {found: node for node in body for found in _defines(node)}
    sample = copy.deepcopy(defined[name])
    assert isinstance(sample, ast.FunctionDef)
    lines = _needed(_Decided(mended).lines(sample.body))
    wanted: list[ast.stmt] = []
    todo = [*lines]
    while todo:
        used = {node.id for node in ast.walk(todo.pop()) if isinstance(node, ast.Name)}
        for found in used & set(defined):
            if defined[found] not in wanted:
                wanted.append(defined[found])
                todo.append(defined[found])
    wanted.sort(key=lambda node: node.lineno)
    return "\n".join(ast.unparse(node) for node in (*wanted, *lines))


def _needed(lines: list[ast.stmt]) -> list[ast.stmt]:
    """Without the definitions that only the other twin uses."""
    kept = [lines[-1]]
    for line in reversed(lines[:-1]):
        used = {node.id for one in kept for node in ast.walk(one) if isinstance(node, ast.Name)}
        if not _defines(line) or used & set(_defines(line)):
            kept.insert(0, line)
    return kept


def _defines(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Assign):
        return [name.id for target in node.targets for name in ast.walk(target) if isinstance(name, ast.Name)]
    if isinstance(node, ast.ImportFrom) and node.module in STANDARD:
        return [one.asname or one.name for one in node.names]
    return []


class _Decided(ast.NodeTransformer):
    """Code in which ``mended`` is no question any more."""

    def __init__(self, mended: bool) -> None:
        self.mended = mended

    def lines(self, body: list[ast.stmt]) -> list[ast.stmt]:
        """The statements, with the last one's answer as ``made``."""
        found: list[ast.stmt] = []
        for line in body:
            if isinstance(line, ast.If):
                found += self.lines(line.body if self._holds(line.test) else line.orelse)
            elif isinstance(line, ast.Return) and line.value is not None:
                found.append(ast.Assign([ast.Name("made", ast.Store())], self.visit(line.value), lineno=0))
            elif not (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)):
                found.append(self.visit(line))
        return found

    def _holds(self, test: ast.expr) -> bool:
        return not self.mended if isinstance(test, ast.UnaryOp) else self.mended

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        """The branch that holds."""
        decided = isinstance(node.test, ast.Name) and node.test.id == "mended"
        return self.visit(node.body if self.mended else node.orelse) if decided else self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """``mended`` as a value."""
        return ast.Constant(self.mended) if node.id == "mended" else node

    def visit_List(self, node: ast.List) -> ast.AST:
        """A list, with lists that stood in it under a star laid open."""
        self.generic_visit(node)
        node.elts = [inner for one in node.elts for inner in (one.value.elts if isinstance(one, ast.Starred) and isinstance(one.value, ast.List) else [one])]
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        """Without the ``Any`` that kept mypy quiet about what is wrong on purpose."""
        self.generic_visit(node)
        if node.value is not None and isinstance(node.annotation, ast.Name) and node.annotation.id == "Any":
            return ast.Assign([node.target], node.value, lineno=0)
        return node


def _formatted(texts: list[str]) -> list[str]:
    """All of them laid out by ruff in one run."""
    mark = "# ---- next ----"
    whole = "\n".join(f"{mark}\n{text}" for text in texts)
    ruff = Path(sys.executable).with_name("ruff")
    done = subprocess.run(
        [str(ruff), "format", "--isolated", "--line-length", "110", "--stdin-filename", "example.py", "-"],
        input=whole,
        capture_output=True,
        text=True,
        check=True,
    )
    return [part.strip() for part in done.stdout.split(mark)[1:]]
