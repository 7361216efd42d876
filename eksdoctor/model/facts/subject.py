"""Subjects and their parts: how facts about one thing are spread over many files.

A subject (cluster, node, pod, subnet, …) is its record and nothing else. Everything known about it is a
part: a class of facts about one topic, which registers itself by being defined. A new topic is therefore
one new file; no file that exists has to name it.

    class AddressLeak(NodePart, name="leak"): ...

Python says `node.part(AddressLeak).addresses`, a rule says `node.leak.addresses`. The facts of a part that
is declared `inline=True` are the subject's own in rules: `node.total_ips`.
"""

import importlib
import pkgutil
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from eksdoctor.errors import EksDoctorError

P = TypeVar("P", bound="Part")


@dataclass(frozen=True, slots=True)
class Registered:
    """A name that rules may use on a subject; `is_inline` when it is a fact of the part, not the part."""

    part: "type[Part]"
    is_inline: bool

    def __str__(self) -> str:
        return f"{self.part.__module__}.{self.part.__qualname__}"


_NAMES: "dict[type[Subject], dict[str, Registered]]" = {}


class Subject:
    """Something that facts are about. Parts are made once for each subject, on first use."""

    def part(self, kind: type[P]) -> P:
        """The part of that class."""
        parts: dict[type[Part], Any] = self.__dict__.setdefault("_parts", {})
        if kind not in parts:
            parts[kind] = kind(self)
        found: P = parts[kind]
        return found

    if not TYPE_CHECKING:
        # Rules name facts by path. Product code is typed and says `part(...)`: mypy does not see this.
        def __getattr__(self, name: str) -> Any:
            found = None if name.startswith("_") else registered(type(self), name)
            if found is None:
                raise AttributeError(f"{type(self).__name__} has no fact {name}")
            part = self.part(found.part)
            return getattr(part, name) if found.is_inline else part


class Part:
    """Facts of one topic about one subject."""

    subject: ClassVar[type[Subject]]

    def __init__(self, subject: Any) -> None:
        raise NotImplementedError

    def __init_subclass__(
        cls, *, of: type[Subject] | None = None, name: str = "", inline: bool = False, **more: Any
    ) -> None:
        """Register under `name`, or each public fact when `inline`; neither: only Python sees it.

        `of` declares the base class of the parts of one kind of subject.
        """
        super().__init_subclass__(**more)
        if of is not None:
            cls.subject = of
        elif name:
            _register(cls, name, Registered(cls, is_inline=False))
        elif inline:
            for public in vars(cls):
                if not public.startswith("_"):
                    _register(cls, public, Registered(cls, is_inline=True))


def _register(part: type[Part], name: str, entry: Registered) -> None:
    names = _NAMES.setdefault(part.subject, {})
    other = names.get(name) or _own(part.subject, name)
    if other is not None and str(other) != str(entry):
        raise EksDoctorError(f"two facts are called {part.subject.__name__}.{name}: {other} and {entry}")
    names[name] = entry


def _own(subject: type[Subject], name: str) -> str | None:
    """Where a subject itself defines a fact of that name."""
    return next(
        (f"{base.__module__}.{base.__qualname__}" for base in subject.__mro__ if name in vars(base)), None
    )


def registered(subject: type, name: str) -> Registered | None:
    """The part behind a name of a subject's class, None when there is none."""
    load_all()
    for base in subject.__mro__:
        if base in _NAMES and name in _NAMES[base]:
            return _NAMES[base][name]
    return None


def registered_names(subject: type) -> dict[str, Registered]:
    """Every name that parts add to a subject's class."""
    load_all()
    return {name: entry for base in reversed(subject.__mro__) for name, entry in _NAMES.get(base, {}).items()}


@cache
def load_all() -> None:
    """Import every module of the model, so that every part is registered."""
    package = importlib.import_module("eksdoctor.model")
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)
