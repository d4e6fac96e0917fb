"""The part of the engine's front door that leads to registers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workflow_core.access.grants import Actor

if TYPE_CHECKING:
    from workflow_core.engine.register_looks import EntriesShown
    from workflow_core.engine.register_sheets import EntryReport
    from workflow_core.engine.registering import Entered
    from workflow_core.engine.runtime import Runtime


class RegisterDoor:
    """Methods of ``Engine``."""

    runtime: Runtime

    def enter(self, actor: Actor, ref: str, register: str, given: Mapping[str, object] | None = None, **how: Any) -> Entered:
        """Enter into a register of a case; see ``registering.enter``."""
        from workflow_core.engine import registering

        return registering.enter(self.runtime, actor, ref, register, given or {}, **how)

    def enter_sheet(self, actor: Actor, ref: str, register: str, path: str | Path, **how: Any) -> EntryReport:
        """Enter the rows of a sheet; see ``register_sheets.enter_sheet``."""
        from workflow_core.engine import register_sheets

        return register_sheets.enter_sheet(self.runtime, actor, ref, register, path, **how)

    def entries(self, actor: Actor, ref: str, register: str, **how: Any) -> EntriesShown:
        """What was entered in a register; see ``register_looks.entries``."""
        from workflow_core.engine import register_looks

        return register_looks.entries(self.runtime, actor, ref, register, **how)

    def register_row(self, actor: Actor, ref: str, register: str) -> type[Any]:
        """The form of a register's row, for prompts.

        :raises NotFound: ``case_unknown``, ``register_unknown``.
        """
        from workflow_core.engine.entries import find_register

        with self.runtime.db.read() as tx:
            return find_register(self.runtime.work(tx, ref, actor).workflow, register).row
