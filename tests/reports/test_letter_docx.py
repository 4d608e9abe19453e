"""A document as a Word file: the standard's page, named styles with stand-ins, the same words as the PDF."""

import zipfile
from datetime import date

import pytest
from docx import Document
from docx.oxml.ns import qn

from accounts.errors import Refused
from accounts.tables import Column, show
from reports import files
from reports.papers.letter import ARTICLE, Letter, Masthead, Paragraph, spans
from reports.sheet import Row, Sheet

COLUMNS = (
    Column("number", "序号", kind="number", width=4, merge=1),
    Column("problem", "突出问题", width=18, merge=1),
    Column("measure", "整顿措施", width=24),
    Column("due", "时限", kind="date", width=15),
)
DUE = date(2026, 9, 30)


def listed():
    rows = [
        Row((1, "支委缺员", "选派𬱖某", DUE), ("a",)),
        Row((1, "支委缺员", "培养㛃某\x0b", DUE), ("a",)),
        Row((2, "账目不公开", "按季公开", None), ("b",)),
    ]
    return Sheet("lists", "石桥村2026年问题清单", COLUMNS, rows, lambda: None, [])


def letter(**given):
    words = [
        Paragraph("一、基本情况", 1),
        Paragraph("支部书记𬱖某、委员㛃某，“两委”5人。"),
        Paragraph("（一）抓好整改。对照问题逐条整改。"),
        Paragraph("（一）支委缺员。", 2),
    ]
    usual = {
        "key": "plan",
        "title": "石桥村整顿方案",
        "heading": ("柳溪镇石桥村2026年", "软弱涣散整顿方案"),
        "paragraphs": words,
        "signer": "中共青禾县委组织部",
        "organ": "中共青禾县委组织部",
        "number": "青组发〔2026〕5号",
        "to": "各乡镇党委：",
        "on": date(2026, 5, 20),
        "mark": "某同志 导出",
        "attachment": listed(),
    }
    return Letter(**(usual | given))


def word(made, tmp_path):
    files.make(made, "docx", tmp_path / "a.docx")
    return Document(tmp_path / "a.docx")


def words_of(document):
    """Everything in the file in the order it stands there."""
    return "".join(one.text or "" for one in document.element.body.iter(qn("w:t")))


def test_the_page_is_that_of_the_standard(tmp_path):
    document = word(letter(), tmp_path)
    section = document.sections[0]
    lengths = ("page_width", "page_height", "top_margin", "left_margin", "right_margin", "bottom_margin")
    assert [round(getattr(section, name).mm) for name in lengths] == [210, 297, 37, 28, 26, 35]
    grid = section._sectPr.find(qn("w:docGrid"))
    assert 22 * int(grid.get(qn("w:linePitch"))) <= round(225 * 56.69)
    body = document.styles["公文正文"]
    assert body.font.size.pt == 16 and body.paragraph_format.line_spacing.pt * 22 * 25.4 / 72 <= 225
    assert 28 * (16 - 0.25) * 25.4 / 72 <= 156
    assert document.settings.odd_and_even_pages_header_footer
    sides = [footer.paragraphs[0].alignment for footer in (section.footer, section.even_page_footer)]
    assert sides == [2, 0]  # right on odd pages, left on even ones
    assert section.footer._element.find(f".//{qn('w:fldSimple')}").get(qn("w:instr")) == "PAGE"


def test_faces_are_named_with_what_stands_in_for_them(tmp_path):
    document = word(letter(), tmp_path)
    faces = {
        name: document.styles[name].element.rPr.rFonts.get(qn("w:eastAsia"))
        for name in ("公文正文", "公文标题", "公文一级标题", "公文二级标题")
    }
    assert list(faces.values()) == ["仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312"]
    assert document.styles["公文标题"].font.size.pt == 22
    with zipfile.ZipFile(tmp_path / "a.docx") as package:
        fonts = package.read("word/fontTable.xml").decode()
        assert '<w:lang w:val="zh-CN" w:eastAsia="zh-CN"' in package.read("word/styles.xml").decode()
    assert 'w:name="方正小标宋简体"><w:altName w:val="小标宋,宋体"/>' in fonts and 'w:val="仿宋"' in fonts


def test_its_words_are_the_document_s_rare_characters_too_and_nobody_s_name(tmp_path):
    made = letter()
    cells = [show(value, kind) for row in spans(listed()) for value, _, kind in row]
    said = [made.organ, made.number, *made.heading, made.to, *(one.words for one in made.paragraphs)]
    said += ["附件：石桥村2026年问题清单", made.signer, made.dated, "附件", "石桥村2026年", "问题清单"][:-2]
    said += ["石桥村2026年问题清单", *(column.title for column in COLUMNS), *cells]
    document = word(made, tmp_path)
    assert words_of(document) == "".join(said).replace("\x0b", "")
    assert "𬱖" in words_of(document) and "㛃" in words_of(document)
    core = document.core_properties
    assert (core.title, core.author, core.last_modified_by, core.comments) == (
        made.title,
        made.signer,
        "",
        "",
    )
    with zipfile.ZipFile(tmp_path / "a.docx") as package:
        assert not [name for name in package.namelist() if b"\xe6\x9f\x90\xe5\x90\x8c" in package.read(name)]


def test_the_list_begins_a_page_repeats_its_header_and_keeps_its_merged_cells(tmp_path):
    document = word(letter(), tmp_path)
    mark = next(one for one in document.paragraphs if one.text == "附件")
    assert mark.paragraph_format.page_break_before
    rows = document.tables[0].rows
    assert [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in rows] == [True, False, False, False]
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in rows)
    merged = [row._tr.tc_lst[1].vMerge for row in rows]
    assert merged == [None, "restart", "continue", None]


def test_a_heading_within_running_words_has_its_own_face(tmp_path):
    document = word(letter(), tmp_path)
    runs = next(one for one in document.paragraphs if one.text.startswith("（一）抓好")).runs
    assert [(run.text, run.style.name) for run in runs] == [
        ("（一）抓好整改。", "公文二级标题字"),
        ("对照问题逐条整改。", "Default Paragraph Font"),
    ]


def test_a_bulletin_has_its_head_its_articles_and_its_last_lines_and_no_signature(tmp_path):
    made = letter(
        heading=(),
        organ="",
        number="",
        to="",
        signer="",
        attachment=None,
        masthead=Masthead("工作简报", "第11期", "集中整顿专刊", "青禾县委组织部"),
        note=("现予刊发。",),
        paragraphs=[Paragraph("柳溪镇：先摸底", ARTICLE), Paragraph("逐村走访。")],
        distribution=(("送", "市委组织部"), ("发", "各乡镇党委")),
        copies="共印60份",
    )
    assert words_of(word(made, tmp_path)) == (
        "工作简报第11期【集中整顿专刊】青禾县委组织部2026年5月20日编者按：现予刊发。柳溪镇：先摸底逐村走访。"
        "送：市委组织部发：各乡镇党委（共印60份）"
    )
    files.make(made, "pdf", tmp_path / "a.pdf")


def test_what_is_torn_off_stands_in_one_piece(tmp_path):
    document = word(letter(slip=(("收件单位", "柳溪镇党委"), ("签收人", ""))), tmp_path)
    slip = document.tables[0]
    assert [[cell.text for cell in row.cells] for row in slip.rows] == [
        ["收件单位", "柳溪镇党委"],
        ["签收人", ""],
    ]
    assert slip.rows[0].cells[0].paragraphs[0].paragraph_format.keep_with_next


def test_a_ledger_is_no_word_file(tmp_path):
    with pytest.raises(Refused, match="没有这种格式"):
        files.make(listed(), "docx", tmp_path / "a.docx")
