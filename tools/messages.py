"""Keeps the catalogues of texts: what the code says, its 中文, and the compiled form that is read at run time.

usage: python tools/messages.py extract | missing | fill FILE | compile | check

extract   reads the code and writes each catalogue's .pot, .po and .mo; translations stay, new texts come in empty, texts no longer said go
missing   prints, as JSON, every text without 中文: {"text": "", …}
fill      takes such a file back, with the right-hand sides written, and compiles
compile   writes the .mo of each .po
check     fails, naming each, when a text is not in its .po, has no 中文, has other placeholders there, or when a .mo is not the compilation of its .po

The code is read, not run. A text is found where it stands literally in one of the calls listed in ``CALLS``, in ``hint=`` or ``help=`` of any call,
in a variable ``hint``, as a member of a Choice, or as a paragraph of a command's docstring. Any other text is marked with ``N_("…")``. click's own sentences
are ours to translate too.
"""

from __future__ import annotations

import ast
import io
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from inspect import cleandoc
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LANGUAGE = "zh_CN"
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)  # a fixed date: catalogues change when a text changes, not when somebody looks

CALLS: dict[str, tuple[tuple[int, ...], tuple[str, ...]]] = {
    **dict.fromkeys(("N_", "translate", "Label"), ((0,), ())),
    **dict.fromkeys(("CareError", "Refused", "Misused", "NotPermitted", "Conflict", "NotFound", "Damaged"), ((1,), ("message",))),
    "Problem": ((1, 3), ("message",)),
    **dict.fromkeys(("deny", "warn"), ((0, 1), ("reason",))),
    **dict.fromkeys(("Deny", "Warn"), ((0, 1), ("reason",))),
}
"""Which arguments of which calls are texts: positions, and keywords beside ``hint`` and ``help``."""
PROGRAM_CALLS: dict[str, tuple[tuple[int, ...], tuple[str, ...]]] = {
    "ask": ((0,), ("label", "unit")),
    **dict.fromkeys(("Role", "Party", "Stage", "Task", "Transition", "Document", "Register", "Listing"), ((1,), ("title",))),
    **dict.fromkeys(("Workflow", "Program", "Import", "Batch", "Routine"), ((1,), ("title",))),
    **dict.fromkeys(("Fact", "Consent"), ((1,), ("title", "unit"))),
    "Limit": ((1,), ("reason",)),
    "Column": ((0,), ("title",)),
    **dict.fromkeys(("Notify", "Escalate", "Refer"), ((1,), ("message", "reason"))),
    "Use": ((1,), ("purpose",)),
}
"""The same of the words that a definition is written in; another module may have a ``Column`` of its own."""
EVERYWHERE = ("hint", "help", "short_help")
OURS = ("workflow_core", "careflow_")
PLACEHOLDER = re.compile(r"\{(\w+)(?:![rsa])?\}")
OF_AUTHORS = re.compile(r"deprecated|decl|iterable|defined twice|No options defined|Arguments take|prog|stream|colour|Windows|Editing|UUID")
"""Sentences of click for who writes a command wrongly, or that we have no use for."""


@dataclass(frozen=True)
class Domain:
    """One catalogue: its name, the folder ``locale`` it lives in, and the code whose texts it holds."""

    name: str
    folder: Path
    sources: tuple[Path, ...]
    summary: str = ""

    @property
    def pot(self) -> Path:
        """The template: every text, untranslated."""
        return self.folder / f"{self.name}.pot"

    @property
    def po(self) -> Path:
        """The translation that people edit."""
        return self.folder / LANGUAGE / "LC_MESSAGES" / f"{self.name}.po"

    @property
    def mo(self) -> Path:
        """The translation that is read at run time."""
        return self.po.with_suffix(".mo")


def domains(root: Path = ROOT) -> list[Domain]:
    """The core's catalogue, and one for each program under ``plugins/``."""
    found = [Domain("careflow", root / "workflow_core/locale", (root / "workflow_core", root / "cli/careflow_cli"))]
    for project in sorted(root.glob("plugins/*/pyproject.toml")):
        about = tomllib.loads(project.read_text("utf-8"))["project"]
        package = project.parent / about["name"].replace("-", "_")
        found.append(Domain(package.name, package / "locale", (package,), about.get("description", "")))
    return found


def last_name(node: ast.expr) -> str:
    """``command`` of ``@case.command("open")``."""
    inner = node.func if isinstance(node, ast.Call) else node
    return inner.attr if isinstance(inner, ast.Attribute) else inner.id if isinstance(inner, ast.Name) else ""


@dataclass
class Reader(ast.NodeVisitor):
    """Collects the texts of one file; ``faults`` are texts that are put together, which no catalogue can hold."""

    place: str
    texts: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    foreign: set[str] = field(default_factory=set)

    def take(self, node: ast.expr | None) -> None:
        """Takes a literal text; anything that was computed elsewhere is marked there."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if node.value.strip():
                self.texts.append(node.value)
        elif isinstance(node, ast.IfExp):
            self.take(node.body)
            self.take(node.orelse)
        elif isinstance(node, ast.JoinedStr) or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod)):
            self.faults.append(f"{self.place}:{node.lineno}: a text that is put together cannot be translated: use {{placeholders}}")

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """Remembers under which name a listed call was imported, and names that are another library's: its ``Column`` has no label."""
        module = node.module or ""
        ours = node.level > 0 or module.startswith(OURS)
        definition = module == "workflow_core" or module.startswith("workflow_core.definition")
        known = {one.asname or one.name: one.name if ours and (definition or one.name not in PROGRAM_CALLS) else "" for one in node.names}
        self.names.update(known)

    def visit_Import(self, node: ast.Import) -> None:
        """Remembers modules that are another library's."""
        self.foreign.update((one.asname or one.name).split(".")[0] for one in node.names if not one.name.startswith(OURS))

    def visit_Assign(self, node: ast.Assign) -> None:
        """Takes a hint that is too long for the call's own line: ``hint = "…"`` above it."""
        if [one.id for one in node.targets if isinstance(one, ast.Name)] == ["hint"] and isinstance(node.value, ast.Constant):
            self.take(node.value)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        """Takes the texts among a call's arguments."""
        called = self.called(node.func)
        if isinstance(node.func, ast.Attribute) and node.func.attr == "UsageError" and node.args and isinstance(node.args[0], ast.Constant):
            self.take(node.args[0])  # click's, which a program's own commands raise: told in the reader's language where it is shown
        if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Attribute) and node.func.value.attr == "out":
            self.take_shown(node.func.attr, node)
        positions, keywords = CALLS.get(called) or PROGRAM_CALLS.get(called, ((), ()))
        for position in positions:
            if position < len(node.args):
                self.take(node.args[position])
        for keyword in node.keywords:
            if keyword.arg in keywords or keyword.arg in EVERYWHERE:
                self.take(keyword.value)
        self.generic_visit(node)

    def take_shown(self, how: str, node: ast.Call) -> None:
        """Takes what a program's own command shows by ``session.out``: a sentence, a table's headings, the names of facts."""
        first = node.args[0] if node.args else None
        if how in ("say", "tell"):
            self.take(first)
        elif how in ("table", "facts"):
            for one in first.elts if isinstance(first, ast.List) else ():
                self.take(one.elts[0] if isinstance(one, ast.Tuple) else one)
            for keyword in node.keywords:
                if keyword.arg == "empty":
                    self.take(keyword.value)

    def called(self, func: ast.expr) -> str:
        """The name of what is called, as its home calls it; empty for another library's."""
        if isinstance(func, ast.Name):
            return self.names.get(func.id, func.id)
        if isinstance(func, ast.Attribute) and not (isinstance(func.value, ast.Name) and func.value.id in self.foreign):
            return func.attr
        return ""

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """Takes the labels of a Choice."""
        if any(isinstance(base, ast.Name) and base.id == "Choice" for base in node.bases):
            for line in node.body:
                if isinstance(line, ast.Assign):
                    self.take(line.value)
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """Takes the help of a command: its docstring, each paragraph a text, unless the decorator says ``help=``."""
        marks = [mark for mark in node.decorator_list if last_name(mark) in ("command", "group")]
        if marks and not any(keyword.arg == "help" for mark in marks if isinstance(mark, ast.Call) for keyword in mark.keywords):
            paragraphs = cleandoc(ast.get_docstring(node) or "").partition("\f")[0].split("\n\n")
            self.texts += [" ".join(part.split()) for part in paragraphs if part.strip()]
        self.generic_visit(node)


def click_texts() -> dict[str, str]:
    """The sentences click says to a user: each with its plural, which is empty where it has none."""
    found: dict[str, str] = {}
    for path in sorted(Path(click.__file__).parent.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and last_name(node) in ("_", "ngettext"):
                said = [part.value for part in node.args[:2] if isinstance(part, ast.Constant) and isinstance(part.value, str)]
                if said and len(said[0]) > 1 and not OF_AUTHORS.search(said[0]):
                    found[said[0]] = (*said, "")[1]
    return found


PLURALS = {text: plural for text, plural in click_texts().items() if plural}


def read(domain: Domain, root: Path = ROOT) -> tuple[dict[str, list[str]], list[str]]:
    """Every text of a domain's code with the files that say it, and the faults found on the way."""
    texts: dict[str, list[str]] = {domain.summary: ["pyproject.toml"]} if domain.summary else {}
    faults: list[str] = []
    if any((source / "main.py").exists() for source in domain.sources):  # the command line, which speaks through click
        texts |= {text: ["click"] for text in click_texts()}
    for path in sorted(file for source in domain.sources for file in source.rglob("*.py")):
        place = path.relative_to(root).as_posix()
        reader = Reader(place)
        reader.visit(ast.parse(path.read_text("utf-8"), place))
        faults += reader.faults
        for text in reader.texts:
            places = texts.setdefault(text, [])
            if place not in places:
                places.append(place)
    return texts, faults


def wanted(root: Path = ROOT) -> Iterator[tuple[Domain, dict[str, list[str]], list[str]]]:
    """Each domain with its texts and faults; a program's catalogue leaves out what the core's already holds."""
    core: set[str] = set()
    for domain in domains(root):
        texts, faults = read(domain, root)
        yield domain, {text: places for text, places in texts.items() if text not in core}, faults
        core = core or set(texts)


def load(path: Path) -> Catalog:
    """A .po file, or an empty catalogue where there is none."""
    if path.exists():
        with path.open("rb") as file:
            return read_po(file, locale=LANGUAGE)
    return Catalog(locale=LANGUAGE)


def translations(catalogue: Catalog) -> dict[str, str]:
    """Text to translation, where there is one."""
    pairs = ((_first(entry.id), _first(entry.string)) for entry in catalogue if entry.id and not entry.fuzzy)
    return {text: said for text, said in pairs if said}


def _first(said: str | list[str] | tuple[str, ...] | None) -> str:
    return said if isinstance(said, str) else said[0] if said else ""


def save(domain: Domain, texts: dict[str, list[str]], known: dict[str, str]) -> None:
    """Writes .pot, .po and .mo of a domain: these texts, with the translations that are known."""
    domain.po.parent.mkdir(parents=True, exist_ok=True)
    for path, filled in ((domain.pot, {}), (domain.po, known)):
        catalogue = Catalog(
            locale=LANGUAGE if filled is known else None,
            project=domain.name,
            version="1",
            header_comment=f"# Texts of {domain.name}. Written by tools/messages.py; edit the translations only.",
            msgid_bugs_address="see README",
            creation_date=BEGINNING,
            revision_date=BEGINNING,
            last_translator="careflow",
            language_team="careflow",
            fuzzy=False,
        )
        for text, places in sorted(texts.items(), key=lambda one: (one[1], one[0])):
            said = filled.get(text, "")
            where = [(place, 0) for place in places]
            if text in PLURALS:
                catalogue.add((text, PLURALS[text]), (said,), locations=where)
            else:
                catalogue.add(text, said, locations=where)
        out = io.BytesIO()
        write_po(out, catalogue, width=160, include_lineno=False)
        path.write_bytes(out.getvalue())
    compile_domain(domain)


def compile_domain(domain: Domain) -> None:
    """Writes the .mo of a .po, without the entries that have no translation."""
    catalogue = load(domain.po)
    for entry in [entry for entry in catalogue if entry.id and not _first(entry.string)]:
        catalogue.delete(entry.id)
    with domain.mo.open("wb") as file:
        write_mo(file, catalogue)


def faults_of(domain: Domain, texts: dict[str, list[str]]) -> list[str]:
    """What is wrong with a domain's catalogues, each in one line."""
    po = load(domain.po)
    held = translations(po)
    name = domain.po.name
    found = [f"{name}: has no 中文: {text!r} ({', '.join(texts[text])})" for text in sorted(texts.keys() - held.keys())]
    found += [f"{name}: no longer said by the code: {text!r}" for text in sorted({_first(entry.id) for entry in po if entry.id} - texts.keys())]
    for text, translation in sorted(held.items()):
        if lost(text, translation):
            found.append(f"{name}: other placeholders in the 中文 of {text!r}: {translation!r}")
    return found + stale(domain)


def lost(text: str, translation: str) -> set[str]:
    """The placeholders that only one of the two has."""
    return set(PLACEHOLDER.findall(PLURALS.get(text, text))) ^ set(PLACEHOLDER.findall(translation))


def stale(domain: Domain) -> list[str]:
    """The complaint that a .mo is not what its .po says, or nothing."""
    if not domain.mo.exists():
        return [f"{domain.mo.name} is missing: run tools/messages.py extract"]
    with domain.mo.open("rb") as file:
        compiled = translations(read_mo(file))
    return [] if compiled == translations(load(domain.po)) else [f"{domain.mo.name} is not the compilation of {domain.po.name}: run tools/messages.py compile"]


def main(words: list[str], root: Path = ROOT) -> int:
    """Does what the words say; answers the exit code."""
    match words:
        case ["extract"]:
            for domain, texts, _ in wanted(root):
                save(domain, texts, translations(load(domain.po)))
                print(f"{domain.po.relative_to(root)}: {len(texts)} texts, {len(texts.keys() - translations(load(domain.po)).keys())} without 中文")
        case ["missing"]:
            empty = {text: "" for domain, texts, _ in wanted(root) for text in texts.keys() - translations(load(domain.po)).keys()}
            print(json.dumps(empty, ensure_ascii=False, indent=0))
        case ["fill", name]:
            given: dict[str, str] = json.loads(Path(name).read_text("utf-8"))
            for domain, texts, _ in wanted(root):
                save(domain, texts, translations(load(domain.po)) | {text: said for text, said in given.items() if text in texts and said})
        case ["compile"]:
            for domain in domains(root):
                compile_domain(domain)
        case ["check"]:
            found = [fault for domain, texts, faults in wanted(root) for fault in [*faults, *faults_of(domain, texts)]]
            print(*found, sep="\n", end="\n" if found else "")
            print(f"{len(found)} faults in the catalogues")
            return 1 if found else 0
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
