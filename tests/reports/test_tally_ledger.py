"""满意度测评汇总表: a meeting a row, each item's options as columns, its rate with the formula."""

import pytest

from rectification.acceptance.ballots.actions import save_tally
from reports.ledgers import LEDGERS, Selection
from reports.sheet import live
from tests import cast
from tests.rectification.acceptance.meeting import acceptance, tally_of

__all__ = ["acceptance"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def held(acceptance, scheme, county_officer):
    """Both meetings, each asking two items."""
    scheme.satisfaction_items = ["班子建设", "为民服务"]
    scheme.save()
    for group, good in (("masses", 20), ("members", 18)):
        tally = tally_of(group, good=good, entitled=40, present=30)
        tally.counts = {item: dict(tally.counts["总体评价"]) for item in ("班子建设", "为民服务")}
        save_tally(acceptance_id=acceptance.pk, by=county_officer, at=cast.NOW, version=None, tally=tally)
    return acceptance


def sheet_of(post, unit):
    return live(LEDGERS["tallies"], Selection(post, unit, cast.YEAR, {}), today=cast.TODAY)


def test_a_meeting_stands_with_its_numbers_and_the_rates_formula(held, county, county_officer):
    sheet = sheet_of(county_officer, county)
    rows = [dict(zip([c.title for c in sheet.columns], row.values, strict=True)) for row in sheet.rows]
    assert [row["测评对象"] for row in rows] == ["党员", "群众"]
    told = "为民服务：（满意 20 + 基本满意 5）÷ 有效票 26 × 100% = 96.15%"
    assert told in rows[1]["满意率的计算"] and (rows[1]["应到"], rows[1]["发出"]) == (40, 26)
    groups = list(dict.fromkeys(column.group for column in sheet.columns if "票）" in column.group))
    assert groups == ["班子建设（票）", "为民服务（票）"]
    foot = dict(zip([c.title for c in sheet.columns], sheet.foot(), strict=True))
    assert (foot["村（社区）"], foot["收回"], foot["不满意"]) == ("1次验收", "50", "2")


def test_another_county_reads_none_of_it(held, other_county, other_county_officer):
    assert list(sheet_of(other_county_officer, other_county).rows) == []
