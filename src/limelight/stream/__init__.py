"""Attention for arrays of any size: the mergeable state, and what is seen through it."""
