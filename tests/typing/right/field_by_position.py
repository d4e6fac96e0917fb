"""A form filled in by position: mended."""

from __future__ import annotations

from tests.typing.sample import Gift

GIFT = Gift(book="Journey to the West")
