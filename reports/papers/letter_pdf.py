"""A document as a PDF on the page of GB/T 9704—2012: A4, 156 × 225 mm of text, 22 lines of 28 characters."""

from html import escape
from pathlib import Path

from accounts.tables import show
from reports import press
from reports.papers.letter import ARTICLE, Letter, Paragraph, Spanned, heading_lines, spans
from reports.sheet import Sheet
from reports.xlsx import Progress

LINE = 225 / 22  # millimetres
INDENT = "　　"
KAI = "楷体, 'Noto Serif SC'"
LEVELS = {0: press.BODY, 1: press.HEADING, 2: KAI, ARTICLE: press.TITLE}


def write(letter: Letter, target: Path, *, progress: Progress = lambda rows: None) -> list[str]:
    """Write the PDF; returns the characters no font of ours has, each by its name."""
    rows = list(spans(letter.attachment)) if letter.attachment else []
    progress(letter.count)
    with press.patient_collector():
        press.open_press()(_html(letter, rows)).write_pdf(target)
    cells = (show(value) for row in rows for value, _, _ in row)
    return press.named(press.absent([*letter.texts(), *cells]))


def _html(letter: Letter, rows: list[Spanned]) -> str:
    parts = [
        f"<html lang='zh-CN'><head><title>{escape(letter.title)}</title>",
        # A paper that hangs on a wall does not say whose copy it is; the file does
        f"<meta name=description content='{escape(letter.mark)}'><style>{_style()}</style>",
        f"</head><body{' class=short' if letter.short else ''}>",
        _head(letter),
    ]
    for number, one in enumerate(letter.paragraphs, 1):
        # Neither the signature nor 送、发 ever stands on a page without words of the document
        ends = number == len(letter.paragraphs)
        last = " last" if ends and letter.signer else " near" if ends and letter.distribution else ""
        parts.append(f"<p class='level{one.level}{last}'>{_words(one)}</p>")
    sheet = letter.attachment
    if sheet:
        parts.append(f"<p class=annex>{INDENT}附件：{escape(sheet.title)}</p>")
    if letter.signer:
        parts.append(
            f"<div class=sign style='width:{letter.sign_width}em'>"
            f"<p>{escape(letter.signer)}</p><p>{escape(letter.dated)}</p></div>"
        )
    if letter.slip:
        parts.append(_slip(letter))
    if letter.distribution:
        parts.append(_distribution(letter))
    if sheet:
        title = "<br>".join(map(escape, heading_lines(sheet.title)))
        parts.append(f"<section><p class=level1>附件</p><h1>{title}</h1>{_table(sheet, rows)}</section>")
    parts.append("</body></html>")
    return "".join(parts)


def _head(letter: Letter) -> str:
    """What stands above the words: the red head or the masthead, the title, to whom, 编者按."""
    parts, head = [], letter.masthead
    if letter.organ:
        parts.append(
            f"<p class=organ>{escape(letter.organ)}</p><p class=number>{escape(letter.number)}</p><hr>"
        )
    if head:
        about = f"<p class=about>【{escape(head.about)}】</p>" if head.about else ""
        parts.append(
            f"<p class=masthead>{escape(head.name)}</p><p class=issue>{escape(head.issue)}</p>{about}"
            f"<table class=imprint><tr><td>{escape(head.compiler)}<td>{escape(letter.dated)}</table><hr>"
        )
    if letter.heading:
        parts.append(f"<h1>{'<br>'.join(map(escape, letter.heading))}</h1>")
    if letter.to:
        parts.append(f"<p>{escape(letter.to)}</p>")
    for number, line in enumerate(letter.note):
        label = "<b>编者按：</b>" if number == 0 else ""
        parts.append(f"<p class=note>{INDENT}{label}{escape(line)}</p>")
    return "".join(parts)


def _words(one: Paragraph) -> str:
    """A paragraph's words; the heading within it in its own face."""
    if one.level == ARTICLE:
        return escape(one.words)
    pieces = one.pieces
    if len(pieces) == 1:
        return f"{INDENT}{escape(one.words)}"
    return INDENT + "".join(f"<span class=level{level}>{escape(words)}</span>" for words, level in pieces)


def _distribution(letter: Letter) -> str:
    """送、发, between two lines at the end."""
    lines = "".join(f"<tr><th>{escape(label)}：<td>{escape(who)}" for label, who in letter.distribution)
    copies = f"<p>（{escape(letter.copies)}）</p>" if letter.copies else ""
    return f"<div class=distribution><table>{lines}</table>{copies}</div>"


def _slip(letter: Letter) -> str:
    """The part that is signed, torn off and sent back."""
    lines = "".join(f"<tr><th>{escape(name)}<td>{escape(value)}" for name, value in letter.slip)
    return f"<div class=slip><p>{escape(letter.slip_title)}</p><table><col style='width:28%'><col>{lines}</table></div>"


def _table(sheet: Sheet, rows: list[Spanned]) -> str:
    total = sum(column.width for column in sheet.columns)
    parts = ["<table>"]
    parts += [f"<col style='width:{column.width / total:.3%}'>" for column in sheet.columns]
    parts.append(
        f"<thead><tr>{''.join(f'<th>{escape(column.title)}' for column in sheet.columns)}</tr></thead>"
    )
    for row in rows:
        if len(row) == len(sheet.columns):  # rows that share a merged cell stay on one page
            parts.append("<tbody>")
        cells = (f"<td{_down(down)}>{escape(show(value, kind))}" for value, down, kind in row)
        parts.append(f"<tr>{''.join(cells)}</tr>")
    parts.append("</table>")
    return "".join(parts)


def _down(rows: int) -> str:
    return f" rowspan={rows}" if rows > 1 else ""


def _style() -> str:
    levels = "".join(f".level{level} {{ font-family: {face} }}" for level, face in LEVELS.items())
    # 28 characters of 16 points are a little wider than 156 mm: the standard's pitch is 5.57 mm a character
    return f"""
@page {{ size: A4; margin: 37mm 26mm 35mm 28mm }}
@page :right {{ @bottom-right {{ content: "— " counter(page) " —"; font: 14pt 'Noto Serif SC'; vertical-align: top;
  padding: 7mm 5mm 0 0 }} }}
@page :left {{ @bottom-left {{ content: "— " counter(page) " —"; font: 14pt 'Noto Serif SC'; vertical-align: top;
  padding: 7mm 0 0 5mm }} }}
body {{ font-family: {press.BODY}; font-size: 16pt; line-height: {LINE:.3f}mm; margin: 0; letter-spacing: -.21pt }}
p {{ margin: 0; text-align: justify; overflow-wrap: anywhere }}
h1 {{ font-family: {press.TITLE}; font-size: 22pt; line-height: 12mm; text-align: center; letter-spacing: 0;
  margin: {LINE:.3f}mm 0; break-after: avoid }}
.organ {{ font-family: {press.TITLE}; font-size: 30pt; line-height: 18mm; color: #c00; text-align: center;
  letter-spacing: 2pt }}
.number {{ text-align: center; margin-top: {LINE:.3f}mm }}
hr {{ border: 0; border-top: 1.2pt solid #c00; margin: 2mm 0 0 }}
.level1, .level2 {{ break-after: avoid }}
.last {{ break-after: avoid; break-inside: avoid }}
.near {{ break-after: avoid }}
.annex {{ margin-top: {LINE:.3f}mm; break-after: avoid }}
.sign {{ margin: {1.5 * LINE:.3f}mm 2em 0 auto; break-inside: avoid }}
.short .organ {{ font-size: 26pt; line-height: 13mm }} .short .number {{ margin-top: 0 }}
.short h1 {{ margin: 4mm 0 }} .short .sign {{ margin-top: {0.7 * LINE:.3f}mm }} .short .slip {{ margin-top: 5mm }}
.slip {{ border-top: .75pt dashed #000; margin-top: {LINE:.3f}mm; padding-top: 2mm; break-inside: avoid }}
.slip p {{ text-align: center; font-family: {press.HEADING} }} .slip td {{ text-align: left }}
.sign p {{ text-align: center; white-space: pre }}
{_bulletin_style()}h1:first-child {{ margin-top: 0 }} section {{ break-before: page }} section h1 {{ margin-top: 0 }}
table {{ table-layout: fixed; width: 100%; border-collapse: collapse; font-size: 12pt; line-height: 1.35;
  letter-spacing: 0 }}
th, td {{ border: .75pt solid #000; padding: 1mm; text-align: center; overflow-wrap: anywhere; break-inside: avoid }}
th {{ font-family: {press.HEADING}; font-weight: 400 }} tr, tbody {{ break-inside: avoid }}
{levels}
"""


def _bulletin_style() -> str:
    """The masthead, 编者按, titles of articles, and 送、发 at the end."""
    return f"""
.level{ARTICLE} {{ text-align: center; break-after: avoid; margin-top: {0.5 * LINE:.3f}mm; font-size: 18pt }}
.masthead {{ font-family: {press.TITLE}; font-size: 44pt; line-height: 24mm; color: #c00; text-align: center;
  letter-spacing: 8pt; padding-left: 8pt }}
.issue, .about {{ text-align: center }} .about, .note {{ font-family: {KAI} }}
.note b {{ font-family: {press.HEADING}; font-weight: 400 }} .imprint {{ font-size: 16pt; margin-top: 2mm }}
.imprint td {{ border: 0; padding: 0; text-align: left }} .imprint td + td {{ text-align: right }}
.imprint + hr {{ margin-bottom: {0.5 * LINE:.3f}mm }}
.distribution {{ margin-top: {LINE:.3f}mm; break-inside: avoid; font-size: 14pt; line-height: 8mm }}
.distribution table {{ border: solid #000; border-width: 1pt 0; font-size: 14pt; line-height: 8mm }}
.distribution th {{ width: 3em; font-family: {press.BODY}; vertical-align: top }}
.distribution th, .distribution td {{ border: 0; border-bottom: .75pt solid #000; text-align: left; padding: 0 }}
.distribution tr:last-child > * {{ border-bottom: 0 }} .distribution p {{ text-align: right }}
"""
