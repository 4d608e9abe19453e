"""The month's 工作纪实 as one Excel sheet: the template, errors by cell, all or nothing, never twice."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from rectification.cases.models import Case
from rectification.remediation.activities.models import Activity
from rectification.remediation.activities.sheet import HEADER_ROW, HEADERS
from tests.rectification.remediation.activity_steps import leader_on

GOOD = {
    "整顿对象": "石桥村",
    "日期": "2026-5-20",
    "类别": "到点指导",
    "参加人员": "赵某",
    "做了什么": "研究账目",
}


@pytest.fixture
def browser(case, county_officer, township_officer, as_post):
    """The township's browser; the case has its contact leader."""
    leader_on(case, county_officer)
    return as_post(township_officer)


def filled_in(browser, *rows):
    """The downloaded template with these rows typed in."""
    template = browser.get(reverse("remediation:activity_template")).content
    book = load_workbook(io.BytesIO(template))
    page = book["工作纪实"]
    for number, row in enumerate(rows, start=HEADER_ROW + 1):
        for header, value in row.items():
            page.cell(number, HEADERS.index(header) + 1, value)
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("五月.xlsx", out.getvalue())


def upload(browser, *rows):
    return browser.post(reverse("remediation:activity_sheet"), {"file": filled_in(browser, *rows)})


def confirm(browser, preview, **data):
    """Press the button of a preview."""
    packed = re.search(r'name="rows" value="([^"]+)"', preview.content.decode())[1]
    return browser.post(reverse("remediation:activity_sheet_write"), {"rows": packed} | data)


def test_the_template_names_the_posts_own_cases_and_people(browser, foreign_case):
    content = browser.get(reverse("remediation:activity_template")).content
    people = load_workbook(io.BytesIO(content))["对象和人员"]
    said = [cell.value for row in people.iter_rows() for cell in row]
    assert "石桥村" in said and "沙洲村" not in said
    assert any("赵某" in (value or "") for value in said)


def test_a_months_sheet_is_shown_first_and_comes_in_when_confirmed(browser):
    call = GOOD | {"类别": "走访入户", "入户": "3组12、15；4组1至3", "电话联系": "5组7", "做了什么": "走访"}
    preview = upload(browser, GOOD, call)
    page = preview.content.decode()
    assert preview.status_code == 200 and "确认写入 2 条" in page and "走访入户" in page and "5 户" in page
    assert not Activity.objects.exists()
    assert confirm(browser, preview).status_code == 302
    entry = Activity.objects.get(kind="call")
    assert (len(entry.households), entry.phoned, entry.people) == (5, ["5组7号"], "赵某")
    assert entry.on_behalf


def test_the_same_sheet_twice_changes_nothing(browser):
    confirm(browser, upload(browser, GOOD))
    again = upload(browser, GOOD)
    assert "已登记过" in again.content.decode() and "确认写入" not in again.content.decode()
    answer = confirm(browser, again)
    assert "没有重复计入" in browser.get(answer["Location"]).content.decode()
    assert Activity.objects.count() == 1


def test_a_preview_is_written_by_nobody_else_and_not_when_forged(browser, county_officer, as_post):
    preview = upload(browser, GOOD)
    confirm(as_post(county_officer), preview)
    confirm(browser, preview, rows="forged")
    assert not Activity.objects.exists()


def test_what_changed_since_the_preview_stops_all_of_it(browser, case):
    preview = upload(browser, GOOD, GOOD | {"做了什么": "第二条"})
    Case.objects.filter(pk=case.pk).update(closed_on="2026-5-1")
    answer = confirm(browser, preview)
    assert "没有写入任何一行" in browser.get(answer["Location"]).content.decode()
    assert not Activity.objects.exists()


def test_one_wrong_row_and_nothing_is_written(browser):
    answer = upload(
        browser,
        GOOD,
        GOOD | {"日期": "五月二十日", "类别": "开会", "参加人员": "孙悟空"},
        GOOD | {"整顿对象": "沙洲村"},
        GOOD | {"日期": "2027-1-1"},
    )
    page = answer.content.decode()
    assert answer.status_code == 422 and not Activity.objects.exists()
    for words in ("第 5 行", "五月二十日", "“开会”不是类别", "孙悟空", "第 6 行", "不是您能登记的"):
        assert words in page


def test_what_the_log_refuses_is_said_with_its_row(browser):
    page = upload(browser, GOOD, GOOD | {"日期": "2027-1-1", "做了什么": "将来"}).content.decode()
    assert "<td>第 5 行</td><td>日期</td>" in page and "今天之后" in page
    assert not Activity.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("五月.xlsx", b"not a workbook", "不是有效的"),
        ("五月.csv", b"a,b", ".csv"),
        ("空.xlsx", b"", "空的"),
    ],
)
def test_a_file_that_is_no_sheet_is_refused_in_words(browser, name, content, words):
    file = SimpleUploadedFile(name, content)
    answer = browser.post(reverse("remediation:activity_sheet"), {"file": file})
    assert answer.status_code == 422 and words in answer.content.decode()


def test_an_empty_sheet_says_so(browser):
    assert "没有填任何活动" in upload(browser).content.decode()


def test_what_is_too_long_is_named_and_not_cut(browser):
    answer = upload(browser, GOOD | {"做了什么": "谈" * 2001})
    assert answer.status_code == 422 and "有 2001 个字，不超过 2000 个字" in answer.content.decode()
