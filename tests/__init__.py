"""The tests of Limelight: every docstring of a test states its claim."""
