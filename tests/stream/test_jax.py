"""jax as a live oracle, and its arrays as inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from limelight import attend
from limelight.errors import ArrayError
from tests.stream.cases import assert_close, epsilon_of, looked, random_case
from tests.stream.dense import attend_dense

if TYPE_CHECKING:
    from tests.stream.dense import Array


def jax_attention(case_arrays: tuple[Array, ...], **options: Any) -> Array:  # noqa: ANN401
    """Attend with jax, which has tokens before heads."""
    swapped = [jnp.asarray(np.swapaxes(each, -3, -2), dtype=jnp.float32) for each in case_arrays]
    return np.swapaxes(np.asarray(jax.nn.dot_product_attention(*swapped, **options)), -3, -2)


MASK = np.random.default_rng(40).random((2, 4, 6, 6)) < 0.6
MASK[..., 0] = True  # jax gives a row without a key the mean of all values

OPTIONS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "plain": ({}, {}),
    "scale": ({"scale": 0.2}, {"scale": 0.2}),
    "causal": ({"causal": "top-left"}, {"is_causal": True}),
    "mask": ({"mask": MASK}, {"mask": MASK}),
    "bias": ({"mask": np.tri(6) - 0.5}, {"bias": np.tri(6)[None, None] - 0.5}),
    "window": ({"window": (2, 1)}, {"local_window_size": (2, 1)}),
    "lengths": ({"key_lengths": [6, 3]}, {"key_value_seq_lengths": jnp.array([6, 3])}),
}


@pytest.mark.parametrize("name", OPTIONS)
@pytest.mark.parametrize("key_heads", [4, 2, 1])
def test_attend_is_what_jax_gives(name: str, key_heads: int) -> None:
    """Options that both have give the same within what float32 leaves of jax's numbers."""
    ours, theirs = OPTIONS[name]
    case = random_case(41, batch=(2,), heads=(4, key_heads), tokens=(6, 6), dims=(8, 8))
    expected = jax_attention(case.arrays, **theirs)

    np.testing.assert_allclose(attend(*case.arrays, **ours), expected, rtol=1e-5, atol=1e-6)


def test_rows_that_see_nothing_differ() -> None:
    """Where a query sees no key jax gives the mean of all values, and we give 0, as ONNX does."""
    case = random_case(42, batch=(1,), tokens=(2, 3), dims=(2, 2))
    mask = np.zeros((1, 1, 2, 3), dtype=bool)

    np.testing.assert_allclose(
        jax_attention(case.arrays, mask=mask),
        np.broadcast_to(case.v.mean(-2, keepdims=True), (1, 1, 2, 2)),
        rtol=1e-6,
    )
    assert (attend(*case.arrays, mask=mask) == 0).all()


def test_arrays_of_jax_are_not_written_to() -> None:
    """They cannot be changed, and `out` says so."""
    x = jnp.ones((1, 2, 3))

    with pytest.raises(ArrayError, match="It cannot be written to"):
        attend(x, x, x, out=jnp.zeros((1, 2, 3)))


@pytest.mark.parametrize("dtype", [jnp.float32, jnp.float16, jnp.bfloat16])
def test_arrays_come_back_as_arrays(dtype: jnp.dtype) -> None:
    """Every dtype of jax goes in and comes back, statistics as float32, indices whole."""
    x = jnp.asarray(np.random.default_rng(43).normal(size=(1, 5, 4)), dtype=dtype)
    seen = looked(x, x, x)
    wide = np.asarray(x, dtype=np.float64)

    assert isinstance(seen.output, jax.Array)
    assert (seen.output.dtype, seen.lse.dtype) == (dtype, jnp.float32)
    assert jnp.issubdtype(seen.top_keys.indices.dtype, jnp.integer)
    assert_close(
        np.asarray(seen.output, dtype=np.float64),
        attend_dense(wide, wide, wide).output,
        2,
        float(np.abs(wide).max()),
        epsilon=epsilon_of(dtype),
    )


@pytest.mark.reference
@pytest.mark.parametrize("dtype", [jnp.float32, jnp.float16, jnp.bfloat16])
def test_the_reference_rounds_arrays_once(dtype: jnp.dtype) -> None:
    """The reference's result is that of float64, within the rounding of the dtype."""
    x = jnp.asarray(np.random.default_rng(43).normal(size=(1, 5, 4)), dtype=dtype)

    np.testing.assert_allclose(
        np.asarray(attend(x, x, x), dtype=np.float64),
        attend(*[np.asarray(x, dtype=np.float64)] * 3),
        rtol=float(jnp.finfo(dtype).eps),
    )
