"""What a paper of a case is made of: the values of the fields that its template may name, taken from the office as it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from workflow_core.access import sight
from workflow_core.clock import civil_date
from workflow_core.definition import Division, Document, Role, Task, Transition, path_of
from workflow_core.definition.upgrades import paper_now
from workflow_core.documents import PaperFields
from workflow_core.documents.known import facts_of, known_fields, values_of
from workflow_core.documents.offices import class_name, county_values, grade_name, home_address, township_values
from workflow_core.documents.papers import last_day
from workflow_core.engine.paper_lists import list_values
from workflow_core.engine.paper_people import others
from workflow_core.engine.state import PaperRow
from workflow_core.engine.view import CaseView
from workflow_core.engine.work import Work
from workflow_core.i18n import translate_in
from workflow_core.records import divisions
from workflow_core.records.child_file import ChildFile, Tie, read_files
from workflow_core.records.words import KINSHIP_TITLES
from workflow_core.store import access as accounts
from workflow_core.store import people, places
from workflow_core.store.server import session

PAPER_LANGUAGE = "zh_CN"
"""Official documents are Chinese, whatever the clerk's screen speaks."""


def word(text: str) -> str:
    """A msgid in the language of papers."""
    return translate_in(PAPER_LANGUAGE, text)


def fields_of(
    work: Work, paper: PaperRow, document: Document, at: datetime, *, law: Mapping[str, Any], signer: str | None, issuers: Mapping[str, Mapping[str, str]]
) -> PaperFields:
    """The fields of one paper, filled in.

    :param law: the articles that the program's templates cite.
    :param signer: the login of whoever signs it; None for a draft.
    :param issuers: what the office's settings say of the offices that issue papers, by division or level.
    """
    view = work.view(at)
    known = known_fields(work.workflow, listings=document.lists, papers=[document], law=law)
    values = about(work, document, at, issuers)
    values |= {
        "paper": _paper(paper, document, view, at),
        "signer": _signer(work, document, signer),
        "today": civil_date(at).isoformat(),
        "case": _case(work, view),
        "facts": facts_of(work.state.record, word),
        "record": values_of(work.state.record, word),
        "policy": values_of(view.policy, word),
        "papers": {name: _sent(one, work, view) for name, one in _latest(work).items()},
        "lists": {one.name: list_values(work, one, at, word) for one in document.lists},
        "law": {name: dict(article) for name, article in law.items()},
    }
    last, every = _entries(work, view)
    values |= {"last": last, "every": every}
    return PaperFields(known, values)


def about(work: Work, document: Document, at: datetime, issuers: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """Of a paper's fields those that say whom it is about, where, and who issues it."""
    values = _places(work, document, issuers) | others(work, at, word)
    file = _child(work)
    if file is not None:
        values |= _people(file, values["township"]["name"], civil_date(at))
    return values


def issuer_of(work: Work, document: Document, issuers: Mapping[str, Mapping[str, str]]) -> tuple[str, str, str]:
    """Who issues a paper: its level, the key its numbers run under, and its official name."""
    level = document.signed_by.level if isinstance(document.signed_by, Role) else "township"
    line = {one.level: one for one in divisions.line(work.world.tx, work.state.division)}
    if level in ("school", "clinic"):
        place = places.by_id(work.world.tx, work.state.place_id) if work.state.place_id is not None else None
        return level, work.state.place_id or "", place["name"] if place is not None else ""
    if level == "county":
        county = line.get("county")
        if county is None:
            return level, "", ""
        named = _county(county, issuers)
        bureau = isinstance(document.signed_by, Role) and document.signed_by.name == "education_bureau"
        return level, f"{county.code}/{'bureau' if bureau else 'government'}", named["bureau"] if bureau else named["government"]
    township = line.get("township")
    return ("township", "", "") if township is None else ("township", township.code, _township(township, issuers)["government"])


def _county(county: Division, issuers: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    said = issuers.get(county.code, {})
    named = county_values(county.name, **_chosen(said, "bureau", "court"))
    return {**named, "government": said.get("name") or named["government"]}


def _township(township: Division, issuers: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    named = township_values(township.name)
    return {**named, "government": issuers.get(township.code, {}).get("name") or named["government"]}


def _places(work: Work, document: Document, issuers: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    tx = work.world.tx
    line = {one.level: one for one in divisions.line(tx, work.state.division)}
    township = _township(line["township"], issuers) if "township" in line else {"name": "", "government": ""}
    county = _county(line["county"], issuers) if "county" in line else {"name": ""}
    place = places.by_id(tx, work.state.place_id) if work.state.place_id is not None else None
    level, key, name = issuer_of(work, document, issuers)
    own = issuers.get(key.split("/")[0], {})
    about = {"phone": place["phone"], "address": place["address"]} if level == "school" and place is not None else {}
    return {
        "township": township,
        "county": county,
        "village": {"name": line["village"].name} if "village" in line else {},
        "school": {} if place is None else {"name": place["name"], "address": place["address"], "phone": place["phone"]},
        "issuer": {**about, **_chosen(own, "phone", "address", "contact", "remedy"), "name": name, "level": level},
    }


def _chosen(said: Mapping[str, str], *names: str) -> dict[str, str]:
    return {name: said[name] for name in names if said.get(name)}


def _paper(paper: PaperRow, document: Document, view: CaseView, at: datetime) -> dict[str, Any]:
    days = _days(document, view)
    signed = None if paper.signed_at is None else civil_date(paper.signed_at).isoformat()
    served = paper.served_on
    return {
        "name": document.name,
        "title": word(document.title),
        "number": paper.number or None,
        "draft": paper.state == "draft" and not document.unsigned,
        "copies": list(document.copies),
        "days": days,
        "drafted_on": civil_date(paper.drafted_at).isoformat(),
        "signed_on": signed,
        "served_on": None if served is None else served.isoformat(),
        "last_day": None if served is None or days is None else last_day(served, days).isoformat(),
    }


def _days(document: Document, view: CaseView) -> int | None:
    if document.days is None:
        return None
    return int(view.value(document.days)) if path_of(document.days) is not None else document.days


def _signer(work: Work, document: Document, login: str | None) -> dict[str, Any]:
    if login is None:
        return {}
    row = accounts.by_login(work.world.tx, login)
    title = word(document.signed_by.title) if document.signed_by is not None else ""
    return {"name": (row["name"] or "") if row is not None else "", "title": title}


def _case(work: Work, view: CaseView) -> dict[str, Any]:
    stage = view.stage
    return {"ref": work.state.ref, "stage": {"code": stage.name, "text": word(stage.title)}, "opened_on": civil_date(work.state.opened_at).isoformat()}


def _entries(work: Work, view: CaseView) -> tuple[dict[str, Any], dict[str, Any]]:
    last: dict[str, Any] = {}
    every: dict[str, Any] = {}
    asking: list[Task[Any] | Transition[Any, Any, Any]] = [*work.workflow.all_tasks(), *work.workflow.transitions]
    for one in asking:
        if one.form is None:
            continue
        told = [values_of(result, word) for result in view.results(one)]
        every[one.name] = told
        if told:
            last[one.name] = told[-1]
    return last, every


def _latest(work: Work) -> dict[str, PaperRow]:
    return {paper_now(work.program, work.workflow, paper.name): paper for paper in work.state.papers.values() if paper.state not in ("draft", "void")}


def _sent(paper: PaperRow, work: Work, view: CaseView) -> dict[str, Any]:
    name = paper_now(work.program, work.workflow, paper.name)
    document = next((one for one in work.workflow.documents() if one.name == name), None)
    days = None if document is None else _days(document, view)
    last = None if paper.served_on is None or days is None else last_day(paper.served_on, days).isoformat()
    return {
        "number": paper.number or None,
        "signed_on": None if paper.signed_at is None else civil_date(paper.signed_at).isoformat(),
        "served_on": None if paper.served_on is None else paper.served_on.isoformat(),
        "received_by": (paper.receipt or {}).get("received_by") or None,
        "last_day": last,
    }


def _child(work: Work) -> ChildFile | None:
    if work.state.subject_kind != "child" or work.state.subject_id is None:
        return None
    session.look(work.world.tx, sight.FIELDS, f"fill in a paper of {work.state.ref}", person_id=work.state.subject_id, most=True)
    row = people.child_by_id(work.world.tx, work.state.subject_id)
    return None if row is None else read_files(work.world.tx, [row])[0]


def _people(file: ChildFile, township: str, today: date) -> dict[str, Any]:
    tell: Callable[[Tie], dict[str, Any]] = _somebody
    guardians = [tell(tie) for tie in file.ties if tie.kind == "guardian"]
    age = None
    if file.born_on is not None:
        age = today.year - file.born_on.year - ((today.month, today.day) < (file.born_on.month, file.born_on.day))
    child = {
        "ref": file.ref,
        "name": file.name,
        "sex": None if file.sex is None else {"code": file.sex, "text": "男" if file.sex == "male" else "女"},
        "born_on": None if file.born_on is None else file.born_on.isoformat(),
        "age": age,
        "national_id": file.national_id,
        "ethnicity": file.ethnicity,
        "village": file.village,
        "address": file.address,
        "home": home_address(township, file.village or "", file.address or ""),
        "grade": file.grade,
        "grade_name": grade_name(file.grade),
        "class_name": class_name(file.class_name),
    }
    parents = {tie.kind: tell(tie) for tie in file.ties if tie.kind in ("father", "mother")}
    return {"child": child, "guardian": guardians[0] if guardians else {}, "guardians": guardians, **parents}


def _somebody(tie: Tie) -> dict[str, Any]:
    kin = None if tie.kin is None else KINSHIP_TITLES.get(tie.kin, tie.kin)
    return {"name": tie.name, "kin": kin, "phone": tie.phone, "workplace": tie.workplace}
