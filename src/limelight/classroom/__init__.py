"""Class sets: many worksheets of one form, their key, and a manifest, in a folder."""
