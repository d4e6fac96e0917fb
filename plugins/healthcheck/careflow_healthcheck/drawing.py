"""The commands that draw: a child's growth and vision over the years, a round by school. A picture names no child unless a purpose is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from workflow_core import Deny, deny

if TYPE_CHECKING:
    from careflow_healthcheck.forms import Rate

F = TypeVar("F", bound=Callable[..., Any])
PROGRAM = "healthcheck"


def _file(function: F) -> F:
    """``--kind``, ``--out`` and ``--json``: what is written, and where."""
    path = click.Path(path_type=Path, dir_okay=False)
    function = click.option("--json", "as_json", is_flag=True, help="answer with one JSON document")(function)
    function = click.option("--out", required=True, type=path, metavar="FILE", help="the file to write; only you may read it")(function)
    return click.option("--kind", type=click.Choice(["svg", "png"]), help="the kind of picture; left out: what the file's name ends with, else svg")(function)


def _whom(function: F) -> F:
    """Whose picture, and whether the name is printed on it."""
    function = click.option("--purpose", default="", metavar="TEXT", help="why it is drawn; needed with --name, and kept in the journal")(function)
    function = click.option("--name", "named", is_flag=True, help="print the child's name above the picture; needs --purpose")(function)
    return click.argument("child", metavar="CHILD")(function)


@click.command("curves")
@_whom
@click.option(
    "--curve", "chosen", multiple=True, type=click.Choice(["height", "weight", "bmi"]), help="only this one; say it again for more; left out: all three"
)
@_file
def curves(child: str, named: bool, purpose: str, chosen: Sequence[str], kind: str | None, out: Path, as_json: bool) -> None:
    """Draw a child's growth: height, weight and body mass index over the years, with the lines of the standards. That you looked is written down."""
    session = _session()
    found = session.engine.on_file(session.actor, PROGRAM, child, "curves", unmasked=named, purpose=purpose)
    from careflow_healthcheck.facts import by_day
    from careflow_healthcheck.pictures.growth import CURVES, Point, growth_picture

    if found.born_on is None or found.sex is None:
        session.refuse(_unknown(child))
    points = [Point(day, values.get("height_cm"), values.get("weight_kg")) for day, values in by_day(found.observed).items() if day >= found.born_on]
    points = [one for one in points if one.height_cm is not None or one.weight_kg is not None]
    if not points:
        session.refuse(_nothing(child))
    wanted = [one for one in CURVES if not chosen or one in chosen]
    of = {"sex": found.sex, "curves": wanted, "name": found.name if named else ""}
    _write(session, out, kind, lambda to: growth_picture(points, found.born_on, kind=to, **of), len(points), as_json=as_json)


picture = click.Group("picture", help="Other pictures: vision over the years, a round by school")


@picture.command("vision")
@_whom
@_file
def vision(child: str, named: bool, purpose: str, kind: str | None, out: Path, as_json: bool) -> None:
    """Draw a child's naked vision over the years, among the grades of the 5.0 scale. That you looked is written down."""
    session = _session()
    found = session.engine.on_file(session.actor, PROGRAM, child, "vision", unmasked=named, purpose=purpose)
    from careflow_healthcheck.facts import by_day
    from careflow_healthcheck.pictures.vision import EyesOn, vision_picture

    eyes = [EyesOn(day, values.get("vision_left"), values.get("vision_right")) for day, values in by_day(found.observed).items()]
    eyes = [one for one in eyes if one.left is not None or one.right is not None]
    if not eyes:
        session.refuse(_nothing(child))
    _write(session, out, kind, lambda to: vision_picture(eyes, kind=to, name=found.name if named else ""), len(eyes), as_json=as_json)


@picture.command("round")
@click.argument("round_ref", metavar="REF")
@_file
def of_round(round_ref: str, kind: str | None, out: Path, as_json: bool) -> None:
    """Draw a reported round by school: how many of those judged were found with what. Schools and numbers only; below ten children no rate."""
    session = _session()
    shown = session.engine.show(session.actor, round_ref)
    if shown.row.program != PROGRAM or shown.row.workflow != "round":
        session.refuse(deny("{case} is no round", hint="see: care case list --program healthcheck --workflow round", code="no_round", case=round_ref))
    rates = rates_of(shown.record)
    if not rates:
        why = deny(
            "the rates of {case} are counted when it is reported",
            hint="report it first: care case advance {case} report; what is found by now: care listing show healthcheck by_school",
            code="not_reported",
            case=round_ref,
        )
        session.refuse(why)
    from careflow_healthcheck.pictures.schools import schools_picture

    _write(session, out, kind, lambda to: schools_picture(rates, kind=to), len(rates), as_json=as_json)


COMMANDS: tuple[click.Command, ...] = (curves, picture)


def rates_of(record: Mapping[str, Any]) -> tuple[Rate, ...]:
    """The lines of a round's report, out of what the record holds as plain values."""
    from careflow_healthcheck.findings import Item
    from careflow_healthcheck.forms import Rate, RateBy, Share

    return tuple(
        Rate(
            by=RateBy[one["by"]],
            name=one["name"],
            listed=one["listed"],
            measured=one["measured"],
            shares=tuple(Share(**{**share, "what": Item[share["what"]]}) for share in one["shares"]),
        )
        for one in record.get("rates") or ()
    )


def _session() -> Any:
    """What stands before the command: the office, its engine, who acts, and where to print."""
    return click.get_current_context().find_root().obj


def _write(session: Any, out: Path, kind: str | None, draw: Callable[[Any], bytes], points: int, *, as_json: bool) -> None:
    from careflow_healthcheck.pictures.fonts import FontMissing

    wanted = kind or ("png" if out.suffix.lower() == ".png" else "svg")
    try:
        content = draw(wanted)
    except FontMissing as missing:
        session.refuse(missing.why)
    else:
        session.out.file(out, content)
        if as_json:
            session.out.document({"file": str(out), "kind": wanted, "points": points})
        else:
            session.out.say("Picture in {file}.", file=out)


def _unknown(child: str) -> Deny:
    return deny(
        "birth date or sex of {child} is not on file, and the standards go by both", hint="complete the file: care child edit {child}", code="no_standard",
        child=child,
    )  # fmt: skip


def _nothing(child: str) -> Deny:
    return deny("nothing of this is measured of {child} yet", hint="see its checks: care case list --all --subject {child}", code="not_measured", child=child)
