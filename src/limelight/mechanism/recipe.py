"""A recipe: the rules by which a plan is worked, as data."""

from __future__ import annotations

from dataclasses import dataclass, fields
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from limelight.errors import NumberError, RecipeError
from limelight.mechanism.arithmetic import Base, Rounding
from limelight.notation.expressions import NameParts
from limelight.notation.numbers import MAX_DECIMALS, exact_text, read_number

if TYPE_CHECKING:
    from collections.abc import Mapping

Divisor: TypeAlias = Fraction | Literal["sqrt(d_k)", "d_k"]
Deviation: TypeAlias = Literal["exact", "whole"]


def _choices(alias: object) -> str:
    return " or ".join(f'"{choice}"' for choice in get_args(alias))


def _refusal(field: str, expected: str, given: object) -> RecipeError:
    shown = exact_text(given) if isinstance(given, Fraction) else repr(given)
    return RecipeError(
        f"a recipe's {field} must be {expected}; got {shown[:60]}.\n"
        f"  by-hand and exact are recipes that stand ready.\n"
        f"  docs/FORMAT.md lists every rule with its values."
    )


def _rule_number(value: object) -> object:
    """Read a rule's number exactly; leave the named values as they are."""
    if isinstance(value, str) and value in {"e", "sqrt(d_k)", "d_k"}:
        return value
    try:
        return read_number(value)
    except NumberError:
        return value  # the demand on the rule names it


def _json_number(value: Fraction | str) -> str:
    return value if isinstance(value, str) else exact_text(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """The rules of a computation: how to scale, raise, normalise and round.

    Attributes:
        name: What to call it.
        base: What the softmax raises: a number greater than 1, or "e".
        divisor: What scores are divided by: "sqrt(d_k)", "d_k" or a number other than 0.
        scaled: What the quotient is rounded to: "none", "floor", "ceil", "trunc" (toward
            zero) or "nearest" whole number.
        deviation: Layer normalisation's standard deviation: "exact", or the nearest
            "whole" number, at least 1, which keeps fractions exact.
        epsilon: Layer normalisation adds it to the variance.
        digits: Decimals that results are rounded to as on paper, half away from zero, or
            None for no rounding.
        rounded_steps: Which steps are rounded, by name without head number; empty for all.

    Raises:
        RecipeError: A value is not one of those above.

    >>> Recipe(name="base two", base=Fraction(2), divisor="d_k").divisor
    'd_k'
    """

    name: str
    base: Base = "e"
    divisor: Divisor = "sqrt(d_k)"
    scaled: Rounding = "none"
    deviation: Deviation = "exact"
    epsilon: Fraction = Fraction(0)
    digits: int | None = None
    rounded_steps: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Read the numbers; refuse rules that cannot be followed."""
        for field in ("base", "divisor", "epsilon"):
            object.__setattr__(self, field, _rule_number(getattr(self, field)))
        for field, (holds, expected) in self._demands().items():
            if not holds:
                raise _refusal(field, expected, getattr(self, field))

    def rounds(self, step: str) -> bool:
        """Tell whether the results of *step* are rounded."""
        if self.digits is None:
            return False
        return not self.rounded_steps or NameParts.of(step).family in self.rounded_steps

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Recipe:
        """Make a recipe from what `as_json` returns, or from parts of it.

        Raises:
            RecipeError: An unknown rule, or a value that a rule cannot have.
        """
        known = {field.name for field in fields(cls)}
        if unknown := sorted(set(data) - known):
            msg = (
                f"a recipe has no rule {unknown[0]!r}.\n"
                f"  Its rules: {', '.join(sorted(known))}.\n"
                f"  Leave {unknown[0]!r} out or rename it."
            )
            raise RecipeError(msg)
        rules = {**data, "name": data.get("name", "own")}
        if isinstance(rules.get("rounded_steps"), list):
            rules["rounded_steps"] = tuple(rules["rounded_steps"])
        return cls(**rules)

    def as_json(self) -> dict[str, object]:
        """Return the rules as JSON values, numbers as exact text."""
        return {
            "name": self.name,
            "base": _json_number(self.base),
            "divisor": _json_number(self.divisor),
            "scaled": self.scaled,
            "deviation": self.deviation,
            "epsilon": _json_number(self.epsilon),
            "digits": self.digits,
            "rounded_steps": list(self.rounded_steps),
        }

    def _demands(self) -> dict[str, tuple[bool, str]]:
        """For each rule, whether it holds and what it must be."""
        return {
            "name": (isinstance(self.name, str), "text"),
            "base": (
                self.base == "e" or (isinstance(self.base, Fraction) and self.base > 1),
                'a number greater than 1, or "e"',
            ),
            "divisor": (
                (isinstance(self.divisor, str) and self.divisor in {"sqrt(d_k)", "d_k"})
                or (isinstance(self.divisor, Fraction) and self.divisor != 0),
                '"sqrt(d_k)", "d_k" or a number other than 0',
            ),
            "scaled": (self.scaled in get_args(Rounding), _choices(Rounding)),
            "deviation": (self.deviation in get_args(Deviation), _choices(Deviation)),
            "epsilon": (
                isinstance(self.epsilon, Fraction) and self.epsilon >= 0,
                "a number that is not negative",
            ),
            "digits": (
                self.digits is None
                or (type(self.digits) is int and 0 <= self.digits <= MAX_DECIMALS),
                f"a whole number from 0 to {MAX_DECIMALS}, or nothing",
            ),
            "rounded_steps": (
                isinstance(self.rounded_steps, tuple)
                and all(isinstance(step, str) for step in self.rounded_steps),
                "a list of step names such as A",
            ),
        }


BY_HAND = Recipe(
    name="by-hand",
    base=Fraction(3),
    divisor=Fraction(2),
    scaled="floor",
    deviation="whole",
)
"""floor(x/2) for x/√d_k and 3^x for e^x: every value stays an exact fraction."""

EXACT = Recipe(name="exact", epsilon=Fraction(1, 100_000))
"""x/√d_k and e^x, in float64; layer normalisation with ε = 1e-5, as frameworks have it."""

RECIPES = {recipe.name: recipe for recipe in (BY_HAND, EXACT)}
