"""The pages of 回头看, as each post meets them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rectification.cases.models import Case
from rectification.lookback.models import Lookback, LookbackView
from rectification.workflow import Stage
from tests import cast
from tests.rectification.lookback.conftest import answer, of_last_year

pytestmark = pytest.mark.django_db


def page(lookback, name="detail", query=""):
    return reverse(f"lookback:{name}", args=[lookback.uid]) + query


def sheet(lookback, party, state="held", **changed):
    data = {"party": party, "_version": lookback.version}
    for point in lookback.checkpoints.all():
        data[f"state-{point.pk}"], data[f"finding-{point.pk}"] = state, ""
    return data | changed


def text_of(response):
    return response.content.decode()


def test_the_county_opens_it_from_the_list(as_post, county_officer, last_year):
    browser = as_post(county_officer)
    assert "上年有 1 个整顿对象尚未列入回头看" in text_of(browser.get(reverse("lookback:list")))
    response = browser.post(reverse("lookback:open"), follow=True)
    assert "列入 1 个上年整顿对象" in text_of(response) and "石桥村" in text_of(response)


def test_opening_with_nothing_to_open_says_why(as_post, county_officer, scheme):
    response = as_post(county_officer).post(reverse("lookback:open"), follow=True)
    assert "没有尚未纳入回头看的整顿对象" in text_of(response)


def test_whoever_is_not_the_county_has_no_button(as_post, township_officer, last_year):
    assert "开展回头看</button>" not in text_of(as_post(township_officer).get(reverse("lookback:list")))
    response = as_post(township_officer).post(reverse("lookback:open"), follow=True)
    assert "回头看由县（市、区）委组织部开展" in text_of(response) and not Lookback.objects.exists()


def test_each_post_sees_its_own_column_to_fill(
    as_post, lookback, village_reporter, township_officer, county_officer, city_reviewer
):
    fills = {
        village_reporter: "保存整顿对象自查",
        township_officer: "保存上级党组织检查",
        county_officer: "保存组织（人事）部门考核验收",
    }
    for post, button in fills.items():
        assert button in text_of(as_post(post).get(page(lookback)))
    assert "保存" not in text_of(as_post(city_reviewer).get(page(lookback))).split('id="sheet"')[1]


def test_a_township_enters_the_self_check_for_the_village_and_it_shows(as_post, lookback, township_officer):
    browser = as_post(township_officer)
    assert "保存整顿对象自查" in text_of(browser.get(page(lookback, query="?party=self")))
    response = browser.post(page(lookback, "save"), sheet(lookback, "self"), follow=True)
    assert "整顿对象自查已填写完整，下一步由柳溪镇检查" in text_of(response)
    assert "代录" in text_of(browser.get(page(lookback, query="?party=superior")))


def test_a_part_may_be_saved_half_way(as_post, lookback, village_reporter):
    data = sheet(lookback, "self", state="")
    data[f"state-{lookback.checkpoints.first().pk}"] = "held"
    response = as_post(village_reporter).post(page(lookback, "save"), data, follow=True)
    assert "还有 8 项没有填写" in text_of(response)


def test_a_village_cannot_write_into_another_column(as_post, lookback, village_reporter):
    as_post(village_reporter).post(page(lookback, "save"), sheet(lookback, "department"))
    assert set(LookbackView.objects.values_list("party", flat=True)) == {"self"}


def test_missing_words_are_said_at_the_field_and_nothing_typed_is_lost(as_post, lookback, township_officer):
    first, second = lookback.checkpoints.all()[:2]
    changed = {f"state-{first.pk}": "relapsed", f"finding-{second.pk}": "班子成员已补齐"}
    response = as_post(township_officer).post(page(lookback, "save"), sheet(lookback, "superior", **changed))
    assert response.status_code == 422
    assert "须写明具体情况" in text_of(response) and "班子成员已补齐" in text_of(response)


def test_two_who_save_at_once_see_both_versions(as_post, lookback, township_officer, county_officer):
    first = lookback.checkpoints.first()
    answer(lookback, "superior", township_officer, p1=("slipped", "措施落实了一半"))
    typed = sheet(lookback, "superior", **{f"finding-{first.pk}": "我写的"})
    response = as_post(township_officer).post(page(lookback, "save"), typed)
    assert response.status_code == 422
    assert "已被他人修改" in text_of(response)
    assert "我写的" in text_of(response) and "措施落实了一半" in text_of(response)
    again = typed | {"_version": Lookback.objects.get().version}
    assert as_post(township_officer).post(page(lookback, "save"), again).status_code == 302


def test_the_county_concludes_and_the_case_moves(as_post, lookback, county_officer):
    browser = as_post(county_officer)
    assert "登记结论</button>" not in text_of(browser.get(page(lookback)))
    browser.post(page(lookback, "save"), sheet(lookback, "department"))
    assert "登记结论</button>" in text_of(browser.get(page(lookback)))
    given = {
        "outcome": "carried",
        "reasons": "班子又不健全",
        "decided_on": "2026-5-20",
        "body": "青禾县委组织部",
        "_version": Lookback.objects.get().version,
    }
    response = browser.post(page(lookback, "decide"), given, follow=True)
    assert "纳入本年整顿任务" in text_of(response)
    assert Case.objects.get(pk=lookback.case_id).stage == Stage.CARRIED
    assert "石桥村" in text_of(browser.get(reverse("lookback:list") + "?group=carried"))


def test_a_refused_conclusion_keeps_what_was_typed(as_post, lookback, county_officer):
    answer(lookback, "department", county_officer)
    given = {"outcome": "closed", "reasons": "逐项核查过", "decided_on": "2026-5-21", "body": "县委组织部"}
    response = as_post(county_officer).post(page(lookback, "decide"), given)
    assert response.status_code == 422
    assert "晚于今天" in text_of(response) and "逐项核查过" in text_of(response)


def test_what_the_views_say_against_each_other_stands_beside_the_conclusion(
    as_post, lookback, village_reporter, township_officer, county_officer
):
    answer(lookback, "self", village_reporter)
    answer(lookback, "superior", township_officer)
    answer(lookback, "department", county_officer, p1=("slipped", "只落实一半"))
    words = text_of(as_post(county_officer).get(page(lookback)))
    assert "意见不一" in words and "没有转化到位，纳入本年整顿任务" in words


def test_a_helper_reads_what_the_case_says(as_post, lookback, helper):
    assert as_post(helper).get(page(lookback)).status_code == 404
    lookback.case.members.create(kind="team", name="帮", user=helper.user, from_on=cast.TODAY)
    assert as_post(helper).get(page(lookback)).status_code == 200


def test_out_of_scope_is_absent(as_post, lookback, other_county_officer, other_township_officer):
    for post in (other_county_officer, other_township_officer):
        assert as_post(post).get(page(lookback)).status_code == 404
        assert "石桥村" not in text_of(as_post(post).get(reverse("lookback:list")))


def queries(browser, url):
    """How many queries a page takes once everything lasting is known."""
    browser.get(url)
    with CaptureQueriesContext(connection) as seen:
        assert browser.get(url).status_code == 200
    return len(seen)


def test_the_list_costs_the_same_however_many_there_are(
    as_post, lookback, scheme, county, township, county_officer, township_officer
):
    browser, url = as_post(county_officer), reverse("lookback:list")
    one = queries(browser, url)
    for number, name in enumerate(("上塘村委会", "下塘村委会", "白马村委会")):
        other = cast.village_in(township, name, f"99012110121{number}")
        of_last_year(scheme, other, county, county_officer)
    browser.post(reverse("lookback:open"))
    answer(Lookback.objects.last(), "superior", township_officer)
    assert Lookback.objects.count() == 4
    assert queries(browser, url) == one


def test_the_sheet_costs_the_same_however_much_is_said(
    as_post, lookback, county_officer, township_officer, village_reporter
):
    browser = as_post(county_officer)
    point = lookback.checkpoints.first()
    answer(lookback, "self", village_reporter)
    said = queries(browser, page(lookback))
    answer(lookback, "superior", township_officer)
    answer(lookback, "department", county_officer)
    point.pk, point.order = None, 10
    point.save()
    assert queries(browser, page(lookback)) == said
