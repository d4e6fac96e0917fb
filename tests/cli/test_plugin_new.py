"""``care plugin new``: what it writes is green, clean and typed at once; and a slip in it is found."""

from __future__ import annotations

import gettext
import re
import subprocess
import sys
import tomllib
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from mypy import api

from careflow_cli import scaffold
from tests.cli.helping import Care
from workflow_core.definition import API_VERSION
from workflow_core.errors import CareError

ROOT = Path(__file__).resolve().parents[2]
HERE = Path("careflow-home-visit")
PROGRAM = HERE / "careflow_home_visit/program.py"


@pytest.fixture
def made(care: Care) -> Path:
    """A new program, ``home_visit``."""
    care("plugin", "new", "home_visit", "--chinese", "入户走访")
    return HERE


# ------------------------------------------------------------------ what it says, what it refuses


def test_it_says_what_it_made_and_the_next_step(care: Care) -> None:
    """Every file that is there is told, and what to type now."""
    told = care("plugin", "new", "home-visit").out
    files = {path.relative_to(HERE).as_posix() for path in HERE.rglob("*") if path.is_file()}
    assert {line.split()[0] for line in told.splitlines() if line.startswith("  ")} - {"cd", "care", "python"} == files
    assert "careflow_home_visit/program.py  (the whole program, read from top to bottom)" in told
    assert told.splitlines()[-3:] == ["  cd careflow-home-visit", "  care plugin check careflow_home_visit/program.py", "  python -m pytest"]


def test_a_script_reads_the_same_as_json(care: Care, tmp_path: Path) -> None:
    """Name, folder, files, next steps."""
    told = care("plugin", "new", "home_visit", "--folder", tmp_path / "deep/er", "--json").json
    assert (told["name"], told["folder"]) == ("home_visit", str(tmp_path / "deep/er"))
    assert all((tmp_path / "deep/er" / file).is_file() for file in told["files"])
    assert told["next"][0] == f"cd {tmp_path / 'deep/er'}"


def test_it_speaks_chinese(care: Care) -> None:
    """What it says, and why it refuses."""
    told = care("--lang", "zh_CN", "plugin", "new", "home_visit").out
    assert "下一步" in told
    assert re.search("[一-龥]", care("--lang", "zh_CN", "plugin", "new", "home_visit", code=4).err)


@pytest.mark.parametrize("name", ["家访", "Home", "home visit", "1st", "class", "_home", "home__visit", "a" * 41, "../home", ""])
def test_what_is_no_name_is_refused(care: Care, name: str) -> None:
    """With what a name looks like; nothing is written."""
    told = care("plugin", "new", name, code=2).err
    assert "small letters, digits and underscores" in told
    assert not list(Path().iterdir())


@pytest.mark.parametrize("name", ["dropout_return", "dropout-return", "case", "plugin"])
def test_a_name_that_is_taken_is_refused(care: Care, name: str) -> None:
    """By a program that is installed, or by a command of care."""
    told = care("plugin", "new", name, code=4).err
    assert "is taken" in told
    assert "care plugin list" in told


def test_a_folder_that_is_there_is_left_alone(care: Care) -> None:
    """Also an empty one: it is somebody's."""
    HERE.mkdir()
    told = care("plugin", "new", "home_visit", code=4).err
    assert "is there already" in told
    assert "--folder" in told
    assert not list(HERE.iterdir())


def test_a_folder_that_cannot_be_made_is_told(care: Care) -> None:
    """And nothing is left beside it."""
    Path("file").write_text("")
    assert "nothing can be written" in care("plugin", "new", "home_visit", "--folder", "file/inside", code=2).err
    assert [path.name for path in Path().iterdir()] == ["file"]


def test_a_failure_half_way_leaves_nothing(care: Care, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of it or nothing."""

    def full(text: str) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(scaffold, "compiled", full)
    assert "No space left" in care("plugin", "new", "home_visit", code=2).err
    assert not list(Path().iterdir())


@pytest.mark.parametrize("title", ['a "quoted" one', "{{ x }}", "back\\slash"])
def test_a_title_that_would_be_code_is_refused(care: Care, title: str) -> None:
    """It stands in a template and in a catalogue."""
    assert "no title" in care("plugin", "new", "home_visit", "--chinese", title, code=2).err


def test_each_program_gets_a_prefix_of_its_own() -> None:
    """Also where the first letters are taken; and there are enough of them."""
    taken: set[str] = set()
    for _ in range(60):
        found = scaffold.naming("home_visit", "", taken=(), prefixes=taken).prefix
        assert re.fullmatch("[A-Z]{2,4}", found)
        assert found not in taken
        taken.add(found)
    assert "HV" in taken
    assert scaffold.naming("a", "", taken=(), prefixes=()).prefix == "AX"


@pytest.mark.parametrize(("version", "wanted"), [("0.1.0", ">=0.1,<0.2"), ("0.12.3", ">=0.12,<0.13"), ("1.4.0", ">=1.4,<2")])
def test_it_is_locked_to_the_versions_that_promise_the_same(version: str, wanted: str) -> None:
    """Before 1.0 a minor version may change what is promised."""
    assert scaffold.version_range(version) == wanted


# ------------------------------------------------------------------ what is written


def test_its_tests_are_green(made: Path) -> None:
    """As they are, without an installation, and with a warning counted as an error."""
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", "-W", "ignore:Module already imported so cannot be rewritten"]
    done = subprocess.run(words, cwd=made, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "9 passed" in done.stdout


def test_the_check_finds_nothing(made: Path) -> None:
    """Not even a warning."""
    done = subprocess.run(["care", "plugin", "check", "--strict", str(PROGRAM)], capture_output=True, text=True, check=False, env=_with_care())
    assert (done.returncode, done.stdout) == (0, "home_visit: nothing is wrong.\n")


def test_it_is_formatted_and_linted(made: Path) -> None:
    """By the rules that it brings."""
    for words in (["check", "--no-cache", "."], ["format", "--no-cache", "--check", "."]):
        done = subprocess.run([sys.executable, "-m", "ruff", *words], cwd=made, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


def test_every_text_of_it_is_chinese_too(made: Path) -> None:
    """Each msgid of the program, and no other, stands in the catalogue; what is compiled is what is written."""
    home = made / "careflow_home_visit/locale/zh_CN/LC_MESSAGES"
    with (home / "careflow_home_visit.po").open("rb") as file:
        written = {str(one.id): str(one.string) for one in read_po(file) if one.id}
    compiled = (home / "careflow_home_visit.mo").read_bytes()
    assert {str(one.id): str(one.string) for one in read_mo(BytesIO(compiled)) if one.id} == written
    assert gettext.GNUTranslations(BytesIO(compiled)).gettext("All is well") == "一切正常"
    program = PROGRAM.read_text("utf-8") + tomllib.loads((made / "pyproject.toml").read_text("utf-8"))["project"]["description"]
    assert [msgid for msgid in written if msgid not in program] == []
    said = set(re.findall(r'(?:ask|deny|Stage|Transition|Task|Document|Escalate)\((?:"\w+", |\s+"\w+",\s+|SUPERVISOR, )?"([^"]+)"', program))
    assert len(said) > 15
    assert said - set(written) == set()


def test_it_is_a_distribution_that_care_finds(made: Path, tmp_path: Path) -> None:
    """The wheel has the program, its template and its texts, and the entry point by which it is found."""
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)], cwd=made, check=True, capture_output=True)
    from zipfile import ZipFile

    with ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        names = set(wheel.namelist())
        points = wheel.read("careflow_home_visit-0.1.0.dist-info/entry_points.txt").decode()
    assert "[careflow.plugins]\nhome_visit = careflow_home_visit.program" in points
    inside = ("program.py", "py.typed", "templates/note.html.j2", "locale/zh_CN/LC_MESSAGES/careflow_home_visit.mo")
    assert {f"careflow_home_visit/{name}" for name in inside} <= names


def test_it_names_the_api_that_it_is_written_for(made: Path) -> None:
    """A newer engine knows what it gets; the distribution asks for versions that promise the same."""
    assert f"api={API_VERSION})" in PROGRAM.read_text("utf-8")
    project: dict[str, Any] = tomllib.loads((made / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["dependencies"] == ["careflow>=0.1,<0.2"]


def test_what_its_readme_tells_to_try_works(made: Path) -> None:
    """The training office of the README, to the question what keeps the case."""
    text = (made / "README.md").read_text("utf-8")
    block = text.split("## Trying it in a training office\n\n```sh\n")[1].split("```")[0]
    done = subprocess.run(["bash", "-e", "-c", block], cwd=made, capture_output=True, text=True, check=False, env=_with_care())
    assert done.returncode == 0, done.stderr
    assert "HV-26-00001: To be visited" in done.stdout
    assert "nobody has visited yet" in done.stdout


def test_the_hook_before_a_commit_runs_the_check(made: Path) -> None:
    """Its entry, as pre-commit would call it, is clean on what was written and red on a fault."""
    entry = re.findall(r"entry: (care .*)", (made / ".pre-commit-config.yaml").read_text("utf-8"))[0]
    assert subprocess.run(entry.split(), cwd=made, check=False, capture_output=True, env=_with_care()).returncode == 0
    PROGRAM.write_text(PROGRAM.read_text("utf-8").replace("transitions=[FINISH, FOLLOW, SETTLE]", "transitions=[FINISH, FOLLOW]"), "utf-8")
    assert subprocess.run(entry.split(), cwd=made, check=False, capture_output=True, env=_with_care()).returncode == 1


def _with_care() -> dict[str, str]:
    import os

    return {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


def test_the_chinese_title_is_the_english_one_where_none_is_said() -> None:
    """A title is never empty."""
    assert scaffold.naming("home_visit", "  ", taken=(), prefixes=()).chinese == "Home visit"
    with pytest.raises(CareError):
        scaffold.naming("home_visit", "$(rm)", taken=(), prefixes=())


# ------------------------------------------------------------------ mypy


class Slip(NamedTuple):
    """A mistake: what stands there, what is written instead, the file, and mypy's word for it."""

    right: str
    wrong: str
    code: str
    file: str = "careflow_{name}/program.py"


SLIPS = {
    "stage_misspelt": Slip("source=FOLLOWED, target=WELL", "source=FOLOWED, target=WELL", "name-defined"),
    "role_misspelt": Slip("FOLLOWED, target=WELL, by=SUPERVISOR", "FOLLOWED, target=WELL, by=SUPERVIZOR", "name-defined"),
    "field_of_another_type": Slip("SetField(R.outcome, V.outcome)", "SetField(R.outcome, V.met)", "arg-type"),
    "guard_of_another_record": Slip("def found_well(case: C)", "def found_well(case: Case[Visit, Policy])", "list-item"),
    "policy_field_misspelt": Slip("working_days(P.visit_days)", "working_days(P.vizit_days)", "attr-defined"),
    "guard_that_answers_bool": Slip("return None if visit and visit.outcome is Outcome.CONCERN else deny(", "return bool(visit) or deny(", "return-value"),
    "field_forgotten_in_a_test": Slip('met="the grandmother", ', "", "call-arg", "tests/test_program.py"),
}


@pytest.fixture(scope="module")
def told_by_mypy(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[str, int, str]]]:
    """What mypy --strict says of a scaffold with each slip alone in it, and of one with none: file, line and code, by slip. One run: it takes a while."""
    home, found = tmp_path_factory.mktemp("slips"), dict[str, list[tuple[str, int, str]]]()
    for name in (*SLIPS, "as_it_is"):
        scaffold.write(scaffold.naming(name, "", taken=(), prefixes=()), home / name)
        (home / name / "tests").rename(home / f"tests_{name}")
        (home / name / f"careflow_{name}").rename(home / f"careflow_{name}")
        found[name] = []
    for name, slip in SLIPS.items():
        path = home / _place(slip, name)
        text = path.read_text("utf-8")
        assert text.count(slip.right) == 1, name
        path.write_text(text.replace(slip.right, slip.wrong), "utf-8")
    flags = ["--config-file=", "--strict", "--python-version=3.11", "--namespace-packages", "--explicit-package-bases", "--no-error-summary", "--no-pretty"]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        patch.setenv("MYPYPATH", f"{home}:{ROOT}")
        said, complaint, _ = api.run([*flags, f"--cache-dir={home / 'cache'}", *(str(one) for one in home.glob("*_*/*.py"))])
    assert not complaint
    for line in said.splitlines():
        match = re.fullmatch(r"(?:careflow|tests)_(\w+)/(\w+\.py):(\d+): error: .* \[([\w-]+)\]", line)
        if match:
            found[match[1]].append((match[2], int(match[3]), match[4]))
        else:
            assert ": note: " in line, line
    return found


def _place(slip: Slip, name: str) -> str:
    return f"tests_{name}/test_program.py" if slip.file.startswith("tests/") else f"careflow_{name}/program.py"


def test_it_is_strictly_typed(told_by_mypy: dict[str, list[tuple[str, int, str]]]) -> None:
    """mypy --strict has nothing to say of the program and of its tests."""
    assert told_by_mypy["as_it_is"] == []


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_is_seen_by_mypy(name: str, told_by_mypy: dict[str, list[tuple[str, int, str]]]) -> None:
    """Each alone, in the file where it stands, as what it is."""
    assert {(file, code) for file, _, code in told_by_mypy[name]} == {(_place(SLIPS[name], name).split("/")[1], SLIPS[name].code)}
