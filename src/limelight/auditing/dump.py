"""A dump: tensors by name, and what was written beside them. Nothing in a file is ever run."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from limelight.auditing.npz import read_npz
from limelight.auditing.safetensors import read_safetensors
from limelight.errors import FileError
from limelight.files import named

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Dump:
    """What an implementation left behind of its work.

    Attributes:
        name: What to call it.
        tensors: Arrays by name.
        metadata: What was written beside them: settings by name.
    """

    name: str
    tensors: Mapping[str, object]
    metadata: Mapping[str, object] = field(default_factory=dict)


_READERS = {".npz": read_npz, ".safetensors": read_safetensors}

_PICKLES = frozenset({".pt", ".pth", ".bin", ".ckpt", ".pkl", ".pickle", ".joblib"})
"""Endings of files whose reading runs what is in them."""


def read_dump(path: str | os.PathLike[str]) -> Dump:
    """Read a file of tensors, .npz or .safetensors, leaving the numbers where they are.

    Raises:
        FileError: It is of another format, or cannot be read.

    >>> import numpy, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     numpy.savez(f"{folder}/dump.npz", q=numpy.eye(2), metadata='{"heads": 1}')
    ...     dump = read_dump(f"{folder}/dump.npz")
    >>> dump.name, dump.tensors["q"].shape, dump.metadata
    ('dump.npz', (2, 2), {'heads': 1})
    """
    where = Path(path)
    ending = where.suffix.lower()
    if ending in _PICKLES:
        raise FileError(_pickled(where))
    reader = _READERS.get(ending)
    if reader is None:
        msg = (
            f"{named(where)} must end in .npz or .safetensors.\n"
            f"  {'It ends in ' + repr(ending) if ending else 'It has no ending'}.\n"
            "  Save the tensors by name in one of these; docs/auditing.md says how."
        )
        raise FileError(msg)
    tensors, metadata = reader(where)
    return Dump(name=where.name, tensors=tensors, metadata=metadata)


def _pickled(path: Path) -> str:
    old, new = str(path), str(path.with_suffix(".safetensors"))
    return (
        f"{named(path)} is not read: it may be a pickle, which runs code when it is loaded.\n"
        "  Whoever made it could have it do anything on this machine.\n"
        "  Where you trust it, save its tensors in a file that holds nothing else:\n"
        "    import torch\n"
        "    from safetensors.torch import save_file\n"
        f"    tensors = torch.load({old!r}, weights_only=True)\n"
        f"    save_file({{name: each.contiguous() for name, each in tensors.items()}}, {new!r})\n"
        "  Then audit that file."
    )
