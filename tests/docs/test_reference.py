"""The reference says what the code says, its examples run, and no text of ours names a command that is not there."""

from __future__ import annotations

import builtins
import inspect
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import pytest
from babel.messages.pofile import read_po

import workflow_core
from tests.checks.samples import findings
from tools import messages, reference
from tools.references import api, checks, commands, errors, hooks
from workflow_core import CalendarDay, Change, Message
from workflow_core.checks import CODES, check
from workflow_core.engine.delivering import SEND_SECONDS
from workflow_core.registry import Registry, hookspecs
from workflow_core.registry.hooks import SPECS
from workflow_core.registry.registry import PLUGIN_SECONDS

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(path.relative_to(ROOT / "docs/reference").as_posix() for path in (ROOT / "docs/reference").rglob("*.md"))


def read(name: str) -> str:
    return (ROOT / "docs/reference" / name).read_text(encoding="utf-8")


# -- What is generated -------------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(reference.pages()))
def test_a_page_is_what_the_code_says(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever changes the code makes the page anew: make reference."""
    monkeypatch.setenv("CARE_LANG", "en")
    assert read(name) == reference.pages()[name](), "make reference"


def test_no_page_is_left_over() -> None:
    """What nobody makes is not there."""
    assert set(PAGES) == set(reference.pages())


def test_a_difference_is_told_line_by_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """``check`` says which page and which lines."""
    monkeypatch.setattr(reference, "pages", lambda: {"hooks.md": lambda: read("hooks.md").replace("# Hooks", "# Crooks")})
    told = reference.differences()
    assert "-# Hooks" in told
    assert "+# Crooks" in told
    assert "docs/reference/commands.md is made by nobody" in told


@pytest.mark.parametrize("name", sorted(SPECS))
def test_a_hook_is_documented_with_its_real_signature(name: str) -> None:
    """Arguments and answer stand on the page as the specification has them."""
    signature = str(inspect.signature(getattr(hookspecs, name))).replace("'", "")
    assert f"def {name}{signature}: ..." in read("hooks.md")


@pytest.mark.parametrize("name", workflow_core.__all__)
def test_a_public_name_is_documented(name: str) -> None:
    """With a line of code, and with a sentence unless the line says it all."""
    part = read("program-api.md").split(f"\n### {name}\n")[1].split("\n### ")[0]
    assert f"\n{name}" in part or f"\nclass {name}" in part
    value = inspect.getattr_static(workflow_core.definition, name)
    if inspect.isclass(value) or inspect.isfunction(value):
        assert len(part.split("```")[2].strip()) > 10


def test_every_command_is_documented() -> None:
    """Each has a heading, and each option a row with a meaning."""
    text = read("commands.md")
    for words, command, _ in commands.commands():
        part = re.split(rf"^##+ {' '.join(words)}$", text, flags=re.M)[1].split("\n#")[0]
        for option in command.params:
            if isinstance(option, click.Option) and not option.hidden:
                row = next(line for line in part.splitlines() if line.startswith(f"| `{option.opts[0]}"))
                assert row.split(" | ")[1].strip(" |"), row


# -- Examples ----------------------------------------------------------------------------------------------------------------------------------------------


def use_programs(registry: Registry) -> None:
    assert [found.code for found in check(registry.program("reading"))] == ["stage_can_stall"]


def change(kind: str, transition: str | None) -> Change:
    at = datetime(2026, 7, 3, tzinfo=UTC)
    return Change("reading", "loan", "LN-26-00001", kind=kind, transition=transition, from_stage="lent", to_stage="back", at=at, actor="wang")


def use_veto(registry: Registry) -> None:
    assert [one.code for one in registry.veto(change("advanced", "clear"))] == ["school_holidays"]
    assert registry.veto(change("advanced", "return")) == []


def use_observe(registry: Registry) -> None:
    with pytest.MonkeyPatch.context() as patch:
        said: list[Any] = []
        patch.setattr("logging.Logger.info", lambda _, *given: said.append(given))
        registry.observe(change("noted", None))
    assert said == [("%s: %s", "LN-26-00001", "noted")]


def use_channels(registry: Registry) -> None:
    message = Message("k1", "school", "990101", "LN-26-00001", "A book is out", datetime(2026, 7, 3, tzinfo=UTC))
    registry.channels["notebook"].send(message)
    assert Path("messages.txt").read_text(encoding="utf-8") == "school: A book is out\n"


def use_calendar(registry: Registry) -> None:
    known: Sequence[CalendarDay] = registry.calendar("990101", 2026) or []
    assert [(one.working, one.school) for one in known if one.day in (date(2026, 5, 6), date(2026, 7, 6), date(2026, 5, 9))] == [
        (True, True), (False, False), (True, False),
    ]  # fmt: skip
    assert registry.calendar("110101", 2026) is None


USES = {
    "careflow_programs": use_programs,
    "careflow_veto": use_veto,
    "careflow_observe": use_observe,
    "careflow_channels": use_channels,
    "careflow_calendar": use_calendar,
}


@pytest.mark.parametrize("name", sorted(SPECS))
def test_the_example_of_a_hook_is_a_plugin_that_works(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Copied into a file it is loaded, and does what the page says of it."""
    monkeypatch.chdir(tmp_path)
    example = hooks.examples()[name]
    assert example in read("hooks.md")
    file = tmp_path / "example.py"
    file.write_text(example, encoding="utf-8")
    registry = Registry.discover(paths=[file], entry_points=False)
    assert not registry.failed, [one.text() for one in registry.failed.values()]
    assert [plugin.hooks for plugin in registry.plugins.values()] == [(name,)]
    USES[name](registry)


def test_every_hook_has_an_example_and_every_example_plugin_stands_with_its_hook() -> None:
    """No hook is without one that runs; what lies in docs/examples is shown whole where its hook is."""
    assert set(hooks.examples()) == set(SPECS)
    shown = {path for paths in hooks.plugins().values() for path in paths}
    assert shown == set((ROOT / "docs/examples").glob("*.py"))
    for name, paths in hooks.plugins().items():
        part = read("hooks.md").split(f"\n## {name}\n")[1].split("\n## ")[0]
        assert all(path.read_text(encoding="utf-8").strip() in part for path in paths)


def test_the_times_on_the_page_are_those_of_the_engine() -> None:
    """So long a plugin is waited for."""
    text = read("hooks.md")
    assert f"a veto, an observer, a calendar {PLUGIN_SECONDS:.0f} seconds, a channel {SEND_SECONDS:.0f} for each message" in text
    assert set(re.findall(r"longer than (\d+) seconds", text)) == {f"{PLUGIN_SECONDS:.0f}", f"{SEND_SECONDS:.0f}"}


@pytest.mark.parametrize("code", sorted(set(CODES) - set(checks.TRIED_ELSEWHERE)))
def test_the_examples_of_a_check_are_wrong_and_right(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As they stand on the page, after the page's own program: the wrong one has this fault and no other, the right one none."""
    example = checks.examples()[code]
    text = read("checks.md")
    assert checks.base().strip() in text
    for shown, wanted in ((example.wrong, {code}), (example.right, set())):
        assert f"```python\n{shown.strip()}\n```" in text
        space = file("reading", checks.base(), {}, monkeypatch)
        space = file("reading", shown, space, monkeypatch) if code in checks.HAND_MADE else file("example", shown, space, monkeypatch)
        found = findings(space["made"])
        assert {one.code for one in found} == wanted, [one.text() for one in found]


def file(name: str, source: str, imported: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What a file defines, beside what it imported; annotations are resolved through ``sys.modules``."""
    name = f"careflow_{name}"
    if imported.get("__name__") != name:
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
        vars(sys.modules[name]).update({key: value for key, value in imported.items() if isinstance(value, type)})
        vars(sys.modules[name])["__builtins__"] = {**vars(builtins), **imported}  # behind the file's own names: stages that it imports it does not define
    exec(compile(f"from __future__ import annotations\n{source}", name, "exec", dont_inherit=True), vars(sys.modules[name]))
    return vars(sys.modules[name])


# -- What texts name ---------------------------------------------------------------------------------------------------------------------------------------

SAID = re.compile(r"(?<![\w/.-])care((?:\s+(?:--?[\w-]+(?:=\S+)?|[\w.{}<>/…-]+))+)")
PROSE = re.compile(r"\bcare (?:of|for|that|and|is|program|programs|as|in|may|must)\b(?! (?:list|enable|disable|status|policy))|[Tt]ake care")
GLOBAL = {"--office": 1, "--now": 1, "--as": 1, "--plugin": 1, "--lang": 1, "--version": 0, "--help": 0}


def sentences() -> Iterator[tuple[str, str]]:
    """Every text that people read: of the code, its 中文, and the documentation."""
    for domain in messages.domains():
        with domain.po.open("rb") as file:
            for entry in read_po(file):
                texts = [entry.id, entry.string]
                for text in texts:
                    for one in text if isinstance(text, (tuple, list)) else [text]:
                        yield domain.po.name, str(one)
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("plugins/*/*.md")]:
        if path.name == "errors.md":
            continue  # the same texts as in the catalogue, several on one line
        for line in path.read_text(encoding="utf-8").splitlines():
            yield path.relative_to(ROOT).as_posix(), line


@cache
def tree() -> dict[tuple[str, ...], click.Command]:
    return {words[1:]: command for words, command, _ in commands.commands()}


def wrong_in(words: list[str]) -> str | None:
    """What is wrong with the words after ``care``: no such command, no such option; None where all is well or a placeholder decides."""
    at: tuple[str, ...] = ()
    words = list(words)
    while words and words[0].split("=")[0] in GLOBAL:
        first = words.pop(0)
        del words[: 0 if "=" in first else GLOBAL[first]]
    while words and isinstance(tree()[at], click.Group):
        word = words[0].rstrip(".,;:!?、。")
        if word != words[0] and (*at, word) not in tree():
            return None if not word else f"care {' '.join((*at, word))}"
        if not re.fullmatch(r"[a-z][a-z_-]*", word):
            return None  # NOUN, {program}, …
        if (*at, word) not in tree():
            return f"care {' '.join((*at, word))}"
        at = (*at, word)
        if word != words.pop(0):
            return None
    known = {name for option in tree()[at].params for name in (*option.opts, *option.secondary_opts)} | {"--help"}
    for word in words:
        name = word.split("=")[0].rstrip(".,;:!?、。")
        if name.startswith("--") and name not in known:
            return f"care {' '.join(at)} {name}"
    return None


def named(text: str) -> Iterator[list[str]]:
    """The words after each ``care`` that is the command."""
    for found in SAID.finditer(PROSE.sub("", text)):
        yield found[1].split()


def test_every_command_that_a_text_names_is_there() -> None:
    """A hint, a message, its translation or a page that says ``care …`` names a command, and options, that exist."""
    wrong = {f"{place}: {fault}" for place, text in sentences() for words in named(text) if (fault := wrong_in(words)) is not None}
    assert not wrong, "\n".join(sorted(wrong))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("see care case list", None),
        ("start it with `care program enable {program} --township {division}`", None),
        ("look: care --office {folder} office init", None),
        ("see `care cases list`", "care cases"),
        ("care case lists, then", "care case lists"),
        ("care case list --county 9901", "care case list --county"),
        ("take care of it; care programs are plugins", None),
    ],
)
def test_a_command_that_is_not_there_is_seen(text: str, fault: str | None) -> None:
    """The test above would see it."""
    assert [wrong_in(words) for words in named(text) if wrong_in(words)] == ([fault] if fault else [])


def links() -> Iterator[tuple[Path, str]]:
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("plugins/*/*.md")]:
        for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.S)):
            if "://" not in target:
                yield path, target


def slugs(path: Path) -> set[str]:
    found: dict[str, int] = {}
    for title in re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.S), flags=re.M):
        slug = re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
        found[slug] = found.get(slug, -1) + 1
    return {slug if n == 0 else f"{slug}-{n}" for slug, most in found.items() for n in range(most + 1)}


def test_every_link_of_the_documentation_leads_somewhere() -> None:
    """To a file that is there, and to a heading in it."""
    wrong = []
    for path, target in links():
        file, _, anchor = target.partition("#")
        there = (path.parent / file).resolve() if file else path
        if not there.exists() or (anchor and anchor not in slugs(there)):
            wrong.append(f"{path.relative_to(ROOT)}: {target}")
    assert not wrong, "\n".join(wrong)


def test_every_page_and_every_decision_is_in_its_list() -> None:
    """docs/index.md leads to every page, docs/decisions/README.md to every decision, by its title."""
    index = (ROOT / "docs/index.md").read_text(encoding="utf-8")
    pages = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    wanted = {page for page in pages if not page.startswith("decisions/") and page != "index.md"} | {"decisions/README.md"}
    assert {page for page in wanted if f"]({page})" not in index} == set()
    listed = (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")
    for path in sorted((ROOT / "docs/decisions").glob("0*.md")):
        number, title = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ").split(": ", 1)
        assert f"| [{number}]({path.name}) | {title} |" in listed


def test_the_packages_say_that_they_are_typed() -> None:
    """Without the mark an author's mypy would take every name of careflow for Any."""
    for package in (ROOT / "workflow_core", *(path.parent for path in ROOT.glob("plugins/*/careflow_*/program.py"))):
        assert (package / "py.typed").exists()


def test_every_error_has_a_message_that_could_be_read() -> None:
    """No code stands in the list without saying anything."""
    silent = {call.code for call in errors.calls() if call.called in errors.KINDS and not any(call.messages)}
    assert not silent
    assert {name for room in api.ROOMS for name in [room] if not (api.HOME / f"{name}.py").exists()} == set()


def test_one_code_ends_a_command_with_one_exit_code() -> None:
    """A script that reads the code knows the exit code, and the other way round."""
    kinds: dict[str, set[str]] = {}
    for call in errors.calls():
        if call.called in errors.KINDS:
            kinds.setdefault(call.code, set()).add(call.called)
    assert {code: sorted(called) for code, called in kinds.items() if len(called) > 1} == {}
