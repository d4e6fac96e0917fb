"""Makes the sheets that the demo and the README feed in: a small messy roster and a school's absence sheet, as they come from a township's desk.

usage: python tools/demo_sheets.py

Everybody in them is invented; the ID numbers have right check digits and a region code of nowhere. The sheets are committed: run this only to change them.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped]

SHEETS = Path(__file__).resolve().parent.parent / "cli/careflow_cli/demo/sheets"
REGION = "432801"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
PRIMARY, MIDDLE = "高桥镇中心小学", "高桥镇初级中学"
Cell = str | float | date | None


def number(born: str, order: int) -> str:
    """An ID number of 18 signs: the order's last digit is odd for a boy, even for a girl.

    :param born: like 20131204.
    """
    body = f"{REGION}{born}{order:03d}"
    return body + "10X98765432"[sum(int(sign) * weight for sign, weight in zip(body, WEIGHTS, strict=True)) % 11]


class Pupil:
    """A row of the roster, before somebody has typed it."""

    def __init__(self, name: str, born: str, order: int, village: str, grade: str, father: str, guardian: str, kin: str, phone: str) -> None:
        self.name, self.born, self.village, self.grade, self.father = name, born, village, grade, father
        self.guardian, self.kin, self.phone = guardian, kin, phone
        self.sex = "男" if order % 2 else "女"
        self.id = number(born, order)
        self.school = MIDDLE if grade[0] in "七八九" else PRIMARY

    def cells(self, birth: Cell = None, number: Cell = None, phone: Cell = None, school: str = "") -> list[Cell]:
        """The row; what is given stands in place of what is right."""
        plain = f"{self.born[:4]}-{self.born[4:6]}-{self.born[6:]}"
        return [
            self.name, self.sex, plain if birth is None else birth, self.id if number is None else number, self.village, school or self.school, self.grade,
            self.father, "13700000000" if self.father else "", self.guardian, self.kin, self.phone if phone is None else phone,
        ]  # fmt: skip


LUO = Pupil("罗小松", "20121103", 415, "权河村2组", "八年级2班", "罗建平", "罗永福", "祖父母", "13900001002")
XIANG = Pupil("向明月", "20140227", 128, "裴坝村5组", "七年级1班", "向志强", "田秀英", "祖父母", "13900001003")
SU = Pupil("苏晓雨", "20131204", 226, "裴坝村1组", "七年级1班", "苏国华", "苏长贵", "祖父母", "13900001001")
TIAN = Pupil("田野", "20120819", 537, "深磨村3组", "八年级1班", "田大海", "田有才", "祖父母", "13900001004")
LONG = Pupil("龙小川", "20130315", 351, "权河村6组", "七年级2班", "龙文武", "龙老四", "其他亲属", "13900001005")
SHI = Pupil("石磊", "20111210", 733, "深磨村1组", "九年级1班", "石成刚", "石成刚", "父亲", "13900001006")
OTHERS = [
    Pupil("彭思远", "20170612", 119, "裴坝村2组", "三年级", "彭家旺", "彭绍清", "祖父母", "13900002001"),
    Pupil("向小禾", "20180105", 224, "裴坝村4组", "二年级", "向志强", "田秀英", "祖父母", "13900001003"),
    Pupil("覃家乐", "20150920", 335, "权河村1组", "五年级", "覃世伟", "覃光荣", "祖父母", "13900002003"),
    Pupil("周若溪", "20160407", 442, "深磨村2组", "四年级", "周明亮", "周德胜", "祖父母", "13900002004"),
    Pupil("谭可欣", "20141118", 546, "裴坝村3组", "六年级", "谭国庆", "向桂兰", "外祖父母", "13900002005"),
    Pupil("邓子轩", "20190713", 157, "权河村4组", "一年级", "邓少华", "邓正清", "祖父母", "13900002006"),
    Pupil("侯雨桐", "20171225", 268, "深磨村5组", "三年级", "侯俊杰", "侯兴发", "祖父母", "13900002007"),
    Pupil("瞿天佑", "20160830", 379, "权河村3组", "四年级", "瞿永强", "瞿宗汉", "祖父母", "13900002008"),
    Pupil("贺小满", "20150521", 482, "裴坝村6组", "五年级", "贺建军", "贺永贵", "祖父母", "13900002009"),
    Pupil("江一帆", "20180916", 593, "深磨村4组", "二年级", "江海涛", "江守义", "祖父母", "13900002010"),
    Pupil("梁书瑶", "20140809", 604, "权河村5组", "六年级", "梁志远", "梁开泰", "祖父母", "13900002011"),
    Pupil("文静", "20170202", 716, "裴坝村1组", "三年级", "文斌", "吴冬梅", "其他亲属", "13900002012"),
    Pupil("熊大林", "20190424", 827, "深磨村6组", "一年级", "熊传银", "熊启明", "祖父母", "13900002013"),
    Pupil("钟灵", "20131016", 938, "权河村2组", "七年级2班", "钟世豪", "钟永昌", "祖父母", "13900002014"),
    Pupil("曾凡", "20120603", 149, "裴坝村4组", "八年级2班", "曾庆国", "曾祥林", "祖父母", "13900002015"),
    Pupil("余晓彤", "20120914", 250, "深磨村2组", "八年级1班", "余永胜", "余德厚", "祖父母", "13900002016"),
    Pupil("魏长青", "20111130", 361, "权河村1组", "九年级1班", "魏家强", "魏光明", "祖父母", "13900002017"),
    Pupil("易欢", "20140111", 472, "裴坝村2组", "七年级1班", "易建新", "易传德", "祖父母", "13900002018"),
    Pupil("符安", "20130718", 583, "深磨村3组", "七年级2班", "符国强", "符有田", "祖父母", "13900002019"),
]  # fmt: skip

HEADS = [
    ["姓名", "性别", "出生日期", "身份证号码", "家庭住址", "就读学校", "年级", "父亲", "", "监护人", "", ""],
    ["", "", "", "", "", "", "", "姓名", "联系电话", "姓名", "与儿童关系", "联系电话"],
]
MERGED = [*((first, first) for first in range(7)), (7, 8), (9, 11)]
FOOTER = "填表人：        审核人：        2026年9月20日"


def primary() -> list[list[Cell]]:
    """The page of the primary school: most rows right, however they are typed."""
    one, two, three, four, five, six, seven, eight, nine, ten, *rest = OTHERS[:13]
    return [
        one.cells(birth="2017年6月12日"),
        two.cells(birth="2018.1.5", phone="139-0000-1003"),
        three.cells(birth=date(2015, 9, 20)),
        four.cells(phone="１３９００００２００４"),
        five.cells(birth="20141118"),
        six.cells(number="无"),
        seven.cells(birth="2017/12/25"),
        eight.cells(number=eight.id[:-1] + ("1" if eight.id[-1] != "1" else "2")),
        nine.cells(),
        ten.cells(phone=13900002010.0),
        *(pupil.cells() for pupil in rest),
        one.cells(birth="2017年6月12日"),
    ]


def middle() -> list[list[Cell]]:
    """The page of the middle school: one number was typed into a cell for figures, and lost its last digits."""
    rows = [SU.cells(), LUO.cells(birth="2012.11.3"), XIANG.cells(number=float(XIANG.id)), TIAN.cells(birth=date(2012, 8, 19)), LONG.cells(), SHI.cells()]
    return rows + [pupil.cells() for pupil in OTHERS[13:]]


def roster(file: Path) -> None:
    """Writes the roster: two pages, each with a title, headings in two rows, a line of sums and a footer."""
    book = xlsxwriter.Workbook(file)
    book.set_properties({"created": datetime(2026, 9, 20)})
    centred, dated = book.add_format({"align": "center", "valign": "vcenter", "bold": True}), book.add_format({"num_format": "yyyy/m/d"})
    for title, rows in (("中心小学", primary()), ("初级中学", middle())):
        page = book.add_worksheet(title)
        page.merge_range(0, 0, 0, 12, "高桥镇留守儿童花名册（2026年秋季学期）", centred)
        page.write(1, 0, f"填报单位：高桥镇{title}")
        page.merge_range(2, 0, 3, 0, "序号", centred)
        for first, last in MERGED:
            deep = 3 if first == last else 2
            page.merge_range(2, first + 1, deep, last + 1, HEADS[0][first], centred)
            for column in range(first, last + 1):
                if first != last:
                    page.write(3, column + 1, HEADS[1][column], centred)
        for place, cells in enumerate(rows):
            for column, cell in enumerate([place + 1, *cells]):
                if isinstance(cell, date):
                    page.write_datetime(place + 4, column, datetime(cell.year, cell.month, cell.day), dated)
                elif cell not in (None, ""):
                    page.write(place + 4, column, cell)
        page.write(len(rows) + 4, 0, "小计")
        page.write(len(rows) + 4, 1, f"{len(rows)}人")
        page.write(len(rows) + 5, 0, FOOTER)
        page.set_column(3, 7, 18)
    book.close()


def absences(file: Path) -> None:
    """Writes the school's absence sheet: six children who are on the roster, one of them twice, and one under a number that is not its own."""
    heads: list[Cell] = ["姓名", "身份证号", "就读学校", "班主任", "最后到校日期", "初步原因", "已联系家长", "备注"]
    rows: list[list[Cell]] = [
        [SU.name, SU.id, MIDDLE, "丁思琪", "2026.9.10", "厌学", "是", ""],
        [LUO.name, LUO.id, MIDDLE, "姚国强", "9月14日", "家庭困难", "是", ""],
        [XIANG.name, XIANG.id, MIDDLE, "丁思琪", "2026-09-04", "随父母外出", "", ""],
        [TIAN.name, TIAN.id, MIDDLE, "韩梦琪", date(2026, 9, 11), "外出打工", "否", "听说去了广东"],
        [LONG.name, LONG.id, MIDDLE, "姚国强", "2026年9月16日", "不明", "", ""],
        [SHI.name, SHI.id, MIDDLE, "韩梦琪", "20260907", "厌学", "是", ""],
        [SU.name, SU.id, MIDDLE, "丁思琪", "2026.9.10", "厌学", "是", ""],
        ["钟玲玲", OTHERS[13].id, MIDDLE, "姚国强", "2026.9.15", "不明", "", ""],
    ]
    book = xlsxwriter.Workbook(file)
    book.set_properties({"created": datetime(2026, 10, 16)})
    page = book.add_worksheet("疑似辍学")
    page.merge_range(0, 0, 0, 7, "高桥镇初级中学疑似辍学学生名单（2026年10月）", book.add_format({"align": "center", "bold": True}))
    dated = book.add_format({"num_format": "yyyy-mm-dd"})
    for place, cells in enumerate([heads, *rows], 1):
        for column, cell in enumerate(cells):
            if isinstance(cell, date):
                page.write_datetime(place, column, datetime(cell.year, cell.month, cell.day), dated)
            elif cell not in (None, ""):
                page.write(place, column, cell)
    page.set_column(1, 2, 20)
    book.close()


MEASURED: list[tuple[Pupil, str, str, str, str, str, str]] = [
    (OTHERS[0], "129.5", "26.9", "102", "63", "5.0", "5.1"),
    (OTHERS[1], "121.0", "22.6", "94", "56", "5.0", "5.0"),
    (OTHERS[2], "148.2", "40.1", "136", "88", "5.0", "5.1"),
    (OTHERS[3], "138.0", "33.5kg", "98", "61", "4.6", "4.8"),
    (OTHERS[4], "151.3", "62.0", "110", "68", "5.0", "5.0"),
    (OTHERS[6], "1.28", "24.8", "96", "58", "5.1", "5.1"),
    (OTHERS[8], "143.5", "35.2", "62", "101", "5.0", "4.9"),
    (OTHERS[9], "124.2", "23.9", "92", "57", "5.0", "5.1"),
    (OTHERS[10], "152.0cm", "42.3", "104", "66", "5.0", "5.0"),
    (OTHERS[11], "130.4", "27.1", "97", "60", "5.1", "5.0"),
    (OTHERS[12], "112.0", "19.4", "90", "55", "", "5.0"),
]
"""A health day at the primary school: height, weight, pressure, vision; a height in metres, a pressure the wrong way round."""
NO = OTHERS[11]
"""Whose guardian has said no."""


def health(file: Path) -> None:
    """Writes the clinic's sheet of a health day."""
    heads = ["编号", "姓名", "身份证号", "身高(cm)", "体重(kg)", "收缩压", "舒张压", "左眼视力", "右眼视力", "体检日期", "家长是否同意"]
    book = xlsxwriter.Workbook(file)
    book.set_properties({"created": datetime(2026, 10, 20)})
    page = book.add_worksheet("体检")
    page.merge_range(0, 0, 0, len(heads) - 1, "高桥镇中心小学健康体检登记表", book.add_format({"align": "center", "bold": True}))
    for column, head in enumerate(heads):
        page.write(1, column, head)
    for place, (pupil, *values) in enumerate(MEASURED, 1):
        for column, cell in enumerate([str(place), pupil.name, pupil.id, *values, "2026-10-20", "否" if pupil is NO else "是"]):
            if cell:
                page.write(place + 1, column, cell)
    page.set_column(1, 2, 20)
    book.close()


def main() -> None:
    """Writes all of them."""
    SHEETS.mkdir(parents=True, exist_ok=True)
    roster(SHEETS / "roster.xlsx")
    absences(SHEETS / "absences.xlsx")
    health(SHEETS / "health.xlsx")


if __name__ == "__main__":
    main()
