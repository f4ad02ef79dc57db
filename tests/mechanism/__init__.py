"""Tests of operations, plans, recipes and traces."""
