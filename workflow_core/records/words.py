"""The words of a roster: grade and class, sex, kinship, why a child is left behind, yes and no.

Pure, like ``values.py``: a cell in; a value, ``None`` for an empty cell, or a :class:`~workflow_core.records.values.Fault` out.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from workflow_core.records.values import Cell, Fault, text

GRADE_UNKNOWN = Fault("grade_unknown")
SEX_UNKNOWN = Fault("sex_unknown")
KINSHIP_UNKNOWN = Fault("kinship_unknown")
LEFT_BEHIND_UNKNOWN = Fault("left_behind_unknown")
YES_NO_UNKNOWN = Fault("yes_no_unknown")


def _word(cell: Cell) -> str:
    return "".join(text(cell).split()).lower()


# ------------------------------------------------------------------ grade and class


class Grade(NamedTuple):
    """A grade of the nine years of compulsory schooling, and the class in it (empty where none is named)."""

    grade: int
    class_name: str


class Seat(NamedTuple):
    """Where a child sits, from one cell that names school, grade and class."""

    school: str
    grade: int | None
    class_name: str


_NUMERAL = {sign: n for n, sign in enumerate("一二三四五六七八九", 1)} | {str(n): n for n in range(1, 10)}
_CLASS = r"[(\[]?第?(?P<class>[0-9a-z一二三四五六七八九十]{1,3})[)\]]?班"
_GRADE = re.compile(
    r"(?P<stage>小学|初中|初级中学|小|初)?(?:第)?(?P<n>[一二三四五六七八九1-9])(?P<mark>年级|年|级)?(?:" + _CLASS + r")?\Z",
)
_ENGLISH_GRADE = re.compile(r"(?:grade|year|g)(?P<n>[1-9])(?:[,/-]?class(?P<class>[0-9a-z]{1,3}))?\Z")
_ROOM = re.compile(r"(?P<n>[1-9])(?P<class>0[1-9]|1[0-9])班?\Z")  # 701: class 1 of grade 7
_CHINESE_CLASS = {sign: str(n) for n, sign in enumerate("一二三四五六七八九十", 1)}


def grade(cell: Cell) -> Grade | Fault | None:
    """A grade from 1 to 9, and the class where the cell names it; ``None`` when empty.

    一年级 … 九年级, 七年级(2)班, 七(2)班, 初一 (grade 7), 小学三年级, 3, 701班, Grade 3. Nursery and upper secondary school are faults: they
    lie outside the nine years.
    """
    found = _word(cell)
    return _grade(found) if found else None


@lru_cache(maxsize=4096)
def _grade(found: str) -> Grade | Fault:
    match = _GRADE.match(found) or _ENGLISH_GRADE.match(found) or _ROOM.match(found)
    if match is None:
        return GRADE_UNKNOWN
    parts = match.groupdict()
    n = _NUMERAL[parts["n"]]
    stage = parts.get("stage") or ""
    if stage.startswith("初") and n <= 3:
        n += 6
    elif stage.startswith("小") and n > 6:
        return GRADE_UNKNOWN
    return Grade(n, class_name(parts["class"] or ""))


def class_name(cell: Cell) -> str:
    """The class without its dress: (2)班 and 二班 are 2; empty when there is none."""
    found = _word(cell).removesuffix("班").strip("()[]第")
    return _CHINESE_CLASS.get(found, found.lstrip("0"))


_SEAT = re.compile(
    r"(?P<school>.*?(?:小学|中学|学校|学堂|校区|教学点|校|school))[-/,、:]?(?P<seat>(?:小学|初中|小|初)?第?[一二三四五六七八九1-9](?:年级|年|级|[(\[]|\d{2}班|班)?.*|"
    r"初中?[一二三123].*|grade[1-9].*)\Z"
)


@lru_cache(maxsize=4096)
def _seat(found: str) -> Seat:
    match = _SEAT.match(found.lower())
    if match:
        seat = _grade(match["seat"])
        if isinstance(seat, Grade):
            return Seat(found[: match.end("school")], *seat)
    return Seat(found, None, "")


def seat(cell: Cell) -> Seat | None:
    """School, grade and class from one cell: 高桥镇中心小学三年级(2)班; grade ``None`` when the cell names only a school."""
    found = "".join(text(cell).split())
    return _seat(found) if found else None


# ------------------------------------------------------------------ sex, kinship, left-behind, yes and no

_SEX: dict[str, Literal["male", "female"]] = {
    "男": "male", "男性": "male", "男孩": "male", "m": "male", "male": "male", "boy": "male", "1": "male",
    "女": "female", "女性": "female", "女孩": "female", "f": "female", "female": "female", "girl": "female", "2": "female",
}  # fmt: skip


def sex(cell: Cell) -> Literal["male", "female"] | Fault | None:
    """``male`` or ``female`` (男 and 女, M and F, 1 and 2 as in GB/T 2261.1); ``None`` when empty."""
    found = _word(cell)
    return _SEX.get(found, SEX_UNKNOWN) if found else None


KINSHIPS = ("father", "mother", "parent", "grandparent", "sibling", "relative", "other")
"""How a guardian is related to a child, as stored."""

KINSHIP_TITLES = {
    "father": "父亲",
    "mother": "母亲",
    "parent": "父母",
    "grandparent": "祖父母",
    "sibling": "兄弟姐妹",
    "relative": "亲戚",
    "other": "其他",
}
"""How papers call a kinship."""

_KIN = {
    "father": "父亲 父 爸爸 爸 父子 父女 father dad",
    "mother": "母亲 母 妈妈 妈 母子 母女 mother mom mum",
    "parent": "父母 家长 双亲 养父 养母 继父 继母 养父母 继父母 parent parents",
    "grandparent": "祖父母 外祖父母 祖父 祖母 外祖父 外祖母 爷爷 奶奶 爷 奶 外公 外婆 姥姥 姥爷 爷爷奶奶 外公外婆 祖孙 爷孙 婆孙 曾祖父 曾祖母 隔代 "
    "grandparent grandparents grandfather grandmother",
    "sibling": "哥哥 姐姐 哥 姐 兄 弟弟 妹妹 兄弟 姐妹 兄妹 姐弟 兄弟姐妹 brother sister sibling",
    "relative": "亲戚 亲属 其他亲属 伯父 伯母 伯伯 叔叔 叔父 婶婶 婶娘 姑姑 姑妈 姑父 姑母 舅舅 舅妈 舅父 舅母 姨妈 姨父 姨母 小姨 "
    "大伯 伯 叔 姑 舅 姨 叔侄 堂亲 表亲 aunt uncle relative",
    "other": "其他 其它 非亲属 朋友 邻居 老师 教师 代理家长 无 other friend neighbour neighbor",
}
_KIN_OF = {word: kin for kin, words in _KIN.items() for word in words.split()}


def kinship(cell: Cell) -> str | Fault | None:
    """How the guardian is related to the child, one of :data:`KINSHIPS`; ``None`` when empty."""
    found = _word(cell)
    return _KIN_OF.get(found, KINSHIP_UNKNOWN) if found else None


LEFT_BEHIND = ("both_away", "father_away", "mother_away", "one_away", "none")
"""Who of the parents is away, as stored; ``none``: the child is not left behind."""

_LEFT = {
    "both_away": "父母双方外出 双方外出 父母外出 父母均外出 父母都外出 双亲外出 父母双方外出务工 父母外出务工 双方 双留守 both both_away",
    "father_away": "父亲外出 父亲外出务工 父外出 父亲一方外出 父亲 father father_away",
    "mother_away": "母亲外出 母亲外出务工 母外出 母亲一方外出 母亲 mother mother_away",
    "one_away": "一方外出 单方外出 父母一方外出 一方外出另一方无监护能力 单留守 是 留守 留守儿童 yes y one_away",
    "none": "否 非留守 不是 无 无外出 未外出 no n none",
}
_LEFT_OF = {word: kind for kind, words in _LEFT.items() for word in words.split()}


def left_behind(cell: Cell) -> str | Fault | None:
    """Who of the parents is away (留守类型), one of :data:`LEFT_BEHIND`; ``None`` when empty."""
    found = _word(cell).replace(",", "").replace("、", "")
    if not found:
        return None
    if found in _LEFT_OF:
        return _LEFT_OF[found]
    return "one_away" if found.startswith("一方外出") else LEFT_BEHIND_UNKNOWN


_YES = frozenset({"是", "有", "对", "√", "✓", "✔", "v", "y", "yes", "true", "1", "已"})
_NO = frozenset({"否", "无", "不", "不是", "没有", "\u00d7", "✗", "✘", "x", "n", "no", "false", "0", "未"})


def yes_no(cell: Cell) -> bool | Fault | None:
    """是 or 否, a tick or a cross, yes or no; ``None`` when empty."""
    found = _word(cell)
    if not found:
        return None
    return True if found in _YES else False if found in _NO else YES_NO_UNKNOWN


def ethnicity(cell: Cell) -> str | None:
    """The ethnic group with its 族 (汉 is 汉族); ``None`` when empty."""
    found = "".join(text(cell).split())
    if not found or found == "无":
        return None
    return found if found.endswith("族") or not "\u4e00" <= found[-1] <= "\u9fff" else found + "族"
