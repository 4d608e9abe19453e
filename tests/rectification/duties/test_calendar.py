"""放假调休: loaded once, read by officers, entered by the city, with clear errors and nothing lost."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse

from rectification.schemes.duty_models import CalendarDay
from rectification.schemes.rule_dates import official_calendar
from tests.cast import YEAR

pytestmark = pytest.mark.django_db
PAGE = reverse("duties:calendar")
ENTER = reverse("duties:calendar_enter")


def load() -> str:
    said = StringIO()
    call_command("load_calendar", stdout=said)
    return said.getvalue()


def test_the_official_orders_are_loaded_once():
    assert "2015—2026年" in load()
    count = CalendarDay.objects.count()
    assert load() == "放假调休安排：没有新的年度\n"
    assert CalendarDay.objects.count() == count
    calendar = official_calendar(2025)
    assert not calendar(date(2025, 10, 1)) and calendar(date(2025, 10, 11)) and calendar(date(2026, 1, 4))
    assert calendar.doubt([date(2027, 1, 1)]) == "2027年的放假调休安排尚未录入，只按周末推算工作日"


def test_what_a_person_entered_is_not_overwritten():
    CalendarDay.objects.create(on=date(2026, 3, 3), working=False, name="本地")
    load()
    assert CalendarDay.objects.of_year(2026).count() == 1


def test_every_officer_reads_it_and_only_the_city_enters(
    as_post, township_officer, county_officer, city_reviewer
):
    load()
    for post in (township_officer, county_officer):
        client = as_post(post)
        page = client.get(PAGE).content.decode()
        assert "国庆节" in page and "录入放假安排" not in page
        assert client.get(ENTER).status_code == 403
        assert client.post(reverse("duties:calendar_remove"), {"on": "2026-10-1"}).status_code == 403
    assert "录入放假安排" in as_post(city_reviewer).get(PAGE).content.decode()


def test_a_year_without_an_order_says_so(as_post, township_officer, city_reviewer):
    page = as_post(township_officer).get(PAGE, {"year": YEAR + 1}).content.decode()
    assert "尚未录入，工作日只按周末推算" in page
    assert "由市委组织部" in page


def test_a_pasted_notice_is_entered_and_a_second_paste_changes_nothing(as_post, city_reviewer):
    client = as_post(city_reviewer)
    sent = {"year": YEAR, "text": "国庆节：10月1日至7日放假，共7天。9月20日（周日）、10月10日（周六）上班。"}
    page = client.post(ENTER, sent, follow=True).content.decode()
    assert "写入 7 天" in page
    assert CalendarDay.objects.of_year(YEAR).count() == 7
    again = client.post(ENTER, sent)
    assert again.status_code == 422
    assert "没有改动" in again.content.decode()


def test_wrong_lines_are_named_and_nothing_is_kept_or_lost(as_post, city_reviewer):
    text = "10月1日至3日放假\n2月30日放假\n10月12日上班"
    answer = as_post(city_reviewer).post(ENTER, {"year": YEAR, "text": text})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "第 2 行“2月30日放假”：“2月30日”不是日期" in page
    assert "第 3 行" in page and "本来就上班" in page
    assert text.splitlines()[0] in page
    assert not CalendarDay.objects.exists()


def test_one_day_is_added_changed_and_removed(as_post, city_reviewer):
    client = as_post(city_reviewer)
    day = {"year": YEAR, "on": f"{YEAR}-10-8", "kind": "free", "name": "国庆节"}
    assert client.post(ENTER, day).status_code == 302
    assert client.post(ENTER, day | {"name": "国庆假期"}).status_code == 302
    assert CalendarDay.objects.get().name == "国庆假期"
    page = client.post(reverse("duties:calendar_remove"), {"on": f"{YEAR}-10-08"}, follow=True)
    assert f"已删去{YEAR}年10月8日" in page.content.decode()
    gone = client.post(reverse("duties:calendar_remove"), {"on": f"{YEAR}-10-08"}, follow=True)
    assert "可能已被删除" in gone.content.decode()


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ({"on": "2026-10-8", "kind": "worked"}, "本来就上班"),
        ({"on": "2026-10-10", "kind": "free"}, "本来就休息"),
        ({"on": "2025-10-8", "kind": "free"}, "不是2026年的日期"),
        ({"on": "10月", "kind": "free"}, "请填写日期"),
    ],
)
def test_a_day_that_says_nothing_new_is_told_at_the_field(as_post, city_reviewer, day, words):
    answer = as_post(city_reviewer).post(ENTER, {"year": 2026} | day)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_a_new_order_replaces_the_year_where_asked(as_post, city_reviewer):
    load()
    sent = {"year": YEAR, "text": "10月1日至2日放假", "anew": "on"}
    page = as_post(city_reviewer).post(ENTER, sent, follow=True).content.decode()
    assert "删去" in page
    assert CalendarDay.objects.of_year(YEAR).count() == 2
