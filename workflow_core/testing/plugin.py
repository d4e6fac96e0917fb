"""What pytest gets by the entry point ``pytest11``: the fixture ``scenario``, the option ``--care-database``, and red tests that explain themselves.

Only pytest is imported here: whoever has careflow installed and tests something else does not wait for it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from workflow_core.testing.postgres import Cluster
    from workflow_core.testing.scenario import NewScenario, Scenario

MISSING = "PostgreSQL's programs (initdb, pg_ctl) or its driver (psycopg) were not found"
_MADE = pytest.StashKey[list["Scenario"]]()
_KINDS = {"sqlite": ["sqlite"], "postgresql": ["postgresql"], "both": ["sqlite", "postgresql"]}


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--care-database``."""
    group = parser.getgroup("careflow")
    group.addoption(
        "--care-database",
        choices=sorted(_KINDS),
        default="sqlite",
        help="on which databases scenarios are played; PostgreSQL where its programs are found (CARE_POSTGRES_BIN names their folder)",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each test that plays a scenario runs once for each kind of database."""
    kinds = _KINDS[metafunc.config.getoption("--care-database")]
    if "care_database" in metafunc.fixturenames and kinds != ["sqlite"]:
        metafunc.parametrize("care_database", kinds, indirect=True)


@pytest.fixture(scope="session")
def care_cluster() -> Iterator[Cluster]:
    """The run's PostgreSQL server; tests that need it are skipped where its programs are missing, and fail with ``CARE_REQUIRE_POSTGRES=1`` or in CI."""
    from workflow_core.testing import postgres

    found = postgres.programs()
    if found is None:
        if postgres.required():
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    with postgres.running(found) as server:
        yield server


@pytest.fixture(scope="session")
def care_emptied(care_cluster: Cluster) -> Iterator[Callable[[], str]]:
    """Empties this worker's PostgreSQL database, and gives its address."""
    from workflow_core.testing import postgres

    with postgres.emptied(care_cluster) as empty:
        yield empty


@pytest.fixture
def care_database(request: pytest.FixtureRequest) -> str | None:
    """The address of a database with empty tables; None for a SQLite file that the scenario makes itself."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return None
    empty: Callable[[], str] = request.getfixturevalue("care_emptied")
    return empty()


@pytest.fixture
def scenario(request: pytest.FixtureRequest, care_database: str | None, tmp_path: Path) -> Iterator[NewScenario]:
    """Makes a scenario with these programs: ``scenario(PROGRAM)``. When the test is over its chains are verified, and it is closed."""
    from workflow_core.testing.scenario import Scenario

    made: list[Scenario] = request.node.stash.setdefault(_MADE, [])

    def make(*programs: Any, **how: Any) -> Scenario:
        if made:
            raise RuntimeError("a test plays one scenario, whatever the database: name all programs in one call, or make another with Scenario(…)")
        folder = tmp_path / f"scenario{len(made)}"
        folder.mkdir()
        made.append(Scenario(*programs, **{"database": care_database, "folder": folder, **how}))
        return made[-1]

    yield make
    for one in made:
        try:
            one.verify()
        finally:
            one.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A red test tells of the cases it touched, unless the error has told it already."""
    report = yield
    made = item.stash.get(_MADE, [])
    if report.failed and call.when == "call" and made and not getattr(getattr(call.excinfo, "value", None), "__notes__", None):
        for n, one in enumerate(made, 1):
            if one.lives:
                report.sections.append((f"the cases of the scenario{f' {n}' if len(made) > 1 else ''}", _told(one)))
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says it loudly when one half of the databases was not tested."""
    missed = [report for report in terminalreporter.stats.get("skipped", []) if MISSING in str(report.longrepr)]
    if missed:
        terminalreporter.section("NOT TESTED ON POSTGRESQL", sep="!", red=True, bold=True)
        terminalreporter.line(f"{len(missed)} tests were skipped: {MISSING}. CARE_REQUIRE_POSTGRES=1 makes this an error.", red=True)


def pytest_report_header(config: pytest.Config) -> str:
    """The version of the kit, and the databases."""
    from workflow_core.testing import KIT_VERSION

    return f"careflow test kit: {KIT_VERSION}, scenarios on {' and '.join(_KINDS[config.getoption('--care-database')])}"


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """``assert case.stage is DONE``: where it stands instead, and what keeps it there."""
    cases = sys.modules.get("workflow_core.testing.cases")
    if cases is None or op not in ("is", "=="):
        return None
    from workflow_core.definition import Stage

    if not (isinstance(left, Stage) and isinstance(right, Stage)):
        return None
    lines = [f"{left.name} {op} {right.name}"]
    life = cases.last_looked[0]() if cases.last_looked else None
    try:
        if life is not None and life.workflow.stage(life.shown.row.stage) in (left, right):
            lines += life.told().splitlines()
    except Exception as error:  # the office is closed already: the test's own failure is what counts
        lines.append(f"the case cannot be told any more: {error}")
    return lines


def _told(one: Scenario) -> str:
    """What a scenario tells; what goes wrong while it is told must not hide why the test is red."""
    try:
        return one.told()
    except Exception as error:
        return f"they cannot be told: {type(error).__name__}"
