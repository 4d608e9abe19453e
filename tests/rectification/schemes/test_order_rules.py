"""A pasted holiday order is read whole, or every line that cannot be read is named."""

from datetime import date

import pytest

from rectification.schemes.order_rules import read_order

NOTICE = """
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（周一）放假，共9天。2月14日（周六）、2月28日（周六）上班。
"""


def test_the_words_of_the_notice_are_read_and_free_weekends_left_out() -> None:
    order = read_order(NOTICE, year=2026)
    assert order.errors == ()
    assert [row.day.day for row in order.rows if row.day.month == 1] == [1, 2, 4]
    assert {(row.day, row.working) for row in order.rows if row.name == "春节"} >= {
        (date(2026, 2, 14), True),
        (date(2026, 2, 16), False),
        (date(2026, 2, 23), False),
        (date(2026, 2, 28), True),
    }
    assert date(2026, 2, 15) not in {row.day for row in order.rows}


def test_a_table_of_days_is_read() -> None:
    order = read_order("2026-10-10 上班 国庆节\n2026/10/8\t放假\t国庆节", year=2026)
    assert order == (
        ((date(2026, 10, 8), False, "国庆节"), (date(2026, 10, 10), True, "国庆节")),
        (),
    )


def test_a_break_over_the_end_of_a_month_is_read() -> None:
    order = read_order("9月29日至10月2日放假", year=2026)
    assert [(row.day.month, row.day.day) for row in order.rows] == [(9, 29), (9, 30), (10, 1), (10, 2)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2月30日放假", "“2月30日”不是日期"),
        ("1月5日上班", "是星期一，本来就上班"),
        ("10月8日", "看不出是放假还是上班"),
        ("国务院办公厅通知", "没有日期"),
        ("2025-10-01 放假", "不是2026年的日期"),
        ("10月7日至1日放假", "起止不对"),
        ("10月8日放假\n10月8日放假，10月10日上班", "看不出是放假还是上班"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_with_the_reason(text: str, words: str) -> None:
    errors = read_order(text, year=2026).errors
    assert len(errors) == 1
    assert words in errors[0]
    assert errors[0].startswith("第 ")
