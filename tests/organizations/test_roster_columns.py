"""A roster's columns cleaned as a whole are what their cells are one by one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from organizations.roster_columns import REFUSED, clean_column, tidy
from organizations.roster_rules import CLEANERS, COLUMNS, CellRefused, clean_text

CELLS = st.one_of(
    st.none(),
    st.sampled_from(
        [
            "",
            " ",
            "石桥村",
            "石 桥",
            "石  桥",
            " 前",
            "后 ",
            "e\u0301",
            "　",
            "是",
            "村",
            "党支部",
            "5",
            "x" * 101,
        ]
    ),
    st.sampled_from(
        ["990121101201", 990121101201.0, 1, 1.0, True, 0, -0.0, False, 12.5, "12.555", "a\nb", "\u200b"]
    ),
)


def one_by_one(key, values):
    for value in values:
        try:
            yield CLEANERS.get(key, clean_text)(value)
        except CellRefused:
            yield REFUSED


@given(st.sampled_from(list(COLUMNS.values())), st.lists(CELLS, max_size=6))
@settings(max_examples=300)
def test_a_column_is_what_its_cells_are(key, values):
    assert [repr(one) for one in clean_column(key, values)] == [repr(one) for one in one_by_one(key, values)]


@pytest.mark.parametrize(
    "text", ["", " 前", "后 ", "两  个", "e\u0301", "　", "a\nb", "\u200b", "\0", "x" * 101]
)
def test_a_text_that_would_be_changed_or_refused_is_not_tidy(text):
    assert tidy(["石桥村", "石 桥"])
    assert not tidy(["石桥村", text, "石 桥"])
