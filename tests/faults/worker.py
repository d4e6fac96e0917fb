"""A process that has everything imported and forks a child for each ``care`` command, which then befalls what the test asks for."""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def serve() -> None:
    """Takes one job a line, answers one result a line, until its input ends."""
    _preload()
    print("ready", flush=True)
    for line in sys.stdin:
        print(json.dumps(_job(json.loads(line))), flush=True)


def _preload() -> None:
    import pkgutil
    from importlib import import_module

    import psycopg  # noqa: F401
    import pydantic  # noqa: F401
    import python_calamine  # noqa: F401
    from sqlalchemy.dialects.postgresql import psycopg as dialect  # noqa: F401

    import careflow_cli
    import careflow_dropout_return
    import workflow_core

    for package in (workflow_core, careflow_cli, careflow_dropout_return):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith((".env", "__main__")) and ".versions" not in module.name and ".demo" not in module.name:
                import_module(module.name)


def _job(job: dict[str, Any]) -> dict[str, Any]:
    out, err, calls = (Path(job["scratch"]) / name for name in ("out", "err", "calls"))
    for path in (out, err, calls):
        path.unlink(missing_ok=True)
    pid = os.fork()
    if pid == 0:
        _child(job, out, err, calls)
    code = _waited(pid, job.get("kill_after"), job.get("timeout", 120))
    said = {name: path.read_text(encoding="utf-8", errors="replace") if path.exists() else "" for name, path in (("out", out), ("err", err))}
    return {"code": code, "calls": int(calls.read_text() or 0) if calls.exists() else 0, **said}


def _waited(pid: int, kill_after: float | None, timeout: float) -> int:
    """The exit code; the signal, negative, for one that was killed."""
    begun = time.monotonic()
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        passed = time.monotonic() - begun
        if (kill_after is not None and passed >= kill_after) or passed > timeout:
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.0005)


def _child(job: dict[str, Any], out: Path, err: Path, calls: Path) -> None:
    code = 99
    try:
        os.setsid()
        for path, number in ((out, 1), (err, 2)):
            handle = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o666)
            os.dup2(handle, number)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
        os.environ.update(job.get("env", {}))
        counted = os.open(calls, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o666)
        _befall(job)
        from careflow_cli.main import run

        count = _Count(job.get("kill_at"))
        count.watch()
        code = run(job["words"])
        sys.stdout.flush()
        os.write(counted, str(count.n).encode())
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


class _Count:
    """Counts the calls beside which a crash may leave something half done, and ends the process without a word right before or after the k-th."""

    def __init__(self, kill_at: int | None) -> None:
        self.kill_at = kill_at
        self.n = 0

    def watch(self) -> None:
        from sqlalchemy.engine import Transaction

        from workflow_core.store.database import Tx

        for home, names in (
            (Tx, ("_send", "many")),
            (Transaction, ("commit", "rollback")),
            (os, ("write", "fsync", "link", "open")),
            (Path, ("replace", "mkdir", "unlink")),
        ):
            for name in names:
                setattr(home, name, self._around(getattr(home, name)))

    def _around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def called(*given: Any, **named: Any) -> Any:
            self._one()
            try:
                return function(*given, **named)
            finally:
                self._one()

        return called

    def _one(self) -> None:
        self.n += 1
        if self.n == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)


def _befall(job: dict[str, Any]) -> None:
    if "busy" in job:
        from workflow_core.store import database

        database.BUSY_SECONDS = job["busy"]
    if "migrations" in job:
        from workflow_core.store import migrate, schema

        migrate._HOME = Path(job["migrations"])
        following = job["following"]
        migrate.HEAD = schema.HEAD = following  # type: ignore[attr-defined]
        schema.KNOWN = (*schema.KNOWN, following)  # type: ignore[assignment]
    if "largest_file" in job:
        resource.setrlimit(resource.RLIMIT_FSIZE, (job["largest_file"], job["largest_file"]))
    if "uid" in job:
        os.setgroups([])
        os.setgid(job["uid"])
        os.setuid(job["uid"])


if __name__ == "__main__":
    serve()
