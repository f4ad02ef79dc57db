"""How the cells of a workbook look: names of styles and their properties in XlsxWriter's words.

Black on white: what is given, what is to be filled in and what is a copy differ by their frames,
so that a printed sheet tells them apart as well.
"""

from __future__ import annotations

from typing import Any

FONT = "Arial"
"""A typeface that every spreadsheet has, or one of the same widths."""

_GREY, _LIGHT, _TINT = "#595959", "#a6a6a6", "#fff2cc"

_SMALL = {"font_size": 9, "font_color": _GREY}
_WORDS = {"align": "left", "valign": "top"}
_NUMBER = {"align": "center", "valign": "vcenter"}
_SHRINK, _WRAP = {"shrink": True}, {"text_wrap": True}
_FRAME = {"border": 1, "border_color": _LIGHT}
_DARK = {"border": 1}
_COPY = {"border": 4, "border_color": _LIGHT, "font_color": _GREY}

STYLES: dict[str, dict[str, Any]] = {
    "title": _WORDS | {"font_size": 16, "bold": True},
    "about": _WORDS,
    "how": _WORDS | {"bold": True},
    "fact": _WORDS | _SMALL,
    "note": _WORDS | _SMALL,
    "part": _WORDS | {"font_size": 13, "bold": True},
    "stage": _WORDS | {"font_size": 11},
    "caption": _SMALL | {"align": "left", "valign": "bottom"},
    "equation": _WORDS | {"font_size": 9},
    "prompt": {"align": "left", "valign": "bottom"},
    "answer": {"bottom": 1, "locked": False, "num_format": "@"},
    "name": {"bold": True, "align": "right", "valign": "bottom", "indent": 1},
    "row label": _SMALL | {"align": "right", "valign": "vcenter", "indent": 1, "shrink": True},
    "column label": _SMALL | {"align": "center", "valign": "bottom", "shrink": True},
    # Printed: the type of a long number is made smaller.
    "given": _NUMBER | _FRAME | _SHRINK,
    "worked": _NUMBER | _DARK | _SHRINK,
    "copy": _NUMBER | _COPY | _SHRINK,
    # A number of two lines is the exact one and, smaller, the decimal.
    "given, two lines": _NUMBER | _FRAME | _WRAP,
    "worked, two lines": _NUMBER | _DARK | _WRAP,
    "copy, two lines": _NUMBER | _COPY | _WRAP,
    "blank": _NUMBER | _DARK | _SHRINK | {"locked": False, "num_format": "@"},
    # Live: a spreadsheet shows as many digits as there is room for.
    "input": _NUMBER | _DARK | {"locked": False, "bg_color": _TINT},
    "live": _NUMBER | _DARK,
    "live copy": _NUMBER | _COPY,
    "strong": {"bold": True},
    "plain": {"font_color": _GREY, "font_size": 9},
    "decimal": {"font_size": 7, "font_color": _GREY},
}
"""By name: of words, of labels, of cells, and of pieces within a cell."""
