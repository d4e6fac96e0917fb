"""Who asks, about what, and what may come of it."""

from __future__ import annotations

from typing import Literal, TypeAlias

from workflow_core.access.grants import ADMIN
from workflow_core.definition import STANDARD_ROLES, SUPERVISOR

Desk: TypeAlias = str
"""The login of somebody who asks: the name of the role that he holds, or one of those below."""
Where: TypeAlias = Literal["here", "other", "own"]
"""In his own township (a school: about its own pupils); in another one; about a case of his own, which is all that he may see."""
Outcome: TypeAlias = Literal["done", "nothing", "not_permitted", "not_found", "refused", "misuse"]
"""``nothing``: it is answered, and what is asked about is not in it. ``not_found``: as if it did not exist.
``refused``: a reason of the work speaks against it."""

NOBODY, DEPUTY, VOLUNTEER = "nobody", "deputy", "volunteer"
OWN = "-own"
"""What the login of somebody ends with whose role holds for his own cases alone."""
ROLES: tuple[Desk, ...] = tuple(role.name for role in STANDARD_ROLES)
DESKS: tuple[Desk, ...] = (NOBODY, ADMIN.name, *ROLES, DEPUTY, VOLUNTEER)
"""Nobody has an account and no role. The administrator's role holds in the whole office, the others' in one township, a school's at that school.
The deputy stands in for that township's child supervisor, who is away. The volunteer is the proxy parent of one child."""
OWNERS: tuple[Desk, ...] = (*ROLES, VOLUNTEER)
"""Who is asked about his own cases."""
ABSENT = SUPERVISOR.name
SIGNS: dict[str, Outcome] = {"+": "done", "0": "nothing", "-": "not_permitted", "h": "not_found", "r": "refused", "m": "misuse"}
"""How the table writes an outcome."""
