"""What is asked at the terminal when a volunteer is put on file."""

from __future__ import annotations

from workflow_core import ask, form


@form
class NewVolunteer:
    """The fields that a file should not be without; the rest is set with ``--set``."""

    name: str = ask("Name", personal=True)
    national_id: str = ask("ID number", help="18 signs", personal=True)
    phone: str = ask("Telephone", default="", personal=True)
    village: str = ask("Village", default="")
    occupation: str = ask("Occupation", default="", help="teacher, retired cadre, member of the youth league …")
    workplace: str = ask("Place of work", default="")
