"""The commands of the days themselves: groups, arrivals, roll call; and how the seats stand."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import click

from careflow_camp.desk import PROGRAM, as_json, dry_run, ends, session_of

_FILE = click.Path(path_type=Path, dir_okay=False, exists=True)
TUTOR_HEADINGS = {
    "number": ("number", "组", "组号", "小组"),
    "tutor": ("tutor", "name", "辅导员", "辅导教师", "姓名"),
    "phone": ("phone", "电话", "手机", "联系电话"),
    "account": ("account", "login", "账号"),
    "vetted_on": ("vetted_on", "查询日期", "准入查询日期"),
    "query_number": ("query_number", "查询编号", "准入查询编号"),
}
"""The headings of a file of tutors: one line for each group."""


@click.command("groups")
@click.argument("edition", metavar="EDITION")
@click.option("--tutors", required=True, type=_FILE, metavar="FILE", help="a CSV with a line for each group: number,tutor,phone,account,vetted_on,query_number")
@dry_run
@as_json
def groups(edition: str, tutors: Path, dry_run: bool, as_json: bool) -> None:
    """Put the confirmed campers into groups: even in size and sexes, schools mixed, siblings together. Badges are drafted."""
    session = session_of()
    run = session.engine.plan if dry_run else session.engine.run_batch
    plan = run(session.actor, PROGRAM, "groups", {"groups": _tutors(tutors)}, case=edition, **({"dry_run": True} if dry_run else {}))
    said = plan.summary
    refused = [{"camper": one["key"], **one["refusal"]} for one in plan.items if one["refusal"]]
    if as_json:
        session.out.document({**said, "plan": plan.ref, "refused": refused, "dry_run": dry_run})
    else:
        session.out.table(["Group", "Campers"], [[number, count] for number, count in said["groups"].items()])
        for household in said["siblings_apart"]:
            session.out.tell("Siblings that no group had room for together: {refs}", refs=", ".join(household))
        if dry_run:
            session.out.tell("This was a trial; nothing was written.")
    ends(len(refused))


def _tutors(file: Path) -> list[dict[str, str]]:
    """The lines of a file of tutors, by field; whatever else stands in it is passed over."""
    meant = {title: name for name, titles in TUTOR_HEADINGS.items() for title in titles}
    found = []
    with file.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            said = {meant[title.strip()]: cell.strip() for title, cell in row.items() if title and title.strip() in meant and cell}
            found.append({name: cell for name, cell in said.items() if cell})
    return [row for row in found if row]


@click.command("arrive")
@click.argument("edition", metavar="EDITION")
@click.option("--group", "number", type=int, metavar="N", help="only this group")
@click.option("--absent", multiple=True, metavar="REF", help="who is not there yet; may be said several times")
@dry_run
@as_json
def arrive(edition: str, number: int | None, absent: tuple[str, ...], dry_run: bool, as_json: bool) -> None:
    """Everybody expected has arrived, but those who are named. Who does not come at all: care case advance REF no_show."""
    session = session_of()
    expected = [row for row in campers(session, edition, number) if row["stage"] == "confirmed"]
    unknown = sorted(set(absent) - {row["ref"] for row in expected})
    if unknown:
        raise click.UsageError(f"not expected here: {', '.join(unknown)}")
    refs = [row["ref"] for row in expected if row["ref"] not in absent]

    def step(ref: str) -> Any:
        return session.engine.advance(session.actor, ref, "arrive", {}, dry_run=dry_run)

    done, refused = [], []
    for ref, answer in session.engine.each(refs, step) if not dry_run else ((ref, step(ref)) for ref in refs):
        if hasattr(answer, "exit_code"):
            refused.append({"ref": ref, **answer.as_dict()})
        else:
            done.append(ref)
    if as_json:
        session.out.document({"arrived": done, "absent": list(absent), "refused": refused, "dry_run": dry_run})
    else:
        session.out.say("{done} of {all} have arrived.", done=len(done), all=len(expected))
        session.out.table(["Camper", "Why not"], [[one["ref"], "; ".join(p["message"] for p in one.get("problems", [])) or one["message"]] for one in refused])
    ends(len(refused))


def campers(session: Any, edition: str, group: int | None = None) -> list[dict[str, Any]]:
    """The campers of an edition who are expected or there: reference, masked name, group, stage, by group and reference."""
    row = session.engine.show(session.actor, edition).row
    stages = {one.ref: one.stage for one in session.engine.cases(session.actor, program=PROGRAM, workflow="camper", whole=edition, limit=None)}
    listed = session.engine.listing(session.actor, PROGRAM, "groups", division=row.division)
    found = [{"ref": one[0], "name": one[1], "group": int(one[2]) if one[2] else None, "stage": stages[one[0]]} for one in listed.rows if one[0] in stages]
    return [one for one in found if group is None or one["group"] == group]


@click.command("seats")
@click.argument("edition", metavar="EDITION")
@as_json
def seats(edition: str, as_json: bool) -> None:
    """How the seats of an edition stand, by school: offered, confirmed, waiting."""
    session = session_of()
    record = session.engine.show(session.actor, edition).record
    row = session.engine.show(session.actor, edition).row
    listed = session.engine.listing(session.actor, PROGRAM, "by_school", division=row.division)
    stood: dict[str, dict[str, int]] = {}
    for school, stage, count in listed.rows:
        stood.setdefault(school, {})[stage] = int(count)
    lines = [{"school": one["school"], "seats": one["seats"], **stood.get(one["school"], {})} for one in record["allotment"]]
    if as_json:
        session.out.document({"schools": lines})
        return
    stages = sorted({stage for found in stood.values() for stage in found})
    session.out.table(["School", "Seats", *stages], [[one["school"], one["seats"], *(one.get(stage, 0) for stage in stages)] for one in lines])


COMMANDS = (groups, arrive, seats)
