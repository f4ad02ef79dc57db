"""Right dumps are not accused, whatever they hold and whatever they were computed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from limelight.auditing.audit import audit_dump
from limelight.auditing.findings import Verdict
from limelight.stream.attend import attend
from tests.auditing.making import DTYPES, Maker, drawn, some

if TYPE_CHECKING:
    from limelight.auditing.findings import Findings

MANY = 2_000
CHUNKS = 10


def accused(seeds: range) -> list[tuple[int, str]]:
    """Return the seeds whose dump is called wrong, and the tensor that is."""
    found = []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        made = drawn(rng).make()
        findings = audit_dump(some(made, rng), **made.settings)
        if findings.first_wrong:
            found.append((seed, findings.first_wrong.name))
    return found


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_right_dumps_are_not_accused(chunk: int) -> None:
    """Of two thousand random right dumps, in every dtype and with every option, none is wrong."""
    size = MANY // CHUNKS

    assert accused(range(chunk * size, (chunk + 1) * size)) == []


@pytest.mark.slow
@pytest.mark.parametrize("chunk", range(20))
def test_many_more_right_dumps_are_not_accused(chunk: int) -> None:
    """Nor is any of ten thousand others."""
    assert accused(range(100_000 + chunk * 500, 100_000 + (chunk + 1) * 500)) == []


OPTIONS: list[dict[str, Any]] = [
    {},
    {"scale": 0.3},
    {"softcap": 2.0},
    {"causal": "top-left"},
    {"causal": "bottom-right"},
    {"window": (2, 1)},
    {"window": (1, None), "causal": "bottom-right"},
    {"key_lengths": [7, 3]},
    {"key_lengths": [2, 0], "causal": "bottom-right"},
    {"sinks": [0.5, -1.0, 2.0, 0.0]},
]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_what_attend_gives_is_right(options: dict[str, Any], dtype: str) -> None:
    """The other tower's outputs are right, option by option, in every dtype."""
    maker = Maker(rng=np.random.default_rng(1), dtype=dtype)
    q, k = maker.draw(2, 4, 5, 8), maker.draw(2, 2, 7, 8)
    v = maker.draw(2, 2, 7, 3)
    given = dict(options)
    if "sinks" in given:
        given["sinks"] = maker.store(given["sinks"])
    output = attend(q, k, v, **given)
    beside = {name: given.pop(name) for name in ("key_lengths", "sinks") if name in given}
    tensors: dict[str, Any] = {"q": q, "k": k, "v": v, "output": output}
    findings = audit_dump(tensors | beside, **given)

    assert findings["output"].verdict is Verdict.RIGHT
    assert findings.precision == dtype


def test_every_option_reaches_the_audit() -> None:
    """The tests above can fail: without its option, each output is wrong."""
    maker = Maker(rng=np.random.default_rng(1))
    q, k, v = maker.draw(2, 4, 5, 8), maker.draw(2, 2, 7, 8), maker.draw(2, 2, 7, 3)
    for options in OPTIONS[1:]:
        tensors = {"q": q, "k": k, "v": v, "output": attend(q, k, v, **options)}

        assert audit_dump(tensors).first_wrong is not None, options


def wrong_in(findings: Findings) -> list[str]:
    """Name the tensors that are wrong."""
    return [step.name for step in findings.steps if step.is_wrong]


@pytest.mark.parametrize(
    "name", ["scores", "scaled", "masked", "weights", "heads", "output", "q", "k_proj", "v_norm"]
)
def test_a_wrong_number_is_seen_where_it_is(name: str) -> None:
    """One number of a tensor that is off makes that tensor the first wrong one, at its place."""
    maker = Maker(rng=np.random.default_rng(7), options={"projected": True, "causal": "top-left"})
    maker.keys = maker.queries
    made = maker.make()
    name = {"v_norm": "v"}.get(name, name)
    array = made.tensors[name] = made.tensors[name].copy()
    place = tuple(size - 1 for size in array.shape)
    array[place] += 0.5
    findings = audit_dump(made.tensors, **made.settings)

    assert findings.first_wrong is not None
    assert (findings.first_wrong.name, findings.first_wrong.place) == (name, place)
    assert findings.first_wrong.wrong_cells == 1


def test_one_entry_may_serve_a_batch() -> None:
    """Keys and values of one entry of the batch serve all; so does an output that is alike."""
    maker = Maker(rng=np.random.default_rng(1))
    q, k, v = maker.draw(1, 4, 5, 8), maker.draw(1, 2, 7, 8), maker.draw(1, 2, 7, 3)
    output = attend(q, k, v)
    both = {"q": np.repeat(q, 2, axis=0), "k": k, "v": v}

    assert audit_dump({**both, "output": np.repeat(output, 2, axis=0)}).is_right
    assert audit_dump({**both, "output": output}).is_right

    output = output.copy()
    output[0, 1, 2, 1] += 1
    wrong = audit_dump({**both, "output": output}).first_wrong

    assert wrong is not None
    assert wrong.place == (0, 1, 2, 1)
