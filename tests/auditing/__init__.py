"""Tests of auditing dumps of code."""
