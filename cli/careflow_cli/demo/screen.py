"""How the demo looks: headings, sentences, commands and what they printed, in lines that fit."""

from __future__ import annotations

from collections.abc import Sequence
from shutil import get_terminal_size

import click

from careflow_cli.width import cut, width, wrap

MARGIN = "    "
WIDEST = 120


def columns() -> int:
    """How wide the demo writes: as the terminal is, between 80 and 120 cells."""
    return max(80, min(WIDEST, get_terminal_size((WIDEST, 40)).columns))


class Screen:
    """Writes the story to standard output and counts its lines.

    :param full: whether everything is shown that is run, and all that it printed.
    """

    def __init__(self, *, full: bool) -> None:
        self.full = full
        self.lines = 0
        self.columns = columns()

    def line(self, text: str = "") -> None:
        """One line as it is."""
        click.echo(text)
        self.lines += 1

    def heading(self, text: str) -> None:
        """A heading, with a rule to the end of the line."""
        self.line()
        self.line(click.style(f"━━ {text} " + "━" * (self.columns - width(text) - 4), fg="cyan", bold=True))

    def tell(self, text: str) -> None:
        """A sentence or more of the story."""
        for line in wrap(text, self.columns):
            self.line(line)

    def command(self, who: str, words: Sequence[str]) -> None:
        """A command, as the one who acts types it."""
        prompt = f"{who} $ "
        typed = [" ".join(words)] if width(prompt + " ".join(words)) <= self.columns else self._folded(words, self.columns - width(prompt) - 4)
        for n, line in enumerate(typed):
            lead = click.style(prompt, fg="green", bold=True) if n == 0 else " " * (width(prompt) + 2)
            self.line(lead + line + (" \\" if n < len(typed) - 1 else ""))

    def _folded(self, words: Sequence[str], cells: int) -> list[str]:
        pairs: list[str] = []
        for word in words:
            if pairs and pairs[-1].startswith("--") and " " not in pairs[-1]:
                pairs[-1] += f" {word}"  # an option and its value stay together
            else:
                pairs.append(word)
        lines = [pairs[0]]
        for pair in pairs[1:]:
            if width(f"{lines[-1]} {pair}") > cells:
                lines.append(pair)
            else:
                lines[-1] += f" {pair}"
        return lines

    def printed(self, lines: Sequence[str], most: int, *, left: int = 0) -> None:
        """What a command printed: ``most`` lines of it, and how many more there were; ``left`` were left out before."""
        shown = list(lines) if self.full or len(lines) <= most else list(lines[:most])
        more = len(lines) - len(shown) + left
        written = [(MARGIN + cut(line, self.columns - len(MARGIN))).rstrip() for line in shown]
        end = click.style(f"… +{more}", dim=True)
        if more and written and width(written[-1]) <= self.columns - 8:
            written[-1] += f"  {end}"
        elif more:
            written.append(MARGIN + end)
        for line in written:
            self.line(line)
