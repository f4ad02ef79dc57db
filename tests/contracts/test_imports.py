"""What `import limelight` loads, asked of a fresh process each time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = frozenset(
    {
        "click",
        "jax",
        "jsonschema",
        "limelight.render",
        "limelight.stream",
        "matplotlib",
        "ml_dtypes",
        "numpy",
        "openpyxl",
        "rich",
        "torch",
        "xlsxwriter",
    }
)
"""What must not be loaded before it is needed."""


def loaded_by(program: str, first_on_path: Path | None = None) -> frozenset[str]:
    """Run *program* in a fresh process and return the names of HEAVY that it has loaded."""
    ask = f"{program}\nimport sys\nprint(*sys.modules, sep='\\n')"
    path = os.environ.get("PYTHONPATH", "")
    if first_on_path:
        path = os.pathsep.join(filter(None, [str(first_on_path), path]))
    done = subprocess.run(
        [sys.executable, "-c", ask],
        capture_output=True,
        check=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONPATH": path},
    )
    return HEAVY & set(done.stdout.splitlines())


def test_import_loads_nothing_heavy() -> None:
    """`import limelight` loads no outside package and no renderer."""
    loaded = loaded_by("import limelight")

    assert loaded == set()


def test_working_the_gallery_loads_nothing_heavy() -> None:
    """An exercise of the gallery is worked without an outside package or a renderer."""
    loaded = loaded_by("from limelight import gallery, work\nwork(gallery())")

    assert loaded == set()


def test_attending_loads_numpy_and_no_framework() -> None:
    """`attend` and `observe` load NumPy and the room that they are in, and nothing else heavy."""
    program = (
        "import numpy\n"
        "from limelight import attend, observe\n"
        "x = numpy.ones((1, 2, 3))\n"
        "attend(x, x, x), observe(x, x, x)._repr_html_()"
    )

    assert loaded_by(program) == {"limelight.stream", "numpy"}


@pytest.mark.parametrize("name", sorted(HEAVY))
def test_probe_sees_a_front_door_that_loads_too_much(name: str, tmp_path: Path) -> None:
    """The probe can fail: a front door that imports a heavy name is seen to do so."""
    module = (tmp_path / Path(*name.split("."))).with_suffix(".py")
    (tmp_path / "limelight").mkdir()
    (tmp_path / "limelight" / "__init__.py").write_text(f"import {name}\n", encoding="utf-8")
    module.write_text("", encoding="utf-8")

    loaded = loaded_by("import limelight", first_on_path=tmp_path)

    assert loaded == {name}
