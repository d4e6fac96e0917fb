"""Free health checks (免费健康查体): a round a term, judged by the national standards, followed up until it is settled.

Read in this order: what is written down (``forms``, ``findings``), what a township sets (``policy``), the stages (``stages``), what can be told of an
entry (``rules``), one child's check (``check``), the round it is part of (``round``), the sheet of a health day (``sheets``), the lists (``ledgers``),
the papers (``papers``). The standards are in ``judging``: pure functions over the tables in ``data``.

The law: the check is free and rests on the guardian's informed consent (个人信息保护法 art. 29, 31; 未成年人保护法 art. 72), the result is told to the
guardian alone (中小学生健康体检管理办法, 2021); signs of injury are reported at once (未成年人保护法 art. 11).
"""

from __future__ import annotations

from careflow_healthcheck.check import CHECK
from careflow_healthcheck.ledgers import LEDGERS
from careflow_healthcheck.policy import Policy
from careflow_healthcheck.round import LIST_CHILDREN, ROUND, TERMLY
from careflow_healthcheck.sheets import RESULTS
from workflow_core import Child, Program, Use, hookimpl, ref

B = ref(Child)
PROGRAM = Program(
    "healthcheck", "Free health check", version=1, policy=Policy, workflows=[ROUND, CHECK], batches=[LIST_CHILDREN], imports=[RESULTS], routines=[TERMLY],
    listings=LEDGERS,
    uses=[
        Use(B.born_on, "the standards go by age"), Use(B.sex, "the standards go by sex"),
        Use(B.school, "the school asks for consent and tells the parents"), Use(B.guardian_kin, "whom the parents' part falls to where they are away"),
        Use(B.grade, "the standards for pupils go by grade"),
    ],
)  # fmt: skip


@hookimpl
def careflow_programs() -> list[Program[Policy]]:
    """Found by the entry point."""
    return [PROGRAM]
