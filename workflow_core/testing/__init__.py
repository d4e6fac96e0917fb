"""The authors' test kit: a case that lives in an office of its own, with a clock that moves, and nothing in it but the programs that are named.

Everything here is public and documented (``docs/testing.md``); modules of this room that are not named here are private to it. With pytest the fixture
``scenario`` is there without an import. Names are loaded on first use, so that pytest starts as fast as without it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workflow_core.testing.cases import Life as Life
    from workflow_core.testing.checked import findings as findings
    from workflow_core.testing.papers import PaperSeen as PaperSeen
    from workflow_core.testing.people import Invented as Invented
    from workflow_core.testing.people import invented_child as invented_child
    from workflow_core.testing.people import invented_volunteer as invented_volunteer
    from workflow_core.testing.scenario import NewScenario as NewScenario
    from workflow_core.testing.scenario import Scenario as Scenario
    from workflow_core.testing.seen import Event as Event
    from workflow_core.testing.seen import Fed as Fed
    from workflow_core.testing.seen import Refusal as Refusal
    from workflow_core.testing.seen import Waits as Waits
    from workflow_core.testing.simulate import simulate_lives as simulate_lives
    from workflow_core.testing.simulate_report import SimulationResult as SimulationResult
    from workflow_core.testing.text import program_text as program_text
    from workflow_core.testing.walks import Walk as Walk
    from workflow_core.testing.walks import program_walks as program_walks

KIT_VERSION = 1
"""Raised with every change of this kit that can turn a test red that was green."""

_HOMES = {
    "Event": "seen",
    "Fed": "seen",
    "Invented": "people",
    "Life": "cases",
    "NewScenario": "scenario",
    "PaperSeen": "papers",
    "Refusal": "seen",
    "SimulationResult": "simulate_report",
    "Scenario": "scenario",
    "Waits": "seen",
    "Walk": "walks",
    "findings": "checked",
    "invented_child": "people",
    "invented_volunteer": "people",
    "program_text": "text",
    "program_walks": "walks",
    "simulate_lives": "simulate",
}
"""Each public name, and the module of this room that has it."""

__all__ = [  # noqa: RUF022  (in the order of the page)
    "KIT_VERSION",
    "NewScenario",
    "Scenario",
    "Life",
    "PaperSeen",
    "Waits",
    "Event",
    "Refusal",
    "Fed",
    "Invented",
    "invented_child",
    "invented_volunteer",
    "findings",
    "program_text",
    "program_walks",
    "Walk",
    "simulate_lives",
    "SimulationResult",
]

if not TYPE_CHECKING:  # mypy would believe that every name exists

    def __getattr__(name: str) -> Any:
        if name not in _HOMES:
            raise AttributeError(f"workflow_core.testing has no public name {name!r}")
        return getattr(import_module(f"workflow_core.testing.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
