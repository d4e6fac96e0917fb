"""docs/testing.md is run: its commands print what it shows, its tests are green, and the red one is red in those words."""

from __future__ import annotations

import re
from collections.abc import Iterator

import workflow_core.testing as kit
from tools.run_readme import ROOT, Step, run, steps

PAGE = ROOT / "docs/testing.md"
TEXT = PAGE.read_text("utf-8")
RED = "  # red"
TESTS = re.compile(r"^```python\n(.*?)^```$", flags=re.M | re.S)


def story() -> Iterator[Step]:
    """The page as one list of commands. Its blocks of Python are one file of tests; the red one has a file of its own, with what stands before it."""
    found = steps(TEXT)
    blocks = [one[1] for one in TESTS.finditer(TEXT)]
    green = "\n\n".join(one for one in blocks if RED not in one)
    [red] = [one for one in blocks if RED in one]
    home = next(n for n, one in enumerate(found) if one.fresh and "plugin new" not in one.command)
    yield from found[:home]
    yield Step(0, f"cat > tests/test_page.py <<'WRITTEN'\n{green}\nWRITTEN")
    yield Step(0, f"cat > tests/test_red.py <<'WRITTEN'\n{blocks[0].partition('def test_')[0]}\n{blocks[1]}\n\n{red}\nWRITTEN")
    yield Step(0, "python -m pytest -q -p no:cacheprovider tests/test_page.py")
    yield Step(0, "MYPYPATH=$START/careflow python -m mypy tests/test_page.py")
    yield from found[home:]


def test_the_page_is_true() -> None:
    """From the scaffold to the red test; mypy --strict has nothing to say of what is shown."""
    wrong = run(list(story()))
    assert not wrong, "\n".join(wrong)


def test_every_public_name_is_on_the_reference_page() -> None:
    """The page of names has them all, and says something of each."""
    text = (ROOT / "docs/reference/testing.md").read_text("utf-8")
    for name in kit.__all__:
        part = text.split(f"\n### {name}\n")[1].split("\n### ")[0]
        assert len(part.split("```")[2].strip()) > 10, name


def test_every_public_name_can_be_imported() -> None:
    """What the type checker is shown and what is offered are the same list."""
    source = (ROOT / "workflow_core/testing/__init__.py").read_text("utf-8")
    shown = re.findall(r"^    from workflow_core\.testing\.\w+ import (\w+) as \1$", source, re.M)
    assert sorted([*shown, "KIT_VERSION"]) == sorted(kit.__all__)
    assert all(getattr(kit, name) is not None for name in kit.__all__)
    assert not hasattr(kit, "Scenaro")
