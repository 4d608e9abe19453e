"""The ledger page: the table as it will print, with filters, files and the way up."""

from datetime import timedelta

import pytest
from django.urls import reverse

from rectification.duties.models import Duty
from rectification.remediation.models import Measure
from reports.ledgers import LEDGERS
from reports.models import Export
from tests import cast

WORK = "/ledgers/work/"


def shown(client, address=WORK, **query):
    response = client.get(address, query)
    assert response.status_code == 200
    return response.content.decode()


def test_it_shows_header_groups_merged_cells_totals_and_signatures(filled_case, as_post, county_officer):
    page = shown(as_post(county_officer))
    assert 'colspan="5" class="cell-group">整顿对象' in page
    assert 'rowspan="3"' in page
    assert 'rowspan="2"' in page
    for words in ("3条措施", "填报单位（盖章）", "主要负责人（签字）"):
        assert words in page


def test_the_township_sees_its_button_and_its_date(filled_case, as_post, township_officer):
    page = shown(as_post(township_officer))
    assert "报送上级" in page
    assert "前核对并报送" in page


def test_the_city_has_nobody_to_file_to(filled_case, as_post, city_reviewer):
    page = shown(as_post(city_reviewer))
    assert "报送上级" not in page
    assert "方案没有规定本级台账报往哪里" in page


def test_a_village_reads_its_ledger_and_files_nothing(filled_case, as_post, village_reporter):
    page = shown(as_post(village_reporter))
    assert "选派干部任支部书记" in page
    assert "报送上级" not in page


def test_another_county_s_unit_is_not_there(filled_case, as_post, county_officer, foreign_township):
    assert as_post(county_officer).get(WORK, {"unit": foreign_township.uid}).status_code == 404


@pytest.mark.parametrize("unit", ["not-a-uuid", "00000000-0000-0000-0000-000000000000"])
def test_an_absent_unit_looks_the_same(filled_case, as_post, county_officer, unit):
    assert as_post(county_officer).get(WORK, {"unit": unit}).status_code == 404


def test_a_filter_in_the_address_narrows_it(filled_case, as_post, county_officer):
    assert "这个范围内还没有内容" in shown(as_post(county_officer), field="community")


def test_a_wrong_filter_says_so_and_shows_the_page(filled_case, as_post, county_officer):
    assert "请填写日期" in shown(as_post(county_officer), as_of="昨天")


def test_a_past_day_says_that_it_is_past(filled_case, as_post, county_officer):
    assert "2026年4月1日 当天结束时的数据" in shown(as_post(county_officer), as_of="2026-4-1")


def test_every_ledger_is_read_as_of_a_past_day(filled_case, as_post, county_officer):
    """The tables of a past day are views without keys, by which nothing may be grouped."""
    client = as_post(county_officer)
    answers = {
        key: client.get(reverse("reports:ledger", args=[key]), {"as_of": "2026-4-1"}) for key in LEDGERS
    }
    assert {key for key, answer in answers.items() if answer.status_code != 200} == set()


def test_what_changed_since_it_was_filed_is_listed(filled_case, as_post, township_officer):
    client = as_post(township_officer)
    client.post(f"{WORK}file/", {})
    Measure.objects.filter(order=2).update(percent=90)
    assert "完成率：<del>40%</del> → <ins>90%</ins>" in shown(client)


def test_an_export_takes_exactly_what_is_filtered(filled_case, as_post, county_officer, township):
    data = {"unit": township.uid, "field": "village", "format": "xlsx", "year": cast.YEAR}
    response = as_post(county_officer).post(f"{WORK}export/", data)
    assert response.url == reverse("reports:exports")
    made = Export.objects.get()
    assert (made.unit, made.filters, made.year) == (township, {"field": "village"}, cast.YEAR)


def test_a_wrong_format_is_refused_in_words(filled_case, as_post, county_officer):
    response = as_post(county_officer).post(f"{WORK}export/", {"format": "exe"}, follow=True)
    assert "没有这种台账或格式" in response.content.decode()
    assert not Export.objects.exists()


def test_the_index_lists_every_ledger_with_this_unit_s_date(filled_case, as_post, township_officer):
    day = cast.TODAY - timedelta(days=5)
    Duty.objects.filter(key="ledger_township").update(due_on=day, effective_due_on=day)
    page = shown(as_post(township_officer), reverse("reports:ledgers"))
    assert "整顿软弱涣散基层党组织工作台账" in page
    assert "摸排登记表" in page
    assert "逾期" in page


def test_an_unknown_ledger_is_absent(as_post, county_officer):
    assert as_post(county_officer).get("/ledgers/none/").status_code == 404


def test_the_page_asks_few_queries(filled_case, as_post, county_officer, django_assert_max_num_queries):
    client = as_post(county_officer)
    client.get(WORK)
    with django_assert_max_num_queries(32):
        client.get(WORK)
