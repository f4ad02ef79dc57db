"""How attention functions are called: one file for each signature that is known."""
