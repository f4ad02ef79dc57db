"""Tests of exercises and of the files that hold them."""
