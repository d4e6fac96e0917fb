"""What an author does on a machine of his own: careflow from its wheel, a new program, its tests, its types, its installation, its first case."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.docs.clean import ROOT, environment

DAY = """\
set -e
care plugin new five_ones --chinese 五个一
cd careflow-five-ones
python -m pytest -q -p no:cacheprovider
python -m mypy --no-incremental
care plugin check --strict careflow_five_ones/program.py
python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation .
cd ..
care plugin list
printf 'code,name\\n99,示范省\\n9901,示范市\\n990101,青溪县\\n990101100,高桥镇\\n' > divisions.csv
care --office office --now 2026-09-01T09:00 office init --training --divisions divisions.csv
at() { care --office office --now "$@"; }
at 2026-09-01T09:00 program enable five-ones --township 990101100
at 2026-09-01T09:00 child add --township 990101100 --set name=张小雨 --set sex=female --set born_on=2016-05-04
at 2026-09-01T09:10 case open five-ones C-000001
at 2026-09-02T09:00 task done FO-26-00001.visit --set visited_on=2026-09-02 --set met=奶奶 --set outcome=WELL
at 2026-09-02T09:10 --lang zh_CN case list --all
"""


@pytest.fixture(scope="module")
def around(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A clean environment with careflow's wheel."""
    return environment(tmp_path_factory.mktemp("clean"))


def test_a_new_program_closes_a_case_in_a_clean_environment(around: dict[str, str], tmp_path: Path) -> None:
    """Nothing of the repository is needed, nothing is fetched."""
    done = subprocess.run(["bash", "-c", DAY], cwd=tmp_path, env={**around, "HOME": str(tmp_path)}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    for line in ("9 passed", "Success: no issues found", "five_ones: nothing is wrong.", "five_ones  loaded", "FO-26-00001: Well", "正常"):
        assert line in done.stdout, done.stdout
    assert str(ROOT) not in done.stdout + done.stderr
