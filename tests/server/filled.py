"""What the filled server office holds beside the first one: every program at work, and a login of every kind."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.cli.conftest import NUMBERS
from workflow_core.testing.people import Invented, invented_volunteer

if TYPE_CHECKING:
    from tests.server.conftest import ServerOffice

HERE, THERE, COUNTY = "990101100", "990101101", "990101"
VOLUNTEERS: Sequence[Invented] = [invented_volunteer(n) for n in range(3)]
SECRET = "5b" * 32
ACCOUNTS: dict[str, tuple[str, ...]] = {
    "police": ("police", "--division", HERE),
    "clinician": ("clinic", "--division", HERE),
    "education": ("education_bureau", "--division", COUNTY),
    "civil": ("civil_affairs", "--division", HERE),
    "pairer": ("child_supervisor", "--division", HERE, "--program", "pairing"),
    "helper": ("school", "--own"),
    "leader": ("camp_leader", "--division", COUNTY),
    "boss": ("admin",),
    "townadmin": ("admin", "--division", THERE),
    "maker": ("child_director", "--division", THERE),
}
"""Beside those of the first office. The maker is one of a training office: there he holds every role where he holds any."""
LOGINS = (
    "director", "supervisor", "neighbour", "school", "county", "clinic", "newcomer", *ACCOUNTS, "volunteer", "deputy", "leaver", "ticker",
)  # fmt: skip
"""Every kind of login."""


def said(office: ServerOffice, *words: object, who: str = "owner") -> Any:
    """What a command answers with ``--json``."""
    return json.loads(office.care(who, *words, "--json").out)


def fill(office: ServerOffice, join: Any) -> None:
    """Everything, by the commands that do it, with the owner's login where nothing else is said."""
    care, home = office.care, office.home
    for program in ("pairing", "healthcheck", "camp"):
        care("owner", "program", "enable", program, "--county", COUNTY)
    for who, granted in ACCOUNTS.items():
        _account(office, who, granted, join)
    for who in ("deputy", "leaver"):
        _account(office, who, ("child_director", "--division", HERE) if who == "leaver" else (), join)
    _pair(office, home)
    care("owner", "account", "add", office.login("volunteer"), "--volunteer", _proxy(office))
    join(office, "volunteer")
    with closing(office.as_owner()) as owner:  # the deputy's days lie around those of the server's clock, which the gate asks
        care("owner", "account", "deputy", office.login("supervisor"), "--to", office.login("deputy"), "--until", "2026-10-30")
        for table in ("grant_", "deputy"):
            owner.execute(f"UPDATE {table} SET until = '2126-10-30T00:00:00.000000Z' WHERE until LIKE '2026-%'".encode())
    care("owner", "task", "assign", "DR-26-00002.1", "--to", office.login("helper"))
    _checks_and_camp(office, home)
    care("owner", "child", "transfer", "offer", "C-000004", "--to", THERE, "--reason", "moved")
    with closing(office.as_owner()) as owner:
        owner.execute("UPDATE setting SET value = %s WHERE key = 'maker'", [office.login("maker")])


def _account(office: ServerOffice, who: str, granted: Sequence[str], join: Any) -> None:
    office.care("owner", "account", "add", office.login(who))
    if granted:
        office.care("owner", "account", "grant", office.login(who), *granted)
    join(office, who)


def volunteers_sheet(home: Path) -> Path:
    """The volunteers, as a township writes them down."""
    sheet = home / "volunteers.csv"
    head = "姓名,性别,身份证号码,手机,所在村,最多帮扶人数,准入查询结果,查询日期\n"
    rows = [f"{one.name},{one.said['sex']},{one.national_id},{one.said['phone']},{one.said['village']},2,无违法犯罪记录,2026-09-01\n" for one in VOLUNTEERS]
    sheet.write_text(head + "".join(rows), encoding="utf-8")
    return sheet


def _pair(office: ServerOffice, home: Path) -> None:
    """The first child has its proxy parent, the second one is proposed."""
    (home / "numbers.txt").write_text("\n".join(NUMBERS[:2]), encoding="utf-8")
    care = office.care
    care("owner", "pairing", "import-volunteers", volunteers_sheet(home), "--township", HERE)
    care("owner", "pairing", "queue", "--children", home / "numbers.txt", "--consent-on-file", "2026-1", "--township", HERE)
    care("owner", "pairing", "match", "--township", HERE)
    care("owner", "pairing", "approve", "PR-26-00001")
    care("owner", "task", "done", "PR-26-00001.ask_proxy", "--set", "answered_on=2026-10-21")
    care("owner", "task", "done", "PR-26-00001.ask_family", "--set", "answered_on=2026-10-21", "--set", "child_agreed=yes")
    care("owner", "document", "sign", "PR-26-00001.card", "--confirm", "new here")
    care("owner", "case", "advance", "PR-26-00001", "sign", "--set", "signed_on=2026-10-21")
    care("owner", "case", "advance", "PR-26-00001", "start")


def _proxy(office: ServerOffice) -> str:
    proxy = said(office, "case", "show", "PR-26-00001")["case"]["parties"][0]["ref"]
    return str(said(office, "case", "show", proxy)["case"]["subject"])


def _checks_and_camp(office: ServerOffice, home: Path) -> None:
    """The third child was examined; a camp takes children."""
    care = office.care
    measured = ("--height", "132", "--weight", "28", "--pressure", "98/60", "--vision-left", "5.0", "--vision-right", "5.0")
    care("owner", "healthcheck", "record", "C-000003", *measured, "--consent-on-file", "2026-1")
    dates = {"starts_on": "2027-07-10", "ends_on": "2027-07-12", "seats": 1, "public_source": "draw", "nominate_by": "2027-06-10", "public_on": "2027-06-20"}
    words = [word for name, value in dates.items() for word in ("--set", f"{name}={value}")]
    edition = said(office, "case", "open", "camp.edition", COUNTY, *words)["ref"]
    care("owner", "case", "advance", edition, "announce")
    care("owner", "child", "edit", "C-000002", "--set", "left_behind=父母双方外出", "--set", "grade=四年级", "--reason", "told")
    care("owner", "camp", "allot", edition)
    care("owner", "camp", "commit", edition, "--commitment", sha256(SECRET.encode()).hexdigest())
    care("owner", "case", "advance", edition, "open")
    care("owner", "camp", "nominate", "C-000002", "--edition", edition, "--away", "12")
