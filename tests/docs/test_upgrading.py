"""docs/upgrading.md is run from top to bottom: its program is written in two versions, and each command prints what the page shows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tools.run_readme import ROOT, Step, run, steps

PAGE = ROOT / "docs/upgrading.md"


def story() -> Iterator[Step]:
    """The page as one list of commands: each block of Python is the whole program."""
    yield Step(0, "mkdir work && cd work && START=$PWD && export CARE_LANG=en", fresh=True)
    text = PAGE.read_text("utf-8")
    for found in re.finditer(r"^```(\w+)\n(.*?)^```$", text, flags=re.M | re.S):
        line = text[: found.start()].count("\n")
        if found[1] == "python":
            yield Step(line, f"cat > program.py <<'WRITTEN'\n{found[2]}\nWRITTEN\ncare plugin check program.py --strict")
        else:
            for step in steps(found[0]):
                step.line += line
                yield step


def test_the_page_is_true() -> None:
    """Both versions are sound, and what is shown is what happens."""
    wrong = run(list(story()))
    assert not wrong, "\n".join(wrong)
