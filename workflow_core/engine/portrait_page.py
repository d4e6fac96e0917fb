"""The pages of a portrait: as text for a terminal, as Markdown, as one file of HTML; and the table of ways that authors read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from workflow_core.documents.page import locked
from workflow_core.engine.portrait import Job, ProgramPage, Ring, StagePage, Way, WorkflowPage
from workflow_core.engine.portrait_beside import Part
from workflow_core.engine.words import STAR
from workflow_core.i18n import N_, language, translate

NOTE = N_("* the program's own value; a township may set another: care program policy show")
_STYLE = (
    "body{font:16px/1.6 'Noto Sans CJK SC','Microsoft YaHei',sans-serif;max-width:52em;margin:2em auto;padding:0 1em}"
    "h2{border-bottom:1px solid #999}h3{margin-bottom:.2em}ul{margin-top:.2em}@media print{section{break-inside:avoid}}"
)


def markdown(page: ProgramPage, *, level: int = 1, heading: bool = True, titled: bool = True) -> str:
    """The page as Markdown.

    :param level: of its first heading; :param heading: with a heading for the program itself; :param titled: and for each workflow.
    """
    lines: list[str] = []
    if heading:
        lines += [f"{'#' * level} {page.title}", ""]
    for workflow in page.workflows:
        lines += [f"{'#' * (level + 1)} {workflow.title} ({workflow.prefix})", ""] if titled else []
        lines += [_opened(workflow), ""]
        for stage in workflow.stages:
            lines += [f"{'#' * (level + 2)} {_stage_title(stage)}", ""]
            for title, said in _parts(stage):
                lines += [f"**{title}**", "", *(f"- {_plain(line)}" for line in said), ""]
        for part in workflow.beside:
            lines += [f"{'#' * (level + 2)} {part.title}", "", *(f"- {_plain(line)}" for line in part.lines), ""]
    for part in page.beside:
        lines += [f"{'#' * (level + 1)} {part.title}", "", *(f"- {_plain(line)}" for line in part.lines), ""]
    if _starred(page):
        lines += [_plain(translate(NOTE)), ""]
    return "\n".join(lines)


def text(page: ProgramPage) -> str:
    """The page for a terminal."""
    lines: list[str] = []
    for workflow in page.workflows:
        lines += [f"{workflow.title} ({workflow.prefix})", f"  {_opened(workflow)}", ""]
        for stage in workflow.stages:
            lines.append(f"■ {_stage_title(stage)}")
            for title, said in _parts(stage):
                lines += [f"  {title}", *(f"    · {line}" for line in said)]
            lines.append("")
        for part in workflow.beside:
            lines += [part.title, *(f"    · {line}" for line in part.lines), ""]
    for part in page.beside:
        lines += [part.title, *(f"    · {line}" for line in part.lines), ""]
    if _starred(page):
        lines += [translate(NOTE), ""]
    return "\n".join(lines).rstrip() + "\n"


def html(page: ProgramPage) -> str:
    """The page as one file that loads and runs nothing, to be read in a browser or printed."""
    body = [f"<h1>{escape(page.title)}</h1>"]
    for workflow in page.workflows:
        body += [f"<h2>{escape(workflow.title)} ({escape(workflow.prefix)})</h2>", f"<p>{escape(_opened(workflow))}</p>"]
        for stage in workflow.stages:
            body.append(f"<section><h3>{escape(_stage_title(stage))}</h3>")
            for title, said in _parts(stage):
                body += [f"<p><b>{escape(title)}</b></p>", "<ul>", *(f"<li>{escape(line)}</li>" for line in said), "</ul>"]
            body.append("</section>")
        body += [_html_part(part, 3) for part in workflow.beside]
    body += [_html_part(part, 2) for part in page.beside]
    if _starred(page):
        body.append(f"<p>{escape(translate(NOTE))}</p>")
    lang = "zh-CN" if language() == "zh_CN" else "en"
    head = f'<head>\n<meta charset="utf-8">\n<title>{escape(page.title)}</title>\n<style>{_STYLE}</style>\n</head>'
    return locked(f'<!DOCTYPE html>\n<html lang="{lang}">\n{head}\n<body>\n' + "\n".join(body) + "\n</body>\n</html>\n")


def _html_part(part: Part, level: int) -> str:
    lines = "".join(f"<li>{escape(line)}</li>" for line in part.lines)
    return f"<section><h{level}>{escape(part.title)}</h{level}><ul>{lines}</ul></section>"


def table(page: ProgramPage) -> str:
    """Stage × way × who × guards × papers, in Markdown: one table for each workflow."""
    heads = [N_("Stage"), N_("Way"), N_("To"), N_("Who"), N_("What is asked"), N_("Papers")]
    lines: list[str] = []
    for workflow in page.workflows:
        lines += [f"## {workflow.title} ({workflow.prefix})", "", _row([translate(one) for one in heads]), "|" + "---|" * len(heads)]
        for stage in workflow.stages:
            ways = [[f"{way.title} (`{way.name}`)", way.to_title, way.who, "; ".join(way.guards), "; ".join(way.papers)] for way in stage.ways]
            clock = [[f"⏰ `{ring.name}`", "", translate(N_("the clock")), _ring(ring), ""] for ring in stage.rings]
            rows = ways + clock or [["—", "", "", "", ""]]
            lines += [_row([_stage_title(stage) if n == 0 else "", *cells]) for n, cells in enumerate(rows)]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _starred(page: ProgramPage) -> bool:
    """Whether something in a page may be set by a township."""
    said = "".join(line for workflow in page.workflows for stage in workflow.stages for _, lines in _parts(stage) for line in lines)
    return any(sign.isdigit() and said[n + 1 : n + 2] == STAR for n, sign in enumerate(said))


def _plain(line: str) -> str:
    """A line in which a star is a star."""
    return line.replace(STAR, "\\" + STAR)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in map(_plain, cells)) + " |"


def _opened(workflow: WorkflowPage) -> str:
    return translate(N_("A case is opened by: {who}"), who=workflow.opened_by)


def _stage_title(stage: StagePage) -> str:
    if stage.final:
        return translate(N_("{stage} (the case is closed)"), stage=stage.title)
    return translate(N_("{stage} (here a case begins)"), stage=stage.title) if stage.first else stage.title


def _parts(stage: StagePage) -> Iterator[tuple[str, list[str]]]:
    """The parts of a stage: a heading and its lines; those that have lines."""
    parts = [
        (N_("What is to be done"), [_job(one) for one in stage.jobs]),
        (N_("What comes next"), [_way(one) for one in stage.ways]),
        (N_("Papers"), [_paper_line(one.title, one.signed_by, one.served) for one in stage.papers]),
        (N_("If nobody acts"), [*_late(stage.jobs), *(_ring(one) for one in stage.rings)]),
    ]
    return ((translate(title), lines) for title, lines in parts if lines)


def _job(job: Job) -> str:
    said = translate(N_("{task}: {who}"), task=job.title, who=job.who)
    extras = [job.often, job.due, "" if job.required or job.often else translate(N_("need not be")), job.help]
    return said + "".join(translate(N_("; {more}"), more=one) for one in extras if one)


def _way(way: Way) -> str:
    said = translate(N_("{way} → {stage}: {who}"), way=way.title, stage=way.to_title, who=way.who)
    return said + "".join(translate(N_("; {more}"), more=one) for one in way.guards)


def _paper_line(title: str, signed_by: str, served: bool) -> str:
    extras = [translate(N_("signed by {who}"), who=signed_by) if signed_by else translate(N_("a draft for somebody's hand"))]
    extras += [translate(N_("served with a receipt"))] if served else []
    return title + "".join(translate(N_("; {more}"), more=one) for one in extras)


def _late(jobs: Sequence[Job]) -> list[str]:
    return [translate(N_("{task} is late: {what}"), task=job.title, what=what) for job in jobs for what in job.late]


def _ring(ring: Ring) -> str:
    what = translate(N_(", ")).join(ring.does) or ring.name
    said = translate(N_("{when}: {what}"), when=ring.when, what=what)
    return said + translate(N_("; {more}"), more=translate(N_("again {often}"), often=ring.again)) if ring.again else said
