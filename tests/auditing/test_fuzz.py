"""Anything at all in a file, a mapping or a setup: findings, or a LimelightError; nothing else."""

from __future__ import annotations

import json
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limelight.auditing.audit import audit_dump
from limelight.auditing.dump import Dump, read_dump
from limelight.auditing.export import findings_json
from limelight.auditing.setup import Setup
from limelight.auditing.tensors import AXES
from limelight.errors import LimelightError
from limelight.sheet.audit_report import lay_out_audit
from tests.auditing.files import NAMES, npy, npy_of, npz, safetensors
from tests.auditing.making import Maker

MORE = settings(max_examples=200)
SETTINGS = list(Setup.__dataclass_fields__)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(-2, 9),
    st.floats(),
    st.sampled_from(
        [
            "top-left",
            "bottom-right",
            "float16",
            "[1, null]",
            "1,",
            "10000",
            "true",
            "1e999",
            "9" * 40,
        ]
    ),
    st.text(max_size=8),
    st.lists(st.one_of(st.none(), st.integers(-2, 4)), max_size=3),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=1),
)
SETUPS = st.dictionaries(st.sampled_from(SETTINGS), VALUES, max_size=4)
ODD = (0.0, 1.0, -1.0, 0.5, np.nan, np.inf, -np.inf, 1e300, 1e-300, 65504.0, -1e9, 3.0)


@st.composite
def arrays(draw: st.DrawFn) -> Any:  # noqa: ANN401 - of any dtype
    """Draw a small array of any dtype and shape, some of whose numbers are none."""
    dtype = draw(st.sampled_from(["float64", "float32", "float16", "int64", "uint8", "bool"]))
    shape = draw(st.lists(st.integers(0, 4), max_size=5))
    bytes_ = draw(st.binary(min_size=int(np.prod(shape)), max_size=int(np.prod(shape))))
    numbers = np.asarray([ODD[byte % len(ODD)] for byte in bytes_]).reshape(shape)
    with np.errstate(all="ignore"):
        if dtype in {"int64", "uint8"}:
            return np.where(np.abs(numbers) < 9, numbers, 2).astype(dtype)
        return numbers.astype(dtype)


def audited_or_refused(source: Any, **given: Any) -> None:  # noqa: ANN401 - anything
    """Audit, and write what is said in every way; a LimelightError is an answer as well."""
    with suppress(LimelightError):
        findings = audit_dump(source, **given)
        json.dumps(findings_json(findings), allow_nan=False)
        assert str(findings)
        assert lay_out_audit(findings).steps is not None


@MORE
@given(tensors=st.dictionaries(st.sampled_from([*AXES]), arrays(), max_size=8), setup=SETUPS)
def test_any_tensors_are_audited_or_refused(
    tensors: dict[str, Any], setup: dict[str, Any]
) -> None:
    """Of any kind, size and number; with any settings."""
    audited_or_refused(Dump(name="fuzz", tensors=tensors, metadata=setup))


@MORE
@given(seed=st.integers(0, 50), setup=SETUPS, data=st.data())
def test_right_tensors_may_be_exchanged_and_spoilt(
    seed: int, setup: dict[str, Any], data: st.DataObject
) -> None:
    """Tensors that nearly fit: turned, cut, of another type, with numbers that are none."""
    options = {"normed": True, "rope_theta": 100.0, "sinks": True, "mask": ((2, 1, 1, 7), "bool")}
    made = Maker(rng=np.random.default_rng(seed), options=options).make()
    tensors = dict(made.tensors)
    for name in data.draw(st.lists(st.sampled_from(sorted(tensors)), max_size=3)):
        change = data.draw(st.integers(0, 5))
        array = tensors[name]
        changed = {
            0: array.T,
            1: array[:1],
            2: array[..., :2],
            3: array.astype(np.float16),
            4: np.where(array == array.flat[0], np.nan, array),
            5: array.reshape(-1),
        }
        tensors[name] = changed[change]
    audited_or_refused(tensors, setup=Setup(), **{**made.settings, **setup})


FILES = {
    "safetensors": safetensors(Maker(rng=np.random.default_rng(0)).make().tensors, {"heads": 4}),
    "npz": npz({f"{name}.npy": npy(np.eye(2)) for name in ("q", "k", "scores", "metadata")}),
}
PACKED = npz({"q.npy": npy(np.eye(2)), "metadata.npy": npy(np.array("{}"))}, packed=True)


def read_or_refused(content: bytes, ending: str) -> None:
    """Read bytes as a file, and audit what it holds."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"fuzz.{ending}")
        path.write_bytes(content)
        with suppress(LimelightError):
            audited_or_refused(read_dump(path))


@pytest.mark.parametrize("ending", FILES)
@MORE
@given(data=st.data())
def test_any_bytes_are_read_or_refused(ending: str, data: st.DataObject) -> None:
    """A right file with bytes changed, cut out, put in or exchanged; or any bytes at all."""
    content = bytearray(data.draw(st.sampled_from([FILES[ending], PACKED, b""])))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content)))
        until = min(len(content), at + data.draw(st.integers(0, 12)))
        content[at:until] = data.draw(st.binary(max_size=12))
    read_or_refused(bytes(content), ending)


@MORE
@given(
    header=st.dictionaries(
        st.sampled_from(["q", "k", "scores", "__metadata__", "\x1b[0m"]),
        st.one_of(
            VALUES,
            st.fixed_dictionaries(
                {
                    "dtype": st.sampled_from([*NAMES.values(), "F8", ""]),
                    "shape": st.lists(st.integers(-1, 5), max_size=4),
                    "data_offsets": st.lists(st.integers(-1, 64), max_size=3),
                }
            ),
        ),
        max_size=4,
    ),
    data=st.binary(max_size=64),
)
def test_any_header_is_read_or_refused(header: dict[str, Any], data: bytes) -> None:
    """Headers of .safetensors that say anything."""
    written = json.dumps(header).encode()
    read_or_refused(len(written).to_bytes(8, "little") + written + data, "safetensors")


@MORE
@given(
    header=st.one_of(
        st.text(max_size=60).map(lambda text: text.encode("ascii", "replace").decode()),
        st.builds(
            "{{'descr': {!r}, 'fortran_order': {!r}, 'shape': {!r}}}".format,
            st.sampled_from(["<f4", ">f8", "|O", "<U3", "|V2", "<V2", "|b1", "f4,f4", ""]),
            st.booleans(),
            st.lists(st.integers(-1, 4), max_size=4).map(tuple),
        ),
    ),
    content=st.binary(max_size=64),
    version=st.integers(0, 4),
    name=st.sampled_from(["q.npy", "scores.npy", "metadata.npy", "q", "../q.npy", "\x1b.npy"]),
)
def test_any_member_is_read_or_refused(
    header: str, content: bytes, version: int, name: str
) -> None:
    """Members of .npz that say anything."""
    read_or_refused(npz({name: npy_of(header, content, version)}), "npz")


@MORE
@given(SETUPS)
def test_any_setup_is_read_or_refused(setup: dict[str, Any]) -> None:
    """Settings of any kind."""
    with suppress(LimelightError):
        assert isinstance(Setup.read(setup), Setup)


def test_another_error_would_be_seen() -> None:
    """What is no LimelightError comes through."""

    class Bad(dict[str, object]):
        def __getitem__(self, name: str) -> object:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        audited_or_refused(Bad(q=1))
