"""What a child's file says, in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from careflow_cli import titles
from workflow_core.i18n import N_, translate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflow_core.records.values import Cell

TITLES = {
    "ref": N_("Child"),
    "name": N_("Name"),
    "national_id": N_("ID number"),
    "sex": N_("Sex"),
    "born_on": N_("Birth date"),
    "village": N_("Village"),
    "address": N_("Address"),
    "division": N_("Division"),
    "ethnicity": N_("Ethnic group"),
    "school": N_("School"),
    "grade": N_("Grade"),
    "class_name": N_("Class"),
    "boards": N_("Boards"),
    "left_behind": N_("Who is away"),
    "hardship": N_("Hardship"),
    "guardian": N_("Guardian"),
    "guardian_kin": N_("Guardian's kinship"),
    "guardian_phone": N_("Guardian's telephone"),
    "father": N_("Father"),
    "father_phone": N_("Father's telephone"),
    "father_workplace": N_("Where the father works"),
    "mother": N_("Mother"),
    "mother_phone": N_("Mother's telephone"),
    "mother_workplace": N_("Where the mother works"),
    "status": N_("Status"),
    "note": N_("Note"),
    "provisional": N_("Identity open"),
    "version": N_("Version"),
}
_WORDS = {
    "male": N_("male"),
    "female": N_("female"),
    "both_away": N_("both parents"),
    "father_away": N_("the father"),
    "mother_away": N_("the mother"),
    "one_away": N_("one parent"),
    "none": N_("nobody"),
    "active": N_("active"),
    "moved": N_("moved away"),
    "of_age": N_("of age"),
    "died": N_("died"),
    "father": N_("Father"),
    "mother": N_("Mother"),
    "parent": N_("Parent"),
    "grandparent": N_("Grandparent"),
    "sibling": N_("Brother or sister"),
    "relative": N_("Relative"),
    "other": N_("Other"),
    "hardship": N_("yes"),
}
_CHOSEN = ("sex", "left_behind", "status", "guardian_kin")


def cells(values: Mapping[str, object]) -> dict[str, Cell]:
    """Values of ``--set``, a sheet or JSON as cells; labels are as good as names."""
    names = {translate(title).casefold(): name for name, title in TITLES.items()} | {title.casefold(): name for name, title in TITLES.items()}
    found: dict[str, Any] = {names.get(name.casefold(), name.replace("-", "_")): value for name, value in values.items()}
    return found


def shown(name: str, stored: object) -> str:
    """A field of a child's file as people read it."""
    if stored in (None, "", [], False):
        return ""
    if stored is True:
        return translate("yes")
    if name == "hardship" and isinstance(stored, list):
        return titles.listed(translate(_WORDS.get(str(one), str(one))) for one in stored)
    return translate(_WORDS.get(str(stored), str(stored))) if name in _CHOSEN else str(stored)
