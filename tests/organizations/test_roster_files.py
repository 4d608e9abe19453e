"""Rosters that are none, and what happens between reading and writing."""

import pytest
from django.urls import reverse

from accounts.errors import Refused
from accounts.models import Message
from organizations import actions, imports, tasks
from organizations.models import Appointment, ImportBatch
from organizations.roster_book import HEADERS
from tests.cast import NOW
from tests.organizations.rosters import CODE, read, upload
from tests.organizations.workbooks import HEADERS as SHORT
from tests.organizations.workbooks import bomb, workbook

# --- files that are none, and what happens in between --------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"a,b", "名册.csv", "另存为 .xlsx"),
        (bomb(), "名册.xlsx", "XFD1048576"),
        (b"x", "名册.xlsx", "不是有效的"),
    ],
)
def test_a_bad_file_is_refused_on_the_form(
    as_post, township_officer, township, village, content, name, words
):
    answer = upload(as_post(township_officer), township, content, name)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not ImportBatch.objects.exists()


def test_a_file_that_breaks_the_reader_ends_as_failed_with_words(
    as_post, township_officer, township, village
):
    from tests.organizations.workbooks import packed

    batch = read(township_officer, township, packed("<sheetData><row><c><v>1</row>"))
    assert batch.state == "failed"
    page = as_post(township_officer).get(reverse("organizations:batch", args=[batch.uid])).content.decode()
    assert "没有写入任何内容" in page
    assert Message.objects.filter(user=township_officer.user, title__contains="没有读成").exists()


def test_the_reading_ends_in_the_inbox_and_the_file_is_not_kept(township_officer, township, village):
    batch = read(township_officer, township, workbook([[CODE, "石桥村委会", 330, None, None]]))
    message = Message.objects.get(user=township_officer.user)
    assert "1 个单位的内容将改动" in message.title
    assert message.url == reverse("organizations:batch", args=[batch.uid])
    assert bytes(batch.content) == b""


def test_a_second_worker_leaves_a_read_batch_alone(township_officer, township, village):
    batch = read(township_officer, township, workbook([[CODE, "石桥村委会", 330, None, None]]))
    tasks.read_roster(batch.pk)
    batch.refresh_from_db()
    assert batch.attempts == 1


def test_a_post_that_ended_meanwhile_reads_nothing(township_officer, township, village):
    content = workbook([[CODE, "石桥村委会", 330, None, None]])
    batch = imports.hand_in(
        unit_id=township.pk, file_name="a.xlsx", content=content, by=township_officer, at=NOW
    )
    Appointment.objects.filter(pk=township_officer.pk).update(to_on="2026-01-01")
    tasks.read_roster(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.rows) == ("failed", [])


def test_what_changed_after_the_preview_stops_the_whole_import(
    county_officer, township_officer, township, village, other_village
):
    rows = [[CODE, "石桥村委会", 330, None, None], ["990121101202", "枫林村委会", 220, None, None]]
    batch = read(township_officer, township, workbook(rows))
    actions.edit_facts(unit_id=village.pk, version=1, facts={"members": 50}, by=county_officer, at=NOW)
    with pytest.raises(Refused, match="石桥村委会等 1 个单位"):
        imports.apply_batch(batch_id=batch.pk, by=township_officer, at=NOW)
    other_village.refresh_from_db()
    assert other_village.households == 210


def test_another_persons_batch_is_absent(as_post, county_officer, township_officer, township, village):
    batch = read(township_officer, township, workbook([[CODE, "石桥村委会", 330, None, None]]))
    page = as_post(county_officer)
    assert page.get(reverse("organizations:batch", args=[batch.uid])).status_code == 404
    assert page.post(reverse("organizations:batch_apply", args=[batch.uid])).status_code == 404


def test_progress_is_polled_until_the_page_is_due(as_post, township_officer, township, village):
    content = workbook([[CODE, "石桥村委会", 330, None, None]])
    batch = imports.hand_in(
        unit_id=township.pk, file_name="a.xlsx", content=content, by=township_officer, at=NOW
    )
    page, address = as_post(township_officer), reverse("organizations:batch_progress", args=[batch.uid])
    assert "HX-Refresh" not in page.get(address)
    tasks.read_roster(batch.pk)
    assert page.get(address)["HX-Refresh"] == "true"


def test_an_import_is_history_row_by_row_in_the_importers_name(as_post, township_officer, township, village):
    batch = read(township_officer, township, workbook([[CODE, "石桥村委会", 330, None, None]]))
    as_post(township_officer).post(reverse("organizations:batch_apply", args=[batch.uid]))
    newest = village.history.order_by("-pgh_id").first()
    assert (newest.households, newest.pgh_context["name"]) == (330, "zhen同志")


def test_the_short_headers_are_a_part_of_the_roster():
    assert set(SHORT) <= set(HEADERS)
