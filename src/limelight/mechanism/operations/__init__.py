"""The operations: each written once, over a small arithmetic, and able to say one cell."""
