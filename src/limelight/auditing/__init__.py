"""Audit attention as code works it: which step of a dump is wrong first, and why."""
