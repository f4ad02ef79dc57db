"""Every mistake of those who write code is named, when it is made on purpose in plain NumPy.

docs/naming.md has how often; it is renewed with LIMELIGHT_RENEW_GOLDEN=1 pytest
tests/auditing/test_named.py. Mistakes that only a type of numbers makes are in test_types.py.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from limelight.catalogue.catalogue import ENGINEERS, OF_ARRAYS
from tests.auditing.bugs import BUGS, LEARNERS_BUGS, Bug
from tests.auditing.naming import WAYS, Named, bugs_of, named, row_of
from tests.kept import RENEWING

PAGE = Path(__file__).parents[2] / "docs" / "naming.md"
MADE = tuple(dict.fromkeys(bug.mistake for bug in BUGS))
BY_TYPE = {"E17", "E18", "E19", "E44"}
"""Entries that arithmetic in one type with finite numbers does not make."""

TIES = {
    ("E2", "E3"): "as many features of a token as d_k times d_k",
    ("E4", "E6"): "as many heads as features of a head",
}
"""Which entries tie in these cases, and where: docs/naming.md says so."""


LOOKING_ALIKE = ({"L18", "L22"}, {"L19", "L20"})
"""By the output alone: weights of 1 and added values; values made with W_K and mixed keys."""


def kept(mistake: str) -> str:
    """Return what the page has of an entry."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    return next((line for line in lines if line.startswith(f"| {mistake} ")), "")


def renew(mistake: str, row: str) -> None:
    """Write a line of the page."""
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(text.replace(kept(mistake), row), encoding="utf-8")


def missed(results: list[Named]) -> list[tuple[str, str, str]]:
    """List what was not named and is no known gap."""
    return [
        (each.bug.name, each.way, each.where)
        for each in results
        if each.outcome == "missed" and not (each.bug.unseen and "alone" in each.way)
    ]


@pytest.mark.parametrize("mistake", MADE)
def test_a_mistake_is_named(mistake: str) -> None:
    """In three cases and more, by every step or the output alone; the page has how often."""
    results = [each for bug in bugs_of(mistake) for each in named(bug)]
    ties = {tuple(sorted(each.causes)) for each in results if each.outcome == "in a tie"}
    row = row_of(mistake, ENGINEERS[mistake].name, results)
    if RENEWING:
        renew(mistake, row)

    assert missed(results) == []
    assert ties <= TIES.keys()
    assert row == kept(mistake)
    for bug in bugs_of(mistake):
        told = {said for each in results if each.bug == bug for said in each.said}
        alone = [each for each in results if each.bug == bug and each.way == WAYS[0]]

        assert (mistake, bug.says) in told
        assert [each.outcome for each in alone] == ["alone"] * 3


@pytest.mark.parametrize("bug", LEARNERS_BUGS, ids=lambda bug: bug.name)
def test_a_learners_mistake_is_named_in_code(bug: Bug) -> None:
    """Those that code makes too are named by their own id, alone by every step."""
    results = list(named(bug))

    assert missed(results) == []
    assert {each.causes for each in results if each.way == WAYS[0]} == {(bug.mistake,)}
    assert all(set(each.causes) in LOOKING_ALIKE for each in results if len(each.causes) > 1)
    assert {bug.mistake for bug in LEARNERS_BUGS} == OF_ARRAYS.keys() - ENGINEERS.keys()


def test_every_rewriting_is_made_by_hand() -> None:
    """No way of making a mistake is named that nobody made: other sentinels are made alike."""
    made = {(bug.mistake, bug.says) for bug in BUGS}
    known = {
        (entry.id, rewrite.says) for entry in ENGINEERS.values() for rewrite in entry.rewrites
    }

    assert {entry for entry, _ in known - made} <= {"E16"}
    assert {says for _, says in known - made if not re.match(r"-\d+ (for|added)", says)} == set()


def test_every_entry_is_made() -> None:
    """Here or by a type."""
    assert set(MADE) | BY_TYPE == ENGINEERS.keys()
    assert not set(MADE) & BY_TYPE


def test_the_page_adds_up() -> None:
    """Its last line is the sum of the others."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    rows = [line.split(" | ")[1:5] for line in lines if re.match(r"\| E\d+ ", line)]
    sums = [
        ", ".join(
            f"{sum(int(row[way].split(', ')[outcome]) for row in rows):,}" for outcome in range(4)
        )
        for way in range(4)
    ]
    last = f"| all | {' | '.join(sums)} | |"
    (kept_last,) = [line for line in lines if line.startswith("| all |")]
    if RENEWING:
        text = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(text.replace(kept_last, last), encoding="utf-8")
        kept_last = last

    assert kept_last == last
