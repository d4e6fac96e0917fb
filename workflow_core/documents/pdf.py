"""Papers as PDF, for whoever has no printer at hand or must keep a file. Needs the extra ``careflow[pdf]`` (WeasyPrint) and a Chinese font on the machine."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from workflow_core.errors import Refused
from workflow_core.i18n import N_


def to_pdf(*pages: str) -> bytes:
    """One page, or several one after the other, each with sheet numbers of its own. Made from the pages alone: nothing is loaded, from network or disk.

    :raises Refused: ``pdf_not_installed``, ``pdf_failed``.
    """
    try:
        weasyprint: Any = import_module("weasyprint")
        fetching: Any = import_module("weasyprint.urls")
    except (ImportError, OSError):  # OSError: the package is there, Pango is not
        raise Refused(
            "pdf_not_installed",
            N_("papers as PDF need one more package"),
            hint=N_("install careflow[pdf], and Pango with a Chinese font (Debian: libpango-1.0-0 libpangoft2-1.0-0 fonts-noto-cjk); or print the page"),
        ) from None
    try:
        inside = fetching.URLFetcher(allowed_protocols=("data",), allow_redirects=False)  # pictures within the page
        made = [weasyprint.HTML(string=page, base_url=None, url_fetcher=inside).render() for page in pages]
        whole: bytes = made[0].copy([sheet for one in made for sheet in one.pages]).write_pdf()
    except (ValueError, OSError, RecursionError, MemoryError) as error:
        raise Refused("pdf_failed", N_("the PDF could not be made: {why}"), hint=N_("print the page instead"), why=type(error).__name__) from None
    return whole
