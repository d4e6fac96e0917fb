"""``python -m careflow_cli.demo``: plays the demo on the screen."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click

from careflow_cli.clicks import Command, option, speaking
from careflow_cli.demo.play import play
from careflow_cli.demo.player import BrokenDemo
from workflow_core.i18n import language, translate

FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command(cls=Command)
@option("--lang", type=click.Choice(["en", "zh_CN"]), help="the language to speak; else CARE_LANG, LANG")
@option("--keep", type=FOLDER, metavar="DIR", help="make the office here, in a new or an empty folder; else in a temporary one")
@option("--full", is_flag=True, help="show every command, and all that it prints")
def demo(lang: str | None, keep: Path | None, full: bool) -> None:
    """Play ten weeks of a township in a training office. Everybody in it is invented."""
    if keep is not None and keep.is_dir() and any(keep.iterdir()):
        raise click.UsageError(translate("{folder} is not empty", folder=keep))
    folder = (keep or Path(tempfile.mkdtemp(prefix="careflow-demo-"))).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        play(folder, chinese=(lang or language()) == "zh_CN", full=full)
    except BrokenDemo as broken:
        click.echo(f"{translate('The demo went otherwise than its story: a fault of careflow itself.')}\n{broken}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    with speaking(None):
        demo(prog_name="python -m careflow_cli.demo")
