"""What no desk does, and how it is done on a server office: in a folder made with the owner's address, by an account that the machine's user tells."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.server.conftest import HERE, ServerOffice, join


def _with_owners_address(made: ServerOffice, who: str, *granted: str) -> Path:
    """An account, tied to a machine's user of its own, with a folder from which it works with the owner's login."""
    made.care("owner", "account", "add", made.login(who), "--user", f"{who}-on-the-server")
    made.care("owner", "account", "grant", made.login(who), *granted)
    folder = made.home / f"{who}-keeps"
    made.desks[f"{who}-keeps"] = folder
    made.care(f"{who}-keeps", "office", "join", folder, "--database", made.owner)
    return folder


def test_a_second_administrator_works_with_the_owners_address(server_office: ServerOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """His desk tells him what waits and where it is done; there he acts in his own name, as the second person."""
    care, login = server_office.care, server_office.login
    _with_owners_address(server_office, "chief", "admin")
    join(server_office, "chief")
    care("owner", "child", "erase", "C-000004", "--reason", "the guardian asks for it")
    said = care("chief", "inbox").err
    assert "Erasures wait for a second person: C-000004" in said
    assert "done in a folder made with the owner's address" in said
    for words in (("--approve", "--yes"), ("--dry-run",), ("--withdraw",)):
        assert "a desk's login cannot do this" in care("chief", "child", "erase", "C-000004", *words, code=3).err
    for who in ("director", "county"):
        assert "Erasures" not in care(who, "inbox").err
        with server_office.raw(who) as connection:
            assert connection.execute("SELECT count(*) FROM erasure").fetchall() == [(0,)]

    monkeypatch.setattr("workflow_core.office.office.os_login", lambda: "chief-on-the-server")
    assert json.loads(care("chief-keeps", "office", "status", "--json").out)["login"] == login("chief")
    said = care("chief-keeps", "inbox").err
    assert "Erasures wait for a second person: C-000004" in said
    assert "owner's address" not in said
    care("chief-keeps", "child", "erase", "C-000004", "--approve", "--yes")
    care("chief-keeps", "account", "add", login("later"))
    actors = "SELECT a.actor FROM journal a WHERE a.kind = %s ORDER BY a.at DESC LIMIT 1"
    assert server_office.rows(actors, "account_added") == [(login("chief"),)]
    assert server_office.rows("SELECT answered_by FROM erasure") == [(login("chief"),)]
    care("chief-keeps", "journal", "verify")


def test_what_a_clerk_asks_for_is_answered_there(server_office: ServerOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked for with the owner's address it holds at the desk of the same account; the supervisor's desk says that a file was opened."""
    care = server_office.care
    _with_owners_address(server_office, "duty", "child_director", "--division", HERE)
    join(server_office, "duty")
    assert care("duty", "child", "show", "C-000005", code=5).out == ""
    monkeypatch.setattr("workflow_core.office.office.os_login", lambda: "duty-on-the-server")
    care("duty-keeps", "access", "emergency", "--child", "C-000005", "--reason", "brought in hurt")
    assert "C-000005" in care("duty", "child", "show", "C-000005").out
    assert "A-000001" in care("neighbour", "access", "list").out
    said = care("neighbour", "inbox").err
    assert "In an emergency files were opened at once" in said
    assert "done in a folder made with the owner's address" not in said


def test_whoever_has_no_account_does_nothing_with_the_owners_address(server_office: ServerOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder lets nobody in: an unknown user of the machine, and the user of a closed account, are refused, and nobody acts as another."""
    care = server_office.care
    _with_owners_address(server_office, "chief", "admin")
    monkeypatch.setattr("workflow_core.office.office.os_login", lambda: "somebody-else")
    assert "there is no account" in care("chief-keeps", "inbox", code=3).err
    monkeypatch.undo()
    care("owner", "account", "close", server_office.login("chief"))
    monkeypatch.setattr("workflow_core.office.office.os_login", lambda: "chief-on-the-server")
    assert "is closed" in care("chief-keeps", "inbox", code=3).err
