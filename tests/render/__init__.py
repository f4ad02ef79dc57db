"""Renderers: sheets as text, Markdown and HTML, and what may not come through them."""
