"""A county's nominations, checked, drawn and put on the list, beside as many bare advances, 200 in a commit."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from time import perf_counter

from benchmarks.bench_health import steps_of
from benchmarks.bench_roster import take_in
from benchmarks.harness import Line, fast_folder, interleave, seconds_each
from benchmarks.town import COUNTY, TOWNSHIP, Town
from careflow_camp.program import PROGRAM
from workflow_core.access.grants import Actor, Grant
from workflow_core.engine import Engine
from workflow_core.records import enabling
from workflow_core.records.policies import policy_set
from workflow_core.records.values import check_digit
from workflow_core.registry import Registry

FEW = 1_000
"""Nominations in each round."""
WHOLE = int(os.environ.get("CARE_BENCH_MEASURED", "10000"))
"""Nominations that are taken once, in a process of their own: minutes where they are 100,000."""
MEMORY = 1024
"""MiB that the whole may need, at the most."""
SCHOOLS = 50
SECRET, PUBLIC = "5e" * 32, "03081217263109"


def lines() -> Iterator[Line]:
    """The lines of this measurement."""
    with tempfile.TemporaryDirectory(dir=fast_folder()) as name:
        folder = Path(name)
        steps = steps_of(folder)
        prepared(folder, FEW)
        found = interleave({"camp": lambda: held(folder, FEW), "steps": lambda: seconds_each(lambda: steps(FEW), FEW)}, rounds=3)
        ours, theirs = found.typical("camp"), found.typical("steps")
        what = f"{FEW:,} nominations checked, drawn and put on the list: one"
        yield Line("camp", what, "a bulk advance", ours, theirs, found.ratio("camp", "steps"), at_most=3)
        prepared(folder, WHOLE)
        before = seconds_each(lambda: steps(WHOLE), WHOLE)
        words = [sys.executable, "-m", __name__, str(folder), str(WHOLE)]
        done = subprocess.run(words, cwd=Path(__file__).parent.parent, capture_output=True, check=True, text=True)
        each, memory = map(float, done.stdout.split())
        what = f"{WHOLE:,} nominations checked, drawn and put on the list: one"
        yield Line("camp", what, "a bulk advance", each, before, each / before, at_most=3)
        yield Line("camp", "the same: memory", f"{MEMORY} MiB", None, None, memory / MEMORY, at_most=1, note=f"{memory:.0f} MiB")


def prepared(folder: Path, number: int) -> None:
    """An office with so many left-behind children of many schools on file, and the sheet that nominates them all."""
    for old in folder.glob("empty.sqlite*"):
        old.unlink()
    town = Town.made(str(folder / "empty.sqlite"), folder)
    with town.db.write() as tx:
        enabling.enable(tx, PROGRAM, COUNTY, actor=town.boss, now=town.clock.now())
        policy_set(tx, PROGRAM, COUNTY, {"reserve_percent": 500}, actor=town.boss, now=town.clock.now())
    town.close()
    _sheets(folder, number)
    take_in(folder / "empty.sqlite", folder / "children.xlsx", dry_run=False)


def held(folder: Path, number: int) -> float:
    """Seconds for one nomination: the sheet fed into a fresh copy of the office, the list frozen, everybody drawn and on the list."""
    for old in folder.glob("office.sqlite*"):
        old.unlink()
    shutil.copy(folder / "empty.sqlite", folder / "office.sqlite")
    town = Town(str(folder / "office.sqlite"), folder)
    engine = Engine(town.db, Registry.of(PROGRAM), town.clock, training=False, papers=folder)
    grants = tuple(Grant(role, "division", COUNTY, None, "2020-01-01", None) for role in ("education_bureau", "school"))
    bureau = Actor("bureau", grants, False, account_id="boss")
    first = date(2027, 7, 10)
    out = town.clock.now().date() + timedelta(days=1)
    said = {"starts_on": first.isoformat(), "ends_on": (first + timedelta(days=2)).isoformat(), "seats": number // 4,
            "public_source": "体彩大乐透第27070期开奖号码", "public_on": out.isoformat()}  # fmt: skip
    edition = engine.open(bureau, "camp.edition", COUNTY, said).ref
    engine.advance(bureau, edition, "announce")
    engine.run_batch(bureau, "camp", "allot", {}, case=edition)
    engine.do_task(bureau, f"{edition}.commit", {"commitment": sha256(SECRET.encode()).hexdigest()})
    engine.advance(bureau, edition, "open")
    before = perf_counter()
    report = engine.run_import(bureau, "camp", folder / f"nominations-{number}.xlsx", division=TOWNSHIP)
    engine.advance(bureau, edition, "close_nominations")
    town.clock.instant += timedelta(days=1)
    done = engine.run_batch(bureau, "camp", "draw", {"secret": SECRET, "public_value": PUBLIC}, case=edition)
    seconds = perf_counter() - before
    town.close()
    if (report.opened, done.counts["refused"], done.summary["drawn"]) != (number, 0, number):
        raise RuntimeError(f"{report.opened} of {number} children were nominated, {done.summary['drawn']} drawn")
    return seconds / number


def _sheets(folder: Path, number: int) -> None:
    import xlsxwriter

    first = date(2015, 9, 1)
    with (
        xlsxwriter.Workbook(folder / "children.xlsx", {"constant_memory": True}) as children,
        xlsxwriter.Workbook(folder / f"nominations-{number}.xlsx", {"constant_memory": True}) as nominations,
    ):
        roster, rows = children.add_worksheet("花名册"), nominations.add_worksheet("推荐名单")
        roster.write_row(0, 0, ("姓名", "性别", "身份证号", "学校", "年级", "留守情况", "监护人", "与儿童关系"))
        rows.write_row(0, 0, ("姓名", "身份证号", "父母外出月数"))
        for n in range(number):
            born, order = first + timedelta(days=n % 1000), n // 1000 * 2 + 1
            digits = f"432801{born:%Y%m%d}{order:03d}"
            name, mine = f"张{chr(0x4E00 + n % 900)}{chr(0x5000 + n // 900)}", digits + check_digit(digits)
            school = f"第{n % SCHOOLS + 1}小学"
            roster.write_row(n + 1, 0, (name, "男", mine, school, n % 4 + 3, "父母双方外出", f"李{chr(0x4E00 + n % 1800)}", "祖母"))
            rows.write_row(n + 1, 0, (name, mine, n % 24))


def main(folder: str, number: str) -> None:
    """Hold it, and print the seconds for one nomination and the most memory it took, in MiB."""
    each = held(Path(folder), int(number))
    print(each, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024))


if __name__ == "__main__":
    main(*sys.argv[1:])
