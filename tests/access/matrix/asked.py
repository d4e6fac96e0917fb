"""One cell of the matrix: somebody gives a command about something, and what came of it."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.access.matrix.county import HERE, THERE, Answer, County
from tests.access.matrix.words import WORDS
from tools.permissions.desks import OWN, VOLUNTEER, Desk, Outcome, Where

CASES = ("case", "letter", "signed", "served", "rests", "closed", "draft", "paper_signed", "paper_served", "task", "done", "pair", "proposal")
"""What is about one case, which can be laid on somebody's desk."""
OUTCOMES: Mapping[int, Outcome] = {0: "done", 1: "refused", 2: "misuse", 3: "not_permitted", 4: "refused", 5: "not_found", 6: "refused"}
LISTS = ("inbox", "case list", "case referral list", "batch list", "child find", "child transfer list", "volunteer list", "consent list", "place list",
         "case transfer list", "child request list", "account waiting", "access list", "child export", "task hand-over")  # fmt: skip
"""What answers everybody, with no more than he may see."""
NEW_FOLDER = ("office init", "office restore")
ALONE = ("office doctor", "office backup")
"""What looks at the whole office through a connection of its own, and changes nothing in it."""
_REF = re.compile(r"\b(?:C|P|CM|DR|PR|PP|ND|HC|HR|AS|AI)-\d\d[-\d]*\d")
_INNER: tuple[tuple[str, Outcome], ...] = (("there is no case", "not_found"), ("may not do that here", "not_permitted"))


@dataclass(frozen=True)
class Cell:
    """What came of one command.

    :param shown: the references, whole names and ID numbers that were printed and are nobody's business there.
    """

    outcome: Outcome
    answer: Answer
    shown: tuple[str, ...]


def about(words: str) -> bool:
    """Whether a command is about a township or something in it, so that scope plays a part."""
    return any(name not in ("home", "new", "asked_for", "address") for name in re.findall(r"{(\w+)}", words))


def names_for(county: County, desk: Desk, where: Where) -> dict[str, str]:
    """What the words mean for somebody: of the other township, or his own; of a volunteer the child that is paired with him."""
    known = dict(county.names[THERE if where == "other" else HERE])
    if where == "own" and desk == VOLUNTEER:
        pair = known["pair"]
        known |= dict.fromkeys(("case", "letter", "signed", "served", "rests", "closed", "running"), pair)
        known |= dict.fromkeys(("draft", "paper_signed", "paper_served"), f"{pair}.card")
        known |= {
            "task": f"{pair}.talk",
            "done": f"{pair}.ask_proxy",
            "kid0": known["pair_kid"],
            "number0": known["pair_number"],
            "step": "end",
            "correct": "answered_on=2026-10-20",
        }
        known["given"] = "--set talked_on=2026-10-21 --set topics=school"
    return known


def ask(county: County, command: str, desk: Desk, where: Where, new: Path) -> Cell:
    """Gives the command, as that one, about that; nothing of it stays.

    :param new: a path that is not there yet.
    """
    words, known = WORDS[command], names_for(county, desk, where)
    login = desk if where != "own" or desk == VOLUNTEER else f"{desk}{OWN}"
    given = [one.format(**known, new=new, secret=county.home) for one in shlex.split(_unfolded(words, known))]
    if where == "own" and desk != VOLUNTEER:
        for ref in laid(words, known):
            county.lay(login, ref)
    if command == "office restore":
        given += county.elsewhere()
    answer = county.run(login, [*command.split(), *given], folder=new if command in NEW_FOLDER else None, alone=command in ALONE)
    shutil.rmtree(county.folder / "templates", ignore_errors=True)
    outcome = _outcome(answer)
    if outcome == "done" and command in LISTS and not re.search(r"\b[A-Z]{1,2}-\d", answer.out) and known["plan"] not in answer.out:
        outcome = "nothing"
    return Cell(outcome, answer, tuple(_beyond(county, command, desk, where, known, answer, given)))


def _unfolded(words: str, known: Mapping[str, str]) -> str:
    """Several words under one name."""
    for name in ("step", "given"):
        words = words.replace(f"{{{name}}}", known[name])
    return words


def laid(words: str, known: Mapping[str, str]) -> Iterator[str]:
    """The open tasks of the case that the words name: one of them is laid on the desk of whoever has roles for his own cases alone."""
    named = next((known[name] for name in re.findall(r"{(\w+)}", words) if name in CASES), known["task"])
    ref = named.partition(".")[0]
    for name in ("case", "letter", "signed", "served", "pair"):
        if known[name] == ref:
            yield known[f"open_{name}"]


def _outcome(answer: Answer) -> Outcome:
    told = answer.out + answer.err
    if answer.code == 1:  # of several each is answered by itself
        return next((outcome for said, outcome in _INNER if said in told), "refused")
    return OUTCOMES[answer.code]


def _beyond(county: County, command: str, desk: Desk, where: Where, known: Mapping[str, str], answer: Answer, given: list[str]) -> Iterator[str]:
    said = answer.out + answer.err
    theirs = county.refs(THERE) if desk != "admin" else frozenset()
    if command.startswith("case transfer"):  # whoever is offered a case is told its reference
        theirs -= {county.names[THERE]["letter"]}
    if desk == "nobody" or where == "own" or desk == VOLUNTEER:
        theirs |= county.refs(HERE)
    if where == "own" or desk == VOLUNTEER:
        theirs -= county.around(" ".join([*given, *laid(WORDS[command], known)]) if where == "own" else known["pair"])
    yield from (ref for ref in sorted(set(_REF.findall(said)) & theirs) if ref not in " ".join(given))
    yield from (one for one in county.personal() if one in said and one not in " ".join(given))
