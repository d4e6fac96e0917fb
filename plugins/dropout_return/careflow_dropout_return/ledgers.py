"""The three ledgers (台账): all children of school age, suspected dropouts, dropouts. To a screen, a sheet, or a paper."""

from __future__ import annotations

from careflow_dropout_return.forms import DropoutRecord
from careflow_dropout_return.persuasion import VISIT
from careflow_dropout_return.rules import Dropout
from careflow_dropout_return.stages import AWAY, SUSPECTED
from workflow_core import CHILD, Child, Column, Listing, ref

R, B = ref(DropoutRecord), ref(Child)
LAST_DAY, TEACHER = Column("Last day attended", R.last_attended), Column("Teacher in charge", R.teacher)


def visits(case: Dropout) -> int:
    """How many rounds of persuasion are on record, of all times the child left."""
    return len(case.results(VISIT))


SCHOOL_AGE = Listing(
    "school_age_ledger", "Children of school age", of=CHILD, columns=[Column("Village", B.village), Column("School", B.school), Column("Grade", B.grade)],
    group_by=[B.village],
)  # fmt: skip
SUSPECTED_LEDGER = Listing(
    "suspected_ledger", "Suspected dropouts", of=DropoutRecord, stages=[SUSPECTED],
    columns=[LAST_DAY, Column("Presumed cause", R.presumed_cause), Column("Parents reached by the school", R.parents_reached), TEACHER], sort=[R.last_attended],
)  # fmt: skip
DROPOUT_LEDGER = Listing(
    "dropout_ledger", "Dropouts", of=DropoutRecord, stages=AWAY[1:], sort=[R.last_attended],
    columns=[
        LAST_DAY, Column("Confirmed cause", R.cause), Column("Where the child is now", R.destination), TEACHER,
        Column("Persuasion visits", visits), Column("How many times the child has left", R.episode),
    ],
)  # fmt: skip
LEDGERS = (SCHOOL_AGE, SUSPECTED_LEDGER, DROPOUT_LEDGER)
