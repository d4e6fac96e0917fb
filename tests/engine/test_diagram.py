"""Pictures and pages of a program: what they show, in both languages, and that any text can stand in them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from workflow_core import (
    AUTOMATIC,
    CHILD_DIRECTOR,
    SUPERVISOR,
    TOWNSHIP,
    Document,
    Draft,
    Escalate,
    Every,
    Program,
    Stage,
    Task,
    Timer,
    Transition,
    Workflow,
    after,
    ask,
    days,
    deny,
    done,
    form,
    ref,
    weeks,
    working_days,
)
from workflow_core.engine import diagram, portrait, portrait_page, words
from workflow_core.errors import Refused
from workflow_core.registry import Registry


@form
class Told:
    """Nothing is written down."""


@form
class Policy:
    """What a township sets."""

    patience: int = ask("Days of patience", default=3)


P = ref(Policy)
NEW, OLD = Stage("new", 'Said "so" | <b>'), Stage("end", "Over", final=True)
SLIP = Document("slip", "Slip", template="slip.html", signed_by=SUPERVISOR, served_with_receipt=True)
LOOK = Task("look", "Look", by=CHILD_DIRECTOR, schedule=Every(weeks(1)), due=working_days(P.patience), late=[Escalate(SUPERVISOR, "Nobody looked")])


def late_enough(case: Any) -> Any:
    """It has waited long enough."""
    return deny("only {n} days", n=1)


FINISH = Transition("finish", "Finish", source=NEW, target=OLD, by=(SUPERVISOR, CHILD_DIRECTOR), guards=[done(LOOK), late_enough], do=[Draft(SLIP)])
EXPIRE = Transition("expire", "Expire", source=NEW, target=OLD, by=AUTOMATIC)
RINGS = [
    Timer("over", NEW, due=days(P.patience), fire=EXPIRE),
    Timer("still", NEW, due=after(LOOK, weeks(2)), again=weeks(1), do=[Escalate(SUPERVISOR, "It lies still")]),
]
WORK = Workflow(
    "work", "Work", prefix="WK", subject=TOWNSHIP, record=Told, policy=Policy, initial=NEW, stages=[NEW, OLD], transitions=[FINISH, EXPIRE],
    tasks={NEW: [LOOK]}, timers=RINGS, open_by=[SUPERVISOR],
)  # fmt: skip
PROGRAM = Program("works", "Works", version=1, policy=Policy, workflows=[WORK])
FOUND = Registry.discover().programs
FIRST_PARTY = [(FOUND[name], one) for name in ("camp", "dropout_return", "healthcheck", "pairing") for one in FOUND[name].workflows]
NODE = re.compile(r'    s_(\w+)(\("[^"]*"\)|\[\["[^"]*"\]\])')
EDGE = re.compile(r'    s_(\w+) (-->|-\.->)\|"[^"]+"\| s_(\w+)')


def test_mermaid_shows_stages_ways_timers_and_ends() -> None:
    """A way with who may take it; dashed what the clock does; a final stage with a double frame; quotes and bars as entities."""
    drawn = diagram.mermaid(PROGRAM, WORK)
    assert '    s_new("Said #34;so#34; #124; #60;b#62;")' in drawn
    assert '    s_end[["Over"]]' in drawn
    assert "    begin --> s_new" in drawn
    assert '    s_new -->|"Finish<br/>Township child supervisor, Village child director"| s_end' in drawn
    assert '    s_new -.->|"Expire<br/>after 3* days"| s_end' in drawn
    assert '    s_new -.->|"It lies still (2 weeks after: “Look” was last done)"| s_new' in drawn


@pytest.mark.parametrize(("program", "workflow"), FIRST_PARTY, ids=[f"{program.name}.{one.name}" for program, one in FIRST_PARTY])
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_line_of_a_picture_is_a_node_or_an_edge(program: Any, workflow: Any, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each stage once, each way from each of its stages, and nothing that Mermaid could not read."""
    monkeypatch.setenv("CARE_LANG", language)
    lines = diagram.mermaid(program, workflow).splitlines()
    assert lines[0] == "flowchart TD"
    nodes = [found.group(1) for line in lines[1:] if (found := NODE.fullmatch(line))]
    edges = [(found.group(1), found.group(3)) for line in lines[1:] if (found := EDGE.fullmatch(line)) and found.group(2) == "-->"]
    rest = [line.strip() for line in lines[1:] if not NODE.fullmatch(line) and not EDGE.fullmatch(line)]
    assert nodes == [stage.name for stage in workflow.stages]
    assert sorted(edges) == sorted((stage.name, one.target.name) for one in workflow.transitions for stage in one.sources)
    assert rest == ["begin(( ))", f"begin --> s_{workflow.initial.name}"]


def test_dot_escapes_what_stands_in_quotes() -> None:
    """Lines apart by a backslash and n; a final stage has two frames, the clock's arrows are dashed."""
    drawn = diagram.dot(PROGRAM, WORK)
    assert '"s_new" [label="Said \\"so\\" | <b>"];' in drawn
    assert '"s_end" [label="Over", peripheries=2];' in drawn
    assert '"s_new" -> "s_end" [label="Expire\\nafter 3* days", style=dashed];' in drawn
    assert drawn.count("{") == drawn.count("}") == 1


def test_svg_is_drawn_by_graphviz(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program is given Graphviz' text on its standard input, and what it says is the picture."""
    program = tmp_path / "dot"
    program.write_text('#!/bin/sh\n[ "$1" = -Tsvg ] || exit 2\necho "<svg>"; grep -c digraph; echo "</svg>"\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert diagram.svg(PROGRAM, WORK) == "<svg>\n1\n</svg>\n"
    program.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    with pytest.raises(Refused) as refused:
        diagram.svg(PROGRAM, WORK)
    assert refused.value.code == "graphviz_failed"


def test_without_graphviz_the_other_form_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hint, not a trace."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refused) as refused:
        diagram.svg(PROGRAM, WORK)
    assert (refused.value.code, "mermaid" in refused.value.hint) == ("graphviz_missing", True)


def test_the_page_says_who_until_when_and_what_if_not() -> None:
    """The same words in each form of the page."""
    page = portrait.portray(PROGRAM)
    told = portrait_page.text(page)
    for line in (
        "A case is opened by: Township child supervisor",
        "Look: Village child director; every week; within 3* working days",
        "Finish → Over: Township child supervisor, Village child director; done: Look; not if: only … days",
        "Expire → Over: by itself",
        "Look is late: laid before Township child supervisor: Nobody looked",
        "2 weeks after: “Look” was last done: laid before Township child supervisor: It lies still; again every week",
        "Slip; signed by Township child supervisor; served with a receipt",
        "Over (the case is closed)",
        "* the program's own value; a township may set another: care program policy show",
    ):
        assert line in told
        assert line.replace("*", "\\*") in portrait_page.markdown(page)
    html = portrait_page.html(page)
    assert "Said &quot;so&quot; | &lt;b&gt;" in html
    assert "default-src 'none'" in html


def test_the_table_has_a_row_for_each_way_and_each_timer() -> None:
    """Bars inside a cell are kept out of the table."""
    rows = portrait_page.table(portrait.portray(PROGRAM)).splitlines()
    assert [row.split(" | ")[1] for row in rows if row.startswith("| ")][1:] == ["Finish (`finish`)", "Expire (`expire`)", "⏰ `over`", "⏰ `still`", "—"]
    assert 'Said "so" \\| <b> (here a case begins)' in rows[4]


def test_a_guard_is_read_not_run() -> None:
    """What it denies with stands in its text; one that says nothing is told by its sentence, in Chinese by where to look."""

    def silent(case: Any) -> Any:
        """The moon is full. And more."""
        return None

    assert words.denials(late_enough) == ("only {n} days",)
    assert words.guard(late_enough) == ["not if: only … days"]
    assert words.guard(silent) == ["The moon is full. And more"]


def test_chinese_has_a_guard_without_words_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """An English sentence of the code is not shown to a reader of Chinese."""
    monkeypatch.setenv("CARE_LANG", "zh_CN")
    assert words.guard(lambda case: None) == ["见：care case why"]
    assert "3* 个工作日内" in portrait_page.text(portrait.portray(PROGRAM))
