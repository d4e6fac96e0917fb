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
            "{count} people are on file past the time for which they may be kept",
            "{count} person is on file past the time for which he may be kept",
        ),
        ("count", "{count} cases are about {ref}; they must be moved with it", "{count} case is about {ref}; it must be moved with it"),
        ("count", "{count} rows point to rows that are not there", "{count} row points to rows that are not there"),
        (
            "count",
            "{count} records bear an erasure that the journal does not tell of",
            "{count} record bears an erasure that the journal does not tell of",
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

SEVERAL: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "{programs}: {errors} errors, {warnings} warnings.": (
        ("errors", "{errors} errors", "{errors} error"),
        ("warnings", "{warnings} warnings", "{warnings} warning"),
    ),
    "{events} events of {cases} cases, {entries} entries of {streams} streams: looked at, one by one.": (
        ("events", "{events} events", "{events} event"),
        ("cases", "{cases} cases", "{cases} case"),
        ("entries", "{entries} entries", "{entries} entry"),
        ("streams", "{streams} streams", "{streams} stream"),
    ),
    "{cases} cases wait for the clock, the longest for {days} days; its last turn was {last}": (
        ("cases", "{cases} cases wait", "{cases} case waits"),
        ("days", "{days} days", "{days} day"),
    ),
    "{cases} cases wait for the clock, the longest for {days} days; it has never had its turn": (
        ("cases", "{cases} cases wait", "{cases} case waits"),
        ("days", "{days} days", "{days} day"),
    ),
    "{n} cases ended; half of them within {median} days, nine of ten within {p90} days.": (
        ("n", "{n} cases", "{n} case"),
        ("median", "{median} days", "{median} day"),
        ("p90", "{p90} days", "{p90} day"),
    ),
    "{workflow}: {cases} cases, each looked at for {weeks} weeks (seed {seed})": (
        ("cases", "{cases} cases", "{cases} case"),
        ("weeks", "{weeks} weeks", "{weeks} week"),
    ),
    "{at} {cases} cases, {steps} steps, {sent} messages, {problems} problems; the longest had waited {lag}": (
        ("cases", "{cases} cases", "{cases} case"),
        ("steps", "{steps} steps", "{steps} step"),
        ("sent", "{sent} messages", "{sent} message"),
        ("problems", "{problems} problems", "{problems} problem"),
    ),
    "it is too short to tell whether cases are caught: {cases} cases, {weeks} weeks": (
        ("cases", "{cases} cases", "{cases} case"),
        ("weeks", "{weeks} weeks", "{weeks} week"),
    ),
    "Handed out to {who} on {when}. {count} lines; SHA-256 of the lines above, columns by tab, lines by newline: {digest}": (
        ("count", "{count} lines", "{count} line"),
    ),
    "Handed out to {who} on {when} for: {purpose}. {count} lines; SHA-256 of the lines above, columns by tab, lines by newline: {digest}": (
        ("count", "{count} lines", "{count} line"),
    ),
    "{rows} rows: {entered} entered, {closed} closed, {unchanged} entered before, {rejected} refused.": (("rows", "{rows} rows", "{rows} row"),),
    "Copied into {file}: {size} MiB, {cases} cases; it was read back and is whole.": (("cases", "{cases} cases", "{cases} case"),),
    "{folder} is the office as it was at {at}: {cases} cases; it was looked over and is whole.": (("cases", "{cases} cases", "{cases} case"),),
    "Something of {login} lies in {n} cases that are not yours to touch: an administrator of the whole office hands it over.": (
        ("n", "{n} cases that are", "{n} case that is"),
    ),
    "{count} divisions.": (("count", "{count} divisions", "{count} division"),),
    "{cases} cases of {program} are due, and wait for an upgrade: care program upgrade {program}": (
        ("cases", "{cases} cases of {program} are due, and wait", "{cases} case of {program} is due, and waits"),
    ),
    "{count} messages could not be delivered": (("count", "{count} messages", "{count} message"),),
    "{count} messages have waited for over a day": (("count", "{count} messages have", "{count} message has"),),
    "{done} of {all} cases moved to version {version}.": (("all", "{all} cases", "{all} case"),),
    "{done} of {all} cases would be taken back.": (("all", "{all} cases", "{all} case"),),
    "{done} of {all} cases would move to version {version}.": (("all", "{all} cases", "{all} case"),),
    "{used} places are counted, {items} cases hold one": (
        ("used", "{used} places are", "{used} place is"),
        ("items", "{items} cases hold", "{items} case holds"),
    ),
    "the server counts {count} pages whose checksum is wrong": (("count", "{count} pages", "{count} page"),),
}
"""By msgid: each part that counts something, with the value that is counted, and the part where that is one."""


def english(msgid: str, values: Mapping[str, Any]) -> str:
    """The text to fill in, in English."""
    counted, one = ONE.get(msgid, ("", ""))
    if counted and str(values.get(counted)) == "1":
        return one
    for counted, many, single in SEVERAL.get(msgid, ()):
        if str(values.get(counted)) == "1":
            msgid = msgid.replace(many, single)
    return msgid
