"""Check what somebody worked: which step is the first wrong one, and what probably happened."""
