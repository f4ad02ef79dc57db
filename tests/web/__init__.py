"""The page: what it carries, and what it does in a real browser."""
