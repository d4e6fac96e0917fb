"""The commands of the camp beside those that every program has: seats, the draw and whether it was made as it should be, the days themselves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from careflow_camp.desk import PROGRAM, as_json, dry_run, ends, methods, session_of
from careflow_camp.running import COMMANDS as RUNNING
from workflow_core import deny

F = TypeVar("F", bound=Callable[..., Any])
commands = click.Group(PROGRAM, help="Summer camp: seats, a draw that anybody can check, the days themselves.")
for command in RUNNING:
    commands.add_command(command)
SECRET, PUBLIC_VALUE = deny("Secret"), deny("Public value")
"""What is asked for, in the reader's language."""
_FILE = click.Path(path_type=Path, dir_okay=False, exists=True)
_NEW_FILE = click.Path(path_type=Path, dir_okay=False)

# ------------------------------------------------------------------ seats


@commands.command("quota")
@click.option("--from", "source", type=_FILE, metavar="FILE", help="a CSV of name,count; left out: the registry's own counts")
@click.option("--county", metavar="CODE", help="whose registry; left out: the file's counts")
@click.option("--by", type=click.Choice(["school", "township"]), default="school", show_default=True, help="of the registry: by school, or by township")
@click.option("--seats", required=True, type=int, metavar="N", help="how many there are")
@click.option("--method", type=click.Choice(methods()), default="largest-remainder", show_default=True, help="how they are allotted")
@click.option("--at-least", type=int, default=0, show_default=True, metavar="K", help="for each that has so many children")
@as_json
def quota(source: Path | None, county: str | None, by: str, seats: int, method: str, at_least: int, as_json: bool) -> None:
    """Seats in proportion to children: what comes out, without any camp. Whole numbers only; a tie is named, with the rule that broke it."""
    from careflow_camp.forms import Method
    from careflow_camp.seats import SeatsRefused, allot, read_counts, with_lines

    session = session_of()
    if (source is None) == (county is None):
        raise click.UsageError("say --from FILE or --county CODE")
    try:
        counts = _registry(session, county, by) if source is None else read_counts(source.read_bytes())
        found = allot(counts, seats, Method[method.upper().replace("-", "_")], at_least=at_least)
    except SeatsRefused as no:
        session.refuse(*(no.why if source is None else with_lines(no.why, source.read_bytes())))
    if as_json:
        session.out.document(found.as_dict())
        return
    children = dict(counts)
    session.out.table(["School" if by == "school" else "Township", "Children", "Seats"], [[name, children[name], got] for name, got in found.seats.items()])
    _tell_tie(session, found.as_dict())


def _tell_tie(session: Any, said: Any) -> None:
    tie = said["tie"]
    if tie:
        session.out.tell(
            "Equal claims to the last seats: {names}; {got} got one: {rule}", names=", ".join(tie["between"]), got=", ".join(tie["got"]), rule=tie["rule"]
        )
    if said["unused"]:
        session.out.tell("{n} seats are left: there are no more children", n=said["unused"])


def _registry(session: Any, county: str | None, by: str) -> list[tuple[str, object]]:
    """The children that a camp is for, as the registry has them."""
    code = str(session.division_code(county))
    towns = [(one, name) for one, name in session.division_names() if one.startswith(code) and len(one) == 9] if by == "township" else [(code, "")]
    from careflow_camp.plans import nobody_counted

    found: dict[str, int] = {}
    unknown = 0
    for one, name in towns:
        said = session.engine.plan(session.actor, PROGRAM, "count", {}, division=one, dry_run=True).summary
        found |= {name: said["children"]} if by == "township" else said["schools"]
        unknown += said["left_behind_unknown"]
    if not any(found.values()):
        session.refuse(nobody_counted(unknown))
    if unknown:
        session.out.tell("{n} files do not say whether the parents are away, and are not counted", n=unknown)
    return [*found.items()]


@commands.command("allot")
@click.argument("edition", metavar="EDITION")
@click.option("--from", "source", type=_FILE, metavar="FILE", help="a CSV of school,count; left out: the registry's own counts by school")
@dry_run
@as_json
def allot_seats(edition: str, source: Path | None, dry_run: bool, as_json: bool) -> None:
    """Allot an edition's seats to schools, by the method that it names. The notice is drafted, with annex 4, when a secret is promised too."""
    from careflow_camp.forms import Method
    from careflow_camp.seats import SeatsRefused, allot, read_counts, with_lines
    from careflow_camp.seats.asked import whole

    session, given = session_of(), {}
    if source is not None:
        try:
            read, record = read_counts(source.read_bytes()), session.engine.show(session.actor, edition).record
            allot(read, int(record["seats"]), Method[str(record["method"])], at_least=int(record["at_least"]))  # what quota says of a file, here too
            given = {"counts": [{"school": one.name, "children": whole(one.cell)} for one in read]}
        except SeatsRefused as no:
            session.refuse(*with_lines(no.why, source.read_bytes()))
    run = session.engine.plan if dry_run else session.engine.run_batch
    plan = run(session.actor, PROGRAM, "allot", given, case=edition, **({"dry_run": True} if dry_run else {}))
    if as_json:
        session.out.document({**plan.summary, "plan": plan.ref, "dry_run": dry_run})
        return
    said = plan.summary
    session.out.table(["School", "Seats"], [[name, got] for name, got in said["seats"].items()])
    _tell_tie(session, said)
    if said["left_behind_unknown"]:
        session.out.tell("{n} files do not say whether the parents are away, and are not counted", n=said["left_behind_unknown"])
    if said["without_school"]:
        session.out.tell("{n} children have no school on file, and are not counted", n=said["without_school"])
    if said["not_on_file"]:
        session.out.tell("No child on file here goes to these schools; nobody of them can be nominated: {names}", names=", ".join(said["not_on_file"]))
    if dry_run:
        session.out.tell("This was a trial; nothing was written.")


@commands.command("nominate")
@click.argument("child", metavar="CHILD")
@click.option("--edition", metavar="REF", help="which camp; left out: the one that takes nominations here")
@click.option("--away", "away_months", metavar="MONTHS", help="how long the parents have been away")
@click.option("--performance", metavar="TEXT", help="what the child performs")
@click.option("--size", metavar="SIZE", help="of the camp clothes")
@as_json
def nominate(child: str, edition: str | None, as_json: bool, **values: str | None) -> None:
    """Nominate one child at the desk: the same checks as for a row of a school's sheet."""
    session = session_of()
    given = {name: value for name, value in values.items() if value is not None}
    said = session.engine.enter_row(session.actor, PROGRAM, child, given, whole=edition).as_dict()
    if as_json:
        session.out.document({"cases": said["cases"], "opened": said["opened"], "unchanged": said["unchanged"], "problems": said["problems"]})
        return
    for problem in said["problems"]:
        session.out.tell("{what}: {hint}", what=problem["message"], hint=problem["hint"])
    if said["cases"]:
        session.out.say("{child} is nominated: {camper}", child=child, camper=", ".join(said["cases"]))
    else:
        session.out.say("{child} was nominated before.", child=child)


# ------------------------------------------------------------------ the draw


@commands.command("commit")
@click.argument("edition", metavar="EDITION")
@click.option("--commitment", metavar="SHA256", help="of a secret that was made elsewhere; left out: one is made, and shown once")
@click.option("--confirm", default="", metavar="WHY", help="another secret than the one that was promised: why")
@as_json
def commit(edition: str, commitment: str | None, confirm: str, as_json: bool) -> None:
    """Publish the SHA-256 of the draw's secret, before nominations close. The secret is shown once and stored nowhere: write it down and seal it."""
    from careflow_camp import draw

    session = session_of()
    secret = draw.new_secret() if commitment is None else None
    published = commitment if secret is None else draw.commitment(secret)
    session.engine.do_task(session.actor, f"{edition}.commit", {"commitment": published}, confirm=confirm)
    if as_json:
        session.out.document({"edition": edition, "commitment": published, **({} if secret is None else {"secret": secret})})
        return
    session.out.facts([("SHA-256, to be published", published), *([] if secret is None else [("Secret, shown only now", secret)])])
    if secret is not None:
        session.out.say("Write the secret on two sheets, in two sealed envelopes. Without it nothing can be drawn, and it is nowhere else.")


@commands.command("close")
@click.argument("edition", metavar="EDITION")
@click.option("--confirm", default="", metavar="WHY", help="before the day that the schools were told: why")
@as_json
def close(edition: str, confirm: str, as_json: bool) -> None:
    """Close nominations: the list is frozen, and its SHA-256 published."""
    session = session_of()
    session.engine.advance(session.actor, edition, "close_nominations", confirm=confirm)
    record = session.engine.show(session.actor, edition).record
    unused = record["seats"] - sum(one["seats"] for one in record["allotment"])
    if unused:
        session.out.tell("{n} seats are left: there are no more children", n=unused)
    if as_json:
        session.out.document({"edition": edition, "listed": record["listed"], "digest": record["digest"], "unused": unused})
    else:
        session.out.facts([("Children on the frozen list", record["listed"]), ("SHA-256 of the frozen list, to be published", record["digest"])])
        session.out.say("The list itself: care camp verify {ref} --write-list list.txt", ref=edition)


@commands.command("draw")
@click.argument("edition", metavar="EDITION")
@click.option(
    "--secret-file",
    type=click.File(encoding="utf-8"),
    metavar="FILE",
    help="the secret, in a file, or - for what is piped in; asked for where it is left out, so that no shell remembers it",
)
@click.option("--public", "public_value", metavar="VALUE", help="the public value that the notice names; asked for where it is left out")
@dry_run
@as_json
def draw_it(edition: str, secret_file: Any, public_value: str | None, dry_run: bool, as_json: bool) -> None:
    """Draw, once: everybody on the frozen list gets a place. Nobody draws again; anybody can do the sum again: care camp verify."""
    session = session_of()
    if not dry_run:
        session.must_own()  # before the secret is asked for
    given = {
        "secret": secret_file.read().strip() if secret_file is not None else click.prompt(SECRET.text(), err=True),
        "public_value": public_value if public_value is not None else click.prompt(PUBLIC_VALUE.text(), err=True),
    }
    run = session.engine.plan if dry_run else session.engine.run_batch
    plan = run(session.actor, PROGRAM, "draw", given, case=edition, **({"dry_run": True} if dry_run else {}))
    refused = [{"camper": one["key"], **one["refusal"]} for one in plan.items if one["refusal"]]
    if as_json:
        session.out.document({**plan.summary, "plan": plan.ref, "done": plan.counts["done"], "refused": refused, "dry_run": dry_run})
    else:
        session.out.facts([("Plan", plan.ref), ("Drawn", plan.summary["drawn"]), ("SHA-256 of the order, to be published", plan.summary["order_digest"])])
        session.out.table(["Camper", "Why not"], [[one["camper"], "; ".join(one["reasons"])] for one in refused])
        if dry_run:
            session.out.tell("This was a trial; nothing was written.")
        else:
            session.out.say(
                "The seats are offered in this order by the clock: care tick. The order itself: care camp verify {ref} --write-order order.txt", ref=edition
            )
    ends(len(refused))


@commands.command("verify")
@click.argument("edition", required=False, metavar="[EDITION]")
@click.option("--list", "list_file", type=_FILE, metavar="FILE", help="the list that was published: it is compared, never written")
@click.option("--order", "order_file", type=_FILE, metavar="FILE", help="the order that was published: it is compared, never written")
@click.option("--write-list", type=_NEW_FILE, metavar="FILE", help="of an edition: where its frozen list is written")
@click.option("--write-order", type=_NEW_FILE, metavar="FILE", help="of an edition: where the order drawn is written")
@click.option("--commitment", metavar="SHA256", help="published before nominations closed")
@click.option("--digest", metavar="SHA256", help="of the list, published when nominations closed")
@click.option("--secret", metavar="SECRET", help="revealed at the draw")
@click.option("--public", "public_value", metavar="VALUE", help="the public value that the notice names")
@as_json
def verify(
    edition: str | None, list_file: Path | None, order_file: Path | None, write_list: Path | None, write_order: Path | None, as_json: bool,
    **published: str | None,
) -> None:  # fmt: skip
    """Do a draw's sum again, and say what does not fit first: secret, list, order. Of an edition, or of what was published, without any office."""
    session = session_of()
    if edition is None and (write_list or write_order):
        raise click.UsageError("only the list and the order of an edition are written: name it")
    said = _from_files(list_file, order_file, published) if edition is None else _from_office(session, edition)
    why = said.pop("why")
    if edition is not None:
        for name, file in (("list", write_list), ("order", write_order)):
            if file is not None and said[name]:
                session.out.file(file, said[name].encode())
        why = why or _compared(said, list_file, order_file)
    if why is not None:
        session.refuse(why)
    if as_json:
        session.out.document({"fits": True, **{name: value for name, value in said.items() if name not in ("list", "order")}})
        return
    if said.get("drawn", True):
        session.out.say("It fits: secret, list and order.")
    else:
        session.out.say("The list is the one that was frozen. Nothing is drawn yet.")
    if edition is not None:
        _tell_published(session, said)


def _from_files(list_file: Path | None, order_file: Path | None, published: dict[str, str | None]) -> dict[str, Any]:
    from careflow_camp import draw

    missing = [f"--{name.replace('_value', '')}" for name, value in published.items() if value is None]
    missing += [f"--{name}" for name, file in (("list", list_file), ("order", order_file)) if file is None or not file.is_file()]
    if missing or list_file is None or order_file is None:
        raise click.UsageError(f"without an edition all that was published is needed; missing: {', '.join(missing)}")
    words = {name: str(value) for name, value in published.items()}
    why = draw.verify(
        commitment=words["commitment"], digest=words["digest"], secret=words["secret"], public_value=words["public_value"],
        listed=list_file.read_bytes(), order=order_file.read_bytes(),
    )  # fmt: skip
    return {"why": why}


def _compared(said: dict[str, Any], list_file: Path | None, order_file: Path | None) -> Any:
    """Whether the files that were published are the list and the order of the office, to the byte."""
    hint = "the office's own: --write-list, --write-order, under another name"
    if list_file is not None and list_file.read_bytes() != said["list"].encode():
        return deny("the list in the file is not the one that was frozen", hint=hint, code="list_wrong")
    if order_file is not None and order_file.read_bytes() != said["order"].encode():
        return deny("the order in the file is not the one that was drawn", hint=hint, code="order_wrong")
    return None


def _from_office(session: Any, edition: str) -> dict[str, Any]:
    from workflow_core import Deny

    said = dict(session.engine.plan(session.actor, PROGRAM, "audit", {}, case=edition, dry_run=True).summary)
    why = said["why"]
    return {**said, "why": None if why is None else Deny(why["reason"], why["hint"], why["values"], why["code"])}


def _tell_published(session: Any, said: dict[str, Any]) -> None:
    from careflow_camp import draw

    lines = [("SHA-256 of the secret", said["commitment"]), ("SHA-256 of the frozen list", said["digest"]), ("Children on the frozen list", said["listed"])]
    if said["drawn"]:
        lines += [("Secret", said["secret"]), ("Public value", said["public_value"]), ("SHA-256 of the order", said["order_digest"])]
    session.out.facts([*lines, ("Public value that the draw waits for", said["public_source"])])
    session.out.say("By hand, with the list in list.txt:")
    click.echo(draw.recipe(said["secret"] or "SECRET", said["public_value"] or "VALUE"), nl=False)
