"""The looks of a document in Word as named styles: page, document grid, faces of an office with their stand-ins.

Lengths are twips (1/20 pt). Source: GB/T 9704—2012, 5.2 and 7.
"""

from typing import Any, NamedTuple

from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm

from reports.papers.letter import ARTICLE

WIDTH = 8844  # 156 mm
LINE = 579  # 225 mm in 22 lines
TIGHT = -5  # 28 characters of 16 pt are a little wider than 156 mm
MILLIMETRE = 56.69
BODY, TITLE_FACE, HEAD, KAI, PLAIN = "仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312", "宋体"
STAND_INS = {
    BODY: ("仿宋", "roman", "fixed"),
    TITLE_FACE: ("小标宋,宋体", "roman", "variable"),
    HEAD: ("SimHei", "modern", "fixed"),
    KAI: ("楷体", "roman", "fixed"),
    PLAIN: ("SimSun", "roman", "variable"),
}
"""What Word takes where an office has not got the face: other names of it, its family and pitch."""
RED = "CC0000"
SQUARE = '<w:overflowPunct w:val="0"/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'
"""No gaps between digits and characters and nothing in the margin: 28 to a line, as on the other paper."""

WORDS, TO, FIRST, SECOND, ARTICLE_TITLE = (
    "公文正文",
    "公文主送",
    "公文一级标题",
    "公文二级标题",
    "简报文章标题",
)
ORGAN, NUMBER, TITLE = "公文发文机关", "公文字号", "公文标题"
ANNEX, ANNEX_MARK, SIGNER, DATED, END = "公文附件说明", "公文附件", "公文署名", "公文日期", "公文末行"
MASTHEAD, ISSUE, ABOUT, IMPRINT, NOTE = "简报报头", "简报期号", "简报专题", "简报编印", "简报编者按"
DISTRIBUTION, COPIES = "公文送发", "公文印数"
SLIP, CELL_HEAD, CELL, CELL_TEXT, GRID = "回执标题", "表头", "表格", "表格文字", "公文表格"
FOOTER, LEAD, NOTE_LABEL = "公文页码", "公文二级标题字", "编者按字样"
LEVELS = {0: WORDS, 1: FIRST, 2: SECOND, ARTICLE: ARTICLE_TITLE}


class Look(NamedTuple):
    """A paragraph style. size in half points; line, before, after in twips; kind: extra properties as XML."""

    face: str = BODY
    size: int = 32
    line: int = LINE
    before: int = 0
    after: int = 0
    align: str = "both"
    indent: bool = False
    next: bool = False
    outline: int | None = None
    color: str = ""
    spacing: int = TIGHT
    extra: str = ""


def _mm(length: float) -> int:
    return round(length * MILLIMETRE)


def _rule(side: str, color: str, size: int, space: int, style: str = "single") -> str:
    return f'<w:pBdr><w:{side} w:val="{style}" w:sz="{size}" w:space="{space}" w:color="{color}"/></w:pBdr>'


def _between() -> str:
    lines = "".join(
        f'<w:{side} w:val="single" w:sz="{size}" w:space="1" w:color="000000"/>'
        for side, size in (("top", 8), ("bottom", 8), ("between", 6))
    )
    return f"<w:pBdr>{lines}</w:pBdr>"


def looks(*, short: bool) -> dict[str, Look]:
    """Every paragraph style. short: closer set, for a paper whose lower part is torn off."""
    red_line = _rule("bottom", RED, 10, 6)
    return (
        _bulletin_looks(red_line)
        | _end_looks(short=short)
        | _cell_looks()
        | {
            WORDS: Look(indent=True),
            TO: Look(),
            FIRST: Look(HEAD, indent=True, next=True, outline=0),
            SECOND: Look(KAI, indent=True, next=True, outline=1),
            ARTICLE_TITLE: Look(TITLE_FACE, 36, before=LINE // 2, align="center", next=True, outline=0),
            ORGAN: Look(
                TITLE_FACE,
                52 if short else 60,
                _mm(13 if short else 18),
                align="center",
                color=RED,
                spacing=40,
            ),
            NUMBER: Look(before=0 if short else LINE, align="center", extra=red_line),
            TITLE: Look(
                TITLE_FACE,
                44,
                _mm(12),
                _mm(4) if short else LINE,
                _mm(4) if short else LINE,
                "center",
                next=True,
                spacing=0,
            ),
            END: Look(size=2, line=20, spacing=0),
            FOOTER: Look(
                PLAIN, 28, 360, align="right", spacing=0, extra='<w:ind w:left="280" w:right="280"/>'
            ),
        }
    )


def _bulletin_looks(red_line: str) -> dict[str, Look]:
    """What only a 简报 has."""
    far = '<w:tabs><w:tab w:val="right" w:pos="8844"/></w:tabs>'
    near = '<w:tabs><w:tab w:val="left" w:pos="840"/></w:tabs><w:ind w:left="840" w:hanging="840"/>'
    return {
        MASTHEAD: Look(TITLE_FACE, 88, _mm(24), align="center", color=RED, spacing=160),
        ISSUE: Look(align="center"),
        ABOUT: Look(KAI, align="center"),
        IMPRINT: Look(before=_mm(2), after=LINE // 2, align="left", extra=red_line + far),
        NOTE: Look(KAI, indent=True),
        DISTRIBUTION: Look(size=28, line=_mm(8), align="left", spacing=0, extra=_between() + near),
        COPIES: Look(size=28, line=_mm(8), align="right", spacing=0),
    }


def _end_looks(*, short: bool) -> dict[str, Look]:
    """附件, signature, date, what is torn off."""
    aside = '<w:ind w:right="640"/>'
    return {
        ANNEX: Look(before=LINE, indent=True, next=True),
        ANNEX_MARK: Look(HEAD, align="left", next=True),
        SIGNER: Look(before=round((0.7 if short else 1.5) * LINE), align="center", next=True, extra=aside),
        DATED: Look(align="center", extra=aside),
        SLIP: Look(
            HEAD, before=_mm(5), align="center", next=True, extra=_rule("top", "000000", 6, 6, "dashed")
        ),
    }


def _cell_looks() -> dict[str, Look]:
    """Words in tables."""
    cell = {"size": 24, "line": 324, "spacing": 0}
    return {
        CELL_HEAD: Look(HEAD, align="center", **cell),
        CELL: Look(align="center", **cell),
        CELL_TEXT: Look(align="left", **cell),
    }


def prepare(document: Any, *, short: bool) -> None:
    """Give an empty document the page, the grid, the styles and the numbering of pages."""
    _defaults(document)
    for name, look in looks(short=short).items():
        _style(document, name, look)
    for name, face in ((LEAD, KAI), (NOTE_LABEL, HEAD)):
        style = document.styles.add_style(name, WD_STYLE_TYPE.CHARACTER)
        _faces(style.element.get_or_add_rPr(), face)
    _grid_style(document)
    _page(document)
    _fonts(document)


def _defaults(document: Any) -> None:
    """Language and face of everything that no style says otherwise of."""
    root = document.styles.element
    for old in root.findall(qn("w:docDefaults")):
        root.remove(old)
    fonts = " ".join(f'w:{kind}="{BODY}"' for kind in ("ascii", "hAnsi", "eastAsia", "cs"))
    root.insert(
        0,
        parse_xml(
            f"<w:docDefaults {nsdecls('w')}><w:rPrDefault><w:rPr><w:rFonts {fonts}/><w:sz w:val='32'/>"
            "<w:szCs w:val='32'/><w:lang w:val='zh-CN' w:eastAsia='zh-CN' w:bidi='ar-SA'/></w:rPr></w:rPrDefault>"
            "<w:pPrDefault/></w:docDefaults>"
        ),
    )
    normal = document.styles["Normal"].element
    for part in ("w:rPr", "w:pPr"):
        for old in normal.findall(qn(part)):
            normal.remove(old)
    _faces(normal.get_or_add_rPr(), BODY)


def _faces(properties: Any, face: str) -> None:
    """One face for every script: quotation marks and digits come from it too."""
    fonts = properties.get_or_add_rFonts()
    for kind in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{kind}"), face)
    fonts.set(qn("w:hint"), "eastAsia")


def _style(document: Any, name: str, look: Look) -> None:
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.quick_style = True
    style.base_style = document.styles["Normal"]
    run = style.element.get_or_add_rPr()
    _faces(run, look.face)
    xml = f'<w:color w:val="{look.color}"/>' if look.color else ""
    xml += f'<w:spacing w:val="{look.spacing}"/>' if look.spacing else ""
    xml += f'<w:sz w:val="{look.size}"/><w:szCs w:val="{look.size}"/>'
    _append(run, xml)
    run.addprevious(_paragraph_properties(look))  # the schema has it first


def _paragraph_properties(look: Look) -> Any:
    """In the order of the schema: kept lines, borders, tabs, spacing, indents, alignment, outline."""
    borders, tabs, indents = _sorted_extra(look.extra)
    kept = "<w:keepNext/><w:keepLines/>" if look.next else ""
    if look.indent:
        indents = f'<w:ind w:firstLineChars="200" w:firstLine="{2 * (10 * look.size + look.spacing)}"/>'
    free = "" if look.line == LINE else '<w:snapToGrid w:val="0"/>'
    outline = "" if look.outline is None else f'<w:outlineLvl w:val="{look.outline}"/>'
    return parse_xml(
        f"<w:pPr {nsdecls('w')}>{kept}{borders}{tabs}{SQUARE}{free}"
        f'<w:spacing w:before="{look.before}" w:after="{look.after}" w:line="{look.line}" w:lineRule="exact"/>'
        f'{indents}<w:jc w:val="{look.align}"/>{outline}</w:pPr>'
    )


def _sorted_extra(extra: str) -> tuple[str, str, str]:
    elements = list(parse_xml(f"<w:pPr {nsdecls('w')}>{extra}</w:pPr>")) if extra else []
    found = {one.tag: one for one in elements}

    def xml(tag: str) -> str:
        from lxml import etree

        return etree.tostring(found[qn(tag)], encoding="unicode") if qn(tag) in found else ""

    return xml("w:pBdr"), xml("w:tabs"), xml("w:ind")


def _append(parent: Any, xml: str) -> None:
    for element in list(parse_xml(f"<w:rPr {nsdecls('w')}>{xml}</w:rPr>")):
        parent.append(element)


def _grid_style(document: Any) -> None:
    """Tables with thin black lines and a millimetre around the words."""
    style = document.styles.add_style(GRID, WD_STYLE_TYPE.TABLE)
    lines = "".join(
        f'<w:{side} w:val="single" w:sz="6" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    margins = "".join(f'<w:{side} w:w="57" w:type="dxa"/>' for side in ("top", "left", "bottom", "right"))
    xml = f"<w:tblBorders>{lines}</w:tblBorders><w:tblCellMar>{margins}</w:tblCellMar>"
    style.element.append(parse_xml(f"<w:tblPr {nsdecls('w')}>{xml}</w:tblPr>"))


def _page(document: Any) -> None:
    """A4, the standard's margins, 22 lines to the grid, — 1 — outside."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance, section.gutter = Mm(15), Mm(21.6), 0
    for old in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(old)
    grid = OxmlElement("w:docGrid")
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(LINE))
    section._sectPr.append(grid)
    document.settings.odd_and_even_pages_header_footer = True
    for footer, align in ((section.footer, "right"), (section.even_page_footer, "left")):
        paragraph = footer.paragraphs[0]
        paragraph.style = FOOTER
        alignment = OxmlElement("w:jc")
        alignment.set(qn("w:val"), align)
        paragraph._p.get_or_add_pPr().append(alignment)
        paragraph.add_run("— ")
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), "PAGE")
        field.append(parse_xml(f"<w:r {nsdecls('w')}><w:t>1</w:t></w:r>"))
        paragraph._p.append(field)
        paragraph.add_run(" —")


def _fonts(document: Any) -> None:
    """The font table: each face with the names it may be found under."""
    fonts = "".join(
        f'<w:font w:name="{face}"><w:altName w:val="{other}"/><w:charset w:val="86"/>'
        f'<w:family w:val="{family}"/><w:pitch w:val="{pitch}"/></w:font>'
        for face, (other, family, pitch) in STAND_INS.items()
    )
    for relation in document.part.rels.values():
        if relation.reltype.endswith("/fontTable"):
            xml = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts {nsdecls("w")}>{fonts}</w:fonts>'
            relation.target_part._blob = xml.encode()
