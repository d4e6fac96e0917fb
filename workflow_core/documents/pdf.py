"""Papers as PDF, for whoever has no printer at hand or must keep a file. Needs the extra ``careflow[pdf]`` (WeasyPrint) and a Chinese font on the machine."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from workflow_core.errors import Refused
from workflow_core.i18n import N_


def to_pdf(html: str) -> bytes:
    """A page as PDF. It is made from the page alone: nothing is loaded, from the network or from the disk.

    :raises Refused: ``pdf_not_installed``, ``pdf_failed``.
    """
    try:
        weasyprint: Any = import_module("weasyprint")
    except (ImportError, OSError):  # OSError: the package is there, Pango is not
        raise Refused(
            "pdf_not_installed",
            N_("papers as PDF need one more package"),
            hint=N_("install careflow[pdf], and Pango with a Chinese font (Debian: libpango-1.0-0 libpangoft2-1.0-0 fonts-noto-cjk); or print the page"),
        ) from None
    try:
        made: bytes = weasyprint.HTML(string=html, base_url=None, url_fetcher=_nothing).write_pdf()
    except (ValueError, OSError, RecursionError, MemoryError) as error:
        raise Refused("pdf_failed", N_("the PDF could not be made: {why}"), hint=N_("print the page instead"), why=type(error).__name__) from None
    return made


def _nothing(url: str, *_: Any, **__: Any) -> dict[str, Any]:
    """Answers for a picture inside the page, and for nothing else."""
    if not url.startswith("data:image/"):
        raise ValueError("a paper loads nothing")
    import base64
    from urllib.parse import unquote_to_bytes

    head, body = url.split(",", 1)
    content = base64.b64decode(body) if head.endswith(";base64") else unquote_to_bytes(body)
    return {"string": content, "mime_type": head.removeprefix("data:").split(";")[0]}
