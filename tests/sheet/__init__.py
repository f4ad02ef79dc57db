"""Sheets: what is laid out, before anything draws it."""
