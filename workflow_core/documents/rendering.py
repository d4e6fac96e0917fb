"""Templates into papers: a sandbox that reaches documented fields only, and counts what it prints.

Three walls, each enough for what lies behind it: the grammar refuses what a template may not say before it runs; the environment answers for
``Section``, ``Day`` and ``Chosen`` only, whatever was said; and the page that comes out is looked through for anything that would run or load.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import BaseLoader, StrictUndefined, TemplateNotFound, TemplateSyntaxError, Undefined, UndefinedError, nodes, pass_context
from jinja2.exceptions import TemplateError
from jinja2.runtime import BlockReference, Context, LoopContext, Macro
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup, escape

from workflow_core.documents import grammar
from workflow_core.documents.fields import Chosen, Day, PaperFields, Section
from workflow_core.documents.page import inspect, locked
from workflow_core.errors import CareError, Misused, Problem, Refused
from workflow_core.i18n import N_


@dataclass(frozen=True)
class Limits:
    """How much one paper may cost.

    :param source: bytes of a template; :param output: bytes of the paper.
    :param rounds: turns of all loops together; :param seconds: of all of it.
    """

    source: int = 200 * 1024
    output: int = 10 * 1024 * 1024
    rounds: int = 200_000
    seconds: float = 10.0


LIMITS = Limits()
MOST_RANGE = 500
"""``range(n)`` in a template: empty lines of a form, no more."""
_METER = " meter"  # no template can name it


class Meter:
    """What a paper has cost so far."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.written = 0
        self.rounds = 0
        self.ends = time.monotonic() + limits.seconds

    def write(self, text: str) -> str:
        """Count what is printed.

        :raises Refused: ``output_too_large``.
        """
        self.written += len(text) if text.isascii() else len(text.encode())
        if self.written > self.limits.output:
            raise Refused(
                "output_too_large",
                N_("the paper grows beyond {most} MiB"),
                hint=N_("a paper is some pages: look for a loop in its template"),
                most=self.limits.output // 1024 // 1024,
            )
        return text

    def turn(self) -> None:
        """Count a turn of a loop.

        :raises Refused: ``template_endless``.
        """
        self.rounds += 1
        if self.rounds > self.limits.rounds or (self.rounds % 256 == 0 and time.monotonic() > self.ends):
            raise Refused(
                "template_endless",
                N_("the template runs too long: {rounds} turns of its loops"),
                hint=N_("look for a loop inside a loop"),
                rounds=self.rounds,
            )


class Paper(SandboxedEnvironment):
    """The environment of papers: undefined names raise, values are escaped, only our own values answer for attributes."""

    intercepted_binops = frozenset({"+", "-"})

    def __init__(self, loader: BaseLoader, blank: Callable[[Any, int], Any]) -> None:
        super().__init__(
            loader=loader, undefined=StrictUndefined, autoescape=_escapes, finalize=_printed, trim_blocks=True, lstrip_blocks=True, auto_reload=False,
            cache_size=200,
        )  # fmt: skip
        self.globals.clear()
        self.globals["range"] = _range
        self.filters.clear()
        self.filters.update(blank=blank, counted=_counted, first=_first, join=_join, last=_last, length=len, lines=_lines, trim=_trim)
        self.tests = {name: test for name, test in self.tests.items() if name in {*grammar.TESTS, "in", "eq", "ne", "lt", "gt", "le", "ge"}}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        shown = name or "template"
        told(grammar.read(tree, shown, house=name in grammar.HOUSE).problems)
        for loop in tree.find_all(nodes.For):
            loop.iter = nodes.Filter(loop.iter, "counted", [], [], None, None, lineno=loop.lineno)
        return tree

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, Section):
            return obj.take(attribute)
        if isinstance(obj, (Day, Chosen)) and attribute in obj.FIELDS:
            return obj.take(attribute)
        if isinstance(obj, LoopContext) and attribute in grammar.LOOP:
            return getattr(obj, attribute)
        if obj is None:
            return None  # a date or a choice that is not known has no parts either; a misspelt part is found when the template is checked
        raise _forbidden(f".{attribute}")

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, tuple) and isinstance(argument, int):
            return obj[argument] if -len(obj) <= argument < len(obj) else None
        raise _forbidden("[…]")

    def call(self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(__obj, (Macro, BlockReference)) or __obj is _range:
            return __context.call(__obj, *args, **kwargs)
        raise _forbidden("()")

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if type(left) is int and type(right) is int and max(abs(left), abs(right)) < 10**9:
            return left + right if operator == "+" else left - right
        raise _forbidden(operator)


def told(problems: list[Problem]) -> None:
    """Raise what is wrong with a template, all of it at once.

    :raises Misused: with the code of the first.
    """
    if problems:
        first = problems[0]
        raise Misused(first.code, first.message, hint=first.hint, problems=problems if len(problems) > 1 else (), **first.values)


def too_large(limits: Limits) -> Misused:
    """The error for a template that is larger than one can be."""
    return Misused("template_too_large", N_("the template is larger than {most} KiB"), hint=N_("keep pictures out of it"), most=limits.source // 1024)


def parse(source: str, name: str = "template", *, limits: Limits = LIMITS) -> grammar.Reading:
    """Read a template without running it.

    :raises Misused: ``template_syntax`` with the line; ``template_too_large``. What it may not use is in the answer's ``problems``.
    """
    size = len(source.encode())
    if size > limits.source:
        raise too_large(limits)
    with guarded(name):
        return parse_tree(source, name)


def parse_tree(source: str, name: str) -> grammar.Reading:
    """The same of a text that was measured already; errors of the template engine come as they are."""
    return grammar.read(SandboxedEnvironment(trim_blocks=True, lstrip_blocks=True).parse(source, name), name, house=name in grammar.HOUSE)


def template_fields(source: str, name: str = "template") -> set[str]:
    """Every field that a template names, as dotted paths: ``child.name``, ``every.visit.met``; its base's are not among them.

    :raises Misused: ``template_syntax``, ``template_too_large``.
    """
    return set(parse(source, name).used)


class guarded:  # noqa: N801
    """Around anything of the template engine: its errors become ours, with the line."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if error is None or isinstance(error, CareError):
            return
        if isinstance(error, TemplateSyntaxError):
            where = error.name or self.name
            raise Misused(
                "template_syntax", N_("{template}, line {line}: {why}"), hint=N_("every block has its end: if … endif, for … endfor"), template=where,
                line=error.lineno, why=error.message or "",
            ) from None  # fmt: skip
        if isinstance(error, TemplateNotFound):
            raise Refused(
                "template_missing", N_("there is no template {template}"), hint=N_("it is extended or used by another"), template=error.name or ""
            ) from None  # fmt: skip
        if isinstance(error, UndefinedError):
            raise Misused(
                "field_unknown", N_("{template} names what is not there: {why}"), hint=N_("see docs/papers.md for the fields"), template=self.name,
                why=error.message or "",
            ) from None  # fmt: skip
        if isinstance(error, (RecursionError, TemplateError, TypeError, ValueError)):
            raise _forbidden(type(error).__name__) from None


def render(environment: Paper, name: str, fields: PaperFields, *, limits: Limits = LIMITS) -> str:
    """Render a template; its page is looked through before it is handed out.

    :raises Misused: ``field_unknown``, ``template_syntax``, ``template_forbidden``.
    :raises Refused: ``template_missing``, ``output_too_large``, ``template_endless``.
    """
    meter = Meter(limits)
    with guarded(name):
        template = environment.get_template(name)
        parts = template.root_render_func(template.new_context({**fields.sections(), _METER: meter}))
        text = "".join(meter.write(part) for part in parts)
    if not _escapes(name):
        return text
    inspect(text, name)
    return locked(text)


def blank(value: Any, width: int = 6) -> Any:
    """A value, or an underlined blank of so many characters' width to be filled in by hand.

    It ends with a word joiner: browsers let spaces at the end of a line hang out over the margin.
    """
    if value is None or value == "":
        return Markup('<span class="blank">{}</span>').format("\u3000" * min(int(width), 40) + "\u2060")
    return _printed(value)


def plain_blank(value: Any, width: int = 6) -> Any:
    """The same in a paper without underlining: low lines."""
    return "＿" * min(int(width), 40) if value is None or value == "" else value


def _escapes(name: str | None) -> bool:
    return not (name or "").endswith(".txt.j2")


def _printed(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, (str, int, float, Markup)):
        return value
    if isinstance(value, Undefined):
        return str(value)  # raises, and says which name
    if isinstance(value, (Day, Chosen)):
        return str(value)
    raise _forbidden("{{ … }}", N_("that is a group of fields: name one of them"))


@pass_context
def _counted(context: Context, several: Any) -> Iterator[Any]:
    meter = context.get(_METER)
    if not isinstance(several, (tuple, list, range)):
        raise _forbidden("for", N_("only a list can be repeated"))
    return _turning(several, meter)


def _turning(several: Iterable[Any], meter: Meter | None) -> Iterator[Any]:
    for one in several:
        if meter is not None:
            meter.turn()
        yield one


def _range(number: Any) -> range:
    if type(number) is not int or number > MOST_RANGE:
        raise _forbidden("range", N_("range takes a whole number up to 500"))
    return range(max(number, 0))


def _first(several: Any) -> Any:
    return several[0] if isinstance(several, tuple) and several else None


def _last(several: Any) -> Any:
    return several[-1] if isinstance(several, tuple) and several else None


def _join(several: Any, between: str = "、") -> str:
    if not isinstance(several, tuple) or len(several) > 1000:
        raise _forbidden("|join")
    return between.join(str(_printed(one)) for one in several)


def _lines(value: Any) -> Any:
    """A text with its line breaks kept."""
    return "" if value is None else Markup("<br>").join(escape(line) for line in str(_printed(value)).splitlines())


def _trim(value: Any) -> str:
    return str(_printed(value)).strip()


def _forbidden(what: str, hint: str = N_("a template prints fields, chooses (if), repeats (for), sets a name, fills blocks; see docs/papers.md")) -> Misused:
    return Misused("template_forbidden", N_("a template may not use {what}"), hint=hint, what=what)


def environment(sources: Mapping[str, str] | Callable[[str], str], *, word: bool = False) -> Paper:
    """An environment over a way to find sources by name.

    :param word: for a Word file: blanks are low lines.
    """
    find = sources if callable(sources) else sources.__getitem__

    class Loader(BaseLoader):
        def get_source(self, environment: Any, template: str) -> tuple[str, str | None, Callable[[], bool] | None]:
            return find(template), None, lambda: True

    return Paper(Loader(), plain_blank if word else blank)
