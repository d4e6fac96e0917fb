"""The commands of pairing beside those that every program has: the queue, the match, approving it, and what township and county look at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])
PROGRAM = "pairing"
CONSENT = "pairing.pairing"
EVERYTHING = 1_000_000
LISTED = "列入结对名单"
"""What a need says that comes from a list: on the list of children to be paired. Its tier is told by who looks after the child."""

commands = click.Group("pairing", help="Proxy parents: the queue, the match, the pairs.")


def township(function: F) -> F:
    """``--township`` or ``--county``: whose children."""
    function = click.option("--county", metavar="CODE", help="a whole county's children")(function)
    return click.option("--township", metavar="CODE", help="whose children: the township's code")(function)


def as_json(function: F) -> F:
    """``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="answer with one JSON document")(function)


def dry_run(function: F) -> F:
    """``--dry-run``."""
    return click.option("--dry-run", is_flag=True, help="say what would happen, and write nothing")(function)


def _session() -> Any:
    """What stands before the command: the office, its engine, who acts, and where to print."""
    return click.get_current_context().find_root().obj


def _division(session: Any, town: str | None, county: str | None) -> str:
    if (town is None) == (county is None):
        raise click.UsageError("say --township CODE or --county CODE")
    return str(session.division_code(town or county))


def _ends(refused: int) -> None:
    if refused:
        click.get_current_context().exit(1)


@commands.command("queue")
@click.option("--children", required=True, type=click.Path(path_type=Path, dir_okay=False, exists=True), metavar="FILE", help="ID numbers, one a line")
@click.option("--consent-on-file", "notice", required=True, metavar="VERSION", help="the guardians' signed consents lie in the office: the notice's version")
@click.option("--township", required=True, metavar="CODE", help="whose children: the township's code")
@dry_run
@as_json
def queue(children: Path, notice: str, township: str, dry_run: bool, as_json: bool) -> None:
    """Put children into the queue: their consents are attested, their needs registered and assessed by who looks after them."""
    session = _session()
    division = session.division_code(township)
    from careflow_pairing.matching.words import said

    given = {n: line.strip() for n, line in enumerate(children.read_text("utf-8-sig").splitlines(), 1) if line.strip()}
    where = dict(enumerate(given, 1))
    attested = session.engine.attest_consents(session.actor, CONSENT, given.values(), notice, division=division, origin=children.name, dry_run=dry_run)
    problems = [{**one.as_dict(), "line": where[one.line]} for one in attested if one.verdict in ("unknown", "elsewhere", "refused")]
    refused, again = len(problems), 0
    ready: dict[str, int] = {}
    for one in attested:
        if one.verdict in ("attested", "on_file") and one.ref is not None:
            ready.setdefault(one.ref, where[one.line])
    known = {row.subject: row for row in session.engine.cases(session.actor, program=PROGRAM, workflow="need", limit=None)}
    for ref, line in list(ready.items()):
        if ref in known and known[ref].stage != "assessed":
            del ready[ref]
            again += 1
            problems.append({"line": line, "child": ref, "verdict": "paired" if known[ref].stage == "paired" else "registered"})
    queued = []
    if not dry_run:
        for ref, answer in session.engine.each(list(ready), lambda ref: _register(session, ref, known.get(ref))):
            if hasattr(answer, "exit_code"):
                refused += 1
                problems.append({"line": ready[ref], "child": ref, "verdict": answer.code, "message": answer.as_dict()["message"]})
            else:
                queued.append(ref)
    problems.sort(key=lambda one: int(one["line"]))
    if as_json:
        session.out.document({"queued": len(queued), "registered_before": again, "problems": problems, "dry_run": dry_run})
    else:
        if dry_run:
            session.out.say(
                "{count} children could be queued; {again} were registered before. This was a trial; nothing was written.", count=len(ready), again=again
            )
        else:
            session.out.say("{count} children are in the queue now; {again} were registered before.", count=len(queued), again=again)
        rows = [[one["line"], one["child"] or "", one.get("message") or said(one["verdict"])] for one in problems if one["verdict"] != "registered"]
        session.out.table(["Line", "Child", "What is wrong"], rows)
    _ends(refused)


def _register(session: Any, child: str, known: Any) -> str:
    """Opens a need and assesses it; takes up one that was only opened, as when the machine failed between the two."""
    ref = session.engine.open(session.actor, "pairing.need", child, {}).ref if known is None else known.ref
    if known is None or any(row.case == ref and row.name == "assess" for row in session.engine.inbox(session.actor, limit=EVERYTHING)):
        session.engine.do_task(session.actor, f"{ref}.assess", {"needs": LISTED})
    return str(ref)


@commands.command("match")
@township
@click.option("--on", metavar="DATE", help="as of this day; today where left out")
@click.option("--explain", metavar="CHILD", help="why this child gets this one, who else was possible, and what barred the others")
@dry_run
@as_json
def match(township: str | None, county: str | None, on: str | None, explain: str | None, dry_run: bool, as_json: bool) -> None:
    """Match all children of the queue with the places there are, the best way there is. Proposals only: care pairing approve."""
    session = _session()
    division = _division(session, township, county)
    given = {"on": on} if on else {}
    if explain is not None:
        _explain(session, division, given, explain, as_json=as_json)
        return
    run = session.engine.plan if dry_run else session.engine.run_batch
    plan = run(session.actor, PROGRAM, "match", given, division=division, **({"dry_run": True} if dry_run else {}))
    refused = [{"about": one["key"], **one["refusal"]} for one in plan.items if one["refusal"]]
    if as_json:
        session.out.document({**plan.summary, "plan": plan.ref, "proposed": plan.counts["done"], "refused": refused, "dry_run": dry_run})
    else:
        _tell_match(session, plan, refused)
    _ends(len(refused))


def _tell_match(session: Any, plan: Any, refused: Sequence[dict[str, Any]]) -> None:
    said = plan.summary
    session.out.facts(
        [
            ("Plan", plan.ref),
            ("Proxy parents who may be matched", said["able_volunteers"]),
            ("Free places", said["seats"]),
            ("Children paired", said["paired"]),
            ("By tier 1, 2, 3", ", ".join(str(said["by_priority"][tier]) for tier in ("1", "2", "3"))),
            ("In the same village", said["same_village"]),
            ("Still waiting", said["waiting"]),
        ]
    )
    session.out.table(["About", "Why not"], [[one["about"], "; ".join(one["reasons"])] for one in refused])
    if plan.dry_run:
        session.out.tell("This was a trial; nothing was written.")
    elif plan.counts["done"]:
        session.out.say("Look at the proposals, then: care pairing approve --all")


def _explain(session: Any, division: str, given: dict[str, str], child: str, *, as_json: bool) -> None:
    from careflow_pairing.matching.words import said
    from careflow_pairing.program import MATCHING
    from careflow_pairing.township import Town

    with session.engine.survey(session.actor, PROGRAM, "match", given, division=division) as (seen, asked):
        needs, proxies, pairs = seen.sequences
        town = Town(seen.first.policy, asked.on or seen.first.today, needs, proxies, pairs, MATCHING)
        try:
            found = town.explain(child, town.match())
        except KeyError:
            raise click.UsageError(f"{child} does not wait in the queue here: see care case list --workflow need") from None
    if as_json:
        session.out.document({"explanation": {**asdict(found), "possible": [{**asdict(one), "nearness": one.nearness.name} for one in found.possible]}})
        return
    session.out.facts([("Child's need", found.need), ("Proxy parent", found.proxy or "-"), ("Why", said(found.why)), ("Tier", found.tier)])
    rows = [
        [said(one.nearness), one.volunteers, one.places, one.open, ", ".join(f"{taken.tier}: {taken.places}" for taken in one.taken)] for one in found.possible
    ]
    session.out.table(["Nearness", "Volunteers", "Places", "Left", "Taken by tier"], rows)
    session.out.table(["What barred the others", "Volunteers"], [[said(code), count] for code, count in found.barred.items()])


@commands.command("approve")
@click.argument("refs", nargs=-1, metavar="[REF]…")
@click.option("--all", "every", is_flag=True, help="all proposals that wait for it there")
@township
@dry_run
@as_json
def approve(refs: tuple[str, ...], every: bool, township: str | None, county: str | None, dry_run: bool, as_json: bool) -> None:
    """Approve proposals: each once, however often it is run. Then proxy parent and family are asked."""
    session = _session()
    if bool(refs) == every:
        raise click.UsageError("name the pairs, or say --all")
    wanted = list(refs) or _waiting(session, _division(session, township, county))
    done, refused = [], []
    step = _approving(session, dry_run)
    for ref, answer in session.engine.each(wanted, step):
        if hasattr(answer, "exit_code"):
            refused.append({"ref": ref, **answer.as_dict()})
        else:
            done.append(ref)
    if as_json:
        session.out.document({"approved": done, "refused": refused, "dry_run": dry_run})
    else:
        session.out.say("{done} of {all} proposals are approved.", done=len(done), all=len(wanted))
        session.out.table(["Pair", "Why not"], [[one["ref"], one["message"]] for one in refused])
    _ends(len(refused))


def _approving(session: Any, dry_run: bool) -> Callable[[str], Any]:
    return lambda ref: session.engine.do_task(session.actor, f"{ref}.approve", {}, dry_run=dry_run)


def _waiting(session: Any, division: str) -> list[str]:
    """The pairs whose approval waits in a division, each once."""
    rows = session.engine.inbox(session.actor, role="child_supervisor", township=division, limit=EVERYTHING)
    return list(dict.fromkeys(row.case for row in rows if row.program == PROGRAM and row.name == "approve"))


@commands.command("change")
@click.argument("child", metavar="CHILD")
@click.option("--to", "proxy", required=True, metavar="PROXY", help="the proxy parent: its case (PP-26-00003) or the volunteer (P-000123)")
@township
@dry_run
@as_json
def change(child: str, proxy: str, township: str | None, county: str | None, dry_run: bool, as_json: bool) -> None:
    """Propose another one for a child than the match did. What is approved stays: reject it first."""
    from careflow_pairing.matching.words import said

    session = _session()
    division, given = _division(session, township, county), {"need": child, "proxy": proxy}
    run = session.engine.plan if dry_run else session.engine.run_batch
    plan = run(session.actor, PROGRAM, "change", given, division=division, **({"dry_run": True} if dry_run else {}))
    why = plan.summary.get("why")
    if as_json:
        session.out.document({"plan": plan.as_dict(), "why_not": why})
    elif why is not None:
        session.out.table(["About", "Why not"], [[f"{child} → {proxy}", said(why)]])
    else:
        rows = [[one["key"], "; ".join(one["refusal"]["reasons"])] for one in plan.items if one["refusal"]]
        if rows:
            session.out.table(["About", "Why not"], rows)
        elif plan.dry_run:
            session.out.tell("This was a trial; nothing was written.")
        else:
            session.out.say("Proposed. Look at it, then: care pairing approve")
    _ends(plan.counts["refused"] or int(why is not None))


@commands.command("silent")
@click.option("--days", "least", type=click.IntRange(1), default=21, show_default=True, help="no talk, visit or call for so many days")
@township
@as_json
def silent(least: int, township: str | None, county: str | None, as_json: bool) -> None:
    """Pairs that have fallen silent, the longest first."""
    session = _session()
    listed = session.engine.listing(session.actor, PROGRAM, "silent", division=_division(session, township, county))
    rows = [list(row) for row in listed.rows if int(row[-1] or 0) >= least]
    rows.sort(key=lambda row: (-int(row[-1]), row[0]))
    if as_json:
        session.out.document({"pairs": [{"pair": row[0], "township": row[2], "last_contact": row[-2] or None, "days": int(row[-1])} for row in rows]})
    else:
        session.out.table(list(listed.columns), rows, empty="No pair is silent.")


@commands.command("progress")
@township
@as_json
def progress(township: str | None, county: str | None, as_json: bool) -> None:
    """How far each township is: pairs by stage, and the places that are free."""
    session = _session()
    division = _division(session, township, county)
    stages = session.engine.listing(session.actor, PROGRAM, "progress", division=division)
    places = session.engine.listing(session.actor, PROGRAM, "capacity", division=division)
    free: dict[str, int] = {}
    for row in places.rows:
        free[row[3]] = free.get(row[3], 0) + int(row[5] or 0)
    if as_json:
        pairs = [{"township": row[0], "stage": row[1], "pairs": int(row[2])} for row in stages.rows]
        session.out.document({"pairs": pairs, "free_places": free})
    else:
        session.out.table(list(stages.columns), [list(row) for row in stages.rows], empty="There are no pairs yet.")
        session.out.table(["Township", "Free places"], [[name, count] for name, count in sorted(free.items())])
