"""What self-attention is: named matrix operations, plans of them, recipes, traces.

Exact where the numbers allow it; needs no NumPy.
"""
