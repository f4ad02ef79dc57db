"""Everything Limelight says when something cannot be used.

The tree::

    LimelightError
    ├── ShapeError         matrices that do not fit together, ragged or empty ones
    ├── NumberError        an entry that is not a finite number, or a result out of bounds
    ├── UnknownNameError   no exercise, step, cell, recipe or kind of that name
    ├── RecipeError        a recipe that cannot be followed
    ├── IdentityError      an exercise's identity that was mistyped, or leads nowhere
    ├── FileError          a file that cannot be read, written or understood
    ├── ArrayError         an array of a kind, dtype or device that cannot be used
    ├── OptionError        an option that cannot be followed
    ├── QuizError          a worksheet that a learning platform cannot ask
    └── MissingExtraError  a package that an extra installs and that is not there

Line 1 of a message is the rule, what was expected and what came; line 2 the facts;
line 3 the way out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


LONGEST_QUOTE = 60
"""What somebody wrote is quoted up to this many characters."""


class LimelightError(Exception):
    """Anything the caller can put right; the message says how."""


class ShapeError(LimelightError):
    """Matrices do not fit together, or one is ragged or empty."""


class NumberError(LimelightError):
    """An entry is not a finite number, or a result grew out of bounds."""


class UnknownNameError(LimelightError):
    """There is no exercise, step, cell, recipe or kind of that name."""

    @classmethod
    def among(cls, what: str, given: str, known: Iterable[str]) -> UnknownNameError:
        """Name what is unknown, what is near it, and everything that is known."""
        from difflib import get_close_matches  # noqa: PLC0415 - only where something is wrong

        names = list(known)
        given = str(given)
        shown = given if len(given) <= LONGEST_QUOTE else f"{given[: LONGEST_QUOTE - 1]}…"
        near = get_close_matches(given, names, n=3, cutoff=0.5)
        question = f" Did you mean {' or '.join(near)}?" if near else ""
        return cls(
            f"There is no {what} named {shown!r}.{question}\n"
            f"  Known: {', '.join(names)}.\n"
            f"  Use one of these names as it is written here."
        )


class RecipeError(LimelightError):
    """A recipe cannot be followed."""


class IdentityError(LimelightError):
    """An exercise's identity was mistyped, or leads to no exercise."""


class FileError(LimelightError):
    """A file cannot be read, written or understood."""


class ArrayError(LimelightError):
    """An array is of a kind, dtype or device that cannot be used."""


class OptionError(LimelightError):
    """An option cannot be followed: of attention, or of what is to be generated."""


class QuizError(LimelightError):
    """A worksheet cannot be asked by a learning platform."""


class MissingExtraError(LimelightError):
    """A package that an extra installs is not there."""

    @classmethod
    def of(cls, package: str, extra: str, purpose: str) -> MissingExtraError:
        """Say which extra brings *package*, and the exact command that installs it."""
        return cls(
            f"{purpose} needs the package {package}, which is not installed.\n"
            f"  It comes with Limelight's extra {extra!r}.\n"
            f"  Install it: pip install 'limelight[{extra}]'"
        )
