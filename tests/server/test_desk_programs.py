"""Every program at the desks of a server office, each step with the login of whoever takes it."""

from __future__ import annotations

import json

from tests.server.conftest import ServerOffice


def test_own_cases_are_what_lies_on_ones_desk(filled_office: ServerOffice) -> None:
    """Whoever holds a role for his own cases sees the case of which a task was laid on his desk, does it, and then sees it no more."""
    care, helper = filled_office.care, filled_office.login("helper")
    assert [one["ref"] for one in json.loads(care("helper", "case", "list", "--json").out)["cases"]] == ["DR-26-00002"]
    care("helper", "task", "done", "DR-26-00002.1", "--set", "checked_on=2026-10-21", "--set", "finding=Left school")
    care("helper", "case", "show", "DR-26-00002", code=5)
    care("helper", "child", "show", "C-000002", code=5)
    care("supervisor", "task", "assign", "DR-26-00003.1", "--to", helper)
    assert "DR-26-00003.1" in care("helper", "inbox").out
    care("owner", "journal", "verify")
