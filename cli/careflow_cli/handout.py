"""What is said on everything that leaves the office as a list: by whom, when, what for, and a digest by which a change of it is found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from careflow_cli import output
from workflow_core.i18n import N_, translate

if TYPE_CHECKING:
    from careflow_cli.session import Session
    from workflow_core.records.values import Cell

MARK = "※"
"""The line begins so: whatever reads a sheet back in passes over it."""


@dataclass(frozen=True)
class HandedOut:
    """The watermark of a list.

    :param count: how many rows. :param digest: SHA-256 (hexadecimal) of the rows: columns by tab, rows by newline; it stands in the journal too.
    """

    by: str
    at: str
    purpose: str
    count: int
    digest: str

    def line(self) -> str:
        """The watermark as one line, in the reader's language."""
        said = {"who": self.by, "when": self.at, "purpose": self.purpose, "count": self.count, "digest": self.digest}
        if not self.purpose:
            return MARK + translate(
                N_("Handed out to {who} on {when}. {count} lines; SHA-256 of the lines above, columns by tab, lines by newline: {digest}"), **said
            )
        return MARK + translate(
            N_("Handed out to {who} on {when} for: {purpose}. {count} lines; SHA-256 of the lines above, columns by tab, lines by newline: {digest}"), **said
        )

    def paper_line(self) -> str:
        """The watermark at the foot of papers that were printed together."""
        said = {"who": self.by, "when": self.at, "count": self.count, "digest": self.digest[:16]}
        return MARK + translate(N_("Printed by {who} on {when}, {count} papers together; {digest}"), **said)

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return dict(self.__dict__)


def handed_out(session: Session, what: str, rows: Sequence[Sequence[Cell]], purpose: str = "") -> HandedOut:
    """Writes down in the journal that rows leave the office, with their digest, before they do.

    :param what: as the journal names it: ``children``, ``dropout_return.ledger``, ``journal``.
    """
    from workflow_core.access import looks

    digest = digest_of(rows)
    with session.db.write() as tx:
        looks.handed_out(tx, session.actor, what, len(rows), digest, purpose=purpose, now=session.now_instant)
    return HandedOut(session.actor.login, output.moment(session.now_instant), " ".join(purpose.split()), len(rows), digest)


def digest_of(rows: Sequence[Sequence[Cell]]) -> str:
    """The digest of rows as they are shown."""
    return sha256("\n".join("\t".join("" if cell is None else str(cell) for cell in row) for row in rows).encode()).hexdigest()
