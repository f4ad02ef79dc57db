"""Formulas as data, and the numbers in them; how to write both down.

The mechanism says what a step does as a small expression tree, once. A *writer* turns the
tree into plain text or LaTeX; a new output language is one more writer.
"""
