"""Exercises: what is given, where it comes from, and how it is kept in a file."""
