"""Why a group's roll is not called now, told before it is entered: there is no such group, it was called already, somebody is missing, nobody has come yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from careflow_camp.roll import call_at_hand
from careflow_camp.rules import OFFICE
from workflow_core import Deny, deny


def against_calling(shown: Any, number: int, now: datetime) -> Deny | None:
    """Whether the edition has the group, and its roll is still to be called.

    :param shown: the edition, as the engine shows it; :param now: an instant.
    """
    numbers = [one["number"] for one in shown.record["groups"]]
    if numbers and number not in numbers:
        return deny("there is no group {n}", hint="the groups: {all}", code="no_such_group", n=number, all=", ".join(str(one) for one in numbers))
    calls = [one for one in shown.tasks if one["task"] == "roll_call" and one["about"] == str(number)]
    done = [str(one["given"]["called_at"]) for one in calls if one["state"] == "done" and one["given"]]
    if any(one["state"] == "open" for one in calls) or not done:
        return None
    last = datetime.fromisoformat(max(done)).astimezone(OFFICE)
    if last < call_at_hand(now):
        return None
    hint = "who is missing since then: care camp roll-call {ref} --group {n} --show"
    return deny("the roll of group {n} was called already at {time}", hint=hint, code="called_already", n=number, time=f"{last:%H:%M}", ref=shown.row.ref)


def against_late(shown: Any, number: int, called_at: str) -> Deny | None:
    """Whether that group's roll of then was entered in its time.

    :param called_at: as it was typed; one that cannot be read is told where it is entered.
    """
    try:
        began = call_at_hand(datetime.fromisoformat(called_at).replace(tzinfo=OFFICE))
    except ValueError:
        return None
    for one in shown.tasks:
        if one["task"] == "roll_call" and one["about"] == str(number) and one["state"] == "done" and one["given"]:
            last = datetime.fromisoformat(str(one["given"]["called_at"])).astimezone(OFFICE)
            if call_at_hand(last) == began:
                hint = "see: care case history {ref}"
                told = "the roll of group {n} was called already at {time}"
                return deny(told, hint=hint, code="called_already", n=number, time=f"{last:%H:%M}", ref=shown.row.ref)
    return None


def against_all_here(there: Sequence[Mapping[str, Any]], edition: str, number: int) -> Deny | None:
    """Whether nobody can say that all of a group are here.

    :param there: the group's campers, each with reference and stage.
    """
    missing = [str(one["ref"]) for one in there if one["stage"] == "missing"]
    if missing:
        hint = "who was found is entered first: care case advance REF found --set back_at=TIME; else name who is absent: --absent REF"
        return deny("not all are here; missing: {refs}", hint=hint, code="somebody_missing", refs=", ".join(missing))
    if there and all(one["stage"] == "confirmed" for one in there):
        return deny("nobody of this group has arrived", hint="enter who has: care camp arrive {ref} --group {n}", code="nobody_arrived", ref=edition, n=number)
    return None
