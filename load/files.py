"""What people bring along: rosters of their township with something changed, a scanned PDF, a photo of 5 MB."""

import io

FIVE_MB = 5_000_000
HEADER_ROW, COLUMN = 3, "党员数"


def workbook(unit) -> bytes:
    """A township's roster as the page gives it out, with another number of members in every row (20 at most)."""
    from django.utils import timezone
    from openpyxl import load_workbook

    from organizations.roster_book import roster_units, write_roster

    units = list(roster_units(unit)[:20])
    book = load_workbook(io.BytesIO(write_roster(unit, units, timezone.localdate())))
    page = book.active
    column = next(cell.column for cell in page[HEADER_ROW] if cell.value == COLUMN)
    for row in range(len(units)):
        page.cell(HEADER_ROW + 1 + row, column, 30 + row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def paper() -> bytes:
    """A scan as PDF, 5 MB."""
    filler = b"0" * (FIVE_MB - 200)
    head = f"%PDF-1.4\n1 0 obj <</Length {len(filler)}>> stream\n".encode()
    return head + filler + b"\nendstream endobj\ntrailer <<>>\n%%EOF\n"


def photo() -> bytes:
    """A picture of a telephone's camera: 12 million pixels, near 5 MB."""
    from PIL import Image

    grain = 8
    while True:
        picture = Image.effect_noise((4000, 3000), grain).convert("RGB")
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=88)
        if out.tell() >= FIVE_MB * 0.9 or grain > 60:
            return out.getvalue()
        grain += 4
