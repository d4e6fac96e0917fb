"""``programs/*.md``: the programs that come with careflow, each with its pictures, its page for care workers, and its table for authors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tools.references.commands import our_programs
from tools.references.markdown import code, document
from workflow_core.definition import Program
from workflow_core.engine import diagram, portrait, portrait_page
from workflow_core.registry import Registry

INTRO = """\
What `care program diagram`, `care program show` and `care program table` say of it; with `--lang zh_CN` they say it in Chinese. Dashed is what the clock does,
framed twice where a case is closed."""


def pages() -> dict[str, Callable[[], str]]:
    """Each program's page by its name."""
    return {f"programs/{name}": lambda name=name: page(name) for name in sorted(_programs())}  # type: ignore[misc]


def _programs() -> dict[str, Program[Any]]:
    ours = {name.replace("-", "_") for name in our_programs()}
    return {name: one for name, one in Registry.discover().programs.items() if name in ours}


def page(name: str) -> str:
    """One program's page."""
    program = _programs()[name]
    parts: list[str] = []
    for workflow in program.workflows:
        told = portrait.portray(program, workflow)
        parts += [f"## {told.workflows[0].title}", code(diagram.mermaid(program, workflow), "mermaid")]
        parts.append(portrait_page.markdown(told, level=2, heading=False, titled=False))
    parts.append(portrait_page.markdown(replace(portrait.portray(program), workflows=()), level=1, heading=False))
    table = portrait_page.table(portrait.portray(program)).replace("## ", "### ")
    return document(f"{program.title} (`{name}`)", INTRO, *parts, "## Every way, for authors", table)
