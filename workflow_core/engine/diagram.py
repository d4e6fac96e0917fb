"""Pictures of a workflow: the second home of ``transitions``, whose graph support reads the machine; how it is drawn is ours.

As Mermaid text, which repositories and sites draw; as Graphviz' text; or as SVG, drawn by Graphviz' program ``dot`` where the machine has it.
A stage stands with its title, a way with who may take it, what the clock does is dashed, a final stage has a double frame.
"""

from __future__ import annotations

import shutil
import subprocess
from abc import abstractmethod
from dataclasses import dataclass
from typing import Any

from transitions import State
from transitions.extensions.diagrams import GraphMachine
from transitions.extensions.diagrams_base import BaseGraph

from workflow_core.definition import Program, Workflow
from workflow_core.engine import words
from workflow_core.errors import Refused
from workflow_core.i18n import translate

PATIENCE = 60
"""So many seconds ``dot`` may draw; a workflow takes it less than one."""


def mermaid(program: Program[Any], workflow: Workflow[Any, Any]) -> str:
    """A workflow as a Mermaid flowchart, in the reader's language."""
    return _Drawn(program, workflow, _Flow).picture()


def dot(program: Program[Any], workflow: Workflow[Any, Any]) -> str:
    """A workflow in Graphviz' language, in the reader's."""
    return _Drawn(program, workflow, _Dot).picture()


def svg(program: Program[Any], workflow: Workflow[Any, Any]) -> str:
    """A workflow as SVG.

    :raises Refused: ``graphviz_missing``: this machine has no program ``dot``; ``graphviz_failed``: it could not draw.
    """
    found = shutil.which("dot")
    if found is None:
        raise Refused("graphviz_missing", "an SVG is drawn by Graphviz, and there is no program dot here", hint="install Graphviz; or take --format mermaid")
    try:
        drawn = subprocess.run([found, "-Tsvg"], input=dot(program, workflow), capture_output=True, text=True, encoding="utf-8", timeout=PATIENCE, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise Refused("graphviz_failed", "Graphviz could not draw it: {error}", hint="take --format mermaid", error=type(error).__name__) from error
    return drawn.stdout


@dataclass(frozen=True)
class _Edge:
    """An arrow of the picture.

    :param lines: what stands at it; :param dashed: the clock does it.
    """

    source: str
    target: str
    lines: tuple[str, ...]
    dashed: bool = False


class _Labelled(State):
    """A state with the title that is shown."""

    def __init__(self, name: str, label: str = "", **others: Any) -> None:
        super().__init__(name, **others)
        self.label = label


class _Picture(BaseGraph):
    """What every form of picture has: nodes and edges as the library reads them from the machine, and what the clock does."""

    machine: _Drawn

    def generate(self) -> None:
        """Nothing is made ahead."""

    def set_previous_transition(self, src: str, dst: str) -> None:
        """No case is shown: nothing is past."""

    def set_node_style(self, state: object, style: str) -> None:
        """No case is shown: no stage is the present one."""

    def reset_styling(self) -> None:
        """There is none."""

    def edges(self) -> list[_Edge]:
        """Every arrow: the ways, then what the clock does."""
        ways = [_Edge(one["source"], one["dest"], tuple(self._transition_label(one).split("\n"))) for one in self._get_elements()[1]]
        return ways + _of_timers(self.machine.program, self.machine.workflow)

    def nodes(self) -> list[tuple[str, str, bool]]:
        """Every stage: name, title, whether a case is closed there."""
        return [(one["name"], one["label"], self.machine.workflow.stage(one["name"]).final) for one in self._get_elements()[0]]

    def get_graph(self, title: str | None = None, roi_state: object = None) -> Any:
        """As the library calls it."""
        return self.text()

    @abstractmethod
    def text(self) -> str:
        """The picture as text."""


class _Flow(_Picture):
    def text(self) -> str:
        lines = ["flowchart TD"]
        for name, label, final in self.nodes():
            lines.append(f'    s_{name}[["{_quoted(label)}"]]' if final else f'    s_{name}("{_quoted(label)}")')
        lines += ["    begin(( ))", f"    begin --> s_{self.machine.workflow.initial.name}"]
        for edge in self.edges():
            said = "<br/>".join(_quoted(line) for line in edge.lines)
            lines.append(f'    s_{edge.source} {"-.->" if edge.dashed else "-->"}|"{said}"| s_{edge.target}')
        return "\n".join(lines) + "\n"


class _Dot(_Picture):
    def text(self) -> str:
        font = 'fontname="Noto Sans CJK SC, SimHei, sans-serif"'
        lines = [f'digraph "{self.machine.workflow.name}" {{', f"  graph [rankdir=TB, {font}];"]
        lines += [f"  node [shape=box, style=rounded, {font}];", f"  edge [fontsize=10, {font}];", "  begin [shape=point, width=0.15];"]
        for name, label, final in self.nodes():
            lines.append(f'  "s_{name}" [label={_string(label)}{", peripheries=2" if final else ""}];')
        lines.append(f'  begin -> "s_{self.machine.workflow.initial.name}";')
        for edge in self.edges():
            style = ", style=dashed" if edge.dashed else ""
            label = _string("\n".join(edge.lines))
            lines.append(f'  "s_{edge.source}" -> "s_{edge.target}" [label={label}{style}];')
        return "\n".join([*lines, "}"]) + "\n"


class _Drawn(GraphMachine):
    """The library's machine for pictures, with one of our ways to draw."""

    state_cls = _Labelled

    def __init__(self, program: Program[Any], workflow: Workflow[Any, Any], how: type[_Picture]) -> None:
        self.program, self.workflow, self._how = program, workflow, how
        ways = [
            {"trigger": one.name, "source": stage.name, "dest": one.target.name, "label": f"{translate(one.title)}\n{words.who(one.doers)}"}
            for one in workflow.transitions
            for stage in one.sources
        ]
        states = [{"name": stage.name, "label": translate(stage.title)} for stage in workflow.stages]
        super().__init__(model=None, states=states, initial=workflow.initial.name, transitions=ways, auto_transitions=False, graph_engine="mermaid")

    def _init_graphviz_engine(self, graph_engine: str) -> type[_Picture]:
        return self._how

    def picture(self) -> str:
        """The picture as text."""
        return self._how(self).text()


def _of_timers(program: Program[Any], workflow: Workflow[Any, Any]) -> list[_Edge]:
    """What the clock does: where a timer takes a way, an arrow along it; what it only tells, gathered in one arrow from a stage to itself."""
    found: list[_Edge] = []
    told: dict[str, list[str]] = {}
    for timer in workflow.timers:
        when = words.due(timer.due, workflow.policy, of_timer=True)
        for stage in timer.stages:
            if timer.fire is not None and stage in timer.fire.sources:
                found.append(_Edge(stage.name, timer.fire.target.name, (translate(timer.fire.title), when), dashed=True))
            else:
                what = words.joined(words.heard(timer.do)) or words.joined(words.effects(timer.do, program))
                told.setdefault(stage.name, []).append(f"{what} ({when})" if what else when)
    return found + [_Edge(name, name, tuple(lines), dashed=True) for name, lines in told.items()]


def _quoted(text: str) -> str:
    """A text inside Mermaid's quotation marks: its own signs as entities."""
    return "".join(f"#{ord(sign)};" if sign in '"#<>&`|' else sign for sign in " ".join(text.split()))


def _string(text: str) -> str:
    r"""A text as Graphviz writes it, lines apart by ``\n``."""
    inside = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{inside}"'
