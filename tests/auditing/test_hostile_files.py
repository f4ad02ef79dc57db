"""Files that somebody broke, or made to break us: refused in three lines, whatever is wrong."""

from __future__ import annotations

import json
import pickle
import tracemalloc
import zipfile
from typing import TYPE_CHECKING

import numpy as np
import pytest

from limelight.auditing import npz as npz_reader
from limelight.auditing.dump import read_dump
from limelight.errors import FileError
from tests.auditing.files import entry, framed, headed, npy, npy_of, npz, safetensors

if TYPE_CHECKING:
    from pathlib import Path

RIGHT = safetensors({"q": np.eye(4, dtype=np.float32)})
RIGHT_NPZ = npz({"q.npy": npy(np.eye(4))})
DESCR = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }"

SAFETENSORS = {
    "empty": (b"", "empty"),
    "a few bytes": (b"abc", "ends within its header"),
    "cut in the header": (RIGHT[:20], "ends within its header"),
    "cut in the numbers": (RIGHT[:-1], "its tensors take 64 bytes and it has 63"),
    "longer than it says": (RIGHT + b"0", "and it has 65"),
    "a header of 2**63": (framed(b"{}", length=2**63), "ends within its header"),
    "a header beyond the limit": (
        framed(b" " * (npz_reader._MOST_DIRECTORY * 10)),
        "more than 10,000,000",
    ),
    "no JSON": (framed(b"{"), "no JSON"),
    "not UTF-8": (framed(b'{"\xff": 1}'), "no JSON"),
    "a list": (framed(b"[]"), "no JSON object"),
    "deep": (framed(b"[" * 100_000), "no JSON"),
    "a number of many digits": (framed(b'{"q": ' + b"9" * 10_000 + b"}"), "no JSON"),
    "a name twice": (
        framed(b'{"q": %b, "q": %b}' % ((json.dumps(entry()).encode(),) * 2), bytes(8)),
        "stands twice",
    ),
    "an offset twice": (framed(b'{"q": {"dtype": "F32", "dtype": "F16"}}'), "stands twice"),
    "an entry that is none": (headed({"q": 1}), "just dtype, shape and data_offsets"),
    "an entry with more": (headed({"q": entry(more=1)}), "just dtype"),
    "an unknown dtype": (headed({"q": entry(dtype="F8_E4M3")}), "'F8_E4M3'"),
    "a dtype that is none": (headed({"q": entry(dtype=[])}), "can be read"),
    "a negative size": (headed({"q": entry(shape=(-2,))}), "shape that is none"),
    "a size of 2**64": (headed({"q": entry(shape=(2**64,))}), "shape that is none"),
    "a size that is a fraction": (headed({"q": entry(shape=(2.0,))}), "shape that is none"),
    "a size that is true": (headed({"q": entry(shape=(True,))}), "shape that is none"),
    "too many axes": (headed({"q": entry(shape=(1,) * 100)}), "shape that is none"),
    "sizes that multiply beyond": (headed({"q": entry(shape=(2**40, 2**40))}), "needs"),
    "negative offsets": (headed({"q": entry(offsets=(-8, 0))}), "offsets that are none"),
    "three offsets": (headed({"q": entry(offsets=(0, 4, 8))}), "offsets that are none"),
    "offsets backwards": (headed({"q": entry(offsets=(8, 0))}), "and has -8"),
    "fewer bytes than numbers": (headed({"q": entry(offsets=(0, 4))}), "needs 8 bytes"),
    "beyond the end": (headed({"q": entry(shape=(4,), offsets=(0, 16))}), "and it has 8"),
    "an overlap": (
        headed({"q": entry(), "k": entry(offsets=(4, 12))}, bytes(12)),
        "'k' overlaps another tensor",
    ),
    "the same bytes twice": (headed({"q": entry(), "k": entry()}), "overlaps"),
    "a hole": (headed({"q": entry(), "k": entry(offsets=(12, 20))}, bytes(20)), "after a hole"),
    "a hole at the start": (headed({"q": entry(offsets=(4, 12))}, bytes(12)), "after a hole"),
    "metadata that are no text": (headed({"__metadata__": {"heads": 4}}, b""), "metadata"),
    "metadata that are a list": (headed({"__metadata__": []}, b""), "metadata"),
    "a name that steers": (headed({"\x1b[2J": 1}), r"'\\x1b\[2J'"),
}

NPZ = {
    "empty": (b"", "empty"),
    "no archive": (b"not a zip at all", "not a zip file"),
    "a pickle": (pickle.dumps({"q": [1.0]}), "not a zip file"),
    "cut": (RIGHT_NPZ[:-30], "no .npz archive"),
    "cut at the start": (RIGHT_NPZ[40:], "no .npz archive"),
    "objects": (npz({"q.npy": npy(np.array([{}, []], dtype=object))}), "pickle, which would run"),
    "fields": (npz({"q.npy": npy(np.zeros(2, dtype="f4,O"))}), "of several fields"),
    "text": (npz({"q.npy": npy(np.array(["a"]))}), "no numbers"),
    "dates": (npz({"q.npy": npy(np.array(["2026-11-24"], dtype="M8[D]"))}), "no numbers"),
    "complex numbers": (npz({"q.npy": npy(np.zeros(2, dtype=complex))}), "no numbers"),
    "another member": (npz({"readme.txt": b"hello"}), "does not end in .npy"),
    "no array": (npz({"q.npy": b"hello"}), "no array as NumPy writes it"),
    "a member that is empty": (npz({"q.npy": b""}), "no array"),
    "a header that is code": (npz({"q.npy": npy_of("__import__('os')")}), "no array"),
    "a header that is deep": (npz({"q.npy": npy_of("(" * 9000)}), "no array"),
    "a header that is long": (npz({"q.npy": npy_of(DESCR + " " * 20_000)}), "no array"),
    "a header of 4 GB": (npz({"q.npy": npy_of(DESCR, version=2)[:8] + b"\xff" * 90}), "no array"),
    "another version": (npz({"q.npy": npy_of(DESCR, version=9)}), "no array"),
    "no shape": (npz({"q.npy": npy_of("{'descr': '<f4', 'fortran_order': 0}")}), "no array"),
    "a negative size": (npz({"q.npy": npy_of(DESCR.replace("2", "-2"))}), "shape that is none"),
    "a size of 2**80": (npz({"q.npy": npy_of(DESCR.replace("2", "2**80"))}), "no array"),
    "many axes": (
        npz({"q.npy": npy_of(DESCR.replace("2", "1," * 99 + "1"))}),
        "shape that is none",
    ),
    "fewer bytes than numbers": (npz({"q.npy": npy_of(DESCR, bytes(4))}), "needs 8 bytes"),
    "more bytes than numbers": (npz({"q.npy": npy_of(DESCR, bytes(12))}), "and has 12"),
    "metadata that are no text": (npz({"metadata.npy": npy(np.zeros(2))}), "no text of JSON"),
    "metadata that are no JSON": (npz({"metadata.npy": npy(np.array("{"))}), "no JSON object"),
    "metadata that are a list": (npz({"metadata.npy": npy(np.array("[]"))}), "no JSON object"),
    "metadata beyond Unicode": (
        npz({"metadata.npy": npy_of(DESCR.replace("f4", "U2").replace("2,", ""), b"\xff" * 8)}),
        "codec",
    ),
    "a name that steers": (npz({"\x1b[2J": b""}), r"'\\x1b\[2J'"),
}


def refused(path: Path, content: bytes, reason: str) -> None:
    """Demand a message of three lines with the reason, nothing in which steers a terminal."""
    path.write_bytes(content)
    with pytest.raises(FileError, match=reason) as caught:
        read_dump(path)
    lines = str(caught.value).split("\n")

    assert len(lines) == 3
    assert all(line.startswith("  ") for line in lines[1:])
    assert all(line.isprintable() for line in lines)
    assert lines[-1].endswith(".")


@pytest.mark.parametrize("name", SAFETENSORS)
def test_a_broken_safetensors_file_is_refused(name: str, tmp_path: Path) -> None:
    """The rules of the format are kept, and nothing of a file that breaks one is used."""
    refused(tmp_path / "dump.safetensors", *SAFETENSORS[name])


@pytest.mark.parametrize("name", NPZ)
def test_a_broken_archive_is_refused(name: str, tmp_path: Path) -> None:
    """Archives and their members are what they say, and hold nothing but numbers."""
    refused(tmp_path / "dump.npz", *NPZ[name])


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_twice_is_refused(tmp_path: Path) -> None:
    """Nobody can tell which of two members of one name is meant."""
    path = tmp_path / "dump.npz"
    with zipfile.ZipFile(path, "w") as archive:
        for _ in range(2):
            archive.writestr("q.npy", npy(np.eye(2)))

    refused(path, path.read_bytes(), "'q' is in it twice")


def test_too_many_members_are_refused(tmp_path: Path) -> None:
    """An archive of thousands of members is no dump."""
    members = {f"{index}.npy": b"" for index in range(npz_reader.MOST_MEMBERS + 1)}

    refused(tmp_path / "dump.npz", npz(members), "more than 1,000 members")


@pytest.mark.parametrize("how", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_another_packing_is_refused(how: int, tmp_path: Path) -> None:
    """Only what NumPy packs with is unpacked: others take memory of their own."""
    path = tmp_path / "dump.npz"
    with zipfile.ZipFile(path, "w", how) as archive:
        archive.writestr("q.npy", npy(np.eye(2)))

    refused(path, path.read_bytes(), "packed")


def bomb(size: int) -> bytes:
    """Return a small archive that unpacks to many zeros."""
    header = f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({size},), }}"
    return npz({"q.npy": npy_of(header, bytes(size))}, packed=True)


def test_a_bomb_is_refused_before_it_goes_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What unpacks beyond the limit is refused, and takes hardly any memory to refuse."""
    size = 50_000_000
    content = bomb(size)
    monkeypatch.setattr(npz_reader, "MOST_PACKED", size // 10)
    tracemalloc.start()
    refused(tmp_path / "dump.npz", content, "must unpack to at most")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(content) < size / 500
    assert peak < size / 10


def test_a_member_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    """A bomb that says it is small is read no further than it says."""
    content = bytearray(bomb(1_000_000))
    at = content.rindex(b"PK\1\2") + 24
    content[at : at + 4] = (1000).to_bytes(4, "little")

    refused(tmp_path / "dump.npz", bytes(content), "no .npz archive")


@pytest.mark.parametrize("ending", ["pt", "pth", "bin", "ckpt", "pkl", "PT", "pickle"])
def test_pickles_are_refused_with_the_way_out(ending: str, tmp_path: Path) -> None:
    """Nothing is unpickled, not even looked for; the message has the lines that save it anew."""
    path = tmp_path / f"it's.{ending}"
    with pytest.raises(FileError, match="runs code when it is loaded") as caught:
        read_dump(path)
    said = str(caught.value)

    assert f"torch.load({str(path)!r}, weights_only=True)" in said
    assert str(path.with_suffix(".safetensors")) in said


@pytest.mark.parametrize("name", ["dump.txt", "dump", "dump.npy", "dump.onnx"])
def test_other_formats_are_refused(name: str, tmp_path: Path) -> None:
    """Only two formats are read, by the endings of names."""
    with pytest.raises(FileError, match=r"must end in \.npz or \.safetensors"):
        read_dump(tmp_path / name)


@pytest.mark.parametrize("ending", ["npz", "safetensors"])
def test_what_is_no_file_is_refused(ending: str, tmp_path: Path) -> None:
    """A folder, a path that leads nowhere, and one that cannot be."""
    folder = tmp_path / f"folder.{ending}"
    folder.mkdir()
    for path in (folder, tmp_path / f"nothing.{ending}", f"no\0thing.{ending}"):
        with pytest.raises(FileError, match="cannot be read"):
            read_dump(path)


def test_a_right_file_is_not_refused(tmp_path: Path) -> None:
    """The corpus is broken by what its names say: the files that it starts from are read."""
    for ending, content in (("safetensors", RIGHT), ("npz", RIGHT_NPZ)):
        path = tmp_path / f"dump.{ending}"
        path.write_bytes(content)
        assert set(read_dump(path).tensors) == {"q"}
    (tmp_path / "dump.npz").write_bytes(bomb(1000))
    assert set(read_dump(tmp_path / "dump.npz").tensors) == {"q"}
    (tmp_path / "dump.safetensors").write_bytes(headed({"q": entry()}))
    assert set(read_dump(tmp_path / "dump.safetensors").tensors) == {"q"}
