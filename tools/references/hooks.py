"""``hooks.md``: each hook with its signature, purpose, ordering, failure and example; and the values that hooks take and give."""

from __future__ import annotations

import ast
import re
from inspect import cleandoc
from pathlib import Path
from textwrap import dedent

from tools.references.markdown import code, document, inline, table
from workflow_core.definition.deprecations import DEPRECATED, LEAST_DAYS
from workflow_core.registry import hookspecs

SOURCE = Path(hookspecs.__file__)
EXAMPLES = Path(__file__).resolve().parents[2] / "docs/examples"
INTRO = """\
What a plugin can give to careflow beside programs. A plugin is a module (or a file, for `care --plugin FILE`) with functions named like a hook, each
with `@hookimpl` above it. One that is named like no hook, or that wants arguments nobody gives it, makes the plugin a failed one: `care plugin list`
says why. Every example below is a whole plugin, and is run by the tests."""
VALUES = ("Change", "Channel", "Message", "CalendarDay")
_PART = re.compile(r"^(Order|Failure): ", re.M)


GOING = """\
## What goes away

A hook, an argument of one, a public name or a parameter that is deprecated goes on working until its day, and `care plugin check` warns of it
(`deprecated_name`) in the files of the plugin. From that day on it is gone: a test of careflow's own fails until it has been taken out, and a plugin that
still uses it is listed as failed, with what to use instead. Nothing works on for less than {days} days."""
NOTHING = "Nothing is deprecated."


def plugins() -> dict[str, list[Path]]:
    """By hook, the example plugins that implement it: whole files, which the tests run in an office."""
    found: dict[str, list[Path]] = {}
    for path in sorted(EXAMPLES.glob("*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("careflow_"):
                found.setdefault(node.name, []).append(path)
    return found


def _whole(path: Path) -> str:
    said = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    return f"For an office, [{path.name}](../examples/{path.name}): {inline(said.splitlines()[0])}\n\n{code(path.read_text('utf-8'))}"


def going() -> str:
    """What goes away, as a table."""
    if not DEPRECATED:
        return NOTHING
    rows = [(f"`{one.name}`", one.since.isoformat(), one.until.isoformat(), inline(one.instead)) for one in DEPRECATED]
    return table(["name", "deprecated since", "gone from", "instead"], rows)


def examples() -> dict[str, str]:
    """Each hook's example, as a whole file."""
    return {name: example for name, _, _, example in _hooks()}


def page() -> str:
    """The page."""
    parts = []
    index = []
    for name, signature, said, _ in _hooks():
        body = said.partition("Example::")[0].strip()
        purpose = inline(_PART.split(body)[0].strip())
        pieces = _PART.split(body)[1:]
        more = [f"**{kind}.** {_sentence(text)}" for kind, text in zip(pieces[::2], pieces[1::2], strict=True)]
        index.append((f"[`{name}`](#{name})", purpose.split("\n\n")[0].split(". ")[0].rstrip(".") + "."))
        parts.append("\n\n".join([f"## {name}", code(signature), purpose, *more, code(examples()[name]), *map(_whole, plugins().get(name, []))]))
    values = ", ".join(f"[`{name}`](program-api.md#{name.lower()})" for name in VALUES)
    general = inline(cleandoc(hookspecs.__doc__ or "").partition("\n\n")[2])
    goes = [GOING.format(days=LEAST_DAYS), going()]
    return document("Hooks", INTRO, general, table(["hook", "what for"], index), *parts, f"The values they take and give: {values}.", *goes)


def _sentence(text: str) -> str:
    said = inline(" ".join(text.split()))
    return said[0].upper() + said[1:]


def _hooks() -> list[tuple[str, str, str, str]]:
    """Of each hook: its name, signature, docstring, example."""
    found = []
    for node in ast.parse(SOURCE.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("careflow_"):
            said = ast.get_docstring(node) or ""
            signature = f"def {node.name}({ast.unparse(node.args)}) -> {ast.unparse(node.returns) if node.returns else 'None'}: ..."
            parts = said.partition("Example::")
            if len(_PART.findall(parts[0])) != 2 or not parts[2].strip():
                raise SystemExit(f"the hook {node.name} does not say Order:, Failure: and Example::")
            found.append((node.name, signature, said, dedent(parts[2].strip("\n")).strip() + "\n"))
    return found
