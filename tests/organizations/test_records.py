"""An organization's years and its committee, entered on its page and by Excel."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from organizations import imports, record_actions, tasks
from organizations.inputs import inputs_of
from organizations.models import ImportBatch
from organizations.record_models import LeaderPost, YearRecord
from tests.cast import NOW, TODAY, YEAR
from tests.organizations.workbooks import changed, workbook

LAST = YEAR - 1
COLUMNS = ["代码", "名称", "年度", "分类定级", "村班子年度考核", "信访件数"]
SEATS = ["代码", "名称", "职务", "书记职务", "姓名", "任职（空缺）起"]
CODE = "990121101201"


def words(answer):
    return answer.content.decode()


def at(name, *args):
    return reverse(f"organizations:{name}", args=args)


def seat(village, **facts):
    given = {
        "title": "党支部书记",
        "secretary": True,
        "holder": "马文静",
        "since_on": date(2023, 3, 1),
        **facts,
    }
    return LeaderPost.objects.create(organization=village, **given)


# --- years -------------------------------------------------------------------------------------------------------


def test_a_township_records_a_year_and_the_village_reads_it(
    as_post, township_officer, village_reporter, village
):
    browser, url = as_post(township_officer), at("year_record", village.uid, LAST)
    typed = {"grade": "poor", "committee_class": "3", "petitions": "2", "income": "1.5", "_version": "0"}
    assert "已保存" in words(browser.post(url, typed | {"review_problems": "议事少"}, follow=True))
    assert "较差" in words(as_post(village_reporter).get(village.get_absolute_url()))
    assert as_post(village_reporter).post(url, typed).status_code == 422
    assert len(inputs_of([village.pk], YEAR)[village.pk]) == 5


def test_two_who_record_the_same_year_see_both_versions(as_post, township_officer, county_officer, village):
    url = at("year_record", village.uid, LAST)
    as_post(township_officer).post(url, {"grade": "fair", "_version": "0"})
    response = as_post(county_officer).post(url, {"grade": "plain", "_version": "0"})
    assert response.status_code == 422 and "已被他人修改" in words(response) and "较好" in words(response)
    assert as_post(county_officer).post(url, {"grade": "plain", "_version": "1"}).status_code == 302
    assert YearRecord.objects.get().grade == "plain" and "修改" in words(as_post(county_officer).get(url))


def test_a_year_that_has_not_begun_is_no_page(as_post, township_officer, village):
    assert as_post(township_officer).get(at("year_record", village.uid, YEAR + 1)).status_code == 404


def test_another_township_keeps_nothing_here(as_post, other_township_officer, village):
    assert as_post(other_township_officer).get(at("year_record", village.uid, LAST)).status_code == 404
    assert as_post(other_township_officer).get(at("post", seat(village).uid)).status_code == 404


# --- committee ---------------------------------------------------------------------------------------------------


def test_a_post_is_set_up_changed_vacated_and_abolished_and_its_holders_are_remembered(
    as_post, township_officer, village
):
    browser = as_post(township_officer)
    made = {"title": "党支部书记", "secretary": "on", "holder": "马文静", "since_on": "2023-3-1"}
    assert browser.post(at("post_new", village.uid), made).status_code == 302
    held = LeaderPost.objects.get()
    page = at("post", held.uid)
    browser.post(page, {"hold-holder": "方启明", "hold-since_on": "2025-1-6", "_version": "1"})
    browser.post(page, {"hold-holder": "", "hold-since_on": "2026-2-1", "_version": "2"})
    held.refresh_from_db()
    assert (held.holder, held.since_on) == ("", date(2026, 2, 1))
    shown = words(browser.get(page))
    assert "马文静" in shown and "方启明" in shown
    assert "空缺" in words(browser.get(village.get_absolute_url()))
    browser.post(at("post_abolish", held.uid), {"end-ended_on": "2026-5-1", "_version": "3"})
    assert not LeaderPost.objects.current(TODAY).exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"hold-holder": "方启明", "hold-since_on": "2022-1-1"}, "不能早于现任"),
        ({"hold-holder": "方启明", "hold-since_on": "2026-6-1"}, "不能晚于今天"),
        ({"hold-holder": "马文静", "hold-since_on": "2023-3-1"}, "没有变动"),
        ({"hold-holder": "方启明", "hold-since_on": "昨天"}, "请填写日期"),
    ],
)
def test_a_change_that_cannot_be_is_refused_at_the_field(as_post, township_officer, village, typed, said):
    response = as_post(township_officer).post(at("post", seat(village).uid), typed)
    assert response.status_code == 422 and said in words(response)


def test_a_committee_has_one_secretary(as_post, township_officer, village):
    seat(village)
    typed = {"title": "第一书记", "secretary": "on", "holder": "", "since_on": "2026-1-1"}
    response = as_post(township_officer).post(at("post_new", village.uid), typed)
    assert response.status_code == 422 and "已有书记职务" in words(response)


def test_a_village_reads_and_does_not_write(as_post, village_reporter, village):
    held = seat(village)
    browser = as_post(village_reporter)
    assert "由乡镇（街道）组织委员或县" in words(browser.get(at("post", held.uid)))
    typed = {"hold-holder": "方启明", "hold-since_on": "2026-1-1"}
    assert browser.post(at("post", held.uid), typed).status_code == 422
    assert LeaderPost.objects.get().holder == "马文静"


def test_who_keeps_the_tree_sees_nothing_of_it(as_post, system_admin, village):
    seat(village)
    assert "马文静" not in words(as_post(system_admin).get(village.get_absolute_url()))


# --- Excel -------------------------------------------------------------------------------------------------------


def read(post, unit, content):
    batch = imports.hand_in(
        unit_id=unit.pk, file_name="表.xlsx", content=content, by=post, at=NOW, kind="records"
    )
    tasks.read_roster(batch.pk)
    batch.refresh_from_db()
    return batch


def errors(batch):
    return [(f"{one['column']}{one['row']}", one["reason"]) for one in batch.errors]


def test_what_is_downloaded_comes_back_without_a_change(
    as_post, county_officer, county, village, other_village
):
    seat(village)
    seat(village, title="组织委员", secretary=False, holder="")
    YearRecord.objects.create(organization=village, year=LAST, grade="poor", income=Decimal("3.20"))
    content = as_post(county_officer).get(at("records_file", county.uid)).content
    batch = read(county_officer, county, content)
    assert (batch.state, batch.errors, batch.rows) == ("done", [], [])


def test_a_filled_sheet_is_looked_at_confirmed_and_written_once(as_post, county_officer, county, village):
    browser = as_post(county_officer)
    content = browser.get(at("records_file", county.uid)).content

    def fill(page):
        for column, value in zip("FGHIJ", ("较差", "三类", 3, 2.5, "组织生活不正常"), strict=True):
            page[f"{column}4"] = value

    batch = read(county_officer, county, changed(content, fill))
    shown = words(browser.get(at("batch", batch.uid)))
    assert "2025年分类定级" in shown and "较差" in shown and "确认写入 1 行" in shown
    done = browser.post(at("batch_apply", batch.uid), follow=True)
    assert "年度情况与班子成员表已写入" in words(done)
    record = YearRecord.objects.get()
    assert (record.grade, record.committee_class, record.petitions) == ("poor", 3, 3)
    assert (record.income, record.review_problems) == (Decimal("2.50"), "组织生活不正常")
    assert imports.apply_batch(batch_id=batch.pk, by=county_officer, at=NOW) == 1
    assert YearRecord.objects.count() == 1


def test_every_wrong_cell_is_named_and_nothing_is_written(county_officer, county, village):
    rows = [
        [CODE, "石桥村委会", 2025, "良好", "四类", -1],
        [CODE, "石桥村委会", 2031, "好", "", ""],
        [CODE, "枫林村委会", 2025, "好", "", ""],
        ["990121101299", "没有的村", 2025, "好", "", ""],
    ]
    batch = read(county_officer, county, workbook(rows, headers=COLUMNS, sheet="年度情况"))
    found = dict(errors(batch))
    assert set(found) == {"D2", "E2", "F2", "C3", "B4", "A5"}
    assert "应为 好、较好、一般、较差 之一" in found["D2"] and "年度" in found["C3"]
    with pytest.raises(Exception, match="还有错误"):
        imports.apply_batch(batch_id=batch.pk, by=county_officer, at=NOW)


def test_the_committees_sheet_replaces_vacates_and_sets_up(county_officer, county, village):
    secretary = seat(village)
    first = seat(village, title="委员", secretary=False, holder="何思源")
    second = seat(village, title="委员", secretary=False, holder="曹月华")
    rows = [
        [CODE, "石桥村", "党支部书记", "是", "空缺", "2026年3月1日"],
        [CODE, "石桥村", "委员", "否", "曹月华", "2023年3月1日"],
        [CODE, "石桥村", "委员", "否", "严若溪", "2026-4-1"],
        [CODE, "石桥村", "组织委员", "否", "姜景行", "2026.4.1"],
    ]
    batch = read(county_officer, county, workbook(rows, headers=SEATS, sheet="班子成员"))
    assert (batch.errors, len(batch.rows)) == ([], 3)
    imports.apply_batch(batch_id=batch.pk, by=county_officer, at=NOW)
    for one in (secretary, first, second):
        one.refresh_from_db()
    assert (secretary.holder, first.holder, second.holder) == ("", "严若溪", "曹月华")
    assert LeaderPost.objects.get(title="组织委员").holder == "姜景行"
    again = read(county_officer, county, workbook(rows, headers=SEATS, sheet="班子成员"))
    assert (again.errors, again.rows) == ([], [])


def test_a_committees_sheet_says_what_is_missing(county_officer, county, village):
    seat(village)
    rows = [
        [CODE, "石桥村", "党支部书记", "是", "方启明", ""],
        [CODE, "石桥村", "组织委员", "否", "", "2026-4-1"],
        [CODE, "石桥村", "宣传委员", "", "姜景行", "四月"],
        [CODE, "石桥村", "总支书记", "是", "姜景行", "2026-4-1"],
    ]
    found = errors(read(county_officer, county, workbook(rows, headers=SEATS, sheet="班子成员")))
    assert {cell for cell, _ in found} == {"F2", "E3", "F4", "D5"}


def test_a_change_between_preview_and_writing_writes_nothing(
    county_officer, township_officer, county, village
):
    held = seat(village)
    rows = [[CODE, "石桥村", "党支部书记", "是", "方启明", "2026-1-1"]]
    batch = read(county_officer, county, workbook(rows, headers=SEATS, sheet="班子成员"))
    record_actions.hold(
        post_id=held.pk, holder="严若溪", since_on=TODAY, version=None, by=township_officer, at=NOW
    )
    with pytest.raises(Exception, match="已被他人修改"):
        imports.apply_batch(batch_id=batch.pk, by=county_officer, at=NOW)
    assert LeaderPost.objects.get().holder == "严若溪"


def test_a_township_cannot_write_beyond_itself(township_officer, township, other_township, village):
    from tests import cast

    cast.village_in(other_township, "青松村委会", "990121201201")
    rows = [["990121201201", "青松村委会", 2025, "好", "", ""]]
    batch = read(township_officer, township, workbook(rows, headers=COLUMNS, sheet="年度情况"))
    assert "不在本名册的单位范围内" in errors(batch)[0][1]


def test_a_village_hands_in_no_sheet(as_post, village_reporter, village):
    assert as_post(village_reporter).get(at("records", village.uid)).status_code == 403
    assert not ImportBatch.objects.exists()


def test_the_workbook_costs_the_same_however_many_villages(
    as_post, county_officer, county, village, other_village, community, query_count
):
    browser, url = as_post(county_officer), at("records_file", county.uid)
    browser.get(url)
    seat(village)
    few = query_count(lambda: browser.get(url))
    for unit in (other_village, community):
        seat(unit)
        YearRecord.objects.create(organization=unit, year=LAST, grade="good")
    assert query_count(lambda: browser.get(url)) == few


def test_a_units_page_costs_the_same_however_much_is_known(as_post, county_officer, village, query_count):
    browser, url = as_post(county_officer), village.get_absolute_url()
    seat(village)
    YearRecord.objects.create(organization=village, year=LAST, grade="good")
    browser.get(url)
    few = query_count(lambda: browser.get(url))
    seat(village, title="组织委员", secretary=False)
    YearRecord.objects.create(organization=village, year=LAST - 1, grade="good")
    assert query_count(lambda: browser.get(url)) == few
