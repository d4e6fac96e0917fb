"""Before the first week: an office, four people, a program, a messy roster and a school's absence sheet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from careflow_cli.demo.player import Player

TOWNSHIP, COUNTY = "990101100", "990101"
PEOPLE = (
    ("zhou", "child_director", TOWNSHIP, "Zhou, child director of the villages", "周，村儿童主任"),
    ("chen", "school", TOWNSHIP, "Chen, of the middle school", "陈，初级中学"),
    ("liu", "child_supervisor", TOWNSHIP, "Liu, the township's child supervisor", "刘，乡镇儿童督导员"),
    ("wu", "education_bureau", COUNTY, "Wu, of the county's education bureau", "吴，县教育局"),
)
"""Login, role, where, and who it is."""
NUMBERS = {"瞿天佑": "432801201608303791", "向明月": "432801201402271287"}
"""What stands in the household register of the two whose rows are refused."""


def play(player: Player) -> None:
    """The office is made, and both sheets are fed in."""
    player.screen.line(player.word("careflow: ten weeks of a township", "careflow：一个乡镇的十周"))
    player.tell(
        "Gaoqiao is a township that does not exist, and everybody in it is invented. What follows are real commands in a training office, where the time "
        "and the one who acts may be told: before the $ stands who types (--as), and --now is the day of the story.",
        "高桥镇并不存在，其中人物均为虚构。以下都是在练习办公点里真实执行的命令；练习办公点可以指定时间和操作人：$ 之前是操作人（--as），--now 就是故事里的那一天。",
    )
    _office(player)
    _sheets(player)


def _office(player: Player) -> None:
    player.screen.heading(player.word("An office", "建立办公点"))
    player.care("", "--as", "admin", "office", "init", "--training", "--divisions", "divisions.csv", most=0)
    for login, role, where, english, chinese in PEOPLE:
        player.also("", "account", "add", login, "--name", player.word(english, chinese))
        player.also("", "account", "grant", login, role, "--township", where)
    player.care("", "account", "list", most=9)
    player.care("", "program", "enable", "dropout-return", "--township", TOWNSHIP, most=1)
    player.tell(
        "Each threshold is the township's own. This one looks after a returned child for four weeks and one month:",
        "每个期限都由乡镇自己定。本镇对返校学生跟踪四周加一个月：",
    )
    player.care("", "program", "policy", "set", "dropout-return", "--township", TOWNSHIP, "--set", "months_watched=1", most=2)
    player.told_quietly()


def _sheets(player: Player) -> None:
    player.screen.heading(player.word("Two sheets, as they come from a desk", "两张表格，原样导入"))
    player.care("liu", "child", "import", "roster.xlsx", "--township", TOWNSHIP, "--problems", "refused.xlsx", code=1, most=6)
    player.tell("The refused rows come back as a sheet. Liu types the two numbers anew and feeds it in again, later this week.", "被拒绝的行写入一张新表。刘在本周内改正两个号码，再次导入。")
    player.care("chen", "dropout-return", "import", "absences.xlsx", "--township", TOWNSHIP, code=1, most=6)
    player.tell(
        "Six cases. Each child has the reference of its file; whoever needs the name looks it up, and that is written down.",
        "立案六件。名单上只显示儿童档案编号；需要看姓名的人另行查阅，查阅会留下记录。",
    )


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
