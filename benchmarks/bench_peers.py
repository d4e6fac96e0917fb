"""One durable advance beside the same job done with other libraries, each in a process and a file of its own, in memory."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from benchmarks.harness import Line, Measured, fast_folder, interleave, seconds_each
from benchmarks.town import Town

ROOT = Path(__file__).parent.parent
CASES = 150
PEERS = {
    "django_fsm": ("django-fsm-2 and Django's ORM", 1.5),
    "statemachine": ("python-statemachine and SQLAlchemy's ORM", 2.0),
    "spiff": ("SpiffWorkflow and sqlite3", 1.0),
}
MODULES = {"django_fsm": "django, django_fsm", "statemachine": "statemachine, sqlalchemy", "spiff": "SpiffWorkflow"}


def python() -> Path:
    """The interpreter that has the peers: ``make bench-peers`` lays it."""
    return Path(os.environ.get("CARE_BENCH_PEERS", ROOT / "build" / "peers" / "bin" / "python"))


def lines() -> Iterator[Line]:
    """The lines of this measurement."""
    there = [name for name in PEERS if _installed(name)]
    with tempfile.TemporaryDirectory(dir=fast_folder()) as name:
        folder = Path(name)
        town = Town.made(str(folder / "office.sqlite"), folder)
        refs, way = town.open(town.children(CASES)), count()
        things: dict[str, Measured] = {"careflow": lambda: seconds_each(lambda: town.advance(refs, ("go", "back")[next(way) % 2]), CASES)}
        peers = {name: _Peer(name, folder) for name in there}
        things.update({name: peer.round for name, peer in peers.items()})
        try:
            found = interleave(things)
        finally:
            for peer in peers.values():
                peer.end()
            town.close()
    for name, (title, wanted) in PEERS.items():
        if name in found:
            yield Line("peers", "one advance, SQLite in memory", title, found.typical("careflow"), found.typical(name), found.ratio(name, "careflow"), wanted)
        else:
            yield Line("peers", "one advance, SQLite in memory", title, None, None, None, wanted, note="not installed: make bench-peers")


def _installed(name: str) -> bool:
    words = [str(python()), "-c", f"import {MODULES[name]}"]
    return python().exists() and subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0


class _Peer:
    """A peer in a process of its own, which takes all its cases a step further at every line it reads."""

    def __init__(self, name: str, folder: Path) -> None:
        words = [str(python()), str(ROOT / "benchmarks" / "peers" / f"{name}_peer.py"), str(folder / f"{name}.sqlite")]
        self._process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._line()

    def round(self) -> float:
        """Seconds for one case."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return float(self._line())

    def _line(self) -> str:
        assert self._process.stdout is not None
        said = self._process.stdout.readline()
        if not said:
            raise RuntimeError("a peer failed")
        return said

    def end(self) -> None:
        """Ends the process."""
        self._process.communicate()
