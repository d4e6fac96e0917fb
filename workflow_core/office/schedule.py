"""The clock's turn by itself: a user timer of systemd, or a line of cron. Everything is said before it is done."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from workflow_core.errors import Damaged, Misused
from workflow_core.i18n import N_
from workflow_core.office.settings import os_login

Means = Literal["systemd", "cron"]
_SECONDS = 30


@dataclass(frozen=True)
class Plan:
    """What would be set up.

    :param name: of the timer, one for each office of a login.
    :param files: path and content of the units; :param line: of the crontab.
    :param commands: what is run to set it up, :param undo: and to take it away.
    :param advice: msgids: what a person has to see to.
    """

    means: Means
    name: str
    login: str
    files: dict[Path, str] = field(default_factory=dict)
    line: str = ""
    commands: tuple[tuple[str, ...], ...] = ()
    undo: tuple[tuple[str, ...], ...] = ()
    advice: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        files = {str(path): content for path, content in self.files.items()}
        return {"means": self.means, "name": self.name, "files": files, "line": self.line, "commands": [list(words) for words in self.commands]}


def plan(folder: Path, minutes: int, *, means: str | None = None, program: str | None = None) -> Plan:
    """What to set up so that the clock of the office in a folder has its turn by itself.

    :param minutes: how often. :param means: by which; else systemd where it runs, else cron.
    :param program: the ``care`` to run; else the one that runs now.
    :raises Misused: ``no_scheduler``: the machine has neither, ``minutes_uneven``: cron cannot count that.
    """
    home = folder.resolve()
    found = means or ("systemd" if _has_systemd() else "cron" if shutil.which("crontab") else None)
    name = f"careflow-{sha256(str(home).encode()).hexdigest()[:8]}"
    words = [program or _care(), "--office", str(home), "tick"]
    if found is None:
        message, hint = N_("this machine has neither systemd nor cron"), N_("have it run by other means: {line}; or leave running: care tick --watch")
        raise Misused("no_scheduler", message, hint=hint, line=shlex.join(words))
    return _systemd(name, words, minutes) if found == "systemd" else _cron(name, words, minutes)


def _systemd(name: str, words: list[str], minutes: int) -> Plan:
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd" / "user"
    run = " ".join(_unit_word(word) for word in words)
    service = f"[Unit]\nDescription=careflow: what the clock asks for\n\n[Service]\nType=oneshot\nExecStart={run}\nTimeoutStartSec=30min\nSuccessExitStatus=1\n"
    timer = (
        f"[Unit]\nDescription=careflow: the clock, every {minutes} minutes\n\n[Timer]\nOnStartupSec=1min\nOnUnitActiveSec={minutes}min\n"
        "AccuracySec=30s\n\n[Install]\nWantedBy=timers.target\n"
    )
    return Plan(
        "systemd",
        name,
        os_login(),
        {home / f"{name}.service": service, home / f"{name}.timer": timer},
        commands=(("systemctl", "--user", "daemon-reload"), ("systemctl", "--user", "enable", "--now", f"{name}.timer")),
        undo=(("systemctl", "--user", "disable", "--now", f"{name}.timer"),),
        advice=(N_("So that it also runs while you are not logged in: loginctl enable-linger {login}"),),
    )


def _unit_word(word: str) -> str:
    """As a unit's command line wants it: quoted, with its own signs doubled."""
    said = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{said}"' if " " in said or said != word else said


def _cron(name: str, words: list[str], minutes: int) -> Plan:
    if minutes < 60 and 60 % minutes == 0:
        when = f"*/{minutes} * * * *" if minutes > 1 else "* * * * *"
    elif minutes % 60 == 0 and 24 % (minutes // 60) == 0:
        when = f"0 */{minutes // 60} * * *" if minutes < 1440 else "0 6 * * *"
    else:
        message, hint = N_("cron cannot count {minutes} minutes evenly"), N_("take 5, 10, 15, 20, 30 or 60 minutes, or 1440 for once a day")
        raise Misused("minutes_uneven", message, hint=hint, minutes=minutes)
    run = shlex.join(words).replace("%", "\\%")
    return Plan("cron", name, os_login(), line=f"{when} {run} >/dev/null  # {name}", advice=(N_("What goes wrong is mailed to {login} by cron."),))


def install(made: Plan) -> None:
    """Set it up; done again, it takes the place of what was set up before.

    :raises Damaged: ``schedule_failed``.
    """
    try:
        for path, content in made.files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
    except OSError as error:
        raise _failed(error.strerror or type(error).__name__) from None
    if made.line:
        _crontab([*_others(made.name), made.line])
    for words in made.commands:
        _run(*words)


def remove(made: Plan) -> None:
    """Take it away; where it is not set up, nothing happens.

    :raises Damaged: ``schedule_failed``.
    """
    if made.line:
        _crontab(_others(made.name))
    if any(path.exists() for path in made.files):
        for words in made.undo:
            _run(*words)
        for path in made.files:
            path.unlink(missing_ok=True)


def _others(name: str) -> list[str]:
    """The lines of the crontab that are not ours."""
    found = subprocess.run(["crontab", "-l"], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=_SECONDS, check=False)
    return [line for line in found.stdout.splitlines() if not line.endswith(f"# {name}")] if found.returncode == 0 else []


def _crontab(lines: list[str]) -> None:
    _run("crontab", "-", given="".join(f"{line}\n" for line in lines))


def _run(*words: str, given: str = "") -> None:
    try:
        done = subprocess.run(words, capture_output=True, text=True, input=given, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _failed(f"{words[0]}: {type(error).__name__}") from None
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        raise _failed(f"{words[0]}: {lines[-1] if lines else done.returncode}")


def _failed(reason: str) -> Damaged:
    hint = N_("set it up by hand: care office schedule --print; or by the other means: --with cron")
    return Damaged("schedule_failed", N_("it could not be set up ({reason})"), hint=hint, reason=reason)


def _has_systemd() -> bool:
    """Whether systemd runs this machine, and keeps timers for this login."""
    if not Path("/run/systemd/system").is_dir() or shutil.which("systemctl") is None:
        return False
    asked = subprocess.run(["systemctl", "--user", "show-environment"], capture_output=True, stdin=subprocess.DEVNULL, timeout=_SECONDS, check=False)
    return asked.returncode == 0


def _care() -> str:
    """The ``care`` that runs now, by its full path: a timer has no PATH of ours."""
    beside = Path(sys.executable).parent / "care"
    if beside.exists():
        return str(beside)
    return str(Path(shutil.which("care") or sys.argv[0]).absolute())
