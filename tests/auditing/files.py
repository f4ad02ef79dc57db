"""Write dumps byte by byte, right ones and broken ones; nothing here is Limelight's."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.auditing.making import Array

NAMES = {
    "float64": "F64",
    "float32": "F32",
    "float16": "F16",
    "bfloat16": "BF16",
    "int64": "I64",
    "int32": "I32",
    "uint8": "U8",
    "bool": "BOOL",
}


def framed(header: bytes, data: bytes = b"", length: int | None = None) -> bytes:
    """Return a .safetensors file with a header, and the length that it says it has."""
    return struct.pack("<Q", len(header) if length is None else length) + header + data


def safetensors(tensors: Mapping[str, Array], metadata: Mapping[str, Any] | None = None) -> bytes:
    """Return a right .safetensors file."""
    header: dict[str, Any] = {}
    if metadata:
        header["__metadata__"] = {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in metadata.items()
        }
    data = b""
    for name, array in tensors.items():
        content = np.ascontiguousarray(array).tobytes()
        header[name] = {
            "dtype": NAMES[array.dtype.name],
            "shape": list(array.shape),
            "data_offsets": [len(data), len(data) + len(content)],
        }
        data += content
    return framed(json.dumps(header).encode(), data)


def entry(
    shape: object = (2,), offsets: object = (0, 8), dtype: object = "F32", **more: object
) -> dict[str, object]:
    """Return what a header has of a tensor."""
    return {"dtype": dtype, "shape": shape, "data_offsets": offsets, **more}


def headed(entries: object, data: bytes = bytes(8)) -> bytes:
    """Return a .safetensors file with any header."""
    return framed(json.dumps(entries).encode(), data)


def npy(array: Array) -> bytes:
    """Return an array as NumPy writes it."""
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def npy_of(header: str, data: bytes = bytes(8), version: int = 1) -> bytes:
    """Return an array with any header."""
    written = header.encode("latin-1")
    length = struct.pack("<H" if version == 1 else "<I", len(written))
    return b"\x93NUMPY" + bytes((version, 0)) + length + written + data


def npz(members: Mapping[str, bytes], *, packed: bool = False) -> bytes:
    """Return an archive."""
    file = io.BytesIO()
    how = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    with zipfile.ZipFile(file, "w", how) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()
