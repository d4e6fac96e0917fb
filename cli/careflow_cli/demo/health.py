"""The third act, in an office of its own: a health day at the primary school, and what becomes of what was found."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from careflow_cli.demo.opening import TOWNSHIP
from careflow_cli.demo.player import Player
from careflow_cli.demo.screen import Screen

PEOPLE = (("he", "clinic"), ("chen", "school"), ("zhou", "child_director"), ("liu", "child_supervisor"))
DAY = date(2026, 10, 20)
ROUND, PRESSURE, EYES, HEAVY = "HR-26-00001", "HC-26-00003", "HC-26-00004", "HC-26-00005"
AGAIN = "侯雨桐"
"""Whose height was written in metres."""


def play(screen: Screen, *, chinese: bool) -> None:
    """A round from its sheet to its report: a pressure confirmed on the third day and settled, a child that is lost to follow-up and seen to be."""
    act = Player(Path("health-office"), screen, chinese=chinese)
    act.day = DAY
    screen.heading(act.word("Third act: a health day at the primary school", "第三幕：中心小学的健康查体日"))
    _office(act)
    _sheet(act)
    _pressure(act)
    _silence(act)
    _report(act)


def _later(act: Player, days: int) -> str:
    """So many days go by, week by week, with the clock's turn in each; the day as it is typed."""
    for rest in range(days, 0, -7):
        act.day += timedelta(days=min(rest, 7))
        act.also("", "tick")
    return act.day.isoformat()


def _office(act: Player) -> None:
    act.also("", "office", "init", "--training", "--divisions", "divisions.csv")
    for login, role in PEOPLE:
        act.also("", "account", "add", login, "--name", login)
        act.also("", "account", "grant", login, role, "--township", TOWNSHIP)
    act.also("", "program", "enable", "healthcheck", "--township", TOWNSHIP)
    act.also("liu", "child", "import", "roster.xlsx", "--township", TOWNSHIP, code=1)


def _sheet(act: Player) -> None:
    act.tell(
        "He, of the township's clinic, has measured eleven children. The guardians' signed consents lie in the office; one of them says no.",
        "卫生院的何测量了十一名学生。监护人签字的同意书存在办公点；有一位不同意。",
    )
    act.care("he", "healthcheck", "import", "health.xlsx", "--township", TOWNSHIP, "--consent-on-file", "2026-1", code=1, most=5)
    act.tell("A height in metres: measured again at the desk, and judged at once.", "身高写成了米：在窗口重新测量，当场判定。")
    [child] = [one["ref"] for one in act.ask("child", "find", AGAIN)["children"]]
    words = ["--height", "128", "--weight", "24.8", "--pressure", "96/58", "--vision-left", "5.1", "--vision-right", "5.1", "--consent-on-file", "2026-1"]
    act.care("he", "healthcheck", "record", child, *words, most=1)
    act.care("liu", "case", "list", "--flagged", "--program", "healthcheck", most=5)


def _pressure(act: Player) -> None:
    act.tell(
        "One high reading is no high pressure: the parents are told, and it is read again on two other days, a fortnight apart.",
        "一次偏高不等于高血压：先告知父母，再隔两周、四周各复测一次。",
    )
    today = _later(act, 2)
    for case in (PRESSURE, EYES, HEAVY):
        act.also("chen", "task", "done", f"{case}.tell", "--set", f"told_on={today}", "--set", "told=PARENTS")
    for case in (EYES, HEAVY):
        act.also("chen", "task", "done", f"{case}.refer", "--set", f"referred_on={today}")
    high = ["--set", "systolic=137", "--set", "diastolic=89"]
    act.care("he", "task", "done", f"{PRESSURE}.recheck", "--set", f"read_on={today}", *high, code=1, most=2)
    today = _later(act, 12)
    act.also("he", "task", "done", f"{PRESSURE}.recheck", "--set", f"read_on={today}", *high)
    today = _later(act, 14)
    act.care("he", "task", "done", f"{PRESSURE}.recheck", "--set", f"read_on={today}", *high, most=3)
    act.also("chen", "task", "done", f"{PRESSURE}.refer", "--set", f"referred_on={today}")
    for case in (PRESSURE, EYES):
        act.also("chen", "task", "done", f"{case}.treat", "--set", f"seen_on={today}", "--set", "treated=UNDER_TREATMENT")
    today = _later(act, 28)
    for case in (PRESSURE, EYES):
        act.also("chen", "task", "done", f"{case}.treat", "--set", f"seen_on={today}", "--set", "treated=SETTLED")


def _silence(act: Player) -> None:
    act.tell(
        "Of the third child nobody has asked again. The clock has; who gives it up says why:",
        "第三个孩子再没有人过问。时钟记得；要放弃跟进，须说明理由：",
    )
    today = _later(act, 35)
    act.care("liu", "inbox", "--role", "child_supervisor", most=4, only=lambda line: HEAVY in line)
    why = act.word("moved away, nobody knows where to", "举家外迁，去向不明")
    act.care("liu", "case", "advance", HEAVY, "lose", "--set", f"decided_on={today}", "--set", f"why={why}", most=1)


def _report(act: Player) -> None:
    today = act.day.isoformat()
    act.also("he", "case", "advance", ROUND, "enter")
    act.also("liu", "task", "done", f"{ROUND}.review", "--set", f"reviewed_on={today}")
    act.also("liu", "case", "advance", ROUND, "report")
    act.tell(
        "The round is reported, with rates and without names, and closed when nobody is followed up any more:",
        "本轮上报：只有检出率，没有姓名；无人待跟进时结案：",
    )
    act.care("liu", "document", "sign", f"{ROUND}.round_report", most=2)
    act.also("liu", "document", "print", f"{ROUND}.round_report", "--to", "round-report.html")
    act.care("liu", "case", "advance", ROUND, "close", most=1)
    act.care("liu", "case", "show", ROUND, most=7)
