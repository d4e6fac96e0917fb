"""Ready guards answer None or a reason, in words that people use and that can be translated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import pytest

from workflow_core import SCHOOL, Case, Choice, Consent, Deny, Task, Warn, any_of, ask, consented, deny, done, filled, form, is_, ref, warn
from workflow_core.definition import path_of

Guard = Callable[[Case[Any, Any]], Deny | None]


class Wear(Choice):
    NEW = "As new"
    TORN = "Torn"


@form
class Loan:
    book: str = ask("Book", default="")
    lent_on: date | None = ask("Lent on", default=None)
    wear: Wear = ask("Wear", default=Wear.NEW)


L = ref(Loan)
LOOK, WASH = Task("look", "Look at the book", by=SCHOOL), Task("wash", "Wash it", by=SCHOOL)


class Stand:
    """As much of a case as these guards ask for."""

    def __init__(self, record: Loan, finished: tuple[Task[Any], ...] = ()) -> None:
        self.record = record
        self._finished = finished

    def value(self, field: object) -> object:
        path = path_of(field)
        assert path is not None
        return getattr(self.record, path.careflow_name)

    def finished(self, task: Task[Any]) -> bool:
        return task in self._finished


def case(record: Loan | None = None, *finished: Task[Any]) -> Case[Any, Any]:
    return cast(Case[Any, Any], Stand(record or Loan(), finished))


def yes(case: Case[Any, Any]) -> Deny | None:
    return None


def no(case: Case[Any, Any]) -> Deny | None:
    return deny("only on {day}", "wait until {day}", day="Monday")


def never(case: Case[Any, Any]) -> Deny | None:
    return deny("never")


def soft(case: Case[Any, Any]) -> Deny | None:
    return warn("unusual")


def told(guard: Guard, of: Case[Any, Any]) -> tuple[str, str, str]:
    reason = guard(of)
    assert reason is not None
    return reason.code, reason.text(), reason.advice()


def test_is_looks_at_the_value() -> None:
    """The field has one of the values, or the reason names the field and what was wanted as people know them."""
    guard = is_(L.wear, Wear.TORN)
    assert guard(case(Loan(wear=Wear.TORN))) is None
    assert is_(L.wear, Wear.TORN, Wear.NEW)(case()) is None
    assert told(guard, case()) == ("other_value", "Wear is not: Torn", "")


def test_filled_names_what_is_missing() -> None:
    """Every field that is empty is named by its label."""
    guard = filled(L.book, L.lent_on)
    assert guard(case(Loan(book="Journey to the West", lent_on=date(2026, 9, 1)))) is None
    assert told(guard, case()) == ("not_filled", "not filled in: Book, Lent on", "fill it in first")
    assert told(guard, case(Loan(book="Journey to the West")))[1] == "not filled in: Lent on"


def test_done_names_the_open_tasks() -> None:
    """Every task that is not done is named by its title."""
    guard = done(LOOK, WASH)
    assert guard(case(None, LOOK, WASH)) is None
    assert told(guard, case(None, WASH)) == ("task_open", "not done yet: Look at the book", "do these tasks first")


@pytest.mark.parametrize("guards", [(yes,), (no, yes), (yes, no), (soft, yes)])
def test_any_of_holds_when_one_holds(guards: tuple[Guard, ...]) -> None:
    """One that holds is enough, wherever it stands."""
    assert any_of(*guards)(case()) is None


def test_any_of_tells_every_reason() -> None:
    """When none holds, all reasons are told, with the first hint, its values filled in."""
    assert told(any_of(never, no), case()) == ("none_holds", "none of these holds: never / only on Monday", "wait until Monday")


def test_any_of_one_tells_that_reason() -> None:
    """A single alternative gives its own reason, code and all."""
    assert told(any_of(no), case()) == ("denied", "only on Monday", "wait until Monday")


def test_any_of_lets_pass_what_one_lets_pass_when_confirmed() -> None:
    """Where one alternative only warns, a person may confirm it."""
    assert isinstance(any_of(no, soft)(case()), Warn)


def test_a_reason_keeps_its_values_beside_its_text() -> None:
    """Text and hint are msgids until they are shown; values stay apart, so that they can be masked."""
    reason = deny("{n} days are left", "wait {n} days", "days_left", n=3)
    assert (reason.reason, reason.code, dict(reason.values)) == ("{n} days are left", "days_left", {"n": 3})
    assert (reason.text(), reason.advice()) == ("3 days are left", "wait 3 days")
    assert replace(reason, values={"n": "…"}).text() == "… days are left"
    assert warn("unusual").code == "warned"


def test_labels_are_told_in_the_readers_language(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several labels in one reason are translated one by one."""
    monkeypatch.setattr("workflow_core.i18n._look_up", lambda text, language: {"Book": "书", "Lent on": "借出日期", ", ": "、"}.get(text, text))
    assert told(filled(L.book, L.lent_on), case())[1] == "not filled in: 书、借出日期"


def test_consented_names_the_purpose_and_the_command() -> None:
    """Without it, the reason names what is to be agreed to, and the hint the command that records it."""
    lending = Consent("lending", "Lending books", notice="2026-1")
    assert consented(lending)(cast(Case[Any, Any], Agreed(lending))) is None
    without = cast(Case[Any, Any], Agreed())
    assert told(consented(lending), without) == (
        "consent_missing",
        "there is no consent to: Lending books",
        "when the guardian has agreed: `care consent give C-000001 lending`",
    )


class Agreed(Stand):
    """A case about a child, with these consents."""

    child = SimpleNamespace(ref="C-000001")

    def __init__(self, *consents: Consent) -> None:
        super().__init__(Loan())
        self._consents = consents

    def consented(self, consent: Consent) -> bool:
        return consent in self._consents
