"""After ten weeks: four inboxes, one case's history, what became of the six, and how to go on."""

from __future__ import annotations

from pathlib import Path

from careflow_cli.demo.player import Player
from careflow_cli.demo.weeks import MINGYUE, SHILEI, TIANYE


def play(player: Player, folder: Path) -> None:
    """What the ten weeks came to."""
    day = player.day
    player.screen.heading(player.word(f"Friday {day.day} {day:%B}: four inboxes", f"{day.month}月{day.day}日，星期五：四个人的待办"))
    for who in ("zhou", "chen", "liu", "wu"):
        player.care(who, "inbox", most=7)
    player.screen.heading(player.word("What became of the six", "六个孩子的结果"))
    player.care("liu", "case", "list", "--all", most=8)
    player.screen.heading(player.word("One case, from its beginning", "一件个案的来龙去脉"))
    player.care("liu", "case", "history", MINGYUE, most=14)
    player.care("", "journal", "verify", most=2)
    player.screen.heading(player.word("Go on by hand", "接着自己试"))
    player.tell("The office stays where it is; throw the folder away when you are done with it.", "这个办公点会留着；用完把整个文件夹删掉即可。")
    lead = f"care --now {player.now} --as"
    for line in (f"cd {folder} && export CARE_OFFICE=office", f"{lead} wu case advance {SHILEI} order", f"{lead} zhou case history {TIANYE}"):
        player.screen.line(f"    {line}")
