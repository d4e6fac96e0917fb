"""Forms and their fields: what a program asks, writes down and refers to.

One description serves the prompt, ``--set k=v``, a row of a sheet, a JSON body and a document's fields.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeAlias, TypeVar, cast, dataclass_transform, get_type_hints, overload

if TYPE_CHECKING:
    from datetime import date, time

    from workflow_core.definition.case import Case
    from workflow_core.definition.parts import Stage
    from workflow_core.definition.people import Role

T = TypeVar("T")

Money: TypeAlias = Decimal
"""An amount in yuan."""


class Choice(Enum):
    """One of a closed list: ``POVERTY = "Poverty"``. Stored by the member's name, shown by its value, so that a label may be reworded."""


@dataclass(frozen=True)
class Attachment:
    """A file handed in: a scan, a photo, a letter. Stored once by digest, never inside the record.

    An answer may name only files that are kept with its case: the proof is the file, not its name (else ``file_not_kept``).

    :param digest: SHA-256 of the bytes, in hexadecimal.
    :param name: the file's name as it was handed in.
    """

    digest: str
    name: str


class CaseRef(Generic[T]):
    """The type of a form field that names a case of one workflow, by record class."""


class AnyForm(Protocol):
    """Any form, for mypy."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


# A plain type variable would be solved by `object` for a field and a value that do not fit; one of these it must be.
Value = TypeVar(
    "Value",
    "bool | None",
    "float | None",
    "Decimal | None",
    "str | None",
    "date | None",
    "time | None",
    "Choice | None",
    "AnyForm | None",
    "CaseRef[Any] | None",
    "tuple[Any, ...] | None",
)


@overload
def ask(
    label: str,
    *,
    default: T,
    help: str = ...,
    ge: float | Decimal | None = ...,
    le: float | Decimal | None = ...,
    unit: str = ...,
    personal: bool = ...,
    seen_by: Sequence[Role] = ...,
    pick: Callable[[Case[Any, Any]], Iterable[Any]] | None = ...,
    also: Sequence[str] = ...,
    fixed: bool | Sequence[Stage] = ...,
) -> T: ...
@overload
def ask(
    label: str,
    *,
    help: str = ...,
    ge: float | Decimal | None = ...,
    le: float | Decimal | None = ...,
    unit: str = ...,
    personal: bool = ...,
    seen_by: Sequence[Role] = ...,
    pick: Callable[[Case[Any, Any]], Iterable[Any]] | None = ...,
    also: Sequence[str] = ...,
    fixed: bool | Sequence[Stage] = ...,
) -> Any: ...
def ask(
    label: str,
    *,
    default: Any = MISSING,
    help: str = "",
    ge: float | Decimal | None = None,
    le: float | Decimal | None = None,
    unit: str = "",
    personal: bool = False,
    seen_by: Sequence[Role] = (),
    pick: Callable[[Case[Any, Any]], Iterable[Any]] | None = None,
    also: Sequence[str] = (),
    fixed: bool | Sequence[Stage] = False,
) -> Any:
    """One field of a form.

    :param label: an English msgid: what the person is asked.
    :param default: the value when nothing is said; a field without one is required.
    :param help: a sentence for whoever fills it in.
    :param ge: the least value; :param le: the greatest value.
    :param unit: what a number counts (``"cm"``).
    :param personal: holds personal data: masked unless the reader's role needs it.
    :param seen_by: only these roles ever see it.
    :param pick: the choices, where they depend on the case.
    :param also: further headings under which a sheet may bring this field (``"最后到校日期"``).
    :param fixed: of a record: only steps write it, and nobody by hand (``care case open``, ``care case edit``: ``field_fixed``);
        with stages: nobody edits it while the case stands in one of these.
    """
    about = Asked(label, help, ge, le, unit, personal, tuple(seen_by), pick, tuple(also), fixed if isinstance(fixed, bool) else tuple(fixed))
    if default is MISSING:
        return field(kw_only=True, metadata={_ASKED: about})
    return field(kw_only=True, default=default, metadata={_ASKED: about})


_ASKED = "careflow"


@dataclass(frozen=True, eq=False)
class Asked:
    """What ``ask`` said of a field; see there."""

    label: str
    help: str = ""
    ge: float | Decimal | None = None
    le: float | Decimal | None = None
    unit: str = ""
    personal: bool = False
    seen_by: tuple[Role, ...] = ()
    pick: Callable[[Case[Any, Any]], Iterable[Any]] | None = None
    also: tuple[str, ...] = ()
    fixed: bool | tuple[Stage, ...] = False


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(ask,))
def form(cls: type[T]) -> type[T]:
    """Makes a record, a form, a row or a policy: a frozen, keyword-only dataclass that mypy understands through ``ask``."""
    return dataclass(frozen=True, kw_only=True)(cls)


@dataclass(frozen=True, eq=False)
class FormField:
    """One field of a form, as the engine reads it.

    :param type: the resolved annotation (``date | None``).
    :param default: ``dataclasses.MISSING`` where the field is required.
    """

    name: str
    type: Any
    asked: Asked
    default: Any

    @property
    def required(self) -> bool:
        """Whether something must be said."""
        return self.default is MISSING

    def fixed_in(self, stage: str) -> bool:
        """Whether nobody writes it by hand while the case stands in the stage of that name."""
        fixed = self.asked.fixed
        return fixed if isinstance(fixed, bool) else any(one.name == stage for one in fixed)


def form_fields(of: type[Any]) -> Mapping[str, FormField]:
    """The fields of a form by name, in their order.

    :raises TypeError: ``of`` is no form.
    """
    return _form_fields(cast(Hashable, of))


@cache
def _form_fields(of: Any) -> Mapping[str, FormField]:
    if not is_dataclass(of):
        raise TypeError(f"{of!r} is no form: write @form above the class")
    hints = get_type_hints(of)
    return {f.name: FormField(f.name, hints[f.name], f.metadata.get(_ASKED) or Asked(f.name), f.default) for f in fields(of)}


class FieldPath:
    """A typed reference to a field; see ``ref``. It is a name, not a value: using it as one raises."""

    __slots__ = ("careflow_name", "careflow_of")

    careflow_of: type[Any]
    careflow_name: str

    def __init__(self, of: type[Any], name: str = "") -> None:
        object.__setattr__(self, "careflow_of", of)
        object.__setattr__(self, "careflow_name", name)

    def __getattr__(self, name: str) -> FieldPath:
        if name.startswith(("__", "careflow_")):
            raise AttributeError(name)
        return FieldPath(self.careflow_of, f"{self.careflow_name}.{name}".lstrip("."))

    def __repr__(self) -> str:
        return f"{self.careflow_of.__name__}.{self.careflow_name}"

    def _no_value(self, *_: object) -> Any:
        raise TypeError(f"{self!r} is a reference for the definition, not a value; inside a guard write case.record or case.policy")

    __bool__ = __eq__ = __lt__ = __le__ = __gt__ = __ge__ = _no_value
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = _no_value
    __mod__ = __rmod__ = __pow__ = __rpow__ = __neg__ = __abs__ = __round__ = __and__ = __or__ = __getitem__ = _no_value
    __iter__ = __len__ = __int__ = __float__ = __call__ = __contains__ = __setattr__ = __str__ = __format__ = _no_value

    def __hash__(self) -> int:
        return hash((self.careflow_of, self.careflow_name))

    def __reduce__(self) -> tuple[type[FieldPath], tuple[type[Any], str]]:
        return FieldPath, (self.careflow_of, self.careflow_name)


def ref(of: type[T]) -> T:
    """Typed references to fields: ``P = ref(Policy)``, then ``days(P.notice_days)``.

    They replace field names in strings: mypy checks name and type, and the engine knows what to compute anew when the field moves.
    Resolved by class: the policy, this case's record, the input at hand, the latest input of that form, the child's file.
    """
    return cast(T, FieldPath(of))


def path_of(value: object) -> FieldPath | None:
    """The reference, where ``value`` is one."""
    return value if isinstance(value, FieldPath) else None


def label_of(reference: object) -> str:
    """What people are asked for the field that a reference names: its label; else its name."""
    path = path_of(reference)
    if path is None:
        return str(reference)
    field = form_fields(path.careflow_of).get(path.careflow_name)
    return field.asked.label if field is not None else path.careflow_name
