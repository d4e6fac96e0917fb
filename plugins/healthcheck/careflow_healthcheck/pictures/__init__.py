"""Pictures: a child's growth and vision over the years, a round by school. SVG and PNG, labels in Chinese, no child's name unless it is asked for."""

from __future__ import annotations

from careflow_healthcheck.pictures.fonts import FontMissing, chinese_font
from careflow_healthcheck.pictures.growth import Point, growth_picture
from careflow_healthcheck.pictures.schools import schools_picture
from careflow_healthcheck.pictures.vision import EyesOn, vision_picture

__all__ = ["EyesOn", "FontMissing", "Point", "chinese_font", "growth_picture", "schools_picture", "vision_picture"]
