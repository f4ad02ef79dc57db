"""The page: an exercise to point at, to change and to step through, in one file."""
