"""What people see, kept letter by letter in tests/golden.

When the layout is changed on purpose, renew the files and read the difference before it is
committed:

    LIMELIGHT_RENEW_GOLDEN=1 pytest tests/cli/test_golden.py && git diff tests/golden
"""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from tests.cli.running import inside
from tests.cli.test_bad_files import NO_EXERCISE, NOT_JSON
from tests.kept import GOLDEN, RENEWING, difference

OUTPUTS = {
    "work-self-attention.txt": "work",
    "work-self-attention-rows.txt": "work --rows",
    "work-cell-Z12.txt": "work --cell Z[1,2]",
    "compare-softmax.txt": "work --compare softmax",
    "work-softmax.md": "work softmax --format markdown",
    "sheet-softmax.txt": "sheet softmax --format text",
    "sheet-softmax-key.txt": "sheet softmax --key",
}
REFUSED = [
    "work sefl-attention",
    "work exact",
    "work --recipe exakt",
    "work --step Z1",
    "work --cell Z[1",
    "work --cell Z[0,1]",
    "work transposed.json",
    "work ragged.json",
    "work text.json",
    "work NaN.json",
    "work several.json",
    "work prose.json",
    "sheet --key --hints",
    "sheet --format pdf",
    "sheet --blank R",
    "sheet --tokens 64 --features 64",
    "sheet --reveal L999",
    "sheet softmax-CQH4",
]


@pytest.mark.parametrize("name", OUTPUTS)
def test_output_is_the_one_kept(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A command writes exactly what stands in its file."""
    ran = inside(capsys, *shlex.split(OUTPUTS[name]))

    assert (ran.status, ran.err) == (0, "")
    assert difference(name, ran.out) == ""


def test_messages_are_the_ones_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refusals say exactly what stands in errors.txt."""
    monkeypatch.chdir(tmp_path)
    for name in ("transposed", "ragged", "text", "NaN", "several"):
        Path(f"{name}.json").write_text(json.dumps(NO_EXERCISE[name][0]), encoding="utf-8")
    Path("prose.json").write_bytes(NOT_JSON["prose"][0])
    said = [f"$ limelight {line}\n{inside(capsys, *line.split()).err}" for line in REFUSED]

    assert difference("errors.txt", "\n".join(said)) == ""


@pytest.mark.skipif(RENEWING, reason="renewing would keep what is changed here on purpose")
@pytest.mark.parametrize("name", [*OUTPUTS, "errors.txt"])
def test_a_changed_letter_is_seen(name: str) -> None:
    """The comparison can fail: a letter, a space at an end or a lost line end is a difference."""
    kept = (GOLDEN / name).read_text(encoding="utf-8")
    first, rest = kept.split("\n", 1)
    changed = [kept.replace("e", "a", 1), f"{first} \n{rest}", kept[:-1]]

    assert difference(name, kept) == ""
    assert [bool(difference(name, text)) for text in changed] == [True, True, True]
