"""How long a command takes in a fresh process, beside the least that its libraries allow."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle
from pathlib import Path
from time import perf_counter

from benchmarks.harness import Line, Rounds, fast_folder, interleave
from benchmarks.town import COUNTY, Town
from workflow_core.records import enabling

HERE = Path(__file__).parent
CARE = (str(Path(sys.executable).with_name("care")),)
DIVISIONS = f"code,name\n99,示范省\n9901,示范市\n{COUNTY},青溪县\n{COUNTY}100,高桥镇\n"


def lines() -> Iterator[Line]:
    """The lines of this measurement."""
    with tempfile.TemporaryDirectory(dir=fast_folder()) as folder:
        found = rounds(Path(folder))
    for name, beside, least in (
        ("care --help", "a minimal click program", "click"),
        ("care inbox", "click + sqlalchemy, one query", "query"),
        ("care case advance", "click + sqlalchemy, one query", "query"),
    ):
        yield Line("start", name, beside, found.typical(name), found.typical(least), found.ratio(name, least), at_most=1.3)


def rounds(folder: Path) -> Rounds:
    """Each command in processes of their own, all from compiled files, as an installed program's are."""
    env = {**os.environ, "PYTHONPYCACHEPREFIX": str(folder / "compiled"), "PYTHONPATH": str(HERE.parent)}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    office = folder / "office"
    case = _office(folder, office, env)
    care = (*CARE, "--office", str(office), "--plugin", str(HERE / "errands.py"))
    ways = cycle(("go", "back"))

    def timed(*words: str) -> Callable[[], float]:
        return lambda: _seconds(words, env)

    def advance() -> float:
        return _seconds((*care, "case", "advance", case, next(ways), "--set", "met=the grandmother", "--set", "said=on Monday"), env)

    return interleave(
        {
            "click": timed(sys.executable, str(HERE / "least" / "click_program.py"), "--help"),
            "care --help": timed(*CARE, "--help"),
            "query": timed(sys.executable, str(HERE / "least" / "one_query.py"), str(office / "office.sqlite")),
            "care inbox": timed(*care, "inbox"),
            "care case advance": advance,
        },
        rounds=9,
        warm_up=2,
    )


def _office(folder: Path, office: Path, env: dict[str, str]) -> str:
    """A training office with a few cases, and the reference of one."""
    (folder / "divisions.csv").write_text(DIVISIONS, encoding="utf-8")
    _seconds((*CARE, "--office", str(office), "office", "init", "--training", "--divisions", str(folder / "divisions.csv")), env)
    town = Town(str(office / "office.sqlite"), folder)
    with town.db.write() as tx:
        enabling.enable(tx, town.program, COUNTY, actor=town.boss, now=town.clock.now())
    refs = town.open(town.children(40))
    town.close()
    return refs[0]


def _seconds(words: Sequence[str], env: dict[str, str]) -> float:
    before = perf_counter()
    subprocess.run(words, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    return perf_counter() - before
