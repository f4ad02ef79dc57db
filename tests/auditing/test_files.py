"""Dumps in files: what is written is read, without a copy where there need be none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from limelight.auditing.audit import audit_dump
from limelight.auditing.dump import read_dump
from limelight.auditing.findings import Verdict
from limelight.stream.arrays import Source
from tests.auditing.files import npy, npz, safetensors
from tests.auditing.making import DTYPES, Made, Maker

if TYPE_CHECKING:
    from pathlib import Path


def made(dtype: str) -> Made:
    """Return a right dump with something of every kind: numbers, a mask, whole numbers."""
    options = {
        "causal": "bottom-right",
        "window": (4, None),
        "key_lengths": [7, 5],
        "mask": ((1, 1, 5, 7), "bool"),
    }
    return Maker(rng=np.random.default_rng(3), dtype=dtype, options=options).make()


def put(folder: Path, form: str, dump: Made) -> Path:
    """Write a dump in a format."""
    path = folder / f"dump.{form.partition(' ')[0]}"
    settings = json.dumps(dump.settings)
    if form == "npz":
        np.savez(path, **dump.tensors, metadata=settings)
    elif form == "npz packed":
        np.savez_compressed(path, **dump.tensors, metadata=settings)
    else:
        path.write_bytes(safetensors(dump.tensors, dump.settings))
    return path


FORMS = ("npz", "npz packed", "safetensors")


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("form", FORMS)
def test_what_is_written_is_read(form: str, dtype: str, tmp_path: Path) -> None:
    """Every tensor comes back as it was, of every dtype, and the settings with them."""
    dump = made(dtype)
    read = read_dump(put(tmp_path, form, dump))

    assert set(read.tensors) == set(dump.tensors)
    for name, array in dump.tensors.items():
        source = read.tensors[name]
        assert isinstance(source, Source)
        assert source.dtype == array.dtype.name
        np.testing.assert_array_equal(source.floats(), np.asarray(array, dtype=np.float64))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("form", FORMS)
def test_a_right_file_is_right(form: str, dtype: str, tmp_path: Path) -> None:
    """The settings that stand in the file are those that it is audited by."""
    findings = audit_dump(put(tmp_path, form, made(dtype)))

    assert findings.is_right
    assert findings["masked"].verdict is Verdict.RIGHT
    assert (findings.setup.causal, findings.setup.window) == ("bottom-right", (4, None))


@pytest.mark.parametrize("form", FORMS)
def test_options_win_over_the_file(form: str, tmp_path: Path) -> None:
    """A setting that is given is taken, whatever the file says."""
    findings = audit_dump(put(tmp_path, form, made("float32")), window=(1, 0))

    assert findings.first_wrong is not None
    assert findings.first_wrong.name == "masked"


def test_what_is_not_packed_is_mapped(tmp_path: Path) -> None:
    """Numbers are looked at where they lie in the file, not copied."""
    for form in ("npz", "safetensors"):
        source = read_dump(put(tmp_path, form, made("float32"))).tensors["scores"]
        assert isinstance(source, Source)
        base: Any = source.array
        while isinstance(base, np.ndarray):
            base = base.base
        assert type(base).__name__ in {"mmap", "memoryview"}
        assert not source.array.flags.writeable


def test_arrays_that_lie_otherwise_are_read(tmp_path: Path) -> None:
    """Column by column, the other byte order, and no numbers at all."""
    rows = np.arange(6.0).reshape(2, 3)
    path = tmp_path / "dump.npz"
    path.write_bytes(
        npz(
            {
                "q.npy": npy(np.asfortranarray(rows)),
                "k.npy": npy(rows.astype(">f4")),
                "v.npy": npy(np.empty((0, 3))),
            }
        )
    )
    read = read_dump(path).tensors

    for name in ("q", "k"):
        source = read[name]
        assert isinstance(source, Source)
        np.testing.assert_array_equal(source.floats(), rows)
    empty = read["v"]
    assert isinstance(empty, Source)
    assert empty.shape == (0, 3)


def test_the_format_is_that_of_the_package(tmp_path: Path) -> None:
    """A file that the package safetensors wrote is read, and the other way round."""
    package = pytest.importorskip(
        "safetensors.numpy", reason="the extra test installs it: an outside writer of the format"
    )
    dump = made("float32")
    path = tmp_path / "dump.safetensors"
    package.save_file(
        {name: np.ascontiguousarray(array) for name, array in dump.tensors.items()},
        path,
        metadata={name: json.dumps(value) for name, value in dump.settings.items()},
    )

    assert audit_dump(path).is_right
    assert set(package.load(safetensors(dump.tensors, dump.settings))) == set(dump.tensors)


def test_whoever_saved_a_file_may_say_more(tmp_path: Path) -> None:
    """Metadata that are no settings are left alone; "format" stands in many files."""
    path = tmp_path / "dump.safetensors"
    eye = np.eye(2)[None, None]
    path.write_bytes(safetensors({"q": eye}, {"format": "pt", "heads": 1}))

    assert audit_dump(path).setup.heads == 1
