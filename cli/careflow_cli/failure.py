"""What is shown when something is refused or breaks: the one place that turns an error into text or JSON, and into an exit code."""

from __future__ import annotations

import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any, Literal

import click

from workflow_core.clock import SystemClock, stamp
from workflow_core.errors import CareError, Damaged, Misused
from workflow_core.i18n import translate

LOG = "care-errors.log"
"""Where the office keeps what broke: the places in the code, never a value."""
QUIET_PIPE = 141
"""What a program cut off by ``| head`` answers, as a shell counts it."""
QUIET_BREAK = 130
"""What a program stopped by Ctrl-C answers."""

GLOBALS = ("--office", "--now", "--as", "--plugin", "--lang")


def refused(error: CareError, *, as_json: bool) -> int:
    """Shows an error; answers its exit code."""
    if as_json:
        _document(error.as_dict())
    _headline(error.text(), "Refused" if error.exit_code == 1 else "Error")
    for problem in error.problems:
        place = f"{problem.place}: " if problem.place else ""
        click.echo(f"  - {place}{problem.text()}", err=True)
        if problem.hint:
            click.echo(f"    → {problem.advice()}", err=True)
    if error.hint:
        click.echo(f"  → {error.advice()}", err=True)
    return error.exit_code


def misused(error: click.ClickException, *, as_json: bool) -> int:
    """Shows what is wrong with the words of a command; answers its exit code."""
    if type(error).__name__ == "NoArgsIsHelpError":
        click.echo(error.format_message(), err=True)
        return Misused.exit_code
    said = error.message if hasattr(error, "possibilities") else error.format_message()
    said = translate(said) if type(error) is click.UsageError else said  # a program's own commands raise it with a msgid
    hints = [hint for hint in (_guess(error), _help_at(error)) if hint]
    if as_json:
        _document({"code": "usage", "message": said, "hint": "; ".join(hints)})
    _headline(said, "Error")
    for hint in hints:
        click.echo(f"  → {hint}", err=True)
    return Misused.exit_code


def _document(error: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps({"error": error}, ensure_ascii=False, default=str) + "\n")


def _headline(said: str, kind: Literal["Refused", "Error"]) -> None:
    title = translate("Refused") if kind == "Refused" else translate("Error")
    click.echo(click.style(f"{title}: ", fg="red", bold=True) + said, err=True)


def _guess(error: click.ClickException) -> str:
    if getattr(error, "option_name", None) in GLOBALS and isinstance(error, click.NoSuchOption):
        return translate("{option} stands right after `care`, before the command", option=error.option_name)
    meant = getattr(error, "possibilities", None)
    return translate("did you mean {names}?", names=translate(" or ").join(meant[:3])) if meant else ""


def _help_at(error: click.ClickException) -> str:
    ctx = getattr(error, "ctx", None)
    return translate("help: {command} --help", command=ctx.command_path) if ctx else ""


def broken(error: BaseException, folder: Path | None, *, as_json: bool) -> int:
    """Apologises for a fault of the program itself, and writes where it happened to the office's log; answers the exit code."""
    log = _write_log(error, folder)
    hint = "where it happened is in {log}; it holds no personal data and may be sent on" if log else ""
    said: dict[str, Any] = {"log": str(log)} if log else {}
    return refused(Damaged("internal_error", "careflow itself failed here, sorry: nothing of this step was kept", hint=hint, **said), as_json=as_json)


def keep_log(folder: Path | None, *, details: bool = False) -> None:
    """Sends what the engine has to report (a plugin that crashed) to the office's log, and nothing of it to the terminal.

    :param folder: the office's; without one the reports are dropped.
    :param details: also why a plugin could not be loaded, which every command would say again.
    """
    import logging

    class OfficeLog(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if folder is not None:
                error = record.exc_info[1] if record.exc_info else None
                places = [] if error is None else _places(error)
                _append(folder / LOG, [f"== {stamp(SystemClock().now())} {record.levelname} {record.name}", record.getMessage(), *places])

    let_go()
    logger = logging.getLogger("workflow_core")
    logger.addHandler(OfficeLog(logging.INFO if details else logging.WARNING))
    logger.setLevel(logging.INFO if details else logging.WARNING)
    logger.propagate = False


def let_go() -> None:
    """Undoes ``keep_log``: one run's office is not the next one's."""
    logging = sys.modules.get("logging")
    if logging is not None:
        logger = logging.getLogger("workflow_core")
        for handler in [one for one in logger.handlers if type(one).__name__ == "OfficeLog"]:
            logger.removeHandler(handler)
            logger.propagate = True
            logger.setLevel(logging.NOTSET)


def _write_log(error: BaseException, folder: Path | None) -> Path | None:
    if folder is None or not folder.is_dir():
        return None
    return folder / LOG if _append(folder / LOG, [f"== {stamp(SystemClock().now())}", *_places(error)]) else None


def _places(error: BaseException) -> list[str]:
    """The chain of errors with their places in the code. Their messages are left out: they may quote a name, or a value of a row."""
    lines: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        lines.append(f"{type(current).__module__}.{type(current).__name__}")
        lines += [f'  File "{at.filename}", line {at.lineno}, in {at.name}' for at in traceback.extract_tb(current.__traceback__)]
        current = current.__cause__ or current.__context__
    return lines


def _append(log: Path, lines: list[str]) -> bool:
    """Writes to a log that only its owner may read; False where it cannot be written."""
    try:
        with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    except OSError:
        return False
    return True
