"""Class sets: whole at any moment, resumable, and never over somebody else's files."""
