"""What a ledger says, to whom, and as of when."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.history import as_of
from rectification.remediation.models import Measure
from reports.ledgers import LEDGERS, OutOfScope, Selection
from reports.sheet import frozen, live
from tests import cast
from tests.reports.conftest import progress_of

WORK = LEDGERS["work"]


def sheet_of(post, unit, key="work", year=cast.YEAR, **filters):
    return live(LEDGERS[key], Selection(post, unit, year, filters), today=cast.TODAY)


def column(sheet, key):
    return [c.key for c in sheet.columns].index(key)


def cells(sheet, key):
    place = column(sheet, key)
    return [row.values[place] for row in sheet.rows]


def test_the_work_ledger_has_the_columns_of_the_form_in_order():
    assert " ".join(column.title for column in WORK.columns) == (
        "序号 县市区 乡镇（街道） 村（社区） 领域 主要类型 突出问题 整顿措施 目标 责任领导 责任单位 责任人 时限"
        " 进展情况 完成率 是否销号 销号时间 备注"
    )


def test_there_is_one_row_per_measure(filled_case, county_officer, county):
    assert cells(sheet_of(county_officer, county), "measure") == [
        "选派干部任支部书记",
        "每月召开一次支部党员大会",
        "按季公开账目",
    ]


def test_a_case_without_measures_is_one_row(filled_case, empty_case, county_officer, county):
    assert cells(sheet_of(county_officer, county), "organization") == ["石桥村"] * 3 + ["枫林村"]


def test_the_newest_entry_of_progress_is_shown(filled_case, county_officer, county, township_officer):
    progress_of(Measure.objects.get(text="选派干部任支部书记"), 80, "已任命", township_officer)
    assert cells(sheet_of(county_officer, county), "progress")[0] == "已任命"


def test_a_cancelled_measure_says_so_and_has_no_percentage(filled_case, county_officer, county):
    Measure.objects.filter(order=2).update(state="cancelled", cancelled_reason="合并到第一条")
    assert "已取消：合并到第一条" in cells(sheet_of(county_officer, county), "progress")
    assert None in cells(sheet_of(county_officer, county), "percent")


def test_cells_merge_within_the_case_and_within_the_problem(filled_case, county_officer, county):
    sheet = sheet_of(county_officer, county)
    (block,) = sheet.blocks()
    merged = {(sheet.columns[m.column].key, m.first, m.last) for m in block.merges}
    assert ("organization", 0, 2) in merged
    assert ("problem", 0, 1) in merged
    assert not any(key == "measure" for key, _first, _last in merged)


def test_the_foot_counts_cases_problems_and_measures(filled_case, empty_case, county_officer, county):
    sheet = sheet_of(county_officer, county)
    list(sheet.rows)
    foot = sheet.foot()
    said = [foot[column(sheet, key)] for key in ("number", "organization", "problem", "measure", "closed")]
    assert said == ["合计", "2个", "2个问题", "3条措施", "销号1"]


def test_a_county_never_reads_another_county(filled_case, foreign_filled_case, county_officer, county):
    assert "外县专属标记问题" not in cells(sheet_of(county_officer, county), "problem")


def test_the_city_reads_both_counties(filled_case, foreign_filled_case, city_reviewer, city):
    assert set(cells(sheet_of(city_reviewer, city), "county")) == {"青禾县", "东陵县"}


def test_a_unit_outside_the_post_s_scope_is_refused(foreign_filled_case, county_officer, other_county):
    with pytest.raises(OutOfScope, match="不在您的管理范围内"):
        list(sheet_of(county_officer, other_county).rows)


def test_an_administrator_reads_no_ledger(filled_case, system_admin, city):
    with pytest.raises(OutOfScope):
        list(sheet_of(system_admin, city).rows)


def test_a_filter_narrows_the_ledger(filled_case, county_officer, county):
    assert cells(sheet_of(county_officer, county, field="community"), "organization") == []


def test_a_ledger_costs_two_queries_however_long(
    filled_case, empty_case, county_officer, county, django_assert_max_num_queries
):
    sheet = sheet_of(county_officer, county)
    with django_assert_max_num_queries(2):
        list(sheet.rows)


def test_frozen_content_draws_the_same_sheet(filled_case, county_officer, county):
    content = sheet_of(county_officer, county).content()
    again = frozen(content)
    assert [row.values for row in again.rows] == [row.values for row in sheet_of(county_officer, county).rows]
    assert again.content() == content


def test_the_survey_register_has_the_sixteen_columns_of_the_form():
    assert " ".join(column.title for column in LEDGERS["survey_register"].columns) == (
        "序号 乡镇（街道） 村（社区） 领域 党员数 书记姓名 任职时间 对应情形 具体表现 扣分 得分 倒排名次"
        " 村自查意见 乡镇意见 部门联审意见 备注"
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.real_clock
def test_the_ledger_of_a_past_moment_shows_what_stood_then(
    filled_case, county_officer, county, township_officer
):
    measure = Measure.objects.get(text="选派干部任支部书记")
    before = timezone.now()
    progress_of(measure, 95, "已任命并到岗", township_officer)
    with as_of(before + timedelta(microseconds=1)):
        then = cells(sheet_of(county_officer, county), "percent")
    assert then[0] == 60
    assert cells(sheet_of(county_officer, county), "percent")[0] == 95


def titles(sheet):
    return [one.title for one in sheet.columns]


def test_the_versions_of_township_and_village_leave_out_what_their_title_says(
    filled_case, empty_case, county_officer, county, township, village, township_officer, village_reporter
):
    whole = titles(sheet_of(county_officer, county))
    assert titles(sheet_of(township_officer, township)) == [t for t in whole if t != "县市区"]
    own = sheet_of(village_reporter, village)
    assert own.title.startswith("石桥村") and titles(own)[:3] == ["序号", "主要类型", "突出问题"]
    assert len(cells(own, "measure")) == 3 and own.foot()[column(own, "problem")] == "2个问题"


def test_the_register_of_several_counties_says_which(scheme, city_reviewer, city, county_officer, county):
    assert titles(sheet_of(city_reviewer, city, "survey_register"))[1] == "县市区"
    assert titles(sheet_of(county_officer, county, "survey_register"))[1] == "乡镇（街道）"
