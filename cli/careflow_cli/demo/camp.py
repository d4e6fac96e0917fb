"""The fourth act, in an office of its own: eleven children nominated for six seats of a summer camp, a draw that anybody can repeat, and a roll call."""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

from careflow_cli.demo.opening import COUNTY, TOWNSHIP
from careflow_cli.demo.player import Player
from careflow_cli.demo.screen import Screen

PEOPLE = (("chen", "school", TOWNSHIP), ("wu", "education_bureau", COUNTY), ("sun", "camp_leader", COUNTY), ("lin", "camp_tutor", COUNTY))
MAY, CLOSING, DRAWING = date(2027, 5, 17), date(2027, 6, 10), date(2027, 6, 21)
FIRST, LAST = date(2027, 7, 10), date(2027, 7, 12)
EDITION = "ED-27-00001"
SECRET, PUBLIC = "8f" * 32, "03081217263109"
"""Of the demo, which shall print the same each time. A real secret is made by ``care camp commit``, and shown once."""
TUTORS = "number,tutor,phone,vetted_on,query_number\n1,lin,13900000001,2027-06-01,2027-31\n"


def play(screen: Screen, *, chinese: bool) -> None:
    """From the notice to the report, with a family that does not answer and a child that is not there in the morning."""
    act = Player(Path("camp-office"), screen, chinese=chinese)
    act.day = MAY
    screen.heading(act.word("Fourth act: six seats at the summer camp", "第四幕：夏令营的六个名额"))
    children = _office(act)
    _nominate(act, children)
    _draw(act)
    _confirm(act)
    _camp(act)


def _until(act: Player, day: date) -> None:
    """Days go by, with the clock's turn in each."""
    while act.day < day:
        act.day += timedelta(days=1)
        act.also("", "tick")


def _campers(act: Player, stage: str) -> dict[str, str]:
    """The campers who stand there: reference, and whose it is."""
    return {row["ref"]: row["subject"] for row in act.ask("case", "list", "--workflow", "camper", "--stage", stage)["cases"]}


def _office(act: Player) -> list[str]:
    act.also("", "office", "init", "--training", "--divisions", "divisions.csv")
    for login, role, where in PEOPLE:
        act.also("", "account", "add", login, "--name", login)
        act.also("", "account", "grant", login, role, "--township", where)
    act.also("", "program", "enable", "camp", "--county", COUNTY)
    act.also("", "program", "policy", "set", "camp", "--county", COUNTY, "--set", "reserve_percent=500")
    act.also("", "child", "import", "roster.xlsx", "--township", TOWNSHIP, code=1)
    files = (act.ask("child", "show", f"C-{n:06d}")["child"] for n in range(1, 24))
    children = [one["ref"] for one in files if (one["grade"] or 0) >= 3][:11]
    for ref in children:
        act.also("", "child", "edit", ref, "--set", "left_behind=父母双方外出", "--reason", "asked at school")
    return children


def _nominate(act: Player, children: list[str]) -> None:
    act.tell(
        "Wu, of the county's education bureau, announces three days in July. Seats go to schools in proportion to their left-behind children.",
        "县教育局的吴发布七月的三天营期。名额按各校留守儿童人数分配。",
    )
    source = act.word("lottery numbers of 20 June", "6月20日体彩大乐透开奖号码")
    said = (f"starts_on={FIRST}", f"ends_on={LAST}", "seats=6", f"nominate_by={CLOSING}", f"public_source={source}", f"public_on={DRAWING}")
    act.care("wu", "case", "open", "camp.edition", COUNTY, *(word for one in said for word in ("--set", one)))
    act.also("wu", "case", "advance", EDITION, "announce")
    act.care("wu", "camp", "allot", EDITION, most=3)
    act.tell(
        "Before nominations close she promises a secret: its SHA-256 is printed on the notice, the secret lies in two sealed envelopes.",
        "推荐截止之前，她先对一个密钥作出承诺：通知上印它的 SHA-256，密钥封在两个信封里。",
    )
    act.care("wu", "camp", "commit", EDITION, "--commitment", sha256(SECRET.encode()).hexdigest(), most=1)
    act.also("wu", "case", "advance", EDITION, "open")
    _sign(act, "wu", "notice")
    for n, child in enumerate(children):
        (act.care if n == 0 else act.also)("chen", "camp", "nominate", child, "--edition", EDITION, "--away", "12")


def _draw(act: Player) -> None:
    _until(act, CLOSING)
    act.care("wu", "camp", "close", EDITION)
    _sign(act, "wu", "list_announcement")
    act.tell(
        "The list is frozen. Ten days later the public value is in the newspaper; secret and value together give everybody a place, and nobody a choice.",
        "名单冻结。十天后公开数值见报；密钥与数值一起决定每人的名次，谁都无从选择。",
    )
    _until(act, DRAWING)
    Path("secret.txt").write_text(f"{SECRET}\n", encoding="utf-8")
    act.care("wu", "camp", "draw", EDITION, "--secret-file", "secret.txt", "--public", PUBLIC, most=3)
    act.care("wu", "camp", "draw", EDITION, "--secret-file", "secret.txt", "--public", "1", code=1)
    act.also("", "tick")
    _sign(act, "wu", "draw_announcement")
    act.tell("Whoever doubts it does the sum again.", "有疑问的人，自己再算一遍。")
    act.care("wu", "camp", "verify", EDITION, most=1)


def _confirm(act: Player) -> None:
    act.tell(
        "Six seats are offered. Five families bring consent, health statement and telephone; one does not answer, and its seat goes to the next by itself.",
        "六个名额发放。五个家庭交来同意书、健康声明和联系电话；一家没有答复，名额自动递补给下一名。",
    )
    offered = _campers(act, "offered")
    for camper in sorted(offered)[1:]:
        _provide(act, camper, offered[camper])
    _until(act, DRAWING + timedelta(days=6))
    act.care("wu", "camp", "seats", EDITION, most=3)
    for camper, child in _campers(act, "offered").items():
        _provide(act, camper, child)


def _sign(act: Player, login: str, paper: str) -> None:
    act.also(login, "document", "sign", f"{EDITION}.{paper}", "--confirm", act.word("the office's address follows", "办公地址另行补充"))


def _provide(act: Player, camper: str, child: str) -> None:
    """All that a seat asks for."""
    Path("camp-children.txt").write_text(f"{child}\n", encoding="utf-8")
    act.also("chen", "consent", "attest", "camp.camp", "--children", "camp-children.txt", "--consent-on-file", "2026-1", "--township", TOWNSHIP)
    act.also("chen", "task", "done", f"{camper}.health", "--set", f"stated_on={act.day}", "--set", "fit=true")
    contact = act.word("grandmother", "祖母")
    act.also("chen", "task", "done", f"{camper}.contact", "--set", f"name={contact}", "--set", "phone=13900000009")


def _camp(act: Player) -> None:
    Path("tutors.csv").write_text(TUTORS, encoding="utf-8")
    act.care("sun", "camp", "groups", EDITION, "--tutors", "tutors.csv", most=3)
    letters = [f"{camper}.admission" for camper in _campers(act, "confirmed")]
    act.also("sun", "document", "sign", *letters, "--confirm", act.word("the office's address follows", "办公地址另行补充"))
    act.also("sun", "case", "advance", EDITION, "ready")
    act.also("sun", "task", "done", f"{EDITION}.check_staff", "--set", f"checked_on={act.day}", "--set", "asked=3")
    _until(act, FIRST)
    act.also("sun", "case", "advance", EDITION, "begin")
    act.care("lin", "camp", "arrive", EDITION, most=1)
    act.tell(
        "The next morning one child is not there when the roll is called, and has no note: the leader knows at once. It was asleep in the bus.",
        "第二天早晨点名，有一名孩子不在，也没有请假条：领队立即得到通知。原来孩子在车上睡着了。",
    )
    _until(act, FIRST + timedelta(days=1))
    lost = min(_campers(act, "arrived"))
    act.care("lin", "camp", "roll-call", EDITION, "--group", "1", "--absent", lost, most=2)
    act.care("sun", "case", "list", "--flagged", most=2)
    act.care("lin", "case", "advance", lost, "found", "--set", f"back_at={act.day} 09:00")
    _until(act, LAST)
    act.also("sun", "case", "advance", EDITION, "finish")
    act.care("sun", "case", "advance", EDITION, "close", "--set", f"remark={act.word('all went well', '一切平安')}")
    act.care("wu", "case", "list", "--whole", EDITION, "--all", "--stage", "completed", most=7)
