"""Run the measurements: ``python -m benchmarks [--check] [--no-doc] [NAME …]``. The table goes to the screen and into ``docs/benchmarks.md``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from benchmarks.harness import ROUNDS, Line, machine

HERE = Path(__file__).parent
DOC = HERE.parent / "docs" / "benchmarks.md"
BEGIN, END = "<!-- measured -->", "<!-- end of what was measured -->"
AREAS = ("advance", "peers", "many", "start", "scale", "roster", "health", "match", "upgrade", "camp", "sight", "server")


def main(arguments: Sequence[str]) -> int:
    """Measure, print, write; with ``--check`` the exit code is 1 where a ratio is not met."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measures careflow beside floors and peers.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"only these: {', '.join(AREAS)}")
    parser.add_argument("--check", action="store_true", help="fail where a ratio is not met, and leave the document as it is")
    chosen = parser.parse_args(arguments)
    unknown = sorted(set(chosen.names) - set(AREAS))
    if unknown:
        parser.error(f"there is no measurement {', '.join(unknown)}; there are {', '.join(AREAS)}")
    lines: list[Line] = []
    for name in AREAS:
        if not chosen.names or name in chosen.names:
            for line in import_module(f"benchmarks.bench_{name}").lines():
                lines.append(line)
                print(_row(line), flush=True)
    missed = [line for line in lines if not line.met]
    print(f"{sum(line.binding for line in lines) - len(missed)} ratios met, {len(missed)} not")
    if chosen.check:
        return 1 if missed else 0
    if not chosen.names:
        write(lines)
    return 0


def write(lines: Sequence[Line]) -> None:
    """Put the table into the document, between its two marks."""
    before, _, rest = DOC.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    about = f"Measured on {'; '.join(machine())}; load when it began to write: {os.getloadavg()[0]:.1f}. Median of {ROUNDS} rounds."
    table = ["| what | beside | ours | theirs | ratio | wanted | |", "|---|---|---|---|---|---|---|", *map(_row, lines)]
    DOC.write_text(f"{before}{BEGIN}\n\n{about}\n\n" + "\n".join(table) + f"\n\n{END}{after}", encoding="utf-8")


def _row(line: Line) -> str:
    ratio = "" if line.ratio is None else f"{line.ratio:.2f}"
    said = line.note if line.ratio is None or not line.binding else "; ".join(filter(None, ("met" if line.met else "**not met**", line.note)))
    return f"| {line.what} | {line.beside} | {_time(line.ours)} | {_time(line.theirs)} | {ratio} | {line.wanted} | {said} |"


def _time(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return f"{seconds * 1e3:.0f} ms" if seconds >= 0.1 else f"{seconds * 1e3:.2f} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.0f} µs"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
