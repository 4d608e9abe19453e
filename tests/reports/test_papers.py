"""Forms and documents: what stands on them, for whom, as Excel and PDF, and that text stays text."""

import zipfile

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from rectification.survey.models import Finding
from reports import files
from reports.ledgers import OutOfScope
from reports.papers.form import GRID, Book, Page, heights, pairs, passage
from tests.reports.printing import FORM, made, texts

WHO = ("村（社区）自查意见", "乡镇党委初定意见", "部门联审意见", "县委组织部审核意见", "县委常委会审定意见")


def page_of(post, unit):
    (page,) = made(FORM, post, unit).pages
    return page


def said(page, name):
    """Words and foot of the box beside a heading."""
    for line in page.lines:
        for label, cell in zip(line.cells, line.cells[1:], strict=False):
            if label.kind == "label" and label.words == name:
                return cell.words, cell.foot
    raise AssertionError(name)


# --- 认定审批表 ---------------------------------------------------------------------------------------------------


def test_the_boxes_follow_the_steps_of_the_scheme(candidate, county_officer, county):
    page = page_of(county_officer, county)
    labels = [cell.words for line in page.lines for cell in line.cells if cell.kind == "label"]
    assert [name for name in labels if name.endswith("意见")] == list(WHO)


@pytest.mark.parametrize(
    ("name", "words", "day"),
    [
        (WHO[0], "自认符合情形①；班子缺额，自认工作滞后", "2026年3月4日"),
        (
            WHO[1],
            "同意列为拟整顿对象；柳溪镇党委会2026年3月10日研究决定，纪要（文）号：柳党纪〔2026〕3号",
            "2026年3月10日",
        ),
        (
            WHO[2],
            "县信访局：有异议，近期矛盾已化解；县纪委监委：无异议；研究处理：复核后维持列入",
            "2026年3月14日",
        ),
        (WHO[3], "提出列为拟整顿对象", "2026年5月20日"),
        (
            WHO[4],
            "同意列为整顿对象；青禾县委常委会2026年3月20日研究决定，纪要（文）号：青常纪〔2026〕6号",
            "2026年3月20日",
        ),
    ],
)
def test_each_box_says_what_was_recorded_by_whom_and_when(
    candidate, county_officer, county, name, words, day
):
    box = said(page_of(county_officer, county), name)
    assert box[0] == words
    assert box[1].endswith(f"（盖章）　　{day}")


def test_the_facts_of_the_candidate_stand_above(candidate, county_officer, county):
    page = page_of(county_officer, county)
    facts = [said(page, name)[0] for name in ("书记姓名", "任职时间", "摸排得分", "倒排名次", "户数、人口")]
    assert facts == ["周明远", "2021年3月6日", "86.5", "第1名", "320户 1180人"]
    assert said(page, "具体表现")[0] == "①书记空缺八个月（扣8分）；④全年只开两次支部党员大会（扣5.5分）"


def test_publication_and_objection_stand_below(candidate, county_officer, county):
    page = page_of(county_officer, county)
    assert said(page, "公布（公示）起止")[0] == "2026年3月21日至2026年3月27日"
    assert "复核评分无误，异议不成立" in said(page, "异议处理")[0]


def test_without_any_record_the_boxes_are_empty_lines_to_sign(
    foreign_candidate, other_county_officer, other_county
):
    (page,) = made(FORM, other_county_officer, other_county).pages
    feet = [cell.foot for line in page.lines for cell in line.cells if cell.foot]
    assert len(feet) >= 3
    assert all(foot.endswith("　　年　　月　　日") for foot in feet)


def test_one_village_is_one_page_and_reads_no_department_s_opinion(candidate, village_reporter, village):
    page = page_of(village_reporter, village)
    assert said(page, "部门联审意见")[0] == ""
    assert said(page, "异议处理")[0] == ""


def test_who_reads_no_review_finds_the_decision_in_the_deciding_box_only(
    candidate, case, village_reporter, village
):
    survey = candidate.survey
    survey.scheme.chain.create(
        process="determination", order=7, name="报市备案", level="city", role="city_reviewer", mode="handle"
    )
    survey.state = "determined"
    survey.save()
    candidate.case = case
    candidate.save()
    page = page_of(village_reporter, village)
    assert said(page, WHO[4])[0].startswith("同意列为整顿对象")
    assert said(page, "报市备案意见")[0] == ""


def test_a_unit_of_another_county_is_refused(candidate, foreign_candidate, county_officer, other_county):
    with pytest.raises(OutOfScope):
        list(made(FORM, county_officer, other_county).pages)


def test_the_batch_costs_the_same_queries_for_one_and_for_many(
    candidate, foreign_candidate, city_reviewer, city, django_assert_max_num_queries
):
    with django_assert_max_num_queries(16):
        assert len(list(made(FORM, city_reviewer, city).pages)) == 2


def test_every_line_fills_the_grid(candidate, county_officer, county):
    for line in page_of(county_officer, county).lines:
        assert sum(cell.across for cell in line.cells) == GRID


def test_words_get_the_room_they_need_and_the_rest_is_shared():
    short = Page("", "", (pairs(("甲", "乙"), ("丙", "丁")), passage("意见", "同意")))
    long = Page("", "", (pairs(("甲", "乙"), ("丙", "丁")), passage("意见", "很长的话" * 200)))
    assert heights(short, 12)[1] > 30
    assert heights(long, 12)[1] > heights(short, 12)[1] > heights(short, 12)[0]


# --- its files ----------------------------------------------------------------------------------------------------


def test_the_workbook_has_a_sheet_a_candidate_on_one_page_of_a4(
    candidate, foreign_candidate, city_reviewer, city, tmp_path
):
    files.make(made(FORM, city_reviewer, city), "xlsx", tmp_path / "a.xlsx")
    book = load_workbook(tmp_path / "a.xlsx")
    assert set(book.sheetnames) == {"柳溪镇石桥村", "望江镇沙洲村"}
    page = book["柳溪镇石桥村"]
    setup = page.page_setup
    assert (setup.paperSize, setup.orientation, setup.fitToWidth, setup.fitToHeight) == (9, "portrait", 1, 1)
    assert page["A1"].value == "2026年软弱涣散基层党组织认定审批表"


@pytest.mark.parametrize("words", ["=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "<b>&\x07</b>"])
def test_what_a_person_wrote_stays_text_in_both_files(words, candidate, county_officer, county, tmp_path):
    Finding.objects.filter(criterion__order=1).update(words=words)
    candidate.township_opinion = words
    candidate.save()
    files.make(made(FORM, county_officer, county), "xlsx", tmp_path / "a.xlsx")
    page = load_workbook(tmp_path / "a.xlsx").active
    assert {cell.data_type for row in page.iter_rows() for cell in row if cell.value} == {"s"}
    with zipfile.ZipFile(tmp_path / "a.xlsx") as parts:
        assert not any(b"<f>" in parts.read(name) for name in parts.namelist())
    files.make(made(FORM, county_officer, county), "pdf", tmp_path / "a.pdf")
    assert words.replace("\x07", "").replace(" ", "")[:4] in texts(tmp_path / "a.pdf").replace(" ", "")


def test_the_pdf_has_a_page_a_candidate_even_with_many_words(candidate, county_officer, county, tmp_path):
    Finding.objects.filter(criterion__order=1).update(words="反映的问题较多，" * 120)
    files.make(made(FORM, county_officer, county), "pdf", tmp_path / "a.pdf")
    assert len(PdfReader(tmp_path / "a.pdf").pages) == 1


def test_an_empty_bundle_says_so(county_officer, county, scheme, tmp_path):
    for format in ("xlsx", "pdf"):
        files.make(made(FORM, county_officer, county), format, tmp_path / f"a.{format}")
    assert "没有可打印的内容" in texts(tmp_path / "a.pdf")


def test_two_sheets_of_one_name_are_told_apart(tmp_path):
    pages = [
        Page(
            "石桥村",
            "表",
            (
                pairs(
                    ("甲", "乙"),
                ),
            ),
        ),
        Page(
            "石桥村",
            "表",
            (
                pairs(
                    ("甲", "丙"),
                ),
            ),
        ),
    ]
    files.make(Book("x", "表", pages), "xlsx", tmp_path / "a.xlsx")
    assert load_workbook(tmp_path / "a.xlsx").sheetnames == ["石桥村", "石桥村（2）"]
