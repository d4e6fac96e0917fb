"""``testing.md``: every public name of the authors' test kit, read from the source."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import workflow_core.testing as kit
from tools.references.api import entry, names_of
from tools.references.markdown import document, prose, table

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "workflow_core/testing"
INTRO = """\
What an author's tests import from `workflow_core.testing`; what is not in this list may change without notice. [testing.md](../testing.md) shows it at work.
`KIT_VERSION` is raised with every change that can turn a test red that was green."""
FIXTURES = ("scenario", "care_database", "care_cluster")


def page() -> str:
    """The page."""
    homes = {"KIT_VERSION": "__init__", **kit._HOMES}
    rooms = {room: dict(names_of(HOME / f"{room}.py")) for room in set(homes.values())}
    missing = [name for name in kit.__all__ if name not in rooms[homes[name]]]
    if missing:
        raise SystemExit(f"tools/references/testing.py finds no source of {', '.join(missing)}: is it named in _HOMES?")
    index = ", ".join(f"[`{name}`](#{name.lower()})" for name in kit.__all__)
    parts = [entry(rooms[homes[name]][name]) for name in kit.__all__]
    return document("The names of the test kit", INTRO, index, *parts, "## With pytest", _with_pytest(), "## A file of odds", _odds())


def _odds() -> str:
    """What a file of odds may say, from the docstring of the module that reads it."""
    from workflow_core.testing import simulate_odds

    said = inspect.cleandoc(simulate_odds.__doc__ or "").partition("::\n")[0].strip().rstrip(":")
    intro = f"{said} `care plugin simulate` takes it with `--odds FILE`; a program ships one as `odds.toml` beside its module."
    return "\n\n".join([prose(intro), f"```toml\n{simulate_odds.EXAMPLE.strip()}\n```"])


def _with_pytest() -> str:
    body = ast.parse((HOME / "plugin.py").read_text("utf-8")).body
    docs = {node.name: inspect.cleandoc(ast.get_docstring(node) or "") for node in body if isinstance(node, ast.FunctionDef)}
    rows = [(f"fixture `{name}`", " ".join(docs[name].split())) for name in FIXTURES]
    option = "`sqlite` (left out), `postgresql` or `both`: on which databases scenarios are played"
    intro = "Installed with careflow, found by pytest without an import."
    return "\n\n".join([prose(intro), table(["what", "what it is for"], [*rows, ("option `--care-database`", option)])])
