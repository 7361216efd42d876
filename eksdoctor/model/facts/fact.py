"""A fact: a value, or that it is not known, why, and what would make it known."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, Union, overload

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is not known.

    `grant` is the permission or step that would make it known, empty when none would. `asked` is
    False when it was left out on purpose (nothing waits there), so that its absence is no blindness.
    """

    text: str
    grant: str = ""
    asked: bool = True


@dataclass(frozen=True, slots=True)
class Unknown:
    """The absence of a value, with its reasons; it has no truth value."""

    reasons: tuple[Reason, ...]

    @classmethod
    def because(cls, text: str, grant: str = "") -> "Unknown":
        """An Unknown with one reason."""
        return cls((Reason(text, grant),))

    def __bool__(self) -> bool:
        raise TypeError(f"an unknown fact is neither true nor false: {self}")

    def __str__(self) -> str:
        return "; ".join(reason.text for reason in self.reasons)


Fact = Union[T, Unknown]  # noqa: UP007 (a generic alias: Fact[int])


class NotKnown(Exception):  # noqa: N818 (it is no error: a formula met something that is not known)
    """Raised by `known`; a fact's formula lets it pass, and the fact becomes Unknown."""

    def __init__(self, unknown: Unknown) -> None:
        super().__init__(str(unknown))
        self.unknown = unknown

    @classmethod
    def because(cls, text: str, grant: str = "") -> "NotKnown":
        """One reason, ready to raise."""
        return cls(Unknown.because(text, grant))


def known(value: T | Unknown) -> T:
    """The value itself; raises NotKnown when there is none."""
    if isinstance(value, Unknown):
        raise NotKnown(value)
    return value


def join(unknowns: Iterable[Unknown]) -> Unknown:
    """All reasons, each once, in order."""
    return Unknown(tuple(dict.fromkeys(reason for unknown in unknowns for reason in unknown.reasons)))


def all_of(*conditions: bool | Unknown) -> bool | Unknown:
    """Three-valued and: one False decides."""
    if any(condition is False for condition in conditions):
        return False
    unknown = [condition for condition in conditions if isinstance(condition, Unknown)]
    return join(unknown) if unknown else True


def any_of(*conditions: bool | Unknown) -> bool | Unknown:
    """Three-valued or: one True decides."""
    if any(condition is True for condition in conditions):
        return True
    unknown = [condition for condition in conditions if isinstance(condition, Unknown)]
    return join(unknown) if unknown else False


class fact(Generic[T]):  # noqa: N801 (read as the decorator it is)
    """A property computed once; a NotKnown raised inside becomes the Unknown it carries."""

    def __init__(self, formula: Callable[[Any], T]) -> None:
        self.formula = formula
        self.__doc__ = formula.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type) -> "fact[T]": ...
    @overload
    def __get__(self, instance: object, owner: type) -> T | Unknown: ...
    def __get__(self, instance: object | None, owner: type) -> "T | Unknown | fact[T]":
        if instance is None:
            return self
        value: T | Unknown
        try:
            value = self.formula(instance)
        except NotKnown as missing:
            value = missing.unknown
        instance.__dict__[self.name] = value
        return value


@dataclass(frozen=True, slots=True)
class Items(Generic[T]):
    """The known elements of a collection; `missing` says why there may be more, None when these are all."""

    elements: tuple[T, ...] = ()
    missing: Unknown | None = None

    def __iter__(self) -> Iterator[T]:
        return iter(self.elements)

    def __len__(self) -> int:
        return len(self.elements)

    def where(self, test: Callable[[T], bool | Unknown]) -> "Items[T]":
        """The elements that pass; an element of unknown answer is left out and leaves its reason."""
        passing: list[T] = []
        missing = [self.missing] if self.missing is not None else []
        for element in self.elements:
            answer = test(element)
            if isinstance(answer, Unknown):
                missing.append(answer)
            elif answer:
                passing.append(element)
        return Items(tuple(passing), join(missing) if missing else None)

    def map(self, value: Callable[[T], U | Unknown]) -> "Items[U]":
        """The known values of the elements."""
        values: list[U] = []
        missing = [self.missing] if self.missing is not None else []
        for element in self.elements:
            found = value(element)
            if isinstance(found, Unknown):
                missing.append(found)
            else:
                values.append(found)
        return Items(tuple(values), join(missing) if missing else None)

    def all(self) -> tuple[T, ...]:
        """Every element; raises NotKnown when there may be more."""
        if self.missing is not None:
            raise NotKnown(self.missing)
        return self.elements


def union(parts: Iterable[Items[T]]) -> Items[T]:
    """All elements of all parts, each once, incomplete if one is."""
    elements: dict[int, T] = {}
    missing: list[Unknown] = []
    for part in parts:
        elements |= {id(element): element for element in part.elements}
        if part.missing is not None:
            missing.append(part.missing)
    return Items(tuple(elements.values()), join(missing) if missing else None)
