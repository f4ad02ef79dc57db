"""Tests of auditing functions."""
