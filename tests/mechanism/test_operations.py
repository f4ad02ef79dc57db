"""Every operation: which shapes fit, what a cell is made from, what it says of itself."""

from __future__ import annotations

import inspect
import json
import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limelight.auditing.arrays import ARRAYS
from limelight.exercises.generator.whole import WHOLE_NUMBERS, gathered
from limelight.mechanism.exact import EXACT_FRACTIONS
from limelight.mechanism.matrix import Cell, Matrix, Shape
from limelight.mechanism.operations.elementwise import Complement, Multiply, Unit
from limelight.mechanism.operations.forward import Normalise, ReLU
from limelight.mechanism.operations.heads import Concatenate, Split
from limelight.mechanism.operations.operation import Misfit, Operation
from limelight.mechanism.operations.positions import Angles, Recede, Rotate, Sight, slopes_of
from limelight.mechanism.operations.products import Add, Product, Transpose
from limelight.mechanism.operations.shaping import (
    Quotient,
    Reshape,
    RootMeanSquare,
    Softcap,
    Stretch,
    SumsWithSink,
)
from limelight.mechanism.operations.softmax import (
    Causal,
    ColumnSums,
    Divide,
    Mask,
    Raise,
    Scale,
)
from limelight.notation.expressions import Symbol
from limelight.notation.plain import Plain
from tests.oracles.comparing import assert_close
from tests.oracles.evaluate import agree, evaluate, largest
from tests.strategies import WHOLE, grids

if TYPE_CHECKING:
    from tests.strategies import Grid

TWO, THREE = Fraction(2), Fraction(3)


@dataclass(frozen=True, kw_only=True)
class Sample:
    """An operation with the shapes that fit it, the shape of its result, and its formula."""

    operation: Operation
    fits: tuple[Shape, ...]
    result: Shape
    misfits: tuple[tuple[Shape, ...], ...] = ()
    formula: str
    start: tuple[tuple[tuple[int, ...], ...], ...] = ()
    """Operands of which every number that is read can matter; counted ones where it is ()."""


ONE = Shape(1, 1)


def _normalised(*columns: Shape) -> tuple[Shape, ...]:
    return Shape(3, 2), *columns


SAMPLES = [
    Sample(
        operation=Product(),
        fits=(Shape(2, 3), Shape(3, 4)),
        result=Shape(2, 4),
        misfits=((Shape(2, 3), Shape(2, 3)),),
        formula="P0 P1",
    ),
    Sample(
        operation=Transpose(), fits=(Shape(2, 3),), result=Shape(3, 2), formula="transpose(P0)"
    ),
    Sample(
        operation=Add(),
        fits=(Shape(3, 2), Shape(3, 2)),
        result=Shape(3, 2),
        misfits=((Shape(3, 2), Shape(2, 3)), (Shape(3, 2), Shape(2, 1))),
        formula="P0 + P1",
    ),
    Sample(
        operation=Add(), fits=(Shape(3, 2), Shape(3, 1)), result=Shape(3, 2), formula="P0 + P1"
    ),
    Sample(
        operation=Scale(width_of="Q", divisor=TWO, rounding="floor", d_k=3),
        fits=(Shape(3, 2),),
        result=Shape(3, 2),
        formula="floor(P0/2)",
    ),
    Sample(
        operation=Scale(width_of="Q", divisor="sqrt", d_k=3),
        fits=(Shape(3, 2),),
        result=Shape(3, 2),
        formula="P0 / √3",
    ),
    Sample(operation=Causal(), fits=(Shape(5, 3),), result=Shape(3, 3), formula="causal(P0)"),
    Sample(
        operation=Mask(),
        fits=(Shape(3, 2), Shape(3, 2)),
        result=Shape(3, 2),
        misfits=((Shape(3, 2), Shape(2, 3)),),
        formula="hide(P0, P1)",
    ),
    Sample(operation=Raise(base=THREE), fits=(Shape(3, 2),), result=Shape(3, 2), formula="3^P0"),
    Sample(operation=Raise(base="e"), fits=(Shape(3, 2),), result=Shape(3, 2), formula="e^P0"),
    Sample(operation=ColumnSums(), fits=(Shape(3, 2),), result=Shape(1, 2), formula="Σ(P0)"),
    Sample(
        operation=Divide(),
        fits=(Shape(3, 2), Shape(1, 2)),
        result=Shape(3, 2),
        misfits=((Shape(3, 2), Shape(3, 2)), (Shape(3, 2), Shape(1, 3))),
        formula="P0 / P1",
    ),
    Sample(operation=ReLU(), fits=(Shape(3, 2),), result=Shape(3, 2), formula="ReLU(P0)"),
    Sample(
        operation=Normalise(deviation="whole"),
        fits=_normalised(),
        result=Shape(3, 2),
        formula="normalise(P0)",
    ),
    Sample(
        operation=Normalise(epsilon=Fraction(1, 100_000)),
        fits=_normalised(Shape(3, 1), Shape(3, 1)),
        result=Shape(3, 2),
        misfits=(_normalised(Shape(2, 1), Shape(2, 1)), _normalised(Shape(3, 2), Shape(3, 2))),
        formula="P1·normalise(P0) + P2",
    ),
    Sample(
        operation=Normalise(epsilon=Fraction(1, 100_000), count=2),
        fits=_normalised(),
        result=Shape(3, 2),
        formula="normalise(P0)",
    ),
    Sample(
        operation=Normalise(epsilon=Fraction(1), outside=True),
        fits=_normalised(),
        result=Shape(3, 2),
        formula="normalise(P0)",
    ),
    Sample(
        operation=Multiply(),
        fits=(Shape(3, 2), Shape(3, 2)),
        result=Shape(3, 2),
        misfits=((Shape(3, 2), Shape(2, 3)), (Shape(3, 2), Shape(1, 2))),
        formula="P0·P1",
    ),
    Sample(operation=Complement(), fits=(Shape(3, 2),), result=Shape(3, 2), formula="not(P0)"),
    Sample(operation=Unit(), fits=(Shape(3, 2),), result=Shape(3, 2), formula="unit(P0)"),
    Sample(
        operation=Split(head=2, heads=3),
        fits=(Shape(6, 2),),
        result=Shape(2, 2),
        misfits=((Shape(4, 2),),),
        formula="head 2(P0)",
    ),
    Sample(
        operation=Concatenate(),
        fits=(Shape(1, 2), Shape(3, 2)),
        result=Shape(4, 2),
        misfits=((Shape(1, 2), Shape(3, 3)),),
        formula="concat(P0, P1)",
    ),
    Sample(
        operation=Sight(left=2, right=1),
        fits=(Shape(1, 3), Shape(1, 2), ONE),
        result=Shape(3, 2),
        formula="sight(P0, P1, P2)",
        start=(((1, 3, 5),), ((3, 3),), ((0,),)),
    ),
    Sample(
        operation=Sight(right=0),
        fits=(Shape(1, 3), Shape(1, 2), ONE, ONE, ONE),
        result=Shape(3, 2),
        formula="sight(P0, P1, P2, P3, P4)",
        start=(((1, 3, 2),), ((2, 3),), ((0,),), ((1,),), ((4,),)),
    ),
    Sample(
        operation=Sight(right=0, padding="queries"),
        fits=(Shape(1, 3), Shape(1, 2), ONE, ONE, ONE),
        result=Shape(3, 2),
        formula="sight(P0, P1, P2, P3, P4)",
        start=(((1, 3, 2),), ((2, 3),), ((0,),), ((1,),), ((4,),)),
    ),
    Sample(
        operation=Angles(dims=4, theta=100.0, factor=2.0),
        fits=(Shape(1, 3),),
        result=Shape(2, 3),
        formula="angles(P0)",
    ),
    Sample(
        operation=Rotate(dims=4, of=5),
        fits=(Shape(5, 2), Shape(2, 2)),
        result=Shape(5, 2),
        misfits=((Shape(4, 2), Shape(2, 2)), (Shape(5, 2), Shape(2, 1))),
        formula="rotate(P0, P1)",
    ),
    Sample(
        operation=Rotate(dims=4, of=4, interleaved=True),
        fits=(Shape(4, 2), Shape(2, 2)),
        result=Shape(4, 2),
        formula="rotate(P0, P1)",
    ),
    Sample(
        operation=Recede(),
        fits=(Shape(1, 3), Shape(1, 2), ONE, ONE),
        result=Shape(3, 2),
        formula="recede(P0, P1, P2, P3)",
    ),
    Sample(
        operation=Softcap(cap=Fraction(50)),
        fits=(Shape(3, 2),),
        result=Shape(3, 2),
        formula="50·tanh(P0/50)",
    ),
    Sample(
        operation=RootMeanSquare(epsilon=Fraction(1, 1000)),
        fits=(Shape(3, 2), Shape(3, 1)),
        result=Shape(3, 2),
        misfits=((Shape(3, 2), Shape(2, 1)),),
        formula="P1·rms(P0)",
    ),
    Sample(
        operation=RootMeanSquare(offset=Fraction(1)),
        fits=(Shape(3, 2), Shape(3, 1)),
        result=Shape(3, 2),
        formula="(P1 + 1)·rms(P0)",
    ),
    Sample(
        operation=SumsWithSink(),
        fits=(Shape(3, 2), Shape(3, 2), ONE),
        result=Shape(1, 2),
        formula="Σ(P0) + e^P2",
    ),
    Sample(
        operation=Quotient(),
        fits=(Shape(3, 2), Shape(3, 2)),
        result=Shape(3, 2),
        misfits=((Shape(3, 2), Shape(2, 3)),),
        formula="P0 / P1",
    ),
    Sample(
        operation=Reshape(rows=3),
        fits=(Shape(2, 6),),
        result=Shape(3, 4),
        misfits=((Shape(2, 2),),),
        formula="reshape(P0)",
    ),
    Sample(
        operation=Stretch(columns=4, part=1, of=2),
        fits=(Shape(2, 4),),
        result=Shape(2, 4),
        misfits=((Shape(2, 3),),),
        formula="stretch(P0)",
    ),
]
ALL = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.operation.name)
CHANGES = [Fraction(text) for text in ("0", "1", "7", "-7", "5/2")]


def _names(parent: type[Operation]) -> set[str]:
    below = parent.__subclasses__()
    concrete = {kind.name for kind in below if not inspect.isabstract(kind)}
    return concrete.union(*map(_names, below))


def test_every_operation_has_a_sample() -> None:
    """No operation is left out here."""
    assert {sample.operation.name for sample in SAMPLES} == _names(cast("Any", Operation))


def operands(draw: st.DrawFn, shapes: tuple[Shape, ...], operation: Operation) -> list[Grid]:
    """Draw operands that fit; places are whole, a mask is of 0 and 1, and sums are not 0."""
    drawn = [draw(grids(*shape)) for shape in shapes]
    if isinstance(operation, Sight):
        drawn = [draw(grids(*shape, WHOLE)) for shape in shapes]
    if isinstance(operation, Mask):
        drawn[1] = draw(grids(*shapes[1], (Fraction(1), Fraction(0))))
    if isinstance(operation, Divide | Quotient):
        drawn[1] = draw(grids(*shapes[1], (TWO, THREE, -TWO)))
    return drawn


def started(sample: Sample) -> list[Grid]:
    """Return operands to start from, to see whether a change matters."""
    if not sample.start:
        return [counted(shape) for shape in sample.fits]
    return [[list(map(Fraction, row)) for row in grid] for grid in sample.start]


def compute(operation: Operation, grids_: list[Grid]) -> Matrix:
    """Work an operation on lists."""
    return operation.compute(EXACT_FRACTIONS, *map(Matrix.read, grids_))


@ALL
@settings(max_examples=25)
@given(data=st.data())
def test_the_result_has_the_shape_that_was_foretold(sample: Sample, data: st.DataObject) -> None:
    """What `shape` says before, `compute` gives."""
    drawn = data.draw(st.composite(operands)(sample.fits, sample.operation))

    assert sample.operation.shape(*sample.fits) == sample.result
    assert compute(sample.operation, drawn).shape == sample.result


@ALL
def test_what_does_not_fit_is_a_misfit(sample: Sample) -> None:
    """Operands that do not fit break a rule that is said in a line."""
    for shapes in sample.misfits:
        with pytest.raises(Misfit) as caught:
            sample.operation.shape(*shapes)

        assert "\n" not in str(caught.value)


@ALL
def test_formulas_and_words(sample: Sample) -> None:
    """Each operation has a formula, and words that name its operands in either view."""
    names = [f"P{index}" for index in range(len(sample.fits))]
    formula = sample.operation.formula(*map(Symbol, names))
    words = sample.operation.saying(*names).format(row="row", column="column")

    assert Plain()(formula) == sample.formula
    assert words
    assert "{" not in words


@ALL
def test_settings_are_json(sample: Sample) -> None:
    """What a browser needs to know of an operation can be written as JSON."""
    assert json.loads(json.dumps(sample.operation.settings())) == sample.operation.settings()


@ALL
@settings(max_examples=25)
@given(data=st.data())
def test_the_arithmetic_of_a_cell_gives_the_cell(sample: Sample, data: st.DataObject) -> None:
    """What is said of a cell is worked out to what the cell holds."""
    drawn = data.draw(st.composite(operands)(sample.fits, sample.operation))
    at = Cell(*(data.draw(st.integers(0, size - 1)) for size in sample.result))
    said = sample.operation.cell(at, *map(Matrix.read, drawn)).expression

    assert agree(evaluate(said), compute(sample.operation, drawn)[at], largest(said))


@ALL
@settings(max_examples=25)
@given(data=st.data())
def test_arrays_give_what_exact_work_gives(sample: Sample, data: st.DataObject) -> None:
    """Every operation is the same over arrays, over a batch, and over whole numbers."""
    drawn = data.draw(st.composite(operands)(sample.fits, sample.operation))
    exact = compute(sample.operation, drawn)
    whole = [gathered(grid) for grid in drawn]
    arrays = [np.asarray(grid, dtype=np.float64) for grid in drawn]
    batch = [np.stack([array, array])[:, None] for array in arrays]

    assert_close(sample.operation.compute(ARRAYS, *arrays), as_array(exact), "arrays")
    together = np.broadcast_to(sample.operation.compute(ARRAYS, *batch), (2, 1, *sample.result))
    assert_close(together[1, 0], as_array(exact), "a batch")
    if isinstance(sample.operation, NEW):
        counted_up = sample.operation.compute(WHOLE_NUMBERS, *whole)
        assert as_array(Matrix.read(counted_up.fractions())) == pytest.approx(
            as_array(exact), abs=1e-9
        )


def as_array(matrix: Matrix) -> Any:  # noqa: ANN401 - an array
    """Return a matrix as float64."""
    return np.asarray([[float(number) for number in row] for row in matrix.rows])


NEW = (Sight, Rotate, Recede, Softcap, Reshape, Stretch)
"""Those that ask an arithmetic for functions that no exercise needs."""


@ALL
@settings(max_examples=25)
@given(data=st.data())
def test_cells_outside_of_reads_do_not_matter(sample: Sample, data: st.DataObject) -> None:
    """A cell stays as it is when any cell that it does not read is changed."""
    drawn = data.draw(st.composite(operands)(sample.fits, sample.operation))
    at = Cell(*(data.draw(st.integers(0, size - 1)) for size in sample.result))
    reads = sample.operation.reads(at, *map(Matrix.read, drawn))
    before = compute(sample.operation, drawn)[at]
    for grid, read in zip(drawn, reads, strict=True):
        for row, column in set(cells_of(grid)) - set(read):
            grid[row][column] = data.draw(st.sampled_from(CHANGES[1:]))

    assert compute(sample.operation, drawn)[at] == before


@ALL
def test_every_cell_that_is_read_can_matter(sample: Sample) -> None:
    """Of every cell in reads some change, from some start, changes the result."""
    at = Cell(sample.result.rows - 1, 0)
    reads = sample.operation.reads(at, *map(Matrix.read, started(sample)))

    assert len(reads) == len(sample.fits)
    for index, cells in enumerate(reads):
        assert len(set(cells)) == len(cells)
        for cell in cells:
            assert matters(sample, at, index, cell), (index, cell)


def matters(sample: Sample, at: Cell, index: int, cell: Cell) -> bool:
    """Tell whether changing one cell of one operand ever changes the cell at *at*."""
    values = []
    for change in CHANGES:
        grids_ = started(sample)
        grids_[index][cell.row][cell.column] = change
        if not (isinstance(sample.operation, Divide | Quotient) and index == 1 and change == 0):
            values.append(compute(sample.operation, grids_)[at])
    return len(set(values)) > 1


def counted(shape: Shape) -> Grid:
    """Return a matrix of different numbers, none of them 0."""
    return [
        [Fraction(1 + row + 2 * column) for column in range(shape.columns)]
        for row in range(shape.rows)
    ]


def cells_of(grid: Grid) -> list[Cell]:
    """Return every cell of a matrix."""
    return [Cell(row, column) for row in range(len(grid)) for column in range(len(grid[0]))]


@pytest.mark.parametrize("scores", [[[1000, 5], [0, 400]], [[-900, 400], [-1000, 400]]])
def test_a_power_that_is_shifted_reads_the_largest(scores: list[list[int]]) -> None:
    """Where the largest score is taken off first, a power is made from it, too."""
    matrix = Matrix.read(scores)

    assert Raise(base="e").reads(Cell(1, 0), matrix) == ((Cell(1, 0), Cell(0, 0)),)
    assert Raise(base="e").reads(Cell(0, 0), matrix) == ((Cell(0, 0),),)
    assert Raise(base=THREE).reads(Cell(1, 0), matrix) == ((Cell(1, 0),),)


def test_a_sink_beside_large_scores_is_shifted_with_them() -> None:
    """Powers that had the largest score taken off meet a sink that has it taken off, too."""
    scores = Matrix.read([[1000], [999]])
    powers = Raise(base="e").compute(EXACT_FRACTIONS, scores)
    sink = Matrix.read([[1001]])
    sums = SumsWithSink().compute(EXACT_FRACTIONS, powers, scores, sink)
    reads = SumsWithSink().reads(Cell(0, 0), powers, scores, sink)
    said = SumsWithSink().cell(Cell(0, 0), powers, scores, sink).expression

    assert float(sums[0, 0]) == pytest.approx(1 + math.exp(-1) + math.e)
    assert agree(evaluate(said), sums[0, 0], largest(said))
    assert reads[1] == (Cell(0, 0), Cell(1, 0))


def test_slopes_are_as_published() -> None:
    """Powers of two as in the paper, and between them for other numbers of heads."""
    assert slopes_of(8) == [2.0**-power for power in range(1, 9)]
    assert slopes_of(6) == [0.25, 0.0625, 0.015625, 0.00390625, 0.5, 0.125]


def test_a_wrong_reads_is_seen() -> None:
    """Both checks of reads can fail: a product does not read the first cell of all."""
    product = next(sample for sample in SAMPLES if isinstance(sample.operation, Product))

    assert matters(product, Cell(1, 0), 0, Cell(1, 0))
    assert not matters(product, Cell(1, 0), 0, Cell(0, 0))
