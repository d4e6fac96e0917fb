"""The roster's columns, and a row of it read: values and what is wrong with them, before anything is known of the office's files."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from workflow_core.i18n import N_
from workflow_core.records import values, words
from workflow_core.records.layout import Column, Layout
from workflow_core.records.sheets import Row, Table
from workflow_core.records.values import Cell, Fault

# ------------------------------------------------------------------ the columns


def _words(titles: str) -> tuple[str, ...]:
    return tuple(titles.split())


def _party(who: tuple[str, ...], what: tuple[str, ...], *more: str) -> tuple[str, ...]:
    """Every heading made of a person and a thing: 父亲/姓名, 父亲姓名."""
    return (*(f"{person}/{thing}" for person in who for thing in what), *more)


_FATHER = _words("父亲 父 爸爸 父亲信息 父亲情况 father")
_MOTHER = _words("母亲 母 妈妈 母亲信息 母亲情况 mother")
_GUARDIAN = _words("监护人 现监护人 实际监护人 委托监护人 受委托监护人 受托监护人 临时监护人 监护人信息 监护人情况 家长 guardian")
_NAME = _words("姓名 名字 名 name")
_PHONE = _words("联系电话 电话 电话号码 手机 手机号 手机号码 联系方式 联系号码 phone telephone mobile tel")
_WORKPLACE = _words("务工地 务工地点 务工地址 打工地 外出地 外出地点 外出务工地 外出务工地点 工作地 工作地点 workplace works_in place_of_work")
_KIN = _words("与儿童关系 与儿童的关系 与留守儿童关系 与留守儿童的关系 与孩子关系 与学生关系 与被监护人关系 与本人关系 关系 称谓 kinship relation relationship")
_ID = _words(
    "身份证号码 身份证号 身份证 居民身份证号 居民身份证号码 公民身份号码 公民身份证号码 身份号码 儿童身份证号 儿童身份证号码 学生身份证号 "
    "学生身份证号码 身份证件号码 身份证件号 证件号码 证件号 national_id_number id_card id_no id"
)
_ADDRESS = _words(
    "家庭住址 家庭地址 家庭详细地址 详细地址 户籍住址 住址 地址 现住址 现居住地 居住地 居住地址 户籍地 户籍地址 户籍所在地 户口所在地 家庭详细住址 详细住址 "
    "所在村 所在村组 村 村组 村别 村名 行政村 村社区 address home village"
)
_SEAT = (
    *(
        f"{where}学校{joint}{seat}"
        for where in ("", "就读", "所在", "在读")
        for joint in ("", "及", "和", "与", "、")
        for seat in _words("班级 年级 年级班级 年级班 班")
    ),
    *_words("就读情况 就读学校及年级班级 school_and_grade school_and_class"),
)

ROSTER = Layout(
    columns=(
        Column("name", N_("Name"), _words("姓名 儿童姓名 学生姓名 留守儿童姓名 孩子姓名 名字 full_name child_name student_name pupil")),
        Column("sex", N_("Sex"), _words("性别 gender")),
        Column("ethnicity", N_("Ethnic group"), _words("民族 nationality")),
        Column("born_on", N_("Birth date"), _words("出生日期 出生年月日 出生年月 出生时间 生日 date_of_birth birthday born dob")),
        Column("national_id", N_("ID number"), _ID),
        Column("address", N_("Home address"), _ADDRESS),
        Column("school", N_("School"), _words("就读学校 学校 学校名称 所在学校 在读学校 就读学校名称 school_name")),
        Column("grade", N_("Grade"), _words("年级 就读年级 所在年级 年级班级 年级班 年级及班级 班级年级 就读年级班级 就读班级 year")),
        Column("class_name", N_("Class"), _words("班级 班 班别 所在班级")),
        Column("seat", N_("School and class"), _SEAT),
        Column("father", N_("Father"), _party(_FATHER, _NAME, "父亲")),
        Column("father_phone", N_("Father's phone"), _party(_FATHER, _PHONE)),
        Column("father_workplace", N_("Where the father works"), _party(_FATHER, _WORKPLACE)),
        Column("mother", N_("Mother"), _party(_MOTHER, _NAME, "母亲")),
        Column("mother_phone", N_("Mother's phone"), _party(_MOTHER, _PHONE)),
        Column("mother_workplace", N_("Where the mother works"), _party(_MOTHER, _WORKPLACE)),
        Column("guardian", N_("Guardian"), _party(_GUARDIAN, _NAME, *_GUARDIAN)),
        Column("guardian_kin", N_("Kinship of the guardian"), _party(_GUARDIAN, _KIN, *_KIN, "与监护人关系", "与监护人的关系")),
        Column("guardian_phone", N_("Guardian's phone"), _party(_GUARDIAN, _PHONE, *_PHONE)),
        Column("left_behind", N_("Left behind"), _words("留守类型 留守儿童类型 留守情况 留守类别 是否留守 是否留守儿童 外出情况 父母外出情况")),
        Column("hardship", N_("In hardship"), _words("是否困难 是否贫困 家庭是否困难 是否困难家庭 困难 是否困境 是否困境儿童 poor")),
        Column("boards", N_("Boards at school"), _words("是否寄宿 寄宿 是否住校 住校 boarder boarding")),
        Column("note", N_("Note"), _words("备注 说明 remark remarks notes")),
    ),
    needed=(("name",), ("born_on", "national_id")),
)
"""The columns of a roster of children. A row needs a name, and a birth date or a number."""

# ------------------------------------------------------------------ a row


class RowFault(NamedTuple):
    """One thing wrong with a row: a code of :data:`workflow_core.records.roster.CODES`, and the field it is about."""

    code: str
    field: str


@dataclass(slots=True)
class RosterRow:
    """A row, read. ``None`` and an empty text mean that the row does not say.

    :param cells: the row as it was, for the sheet of refused rows.
    :param faults: what is wrong with the row by itself; the worst first.
    :param notes: what is worth a line in the summary: ``region_unknown``, ``sex_differs``, ``grade_unknown``, ``phone_unreadable``, …
    :param values: what the row says of the child, by field of the child's file (``sex`` … ``note``), only what it does say.
    """

    sheet: str
    row: int
    cells: list[Cell]
    name: str
    national_id: str | None = None
    born_on: date | None = None
    faults: list[RowFault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)


_CODE_OF = {values.ID_PRECISION_LOST: "id_precision_lost", values.ID_LENGTH: "id_length", values.ID_CHECK_DIGIT: "id_check_digit"}
_PHONES = ("father_phone", "mother_phone", "guardian_phone")
_NAMES = ("father", "mother", "guardian")
_TEXTS = ("father_workplace", "mother_workplace", "note")
_READERS: dict[str, tuple[Callable[[Cell], Any], str]] = {
    "guardian_kin": (words.kinship, "kinship_unknown"),
    "left_behind": (words.left_behind, "left_behind_unknown"),
    "hardship": (words.yes_no, "hardship_unknown"),
    "boards": (words.yes_no, "boards_unknown"),
    "ethnicity": (words.ethnicity, ""),
    **dict.fromkeys(_PHONES, (values.phone, "phone_unreadable")),
    **dict.fromkeys(_NAMES, (values.name, "")),
    **dict.fromkeys(_TEXTS, (values.text, "")),
}


class RosterReader:
    """Reads the rows of one table.

    :param table: a table found with :data:`ROSTER`.
    :param today: the office's date.
    :param regions: the six-digit codes of the counties that are known; None where no list is at hand.
    :param above: names of the divisions above the villages, widest first, which may stand before a village in an address.
    """

    def __init__(self, table: Table, *, today: date, regions: Container[str] | None = None, above: tuple[str, ...] = ()) -> None:
        self._sheet = table.sheet
        self._today = today
        self._regions = regions
        self._above = above
        fields = table.fields
        self._name = fields["name"]
        self._born = fields.get("born_on")
        self._id = fields.get("national_id")
        self._sex = fields.get("sex")
        self._address = fields.get("address")
        self._schooling = tuple(fields.get(name) for name in ("school", "grade", "class_name", "seat"))
        self._plain = [(name, fields[name], *_READERS[name]) for name in _READERS if name in fields]

    def read(self, row: Row) -> RosterRow:
        """Reads one row; it never raises."""
        cells = row.cells
        found = RosterRow(self._sheet, row.number, cells, values.name(cells[self._name]))
        if not found.name:
            found.faults.append(RowFault("name_missing", "name"))
        self._identity(found, cells)
        said = found.values
        if self._address is not None and (village := values.village(cells[self._address], self._above)):
            said["village"] = village
            said["address"] = values.squeezed(cells[self._address])
        self._school(found, cells)
        for name, at, read, note in self._plain:
            cell = cells[at]
            if cell == "":
                continue
            value = read(cell)
            if isinstance(value, Fault):
                found.notes.append(note)
            elif value is not None and value != "":
                said[name] = value
        return found

    def _identity(self, found: RosterRow, cells: list[Cell]) -> None:
        """Number and birth date: each by itself, then against the other and against today."""
        born = None if self._born is None else values.civil_day(cells[self._born])
        number = None if self._id is None else values.national_id(cells[self._id])
        inside: date | None = None
        id_faults: list[RowFault] = []
        if isinstance(number, Fault):
            id_faults.append(RowFault(_CODE_OF[number], "national_id"))
        elif number is not None:
            found.national_id = number
            inside = values.born_in_id(number)
            if inside is None or (isinstance(born, date) and born != inside):
                id_faults.append(RowFault("birth_date_differs_from_id", "born_on"))
            if self._regions is not None and number[:6] not in self._regions:
                found.notes.append("region_unknown")
        if born is None:
            born = inside  # nobody types twice what the number says
        if isinstance(born, date):
            found.born_on = born
            if born > self._today:
                found.faults.append(RowFault("birth_date_in_future", "born_on"))
        elif isinstance(born, Fault) or number is None or (self._born is not None and isinstance(number, Fault)):
            found.faults.append(RowFault("birth_date_invalid", "born_on"))
        found.faults += id_faults
        self._sex_of(found, cells)

    def _sex_of(self, found: RosterRow, cells: list[Cell]) -> None:
        said = None if self._sex is None else words.sex(cells[self._sex])
        if found.national_id is not None:
            sex = values.sex_in_id(found.national_id)  # the number wins; a differing cell is only told
            if isinstance(said, str) and said != sex:
                found.notes.append("sex_differs")
            found.values["sex"] = sex
        elif isinstance(said, str):
            found.values["sex"] = said
        elif isinstance(said, Fault):
            found.notes.append("sex_unknown")

    def _school(self, found: RosterRow, cells: list[Cell]) -> None:
        """School, grade and class, from as many columns as there are, or from one cell that names all of them."""
        at_school, at_grade, at_class, at_seat = self._schooling
        said = found.values
        for at in (at_seat, at_school):
            if at is not None and (seat := words.seat(cells[at])) is not None:
                said["school"] = seat.school
                if seat.grade is not None:
                    said["grade"] = seat.grade
                if seat.class_name:
                    said["class_name"] = seat.class_name
        grade = None if at_grade is None else words.grade(cells[at_grade])
        if at_class is not None and cells[at_class] != "":
            room = words.grade(cells[at_class])  # 三年级(2)班 may stand in the column for the class
            if isinstance(room, words.Grade) and (room.class_name or grade is None) and at_grade is None:
                grade = room
            else:
                said["class_name"] = room.class_name if isinstance(room, words.Grade) and room.class_name else words.class_name(cells[at_class])
        if isinstance(grade, words.Grade):
            said["grade"] = grade.grade
            if grade.class_name:
                said["class_name"] = grade.class_name
        elif isinstance(grade, Fault):
            found.notes.append("grade_unknown")
