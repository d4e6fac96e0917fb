"""Where in a plugin's own code something was raised: file and line, and nothing of what the code was working on."""

from __future__ import annotations

import sysconfig
import traceback
from pathlib import Path

from workflow_core.i18n import N_

_OURS = Path(__file__).resolve().parents[1]
_STANDARD = tuple(Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "platstdlib"))
_PACKAGES = tuple(Path(sysconfig.get_path(name)).resolve() for name in ("purelib", "platlib"))
LOOK = N_("look at {file}, line {line}")


def own_line(error: BaseException) -> dict[str, str | int]:
    """The last frame that is an author's: ``file`` and ``line``; empty where nothing but careflow and the standard library was running.

    Of code in a source folder and of an installed library under it the former is meant: the author can mend that.
    """
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith("<")]
    theirs = [frame for frame in frames if not _is_ours(Path(frame.filename).resolve())]
    own = [frame for frame in theirs if not any(Path(frame.filename).resolve().is_relative_to(home) for home in _PACKAGES)]
    for frame in reversed(own or theirs):
        return {"file": _short(Path(frame.filename)), "line": frame.lineno or 0}
    return {}


def _is_ours(path: Path) -> bool:
    if any(path.is_relative_to(home) for home in _PACKAGES):
        return path.is_relative_to(_OURS)
    return path.is_relative_to(_OURS) or any(path.is_relative_to(home) for home in _STANDARD)


def _short(path: Path) -> str:
    """As it is typed from here, where that is shorter."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)
