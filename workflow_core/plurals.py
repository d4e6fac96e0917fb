"""How English counts one: ``1 day``, where the msgid says ``{n} days``. 中文 has one form for every number, so that its catalogues need none of this.

Only what stands here is said otherwise of one; a text that reads well of any number ("… waiting: {n}") needs no entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ONE: Mapping[str, tuple[str, str]] = {
    msgid: (counted, one)
    for counted, msgid, one in (
        ("n", "{n} seconds", "{n} second"),
        ("n", "{n} minutes", "{n} minute"),
        ("n", "{n} hours", "{n} hour"),
        ("n", "{n} days", "{n} day"),
        ("n", "{n} school days", "{n} school day"),
        ("n", "{n} working days", "{n} working day"),
        ("n", "{n} weeks", "{n} week"),
        ("n", "{n} months", "{n} month"),
        ("n", "{n} years", "{n} year"),
        ("n", "{often}, {n} times", "{often}, once"),
        ("n", "(reminded {n} times)", "(reminded once)"),
        ("days", "({days} days late)", "({days} day late)"),
        ("days", "Goes on after {days} days", "Goes on after {days} day"),
        ("days", "Roles end within {days} days: {n}. See: care account list", "Roles end within a day: {n}. See: care account list"),
        ("days", "Roles of yours end within {days} days: {n}. See: care account show", "Roles of yours end within a day: {n}. See: care account show"),
        ("days", "the last copy of this office is {days} days old", "the last copy of this office is {days} day old"),
        ("days", "{days} days of {years} were taken in.", "{days} day of {years} was taken in."),
        ("minutes", "From now on the clock has its turn every {minutes} minutes, by {means}.", "From now on the clock has its turn every minute, by {means}."),
        ("months", "{cases}: {months} months ({because})", "{cases}: {months} month ({because})"),
        ("n", "{n} are still open", "{n} is still open"),
        ("n", "{n} are still at: {stages}", "{n} is still at: {stages}"),
        ("n", "{n} parts of it are still open", "{n} part of it is still open"),
        ("n", "it fell due {n} times, and was held back each time", "it fell due once, and was held back"),
        ("n", "{n} cases are not simulated: chance finds no record that is taken", "{n} case is not simulated: chance finds no record that is taken"),
        ("n", "{n} cases are stuck in the stage {stage}", "{n} case is stuck in the stage {stage}"),
        ("n", "{n} cases go round for ever: {stages}", "{n} case goes round for ever: {stages}"),
        ("n", "{n} cases lie in the stage {stage} for ever", "{n} case lies in the stage {stage} for ever"),
        ("n", "{n} cases were stopped by a fault of the program: {error}", "{n} case was stopped by a fault of the program: {error}"),
        ("count", "{count} decisions so far", "{count} decision so far"),
        ("count", "{count} tasks went from {giver} to {taker}.", "{count} task went from {giver} to {taker}."),
        ("count", "Printed by {who} on {when}, {count} papers together; {digest}", "Printed by {who} on {when}, {count} paper; {digest}"),
        ("count", "{count} of them are not as they were written.", "{count} of them is not as it was written."),
        ("count", "{count} are tried again: {sent} sent, {failed} failed.", "{count} is tried again: {sent} sent, {failed} failed."),
        ("count", "{count} more of these were found.", "{count} more of these was found."),
        (
            "count",
            "{count} children are on file past the time for which they may be kept",
            "{count} child is on file past the time for which it may be kept",
        ),
        ("count", "{count} cases are about {ref}; they must be moved with it", "{count} case is about {ref}; it must be moved with it"),
        ("count", "{count} rows point to rows that are not there", "{count} row points to rows that are not there"),
        (
            "count",
            "{count} records bear an erasure that the journal does not tell of",
            "{count} record bears an erasure that the journal does not tell of",
        ),
        (
            "days",
            "{cases} cases wait for the clock, the longest for {days} days; its last turn was {last}",
            "{cases} cases wait for the clock, the longest for {days} day; its last turn was {last}",
        ),
        (
            "count",
            "days of {year} are missing for {count} divisions where programs run",
            "days of {year} are missing for {count} division where programs run",
        ),
        ("rows", "{rows} rows", "{rows} row"),
        ("rows", "{rows} files of {division}", "{rows} file of {division}"),
        ("rows", "{ref}: approved until {until}, for {rows} files.", "{ref}: approved until {until}, for {rows} file."),
        ("done", "{done} of {all} cases were taken back.", "{done} of {all} cases was taken back."),
    )
}
"""By msgid: which of its values is counted, and the English text where that is one."""


def english(msgid: str, values: Mapping[str, Any]) -> str:
    """The text to fill in, in English."""
    counted, one = ONE.get(msgid, ("", ""))
    return one if counted and str(values.get(counted)) == "1" else msgid
