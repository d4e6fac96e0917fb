"""A font with Chinese letters. Without one every label would be a row of boxes, so no picture is drawn at all."""

from __future__ import annotations

from workflow_core import Deny, deny

FAMILIES = (
    "Noto Sans CJK SC", "Source Han Sans SC", "Source Han Sans CN", "Microsoft YaHei", "PingFang SC", "Heiti SC", "SimHei", "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei", "Noto Sans SC", "Noto Sans CJK JP", "AR PL UMing CN", "AR PL UKai CN", "SimSun", "Noto Serif CJK SC", "Noto Serif CJK JP",
)  # fmt: skip
"""Which families are taken, the best first. A collection's first face (JP) has all the characters; some look a little otherwise there."""
FILES = ("notosanscjk", "sourcehansans", "msyh", "pingfang", "simhei", "wqy-", "notosanssc", "uming", "ukai", "simsun", "notoserifcjk")
"""How the files of these families are called, for a font that was installed after matplotlib last looked."""


class FontMissing(Exception):
    """No font with Chinese letters is installed. ``why`` is what a command tells."""

    def __init__(self) -> None:
        self.why: Deny = deny(
            "no font with Chinese letters was found, so the labels of a picture would be boxes",
            hint="install one, for example `apt-get install fonts-noto-cjk`, or copy simhei.ttf into ~/.fonts",
            code="font_missing",
        )
        super().__init__(self.why.text())


def chinese_font() -> str:
    """The name of the best font with Chinese letters.

    :raises FontMissing: there is none.
    """
    return _best() or _best_of_new() or _none()


def _best() -> str | None:
    from matplotlib.font_manager import fontManager  # here: it takes longer to load than most commands run

    known = {one.name for one in fontManager.ttflist}
    return next((family for family in FAMILIES if family in known), None)


def _best_of_new() -> str | None:
    """What was installed after matplotlib made its list, which it keeps from run to run."""
    from matplotlib.font_manager import findSystemFonts, fontManager

    for path in findSystemFonts():
        if any(part in path.lower().replace("_", "") for part in FILES):
            fontManager.addfont(path)
    return _best()


def _none() -> str:
    raise FontMissing
