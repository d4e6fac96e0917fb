"""The papers of a health check: every one is sound, cites its basis, shames nobody, and prints whatever a file knows or does not know."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import careflow_healthcheck
from careflow_healthcheck import findings, forms
from careflow_healthcheck.program import PROGRAM
from careflow_healthcheck.rates import round_rates
from tests.documents.strange import prints_for_any_case
from workflow_core import Choice
from workflow_core.documents import Known, Library, PaperFields
from workflow_core.documents.known import known_fields, law_names, values_of
from workflow_core.documents.page import to_text

FOLDER = Path(careflow_healthcheck.__file__).parent / "templates"
LIBRARY = Library(FOLDER)
LAW = LIBRARY.law()
OWNERS = {paper.template: (workflow, paper) for workflow in PROGRAM.workflows for paper in workflow.documents()}
ROUND = ("roster.html.j2", "round_report.html.j2")
NAMES = sorted(path.name for path in FOLDER.glob("*.html.j2"))
CODES = sorted({member.name for choice in vars(findings).values() if isinstance(choice, type) and issubclass(choice, Choice) for member in choice})


def known_of(name: str) -> Known:
    """What a paper may name, by its workflow."""
    workflow, document = OWNERS[name]
    return known_fields(workflow, listings=document.lists, papers=[document], law=law_names(LAW))


def paper(name: str, given_values: dict[str, Any], **about: Any) -> str:
    """One paper, with the law's words in it."""
    head = {"copies": [""], "title": "题", **(given_values.get("paper") or {}), **about}
    return LIBRARY.html(name, PaperFields(known_of(name), {**given_values, "paper": head, "law": LAW}))


def result(**record: Any) -> str:
    """The guardian's letter about such a child, as text."""
    return to_text(paper("result.html.j2", {"record": values_of(forms.CheckRecord(**record), str)}))


@pytest.mark.parametrize("name", NAMES)
def test_a_paper_is_sound(name: str) -> None:
    """It names only fields that there are, and uses only what a template may."""
    assert LIBRARY.check(name, known_of(name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_paper_prints_for_any_case(name: str) -> None:
    """Two hundred files, whole, half empty and strange: each prints, and nothing in it runs."""
    prints_for_any_case(LIBRARY, name, known_of(name), paper, CODES)


def test_each_document_has_its_template_and_each_template_a_document() -> None:
    """None is forgotten, and none lies about."""
    assert sorted(OWNERS) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_paper_cites_its_basis(name: str) -> None:
    """The rules for health checks of 2021, each; with the number they were issued under."""
    assert "《中小学生健康体检管理办法（2021年版）》（国卫医发〔2021〕29号）" in to_text(paper(name, {}))


@pytest.mark.parametrize("name", ["result.html.j2", "referral.html.j2", "round_report.html.j2"])
def test_whoever_judges_names_the_standards(name: str) -> None:
    """All four."""
    text = to_text(paper(name, {}))
    assert [number for number in ("WS/T 586-2018", "WS/T 456-2014", "WS/T 610-2018", "GB/T 11533") if number not in text] == []


@pytest.mark.parametrize("name", NAMES)
def test_no_paper_shames_or_threatens(name: str) -> None:
    """Nobody is fat, short, dull or to blame; nobody is punished for staying away."""
    text = to_text(paper(name, {}))
    assert not re.search(r"胖子|矮子|太胖|太瘦|太矮|不合格|差生|缺陷|异常学生|罚款|处罚|否则|后果自负", text)


@pytest.mark.parametrize("name", NAMES)
def test_a_blank_paper_can_be_filled_in_by_hand(name: str) -> None:
    """Of a case of which nothing is known, blanks or empty cells are left."""
    made = paper(name, {})
    assert "＿＿" in to_text(made) or "<td></td>" in made


W, G, P, C, V, S = findings.Weight, findings.Growth, findings.Pressure, findings.PressureCourse, findings.Vision, findings.Spine


@pytest.mark.parametrize(
    ("record", "said", "unsaid"),
    [
        ({"weight": W.NORMAL, "growth": G.NORMAL, "vision": V.NORMAL}, ["与身高相称", "没有发现需要到医院", "达到 5.0"], ["关于"]),
        ({"weight": W.OBESE, "growth": G.NORMAL, "flagged": True}, ["关于体重偏重", "不要节食", "不要取笑或者责备孩子", "营养科"], ["没有发现需要到医院"]),
        ({"weight": W.OVERWEIGHT, "growth": G.NORMAL, "flagged": True}, ["略高于参考范围"], ["营养科"]),
        ({"weight": W.NORMAL, "growth": G.STUNTED, "flagged": True}, ["关于身高", "有早有晚"], ["关于体重"]),
        ({"weight": W.NORMAL, "growth": G.MILD_THINNESS, "flagged": True}, ["关于体重偏轻", "可以申请营养改善和救助"], []),
        ({"weight": W.NORMAL, "growth": G.MODERATE_SEVERE_THINNESS, "flagged": True}, ["低于参考范围较多"], []),
        ({"pressure": P.HIGH, "pressure_course": C.SUSPECTED, "flagged": True}, ["一次偏高不等于血压高", "会在不同的日子为孩子再测"], ["心血管"]),
        ({"pressure": P.HIGH, "pressure_course": C.CONFIRMED, "flagged": True}, ["测了三次", "心血管"], ["再测，每次"]),
        ({"pressure": P.HIGH, "pressure_course": C.NOT_HIGH, "flagged": True}, ["改日再测时不偏高"], ["心血管", "再测，每次"]),
        ({"pressure": P.HIGH_NORMAL}, ["上限附近"], ["关于血压"]),
        ({"vision": V.POOR_MILD, "flagged": True}, ["略低于 5.0", "眼科验光"], ["近视，以"]),
        ({"vision": V.POOR_SEVERE, "myopia": True, "flagged": True}, ["低于 5.0 较多", "筛查提示可能近视"], []),
        ({"spine": S.SECOND_DEGREE, "flagged": True}, ["关于脊柱", "骨科"], []),
        ({"spine": S.POSTURE}, ["姿势需要注意"], ["关于脊柱"]),
        ({}, [], ["没有发现需要到医院"]),
    ],
)  # fmt: skip
def test_the_guardian_reads_what_was_found_and_what_to_do(record: dict[str, Any], said: list[str], unsaid: list[str]) -> None:
    """In plain words, one paragraph a finding; one high reading sends nobody to hospital."""
    text = result(**record)
    assert [words for words in said if words not in text] == []
    assert [words for words in unsaid if words in text] == []
    assert "体检是筛查，不是诊断" in text


def test_what_was_not_judged_is_told_with_its_reason() -> None:
    """In the words of the file, which the papers' language has."""
    text = result(unjudged=(forms.Unjudged(what=findings.Item.PRESSURE, why=findings.Why.NOT_MEASURED),))
    assert "没有说明的项目：Blood pressure（not measured）。" in text


def test_five_keeps_its_nought() -> None:
    """On the 5.0 scale 5 is written 5.0."""
    measured = values_of(forms.Measurement(measured_on=date(2026, 10, 20), height_cm=140, weight_kg=34, vision_left=5.0, vision_right=4.0), str)
    for name in ("result.html.j2", "referral.html.j2", "health_file.html.j2"):
        text = to_text(paper(name, {"last": {"measure": measured}}))
        assert re.search(r"5\.0\s.*4\.0", text, re.DOTALL)


def test_the_notice_asks_and_does_not_order() -> None:
    """What is measured, what becomes of it, that it is free and may be refused; and the child is asked."""
    text = to_text(paper("notice.html.j2", {"record": values_of(forms.CheckRecord(notice="2026-1", clinic="高桥镇卫生院"), str)}))
    for words in (
        "免费",
        "不同意的，孩子不参加检查，学习和在校生活不受任何影响",
        "撤回同意",
        "孩子本人的意见",
        "告知书版本：2026-1",
        "高桥镇卫生院",
        "第三十一条第一款",
    ):
        assert words in text
    assert not re.search(r"必须|务必|一律", text)


@pytest.mark.parametrize(
    ("record", "ticked"),
    [
        ({"vision": V.POOR_MILD}, ["眼科"]),
        ({"weight": W.OBESE, "growth": G.NORMAL, "vision": V.NORMAL}, ["儿科（营养、内分泌）"]),
        ({"weight": W.OVERWEIGHT, "growth": G.STUNTED}, ["儿科（营养、内分泌）"]),
        ({"pressure": P.HIGH, "pressure_course": C.SUSPECTED}, []),
        ({"pressure": P.HIGH, "pressure_course": C.CONFIRMED, "spine": S.FIRST_DEGREE}, ["儿科（心血管）", "骨科"]),
        ({"spine": S.POSTURE}, []),
    ],
)
def test_a_referral_ticks_the_departments_that_are_called_for(record: dict[str, Any], ticked: list[str]) -> None:
    """And leaves the others to the doctor."""
    text = to_text(paper("referral.html.j2", {"record": values_of(forms.CheckRecord(**record), str)}))
    line = next(one for one in text.splitlines() if one.startswith("建议就诊科室"))
    assert re.findall(r"☑ ([^\s□☑]+)", line) == ticked


def test_a_report_of_the_round_has_a_line_for_each_and_hides_the_few() -> None:
    """Schools, boys and girls, grades; of fewer than ten judged no number is printed."""
    records = [forms.CheckRecord(school="甲小学", grade=3, sex=findings.Sex.MALE, weight=W.OBESE, growth=G.NORMAL, vision=V.NORMAL)] * 12
    records += [forms.CheckRecord(school="乙教学点", grade=4, sex=findings.Sex.FEMALE, weight=W.OBESE, growth=G.NORMAL, vision=V.POOR_MILD)] * 3
    made = paper("round_report.html.j2", {"record": values_of(forms.RoundRecord(rates=round_rates(records)), str)})
    rows = {cells[0]: cells[3:] for row in re.findall(r"<tr>(.*?)</tr>", made) if len(cells := re.findall(r"<td[^>]*>(.*?)</td>", row)) == 9}
    assert list(rows) == ["合计", "乙教学点", "甲小学", "男生", "女生", "3年级", "4年级"]
    assert rows["合计"] == ["0/15<br>0.0%", "15/15<br>100.0%", "0/15<br>0.0%", "0/15<br>0.0%", "—", "3/15<br>20.0%"]
    assert rows["乙教学点"] == rows["女生"] == rows["4年级"] == ["—"] * 6


def test_a_roster_leaves_room_for_what_is_measured() -> None:
    """The columns of the list, and six to write in; it says what to do about an injury."""
    columns, cells = ["个案", "姓名", "年级"], ["HC-1", "小甲", "5"]
    made = paper("roster.html.j2", {"lists": {"roster": {"count": 1, "columns": columns, "rows": [{"cells": cells}]}}})
    row = next(row for row in re.findall(r"<tr>(.*?)</tr>", made) if "小甲" in row)
    assert re.findall(r"<td[^>]*>(.*?)</td>", row) == ["1", *cells, "", "", "/", "", "", ""]
    assert "立即报告" in to_text(made)


def test_a_health_file_shows_all_years_and_the_follow_up() -> None:
    """Oldest first, and this check last."""
    earlier = tuple(forms.EarlierCheck(measured_on=date(year, 10, 20), height_cm=year - 1890.0) for year in (2024, 2025))
    this = forms.Measurement(measured_on=date(2026, 10, 20), height_cm=143.0, weight_kg=42.4)
    told = [values_of(forms.TellParents(told_on=date(2026, 11, day), told=forms.Told.CARER), str) for day in (6, 7, 8)]
    entered = {"last": {"measure": values_of(this, str)}, "every": {"tell": told[:1], "tell_carer": told[1:2], "tell_home": told[2:]}}
    text = to_text(paper("health_file.html.j2", {"record": values_of(forms.CheckRecord(earlier=earlier), str), **entered}))
    wanted = ["2024年10月20日", "134", "2025年10月20日", "135", "2026年10月20日", "143", "11月6日", "11月7日", "11月8日", "上门告知"]
    places = [text.index(words) for words in wanted]
    assert places == sorted(places)


@pytest.mark.parametrize("name", NAMES)
def test_each_paper_is_told_in_the_documentation(name: str) -> None:
    """With who issues it, among the papers of the health check."""
    section = (Path(__file__).resolve().parents[3] / "docs" / "papers.md").read_text("utf-8").partition("## The papers of the health check")[2]
    by = "township" if name in ROUND else "school"
    assert re.search(rf"^\| `{name.removesuffix('.html.j2')}` \|[^|]+\| {by} \|", section, re.MULTILINE)


def test_the_articles_are_quoted_as_the_law_has_them() -> None:
    """Word for word; the rules for health checks are told in our words, and no quotation marks are set around them."""
    assert LAW["personal_31"]["text"] == "个人信息处理者处理不满十四周岁未成年人个人信息的，应当取得未成年人的父母或者其他监护人的同意。"
    assert LAW["minors_29"]["text"].startswith("学校应当关心、爱护未成年学生，不得因家庭、身体、心理、学习能力等情况歧视学生。")
    assert not any(LAW["examination"]["text"] in to_text(paper(name, {})) for name in NAMES)
