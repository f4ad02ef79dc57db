"""Tensors that are more, or less, than the bytes that they lie on."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.masked import masked_tensor

from limelight import attend
from limelight.errors import ArrayError

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.once  # tensors are read before a kernel is asked

X = torch.randn((2, 3, 4), generator=torch.Generator().manual_seed(35), dtype=torch.float64)


def negated(x: torch.Tensor) -> torch.Tensor:
    """Return -x as torch keeps it for the imaginary part of a conjugate: a bit, and x's bytes."""
    lazy = torch._neg_view(x)
    assert lazy.is_neg()
    return lazy


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16], ids=str)
def test_tensors_negated_lazily_are_read_as_negative(dtype: torch.dtype) -> None:
    """The sign that torch has only made a note of counts."""
    x = X.to(dtype)

    assert torch.equal(attend(*[negated(x)] * 3), attend(-x, -x, -x))


def test_a_mask_negated_lazily_is_read_as_negative() -> None:
    """As for q, k and v; it is how the imaginary part of a conjugate comes."""
    mask = torch.complex(torch.zeros(3, 3), torch.eye(3)).conj().imag

    assert mask.is_neg()
    assert torch.equal(attend(X, X, X, mask=mask), attend(X, X, X, mask=-torch.eye(3)))


def test_nothing_is_written_to_a_negated_tensor() -> None:
    """Written to its bytes, the result would have the wrong sign."""
    with pytest.raises(ArrayError, match="It hands over copies: what is written to one is lost"):
        attend(X, X, X, out=negated(torch.empty_like(X)))


def test_nothing_is_written_to_an_expanded_tensor() -> None:
    """A tensor with one number for many cannot hold a result."""
    with pytest.raises(ArrayError, match="Several of its numbers lie in one place"):
        attend(X, X, X, out=X[:1].clone().expand(2, 3, 4))


def test_a_tensor_known_to_be_zero_is_zero() -> None:
    """Torch keeps no memory for it; nobody else's memory is read."""
    zero = torch._efficientzerotensor((2, 3, 4), dtype=torch.float64)

    assert torch.equal(attend(zero, X, X), attend(torch.zeros_like(X), X, X))


def masked() -> torch.Tensor:
    """Return a tensor with a mask of its own."""
    return masked_tensor(X, X > 0)


def fake() -> torch.Tensor:
    """Return a tensor without numbers, as torch.compile looks at code with."""
    with FakeTensorMode():
        return torch.ones(2, 3, 4)


def nested() -> torch.Tensor:
    """Return sequences of several lengths."""
    return torch.nested.nested_tensor(list(X))


def jagged() -> torch.Tensor:
    """Return the same of the newer kind."""
    return torch.nested.nested_tensor(list(X), layout=torch.jagged)


def sparse() -> torch.Tensor:
    """Return rows of numbers that are not 0."""
    return X[0].to_sparse_csr()


def quantized() -> torch.Tensor:
    """Return whole numbers with a step."""
    return torch.quantize_per_tensor(X.float(), 0.1, 0, torch.quint8)


@pytest.mark.parametrize(
    ("make", "way"),
    [
        (masked, "q.to_tensor(0)"),
        (fake, "q.float()"),
        (nested, "q.float()"),
        (jagged, "q.to_dense()"),
        (sparse, "q.to_dense()"),
        (quantized, "q.dequantize()"),
    ],
)
def test_tensors_without_plain_numbers_are_refused(
    make: Callable[[], torch.Tensor], way: str
) -> None:
    """What they lie on is not read as if it were their numbers; nothing warns on the way."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch warns where such a tensor is made
        tensor = make()
    with pytest.raises(ArrayError, match=r"^q must be an array: expected NumPy") as raised:
        attend(tensor, X, X)

    assert len(str(raised.value).splitlines()) == 3
    assert str(raised.value).endswith(f"for example with {way}.")


def test_a_tensor_inside_vmap_is_refused_by_name() -> None:
    """It is on the CPU, and still has no memory: the message says so, not "expected the CPU"."""
    with pytest.raises(ArrayError, match=r"^q must be an array: expected NumPy"):
        torch.vmap(lambda x: attend(x, x, x))(X[None])


def test_reading_bytes_is_seen() -> None:
    """The claim can fail: by DLPack the sign is lost."""
    assert (np.from_dlpack(negated(X)) == X.numpy()).all()
