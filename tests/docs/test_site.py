"""The documentation as a site: built without a warning; every page is reached, every link leads somewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tools.site import assemble, linked, pages, with_anchors

ROOT = Path(__file__).parents[2]


def test_the_site_is_built_without_warnings(tmp_path: Path) -> None:
    """A dead link, a lost anchor, a page that no menu leads to: each would be one."""
    assemble(ROOT, tmp_path / "pages")
    config = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    config = re.sub(r"^docs_dir: .*$", f"docs_dir: {tmp_path}/pages", config, flags=re.MULTILINE)
    config = re.sub(r"^site_dir: .*$", f"site_dir: {tmp_path}/site", config, flags=re.MULTILINE)
    (tmp_path / "mkdocs.yml").write_text(config, encoding="utf-8")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", str(tmp_path / "mkdocs.yml")]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"}, check=False)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    assert (tmp_path / "site" / "docs" / "model.html").is_file()
    for page in (tmp_path / "site").rglob("*.html"):
        fetched = re.findall(r'(?:src|href)="(https?://[^"]+\.(?:js|css|woff2?))"', page.read_text(encoding="utf-8"))
        assert fetched == [], f"{page.name} would fetch {fetched}"


def test_every_page_of_the_repository_is_in_the_site() -> None:
    """A page that is added to docs cannot be left out of the menu: the build above would say so."""
    found = {page.relative_to(ROOT).as_posix() for page in pages(ROOT)}
    assert {"README.md", "docs/index.md", "docs/reference/commands.md"} <= found


def test_a_link_that_leads_nowhere_ends_the_build(tmp_path: Path) -> None:
    """Also one to a file that is no page; what stands in an example is none."""
    page = tmp_path / "a.md"
    page.write_text("[x](b.py) and\n\n```\n[y](no.py)\n```\n", encoding="utf-8")
    (tmp_path / "b.py").write_text("", encoding="utf-8")
    assert list(linked(page, tmp_path)) == [tmp_path / "b.py"]
    (tmp_path / "b.py").unlink()
    with pytest.raises(SystemExit, match="leads nowhere"):
        list(linked(page, tmp_path))


def test_a_heading_has_the_anchor_that_a_repository_gives_it() -> None:
    """Also where it comes twice, and where it is Chinese; what stands in an example is no heading."""
    text = "# Deny\n## deny\n## 看待办\n```sh\n# no\n```\n"
    assert with_anchors(text) == "# Deny {#deny}\n## deny {#deny-1}\n## 看待办 {#看待办}\n```sh\n# no\n```\n"
