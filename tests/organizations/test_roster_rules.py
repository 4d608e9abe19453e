"""One roster row: clean facts or an error per column."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organizations.roster_rules import PartyType, clean_roster_row, header_errors
from organizations.rules import Field

ROW = {"代码": "430626103217", "名称": "七家沟村委会"}


def error(column: str, value: object) -> str:
    row, errors = clean_roster_row({**ROW, column: value})
    assert row is None
    assert list(errors) == [column]
    return errors[column]


def test_a_full_row_is_read_as_a_person_meant_it() -> None:
    row, errors = clean_roster_row(
        {
            "代码": 430626103217.0,
            "名称": " 七家沟村委会 ",
            "领域": "村",
            "党组织类型": "总支",
            "户数": "１，２３４",
            "人口": 4000.0,
            "党员数": 86,
            "集体经济收入（万元）": "12.5",
            "贫困（脱贫）村": "否",
        }
    )
    assert errors == {}
    assert row is not None
    assert (row.code, row.name, row.field) == ("430626103217", "七家沟村委会", Field.VILLAGE)
    assert (row.households, row.population, row.members) == (1234, 4000, 86)
    assert (row.party_type, row.income) == (PartyType.GENERAL_BRANCH, Decimal("12.50"))
    assert row.poor_village is False


def test_an_empty_cell_is_unknown_and_not_nought() -> None:
    row, _ = clean_roster_row({**ROW, "户数": "", "建设扶贫村": None})
    assert row is not None
    assert row.households is None
    assert row.construction_village is None


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("户数", "-1", "负数"),
        ("人口", "3.5", "整数"),
        ("党员数", "八十", "不是数字"),
        ("党小组数", "4个", "不带单位"),
        ("党员数", "NaN", "不是数字"),
        ("人口", "1e30", "过大"),
        ("户数", True, "应为数字"),
        ("集体经济收入（万元）", "12.555", "两位小数"),
        ("集体经济收入（万元）", "-3", "负数"),
        ("集体经济收入（万元）", "1e20", "万元"),
        ("领域", "农村", "领域“农村”无效"),
        ("党组织类型", "党组", "党组织类型“党组”无效"),
        ("贫困（脱贫）村", "有", "应填“是”或“否”"),
        ("名称", "", "名称不能为空"),
        ("代码", "43062", "代码“43062”无效"),
        ("简称", "长" * 101, "超过 100 个字"),
        ("党组织名称", "支\x00部", "不可见字符"),
    ],
)
def test_a_bad_cell_is_refused_in_words(column: str, value: object, message: str) -> None:
    assert message in error(column, value)


def test_more_members_than_people_is_an_error_of_the_members_column() -> None:
    assert clean_roster_row({**ROW, "人口": 10, "党员数": 11})[1] == {"党员数": "党员数 11 大于人口 10"}


def test_all_errors_of_a_row_are_reported_at_once() -> None:
    assert set(clean_roster_row({"代码": "", "名称": "", "户数": "x"})[1]) == {"代码", "名称", "户数"}


def test_headers_missing_repeated_or_unknown_are_named() -> None:
    assert header_errors(["代码", "户数", "户数", "电话"]) == [
        "缺少“名称”列",
        "“户数”列重复",
        "不认识的列“电话”",
    ]


cells = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.datetimes())


@given(cells)
def test_no_cell_breaks_the_reading(value: object) -> None:
    for column in ("代码", "领域", "户数", "集体经济收入（万元）", "贫困（脱贫）村"):
        row, errors = clean_roster_row({**ROW, column: value})
        assert (row is None) == bool(errors)
