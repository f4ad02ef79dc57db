"""What is built: how the kernel is compiled, what is shipped, the install without a compiler."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NATIVE = ROOT / "native"
CMAKE = NATIVE / "CMakeLists.txt"
COMMENT = re.compile(r"//.*|(?:^|\s)#(?!pragma).*")
REORDERING = re.compile(
    r"\b(Ofast|f?(fast-math|unsafe-math-optimizations|associative-math|finite-math-only|"
    r"reciprocal-math|no-signed-zeros))\b"
)
"""Options that let a compiler drop the rounding in exp, or take NaN and infinity for absent."""


def reorders(text: str) -> bool:
    """Tell whether the program or build file *text* asks for arithmetic to be reordered."""
    return any(REORDERING.search(COMMENT.sub("", line)) for line in text.splitlines())


def listed(cmake: str) -> list[str]:
    """Return the instruction sets that the build file *cmake* compiles, in order of name."""
    return sorted(re.findall(r"(?:add_instruction_set\(|src/isa/)([a-z]\w*)", cmake))


def shipped() -> set[str]:
    """Return the files that a source distribution must have for the package to be built."""
    folders = [NATIVE, ROOT / "src"]
    files = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    built = {".pyc", ".so"}
    return {path.relative_to(ROOT).as_posix() for path in files if path.suffix not in built}


def pack(folder: Path) -> Path:
    """Make a source distribution in *folder*, unpack it there, and return where it lies."""
    make = "import sys, scikit_build_core.build as build; build.build_sdist(sys.argv[1])"
    subprocess.run(
        [sys.executable, "-c", make, str(folder)], check=True, capture_output=True, cwd=ROOT
    )
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as file:
        file.extractall(folder, filter="data")
    return folder / archive.name.removesuffix(".tar.gz")


def install(source: Path, target: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Install *source* into the folder *target* on a machine without a working compiler."""
    # The build requirements are those of this environment: nothing is downloaded.
    command = [sys.executable, "-m", "pip", "install", "--no-build-isolation", "--no-deps"]
    inherited = {k: v for k, v in os.environ.items() if k != "LIMELIGHT_REQUIRE_KERNEL"}
    return subprocess.run(
        [*command, f"--target={target}", str(source)],
        capture_output=True,
        check=False,
        encoding="utf-8",
        env=inherited | {"CC": "/bin/false", "CXX": "/bin/false"} | environment,
    )


def run(program: str, installed: Path) -> list[str]:
    """Run *program* with the package in the folder *installed*; return the lines it prints."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        check=True,
        cwd=installed,
        encoding="utf-8",
        env=os.environ | {"PYTHONPATH": str(installed)},
    )
    return done.stdout.splitlines()


def test_arithmetic_is_not_reordered() -> None:
    """No source and no build file asks the compiler to reorder arithmetic."""
    programs = [path for path in NATIVE.rglob("*") if path.suffix in {".cpp", ".hpp", ".txt"}]
    files = [*programs, ROOT / "pyproject.toml", ROOT / "Makefile"]

    assert [path.name for path in files if reorders(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(
    "line",
    [
        "target_compile_options(kernel PRIVATE -O3 -ffast-math)",
        "set(flags -Ofast)  # quick",
        '#pragma GCC optimize("fast-math")',
    ],
)
def test_reordering_is_seen(line: str) -> None:
    """The check can fail: it sees each way to ask for it."""
    assert reorders(f"first\n{line}\n")


@pytest.mark.parametrize(
    "line",
    [
        "-fno-math-errno -fno-trapping-math",
        "set(flags -O3)  # -ffast-math would be wrong",
        "float x = 0; // never -ffast-math",
    ],
)
def test_a_comment_reorders_nothing(line: str) -> None:
    """The check lets the other options pass, and what a comment says."""
    assert not reorders(line)


def test_every_instruction_set_is_built() -> None:
    """The build file names each file of `native/src/isa/`, and no other."""
    files = sorted(path.stem for path in (NATIVE / "src" / "isa").glob("*.cpp"))

    assert listed(CMAKE.read_text(encoding="utf-8")) == files


def test_missing_instruction_set_is_seen() -> None:
    """The check can fail: an instruction set that the build file does not name is not listed."""
    text = CMAKE.read_text(encoding="utf-8")
    line = re.search(r"^ *add_instruction_set\(avx2 .*\n", text, re.MULTILINE)

    assert line is not None
    assert set(listed(text)) - set(listed(text.replace(line[0], ""))) == {"avx2"}


@pytest.mark.slow
def test_install_without_a_compiler(tmp_path: Path) -> None:
    """From a source distribution, without a compiler, comes a package that works on NumPy."""
    program = (
        "import importlib.util, numpy, limelight\n"
        "x = numpy.ones((1, 2, 3))\n"
        "print(limelight.__file__)\n"
        "print(limelight.work(limelight.gallery())['Z'][0, 0])\n"
        "print(limelight.attend(x, x, x).tolist() == x.tolist())\n"
        "print(importlib.util.find_spec('limelight.stream._kernel'))"
    )
    target = tmp_path / "site"
    source = pack(tmp_path)
    packed = {path.relative_to(source).as_posix() for path in source.rglob("*")}
    done = install(source, target)

    assert shipped() - packed == set()
    assert done.returncode == 0, done.stdout + done.stderr
    home = str(target / "limelight" / "__init__.py")
    assert run(program, target) == [home, "180/23", "True", "None"]


@pytest.mark.slow
def test_kernel_can_be_demanded(tmp_path: Path) -> None:
    """Where LIMELIGHT_REQUIRE_KERNEL is set, an install without a compiler fails and says why."""
    target = tmp_path / "site"
    done = install(pack(tmp_path), target, LIMELIGHT_REQUIRE_KERNEL="1")

    assert (done.returncode, target.exists()) == (1, False)
    assert "CMake configuration failed" in done.stdout + done.stderr
