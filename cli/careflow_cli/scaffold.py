"""A new program's distribution, written from the files of ``new_plugin``: they lie here, so that they cannot drift from what they are written for."""

from __future__ import annotations

import ast
import keyword
import os
import re
import shutil
import struct
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from string import Template

from workflow_core.errors import Conflict, Misused
from workflow_core.i18n import N_

SOURCE = Path(__file__).parent / "new_plugin"
SUFFIX = ".tmpl"
MOST = 40
"""So long a name may be: it stands in commands that people type."""

TELLING = {
    "pyproject.toml": N_("the distribution, locked to this version of careflow"),
    "README.md": N_("how to work on it, and how to try it"),
    "program.py": N_("the whole program, read from top to bottom"),
    "note.html.j2": N_("a paper"),
    "test_program.py": N_("its tests: the life of a case, with a clock that moves"),
    "check.yml": N_("the same checks for every push"),
    ".pre-commit-config.yaml": N_("the same checks before every commit"),
}
"""What the files are, by their names; the others speak for themselves. The catalogue is told by its suffix."""
CATALOGUE = N_("its Chinese texts")


@dataclass(frozen=True)
class Naming:
    """What a new program is called everywhere.

    :param name: ``home_visit``, as in ``careflow_home_visit`` and ``Program("home_visit", …)``.
    :param chinese: its title in Chinese.
    :param prefix: of its cases' references.
    """

    name: str
    chinese: str
    prefix: str

    @property
    def title(self) -> str:
        """Its title: a msgid."""
        return self.name.replace("_", " ").capitalize()

    @property
    def command(self) -> str:
        """As it is typed: ``home-visit``."""
        return self.name.replace("_", "-")

    def values(self) -> dict[str, str]:
        """What the placeholders of the files stand for."""
        from workflow_core.definition import API_VERSION
        from workflow_core.testing import KIT_VERSION

        return {
            "name": self.name,
            "command": self.command,
            "package": f"careflow_{self.name}",
            "distribution": f"careflow-{self.command}",
            "title": self.title,
            "chinese": self.chinese,
            "prefix": self.prefix,
            "summary": f"{self.title}: visits at home, and what is wrong is followed up",
            "range": version_range(metadata.version("careflow")),
            "api": str(API_VERSION),
            "kit": str(KIT_VERSION),
        }


def naming(written: str, chinese: str, *, taken: Collection[str], prefixes: Collection[str]) -> Naming:
    """What a name means, once it is one and is free.

    :param written: as it was typed: ``home_visit`` or ``home-visit``.
    :param chinese: the title in Chinese; the English one where empty.
    :param taken: names of programs, plugins and commands that are there, in snake_case; :param prefixes: those of their cases.
    :raises Misused: ``plugin_name_invalid``, ``plugin_title_invalid``. :raises Conflict: ``plugin_name_taken``.
    """
    name = written.strip().replace("-", "_")
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name) or keyword.iskeyword(name) or len(name) > MOST:
        hint = N_("small letters, digits and underscores, at most {most}, a letter first: home_visit")
        raise Misused("plugin_name_invalid", N_("{name} is no name for a program"), hint=hint, name=written, most=MOST)
    if name in taken or find_spec(f"careflow_{name}") is not None:
        hint = N_("choose another name; see which there are: care plugin list")
        raise Conflict("plugin_name_taken", N_("the name {name} is taken"), hint=hint, name=name)
    if re.search(r"""["'\\{}%<>$\r\n]""", chinese):
        hint = N_("letters, Chinese characters and ordinary punctuation, without quotes and brackets of code")
        raise Misused("plugin_title_invalid", N_("this is no title for a program"), hint=hint)
    made = Naming(name, chinese.strip(), _prefix(name, prefixes))
    return made if made.chinese else Naming(name, made.title, made.prefix)


def _prefix(name: str, taken: Collection[str]) -> str:
    """Two or three capital letters for the references of cases: the words' first letters, else others of the name, that nobody has yet."""
    letters = [*(word[0] for word in name.split("_") if word[0].isalpha()), *(sign for sign in name[1:] if sign.isalpha())]
    first = "".join(letters[:2]).upper().ljust(2, "X")
    return next(one for one in _candidates(first, "".join(letters).upper() + "ABCDEFGHIJKLMNOPQRSTUVWXYZ") if one not in taken)


def _candidates(first: str, others: str) -> Iterator[str]:
    yield first
    yield from (first[0] + one for one in others)
    yield from (first + one for one in others)
    yield from (first + one + other for one in others for other in others)


def version_range(version: str) -> str:
    """From this version up to the next that may change what is promised: ``>=0.1,<0.2``, ``>=1.4,<2``."""
    major, minor = (int(part) for part in version.split(".")[:2])
    return f">=0.{minor},<0.{minor + 1}" if major == 0 else f">={major}.{minor},<{major + 1}"


def write(what: Naming, folder: Path) -> list[str]:
    """Writes the distribution: all of it, or nothing.

    :returns: the files, as paths inside the folder.
    :raises Conflict: ``plugin_folder_exists``. :raises Misused: ``folder_unwritable``.
    """
    if folder.exists() or folder.is_symlink():
        hint = N_("choose another with --folder; nothing was changed")
        raise Conflict("plugin_folder_exists", N_("{folder} is there already"), hint=hint, folder=str(folder))
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            written = _written(what, beside)
            beside.chmod(0o777 & ~_umask())
            beside.rename(folder)
        except BaseException:
            shutil.rmtree(beside, ignore_errors=True)
            raise
    except OSError as error:
        reason = error.strerror or type(error).__name__
        message, hint = N_("nothing can be written to {folder} ({reason})"), N_("choose a folder of your own")
        raise Misused("plugin_folder_unwritable", message, hint=hint, folder=str(folder), reason=reason) from None
    return written


def _written(what: Naming, folder: Path) -> list[str]:
    values, written = what.values(), list[str]()
    for source in sorted(SOURCE.rglob(f"*{SUFFIX}")):
        inside = source.relative_to(SOURCE).as_posix().removesuffix(SUFFIX).replace("NAME", what.name)
        inside = re.sub(r"(^|/)dot-", r"\1.", inside)
        text = Template(source.read_text("utf-8")).substitute(values)
        target = folder / inside
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")
        written.append(inside)
        if target.suffix == ".po":
            target.with_suffix(".mo").write_bytes(compiled(text))
            written.append(inside.removesuffix(".po") + ".mo")
    return sorted(written)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


_ENTRY = re.compile(r'^msgid (".*")\nmsgstr (".*")$', re.M)


def compiled(catalogue: str) -> bytes:
    """A catalogue of one-line texts, compiled as gettext reads it: the tool that does so is needed by those who change it, not by those who begin."""
    entries = sorted((ast.literal_eval(found[1]).encode(), ast.literal_eval(found[2]).encode()) for found in _ENTRY.finditer(catalogue))
    header, keys, texts = 7 * 4, b"", b""
    wheres: list[tuple[int, int, int, int]] = []
    for key, text in entries:
        wheres.append((len(key), len(keys), len(text), len(texts)))
        keys, texts = keys + key + b"\0", texts + text + b"\0"
    first, second = header, header + 8 * len(entries)
    data = second + 8 * len(entries)
    table = b"".join(struct.pack("<2I", size, data + at) for size, at, _, _ in wheres)
    table += b"".join(struct.pack("<2I", size, data + len(keys) + at) for _, _, size, at in wheres)
    return struct.pack("<7I", 0x950412DE, 0, len(entries), first, second, 0, 0) + table + keys + texts
