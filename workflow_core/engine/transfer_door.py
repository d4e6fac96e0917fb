"""The part of the engine's front door that leads to transfers of children's files, to what cases ask of other programs, and to those who leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflow_core.access.grants import Actor

if TYPE_CHECKING:
    from workflow_core.engine.case_transfers import CaseTransfer, CaseTransferred
    from workflow_core.engine.leaving import HandedOver, Progress
    from workflow_core.engine.referring import Referred
    from workflow_core.engine.runtime import Runtime
    from workflow_core.engine.transferring import Transfer, Transferred


class TransferDoor:
    """Methods of ``Engine``."""

    runtime: Runtime

    def ask_transfer(self, actor: Actor, national_id: str, name: str, to: str, reason: str) -> Transfer:
        """Ask the township that keeps a child's file for it; see ``transferring.ask``."""
        from workflow_core.engine import transferring

        return transferring.ask(self.runtime, actor, national_id, name, to, reason)

    def offer_transfer(self, actor: Actor, child: str, to: str, reason: str) -> Transfer:
        """Offer a child's file to another township; see ``transferring.offer``."""
        from workflow_core.engine import transferring

        return transferring.offer(self.runtime, actor, child, to, reason)

    def transfers(self, actor: Actor, *, every: bool = False) -> list[Transfer]:
        """The transfers that this account has to do with; see ``transferring.listed``."""
        from workflow_core.engine import transferring

        return transferring.listed(self.runtime, actor, every=every)

    def transfers_waiting(self, actor: Actor) -> tuple[int, int]:
        """How many wait for this account's answer, and how many of them for too long."""
        from workflow_core.engine import answers_due

        return answers_due.transfers_waiting(self.runtime, actor)

    def offer_case(self, actor: Actor, ref: str, to: str, reason: str) -> CaseTransfer:
        """Offer one open case to another township; see ``case_transfers.offer``."""
        from workflow_core.engine import case_transfers

        return case_transfers.offer(self.runtime, actor, ref, to, reason)

    def case_transfers(self, actor: Actor, *, every: bool = False) -> list[CaseTransfer]:
        """The cases that are handed over; see ``case_transfers.listed``."""
        from workflow_core.engine import case_transfers

        return case_transfers.listed(self.runtime, actor, every=every)

    def accept_case(self, actor: Actor, ref: str) -> CaseTransferred:
        """Take a case that is handed over; see ``case_transfers.accept``."""
        from workflow_core.engine import case_transfers

        return case_transfers.accept(self.runtime, actor, ref)

    def refuse_case(self, actor: Actor, ref: str, reason: str) -> CaseTransfer:
        """Refuse a case that is handed over."""
        from workflow_core.engine import case_transfers

        return case_transfers.refuse(self.runtime, actor, ref, reason)

    def withdraw_case(self, actor: Actor, ref: str, reason: str) -> CaseTransfer:
        """Take back the offer of a case that one's own township made."""
        from workflow_core.engine import case_transfers

        return case_transfers.withdraw(self.runtime, actor, ref, reason)

    def case_transfers_waiting(self, actor: Actor) -> tuple[int, int]:
        """How many cases that are handed over wait for this account's answer, and how many of them for too long."""
        from workflow_core.engine import answers_due

        return answers_due.transfers_waiting(self.runtime, actor, cases=True)

    def case_transfers_answered(self, actor: Actor) -> int:
        """How many cases that this account's township handed over were accepted or refused lately."""
        from workflow_core.engine import answers_due

        return answers_due.transfers_answered(self.runtime, actor, cases=True)

    def accept_transfer(self, actor: Actor, ref: str) -> Transferred:
        """Accept a transfer: the file and the open cases move; see ``transferring.accept``."""
        from workflow_core.engine import transferring

        return transferring.accept(self.runtime, actor, ref)

    def refuse_transfer(self, actor: Actor, ref: str, reason: str) -> Transfer:
        """Refuse a transfer."""
        from workflow_core.engine import transferring

        return transferring.refuse(self.runtime, actor, ref, reason)

    def withdraw_transfer(self, actor: Actor, ref: str, reason: str) -> Transfer:
        """Take back a transfer that one began oneself."""
        from workflow_core.engine import transferring

        return transferring.withdraw(self.runtime, actor, ref, reason)

    def referrals(self, actor: Actor, *, every: bool = False) -> list[Referred]:
        """What was asked of other programs; see ``referring.listed``."""
        from workflow_core.engine import referring

        return referring.listed(self.runtime, actor, every=every)

    def transfers_answered(self, actor: Actor) -> int:
        """How many transfers that this account's township began were answered lately."""
        from workflow_core.engine import answers_due

        return answers_due.transfers_answered(self.runtime, actor)

    def referrals_waiting(self, actor: Actor) -> tuple[int, int, int]:
        """How many of them nobody has taken up that this account may."""
        from workflow_core.engine import answers_due

        return answers_due.referrals_waiting(self.runtime, actor)

    def accept_referral(self, actor: Actor, ref: str, case: str) -> Referred:
        """Take a referral up in a case; see ``referring.accept``."""
        from workflow_core.engine import referring

        return referring.accept(self.runtime, actor, ref, case)

    def decline_referral(self, actor: Actor, ref: str, reason: str) -> Referred:
        """Say that nothing is done about it, and why."""
        from workflow_core.engine import referring

        return referring.decline(self.runtime, actor, ref, reason)

    def close_referral(self, actor: Actor, ref: str, answer: str) -> Referred:
        """Say what came of it."""
        from workflow_core.engine import referring

        return referring.close(self.runtime, actor, ref, answer)

    def hand_over_all(
        self, actor: Actor, from_login: str, to_login: str, *, close: bool = False, dry_run: bool = False, progress: Progress | None = None
    ) -> HandedOver:
        """Hand over all that lies with an account by name, and close it if wanted. See ``leaving.hand_over``."""
        from workflow_core.engine import leaving

        return leaving.hand_over(self.runtime, actor, from_login, to_login, close=close, dry_run=dry_run, progress=progress)
