"""Texts in the reader's language: English msgids in the code, gettext catalogues for the rest.

A text is translated when it is shown, never when it is stored. Programs bring catalogues of their own (``add_catalogue``).
"""

from __future__ import annotations

import gettext
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from workflow_core.plurals import english

_HOME = Path(__file__).parent / "locale"
_catalogues: list[tuple[str, Path]] = [("careflow", _HOME)]
_loaded: dict[str, list[gettext.NullTranslations]] = {}
_spoken: ContextVar[str] = ContextVar("spoken", default="")


class Label(str):
    """A msgid passed as a value of a message: it is translated together with the message (a stage's title, a choice)."""


class Labels(tuple[str, ...]):
    """Several msgids passed as one value of a message: each is translated, and they are told one after the other."""

    def __str__(self) -> str:
        return translate(N_(", ")).join(translate(one) for one in self)


def N_(text: str) -> str:  # noqa: N802  (the name gettext's tools look for)
    """Marks a text for the catalogue without translating it here."""
    return text


def language() -> str:
    """The language to show: ``CARE_LANG``, else the usual ``LC_ALL``, ``LC_MESSAGES``, ``LANG``; ``en`` where none is set."""
    if spoken := _spoken.get():
        return spoken
    for name in ("CARE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            short = value.split(".")[0].replace("-", "_")
            return "zh_CN" if short.lower().startswith("zh") else "en"
    return "en"


@contextmanager
def speaking(wanted: str) -> Iterator[None]:
    """Within this all is shown in that language (``zh_CN``, ``en``), whatever the reader's screen speaks: a page that is handed out."""
    token = _spoken.set(wanted)
    try:
        yield
    finally:
        _spoken.reset(token)


def add_catalogue(domain: str, folder: Path) -> None:
    """Adds a program's catalogue: ``folder/zh_CN/LC_MESSAGES/<domain>.mo``. Adding it twice changes nothing."""
    if (domain, folder) not in _catalogues:
        _catalogues.append((domain, folder))
        _loaded.clear()


def translate(text: str, /, **values: Any) -> str:
    """The text in the reader's language, its ``{name}`` placeholders filled in.

    A placeholder without a value is shown as it stands: a bad translation must not hide a message.
    """
    shown = _look_up(text, language()) if text else text
    if not values:
        return shown
    if shown == text:  # English, or of no catalogue
        shown = english(text, values)
    filled = {name: translate(value) if isinstance(value, Label) else value for name, value in values.items()}
    return shown.format_map(_Forgiving(filled))


def translate_in(wanted: str, text: str) -> str:
    """The text in a language of one's choice: official documents are Chinese, whatever the reader's screen speaks.

    :param wanted: ``zh_CN`` or ``en``.
    """
    return _look_up(text, wanted) if text else text


def _look_up(text: str, wanted: str) -> str:
    if wanted == "en":
        return text
    if wanted not in _loaded:
        _loaded[wanted] = [gettext.translation(domain, str(folder), [wanted], fallback=True) for domain, folder in _catalogues]
    for catalogue in _loaded[wanted]:
        found = catalogue.gettext(text)
        if found != text:
            return found
    return text


class _Forgiving(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"
