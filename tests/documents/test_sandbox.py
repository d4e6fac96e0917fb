"""What a template may say, what it may not, and what it may cost."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from workflow_core.documents import template_fields
from workflow_core.documents.rendering import Limits
from workflow_core.errors import CareError, Misused, Refused

Page = Callable[..., str]


@pytest.mark.parametrize(
    ("source", "printed"),
    [
        ("{{ child.name }}", "小甲"),
        ("{{ today }}", "2026年10月21日"),
        ("{{ today.characters }}", "二〇二六年十月二十一日"),
        ("{{ today.year }}/{{ today.month }}", "2026/10"),
        ("{{ child.sex }}{% if child.sex.code == 'male' %}!{% endif %}", "男!"),
        ("{{ boards }}", "是"),
        ("{{ paper.number }}", ""),
        ("{{ paper.number.characters }}", ""),
        ("{% for one in visits %}{{ loop.index }}{{ one.met }}{% endfor %}", "1祖父2祖母"),
        ("{{ visits|length }}{{ (visits|last).met }}{{ visits[0].met }}", "2祖母祖父"),
        ("{% for one in words[5] or words %}{{ one }}{% endfor %}", "onetwo"),
        ("{{ words|join('、') }}", "one、two"),
        ("{% set who = child %}{{ who.name }}", "小甲"),
        ("{{ paper.days + 1 }}{{ paper.days - 1 }}", "86"),
        ("{% for n in range(3) %}{{ n }}{% endfor %}", "012"),
        ("{% if child.kin is none %}-{% endif %}{% if paper.title in ('Notice', 'Order') %}+{% endif %}", "-+"),
        ("{{ 'a\nb'|lines }}", "a<br>b"),
        ("{{ child.name|blank(3) }}", "小甲"),
    ],
)
def test_a_template_prints_fields_chooses_and_repeats(page: Page, source: str, printed: str) -> None:
    """What papers need is there."""
    assert page(source) == printed


def test_what_is_not_known_is_a_blank_to_be_filled_in_by_hand(page: Page) -> None:
    """An underlined run of so many full-width spaces."""
    assert page("{{ paper.number|blank(3) }}").startswith('<span class="blank">\u3000\u3000\u3000')


def test_values_are_escaped(page: Page) -> None:
    """A name with signs of HTML in it is text."""
    assert page("{{ '<b>' }}") == "&lt;b&gt;"


FORBIDDEN = [
    "{{ child.name.upper() }}",
    "{{ ''.__class__ }}",
    "{{ child['name'] }}",
    "{{ child.__class__ }}",
    "{{ (child.name)|attr('x') }}",
    "{{ child.name|safe }}",
    "{{ child.name|replace('a', 'b') }}",
    "{{ 'x' * 9 }}",
    "{{ 2 ** 99 }}",
    "{{ '%9d' % 1 }}",
    "{{ 'a' ~ 'b' }}",
    "{{ [child, child] }}",
    "{{ {'a': 1} }}",
    "{{ words[0:1] }}",
    "{{ words[paper.days] }}",
    "{{ lipsum() }}",
    "{{ dict(a=1) }}",
    "{{ cycler(1) }}",
    "{{ namespace() }}",
    "{{ self.body() }}",
    "{% macro f() %}{% endmacro %}",
    "{% set x %}y{% endset %}",
    "{% set x = range(3) %}",
    "{% include 'one.html.j2' %}",
    "{% import 'parts.html.j2' as p %}",
    "{% from 'one.html.j2' import x %}",
    "{% filter upper %}x{% endfilter %}",
    "{% for a, b in visits %}{% endfor %}",
    "{% for a in visits recursive %}{% endfor %}",
    "{% for a in visits %}{{ loop.cycle(1) }}{% endfor %}",
    "{% extends child.name %}",
    "{% autoescape false %}{% endautoescape %}",
    "{% call f() %}{% endcall %}",
    "{% with a = 1 %}{% endwith %}",
    "{{ range(range(3)) }}",
    "{{ child is mapping }}",
    "{{ words|first|length|upper }}",
    "{{ today.strftime('%Y') }}",
    "{{ words|join(child.name) }}",
    "{% set child.name = 1 %}",
]


@pytest.mark.parametrize("source", FORBIDDEN)
def test_everything_else_is_refused_before_it_runs(page: Page, source: str) -> None:
    """With a code, a hint, and where there is one, the line."""
    with pytest.raises(Misused) as refused:
        page(source)
    assert refused.value.code in ("template_forbidden", "template_syntax")
    assert refused.value.advice()


@pytest.mark.parametrize(
    "source", ["{{ child }}", "{{ visits }}", "{{ range(501) }}", "{% for a in child.name %}{% endfor %}", "{{ 'a' + 'b' }}", "{{ child.name < 1 }}"]
)
def test_what_only_the_values_tell_is_refused_too(page: Page, source: str) -> None:
    """A group is not printed, a text is not repeated, texts do not add up."""
    with pytest.raises(Misused, match="template"):
        page(source)


def test_all_that_is_forbidden_is_told_at_once(page: Page) -> None:
    """Each with its line."""
    with pytest.raises(Misused) as refused:
        page("{{ a.b() }}\n\n{{ 'x' * 3 }}")
    assert [one.place for one in refused.value.problems] == ["one.html.j2:1", "one.html.j2:3"]


@pytest.mark.parametrize(("source", "line"), [("{% if %}", 1), ("a\n{{ child.name", 2), ("\n\n{% for x in visits %}", 3), ("{{ a|nothing }}{% endif %}", 1)])
def test_a_mistake_of_the_language_is_told_with_its_line(page: Page, source: str, line: int) -> None:
    """``template_syntax``."""
    with pytest.raises(Misused) as refused:
        page(source)
    assert (refused.value.code, refused.value.context["line"]) == ("template_syntax", line)


def test_a_misspelt_field_is_told_with_the_one_that_was_meant(page: Page) -> None:
    """Also where nobody checked the template before."""
    with pytest.raises(Misused) as refused:
        page("{{ child.nmae }}")
    assert (refused.value.code, refused.value.advice()) == ("field_unknown", "did you mean child.name?")


def test_a_name_that_is_nothing_is_told(page: Page) -> None:
    """Undefined names are never empty texts."""
    with pytest.raises(Misused) as refused:
        page("{{ chidl }}")
    assert refused.value.code == "field_unknown"


@pytest.mark.parametrize(
    "source",
    [
        "{% for a in range(500) %}{% for b in range(500) %}" + "x" * 100 + "{% endfor %}{% endfor %}",
        "{% for a in range(200) %}{% for b in range(500) %}{{ '甲' }}{% endfor %}{% endfor %}",
    ],
)
def test_a_paper_does_not_grow_beyond_its_limit(page: Page, source: str) -> None:
    """Counted in bytes, while it is printed."""
    with pytest.raises(Refused) as refused:
        page(source, limits=Limits(output=200_000))
    assert refused.value.code == "output_too_large"


def test_ten_mebibytes_are_too_many(page: Page) -> None:
    """The limit that holds in an office."""
    with pytest.raises(Refused) as refused:
        page("{% for a in range(500) %}{% for b in range(300) %}" + "x" * 100 + "{% endfor %}{% endfor %}")
    assert refused.value.code == "output_too_large"


@pytest.mark.parametrize("limits", [Limits(rounds=10_000), Limits(seconds=0.0)])
def test_a_loop_that_prints_nothing_ends_too(page: Page, limits: Limits) -> None:
    """Turns are counted, and time."""
    with pytest.raises(Refused) as refused:
        page("{% for a in range(500) %}{% for b in range(500) %}{% for c in range(500) %}{% endfor %}{% endfor %}{% endfor %}", limits=limits)
    assert refused.value.code == "template_endless"


def test_a_template_itself_has_a_size(page: Page) -> None:
    """Pictures do not belong into it."""
    with pytest.raises(Misused) as refused:
        page("x" * 300_000)
    assert refused.value.code == "template_too_large"


def test_a_deeply_nested_expression_is_no_crash(page: Page) -> None:
    """The parser's own limit is an error of ours."""
    with pytest.raises(CareError):
        page("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}")


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ("{{ child.name }}{{ paper.signed_on.characters }}", {"child.name", "paper.signed_on.characters"}),
        ("{% for v in visits %}{% if v.met %}{{ v.on.year }}{% endif %}{% endfor %}", {"visits", "visits.met", "visits.on.year"}),
        ("{% set c = child %}{{ c.name or c.kin }}", {"child", "child.name", "child.kin"}),
        ("{% block b %}{{ (visits|last).met }}{% endblock %}", {"visits", "visits.met"} - {"visits"}),
        ("{% for v in visits %}{{ loop.index }}{% else %}{{ today }}{% endfor %}", {"visits", "today"}),
        ("plain", set()),
    ],
)
def test_the_fields_a_template_names_are_read_from_its_tree(source: str, named: set[str]) -> None:
    """Through names, loops and filters; nothing runs."""
    assert template_fields(source) == named
