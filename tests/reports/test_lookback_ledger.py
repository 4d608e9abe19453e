"""回头看情况表: what stands in it, who sees which part of it, and what filing it discharges."""

import pytest
from django.urls import reverse

from rectification.duties.models import Duty
from reports.ledgers import LEDGERS, Selection
from reports.sheet import live
from tests import cast
from tests.rectification.lookback.conftest import answer, decide, of_last_year, opened
from tests.stage import on_stage

pytestmark = pytest.mark.django_db


@on_stage
def lookback(county, village, scheme, county_officer, township_officer):
    """Concluded: not turned round, because the secretary is missing again."""
    case = of_last_year(scheme, village, county, county_officer)
    made = opened(scheme, county, county_officer, case)
    answer(made, "superior", township_officer)
    answer(made, "department", county_officer, p3=("relapsed", "书记再次缺位"))
    decide(made, county_officer, "carried", reasons="书记再次缺位")
    return made


def sheet_of(post, unit):
    return live(LEDGERS["lookback"], Selection(post, unit, cast.YEAR, {}), today=cast.TODAY)


def rows_of(sheet):
    keys = [column.key for column in sheet.columns]
    return [dict(zip(keys, row.values, strict=True)) for row in sheet.rows]


def test_a_row_is_a_point_with_what_three_parties_say(lookback, county, county_officer):
    rows = rows_of(sheet_of(county_officer, county))
    assert len(rows) == 9
    third = rows[2]
    assert third["checkpoint"] == "党组织书记是否胜任"
    assert (third["self"], third["superior"]) == ("", "巩固")
    assert (third["department"], third["department_finding"]) == ("反弹", "书记再次缺位")
    assert (third["outcome"], third["where"]) == ("没有转化到位", "纳入本年整顿")


def test_the_totals_count_cases_not_points(lookback, county, county_officer):
    sheet = sheet_of(county_officer, county)
    rows_of(sheet)
    foot = dict(zip([column.key for column in sheet.columns], sheet.foot(), strict=True))
    assert (foot["organization"], foot["outcome"], foot["where"]) == ("1个", "转化0个", "续整1个")


def test_another_countys_lookbacks_are_not_in_it(
    scheme, lookback, other_county, other_county_officer, foreign_village
):
    of_last_year(scheme, foreign_village, other_county, other_county_officer)
    assert rows_of(sheet_of(other_county_officer, other_county)) == []


def test_the_page_shows_it_and_filing_it_discharges_the_report(as_post, county, lookback, county_officer):
    browser = as_post(county_officer)
    words = browser.get(reverse("reports:ledger", args=["lookback"])).content.decode()
    assert "组织（人事）部门考核验收" in words and "书记再次缺位" in words
    browser.post(reverse("reports:file", args=["lookback"]), {"year": cast.YEAR})
    duty = Duty.objects.get(organization=county, key="lookback_report")
    assert duty.state == "done" and "已报送" in duty.ended_reason
