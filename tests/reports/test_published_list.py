"""The published list as a document, and the jobs and pages that hand papers out."""

import io
import zipfile

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

from accounts.errors import Refused
from reports import actions, files, tasks
from reports.papers import PAPERS
from tests import cast
from tests.reports.printing import LETTER, made, texts

# What a survey's papers say of a whole county; a plan, a report, a circular have tests of their own
SURVEY = ("determination_form", "publication")

# --- 名单公布 -----------------------------------------------------------------------------------------------------


def test_after_the_determination_it_is_an_announcement(candidate, county_officer, county):
    letter = made(LETTER, county_officer, county)
    assert "".join(letter.heading) == "关于公布青禾县2026年软弱涣散基层党组织整顿对象名单的通知"
    assert letter.number == "青组发〔2026〕5号"
    assert (
        "青禾县委常委会2026年3月20日研究审定，确定柳溪镇石桥村1个党组织（村1个）"
        in letter.paragraphs[0].words
    )
    assert "公布时间：2026年3月21日至2026年3月27日" in letter.paragraphs[1].words


def test_before_it_it_is_a_notice_with_an_empty_telephone_line(
    foreign_candidate, other_county_officer, other_county
):
    letter = made(LETTER, other_county_officer, other_county)
    assert "".join(letter.heading) == "关于拟确定东陵县2026年软弱涣散基层党组织整顿对象的公示"
    assert any(one.words == "联系电话：" for one in letter.paragraphs)
    assert (letter.organ, letter.number) == ("", "")


def test_the_list_names_no_finding(candidate, county_officer, county, tmp_path):
    files.make(made(LETTER, county_officer, county), "pdf", tmp_path / "a.pdf")
    files.make(made(LETTER, county_officer, county), "xlsx", tmp_path / "a.xlsx")
    assert "石桥村" in texts(tmp_path / "a.pdf")
    assert "书记空缺八个月" not in texts(tmp_path / "a.pdf")
    words = str([cell.value for row in load_workbook(tmp_path / "a.xlsx").active.iter_rows() for cell in row])
    assert "石桥村" in words and "书记空缺八个月" not in words


def test_the_page_of_the_document_is_that_of_the_standard(candidate, county_officer, county, tmp_path):
    files.make(made(LETTER, county_officer, county), "pdf", tmp_path / "a.pdf")
    page = PdfReader(tmp_path / "a.pdf").pages[0]
    assert [round(float(side) / 72 * 25.4) for side in page.mediabox[2:]] == [210, 297]
    assert "—1—" in page.extract_text().replace(" ", "")


def test_without_a_list_there_is_no_document_and_why(scheme, county_officer, county):
    with pytest.raises(Refused, match="没有开展摸排"):
        made(LETTER, county_officer, county)


# --- pages and jobs -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", SURVEY)
def test_the_page_shows_it_and_another_county_s_is_absent(
    candidate, foreign_candidate, as_post, county_officer, other_county, foreign_village, key
):
    client, url = as_post(county_officer), reverse("reports:paper", args=[key])
    page = client.get(url).content.decode()
    assert "石桥村" in page and "外县专属标记" not in page and "沙洲" not in page
    for unit in (other_county, foreign_village):
        assert client.get(url, {"unit": unit.uid}).status_code == 404


def test_the_page_of_the_form_asks_few_queries(
    candidate, as_post, county_officer, django_assert_max_num_queries
):
    client, url = as_post(county_officer), reverse("reports:paper", args=["determination_form"])
    client.get(url)
    with django_assert_max_num_queries(36):
        client.get(url)


@pytest.mark.parametrize("key", SURVEY)
@pytest.mark.parametrize("format", ["xlsx", "pdf"])
def test_it_is_made_as_a_job_and_handed_out(candidate, as_post, county_officer, key, format):
    client = as_post(county_officer)
    answer = client.post(reverse("reports:export", args=[key]), {"format": format, "year": cast.YEAR})
    assert answer.url == reverse("reports:exports")
    export = actions.Export.objects.get()
    tasks.export(export.pk)
    body = b"".join(client.get(reverse("reports:download", args=[export.uid])).streaming_content)
    assert body.startswith(b"%PDF" if format == "pdf" else b"PK")


def test_a_document_that_cannot_be_written_fails_with_the_reason(scheme, county_officer, county):
    export = actions.request_export(
        reason="核对数据",
        by=county_officer,
        ledger="publication",
        unit=county,
        year=cast.YEAR,
        format="pdf",
        filters={},
        at=cast.NOW,
    )
    tasks.export(export.pk)
    export.refresh_from_db()
    assert "没有开展摸排" in export.error


@pytest.mark.parametrize("key", SURVEY)
def test_the_command_makes_it_within_the_user_s_scope(
    candidate, foreign_candidate, county_officer, tmp_path, key
):
    words = [
        key,
        "--year",
        str(cast.YEAR),
        "--format",
        "pdf",
        "--as",
        "xian",
        "--output",
        str(tmp_path / "a.pdf"),
    ]
    call_command("export_ledger", *words, "--unit", "990121")
    assert "石桥村" in texts(tmp_path / "a.pdf")
    with pytest.raises(CommandError, match="不在您的管理范围内"):
        call_command("export_ledger", *words, "--unit", "990122")


def test_nothing_of_another_county_is_inside_the_unzipped_files(
    candidate, foreign_candidate, county_officer, county, tmp_path
):
    inside = io.BytesIO()
    for paper in (PAPERS[key] for key in SURVEY):
        files.make(made(paper, county_officer, county), "xlsx", tmp_path / "a.xlsx")
        with zipfile.ZipFile(tmp_path / "a.xlsx") as parts:
            for name in parts.namelist():
                inside.write(parts.read(name))
    for mark in ("外县专属标记", "沙洲", "望江", "东陵"):
        assert mark.encode() not in inside.getvalue()
