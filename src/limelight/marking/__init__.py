"""Mark a sheet: which step is the first wrong one, and what probably happened."""
