"""A dump: tensors by name, and what was written beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

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
        metadata: What was written beside them: text by name.
    """

    name: str
    tensors: Mapping[str, object]
    metadata: Mapping[str, str] = field(default_factory=dict)


def read_dump(path: str | os.PathLike[str]) -> Dump:
    """Read a file of tensors.

    Raises:
        FileError: Its name ends as that of no format that is read.
    """
    msg = (
        f"{named(Path(path))} must end in .npz or .safetensors.\n"
        "  Other formats are not read.\n"
        "  Save the tensors as one of these; docs/auditing.md says how."
    )
    raise FileError(msg)
