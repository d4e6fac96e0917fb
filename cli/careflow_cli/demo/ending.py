"""After ten weeks: four inboxes, what became of the six, one case's history, and how to go on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from careflow_cli.demo.player import Player
from careflow_cli.demo.screen import MARGIN
from careflow_cli.demo.weeks import SHILEI, TIANYE


def play(player: Player, folder: Path) -> None:
    """What the ten weeks came to."""
    day, screen = player.day, player.screen
    screen.heading(player.word(f"After ten weeks, Friday {day.day} {day:%B}: four inboxes", f"十周之后，{day.month}月{day.day}日（星期五）：四个人的待办"))
    for who, most in (("zhou", 5), ("chen", 6), ("liu", 5), ("wu", 4)):
        player.care(who, "inbox", most=most)
    screen.heading(player.word("What became of the six", "六个孩子的结果"))
    player.care("liu", "case", "list", "--workflow", "dropout", "--program", "dropout_return", "--all", most=8)
    player.tell(
        "Su Xiaoyu and Luo Xiaosong are back, one watched to the end. Xiang Mingyue learns elsewhere. Tian Ye left again, and is visited. "
        "Long Xiaochuan was forgotten by all but the clock. Shi Lei's case lies at the court's door, and every paper on the way there is on file.",
        "苏晓雨、罗小松返校：一个跟踪期满，一个仍在跟踪。向明月在别处上学。田野复学后又辍学，重新劝返。龙小川人人都忘了，只有时钟没忘。石磊的个案到了法院门前，一路的文书都在。",
    )
    screen.heading(player.word("Tian Ye's case, up to the relapse", "田野的个案，到再次辍学为止"))
    told = _Heads(player.ask("case", "history", TIANYE)["events"])
    player.care("liu", "case", "history", TIANYE, most=told.most, only=told.wanted)
    player.care("", "journal", "verify", most=2)
    screen.heading(player.word("Go on by hand", "接着自己试"))
    player.tell("The office stays where it is; throw its folder away when you are done.", "办公点会留着；用完把整个文件夹删掉即可。")
    lead = f"care --now {player.now} --as"
    for line in (f"cd {folder} && export CARE_OFFICE=office", f"{lead} tang document print {SHILEI}", f"{lead} liu case why {TIANYE}"):
        screen.line(MARGIN + line)


class _Heads:
    """Which lines of a history are shown: steps and tasks done, up to the relapse, and what followed from that.

    :param events: the history, as ``--json`` tells it.
    """

    most = 16

    def __init__(self, events: Sequence[Mapping[str, Any]]) -> None:
        self._shown = {n for n, event in enumerate(events, 1) if event["kind"] in ("opened", "advanced", "task_done")}
        self._relapse = next(n for n, event in enumerate(events, 1) if event["transition"] == "relapse")
        self._seen = 0

    def wanted(self, line: str) -> bool:
        """Whether this line is shown; the lines come in order."""
        if line[:1].isdigit():
            self._seen += 1
            return self._seen in self._shown and self._seen <= self._relapse
        return self._seen == self._relapse
