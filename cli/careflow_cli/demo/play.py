"""The whole demo: the office is made, ten weeks pass, and what came of them is shown."""

from __future__ import annotations

import shutil
from importlib.resources import files
from pathlib import Path

from careflow_cli.demo import camp, ending, health, opening, pairing, weeks
from careflow_cli.demo.player import Player, surroundings
from careflow_cli.demo.screen import Screen

SHEETS = ("divisions.csv", "roster.xlsx", "absences.xlsx", "health.xlsx", "volunteers.csv", "in-class.png")


def play(folder: Path, *, chinese: bool, full: bool = False) -> None:
    """Plays the demo and tells it on standard output.

    :param folder: an empty folder; the sheets lie in it afterwards, and the office in its folder ``office``.
    :raises BrokenDemo: a command ended otherwise than the story wants.
    """
    for name in SHEETS:
        with (files("careflow_cli.demo") / "sheets" / name).open("rb") as sheet, (folder / name).open("wb") as copy:
            shutil.copyfileobj(sheet, copy)
    screen = Screen(full=full)
    with surroundings(folder, screen.columns, chinese=chinese):
        player = Player(Path("office"), screen, chinese=chinese)
        opening.play(player)
        weeks.play(player)
        pairing.play(screen, chinese=chinese)
        health.play(screen, chinese=chinese)
        camp.play(screen, chinese=chinese)
        ending.play(player, folder)
