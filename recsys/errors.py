"""The whole tree of errors: each says what was expected, what came instead, and where."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import ValidationError


class RecsysError(Exception):
    """Anything this platform refuses to do.

    Parameters
    ----------
    expected : str
        What was required.
    got : object
        What came instead.
    where : object
        The place: a file, a file and line, a column, a field, a parameter.
    hint : str, optional
        What the reader can do about it.
    """

    def __init__(self, *, expected: str, got: object, where: object, hint: str = "") -> None:
        self.expected, self.got, self.where, self.hint = expected, got, where, hint
        super().__init__(f"{where}: expected {expected}, got {got}" + (f". {hint}" if hint else ""))

    def __reduce__(
        self,
    ) -> tuple[Callable[..., RecsysError], tuple[type[RecsysError], *tuple[str, ...]]]:
        """Cross from one process to another, the place and what came as text."""
        return _again, (type(self), self.expected, str(self.got), str(self.where), self.hint)


def _again(kind: type[RecsysError], expected: str, got: str, where: str, hint: str) -> RecsysError:
    return kind(expected=expected, got=got, where=where, hint=hint)


class InputError(RecsysError):
    """Data from outside is missing, unreadable or not what its schema says."""


class TooManyBadRowsError(InputError):
    """So large a share of a file is bad that the file itself must be wrong."""


class HealthError(InputError):
    """A day's data is so unlike the days before it that a model is not to learn from it."""


class UnknownTitleError(InputError):
    """A title id that the catalog does not hold."""


class FilterError(InputError):
    """A filter that does not parse, or that asks of a field what it cannot say."""

    @classmethod
    def at(cls, column: int, expected: str, got: object) -> FilterError:
        """Name the place, a column from 1."""
        return cls(expected=expected, got=got, where=f"filter, column {column}")


class EditError(InputError):
    """An edit of a taste that cannot hold: of a word that no title has, or one too many."""


class CursorError(InputError):
    """A cursor that this service did not give, or gave to somebody else, or long ago."""


class ConfigError(RecsysError):
    """A setting, a model declaration or a hyperparameter is not valid."""

    @classmethod
    def of(cls, error: ValidationError, where: str, parted: str = ".") -> ConfigError:
        """Tell the first fault that pydantic found in something."""
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        return cls(
            expected=first["msg"].removeprefix("Value error, "),
            got=repr(first["input"]),
            where=f"{where}{parted}{place}" if place else where,
        )


class NotFittedError(RecsysError):
    """A model was asked before it had learned."""


class CapacityError(RecsysError):
    """The work would need more memory than it is allowed; nothing has been taken yet."""


class PrivacyError(RecsysError):
    """The privacy gate would let through what its policy forbids."""


class BundleError(RecsysError):
    """A bundle is missing, incomplete or not what its manifest says."""


class BusyError(RecsysError):
    """Another process holds what this one needs."""
