"""The papers of the camp: every one is sound, cites its article, asks for no money, and prints whatever a file knows or does not know."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import careflow_camp
from careflow_camp import papers
from careflow_camp.draw import recipe
from careflow_camp.forms import Camper, Edition
from careflow_camp.policy import Policy
from tests.documents.strange import prints_for_any_case
from tests.plugins.camp.conftest import County
from workflow_core import Document
from workflow_core.documents import Known, Library, Note, PaperFields
from workflow_core.documents.known import known_fields, law_names, notes_of
from workflow_core.documents.page import to_text

FOLDER = Path(careflow_camp.__file__).parent / "templates"
LIBRARY = Library(FOLDER)
LAW = LIBRARY.law()
NAMES = sorted(path.name for path in FOLDER.glob("*.html.j2"))
PAPERS = [one for one in vars(papers).values() if isinstance(one, Document)]
KNOWN: Known = {
    **known_fields(None, listings=[listing for one in PAPERS for listing in one.lists], law=law_names(LAW)),
    "record": Note("record", "group", inside={**notes_of(Edition), **notes_of(Camper)}),
    "policy": Note("policy", "group", inside=notes_of(Policy)),
}
HEALTH = {"record.allergies", "record.medicine"}


def paper(name: str, found: dict[str, Any], **about: Any) -> str:
    """One paper, with the law's words in it."""
    head = {"copies": [""], "title": "题", **(found.get("paper") or {}), **about}
    return LIBRARY.html(name, PaperFields(KNOWN, {**found, "paper": head, "law": LAW}))


def text(name: str, **found: Any) -> str:
    return to_text(paper(name, found))


def test_every_paper_has_its_template_and_every_template_its_paper() -> None:
    """No more, no fewer."""
    assert sorted(one.template for one in PAPERS) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_paper_is_sound(name: str) -> None:
    """It names only fields that there are, and uses only what a template may."""
    assert LIBRARY.check(name, KNOWN) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_paper_prints_for_any_case(name: str) -> None:
    """Two hundred files, whole, half empty and strange: each prints, and nothing in it runs."""
    prints_for_any_case(LIBRARY, name, KNOWN, paper, ["LARGEST_REMAINDER", "DHONDT"])


@pytest.mark.parametrize("name", NAMES)
def test_a_paper_cites_its_article(name: str) -> None:
    """By the title of the law and the article, as the program ships them."""
    assert any(article["title"] in text(name) for article in LAW.values())


@pytest.mark.parametrize("name", NAMES)
def test_a_blank_paper_can_be_filled_in_by_hand(name: str) -> None:
    """Of a case of which nothing is known, blanks or empty cells are left."""
    made = paper(name, {})
    assert "＿＿" in to_text(made) or "<td></td>" in made


@pytest.mark.parametrize("name", NAMES)
def test_no_paper_asks_for_money(name: str) -> None:
    """Wherever money is spoken of, it is said that none is taken."""
    said = text(name)
    assert re.sub(r"不收取任何费用|不收费|不向儿童和家庭收取任何费用|未向学生和家长收取任何费用|保险费由主办单位承担|六、费用", "", said).count("费") == 0
    assert "元" not in said


@pytest.mark.parametrize("name", ["notice.html.j2", "consent_form.html.j2", "admission.html.j2", "insurance_list.html.j2", "closing_report.html.j2"])
def test_what_families_read_says_that_it_is_free(name: str) -> None:
    """In so many words."""
    assert re.search(r"收取任何费用", text(name))


def test_the_notice_prints_the_recipe_line_by_line() -> None:
    """The six lines are those that are tested in a shell: nothing was lost in print."""
    printed = [line.strip() for line in text("notice.html.j2").splitlines()]
    for line in recipe().splitlines():
        assert line.strip() in printed


def test_the_notice_carries_commitment_source_and_seats() -> None:
    """Annexes 3 and 4."""
    record = {
        "commitment": "ab" * 32, "public_source": "双色球", "public_on": "2027-06-13", "seats": 60,
        "allotment": [{"school": "甲小学", "children": 120, "seats": 24, "reserve": 12}],
    }  # fmt: skip
    said = text("notice.html.j2", record=record)
    assert all(one in said for one in ("ab" * 32, "双色球", "2027年6月13日", "甲小学", "24"))


@pytest.mark.parametrize("name", ["notice.html.j2", "closing_report.html.j2"])
def test_what_may_be_published_names_nobody(name: str) -> None:
    """Neither a child nor a family nor a tutor; a list's rows, which have names, are not printed."""
    fields = set(LIBRARY.fields(name))
    assert not {one for one in fields if one.split(".")[0] in ("child", "guardian", "guardians", "father", "mother") or one.endswith(".rows")}
    assert not fields & (HEALTH | {"record.tutor", "record.tutor_phone", "record.emergency_name", "record.emergency_phone", "record.why_again"})


def test_health_is_only_where_it_is_needed() -> None:
    """On the consent form, which the family fills in; and in the list that groups work with."""
    assert [name for name in NAMES if set(LIBRARY.fields(name)) & HEALTH] == ["consent_form.html.j2"]
    with_health = [one.name for one in PAPERS for listing in one.lists for column in listing.columns if column.title == "Allergies"]
    assert with_health == ["group_list"]


def test_the_badge_has_no_number_address_or_family() -> None:
    """Any passer-by can read it: whom to call, and no more."""
    named = {one for one in LIBRARY.fields("badge.html.j2") if one.split(".")[0] in ("child", "guardian", "guardians", "father", "mother", "school")}
    assert named == {"child.name"}
    assert "110" in text("badge.html.j2")


@pytest.mark.parametrize("name", ["group_list.html.j2", "roll_sheet.html.j2", "insurance_list.html.j2"])
def test_a_list_of_children_says_how_it_is_kept(name: str) -> None:
    """With the article."""
    assert LAW["personal_28"]["title"] in text(name)


def test_the_roll_sheet_says_what_to_do_when_somebody_is_missing() -> None:
    """With the policy's minutes, on every sheet."""
    said = text("roll_sheet.html.j2", policy={"report_minutes": 30})
    assert "30分钟内仍未找到的，立即报告公安、民政、教育部门并通知监护人" in said


GROUPS = [{"number": 1, "tutor": "乙"}, {"number": 2, "tutor": "丁"}]


def test_a_roll_sheet_has_a_page_for_each_group_and_three_boxes_for_each_day() -> None:
    """From the first day to the last: of five days fifteen boxes; each child stands on its own group's page alone."""
    rows = [{"cells": ["CM-27-00001", "甲", "1", "乙"]}, {"cells": ["CM-27-00002", "丙", "2", "丁"]}]
    days = [f"2027-07-{day}" for day in range(10, 15)]
    found = {"lists": {"roll": {"columns": ["个案", "儿童", "组", "辅导教师"], "rows": rows, "count": 2}}, "record": {"groups": GROUPS, "days": days}}
    made = paper("roll_sheet.html.j2", found)
    assert made.count("<td></td>") == 30
    assert made.count("2027-07-14") == 2
    first, second = made.split("第2组")
    assert ("CM-27-00001" in first, "CM-27-00002" in first, "CM-27-00001" in second, "CM-27-00002" in second) == (True, False, False, True)


def test_a_tutor_gets_the_health_of_the_own_group_alone() -> None:
    """A page for each, after one with the tutors only."""
    rows = [{"cells": ["CM-27-00001", "甲", "1", "花生过敏"]}, {"cells": ["CM-27-00002", "丙", "2", "哮喘"]}]
    found = {"lists": {"groups": {"columns": ["个案", "儿童", "组", "过敏"], "rows": rows, "count": 2}}, "record": {"groups": GROUPS}}
    head, first, second = re.split('<div class="receipt">', paper("group_list.html.j2", found))
    assert [("过敏</td>" in page, "哮喘" in page) for page in (head, first, second)] == [(False, False), (True, False), (False, True)]


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ({"incidents": 0}, "突发情况0次。"),
        ({"incidents": 2}, "突发情况2次，均有处理记录"),
        ({"incidents": 2, "unsettled": 1}, "突发情况2次，其中1次尚未写明如何处理。"),
    ],
)
def test_the_report_says_of_incidents_what_is_on_record(record: dict[str, Any], said: str) -> None:
    """That all were seen to only where each says what was done."""
    assert said in text("closing_report.html.j2", record=record)


@pytest.mark.parametrize(("age", "said"), [(7, True), (13, True), (14, False), (None, True)])
def test_the_consent_form_says_what_kind_of_data_it_is(age: int | None, said: bool) -> None:
    """Of a child below fourteen it is sensitive by its age."""
    assert ("不满十四周岁未成年人的个人信息，" in text("consent_form.html.j2", child={"age": age})) is said


def test_the_child_has_a_voice_of_its_own() -> None:
    """From eight years on it answers itself; a no is a no. A performance is asked for apart."""
    said = text("consent_form.html.j2")
    assert "八周岁以上必须本人填写" in said
    assert "孩子不愿意的，不参加" in said
    assert LAW["minors_61_4"]["title"] in said


def test_the_report_can_be_checked() -> None:
    """It carries all that a draw is repeated with."""
    fields = set(LIBRARY.fields("closing_report.html.j2"))
    assert {f"record.{one}" for one in ("commitment", "digest", "secret", "public_value", "order_digest")} <= fields


def test_the_articles_are_quoted_as_the_law_has_them() -> None:
    """Titles in one form; sentences that end; none that no paper cites."""
    titles = r"《中华人民共和国(未成年人保护法|个人信息保护法)》第[一二三四五六七八九十百零]+条(第[一二三四]款)?"
    assert all(re.fullmatch(titles, one["title"]) and one["text"].endswith("。") for one in LAW.values())
    used = {path.split(".")[1] for name in NAMES for path in LIBRARY.fields(name) if path.startswith("law.")}
    assert used == set(LAW)


def test_every_paper_is_told() -> None:
    """In the guide to papers, and none that is not there."""
    guide = (Path(__file__).resolve().parents[3] / "docs" / "papers.md").read_text("utf-8")
    section = guide.split("## The papers of the camp\n", 1)[1].split("\n## ", 1)[0]
    assert {f"{name}.html.j2" for name in re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)} == set(NAMES)


def test_a_badge_is_no_draft_and_nobody_signs_it(county: County, codes: Callable[[Callable[[], object]], list[str]]) -> None:
    """Printed without a mark: it is no official paper."""
    ref = county.drawn(2, 2)
    one, other = county.campers(ref, "offered")
    county.confirm(one, other)
    county.groups(ref, 1)
    page = dict(county.engine.pages(county.leader, [f"{one}.badge"]))
    assert len(page) == 1
    assert all("草" not in sheet for sheet in page.values())
    assert codes(lambda: county.engine.sign(county.leader, f"{one}.badge")) == ["draft_only"]


def test_the_notice_asks_for_what_a_file_can_hold() -> None:
    """Hardship is one column, yes or no; a share is written as one."""
    said = text("notice.html.j2", policy={"reserve_percent": 50})
    assert "档案登记为困境的儿童（包括孤儿、事实无人抚养儿童）" in said
    assert "名额的50%" in "".join(said.split())


def test_a_notice_that_lacks_the_promise_or_the_seats_is_signed_by_nobody(county: County, codes: Callable[[Callable[[], object]], list[str]]) -> None:
    """Drafted by hand before its time, it would have a blank where the draw is held against it; nor is a list signed that is not frozen, or a draw not made."""
    county.children(2)
    ref = county.edition(2)
    for name, why in (("notice", "not_committed"), ("list_announcement", "not_frozen"), ("draw_announcement", "not_drawn")):
        county.engine.draft(county.bureau, ref, name)
        assert why in codes(lambda: county.engine.sign(county.bureau, f"{ref}.{name}", confirm="it must go out"))  # noqa: B023
    county.step(county.bureau, ref, "announce")
    county.engine.do_task(county.bureau, f"{ref}.commit", {"commitment": "5b" * 32})
    assert codes(lambda: county.engine.sign(county.bureau, f"{ref}.notice", confirm="it must go out")) == ["seats_left"]
    county.allot(ref)
    county.engine.sign(county.bureau, f"{ref}.notice")
    assert [one.state for one in county.engine.papers(county.bureau, ref) if one.name == "notice"][-1] == "signed"


def test_a_camp_is_ready_when_its_papers_are_signed_or_somebody_says_why_not(
    county: County, codes: Callable[[Callable[[], object]], list[str]]
) -> None:  # fmt: skip
    """The notice, the list, the draw, and a letter for whoever comes: those that lack a signature are named."""
    ref = county.drawn(1, 1)
    (one,) = county.campers(ref, "offered")
    county.confirm(one)
    county.groups(ref, 1)
    assert codes(lambda: county.step(county.leader, ref, "ready")) == ["papers_unsigned"]
    for name in ("notice", "list_announcement", "draw_announcement"):
        county.engine.sign(county.bureau, f"{ref}.{name}")
    assert codes(lambda: county.step(county.leader, ref, "ready")) == ["papers_unsigned"]
    county.engine.sign(county.leader, f"{one}.admission", confirm="as it stands")
    county.step(county.leader, ref, "ready")
    assert county.stage(ref) == "ready"
