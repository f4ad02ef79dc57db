"""Whatever is handed in as a dump is audited, or refused with a LimelightError.

CONTRIBUTING.md says how to run this; the last argument is the folder of the corpus. The first byte
of an input says which format the rest is in.
"""

from __future__ import annotations

import io
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import atheris
import numpy as np

with atheris.instrument_imports(include=["limelight"]):
    from limelight.auditing.audit import audit_dump
    from limelight.errors import LimelightError

ENDINGS = ("npz", "safetensors")
FOLDER = Path(tempfile.mkdtemp())


def read(content: bytes) -> None:
    """Hand the bytes to one of the readers, and audit what it finds."""
    ending = ENDINGS[content[0] % len(ENDINGS)] if content else ENDINGS[0]
    path = FOLDER / f"dump.{ending}"
    path.write_bytes(content[1:])
    with suppress(LimelightError):
        str(audit_dump(path))


def plant(folder: Path) -> None:
    """Put inputs that can be read into an empty corpus, to start from."""
    if any(folder.iterdir()):
        return
    archive = io.BytesIO()
    eye = np.eye(2, dtype=np.float32)[None, None]
    np.savez(archive, q=eye, k=eye, scores=eye, metadata='{"causal": "top-left"}')
    (folder / "seed-npz").write_bytes(b"\0" + archive.getvalue())
    header = b'{"q":{"dtype":"F32","shape":[1,1,2,2],"data_offsets":[0,16]}}'
    framed = len(header).to_bytes(8, "little") + header + eye.tobytes()
    (folder / "seed-safetensors").write_bytes(b"\1" + framed)


if __name__ == "__main__":
    plant(Path(sys.argv[-1]))
    atheris.Setup(sys.argv, read)
    atheris.Fuzz()
