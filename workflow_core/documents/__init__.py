"""Papers: templates, rendering, numbers, signing, service. The only home of jinja2, which is loaded when the first template is read.

The front door: pure rules come from here at once; what needs jinja2 (``Library``, ``template_fields``, ``accept``) is loaded on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workflow_core.documents.fields import Known, Note, PaperFields, check_fields, personal_fields
from workflow_core.documents.numbering import check_pattern, number_text

if TYPE_CHECKING:
    from workflow_core.documents.library import Library, accept
    from workflow_core.documents.rendering import template_fields

__all__ = [
    "Known",
    "Library",
    "Note",
    "PaperFields",
    "accept",
    "check_fields",
    "check_pattern",
    "number_text",
    "personal_fields",
    "template_fields",
]

_LATER = {"Library": "library", "accept": "library", "template_fields": "rendering"}


def __getattr__(name: str) -> Any:
    if name in _LATER:
        from importlib import import_module

        return getattr(import_module(f"workflow_core.documents.{_LATER[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
