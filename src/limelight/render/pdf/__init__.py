"""PDF: worksheets as pages to print, set by Typst."""

from limelight.render.pdf.compiler import MOST_SHEETS, Pdf, volumes

__all__ = ["MOST_SHEETS", "Pdf", "volumes"]
