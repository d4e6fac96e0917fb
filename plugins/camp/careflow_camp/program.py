"""The summer camp for left-behind children (关爱留守儿童夏令营): seats, a draw that anybody can check, consent, and days with nobody lost.

Read in this order: what is written down (``forms``), what a county sets (``policy``), the stages (``stages``), what can be told of an entry (``rules``), one
child (``camper``), one camp (``edition``, with what is decided for it: ``deciding``, ``plans``), the schools' sheet (``sheets``), papers and lists. The
arithmetic stands alone: ``seats``, ``draw``, ``grouping``.

The law: the guardian consents in writing (个人信息保护法 art. 31), who works at the camp was asked about before (未成年人保护法 art. 62), a child that is
missing is reported at once (art. 11). There is no fee. Nothing here publishes a child: lists that are posted have references.
"""

from __future__ import annotations

from careflow_camp.camper import CAMPER
from careflow_camp.edition import EDITION
from careflow_camp.ledgers import LEDGERS
from careflow_camp.passing import PASS_ON
from careflow_camp.plans import BATCHES
from careflow_camp.policy import Policy
from careflow_camp.roles import LEADER, TUTOR
from careflow_camp.sheets import NOMINATIONS
from workflow_core import Child, Program, Use, hookimpl, ref

B = ref(Child)
PROGRAM = Program(
    "camp", "Summer camp", version=1, policy=Policy, workflows=[EDITION, CAMPER], batches=[*BATCHES, PASS_ON], imports=[NOMINATIONS], listings=LEDGERS,
    roles=[LEADER, TUTOR],
    uses=[
        Use(B.school, "seats are a school's"), Use(B.hardship, "children in hardship come first"), Use(B.sex, "groups and rooms"),
        Use(B.related, "siblings stay together"), Use(B.born_on, "the insurance asks for it"),
        Use(B.grade, "the camp is for certain grades"), Use(B.left_behind, "the camp is for children whose parents are away"),
    ],
)  # fmt: skip


@hookimpl
def careflow_programs() -> list[Program[Policy]]:
    """Found by the entry point."""
    return [PROGRAM]
