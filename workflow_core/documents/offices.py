"""How offices, schools and grades are called on paper, told from the names on file; an office's settings may say otherwise."""

from __future__ import annotations

from typing import Any

from workflow_core.errors import Problem, Refused
from workflow_core.i18n import N_

_GRADES = "一二三四五六七八九"


def grade_name(grade: int | None) -> str | None:
    """七年级 for 7; None where the grade is not known."""
    return f"{_GRADES[grade - 1]}年级" if grade is not None and 1 <= grade <= 9 else None


def class_name(name: str | None) -> str | None:
    """1班 for a file that says 1."""
    return f"{name}班" if name and not name.endswith("班") else name


def township_values(name: str) -> dict[str, Any]:
    """A township's fields. A 街道 is no 乡镇: it has a 街道办事处, and not the powers that 义务教育法 gives to a 乡镇人民政府."""
    street = name.endswith(("街道", "街道办事处"))
    government = name if name.endswith(("人民政府", "办事处")) else f"{name}办事处" if street else f"{name}人民政府"
    return {"name": name, "government": government, "is_street": street}


def county_values(name: str, *, bureau: str = "", court: str = "") -> dict[str, Any]:
    """A county's fields.

    :param bureau: its education bureau's official name, where it has another than 教育局 (教育体育局 …); :param court: the same of its court.
    """
    return {"name": name, "government": f"{name}人民政府", "bureau": bureau or f"{name}教育局", "court": court or f"{name}人民法院"}


def home_address(township: str, village: str, address: str) -> str:
    """Township, village and address as one, nothing said twice: files have the whole address, or only the house."""
    if township and township in address:
        return address
    if village and village in address:
        return f"{township}{address}"
    return f"{township}{village}{address}"


def check_issuer(name: str, level: str) -> None:
    """Whoever issues a paper has an official name: no number is spent on a paper that nobody can be found by.

    :param level: ``school``, ``township`` or ``county``.
    :raises Refused: ``issuer_unnamed``.
    """
    if not name.strip():
        hint = N_("complete the school's file: `care place edit`") if level == "school" else N_("complete the office's settings: [issuers] in care.toml")
        raise Refused("issuer_unnamed", N_("whoever issues this paper has no official name on file"), hint=hint, level=level)


def incomplete(values: dict[str, Any], needed: tuple[str, ...]) -> list[Problem]:
    """Fields that a paper should not be signed without, and that are empty: told as warnings, since a person may fill them in by hand."""
    empty = []
    for path in needed:
        value: Any = values
        for name in path.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        if value in (None, "", [], {}):
            hint = N_("complete the file, or fill it in by hand")
            empty.append(Problem("field_empty", N_("{field} is not known"), path, hint, {"field": path}))
    return empty
