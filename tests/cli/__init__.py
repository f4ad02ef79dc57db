"""The command line, mostly as a process of its own, as people use it."""
