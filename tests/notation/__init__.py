"""Tests of numbers and of how formulas are written."""
