"""Workbooks: a worksheet to fill in, its key, and one whose every cell is a formula."""
