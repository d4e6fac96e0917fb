"""Before the first week: an office, five people, a program, a messy roster and a school's absence sheet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from careflow_cli.demo.player import Player
from careflow_cli.demo.screen import MARGIN
from careflow_cli.width import pad

TOWNSHIP, COUNTY = "990101100", "990101"
PEOPLE = (
    ("zhou", "child_director", TOWNSHIP, "child director of the villages", "村儿童主任"),
    ("chen", "school", TOWNSHIP, "at the middle school", "初级中学"),
    ("liu", "child_supervisor", TOWNSHIP, "the township's child supervisor", "乡镇儿童督导员"),
    ("wu", "education_bureau", COUNTY, "at the county's education bureau", "县教育局"),
    ("tang", "county_office", COUNTY, "at the county's office", "县里主管部门"),
)
"""Login, role, where, and who it is."""
NAMES = (
    ("Su Xiaoyu", "苏晓雨"),
    ("Luo Xiaosong", "罗小松"),
    ("Xiang Mingyue", "向明月"),
    ("Tian Ye", "田野"),
    ("Long Xiaochuan", "龙小川"),
    ("Shi Lei", "石磊"),
)
"""The six of the story, in the order of the school's sheet."""
CASES = tuple(f"DR-26-{n:05d}" for n, _ in enumerate(NAMES, 1))
NUMBERS = {"瞿天佑": "432801201608303791", "向明月": "432801201402271288"}
"""What stands in the household register of the two whose rows are refused."""


def play(player: Player) -> None:
    """The office is made, and both sheets are fed in."""
    player.screen.line(player.word("careflow: ten weeks of a township", "careflow：一个乡镇的十周"))
    player.tell(
        "Gaoqiao does not exist, and everybody in it is invented; the commands are real. In a training office the time and the one who acts may be told: "
        "who types (--as) stands before the $, and --now is the day of the story. Much is left out here: --full shows every command and all that it prints.",
        "高桥镇并不存在，人物均为虚构；命令都是真实执行的。练习办公点可以指定操作人和时间：$ 之前是操作人（--as），--now 就是故事里"
        "的那一天。这里有所省略：--full 显示每条命令和全部输出。",
    )
    _office(player)
    _sheets(player)


def _office(player: Player) -> None:
    player.screen.heading(player.word("An office", "建立办公点"))
    player.care("", "--as", "admin", "office", "init", "--training", "--divisions", "divisions.csv", most=1)
    for login, role, where, english, chinese in PEOPLE:
        player.also("", "account", "add", login, "--name", player.word(english, chinese))
        player.also("", "account", "grant", login, role, "--township", where)
    staff = [f"{login}, {english}" if not player.chinese else f"{login} {chinese}" for login, _, _, english, chinese in PEOPLE]
    player.tell(f"Five people work here: {'; '.join(staff)}.", f"五个人在这里工作：{'；'.join(staff)}。")
    player.care("", "program", "enable", "dropout-return", "--township", TOWNSHIP, most=1)
    player.tell(
        "Each threshold is the township's own. This one looks after a returned child for four weeks and one month:",
        "每个期限都由乡镇自己定。本镇对返校学生跟踪四周加一个月：",
    )
    player.care("", "program", "policy", "set", "dropout-return", "--township", TOWNSHIP, "--set", "months_watched=1", most=2)


def _sheets(player: Player) -> None:
    player.screen.heading(player.word("Two sheets, as they come from a desk", "两张表格，原样导入"))
    player.care("liu", "child", "import", "roster.xlsx", "--township", TOWNSHIP, "--problems", "refused.xlsx", code=1, most=4)
    player.tell(
        "The refused rows are in a sheet of their own. Liu will look the two numbers up, correct them there, and feed it in.",
        "被拒绝的行单独写进一张表。刘核实两个号码，在表里改正，再导入。",
    )
    player.care("chen", "dropout-return", "import", "absences.xlsx", "--township", TOWNSHIP, code=1, most=6)
    player.tell("Six children, six cases:", "六个孩子，六件个案：")
    cast = [f"{case}  {player.word(f'{english} {chinese}', chinese)}" for case, (english, chinese) in zip(CASES, NAMES, strict=True)]
    for one, other in zip(cast[:3], cast[3:], strict=True):
        player.screen.line(f"{MARGIN}{pad(one, 44)}{other}")


def mend(refused: Path, mended: Path) -> None:
    """Does what Liu does in a spreadsheet: types the right ID number into each refused row.

    :param refused: the sheet of refused rows; :param mended: where the corrected one goes.
    """
    from workflow_core.records.sheet_files import open_sheets
    from workflow_core.records.sheet_writer import OutSheet, write_book

    pages: list[OutSheet] = []
    for sheet in open_sheets(refused):
        heads, *rows = [list(row) for row in sheet.rows()]
        name, number = _column(heads, "姓名"), _column(heads, "身份证")
        for row in rows:
            row[number] = NUMBERS.get(str(row[name]), row[number])
        pages.append(OutSheet(sheet.name, [str(head) for head in heads], rows))
    write_book(mended, pages)


def _column(heads: list[Any], word: str) -> int:
    return next(n for n, head in enumerate(heads) if word in str(head))
