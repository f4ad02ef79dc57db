"""Pages opened in a real browser, and what stands on them."""

from __future__ import annotations

import base64
import json
from contextlib import contextmanager
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from limelight.exercises.document import exercise_document, parse_exercise
from limelight.exercises.exercise import work
from limelight.exercises.gallery import gallery
from limelight.notation.plain import Plain
from limelight.web.page import page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Locator, Page

    from limelight.exercises.exercise import Exercise
    from limelight.mechanism.matrix import Cell
    from limelight.mechanism.trace import Trace

_BEEN_HERE = "localStorage.setItem('limelight-visited', 'yes')"
_FIRST_TIME = "localStorage.clear()"


class Opened(NamedTuple):
    """A page of an exercise.

    Attributes:
        window: The browser's page.
        complaints: What the browser complained of, and whatever it asked the network for.
    """

    window: Page
    complaints: list[str]

    def cell(self, name: str, row: int, column: int) -> Locator:
        """Return a cell, counted from 0 as it is shown, where its matrix is worked."""
        return self.boxes(name).last.locator(f'td[data-at="{row},{column}"]')

    def point(self, name: str, row: int, column: int) -> None:
        """Point at a cell; the mouse comes from elsewhere, even where the page has to scroll."""
        self.window.mouse.move(0, 0)
        self.cell(name, row, column).hover()

    def boxes(self, name: str) -> Locator:
        """Return a matrix, each time that it stands on the sheet."""
        return self.window.locator(f'.box[data-name="{name}"]')

    def numbers(self, name: str) -> list[list[str]]:
        """Return what stands in the cells of a matrix."""
        rows: list[list[str]] = (
            self.boxes(name)
            .last.locator("tbody tr")
            .evaluate_all(
                """rows => rows.map(row => [...row.querySelectorAll("td")].map(
                td => (td.firstChild?.nodeValue ?? "").replaceAll("\\u2212", "-")))"""
            )
        )
        return rows

    def press(self, name: str) -> None:
        """Press a button."""
        self.window.get_by_role("button", name=name, exact=True).click()

    def choose(self, label: str, value: str) -> None:
        """Choose an entry of a list."""
        self.window.get_by_role("combobox", name=label).select_option(value)

    def exercise(self) -> Exercise:
        """Return the exercise that the address holds."""
        return exercise_in(self.window.evaluate("location.hash"))

    def marked(self, kind: str) -> set[tuple[str, int, int]]:
        """Return the cells that are marked so: their matrix, row and column as shown."""
        found: list[list[Any]] = self.window.evaluate(
            """kind => [...document.querySelectorAll(`td.${kind}`)].map(td =>
            [td.closest(".box").dataset.name, ...td.dataset.at.split(",").map(Number)])""",
            kind,
        )
        return {(name, row, column) for name, row, column in found}


@contextmanager
def opened(
    browser: BrowserContext,
    folder: Path,
    exercise: Exercise | None = None,
    *,
    fragment: str = "",
    width: int = 1280,
    is_first: bool = False,
) -> Iterator[Opened]:
    """Open the page of an exercise from a file, as somebody who has been here before or not."""
    file = folder / "page.html"
    file.write_text(page(exercise or gallery()), encoding="utf-8")
    window = browser.new_page()
    complaints: list[str] = []
    window.on("console", lambda message: complaints.append(message.text))
    window.on("pageerror", lambda error: complaints.append(str(error)))
    window.on(
        "request",
        lambda request: None if file.name in request.url else complaints.append(request.url),
    )
    window.add_init_script(_FIRST_TIME if is_first else _BEEN_HERE)
    window.set_viewport_size({"width": width, "height": 900})
    window.emulate_media(reduced_motion="reduce")  # nothing is still on its way when it is clicked
    window.goto(f"file://{file}{fragment}")
    try:
        yield Opened(window, complaints)
    finally:
        window.close()


def fragment_of(exercise: Exercise) -> str:
    """Return the fragment of an address that holds an exercise."""
    return fragment_with(exercise_document(exercise))


def fragment_with(document: object) -> str:
    """Return the fragment of an address that holds anything at all."""
    packed = base64.urlsafe_b64encode(json.dumps(document).encode())
    return f"#exercise={packed.decode().rstrip('=')}"


def exercise_in(fragment: str) -> Exercise:
    """Return the exercise that a fragment holds."""
    packed = fragment.removeprefix("#exercise=")
    document = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode()
    return parse_exercise(document, "the link")


def shown(trace: Trace, name: str) -> list[list[str]]:
    """Return what a page is to show of a matrix, tokens as columns."""
    write = Plain(fractions=trace.recipe.digits is None).number
    return [[write(number) for number in row] for row in trace[name].rows]


def wrong_on(window: Opened, exercise: Exercise) -> list[str]:
    """Return the matrices whose numbers are not what Python works."""
    trace = work(exercise)
    return [name for name in trace if window.numbers(name) != shown(trace, name)]


def place(name: str, cell: Cell) -> tuple[str, int, int]:
    """Return a cell as `Opened.marked` does."""
    return (name, cell.row, cell.column)


def is_close(found: str, right: str) -> bool:
    """Tell whether a number is right: exactly where it is exact, within 1e-12 elsewhere."""
    if not any(letter in right for letter in ".en"):
        return found == right
    if right == "-inf":
        return found == right
    one, other = Fraction(found), Fraction(right)
    return abs(one - other) <= Fraction(1, 10**12) * max(Fraction(1), abs(other))
