"""The children of a health day: judged one by one in plain Python, and in columns; and their sheet, stored and turned into cases, beside bulk advances."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from time import perf_counter

from benchmarks import bench_roster
from benchmarks.errands import GIVEN
from benchmarks.harness import Line, fast_folder, interleave, seconds_each
from benchmarks.town import COUNTY, TOWNSHIP, Town
from careflow_healthcheck.judging import Measured, judge
from careflow_healthcheck.judging.bulk import Columns, judge_many
from careflow_healthcheck.program import PROGRAM
from workflow_core.access.grants import Actor, Grant
from workflow_core.engine import Engine
from workflow_core.records import enabling
from workflow_core.registry import Registry

CHILDREN = 20_000
DAY = date(2026, 10, 20)
STORED = 1_000
"""Children of a sheet, in each round."""
WHOLE = int(os.environ.get("CARE_BENCH_MEASURED", "10000"))
"""Children of the sheet that is stored once, in a process of its own: minutes where it is 100,000."""
MEMORY = 1024
"""MiB that the whole may need, at the most."""
HEADINGS = ("姓名", "身份证号", "身高", "体重", "收缩压", "舒张压", "左眼视力", "右眼视力", "体检日期")


def lines() -> Iterator[Line]:
    """The lines of this measurement."""
    yield from judging()
    yield from storing()


def judging() -> Iterator[Line]:
    """One by one, and in columns."""
    rows = children(CHILDREN)
    columns = Columns.of(rows)
    if list(judge_many(columns)) != [judge(*row) for row in rows]:
        raise RuntimeError("judging in bulk and judging one by one do not agree")
    found = interleave(
        {
            "one": lambda: seconds_each(lambda: [judge(*row) for row in rows], CHILDREN),
            "bulk": lambda: seconds_each(lambda: judge_many(columns), CHILDREN),
            "bulk with columns": lambda: seconds_each(lambda: list(judge_many(Columns.of(rows))), CHILDREN),
        }
    )
    one = found.typical("one")
    yield Line("health", f"judging {CHILDREN:,} children in columns", "one by one", found.typical("bulk"), one, found.ratio("one", "bulk"), at_least=20.0)
    both = found.ratio("one", "bulk with columns")
    yield Line("health", "the same, from rows and into findings", "one by one", found.typical("bulk with columns"), one, both)


def children(number: int) -> list[tuple[Measured, date | None, str | None, date]]:
    """Invented children of 5 to 19 years, some of whom were not measured in full; the same each time."""
    random = Random(7)

    def some(value: float) -> float | None:
        return None if random.random() < 0.02 else value

    def child() -> tuple[Measured, date | None, str | None, date]:
        age = random.uniform(5, 19)
        height = round(80 + 5.5 * age + random.gauss(0, 7), 1)
        weight = round((height / 100) ** 2 * random.gauss(17.5, 3), 1)
        measured = Measured(
            some(height), some(max(weight, 9.0)), some(random.randint(85, 140)), some(random.randint(45, 92)),
            some(random.randint(40, 53) / 10), some(random.randint(40, 53) / 10),
        )  # fmt: skip
        return measured, DAY - timedelta(days=round(age * 365.25)), random.choice(("male", "female")), DAY

    return [child() for _ in range(number)]


# -- The sheet, stored


def storing() -> Iterator[Line]:
    """Sheets turned into judged cases, beside as many bare advances, 200 in a commit."""
    with tempfile.TemporaryDirectory(dir=fast_folder()) as name:
        folder = Path(name)
        steps = steps_of(folder)
        prepared(folder, STORED)
        things = {"stored": lambda: stored(folder, STORED), "steps": lambda: seconds_each(lambda: steps(STORED), STORED)}
        found = interleave(things, rounds=3)
        ours, theirs = found.typical("stored"), found.typical("steps")
        yield Line("health", f"a sheet of {STORED:,} stored and judged: a child", "a bulk advance", ours, theirs, found.ratio("stored", "steps"), at_most=3)
        prepared(folder, WHOLE)
        before = seconds_each(lambda: steps(WHOLE), WHOLE)
        words = [sys.executable, "-m", __name__, str(folder), str(WHOLE)]
        done = subprocess.run(words, cwd=Path(__file__).parent.parent, capture_output=True, check=True, text=True)
        seconds, memory = map(float, done.stdout.split())
        each = seconds / WHOLE
        yield Line("health", f"a sheet of {WHOLE:,} stored and judged: a child", "a bulk advance", each, before, each / before, at_most=3)
        yield Line("health", "the same: memory", f"{MEMORY} MiB", None, None, memory / MEMORY, at_most=1, note=f"{memory:.0f} MiB")


def steps_of(folder: Path) -> Callable[[int], None]:
    """What takes so many steps of a small program, 200 in a commit, to and fro."""
    town = Town.made(str(folder / "steps.sqlite"), folder)
    refs = town.open(town.children(STORED))
    ways = count()

    def take(way: str) -> None:
        for _, said in town.engine.each(refs, lambda ref: town.engine.advance(town.teacher, ref, way, GIVEN)):
            if isinstance(said, Exception):
                raise said

    def step(number: int) -> None:
        for _ in range(number // len(refs)):
            take(("go", "back")[next(ways) % 2])

    return step


def prepared(folder: Path, number: int) -> None:
    """An office with so many children on file, and the sheet of their health day."""
    for old in folder.glob("empty.sqlite*"):
        old.unlink()
    town = Town.made(str(folder / "empty.sqlite"), folder)
    with town.db.write() as tx:
        enabling.enable(tx, PROGRAM, COUNTY, actor=town.boss, now=town.clock.now())
    town.close()
    bench_roster.sheet(folder / "roster.xlsx", number)
    bench_roster.take_in(folder / "empty.sqlite", folder / "roster.xlsx", dry_run=False)
    _sheet(folder / f"health-{number}.xlsx", folder / "roster.xlsx")


def stored(folder: Path, number: int) -> float:
    """Seconds for one child of the sheet, fed into a fresh copy of the office."""
    for old in folder.glob("office.sqlite*"):
        old.unlink()
    shutil.copy(folder / "empty.sqlite", folder / "office.sqlite")
    town = Town(str(folder / "office.sqlite"), folder)
    town.clock.instant = datetime(2026, 10, 21, 1, tzinfo=UTC)
    clinic = Actor("clinic", (Grant("clinic", "division", COUNTY, None, "2020-01-01", None),), False, account_id="boss")
    engine = Engine(town.db, Registry.of(PROGRAM), town.clock, training=False, papers=folder)
    before = perf_counter()
    report = engine.run_import(clinic, "healthcheck", folder / f"health-{number}.xlsx", division=TOWNSHIP, consent_on_file="2026-1")
    seconds = perf_counter() - before
    town.close()
    if len(report.refs) != number:
        raise RuntimeError(f"{len(report.refs)} of {number} children became cases")
    return seconds / number


def _sheet(path: Path, roster: Path) -> None:
    """The health day of everybody on a roster, all of it possible."""
    import xlsxwriter
    from python_calamine import CalamineWorkbook

    random = Random(11)
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        page = book.add_worksheet("体检")
        page.write_row(0, 0, HEADINGS)
        for place, row in enumerate(CalamineWorkbook.from_path(roster).get_sheet_by_index(0).iter_rows()):
            if place == 0:
                continue
            age = (DAY - date.fromisoformat(str(row[3]))).days / 365.25
            height = round(80 + 5.5 * age + random.gauss(0, 7), 1)
            weight = round(max(9.0, (height / 100) ** 2 * random.gauss(17.5, 2)), 1)
            pressure = (random.randint(90, 128), random.randint(48, 82))
            eyes = (random.choice((4.8, 5.0, 5.0, 5.1)), random.choice((5.0, 5.0, 5.1)))
            page.write_row(place, 0, (row[0], row[2], height, weight, *pressure, *eyes, DAY.isoformat()))


def main(folder: str, number: str) -> None:
    """Feed the sheet in, and print the seconds and the most memory it took, in MiB."""
    seconds = stored(Path(folder), int(number)) * int(number)
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024))


if __name__ == "__main__":
    main(*sys.argv[1:])
