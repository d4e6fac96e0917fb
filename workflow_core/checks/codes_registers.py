"""The codes of registers."""

from __future__ import annotations

from workflow_core.checks.code import Code
from workflow_core.i18n import N_

REGISTERS: dict[str, Code] = {
    "register_never_closed": Code(
        "A register says what is done when an entry is closed, or late, and its entries are never closed.",
        N_("nothing closes an entry of this register"),
        N_("name the field of the row that closes one: open_until=…; or leave out due, late and closed"),
    ),
    "register_late_never": Code(
        "A register says by when an entry must be closed and not what is done then, or the other way round.",
        N_("due and late belong together: one of them is missing"),
        N_("say both, due=… and late=[…], or neither"),
    ),
    "closing_field_filled": Code(
        "The field that closes an entry is never empty, so that no entry ever stands open.",
        N_("{field} closes an entry and is never empty"),
        N_("let it be None until then: datetime | None = ask(…, default=None)"),
    ),
    "register_unlisted": Code(
        "An effect enters into a register that the workflow does not keep.",
        N_("{name} is not among the workflow's registers"),
        N_("add it to registers=[…]; into another case's, inside On(…)"),
    ),
    "row_of_other_form": Code(
        "An effect enters a row of another form than its register's.",
        N_("{name} is given {given}, its rows are {wanted}"),
        N_("give an instance of its form, a function that answers one, or ref(Form) for the input at hand"),
    ),
}
