"""What is asked at the terminal when a child's file is made by hand."""

from __future__ import annotations

from datetime import date

from workflow_core import ask, form


@form
class NewChild:
    """The fields that a file should not be without; the rest is set with ``--set``."""

    name: str = ask("Name", personal=True)
    national_id: str = ask("ID number", default="", help="18 signs; leave it out where there is none yet", personal=True)
    born_on: date | None = ask("Birth date", default=None, help="may be left out where the ID number is known", personal=True)
    sex: str = ask("Sex", default="", help="male or female; may be left out where the ID number is known")
    address: str = ask("Address", default="", help="the village first", personal=True)
    school: str = ask("School", default="")
    grade: str = ask("Grade", default="", help="1 to 9, with the class where it is known: 7(2)")
    guardian: str = ask("Guardian", default="", personal=True)
    guardian_kin: str = ask("Guardian's kinship", default="", help="father, mother, grandparent …")
    guardian_phone: str = ask("Guardian's telephone", default="", personal=True)


@form
class KnownChild:
    """What whoever asks for a child's file must know of the child."""

    name: str = ask("Name", personal=True)
    national_id: str = ask("ID number", help="18 signs", personal=True)
