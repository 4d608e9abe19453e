"""摸排登记表: a row per criterion, everybody's opinion, within scope, in as many queries however long."""

from decimal import Decimal

import pytest

from reports.ledgers import LEDGERS, Selection
from reports.sheet import live
from tests import cast
from tests.reports import survey_rows

REGISTER = LEDGERS["survey_register"]


def sheet_of(post, unit, **filters):
    return live(REGISTER, Selection(post, unit, cast.YEAR, filters), today=cast.TODAY)


def cells(sheet, key):
    place = [column.key for column in sheet.columns].index(key)
    return [row.values[place] for row in sheet.rows]


def test_each_criterion_is_a_row_with_its_own_points(candidate, county_officer, county):
    assert cells(sheet_of(county_officer, county), "deducted") == [Decimal("8"), Decimal("5.5")]
    assert cells(sheet_of(county_officer, county), "findings") == [
        "书记空缺八个月",
        "全年只开两次支部党员大会",
    ]


def test_the_organization_s_cells_are_merged_over_its_criteria(candidate, county_officer, county):
    sheet = sheet_of(county_officer, county)
    (block,) = sheet.blocks()
    merged = {sheet.columns[merge.column].key for merge in block.merges}
    assert {"number", "organization", "score", "rank", "self_opinion", "joint_opinion"} <= merged
    assert not merged & {"criteria", "findings", "deducted"}


def test_it_knows_the_secretary_and_since_when(candidate, county_officer, county):
    sheet = sheet_of(county_officer, county)
    assert cells(sheet, "secretary")[0] == "周明远"
    assert cells(sheet_of(county_officer, county), "since")[0].isoformat() == "2021-03-06"


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("self_opinion", "自认符合情形①；班子缺额，自认工作滞后"),
        ("township_opinion", "同意列为拟整顿对象"),
        ("joint_opinion", "县信访局：有异议，近期矛盾已化解；县纪委监委：无异议；研究处理：复核后维持列入"),
    ],
)
def test_village_township_and_departments_have_their_say(candidate, county_officer, county, key, words):
    assert cells(sheet_of(county_officer, county), key)[0] == words


def test_a_village_does_not_read_what_departments_said_of_it(candidate, village_reporter, village):
    assert cells(sheet_of(village_reporter, village), "findings")[0] == "书记空缺八个月"
    assert cells(sheet_of(village_reporter, village), "joint_opinion") == ["", ""]


def test_an_organization_without_a_finding_is_one_row(
    candidate, other_village, county_officer, county, township
):
    survey_rows.assessed(candidate.survey, other_village, township)
    assert cells(sheet_of(county_officer, county), "organization") == ["石桥村", "石桥村", "枫林村"]


def test_the_foot_counts_an_organization_once(candidate, other_village, county_officer, county, township):
    survey_rows.assessed(candidate.survey, other_village, township)
    sheet = sheet_of(county_officer, county)
    list(sheet.rows)
    foot = dict(zip((column.key for column in sheet.columns), sheet.foot(), strict=True))
    assert [foot[key] for key in ("organization", "members", "findings", "deducted", "score")] == [
        "2个",
        "46",
        "2条",
        "13.5",
        "平均93.3",
    ]


def test_nothing_of_another_county_is_on_it(candidate, foreign_candidate, county_officer, county):
    content = str(sheet_of(county_officer, county).content())
    assert "石桥村" in content
    assert "外县专属标记" not in content


def test_only_the_list_when_asked_for(candidate, other_village, county_officer, county, township):
    survey_rows.assessed(candidate.survey, other_village, township)
    assert set(cells(sheet_of(county_officer, county, chosen="True"), "organization")) == {"石桥村"}


def test_it_costs_six_queries_however_long(
    candidate, other_village, county_officer, county, township, django_assert_max_num_queries
):
    survey_rows.assessed(candidate.survey, other_village, township)
    with django_assert_max_num_queries(6):
        list(sheet_of(county_officer, county).rows)
