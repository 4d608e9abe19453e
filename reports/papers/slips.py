"""测评码纸条: ten slips on an A4 page with lines to cut along, pressed in memory and never written to a disk.

The one PDF made while its reader waits: handed to a worker, the plain codes would have to be kept somewhere. So the
words, the same on every slip, are laid out once (`blank`), before any code is made; the codes are then stamped upon
them in milliseconds, so that nobody who answers meanwhile waits for a page.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import segno

from rectification.acceptance.ballots.rules import readable
from reports import press

PER_PAGE = 10
MM = 72 / 25.4
WIDTH, HEIGHT = 99, 56
"""Of a slip in millimetres, two beside each other."""
LEFT, TOP = 6, 8
QR, QR_AT, CODE_AT = 35, (3, 3), (41, 20)
"""Side of the QR code; where it and the foot of the code's letters stand in a slip, in millimetres."""


@dataclass(frozen=True)
class Slips:
    """What stands on every slip: whose poll, where it is answered, until when in words."""

    village: str
    group: str
    address: str
    until: str


def blank(slips: Slips, number: int) -> bytes:
    """The pages without codes: one full page, then one for what is left over; raises NoPango."""
    left = number % PER_PAGE or PER_PAGE
    body = "".join(f"<section>{_places(slips, many)}</section>" for many in (PER_PAGE, left))
    page = f"<html lang='zh-CN'><head><style>{STYLE}</style></head><body>{body}</body></html>"
    target = io.BytesIO()
    press.open_press()(page).write_pdf(target)
    return target.getvalue()


def _places(slips: Slips, many: int) -> str:
    return "".join(
        f"<div class=slip style='left:{x}mm;top:{y}mm'>{_words(slips)}</div>"
        for x, y in map(_corner, range(many))
    )


def _corner(place: int) -> tuple[float, float]:
    """Where a slip of a page begins, from the page's upper left corner, in millimetres."""
    return LEFT + WIDTH * (place % 2), TOP + HEIGHT * (place // 2)


def _words(slips: Slips) -> str:
    plain_address = slips.address.removeprefix("https://").removeprefix("http://")
    return (
        f"<h1>{escape(slips.village)}<br>{escape(slips.group)}满意度测评</h1>"
        f"<p>{escape(slips.until)}前有效</p>"
        f"<ol><li>手机扫码；不能扫的，打开 <b>{escape(plain_address)}</b> 输入上面的测评码。"
        "<li>每项选一个，不想选的可以空着。"
        "<li>点“交卷”，看到“已收到”即可。</ol>"
        "<footer>不记名，不登记谁拿哪张；每张只能用一次，用后请撕毁。</footer>"
    )


def stamp(pages: bytes, slips: Slips, codes: Sequence[str]) -> bytes:
    """The blank pages with a code on each slip, as a QR code and in letters."""
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import ArrayObject, DictionaryObject, NameObject

    full, rest = PdfReader(io.BytesIO(pages)).pages
    writer = PdfWriter()
    face = DictionaryObject(
        {
            NameObject(key): NameObject(value)
            for key, value in (("/Type", "/Font"), ("/Subtype", "/Type1"), ("/BaseFont", "/Courier-Bold"))
        }
    )
    letters = writer._add_object(face)
    for start in range(0, len(codes), PER_PAGE):
        these = codes[start : start + PER_PAGE]
        page = writer.add_page(full if start + PER_PAGE < len(codes) else rest)
        page["/Resources"]["/Font"].get_object()[NameObject("/Code")] = letters
        words = page.raw_get("/Contents")
        marks = "\n".join(_mark(slips, place, code) for place, code in enumerate(these))
        before, after = _stream(writer, "q"), _stream(writer, f"Q\n{marks}")
        page[NameObject("/Contents")] = ArrayObject([before, words, after])
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def _stream(writer: Any, words: str) -> Any:
    from pypdf.generic import DecodedStreamObject

    stream = DecodedStreamObject()
    stream.set_data(words.encode("ascii"))
    return writer._add_object(stream.flate_encode())


def _mark(slips: Slips, place: int, code: str) -> str:
    """A slip's QR code and letters, as the page's drawing language has them: points from the lower left corner."""
    x, y = _corner(place)
    # The code stands behind the #: no browser sends that part, so that it reaches no log
    matrix = segno.make(f"{slips.address}#{code}", error="m", micro=False).matrix
    side = QR * MM / len(matrix)
    left, top = (x + QR_AT[0]) * MM, (297 - y - QR_AT[1]) * MM
    boxes = [
        f"{left + start * side:.2f} {top - (row + 1) * side:.2f} {length * side:.2f} {side:.2f} re"
        for row, line in enumerate(matrix)
        for start, length in _runs(line)
    ]
    at = f"{(x + CODE_AT[0]) * MM:.2f} {(297 - y - CODE_AT[1]) * MM:.2f}"
    return f"0 g\n{' '.join(boxes)} f\nBT /Code 16 Tf {at} Td ({readable(code)}) Tj ET"


def _runs(line: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Dark modules beside each other: where they begin and how many."""
    start = None
    for place, dark in enumerate([*line, 0]):
        if dark and start is None:
            start = place
        elif not dark and start is not None:
            yield start, place - start
            start = None


STYLE = f"""
@page {{ size: A4 portrait; margin: 0 }}
body {{ margin: 0; font: 8.5pt/1.45 'Noto Sans SC' }}
section {{ position: relative; width: 210mm; height: 296.9mm; break-after: page }}
section:last-child {{ break-after: auto }}
.slip {{ position: absolute; width: {WIDTH}mm; height: {HEIGHT}mm; box-sizing: border-box; border: .5pt dashed #666;
  padding: 2.5mm 2mm 0 {CODE_AT[0]}mm }}
footer {{ position: absolute; left: 3mm; bottom: 2.5mm; font-size: 9pt }}
h1 {{ margin: 0; font-size: 11pt; line-height: 1.3; height: 11mm; overflow: hidden }}
p {{ margin: 8.5mm 0 1mm }}
ol {{ margin: 0; padding-left: 4mm }} b {{ overflow-wrap: anywhere }}
"""
