"""``settings.md``: what stands in care.toml, what the environment may say, where an office keeps what, and how a command ends."""

from __future__ import annotations

import ast
import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path

from careflow_cli import failure
from tools.references.markdown import document, first_sentence, prose, table, tick
from workflow_core.errors import CareError
from workflow_core.office import settings
from workflow_core.office.backup import COPIES

ROOT = Path(__file__).resolve().parents[2]
INTRO = """\
careflow is told little: a file of a few lines makes a folder an office; everything else (who may do what, where a program runs, a township's policy)
is kept in the office's database and changed by commands, so that it has a date and a name."""

VARIABLES = {
    "CARE_OFFICE": "the office's folder, where `--office` is not said; without both, the folder you are in or the nearest one above it with a care.toml",
    "CARE_LANG": "the language to speak, `en` or `zh_CN`; else `LC_ALL`, `LC_MESSAGES`, `LANG` decide; English where none is set",
    "CARE_POSTGRES_BIN": "where PostgreSQL's programs are, when they are neither on PATH nor where Debian keeps them",
    "CARE_EXAMPLES": "how many invented lives the longest property tests try",
    "CARE_FAULT_RUNS": "how many processes the fault tests kill",
    "CARE_FAULT_SEED": "the seed with which they choose when",
    "CARE_REQUIRE_POSTGRES": "`1`: the half of the tests that needs PostgreSQL fails instead of being skipped",
}
SAID = {"990101": {"bureau": "青溪县教育体育局", "phone": "0000-1234567", "contact": "基础教育股"}, "990101100": {"phone": "0000-7654321"}}
FILES = {
    settings.CONFIG: "the settings above; the file that makes a folder an office",
    settings.DATABASE: "the database, where care.toml names no other; beside it, while in use, the same name with `-wal` and `-shm`",
    settings.PAPERS + "/": "papers, and what the channel `file` has written (`messages.jsonl`)",
    settings.TEMPLATES + "/": "the office's own templates of papers, a folder for each program; `care document template accept` puts them there",
    COPIES + "/": "copies, where `care office backup` and `care office migrate` are not told another place",
    failure.LOG: "where in the code something broke; never a value, never a name",
}


def page() -> str:
    """The page."""
    shown = dataclasses.fields(settings.Settings)
    told = dict(_params(settings.Settings.__doc__ or ""))
    rows = []
    for one in shown:
        if one.name not in told:
            raise SystemExit(f"the docstring of Settings says nothing of {one.name}")
        default = one.default if one.default_factory is dataclasses.MISSING else one.default_factory()
        rows.append((tick(one.name), tick(str(one.type)), tick(repr(default)), told[one.name]))
    used = variables("workflow_core", "cli", "plugins")
    tests = variables("tests", "tools", "Makefile", ".ci/run") - used
    _same("environment variables", used | tests, set(VARIABLES))
    return document(
        "Settings",
        INTRO,
        "## care.toml\n\n`care office init` writes it. Anything else in it, or a value of another type, is told when the office is opened.",
        table(["setting", "type", "else", "meaning"], rows),
        "```toml\n" + settings.Settings(training=True, issuers=SAID).text() + "```",
        "## The office's folder\n\nOnly its owner may read it. `care office backup DIR` copies all of it into one file, also while others work.",
        table(["file", "what it holds"], [(tick(name), about) for name, about in FILES.items()]),
        "## The environment",
        table(["variable", "meaning"], [(tick(name), about) for name, about in VARIABLES.items() if name in used]),
        "Only for the tests of careflow itself:",
        table(["variable", "meaning"], [(tick(name), about) for name, about in VARIABLES.items() if name in tests]),
        "## Exit codes\n\nScripts may rely on them, as on the [codes of errors](errors.md).",
        table(["code", "meaning"], _codes()),
    )


def variables(*places: str) -> set[str]:
    """The environment variables that the code names."""
    found: set[str] = set()
    for place in places:
        path = ROOT / place
        if path.is_file():
            found |= set(re.findall(r"\bCARE_[A-Z_]+\b", path.read_text("utf-8")))
        for file in path.rglob("*.py") if path.is_dir() else ():
            if "references" not in file.parts:
                found |= {name for name in _read(file, only_asked=place in ("tests", "tools")) if re.fullmatch(r"CARE_[A-Z]+(_[A-Z]+)*", name)}
    return found


def _read(file: Path, *, only_asked: bool) -> Iterator[str]:
    """Every text of a file, or only those that the environment is asked for: ``os.environ.get("…")``."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "os.environ.get" and isinstance(node.args[0], ast.Constant):
            yield str(node.args[0].value)
        elif not only_asked and isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _params(doc: str) -> Iterator[tuple[str, str]]:
    for line in prose(doc).splitlines():
        found = re.match(r"- `(\w+)`: (.*)", line)
        if found:
            yield found[1], found[2]


def _same(what: str, found: set[str], described: set[str]) -> None:
    if found != described:
        raise SystemExit(f"tools/references/settings.py: {what}: {', '.join(sorted(found ^ described))} stand only in the code or only in the description")


def _codes() -> Iterator[tuple[int, str]]:
    yield 0, "Done."
    kinds = {kind.exit_code: kind for kind in CareError.__subclasses__()}
    for number, kind in sorted(kinds.items()):
        yield number, re.sub(r" \(exit \d\)", "", first_sentence(kind.__doc__)) + (" Also: some rows or cases of many were refused." if number == 1 else "")
    yield failure.QUIET_BREAK, "Stopped by Ctrl-C."
    yield failure.QUIET_PIPE, "Whoever read the output stopped reading (`| head`)."
