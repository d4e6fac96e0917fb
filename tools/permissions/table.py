"""The table: every command of ``care``, and what is answered to everybody who may ask.

Change it only with a reason that the rules of the office give: nothing granted means nobody may; what lies out of scope looks as if it did not exist;
whoever holds a role in a division reads what lies there, and changes a case only by a role that its program names; a school sees its pupils, a
volunteer the child that is paired with him and only what pairing needs; administering is not the work itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tools.permissions.desks import DESKS, OWNERS, SIGNS, Desk, Outcome, Where


@dataclass(frozen=True)
class Row:
    """What is answered to one command.

    :param here: in his own township, for each of ``DESKS``. :param other: in another one; None where scope plays no part.
    :param own: about a case of his own, for each of ``OWNERS``; None where scope plays no part.
    """

    here: tuple[Outcome, ...]
    other: tuple[Outcome, ...] | None = None
    own: tuple[Outcome, ...] | None = None

    def cells(self) -> Mapping[tuple[Desk, Where], Outcome]:
        """Each outcome, by who asks and about what."""
        found: dict[tuple[Desk, Where], Outcome] = {(desk, "here"): outcome for desk, outcome in zip(DESKS, self.here, strict=True)}
        if self.other is not None and self.own is not None:
            found |= {(desk, "other"): outcome for desk, outcome in zip(DESKS, self.other, strict=True)}
            found |= {(desk, "own"): outcome for desk, outcome in zip(OWNERS, self.own, strict=True)}
        return found


def _read(signs: str) -> tuple[Outcome, ...]:
    return tuple(SIGNS[sign] for sign in signs.replace(" ", ""))


def row(here: str, *, other: str = "", own: str = "") -> Row:
    """A command about something that lies somewhere.

    :param here: a sign for each desk: nobody, the administrator, the eight roles, the deputy, the volunteer.
    :param other: left out, what lies elsewhere looks to all but the administrator as everything does to nobody.
    :param own: the eight roles and the volunteer; left out, they are answered as nobody is.
    """
    near = _read(here)
    far = _read(other) if other else (near[0], near[1], *[near[0]] * (len(DESKS) - 2))
    return Row(near, far, _read(own) if own else (near[0],) * len(OWNERS))


def anywhere(here: str) -> Row:
    """A command in which scope plays no part."""
    return Row(_read(here))


#   nobody, admin | child_director, child_supervisor, school, clinic, county_office, education_bureau, civil_affairs, police | deputy | volunteer
ROWS: Mapping[str, Row] = {
    # -- inbox
    "inbox": row("0 0 ++++0+00 + +", own="++++++++ +"),
    # -- case
    "case advance": row("h - -++----- + h", own="-++----- -"),
    "case attach": row("h - +++-++-- + h", own="+++-++-- +"),
    "case close": row("- r -------- - -"),
    "case edit": row("h - -++-+--- + h", own="-++-+--- -"),
    "case enter": row("h - --h----- - h"),
    "case entries": row("h + ++h+++++ + h"),
    "case history": row("h + ++++++++ + h", own="++++++++ +"),
    "case identify": row("h - +++-+--- + h", own="hhh-h--- -"),
    "case list": row("0 + ++++++++ + +", own="++++++++ +"),
    "case note": row("h - +++-++-- + h", own="+++-++-- +"),
    "case open": row("h - +++----- + h"),
    "case override": row("h - -+--+--- + h", own="-+--+--- -"),
    "case referral accept": row("h - -++-+--- + h"),
    "case referral close": row("h - -++-+--- + h"),
    "case referral decline": row("h - -++-+--- + h"),
    "case referral list": anywhere("0 + ++0+++++ + 0"),
    "case reopen": row("h - -++-+--- + h", own="hhhhhhhh -"),
    "case resume": row("h - -++-+--- + h", own="hhhhhhhh -"),
    "case show": row("h + ++++++++ + h", own="++++++++ +"),
    "case suspend": row("h - -++-+--- + h", own="-++-+--- -"),
    "case transfer accept": row("h h h+hh+hhh + h", other="h h h-hh-hhh - h"),
    "case transfer list": anywhere("0 0 0+00+000 + 0"),
    "case transfer offer": row("h - -+--+--- + h", own="-------- -"),
    "case transfer refuse": row("h h h+hh+hhh + h", other="h h h-hh-hhh - h"),
    "case transfer withdraw": row("h h h+hh+hhh + h", other="h h h-hh-hhh - h"),
    "case why": row("h + ++++++++ + h", own="++++++++ +"),
    # -- task
    "task add": row("h - +++-++-- + h", own="+++-++-- -"),
    "task assign": row("h - +++-+--- + h", own="++++++++ +"),
    "task claim": row("h - +++-+--- + h", own="++++++++ +"),
    "task correct": row("h - +++----- + h", own="+++----- +"),
    "task done": row("h - +++----- + h", own="++++++++ +"),
    "task hand-over": row("0 - +++-+--- + 0"),
    "task list": row("h + ++++++++ + h", own="++++++++ +"),
    "task show": row("h + ++++++++ + h", own="++++++++ +"),
    "task skip": row("h - +++----- + h", own="++++++++ +"),
    "task undo": row("h - +++----- + h", own="+++----- r"),
    # -- batch
    "batch drop": row("h - -+h-+--- + h"),
    "batch list": anywhere("0 + ++0+++++ + 0"),
    "batch plan": row("- - -+--+--- + -"),
    "batch run": row("h - -+h-+--- + h"),
    "batch show": row("h + ++h+++++ + h"),
    # -- document
    "document answer": row("h - +++-++-- + h", own="+++-++-- h"),
    "document draft": row("h - -++-+--- + h", own="-++-+--- h"),
    "document list": row("h + ++++++++ + h", own="++++++++ h"),
    "document print": row("h - +++-++-- + h", own="+++-++-- h"),
    "document serve": row("h - +++-++-- + h", own="+++-++-- h"),
    "document show": row("h + ++++++++ + h", own="++++++++ h"),
    "document sign": row("h - --+----- - h", own="--+----- h"),
    "document template accept": anywhere("- + -------- - -"),
    "document template check": anywhere("+ + ++++++++ + +"),
    "document template fields": anywhere("+ + ++++++++ + +"),
    "document template list": anywhere("+ + ++++++++ + +"),
    "document void": row("h - -++-+--- + h", own="-++-+--- h"),
    # -- listing
    "listing list": anywhere("+ + ++++++++ + +"),
    "listing show": row("- + ++-+++++ + -"),
    # -- child
    "child add": row("- - ++--+++- + -"),
    "child access-report": row("h - ++++++++ + h"),
    "child edit": row("h - ++--+++- + h"),
    "child erase": row("- + -------- - -"),
    "child export": row("- - ++++++++ + -", other="- - --0----- - -"),
    "child find": row("0 + ++++++++ + 0"),
    "child import": row("- - ++--+++- + -"),
    "child merge": row("h - ++h-+++- + h"),
    "child request answer": row("h - ++h-+++- + h"),
    "child request list": anywhere("0 0 ++00+++0 + 0"),
    "child request print": row("h - ++h-+++- + h"),
    "child request receive": row("h - ++--+++- + h"),
    "child reveal": row("h - +++-++++ + h", own="++++++++ +"),
    "child relate": row("h - ++--+++- + h"),
    "child show": row("h + ++++++++ + h", own="++++++++ +"),
    "child transfer accept": row("h h h+hh+hhh + h", other="h h h-hh-hhh - h"),
    "child transfer ask": row("- - -+--+--- + -"),
    "child transfer list": anywhere("0 0 0+00+000 + 0"),
    "child transfer offer": row("h - -+--+--- + h"),
    "child transfer refuse": row("h h h+hh+hhh + h", other="h h h-hh-hhh - h"),
    "child transfer withdraw": row("h h h+hh+hhh + h", other="h h h-hh-hhh - h"),
    # -- access
    "access approve": row("h + h+hh+hhh h h"),
    "access emergency": row("- - ++++++++ + -", other="- - ++++++++ + -", own="++++++++ -"),
    "access end": row("h + h+hh+hhh h h"),
    "access list": anywhere("0 + 0+00+000 0 0"),
    "access log": row("h + ++++++++ + h"),
    "access refuse": row("h + h+hh+hhh h h"),
    "access request": row("- - ++++++++ + -", other="- - ++++++++ + -", own="++++++++ -"),
    "access review": row("h + h+hh+hhh h h"),
    # -- volunteer
    "volunteer add": row("- - ++--+++- + -"),
    "volunteer edit": row("h - ++h-+++- + h"),
    "volunteer erase": row("- + -------- - -"),
    "volunteer list": row("0 + ++0+++++ + 0"),
    "volunteer show": row("h + ++h+++++ + h"),
    # -- consent
    "consent attest": row("- - ++-+++++ + -"),
    "consent give": row("h - ++++++++ + h"),
    "consent list": row("0 + ++++++++ + 0"),
    "consent refuse": row("h - ++++++++ + h"),
    "consent show": row("h + ++++++++ + h"),
    "consent withdraw": row("h - ++++++++ + h"),
    # -- place
    "place add": row("- - ++--+++- + -"),
    "place edit": row("h - ++h-+++- + h"),
    "place list": anywhere("0 + ++0+++++ + 0"),
    # -- tick
    "tick": anywhere("+ + ++++++++ + +"),
    # -- program
    "program diagram": anywhere("+ + ++++++++ + +"),
    "program disable": row("- + -------- - -"),
    "program enable": row("- + -------- - -"),
    "program list": anywhere("+ + ++++++++ + +"),
    "program policy set": row("- + -------- - -"),
    "program policy show": row("+ + ++++++++ + +"),
    "program show": anywhere("+ + ++++++++ + +"),
    "program status": anywhere("+ + ++++++++ + +"),
    "program table": anywhere("+ + ++++++++ + +"),
    "program upgrade": anywhere("- + -------- - -"),
    # -- plugin
    "plugin check": anywhere("+ + ++++++++ + +"),
    "plugin list": anywhere("+ + ++++++++ + +"),
    "plugin new": anywhere("+ + ++++++++ + +"),
    "plugin simulate": anywhere("+ + ++++++++ + +"),
    # -- account
    "account add": anywhere("- + -------- - -"),
    "account approve": anywhere("h + hhhhhhhh h h"),
    "account deputy": row("- + -------- - -"),
    "account hand-over": row("- + -------- - -"),
    "account password": row("- + -------- - -"),
    "account refuse": anywhere("h + hhhhhhhh h h"),
    "account waiting": anywhere("0 + 00000000 0 0"),
    "account close": row("- + -------- - -"),
    "account grant": row("- + -------- - -"),
    "account list": anywhere("+ + ++++++++ + +"),
    "account revoke": row("- + -------- - -"),
    "account show": row("h + hhhhhhhh h h"),
    # -- division
    "division find": anywhere("+ + ++++++++ + +"),
    "division list": row("+ + ++++++++ + +"),
    # -- office
    "office backup": anywhere("- + -------- - -"),
    "office calendar import": anywhere("- + -------- - -"),
    "office calendar show": anywhere("+ + ++++++++ + +"),
    "office doctor": anywhere("- + -------- - -"),
    "office init": anywhere("+ + ++++++++ + +"),
    "office join": anywhere("+ + ++++++++ + +"),
    "office migrate": anywhere("+ + ++++++++ + +"),
    "office restore": anywhere("+ + ++++++++ + +"),
    "office retention": anywhere("- + -------- - -"),
    "office schedule": anywhere("+ + ++++++++ + +"),
    "office status": anywhere("+ + ++++++++ + +"),
    "office upgrade-check": anywhere("- + -------- - -"),
    # -- journal
    "journal export": anywhere("- + -------- - -"),
    "journal seals": anywhere("- + -------- - -"),
    "journal search": row("- + -------- - -"),
    "journal show": anywhere("- + -------- - -"),
    "journal verify": anywhere("+ + ++++++++ + +"),
    # -- message
    "message list": anywhere("- + -------- - -"),
    "message retry": anywhere("- + -------- - -"),
    # -- completion
    "completion": anywhere("+ + ++++++++ + +"),
    # -- camp
    "camp allot": row("h - --h--+-- - h"),
    "camp arrive": row("h - --h----- - h", own="hhhhhhhh -"),
    "camp close": row("h - --h--+-- - h"),
    "camp commit": row("h - --h--+-- - h"),
    "camp draw": row("h - --h--r-- - h"),
    "camp groups": row("h - --h----- - h"),
    "camp import": row("- - -+---+-- + -"),
    "camp nominate": row("h - -++--+-- + h"),
    "camp pass-on": row("h - --h--r-- - h"),
    "camp quota": row("- - -+--++-- + -"),
    "camp roll-call": row("h + ++h+++++ + h", own="hhhhhhhh -"),
    "camp seats": row("h + ++h+++++ + h"),
    "camp verify": row("h - --h-++-- - h"),
    # -- dropout-return
    "dropout-return import": row("- - -+------ + -"),
    # -- healthcheck
    "healthcheck curves": row("h + ++++++++ + h"),
    "healthcheck import": row("- - -+-+---- + -"),
    "healthcheck picture round": row("h r rrhrrrrr r h"),
    "healthcheck picture vision": row("h + ++++++++ + h"),
    "healthcheck record": row("h - -+++---- + h"),
    # -- pairing
    "pairing approve": row("h - -+------ + h"),
    "pairing change": row("- - -+------ + -"),
    "pairing import-diary": row("- - ++------ + -"),
    "pairing import-volunteers": row("- - -+------ + -"),
    "pairing match": row("- - -+--+--- + -"),
    "pairing progress": row("- + ++-+++++ + -"),
    "pairing queue": row("- - ++------ + -"),
    "pairing silent": row("- + ++-+++++ + -"),
}
"""Each command by its words, without ``care``."""

ON_A_SERVER = ("account password", "office join")
"""What there is on PostgreSQL alone: an office on SQLite refuses it to whoever may."""
