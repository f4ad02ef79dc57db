"""What several rewritings are made of."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from limelight.catalogue.alternative import Do, Operand, do
from limelight.mechanism.operations.elementwise import Multiply
from limelight.mechanism.operations.products import Add, Product
from limelight.mechanism.operations.softmax import ColumnSums, Divide, Raise, Scale

if TYPE_CHECKING:
    from limelight.catalogue.mistake import Site
    from limelight.mechanism.arithmetic import Rounding
    from limelight.mechanism.matrix import Shape


def is_product(site: Site) -> bool:
    """Tell whether the step is a matrix product: Z of several heads is a concatenation."""
    return isinstance(site.rule, Product)


def is_one_number(shape: Shape) -> bool:
    """Tell whether there is a single cell."""
    return shape == (1, 1)


def times(made: Operand, factor: Fraction | int) -> Do:
    """Multiply every cell by a number other than 0."""
    return divided(made, 1 / Fraction(factor))


def divided(made: Operand, divisor: Fraction | str, rounding: Rounding = "none") -> Do:
    """Divide every cell by a number, and round."""
    return do(Scale(width_of="", divisor=divisor, rounding=rounding), made)


def negative(made: Operand) -> Do:
    """Turn every sign."""
    return times(made, -1)


def ones(made: Operand) -> Do:
    """Make a matrix of ones of the same size: anything to the power of 0."""
    return do(Raise(base=Fraction(2)), do(Add(), made, negative(made)))


def column_shares(powers: Operand) -> Do:
    """Divide each column by its own sum."""
    return do(Divide(), powers, do(ColumnSums(), powers))


def where_seen(site: Site, made: Operand) -> Operand:
    """Set what a mask hides to 0; leave everything where there is no mask."""
    return do(Multiply(), made, site.visible) if site.visible else made
