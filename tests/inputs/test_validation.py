"""Raw input to forms."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow_core import Attachment, CaseRef, Choice, ask, form, i18n
from workflow_core.errors import Misused, Problem
from workflow_core.inputs import validate, validate_some
from workflow_core.inputs.models import values_of


class Cause(Choice):
    POVERTY = "Poverty"
    ILL = "Ill, leave approved"


@form
class Line:
    item: str = ask("Item")
    price: Decimal = ask("Price", default=Decimal(0), ge=0)


@form
class Sheet:
    seen_on: date = ask("Seen on")
    missed: int = ask("School days missed", ge=0, le=200, unit="days")
    height: float | None = ask("Height", default=None, ge=30, unit="cm")
    cause: Cause | None = ask("Cause of leaving", default=None)
    causes: tuple[Cause, ...] = ask("All causes", default=())
    names: tuple[str, ...] = ask("Names", default=())
    boards: bool = ask("Boards", default=False)
    called_at: datetime | None = ask("Called at", default=None)
    proof: Attachment | None = ask("Proof", default=None)
    twin: CaseRef[Line] | None = ask("Twin case", default=None)
    lines: tuple[Line, ...] = ask("Lines", default=())
    note: str = ask("Note", default="")


def check(**raw: object) -> Sheet:
    return validate(Sheet, {"seen_on": "2026-10-21", "missed": "3", **raw})


def problems(raw: dict[str, object], **options: Any) -> dict[str, Problem]:
    with pytest.raises(Misused) as told:
        validate(Sheet, raw, **options)
    assert told.value.code == "input_invalid"
    return {problem.place: problem for problem in told.value.problems}


@pytest.mark.parametrize(
    ("name", "raw", "meant"),
    [
        ("seen_on", "2026年3月4日", date(2026, 3, 4)),
        ("seen_on", "20260304", date(2026, 3, 4)),
        ("seen_on", "2026/3/4", date(2026, 3, 4)),
        ("seen_on", datetime(2026, 3, 4), date(2026, 3, 4)),
        ("missed", "１２ 天", 12),
        ("missed", "12 days", 12),
        ("missed", 12.0, 12),
        ("height", "151.5cm", 151.5),
        ("height", "1,150", 1150.0),
        ("cause", "poverty", Cause.POVERTY),
        ("cause", "ill, leave approved", Cause.ILL),
        ("cause", Cause.ILL, Cause.ILL),
        ("causes", "Ill, leave approved; POVERTY", (Cause.ILL, Cause.POVERTY)),
        ("causes", "poverty，ill", (Cause.POVERTY, Cause.ILL)),
        ("causes", ["ILL"], (Cause.ILL,)),
        ("names", "a、b, c", ("a", "b", "c")),
        ("boards", "是", True),
        ("boards", "否", False),
        ("boards", "yes", True),
        ("boards", False, False),
        ("called_at", "2026-10-21 09:30", datetime(2026, 10, 21, 1, 30, tzinfo=UTC)),
        ("called_at", "2026-10-21T01:30:00Z", datetime(2026, 10, 21, 1, 30, tzinfo=UTC)),
        ("called_at", "2026年10月21日 9点30分", datetime(2026, 10, 21, 1, 30, tzinfo=UTC)),
        ("proof", {"digest": "a" * 64, "name": "scan.jpg"}, Attachment("a" * 64, "scan.jpg")),
        ("twin", "dr-26-00417", "DR-26-00417"),
        ("lines", [{"item": "shoes", "price": "￥89.50"}, {"item": "bag"}], (Line(item="shoes", price=Decimal("89.50")), Line(item="bag"))),
        ("note", 12.0, "12"),
        ("note", "  left，right ", "left，right"),
    ],
)
def test_what_people_write_is_understood(monkeypatch: pytest.MonkeyPatch, name: str, raw: object, meant: object) -> None:
    """Each type is read as people type it, as a sheet's cell and as JSON."""
    monkeypatch.setattr(i18n, "_look_up", lambda text, wanted: "天" if text == "days" else text)
    assert getattr(check(**{name: raw}), name) == meant


def test_a_choice_is_found_by_its_translated_label(monkeypatch: pytest.MonkeyPatch) -> None:
    """A choice may be given as the reader sees it."""
    monkeypatch.setattr(i18n, "_look_up", lambda text, wanted: {"Poverty": "家庭贫困", "Cause of leaving": "离校原因"}.get(text, text))
    assert check(**{"离校原因": "家庭贫困"}).cause is Cause.POVERTY


def test_a_field_is_named_by_name_or_label() -> None:
    """Hyphens, capitals and labels name the same field."""
    assert validate(Sheet, {"Seen-On": "2026-10-21", "School days missed": 1}).missed == 1


def test_nothing_said_is_the_default() -> None:
    """Blank text, None and no key at all mean the field's default."""
    assert check(height=" ", cause=None) == check()


def test_all_problems_are_told_at_once() -> None:
    """One input, every fault of it."""
    told = problems({"missed": "201", "height": "tall", "cause": "povrty", "boards": "perhaps", "proof": "scan.jpg", "heigth": 3, "lines": [{"price": -1}]})
    assert {place: problem.code for place, problem in told.items()} == {
        "seen_on": "required_missing",
        "missed": "too_large",
        "height": "number_invalid",
        "cause": "choice_unknown",
        "boards": "yes_no_unknown",
        "proof": "attachment_invalid",
        "heigth": "field_unknown",
        "lines.0.price": "too_small",
    }


@pytest.mark.parametrize(("raw", "close"), [({"heigth": 3}, "height"), ({"cause": "povrty"}, "Poverty")])
def test_a_near_miss_is_told_what_was_probably_meant(raw: dict[str, object], close: str) -> None:
    """A misspelt field or choice gets the nearest one as a hint."""
    told = problems({"seen_on": "2026-10-21", "missed": 1, **raw})
    assert [problem.advice() for problem in told.values()] == [f"did you mean {close}?"]


@pytest.mark.parametrize(
    ("name", "raw", "code"),
    [
        ("seen_on", "2026-02-30", "date_invalid"),
        ("seen_on", "9月14日", "date_without_year"),
        ("seen_on", "5.6.2026", "date_form"),
        ("seen_on", " ", "required_missing"),
        ("missed", "2.5", "not_whole"),
        ("missed", "-1", "too_small"),
        ("missed", "inf", "number_invalid"),
        ("missed", True, "number_invalid"),
        ("note", ["a"], "text_invalid"),
        ("names", [["a"]], "text_invalid"),
        ("called_at", "2026-10-21 25:00", "time_invalid"),
        ("twin", 7, "reference_invalid"),
        ("lines", "shoes", "form_invalid"),
        ("lines", [{}], "required_missing"),
        ("proof", {"digest": "a", "name": "b"}, "attachment_invalid"),
    ],
)
def test_what_cannot_be_read_has_a_code(name: str, raw: object, code: str) -> None:
    """Each kind of fault has a stable code, and the message never repeats what was typed."""
    told = problems({"seen_on": "2026-10-21", "missed": 1, name: raw})
    assert [problem.code for problem in told.values()] == [code]


def test_a_message_never_repeats_what_was_typed() -> None:
    """What was typed may be personal, so no text about it shows it."""
    told = problems({"seen_on": "secret", "missed": "secret", "cause": "secret", "twin": 1, "boards": "secret"})
    assert "secret" not in "".join(problem.text() + problem.advice() for problem in told.values())


def test_a_date_without_year_is_of_the_school_year() -> None:
    """In a school year that begins in 2026, September is of 2026 and March of 2027."""
    assert validate(Sheet, {"seen_on": "9月14日", "missed": 1}, school_year=2026).seen_on == date(2026, 9, 14)
    assert validate(Sheet, {"seen_on": "3月2日", "missed": 1}, school_year=2026).seen_on == date(2027, 3, 2)


def test_a_field_given_twice_is_told() -> None:
    """The same field by name and by label is not silently decided."""
    assert problems({"seen_on": "2026-10-21", "missed": 1, "School days missed": 2})["missed"].code == "field_twice"


def test_the_place_is_told_before_the_field() -> None:
    """Several inputs told together keep apart."""
    assert set(problems({"missed": 1}, place="record")) == {"record.seen_on"}


def test_a_partial_input_may_leave_out_what_is_required() -> None:
    """Where nothing is required a missing field is None."""
    assert validate(Sheet, {"missed": "1"}, required=False).seen_on is None


def test_a_correction_holds_only_what_was_given() -> None:
    """A correction names some fields; an emptied optional field is None, an emptied one with a default has it again."""
    assert validate_some(Sheet, {"height": "", "note": "", "missed": "4"}) == {"height": None, "note": "", "missed": 4}


def test_a_correction_cannot_empty_what_is_required() -> None:
    """A required field may be left out of a correction but not emptied by it."""
    with pytest.raises(Misused) as told:
        validate_some(Sheet, {"seen_on": ""})
    assert told.value.problems[0].code == "required_missing"


def test_a_task_fills_only_its_fields() -> None:
    """A field outside the allowed ones is unknown, and the allowed ones are named."""
    with pytest.raises(Misused) as told:
        validate_some(Sheet, {"boards": "yes"}, only=["cause", "note"])
    assert told.value.problems[0].advice() == "the fields are: cause, note"


RAW = st.one_of(
    st.sampled_from(
        ["3", "-1", "1,200", "３", "12.5", "150 cm", "1e400", "nan", "yes", "是", "POVERTY", "Ill, leave approved", "2026年3月4日", "7:30", "x-26-1"]
    ),
    st.integers(-500, 500),
    st.floats(),
    st.decimals(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.text().filter(str.strip),
    st.just("\ud800"),
    st.sampled_from(Cause),
    st.just({"digest": "a" * 64, "name": "scan.png"}),
    st.just(Attachment("a" * 64, "scan.png")),
    st.lists(st.text(), max_size=2),
)


@given(st.sampled_from(["seen_on", "missed", "height", "cause", "boards", "called_at", "proof", "twin", "note"]), RAW)
def test_a_plain_value_is_what_the_model_makes_of_it(name: str, raw: object) -> None:
    """What is right needs no model; the same is right without it, and it is the same value."""
    checked, _ = values_of(Sheet, {name: raw}, 2026)
    try:
        found: object = validate_some(Sheet, {name: raw}, school_year=2026)[name]
    except Misused:
        assert checked is None
    else:
        assert checked is not None
        assert (type(found), found) == (type(checked[name]), checked[name])


def test_plain_input_that_is_right_needs_no_pydantic() -> None:
    """It is imported for what is wrong, for several values and for forms in forms."""
    program = (
        "import sys\n"
        "from workflow_core.definition import ask, form\n"
        "from workflow_core.inputs import validate\n"
        "Talk = form(type('Talk', (), {'__annotations__': {'met': str, 'times': int}, 'met': ask('Met'), 'times': ask('Times', ge=1)}))\n"
        "print(validate(Talk, {'met': 'her', 'times': '2'}), 'pydantic' in sys.modules)\n"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert said == "Talk(met='her', times=2) False\n"
