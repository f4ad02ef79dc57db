"""A class set in its folder: what is written, kept, gone on with, refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from limelight.classroom.manifest import MANIFEST
from limelight.classroom.writing import Written, write_class_set
from limelight.errors import FileError, LimelightError, UnknownNameError
from limelight.sheet.by_hand import Template
from tests.classroom.sets import contents, faults, manifest_of, softmax_set

if TYPE_CHECKING:
    from pathlib import Path

    from limelight.classroom.class_set import ClassSet


def refusal(class_set: ClassSet, folder: Path) -> str:
    """Return what a set is refused with; the folder stays as it is, to the byte and the time."""
    before = contents(folder), times(folder)
    with pytest.raises(FileError) as caught:
        write_class_set(class_set, folder)
    message = str(caught.value)

    assert (contents(folder), times(folder)) == before
    assert len(message.split("\n")) == 3
    return message


def times(folder: Path) -> dict[str, int]:
    """Return when each file was written."""
    return {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}


def test_a_set_is_written(tmp_path: Path) -> None:
    """Sheets, key and manifest are there and agree with each other."""
    folder = tmp_path / "class"
    written = write_class_set(softmax_set(5), folder)

    assert written == Written(fresh=6, kept=0)
    assert sorted(contents(folder)) == sorted(
        [MANIFEST, "key.txt", *(f"sheet-0{n}.txt" for n in range(1, 6))]
    )
    assert faults(folder) == []


def test_the_manifest_says_what_a_teacher_must_know(tmp_path: Path) -> None:
    """Each sheet has its number, files, identity, seed, and the mistakes that it reveals."""
    write_class_set(softmax_set(2), tmp_path)
    manifest = manifest_of(tmp_path)
    first = manifest["sheets"][0]

    assert manifest["demand"]["seed"] == 7
    assert list(first) == ["number", "file", "key", "identity", "seed", "reveals"]
    assert first["identity"] in (tmp_path / first["file"]).read_text(encoding="utf-8")
    assert first["identity"] in (tmp_path / first["key"]).read_text(encoding="utf-8")
    assert isinstance(first["reveals"], dict)


def test_the_key_is_worked_and_the_sheets_are_not(tmp_path: Path) -> None:
    """A key holds the sheets' exercises in their order, worked whatever a sheet leaves blank."""
    write_class_set(softmax_set(3, template=Template(blank=frozenset({"A"}))), tmp_path)
    sheets = manifest_of(tmp_path)["sheets"]
    key = (tmp_path / "key.txt").read_text(encoding="utf-8")
    places = [key.index(sheet["identity"]) for sheet in sheets]

    assert places == sorted(places)
    assert [f"{n} of 3" in key for n in (1, 2, 3)] == [True] * 3
    assert all(len(contents(tmp_path)[sheet["file"]]) < len(key) for sheet in sheets)


def test_a_finished_set_is_left_alone(tmp_path: Path) -> None:
    """Asked for once more, not a file is touched."""
    write_class_set(softmax_set(), tmp_path)
    before = times(tmp_path)

    assert write_class_set(softmax_set(), tmp_path) == Written(fresh=0, kept=6)
    assert write_class_set(softmax_set(), tmp_path, force=True) == Written(fresh=0, kept=6)
    assert times(tmp_path) == before


@pytest.mark.parametrize(
    "missing", [["sheet-02.txt"], ["key.txt"], ["sheet-01.txt", "sheet-05.txt", "key.txt"]]
)
def test_what_is_missing_is_made_and_nothing_else(missing: list[str], tmp_path: Path) -> None:
    """Gone on with, a set is the same as made in one go, and what was there is not touched."""
    write_class_set(softmax_set(), tmp_path)
    whole, before = contents(tmp_path), times(tmp_path)
    for name in missing:
        (tmp_path / name).unlink()
    written = write_class_set(softmax_set(), tmp_path)
    touched = {name for name, then in times(tmp_path).items() if then != before[name]}

    assert written == Written(fresh=len(missing), kept=6 - len(missing))
    assert contents(tmp_path) == whole
    assert touched == {MANIFEST, *missing}


def test_drafts_of_a_killed_call_are_cleared_away(tmp_path: Path) -> None:
    """What a call has left that was killed while it wrote goes when the set goes on."""
    (tmp_path / ".limelight-1-2.part").write_text("half", encoding="utf-8")
    write_class_set(softmax_set(), tmp_path)

    assert faults(tmp_path) == []


def test_several_processes_write_the_same(tmp_path: Path) -> None:
    """By however many it is drawn, every file is the same to the byte."""
    one, two = tmp_path / "one", tmp_path / "two"
    write_class_set(softmax_set(12), one)
    write_class_set(softmax_set(12), two, processes=2)
    alike = {name for name, content in contents(one).items() if contents(two)[name] == content}
    first, second = (manifest_of(folder) for folder in (one, two))

    assert alike >= set(contents(one)) - {MANIFEST}
    assert (first["sheets"], first["files"]) == (second["sheets"], second["files"])


def test_progress_goes_from_what_is_kept_to_the_end(tmp_path: Path) -> None:
    """It is told how many files are done of how many, one by one, kept ones included."""
    told: list[tuple[int, int]] = []
    write_class_set(softmax_set(3), tmp_path, progress=lambda *at: told.append(at))
    (tmp_path / "sheet-02.txt").unlink()
    write_class_set(softmax_set(3), tmp_path, progress=lambda *at: told.append(at))

    assert told == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4), (3, 4), (4, 4)]


def test_another_set_is_refused_and_the_difference_named(tmp_path: Path) -> None:
    """Where another set is, the message says in what it differs, and nothing is touched."""
    write_class_set(softmax_set(), tmp_path)
    message = refusal(softmax_set(4, seed=8, template=Template(blank=frozenset({"A"}))), tmp_path)

    assert "sheets (5 there, 4 asked for)" in message
    assert "seed (7 there, 8 asked for)" in message
    assert 'blank (not said there, ["A"] asked for)' in message
    assert "digits" not in message


def test_a_set_that_is_replaced_leaves_nothing_behind(tmp_path: Path) -> None:
    """Told to, another set takes the place of the first one, and its files go."""
    write_class_set(softmax_set(9), tmp_path)
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    written = write_class_set(softmax_set(4, seed=8), tmp_path, force=True)
    (tmp_path / "notes.txt").unlink()

    assert written == Written(fresh=5, kept=0)
    assert faults(tmp_path) == []


def test_a_changed_sheet_survives_even_then(tmp_path: Path) -> None:
    """A sheet that somebody wrote on, and that the new set has no use for, stays."""
    write_class_set(softmax_set(9), tmp_path)
    (tmp_path / "sheet-09.txt").write_text("my notes", encoding="utf-8")
    write_class_set(softmax_set(4), tmp_path, force=True)

    assert (tmp_path / "sheet-09.txt").read_text(encoding="utf-8") == "my notes"


@pytest.mark.parametrize("name", ["sheet-03.txt", "key.txt"])
@pytest.mark.parametrize("is_begun", [True, False])
def test_files_of_others_are_refused(name: str, tmp_path: Path, *, is_begun: bool) -> None:
    """A file that this set has not written, or that was changed, is replaced only when told to."""
    if is_begun:
        write_class_set(softmax_set(), tmp_path)
    (tmp_path / name).write_text("mine", encoding="utf-8")

    assert name in refusal(softmax_set(), tmp_path)
    write_class_set(softmax_set(), tmp_path, force=True)
    assert faults(tmp_path) == []


def test_many_files_of_others_are_counted(tmp_path: Path) -> None:
    """The message stays short however many files are in the way."""
    for number in range(1, 10):
        (tmp_path / f"sheet-0{number}.txt").touch()

    assert "sheet-01.txt, sheet-02.txt, sheet-03.txt and 6 more" in refusal(
        softmax_set(9), tmp_path
    )


def altered(document: object, *path: str | int, value: object) -> str:
    """Return a manifest in which one value is another."""
    place = document = json.loads(json.dumps(document))
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return json.dumps(document)


def test_a_manifest_that_is_none_is_refused(tmp_path: Path) -> None:
    """Whatever else is called manifest.json is not taken for ours, and not replaced unasked."""
    write_class_set(softmax_set(2), tmp_path)
    good = manifest_of(tmp_path)
    texts = [
        *("", "{", "[]", "null", "3", "{}", "[" * 100_000, '{"format": "limelight-class-set-1"}'),
        altered(good, "format", value="limelight-class-set-9"),
        altered(good, "demand", value=3),
        altered(good, "sheets", value={"1": 2}),
        altered(good, "sheets", 0, "number", value="one"),
        altered(good, "sheets", 0, "number", value=1e400),
        altered(good, "files", value=["sheet-01.txt"]),
        altered(good, "files", "../elsewhere.txt", value="0" * 64),
        altered(good, "files", "/etc/passwd", value="0" * 64),
        altered(good, "files", "sheet-01.txt\n", value="0" * 64),
        altered(good, "files", "manifest.json", value="0" * 64),
    ]
    for text in texts:
        (tmp_path / MANIFEST).write_text(text, encoding="utf-8")

        assert "must be the manifest of a class set" in refusal(softmax_set(2), tmp_path)
    write_class_set(softmax_set(2), tmp_path, force=True)
    assert faults(tmp_path) == []


def test_a_manifest_that_lost_a_sheet_gets_it_back(tmp_path: Path) -> None:
    """A sheet that is there but that the manifest says nothing of is drawn again."""
    write_class_set(softmax_set(2), tmp_path)
    whole = manifest_of(tmp_path)
    text = altered(whole, "sheets", value=whole["sheets"][1:])
    (tmp_path / MANIFEST).write_text(text, encoding="utf-8")
    write_class_set(softmax_set(2), tmp_path)

    assert manifest_of(tmp_path) == whole


@pytest.mark.parametrize("place", ["file", "file/class", "none/class", "a\0b", "x" * 5000])
def test_where_no_folder_can_be_is_told(place: str, tmp_path: Path) -> None:
    """A file in the folder's place, or no folder to make it in, is refused with the reason."""
    (tmp_path / "file").touch()
    with pytest.raises(FileError):
        write_class_set(softmax_set(2), tmp_path / place)

    assert list(contents(tmp_path)) == ["file"]


def test_a_closed_folder_is_told(guarded_folder: Path) -> None:
    """A folder that may not be written to is refused with the reason."""
    (guarded_folder / "closed").mkdir(mode=0o500)

    with pytest.raises(FileError, match="permission denied"):
        write_class_set(softmax_set(2), guarded_folder / "closed")


def test_what_cannot_be_drawn_leaves_no_folder(tmp_path: Path) -> None:
    """A demand that no sheet can meet is refused before there is anything on the disk."""
    for class_set in (
        softmax_set(reveal=frozenset({"L999"})),
        softmax_set(template=Template(blank=frozenset({"Q"}))),
        softmax_set(format="word"),
        softmax_set(0),
    ):
        with pytest.raises(LimelightError):
            write_class_set(class_set, tmp_path / "class")

    assert list(tmp_path.iterdir()) == []


def test_an_unknown_step_is_named(tmp_path: Path) -> None:
    """What a process refuses comes through to whoever asked."""
    with pytest.raises(UnknownNameError, match="'Q'"):
        write_class_set(
            softmax_set(template=Template(blank=frozenset({"Q"}))), tmp_path, processes=2
        )


def test_faults_are_seen(tmp_path: Path) -> None:
    """The check of a set can fail: whatever is missing, too much or changed is seen."""
    write_class_set(softmax_set(3), tmp_path)
    whole = contents(tmp_path)
    document = manifest_of(tmp_path)
    identity = document["sheets"][0]["identity"]
    changes = [
        {"sheet-02.txt": b"half"},
        {"more.txt": b""},
        {MANIFEST: altered(document, "sheets", value=document["sheets"][::-1]).encode()},
        {MANIFEST: altered(document, "sheets", 0, "file", value="sheet-04.txt").encode()},
        {MANIFEST: altered(document, "sheets", 0, "key", value="key-4.txt").encode()},
        {MANIFEST: altered(document, "sheets", 1, "identity", value=identity).encode()},
    ]
    for change in changes:
        for name, content in (whole | change).items():
            (tmp_path / name).write_bytes(content)

        assert faults(tmp_path) != []
        for name in set(contents(tmp_path)) - set(whole):
            (tmp_path / name).unlink()
