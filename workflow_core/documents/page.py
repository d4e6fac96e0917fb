"""The page that came out of a template: nothing in it may run or load; its plain text; several of them as one file; a mark across it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from html.parser import HTMLParser
from urllib.parse import quote

from workflow_core.errors import Misused, Problem
from workflow_core.i18n import N_

_TAGS = frozenset({"script", "iframe", "frame", "object", "embed", "applet", "link", "base", "form", "input", "button", "video", "audio", "svg", "math"})
_ADDRESSES = frozenset({"src", "href", "srcset", "background", "poster", "action", "formaction", "data", "xlink:href"})
_LOADS = re.compile(r"url\s*\(|@import|expression\s*\(|image-set\s*\(|\\", re.IGNORECASE)
_PICTURE = re.compile(r"data:image/(png|jpeg|gif);")
_REFRESH = "refresh"
POLICY = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">"
"""Tells a browser to load and run nothing, should one read a page otherwise than we do."""
_HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)


def locked(html: str) -> str:
    """A page with ``POLICY`` as the first thing in its head."""
    if POLICY in html:
        return html
    return _HEAD.sub(lambda found: found.group() + POLICY, html, count=1) if _HEAD.search(html) else POLICY + html


def inspect(html: str, name: str) -> None:
    """Refuse a page that would run something or load anything from elsewhere: it is opened on a clerk's machine with a child's data in it.

    Pictures are allowed as ``data:`` (a township's emblem), links within the page as ``#…``.

    :raises Misused: ``template_forbidden``, with each place.
    """
    seeker = _Seeker(name)
    seeker.feed(html)
    seeker.close()
    if seeker.problems:
        first = seeker.problems[0]
        raise Misused(first.code, first.message, hint=first.hint, problems=seeker.problems if len(seeker.problems) > 1 else (), **first.values)


class _Seeker(HTMLParser):
    def __init__(self, name: str) -> None:
        super().__init__(convert_charrefs=True)
        self.name = name
        self.problems: list[Problem] = []
        self._style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._style = tag == "style"
        if tag in _TAGS:
            self.forbid(f"<{tag}>")
        for attribute, value in attrs:
            said = (value or "").strip()
            inside = said.startswith("#") or (tag == "img" and _PICTURE.match(said) is not None)
            if attribute.startswith("on") or (attribute in _ADDRESSES and not inside):
                self.forbid(f"{attribute}=")
            elif attribute == "style" and _LOADS.search(said):
                self.forbid("style=")
            elif tag == "meta" and attribute == "http-equiv" and said.lower() == _REFRESH:
                self.forbid("<meta refresh>")

    def handle_endtag(self, tag: str) -> None:
        if tag == "style":
            self._style = False

    def handle_data(self, data: str) -> None:
        if self._style and _LOADS.search(data):
            self.forbid("<style>")

    def forbid(self, what: str) -> None:
        hint = N_("a paper stands alone: no scripts, no forms, nothing loaded; pictures as data:image/png")
        line = self.getpos()[0]
        self.problems.append(Problem("template_forbidden", N_("a template may not use {what}"), self.name, hint, {"what": what, "line": line}))


_BREAKS = frozenset({"p", "div", "section", "header", "footer", "h1", "h2", "h3", "li", "tr", "br", "table", "main"})
_SILENT = frozenset({"style", "title", "head"})


def to_text(html: str) -> str:
    """A page as plain text: a line for each paragraph and each row of a table, cells apart by a bar, blanks as low lines."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = (re.sub(r"[ \t\r\f\v]+", " ", line).strip(" |") for line in "".join(reader.parts).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0
        self._blank = False
        self._span_ended = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if tag == "span" and self._span_ended:  # set apart on the page, as in the line above a form's table
            self.parts.append(" ")
        self._span_ended = False
        if tag in _SILENT:
            self._silent += 1
        if tag in _BREAKS:
            self.parts.append("\n")
        if tag in ("td", "th"):
            self.parts.append(" | ")
        if tag == "span" and (names.get("class") or "") == "blank":
            self._blank = True

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent -= 1
        if tag in _BREAKS:
            self.parts.append("\n")
        if tag == "span":
            self._blank, self._span_ended = False, True

    def handle_data(self, data: str) -> None:
        self._span_ended = False
        if self._blank:
            self.parts.append("＿" * data.count("\u3000"))
        elif not self._silent:
            self.parts.append(re.sub(r"\s+", " ", data))


_STYLES = re.compile(r"<style>.*?</style>", re.DOTALL)
_BODY = re.compile(r"<body[^>]*>(.*)</body>", re.DOTALL)


_UNNUMBERED = "<style>@page { @bottom-center { content: none; } }</style>"


def bind(pages: Sequence[str], title: str) -> str:
    """Several papers as one file, each from a new sheet: one print job for many cases. Sheets are not numbered: one paper's number would go on in the next.

    :param pages: papers of careflow's own bases, whose styles name the kind of paper they are for.
    """
    styles = dict.fromkeys(style for page in pages for style in _STYLES.findall(page))
    bodies = [found.group(1) if (found := _BODY.search(page)) else page for page in pages]
    head = f'<meta charset="utf-8">\n<title>{escape(title)}</title>\n{"".join(styles)}{_UNNUMBERED}\n'
    whole = "\n".join(bodies)
    return f'<!DOCTYPE html>\n<html lang="zh-CN">\n<head>{POLICY}\n{head}</head>\n<body>\n{whole}\n</body>\n</html>\n'


_FOOT = '<style>@page {{ @bottom-left {{ content: "{line}"; font-size: 6pt; color: #555; }} }}</style>'
_ENDS_CSS = re.compile(r'[\\"<>\x00-\x1f]')


def handed_out(page: str, line: str) -> str:
    """A page with a line at the foot of each of its sheets: who printed it, when and what for. For the printer, never for what is kept."""
    foot = _FOOT.format(line=_ENDS_CSS.sub(" ", line))
    return page.replace("</head>", f"{foot}</head>", 1) if "</head>" in page else foot + page


_TILE = (
    "<svg xmlns='http://www.w3.org/2000/svg' width='600' height='460'><text x='300' y='250' font-family='SimHei,Noto Sans CJK SC,sans-serif' font-size='120'"
    " fill='#d00' fill-opacity='0.15' text-anchor='middle' transform='rotate(-24 300 230)'>{words}</text></svg>"
)
_MARKED = "<style>.across .draft { margin-left: 58pt } @media screen { .across .paper { background: transparent } }</style>"


def marked(page: str, words: str) -> str:
    """A page with words across each of its sheets (作废, 草稿): for the screen and the printer, never for what is kept.

    They lie behind this page alone, also where several are bound: what is fixed on paper would be printed across all of them.
    """
    tile = quote(_TILE.format(words=escape(words)))
    around = (
        f"position:relative;break-before:page;break-after:page;background:url(data:image/svg+xml,{tile}) center top/160mm 122mm repeat-y;"
        "-webkit-print-color-adjust:exact;print-color-adjust:exact"
    )
    told = f'<p style="position:absolute;top:0;left:0;margin:0;text-indent:0;color:#d00;font-size:14pt;line-height:16pt">{escape(words)}</p>'
    opened = re.sub(r"(<body[^>]*>)", lambda found: f'{found.group(1)}<div class="across" style="{around}">{_MARKED}{told}', page, count=1)
    return opened.replace("</body>", "</div></body>", 1)
