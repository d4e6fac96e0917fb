"""Administrative divisions by their official codes: 2, 4, 6, 9 or 12 digits for province, city, county, township, village.

A division's subtree is whatever begins with its code; ``""`` stands for the whole office.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, cast

from workflow_core.definition import Division
from workflow_core.errors import Misused, NotFound, Problem
from workflow_core.i18n import N_
from workflow_core.store import divisions as rows
from workflow_core.store.database import Row, Tx

Level: TypeAlias = Literal["province", "city", "county", "township", "village"]
LEVELS: Mapping[int, Level] = {2: "province", 4: "city", 6: "county", 9: "township", 12: "village"}
_LENGTHS = (12, 9, 6, 4, 2)
_MOST_PROBLEMS = 200
"""A file of another kind would fill the screen otherwise."""

_CODE_HEADINGS = {"code", "代码", "编码", "行政区划代码", "区划代码", "统计用区划代码"}
_NAME_HEADINGS = {"name", "名称", "单位名称", "行政区划名称", "区划名称"}


@dataclass(frozen=True)
class Imported:
    """What an import of divisions did."""

    added: int
    renamed: int
    unchanged: int


# ------------------------------------------------------------------ codes


def level_of(code: str) -> Level:
    """The level a code's length says.

    :raises KeyError: no code is that long.
    """
    return LEVELS[len(code)]


def ancestors(code: str) -> tuple[str, ...]:
    """The codes above, nearest first; not the whole office, and not the code itself."""
    return tuple(code[:length] for length in _LENGTHS if length < len(code))


def chain(code: str) -> tuple[str, ...]:
    """The code, those above it, and the whole office: where a setting is looked for, in this order."""
    return (code, *ancestors(code), "") if code else ("",)


def within(code: str, scope: str) -> bool:
    """Whether a division lies in another, or is it."""
    return code.startswith(scope)


def read_code(written: str) -> str | None:
    """A code as people write it, full-width digits and the zeros of 12-digit codes taken off; None where it is none."""
    code = "".join(unicodedata.normalize("NFKC", written).split()).lstrip("'")
    if not (code.isascii() and code.isdigit() and len(code) in LEVELS) or code.startswith("00"):
        return None
    if len(code) == 12:
        for length, shorter in ((12, 9), (9, 6), (6, 4), (4, 2)):
            if len(code) != length or code[shorter:].strip("0"):
                break
            code = code[:shorter]
    elif len(code) == 6 and code.endswith("0000"):
        code = code[:2]
    return code


# ------------------------------------------------------------------ the file


def parse(content: bytes) -> dict[str, str]:
    """The names by code of a CSV file ``code,name`` in UTF-8 or GB18030, with or without a heading; further columns are left out.

    :raises Misused: ``divisions_invalid``, with every wrong line.
    """
    text = _decoded(content)
    found: dict[str, str] = {}
    where: dict[str, int] = {}
    problems: list[Problem] = []
    code_at, name_at = 0, 1
    for n, cells in enumerate(csv.reader(io.StringIO(text), delimiter="\t" if "\t" in text.partition("\n")[0] else ","), 1):
        if not any(cell.strip() for cell in cells):
            continue
        if n == 1 and (columns := _columns(cells)) is not None:
            code_at, name_at = columns
            continue
        raw = cells[code_at] if len(cells) > code_at else ""
        code = raw if len(raw) == 9 and raw.isascii() and raw.isdigit() and raw[0] != "0" else read_code(raw)
        name = "".join(cells[name_at].split()) if len(cells) > name_at else ""
        if code is None:
            problems.append(Problem("code_invalid", N_("this is no division code"), f"{n}", N_("2, 4, 6, 9 or 12 digits, kept as text in the sheet")))
        elif not name:
            problems.append(Problem("name_missing", N_("the division has no name"), f"{n}"))
        elif found.setdefault(code, name) != name:
            problems.append(Problem("code_twice", N_("line {line} gives this code another name"), f"{n}", values={"line": where[code]}))
        else:
            where.setdefault(code, n)
    found = _without_zeros(found)
    if not found and not problems:
        problems.append(Problem("file_empty", N_("there is no division in the file"), hint=N_("a CSV file with the columns code,name is wanted")))
    _tell(problems)
    return found


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _invalid([Problem("encoding_unknown", N_("the file is neither UTF-8 nor GB18030"), hint=N_("save it as CSV UTF-8"))])


def _columns(cells: list[str]) -> tuple[int, int] | None:
    """Where code and name stand, when this is a line of headings."""
    words = [cell.strip().casefold() for cell in cells]
    code = next((at for at, word in enumerate(words) if word in _CODE_HEADINGS), None)
    name = next((at for at, word in enumerate(words) if word in _NAME_HEADINGS), None)
    return None if code is None or name is None else (code, name)


def _without_zeros(found: dict[str, str]) -> dict[str, str]:
    """Cities written with six digits (110100) are those of four, in a file that writes all of them so.

    A few cities have no counties: in the official list their townships hang under a county code that ends in 00, beside the city's own.
    """
    if any(len(code) == 4 for code in found):
        return found
    return {code[:4] if len(code) == 6 and code.endswith("00") else code: name for code, name in found.items()}


def _tell(problems: list[Problem]) -> None:
    if problems:
        raise _invalid(problems)


def _invalid(problems: list[Problem]) -> Misused:
    return Misused(
        "divisions_invalid",
        N_("the file of divisions has {count} wrong lines; nothing was taken from it"),
        problems=problems[:_MOST_PROBLEMS],
        count=len(problems),
    )


def take(tx: Tx, found: Mapping[str, str]) -> Imported:
    """Adds divisions and renames those whose name has changed. What the file does not name stays. Again changes nothing.

    :param found: what ``parse`` gave.
    :raises Misused: ``divisions_invalid``: a division lies in none that is known.
    """
    before = rows.known(tx)
    everywhere = before.keys() | found.keys()
    problems = []
    new, changed = [], []
    for code in sorted(found, key=len):
        parent = next((one for one in ancestors(code) if one in everywhere), None)
        if parent is None and len(code) > 2:
            above = {"above": ancestors(code)[0]}
            problems.append(Problem("parent_missing", N_("the division lies in none that is known"), code, N_("add a line for {above}"), above))
        elif code not in before:
            new.append({"code": code, "name": found[code], "parent": parent, "level": level_of(code)})
        elif before[code] != (found[code], parent):
            changed.append({"which": code, "new_name": found[code], "new_parent": parent, "new_level": level_of(code)})
    _tell(problems)
    rows.add(tx, new)
    rows.change(tx, changed)
    return Imported(len(new), len(changed), len(found) - len(new) - len(changed))


# ------------------------------------------------------------------ look-ups


def _division(row: Row) -> Division:
    return Division(row["code"], row["name"], cast(Level, row["level"]))


def get(tx: Tx, code: str) -> Division:
    """The division of a code.

    :raises NotFound: ``division_unknown``.
    """
    read = read_code(code)
    row = rows.one(tx, read) if read else None
    if row is None:
        raise NotFound("division_unknown", N_("there is no division {text}"), hint=N_("look for it: care division find NAME"), text=code)
    return _division(row)


def line(tx: Tx, code: str) -> tuple[Division, ...]:
    """The division and those it lies in, widest first."""
    return tuple(_division(row) for row in rows.line(tx, (code, *ancestors(code))))


def full_name(tx: Tx, code: str) -> str:
    """The names from the province down, as an address writes them; a city that is called like its county is said once."""
    names: list[str] = []
    for one in line(tx, code):
        if one.name not in names[-1:]:
            names.append(one.name)
    return "".join(names)


def below(tx: Tx, code: str) -> list[Division]:
    """What lies directly in a division, by code; the widest of all for ``""``."""
    return [_division(row) for row in rows.below(tx, code)]


def find(tx: Tx, text: str, *, inside: str = "", limit: int = 50) -> list[Division]:
    """Divisions by code or by any part of their name, widest first.

    :param inside: only in this division.
    """
    code = read_code(text)
    if code is not None:
        row = rows.one(tx, code)
        return [_division(row)] if row is not None and within(code, inside) else []
    part = "".join(unicodedata.normalize("NFKC", text).split())
    return [_division(row) for row in rows.named(tx, part, within=inside, limit=limit)] if part else []


def resolve(tx: Tx, text: str, *, inside: str = "", level: Level | None = None) -> Division:
    """The one division meant by a code or a name; a whole name goes before a part of one.

    :raises NotFound: ``division_unknown``, with the nearest name.
    :raises Misused: ``division_ambiguous``, with the codes.
    """
    found = [one for one in find(tx, text, inside=inside) if level in (None, one.level)]
    exact = [one for one in found if one.name == "".join(text.split())]
    if len(exact) == 1 or len(found) == 1:
        return (exact or found)[0]
    if found:
        codes = ", ".join(one.code for one in (exact or found)[:10])
        raise Misused("division_ambiguous", N_("{text} names several divisions"), hint=N_("give one of the codes: {codes}"), text=text, codes=codes)
    known = {row["name"]: row["code"] for row in rows.names(tx, inside)} if not re.search(r"\d", text) else {}
    close = difflib.get_close_matches(text, known, n=1, cutoff=0.6)
    if close:
        hint, near = N_("did you mean {close} ({division})?"), {"close": close[0], "division": known[close[0]]}
    else:
        hint, near = N_("look for it: care division find NAME"), {}
    raise NotFound("division_unknown", N_("there is no division {text}"), hint=hint, text=text, **near)


def outermost(codes: Iterable[str]) -> tuple[str, ...]:
    """The codes without those that lie in another of them."""
    kept: list[str] = []
    for code in sorted(set(codes)):
        if not kept or not code.startswith(kept[-1]):
            kept.append(code)
    return tuple(kept)
