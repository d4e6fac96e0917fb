"""A form filled in by position."""

from __future__ import annotations

from tests.typing.sample import Gift

GIFT = Gift("Journey to the West")  # wrong: call-arg
