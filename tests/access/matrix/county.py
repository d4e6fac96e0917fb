"""A made-up county of two townships that are alike: in each the same children, cases, papers, volunteers and plans, and everybody who holds a role."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any
from unittest.mock import patch

import careflow_dropout_return
from careflow_cli import failure
from careflow_cli.main import run
from careflow_cli.session import Session
from tests.access.matrix.held import Held
from workflow_core.definition import STANDARD_ROLES, SUPERVISOR
from workflow_core.engine import Engine
from workflow_core.office import Office, parse_now
from workflow_core.office.settings import read
from workflow_core.registry import Registry
from workflow_core.testing.people import invented_child, invented_volunteer

NOW = "2026-10-21T09:00"
SECRET = "5b" * 32
COUNTY, HERE, THERE = "990101", "990101100", "990101101"
DIVISIONS = f"code,name\n99,示范省\n9901,示范市\n{COUNTY},青溪县\n{HERE},高桥镇\n{THERE},柳林乡\n"
SCHOOLS = {HERE: "高桥镇中心小学", THERE: "柳林乡中心小学"}
ASKING = Path(__file__).parent / "asking.py"
KIDS, OUT = 16, 6
"""So many children in each township, of whom the first few are missing from school."""


@dataclass(frozen=True)
class Answer:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on standard output."""
        return json.loads(self.out)


def _broken(error: BaseException, *_: object, **__: object) -> int:
    raise error


class County:
    """The office, made once in a folder; :meth:`run` gives a command of which nothing stays.

    :param address: ``postgresql://…`` of an empty database; None for a SQLite file in the folder. :param new_database: makes another one.
    """

    plugin = ASKING
    programs: tuple[str, ...] = ("camp", "dropout_return", "healthcheck", "pairing", "asks", "aid")

    def __init__(self, home: Path, address: str | None, new_database: Callable[[], str] | None = None) -> None:
        self.home = home
        self._new_database = new_database
        self.folder = home / "office"
        self.names: dict[str, dict[str, str]] = {HERE: {}, THERE: {}}
        self._refs: dict[str, frozenset[str]] = {}
        self._tied: dict[str, frozenset[str]] = {}
        self._personal: frozenset[str] = frozenset()
        self._registry = Registry.discover(paths=(self.plugin,))
        self._address = address
        self._db: Held | None = None
        self._alone = False
        self._make()
        self._settings = read(self.folder)
        self._db = Held(self._settings.address(self.folder))

    @property
    def on_a_server(self) -> bool:
        """Whether it is on PostgreSQL."""
        return self._address is not None

    def close(self) -> None:
        """Lets go of the database."""
        if self._db is not None:
            self._db.end()

    def elsewhere(self) -> tuple[str, ...]:
        """Where an office is restored: on a server, into a database of its own."""
        return () if self._new_database is None else ("--database", self._new_database())

    def run(self, login: str, words: Iterable[object], *, now: str = NOW, folder: Path | None = None, alone: bool = False) -> Answer:
        """Gives a command as somebody; what it has written is forgotten before the next.

        :param alone: it has a connection of its own, and nothing is forgotten: a command that must, and writes nothing.
        """
        self._alone = alone
        try:
            return self._call(["--office", str(folder or self.folder), "--now", now, "--as", login, *(str(word) for word in words)])
        finally:
            self._alone = False
            self.forget()

    def forget(self) -> None:
        """Undo what the last command wrote into the database."""
        if self._db is not None:
            self._db.forget()

    @property
    def engine(self) -> Engine:
        """The engine, at nine; what it writes is forgotten like all else."""
        opened = Office(self.folder, self._settings, now=parse_now(NOW))
        opened.__dict__["db"] = self._db
        opened.registry = self._registry
        return opened.engine

    def do(self, *words: object, login: str | None = None) -> Answer:
        """Gives a command, as the office's maker or somebody; what it writes stays until all is forgotten."""
        return self._call(["--office", str(self.folder), "--now", NOW, *(("--as", login) if login else ()), *(str(word) for word in words)])

    def lay(self, login: str, task: str) -> None:
        """Lays a task on somebody's desk, for the next command."""
        self._call(["--office", str(self.folder), "--now", NOW, "task", "assign", task, "--to", login], code=0)

    def refs(self, town: str) -> frozenset[str]:
        """The references of the children, volunteers and cases of a township."""
        return self._refs[town]

    def personal(self) -> frozenset[str]:
        """Whole names and ID numbers of everybody on file."""
        return self._personal

    def around(self, words: str) -> frozenset[str]:
        """The cases that are named, and whom they are about or tie together."""
        return frozenset().union(*(found for ref, found in self._tied.items() if ref in words))

    # ---------------------------------------------------------------- how it is made

    def _do(self, *words: object, now: str = NOW, code: int = 0) -> Answer:
        return self._call(["--office", str(self.folder), "--now", now, *(str(word) for word in words)], code=code)

    def _call(self, words: Sequence[str], *, code: int | None = None) -> Answer:
        out, err = io.StringIO(), io.StringIO()
        office = cached_property(self._office)
        office.__set_name__(Session, "office")
        registry = cached_property(lambda _: self._registry)
        registry.__set_name__(Session, "registry")
        with (
            patch.object(Session, "office", office),
            patch.object(Session, "registry", registry),
            patch.object(failure, "broken", _broken),
            patch.object(sys, "stdin", io.StringIO("a word that is long enough\n" * 2)),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            answered = run(list(words))
        assert code is None or answered == code, f"exit {answered}, not {code}: care {' '.join(words[4:])}\n{err.getvalue()}{out.getvalue()}"
        return Answer(answered, out.getvalue(), err.getvalue())

    def _office(self, session: Session) -> Office:
        here = session.office_folder()
        if self._db is None or self._alone or here != self.folder:
            opened = Office.open(here, now=session.now, login=session.login)
        else:
            opened = Office(here, self._settings, now=session.now, login=session.login)
            opened.__dict__["db"] = self._db
        opened.registry = self._registry
        return opened

    def file(self, name: str, rows: Iterable[Sequence[object]]) -> Path:
        """A sheet, or lines."""
        path = self.home / name
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
        return path

    def _make(self) -> None:
        self.home.mkdir(exist_ok=True)
        (self.home / "divisions.csv").write_text(DIVISIONS, encoding="utf-8")
        database = ("--database", self._address) if self._address else ()
        self._do("office", "init", "--training", "--divisions", self.home / "divisions.csv", *database)
        for program in self.programs:
            self._do("program", "enable", program, "--county", COUNTY)
        self._people()

    def _people(self) -> None:
        for n, town in enumerate((HERE, THERE)):
            self._township(town, n * 20)
        self._camp()
        self._accounts()
        for town, other in ((HERE, THERE), (THERE, HERE)):
            self._between(town, other)
        self._sheets()
        for town in (HERE, THERE):
            self._look_around(town)

    def _look_around(self, town: str) -> None:
        """What there is, for those who must not see it."""
        known = self.names[town]
        cases = self._do("case", "list", "--township", town, "--limit", "500", "--json").json["cases"]
        files = {row["ref"] for row in self._do("volunteer", "list", "--township", town, "--json").json["volunteers"]}
        self._refs[town] = frozenset({row["ref"] for row in cases} | {known[f"kid{n}"] for n in range(KIDS)} | files)
        subjects = {row["ref"]: row["subject"] for row in cases}
        for row in cases:
            parties = [one["ref"] for one in self._do("case", "show", row["ref"], "--json").json["case"]["parties"]]
            self._tied[row["ref"]] = frozenset(filter(None, (row["ref"], row["subject"], *parties, *(subjects.get(one) for one in parties))))
        for name in ("case", "letter", "signed", "served", "pair"):
            tasks = self._do("task", "list", known[name], "--json").json["tasks"]
            known[f"open_{name}"] = next(one["ref"] for one in tasks if one["state"] == "open")

    def _township(self, town: str, first: int) -> None:
        known = self.names[town]
        kids = [invented_child(first + n, school=SCHOOLS[town], left_behind="父母双方外出", grade="四年级") for n in range(KIDS)]
        self._personal |= {value for one in kids for value in (one.name, one.national_id, one.said["guardian"], one.said["guardian_phone"])}
        head = ["姓名", "性别", "身份证号码", "家庭住址", "就读学校", "年级", "留守情况", "监护人", "与儿童关系", "联系电话"]
        fields = ("name", "sex", "national_id", "address", "school", "grade", "left_behind", "guardian", "guardian_kin", "guardian_phone")
        roster = self.file(f"roster-{town}.csv", [head, *([one.said[name] for name in fields] for one in kids)])
        self._do("child", "import", roster, "--township", town)
        for n, one in enumerate(kids):
            known[f"kid{n}"] = self._do("child", "find", one.national_id, "--json").json["children"][0]["ref"]
            known[f"number{n}"] = one.national_id
            known[f"name{n}"] = one.name
        known["town"], known["roster"] = town, str(roster)
        twin = ("--set", f"name={kids[15].name[:2]}", "--set", "born_on=2016-03-02", "--set", f"school={SCHOOLS[town]}")
        known["twin"] = self._do("child", "add", "--township", town, *twin, "--json").json["child"]["ref"]
        known["school"] = self._do("place", "list", SCHOOLS[town], "--json").json["places"][0]["ref"]
        added = self._do("place", "add", f"{'高桥' if town == HERE else '柳林'}卫生院", "--kind", "clinic", "--township", town, "--json").json
        known["clinic"] = added["places"][0]["ref"]
        self._dropouts(town, kids)
        self._pairs(town, kids, first)
        self._checks(town, kids)
        known["asking"] = self._do("case", "open", "asks", known["kid11"], "--set", "title=books", "--json").json["ref"]
        self._do("case", "advance", known["asking"], "ask")
        known["referral"] = f"{known['asking']}.r1"
        known["aid"] = self._do("case", "open", "aid", known["kid11"], "--set", "title=help", "--json").json["ref"]

    def _dropouts(self, town: str, kids: Sequence[Any]) -> None:
        known = self.names[town]
        head = ["姓名", "身份证号", "就读学校", "班主任", "最后到校日期"]
        sheet = self.file(f"absences-{town}.csv", [head, *([one.name, one.national_id, SCHOOLS[town], "丁老师", "2026-09-16"] for one in kids[:OUT])])
        known["absences"] = str(sheet)
        self._do("dropout-return", "import", sheet, "--township", town)
        rows = self._do("case", "list", "--program", "dropout_return", "--workflow", "dropout", "--township", town, "--json").json["cases"]
        refs = {row["subject"]: row["ref"] for row in rows}
        fresh, letter, signed, served, rests, closed = (refs[known[f"kid{n}"]] for n in range(OUT))
        for ref in (letter, signed, served):
            self._do("task", "done", f"{ref}.verify", "--set", "checked_on=2026-10-21", "--set", "finding=GONE")
            self._do("case", "advance", ref, "confirm")
            self._do("task", "done", f"{ref}.cause", "--set", "enquired_on=2026-10-21", "--set", "cause=AVERSION", "--set", "destination=")
        for ref in (signed, served):
            self._do("document", "sign", f"{ref}.persuasion_letter")
        self._do("document", "serve", f"{served}.persuasion_letter", "--on", "2026-10-21", "--place", "村里", "--by", "丁一", "--received-by", "家长")
        self._do("task", "done", f"{signed}.visit", "--set", "visited_on=2026-10-21", "--set", "met=somebody", "--set", "outcome=REFUSED")
        visits = [one for one in self._do("case", "show", signed, "--json").json["case"]["tasks"] if one["task"] == "visit" and one["state"] == "done"]
        self._do("case", "suspend", rests, "--reason", "ill")
        self._do("case", "override", closed, "--to", "excused", "--reason", "learns elsewhere")
        known |= {
            "case": fresh,
            "letter": letter,
            "signed": signed,
            "served": served,
            "rests": rests,
            "closed": closed,
            "done": visits[0]["ref"],
            "task": f"{fresh}.1",
        }

        known |= {"draft": f"{letter}.persuasion_letter", "paper_signed": f"{signed}.persuasion_letter", "paper_served": f"{served}.persuasion_letter"}
        known |= {"correct": "met=aunt", "step": "return --set returned_on=2026-10-21", "given": "--set checked_on=2026-10-21 --set finding=GONE"}

    def _pairs(self, town: str, kids: Sequence[Any], first: int) -> None:
        known = self.names[town]
        some = [invented_volunteer(first + n) for n in range(4)]
        self._personal |= {value for one in some for value in (one.name, one.national_id, one.said["phone"])}
        head = ["姓名", "性别", "身份证号码", "手机", "所在村", "最多帮扶人数", "准入查询结果", "查询日期"]
        said = ("name", "sex", "national_id", "phone", "village")
        sheet = self.file(f"volunteers-{town}.csv", [head, *([one.said[name] for name in said] + [2, "无违法犯罪记录", "2026-09-01"] for one in some)])
        known["volunteers"] = str(sheet)
        self._do("pairing", "import-volunteers", sheet, "--township", town)
        people = self._do("volunteer", "list", "--township", town, "--json").json["volunteers"]
        numbers = self.file(f"numbers-{town}.txt", [[kids[n].national_id] for n in (6, 7)])
        known["numbers"] = str(numbers)
        self._do("pairing", "queue", "--children", numbers, "--consent-on-file", "2026-1", "--township", town)
        self._do("pairing", "match", "--township", town)
        rows = self._do("case", "list", "--program", "pairing", "--workflow", "pair", "--township", town, "--json").json["cases"]
        (known["pair"], known["pair_kid"]), (known["proposal"], known["proposal_kid"]) = ((row["ref"], row["subject"]) for row in rows)
        known["pair_name"], known["pair_number"] = next((known[f"name{n}"], known[f"number{n}"]) for n in range(KIDS) if known[f"kid{n}"] == known["pair_kid"])
        self._do("pairing", "approve", known["pair"])
        self._do("task", "done", f"{known['pair']}.ask_proxy", "--set", "answered_on=2026-10-21")
        self._do("task", "done", f"{known['pair']}.ask_family", "--set", "answered_on=2026-10-21", "--set", "child_agreed=yes")
        self._do("document", "sign", f"{known['pair']}.card", "--confirm", "new here")
        self._do("case", "advance", known["pair"], "sign", "--set", "signed_on=2026-10-21")
        self._do("case", "advance", known["pair"], "start")
        proxy = self._do("case", "show", known["pair"], "--json").json["case"]["parties"][0]["ref"]
        known["volunteer"] = self._do("case", "show", proxy, "--json").json["case"]["subject"]
        known["other_volunteer"] = next(one["ref"] for one in people if one["ref"] != known["volunteer"])
        known["plan"] = self._do("batch", "plan", "pairing.match", "--township", town, "--json").json["plan"]["ref"]

    def _checks(self, town: str, kids: Sequence[Any]) -> None:
        known = self.names[town]
        measured = ("--height", "132", "--weight", "28", "--pressure", "98/60", "--vision-left", "5.0", "--vision-right", "5.0")
        self._do("healthcheck", "record", known["kid8"], *measured, "--consent-on-file", "2026-1")
        rows = self._do("case", "list", "--program", "healthcheck", "--township", town, "--json").json["cases"]
        known |= {row["workflow"]: row["ref"] for row in rows}

    def _camp(self) -> None:
        said = {"starts_on": "2027-07-10", "ends_on": "2027-07-12", "seats": 6, "public_source": "draw", "nominate_by": "2027-06-10", "public_on": "2027-06-20"}
        words = [word for name, value in said.items() for word in ("--set", f"{name}={value}")]
        promise = sha256(SECRET.encode()).hexdigest()
        for town in (HERE, THERE):
            known = self.names[town]
            announced, taking, frozen, running = (self._do("case", "open", "camp.edition", town, *words, "--json").json["ref"] for _ in range(4))
            for ref in (announced, taking, frozen, running):
                self._do("case", "advance", ref, "announce")
            for ref, kid in ((taking, "kid14"), (frozen, "kid10"), (running, "kid13")):
                self._do("camp", "allot", ref)
                self._do("camp", "commit", ref, "--commitment", promise)
                self._do("case", "advance", ref, "open")
                self._do("camp", "nominate", known[kid], "--edition", ref, "--away", "12")
            self._do("camp", "close", frozen, "--confirm", "all are in")
            self._do("case", "override", running, "--to", "running", "--reason", "a test")
            camper = self._do("case", "list", "--whole", running, "--json").json["cases"][0]["ref"]
            self._do("case", "override", camper, "--to", "confirmed", "--reason", "a test")
            known |= {"announced": announced, "taking": taking, "frozen": frozen, "running": running}

    def _accounts(self) -> None:
        def add(login: str, *more: object) -> None:
            self._do("account", "add", login, *more)

        add("nobody")
        for login in ("admin", "second"):
            add(login)
            self._do("account", "grant", login, "admin")
        for role in STANDARD_ROLES:
            place = {"school": "school"}.get(role.name)
            where = ("--place", self.names[HERE][place]) if place else ("--township", HERE)
            add(role.name)
            self._do("account", "grant", role.name, role.name, *where)
            add(f"{role.name}-own")
            self._do("account", "grant", f"{role.name}-own", role.name, "--own")
        add("deputy")
        self._do("account", "deputy", SUPERVISOR.name, "--to", "deputy", "--until", "2026-10-30")
        asked = self._do("--as", "second", "account", "grant", "nobody", "school", "--division", COUNTY, "--json").json["waits"]
        for town in (HERE, THERE):
            self.names[town]["asked_for"] = asked
        add("volunteer", "--volunteer", self.names[HERE]["volunteer"])
        for town in (HERE, THERE):
            known = self.names[town]
            known["leaver"] = known["busy"] = f"leaver-{town}"
            add(known["leaver"])
            self._do("account", "grant", known["leaver"], "school", "--township", town)
            self._do("task", "assign", f"{known['letter']}.visit", "--to", known["leaver"])

    def _between(self, town: str, other: str) -> None:
        """What one township has to do with the other."""
        mine, theirs = self.names[town], self.names[other]
        mine["other_town"], mine["home"], mine["address"] = other, str(self.home), self._address or "sqlite:///office.sqlite"
        mine["asked_name"], mine["asked_number"] = theirs["name13"], theirs["number13"]
        offered = self._do("child", "transfer", "offer", mine["kid12"], "--to", other, "--reason", "moved", "--json").json["transfer"]["ref"]
        mine["offer"] = theirs["offered"] = offered
        offered = self._do("case", "transfer", "offer", mine["letter"], "--to", other, "--reason", "nearer", "--json").json["transfer"]["ref"]
        mine["handing"] = theirs["handed"] = offered
        for name, words in (("access", ("request", "--purpose", "the family has moved here")), ("emergency", ("emergency", "--reason", "somebody has rung"))):
            mine[name] = self._do("--as", theirs["leaver"], "access", words[0], "--child", mine["kid0"], *words[1:], "--json").json["access"]["ref"]
        number = invented_volunteer(300 + (town == THERE)).national_id
        idle = ("--township", town, "--set", "name=新三", "--set", f"national_id={number}", "--set", "phone=19910009998")
        mine["idle"] = self._do("volunteer", "add", *idle, "--json").json["volunteer"]["ref"]
        asks = ("child", "request", "receive", mine["kid0"], "--kind", "correct", "--by", "the mother", "--what", "the grade")
        mine["petition"], mine["answered"] = (self._do(*asks, "--json").json["request"]["ref"] for _ in range(2))
        self._do("child", "request", "answer", mine["answered"], "--refuse", "--reason", "it is so in the register")

    def _sheets(self) -> None:
        """What is fed in, or compared."""
        package = Path(careflow_dropout_return.__file__).parent
        (self.home / "leave.html.j2").write_text((package / "templates" / "leave.html.j2").read_text(encoding="utf-8"), encoding="utf-8")
        self.file(
            "calendar.csv", [["from", "to", "kind", "name"], ["2029-03-01", "2029-07-06", "term", "spring"], ["2029-10-01", "2029-10-07", "holiday", "国庆节"]]
        )
        self.file("tutors.csv", [["组号", "辅导员", "电话", "查询日期", "查询编号"], [1, "辅导员甲", "19900001001", "2026-06-01", "查1"]])
        (self.home / "secret.txt").write_text(SECRET, encoding="utf-8")
        self._do("office", "backup", self.home / "copies")
        (copy,) = (self.home / "copies").iterdir()
        copy.replace(self.home / "copy.zip")
        for n, town in enumerate((HERE, THERE)):
            known = self.names[town]
            fresh, grown = invented_child(200 + n), invented_volunteer(200 + n)
            known["new_number"], known["new_name"], known["new_adult"] = fresh.national_id, fresh.name, grown.national_id
            known["more_numbers"] = str(self.file(f"more-{town}.txt", [[known["number9"]]]))
            about = [known["name9"], known["number9"]]
            paired = [known["pair_name"], known["pair_number"]]
            known["nominations"] = str(self.file(f"nominations-{town}.csv", [["姓名", "身份证号", "父母外出月数"], [*about, 12]]))
            known["measures"] = str(self.file(f"measures-{town}.csv", [["姓名", "身份证号", "身高", "体重", "测量日期"], [*about, 132, 28, "2026-10-20"]]))
            known["diary"] = str(self.file(f"diary-{town}.csv", [["日期", "姓名", "身份证号", "事项", "情况"], ["2026-10-20", *paired, "谈心", "好"]]))
