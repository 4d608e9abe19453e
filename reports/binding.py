"""Several papers bound into one PDF: a cover, contents with page numbers, every page numbered at its outer corner.

Each paper keeps the page it has alone (its format, its own numbers); the running number of the whole stands above it,
as files are numbered before they go into the archive. Runs in a worker or a command only.
"""

import io
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from accounts.errors import Refused
from reports import pdf, press
from reports.papers import Book, Drawn, Letter, form_pdf, letter_pdf
from reports.sheet import Sheet
from reports.xlsx import Progress

WRITERS: dict[type, Callable[..., list[str]]] = {
    Sheet: pdf.write,
    Book: form_pdf.write,
    Letter: letter_pdf.write,
}
POINTS = 72 / 25.4
A_PAGE = 34  # lines of contents on one page


@dataclass(frozen=True)
class Section:
    """One paper of the whole; `draw` makes it when its turn comes, None or Refused where there is none."""

    title: str
    draw: Callable[[], Drawn | None]


@dataclass
class Bound:
    """Papers ready to be bound.

    facts: heading and value of each line of the cover; without facts there is neither cover nor contents. running: the
    words before the page number at the top of each page. `count` is the number of pages, known once it is bound.
    """

    key: str
    title: str
    sections: Sequence[Section]
    facts: Sequence[tuple[str, str]] = ()
    heading: tuple[str, ...] = ()
    running: str = ""
    mark: str = ""
    count: int = 0


@dataclass
class _Made:
    """What has been made so far: the pages of each paper, one after the other."""

    titles: list[tuple[str, int]] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    pages: int = 0
    absent: set[str] = field(default_factory=set)


def write(bound: Bound, target: Path, *, progress: Progress = lambda rows: None) -> list[str]:
    """Bind the papers; returns the characters no font of ours has. Refused when none of them has a page."""
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".bind-") as folder:
        made = _Made()
        for number, section in enumerate(bound.sections, 1):
            _make(section, Path(folder, f"{number}.pdf"), made)
            progress(number)
        if not made.pages:
            raise Refused("没有可以打印的内容")
        _bind(bound, made, target)
    return sorted(made.absent)


def _make(section: Section, path: Path, made: _Made) -> None:
    from pypdf import PdfReader

    try:
        drawn = section.draw()
    except Refused:
        return
    if drawn is None:
        return
    absent = WRITERS[type(drawn)](drawn, path)
    if not isinstance(drawn, Letter) and not drawn.count:
        return
    made.absent.update(absent)
    made.titles.append((section.title, made.pages + 1))
    made.files.append(path)
    made.pages += len(PdfReader(path).pages)


def _bind(bound: Bound, made: _Made, target: Path) -> None:
    from pypdf import PdfReader, PdfWriter

    with PdfWriter() as joined, press.patient_collector():
        lay_out, before = press.open_press(), 0
        if bound.facts:
            joined.append(io.BytesIO(lay_out(_front(bound, made)).write_pdf()), import_outline=False)
            before = len(joined.pages)
        for path in made.files:
            joined.append(path, import_outline=False)
        pages = joined.pages[before:]
        marks = PdfReader(io.BytesIO(lay_out(_numbers(bound, pages)).write_pdf())).pages
        for page, mark in zip(pages, marks, strict=True):
            page.merge_page(mark)
        for title, first in made.titles:
            joined.add_outline_item(title=title, page_number=before + first - 1)
        bound.count = len(joined.pages)
        joined.add_metadata({"/Title": bound.title, "/Subject": bound.mark})
        joined.compress_identical_objects()
        with target.open("wb") as file:
            joined.write(file)


def _front(bound: Bound, made: _Made) -> str:
    """Cover and contents."""
    heading = "<br>".join(map(escape, bound.heading or (bound.title,)))
    facts = "".join(f"<tr><th>{escape(name)}<td>{escape(value)}" for name, value in bound.facts)
    lines = [
        f"<tr><td class=n>{number}<td>{escape(title)}<td class=p>{first}"
        for number, (title, first) in enumerate(made.titles, 1)
    ]
    head = "<tr><th class=n>序号<th>材料名称<th class=p>页码"
    pages = ("".join(lines[start : start + A_PAGE]) for start in range(0, len(lines), A_PAGE))
    tables = [
        f"<section><h2>卷内目录</h2><table class=contents>{head}{page}</table></section>" for page in pages
    ]
    return f"""<html lang=zh-CN><head><style>
@page {{ size: A4; margin: 25mm 24mm; @bottom-right {{ content: "{press.plain_mark(bound.mark)}";
  font: 7pt 'Noto Serif SC'; color: #555 }} }}
body {{ font: 12pt/1.6 {press.BODY}; margin: 0 }}
h1 {{ font-family: {press.TITLE}; font-size: 26pt; line-height: 1.5; text-align: center; margin: 45mm 0 30mm }}
h2 {{ font-family: {press.TITLE}; font-size: 20pt; text-align: center; margin: 0 0 6mm }}
table {{ border-collapse: collapse; width: 100%; table-layout: fixed }}
.facts {{ width: 130mm; margin: 0 auto; font-size: 14pt }}
.facts th {{ width: 38mm; font-weight: 400; text-align: right; padding: 2mm 3mm; vertical-align: bottom }}
.facts td {{ border-bottom: .75pt solid #000; padding: 2mm }}
section {{ break-before: page }}
.contents th, .contents td {{ border: .75pt solid #000; padding: 1mm 2mm; height: 6.2mm; overflow: hidden }}
.contents th {{ font-family: {press.HEADING}; font-weight: 400 }}
.n, .p {{ width: 16mm; text-align: center }}
</style></head><body><h1>{heading}</h1><table class=facts>{facts}</table>{"".join(tables)}</body></html>"""


def _numbers(bound: Bound, pages: Sequence[Any]) -> str:
    """A transparent page for each page, with its number at the upper right corner."""
    sizes = [
        (round(float(page.mediabox.width) / POINTS), round(float(page.mediabox.height) / POINTS))
        for page in pages
    ]
    rules = "".join(
        f"@page s{w}x{h} {{ size: {w}mm {h}mm; margin: 6mm 12mm 0 }} .s{w}x{h} {{ page: s{w}x{h} }}\n"
        for w, h in sorted(set(sizes))
    )
    words = escape(bound.running)
    parts = [
        f"<p class=s{w}x{h}>{words}　第 {number} 页　共 {len(sizes)} 页"
        for number, (w, h) in enumerate(sizes, 1)
    ]
    style = "p { margin: 0; font: 8pt 'Noto Serif SC'; text-align: right; color: #333; break-after: page }"
    style += " p:last-child { break-after: auto }"
    return f"<html lang=zh-CN><head><style>{rules}{style}</style></head><body>{''.join(parts)}</body></html>"
