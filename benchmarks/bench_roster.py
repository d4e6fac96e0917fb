"""A county's roster: what judging and storing its rows takes, beside reading the sheet and beside bare inserts of the same rows."""

from __future__ import annotations

import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks import floor
from benchmarks.harness import Line, Rounds, fast_folder, interleave, seconds_each
from benchmarks.town import TOWNSHIP, Town
from workflow_core.records.imports import CHUNK, ImportReport, import_roster
from workflow_core.records.values import check_digit
from workflow_core.store.tables import METADATA

ROWS = 5_000
"""In each round; the whole is done once."""
WHOLE = 100_000
MEMORY = 500
"""MiB that the whole may need, at the most."""
HEADINGS = ("姓名", "性别", "身份证号", "出生日期", "学校", "年级", "班级", "村", "监护人", "与儿童关系", "联系电话")


def sheet(path: Path, rows: int) -> None:
    """A roster of so many invented children, every one in order."""
    import xlsxwriter

    first = date(2011, 9, 1)
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        page = book.add_worksheet("花名册")
        page.write_row(0, 0, HEADINGS)
        for n in range(rows):
            born, order = first + timedelta(days=n % 2000), n // 2000 * 2 + 1
            number = f"432801{born:%Y%m%d}{order:03d}"
            page.write_row(
                n + 1,
                0,
                (
                    f"张{chr(0x4E00 + n % 900)}{chr(0x5000 + n // 900)}",
                    "男",
                    number + check_digit(number),
                    born.isoformat(),
                    f"第{n % 7 + 1}中心小学",
                    n % 6 + 1,
                    n % 4 + 1,
                    f"第{n % 12 + 1}村",
                    f"李{chr(0x4E00 + n % 1800)}",
                    "祖母",
                    f"199{n % 10**8:08d}",
                ),
            )


def take_in(office: Path, path: Path, *, dry_run: bool) -> ImportReport:
    """The roster into an office."""
    town = Town(str(office), office.parent)
    try:
        report = import_roster(town.db, "boss", town.clock.now(), path, township=TOWNSHIP, dry_run=dry_run)
    finally:
        town.close()
    if report.imported != report.rows:
        raise AssertionError(f"{report.imported} of {report.rows} rows were taken")
    return report


def lines() -> Iterator[Line]:
    """The lines of this measurement."""
    with tempfile.TemporaryDirectory(dir=fast_folder()) as name:
        folder = Path(name)
        Town.made(str(folder / "empty.sqlite"), folder).close()
        sheet(folder / "roster.xlsx", ROWS)
        found = rounds(folder)
        yield Line("roster", "a row judged (--dry-run)", "python-calamine", found.typical("dry"), found.typical("read"), found.ratio("dry", "read"), at_most=6)
        yield Line("roster", "a row stored, on top of that", "bare inserts", found.typical("top"), found.typical("bare"), found.ratio("top", "bare"), at_most=3)
        sheet(folder / "whole.xlsx", WHOLE)
        read = seconds_each(lambda: read_alone(folder / "whole.xlsx"), WHOLE)
        for what, dry_run in (("judged", True), ("stored", False)):
            seconds, memory = _whole(folder, dry_run=dry_run)
            yield Line(
                "roster", f"{WHOLE:,} rows {what}: a row", "python-calamine", seconds / WHOLE, read, seconds / WHOLE / read, at_most=6 if dry_run else None
            )
            yield Line("roster", f"{WHOLE:,} rows {what}: memory", f"{MEMORY} MiB", None, None, memory / MEMORY, at_most=1, note=f"{memory:.0f} MiB")


def rounds(folder: Path) -> Rounds:
    """Reading the sheet, judging its rows, storing them, and the same rows by bare inserts."""
    roster, empty, office, copy = folder / "roster.xlsx", folder / "empty.sqlite", folder / "office.sqlite", folder / "copy.sqlite"
    kept: dict[str, Any] = {}

    def judged() -> float:
        kept["dry"] = seconds_each(lambda: take_in(empty, roster, dry_run=True), ROWS)
        return float(kept["dry"])

    def stored() -> float:
        _fresh(empty, office)
        return seconds_each(lambda: take_in(office, roster, dry_run=False), ROWS) - float(kept["dry"])

    def bare() -> float:
        if "rows" not in kept:
            kept["rows"] = new_rows(empty, office)
        _fresh(empty, copy)
        with closing(floor.bare_sqlite(str(copy))) as connection:
            return seconds_each(lambda: insert(connection, kept["rows"], -(-ROWS // CHUNK)), ROWS)

    things = {"read": lambda: seconds_each(lambda: read_alone(roster), ROWS), "dry": judged, "top": stored, "bare": bare}
    return interleave(things, always_forward=True)


def read_alone(path: Path) -> int:
    """What python-calamine takes to give every cell of the sheet."""
    from python_calamine import CalamineWorkbook

    return sum(len(row) for row in CalamineWorkbook.from_path(path).get_sheet_by_index(0).iter_rows())


def new_rows(before: Path, after: Path) -> list[tuple[str, list[tuple[Any, ...]]]]:
    """What an import wrote: for each table the INSERT and its rows."""
    found = []
    with closing(sqlite3.connect(before)) as old, closing(sqlite3.connect(after)) as new:
        for table in METADATA.sorted_tables:
            there = set(old.execute(f'SELECT * FROM "{table.name}"'))
            rows = [row for row in new.execute(f'SELECT * FROM "{table.name}"') if row not in there]
            if rows:
                found.append((f'INSERT OR REPLACE INTO "{table.name}" VALUES ({", ".join("?" * len(rows[0]))})', rows))
    return found


def insert(connection: sqlite3.Connection, tables: list[tuple[str, list[tuple[Any, ...]]]], commits: int) -> None:
    """Write the rows in so many transactions."""
    connection.execute("PRAGMA foreign_keys = OFF")  # the slices of two tables do not quite match; it makes the floor lower, not higher
    for part in range(commits):
        connection.execute("BEGIN IMMEDIATE")
        for statement, rows in tables:
            connection.executemany(statement, rows[len(rows) * part // commits : len(rows) * (part + 1) // commits])
        connection.execute("COMMIT")


def _fresh(empty: Path, path: Path) -> None:
    for old in path.parent.glob(f"{path.name}*"):
        old.unlink()
    shutil.copy(empty, path)


def _whole(folder: Path, *, dry_run: bool) -> tuple[float, float]:
    """Seconds and MiB that the whole takes in a process of its own."""
    _fresh(folder / "empty.sqlite", folder / "office.sqlite")
    words = [sys.executable, "-m", __name__, str(folder / "office.sqlite"), str(folder / "whole.xlsx"), "dry" if dry_run else "store"]
    done = subprocess.run(words, cwd=Path(__file__).parent.parent, capture_output=True, check=True, text=True)
    seconds, memory = map(float, done.stdout.split())
    return seconds, memory


def main(office: str, path: str, way: str) -> None:
    """Take a roster in, and print the seconds and the most memory it took, in MiB."""
    before = perf_counter()
    take_in(Path(office), Path(path), dry_run=way == "dry")
    print(perf_counter() - before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024))


if __name__ == "__main__":
    main(*sys.argv[1:])
