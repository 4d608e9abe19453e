"""A case's whole file as one book, and one paper for many cases."""

import pytest
from django.urls import reverse
from pypdf import PdfReader

from accounts.errors import Refused
from accounts.work import WorkState
from rectification.cases.models import CaseMember
from reports import actions, files, tasks
from reports.models import Export
from tests import cast


def made(client, address, data=None):
    client.post(address, data or {})
    export = Export.objects.get()
    tasks.export(export.pk)
    export.refresh_from_db()
    assert export.state == WorkState.DONE, export.error
    return export, PdfReader(files.place_of(export.uid, "pdf"))


def book(case):
    return reverse("reports:case_book", args=[case.uid])


def test_the_book_has_a_cover_contents_that_are_right_and_numbered_pages(
    filled_case, as_post, county_officer
):
    export, pdf = made(as_post(county_officer), book(filled_case))
    texts = [page.extract_text().replace("\n", "") for page in pdf.pages]
    assert "整顿档案" in texts[0] and "卷内目录" in texts[1]
    assert export.rows == len(texts)
    outline = {item.title: pdf.get_destination_page_number(item) for item in pdf.outline}
    for title in ("整顿工作台账", "措施进展记录", "历程"):
        page = outline[title]
        assert f"第 {page - 1} 页" in texts[page]  # cover and contents are not counted
        assert f"{title}{page - 1}" in texts[1].replace(" ", "")
    assert "选派干部任支部书记" in "".join(texts) and "人选已考察" in "".join(texts)


def test_another_county_has_no_such_book(filled_case, as_post, other_county_officer):
    assert as_post(other_county_officer).post(book(filled_case)).status_code == 404


def test_a_helper_has_the_book_of_the_own_case_until_the_post_on_it_ends(filled_case, as_post, helper):
    client = as_post(helper)
    assert client.post(book(filled_case)).status_code == 404
    member = CaseMember.objects.create(
        case=filled_case, kind="team", name="王", user=helper.user, from_on=cast.TODAY
    )
    export, pdf = made(client, book(filled_case))
    assert "选派干部任支部书记" in "".join(page.extract_text().replace("\n", "") for page in pdf.pages)
    download = reverse("reports:download", args=[export.uid])
    assert client.get(download).status_code == 200
    member.delete()
    assert client.get(download).status_code == 404


def test_asked_twice_it_is_made_once(filled_case, as_post, county_officer):
    client = as_post(county_officer)
    client.post(book(filled_case))
    client.post(book(filled_case))
    assert Export.objects.count() == 1


def test_a_batch_prints_the_cases_ticked_and_no_others(
    filled_case, foreign_filled_case, as_post, county_officer
):
    data = {"paper": "task_lists", "case": [str(filled_case.uid), str(foreign_filled_case.uid), "x"]}
    _export, pdf = made(as_post(county_officer), reverse("reports:batch"), data)
    words = "".join(page.extract_text() for page in pdf.pages).replace("\n", "")
    assert "选派干部任支部书记" in words and "外县专属标记" not in words


def test_a_batch_of_nothing_says_what_to_do(filled_case, as_post, county_officer):
    page = as_post(county_officer).post(reverse("reports:batch"), {"paper": "plan"})
    assert "请至少选择一个整顿对象" in page.content.decode()


def test_a_file_can_be_removed_before_its_time(
    filled_case, as_post, county_officer, django_capture_on_commit_callbacks
):
    client = as_post(county_officer)
    export, _pdf = made(client, book(filled_case))
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("reports:drop", args=[export.uid]))
    assert not files.place_of(export.uid, "pdf").exists()
    assert client.get(reverse("reports:download", args=[export.uid])).status_code == 404
    with pytest.raises(Refused):
        actions.drop(export_id=export.pk, by=county_officer, at=cast.NOW)
