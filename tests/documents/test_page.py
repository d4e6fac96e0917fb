"""The page that comes out: nothing in it runs or loads; as text; several as one; with a mark across it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from workflow_core.documents.page import POLICY, bind, inspect, locked, marked, to_text
from workflow_core.errors import Misused


@pytest.mark.parametrize(
    "html",
    [
        "<script>1</script>",
        "<SCRIPT src=x>",
        "<iframe></iframe>",
        "<form></form>",
        "<link rel=stylesheet>",
        "<base href='x'>",
        "<p onclick='x'>",
        "<svg></svg>",
        "<img src='http://example.invalid/x'>",
        "<img src='data:text/html,x'>",
        "<a href='javascript:x'>y</a>",
        "<p style='background:url(x)'>",
        "<style>@import 'x';</style>",
        "<style>p{background:url(//x)}</style>",
        "<style>p{background:\\75rl(x)}</style>",
        "<meta http-equiv=refresh content='0'>",
        "<object data='x'></object>",
        "<table background='x'></table>",
    ],
)
def test_whatever_runs_or_loads_is_refused(html: str) -> None:
    """A paper with a child's data is opened in a browser."""
    with pytest.raises(Misused) as refused:
        inspect(html, "one.html.j2")
    assert refused.value.code == "template_forbidden"


def test_a_picture_within_the_page_may_be_there() -> None:
    """A township's emblem, a link to a place in the page."""
    inspect("<img src='data:image/png;base64,AAAA'><a href='#x'>y</a><p style='color:red'>z</p>", "one.html.j2")


def test_an_attribute_that_a_value_opened_is_found(page: Callable[..., str]) -> None:
    """The finished page is looked through, so an unquoted attribute opens no door."""
    with pytest.raises(Misused):
        page("<p class={{ 'x onclick=y' }}>")


@pytest.mark.parametrize("html", ["<p>x</p>", "<html><HEAD lang='zh'><title>x</title></HEAD></html>"])
def test_every_page_tells_the_browser_to_load_nothing(html: str) -> None:
    """Also one that extends no base of ours; once is enough."""
    assert POLICY in locked(html)
    assert locked(locked(html)) == locked(html)


def test_a_page_as_text_has_a_line_for_each_paragraph_and_row() -> None:
    """Cells are apart by a bar, blanks are low lines, styles are silent."""
    html = '<style>p{}</style><h1>题</h1><p>一 <b>二</b>\n三</p><table><tr><td>甲</td><td><span class="blank">\u3000\u3000\u2060</span></td></tr></table>'
    assert to_text(html) == "题\n\n一 二 三\n\n甲 | ＿＿\n"


def test_several_papers_are_one_file(page: Callable[..., str]) -> None:
    """Each style once, each body in its order, nothing else."""
    made = ["<html><head><style>a</style></head><body><p>1</p></body></html>", "<html><head><style>a</style></head><body><p>2</p></body></html>"]
    whole = bind(made, "<all>")
    assert whole.count("<style>a</style>") == 1
    assert whole.index("<p>1</p>") < whole.index("<p>2</p>")
    assert "&lt;all&gt;" in whole
    assert whole.count("<body>") == 1


def test_a_mark_goes_across_one_page_alone() -> None:
    """Bound with others, it lies behind its own sheets; nothing in it is fixed, since that is printed on every sheet."""
    made = marked("<html><body class='x'><p>甲</p></body></html>", "作废<b>")
    assert made.startswith("<html><body class='x'><div class=\"across\"")
    assert made.endswith("<p>甲</p></div></body></html>")
    assert "作废&lt;b&gt;</p>" in made
    whole = bind([made, "<html><body><p>乙</p></body></html>"], "两件")
    assert whole.index("<p>甲</p></div>") < whole.index("<p>乙</p>")
    assert whole.count('class="across"') == 1
    assert "fixed" not in whole


def test_what_stands_side_by_side_on_the_page_does_not_run_together_as_text() -> None:
    """The line above a form's table; a span within a sentence stays in it."""
    assert to_text('<div class="meta"><span>学校：甲</span><span>编号：<b>1</b></span></div>') == "学校：甲 编号：1\n"
    assert to_text("<p>电话<span>0000</span>。</p>") == "电话0000。\n"
