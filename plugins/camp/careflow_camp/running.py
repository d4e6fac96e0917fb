"""The commands of the days themselves: groups, arrivals, roll call; and how the seats stand."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Any

import click

from careflow_camp.desk import PROGRAM, as_json, dry_run, ends, session_of
from workflow_core import deny

_FILE = click.Path(path_type=Path, dir_okay=False, exists=True)
TUTOR_HEADINGS = {
    "number": ("number", "组", "组号", "小组"),
    "tutor": ("tutor", "name", "辅导员", "辅导教师", "姓名"),
    "phone": ("phone", "电话", "手机", "联系电话"),
    "vetted_on": ("vetted_on", "查询日期", "准入查询日期"),
    "query_number": ("query_number", "查询编号", "准入查询编号"),
}
"""The headings of a file of tutors: one line for each group."""


@click.command("groups")
@click.argument("edition", metavar="EDITION")
@click.option("--tutors", required=True, type=_FILE, metavar="FILE", help="a CSV with a line for each group: number,tutor,phone,vetted_on,query_number")
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


@click.command("roll-call")
@click.argument("edition", metavar="EDITION")
@click.option("--group", "number", required=True, type=int, metavar="N", help="whose roll is called")
@click.option("--absent", multiple=True, metavar="REF", help="from the printed list: who was not there and has no note; may be said several times")
@click.option("--all-here", is_flag=True, help="from the printed list: everybody was there, or has a note")
@click.option("--show", is_flag=True, help="only show who is to be there")
@click.option("--at", "called_at", metavar="TIME", help="when it was called: 2027-07-10 07:05; left out: now")
@click.option("--late", metavar="WHY", help="one that was missed, --at TIME: it is entered as late, with the reason; --absent: who was not seen since")
@click.option("--seen-since", multiple=True, metavar="REF", help="with --late: who was absent then, and was seen since; may be said several times")
@as_json
def roll_call(
    edition: str, number: int, absent: tuple[str, ...], all_here: bool, show: bool, called_at: str | None, late: str | None, seen_since: tuple[str, ...],
    as_json: bool,
) -> None:  # fmt: skip
    """Call a group's roll: on screen, one after the other, or from the printed list. Who is absent without a note is missing: the leader hears at once."""
    session = session_of()
    if late is not None or seen_since:
        _late(session, edition, {"group": number, "called_at": called_at, "absent": absent, "seen_since": seen_since, "why": late}, all_here, as_json)
        return
    there = [one for one in campers(session, edition) if one["group"] in (number, None)]
    for one in there:
        one["back_by"] = session.engine.show(session.actor, one["ref"]).record["back_by"] if one["stage"] == "off_site" else None
    if show or (as_json and not absent and not all_here):
        _tell_roll(session, there, as_json=as_json)
        return
    if absent and all_here:
        raise click.UsageError("either --absent or --all-here")
    from careflow_camp.calling import against_all_here, against_calling

    against = against_calling(session.engine.show(session.actor, edition), number, session.now_instant)
    against = against or (against_all_here(there, edition, number) if all_here else None)
    if against is not None:
        session.refuse(against)
    missing = list(absent)
    if not absent and not all_here:
        if not sys.stdin.isatty():
            raise click.UsageError("say who is absent, --absent REF, or --all-here; at a terminal each is asked for")
        asked = [one for one in there if one["stage"] in ("arrived", "confirmed")]
        here = {one["ref"]: click.confirm(f"{one['ref']} {one['name']}", default=one["stage"] == "arrived") for one in asked}
        missing = [ref for ref, answer in here.items() if not answer]
        unentered = [one["ref"] for one in asked if one["stage"] == "confirmed" and here[one["ref"]]]
        if unentered:
            session.out.tell("They are here, and not entered yet: care case advance REF arrive: {refs}", refs=", ".join(unentered))
    from careflow_camp.rules import OFFICE

    now = session.now_instant.astimezone(OFFICE)
    said = called_at or now.strftime("%Y-%m-%d %H:%M:%S")
    given = {"called_at": said, "absent": missing}
    _in_turn(session, f"{edition}.roll_call:{number}", given)
    if as_json:
        session.out.document({"edition": edition, "group": number, "expected": len(there), "absent": missing})
        return
    still = sorted({*missing, *(one["ref"] for one in there if one["stage"] == "missing")})
    session.out.say("Group {n}: {count} called, {missing} missing.", n=number, count=len(there), missing=len(still))
    for stage in ("confirmed", "off_site", "missing"):
        refs = still if stage == "missing" else [one["ref"] for one in there if one["stage"] == stage and one["ref"] not in missing]
        if refs:
            session.out.tell("{stands}: {refs}", stands=STANDS[stage].text(), refs=", ".join(refs))
    if missing:
        session.out.tell("The leader was told. When found: care case advance REF found --set back_at=TIME")


def _late(session: Any, edition: str, given: dict[str, Any], all_here: bool, as_json: bool) -> None:
    """Enters one that was missed, or was not entered in its time."""
    named = bool(given["absent"] or given["seen_since"])
    if not given["why"] or not given["called_at"]:
        raise click.UsageError("one that is entered late needs --at TIME and --late WHY")
    if named == all_here:
        raise click.UsageError("say who was absent, --absent REF or --seen-since REF, or --all-here")
    from careflow_camp.calling import against_late

    against = against_late(session.engine.show(session.actor, edition), given["group"], str(given["called_at"]))
    if against is not None:
        session.refuse(against)
    _in_turn(session, f"{edition}.late_roll_call", {**given, "absent": list(given["absent"]), "seen_since": list(given["seen_since"])})
    if as_json:
        session.out.document({"edition": edition, **given, "late": True})
        return
    session.out.say("Group {n}: the roll call of {time} is entered as late.", n=given["group"], time=given["called_at"])
    if given["absent"]:
        session.out.tell("The leader was told. When found: care case advance REF found --set back_at=TIME")


def _in_turn(session: Any, task: str, given: dict[str, Any]) -> None:
    """Enters it; where another tutor has entered his at this very moment, again."""
    for attempt in range(TURNS):
        try:
            session.engine.do_task(session.actor, task, given)
            return
        except Exception as error:
            if getattr(error, "code", "") != "case_changed" or attempt == TURNS - 1:
                raise


STANDS = {
    "confirmed": deny("expected, has not arrived"), "arrived": deny("to be there"), "off_site": deny("off the site, with a note"), "missing": deny("missing"),
}  # fmt: skip
"""How a camper stands, in the reader's language."""
TURNS = 5
"""So many tutors may be faster, one after the other."""


def _tell_roll(session: Any, there: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        session.out.document({"campers": there})
        return
    lines = [[one["ref"], one["name"], STANDS[one["stage"]].text(), one["back_by"] or "", one["group"] or "—"] for one in there]
    session.out.table(["Camper", "Name", "Stage", "Back by", "Group"], lines, empty="Nobody is there.")


@click.command("seats")
@click.argument("edition", metavar="EDITION")
@as_json
def seats(edition: str, as_json: bool) -> None:
    """How the seats of an edition stand, by school: offered, confirmed, waiting."""
    session = session_of()
    record = session.engine.show(session.actor, edition).record
    stood: dict[str, dict[str, int]] = {}
    for row in session.engine.cases(session.actor, program=PROGRAM, workflow="camper", whole=edition, open_only=False, limit=None):
        of = stood.setdefault(session.engine.show(session.actor, row.ref).record["school"], {})
        of[row.stage] = of.get(row.stage, 0) + 1
    lines = [{"school": one["school"], "seats": one["seats"], **stood.get(one["school"], {})} for one in record["allotment"]]
    if as_json:
        session.out.document({"schools": lines})
        return
    _tell_free(session, edition, record, lines)
    stages = sorted({stage for found in stood.values() for stage in found})
    session.out.table(["School", "Seats", *stages], [[one["school"], one["seats"], *(one.get(stage, 0) for stage in stages)] for one in lines])


def _tell_free(session: Any, edition: str, record: Any, lines: list[dict[str, Any]]) -> None:
    if not record["order_digest"] or not any(one.get("waiting") for one in lines):
        return
    seated = ("offered", "confirmed", "arrived", "off_site", "missing")
    free = sum(max(one["seats"] - sum(one.get(stage, 0) for stage in seated), 0) for one in lines if not one.get("waiting"))
    if free:
        session.out.tell(
            "{n} seats stand free whose school has nobody in line; the next of the whole camp get them: care camp pass-on {ref}", n=free, ref=edition
        )


@click.command("pass-on")
@click.argument("edition", metavar="EDITION")
@dry_run
@as_json
def pass_on(edition: str, dry_run: bool, as_json: bool) -> None:
    """Pass on seats that stand free because the list of their school has ended: to the next, by the draw, of all who still wait."""
    session = session_of()
    run = session.engine.plan if dry_run else session.engine.run_batch
    plan = run(session.actor, PROGRAM, "pass_on", {}, case=edition, **({"dry_run": True} if dry_run else {}))
    said = plan.summary
    if as_json:
        session.out.document({**said, "plan": plan.ref, "dry_run": dry_run})
        return
    schools = sorted({*said["from"], *said["to"]})
    session.out.table(["School", "Gives", "Gets"], [[name, said["from"].get(name, 0), said["to"].get(name, 0)] for name in schools])
    session.out.tell("This was a trial; nothing was written." if dry_run else "The seats are offered by the clock: care tick")


COMMANDS = (groups, arrive, roll_call, seats, pass_on)
