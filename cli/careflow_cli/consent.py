"""``care consent``: what guardians consented to, refused and withdrew, and what it stops."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from careflow_cli import output
from careflow_cli.child_words import shown as file_word
from careflow_cli.clicks import Group, argument, option
from careflow_cli.common import answer_refused, dry_run_option, json_option, whose_township_option
from careflow_cli.completion import DIVISION
from careflow_cli.consent_words import BASIS, STANDING
from careflow_cli.session import Session, pass_session
from workflow_core.errors import Misused
from workflow_core.i18n import N_, Label, translate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflow_core.definition import Consent
    from workflow_core.engine.attesting import Attested
    from workflow_core.engine.consenting import Recorded, Stands

group = Group("consent", help="Consents: give, refuse, withdraw, attest, look.")

FILE = click.Path(path_type=Path, dir_okay=False)
child_argument = argument("child", metavar="REF", help="the child's reference, as lists show it: C-000123")
consent_argument = argument("consent", metavar="CONSENT", help="what for: the consent's name, or PROGRAM.CONSENT; see `care consent list`")
by_option = option("--by", metavar="WHO", help="who on file: guardian, father, mother, or the person's reference; child for its own no")
named_option = option("--named", metavar="TEXT", help="the name of a guardian who is not on file; needs --kin")
kin_option = option("--kin", metavar="WORD", help="how he is related to the child: grandparent, sibling, relative …")
on_option = option("--on", metavar="DATE", help="the day on which it was said; left out: today")
evidence_option = option("--evidence", type=FILE, metavar="FILE", help="a scan or photograph of the signed paper; it is kept")
_SAID = {"given": N_("consented"), "refused": N_("refused"), "withdrawn": N_("withdrew")}
_HOW = {
    "moved": N_("{case}: stands in {stage} now"),
    "suspended": N_("{case}: suspended; the supervisor is asked what becomes of it"),
    "rests": N_("{case}: was suspended already"),
    "looked_at": N_("{case}: stays in {stage}"),
    "goes_on": N_("{case}: stays in {stage}: somebody answers for the child there, and was told"),
    "left": N_("{case}: its program could not be asked; the clock tries again"),
}
_VERDICT = {
    "attested": N_("attested"),
    "on_file": N_("on record already"),
    "refused": N_("refused or withdrawn by the guardian: nothing was recorded"),
    "unknown": N_("not on file"),
    "elsewhere": N_("kept elsewhere"),
}


@group.command("give")
@child_argument
@consent_argument
@by_option
@named_option
@kin_option
@option("--notice", metavar="VERSION", help="the version of the notice that was signed")
@option("--child", "voice", type=click.Choice(["agrees", "disagrees"]), help="what the child says itself; needed from eight years on")
@on_option
@option("--expires", metavar="DATE", help="the last day on which it counts; left out: without end")
@evidence_option
@option("--paper", is_flag=True, help="the signed paper lies in the office")
@option(
    "--basis", type=click.Choice(list(BASIS)), default="consent", show_default=True, help="on what it rests; what is not consent needs --reason and --expires"
)
@option("--reason", metavar="TEXT", help="why no consent is needed; it is kept")
@json_option
@pass_session
def give(session: Session, /, child: str, consent: str, evidence: Path | None, as_json: bool, voice: str | None, **said: Any) -> None:
    """Record that a guardian consented. Cases that waited for it go on.

    At a terminal it is asked what was not said.
    """
    from careflow_cli.consent_form import Yes, saying

    found = saying(Yes, {**said, "child": voice}, session.today, _consent(session, consent))
    _recorded(session, session.engine.give_consent(session.actor, child, consent, found, evidence=evidence), N_("{child}: consented ({consent})."), as_json)


@group.command("refuse")
@child_argument
@consent_argument
@by_option
@named_option
@kin_option
@on_option
@evidence_option
@option("--reason", metavar="TEXT", help="why, where it was said")
@json_option
@pass_session
def refuse(session: Session, /, child: str, consent: str, evidence: Path | None, as_json: bool, **said: Any) -> None:
    """Record that a guardian, or the child itself, refused. It is kept as such."""
    from careflow_cli.consent_form import No, saying

    found = saying(No, said, session.today, _consent(session, consent))
    _recorded(session, session.engine.refuse_consent(session.actor, child, consent, found, evidence=evidence), N_("{child}: refused ({consent})."), as_json)


@group.command("withdraw")
@child_argument
@consent_argument
@by_option
@named_option
@kin_option
@on_option
@evidence_option
@option("--reason", metavar="TEXT", help="why, where it was said; nobody has to say")
@json_option
@pass_session
def withdraw(session: Session, /, child: str, consent: str, evidence: Path | None, as_json: bool, **said: Any) -> None:
    """Record that a guardian, or the child itself, withdrew. What rests on that consent is stopped, and nothing else; it is said what."""
    from careflow_cli.consent_form import No, saying

    found = saying(No, said, session.today, _consent(session, consent))
    told = session.engine.withdraw_consent(session.actor, child, consent, found, evidence=evidence)
    _recorded(session, told, N_("{child}: withdrawn ({consent})."), as_json)
    if not as_json and not told.cases:
        output.say(N_("Nothing rested on it."))


@group.command("attest")
@consent_argument
@option("--children", "file", type=FILE, required=True, metavar="FILE", help="ID numbers or references, one a line")
@option("--consent-on-file", "notice", required=True, metavar="VERSION", help="the version of the notice whose signed papers lie in the office")
@whose_township_option
@dry_run_option
@json_option
@pass_session
def attest(session: Session, consent: str, file: Path, notice: str, township: str, dry_run: bool, as_json: bool) -> None:
    """Attest for a list of children that the signed consents of their guardians lie in the office; one record for each.

    Who attests, when, and to which version of the notice is kept. What a guardian refused or withdrew, a list does not undo.
    """
    lines = read_list(file)
    told = session.engine.attest_consents(session.actor, consent, lines, notice, division=township, origin=file.name, dry_run=dry_run)
    if as_json:
        counts = {name: sum(one.verdict == name for one in told) for name in _VERDICT}
        output.document({**counts, "lines": [one.as_dict() for one in told], "dry_run": dry_run})
    else:
        _show_attested(told, dry_run=dry_run)
    answer_refused(sum(one.verdict not in ("attested", "on_file") for one in told))


@group.command("list")
@argument("consent", required=False, default="", metavar="CONSENT", help="how it stands for each child; left out: what programs ask consent for")
@option("--township", type=DIVISION, metavar="CODE", default="", help="whose children: the township's code")
@json_option
@pass_session
def listing(session: Session, consent: str, township: str, as_json: bool) -> None:
    """List what programs ask consent for; or how one consent stands for the children of a township."""
    if not consent:
        _show_purposes(session, as_json=as_json)
        return
    from workflow_core.access import masking

    found = session.engine.consents_in(session.actor, consent, township)
    if as_json:
        children = [{"child": stands.child, "name": masking.name(row["name"]), **_latest(stands)} for row, stands in found]
        output.document({"consent": consent, "children": children})
        return
    rows: list[list[output.Cell]] = [
        [stands.child, masking.name(row["name"]), translate(STANDING[stands.standing]), *(_latest(stands)[name] for name in ("on", "notice", "expires"))]
        for row, stands in found
    ]
    heads = [N_("Child"), N_("Name"), N_("Consent"), N_("Since"), N_("Notice"), N_("Until")]
    output.table(heads, rows, empty=N_("Nothing is on record."))


@group.command("show")
@child_argument
@json_option
@pass_session
def show(session: Session, child: str, as_json: bool) -> None:
    """Show what was consented to, refused and withdrawn for a child, and what of it counts today."""
    found = session.engine.consents_of(session.actor, child)
    if as_json:
        output.document({"child": found[0].child if found else child.upper(), "purposes": [_as_json(one) for one in found]})
        return
    if not found:
        output.say(N_("Nothing is on record."))
    for one in found:
        told = {"consent": f"{one.program}.{one.consent.name}", "title": Label(one.consent.title), "standing": Label(STANDING[one.standing])}
        output.say(N_("{title} ({consent}): {standing}"), **told)
        heads = [N_("Day"), N_("What"), N_("Who"), N_("The child"), N_("Notice"), N_("Until"), N_("Shown by"), N_("Recorded by")]
        output.table(heads, [_line(row) for row in one.said])


# ------------------------------------------------------------------ what is shown


def _consent(session: Session, name: str) -> Consent:
    from workflow_core.access import consents
    from workflow_core.engine.consenting import purposes

    return consents.purpose(purposes(session.engine.runtime), name)[1]


def _recorded(session: Session, told: Recorded, headline: str, as_json: bool) -> None:
    if as_json:
        output.document(told.as_dict())
        return
    output.say(headline, child=told.child, consent=f"{told.program}.{told.consent}")
    stages = {stage.name: stage.title for workflow in session.registry.program(told.program).workflows if told.cases for stage in workflow.stages}
    for one in told.cases:
        output.say(f"  {translate(_HOW[one.how], case=one.ref, stage=translate(stages.get(one.stage, one.stage)))}")


def _show_attested(told: list[Attested], *, dry_run: bool) -> None:
    if dry_run:
        output.tell(N_("This was a trial; nothing was written."))
    output.tally({_VERDICT[name]: count for name in _VERDICT if (count := sum(one.verdict == name for one in told))})
    rows: list[list[output.Cell]] = [[one.line, one.ref, translate(_VERDICT[one.verdict])] for one in told if one.verdict not in ("attested", "on_file")]
    output.table([N_("Line"), N_("Child"), N_("Why not")], rows)


def _show_purposes(session: Session, *, as_json: bool) -> None:
    from workflow_core.engine.consenting import purposes

    found = purposes(session.engine.runtime)
    if as_json:
        listed = [
            {
                "consent": f"{program}.{one.name}", "title": translate(one.title), "basis": one.basis, "notice": one.notice, "child_from": one.child_from,
                "stops": None if one.withdrawn is None else one.withdrawn.name,
            }
            for program, one in found
        ]  # fmt: skip
        output.document({"consents": listed})
        return
    rows: list[list[output.Cell]] = [
        [f"{program}.{one.name}", translate(one.title), translate(BASIS[one.basis]), one.notice, one.child_from] for program, one in found
    ]
    output.table([N_("Consent"), N_("What for"), N_("Basis"), N_("Notice"), N_("The child is heard from")], rows, empty=N_("No program asks for a consent."))


def _latest(stands: Stands) -> dict[str, Any]:
    last: Mapping[str, Any] = stands.said[-1] if stands.said else {}
    return {"standing": stands.standing, "on": last.get("said_on"), "notice": last.get("notice"), "expires": last.get("expires")}


def _who(row: Mapping[str, Any]) -> str:
    from workflow_core.access import masking

    if row["given_name"]:
        return f"{masking.name(row['given_name'])} ({file_word('guardian_kin', row['given_kin'])})"
    if row["given_ref"]:
        return str(row["given_ref"])
    if row["attested"]:
        return translate("as the paper says")
    return translate("the child") if row["child_said"] == "disagrees" else ""


def _line(row: Mapping[str, Any]) -> list[output.Cell]:
    shown = translate("a file") if row["evidence"] else translate("paper") if row["on_paper"] else row["reason"] if row["basis"] != "consent" else ""
    what = translate(_SAID[row["said"]]) if row["basis"] == "consent" else translate(BASIS[row["basis"]])
    voice = {"agrees": N_("agrees"), "disagrees": N_("does not agree")}.get(row["child_said"] or "", "")
    return [row["said_on"], what, _who(row), translate(voice) if voice else "", row["notice"], row["expires"], shown, row["recorded_by"]]


_TOLD = ("said", "basis", "notice", "child_said", "said_on", "evidence", "on_paper", "attested", "expires", "reason", "recorded_at", "recorded_by")


def _as_json(one: Stands) -> dict[str, Any]:
    from workflow_core.access import masking

    said = [
        {**{name: row[name] for name in _TOLD}, "by": row["given_ref"], "guardian": masking.name(row["given_name"]), "kin": row["given_kin"]}
        for row in one.said
    ]
    return {
        "program": one.program,
        "consent": one.consent.name,
        "title": translate(one.consent.title),
        "basis": one.consent.basis,
        "notice": one.consent.notice,
        "standing": one.standing,
        "said": said,
    }


def read_list(file: Path) -> list[str]:
    """The first word of each line of a text file, in UTF-8 or GB18030; empty lines are passed over.

    :raises Misused: ``file_unreadable``.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise Misused("file_unreadable", N_("the file cannot be read: {why}"), why=error.strerror or type(error).__name__) from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", errors="replace")
    return [line.replace(",", " ").split()[0] for line in text.splitlines() if line.replace(",", " ").strip()]
