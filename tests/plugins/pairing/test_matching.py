"""What a match obeys and what it says of itself: the hard rules one by one, the township of the sample, and the explanation of one child."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from typing import Any
from unicodedata import normalize

import pytest

from careflow_pairing.forms import Nearness
from careflow_pairing.matching import Explanation, Kept, Matching, Need, Possible, Proxy, Rules, Taken, explain, match
from careflow_pairing.matching.words import CODES, said
from tests.plugins.pairing.people import DATA, TIERS, children, need_of, proxy_of, volunteers

ON = date(2026, 10, 12)
RULES = Rules(on=ON)


def child(ref: str = "N-1", **about: Any) -> Need:
    return Need(**{"ref": ref, "township": "东", "village": "甲村", **about})


def proxy(ref: str = "V-1", **about: Any) -> Proxy:
    return Proxy(**{"ref": ref, "township": "东", "village": "甲村", "vetted_on": date(2026, 3, 1), "sex": "male", **about})


def whom(found: Matching) -> dict[str, str]:
    return {pair.need: pair.proxy for pair in found.pairs}


@pytest.mark.parametrize(
    ("about", "why"),
    [
        ({"barred": True}, "barred"),
        ({"vetted_on": None}, "not_vetted"),
        ({"vetted_on": date(2025, 10, 12)}, "vetting_lapsed"),
        ({"township": "西"}, "other_township"),
        ({"near_only": True, "village": "乙村"}, "near_only"),
    ],
)
def test_who_is_barred_is_not_matched(about: dict[str, Any], why: str) -> None:
    """Each hard rule by itself, and what the explanation calls it."""
    needs, proxies = [child()], [proxy(**about)]
    found = match(needs, proxies, RULES)
    told = explain("N-1", found, needs, proxies, RULES)
    assert (found.pairs, found.left, told.proxy, told.why) == ((), {"N-1": "nobody_possible"}, None, "nobody_possible")
    assert told.barred == {why: 1}


def test_the_day_before_the_vetting_runs_out_still_counts() -> None:
    """Queried on 13 October 2025: good until 12 October 2026."""
    assert whom(match([child()], [proxy(vetted_on=date(2025, 10, 13))], RULES)) == {"N-1": "V-1"}


def test_a_child_without_consent_is_left() -> None:
    """And says so."""
    found = match([child(consented=False)], [proxy()], RULES)
    assert found.left == {"N-1": "no_consent"}


def test_a_relative_from_another_township_may() -> None:
    """By a relation on file, and only then."""
    found = match([child(kin=frozenset({"V-1"}))], [proxy(township="西", village="远村")], RULES)
    assert [(pair.nearness, pair.same_village) for pair in found.pairs] == [(Nearness.KIN, False)]
    assert (found.near, found.same_village) == (1, 0)


def test_villages_of_two_townships_are_two() -> None:
    """A relative from another township's village of the same name is a relative, not a neighbour."""
    found = match([child(kin=frozenset({"V-1"}))], [proxy(township="西")], RULES)
    assert found.same_village == 0


def test_an_adolescent_girl_has_a_woman_where_the_township_wants_it() -> None:
    """From the policy's age on; a boy, or a younger girl, may have anybody."""
    needs = [child("N-1", sex="female", age=12), child("N-2", sex="female", age=8), child("N-3", sex="male", age=12)]
    man = proxy(capacity=3)
    assert set(whom(match(needs, [man], RULES))) == {"N-1", "N-2", "N-3"}
    strict = replace(RULES, girls_same_sex=True)
    found = match(needs, [man], strict)
    assert set(whom(found)) == {"N-2", "N-3"}
    assert explain("N-1", found, needs, [man], strict).barred == {"other_sex": 1}


def test_who_was_turned_down_is_not_proposed_again() -> None:
    """Neither to this child; to others gladly."""
    needs = [child("N-1", turned_down=frozenset({"V-1"})), child("N-2")]
    assert whom(match(needs, [proxy()], RULES)) == {"N-2": "V-1"}


def test_a_mother_is_not_her_own_childs_proxy_parent() -> None:
    """However near she lives; to other children gladly, and who asks why is told."""
    needs = [child("N-1", parents=frozenset({"V-1"})), child("N-2", priority=3)]
    found = match(needs, [proxy()], RULES)
    assert whom(found) == {"N-2": "V-1"}
    assert explain("N-1", found, needs, [proxy()], RULES).barred == {"own_parent": 1}


def test_tier_one_goes_before_a_neighbour_of_tier_three() -> None:
    """Nearness never costs a place of somebody who needs it more."""
    needs = [child("N-1", priority=3), child("N-2", priority=1, village="乙村")]
    assert whom(match(needs, [proxy()], RULES)) == {"N-2": "V-1"}


def test_who_is_queued_again_goes_before_all_others() -> None:
    """Its proxy parent has left: first in line."""
    needs = [child("N-1", priority=1), child("N-2", priority=3, again=True)]
    assert whom(match(needs, [proxy()], RULES)) == {"N-2": "V-1"}


def test_nobody_has_a_second_child_while_another_has_none() -> None:
    """Among equals."""
    found = match([child("N-1"), child("N-2")], [proxy("V-1", capacity=3), proxy("V-2", capacity=3)], RULES)
    assert sorted(whom(found).values()) == ["V-1", "V-2"]


HOMES = replace(RULES, households=True)


def test_siblings_stay_together_and_take_one_place() -> None:
    """With the worst tier among them, and as many children as there are."""
    needs = [child("N-1", household="张家"), child("N-2", household="张家", priority=1), child("N-3", priority=2)]
    found = match(needs, [proxy()], HOMES)
    assert (whom(found), found.by_priority) == ({"N-1": "V-1", "N-2": "V-1"}, {1: 2, 2: 0, 3: 0})


def test_a_third_sibling_joins_on_the_same_place() -> None:
    """No place needs to be left."""
    needs, kept = [child("N-2", household="张家")], [Kept(need="N-1", proxy="V-1", household="张家")]
    assert whom(match(needs, [proxy()], HOMES, kept)) == {"N-2": "V-1"}


def test_a_sibling_waits_where_the_others_proxy_parent_may_not() -> None:
    """The vetting has run out: the household is not torn apart."""
    needs, kept = [child("N-2", household="张家")], [Kept(need="N-1", proxy="V-1", household="张家")]
    found = match(needs, [proxy(vetted_on=date(2025, 1, 1)), proxy("V-2")], HOMES, kept)
    assert found.left == {"N-2": "sibling_elsewhere"}


def test_kept_pairs_take_places() -> None:
    """A full proxy parent is full; a child with one is not matched again."""
    needs, kept = [child("N-1"), child("N-2")], [Kept(need="N-1", proxy="V-1")]
    found = match(needs, [proxy()], RULES, kept)
    assert (found.seats, found.left) == (0, {"N-1": "already_paired", "N-2": "no_place"})
    assert explain("N-2", found, needs, [proxy()], RULES, kept).barred == {"no_place_left": 1}


def test_one_reference_twice_is_refused() -> None:
    """Nobody is two people."""
    with pytest.raises(ValueError, match="twice"):
        match([child(), child()], [], RULES)


def test_an_explanation_counts_and_names_nobody() -> None:
    """Why this one, who else was possible, what barred the others."""
    needs = [child("N-1", priority=2), child("N-2", priority=1), child("N-3", village="乙村")]
    proxies = [proxy("V-1"), proxy("V-2", village="乙村"), proxy("V-3", barred=True), proxy("V-4", township="西")]
    found = match(needs, proxies, RULES)
    assert explain("N-3", found, needs, proxies, RULES) == Explanation(
        need="N-3", proxy=None, why="no_place", tier=3, again=False,
        possible=(Possible(Nearness.VILLAGE, 1, 1, 0, (Taken(2, 1),)), Possible(Nearness.TOWNSHIP, 1, 1, 0, (Taken(1, 1),))),
        barred={"barred": 1, "other_township": 1},
    )  # fmt: skip
    assert explain("N-2", found, needs, proxies, RULES).proxy == "V-1"


def test_the_solver_is_loaded_when_something_is_to_be_solved() -> None:
    """Not by commands that only look at cases."""
    looks = "import sys, careflow_pairing.program, careflow_pairing.commands; print([one for one in ('numpy', 'scipy') if one in sys.modules])"
    done = subprocess.run([sys.executable, "-c", looks], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_code_has_words() -> None:
    """Those that the rules, the answer and its explanation name; what is unknown is told as a fault of ours."""
    words = set(CODES)
    assert {"kin", "same_village", "same_township", "no_place", "nobody_possible", "no_consent", "already_paired", "sibling_elsewhere"} <= words
    assert {"not_vetted", "vetting_lapsed", "barred", "no_place_left", "other_township", "other_sex", "near_only", "own_parent", "turned_down"} <= words
    assert all(said(code) and said(code) != code for code in CODES)
    assert said(Nearness.VILLAGE) == "Same village"
    with pytest.raises(KeyError):
        said("neither")


def test_the_sample_township_gets_the_best_there_is() -> None:
    """186 rows of volunteers, 320 children: as many of each tier, and in the same village, as the sample says is the best."""
    from python_calamine import CalamineWorkbook

    expected = json.loads((DATA / "pairing-gaoqiao.expected.json").read_text("utf-8"))
    wrong = {one["row"] for one in expected["unusual"]}
    rows = CalamineWorkbook.from_path(DATA / "volunteers-gaoqiao.xlsx").get_sheet_by_index(0).to_python()
    proxies = [
        Proxy(ref=str(row[2]), township="高桥镇", village=str(row[4]), capacity=int(str(row[7])[0]), vetted_on=_clear(row), barred=row[8] == "有记录")
        for n, row in enumerate(rows[1:], start=2) if n not in wrong
    ]  # fmt: skip
    book, needs = CalamineWorkbook.from_path(DATA / "roster-gaoqiao.xlsx"), {}
    for row in [row for name in ("中心小学", "初级中学") for row in book.get_sheet_by_name(name).to_python()[4:]]:
        number = normalize("NFKC", str(row[5])).replace(" ", "").upper()
        if number in expected["children"]:
            village = re.match(r"[^0-9]*", str(row[6]))
            needs[number] = Need(ref=number, township="高桥镇", village=village.group() if village else "", priority=TIERS[str(row[15])])
    found = match(list(needs.values()), proxies, RULES)
    tiers = {str(tier): count for tier, count in found.by_priority.items()}
    got = {"able_volunteers": found.able_volunteers, "seats": found.seats, "paired": found.paired, "by_priority": tiers, "same_village": found.same_village}
    assert got == expected["best"]


def _clear(row: list[Any]) -> date | None:
    return row[9] if row[8] == "无违法犯罪记录" and isinstance(row[9], date) else None


def test_a_township_of_some_size() -> None:
    """Two hundred children, a hundred volunteers: all places are filled, and the same again when asked again."""
    needs, proxies = [need_of(one) for one in children(200)], [proxy_of(one) for one in volunteers(90)]
    found = match(needs, proxies, RULES)
    assert (found.seats, found.paired) == (180, 180)
    assert match(needs, proxies, RULES) == found
