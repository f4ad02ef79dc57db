"""The short way gives what the long way gives, and leaves to it what needs care.

A call that is watched takes the long way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from limelight import attend
from limelight.errors import ArrayError

if TYPE_CHECKING:
    from collections.abc import Callable

RANDOM = np.random.default_rng(70)
X = RANDOM.normal(size=(2, 4, 6, 8)).astype(np.float32)
WIDE = RANDOM.normal(size=(2, 4, 6, 11)).astype(np.float32)


def the_long_way(*arrays: Any, **options: Any) -> Any:  # noqa: ANN401 - of any kind
    """Attend as a call does that is watched."""
    return attend(*arrays, progress=lambda *_: None, **options)


def apart(array: np.ndarray) -> np.ndarray:
    """Return the same numbers, a byte further from each other than they are long."""
    records = np.zeros(array.shape, dtype=[("pad", "i1"), ("number", array.dtype)])
    records["number"] = array
    return records["number"]


def frozen(array: np.ndarray) -> np.ndarray:
    """Return the same numbers, not to be written to."""
    copy = array.copy()
    copy.flags.writeable = False
    return copy


LAYOUTS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "plain": lambda x: x,
    "heads in the third place": lambda x: x.swapaxes(1, 2).copy().swapaxes(1, 2),
    "backwards": lambda x: x[:, :, ::-1, ::-1],
    "repeated": lambda x: np.broadcast_to(x[:, :1], x.shape),
    "frozen": frozen,
    "a byte apart": apart,
    "big-endian": lambda x: x.astype(">f4"),
    "nine axes": lambda x: x[(None,) * 5],
    "half": lambda x: x.astype(np.float16),
    "double": lambda x: x.astype(np.float64),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("values", [X, WIDE], ids=["as wide", "wider"])
def test_both_ways_agree_on_arrays(layout: str, values: np.ndarray) -> None:
    """To the bit, in kind and in order, however the arrays lie."""
    q, k, v = (LAYOUTS[layout](each) for each in (X, X[:, ::-1], values))
    for options in ({}, {"causal": "bottom-right"}, {"scale": -0.5, "causal": "top-left"}):
        short, long = attend(q, k, v, **options), the_long_way(q, k, v, **options)

        assert short.dtype == long.dtype
        assert short.flags.c_contiguous
        assert (short == long).all()


TENSORS: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "plain": lambda x: x,
    "bfloat16": lambda x: x.to(torch.bfloat16),
    "heads in the third place": lambda x: x.transpose(1, 2).contiguous().transpose(1, 2),
    "expanded": lambda x: x[:, :1].expand(x.shape),
    "negated": torch._neg_view,
    "wants a gradient": lambda x: x.clone().requires_grad_(),
    "of a conjugate": lambda x: torch.complex(x, x).conj().imag,
    "a parameter": torch.nn.Parameter,
    "zero": lambda x: torch._efficientzerotensor(x.shape),
}


@pytest.mark.parametrize("layout", TENSORS)
@pytest.mark.parametrize("values", [X, WIDE], ids=["as wide", "wider"])
def test_both_ways_agree_on_tensors(layout: str, values: np.ndarray) -> None:
    """To the bit, and a plain tensor comes back, whatever tensor goes in."""
    given = (X, np.ascontiguousarray(X[:, ::-1]), values)
    q, k, v = (TENSORS[layout](torch.from_numpy(each)) for each in given)
    short, long = attend(q, k, v), the_long_way(q, k, v)

    assert type(short) is torch.Tensor
    assert short.is_contiguous()
    assert not short.requires_grad
    assert short.dtype == long.dtype
    assert torch.equal(short, long)


def test_out_may_be_an_input() -> None:
    """What is written is right though it lies where it is read from, or across it."""
    expected = attend(X, X, X)
    both = np.concatenate([X, X])

    assert (attend(q := X.copy(), X, X, out=q) == expected).all()
    assert (attend(X, k := X.copy(), X, out=k) == expected).all()
    assert (attend(X, X, both[:2], out=both[1:3]) == expected).all()
    assert torch.equal(
        attend(t := torch.from_numpy(X.copy()), t, t, out=t), torch.from_numpy(expected)
    )


def test_out_of_another_layout_is_written() -> None:
    """An `out` with gaps, or in another order, is what comes back."""
    expected = attend(X, X, X)
    for out in (np.empty((*X.shape[:-1], 16), np.float32)[..., ::2], np.empty_like(X, order="F")):
        assert attend(X, X, X, out=out) is out
        assert (out == expected).all()
    room = torch.empty(2, 6, 4, 8).transpose(1, 2)

    assert attend(*[torch.from_numpy(X)] * 3, out=room) is room
    assert (room.numpy() == expected).all()


@pytest.mark.parametrize(
    "out", [frozen(X), np.empty((2, 4, 6, 9), np.float32), np.empty(X.shape), torch.empty(3)]
)
def test_out_that_does_not_do_is_refused(out: Any) -> None:  # noqa: ANN401 - of any kind
    """The short way leaves it to the long way, which says why."""
    with pytest.raises(ArrayError, match=r"^out must be a writable array for the result"):
        attend(X, X, X, out=out)


@pytest.mark.parametrize(
    "inside",
    [torch.vmap, torch.func.functionalize, lambda f: torch.func.grad(lambda x: f(x).sum())],
    ids=["vmap", "functionalize", "grad"],
)
def test_what_wraps_a_tensor_is_not_taken_for_one(inside: Callable[..., Any]) -> None:
    """A transformation's tensors look plain, and have no memory of their own."""
    with pytest.raises(ArrayError, match=r"^q must be an array"):
        inside(lambda x: attend(x, x, x))(torch.from_numpy(X))


def test_a_mode_that_makes_fake_tensors() -> None:
    """Where every new tensor is fake, nothing is written to what is not there.

    Torch refuses to mix the two, or hands us a fake tensor, which we refuse.
    """
    with FakeTensorMode(), pytest.raises((AssertionError, ArrayError)):
        attend(*[torch.from_numpy(X)] * 3)
