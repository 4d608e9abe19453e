"""The PDF: every Chinese character, fonts embedded, header repeated, nothing fetched."""

from dataclasses import replace

import pytest
from pypdf import PdfReader

from reports import pdf, press
from reports.ledgers import LEDGERS
from reports.sheet import Row, Sheet

COLUMNS = LEDGERS["work"].columns


def sheet_of(rows, foot=None):
    return Sheet(
        key="work",
        title="青禾县2026年整顿软弱涣散基层党组织工作台账",
        columns=COLUMNS,
        rows=rows,
        foot=lambda: foot,
        particulars=[("填报单位（盖章）", "青禾县委"), ("填报时间", "2026年5月20日")],
        signatures=("主要负责人（签字）：",),
        mark="某同志 导出",
    )


def rows_of(cases, measures=2, words="由镇党委组织委员牵头，村党支部每月召开一次支部党员大会并公布结果"):
    for number in range(1, cases + 1):
        for measure in range(measures):
            values = [""] * len(COLUMNS)
            values[0], values[3] = number, f"第{number}村"
            values[6], values[7] = f"问题{number}乙", f"{words}{number}之{measure + 1}"
            yield Row(tuple(values), (number, number, measure))


def pages_of(path):
    return [page.extract_text() for page in PdfReader(path).pages]


def test_it_holds_the_chinese_text_and_the_unit_line(tmp_path):
    assert pdf.write(sheet_of(rows_of(2), ["合计"] + [""] * 17), tmp_path / "a.pdf") == []
    (text,) = pages_of(tmp_path / "a.pdf")
    for words in ("工作台账", "填报单位（盖章）：青禾县委", "第2村", "合计", "主要负责人（签字）", "某同志"):
        assert words in text


def test_its_fonts_are_embedded(tmp_path):
    pdf.write(sheet_of(rows_of(1)), tmp_path / "a.pdf")
    found = {}
    for page in PdfReader(tmp_path / "a.pdf").pages:
        for font in page["/Resources"]["/Font"].values():
            for inner in font.get_object().get("/DescendantFonts", []):
                described = inner.get_object()["/FontDescriptor"]
                found[font.get_object()["/BaseFont"]] = "/FontFile2" in described or "/FontFile3" in described
    assert found
    assert all(found.values())
    assert all("Noto-Serif-SC" in name for name in found)


def test_in_chunks_every_row_stands_once_in_order_and_no_page_is_left_half_empty(tmp_path, monkeypatch):
    monkeypatch.setattr(pdf, "CHUNK_PAGES", 1)
    pdf.write(sheet_of(rows_of(45)), tmp_path / "chunks.pdf")
    chunked = pages_of(tmp_path / "chunks.pdf")
    monkeypatch.setattr(pdf, "CHUNK_PAGES", 100)
    pdf.write(sheet_of(rows_of(45)), tmp_path / "whole.pdf")
    text = "".join(chunked).replace("\n", "")
    assert [text.count(f"问题{n}乙") for n in range(1, 46)] == [1] * 45
    assert len(chunked) == len(pages_of(tmp_path / "whole.pdf")) > 3
    assert all("县市区" in page for page in chunked)
    assert [f"第 {n} 页" in page for n, page in enumerate(chunked, 1)] == [True] * len(chunked)


def test_a_case_longer_than_a_page_is_cut_and_its_merged_cells_said_again(tmp_path):
    pdf.write(sheet_of(rows_of(1, measures=60)), tmp_path / "a.pdf")
    pages = pages_of(tmp_path / "a.pdf")
    assert len(pages) > 1
    assert "第1村（续）" in pages[1].replace("\n", "").replace(" ", "")


def test_a_character_no_font_has_is_reported_by_name(tmp_path):
    absent = pdf.write(sheet_of(rows_of(1, words="\U0001f600措施")), tmp_path / "a.pdf")
    assert absent == ["\U0001f600（U+1F600 GRINNING FACE）"]


@pytest.mark.parametrize("url", ["file:///etc/passwd", "http://127.0.0.1/", "ours:../settings.py", "data:,x"])
def test_the_fetcher_knows_nothing_but_our_fonts(url):
    with pytest.raises(ValueError, match="refused"):
        press.make_fetcher().fetch(url)


def test_what_a_person_wrote_is_text_and_fetches_nothing(tmp_path, monkeypatch):
    words = '<img src="file:///etc/hostname"><link rel=attachment href="file:///etc/passwd">'
    pdf.write(sheet_of(rows_of(1, words=words)), tmp_path / "a.pdf")
    assert "<img" in pages_of(tmp_path / "a.pdf")[0].replace("\n", "").replace(" ", "")
    assert "/EmbeddedFiles" not in str(PdfReader(tmp_path / "a.pdf").trailer["/Root"])


def test_an_empty_ledger_still_prints_its_header(tmp_path):
    pdf.write(replace(sheet_of([])), tmp_path / "a.pdf")
    assert "县市区" in pages_of(tmp_path / "a.pdf")[0]


def test_every_cell_has_its_frame_and_merged_cells_have_one(tmp_path):
    sheet = sheet_of(list(rows_of(2)), ["合计"] + [""] * 17)
    pdf.write(sheet, tmp_path / "a.pdf")
    (page,) = PdfReader(tmp_path / "a.pdf").pages
    frames = page["/Contents"][0].get_object().get_data().count(b" re")
    body = sum(
        len(block.rows) * len(COLUMNS) - sum(merge.last - merge.first for merge in block.merges)
        for block in sheet.blocks()
    )
    groups = {column.group for column in COLUMNS if column.group}
    assert frames == body + len(COLUMNS) + len(groups) + len(sheet.foot())
