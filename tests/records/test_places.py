"""Schools and other places."""

from __future__ import annotations

from datetime import datetime

import pytest

from workflow_core.errors import Misused, NotFound
from workflow_core.records import places
from workflow_core.store.database import Database

HERE, NEXT, FAR = "990101100", "990101101", "990102100"


def test_a_school_is_found_by_name_or_made_once(office: Database, now: datetime) -> None:
    """However its name is spaced; the next township's is found, another county's is another school."""
    with office.write() as tx:
        made = places.find_or_create(tx, now, "school", ["高桥镇 中心小学", "高桥镇中心小学", "", "初级中学"], HERE)
        assert sorted(made) == ["初级中学", "高桥镇中心小学"]
        assert places.find_or_create(tx, now, "school", ["高桥镇中心小学"], NEXT) == {"高桥镇中心小学": made["高桥镇中心小学"]}
        assert places.find_or_create(tx, now, "school", ["高桥镇中心小学"], FAR)["高桥镇中心小学"] != made["高桥镇中心小学"]
        assert places.find_or_create(tx, now, "clinic", ["高桥镇中心小学"], HERE)["高桥镇中心小学"] != made["高桥镇中心小学"]


def test_the_own_township_s_school_goes_first(office: Database, now: datetime) -> None:
    """Two schools of one name in a county."""
    with office.write() as tx:
        for division in (NEXT, HERE):
            places.add(tx, "me", now, kind="school", name="中心小学", division=division)
        here = places.find_or_create(tx, now, "school", ["中心小学"], HERE)["中心小学"]
        assert next(place.division for place in places.find(tx, "中心") if place.place_id == here) == HERE


def test_a_place_is_added_changed_and_closed(office: Database, now: datetime) -> None:
    """The same again is the same place; a closed one is not listed."""
    with office.write() as tx:
        place = places.add(tx, "me", now, kind="clinic", name="高桥镇 卫生院", division=HERE, scope=[HERE])
        assert places.add(tx, "me", now, kind="clinic", name="高桥镇卫生院", division=HERE).ref == place.ref == "PL-0001"
        changed = places.change(tx, "me", now, place.ref, phone="07430000000", scope=[HERE])
        assert (changed.phone, changed.version) == ("07430000000", 2)
        places.change(tx, "me", now, place.ref, closed=True)
        assert places.find(tx) == []


def test_a_place_out_of_scope_does_not_exist(office: Database, now: datetime) -> None:
    """Nor can one be made there; every fault of an input is told."""
    with office.write() as tx:
        place = places.add(tx, "me", now, kind="school", name="一小", division=NEXT)
        assert places.find(tx, "一小", scope=[HERE]) == []
        with pytest.raises(NotFound):
            places.get(tx, place.ref, scope=[HERE])
        with pytest.raises(NotFound):
            places.add(tx, "me", now, kind="school", name="二小", division=NEXT, scope=[HERE])
        with pytest.raises(Misused) as caught:
            places.add(tx, "me", now, kind="shop", name=" ", division=HERE)
    assert [problem.code for problem in caught.value.problems] == ["kind_unknown", "name_missing"]
