"""A clean environment: Python with careflow from its wheel and the libraries it needs, and nothing of this repository."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def lend_libraries(folder: Path) -> None:
    """Fills a folder with the libraries of the environment that runs the tests, without what is installed there from this repository."""
    folder.mkdir(parents=True)
    for one in Path(sysconfig.get_paths()["purelib"]).iterdir():
        if "careflow" not in one.name and one.name != "__pycache__":
            (folder / one.name).symlink_to(one)


def build_wheel(project: Path, into: Path) -> None:
    """Builds a project's wheel, without a network."""
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(into)], cwd=project, check=True, capture_output=True)


def environment(folder: Path, *projects: Path) -> dict[str, str]:
    """Builds the wheels of careflow and of other projects, and an environment in a folder in which they are installed. No network is used.

    The libraries are those of the environment that runs the tests, without what is installed there from this repository.

    :returns: what a process needs in its environment to work in it.
    """
    wheels, libraries, home = folder / "wheels", folder / "libraries", folder / "env"
    lend_libraries(libraries)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home)], check=True)
    [site] = home.glob("lib/python3*/site-packages")
    (site / "libraries.pth").write_text(f"{libraries}\n")
    for project in (ROOT, *projects):
        build_wheel(project, wheels)
    install = [
        str(home / "bin/python"),
        "-m",
        "pip",
        "install",
        "-q",
        "--disable-pip-version-check",
        "--no-deps",
        "--no-index",
        *map(str, wheels.glob("*.whl")),
    ]
    subprocess.run(install, check=True, capture_output=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CARE_", "LC_", "PYTHON", "VIRTUAL_ENV"))}
    return {**kept, "PATH": f"{home / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin", "LANG": "C.UTF-8", "NO_COLOR": "1", "COLUMNS": "200", "PIP_NO_INDEX": "1"}
