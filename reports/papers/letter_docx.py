"""A document as a Word file on the page of GB/T 9704—2012, the same page as `letter_pdf` presses.

A4, 156 × 225 mm of text, 22 lines of 28 characters of 16 pt. The looks are named styles (`letter_styles`), so that an
office changes one style and not every paragraph; the words are text, in the order they are read.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from docx import Document as new_document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Twips

from accounts.tables import show
from reports import press
from reports.papers import letter_styles as styles
from reports.papers.letter import Letter, Paragraph, Spanned, heading_lines, spans
from reports.sheet import Sheet
from reports.xlsx import Progress

CHARACTER = 320  # twips of a 16 pt character


def write(letter: Letter, target: Path, *, progress: Progress = lambda rows: None) -> list[str]:
    """Write the Word file. Nothing is missing from it: Word takes a character no named font has from another one."""
    rows = list(spans(letter.attachment)) if letter.attachment else []
    document = new_document()
    styles.prepare(document, short=letter.short)
    _properties(document, letter)
    paper = _Paper(document)
    _head(paper, letter)
    for number, one in enumerate(letter.paragraphs, 1):
        ends = number == len(letter.paragraphs)
        last = _paragraph(paper, one, keep=ends and bool(letter.signer))
        if ends and letter.distribution:
            last.paragraph_format.keep_with_next = True
    _foot(paper, letter)
    if letter.attachment:
        _attachment(paper, letter.attachment, rows)
    progress(letter.count)
    document.save(str(target))
    return []


class _Paper:
    """The body that is being written."""

    def __init__(self, document: Any) -> None:
        self.document = document

    def say(self, words: str, style: str) -> Any:
        """A paragraph of one style."""
        paragraph = self.document.add_paragraph(style=style)
        say(paragraph, words)
        return paragraph


def say(paragraph: Any, words: str, style: str | None = None) -> Any:
    """A run of words; what no page can show is left out."""
    return paragraph.add_run(press.UNPRINTABLE.sub("", words), style=style)


def _properties(document: Any, letter: Letter) -> None:
    """Title and unit; who pressed the button stays in the trail of the site, not in a file that is passed on."""
    core = document.core_properties
    title, author = (press.UNPRINTABLE.sub("", words)[:255] for words in (letter.title, _unit_of(letter)))
    core.title, core.author = title, author
    core.last_modified_by = core.comments = core.keywords = core.subject = ""
    core.language = "zh-CN"
    core.revision = 1
    core.created = core.modified = datetime.now(UTC).replace(tzinfo=None)
    package = document.part.package
    for key, part in list(package.rels.items()):
        if part.reltype.endswith("/thumbnail"):
            del package.rels[key]


def _unit_of(letter: Letter) -> str:
    return letter.signer or letter.organ or (letter.masthead.compiler if letter.masthead else "")


def _head(paper: _Paper, letter: Letter) -> None:
    """What stands above the words: the red head or the masthead, the title, to whom, 编者按."""
    if letter.organ:
        paper.say(letter.organ, styles.ORGAN)
        paper.say(letter.number, styles.NUMBER)
    if head := letter.masthead:
        paper.say(head.name, styles.MASTHEAD)
        paper.say(head.issue, styles.ISSUE)
        if head.about:
            paper.say(f"【{head.about}】", styles.ABOUT)
        paper.say(f"{head.compiler}\t{letter.dated}", styles.IMPRINT)
    for number, line in enumerate(letter.heading):
        title = paper.say(line, styles.TITLE)
        first, last = number == 0, number == len(letter.heading) - 1
        # Nothing stands above the title of a document without a red head; its lines belong together
        if not first or not letter.organ:
            title.paragraph_format.space_before = Twips(0)
        if not last:
            title.paragraph_format.space_after = Twips(0)
    if letter.to:
        paper.say(letter.to, styles.TO)
    for number, line in enumerate(letter.note):
        paragraph = paper.document.add_paragraph(style=styles.NOTE)
        if number == 0:
            say(paragraph, "编者按：", styles.NOTE_LABEL)
        say(paragraph, line)


def _paragraph(paper: _Paper, one: Paragraph, *, keep: bool) -> Any:
    pieces = one.pieces
    paragraph = paper.document.add_paragraph(style=styles.LEVELS[one.level])
    for words, level in pieces:
        say(paragraph, words, styles.LEAD if level != one.level else None)
    if keep:
        paragraph.paragraph_format.keep_with_next = paragraph.paragraph_format.keep_together = True
    return paragraph


def _foot(paper: _Paper, letter: Letter) -> None:
    """附件, signature and date, what is torn off, 送、发."""
    if letter.attachment:
        paper.say(f"附件：{letter.attachment.title}", styles.ANNEX)
    if letter.signer:
        left = max(0, styles.WIDTH - (letter.sign_width + 2) * CHARACTER)
        for words, style in ((letter.signer, styles.SIGNER), (letter.dated, styles.DATED)):
            line = paper.say(words, style)
            line.paragraph_format.left_indent = Twips(left)
    if letter.slip:
        paper.say(letter.slip_title, styles.SLIP)
        _slip(paper, letter)
    if letter.distribution:
        _distribution(paper, letter)


def _slip(paper: _Paper, letter: Letter) -> None:
    """The part that is signed, torn off and sent back."""
    label = round(styles.WIDTH * 0.28)
    table = _grid(paper, [label, styles.WIDTH - label])
    for number, (name, value) in enumerate(letter.slip, 1):
        cells = _row(table)
        _fill(cells[0], name, styles.CELL_HEAD)
        _fill(cells[1], value, styles.CELL_TEXT)
        if number < len(letter.slip):  # it is torn off in one piece
            _keep(cells)


def _distribution(paper: _Paper, letter: Letter) -> None:
    """送、发, between two lines at the end."""
    last = len(letter.distribution) - 1
    for number, (label, who) in enumerate(letter.distribution):
        line = paper.say(f"{label}：\t{who}", styles.DISTRIBUTION)
        if number == 0:
            line.paragraph_format.space_before = Twips(styles.LINE)
        line.paragraph_format.keep_with_next = number < last or bool(letter.copies)
    if letter.copies:
        paper.say(f"（{letter.copies}）", styles.COPIES)


def _attachment(paper: _Paper, sheet: Sheet, rows: list[Spanned]) -> None:
    """The list at the end, on a new page; page numbers go on."""
    paper.say("附件", styles.ANNEX_MARK).paragraph_format.page_break_before = True
    lines = heading_lines(sheet.title)
    for number, line in enumerate(lines):
        title = paper.say(line, styles.TITLE)
        title.paragraph_format.space_before = Twips(0)
        if number < len(lines) - 1:
            title.paragraph_format.space_after = Twips(0)
    total = sum(column.width for column in sheet.columns)
    table = _grid(paper, [round(styles.WIDTH * column.width / total) for column in sheet.columns])
    head = _row(table, repeat=True)
    for cell, column in zip(head, sheet.columns, strict=True):
        _fill(cell, column.title, styles.CELL_HEAD)
    _rows(table, rows, len(sheet.columns))
    # Word wants a paragraph after a table; this one takes no room
    paper.say("", styles.END)


def _rows(table: Any, rows: list[Spanned], width: int) -> None:
    """The body: what a merged cell covers goes on in the row below; rows that share one stay on a page."""
    open_cells = [0] * width
    for row in rows:
        cells, values = _row(table), iter(row)
        for place, cell in enumerate(cells):
            if open_cells[place]:
                open_cells[place] -= 1
                _merged(cell, "continue")
                _fill(cell, "", styles.CELL)
                continue
            value, down, kind = next(values)
            _fill(cell, show(value, kind), styles.CELL)
            if down > 1:
                _merged(cell, "restart")
                open_cells[place] = down - 1
        if any(open_cells):
            _keep(cells)


def _keep(cells: Any) -> None:
    for cell in cells:
        cell.paragraphs[0].paragraph_format.keep_with_next = True


def _grid(paper: _Paper, widths: list[int]) -> Any:
    """A table of fixed columns with lines all around, without rows yet."""
    table = paper.document.add_table(rows=0, cols=len(widths), style=styles.GRID)
    table.autofit, table.alignment = False, WD_TABLE_ALIGNMENT.CENTER
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Twips(width)
    return table


def _row(table: Any, *, repeat: bool = False) -> Any:
    """A row that no page break cuts; a header is said again on every page."""
    row = table.add_row()
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if repeat:
        properties.append(OxmlElement("w:tblHeader"))
    return row.cells


def _fill(cell: Any, words: str, style: str) -> None:
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    paragraph = cell.paragraphs[0]
    paragraph.style = style
    say(paragraph, words)


def _merged(cell: Any, how: str) -> None:
    merge = OxmlElement("w:vMerge")
    merge.set(qn("w:val"), how)
    properties = cell._tc.get_or_add_tcPr()
    # Before the lines and the alignment, where the schema has it
    properties.insert_element_before(merge, "w:tcBorders", "w:shd", "w:noWrap", "w:tcMar", "w:vAlign")
