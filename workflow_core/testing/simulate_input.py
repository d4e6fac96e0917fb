"""Inputs by chance: what a form asks, filled in by the types of its fields, by the odds where they say something, else by the bent of the case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import is_dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from random import Random
from typing import Any, Literal, get_args, get_origin

from workflow_core.definition import Attachment, CaseRef, FormField, form_fields, path_of
from workflow_core.inputs.codec import shape_of
from workflow_core.testing.simulate_odds import Odds

SCAN = {"digest": "0" * 64, "name": "scan.jpg"}
NEIGHBOUR = "NX-26-00001"
"""The case that a form names, of which nothing is known but its reference."""
BENT = 0.7
"""How often a case follows its own bent: without one, no case would refuse six visits in a row, or miss every week."""


class Chooser:
    """Fills in forms.

    :param rng: whence the chance; the same one, the same answers.
    """

    def __init__(self, rng: Random, odds: Odds) -> None:
        self.rng, self.odds = rng, odds
        self._bents: dict[str, float] = {}
        self._spare = 0.5

    def record(self, of: type[Any], today: date) -> dict[str, Any]:
        """What a case is opened with: seldom more than is asked for."""
        self._spare = 0.85
        try:
            return self.form(of, today)
        finally:
            self._spare = 0.5

    def form(self, of: type[Any], today: date, happened: object = None) -> dict[str, Any]:
        """An input for a form.

        :param happened: the reference to the field that says when it happened: today.
        """
        path = path_of(happened)
        day = path.careflow_name if path is not None and path.careflow_of is of else ""
        return {name: value for name, field in form_fields(of).items() if (value := self.value(of, field, today, name == day)) is not None}

    def some(self, of: type[Any], names: Sequence[str], today: date) -> dict[str, Any]:
        """An input for these fields of a record."""
        fields = form_fields(of)
        return {name: value for name in names if name in fields and (value := self.value(of, fields[name], today, said=True)) is not None}

    def value(self, of: type[Any], field: FormField, today: date, happened: bool = False, *, said: bool = False) -> Any:
        """A value as it is typed; None: nothing is said."""
        shape = shape_of(field.type)
        key = f"{of.__name__}.{field.name}"
        told = self.odds.fields.get(key)
        if told is None and happened:
            return today.isoformat() if shape.base is date else datetime.combine(today, time(1), UTC).isoformat()
        if told is None and not field.required and not said and self.rng.random() < self._spare:
            return None
        value = self._of_type(key, shape.base, field, today, told, required=field.required)
        return value if shape.many is None or value is None else [value]

    def _of_type(self, key: str, base: Any, field: FormField | None, today: date, told: Any, *, required: bool) -> Any:
        rng = self.rng
        if base is bool:
            return self._told(told, ["yes", "no"], key) == "yes"
        if isinstance(base, type) and issubclass(base, Enum):
            return self._told(told, [one.name for one in base], key)
        if get_origin(base) is Literal:
            return self._told(told, [str(one) for one in get_args(base)], key)
        if base in (date, datetime):
            first, last = told if isinstance(told, list) else ((0, 0) if rng.random() < 0.4 else (-30, 0) if self._bent(key) < 0.5 else (0, 60))
            day = today + timedelta(days=rng.randint(int(first), int(last)))
            return day.isoformat() if base is date else datetime.combine(day, time(1), UTC).isoformat()
        if base in (int, float, Decimal):
            return self._number(key, base, field, told)
        if base is time:
            return "09:00"
        if base is str:
            return "…" if told is None else self._told(told, [], key)
        if base is Attachment:
            return dict(SCAN)
        if base is CaseRef:
            return NEIGHBOUR
        if not is_dataclass(base):
            return None
        inner: Mapping[str, Any] = self.form(base, today)  # type: ignore[arg-type]
        return inner

    def _number(self, key: str, base: Any, field: FormField | None, told: Any) -> Any:
        if isinstance(told, dict):
            said = self._told(told, [], key)
            return said if base is Decimal else base(said)
        if isinstance(told, list):
            least, most = told
        else:
            asked = field.asked if field is not None else None
            least = 0 if asked is None or asked.ge is None else float(asked.ge)
            most = least + 10 if asked is None or asked.le is None else float(asked.le)
            most = min(most, least + (0 if self._bent(key) < 0.5 and self.rng.random() < BENT else 10) if asked is None or asked.le is None else most)
        if base is int:
            return self.rng.randint(int(least), max(int(least), int(most)))
        value = round(self.rng.uniform(float(least), float(most)), 1)
        return value if base is float else str(value)

    def _told(self, told: Any, names: list[str], key: str) -> str:
        """One of several names: by their shares, else one that this case is bent to, else any."""
        if isinstance(told, dict):
            return str(self.rng.choices(list(told), [float(one) for one in told.values()])[0])
        if self.rng.random() < BENT:
            return names[int(self._bent(key) * len(names))]
        return self.rng.choice(names)

    def _bent(self, key: str) -> float:
        """A number from 0 to 1 that stays the same for a case."""
        if key not in self._bents:
            self._bents[key] = self.rng.random()
        return self._bents[key]
