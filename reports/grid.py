"""The lines of a printed table, drawn for a whole page at once.

WeasyPrint draws the border of each cell by itself: four sides, each with its own colour and style to look up. A
ledger's lines are all alike, so its cells have no border and this draws them as one path below the text, from where the
cells came to lie; merged cells are one cell and get one frame.
"""

from typing import Any

THICK = 0.75  # points
PIXEL = 0.75  # points: WeasyPrint lays out in CSS pixels


def paths(page: Any) -> bytes:
    """The lines of every table cell on a laid-out page, as the content of a PDF page."""
    from weasyprint.formatting_structure.boxes import TableCellBox

    # The boxes of a page have no public name; tests/reports/test_pdf.py tells when an upgrade moves them
    cells = (box for box in page._page_box.descendants() if isinstance(box, TableCellBox))
    frames = (
        f"{box.position_x * PIXEL:.2f} {(page.height - box.position_y) * PIXEL:.2f}"
        f" {box.border_width() * PIXEL:.2f} {-box.border_height() * PIXEL:.2f} re"
        for box in cells
    )
    return f"q {THICK} w {' '.join(frames)} S Q\n".encode()


def draw(written: Any, pages: list[Any]) -> None:
    """Lay the lines of `pages` under the last pages of a `PdfWriter`, which are the same."""
    from pypdf.generic import ArrayObject, NameObject, StreamObject

    for page, laid_out in zip(written.pages[-len(pages) :], pages, strict=True):
        lines = StreamObject()
        lines.set_data(paths(laid_out))
        below = written._add_object(lines.flate_encode())
        page[NameObject("/Contents")] = ArrayObject([below, page.raw_get("/Contents")])
