"""Try somebody's own attention function on awkward configurations, and say what it does."""
