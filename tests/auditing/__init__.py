"""Tests of auditing arrays."""
