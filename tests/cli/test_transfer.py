"""A child moves to another township, from two desks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import NUMBERS, _in
from tests.cli.helping import NOW, TOWNSHIP, Care, Ran, process

THERE = "990101101"
ROLES = ("child_supervisor", "school")
ASK = ("child", "transfer", "ask", "--to", THERE, "--set", f"national_id={NUMBERS[0]}", "--reason", "随父母迁来")
Desk = Callable[..., Ran]


@pytest.fixture(scope="module")
def county(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office of two townships, each with a desk: Ma where the files are kept, and Li next to it."""
    home = tmp_path_factory.mktemp("county")
    there = (made / "divisions.csv").read_text(encoding="utf-8") + f"{THERE},柳林乡\n"
    (home / "divisions.csv").write_text(there, encoding="utf-8")
    for words in (
        ("office", "init", "--training", "--divisions", home / "divisions.csv"),
        ("child", "import", made / "roster.csv", "--township", TOWNSHIP),
        *(("program", "enable", "dropout_return", "--township", where) for where in (TOWNSHIP, THERE)),
        ("dropout-return", "import", made / "absences.csv", "--township", TOWNSHIP),
        *(("account", "add", login) for login in ("ma", "li")),
        *(("account", "grant", "ma", role, "--township", TOWNSHIP) for role in ROLES),
        *(("account", "grant", "li", role, "--township", THERE) for role in ROLES),
    ):
        process("--office", home / "office", "--now", NOW, *words)
    return home / "office"


@pytest.fixture
def office(county: Path, made: Path, tmp_path: Path, care: Care) -> Care:
    """Runs ``care`` in a copy of it."""
    return _in(county, made, tmp_path, care)


@pytest.fixture
def desks(office: Care) -> tuple[Desk, Desk]:
    """Ma and Li."""
    return (lambda *words, **how: office("--as", "ma", *words, **how)), (lambda *words, **how: office("--as", "li", *words, **how))


def test_a_file_is_asked_for_and_its_case_is_on_the_other_desk(desks: tuple[Desk, Desk]) -> None:
    """The inbox tells that somebody waits; the answer tells what became of the case; the old desk sees the child no more."""
    ma, li = desks
    mistyped = [word.replace(NUMBERS[0], NUMBERS[0][:-1] + ("1" if NUMBERS[0][-1] != "1" else "2")) for word in ASK]
    assert li(*mistyped, "--set", "name=赵一", "--json", code=2).json["error"]["code"] == "id_check_digit"
    assert li(*ASK, "--set", "name=赵一").out == "T-000001: the file is asked for.\n"
    assert "Transfers of children's files wait for your answer: 1." in ma("inbox").err
    assert "wait for your answer" not in li("inbox").err
    (shown,) = li("child", "transfer", "list", "--json").json["transfers"]
    assert (shown["child"], shown["name"], shown["mine"]) == (None, "赵*", False)
    assert "for the other township to answer" in li("child", "transfer", "accept", "T-000001", code=3).err
    done = ma("child", "transfer", "accept", "T-000001", "--json").json
    assert [one["became"] for one in done["cases"]] == ["went"]
    (case,) = [one["ref"] for one in done["cases"]]
    assert [row["case"] for row in li("inbox", "--json").json["tasks"]] == [case]
    ma("child", "show", "C-000001", code=5)
    ma("case", "show", case, code=5)
    assert "It moved with the child: 高桥镇 → 柳林乡" in li("case", "history", case).out
    assert "transfer_answered" in ma("child", "transfer", "refuse", "T-000001", "--reason", "x", "--json", code=4).out


def test_an_offer_is_refused_and_taken_back(desks: tuple[Desk, Desk]) -> None:
    """Each side sees why; a list tells what others are to answer."""
    ma, li = desks
    assert ma("child", "transfer", "offer", "C-000002", "--to", THERE, "--reason", "搬家").out == "T-000001: the file is offered to 柳林乡.\n"
    assert "For you to answer:" in li("child", "transfer", "list").out
    assert "Others are to answer:" in ma("child", "transfer", "list").out
    li("child", "transfer", "refuse", "T-000001", "--reason", "没有来")
    assert "offered, refused: 没有来" in ma("child", "transfer", "list", "--all").out
    ma("child", "transfer", "offer", "C-000002", "--to", THERE, "--reason", "已经到了")
    ma("child", "transfer", "withdraw", "T-000002", "--reason", "写错了")
    assert li("child", "transfer", "list").out == "No transfer waits for your answer.\n"


def test_a_case_is_handed_over_from_desk_to_desk(desks: tuple[Desk, Desk]) -> None:
    """Both inboxes tell of it, the list says what it is, the history that the case went by itself; and the child stays on file where it was."""
    ma, li = desks
    (case, *_) = [row["case"] for row in ma("inbox", "--json").json["tasks"]]
    assert ma("case", "transfer", "offer", case, "--to", THERE, "--reason", "住在姨妈家").out == f"T-000001: {case} is offered to 柳林乡.\n"
    assert "Cases that are handed over wait for your answer: 1." in li("inbox").err
    assert "children's files wait" not in li("inbox").err
    told = li("case", "transfer", "list").out
    assert "For you to answer:" in told
    assert "住在姨妈家" in told
    assert "Others are to answer:" in ma("case", "transfer", "list").out
    li("case", "transfer", "refuse", "T-000001", "--reason", "没有来")
    assert "refused: 没有来" in ma("case", "transfer", "list", "--all").out
    ma("case", "transfer", "offer", case, "--to", THERE, "--reason", "已经到了")
    assert "The child's file stays" in li("case", "transfer", "accept", "T-000002").out
    assert "Cases that your township handed over were answered in these days: 2." in ma("inbox").err
    assert "It was handed over by itself: 高桥镇 → 柳林乡" in li("case", "history", case).out
    ma("case", "show", case, code=5)
    ma("child", "show", "C-000001")
    assert li("case", "transfer", "list").out == "No case waits for your answer.\n"


@pytest.mark.parametrize("said", ["name=赵二", "name="])
def test_who_does_not_know_the_name_learns_nothing(desks: tuple[Desk, Desk], said: str) -> None:
    """A number alone opens no file."""
    assert "there is no such child on file elsewhere" in desks[1](*ASK, "--set", said, code=5).err


def test_a_file_with_open_cases_is_transferred_and_not_edited(office: Care) -> None:
    """Who sees both townships is told the command."""
    told = office("child", "edit", "C-000001", "--township", THERE, "--reason", "搬家", code=1).err
    assert f"care child transfer offer C-000001 --to {THERE}" in told
