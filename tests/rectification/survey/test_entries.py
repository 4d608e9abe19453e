"""What is typed or pasted into the sheet, as values."""

from decimal import Decimal

import pytest

from rectification.survey.entries import Line, read_block, read_points

ROWS = [Line("a", "石桥村"), Line("b", "枫林村"), Line("c", "上塘村")]
COLUMNS = [Line("1", "①"), Line("2", "②"), Line("3", "③")]


def block(text, **at):
    return read_block(text, rows=ROWS, columns=COLUMNS, **at)


@pytest.mark.parametrize(
    ("text", "points"), [("5", "5"), ("２.５", "2.5"), ("5分", "5"), (" ", "0"), ("无", "0"), ("—", "0")]
)
def test_points_are_read_as_people_type_them(text, points):
    assert read_points(text) == Decimal(points)


@pytest.mark.parametrize("text", ["abc", "5-6", "NaN", "1e999x", "Infinity"])
def test_words_are_no_points(text):
    with pytest.raises(ValueError, match="不是数字"):
        read_points(text)


def test_a_block_is_laid_from_the_cell_it_is_pasted_at():
    assert block("5\t\n2.50\t1\n", row="b", column="2").cells == {
        "b": {"2": "5", "3": ""},
        "c": {"2": "2.5", "3": "1"},
    }


def test_a_block_with_names_goes_to_the_organizations_of_these_names():
    assert block("上塘村\t5\t0\n石桥村\t\t3").cells == {"c": {"1": "5", "2": ""}, "a": {"1": "", "2": "3"}}


def test_text_for_a_number_names_row_and_column_and_nothing_is_taken():
    read = block("5\t1\n4\t较差")
    assert read.errors == ["第 2 行（枫林村）②：“较差”不是数字"]
    assert read.cells == {}


def test_too_many_columns_name_the_row():
    assert block("1\t2\t3\t4").errors == ["第 1 行（石桥村）有 4 列，从①往右只有 3 列"]


def test_too_many_rows_are_counted():
    assert block("1\n2\n3", row="b").errors == ["粘贴的内容有 3 行，从“枫林村”往下只有 2 行，没有写入"]


def test_an_unknown_name_is_named():
    assert block("石桥村\t1\n河湾村\t2").errors == ["第 2 行：本表没有“河湾村”"]


def test_an_empty_block_says_so():
    assert block(" \n\t").errors == ["粘贴的内容是空的"]
