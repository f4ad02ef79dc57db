"""A sheet: what is to be shown of a trace, without a word on how it is drawn."""
