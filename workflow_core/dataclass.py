"""Dataclasses that are cheap to make: for a command, which makes two hundred of them and uses half.

The standard library compiles up to six functions for each class when it is made, which is a quarter of what a short command takes. Here the constructor is
compiled when it is first called, and the rest is not compiled at all. To mypy, and to whoever uses the classes, they are dataclasses as any other:
``fields``, ``replace``, ``asdict``, ``is_dataclass`` and the constructor's signature are the standard library's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:
    import dataclasses
    from operator import attrgetter
    from reprlib import recursive_repr

    def dataclass(cls=None, /, *, init=True, repr=True, eq=True, frozen=False, slots=False, kw_only=False):
        """``dataclasses.dataclass``, without ``order``, ``unsafe_hash``, a field's ``hash``, and ``InitVar``.

        :raises TypeError: as the standard library; an order of fields that no constructor can have is a ``SyntaxError`` at the first use.
        """

        def make(cls):
            undocumented = cls.__doc__ is None
            if undocumented:
                cls.__doc__ = cls.__name__  # else a signature is worked out for it
            # The standard library freezes a class by two compiled functions; it must where a base is frozen, or where there are slots to be pickled.
            under = frozen and (slots or any(one.__dataclass_params__.frozen for one in cls.__mro__[1:] if "__dataclass_params__" in one.__dict__))
            made = dataclasses.dataclass(init=False, repr=False, eq=False, frozen=under, slots=slots, kw_only=kw_only)(cls)
            if undocumented:
                made.__doc__ = None
            told = made.__dataclass_params__
            told.init, told.repr, told.eq, told.frozen = init, repr, eq, frozen
            if frozen and not under:
                _freeze(made)
            if init:
                made.__init__ = _Constructor(made, frozen)
            if repr and "__repr__" not in made.__dict__:
                made.__repr__ = _shown
            if eq:
                _compare(made, frozen)
            return made

        return make if cls is None else make(cls)

    class _Constructor:
        """Stands where ``__init__`` will, and puts it there when somebody asks for it."""

        def __init__(self, of, frozen):
            self.of, self.frozen = of, frozen

        def __get__(self, instance, owner=None):
            if self.of.__dict__.get("__init__") is self:
                self.of.__init__ = _constructor(self.of, self.frozen)
            return self.of.__init__ if instance is None else self.of.__init__.__get__(instance, owner)

    def _constructor(of, frozen):
        # One assignment for each field; what cannot be written as source is handed in by name, under names that no field has.
        known = {"_set_": object.__setattr__, "_unsaid_": object()}
        placed, named, body, types = [], [], [], {"return": None}
        for n, one in enumerate(dataclasses.fields(of)):
            value, made_by = one.name, one.default_factory is not dataclasses.MISSING
            if made_by:
                known[f"_make_{n}_"] = one.default_factory
                value = f"_make_{n}_() if {one.name} is _unsaid_ else {one.name}" if one.init else f"_make_{n}_()"
            elif not one.init:
                continue
            body.append(f"_set_(_self_, {one.name!r}, {value})" if frozen else f"_self_.{one.name} = {value}")
            if not one.init:
                continue
            types[one.name] = one.type
            default = ""
            if made_by:
                default = "=_unsaid_"
            elif one.default is not dataclasses.MISSING:
                known[f"_default_{n}_"], default = one.default, f"=_default_{n}_"
            (named if one.kw_only else placed).append(one.name + default)
        if hasattr(of, "__post_init__"):
            body.append("_self_.__post_init__()")
        words = ", ".join(["_self_", *placed, *(["*", *named] if named else [])])
        exec(f"def __init__({words}):\n " + "\n ".join(body or ["pass"]), known)
        made = known["__init__"]
        made.__qualname__, made.__module__, made.__annotations__ = f"{of.__qualname__}.__init__", of.__module__, types
        return made

    @recursive_repr()
    def _shown(self):
        said = ", ".join(f"{one.name}={getattr(self, one.name)!r}" for one in dataclasses.fields(self) if one.repr)
        return f"{type(self).__qualname__}({said})"

    def _compare(of, frozen):
        names = [one.name for one in dataclasses.fields(of) if one.compare]
        values = attrgetter(*names) if len(names) > 1 else lambda one: tuple(getattr(one, name) for name in names)

        def same(self, other):
            return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

        def digest(self):
            return hash(values(self))

        written = of.__dict__.get("__hash__") is not None
        if "__eq__" not in of.__dict__:
            of.__eq__ = same
        if not written:
            of.__hash__ = digest if frozen else None

    def _freeze(of):
        def keep(self, name, value):
            if type(self) is of or name in of.__dataclass_fields__:
                raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")
            super(of, self).__setattr__(name, value)

        def hold(self, name):
            if type(self) is of or name in of.__dataclass_fields__:
                raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")
            super(of, self).__delattr__(name)

        of.__setattr__, of.__delattr__ = keep, hold
