"""The second act, in an office of its own: volunteers and children are matched in one go, and the pairs are kept alive."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from careflow_cli.demo.opening import TOWNSHIP
from careflow_cli.demo.player import Player
from careflow_cli.demo.screen import Screen

PEOPLE = (("zhou", "child_director"), ("liu", "child_supervisor"), ("deng", "child_supervisor"))
DAY = date(2026, 10, 19)
CHILDREN = ("苏晓雨", "罗小松", "龙小川", "石磊", "彭思远")
FIRST = "PR-26-00001"
"""The pair that is shown from its proposal on."""


def play(screen: Screen, *, chinese: bool) -> None:
    """Five volunteers, five children: who is matched, who falls silent, whose vetting runs out, who leaves."""
    act = Player(Path("pairing-office"), screen, chinese=chinese)
    act.day = DAY
    screen.heading(act.word("Second act: proxy parents for a township", "第二幕：为一个乡镇的孩子找代理家长"))
    _office(act)
    _match(act)
    _begin(act)
    _term(act)
    _leave(act)


def _office(act: Player) -> None:
    act.also("", "office", "init", "--training", "--divisions", "divisions.csv")
    for login, role in PEOPLE:
        act.also("", "account", "add", login, "--name", login)
        act.also("", "account", "grant", login, role, "--township", TOWNSHIP)
    act.also("", "program", "enable", "pairing", "--township", TOWNSHIP)
    act.also("liu", "child", "import", "roster.xlsx", "--township", TOWNSHIP, code=1)


def _match(act: Player) -> None:
    act.tell(
        "Five people want to be proxy parents. One has written the number of children as a word; one has not been asked about yet.",
        "五个人报名做代理家长。一人把人数写成了汉字；一人还没有做准入查询。",
    )
    act.care("liu", "pairing", "import-volunteers", "volunteers.csv", "--township", TOWNSHIP, code=1, most=3)
    found = {child["name"]: child["ref"] for one in CHILDREN for child in act.ask("child", "find", one)["children"]}
    Path("pairing-children.txt").write_text("\n".join(found.values()) + "\n", encoding="utf-8")
    act.tell(
        "The guardians of five children have consented in writing; Liu attests it for the list. Who has neither parent nor grandparent comes first.",
        "五名儿童的监护人已书面同意，刘按名单作了证明。身边既无父母又无祖辈的孩子排在最前。",
    )
    act.care("liu", "pairing", "queue", "--children", "pairing-children.txt", "--consent-on-file", "2026-1", "--township", TOWNSHIP, most=1)
    act.care("liu", "pairing", "match", "--township", TOWNSHIP, "--dry-run", most=7)
    act.care("liu", "pairing", "match", "--township", TOWNSHIP, most=1)
    waiting = {row["subject"] for row in act.ask("case", "list", "--workflow", "need")["cases"]}
    paired = {row["subject"] for row in act.ask("case", "list", "--workflow", "pair")["cases"]}
    act.tell("One child has nobody. Why?", "有一名儿童没有匹配到。为什么？")
    act.care("liu", "pairing", "match", "--township", TOWNSHIP, "--explain", min(waiting - paired), most=10)


def _begin(act: Player) -> None:
    today = act.day.isoformat()
    act.tell(
        "Proposals only: Liu approves them, then proxy parent, guardian and child are asked, and the card is signed.",
        "匹配只是建议：刘审批后，再征求代理家长、监护人和孩子的意见，签结对卡。",
    )
    act.care("liu", "pairing", "approve", "--all", "--township", TOWNSHIP, most=1)
    for row in act.ask("case", "list", "--workflow", "pair")["cases"]:
        pair = row["ref"]
        show = act.care if pair == FIRST else act.also
        show("liu", "task", "done", f"{pair}.ask_proxy", "--set", f"answered_on={today}")
        show("zhou", "task", "done", f"{pair}.ask_family", "--set", f"answered_on={today}", "--set", "child_agreed=true")
        act.also("liu", "document", "sign", f"{pair}.p1", "--confirm", "the office's address follows")
        act.also("liu", "case", "advance", pair, "sign", "--set", f"signed_on={today}")
        show("liu", "case", "advance", pair, "start")


def _term(act: Player) -> None:
    act.tell(
        "Three weeks on. One volunteer talks with the child each week; he has no login, so Liu enters it on his behalf. Another has fallen silent; "
        "of a third the query is a year old.",
        "三周过去。一位每周与孩子谈心，他没有账号，由刘代为登记；一位没有了音讯；还有一位的准入查询满了一年。",
    )
    silent = _quiet(act)[0]
    for week in range(3):
        act.day += timedelta(days=7)
        act.also("", "tick")
        for row in act.ask("case", "list", "--workflow", "pair")["cases"]:
            if row["ref"] not in silent and row["stage"] == "active":
                words = ("task", "done", f"{row['ref']}.talk", "--set", f"talked_on={act.day.isoformat()}", "--set", f"topics={act.word('school', '学习')}")
                (act.care if week == 0 and row["ref"] == FIRST else act.also)("liu", *words)
    act.day += timedelta(days=1)
    act.care("", "tick", most=1)
    act.care("liu", "pairing", "silent", "--days", "21", "--township", TOWNSHIP, most=3)
    act.care("liu", "inbox", most=6)


def _quiet(act: Player) -> tuple[list[str], str]:
    """The pairs of the volunteer who falls silent, and his case: neither the first pair's nor the one whose query is a year old."""
    pairs = act.ask("batch", "show", "PLAN-26-00001")["plan"]["summary"]["pairs"]
    refs = {row["subject"]: row["ref"] for row in act.ask("case", "list", "--workflow", "pair", "--all")["cases"]}
    first = next(one["proxy"] for one in pairs if refs[one["child"]] == FIRST)
    lapsing = max(one["proxy"] for one in pairs)
    proxy = next(one["proxy"] for one in pairs if one["proxy"] not in (first, lapsing))
    return [refs[one["child"]] for one in pairs if one["proxy"] == proxy], proxy


def _leave(act: Player) -> None:
    today = act.day.isoformat()
    act.tell(
        "The silent one leaves. The pair ends with its history; the child is queued again, first in line, and matched anew when the next volunteer is vetted.",
        "没有音讯的那位退出。结对结束，记录保留；孩子重新排队、排在最前，等下一位志愿者查询通过就再次匹配。",
    )
    proxy = _quiet(act)[1]
    act.care("liu", "case", "advance", proxy, "retire", "--set", f"ended_on={today}", "--set", "why=PROXY")
    applied = [row["ref"] for row in act.ask("case", "list", "--workflow", "proxy")["cases"] if row["stage"] == "applied"]
    act.also("liu", "case", "advance", applied[0], "register")
    vetted = (
        "--set",
        "result=CLEAR",
        "--set",
        "query_number=2026-118",
        "--set",
        f"vetted_on={today}",
        "--set",
        f"authority={act.word('county police', '县公安局')}",
    )
    act.care("liu", "task", "done", f"{applied[0]}.vet", *vetted)
    act.tell("Four eyes: who entered the answer does not approve.", "四眼原则：登记查询结果的人不能自己批准。")
    act.care("deng", "case", "advance", applied[0], "pass")
    act.also("", "tick")
    act.care("liu", "pairing", "match", "--township", TOWNSHIP, most=5)
    act.care("liu", "pairing", "progress", "--township", TOWNSHIP, most=8)
