"""What care.toml says of the offices that issue papers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from workflow_core.errors import Damaged
from workflow_core.office import Office
from workflow_core.office.settings import CONFIG, Settings, read

TOLD = """
[issuers."990101"]
bureau = "青溪县教育体育局"
phone = "0000-1234567"
"""


def settings(folder: Path, more: str) -> Settings:
    (folder / CONFIG).write_text(Settings(training=True).text() + more, encoding="utf-8")
    return read(folder)


def test_an_issuer_is_told_by_its_divisions_code(tmp_path: Path) -> None:
    """What is not told is not there."""
    assert settings(tmp_path, TOLD).issuers == {"990101": {"bureau": "青溪县教育体育局", "phone": "0000-1234567"}}
    assert settings(tmp_path, "").issuers == {}


def test_settings_that_are_written_read_the_same(tmp_path: Path) -> None:
    """Quotes, line breaks and strokes too: a copy of an office keeps what the lawyers wrote."""
    told = replace(Settings(), issuers={"990101": {"remedy": '自收到之日起"六十日"内\n可以\\\x7f\t复议'}, "990101100": {"name": "高桥镇人民政府"}})
    (tmp_path / CONFIG).write_text(told.text(), encoding="utf-8")
    assert read(tmp_path) == told


def test_all_that_is_wrong_with_issuers_is_told_at_once(tmp_path: Path) -> None:
    """A code that is none, a misspelt name, a number for a text, an empty text, a text for a table."""
    wrong = '\n[issuers]\n"990102" = "x"\n[issuers."qingxi"]\nbureua = "x"\n[issuers."990101"]\nphone = 7\nname = " "\n'
    with pytest.raises(Damaged) as refused:
        settings(tmp_path, wrong)
    told = {(one.place, one.code) for one in refused.value.problems}
    assert told == {
        ("issuers.990102", "setting_invalid"),
        ("issuers.qingxi", "issuer_code"),
        ("issuers.qingxi.bureua", "setting_unknown"),
        ("issuers.990101.phone", "setting_invalid"),
        ("issuers.990101.name", "setting_invalid"),
    }
    assert [one.advice() for one in refused.value.problems if one.code == "setting_unknown"] == ["did you mean bureau?"]


def test_the_engine_knows_the_offices_issuers_and_templates(tmp_path: Path) -> None:
    """Both come from the office's folder."""
    from workflow_core.engine import Engine
    from workflow_core.registry import Registry
    from workflow_core.store.database import Database

    office = Office(tmp_path, settings(tmp_path, TOLD))
    office.db, office.registry = Database(tmp_path / "none.sqlite", create=True), Registry.of()
    engine: Engine = office.engine
    assert (engine.runtime.templates, engine.runtime.issuers["990101"]["phone"]) == (tmp_path / "templates", "0000-1234567")
    office.close()
