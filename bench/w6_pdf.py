"""6: a ledger as a PDF: 50 pages of 28 rows of 8 columns.

Floor: ReportLab's LongTable over the same words with the same font, its header repeated. Ours: `reports.sheet` and
`reports.pdf`, which is what a worker does. Peer: WeasyPrint as it is shipped, one document, its own table, borders
collapsed, the same faces. The memory line compares 200 pages with 20.
"""

import tempfile
from functools import cache
from html import escape
from pathlib import Path

from bench.measure import Workload

PAGES, ROWS = 50, 28
FEW, MANY = 20, 200
WIDTHS = (6, 14, 14, 10, 24, 30, 14, 14)
TITLES = ("序号", "乡镇（街道）", "村（社区）", "领域", "突出问题", "整顿措施", "责任人", "时限")
HEAD = "2026年整顿工作台账"


def rows(pages: int) -> list[tuple[str, ...]]:
    """Words as they stand in such a ledger, all on one line."""
    return [
        (
            str(number),
            "柳溪镇",
            f"石桥村{number}",
            "村",
            f"支部班子不健全{number}",
            f"选派干部任支部书记，按期整改{number}",
            "组织委员",
            "2026年9月30日",
        )
        for number in range(1, pages * ROWS + 1)
    ]


def target() -> Path:
    """A file that is gone with the process."""
    return Path(tempfile.mkdtemp(prefix="bench"), "ledger.pdf")


def font(name: str = "NotoSerifSC-Regular.ttf") -> Path:
    """The face all three use."""
    from django.conf import settings

    return Path(settings.FONT_DIR, name)


def pages_of(path: Path) -> int:
    """How many pages came out."""
    from pypdf import PdfReader

    return len(PdfReader(path).pages)


def _ours(pages: int) -> None:
    from accounts.tables import Column
    from reports import pdf
    from reports.sheet import Row, Sheet

    columns = tuple(
        Column(f"c{n}", title, width=width)
        for n, (title, width) in enumerate(zip(TITLES, WIDTHS, strict=True))
    )
    found = [Row(words, (number,)) for number, words in enumerate(rows(pages))]
    sheet = Sheet(
        "bench", HEAD, columns, found, lambda: None, [("填报单位（盖章）", "青禾县")], ("审核人：",), "A4"
    )
    pdf.write(sheet, target())


def ours() -> None:
    """The ledger as a worker makes it."""
    _ours(PAGES)


def few() -> None:
    """A tenth of the pages."""
    _ours(FEW)


def many() -> None:
    """Many pages."""
    _ours(MANY)


@cache
def _face() -> str:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    pdfmetrics.registerFont(TTFont("song", str(font())))
    return "song"


def floor() -> None:
    """One table, long."""
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.lib.units import mm
    from reportlab.platypus import LongTable, SimpleDocTemplate

    width = (297 - 24) * mm
    face = _face()
    table = LongTable(
        [TITLES, *rows(PAGES)],
        colWidths=[width * one / sum(WIDTHS) for one in WIDTHS],
        repeatRows=1,
        style=[("FONT", (0, 0), (-1, -1), face, 9.5), ("GRID", (0, 0), (-1, -1), 0.75, "black")],
    )
    made = target()
    page = landscape(A4)
    SimpleDocTemplate(str(made), pagesize=page, leftMargin=12 * mm, rightMargin=12 * mm).build([table])


def peer() -> None:
    """A plain page with a table, pressed in one go."""
    from weasyprint import HTML

    cells = "".join(f"<tr>{''.join(f'<td>{escape(word)}</td>' for word in row)}</tr>" for row in rows(PAGES))
    head = "".join(f"<th>{title}</th>" for title in TITLES)
    style = (
        f"@font-face {{ font-family: song; src: url('{font().as_uri()}') }}"
        "@page { size: A4 landscape; margin: 12mm; @bottom-center { content: counter(page) } }"
        "body { font: 9.5pt song } table { width: 100%; border-collapse: collapse } tr { break-inside: avoid }"
        "th, td { border: .75pt solid #000; padding: .6mm .8mm }"
    )
    page = f"<style>{style}</style><h1>{HEAD}</h1><table><thead><tr>{head}</tr></thead>{cells}</table>"
    HTML(string=page).write_pdf(target())


def warm() -> None:
    """What a worker has imported long before it is asked for a ledger."""
    import pypdf  # noqa: F401
    import weasyprint  # noqa: F401

    from reports import pdf, press  # noqa: F401

    press.absent("")


WORKLOADS = [
    Workload("ledger-pdf", floor, ours, goal=12, peer=peer, peer_goal=0.6, fresh_process=True, warm=warm),
    Workload("ledger-pdf-memory", few, many, goal=1.2, fresh_process=True, warm=warm, memory=True),
]
